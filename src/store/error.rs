//! What can go wrong with a store, for requests and at start-up.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

/// A failure of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file is not one that can be served.
    #[error("cannot serve {path}: {reason}")]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The primary's own copy, kept from an earlier run, cannot be served.
    #[error("cannot serve the primary's own copy {path}: {reason}")]
    UnusableCopy {
        /// The copy.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// Another process serves the same data directory as primary.
    #[error("{path} is held by another ekiben process (pid {pid})")]
    Locked {
        /// The lock file.
        path: PathBuf,
        /// Who holds it, as far as the file tells.
        pid: String,
    },
    /// A file operation failed.
    #[error("{path}: {cause}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// No reader connection became free.
    #[error("no reader connection: {0}")]
    Pool(#[from] r2d2::Error),
    /// SQLite failed.
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    /// The group that a write belonged to could not be committed.
    #[error("commit failed: {0}")]
    Commit(Arc<rusqlite::Error>),
    /// The writer's queue is full.
    #[error("the write queue is full")]
    Busy,
    /// A write to a replica.
    #[error("this is a replica")]
    ReadOnly,
    /// A reload of a primary.
    #[error("this is a primary, whose copy holds writes")]
    HoldsWrites,
    /// What the app keeps in memory could not be derived from the last commit.
    #[error("nothing could be derived from the last commit")]
    NotDerived,
    /// The store is being closed.
    #[error("the store is closed")]
    Stopped,
    /// A read or write panicked.
    #[error("a query panicked")]
    Panicked,
}

impl StoreError {
    /// What the operator can do about a store that does not open.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Unusable { .. } => Some(
                "Bake the file anew with `ekiben bake --out DIR`, or move it away; it is left \
                 untouched.",
            ),
            Self::UnusableCopy { .. } => Some(
                "It holds writes and is left untouched. Serve it with the version that made it, or \
                 move it away: the next start then begins with a copy of the baked file.",
            ),
            Self::Locked { .. } => {
                Some("Stop that process, use another --data-dir, or serve with --mode replica.")
            }
            Self::File { .. } => {
                Some("Check the free space and the permissions of the data directory.")
            }
            _ => None,
        }
    }
}
