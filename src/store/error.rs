//! What can go wrong with a store, for requests and at start-up.
//!
//! A message holds that of its cause, for whoever prints one line; the cause is the source as well, so
//! that logs and callers reach what led to it. Nothing here is for clients.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::{ErrorCode, ffi};
use tokio::task::JoinError;

use super::backup::CopyError;
use super::open::lock::LockHolder;
use super::panic::panic_message;
use crate::file::FileError;

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
    /// There is no file to be served.
    #[error("cannot serve {path}: there is no such file")]
    Absent {
        /// Where it should be.
        path: PathBuf,
    },
    /// The primary's own copy, kept from an earlier run, cannot be served.
    #[error("cannot serve the primary's own copy {path}: {reason}")]
    UnusableCopy {
        /// The copy.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The file has a newer schema than this program's queries are written for.
    #[error("{path} has schema version {file}, and this program reads versions up to {program}")]
    NewerSchema {
        /// The file.
        path: PathBuf,
        /// Its version.
        file: u32,
        /// The program's.
        program: u32,
    },
    /// The file has an older schema, and is not a primary's to migrate.
    #[error("{path} has schema version {file}, and this program serves version {program}")]
    OlderSchema {
        /// The file.
        path: PathBuf,
        /// Its version.
        file: u32,
        /// The program's.
        program: u32,
    },
    /// A file could not be brought to the program's schema.
    #[error("cannot migrate {path} from schema version {from} to {to}: {cause}")]
    Migration {
        /// The file, which is as it was.
        path: PathBuf,
        /// Its version.
        from: u32,
        /// The program's.
        to: u32,
        /// The migration that failed, or what does not hold after it.
        #[source]
        cause: Box<FileError>,
    },
    /// Another process serves the same data directory as primary.
    #[error("{path} is held by another ekiben process ({holder})")]
    Locked {
        /// The lock file.
        path: PathBuf,
        /// Who holds it, as far as the file says.
        holder: Box<LockHolder>,
    },
    /// A file operation failed.
    #[error("{path}: {cause}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        cause: io::Error,
    },
    /// SQLite cannot open or write the file, but not because of what is in it.
    #[error("cannot open or write {path}: {cause}")]
    Storage {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        cause: rusqlite::Error,
    },
    /// A copy that a new generation begins with failed.
    #[error(transparent)]
    Copy(#[from] CopyError),
    /// No reader connection became free.
    #[error("no reader connection: {0}")]
    Pool(#[from] r2d2::Error),
    /// SQLite failed.
    #[error("{0}")]
    Sqlite(#[from] rusqlite::Error),
    /// The group that a write belonged to could not be committed.
    #[error("commit failed: {0}")]
    Commit(#[source] Arc<rusqlite::Error>),
    /// The writer's queue is full.
    #[error("the write queue is full")]
    Busy,
    /// Too many long reads wait for their turn.
    #[error("the queue of long reads is full")]
    BusyReading,
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
    /// The system gives no threads.
    #[error("cannot start threads: {0}")]
    Threads(#[source] io::Error),
    /// A read or write panicked, with this message.
    #[error("a query panicked: {0}")]
    Panicked(String),
}

impl StoreError {
    /// Why a task that did work of the store's came to no result.
    pub(super) fn of_task(error: JoinError) -> Self {
        match error.try_into_panic() {
            Ok(panic) => Self::Panicked(panic_message(&*panic)),
            // The runtime is shutting down.
            Err(_cancelled) => Self::Stopped,
        }
    }

    /// What the operator can do about a store that does not open.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Unusable { .. } => Some(
                "Bake the file anew with `ekiben bake --out DIR`, serve it with the version that \
                 made it, or move it away; it is left untouched.",
            ),
            Self::Absent { .. } => Some(
                "Bake it there with `ekiben bake --out DIR`, or name the folder that it is in with \
                 baked_dir.",
            ),
            Self::UnusableCopy { .. } => Some(
                "It holds writes and is left untouched. Serve it with the version that made it, or \
                 move it away with its -wal: the next start then begins with a copy of the baked file.",
            ),
            Self::NewerSchema { .. } => Some(
                "A newer version of ekiben made it, and there is no way back to an older schema: run \
                 that version. To stay with this one, restore a backup from before the migration, or \
                 bake the file anew if it is a baked one; it is left untouched.",
            ),
            Self::OlderSchema { .. } => Some(
                "Only a primary migrates, and only its own copy. Bake the file anew with `ekiben bake \
                 --out DIR`, or have a primary restore it, and serve a backup of that.",
            ),
            Self::Migration { .. } => Some(
                "Nothing was changed. Run the version of ekiben that made the file, and report this; \
                 or mend the migration if the schema folder is yours.",
            ),
            Self::Locked { .. } => Some(
                "One primary at a time writes a data directory. Stop that process, and where an orchestrator runs \
                     it, have it stopped before the new one starts (strategy Recreate, or a StatefulSet); or use \
                     another --data-dir, or serve with --mode replica.",
            ),
            Self::File { .. } | Self::Storage { .. } => {
                Some("Check the free space and the permissions of the data directory.")
            }
            Self::Copy(error) => Some(error.hint()),
            Self::Threads(_) => Some(
                "Raise the limit of threads (ulimit -u, pids.max of a container) or of the address space (ulimit -v).",
            ),
            _ => None,
        }
    }

    /// Whether it failed for want of space: nothing took effect, and it can be tried again when there
    /// is some.
    #[must_use]
    pub fn is_full(&self) -> bool {
        match self {
            Self::Sqlite(cause) | Self::Storage { cause, .. } => is_full(cause),
            Self::Commit(cause) => is_full(cause),
            Self::File { cause, .. } => no_space(cause),
            Self::Copy(error) => error.is_full(),
            _ => false,
        }
    }

    /// Whether a read was interrupted because it took too long.
    #[must_use]
    pub fn is_interrupted(&self) -> bool {
        let code = match self {
            Self::Sqlite(cause) => cause.sqlite_error_code(),
            _ => None,
        };
        code == Some(ErrorCode::OperationInterrupted)
    }

    /// Whether nothing was written because the files are no longer in their place: what would be written
    /// now would go with the process.
    #[must_use]
    pub fn is_displaced(&self) -> bool {
        let cause = match self {
            Self::Commit(cause) => cause.sqlite_error(),
            Self::Storage { cause, .. } => cause.sqlite_error(),
            _ => None,
        };
        cause.is_some_and(|error| error.extended_code == ffi::SQLITE_READONLY_DBMOVED)
    }

    /// Whether a group of writes failed because the storage did. What a sync that failed has left on
    /// the disk nobody knows.
    #[must_use]
    pub fn is_in_doubt(&self) -> bool {
        let code = match self {
            Self::Commit(cause) => cause.sqlite_error_code(),
            _ => None,
        };
        code == Some(ErrorCode::SystemIoFailure) && !self.is_full()
    }

    /// Of a primary's own copy, which holds writes, and not of a baked file.
    pub(super) fn about_copy(self) -> Self {
        match self {
            Self::Unusable { path, reason } => Self::UnusableCopy { path, reason },
            other => other,
        }
    }

    /// Why `path` does not open: because of what is in it, or because of what it lies on.
    pub(super) fn of_opening(path: &Path, cause: rusqlite::Error) -> Self {
        let path = path.to_owned();
        match cause.sqlite_error_code() {
            Some(
                ErrorCode::DiskFull
                | ErrorCode::SystemIoFailure
                | ErrorCode::CannotOpen
                | ErrorCode::PermissionDenied
                | ErrorCode::ReadOnly,
            ) => Self::Storage { path, cause },
            Some(ErrorCode::DatabaseCorrupt) => Self::Unusable {
                path,
                reason: format!("it is damaged ({cause})"),
            },
            _ => Self::Unusable {
                path,
                reason: format!("it cannot be read ({cause})"),
            },
        }
    }
}

/// Whether a file operation failed for want of space.
pub(super) fn no_space(cause: &io::Error) -> bool {
    matches!(
        cause.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
    )
}

/// The index of the WAL lies in a file of its own; that this cannot grow has another code.
pub(super) fn is_full(cause: &rusqlite::Error) -> bool {
    cause.sqlite_error().is_some_and(|error| {
        error.code == ErrorCode::DiskFull || error.extended_code == ffi::SQLITE_IOERR_SHMSIZE
    })
}

/// The failure of what would be written to files that are no longer at `path`.
pub(super) fn displaced(path: &Path) -> rusqlite::Error {
    let text = format!(
        "{} is no longer the file that this process has open",
        path.display()
    );
    let code = ffi::Error::new(ffi::SQLITE_READONLY_DBMOVED);
    rusqlite::Error::SqliteFailure(code, Some(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn commit(code: i32) -> StoreError {
        let cause = rusqlite::Error::SqliteFailure(ffi::Error::new(code), None);
        StoreError::Commit(Arc::new(cause))
    }

    #[test]
    fn sources_lead_to_what_sqlite_said() {
        let sqlite = || rusqlite::Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_CORRUPT), None);
        let path = PathBuf::new;
        let migration = StoreError::Migration {
            path: path(),
            from: 1,
            to: 2,
            cause: Box::new(FileError::SchemaSql {
                name: "migration_2.sql".to_owned(),
                cause: sqlite(),
            }),
        };
        let (path, cause) = (path(), sqlite());
        let storage = StoreError::Storage { path, cause };
        for error in [
            migration,
            storage,
            commit(ffi::SQLITE_CORRUPT),
            sqlite().into(),
        ] {
            let text = error.to_string();
            let mut next: Option<&(dyn std::error::Error + 'static)> = Some(&error);
            while let Some(source) = next
                && !source.is::<ffi::Error>()
            {
                next = source.source();
            }
            assert!(next.is_some(), "{text}");
        }
    }

    #[test]
    fn want_of_space_is_told_from_storage_that_fails() {
        for code in [ffi::SQLITE_FULL, ffi::SQLITE_IOERR_SHMSIZE] {
            let error = commit(code);
            assert!(error.is_full() && !error.is_in_doubt(), "{error}");
        }
        for code in [ffi::SQLITE_IOERR_FSYNC, ffi::SQLITE_IOERR_WRITE] {
            let error = commit(code);
            assert!(!error.is_full() && error.is_in_doubt(), "{error}");
        }
        let error = commit(ffi::SQLITE_CORRUPT);
        assert!(!error.is_full() && !error.is_in_doubt(), "{error}");
        let cause = io::Error::from(io::ErrorKind::StorageFull);
        let path = PathBuf::new();
        assert!(StoreError::File { path, cause }.is_full());
    }
}
