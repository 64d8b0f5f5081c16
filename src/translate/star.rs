//! What the `*` of a query stands for.
//!
//! SQLite has it mean all columns that a table has when the view is read. Where those are others than when the view was
//! made, they are named. It must not know how a query is read.

use std::collections::BTreeSet;

use super::{KnownColumn, ScopeTable, Translator, Untranslatable};
use crate::file::sql::quoted;

impl Translator<'_> {
    /// The tables of `*`: all, or the one with this quoted name.
    fn starred(&self, wanted: Option<&str>) -> impl Iterator<Item = &ScopeTable> {
        let tables = self.scopes.last().map(|scope| scope.tables.as_slice());
        let tables = tables.into_iter().flatten();
        tables.filter(move |table| wanted.is_none_or(|name| quoted(&table.name) == name))
    }

    /// The columns of `*`.
    pub(super) fn columns_of(&self, wanted: Option<&str>) -> Vec<KnownColumn> {
        let tables = self.starred(wanted);
        tables.flat_map(|table| table.columns.clone()).collect()
    }

    /// The columns of `*` by their names, where SQLite would take others.
    pub(super) fn all_of(&self, wanted: Option<&str>) -> Result<Option<String>, Untranslatable> {
        if !self.starred(wanted).any(|table| table.narrowed) {
            return Ok(None);
        }
        let (mut names, mut written) = (BTreeSet::new(), Vec::new());
        for table in self.starred(wanted) {
            if let Some(lost) = &table.lost {
                return Err(format!("column {lost} of {}, which is gone", table.name));
            }
            for column in &table.columns {
                // Of a join USING.
                if !names.insert(column.name.to_lowercase()) {
                    return Err(format!("* of two columns {}", column.name));
                }
                let own = quoted(&column.name);
                written.push(format!("{}.{own}", quoted(&table.name)));
            }
        }
        Ok(Some(written.join(", ")))
    }
}
