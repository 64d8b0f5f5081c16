//! The transaction of a dump: what `ROLLBACK` undoes.
//!
//! The file goes back by SQLite's own savepoints, which cost nothing while tables only grow: what is new needs no
//! copy of what was there before. What is known of tables beside the file is copied when a table is changed for
//! the first time. Tables of engines without transactions keep their rows, as on a server, and so do numbers that
//! `AUTO_INCREMENT` has given. It must not know which statements begin and end a transaction: the reader does.

use std::collections::BTreeMap;

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::layout::Extras;
use super::names::Names;
use super::table::ImportTable;
use crate::dump::{Position, TransactionStep};
use crate::file::sql::quoted;
use crate::load::LoadError;
use crate::load::note::{Note, NoteClass};

/// What was changed since a savepoint: the tables as they were then, by their names in the file.
type ChangedTables = BTreeMap<String, ImportTable>;

/// The transaction that is open, if one is.
#[derive(Default)]
pub(super) struct Transaction {
    /// Where it begins: the input and the place.
    begun: Option<(String, Position)>,
    /// The transaction itself, once something was changed in it, and its savepoints.
    levels: Vec<ChangedTables>,
}

fn failed(cause: rusqlite::Error) -> LoadError {
    LoadError::Finish { cause }
}

fn savepoint(level: usize) -> String {
    format!("ekiben_{level}")
}

impl Transaction {
    /// Notes that rows of `table` will be changed.
    pub(super) fn touch(
        &mut self,
        connection: &Connection,
        table: &ImportTable,
    ) -> Result<(), LoadError> {
        if self.begun.is_none() {
            return Ok(());
        }
        if self.levels.is_empty() {
            self.open(connection)?;
        }
        if let Some(changed) = self.levels.last_mut()
            && !changed.contains_key(&table.name)
        {
            changed.insert(table.name.clone(), table.clone());
        }
        Ok(())
    }

    fn open(&mut self, connection: &Connection) -> Result<(), LoadError> {
        let name = savepoint(self.levels.len());
        connection
            .execute_batch(&format!("SAVEPOINT {name}"))
            .map_err(failed)?;
        self.levels.push(ChangedTables::new());
        Ok(())
    }

    /// Carries out a step; the note of rows that the end of an input undoes.
    pub(super) fn step(
        &mut self,
        store: &mut TransactionStore<'_>,
        step: &TransactionStep,
        place: (&str, Position),
    ) -> Result<Option<Note>, LoadError> {
        let begun = || Some((place.0.to_owned(), place.1));
        match step {
            TransactionStep::Begin => self.begun = begun(),
            TransactionStep::Commit { again } => {
                self.close(store.connection)?;
                self.begun = begun().filter(|_| *again);
            }
            TransactionStep::Rollback { again } => {
                self.undo(store, 0)?;
                self.close(store.connection)?;
                self.begun = begun().filter(|_| *again);
            }
            TransactionStep::Abandon => {
                let note = self.abandoned();
                self.undo(store, 0)?;
                self.close(store.connection)?;
                self.begun = None;
                return Ok(note);
            }
            TransactionStep::Savepoint => {
                if self.levels.is_empty() {
                    self.open(store.connection)?;
                }
                self.open(store.connection)?;
            }
            TransactionStep::RollbackTo(number) => self.undo(store, number + 1)?,
            TransactionStep::Release(number) => self.release(store.connection, number + 1)?,
        }
        Ok(None)
    }

    /// All that was changed stays.
    fn close(&mut self, connection: &Connection) -> Result<(), LoadError> {
        self.begun = None;
        if self.levels.is_empty() {
            return Ok(());
        }
        self.levels.clear();
        let sql = format!("RELEASE {}", savepoint(0));
        connection.execute_batch(&sql).map_err(failed)
    }

    /// What was changed since a savepoint counts as changed since the one before.
    fn release(&mut self, connection: &Connection, level: usize) -> Result<(), LoadError> {
        let sql = format!("RELEASE {}", savepoint(level));
        connection.execute_batch(&sql).map_err(failed)?;
        for later in self.levels.split_off(level) {
            if let Some(below) = self.levels.last_mut() {
                for (name, table) in later {
                    below.entry(name).or_insert(table);
                }
            }
        }
        Ok(())
    }

    /// Undoes what was changed since a savepoint, which stays.
    fn undo(&mut self, store: &mut TransactionStore<'_>, level: usize) -> Result<(), LoadError> {
        if level >= self.levels.len() {
            return Ok(());
        }
        let mut changed = ChangedTables::new();
        for later in self.levels.split_off(level) {
            for (name, table) in later {
                changed.entry(name).or_insert(table);
            }
        }
        let lasting = store.undo(&changed, &savepoint(level))?;
        // What is there again is undone once more by the next step back.
        changed.retain(|name, _| lasting.contains(name));
        self.levels.push(changed);
        Ok(())
    }

    /// The note of what is undone because nothing commits it.
    fn abandoned(&self) -> Option<Note> {
        let (input, position) = self.begun.as_ref()?;
        self.levels.first().filter(|changed| !changed.is_empty())?;
        let what = "the transaction that begins here is never committed: what it changed is undone, as a server \
                    does when the client goes";
        Some(Note::new(input, *position, NoteClass::Lossy, what))
    }
}

/// What a step back changes.
pub(super) struct TransactionStore<'s> {
    pub(super) connection: &'s Connection,
    pub(super) tables: &'s mut Vec<ImportTable>,
    pub(super) names: &'s mut Names,
}

impl TransactionStore<'_> {
    /// Goes back to a savepoint; the names of the tables that keep their rows.
    fn undo(&mut self, changed: &ChangedTables, savepoint: &str) -> Result<Vec<String>, LoadError> {
        let mut lasting = Vec::new();
        for table in self.tables.iter_mut() {
            if !changed.contains_key(&table.name) {
                continue;
            }
            for (_, index) in &table.unique_indexes {
                self.names.release(&index.name);
            }
            if table.definition.lasting {
                lasting.push((table.name.clone(), rows_of(self.connection, table)?));
            } else {
                table.remember_number(self.connection)?;
            }
        }
        let sql = format!("ROLLBACK TO {savepoint}");
        self.connection.execute_batch(&sql).map_err(failed)?;
        for (name, before) in changed {
            for (_, index) in &before.unique_indexes {
                self.names.take(&index.name);
            }
            let mut tables = self.tables.iter_mut();
            match tables.find(|table| table.name == *name) {
                Some(table) if table.definition.lasting => {}
                Some(table) => {
                    let next_number = table.next_number;
                    *table = before.clone();
                    table.next_number = next_number;
                }
                // A temporary table that was dropped stays so.
                None => self.drop(before)?,
            }
        }
        for (name, rows) in &lasting {
            if let Some(before) = changed.get(name) {
                self.bring_back(before, rows)?;
            }
        }
        Ok(lasting.into_iter().map(|(name, _)| name).collect())
    }

    fn drop(&mut self, table: &ImportTable) -> Result<(), LoadError> {
        for (_, index) in &table.unique_indexes {
            self.names.release(&index.name);
        }
        let sql = format!("DROP TABLE IF EXISTS {}", quoted(&table.name));
        self.connection.execute_batch(&sql).map_err(failed)
    }

    /// Makes a table anew with these rows; `before` is what is in the file.
    fn bring_back(&mut self, before: &ImportTable, rows: &[Vec<Value>]) -> Result<(), LoadError> {
        self.drop(before)?;
        let mut tables = self.tables.iter_mut();
        let Some(table) = tables.find(|table| table.name == before.name) else {
            return Ok(());
        };
        table.unique_indexes.clear();
        let Some(layout) = &table.created else {
            return Ok(());
        };
        let create = layout.create_sql(&table.name, &Extras::default());
        self.connection.execute_batch(&create).map_err(failed)?;
        let marks = vec!["?"; layout.columns.len()].join(", ");
        let insert = format!("INSERT INTO {} VALUES ({marks})", quoted(&table.name));
        let mut insert = self.connection.prepare(&insert).map_err(failed)?;
        for row in rows {
            insert.execute(params_from_iter(row)).map_err(failed)?;
        }
        Ok(())
    }
}

/// All rows of a table, in their order.
fn rows_of(connection: &Connection, table: &ImportTable) -> Result<Vec<Vec<Value>>, LoadError> {
    let Some(layout) = &table.created else {
        return Ok(Vec::new());
    };
    let names: Vec<String> = layout
        .columns
        .iter()
        .map(|column| quoted(&column.name))
        .collect();
    let order = table
        .row_name()
        .map_or_else(String::new, |name| format!(" ORDER BY {name}"));
    let select = format!(
        "SELECT {} FROM {}{order}",
        names.join(", "),
        quoted(&table.name)
    );
    let read = || {
        let mut statement = connection.prepare(&select)?;
        let width = statement.column_count();
        let rows = statement.query_map([], |row| {
            (0..width)
                .map(|index| row.get(index))
                .collect::<Result<Vec<Value>, _>>()
        })?;
        rows.collect::<Result<Vec<_>, _>>()
    };
    read().map_err(failed)
}
