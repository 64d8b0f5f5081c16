//! The apps, and the seam by which the rest of the house knows them.
//!
//! An app names itself, says how its file is baked, and mounts its routes ([`App`]). Adding one takes
//! three folders of its name (here, in `schema/` and in `dataset/`), its `mod` line, one in [`ALL`], and
//! a feature in `Cargo.toml`. An app must not know how files are opened, nor any other app. What apps share over SQL is
//! here too: `answer` (JSON from rows, its texts by `quoted`), `listing` (pages from covering indexes),
//! `write` (what the writer decides). Their datasets are made by the crate `datasets`.

mod answer;
mod app;
#[cfg(feature = "conduit")]
pub mod conduit;
#[cfg(feature = "english")]
pub mod english;
#[cfg(feature = "isuumo")]
pub mod isuumo;
mod listing;
#[cfg(feature = "people")]
pub mod people;
mod quoted;
mod write;

use std::path::Path;

use include_dir::{Dir, include_dir};

pub use self::app::{App, AppData, MountContext, MountError, Mounted, OpenRoutes, ServedApp};
use crate::config::Config;
use crate::file::{FileError, Folder, Schema};

/// Every app of this build, in the order in which help texts list them.
pub const ALL: &[&dyn App] = &[
    #[cfg(feature = "isuumo")]
    &isuumo::Isuumo,
    #[cfg(feature = "people")]
    &people::People,
    #[cfg(feature = "conduit")]
    &conduit::Conduit,
    #[cfg(feature = "english")]
    &english::English,
];

static SCHEMAS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/schema");
static DATASETS: Dir<'_> = include_dir!("$OUT_DIR/dataset");

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
