//! A seed: the rows of a CSV file into a table that has rows already, on a connection that its caller has
//! in a transaction.
//!
//! Rows are read as in a bake, but keys that the file does not give are random: the same file twice makes
//! other rows. What is derived from the table is kept by its triggers, as for any other row. It must not
//! know where the file lies that it fills.

use std::path::Path;

use rusqlite::Connection;

use super::CsvTable;
use super::csv_table::{Loading, Unique};
use crate::file::provenance::{Input, Provenance, dataset_digest, record_state};
use crate::file::sql::quoted;
use crate::file::{FileError, FolderFile, Schema};
use crate::load::LoadError;
use crate::load::progress::{Phase, Progress};

/// What is seeded.
#[derive(Debug, Clone, Copy)]
pub struct Seed<'a> {
    /// The schema of the file that is filled.
    pub schema: &'a Schema,
    /// The table, and how the file's fields become its columns.
    pub table: &'a CsvTable,
    /// The file.
    pub file: &'a FolderFile,
    /// What becomes of the rows that are there.
    pub existing: Existing,
}

/// What becomes of rows that a table holds before a seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// There must be none.
    Refuse,
    /// They stay.
    Keep,
    /// They are removed.
    Replace,
}

/// A seed that was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seeded {
    /// Rows that the CSV file brought.
    pub rows: u64,
    /// Rows that were there before.
    pub before: u64,
}

impl Seed<'_> {
    /// Stores the rows, checks all of the file's data and adds the input to its provenance. `path` is named
    /// in errors.
    ///
    /// # Errors
    /// When the CSV file cannot be read or a row does not fit, when there are rows that must not be, and when
    /// the checks of the schema complain.
    pub fn fill(
        &self,
        connection: &Connection,
        path: &Path,
        progress: &mut dyn Progress,
    ) -> Result<Seeded, LoadError> {
        let sqlite = |cause| FileError::Sqlite {
            path: path.to_owned(),
            cause,
        };
        let before = rows(connection, self.table.table).map_err(sqlite)?;
        if before > 0 && self.existing == Existing::Refuse {
            return Err(LoadError::HoldsRows {
                table: self.table.table,
                path: path.to_owned(),
                rows: before,
            });
        }
        let replaces = self.existing == Existing::Replace;
        if replaces {
            let delete = format!("DELETE FROM {}", quoted(self.table.table));
            connection.execute(&delete, []).map_err(sqlite)?;
        }
        progress.begin(Phase::Rows(self.file.shown.clone(), self.file.bytes));
        let mut loading = Loading {
            table: self.table,
            file: self.file,
            unique: Unique::Random,
            progress: &mut |bytes, rows| progress.advance(bytes, rows),
        };
        let (stored, input) = loading.store(connection)?;
        progress.begin(Phase::Integrity);
        self.schema.check(connection)?;
        let record = || -> rusqlite::Result<()> {
            // Where there is no other table, no row of an earlier input is left.
            let provenance = Provenance::read(connection)?;
            if replaces && provenance.is_some_and(|known| known.rows.len() == 1) {
                connection.execute("DELETE FROM ekiben_input", [])?;
            }
            record_input(connection, input, &[self.table.table])
        };
        record().map_err(sqlite)?;
        Ok(Seeded {
            rows: stored,
            before,
        })
    }
}

/// Adds an input to the provenance of a file, whose `tables` it has filled.
///
/// # Errors
/// When SQLite fails.
pub fn record_input(
    connection: &Connection,
    input: Input,
    tables: &[&'static str],
) -> rusqlite::Result<()> {
    let known = Provenance::read(connection)?;
    let mut inputs = known.map_or_else(Vec::new, |known| known.inputs);
    connection.execute(
        "INSERT INTO ekiben_input VALUES (?1, ?2, ?3, ?4)",
        (inputs.len(), &input.name, input.bytes, &input.sha256),
    )?;
    inputs.push(input);
    connection.execute(
        "UPDATE ekiben_provenance SET value = ?1 WHERE key = 'dataset_digest'",
        [dataset_digest(&inputs)],
    )?;
    for table in tables {
        connection.execute(
            "UPDATE ekiben_table SET rows = ?2 WHERE name = ?1",
            (table, rows(connection, table)?),
        )?;
    }
    record_state(connection)
}

/// Rows that a table holds.
fn rows(connection: &Connection, table: &str) -> rusqlite::Result<u64> {
    let count = format!("SELECT count(*) FROM {}", quoted(table));
    connection.query_row(&count, [], |row| row.get(0))
}
