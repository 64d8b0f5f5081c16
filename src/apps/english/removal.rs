//! Sentences that go, with all that was graded of them. A long history goes in pieces, each committed by itself,
//! so that others are not kept from grading: the sentence is hidden at once, and nobody finds it any more, and
//! its gradings follow. What was not finished when the server ended is at its next start.
//!
//! Whatever shows sentences leaves out those of `removed_sentence`, and the scores of them; the file is whole
//! after each piece, and sums are those of the gradings that are left.

use std::sync::{Arc, Weak};

use rusqlite::{Connection, OptionalExtension as _};
use tokio::runtime::Handle;

use super::Result;
use crate::http::HttpError;
use crate::store::{Store, StoreError};

/// Gradings that go at once.
const PIECE: i64 = 500;

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

/// What removes the rest of hidden sentences.
pub(super) struct Remover {
    store: Weak<Store>,
    runtime: Handle,
}

impl Remover {
    /// That of a store, for a job of its writer.
    pub(super) fn of(store: &Arc<Store>) -> Self {
        Self {
            store: Arc::downgrade(store),
            runtime: Handle::current(),
        }
    }

    /// Removes a sentence; whether it was there. It is gone when the writer has committed that, and the rest
    /// of its gradings soon, whether or not whoever asked for it waits.
    pub(super) fn remove(&self, connection: &Connection, id: i64) -> rusqlite::Result<bool> {
        if !connection.prepare_cached(IS_LONG)?.exists((id, PIECE))? {
            return Ok(connection.prepare_cached(REMOVE)?.execute([id])? > 0);
        }
        let is_hidden = connection.prepare_cached(HIDE)?.execute([id])? > 0;
        if is_hidden {
            let store = Weak::clone(&self.store);
            // Its first piece comes after this job, which may be undone yet.
            self.runtime.spawn(async move {
                if let Some(store) = store.upgrade() {
                    finish(store).await;
                }
            });
        }
        Ok(is_hidden)
    }
}

/// Finishes what was left when the server ended, if something was. Its requests do not wait for that.
pub(super) fn resume(store: &Arc<Store>) -> Result<(), StoreError> {
    let is_left = store.read(|connection| -> Result<_, StoreError> {
        Ok(connection.prepare_cached(HIDDEN)?.exists([])?)
    })?;
    if is_left
        && store.takes_writes()
        && let Ok(runtime) = Handle::try_current()
    {
        runtime.spawn(finish(Arc::clone(store)));
    }
    Ok(())
}

async fn finish(store: Arc<Store>) {
    loop {
        match store.write(forget_some).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => {
                let error = HttpError::from(error);
                tracing::warn!(%error, "a removed sentence is not gone yet: the next start goes on");
                return;
            }
        }
    }
}

/// Removes a piece of a hidden sentence; whether there was one.
fn forget_some(connection: &Connection) -> Result<bool, StoreError> {
    let mut select = connection.prepare_cached(HIDDEN)?;
    let hidden: Option<i64> = select.query_row([], |row| row.get(0)).optional()?;
    let Some(id) = hidden else { return Ok(false) };
    let forgotten = connection.prepare_cached(FORGET)?.execute((id, PIECE))?;
    if forgotten == 0 {
        connection.prepare_cached(REMOVE_HIDDEN)?.execute([id])?;
    }
    Ok(true)
}
