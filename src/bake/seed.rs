//! A seed: the rows of a CSV file into a table that has rows already, on a connection that its caller has
//! in a transaction.
//!
//! Rows are read as in a bake, but keys that the file does not give are random: the same file twice makes
//! other rows. What is derived from the table is kept by its triggers, as for any other row. It must not
//! know where the file lies that it fills.

use std::path::Path;

use rusqlite::Connection;

use super::csv_table::{Loading, Unique};
use super::progress::{Phase, Progress};
use super::provenance::{Provenance, dataset_digest, record_state};
use super::target::quoted;
use super::{BakeError, CsvTable, FolderFile, Schema};

/// What is seeded.
#[derive(Debug, Clone, Copy)]
pub struct Seed<'a> {
    /// The schema of the file that is filled.
    pub schema: &'a Schema,
    /// The table, and how the file's fields become its columns.
    pub table: &'a CsvTable,
    /// The file.
    pub file: &'a FolderFile,
    /// Whether the rows that are there go.
    pub replaces: bool,
}

impl Seed<'_> {
    /// Rows that the table holds.
    pub(crate) fn existing(&self, connection: &Connection) -> rusqlite::Result<u64> {
        let count = format!("SELECT count(*) FROM {}", quoted(self.table.table));
        connection.query_row(&count, [], |row| row.get(0))
    }

    /// Stores the rows, checks all of the file's data and adds the input to its provenance; how many rows
    /// were stored. `path` is named in errors.
    ///
    /// # Errors
    /// When the CSV file cannot be read or a row does not fit, and when the checks of the schema complain.
    pub(crate) fn fill(
        &self,
        connection: &Connection,
        path: &Path,
        progress: &mut dyn Progress,
    ) -> Result<u64, BakeError> {
        let sqlite = |cause| BakeError::Sqlite {
            path: path.to_owned(),
            cause,
        };
        if self.replaces {
            let delete = format!("DELETE FROM {}", quoted(self.table.table));
            connection.execute(&delete, []).map_err(sqlite)?;
        }
        progress.begin(Phase::Rows(self.file.shown.clone(), self.file.bytes));
        let mut loading = Loading {
            table: self.table,
            file: self.file,
            unique: Unique::Random,
            told: &mut |bytes, rows| progress.advance(bytes, rows),
        };
        let (rows, input) = loading.store(connection)?;
        progress.begin(Phase::Integrity);
        self.schema.check(connection)?;
        let record = || -> rusqlite::Result<()> {
            let provenance = Provenance::read(connection)?;
            let mut inputs = Vec::new();
            if let Some(known) = provenance {
                // Where there is no other table, no row of an earlier input is left.
                if self.replaces && known.rows.len() == 1 {
                    connection.execute("DELETE FROM ekiben_input", [])?;
                } else {
                    inputs = known.inputs;
                }
            }
            connection.execute(
                "INSERT INTO ekiben_input VALUES (?1, ?2, ?3, ?4)",
                (inputs.len(), &input.name, input.bytes, &input.sha256),
            )?;
            inputs.push(input);
            connection.execute(
                "UPDATE ekiben_provenance SET value = ?1 WHERE key = 'dataset_digest'",
                [dataset_digest(&inputs)],
            )?;
            connection.execute(
                "UPDATE ekiben_table SET rows = ?2 WHERE name = ?1",
                (self.table.table, self.existing(connection)?),
            )?;
            record_state(connection)
        };
        record().map_err(sqlite)?;
        Ok(rows)
    }
}
