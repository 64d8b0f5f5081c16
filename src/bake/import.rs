//! Importing any dump: the tables are the dump's own.
//!
//! The same road as an app's bake (reader, loader, output), with tables made from `CREATE TABLE` by
//! `mapping` instead of a schema folder.

use std::collections::HashMap;
use std::path::Path;
use std::time::Instant;

use super::input::open;
use super::output::Output;
use super::progress::{Phase, Progress};
use super::provenance::{IMPORTER, Provenance, dataset_digest};
use super::recipe::{finish, metered, report, told};
use super::report::{self as tables, Report};
use super::target::{Loader, Target, Targets, mismatch};
use super::{BakeError, FolderFile, mapping};
use crate::dump::{Reader, Statement, TableDefinition};

/// How an import is done.
#[derive(Debug, Clone)]
pub struct ImportOptions<'a> {
    /// Replace a file that is already at the output.
    pub force: bool,
    /// When the import takes place, in UTC, RFC 3339 to the second.
    pub bake_time: &'a str,
}

/// Imports `dumps`, in order, into a new file at `out`.
///
/// # Errors
/// When a dump cannot be read or holds something that is not supported, or the output exists or
/// cannot be written. Nothing new is at `out` then.
pub fn import(
    dumps: &[FolderFile],
    out: &Path,
    options: &ImportOptions<'_>,
    progress: &mut dyn Progress,
) -> Result<Report, BakeError> {
    let start = Instant::now();
    if out.exists() && !options.force {
        return Err(BakeError::Exists {
            path: out.to_owned(),
        });
    }
    let mut output = Output::create(out)?;
    let mut loader = Loader::new(output.connection(), Targets::default());
    let (mut inputs, mut skipped, mut definitions) = (Vec::new(), Vec::new(), HashMap::new());
    for file in dumps {
        progress.begin(Phase::Rows(file.shown.clone(), file.bytes));
        let (bytes, meter) = open(file)?;
        let mut reader = Reader::new(&file.shown, bytes).with_tables(definitions);
        while let Some(statement) = reader.next_statement()? {
            match statement {
                Statement::Table(table) => {
                    loader.add_target(create(&output, file, &table)?);
                    let place = format!("{}: {}: table {}", file.shown, table.position, table.name);
                    let lost = mapping::losses(&table);
                    skipped.extend(lost.into_iter().map(|loss| format!("{place}: {loss}")));
                }
                Statement::Insert(header) => {
                    loader.load(&file.shown, &mut reader, &header, &meter, progress)?;
                }
            }
        }
        let (seen, read_over) = reader.finish();
        definitions = seen;
        skipped.extend(told(file, &read_over));
        inputs.push(metered(file, &meter));
    }
    let Loader { rows, ignored, .. } = loader;
    for (table, count) in &ignored {
        skipped.push(format!(
            "{count} rows of table {table}, which has no CREATE TABLE"
        ));
    }
    progress.begin(Phase::Indexes);
    create_indexes(&output, &definitions)?;
    let provenance = Provenance {
        app: "import".to_owned(),
        importer: IMPORTER.to_owned(),
        dataset_digest: dataset_digest(&inputs),
        schema_digest: String::new(),
        bake_time: options.bake_time.to_owned(),
        rows,
        inputs,
    };
    finish(&mut output, &provenance, progress)?;
    let tables = output.finish(tables::tables)?;
    Ok(report(out, provenance, tables, skipped, start))
}

fn create(
    output: &Output,
    file: &FolderFile,
    table: &TableDefinition,
) -> Result<Target, BakeError> {
    let refused = |reason| mismatch(&file.shown, table.position, &table.name, reason);
    let sql = mapping::create_table(table).map_err(refused)?;
    let connection = output.connection();
    connection
        .execute_batch(&sql)
        .map_err(|cause| refused(cause.to_string()))?;
    Target::read(connection, &table.name).map_err(|cause| output.error(cause))
}

/// Builds the secondary keys, table by table in the order of the names so that two imports of the
/// same dump give the same file.
fn create_indexes(
    output: &Output,
    definitions: &HashMap<String, TableDefinition>,
) -> Result<(), BakeError> {
    let mut tables: Vec<_> = definitions.values().collect();
    tables.sort_by(|a, b| a.name.cmp(&b.name));
    for sql in tables.into_iter().flat_map(mapping::create_indexes) {
        output
            .connection()
            .execute_batch(&sql)
            .map_err(|cause| output.error(cause))?;
    }
    Ok(())
}
