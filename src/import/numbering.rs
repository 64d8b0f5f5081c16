//! `AUTO_INCREMENT`: numbers for rows that come without one.
//!
//! Dumps give every number; people leave them out and rely on those that the server would give, in
//! foreign keys further down. Numbers go on from the table's option and from the highest one so far,
//! as on a server that was never asked to skip any.

use rusqlite::Connection;

use super::table::ImportTable;
use crate::dump::{InsertHeader, KeyPart};
use crate::file::sql::quoted;
use crate::load::LoadError;
use crate::load::batch::{Batch, Cell};

impl ImportTable {
    /// Numbers the rows that give NULL, `DEFAULT`, nothing, or 0 where that asks for a number too.
    pub(super) fn number_rows(
        &mut self,
        connection: &Connection,
        header: &InsertHeader,
        columns: &mut Vec<usize>,
        batch: &mut Batch,
    ) -> Result<(), LoadError> {
        let Some(index) = self.numbered_column() else {
            return Ok(());
        };
        let at = match columns.iter().position(|&column| column == index) {
            Some(at) => at,
            None => {
                batch.add_column(columns.len());
                columns.push(index);
                columns.len() - 1
            }
        };
        let asks = |cell: &Cell| match cell {
            Cell::Null | Cell::Default => true,
            Cell::Integer(number) => *number == 0 && !header.zero_is_zero,
            _ => false,
        };
        let width = columns.len();
        let mut cells = batch.cells.iter().skip(at).step_by(width);
        if self.next_number.is_none() && !cells.any(asks) {
            return Ok(());
        }
        let mut next = match self.next_number {
            Some(next) => next,
            None => self.first_number(connection, index)?,
        };
        for cell in batch.cells.iter_mut().skip(at).step_by(width) {
            if asks(cell) {
                *cell = Cell::Integer(next);
                next = next.saturating_add(1);
            } else if let Cell::Integer(number) = *cell {
                next = next.max(number.saturating_add(1));
            }
        }
        self.next_number = Some(next);
        Ok(())
    }

    /// The `AUTO_INCREMENT` column. One that no key begins with counts within groups, on servers
    /// that have such; those numbers are in the dump or unknown.
    fn numbered_column(&self) -> Option<usize> {
        let mut columns = self.definition.columns.iter();
        let index = columns.position(|column| column.auto_increment)?;
        let name = self.layout.columns[index].name.as_str();
        let leads = |parts: &[KeyPart]| {
            let first = parts.first().and_then(KeyPart::column);
            first.is_some_and(|first| first.eq_ignore_ascii_case(name))
        };
        let keys = &self.definition.keys;
        let alone = leads(&self.definition.primary_key) || keys.iter().any(|key| leads(&key.parts));
        (alone && self.layout.columns[index].storage == "INTEGER").then_some(index)
    }

    /// The number after those in the file, or that of the table option `AUTO_INCREMENT`.
    fn first_number(&self, connection: &Connection, index: usize) -> Result<i64, LoadError> {
        let column = quoted(&self.layout.columns[index].name);
        let highest = format!(
            "SELECT coalesce(max({column}), 0) FROM {}",
            quoted(&self.name)
        );
        let highest: i64 = connection
            .query_row(&highest, [], |row| row.get(0))
            .map_err(|cause| self.sqlite(&cause))?;
        let option = self.definition.auto_increment.unwrap_or(1);
        let option = i64::try_from(option).unwrap_or(i64::MAX);
        Ok(option.max(highest.saturating_add(1)))
    }
}
