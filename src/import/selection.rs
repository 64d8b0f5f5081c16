//! Which tables of the dumps are wanted: by database and by name.
//!
//! A dump may hold several databases, and a file holds one: without a choice the names of all are
//! reported. Statements without a database belong to whichever was chosen, as they would for a client
//! that was started with it.

use std::collections::BTreeSet;

/// What `--database`, `--tables`, `--exclude`, `--schema-only` and `--data-only` say.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// The database, where the dumps hold several.
    pub database: Option<String>,
    /// Only these tables and views; all when empty.
    pub tables: Vec<String>,
    /// Not these tables and views.
    pub exclude: Vec<String>,
    /// Definitions without rows.
    pub schema_only: bool,
    /// Rows without keys, constraints, defaults and views.
    pub data_only: bool,
}

impl Selection {
    pub(super) fn wants(&self, database: Option<&str>, name: &str) -> bool {
        let database_fits = match (&self.database, database) {
            (Some(wanted), Some(found)) => wanted == found,
            _ => true,
        };
        let listed = |names: &[String]| names.iter().any(|other| other == name);
        database_fits && (self.tables.is_empty() || listed(&self.tables)) && !listed(&self.exclude)
    }
}

/// The databases that tables, views and rows were seen in.
#[derive(Debug, Default)]
pub(super) struct Databases(BTreeSet<String>);

impl Databases {
    pub(super) fn see(&mut self, database: Option<&str>) {
        if let Some(name) = database
            && !self.0.contains(name)
        {
            self.0.insert(name.to_owned());
        }
    }

    /// Forgets one that was dropped with all that was in it.
    pub(super) fn forget(&mut self, database: &str) {
        self.0.remove(database);
    }

    pub(super) fn several(&self) -> bool {
        self.0.len() > 1
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains(name)
    }

    pub(super) fn names(&self) -> Vec<String> {
        self.0.iter().cloned().collect()
    }
}
