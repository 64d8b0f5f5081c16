//! Whether the system gives a process what none of ours can do without: a clock that tells the time, and
//! room for its memory. Said at the start, where it can be said; later, libraries would panic or abort.

use std::time::{SystemTime, UNIX_EPOCH};

use super::failure::Failure;
use crate::config::Config;
use crate::serving;

/// 9999-01-01: dates of HTTP and in files have four digits for the year, and some lie ahead.
const LATEST_SECOND: u64 = 253_370_764_800;

/// Bytes of address space that a command needs whatever it does.
const LEAST: u64 = 64 << 20;

/// What a server needs without its threads, and for each of them with its stack and its arena of the allocator.
const OF_A_SERVER: u64 = 96 << 20;
const OF_A_THREAD: u64 = 4 << 20;

/// What an operator can do where the system gives no thread.
pub(super) const FEW_THREADS: &str = "Raise the limit of threads (ulimit -u, pids.max of a container) or of \
    the address space (ulimit -v).";

/// For any command.
pub(super) fn check() -> Result<(), Failure> {
    check_clock(SystemTime::now())?;
    check_room(serving::address_space(), LEAST)
}

/// For a server with these settings.
pub(super) fn check_for_server(config: &Config) -> Result<(), Failure> {
    let threads = config.workers().saturating_add(1) as u64;
    let needed = OF_A_SERVER.saturating_add(threads.saturating_mul(OF_A_THREAD));
    check_room(serving::address_space(), needed)
}

fn check_clock(now: SystemTime) -> Result<(), Failure> {
    let since = now.duration_since(UNIX_EPOCH);
    let is_near = since.is_ok_and(|since| since.as_secs() < LATEST_SECOND);
    if is_near {
        return Ok(());
    }
    let failure = Failure::other("the system's clock is before the year 1970 or after 9998");
    Err(failure.hint("Set the clock; times are written into files and sent to clients."))
}

/// Whether a limit of the address space leaves what is needed.
fn check_room(allowed: Option<u64>, needed: u64) -> Result<(), Failure> {
    match allowed {
        Some(allowed) if allowed < needed => {
            let text = format!(
                "the address space of the process is limited to {} MiB, and {} are needed",
                allowed >> 20,
                needed >> 20
            );
            Err(Failure::other(text).hint(
                "Raise the limit (ulimit -v); to bound memory, use the limit of a container or cgroup.",
            ))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// Trust 28: a clock that no date can be made of is said, before anything makes one.
    #[test]
    fn a_clock_must_tell_a_time_that_can_be_written() {
        let at = |second| UNIX_EPOCH + Duration::from_secs(second);
        assert!(check_clock(at(0)).is_ok());
        assert!(check_clock(at(LATEST_SECOND - 1)).is_ok());
        assert!(check_clock(at(LATEST_SECOND)).is_err());
        assert!(check_clock(at(1 << 40)).is_err());
        assert!(check_clock(UNIX_EPOCH - Duration::from_secs(1)).is_err());
    }
}
