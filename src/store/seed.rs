//! A seed of a primary that does not run: its newest generation, or the baked file, with the rows of a CSV
//! file becomes the next generation.
//!
//! As in a migration all is done to a copy without a name, so a seed that fails leaves everything as it
//! was. What rows mean is the baker's to know.

use std::fs::File;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::StoreError;
use super::files::{PrimaryFiles, file_error};
use super::migration::{Source, change};
use super::pragmas::Access;
use crate::bake::{BakeError, Progress, Seed};

/// Why a seed did not take place.
#[derive(Debug, Error)]
pub enum SeedError {
    /// The CSV file is broken or does not fit, or the copy cannot be written.
    #[error(transparent)]
    Rows(#[from] BakeError),
    /// The primary's files cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There are rows, and nothing was said of them.
    #[error("table {table} of {path} holds {rows} rows already")]
    HoldsRows {
        /// The table.
        table: &'static str,
        /// Its file.
        path: PathBuf,
        /// How many.
        rows: u64,
    },
}

/// A seed that was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seeded {
    /// The file that was made.
    pub path: PathBuf,
    /// Its generation.
    pub generation: u64,
    /// Rows that the CSV file brought.
    pub rows: u64,
    /// Rows that were there before.
    pub before: u64,
}

/// The primary's files.
#[derive(Debug, Clone, Copy)]
pub struct SeedTarget<'a> {
    /// Where a primary keeps its copy.
    pub data_dir: &'a Path,
    /// What the copy is made from if there is none.
    pub baked: &'a Path,
    /// The app.
    pub app: &'a str,
    /// Whether rows may be there that stay.
    pub appends: bool,
}

impl SeedTarget<'_> {
    /// Makes the next generation, which the next start serves; the one before stays until then.
    ///
    /// # Errors
    /// See [`SeedError`]. Everything is as it was then.
    pub fn fill(&self, seed: &Seed<'_>, progress: &mut dyn Progress) -> Result<Seeded, SeedError> {
        let files = PrimaryFiles::lock(self.data_dir, self.app)?;
        let kept = files.current()?;
        let path = kept.map_or_else(|| self.baked.to_owned(), |kept| files.path(kept));
        let source = Source {
            path: &path,
            access: kept.map_or(Access::Immutable, |_| Access::Shared),
            app: self.app,
            schema: seed.schema,
        };
        // What killed ones left would use up numbers and space.
        files.clear()?;
        let generation = files.unused()?;
        let target = files.path(generation);
        let mut done = (0, 0);
        let path = files.make(generation, |temporary| {
            drop(File::create(temporary).map_err(|cause| file_error(&target, cause))?);
            let version = source.copy(temporary, &target)?;
            done = change(temporary, &target, |connection| {
                source
                    .bring_up(connection, &target, version)
                    .map_err(|error| source.failed(error, &target, version))?;
                let sqlite = |cause| BakeError::Sqlite {
                    path: target.clone(),
                    cause,
                };
                let before = seed.existing(connection).map_err(sqlite)?;
                if before > 0 && !seed.replaces && !self.appends {
                    return Err(SeedError::HoldsRows {
                        table: seed.table.table,
                        path: path.clone(),
                        rows: before,
                    });
                }
                Ok((seed.fill(connection, &target, progress)?, before))
            })?;
            Ok::<_, SeedError>(())
        })?;
        let (rows, before) = done;
        Ok(Seeded {
            path,
            generation,
            rows,
            before,
        })
    }
}
