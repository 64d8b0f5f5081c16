//! The files that a primary keeps in its data directory; `lock` is the lock on them.
//!
//! `APP.primary.lock` is held while a primary runs, is migrated or seeded, or a backup is restored.
//! `APP.primary.N.sqlite` is generation N, complete by the time it has its name. The highest number is the
//! current one, so a crash between two steps of a reset leaves either the old or the new generation and
//! nothing in between.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use super::lock::Lock;
use super::place::Place;
use crate::file::{HalfMade, beside, ownership, sync_folder};
use crate::store::StoreError;
use crate::store::error::no_space;

/// The files of one app's primary.
pub(in crate::store) struct PrimaryFiles {
    data_dir: PathBuf,
    app: String,
    /// Locked as long as this value lives.
    lock: Lock,
}

impl PrimaryFiles {
    /// Takes the lock; every file stays as it is.
    pub(in crate::store) fn lock(data_dir: &Path, app: &str) -> Result<Self, StoreError> {
        fs::create_dir_all(data_dir).map_err(|cause| file_error(data_dir, cause))?;
        let lock = Lock::take(&lock_path(data_dir, app))?;
        Ok(Self {
            data_dir: data_dir.to_owned(),
            app: app.to_owned(),
            lock,
        })
    }

    /// Shows that new files can be made; want of space aside, which may pass.
    pub(in crate::store) fn prove_writable(&self) -> Result<(), StoreError> {
        // Of those that go when a start clears up.
        let path = self
            .data_dir
            .join(format!("{}.primary.start.copying", self.app));
        let made = File::create(&path).and_then(|_file| fs::remove_file(&path));
        match made {
            Err(cause) if !no_space(&cause) => Err(file_error(&self.data_dir, cause)),
            _ => Ok(()),
        }
    }

    /// The files of a generation that a process has open, the lock included.
    pub(in crate::store) fn place(&self, generation: u64) -> Result<Place, StoreError> {
        let path = self.path(generation);
        let of_generation = GENERATION_SUFFIXES.map(|suffix| beside(&path, suffix));
        let lock = lock_path(&self.data_dir, &self.app);
        Place::of(of_generation.into_iter().chain([lock])).map_err(|cause| file_error(&path, cause))
    }

    /// Whether the lock is the one that others find: the folder may have been replaced.
    pub(in crate::store) fn is_locked(&self) -> bool {
        self.lock.is_at(&lock_path(&self.data_dir, &self.app))
    }

    /// Removes what an interrupted reset, copy, migration or restore left behind.
    pub(in crate::store) fn clear(&self) -> Result<(), StoreError> {
        for (path, generation) in list(&self.data_dir, &self.app)? {
            if generation.is_none() {
                remove_generation(&path);
            }
        }
        Ok(())
    }

    /// Removes all generations but those.
    pub(in crate::store) fn keep(&self, generations: &[u64]) -> Result<(), StoreError> {
        for (path, generation) in list(&self.data_dir, &self.app)? {
            if generation.is_some_and(|number| !generations.contains(&number)) {
                remove_generation(&path);
            }
        }
        Ok(())
    }

    pub(in crate::store) fn path(&self, generation: u64) -> PathBuf {
        path(&self.data_dir, &self.app, generation)
    }

    /// The newest complete generation, if there is one.
    pub(in crate::store) fn current(&self) -> Result<Option<u64>, StoreError> {
        newest(&self.data_dir, &self.app)
    }

    /// The number of the next generation, whoever makes one: the first behind all of which anything is
    /// there. Somebody who moved a generation away may have left its WAL behind, which SQLite would take
    /// for that of a new file of the same name.
    pub(in crate::store) fn unused(&self) -> Result<u64, StoreError> {
        let failed = |cause| file_error(&self.data_dir, cause);
        let prefix = format!("{}.primary.", self.app);
        let mut last = 0;
        for entry in fs::read_dir(&self.data_dir).map_err(failed)? {
            let name = entry.map_err(failed)?.file_name();
            let name = name.to_string_lossy();
            let rest = name.strip_prefix(&prefix).unwrap_or_default();
            let number = rest.split('.').next().unwrap_or_default().parse();
            last = last.max(number.unwrap_or(0));
        }
        Ok(last + 1)
    }

    /// Makes generation `generation` a copy of the baked file.
    pub(in crate::store) fn copy(
        &self,
        baked: &Path,
        generation: u64,
    ) -> Result<PathBuf, StoreError> {
        self.make(generation, |temporary| {
            let failed = |cause| file_error(&self.path(generation), cause);
            copy_file(baked, temporary).map_err(failed)
        })
        .map(|(path, ())| path)
    }

    /// Makes generation `generation` of what `fill` writes to the path that it is given; it has its name
    /// once that is complete and durable, and the owner and mode of the generation before it. Its path, and
    /// what `fill` returned.
    pub(in crate::store) fn make<T, E: From<StoreError>>(
        &self,
        generation: u64,
        fill: impl FnOnce(&Path) -> Result<T, E>,
    ) -> Result<(PathBuf, T), E> {
        let path = self.path(generation);
        let temporary = path.with_extension("copying");
        let _half_made = HalfMade::at(&temporary);
        let replaced = self.current()?.map(|newest| self.path(newest));
        let publish = || {
            make_like(&temporary, replaced.as_deref(), &self.data_dir)?;
            mark_wal_durably(&temporary)?;
            // There was nothing of this number when it was chosen. What somebody put there since is
            // not ours to remove, and SQLite would take a WAL for the new file's own.
            if let Some(other) = anything_of(&path) {
                let text = format!("{} appeared meanwhile", other.display());
                return Err(io::Error::new(io::ErrorKind::AlreadyExists, text));
            }
            fs::rename(&temporary, &path)?;
            sync_folder(&path)
        };
        let made = fill(&temporary).and_then(|value| {
            publish().map_err(|cause| E::from(file_error(&path, cause)))?;
            Ok(value)
        });
        let value = made.inspect_err(|_| drop(fs::remove_file(&temporary)))?;
        Ok((path, value))
    }
}

/// Where a primary of `app` keeps a generation.
pub(in crate::store) fn path(data_dir: &Path, app: &str, generation: u64) -> PathBuf {
    data_dir.join(format!("{app}.primary.{generation}.sqlite"))
}

/// The newest complete generation in a data directory, if there is one.
pub(in crate::store) fn newest(data_dir: &Path, app: &str) -> Result<Option<u64>, StoreError> {
    let numbers = list(data_dir, app)?;
    Ok(numbers.into_iter().filter_map(|(_, number)| number).max())
}

/// The app and the number of a primary's generation that lies at `path`, if the name is one of those.
#[must_use]
pub fn generation_at(path: &Path) -> Option<(&str, u64)> {
    let (app, rest) = path.file_name()?.to_str()?.split_once(".primary.")?;
    Some((app, rest.strip_suffix(".sqlite")?.parse().ok()?))
}

/// The apps of which a data directory holds a primary's generations.
pub(in crate::store) fn apps_in(data_dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(data_dir).into_iter().flatten().flatten();
    let names = entries.map(|entry| entry.path());
    let apps = names.filter_map(|path| Some(generation_at(&path)?.0.to_owned()));
    apps.collect::<BTreeSet<_>>().into_iter().collect()
}

/// Whether a primary keeps a file of its own under the name of `path`, or would take one for its own: nobody else
/// may put a file there, whatever is there now. In a folder that has been a primary's data directory these
/// are its baked file too, which resets return to, and all names that begin like the lock's.
#[must_use]
pub fn is_of_primary(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut beside = ["-wal", "-shm", "-journal"].iter();
    let name = beside
        .find_map(|suffix| name.strip_suffix(suffix))
        .unwrap_or(&name);
    let has_lock = |app: &str| path.with_file_name(format!("{app}.primary.lock")).exists();
    match name.split_once(".primary.") {
        // A start opens these or removes them, also the first one.
        Some((_, "lock")) => true,
        Some((_, rest)) if rest.ends_with(".sqlite") || rest.ends_with(".copying") => true,
        Some((app, _)) => has_lock(app),
        None => name.strip_suffix(".sqlite").is_some_and(has_lock),
    }
}

/// Everything that belongs to a generation, with its number where it is a complete one.
fn list(data_dir: &Path, app: &str) -> Result<Vec<(PathBuf, Option<u64>)>, StoreError> {
    let failed = |cause| file_error(data_dir, cause);
    let prefix = format!("{app}.primary.");
    let mut found = Vec::new();
    for entry in fs::read_dir(data_dir).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let Some(rest) = name.strip_prefix(&prefix) else {
            continue;
        };
        if let Some(number) = rest.strip_suffix(".sqlite") {
            found.push((path.clone(), number.parse().ok()));
        } else if rest.ends_with(".copying") {
            found.push((path.clone(), None));
        }
    }
    Ok(found)
}

/// Bytes of the WAL beside a file; 0 without one.
pub(in crate::store) fn log_bytes(path: &Path) -> u64 {
    beside(path, "-wal").metadata().map_or(0, |log| log.len())
}

/// A generation's file, its WAL or its index, if one of them is there.
fn anything_of(path: &Path) -> Option<PathBuf> {
    let mut names = GENERATION_SUFFIXES
        .iter()
        .map(|suffix| beside(path, suffix));
    names.find(|name| name.symlink_metadata().is_ok())
}

/// A generation's file, its WAL and its index.
const GENERATION_SUFFIXES: [&str; 3] = ["", "-wal", "-shm"];

/// Removes a generation's file with its log and index, as far as they are there.
pub(in crate::store) fn remove_generation(path: &Path) {
    for suffix in GENERATION_SUFFIXES {
        let name = beside(path, suffix);
        if let Err(cause) = fs::remove_file(&name)
            && cause.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(path = ?name, %cause, "cannot remove an old generation");
        }
    }
}

pub(in crate::store) fn file_error(path: &Path, cause: io::Error) -> StoreError {
    StoreError::File {
        path: path.to_owned(),
        cause,
    }
}

/// Where a file says whether it is used with a WAL:
/// <https://sqlite.org/fileformat2.html#file_format_version_numbers>.
const LOG_MARKS: u64 = 18;

/// Says in the head of a file that nobody has open whether it is used with a WAL.
pub(in crate::store) fn mark_log(file: &File, with_log: bool) -> io::Result<()> {
    let marks = if with_log { [2, 2] } else { [1, 1] };
    file.write_all_at(&marks, LOG_MARKS)
}

/// Has a new copy be in WAL mode from the beginning, and durable: SQLite would change that in the file
/// through a journal, which a crash leaves behind, and until somebody writes nobody could read.
fn mark_wal_durably(path: &Path) -> io::Result<()> {
    let copy = OpenOptions::new().write(true).open(path)?;
    mark_log(&copy, true)?;
    copy.sync_all()
}

/// A baked file may be read-only; its copy must not be.
fn copy_file(from: &Path, to: &Path) -> io::Result<()> {
    let mut source = File::open(from)?;
    let mut copy = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .open(to)?;
    io::copy(&mut source, &mut copy)?;
    Ok(())
}

/// Gives a copy the owner and mode of the generation that it replaces, or without one, of a new file of whoever
/// the folder belongs to: root may make it for a service.
fn make_like(copy: &Path, replaced: Option<&Path>, data_dir: &Path) -> io::Result<()> {
    let file = OpenOptions::new().write(true).open(copy)?;
    match replaced.map(fs::metadata) {
        Some(replaced) => ownership::like_replaced(&file, &replaced?),
        None => make_like_folder(&file, data_dir),
    }
}

pub(super) fn make_like_folder(file: &File, data_dir: &Path) -> io::Result<()> {
    ownership::like_owner_of(file, &data_dir.metadata()?)?;
    ownership::like_folder(file, data_dir)
}

fn lock_path(data_dir: &Path, app: &str) -> PathBuf {
    data_dir.join(format!("{app}.primary.lock"))
}

#[cfg(test)]
mod tests {
    use rusqlite::{Connection, OpenFlags};
    use tempfile::TempDir;

    use super::*;

    #[test]
    fn names_tell_generations() {
        let number = |path: &str| generation_at(Path::new(path)).map(|(_, number)| number);
        assert_eq!(number("data/isuumo.primary.12.sqlite"), Some(12));
        assert_eq!(number("data/isuumo.primary.12.copying"), None);
        assert_eq!(number("data/isuumo.primary.x.sqlite"), None);
        assert_eq!(number("data/isuumo.sqlite"), None);
        let made = path(Path::new("data"), "isuumo", 3);
        assert_eq!(generation_at(&made), Some(("isuumo", 3)));
    }

    #[test]
    fn a_copy_is_in_wal_mode_before_anybody_writes_it() {
        let folder = TempDir::new().unwrap();
        let baked = folder.path().join("baked.sqlite");
        let made = Connection::open(&baked).unwrap();
        made.execute_batch("CREATE TABLE t (a)").unwrap();
        drop(made);
        let files = PrimaryFiles::lock(folder.path(), "app").unwrap();
        let copy = files.copy(&baked, 1).unwrap();
        let mode = |path| -> String {
            let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
            let connection = Connection::open_with_flags(path, flags).unwrap();
            let mode = connection.pragma_query_value(None, "journal_mode", |row| row.get(0));
            mode.unwrap()
        };
        assert_eq!(mode(&baked), "delete");
        assert_eq!(mode(&copy), "wal");
    }

    #[test]
    fn what_is_incomplete_goes_and_generations_only_when_others_are_kept() {
        let folder = TempDir::new().unwrap();
        let files = PrimaryFiles::lock(folder.path(), "app").unwrap();
        let all = [
            "app.primary.1.sqlite",
            "app.primary.1.sqlite-wal",
            "app.primary.2.sqlite",
            "app.primary.3.sqlite",
            "app.primary.4.copying",
            "app.sqlite",
            "other.primary.1.sqlite",
        ];
        for name in all {
            fs::write(folder.path().join(name), "").unwrap();
        }
        let left = || all.map(|name| folder.path().join(name).exists());
        files.clear().unwrap();
        assert_eq!(left(), [true, true, true, true, false, true, true]);
        files.keep(&[2, 3]).unwrap();
        assert_eq!(left(), [false, false, true, true, false, true, true]);
    }

    #[test]
    fn what_appears_under_the_number_meanwhile_is_neither_used_nor_removed() {
        for suffix in ["", "-wal"] {
            let folder = TempDir::new().unwrap();
            let files = PrimaryFiles::lock(folder.path(), "app").unwrap();
            let theirs = beside(&files.path(1), suffix);
            let made = files.make(1, |temporary| {
                fs::write(temporary, [0; 100]).unwrap();
                fs::write(&theirs, "theirs").unwrap();
                Ok::<_, StoreError>(())
            });
            let error = made.unwrap_err().to_string();
            assert!(error.contains("appeared meanwhile"), "{error}");
            assert_eq!(fs::read_to_string(&theirs).unwrap(), "theirs");
            let left = fs::read_dir(folder.path()).unwrap().count();
            assert_eq!(left, 2, "that and the lock");
        }
    }

    #[test]
    fn numbers_whose_log_was_left_behind_are_not_used() {
        let folder = TempDir::new().unwrap();
        let files = PrimaryFiles::lock(folder.path(), "app").unwrap();
        assert_eq!(files.unused().unwrap(), 1);
        fs::write(folder.path().join("app.primary.3.sqlite-wal"), "").unwrap();
        fs::write(folder.path().join("other.primary.9.sqlite"), "").unwrap();
        assert_eq!(files.unused().unwrap(), 4);
    }
}
