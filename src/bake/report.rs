//! What a bake tells at its end: tables, rows, indexes, sizes, seconds, and what was left out.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use rusqlite::Connection;
use serde::Serialize;

use super::target::quoted;

/// The outcome of a bake or import.
#[derive(Debug, Clone)]
pub struct Report {
    /// The finished file.
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
    /// What was read over, one line each, with its place.
    pub skipped: Vec<String>,
    /// From the first byte read to the renamed file.
    pub elapsed: Duration,
}

/// One table of a [`Report`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TableReport {
    /// The table's name.
    pub name: String,
    /// Rows in it.
    pub rows: u64,
    /// Size of its B-tree in bytes.
    pub bytes: u64,
    /// Its indexes, by name.
    pub indexes: Vec<IndexReport>,
}

/// One index of a [`TableReport`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IndexReport {
    /// The index's name.
    pub name: String,
    /// Size of its B-tree in bytes.
    pub bytes: u64,
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
    let size = |name: &str| sizes.get(name).copied().unwrap_or(0);
    let mut of_table = connection.prepare(
        "SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = ?1 ORDER BY 1",
    )?;
    let report = |name: String| {
        let count = format!("SELECT count(*) FROM {}", quoted(&name));
        let rows = connection.query_row(&count, [], |row| row.get(0))?;
        let indexes = of_table
            .query_map([&name], |row| row.get::<_, String>(0))?
            .map(|index| {
                index.map(|name| IndexReport {
                    bytes: size(&name),
                    name,
                })
            })
            .collect::<Result<_, _>>()?;
        Ok(TableReport {
            rows,
            bytes: size(&name),
            indexes,
            name,
        })
    };
    table_names(connection)?.into_iter().map(report).collect()
}

/// The tables that are not the baker's or SQLite's own, by name.
pub(super) fn table_names(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    connection
        .prepare(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'ekiben\\_%' \
             ESCAPE '\\' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY 1",
        )?
        .query_map([], |row| row.get(0))?
        .collect()
}
