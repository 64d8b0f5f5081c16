//! A file under a temporary name until it is complete (ARCHITECTURE.md, invariant 1).
//!
//! It lies beside the file that it will be, hidden and locked, and goes when the [`Temporary`] is
//! dropped without having been given its name. What a killed process left is removed by the next one
//! that writes to the same place. It must not know what is in the file.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use super::{HalfMade, ownership};

/// A file that is removed when dropped, and locked so that others can see it is in use.
pub(crate) struct Temporary {
    path: PathBuf,
    file: File,
    _half_made: HalfMade,
}

impl Temporary {
    /// Makes an empty file beside `target`.
    pub(crate) fn create(target: &Path, role: &str) -> io::Result<Self> {
        // The time too: every container has a process 1, and they may share a volume.
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let (pid, nanoseconds) = (std::process::id(), now.as_nanos());
        let name = format!("{}{role}-{pid}-{nanoseconds}", prefix(target));
        let path = target.with_file_name(name);
        let half_made = HalfMade::at(&path);
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&path)?;
        let temporary = Self {
            path,
            file,
            _half_made: half_made,
        };
        temporary.file.lock()?;
        ownership::like_folder(&temporary.file, folder(target))?;
        Ok(temporary)
    }

    /// Removes temporary files for `target` whose process is gone: nobody holds their lock.
    pub(crate) fn remove_leftovers(target: &Path) -> io::Result<()> {
        let prefix = prefix(target);
        for entry in fs::read_dir(folder(target))? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().starts_with(&prefix)
                && File::open(entry.path()).is_ok_and(|file| file.try_lock().is_ok())
            {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Syncs the file and gives it the name `target`, whatever has that name: its owner and mode stay.
    pub(crate) fn publish(&self, target: &Path) -> io::Result<()> {
        if let Ok(replaced) = target.metadata() {
            ownership::like_replaced(&self.file, &replaced)?;
        }
        self.file.sync_all()?;
        fs::rename(&self.path, target)?;
        sync_folder(target)
    }

    /// As [`Temporary::publish`], but fails with [`io::ErrorKind::AlreadyExists`] when the name is taken.
    pub(crate) fn publish_new(&self, target: &Path) -> io::Result<()> {
        self.file.sync_all()?;
        match fs::hard_link(&self.path, target) {
            Ok(()) => self.remove(),
            Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => return Err(cause),
            // Not every file system has hard links. Without one, another program may take the name
            // between the look and the rename.
            Err(_) if fs::symlink_metadata(target).is_ok() => {
                return Err(io::ErrorKind::AlreadyExists.into());
            }
            Err(_) => fs::rename(&self.path, target)?,
        }
        sync_folder(target)
    }

    /// Removes the file ahead of time.
    pub(crate) fn remove(&self) {
        // A file that was renamed is no longer there, which is as it should be.
        drop(fs::remove_file(&self.path));
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        self.remove();
    }
}

/// Makes a rename or a new name in the folder of `path` durable.
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(folder(path))?.sync_all()
}

fn folder(path: &Path) -> &Path {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
}

fn prefix(target: &Path) -> String {
    format!(
        ".{}.baking-",
        target.file_name().unwrap_or_default().to_string_lossy()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_taken_is_kept_unless_it_may_be_replaced() {
        let folder = tempfile::TempDir::new().unwrap();
        let target = folder.path().join("x");
        fs::write(&target, "old").unwrap();
        let temporary = Temporary::create(&target, "result").unwrap();
        let refused = temporary.publish_new(&target).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read_to_string(&target).unwrap(), "old");
        temporary.publish(&target).unwrap();
        assert_eq!(fs::read_to_string(&target).unwrap(), "");
        drop(temporary);
        let temporary = Temporary::create(&target, "result").unwrap();
        fs::remove_file(&target).unwrap();
        temporary.publish_new(&target).unwrap();
        drop(temporary);
        assert_eq!(folder.path().read_dir().unwrap().count(), 1);
    }
}
