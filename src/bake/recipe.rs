//! Baking an app's file: what goes in, in which order.
//!
//! This file is the sequence; each step lives in its own file. Rows come from every dump of the
//! dataset folder in the order of the names, documents from its JSON files.

use std::collections::HashMap;
use std::path::Path;
use std::time::Instant;

use rusqlite::Connection;

use super::input::{Meter, open, unpacked_name};
use super::output::Output;
use super::progress::{Phase, Progress};
use super::provenance::{IMPORTER, Input, Provenance, dataset_digest};
use super::report::{self, Report};
use super::schema::Schema;
use super::target::{Loader, Target};
use super::{BakeError, Folder, FolderFile};
use crate::dump::{Reader, Skipped, Statement, TableDefinition};

/// How the file of one app is baked.
#[derive(Debug, Clone)]
pub struct Recipe<'a> {
    /// The app's name.
    pub app: &'a str,
    /// Its tables, indexes and checks.
    pub schema: &'a Schema,
    /// The folder of its dumps and documents.
    pub dataset: &'a Folder,
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
) -> Result<Report, BakeError> {
    let start = Instant::now();
    let files = recipe.dataset.files()?;
    let dumps: Vec<_> = files
        .iter()
        .filter(|file| unpacked_name(&file.name).ends_with(".sql"))
        .collect();
    if dumps.is_empty() {
        return Err(BakeError::NoDump {
            folder: recipe.dataset.shown(),
        });
    }
    let mut output = Output::create(out)?;
    let connection = output.connection();
    recipe.schema.create_tables(connection)?;
    let mut inputs = documents(recipe, &files, connection)?;
    let targets = Target::read_all(connection).map_err(|cause| output.error(cause))?;
    let mut loader = Loader::new(connection, targets);
    let mut tables = HashMap::new();
    let mut skipped = Vec::new();
    for file in dumps {
        let (input, seen, read_over) = load_dump(file, &mut loader, tables, progress)?;
        inputs.push(input);
        tables = seen;
        skipped.extend(read_over);
    }
    let Loader { rows, ignored, .. } = loader;
    for (table, count) in &ignored {
        skipped.push(format!(
            "{count} rows of table {table}, which the schema does not have"
        ));
    }
    progress.begin(Phase::Indexes);
    recipe.schema.derive(connection)?;
    recipe.schema.create_indexes(connection)?;
    recipe.schema.check(connection)?;
    let provenance = Provenance {
        app: recipe.app.to_owned(),
        importer: IMPORTER.to_owned(),
        dataset_digest: dataset_digest(&inputs),
        schema_digest: recipe.schema.digest().to_owned(),
        bake_time: recipe.bake_time.to_owned(),
        rows,
        inputs,
    };
    finish(&mut output, &provenance, progress)?;
    let tables = output.finish(report::tables)?;
    Ok(report(out, provenance, tables, skipped, start))
}

/// Statistics, compaction: what every new file goes through before its last check.
pub(super) fn finish(
    output: &mut Output,
    provenance: &Provenance,
    progress: &mut dyn Progress,
) -> Result<(), BakeError> {
    progress.begin(Phase::Statistics);
    output.analyze(provenance)?;
    progress.begin(Phase::Compaction);
    output.compact()?;
    progress.begin(Phase::Integrity);
    Ok(())
}

pub(super) fn report(
    out: &Path,
    provenance: Provenance,
    tables: Vec<report::TableReport>,
    skipped: Vec<String>,
    start: Instant,
) -> Report {
    Report {
        path: out.to_owned(),
        rows: provenance.rows.values().sum(),
        bytes: out.metadata().map_or(0, |metadata| metadata.len()),
        input_bytes: provenance.inputs.iter().map(|input| input.bytes).sum(),
        dataset_digest: provenance.dataset_digest,
        tables,
        skipped,
        elapsed: start.elapsed(),
    }
}

/// Stores the documents that the app needs.
fn documents(
    recipe: &Recipe<'_>,
    files: &[FolderFile],
    connection: &Connection,
) -> Result<Vec<Input>, BakeError> {
    let defaults = recipe.default_documents.files()?;
    let mut inputs = Vec::new();
    for &document in recipe.documents {
        let name = format!("{document}.json");
        let failed = |reason: String| BakeError::Document {
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

/// Tables seen so far, by name; a later dump may hold the rows of an earlier one's table.
type Definitions = HashMap<String, TableDefinition>;

fn load_dump(
    file: &FolderFile,
    loader: &mut Loader<'_>,
    tables: Definitions,
    progress: &mut dyn Progress,
) -> Result<(Input, Definitions, Vec<String>), BakeError> {
    progress.begin(Phase::Rows(file.shown.clone(), file.bytes));
    let (bytes, meter) = open(file)?;
    let mut reader = Reader::new(&file.shown, bytes).with_tables(tables);
    while let Some(statement) = reader.next_statement()? {
        // The tables are the schema's; the dump's CREATE TABLE only tells the order of columns.
        if let Statement::Insert(header) = statement {
            loader.load(&file.shown, &mut reader, &header, &meter, progress)?;
        }
    }
    let (tables, skipped) = reader.finish();
    Ok((metered(file, &meter), tables, told(file, &skipped)))
}

/// The provenance of an input that has been read to its end.
pub(super) fn metered(file: &FolderFile, meter: &Meter) -> Input {
    let (bytes, sha256) = meter.finish();
    Input {
        name: unpacked_name(&file.name).to_owned(),
        bytes,
        sha256,
    }
}

/// Skipped statements as lines for people.
pub(super) fn told(file: &FolderFile, skipped: &[Skipped]) -> Vec<String> {
    skipped
        .iter()
        .map(|skipped| {
            format!(
                "{}: {}: {}",
                file.shown, skipped.position, skipped.statement
            )
        })
        .collect()
}
