//! What is done about rows whose key is there already: `INSERT IGNORE`, `REPLACE`,
//! `ON DUPLICATE KEY UPDATE`.
//!
//! The result depends on the unique keys, so these are made before such rows are stored; rows of
//! plain `INSERT`s go in without them.

use rusqlite::Connection;

use super::names::Names;
use super::table::ImportTable;
use crate::dump::{InsertHeader, OnConflict, Position};
use crate::load::LoadError;
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
