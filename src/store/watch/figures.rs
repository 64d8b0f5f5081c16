//! What a store counts about itself, for operators.
//!
//! Counted with relaxed atomics where the work is done, read as a whole by [`Store::figures`]. Nothing
//! here decides anything but `waiting`, which the writer compares with its batch threshold.
//!
//! [`Store::figures`]: crate::store::Store::figures

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use r2d2::HandleEvent;
use r2d2::event::CheckoutEvent;

use super::histogram::{Distribution, Histogram};
use super::slow_queries::SlowQueries;
use super::writing::WritingWatch;
use crate::store::{Generation, StoreOptions};

const MICROSECOND: u64 = 1_000;
const MILLISECOND: u64 = 1_000 * MICROSECOND;
const SECOND: u64 = 1_000 * MILLISECOND;

/// A free reader is had in less than the first; whoever has to wait for one waits for a read.
const CHECKOUT_TIMES: [u64; 8] = [
    MICROSECOND,
    10 * MICROSECOND,
    100 * MICROSECOND,
    MILLISECOND,
    10 * MILLISECOND,
    100 * MILLISECOND,
    SECOND,
    10 * SECOND,
];

/// From a commit that is not synced to a disk that hardly answers.
const COMMIT_TIMES: [u64; 12] = [
    50 * MICROSECOND,
    100 * MICROSECOND,
    250 * MICROSECOND,
    500 * MICROSECOND,
    MILLISECOND,
    2_500 * MICROSECOND,
    5 * MILLISECOND,
    10 * MILLISECOND,
    25 * MILLISECOND,
    100 * MILLISECOND,
    500 * MILLISECOND,
    2_500 * MILLISECOND,
];

/// Up to the default of `store.write_batch`.
const GROUP_SIZES: [u64; 9] = [1, 2, 4, 8, 16, 32, 64, 128, 256];

/// The counters of a store; they go on from generation to generation.
#[derive(Debug)]
pub(in crate::store) struct Counters {
    /// Writes that wait for the writer.
    pub(in crate::store) waiting: AtomicUsize,
    /// Writes in pieces whose last is not committed. Apart from the others: no group waits for them.
    in_pieces: AtomicUsize,
    /// Nanoseconds.
    commits: Histogram<{ COMMIT_TIMES.len() }>,
    failed_commits: AtomicU64,
    writes: Histogram<{ GROUP_SIZES.len() }>,
    pub(in crate::store) checkpoints: AtomicU64,
    /// Nanoseconds.
    checkouts: Histogram<{ CHECKOUT_TIMES.len() }>,
    pub(in crate::store) slow_queries: SlowQueries,
    pub(in crate::store) writing: WritingWatch,
}

/// A write in pieces that is counted.
pub(in crate::store) struct WriteInPieces(Arc<Counters>);

impl Drop for WriteInPieces {
    fn drop(&mut self) {
        self.0.in_pieces.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Counters {
    pub(in crate::store) fn new(options: &StoreOptions) -> Self {
        Self {
            waiting: AtomicUsize::new(0),
            in_pieces: AtomicUsize::new(0),
            commits: Histogram::new(COMMIT_TIMES),
            failed_commits: AtomicU64::new(0),
            writes: Histogram::new(GROUP_SIZES),
            checkpoints: AtomicU64::new(0),
            checkouts: Histogram::new(CHECKOUT_TIMES),
            slow_queries: SlowQueries::new(&options.app, options.slow_query),
            writing: WritingWatch::default(),
        }
    }

    /// Counts a write in pieces as long as the value is kept.
    pub(in crate::store) fn write_in_pieces(self: &Arc<Self>) -> WriteInPieces {
        self.in_pieces.fetch_add(1, Ordering::Relaxed);
        WriteInPieces(Arc::clone(self))
    }

    /// A group of `writes` was committed, or was not.
    pub(in crate::store) fn group(&self, writes: usize, time: Duration, succeeded: bool) {
        if succeeded {
            self.writes.observe(writes as u64);
            self.commits.observe_time(time);
        } else {
            self.failed_commits.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// With what the generation that is served says of itself.
    pub(in crate::store) fn figures(&self, generation: &Generation) -> Figures {
        let total = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let pool = generation.pool_state();
        Figures {
            generation: generation.number(),
            readers: pool.connections,
            idle_readers: pool.idle_connections,
            checkouts: self.checkouts.distribution(SECOND),
            waiting_writes: self.waiting.load(Ordering::Relaxed)
                + self.in_pieces.load(Ordering::Relaxed),
            commits: self.commits.distribution(SECOND),
            failed_commits: total(&self.failed_commits),
            writes: self.writes.distribution(1),
            checkpoints: total(&self.checkpoints),
            slow_queries: self.slow_queries.total(),
            log_bytes: generation.log_bytes(),
            file_bytes: generation.file_bytes(),
        }
    }
}

/// Counts what the pool reports.
#[derive(Debug)]
pub(in crate::store) struct Checkouts(pub(in crate::store) Arc<Counters>);

impl HandleEvent for Checkouts {
    fn handle_checkout(&self, event: CheckoutEvent) {
        self.0.checkouts.observe_time(event.duration());
    }
}

/// A store at one moment. Totals and distributions count from the start of the process.
#[derive(Debug, Clone, PartialEq)]
pub struct Figures {
    /// The generation that is served.
    pub generation: u64,
    /// Readers that are open, and those of them that nobody uses.
    pub readers: u32,
    /// See `readers`.
    pub idle_readers: u32,
    /// Seconds that it took to get a reader from the pool, each time.
    pub checkouts: Distribution,
    /// Writes that wait for the writer.
    pub waiting_writes: usize,
    /// Seconds that each commit of a group took, until readers were notified of it.
    pub commits: Distribution,
    /// Groups whose commit failed.
    pub failed_commits: u64,
    /// Writes in each group that was committed.
    pub writes: Distribution,
    /// Checkpoints of the WAL.
    pub checkpoints: u64,
    /// Statements that took as long as [`StoreOptions::slow_query`].
    pub slow_queries: u64,
    /// Bytes of the WAL, and of the file itself.
    pub log_bytes: u64,
    /// See `log_bytes`.
    pub file_bytes: u64,
}
