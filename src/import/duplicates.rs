//! What is done about rows whose key is there already: `INSERT IGNORE`, `REPLACE`,
//! `ON DUPLICATE KEY UPDATE`.
//!
//! The result depends on the unique keys, so these are made before such rows are stored; rows of
//! plain `INSERT`s go in without them.

use rusqlite::Connection;

use super::layout::{stored_sql, value_sql};
use super::names::Names;
use super::table::ImportTable;
use crate::dump::{InsertHeader, OnConflict, Upsert, convert_text};
use crate::load::LoadError;
use crate::load::error::mismatch;
use crate::load::insertion::Conflict;
use crate::translate;
use crate::translate::{Assigned, Scope, Sql};

impl ImportTable {
    /// What is done about duplicates; makes the unique keys if that depends on them.
    pub(super) fn conflict(
        &mut self,
        connection: &Connection,
        names: &mut Names,
        input: &str,
        header: &InsertHeader,
        upsert: Option<&Upsert>,
    ) -> Result<Conflict, LoadError> {
        let conflict = match (header.on_conflict, upsert) {
            (OnConflict::Fail, None) => return Ok(Conflict::Fail),
            (OnConflict::Ignore, None) => Conflict::Ignore,
            (OnConflict::Replace, _) => Conflict::Replace,
            (_, Some(upsert)) => Conflict::Update(self.assignments(input, upsert)?),
        };
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
                    self.wrong(header.position, format!("key {wanted}: {reason}"))
                })?;
            self.unique_indexes.push((wanted, index));
        }
        Ok(conflict)
    }

    fn assignments(&self, input: &str, upsert: &Upsert) -> Result<String, LoadError> {
        let mut scope: Scope = self.layout.scope(&self.definition.name);
        if let Some(alias) = &upsert.alias {
            let mut new = scope.tables[0].clone();
            new.name.clone_from(alias);
            new.prefix = Some("excluded".to_owned());
            scope.tables.push(new);
            let own = self.layout.columns.iter().map(|column| column.name.clone());
            scope.new_columns = upsert.alias_columns.iter().cloned().zip(own).collect();
        }
        translate::assignments(&upsert.assignments, &scope, self).map_err(|reason| {
            let reason = format!("ON DUPLICATE KEY UPDATE uses {reason}");
            mismatch(
                input,
                upsert.assignments.position,
                &self.definition.name,
                reason,
            )
        })
    }
}

impl Assigned for ImportTable {
    fn fitted(&self, column: &str, sql: Sql) -> Result<String, String> {
        let Some(index) = self.layout.index_of(column) else {
            return sql.shown();
        };
        let kind = &self.layout.columns[index].kind;
        let spelled = sql.string().and_then(|text| convert_text(text, kind).ok());
        match spelled.and_then(|value| value_sql(&value)) {
            Some(sql) => Ok(sql),
            None => stored_sql(&sql, kind),
        }
    }

    fn default(&self, column: &str) -> Option<String> {
        self.default_of(self.layout.index_of(column)?)
    }
}
