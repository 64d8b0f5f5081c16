//! Views: translated, tried, and left out with the reason when they do not work.
//!
//! A view may read another one that comes later in the dump, so all are made first and then tried
//! until nothing changes any more.

use std::collections::BTreeMap;

use rusqlite::Connection;

use super::names::Names;
use super::table::ImportTable;
use crate::bake::BakeError;
use crate::bake::note::{Class, Note};
use crate::bake::target::quoted;
use crate::bake::translate::{self, Catalog, Type};
use crate::dump::ViewDefinition;

/// A view of the dumps and the input that defines it.
pub(super) struct ImportView {
    pub(super) definition: ViewDefinition,
    pub(super) input: String,
    /// Its name in the file.
    pub(super) name: String,
}

/// The tables and views that a view may read.
struct Readable<'r> {
    tables: &'r [ImportTable],
    views: &'r BTreeMap<String, ImportView>,
}

impl Catalog for Readable<'_> {
    fn table(&self, database: Option<&str>, name: &str) -> Option<(String, Vec<(String, Type)>)> {
        let fits = |own: &Option<String>| match (own.as_deref(), database) {
            (Some(own), Some(wanted)) => own == wanted,
            _ => true,
        };
        let table = self
            .tables
            .iter()
            .filter(|table| fits(&table.definition.database))
            .find(|table| table.definition.name == name)
            .or_else(|| {
                self.tables
                    .iter()
                    .find(|table| table.definition.name.eq_ignore_ascii_case(name))
            });
        if let Some(table) = table {
            return Some((table.name.clone(), table.layout.types()));
        }
        let view = self
            .views
            .values()
            .find(|view| view.definition.name.eq_ignore_ascii_case(name))?;
        Some((view.name.clone(), Vec::new()))
    }
}

/// Makes the views that work in SQLite.
pub(super) fn create(
    connection: &Connection,
    tables: &[ImportTable],
    mut views: BTreeMap<String, ImportView>,
    names: &mut Names,
    notes: &mut Vec<Note>,
) -> Result<(), BakeError> {
    let failed = |cause: rusqlite::Error, view: &ImportView| {
        crate::bake::target::mismatch(
            &view.input,
            view.definition.position,
            &view.definition.name,
            cause.to_string(),
        )
    };
    for view in views.values_mut() {
        view.name = names.take(&view.definition.name);
    }
    let readable = Readable {
        tables,
        views: &views,
    };
    let mut lost: BTreeMap<&str, String> = BTreeMap::new();
    let mut made: Vec<&ImportView> = Vec::new();
    for view in views.values() {
        let query = match translate::query(&view.definition.query, &readable) {
            Ok(query) => query,
            Err(reason) => {
                lost.insert(&view.name, format!("it uses {reason}"));
                continue;
            }
        };
        let columns = if view.definition.columns.is_empty() {
            String::new()
        } else {
            let names: Vec<String> = view
                .definition
                .columns
                .iter()
                .map(|name| quoted(name))
                .collect();
            format!(" ({})", names.join(", "))
        };
        let sql = format!("CREATE VIEW {}{columns} AS {query}", quoted(&view.name));
        match connection.execute_batch(&sql) {
            Ok(()) => made.push(view),
            Err(cause) => drop(lost.insert(&view.name, cause.to_string())),
        }
    }
    loop {
        let broken = made.iter().position(|view| {
            let trial = format!("SELECT * FROM {} LIMIT 0", quoted(&view.name));
            match connection.prepare(&trial) {
                Ok(_) => false,
                Err(cause) => {
                    lost.insert(&view.name, cause.to_string());
                    true
                }
            }
        });
        let Some(index) = broken else { break };
        let view = made.remove(index);
        connection
            .execute_batch(&format!("DROP VIEW {}", quoted(&view.name)))
            .map_err(|cause| failed(cause, view))?;
    }
    for view in views.values() {
        if let Some(reason) = lost.get(view.name.as_str()) {
            let what = format!("view {} is left out: {reason}", view.definition.name);
            notes.push(Note::new(
                &view.input,
                view.definition.position,
                Class::Lossy,
                what,
            ));
        }
    }
    Ok(())
}
