//! What a store counts about itself, for operators.
//!
//! Counted with relaxed atomics where the work is done, read as a whole by [`Store::figures`]. Nothing
//! here decides anything but `waiting`, by which the writer knows a crowd.
//!
//! [`Store::figures`]: super::Store::figures

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use r2d2::HandleEvent;
use r2d2::event::CheckoutEvent;

use super::Generation;

/// The counters of a store; they go on from generation to generation.
#[derive(Debug, Default)]
pub(super) struct Counters {
    /// Writes that wait for the writer.
    pub(super) waiting: AtomicUsize,
    commits: AtomicU64,
    failed_commits: AtomicU64,
    writes: AtomicU64,
    commit_time: AtomicU64,
    pub(super) folds: AtomicU64,
    checkouts: AtomicU64,
    checkout_time: AtomicU64,
}

impl Counters {
    /// A group of `writes` was committed, or was not.
    pub(super) fn group(&self, writes: usize, time: Duration, succeeded: bool) {
        let outcome = if succeeded {
            self.writes.fetch_add(writes as u64, Ordering::Relaxed);
            add(&self.commit_time, time);
            &self.commits
        } else {
            &self.failed_commits
        };
        outcome.fetch_add(1, Ordering::Relaxed);
    }

    /// With what the generation that is served says of itself.
    pub(super) fn figures(&self, generation: &Generation) -> Figures {
        let total = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let pool = generation.pool_state();
        Figures {
            generation: generation.number(),
            readers: pool.connections,
            idle_readers: pool.idle_connections,
            checkouts: total(&self.checkouts),
            checkout_time: Duration::from_nanos(total(&self.checkout_time)),
            waiting_writes: self.waiting.load(Ordering::Relaxed),
            commits: total(&self.commits),
            failed_commits: total(&self.failed_commits),
            writes: total(&self.writes),
            commit_time: Duration::from_nanos(total(&self.commit_time)),
            folds: total(&self.folds),
            log_bytes: generation.log_bytes(),
            file_bytes: generation.file_bytes(),
        }
    }
}

fn add(sum: &AtomicU64, time: Duration) {
    let nanoseconds = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
    sum.fetch_add(nanoseconds, Ordering::Relaxed);
}

/// Counts what the pool tells.
#[derive(Debug)]
pub(super) struct Checkouts(pub(super) Arc<Counters>);

impl HandleEvent for Checkouts {
    fn handle_checkout(&self, event: CheckoutEvent) {
        self.0.checkouts.fetch_add(1, Ordering::Relaxed);
        add(&self.0.checkout_time, event.duration());
    }
}

/// A store at one moment. Totals count from the start of the process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    /// The generation that is served.
    pub generation: u64,
    /// Readers that are open, and those of them that nobody uses.
    pub readers: u32,
    /// See `readers`.
    pub idle_readers: u32,
    /// How often a reader was taken, and how long that took in all.
    pub checkouts: u64,
    /// See `checkouts`.
    pub checkout_time: Duration,
    /// Writes that wait for the writer.
    pub waiting_writes: usize,
    /// Groups that were committed, and those whose commit failed.
    pub commits: u64,
    /// See `commits`.
    pub failed_commits: u64,
    /// Writes in the groups that were committed.
    pub writes: u64,
    /// Time that commits took in all, until readers were told of them.
    pub commit_time: Duration,
    /// How often the write-ahead log was folded into the file.
    pub folds: u64,
    /// Bytes of the write-ahead log, and of the file itself.
    pub log_bytes: u64,
    /// See `log_bytes`.
    pub file_bytes: u64,
}
