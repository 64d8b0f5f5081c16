//! A change to a primary that does not run: its newest generation, or the baked file, becomes the next
//! generation with what its caller does to it.
//!
//! As in a migration all is done to a copy without a name, so a change that fails leaves everything as it
//! was. What is done to the rows is the caller's to know.

use std::fs::File;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::migration::{MigrationSource, change};
use crate::file::{FileError, Schema};
use crate::store::StoreError;
use crate::store::open::files::{PrimaryFiles, file_error};
use crate::store::open::pragmas::Access;

/// The primary's files.
#[derive(Debug, Clone, Copy)]
pub struct NextGeneration<'a> {
    /// Where a primary keeps its copy.
    pub data_dir: &'a Path,
    /// What the copy is made from if there is none.
    pub baked: &'a Path,
    /// The app.
    pub app: &'a str,
    /// The schema that the generation will have.
    pub schema: &'a Schema,
}

/// A generation that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made<T> {
    /// The file.
    pub path: PathBuf,
    /// Its number.
    pub generation: u64,
    /// What the change returned.
    pub value: T,
}

impl NextGeneration<'_> {
    /// Makes the next generation, which the next start serves; the previous one stays until then. `work`
    /// runs in one transaction on a copy that has the schema; it is given the path of the file that it
    /// began as, for messages.
    ///
    /// # Errors
    /// Whatever `work` returns, and when the primary's files cannot be used. Everything is as it was then.
    pub fn make<T, E: From<StoreError> + From<FileError>>(
        &self,
        work: impl FnOnce(&Connection, &Path) -> Result<T, E>,
    ) -> Result<Made<T>, E> {
        let files = PrimaryFiles::lock(self.data_dir, self.app)?;
        let kept = files.current()?;
        let path = kept.map_or_else(|| self.baked.to_owned(), |kept| files.path(kept));
        let source = MigrationSource {
            path: &path,
            access: kept.map_or(Access::Immutable, |_| Access::Shared),
            app: self.app,
            schema: self.schema,
        };
        // What killed ones left would use up numbers and space.
        files.clear()?;
        let generation = files.unused()?;
        let target = files.path(generation);
        let (path, value) = files.make(generation, |temporary| {
            drop(File::create(temporary).map_err(|cause| file_error(&target, cause))?);
            let version = source.copy(temporary, &target)?;
            change(temporary, &target, |connection| {
                source
                    .bring_up(connection, &target, version)
                    .map_err(|error| source.failed(error, &target, version))?;
                work(connection, &path)
            })
        })?;
        Ok(Made {
            path,
            generation,
            value,
        })
    }
}
