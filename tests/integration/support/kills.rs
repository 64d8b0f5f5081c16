//! What tests of crash safety share: how often they kill a server, by which seed, and after how many answers.
//!
//! `EKIBEN_CRASH_KILLS=200` kills so often instead of as often as a test says, `EKIBEN_CRASH_SEED` repeats a
//! run's choices (not its timing).

use std::env;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use fastrand::Rng;
use tokio::sync::Notify;

/// How many kills there are to be, `ordinary` ones if nobody says otherwise, and what chooses their moments,
/// whose seed is printed.
pub(crate) fn kills(ordinary: u64) -> (u64, Rng) {
    let seed = number("EKIBEN_CRASH_SEED").unwrap_or_else(|| fastrand::u64(..));
    eprintln!("EKIBEN_CRASH_SEED={seed}");
    let kills = number("EKIBEN_CRASH_KILLS").unwrap_or(ordinary);
    (kills, Rng::with_seed(seed))
}

fn number(name: &str) -> Option<u64> {
    let value = env::var(name).ok()?;
    Some(value.parse().unwrap_or_else(|_| panic!("{name}: {value}")))
}

/// Counts answers and tells when it is time.
pub(crate) struct Countdown {
    left: AtomicUsize,
    over: Notify,
}

impl Countdown {
    pub(crate) fn from(answers: usize) -> Arc<Self> {
        let left = AtomicUsize::new(answers);
        let over = Notify::new();
        Arc::new(Self { left, over })
    }

    pub(crate) fn answered(&self) {
        if self.left.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.over.notify_one();
        }
    }

    /// Waits until there were so many answers.
    pub(crate) async fn is_over(&self) {
        self.over.notified().await;
    }
}
