//! Storing batches: rows to prepared statements, many rows a statement.
//!
//! Values are bound, never pasted into SQL. SQLite takes several rows a statement faster than one by
//! one; `OR FAIL` keeps the rows before one that is refused, which is how the refused one is known.

use rusqlite::types::Null;
use rusqlite::{Connection, Statement};

use super::batch::{Batch, Bound, Cell};
use crate::file::sql::quoted;

/// Rows a statement stores at once.
const ROWS_PER_STATEMENT: usize = 16;
/// SQLite's limit on parameters is 32,766; a wide table takes fewer rows at once.
const PARAMETERS_PER_STATEMENT: usize = 1024;

/// What happens to a row whose key is there already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Conflict {
    /// It is refused.
    Fail,
    /// It is left out.
    Ignore,
    /// The older rows give way.
    Replace,
}

/// Where rows go: a table, and the columns in the order of the cells.
#[derive(Debug, Clone)]
pub(crate) struct Insertion<'a> {
    pub(crate) table: &'a str,
    pub(crate) columns: Vec<&'a str>,
    /// Columns that no row gives, with the SQL of their values.
    pub(crate) constants: Vec<(&'a str, String)>,
    pub(crate) conflict: Conflict,
}

/// A row that was refused.
#[derive(Debug)]
pub(crate) struct Refused {
    /// Its index in the batch.
    pub(crate) row: usize,
    pub(crate) cause: rusqlite::Error,
}

impl Insertion<'_> {
    /// Stores all rows of the batch.
    pub(crate) fn store(&self, connection: &Connection, batch: &Batch) -> Result<(), Refused> {
        let width = self.columns.len();
        if width == 0 {
            return self.store_defaults(connection, batch);
        }
        let at_once = self.rows_at_once(width);
        let refused = |row| move |cause| Refused { row, cause };
        let mut stored = 0;
        let many = batch.rows() / at_once;
        if many > 0 {
            let mut statement = connection
                .prepare_cached(&self.sql(at_once))
                .map_err(refused(0))?;
            for cells in batch.cells.chunks_exact(width * at_once) {
                self.execute(connection, &mut statement, batch, cells, stored)?;
                stored += at_once;
            }
        }
        if stored < batch.rows() {
            let mut statement = connection
                .prepare_cached(&self.sql(1))
                .map_err(refused(stored))?;
            for cells in batch.cells[stored * width..].chunks_exact(width) {
                self.execute(connection, &mut statement, batch, cells, stored)?;
                stored += 1;
            }
        }
        Ok(())
    }

    fn rows_at_once(&self, width: usize) -> usize {
        match self.conflict {
            Conflict::Fail => (PARAMETERS_PER_STATEMENT / width).clamp(1, ROWS_PER_STATEMENT),
            // Without OR FAIL nobody knows which of several was refused.
            Conflict::Ignore | Conflict::Replace => 1,
        }
    }

    fn execute(
        &self,
        connection: &Connection,
        statement: &mut Statement<'_>,
        batch: &Batch,
        cells: &[Cell],
        first: usize,
    ) -> Result<(), Refused> {
        for (index, cell) in cells.iter().enumerate() {
            let place = index + 1;
            let bound = match batch.bound(cell) {
                Bound::Null => statement.raw_bind_parameter(place, Null),
                Bound::Integer(number) => statement.raw_bind_parameter(place, number),
                Bound::Real(number) => statement.raw_bind_parameter(place, number),
                Bound::Text(text) => statement.raw_bind_parameter(place, text),
                Bound::Blob(bytes) => statement.raw_bind_parameter(place, bytes),
            };
            bound.map_err(|cause| Refused { row: first, cause })?;
        }
        match statement.raw_execute() {
            Ok(_) => Ok(()),
            Err(cause) => {
                let before = match self.conflict {
                    Conflict::Fail => usize::try_from(connection.changes()).unwrap_or(0),
                    _ => 0,
                };
                let rows = cells.len() / self.columns.len();
                let row = first + before.min(rows.saturating_sub(1));
                Err(Refused { row, cause })
            }
        }
    }

    /// `INSERT INTO t () VALUES ()`: rows of nothing but constants.
    fn store_defaults(&self, connection: &Connection, batch: &Batch) -> Result<(), Refused> {
        let sql = if self.constants.is_empty() {
            format!("INSERT INTO {} DEFAULT VALUES", quoted(self.table))
        } else {
            self.sql(1)
        };
        for row in 0..batch.rows() {
            connection
                .prepare_cached(&sql)
                .and_then(|mut statement| statement.raw_execute())
                .map_err(|cause| Refused { row, cause })?;
        }
        Ok(())
    }

    fn sql(&self, rows: usize) -> String {
        let names: Vec<String> = self
            .columns
            .iter()
            .copied()
            .chain(self.constants.iter().map(|(name, _)| *name))
            .map(quoted)
            .collect();
        let row: Vec<&str> = self
            .columns
            .iter()
            .map(|_| "?")
            .chain(self.constants.iter().map(|(_, sql)| sql.as_str()))
            .collect();
        let row = format!("({})", row.join(", "));
        let verb = match self.conflict {
            Conflict::Fail => "INSERT OR FAIL",
            Conflict::Replace => "INSERT OR REPLACE",
            Conflict::Ignore => "INSERT",
        };
        let behind = match self.conflict {
            Conflict::Ignore => " ON CONFLICT DO NOTHING",
            Conflict::Fail | Conflict::Replace => "",
        };
        format!(
            "{verb} INTO {} ({}) VALUES {}{behind}",
            quoted(self.table),
            names.join(", "),
            vec![row; rows].join(", ")
        )
    }
}
