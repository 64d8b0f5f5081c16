//! One SQL file of a schema folder: its text, its name in messages, and running it.
//!
//! It must not know what the file is for: [`Schema`](super::Schema) and its migrations do.

use rusqlite::fallible_iterator::FallibleIterator as _;
use rusqlite::{Batch, Connection};

use super::{FileError, FolderFile};

/// One SQL file.
#[derive(Debug, Clone)]
pub(crate) struct Script {
    name: String,
    sql: String,
}

impl Script {
    /// Reads the file.
    pub(crate) fn read(file: &FolderFile) -> Result<Self, FileError> {
        Ok(Self {
            name: file.shown.clone(),
            sql: file.text()?,
        })
    }

    /// How messages name the file.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Its text, as it is hashed.
    pub(crate) fn sql(&self) -> &str {
        &self.sql
    }

    /// Runs all its statements.
    pub(crate) fn run(&self, connection: &Connection) -> Result<(), FileError> {
        connection
            .execute_batch(&self.sql)
            .map_err(|cause| self.error(cause))
    }

    /// The first column of all rows that its statements return.
    pub(crate) fn complaints(&self, connection: &Connection) -> rusqlite::Result<Vec<String>> {
        let mut complaints = Vec::new();
        let mut batch = Batch::new(connection, &self.sql);
        while let Some(mut statement) = batch.next()? {
            for complaint in statement.query_map([], |row| row.get(0))? {
                complaints.push(complaint?);
            }
        }
        Ok(complaints)
    }

    /// An error of SQLite about one of its statements.
    pub(crate) fn error(&self, cause: rusqlite::Error) -> FileError {
        FileError::SchemaSql {
            name: self.name.clone(),
            cause,
        }
    }
}
