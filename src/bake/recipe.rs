//! Baking an app's file: what goes in, in which order.
//!
//! This file is the sequence; each step lives in its own file. Rows come from every dump of the
//! dataset folder in the order of the names, then from the CSV files that the app knows; documents come
//! from its JSON files.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use rusqlite::Connection;

use super::csv_table::{CsvTable, Loading, Unique};
use super::target::{Loader, Targets};
use crate::dump::Charset;
use crate::file::provenance::{IMPORTER, Input, Provenance, dataset_digest};
use crate::file::{Folder, FolderFile, Schema};
use crate::load::LoadError;
use crate::load::feed::{Event, FeedOptions, feed};
use crate::load::input::unpacked_name;
use crate::load::note::{Class, Note, counted};
use crate::load::output::Output;
use crate::load::progress::{Phase, Progress, Told};
use crate::load::report::{self, Report};

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
    let mut output = Output::create(out, packed)?;
    let connection = output.connection();
    recipe.schema.create_tables(connection)?;
    let mut inputs = documents(recipe, &files, connection)?;
    let mut targets = Targets::read(connection).map_err(|cause| output.error(cause))?;
    let mut loader = Loader::new(connection, targets.clone());
    let mut told = Told::new(&dumps, progress);
    let options = FeedOptions {
        jobs: 2,
        charset: Charset::Utf8,
        allow_incomplete: false,
    };
    let mut notes = Vec::new();
    let mut ignored = BTreeMap::new();
    feed(&dumps, options, &mut targets, &mut |event| {
        match event {
            Event::Input(index, meter) => told.input(index, meter),
            // The tables are the schema's; the dump's own only tell the order of columns.
            Event::Statement(_) => {}
            Event::Rows(rows) => {
                let count = rows.batch.rows();
                let batch = loader.store(told.input_name(), rows)?;
                told.rows(count);
                return Ok(Some(batch));
            }
            Event::Ignored(header, count) => {
                let (_, sum) = ignored
                    .entry(header.table)
                    .or_insert((told.place(header.position), 0));
                *sum += count;
            }
            Event::End(outcome) => {
                inputs.extend(outcome.inputs);
                notes.extend(outcome.notes);
            }
        }
        Ok(None)
    })
    .map_err(|error| output.blame(error))?;
    let Loader {
        mut rows, in_order, ..
    } = loader;
    for (table, file) in csv {
        let stored = csv_rows(table, file, connection, progress);
        let (count, input) = stored.map_err(|error| output.blame(error))?;
        *rows.entry(table.table.to_owned()).or_default() += count;
        inputs.push(input);
    }
    for (table, ((input, position), count)) in ignored {
        let what = format!(
            "{} of table {table}, which the schema does not have",
            counted(count, "row")
        );
        notes.push(Note::new(&input, position, Class::Skipped, what));
    }
    progress.begin(Phase::Indexes);
    let schema = recipe.schema;
    schema
        .derive(connection)
        .and_then(|()| schema.create_indexes(connection))
        .and_then(|()| schema.check(connection))
        .map_err(|error| output.blame(error.into()))?;
    let provenance = Provenance {
        app: recipe.app.to_owned(),
        importer: IMPORTER.to_owned(),
        dataset_digest: dataset_digest(&inputs),
        schema_digest: recipe.schema.digest().to_owned(),
        schema_version: recipe.schema.version(),
        bake_time: recipe.bake_time.to_owned(),
        rows,
        inputs,
        state: None,
    };
    finish(&mut output, &provenance, in_order, progress)?;
    let tables = output.finish(report::tables)?;
    Ok(report::of(out, provenance, tables, notes, start))
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

/// Stores the rows of one CSV file.
fn csv_rows(
    table: &CsvTable,
    file: &FolderFile,
    connection: &Connection,
    progress: &mut dyn Progress,
) -> Result<(u64, Input), LoadError> {
    progress.begin(Phase::Rows(file.shown.clone(), file.bytes));
    let mut loading = Loading {
        table,
        file,
        unique: Unique::Derived,
        told: &mut |bytes, rows| progress.advance(bytes, rows),
    };
    loading.store(connection)
}

/// Statistics, and compaction where it is needed: what every new file goes through before its last
/// check.
fn finish(
    output: &mut Output,
    provenance: &Provenance,
    in_order: bool,
    progress: &mut dyn Progress,
) -> Result<(), LoadError> {
    progress.begin(Phase::Statistics);
    output.analyze(provenance)?;
    progress.begin(Phase::Compaction);
    output.compact(in_order)?;
    progress.begin(Phase::Integrity);
    Ok(())
}

/// Stores the documents that the app needs.
fn documents(
    recipe: &Recipe<'_>,
    files: &[FolderFile],
    connection: &Connection,
) -> Result<Vec<Input>, LoadError> {
    let defaults = recipe.default_documents.files()?;
    let mut inputs = Vec::new();
    for &document in recipe.documents {
        let name = format!("{document}.json");
        let failed = |reason: String| LoadError::Document {
            name: name.clone(),
            reason,
        };
        let file = files
            .iter()
            .chain(&defaults)
            .find(|file| file.name == name)
            .ok_or_else(|| failed("there is no such file".to_owned()))?;
        let body = file.text()?;
        serde_json::from_str::<serde::de::IgnoredAny>(&body)
            .map_err(|error| failed(format!("not JSON: {error}")))?;
        connection
            .execute(
                "INSERT INTO ekiben_document VALUES (?1, ?2)",
                (document, &body),
            )
            .map_err(|error| failed(error.to_string()))?;
        inputs.push(Input::of(&name, body.as_bytes()));
    }
    Ok(inputs)
}
