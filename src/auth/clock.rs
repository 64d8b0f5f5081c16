//! Times on the wire: whole seconds since 1970. What reads a clock is whoever calls.

use std::time::{SystemTime, UNIX_EPOCH};

/// Before 1970 is 0.
pub(super) fn seconds(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}
