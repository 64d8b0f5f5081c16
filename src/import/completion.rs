//! The last steps over all tables of an import: full definitions, indexes, triggers, the check of
//! foreign keys, the report.
//!
//! What one table needs is [`Finisher`]'s; this goes from table to table, because parents may come
//! behind their children.

use std::collections::{BTreeMap, HashMap};

use rusqlite::Connection;

use super::finish::Finisher;
use super::keys;
use super::names::Names;
use super::table::{self, ImportTable};
use crate::file::sql::{quoted, why_not};
use crate::load::LoadError;
use crate::load::note::{Note, NoteClass, counted};
use crate::load::report;
use crate::load::report::{ColumnReport, TableReport};

/// Writes the full definitions of all tables; see <https://sqlite.org/lang_altertable.html>.
pub(super) fn edit_schema(
    connection: &Connection,
    finisher: &mut Finisher<'_>,
    tables: &[ImportTable],
) -> Result<(), LoadError> {
    let failed = |cause| LoadError::Finish { cause };
    // SQLite makes its table of sequences with the first AUTOINCREMENT that it parses.
    let auto = |table: &ImportTable| {
        let mut columns = table.definition.columns.iter();
        columns.any(|column| column.auto_increment)
    };
    if tables.iter().any(auto) {
        connection
            .execute_batch(
                "CREATE TABLE ekiben_sequence (id INTEGER PRIMARY KEY AUTOINCREMENT);
             DROP TABLE ekiben_sequence;",
            )
            .map_err(failed)?;
    }
    // Read once: nothing finds a table in there by its name but reading on.
    let rows = schema_rows(connection).map_err(failed)?;
    connection
        .pragma_update(None, "writable_schema", true)
        .map_err(failed)?;
    for table in tables {
        let mut foreign_keys = Vec::new();
        for key in &table.definition.foreign_keys {
            let own = table.definition.database.as_deref();
            let database = key.parent_database.as_deref().or(own);
            let parent = table::find(tables, database, &key.parent).map(|index| &tables[index]);
            match keys::foreign_key(table, key, parent) {
                Ok(clause) => foreign_keys.push(clause),
                Err(reason) if !finisher.data_only => {
                    let what = format!(
                        "the foreign key over {} is left out: {reason}",
                        key.columns.join(", ")
                    );
                    finisher.note(table, key.position, NoteClass::Lossy, &what);
                }
                Err(_) => {}
            }
        }
        let row = rows.get(&table.name).copied();
        let row = row
            .ok_or(rusqlite::Error::QueryReturnedNoRows)
            .map_err(failed)?;
        finisher.complete(table, row, foreign_keys)?;
    }
    read_schema_again(connection).map_err(failed)
}

/// The rows of `sqlite_schema` by table.
fn schema_rows(connection: &Connection) -> rusqlite::Result<HashMap<String, i64>> {
    connection
        .prepare("SELECT name, rowid FROM sqlite_schema WHERE type = 'table'")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}

fn read_schema_again(connection: &Connection) -> rusqlite::Result<()> {
    let version: i64 = connection.query_row("PRAGMA schema_version", [], |row| row.get(0))?;
    connection.pragma_update(None, "schema_version", version + 1)?;
    connection.execute_batch("PRAGMA writable_schema = RESET")?;
    Ok(())
}

/// Makes indexes and triggers.
pub(super) fn indexes(
    finisher: &mut Finisher<'_>,
    names: &mut Names,
    tables: &[ImportTable],
) -> Result<(), LoadError> {
    let connection = finisher.connection;
    for table in tables {
        for (mut index, position) in finisher.indexes(table) {
            if table.has_index(&index) {
                continue;
            }
            index.name = names.take(&index.name);
            let sql = index.sql(&table.name);
            // What is wrong with it before any row is looked at.
            if let Err(cause) = connection.prepare(&sql) {
                names.release(&index.name);
                let what = format!("key {} is left out: {}", index.name, why_not(&cause));
                finisher.note(table, position, NoteClass::Lossy, &what);
                continue;
            }
            connection.execute_batch(&sql).map_err(|cause| {
                let twice = keys::duplicate(connection, &table.name, &index);
                let reason = twice.unwrap_or_else(|| cause.to_string());
                table.wrong(position, format!("key {}: {reason}", index.name))
            })?;
        }
        for trigger in finisher.update_triggers(table, names) {
            connection
                .execute_batch(&trigger)
                .map_err(|cause| table.sqlite(&cause))?;
        }
    }
    Ok(())
}

/// Rows whose parent is not there: a dump is loaded with the checks off, so there may be some.
pub(super) fn foreign_key_check(
    connection: &Connection,
    tables: &[ImportTable],
    notes: &mut Vec<Note>,
) -> rusqlite::Result<()> {
    if tables
        .iter()
        .all(|table| table.definition.foreign_keys.is_empty())
    {
        return Ok(());
    }
    let mut broken: BTreeMap<(String, String), u64> = BTreeMap::new();
    let mut check = connection.prepare("PRAGMA foreign_key_check")?;
    let mut rows = check.query([])?;
    while let Some(row) = rows.next()? {
        *broken.entry((row.get(0)?, row.get(2)?)).or_default() += 1;
    }
    for ((child, parent), count) in broken {
        if let Some(table) = tables.iter().find(|table| table.name == child) {
            let what = format!(
                "table {}: {} without a parent in {parent}",
                table.definition.name,
                counted(count, "row")
            );
            let position = table.definition.position;
            notes.push(Note::new(&table.input, position, NoteClass::Lossy, what));
        }
    }
    Ok(())
}

pub(super) fn table_report(
    connection: &Connection,
    table: &ImportTable,
) -> rusqlite::Result<TableReport> {
    let rows = if table.recount {
        let count = format!("SELECT count(*) FROM {}", quoted(&table.name));
        connection.query_row(&count, [], |row| row.get(0))?
    } else {
        table.rows
    };
    let mysql = |name: &str| {
        table.definition.column(name).map_or_else(
            || "unknown".to_owned(),
            |column| column.column_type.to_string(),
        )
    };
    let columns = table.layout.columns.iter().map(|column| ColumnReport {
        name: column.name.clone(),
        mysql: mysql(&column.name),
        sqlite: column.storage.to_owned(),
    });
    Ok(TableReport {
        name: table.name.clone(),
        rows,
        bytes: None,
        indexes: report::indexes(connection, &table.name)?,
        columns: columns.collect(),
    })
}
