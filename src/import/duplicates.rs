//! What is done about rows whose key is there already: `INSERT IGNORE`, `REPLACE`,
//! `ON DUPLICATE KEY UPDATE`.
//!
//! The result depends on the unique keys, so these are made before such rows are stored; rows of
//! plain `INSERT`s go in without them.

use rusqlite::Connection;

use super::keys::in_server_order;
use super::names::Names;
use super::numbering::asks;
use super::table::ImportTable;
use super::table_row::is_computed;
use crate::dump::{InsertHeader, OnConflict, Position};
use crate::load::LoadError;
use crate::load::batch::{Batch, Cell};
use crate::load::insertion::Conflict;

impl ImportTable {
    /// What is done about duplicates; makes the unique keys if that depends on them.
    pub(super) fn conflict(
        &mut self,
        connection: &Connection,
        names: &mut Names,
        header: &InsertHeader,
    ) -> Result<Conflict, LoadError> {
        let conflict = match header.on_conflict {
            OnConflict::Fail => return Ok(Conflict::Fail),
            OnConflict::Ignore => Conflict::Ignore,
            OnConflict::Replace => Conflict::Replace,
        };
        self.make_unique_keys(connection, names, header.position)?;
        Ok(conflict)
    }

    /// Whether `INSERT IGNORE` is for the rows of a batch one after the other: what is left out decides about numbers, or
    /// a key is over a generated column.
    pub(super) fn ignores_by_row(
        &self,
        header: &InsertHeader,
        columns: &[usize],
        batch: &Batch,
    ) -> bool {
        if header.on_conflict != OnConflict::Ignore {
            return false;
        }
        let numbered = self.numbered_column().is_some_and(|numbered| {
            let at = columns.iter().position(|&index| index == numbered.index);
            // A number that a row brings counts only if it is stored.
            let counts = self.next_number.is_some() && numbered.group.is_empty();
            counts
                || at.is_none_or(|at| {
                    let mut cells = batch.cells.iter().skip(at).step_by(columns.len());
                    cells.any(|cell| asks(cell, header) || matches!(cell, Cell::Expression(_)))
                })
        });
        let mut parts = in_server_order(&self.definition).into_iter().flatten();
        numbered
            || parts.any(|part| {
                let index = part.column().and_then(|name| self.layout.index_of(name));
                index.is_some_and(|index| is_computed(self, index))
            })
    }

    /// Makes the unique keys that are not in the file yet.
    pub(super) fn make_unique_keys(
        &mut self,
        connection: &Connection,
        names: &mut Names,
        position: Position,
    ) -> Result<(), LoadError> {
        for mut index in super::keys::unique_keys(self) {
            if self.has_index(&index) {
                continue;
            }
            let wanted = std::mem::take(&mut index.name);
            index.name = names.take(&wanted);
            connection
                .execute_batch(&index.sql(&self.name))
                .map_err(|cause| {
                    let twice = super::keys::duplicate(connection, &self.name, &index);
                    let reason = twice.unwrap_or_else(|| cause.to_string());
                    self.wrong(position, format!("key {wanted}: {reason}"))
                })?;
            self.unique_indexes.push((wanted, index));
        }
        Ok(())
    }
}
