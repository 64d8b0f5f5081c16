//! The tables that a reader has seen, by database and name; the views, as far as their rows are those of one; and
//! the names of functions, which are not run, and what tables of a database are in.
//!
//! An `INSERT` without a column list, an `ALTER TABLE` and a `CREATE TABLE … LIKE` need them. Names
//! of tables are compared exactly, as a server on Linux does, and in any case where that finds
//! nothing, as one on Windows does.

use std::collections::{BTreeMap, BTreeSet};

use super::databases::DatabaseText;
use super::definition::TableDefinition;
use super::viewed::ViewTarget;

/// Definitions by database and name.
#[derive(Debug, Clone, Default)]
pub struct Tables {
    tables: BTreeMap<TableKey, TableDefinition>,
    views: BTreeMap<TableKey, ViewTarget>,
    /// In lower case, of any database.
    functions: BTreeSet<String>,
    /// By database; `None` is the one that has no name here.
    texts: BTreeMap<Option<String>, DatabaseText>,
}

pub(super) type TableKey = (Option<String>, String);

impl Tables {
    /// Adds a table or takes the place of the one of that name.
    pub fn insert(&mut self, table: TableDefinition) {
        let key = (table.database.clone(), table.name.clone());
        self.tables.insert(key, table);
    }

    /// The table of that name. A dump that names its database and one that does not may go
    /// together, so a missing database stands for any.
    #[must_use]
    pub fn get(&self, database: Option<&str>, name: &str) -> Option<&TableDefinition> {
        key(&self.tables, database, name).and_then(|key| self.tables.get(&key))
    }

    /// Whether rows of other tables go or change with those of the table of that name.
    pub(super) fn has_acting_child(&self, name: &str) -> bool {
        let mut keys = self.tables.values().flat_map(|table| &table.foreign_keys);
        keys.any(|key| {
            let action = key.on_delete.as_deref().unwrap_or_default();
            key.parent.eq_ignore_ascii_case(name)
                && matches!(action, "CASCADE" | "SET NULL" | "SET DEFAULT")
        })
    }

    /// Removes the table of that name and gives it.
    pub fn remove(&mut self, database: Option<&str>, name: &str) -> Option<TableDefinition> {
        let key = key(&self.tables, database, name)?;
        self.tables.remove(&key)
    }

    /// Removes all that is in a database, and gives its tables and the names of its views.
    pub(super) fn remove_database(
        &mut self,
        database: &str,
    ) -> (Vec<TableDefinition>, Vec<String>) {
        self.texts.remove(&Some(database.to_owned()));
        let is_in = |key: &TableKey| key.0.as_deref() == Some(database);
        let tables = self.tables.extract_if(.., |key, _| is_in(key));
        let tables = tables.map(|(_, table)| table).collect();
        let views = self.views.extract_if(.., |key, _| is_in(key));
        (tables, views.map(|(key, _)| key.1).collect())
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut TableDefinition> {
        self.tables.values_mut()
    }

    /// All tables, by database and name.
    pub fn iter(&self) -> impl Iterator<Item = &TableDefinition> {
        self.tables.values()
    }

    /// Adds a view or takes the place of the one of that name.
    pub(super) fn insert_view(
        &mut self,
        database: Option<String>,
        name: String,
        target: ViewTarget,
    ) {
        self.views.insert((database, name), target);
    }

    /// What the rows of the view of that name are; nothing of a table.
    pub(super) fn view(&self, database: Option<&str>, name: &str) -> Option<&ViewTarget> {
        // The look that costs least first: this is asked of each INSERT.
        if self.views.is_empty() || self.get(database, name).is_some_and(|it| it.name == name) {
            return None;
        }
        key(&self.views, database, name).and_then(|key| self.views.get(&key))
    }

    /// What tables of a database are in, if it was created here.
    pub(super) fn text_of(&self, database: Option<&str>) -> Option<&DatabaseText> {
        let mut texts = self.texts.iter();
        let found = texts.find(|(name, _)| name.as_deref() == database);
        found.map(|(_, text)| text)
    }

    /// Says what tables of a database are in from now on.
    pub(super) fn set_text_of(&mut self, database: Option<String>, text: DatabaseText) {
        self.texts.insert(database, text);
    }

    /// Adds a stored function.
    pub(super) fn insert_function(&mut self, name: &str) {
        self.functions.insert(name.to_lowercase());
    }

    /// Whether there is a stored function of that name.
    pub(super) fn is_function(&self, name: &str) -> bool {
        !self.functions.is_empty() && self.functions.contains(&name.to_lowercase())
    }

    /// Removes the view of that name, and gives it.
    pub(super) fn remove_view(
        &mut self,
        database: Option<&str>,
        name: &str,
    ) -> Option<(TableKey, ViewTarget)> {
        let key = key(&self.views, database, name)?;
        self.views.remove_entry(&key)
    }
}

fn key<T>(all: &BTreeMap<TableKey, T>, database: Option<&str>, name: &str) -> Option<TableKey> {
    let exact = (database.map(str::to_owned), name.to_owned());
    if all.contains_key(&exact) {
        return Some(exact);
    }
    let matches = |key: &&TableKey| {
        let database_fits = key.0.is_none() || database.is_none() || key.0.as_deref() == database;
        database_fits && key.1.eq_ignore_ascii_case(name)
    };
    let mut found: Vec<&TableKey> = all.keys().filter(matches).collect();
    found.sort_by_key(|key| key.1 != name);
    found.first().map(|key| (*key).clone())
}
