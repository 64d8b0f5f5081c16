//! A migration: a file of an older schema becomes the next generation of a primary, with the schema that
//! the app's queries are written for.
//!
//! Never in place: all is done to a copy without a name, so a migration that fails, or whose process is
//! killed, leaves the old generation the newest. The source stays as it is. What the steps are, and what
//! must hold after them, is the schema's ([`Schema`]); this must not know SQL of apps.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::Connection;

use crate::file::provenance::record_schema;
use crate::file::{FileError, Schema, gather_statistics, is_about_files};
use crate::store::StoreError;
use crate::store::backup::pages;
use crate::store::open::acceptance::{Fit, examine, fit, provenance_of, unreadable};
use crate::store::open::files::{self, PrimaryFiles, file_error};
use crate::store::open::pragmas::{Access, open_unpublished};
use crate::store::watch::health::{Depth, problems};

/// A migration that was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Migrated {
    /// The version before.
    pub from: u32,
    /// The version now.
    pub to: u32,
    /// The generation that was made.
    pub generation: u64,
    /// How long it took.
    pub elapsed: Duration,
}

/// How a primary's copy stands to a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// There is no copy: the next start makes one of the baked file.
    NoCopy,
    /// It has the schema.
    Current {
        /// The version.
        version: u32,
        /// The generation.
        generation: u64,
    },
    /// It has an older version, and the next start migrates it.
    Due {
        /// Its version.
        from: u32,
        /// The schema's.
        to: u32,
        /// The generation.
        generation: u64,
    },
}

/// How the newest copy of a primary of `app` in `data_dir` stands to `schema`. Nothing is changed, and a
/// primary may run.
///
/// # Errors
/// When the copy cannot be read or is one that no start would serve.
pub fn standing(data_dir: &Path, app: &str, schema: &Schema) -> Result<Standing, StoreError> {
    if !data_dir.exists() {
        return Ok(Standing::NoCopy);
    }
    let Some(generation) = files::newest(data_dir, app)? else {
        return Ok(Standing::NoCopy);
    };
    let path = files::path(data_dir, app, generation);
    let (provenance, fit) =
        examine(&path, Access::Shared, app, schema).map_err(StoreError::about_copy)?;
    Ok(match fit {
        Fit::Same => Standing::Current {
            version: provenance.schema_version,
            generation,
        },
        Fit::Older => Standing::Due {
            from: provenance.schema_version,
            to: schema.version(),
            generation,
        },
    })
}

/// The file of the newest copy of a primary of `app` in `data_dir`, if there is one.
///
/// # Errors
/// When the folder cannot be read.
pub fn newest_copy(data_dir: &Path, app: &str) -> Result<Option<PathBuf>, StoreError> {
    if !data_dir.exists() {
        return Ok(None);
    }
    let generation = files::newest(data_dir, app)?;
    Ok(generation.map(|generation| files::path(data_dir, app, generation)))
}

/// Does to the copy of a primary of `app` in `data_dir` what the next start would do; how the copy stood
/// before, and what was done if something was due. The generation before stays until that start.
///
/// # Errors
/// As [`standing`], when a primary runs, and when the migration fails: the generation before then stays the
/// newest.
pub fn migrate(
    data_dir: &Path,
    app: &str,
    schema: &Schema,
) -> Result<(Standing, Option<Migrated>), StoreError> {
    if !data_dir.exists() {
        return Ok((Standing::NoCopy, None));
    }
    let files = PrimaryFiles::lock(data_dir, app)?;
    let standing = standing(data_dir, app, schema)?;
    let Standing::Due { generation, .. } = standing else {
        return Ok((standing, None));
    };
    let migrated = migrate_kept(&files, generation, app, schema)?;
    Ok((standing, Some(migrated)))
}

/// Makes a new generation of the one that a primary has kept.
pub(in crate::store) fn migrate_kept(
    files: &PrimaryFiles,
    kept: u64,
    app: &str,
    schema: &Schema,
) -> Result<Migrated, StoreError> {
    // What killed migrations left would use up numbers and space.
    files.clear()?;
    let source = MigrationSource {
        path: &files.path(kept),
        access: Access::Shared,
        app,
        schema,
    };
    source
        .migrate(files, files.unused()?)
        .map_err(StoreError::about_copy)
}

/// A file that is migrated.
pub(in crate::store) struct MigrationSource<'a> {
    pub(in crate::store) path: &'a Path,
    pub(in crate::store) access: Access,
    pub(in crate::store) app: &'a str,
    pub(in crate::store) schema: &'a Schema,
}

impl MigrationSource<'_> {
    /// Makes generation `generation` of it: a copy, its log included, and the migrations that it lacks.
    pub(in crate::store) fn migrate(
        &self,
        files: &PrimaryFiles,
        generation: u64,
    ) -> Result<Migrated, StoreError> {
        let start = Instant::now();
        let target = files.path(generation);
        let mut from = 0;
        files.make(generation, |temporary| {
            drop(File::create(temporary).map_err(|cause| file_error(&target, cause))?);
            from = self.copy(temporary, &target)?;
            self.run(temporary, &target, from)
        })?;
        let migrated = Migrated {
            from,
            to: self.schema.version(),
            generation,
            elapsed: start.elapsed(),
        };
        migrated.tell(self.app);
        Ok(migrated)
    }

    /// Copies the state of one moment to the empty file `temporary`; its version.
    pub(in crate::store) fn copy(
        &self,
        temporary: &Path,
        target: &Path,
    ) -> Result<u32, StoreError> {
        let source = pages::open_source(self.path, self.access)?;
        let unusable = |reason| StoreError::Unusable {
            path: self.path.to_owned(),
            reason,
        };
        // What is read of the provenance is what is copied, whatever becomes of the file meanwhile.
        let transaction = source
            .unchecked_transaction()
            .map_err(|cause| unusable(unreadable(&cause)))?;
        let provenance = provenance_of(&transaction, self.app)
            .unwrap_or_else(|cause| Err(unreadable(&cause)))
            .map_err(unusable)?;
        fit(self.path, &provenance, self.schema)?;
        pages::copy(&transaction, self.path, temporary, target)?;
        Ok(provenance.schema_version)
    }

    /// Brings the copy from a version to the schema, and checks it in full.
    fn run(&self, copy: &Path, target: &Path, from: u32) -> Result<(), StoreError> {
        change(copy, target, |connection| {
            self.bring_up(connection, target, from)
        })
        .map_err(|error| self.failed(error, target, from))
    }

    /// Runs the migrations that a file of version `from` lacks.
    pub(in crate::store) fn bring_up(
        &self,
        connection: &Connection,
        target: &Path,
        from: u32,
    ) -> Result<(), FileError> {
        if from == self.schema.version() {
            return Ok(());
        }
        self.schema.migrate(connection, from)?;
        record_schema(connection, self.schema).map_err(|cause| FileError::Sqlite {
            path: target.to_owned(),
            cause,
        })
    }

    /// Tells a migration that is wrong from storage that is.
    pub(in crate::store) fn failed(
        &self,
        error: FileError,
        target: &Path,
        from: u32,
    ) -> StoreError {
        match error {
            FileError::SchemaSql { cause, .. } | FileError::Sqlite { cause, .. }
                if is_about_files(&cause) =>
            {
                StoreError::Storage {
                    path: target.to_owned(),
                    cause,
                }
            }
            cause => StoreError::Migration {
                path: self.path.to_owned(),
                from,
                to: self.schema.version(),
                cause: Box::new(cause),
            },
        }
    }
}

/// Does `work` to a copy without a name, in one transaction, and checks the copy in full.
pub(in crate::store) fn change<T, E: From<FileError>>(
    copy: &Path,
    target: &Path,
    work: impl FnOnce(&Connection) -> Result<T, E>,
) -> Result<T, E> {
    let sqlite = |cause| FileError::Sqlite {
        path: target.to_owned(),
        cause,
    };
    let connection = open_unpublished(copy).map_err(sqlite)?;
    connection.execute_batch("BEGIN").map_err(sqlite)?;
    let done = work(&connection)?;
    let finish = || {
        // The planner would know nothing of new indexes and rows.
        gather_statistics(&connection)?;
        connection.execute_batch("COMMIT")?;
        problems(&connection, Depth::Full)
    };
    match finish().map_err(sqlite)?.into_iter().next() {
        None => Ok(done),
        Some(detail) => Err(FileError::Integrity {
            path: target.to_owned(),
            detail,
        }
        .into()),
    }
}

impl Migrated {
    fn tell(&self, app: &str) {
        let milliseconds = u64::try_from(self.elapsed.as_millis()).unwrap_or(u64::MAX);
        tracing::info!(
            app,
            from = self.from,
            to = self.to,
            generation = self.generation,
            milliseconds,
            "migrated to another schema version"
        );
    }
}
