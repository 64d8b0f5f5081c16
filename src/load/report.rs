//! The report at the end of a bake or import: tables, rows, indexes, sizes, seconds, and what was left out.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use serde::Serialize;

use super::note::Note;
use crate::file::path_as_text;
use crate::file::provenance::Provenance;
use crate::file::sql::{quoted, table_names};

/// The result of a bake or import.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// The finished file.
    #[serde(serialize_with = "path_as_text")]
    pub path: PathBuf,
    /// Its size in bytes.
    pub bytes: u64,
    /// Unpacked bytes of all inputs.
    pub input_bytes: u64,
    /// Digest over all inputs, as the provenance has it.
    pub dataset_digest: String,
    /// Rows that the inputs brought.
    pub rows: u64,
    /// The tables, derived ones included, by name.
    pub tables: Vec<TableReport>,
    /// The views of an import, by name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub views: Vec<String>,
    /// What differs from the dumps.
    pub notes: Vec<Note>,
    /// How many statements without an effect in SQLite were ignored, by their first words.
    pub ignored: BTreeMap<String, u64>,
    /// From the first byte read to the renamed file.
    #[serde(rename = "seconds", serialize_with = "seconds")]
    pub elapsed: Duration,
}

/// One table of a [`Report`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TableReport {
    /// The table's name.
    pub name: String,
    /// Rows in it.
    pub rows: u64,
    /// Size of its B-tree in bytes, where it was measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// Its indexes, by name.
    pub indexes: Vec<IndexReport>,
    /// What became of the columns of an imported table.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<ColumnReport>,
}

/// One column of an imported table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ColumnReport {
    /// The column's name.
    pub name: String,
    /// Its type in the dump.
    pub mysql: String,
    /// Its type in the file.
    pub sqlite: String,
}

/// One index of a [`TableReport`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IndexReport {
    /// The index's name.
    pub name: String,
    /// Size of its B-tree in bytes, where it was measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
}

/// Rows and sizes of all tables that are not the baker's own, and the sizes of their indexes.
pub(crate) fn tables(connection: &Connection) -> rusqlite::Result<Vec<TableReport>> {
    let mut sizes = BTreeMap::new();
    let mut statement =
        connection.prepare("SELECT name, pgsize FROM dbstat WHERE aggregate = TRUE")?;
    let mut found = statement.query([])?;
    while let Some(row) = found.next()? {
        sizes.insert(row.get::<_, String>(0)?, row.get::<_, u64>(1)?);
    }
    let size = |name: &str| Some(sizes.get(name).copied().unwrap_or(0));
    let report = |name: String| {
        let count = format!("SELECT count(*) FROM {}", quoted(&name));
        let rows = connection.query_row(&count, [], |row| row.get(0))?;
        let mut indexes = indexes(connection, &name)?;
        for index in &mut indexes {
            index.bytes = size(&index.name);
        }
        Ok(TableReport {
            rows,
            bytes: size(&name),
            indexes,
            columns: Vec::new(),
            name,
        })
    };
    table_names(connection)?.into_iter().map(report).collect()
}

/// The names of a table's indexes.
pub(crate) fn indexes(connection: &Connection, table: &str) -> rusqlite::Result<Vec<IndexReport>> {
    connection
        .prepare_cached(
            "SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = ?1 ORDER BY 1",
        )?
        .query_map([table], |row| {
            Ok(IndexReport {
                name: row.get(0)?,
                bytes: None,
            })
        })?
        .collect()
}

/// The report about a finished file.
pub(crate) fn of(
    out: &Path,
    provenance: Provenance,
    tables: Vec<TableReport>,
    notes: Vec<Note>,
    start: Instant,
) -> Report {
    Report {
        path: out.to_owned(),
        rows: provenance.rows.values().sum(),
        bytes: out.metadata().map_or(0, |metadata| metadata.len()),
        input_bytes: provenance.inputs.iter().map(|input| input.bytes).sum(),
        dataset_digest: provenance.dataset_digest,
        tables,
        views: Vec::new(),
        notes,
        ignored: BTreeMap::new(),
        elapsed: start.elapsed(),
    }
}

fn seconds<S: serde::Serializer>(elapsed: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(elapsed.as_secs_f64())
}
