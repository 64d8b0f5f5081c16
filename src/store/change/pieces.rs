//! A write in pieces, while it is under way.
//!
//! Each piece is committed by itself, together with a note of what it inserted (`open/unfinished.rs`), so
//! that other writes get in between however long the whole takes. The last piece removes the notes: by that
//! commit all rows count, for readers, for backups and after a crash. One that fails has its pieces undone,
//! one by one, before it is answered. This must not know what is committed beside it.

use std::sync::Arc;

use rusqlite::Connection;

use super::change_log::{ChangeLog, PieceLog};
use super::job::{PieceEnd, PiecedWork, unknown_cause};
use crate::store::open::unfinished;
use crate::store::{Change, StoreError};

/// A write of which some pieces may be committed.
pub(super) struct Pieced {
    work: Box<dyn PiecedWork>,
    /// What readers will be notified of.
    changes: Vec<Change>,
    has_notes: bool,
    /// What it is answered once its pieces are undone; `Ok` where its own result says why.
    failed: Option<Result<(), StoreError>>,
}

/// What became of a piece.
pub(super) enum Advance {
    /// It is committed or undone, and there is more to be done.
    GoesOn(Pieced),
    /// It was the last one, and its transaction is open.
    Commits(Pieced),
    /// All is undone, and its client was answered.
    Ended,
    /// It could not be undone, as on a full disk: it is to be tried again after a while.
    IsStuck(Pieced),
}

type Transacted<T> = Result<T, Arc<rusqlite::Error>>;

impl Pieced {
    pub(super) fn new(work: Box<dyn PiecedWork>) -> Self {
        Self {
            work,
            changes: Vec::new(),
            has_notes: false,
            failed: None,
        }
    }

    /// Runs the next piece in a transaction of its own, or undoes a piece.
    pub(super) fn advance(mut self, connection: &Connection, log: &ChangeLog) -> Advance {
        if self.failed.is_some() {
            return self.undo(connection, log);
        }
        match self.run(connection, log) {
            Ok(PieceEnd::More) => Advance::GoesOn(self),
            Ok(PieceEnd::Last) => Advance::Commits(self),
            Ok(PieceEnd::Failed) => self.fail(Ok(()), connection, log),
            Err(cause) => self.fail(Err(StoreError::Commit(cause)), connection, log),
        }
    }

    /// Whether its pieces are being undone.
    pub(super) fn has_failed(&self) -> bool {
        self.failed.is_some()
    }

    fn run(&mut self, connection: &Connection, log: &ChangeLog) -> Transacted<PieceEnd> {
        connection
            .execute_batch("BEGIN IMMEDIATE")
            .map_err(Arc::new)?;
        log.begin_piece();
        let end = self.work.run(connection);
        let piece = log.end_piece();
        match end {
            // The piece went with the transaction, whatever its work makes of that.
            PieceEnd::More | PieceEnd::Last if connection.is_autocommit() => {
                Err(Arc::new(unknown_cause()))
            }
            PieceEnd::Failed => Ok(end),
            PieceEnd::More => {
                self.commit(connection, piece).map_err(Arc::new)?;
                self.changes.extend(log.take());
                Ok(end)
            }
            PieceEnd::Last => {
                if self.has_notes {
                    unfinished::accept(connection).map_err(Arc::new)?;
                }
                Ok(end)
            }
        }
    }

    fn commit(&mut self, connection: &Connection, piece: PieceLog) -> rusqlite::Result<()> {
        if let Some(table) = piece.changed {
            let text = format!("a piece of a write changed a row of {table}, and may only insert");
            let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_MISUSE);
            return Err(rusqlite::Error::SqliteFailure(code, Some(text)));
        }
        unfinished::record(connection, piece.inserted)?;
        connection.execute_batch("COMMIT")?;
        self.has_notes = true;
        Ok(())
    }

    /// Begins to undo it, for a reason other than its own result.
    pub(super) fn fail(
        mut self,
        reason: Result<(), StoreError>,
        connection: &Connection,
        log: &ChangeLog,
    ) -> Advance {
        roll_back(connection, log);
        self.failed = Some(reason);
        if self.has_notes {
            return Advance::GoesOn(self);
        }
        self.end()
    }

    fn undo(self, connection: &Connection, log: &ChangeLog) -> Advance {
        let undo = || {
            connection.execute_batch("BEGIN IMMEDIATE")?;
            let was_there = unfinished::undo_some(connection)?;
            connection.execute_batch("COMMIT")?;
            Ok::<_, rusqlite::Error>(was_there)
        };
        let undone = undo();
        // No read has shown these rows.
        roll_back(connection, log);
        match undone {
            Ok(true) => Advance::GoesOn(self),
            Ok(false) => self.end(),
            Err(cause) => {
                tracing::error!(%cause, "a part of an upload that failed could not be removed yet");
                Advance::IsStuck(self)
            }
        }
    }

    fn end(self) -> Advance {
        self.work.answer(self.failed.unwrap_or(Ok(())));
        Advance::Ended
    }

    /// What readers are to be notified of, `last` included.
    pub(super) fn changes(&mut self, last: Vec<Change>) -> Vec<Change> {
        let mut changes = std::mem::take(&mut self.changes);
        changes.extend(last);
        changes
    }

    /// Answers, once the last piece is `committed`, or nobody knows.
    pub(super) fn answer(self, committed: Result<(), StoreError>) {
        self.work.answer(committed);
    }
}

fn roll_back(connection: &Connection, log: &ChangeLog) {
    if !connection.is_autocommit() {
        drop(connection.execute_batch("ROLLBACK"));
    }
    drop(log.take());
}
