//! What can go wrong with a file and with what it is made by: folders, schemas, migrations, checks.
//!
//! Messages say what failed and on which object; [`FileError::hint`] says what to do next. It must not know
//! dumps or how files are served.

use std::io;
use std::path::PathBuf;

/// What an operator needs who runs out of space.
pub(crate) const ROOM: &str = "Check the free space and the permissions of the folder; about three times the \
     size of the result is needed for a moment. Large dumps need room in the temporary \
     folder (TMPDIR) too.";

/// A failure that is about a file of ours or what defines it.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// An input file or folder cannot be opened or read.
    #[error("cannot read {name}: {cause}")]
    Input {
        /// Path or embedded name.
        name: String,
        /// Why.
        #[source]
        cause: io::Error,
    },
    /// An SQL file of the schema is missing or wrong.
    #[error("schema file {name}: {reason}")]
    Schema {
        /// File name.
        name: String,
        /// What is wrong.
        reason: String,
    },
    /// A statement of the schema failed.
    #[error("schema file {name}: {cause}")]
    SchemaSql {
        /// File name.
        name: String,
        /// Why.
        #[source]
        cause: rusqlite::Error,
    },
    /// The rows contradict `checks.sql`, or refer to rows that are not there.
    #[error("the data fails its checks:\n  {}", .complaints.join("\n  "))]
    Check {
        /// What the checks said, one line each.
        complaints: Vec<String>,
    },
    /// SQLite found the new file damaged.
    #[error("{path}: the new file fails its integrity check: {detail}")]
    Integrity {
        /// The output.
        path: PathBuf,
        /// What SQLite said.
        detail: String,
    },
    /// SQLite failed on the output.
    #[error("cannot write {path}: {cause}")]
    Sqlite {
        /// The output.
        path: PathBuf,
        /// Why.
        #[source]
        cause: rusqlite::Error,
    },
}

impl FileError {
    /// What the user can do about it, as a full sentence.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Input { cause, .. } => match cause.kind() {
                // The message says what to do.
                io::ErrorKind::Unsupported => None,
                io::ErrorKind::NotADirectory => Some("Name the folder that the files are in."),
                io::ErrorKind::NotFound
                | io::ErrorKind::PermissionDenied
                | io::ErrorKind::IsADirectory => Some("Check the path and its permissions."),
                _ => Some("It may be damaged or cut off: copy or write it again."),
            },
            Self::Schema { .. } | Self::SchemaSql { .. } => Some(
                "A schema folder holds tables.sql, derived.sql, indexes.sql and checks.sql, and for \
                 files of older versions migration_2.sql, migration_3.sql and so on, without a gap.",
            ),
            Self::Check { .. } => Some("Mend the dump or the documents, or change checks.sql."),
            Self::Sqlite { .. } => Some(ROOM),
            Self::Integrity { .. } => {
                Some("The disk or its driver may be failing; try another one.")
            }
        }
    }
}
