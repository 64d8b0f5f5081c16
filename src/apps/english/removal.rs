//! Sentences that go, with all that was graded of them. A long history goes in pieces, each committed by itself,
//! so that others are not kept from grading: the sentence is hidden at once, and nobody finds it any more, and
//! its gradings follow. What was not finished when the server ended is at its next start.
//!
//! Whatever shows sentences leaves out those of `removed_sentence`, and the scores of them; the file is whole
//! after each piece, and sums are those of the gradings that are left.

use std::sync::Arc;

use rusqlite::Connection;

use super::pieces::{PIECE, PieceWork, WorkStarter};
use crate::store::Store;

/// Whether there are more than so many.
const IS_LONG: &str = "SELECT 1 FROM scores WHERE sentence_id = ?1 LIMIT 1 OFFSET ?2";
const HIDE: &str = "INSERT INTO removed_sentence SELECT id FROM sentences WHERE id = ?1 \
    AND NOT EXISTS (SELECT 1 FROM removed_sentence AS r WHERE r.id = ?1)";
const HIDDEN: &str = "SELECT id FROM removed_sentence LIMIT 1";
const FORGET: &str =
    "DELETE FROM scores WHERE id IN (SELECT id FROM scores WHERE sentence_id = ?1 LIMIT ?2)";
const REMOVE: &str = "DELETE FROM sentences WHERE id = ?1 \
    AND NOT EXISTS (SELECT 1 FROM removed_sentence AS r WHERE r.id = ?1)";
const REMOVE_HIDDEN: &str = "DELETE FROM sentences WHERE id = ?1";

/// Statements of this file, for the test that reads plans.
#[cfg(test)]
pub(super) const STATEMENTS: [&str; 6] = [IS_LONG, HIDE, HIDDEN, FORGET, REMOVE, REMOVE_HIDDEN];

/// The rest of hidden sentences.
pub(super) const REST: PieceWork = PieceWork {
    what: "a removed sentence",
    left: HIDDEN,
    forget: FORGET,
    remove: REMOVE_HIDDEN,
};

/// Removes sentences, in jobs of the writer.
pub(super) struct Remover(WorkStarter);

impl Remover {
    /// That of a store.
    pub(super) fn of(store: &Arc<Store>) -> Self {
        Self(REST.starter(store))
    }

    /// Removes a sentence; whether it was there. It is gone when the writer has committed that, and the rest
    /// of its gradings soon, whether or not whoever asked for it waits.
    pub(super) fn remove(&self, connection: &Connection, id: i64) -> rusqlite::Result<bool> {
        if !connection.prepare_cached(IS_LONG)?.exists((id, PIECE))? {
            return Ok(connection.prepare_cached(REMOVE)?.execute([id])? > 0);
        }
        let is_hidden = connection.prepare_cached(HIDE)?.execute([id])? > 0;
        if is_hidden {
            self.0.start();
        }
        Ok(is_hidden)
    }
}
