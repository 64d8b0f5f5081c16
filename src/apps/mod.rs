//! The apps, and the seam by which the rest of the house knows them.
//!
//! An app names itself, says how its file is baked, and builds its routes over a store. Adding one
//! takes three folders of its name (here, in `schema/` and in `dataset/`), its `mod` line and one in
//! [`ALL`]. An app must not know how files are opened, nor any other app. What apps share over SQL is
//! here too: `answer` (JSON from rows), `listing` (pages from covering indexes); and what their datasets
//! are generated with: `random`, `sums`.

mod answer;
pub mod isuumo;
mod listing;
pub mod people;
mod random;
mod sums;

use std::io;
use std::path::Path;
use std::sync::Arc;

use axum::Router;
use figment::value::Dict;
use include_dir::{Dir, include_dir};
use utoipa::openapi::OpenApi;

use crate::bake::CsvTable;
use crate::config::{Config, Section};
use crate::file::{FileError, Folder, Schema};
use crate::http::Nowhere;
use crate::store::{Deriver, Store};

/// Every app, in the order in which help texts list them.
pub const ALL: &[&dyn App] = &[&isuumo::Isuumo, &people::People];

static SCHEMAS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/schema");
static DATASETS: Dir<'_> = include_dir!("$OUT_DIR/dataset");

/// One app.
pub trait App: Sync {
    /// Its name: of its folders, of its file, in the configuration and on the command line.
    fn name(&self) -> &'static str;

    /// The CSV files that its dataset may hold, and the tables that they fill.
    fn csv_tables(&self) -> &'static [CsvTable] {
        &[]
    }

    /// The documents that its file must hold, by name without `.json`.
    fn documents(&self) -> &'static [&'static str] {
        &[]
    }

    /// Its own settings with their defaults.
    fn default_settings(&self) -> Dict;

    /// What it keeps in memory beside its file, if anything.
    fn deriver(&self) -> Option<&'static dyn Deriver> {
        None
    }

    /// Its routes over `store`.
    ///
    /// # Errors
    /// When its settings are wrong or the store's data is not what it needs.
    fn routes(
        &self,
        store: Arc<Store>,
        config: &Config,
        settings: &Section,
    ) -> Result<Router, Box<dyn std::error::Error + Send + Sync>>;

    /// How it says that nothing is at an address, where it is the first app of a site and does not say it
    /// as the house does.
    fn nowhere(&self) -> Option<Nowhere> {
        None
    }

    /// What its routes take and answer, with the limits that are configured.
    ///
    /// # Errors
    /// When its settings are wrong.
    fn describe(
        &self,
        config: &Config,
        settings: &Section,
    ) -> Result<OpenApi, Box<dyn std::error::Error + Send + Sync>>;

    /// Writes its dataset into `folder`, `scale` times the size of the built-in one; calls `wrote`
    /// with each file's name and size.
    ///
    /// # Errors
    /// When a file cannot be written.
    fn generate(
        &self,
        folder: &Path,
        scale: u32,
        wrote: &mut dyn FnMut(&str, u64),
    ) -> io::Result<()>;
}

/// The app of that name.
#[must_use]
pub fn find(name: &str) -> Option<&'static dyn App> {
    ALL.iter().copied().find(|app| app.name() == name)
}

/// The schema of an app, from the configured folder or the built-in one.
///
/// # Errors
/// When a file of it is missing.
pub fn schema(app: &dyn App, config: &Config) -> Result<Schema, FileError> {
    Schema::read(&folder(&config.schema_dir, &SCHEMAS, app.name()))
}

/// The dataset of an app, from the configured folder or the built-in one.
#[must_use]
pub fn dataset(app: &dyn App, config: &Config) -> Folder {
    folder(&config.dataset_dir, &DATASETS, app.name())
}

/// The dataset that the binary carries, wherever the configuration points.
#[must_use]
pub fn built_in_dataset(app: &dyn App) -> Folder {
    folder(Path::new(""), &DATASETS, app.name())
}

fn folder(configured: &Path, built_in: &'static Dir<'static>, app: &str) -> Folder {
    if configured.as_os_str().is_empty() {
        // An app without a folder of that name is caught by the first test that bakes it.
        Folder::Embedded(built_in.get_dir(app).unwrap_or(built_in))
    } else {
        Folder::Disk(configured.join(app))
    }
}
