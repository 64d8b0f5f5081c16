//! The files of this process that are being made and have no name of their own yet, and the folders that were
//! made for them, so that they can go when it is told to end. It must not know what is in them.

use std::collections::BTreeSet;
use std::fs;
use std::io;
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

/// Folders that are made for a file; they go again unless it gets its name.
#[derive(Debug)]
pub(crate) struct MadeFolders {
    /// From the outermost on.
    made: Vec<(PathBuf, HalfMade)>,
}

impl MadeFolders {
    /// Makes `folder` and those above it that are not there.
    pub(crate) fn make(folder: &Path) -> io::Result<Self> {
        let mut missing: Vec<&Path> = folder
            .ancestors()
            .filter(|above| !above.as_os_str().is_empty())
            .take_while(|above| !above.exists())
            .collect();
        missing.reverse();
        let mut made = Vec::new();
        for above in missing {
            let half_made = HalfMade::at(above);
            match fs::create_dir(above) {
                Ok(()) => made.push((above.to_owned(), half_made)),
                // Somebody else has made it meanwhile.
                Err(_) if above.is_dir() => {}
                Err(cause) => return Err(cause),
            }
        }
        Ok(Self { made })
    }

    /// They stay.
    pub(crate) fn keep(mut self) {
        self.made.clear();
    }
}

impl Drop for MadeFolders {
    fn drop(&mut self) {
        for (folder, _) in self.made.iter().rev() {
            // One that others have put something into stays.
            drop(fs::remove_dir(folder));
        }
    }
}

fn files() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    FILES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Removes what is being made, for a process that ends now: whoever wants to make more waits for that.
pub(crate) fn remove_half_made() {
    let files = files();
    // What is in a folder comes before it.
    for path in files.iter().rev() {
        // One may have got its name in this moment, and a folder is kept that has something in it.
        drop(fs::remove_file(path).or_else(|_| fs::remove_dir(path)));
    }
    std::mem::forget(files);
}
