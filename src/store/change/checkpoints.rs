//! When the WAL is checkpointed into the file, so that it can begin anew.
//!
//! The writer looks after it itself instead of leaving it to SQLite, which tries after every commit once
//! the WAL is long: readers here stay in their transactions, and a WAL that somebody reads from cannot
//! begin anew. So readers are asked to let go first, and again when all is in the file.
//!
//! On a full disk it is checkpointed however short it is: a WAL that begins anew has the space it had,
//! which is enough for purchases.

use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::deadline::Deadline;
use crate::store::Generation;
use crate::store::open::pragmas::BUSY_TIMEOUT;

/// A WAL of this many pages, 16 MiB, is checkpointed. What is written often is in it many times and
/// reaches the file once; a checkpoint takes the writer some 20 ms, which should be rare. A longer WAL
/// takes readers longer to search.
const LONG: i64 = 4_000;

/// A WAL of this many pages, 64 MiB, must not grow: writes wait until it has begun anew. Only reads
/// that follow each other without a gap let it come so far.
const TOO_LONG: i64 = 4 * LONG;

/// Writes wait so long for reads at most.
const PATIENCE: Duration = Duration::from_secs(5);

/// A step of that wait.
const STEP: Duration = Duration::from_millis(2);

/// Groups of writes between two looks at the WAL.
const GROUPS: u32 = 8;

/// What the writer remembers between groups.
#[derive(Debug, Default)]
pub(super) struct Checkpoints {
    /// Groups committed since the last look at the WAL.
    groups: u32,
    /// Whether there was no space for the last group.
    is_full: bool,
}

impl Checkpoints {
    /// Has the WAL looked at after the next group, though few came before it.
    pub(super) fn look_next(&mut self) {
        self.groups = GROUPS;
    }

    /// Checkpoints a WAL that is long; whether it did. Reads go on meanwhile; those that began before
    /// keep a part of the WAL from being checkpointed, which then comes with a later look. When there
    /// was no space for the group (`is_full`), the checkpoint is immediate, and repeated after `GROUPS`
    /// further such groups.
    pub(super) fn after_group(
        &mut self,
        writer: &Connection,
        generation: &Generation,
        is_full: bool,
        deadline: &Deadline,
    ) -> rusqlite::Result<bool> {
        let was_full = std::mem::replace(&mut self.is_full, is_full);
        self.groups += 1;
        if self.groups < GROUPS && (was_full || !is_full) {
            return Ok(false);
        }
        self.groups = 0;
        let (pages, _) = ask(writer, "PRAGMA wal_checkpoint(NOOP)")?;
        if pages < LONG && !is_full {
            return Ok(false);
        }
        if pages >= TOO_LONG {
            return begin_anew(writer, generation, deadline);
        }
        generation.renew_readers();
        let (pages, checkpointed) = ask(writer, "PRAGMA wal_checkpoint(PASSIVE)")?;
        if checkpointed == pages {
            // Who reads from the file alone does not keep the WAL from beginning anew.
            generation.renew_readers();
        }
        Ok(true)
    }
}

/// Checkpoints the whole WAL and has it begin anew, waiting for the reads that are in the way. Whoever begins
/// to read meanwhile is not in the way once all is in the file: nothing is written in this time.
fn begin_anew(
    writer: &Connection,
    generation: &Generation,
    deadline: &Deadline,
) -> rusqlite::Result<bool> {
    writer.busy_timeout(STEP)?;
    let is_new = restart(writer, generation, deadline);
    writer.busy_timeout(BUSY_TIMEOUT)?;
    if let Ok(false) = is_new {
        tracing::warn!("reads keep the WAL from beginning anew, so it grows");
    }
    is_new
}

/// Tries to have the WAL begin anew until no read is in the way, or for as long as there is patience and the
/// writer has time.
fn restart(
    writer: &Connection,
    generation: &Generation,
    deadline: &Deadline,
) -> rusqlite::Result<bool> {
    let start = Instant::now();
    let mut restart = writer.prepare_cached("PRAGMA wal_checkpoint(RESTART)")?;
    while start.elapsed() < PATIENCE && !deadline.is_over() {
        generation.renew_readers();
        let is_busy: bool = restart.query_row([], |row| row.get(0))?;
        if !is_busy {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The pages in the WAL, and those of them that are in the file too.
fn ask(writer: &Connection, pragma: &str) -> rusqlite::Result<(i64, i64)> {
    let mut statement = writer.prepare_cached(pragma)?;
    statement.query_row([], |row| Ok((row.get(1)?, row.get(2)?)))
}
