//! What SQLite reports of each row that the writer's connection changes.
//!
//! Rows of the tables that an app derives from are noted always, and while a piece of a write runs, every
//! row that it inserts, by triggers too. It must not know what becomes of that.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;
use rusqlite::hooks::Action;

use crate::store::Change;
use crate::store::open::unfinished::PieceInserts;

/// The rows that the writer has changed since they were last taken.
#[derive(Debug, Clone, Default)]
pub(super) struct ChangeLog(Arc<Mutex<Noted>>);

#[derive(Debug, Default)]
struct Noted {
    changes: Vec<Change>,
    /// Only while a piece runs.
    piece: Option<PieceLog>,
}

/// What a piece did.
#[derive(Debug, Default)]
pub(super) struct PieceLog {
    /// By table, in the order in which tables were written first.
    pub(super) inserted: Vec<PieceInserts>,
    /// A table of which it changed or removed a row, which could not be undone.
    pub(super) changed: Option<String>,
}

impl ChangeLog {
    /// Notes from now on what `connection` changes, and of `tables` each row.
    pub(super) fn watch(
        &self,
        connection: &Connection,
        tables: &'static [&'static str],
    ) -> rusqlite::Result<()> {
        let log = self.clone();
        connection.update_hook(Some(move |action, _: &str, table: &str, id| {
            let mut noted = log.noted();
            if let Some(table) = tables.iter().copied().find(|own| *own == table) {
                noted.changes.push(Change { table, id });
            }
            if let Some(piece) = &mut noted.piece {
                piece.note(action, table, id);
            }
        }))
    }

    pub(super) fn take(&self) -> Vec<Change> {
        std::mem::take(&mut self.noted().changes)
    }

    /// Where the log stands, for [`ChangeLog::back_to`].
    pub(super) fn mark(&self) -> usize {
        self.noted().changes.len()
    }

    /// Drops what was changed since the mark, and undone since.
    pub(super) fn back_to(&self, mark: usize) {
        self.noted().changes.truncate(mark);
    }

    /// Notes all that is inserted until [`ChangeLog::end_piece`].
    pub(super) fn begin_piece(&self) {
        self.noted().piece = Some(PieceLog::default());
    }

    pub(super) fn end_piece(&self) -> PieceLog {
        self.noted().piece.take().unwrap_or_default()
    }

    fn noted(&self) -> MutexGuard<'_, Noted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl PieceLog {
    fn note(&mut self, action: Action, table: &str, id: i64) {
        if action != Action::SQLITE_INSERT {
            self.changed.get_or_insert_with(|| table.to_owned());
            return;
        }
        match self.inserted.iter_mut().find(|rows| rows.table == table) {
            Some(rows) => rows.ids.push(id),
            None => self.inserted.push(PieceInserts {
                table: table.to_owned(),
                ids: vec![id],
            }),
        }
    }
}
