//! Names beside a file: SQLite keeps its WAL, its index and its journal there.
//!
//! It must not know what is in them.

use std::path::{Path, PathBuf};

/// The file that belongs to `path` and has `suffix` behind its name.
pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// A WAL or a journal beside a file, which SQLite would take for a part of it.
pub(crate) fn log_beside(path: &Path) -> Option<PathBuf> {
    let mut names = ["-wal", "-journal"]
        .map(|suffix| beside(path, suffix))
        .into_iter();
    names.find(|name| name.exists())
}
