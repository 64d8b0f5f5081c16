//! The tables that a reader has seen, by database and name.
//!
//! An `INSERT` without a column list, an `ALTER TABLE` and a `CREATE TABLE … LIKE` need them. Names
//! of tables are compared exactly, as a server on Linux does, and in any case where that finds
//! nothing, as one on Windows does.

use std::collections::BTreeMap;

use super::definition::TableDefinition;

/// Definitions by database and name.
#[derive(Debug, Clone, Default)]
pub struct Tables(BTreeMap<TableKey, TableDefinition>);

type TableKey = (Option<String>, String);

impl Tables {
    /// Adds a table or takes the place of the one of that name.
    pub fn insert(&mut self, table: TableDefinition) {
        let key = (table.database.clone(), table.name.clone());
        self.0.insert(key, table);
    }

    /// The table of that name. A dump that names its database and one that does not may go
    /// together, so a missing database stands for any.
    #[must_use]
    pub fn get(&self, database: Option<&str>, name: &str) -> Option<&TableDefinition> {
        self.key(database, name).and_then(|key| self.0.get(&key))
    }

    /// Removes the table of that name and gives it.
    pub fn remove(&mut self, database: Option<&str>, name: &str) -> Option<TableDefinition> {
        let key = self.key(database, name)?;
        self.0.remove(&key)
    }

    /// All tables, by database and name.
    pub fn iter(&self) -> impl Iterator<Item = &TableDefinition> {
        self.0.values()
    }

    fn key(&self, database: Option<&str>, name: &str) -> Option<TableKey> {
        let exact = (database.map(str::to_owned), name.to_owned());
        if self.0.contains_key(&exact) {
            return Some(exact);
        }
        let matches = |key: &&TableKey| {
            let database_fits =
                key.0.is_none() || database.is_none() || key.0.as_deref() == database;
            database_fits && key.1.eq_ignore_ascii_case(name)
        };
        let mut found: Vec<&TableKey> = self.0.keys().filter(matches).collect();
        found.sort_by_key(|key| key.1 != name);
        found.first().map(|key| (*key).clone())
    }
}
