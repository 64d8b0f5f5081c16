//! The tables of dumps as the destination of a load: made, changed and dropped as the statements say.
//!
//! It owns what sets an import apart from a bake. One table is `table`'s; what becomes of all of them when
//! the rows are in is `completion`'s. It must not know the order of the whole.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rusqlite::Connection;

use super::completion;
use super::computed::Occasion;
use super::final_names::{FinalNames, WantedTables};
use super::finish::Finisher;
use super::names::Names;
use super::planner::ImportPlanner;
use super::query::ScriptView;
use super::script::ScriptPlace;
use super::selection::{Databases, Selection};
use super::session::ScriptSession;
use super::table::{self, ImportTable};
use super::transaction::{Transaction, TransactionStore};
use super::views::{self, ImportView};
use crate::dump::{InsertHeader, OnConflict, Statement, TableDefinition};
use crate::file::sql::{PROMISED_DEPTH, limit_parser, quoted, refuse_names_as_strings};
use crate::load::LoadError;
use crate::load::batch::Batch;
use crate::load::error::mismatch;
use crate::load::feed::{InputsRead, InsertedRows};
use crate::load::note::{Note, NoteClass, ValueNotes};
use crate::load::output::Output;
use crate::load::progress::Progress;
use crate::load::report::TableReport;
use crate::load::sequence::{BothSides, Destination, FilledFile, FilledTables, Storage};

/// How much deeper a clause may stand in its table than where it is tried.
const ROOM_IN_TABLE: i32 = 8;

/// The tables that are wanted of those that the dumps describe.
pub(super) struct DumpedTables<'a> {
    pub(super) selection: &'a Selection,
    /// What they are called in the end, where that is known.
    pub(super) finals: FinalNames,
    /// Fail when anything would be noted.
    pub(super) strict: bool,
    pub(super) occasion: Occasion,
}

impl Destination for DumpedTables<'_> {
    fn open<'o>(&'o self, output: &'o Output) -> Result<BothSides<'o>, LoadError> {
        let wanted = || WantedTables::new(self.selection.clone(), self.finals.clone());
        let planner = ImportPlanner::new(wanted(), self.selection.schema_only);
        let storage = ImportStorage {
            connection: output.connection(),
            selection: self.selection,
            wanted: wanted(),
            strict: self.strict,
            session: ScriptSession::new(self.occasion),
            databases: Databases::default(),
            names: Names::default(),
            tables: Vec::new(),
            altered: false,
            transaction: Transaction::default(),
            views: BTreeMap::new(),
            notes: Vec::new(),
            seen: BTreeSet::new(),
        };
        Ok((Box::new(planner), Box::new(storage)))
    }
}

/// The storing side of an import.
pub(super) struct ImportStorage<'c> {
    pub(super) connection: &'c Connection,
    pub(super) selection: &'c Selection,
    wanted: WantedTables,
    strict: bool,
    pub(super) session: ScriptSession,
    databases: Databases,
    pub(super) names: Names,
    /// In the order of the dumps.
    pub(super) tables: Vec<ImportTable>,
    /// Some tables in the file are not as their definitions say by now.
    pub(super) altered: bool,
    pub(super) transaction: Transaction,
    views: BTreeMap<String, ImportView>,
    pub(super) notes: Vec<Note>,
    /// Names of what was found, wanted or not.
    seen: BTreeSet<String>,
}

impl Storage for ImportStorage<'_> {
    fn statement(&mut self, input: &str, statement: Statement) -> Result<(), LoadError> {
        self.wanted.see(&statement);
        match statement {
            Statement::Table(table) => self.add_table(input, table),
            Statement::Altered(table) => self.alter(input, table),
            Statement::Renamed(old, new) => self.rename(input, &old, new),
            Statement::Dropped(table) => self.drop_table(&table),
            Statement::Emptied {
                database,
                table,
                restarts,
            } => self.empty(database.as_deref(), &table, restarts),
            Statement::View(definition) => {
                if self.wants(definition.database.as_deref(), &definition.name) {
                    let view = ImportView {
                        input: input.to_owned(),
                        name: String::new(),
                        definition,
                    };
                    self.views.insert(view.definition.name.clone(), view);
                }
                Ok(())
            }
            Statement::ViewDropped(database, name) => {
                if self.selection.wants(database.as_deref(), &name) {
                    self.views.remove(&name);
                }
                Ok(())
            }
            Statement::ViewRenamed { old, new } => {
                self.rename_view(&old, new);
                Ok(())
            }
            Statement::DatabaseDropped(name) => {
                // Of a second one nothing was kept.
                if self.selection.database.is_none() && !self.databases.several() {
                    self.databases.forget(&name);
                }
                Ok(())
            }
            Statement::Transaction(step, position) => {
                let mut store = TransactionStore {
                    connection: self.connection,
                    tables: &mut self.tables,
                    names: &mut self.names,
                };
                let note = self
                    .transaction
                    .step(&mut store, &step, (input, position))?;
                self.notes.extend(note);
                Ok(())
            }
            Statement::Script(script) => self.script(input, &script),
            Statement::Insert(_) => Ok(()),
        }
    }

    fn rows(&mut self, input: &str, rows: InsertedRows) -> Result<Batch, LoadError> {
        let header = &rows.header;
        if !self.wants(header.database.as_deref(), &header.table) {
            self.session.pass_over(&header.table);
            return Ok(rows.batch);
        }
        let index = match self.position_of(header.database.as_deref(), &header.table) {
            Some(index) => index,
            None => {
                let what = format!(
                    "table {}: no CREATE TABLE describes it; its columns have no types",
                    header.table
                );
                self.notes
                    .push(Note::new(input, header.position, NoteClass::Changed, what));
                let name = self.names.take(&header.table);
                let width = rows.batch.cells.len() / rows.batch.rows().max(1);
                self.tables
                    .push(ImportTable::untyped(header, width, input, name));
                self.tables.len() - 1
            }
        };
        self.transaction
            .touch(self.connection, &self.tables[index])?;
        self.tables[index].widen_untyped(header);
        if rows.batch.expressions || rows.upsert.is_some() {
            self.settle_layouts()?;
        }
        self.store(index, input, rows)
    }

    fn unwanted(&mut self, _input: &str, header: InsertHeader, _count: u64) {
        self.databases.see(header.database.as_deref());
        self.session.pass_over(&header.table);
    }

    fn after_dumps(&mut self, _progress: &mut dyn Progress) -> Result<(), LoadError> {
        self.check_selection()
    }

    fn finish(mut self: Box<Self>, mut read: InputsRead) -> Result<FilledFile, LoadError> {
        // A dump of an empty database has the settings of any other.
        let is_dump = !read.ignored.is_empty() && read.notes.is_empty();
        if self.seen.is_empty() && !is_dump {
            return Err(LoadError::NothingToImport);
        }
        let mut notes = std::mem::take(&mut self.notes);
        let views = self.complete(&mut notes, &mut read.values)?;
        let reports = self
            .tables
            .iter()
            .map(|table| completion::table_report(self.connection, table));
        let tables: Vec<TableReport> = reports.collect::<Result<_, _>>().map_err(failed)?;
        notes.extend(read.notes);
        notes.extend(read.values.into_notes());
        notes.sort_by(|a, b| (&a.input, a.byte, &a.what).cmp(&(&b.input, b.byte, &b.what)));
        if self.strict && !notes.is_empty() {
            return Err(LoadError::Strict { notes });
        }
        let rows = |table: &TableReport| (table.name.clone(), table.rows);
        Ok(FilledFile {
            inputs: read.inputs,
            rows: tables.iter().map(rows).collect(),
            notes,
            ignored: read.ignored,
            views,
            tables: FilledTables::Reported(tables),
        })
    }
}

fn failed(cause: rusqlite::Error) -> LoadError {
    LoadError::Finish { cause }
}

impl ImportStorage<'_> {
    /// Whether an object is wanted; notes its database. Nothing is any more when there are several
    /// databases and none was chosen.
    pub(super) fn wants(&mut self, database: Option<&str>, name: &str) -> bool {
        if !self.seen.contains(name) {
            self.seen.insert(name.to_owned());
        }
        self.databases.see(database);
        self.wanted.wants(database, name)
            && (self.selection.database.is_some() || !self.databases.several())
    }

    /// Stores rows in the table at `index`.
    pub(super) fn store(
        &mut self,
        index: usize,
        input: &str,
        rows: InsertedRows,
    ) -> Result<Batch, LoadError> {
        let header = Arc::clone(&rows.header);
        let place = ScriptPlace {
            input,
            position: header.position,
            database: header.database.as_deref(),
            checks_keys: header.checks_keys,
        };
        let replaces = header.on_conflict == OnConflict::Replace;
        let follows = replaces && !self.referred(place, index).is_empty();
        let all: Vec<usize> = (0..self.tables[index].layout.columns.len()).collect();
        let moves = rows.upsert.is_some() && !self.referred_by(place, index, &all).is_empty();
        if follows || moves {
            self.settle_layouts()?;
        }
        self.tables[index].replaced = follows.then(Vec::new);
        self.tables[index].moved = moves.then(Vec::new);
        let batch = self.store_rows(index, input, &header, rows)?;
        let moved = self.tables[index].moved.take();
        if let Some(moved) = moved.filter(|moved| !moved.is_empty()) {
            self.follow_moved(place, index, moved, "INSERT … ON DUPLICATE KEY UPDATE")?;
        }
        let replaced = self.tables[index].replaced.take();
        if let Some(gone) = replaced.filter(|gone| !gone.is_empty()) {
            self.follow(place, index, gone, "REPLACE")?;
        }
        Ok(batch)
    }

    fn store_rows(
        &mut self,
        index: usize,
        input: &str,
        header: &InsertHeader,
        rows: InsertedRows,
    ) -> Result<Batch, LoadError> {
        let (before, rest) = self.tables.split_at_mut(index);
        let Some((table, after)) = rest.split_first_mut() else {
            return Ok(rows.batch);
        };
        // Its rows may be asked for by expressions.
        let asks = rows.batch.expressions || rows.upsert.is_some();
        let own = asks.then(|| table.clone());
        let view = ScriptView {
            session: &self.session,
            connection: self.connection,
            tables: [before, own.as_slice(), after],
            database: header.database.as_deref(),
            outer: None,
            answers: None,
        };
        table.store(&view, &mut self.names, input, rows)
    }

    fn position_of(&self, database: Option<&str>, name: &str) -> Option<usize> {
        table::find(&self.tables, database, name)
    }

    fn add_table(&mut self, input: &str, definition: TableDefinition) -> Result<(), LoadError> {
        if !self.wants(definition.database.as_deref(), &definition.name) {
            return Ok(());
        }
        // The real table of a view's stand-in.
        self.views.remove(&definition.name);
        if let Some(index) = self.position_of(definition.database.as_deref(), &definition.name)
            && self.tables[index].definition.columns.is_empty()
        {
            let reason = "its rows come before its CREATE TABLE; name the dump with the schema \
                          before the one with the data"
                .to_owned();
            return Err(mismatch(
                input,
                definition.position,
                &definition.name,
                reason,
            ));
        }
        self.note_zoned_defaults(input, &definition);
        let name = self.take_name(input, &definition);
        self.tables.push(ImportTable::new(definition, input, name)?);
        Ok(())
    }

    fn alter(&mut self, input: &str, definition: TableDefinition) -> Result<(), LoadError> {
        let index = self.position_of(definition.database.as_deref(), &definition.name);
        match index {
            Some(index) => {
                self.altered = true;
                self.follow_names(index, &definition);
                let before = self.tables[index].definition.clone();
                self.tables[index].alter(self.connection, &mut self.names, input, definition)?;
                self.compute_altered(index, &before)
            }
            None => Ok(()),
        }
    }

    fn rename(
        &mut self,
        input: &str,
        old: &TableDefinition,
        new: TableDefinition,
    ) -> Result<(), LoadError> {
        if self.seen.remove(&old.name) {
            self.seen.insert(new.name.clone());
        }
        // By the last of its names, which this one may be on the way to.
        let wants_new = self.wanted.wants(new.database.as_deref(), &new.name);
        let Some(index) = self.position_of(old.database.as_deref(), &old.name) else {
            if wants_new && self.wanted.is_by_present_names() && self.is_chosen_by_name() {
                return Err(LoadError::PassedOver {
                    input: input.to_owned(),
                    line: new.position.line,
                    old: old.name.clone(),
                    new: new.name,
                });
            }
            return Ok(());
        };
        if !wants_new {
            return self.drop_table(old);
        }
        self.names.release(&self.tables[index].name);
        let name = self.take_name(input, &new);
        self.follow_names(index, &new);
        let table = &mut self.tables[index];
        if table.created.is_some() {
            let (from, to) = (quoted(&table.name), quoted(&name));
            self.connection
                .execute_batch(&format!("ALTER TABLE {from} RENAME TO {to}"))
                .map_err(|cause| table.sqlite(&cause))?;
        }
        table.name = name;
        table.redefine(new)?;
        if table.unique_indexes.is_empty() {
            return Ok(());
        }
        // They are called after the table.
        table.rebuild(self.connection, &mut self.names)
    }

    /// Follows new names of the table at `index` in the foreign keys of others.
    fn follow_names(&mut self, index: usize, after: &TableDefinition) {
        let before = &self.tables[index].definition;
        let columns = after.renamed_columns(before);
        if before.name == after.name && columns.is_empty() {
            return;
        }
        let before = before.clone();
        for table in &mut self.tables {
            table.definition.follow_parent(&before, after, &columns);
        }
    }

    fn rename_view(
        &mut self,
        old: &(Option<String>, String),
        (database, name): (Option<String>, String),
    ) {
        if !self.selection.wants(old.0.as_deref(), &old.1) {
            return;
        }
        let wanted = self.wants(database.as_deref(), &name);
        if let Some(mut view) = self.views.remove(&old.1).filter(|_| wanted) {
            view.definition.database = database;
            view.definition.name.clone_from(&name);
            self.views.insert(name, view);
        }
    }

    fn is_chosen_by_name(&self) -> bool {
        !self.selection.tables.is_empty() || !self.selection.exclude.is_empty()
    }

    /// A name in the file for a table; noted when it is not its own.
    fn take_name(&mut self, input: &str, definition: &TableDefinition) -> String {
        let name = self.names.take(&definition.name);
        if name != definition.name {
            let what = format!(
                "table {} is called {name}, because its own name is taken or reserved in SQLite",
                definition.name
            );
            self.notes.push(Note::new(
                input,
                definition.position,
                NoteClass::Changed,
                what,
            ));
        }
        name
    }

    fn drop_table(&mut self, definition: &TableDefinition) -> Result<(), LoadError> {
        let Some(index) = self.position_of(definition.database.as_deref(), &definition.name) else {
            return Ok(());
        };
        let table = self.tables.remove(index);
        self.names.release(&table.name);
        if table.created.is_some() {
            self.connection
                .execute_batch(&format!("DROP TABLE {}", quoted(&table.name)))
                .map_err(|cause| table.sqlite(&cause))?;
        }
        Ok(())
    }

    fn empty(
        &mut self,
        database: Option<&str>,
        name: &str,
        restarts: bool,
    ) -> Result<(), LoadError> {
        let Some(index) = self.position_of(database, name) else {
            return Ok(());
        };
        self.transaction
            .touch(self.connection, &self.tables[index])?;
        let table = &mut self.tables[index];
        table.emptied(self.connection, restarts)?;
        if table.created.is_some() {
            self.connection
                .execute_batch(&format!("DELETE FROM {}", quoted(&table.name)))
                .map_err(|cause| table.sqlite(&cause))?;
        }
        table.rows = 0;
        Ok(())
    }

    /// Several databases without a choice, a choice that is not there, nothing at all.
    fn check_selection(&self) -> Result<(), LoadError> {
        match &self.selection.database {
            None if self.databases.several() => Err(LoadError::SeveralDatabases {
                names: self.databases.names(),
            }),
            Some(name) if !self.databases.names().is_empty() && !self.databases.has(name) => {
                Err(LoadError::NoDatabase {
                    name: name.clone(),
                    names: self.databases.names(),
                })
            }
            _ => self.check_tables(),
        }
    }

    /// A name in `--tables` or `--exclude` that is not in the dumps is probably misspelt.
    fn check_tables(&self) -> Result<(), LoadError> {
        let mut named = self.selection.tables.iter().chain(&self.selection.exclude);
        match named.find(|name| !self.seen.contains(*name)) {
            Some(name) => Err(LoadError::NoTable { name: name.clone() }),
            None => Ok(()),
        }
    }

    /// Makes of the tables what their definitions say; the names of the views.
    fn complete(
        &mut self,
        notes: &mut Vec<Note>,
        values: &mut ValueNotes,
    ) -> Result<Vec<String>, LoadError> {
        let scratch = Connection::open_in_memory().map_err(failed)?;
        refuse_names_as_strings(&scratch).map_err(failed)?;
        // Nothing goes into the schema that the promised SQLite cannot read. What is tried alone stands a
        // little deeper in its table.
        limit_parser(&scratch, PROMISED_DEPTH - ROOM_IN_TABLE).map_err(failed)?;
        limit_parser(self.connection, PROMISED_DEPTH).map_err(failed)?;
        let data_only = self.selection.data_only;
        let mut finisher = Finisher {
            connection: self.connection,
            scratch,
            data_only,
            notes,
            values,
        };
        for table in &mut self.tables {
            finisher.lay_out(table, &mut self.names)?;
            finisher.note_changes(table);
        }
        completion::edit_schema(self.connection, &mut finisher, &self.tables)?;
        if data_only {
            return Ok(Vec::new());
        }
        // Queries name views, and nothing names an index.
        for table in &self.tables {
            let notes = table.kept_apart(self.connection).map_err(failed)?;
            finisher.notes.extend(notes);
        }
        views::take_names(&mut self.views, &mut self.names, finisher.notes);
        completion::indexes(&mut finisher, &mut self.names, &self.tables)?;
        let views = views::create(self.connection, &self.tables, &self.views, notes)?;
        completion::foreign_key_check(self.connection, &self.tables, notes).map_err(failed)?;
        Ok(views)
    }
}
