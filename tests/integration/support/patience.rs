//! How long a test waits for what has to come: a test that waits for ever names no failure.

use std::time::{Duration, Instant};

/// Far more than anything takes on a machine that does much else.
const LIMIT: Duration = Duration::from_secs(120);

/// The patience of one wait, from its making on.
pub(crate) struct Patience {
    end: Instant,
    awaited: &'static str,
}

impl Patience {
    /// What is waited for, as the failure names it.
    pub(crate) fn for_(awaited: &'static str) -> Self {
        Self {
            end: Instant::now() + LIMIT,
            awaited,
        }
    }

    /// Gives `is_missing` back, and fails the test if it has been so for too long.
    #[track_caller]
    pub(crate) fn waits_while(&self, is_missing: bool) -> bool {
        let is_over = is_missing && Instant::now() > self.end;
        assert!(!is_over, "{} did not come in {LIMIT:?}", self.awaited);
        is_missing
    }
}

#[test]
#[should_panic(expected = "the end did not come")]
fn patience_has_an_end() {
    let patience = Patience {
        end: Instant::now(),
        awaited: "the end",
    };
    while patience.waits_while(true) {}
}
