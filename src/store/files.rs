//! The files that a primary keeps in its data directory, and the lock on them.
//!
//! `APP.primary.lock` is held while a primary runs. `APP.primary.N.sqlite` is generation N, complete
//! by the time it has its name. The highest number is the current one, so a crash between two steps
//! of a reset leaves either the old or the new generation and nothing in between.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use super::StoreError;
use crate::bake::sync_folder;

/// The files of one app's primary.
pub(super) struct PrimaryFiles {
    data_dir: PathBuf,
    app: String,
    /// Locked as long as this value lives.
    _lock: File,
}

impl PrimaryFiles {
    /// Takes the lock and removes what an interrupted reset or copy left behind.
    pub(super) fn lock(data_dir: &Path, app: &str) -> Result<Self, StoreError> {
        fs::create_dir_all(data_dir).map_err(|cause| file_error(data_dir, cause))?;
        let path = data_dir.join(format!("{app}.primary.lock"));
        let lock = take_lock(&path)?;
        let files = Self {
            data_dir: data_dir.to_owned(),
            app: app.to_owned(),
            _lock: lock,
        };
        let current = files.current()?;
        for (path, generation) in files.list()? {
            if generation.is_none() || generation != current {
                remove_generation(&path);
            }
        }
        Ok(files)
    }

    pub(super) fn path(&self, generation: u64) -> PathBuf {
        self.data_dir
            .join(format!("{}{generation}.sqlite", self.prefix()))
    }

    /// The newest complete generation, if there is one.
    pub(super) fn current(&self) -> Result<Option<u64>, StoreError> {
        Ok(self
            .list()?
            .into_iter()
            .filter_map(|(_, generation)| generation)
            .max())
    }

    /// Makes generation `generation` a copy of the baked file.
    pub(super) fn copy(&self, baked: &Path, generation: u64) -> Result<PathBuf, StoreError> {
        let path = self.path(generation);
        let temporary = path.with_extension("copying");
        let made = copy_durably(baked, &temporary)
            .and_then(|()| fs::rename(&temporary, &path))
            .and_then(|()| sync_folder(&path));
        made.map_err(|cause| {
            drop(fs::remove_file(&temporary));
            file_error(&path, cause)
        })?;
        Ok(path)
    }

    fn prefix(&self) -> String {
        format!("{}.primary.", self.app)
    }

    /// Everything that belongs to a generation, with its number where it is a complete one.
    fn list(&self) -> Result<Vec<(PathBuf, Option<u64>)>, StoreError> {
        let failed = |cause| file_error(&self.data_dir, cause);
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.data_dir).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let Some(rest) = name.strip_prefix(&self.prefix()) else {
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
}

/// Removes a generation's file with its log and index, as far as they are there.
pub(super) fn remove_generation(path: &Path) {
    for suffix in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        if let Err(cause) = fs::remove_file(&name)
            && cause.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(path = ?name, %cause, "cannot remove an old generation");
        }
    }
}

pub(super) fn file_error(path: &Path, cause: io::Error) -> StoreError {
    StoreError::File {
        path: path.to_owned(),
        cause,
    }
}

/// A baked file may be read-only; its copy must not be.
fn copy_durably(from: &Path, to: &Path) -> io::Result<()> {
    let mut source = File::open(from)?;
    let mut copy = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .open(to)?;
    io::copy(&mut source, &mut copy)?;
    copy.sync_all()
}

fn take_lock(path: &Path) -> Result<File, StoreError> {
    let failed = |cause| file_error(path, cause);
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
        .map_err(failed)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut pid = String::new();
            file.read_to_string(&mut pid).map_err(failed)?;
            return Err(StoreError::Locked {
                path: path.to_owned(),
                pid: pid.trim().to_owned(),
            });
        }
        Err(TryLockError::Error(cause)) => return Err(failed(cause)),
    }
    file.set_len(0)
        .and_then(|()| writeln!(file, "{}", std::process::id()))
        .map_err(failed)?;
    Ok(file)
}
