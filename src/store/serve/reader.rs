//! Pooled readers that keep their read transaction as long as nothing newer is to be seen.
//!
//! Taking and giving back SQLite's locks costs more than a point read, so a reader stays in its
//! transaction and is renewed only when a commit was announced since it began. A read that starts
//! after a commit was announced sees it. What is held keeps the WAL from beginning anew, so the
//! writer has all readers let go from time to time (`checkpoints.rs`).

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use r2d2::ManageConnection;
use r2d2_sqlite::SqliteConnectionManager;
use rusqlite::Connection;

use crate::store::watch::figures::Counters;

/// One connection and the transaction that it is in.
pub(in crate::store) struct Reader {
    connection: Connection,
    /// The number of the last commit that was announced before the transaction began.
    held: Option<u64>,
    timer: Timer,
}

impl Reader {
    /// The connection, in a transaction that sees at least the commit `newest`.
    pub(in crate::store) fn at(&mut self, newest: u64) -> rusqlite::Result<&Connection> {
        if self.held != Some(newest) {
            self.release()?;
            self.connection.prepare_cached("BEGIN")?.execute([])?;
            self.held = Some(newest);
        }
        self.timer.restart();
        Ok(&self.connection)
    }

    /// The connection as it is, with the whole time of a read.
    pub(in crate::store) fn unhurried(&self) -> &Connection {
        self.timer.restart();
        &self.connection
    }

    /// Ends its transaction, if it is in one.
    pub(in crate::store) fn release(&mut self) -> rusqlite::Result<()> {
        self.held = None;
        // An error can have ended the transaction already.
        if !self.connection.is_autocommit() {
            self.connection.prepare_cached("COMMIT")?.execute([])?;
        }
        Ok(())
    }
}

/// Interrupts a read that takes too long.
///
/// A short read, which nearly all are, does not even look at a clock: the time begins at the first of the
/// looks that SQLite has taken while a query runs.
#[derive(Debug, Clone)]
struct Timer(Arc<AtomicU64>);

impl Timer {
    /// Looks at the clock once in so many steps of SQLite's machine: some 0.1 ms.
    const STEPS: i32 = 4_000;

    /// Interrupts what `connection` reads once it takes longer than `limit`.
    fn of(connection: &Connection, limit: &TimeLimit) -> rusqlite::Result<Self> {
        let begun = Arc::new(AtomicU64::new(0));
        let (timer, limit) = (Self(Arc::clone(&begun)), limit.clone());
        let epoch = Instant::now();
        let is_over = move || {
            // Never 0, which means that there was no look yet.
            let now = u64::try_from(epoch.elapsed().as_millis()).unwrap_or(u64::MAX - 1) + 1;
            match begun.compare_exchange(0, now, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => false,
                Err(first) => now - first > limit.0.load(Ordering::Relaxed),
            }
        };
        connection.progress_handler(Self::STEPS, Some(is_over))?;
        Ok(timer)
    }

    fn restart(&self) {
        self.0.store(0, Ordering::Relaxed);
    }
}

/// Milliseconds that a read gets; all readers of a generation share it.
#[derive(Debug, Clone)]
pub(in crate::store) struct TimeLimit(Arc<AtomicU64>);

impl TimeLimit {
    /// None yet: what an app derives at the start may take as long as it takes.
    pub(in crate::store) fn none() -> Self {
        Self(Arc::new(AtomicU64::new(u64::MAX)))
    }

    pub(in crate::store) fn set(&self, time: Duration) {
        let milliseconds = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        self.0.store(milliseconds, Ordering::Relaxed);
    }
}

/// Opens [`Reader`]s.
#[derive(Debug)]
pub(in crate::store) struct ReaderManager {
    pub(in crate::store) connections: SqliteConnectionManager,
    pub(in crate::store) limit: TimeLimit,
    pub(in crate::store) counters: Arc<Counters>,
}

impl ManageConnection for ReaderManager {
    type Connection = Reader;
    type Error = rusqlite::Error;

    fn connect(&self) -> Result<Reader, rusqlite::Error> {
        let connection = self.connections.connect()?;
        let timer = Timer::of(&connection, &self.limit)?;
        self.counters.slow_queries.time(&connection);
        Ok(Reader {
            connection,
            held: None,
            timer,
        })
    }

    fn is_valid(&self, reader: &mut Reader) -> Result<(), rusqlite::Error> {
        self.connections.is_valid(&mut reader.connection)
    }

    fn has_broken(&self, reader: &mut Reader) -> bool {
        self.connections.has_broken(&mut reader.connection)
    }
}
