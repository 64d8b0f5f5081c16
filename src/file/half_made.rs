//! The files of this process that are being made and have no name of their own yet, so that they can go
//! when it is told to end. It must not know what is in them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

static FILES: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// A file that is being made; until this is dropped it goes with the process if that is told to end.
#[derive(Debug)]
pub(crate) struct HalfMade(PathBuf);

impl HalfMade {
    /// Before there is anything at `path`.
    pub(crate) fn at(path: &Path) -> Self {
        files().insert(path.to_owned());
        Self(path.to_owned())
    }
}

impl Drop for HalfMade {
    fn drop(&mut self) {
        files().remove(&self.0);
    }
}

fn files() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    FILES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Removes what is being made, for a process that ends now: whoever wants to make more waits for that.
pub(crate) fn remove_half_made() {
    let files = files();
    for file in &*files {
        // One may have got its name in this moment.
        drop(fs::remove_file(file));
    }
    std::mem::forget(files);
}
