//! The order in which a server reads the rows of a whole table, where that decides something: which numbers rows get,
//! which of two equal rows stays.
//!
//! `InnoDB` keeps rows by a key, and the file has them by that key too. `MyISAM` and its kin keep them as they came,
//! which the file does not know where a key orders them. It must not know statements.

use super::layout::Layout;
use super::table::ImportTable;
use crate::dump::{KeyKind, TableDefinition, ValueType};
use crate::file::sql::quoted;

/// Whether all rows of a table are read in one order, whichever columns are asked for: no other key is there that a
/// server could read instead, and the table is kept by its primary key.
pub(super) fn has_one_order(table: &TableDefinition) -> bool {
    table.keys.is_empty() && table.foreign_keys.is_empty() && !table.lasting
}

/// Whether a server has the rows as they came, and the file has them by their key.
pub(super) fn is_kept_as_it_came(table: &TableDefinition) -> bool {
    table.lasting && !table.primary_key.is_empty()
}

impl ImportTable {
    /// The order in which a server reads the rows of the old table: that of its key.
    pub(super) fn order_on_server(&self, old: &Layout) -> String {
        let by = |index: usize| {
            let column = &old.columns[index];
            let own = quoted(&column.name);
            match column.kind {
                ValueType::Decimal(_) | ValueType::Unsigned | ValueType::Bits => {
                    format!("CAST({own} AS NUMERIC)")
                }
                _ => own,
            }
        };
        let parts: Vec<String> = if let Some(index) = old.rowid {
            vec![by(index)]
        } else if !old.primary_key.is_empty() {
            old.primary_key
                .iter()
                .map(|&(index, _)| by(index))
                .collect()
        } else if self.made.lasting {
            Vec::new()
        } else {
            // InnoDB keeps rows by the first key that could be the primary one.
            let whole = |name: Option<&str>| {
                let index = old.index_of(name?)?;
                old.columns[index].not_null.then(|| by(index))
            };
            let mut unique = self.made.keys.iter().filter(|key| {
                key.kind == KeyKind::Unique && key.parts.iter().all(|part| part.length.is_none())
            });
            let order = unique.find_map(|key| {
                let parts = key.parts.iter().map(|part| whole(part.column()));
                parts.collect::<Option<Vec<String>>>()
            });
            order.unwrap_or_default()
        };
        if parts.is_empty() {
            String::new()
        } else {
            format!(" ORDER BY {}", parts.join(", "))
        }
    }
}
