//! What can go wrong in a backup or a restore, on which file. When one of these is returned, nothing was
//! replaced and nothing is left behind.

use std::borrow::Cow;
use std::io;
use std::path::PathBuf;

use crate::store::StoreError;
use crate::store::error::{is_full, no_space};

/// A state of a file that could not be copied page for page. `store` fails with it too: a reset, a
/// migration and a seed begin with a copy.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// The file that is to be copied is not one of the app that can be.
    #[error("cannot copy {path}: {reason}")]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The file that is to be copied is damaged.
    #[error("{path} is damaged: {detail}")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        detail: String,
    },
    /// The copy cannot be written.
    #[error("cannot write {path}: {cause}")]
    Output {
        /// The output.
        path: PathBuf,
        /// Why.
        #[source]
        cause: io::Error,
    },
    /// SQLite failed to write the copy.
    #[error("cannot write {path}: {cause}")]
    Sqlite {
        /// The output.
        path: PathBuf,
        /// Why.
        #[source]
        cause: rusqlite::Error,
    },
}

impl CopyError {
    /// What the operator can do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Unusable { .. } => {
                "`ekiben inspect` shows what a file is. Those of `ekiben backup` and `ekiben bake` can be \
                 used; one of a newer version needs that version of ekiben."
            }
            Self::Damaged { .. } => {
                "Nothing was made of it. Restore the newest backup that is whole; the damaged file is \
                 left untouched."
            }
            Self::Output { .. } | Self::Sqlite { .. } => {
                "Check the free space and the permissions of the folder: the copy is as large as the \
                 original."
            }
        }
    }

    /// Whether the disk is full: nothing was made, and it can be tried again.
    pub(in crate::store) fn is_full(&self) -> bool {
        match self {
            Self::Output { cause, .. } => no_space(cause),
            Self::Sqlite { cause, .. } => is_full(cause),
            Self::Unusable { .. } | Self::Damaged { .. } => false,
        }
    }
}

/// A backup or a restore that failed.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// No primary has kept anything there.
    #[error("{data_dir} holds no copy of a primary of {app}")]
    NoCopy {
        /// The data directory.
        data_dir: PathBuf,
        /// The app.
        app: String,
        /// The apps of which there is one.
        others: Vec<String>,
    },
    /// The file is one of another app.
    #[error("cannot copy {path}: it belongs to {owner}, not to {app}")]
    OtherApp {
        /// The file.
        path: PathBuf,
        /// Whose it is.
        owner: String,
        /// Whose it should be.
        app: String,
    },
    /// The copy itself failed.
    #[error(transparent)]
    Copy(#[from] CopyError),
    /// The server replaced its generation each time that a copy was under way.
    #[error("the primary of {app} was reset each time before its file was copied")]
    Restless {
        /// The app.
        app: String,
    },
    /// The output exists and may not be replaced.
    #[error("{path} exists already")]
    Exists {
        /// The output.
        path: PathBuf,
    },
    /// The output has a name that it cannot have.
    #[error("{path} cannot be written: {reason}")]
    Misplaced {
        /// The output.
        path: PathBuf,
        /// Why.
        reason: &'static str,
    },
    /// The data directory is in use or cannot be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl BackupError {
    /// What the operator can do about it.
    #[must_use]
    pub fn hint(&self) -> Option<Cow<'static, str>> {
        let hint = match self {
            Self::NoCopy { others, .. } if !others.is_empty() => {
                let flags: Vec<_> = others.iter().map(|app| format!("--app {app}")).collect();
                return Some(
                    format!("It holds one of another app: add {}.", flags.join(" or ")).into(),
                );
            }
            Self::OtherApp { owner, .. } if owner == "import" => {
                "A file of `ekiben import` has the tables of its dump, which no app serves: bake the \
                 dump, or name another file."
            }
            Self::OtherApp { owner, .. } => {
                return Some(
                    format!(
                        "Add --app {owner} if that is the app that is meant, or name another file."
                    )
                    .into(),
                );
            }
            Self::NoCopy { .. } => {
                "Name the primary's folder with --data-dir. A replica keeps no copy of its own: the \
                 baked file that it serves is complete, and is copied like any other file."
            }
            Self::Restless { .. } => "Try again when nobody asks for POST /initialize.",
            Self::Exists { .. } => "Name another file, or add --replace to replace it.",
            Self::Misplaced { .. } => "Name another file.",
            Self::Copy(error) => error.hint(),
            Self::Store(StoreError::Locked { .. }) => {
                "Stop that process first: it would go on serving, and keep writing to, what it has \
                 open. Or restore into another --data-dir."
            }
            Self::Store(error) => return error.hint().map(Cow::Borrowed),
        };
        Some(Cow::Borrowed(hint))
    }
}
