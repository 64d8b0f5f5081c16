//! What goes in pieces, each a write by itself, so that others are not kept from grading: the rest of accounts and
//! of sentences with long histories. What was not finished when the server ended is at its next start.
//!
//! Whoever has something go hides it first, and the file is whole after each piece: sums are those of the
//! gradings that are left. It must not know what goes.

use std::sync::{Arc, Weak};

use rusqlite::{Connection, OptionalExtension as _};
use tokio::runtime::Handle;

use crate::http::HttpError;
use crate::store::{Store, StoreError};

/// Gradings that go at once.
pub(super) const PIECE: i64 = 500;

/// A kind of thing that goes in pieces.
pub(super) struct PieceWork {
    /// The thing, for the log.
    pub(super) what: &'static str,
    /// Selects the id of one that is to go.
    pub(super) left: &'static str,
    /// Deletes some of its gradings: its id, and how many at most.
    pub(super) forget: &'static str,
    /// Deletes it, by its id.
    pub(super) remove: &'static str,
}

/// Begins the work from a job of the writer.
pub(super) struct WorkStarter {
    work: &'static PieceWork,
    store: Weak<Store>,
    runtime: Handle,
}

impl PieceWork {
    /// What begins the work, for a job of the writer of `store`.
    pub(super) fn starter(&'static self, store: &Arc<Store>) -> WorkStarter {
        WorkStarter {
            work: self,
            store: Arc::downgrade(store),
            runtime: Handle::current(),
        }
    }

    /// Finishes what was left when the server ended, if something was. Its requests do not wait for that.
    pub(super) fn resume(&'static self, store: &Arc<Store>) -> Result<(), StoreError> {
        let is_left = store.read(|connection| -> Result<_, StoreError> {
            Ok(connection.prepare_cached(self.left)?.exists([])?)
        })?;
        if is_left
            && store.takes_writes()
            && let Ok(runtime) = Handle::try_current()
        {
            runtime.spawn(self.finish(Arc::clone(store)));
        }
        Ok(())
    }

    async fn finish(&'static self, store: Arc<Store>) {
        loop {
            let job = |connection: &Connection| self.do_some(connection);
            match store.write(job).await {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => {
                    let (error, what) = (HttpError::from(error), self.what);
                    tracing::warn!(%error, what, "something is not gone yet: the next start goes on");
                    return;
                }
            }
        }
    }

    /// Does a piece; whether there was one.
    fn do_some(&self, connection: &Connection) -> Result<bool, StoreError> {
        let mut select = connection.prepare_cached(self.left)?;
        let left: Option<i64> = select.query_row([], |row| row.get(0)).optional()?;
        let Some(id) = left else { return Ok(false) };
        let forgotten = connection
            .prepare_cached(self.forget)?
            .execute((id, PIECE))?;
        if forgotten == 0 {
            connection.prepare_cached(self.remove)?.execute([id])?;
        }
        Ok(true)
    }
}

impl WorkStarter {
    /// Has the work begin. Its first piece comes behind the job that calls this, which may be undone yet, whether
    /// or not whoever asked for it waits.
    pub(super) fn start(&self) {
        let (work, store) = (self.work, Weak::clone(&self.store));
        self.runtime.spawn(async move {
            if let Some(store) = store.upgrade() {
                work.finish(store).await;
            }
        });
    }
}
