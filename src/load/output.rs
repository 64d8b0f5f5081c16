//! The file being made: complete or absent (ARCHITECTURE.md, invariant 1).
//!
//! Rows and indexes go into a scratch file without a journal. Where rows did not come in key order, or
//! much of it is empty, `VACUUM INTO` rewrites it as the result, still under a temporary name;
//! otherwise it is the result itself, which is checked, synced and renamed. Whatever fails, dropping
//! the [`Output`] removes both files. Temporary files that a killed process left are removed by the next
//! bake to the same place.

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use super::LoadError;
use crate::file::provenance::{self, Provenance};
use crate::file::sql::{is_about_files, refuse_names_as_strings};
use crate::file::{FileError, MadeFolders, Temporary, gather_statistics, log_beside};

/// How SQLite is set up while it writes a file.
#[derive(Debug, Clone, Copy)]
struct Tuning {
    /// Page cache in KiB as a negative number.
    cache_kib: i64,
    /// Pages that are not in it are read through memory mapping, in files of up to so many bytes.
    mapped_bytes: i64,
    /// Whether sorting may spill to files in the system's temporary folder.
    sorts_in_files: bool,
    /// Threads that may help with sorting.
    helpers: usize,
    /// What was there before a savepoint is kept in memory from then on. Without savepoints that is nothing.
    goes_back: bool,
    /// Rows of each index that the statistics are made of; 0 for all.
    analysis_limit: u32,
}

/// Packed dumps below this are sorted in memory, so that a container without a temporary folder can
/// bake what the binary carries. Larger ones are sorted in pieces that the processor's caches hold.
const SORTED_IN_MEMORY: u64 = 16 * 1024 * 1024;

const BAKE: Tuning = Tuning {
    cache_kib: -2_048,
    mapped_bytes: MAPPED_BYTES,
    sorts_in_files: true,
    helpers: 0,
    goes_back: false,
    analysis_limit: 0,
};

/// A dump may be larger than memory: sorting spills to files, pages to the scratch file.
const IMPORT: Tuning = Tuning {
    cache_kib: -16_384,
    mapped_bytes: 0,
    sorts_in_files: true,
    helpers: 0,
    goes_back: true,
    analysis_limit: 1000,
};

/// The file is rewritten when more than one page in so many is unused.
const FREE_PAGES: i64 = 16;

/// Larger than most files; what lies behind is read.
const MAPPED_BYTES: i64 = 1 << 32;

pub(crate) struct Output {
    path: PathBuf,
    connection: Option<Connection>,
    scratch: Temporary,
    result: Temporary,
    /// Behind the files, which are removed before them.
    folders: MadeFolders,
    /// Whether what has the name by then is replaced.
    replaces: bool,
}

impl Output {
    /// Starts an app's file that will end up at `path`, from so many bytes of packed dumps; its folder
    /// is created.
    pub(crate) fn create(path: &Path, packed_bytes: u64) -> Result<Self, LoadError> {
        let sorts_in_files = packed_bytes >= SORTED_IN_MEMORY;
        let tuning = Tuning {
            sorts_in_files,
            ..BAKE
        };
        Self::create_with(path, tuning)
    }

    /// Starts the file of an import, whose size nobody knows: memory stays bounded. A file that has the name
    /// already, or when all is done, is replaced only on request.
    pub(crate) fn create_for_import(
        path: &Path,
        jobs: usize,
        replaces: bool,
    ) -> Result<Self, LoadError> {
        let helpers = jobs.saturating_sub(1).min(8);
        if !replaces && path.symlink_metadata().is_ok_and(|found| !found.is_dir()) {
            return Err(LoadError::Exists {
                path: path.to_owned(),
            });
        }
        // The file that a link leads to is replaced, and not the link.
        let path = &followed(path)?;
        let output = Self::create_with(path, Tuning { helpers, ..IMPORT })?;
        Ok(Self { replaces, ..output })
    }

    fn create_with(path: &Path, tuning: Tuning) -> Result<Self, LoadError> {
        let failed = |cause| LoadError::Output {
            path: path.to_owned(),
            cause,
        };
        // Reported now, and not when all the work is done.
        let ends_in_slash = path.as_os_str().as_encoded_bytes().ends_with(b"/");
        if ends_in_slash || path.metadata().is_ok_and(|metadata| !metadata.is_file()) {
            return Err(LoadError::NotAFile {
                path: path.to_owned(),
            });
        }
        if let Some(beside) = log_beside(path) {
            let path = path.to_owned();
            return Err(LoadError::InUse { path, beside });
        }
        if let Some(folder) = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
        {
            let mut above = folder.ancestors();
            if let Some(other) = above.find(|above| above.exists() && !above.is_dir()) {
                return Err(LoadError::NotAFolder {
                    path: path.to_owned(),
                    folder: other.to_owned(),
                });
            }
        }
        let folder = path.parent().unwrap_or(Path::new(""));
        let folders = MadeFolders::make(folder).map_err(failed)?;
        Temporary::remove_leftovers(path).map_err(failed)?;
        let scratch = Temporary::create(path, "scratch").map_err(failed)?;
        let result = Temporary::create(path, "result").map_err(failed)?;
        let mut output = Self {
            path: path.to_owned(),
            connection: None,
            scratch,
            result,
            folders,
            replaces: true,
        };
        output.connection = Some(output.open(tuning).map_err(|cause| output.error(cause))?);
        Ok(output)
    }

    fn open(&self, tuning: Tuning) -> rusqlite::Result<Connection> {
        let connection = Connection::open(self.scratch.path())?;
        // No syncs, and no journal but for savepoints, in memory: after a crash the scratch file is thrown away,
        // not repaired.
        let journal = if tuning.goes_back { "MEMORY" } else { "OFF" };
        connection.pragma_update(None, "journal_mode", journal)?;
        connection.pragma_update(None, "synchronous", "OFF")?;
        connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
        connection.pragma_update(None, "cache_size", tuning.cache_kib)?;
        connection.pragma_update(None, "mmap_size", tuning.mapped_bytes)?;
        let temp_store = if tuning.sorts_in_files {
            "FILE"
        } else {
            "MEMORY"
        };
        connection.pragma_update(None, "temp_store", temp_store)?;
        connection.pragma_update(None, "threads", tuning.helpers)?;
        connection.pragma_update(None, "analysis_limit", tuning.analysis_limit)?;
        // What memory held before must not get into the gaps of pages: files are given away, and the
        // same inputs give the same bytes.
        connection.pragma_update(None, "secure_delete", "FAST")?;
        connection.pragma_update(None, "foreign_keys", false)?;
        connection.pragma_update(None, "trusted_schema", false)?;
        refuse_names_as_strings(&connection)?;
        connection.execute_batch(provenance::TABLES)?;
        connection.execute_batch("BEGIN")?;
        Ok(connection)
    }

    /// The file's connection, inside the one transaction of the bake.
    pub(crate) fn connection(&self) -> &Connection {
        self.connection
            .as_ref()
            .expect("the connection is there until finish consumes the output")
    }

    pub(crate) fn error(&self, cause: rusqlite::Error) -> LoadError {
        let path = self.path.clone();
        FileError::Sqlite { path, cause }.into()
    }

    /// Gathers the planner's statistics and ends the transaction.
    pub(crate) fn analyze(&self, provenance: &Provenance) -> Result<(), LoadError> {
        let work = || {
            let connection = self.connection();
            provenance.write(connection)?;
            gather_statistics(connection)?;
            connection.execute_batch("COMMIT")
        };
        work().map_err(|cause| self.error(cause))
    }

    /// An error in storing a row or in a statement of the schema, or in the file when neither is to
    /// blame: the disk is full, say.
    pub(crate) fn blame(&self, error: LoadError) -> LoadError {
        match error {
            LoadError::Row { cause, .. } | LoadError::File(FileError::SchemaSql { cause, .. })
                if is_about_files(&cause) =>
            {
                self.error(cause)
            }
            other => other,
        }
    }

    /// Gives the file its second temporary name. It is rewritten if rows did not come `in_order`, or if
    /// copied tables left much of it empty; otherwise all pages were filled one after the other.
    pub(crate) fn compact(&mut self, in_order: bool) -> Result<(), LoadError> {
        let connection = self.connection();
        let pragma = |name: &str| {
            connection.query_row(&format!("PRAGMA {name}"), [], |row| row.get::<_, i64>(0))
        };
        let pages = pragma("page_count").map_err(|cause| self.error(cause))?;
        let free = pragma("freelist_count").map_err(|cause| self.error(cause))?;
        if !in_order || free > pages / FREE_PAGES {
            // VACUUM INTO takes an empty file for no file.
            let into = self.result.path().display().to_string();
            connection
                .execute("VACUUM INTO ?1", [into])
                .map_err(|cause| self.error(cause))?;
        } else {
            std::mem::swap(&mut self.scratch, &mut self.result);
        }
        self.connection = None;
        self.scratch.remove();
        Ok(())
    }

    /// Checks the compact file; gives what `read` finds in it.
    pub(crate) fn check<T>(
        &self,
        read: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, LoadError> {
        let connection =
            Connection::open_with_flags(self.result.path(), OpenFlags::SQLITE_OPEN_READ_ONLY)
                .map_err(|cause| self.error(cause))?;
        connection
            .pragma_update(None, "mmap_size", MAPPED_BYTES)
            .map_err(|cause| self.error(cause))?;
        let detail: String = connection
            .query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
            .map_err(|cause| self.error(cause))?;
        if detail != "ok" {
            let path = self.path.clone();
            return Err(FileError::Integrity { path, detail }.into());
        }
        read(&connection).map_err(|cause| self.error(cause))
    }

    /// Syncs the compact file and gives it its name, which is returned.
    pub(crate) fn publish(self) -> Result<PathBuf, LoadError> {
        let Self {
            path,
            result,
            folders,
            replaces,
            ..
        } = self;
        let published = if replaces {
            result.publish(&path)
        } else {
            result.publish_new(&path)
        };
        match published {
            Ok(()) => {
                folders.keep();
                Ok(path)
            }
            Err(cause) if !replaces && cause.kind() == io::ErrorKind::AlreadyExists => {
                Err(LoadError::Exists { path })
            }
            Err(cause) => Err(LoadError::Output { path, cause }),
        }
    }
}

/// Where a symbolic link at `path` leads to.
fn followed(path: &Path) -> Result<PathBuf, LoadError> {
    if !path.is_symlink() {
        return Ok(path.to_owned());
    }
    path.canonicalize().map_err(|_| LoadError::LeadsNowhere {
        path: path.to_owned(),
    })
}
