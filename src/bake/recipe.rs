//! Baking an app's file: what goes in.
//!
//! Rows come from every dump of the dataset folder in the order of the names, then from the CSV files that
//! the app knows; documents come from its JSON files. The sequence is the one of all loads
//! (`load/sequence.rs`); where the rows go is in `app_tables`.

use std::path::Path;
use std::time::Instant;

use super::app_tables::AppTables;
use super::csv_table::CsvTable;
use crate::dump::Charset;
use crate::file::{Folder, FolderFile, Schema};
use crate::load::LoadError;
use crate::load::feed::FeedOptions;
use crate::load::input::unpacked_name;
use crate::load::output::Output;
use crate::load::progress::Progress;
use crate::load::report::Report;
use crate::load::sequence::{LoadPlan, load};

/// How the file of one app is baked.
#[derive(Debug, Clone)]
pub struct Recipe<'a> {
    /// The app's name.
    pub app: &'a str,
    /// Its tables, indexes and checks.
    pub schema: &'a Schema,
    /// The folder of its dumps and documents.
    pub dataset: &'a Folder,
    /// The CSV files that the app takes, and the tables that they fill.
    pub csv: &'a [CsvTable],
    /// The documents that the app needs, by name without `.json`.
    pub documents: &'a [&'a str],
    /// Where a document comes from that the dataset folder lacks.
    pub default_documents: &'a Folder,
    /// When the bake takes place, in UTC, RFC 3339 to the second.
    pub bake_time: &'a str,
}

/// Bakes an app's file to `out`, replacing an older one only when all went well.
///
/// # Errors
/// When an input is missing or broken, the rows do not fit the schema or fail its checks, or the
/// output cannot be written. Nothing new is at `out` then.
pub fn bake(
    recipe: &Recipe<'_>,
    out: &Path,
    progress: &mut dyn Progress,
) -> Result<Report, LoadError> {
    let start = Instant::now();
    let files = recipe.dataset.files()?;
    let dumps: Vec<_> = files
        .iter()
        .filter(|file| unpacked_name(&file.name).ends_with(".sql"))
        .cloned()
        .collect();
    let csv = recipe.csv_files(&files);
    if dumps.is_empty() && csv.is_empty() {
        return Err(LoadError::NoDump {
            folder: recipe.dataset.shown(),
            csv: recipe.csv.iter().map(|table| table.file).collect(),
        });
    }
    let sources = dumps.iter().chain(csv.iter().map(|(_, file)| *file));
    let packed = sources.map(|source| source.bytes).sum();
    let output = Output::create(out, packed)?;
    let plan = LoadPlan {
        app: recipe.app,
        schema_digest: recipe.schema.digest(),
        schema_version: recipe.schema.version(),
        bake_time: recipe.bake_time,
        dumps: &dumps,
        options: FeedOptions {
            jobs: 2,
            charset: Charset::Utf8,
            allow_incomplete: false,
            lenient: false,
        },
        start,
    };
    let tables = AppTables {
        schema: recipe.schema,
        documents: recipe.documents,
        default_documents: recipe.default_documents,
        files: &files,
        csv,
    };
    load(&plan, output, &tables, progress)
}

impl Recipe<'_> {
    /// The CSV files among `files` that the app takes.
    fn csv_files<'f>(&self, files: &'f [FolderFile]) -> Vec<(&CsvTable, &'f FolderFile)> {
        let of_file = |file| self.csv.iter().find(|table| table.is_in(file));
        files
            .iter()
            .filter_map(|file| Some((of_file(file)?, file)))
            .collect()
    }
}
