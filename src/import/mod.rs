//! Importing any dump: the tables are the dump's own.
//!
//! The same road as an app's bake (feed, insertion, output), with tables made from `CREATE TABLE`
//! instead of a schema folder. Everything that ends up otherwise than the dump says is noted.
//!
//! # Layout
//! - [`Selection`]: which databases and tables; `planner`: what the reading side knows of them
//! - `table`: one table; `storing`: its rows; `resolve`: values that are not literals; `numbering`:
//!   `AUTO_INCREMENT`; `duplicates`: rows whose key is there already
//! - `layout`: MySQL types to SQLite ones; `names`: one namespace for all
//! - `completion`, `finish`, `keys`, `views`: what is made of definitions when all rows are in

mod completion;
mod duplicates;
mod finish;
mod keys;
mod layout;
mod names;
mod numbering;
mod planner;
mod resolve;
mod selection;
mod storing;
mod table;
mod views;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Instant;

use rusqlite::Connection;

use self::finish::Finisher;
use self::names::Names;
use self::planner::ImportPlanner;
use self::selection::Databases;
pub use self::selection::Selection;
use self::table::ImportTable;
use self::views::ImportView;
use crate::dump::{Charset, Statement, TableDefinition};
use crate::file::FolderFile;
use crate::file::provenance::{FIRST_SCHEMA, IMPORTER, Provenance, dataset_digest};
use crate::file::sql::quoted;
use crate::file::sql::refuse_names_as_strings;
use crate::load::LoadError;
use crate::load::batch::Batch;
use crate::load::error::mismatch;
use crate::load::feed::{Event, FeedOptions, Outcome, Rows, feed};
use crate::load::note::{Class, Note};
use crate::load::output::Output;
use crate::load::progress::{Phase, Progress, Told};
use crate::load::report;
use crate::load::report::{Report, TableReport};

/// How an import is done.
#[derive(Debug, Clone)]
pub struct ImportOptions<'a> {
    /// Replace a file that is already at the output.
    pub force: bool,
    /// When the import takes place, in UTC, RFC 3339 to the second.
    pub bake_time: &'a str,
    /// Which tables are wanted.
    pub selection: Selection,
    /// Fail when anything would be noted.
    pub strict: bool,
    /// Threads: one, or more for reading beside storing and for sorting.
    pub jobs: usize,
    /// The character set of dumps that do not say theirs.
    pub charset: Charset,
    /// Accept a dump that has its program's header and lacks the line at its end.
    pub allow_incomplete: bool,
}

/// Imports `dumps`, in order, into a new file at `out`.
///
/// # Errors
/// When a dump cannot be read or holds something that is not supported, or the output exists or
/// cannot be written. Nothing new is at `out` then.
pub fn import(
    dumps: &[FolderFile],
    out: &Path,
    options: &ImportOptions<'_>,
    progress: &mut dyn Progress,
) -> Result<Report, LoadError> {
    let start = Instant::now();
    if out.exists() && !options.force {
        return Err(LoadError::Exists {
            path: out.to_owned(),
        });
    }
    if dumps.iter().any(|dump| dump.is_at(out)) {
        return Err(LoadError::ReadAndWritten {
            path: out.to_owned(),
        });
    }
    let output = Output::create_for_import(out, options.jobs)?;
    let mut told = Told::new(dumps, progress);
    let mut import = Import::new(output.connection(), options.selection.clone());
    let mut outcome = Outcome::default();
    let feed_options = FeedOptions {
        jobs: options.jobs,
        charset: options.charset,
        allow_incomplete: options.allow_incomplete,
    };
    let mut planner = ImportPlanner::new(options.selection.clone());
    feed(dumps, feed_options, &mut planner, &mut |event| {
        match event {
            Event::Input(index, meter) => told.input(index, meter),
            Event::Statement(statement) => import.statement(told.input_name(), statement)?,
            Event::Rows(rows) => {
                let count = rows.batch.rows();
                let batch = import.rows(told.input_name(), rows)?;
                told.rows(count);
                return Ok(Some(batch));
            }
            Event::Ignored(header, _) => import.databases.see(header.database.as_deref()),
            Event::End(end) => outcome = end,
        }
        Ok(None)
    })
    .map_err(|error| output.blame(error))?;
    import.check_selection()?;
    told.begin(Phase::Indexes);
    let Finished {
        tables,
        views,
        rows,
        mut notes,
    } = import.finish()?;
    notes.extend(outcome.notes);
    notes.sort_by(|a, b| (&a.input, a.byte, &a.what).cmp(&(&b.input, b.byte, &b.what)));
    if options.strict && !notes.is_empty() {
        return Err(LoadError::Strict { notes });
    }
    let provenance = Provenance {
        app: "import".to_owned(),
        importer: IMPORTER.to_owned(),
        dataset_digest: dataset_digest(&outcome.inputs),
        schema_digest: String::new(),
        schema_version: FIRST_SCHEMA,
        bake_time: options.bake_time.to_owned(),
        rows,
        inputs: outcome.inputs,
        state: None,
    };
    told.begin(Phase::Statistics);
    output.analyze(&provenance)?;
    told.begin(Phase::Writing);
    output.finish_import()?;
    Ok(Report {
        views,
        read_over: outcome.read_over,
        ..report::of(out, provenance, tables, notes, start)
    })
}

/// The storing side of an import.
struct Import<'c> {
    connection: &'c Connection,
    selection: Selection,
    databases: Databases,
    names: Names,
    /// In the order of the dumps.
    tables: Vec<ImportTable>,
    views: BTreeMap<String, ImportView>,
    notes: Vec<Note>,
    /// Names of what was found, wanted or not.
    seen: BTreeSet<String>,
}

/// What is left of an import when its tables are finished.
struct Finished {
    tables: Vec<TableReport>,
    views: Vec<String>,
    rows: BTreeMap<String, u64>,
    notes: Vec<Note>,
}

impl<'c> Import<'c> {
    fn new(connection: &'c Connection, selection: Selection) -> Self {
        Self {
            connection,
            selection,
            databases: Databases::default(),
            names: Names::default(),
            tables: Vec::new(),
            views: BTreeMap::new(),
            notes: Vec::new(),
            seen: BTreeSet::new(),
        }
    }

    /// Whether an object is wanted; notes its database. Nothing is any more when there are several
    /// databases and none was chosen.
    fn wants(&mut self, database: Option<&str>, name: &str) -> bool {
        if !self.seen.contains(name) {
            self.seen.insert(name.to_owned());
        }
        self.databases.see(database);
        self.selection.wants(database, name)
            && (self.selection.database.is_some() || !self.databases.several())
    }

    fn position_of(&self, database: Option<&str>, name: &str) -> Option<usize> {
        table::find(&self.tables, database, name)
    }

    fn statement(&mut self, input: &str, statement: Statement) -> Result<(), LoadError> {
        match statement {
            Statement::Table(table) => self.add_table(input, table),
            Statement::Altered(table) => self.alter(table),
            Statement::Renamed(old, new) => self.rename(input, &old, new),
            Statement::Dropped(table) => self.drop_table(&table),
            Statement::Emptied(database, name) => self.empty(database.as_deref(), &name),
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
            Statement::Insert(_) => Ok(()),
        }
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
        let name = self.take_name(input, &definition);
        self.tables.push(ImportTable::new(definition, input, name)?);
        Ok(())
    }

    fn alter(&mut self, definition: TableDefinition) -> Result<(), LoadError> {
        let index = self.position_of(definition.database.as_deref(), &definition.name);
        match index {
            Some(index) => self.tables[index].redefine(definition),
            None => Ok(()),
        }
    }

    fn rename(
        &mut self,
        input: &str,
        old: &TableDefinition,
        new: TableDefinition,
    ) -> Result<(), LoadError> {
        let Some(index) = self.position_of(old.database.as_deref(), &old.name) else {
            return Ok(());
        };
        self.names.release(&self.tables[index].name);
        let name = self.take_name(input, &new);
        for table in &mut self.tables {
            for key in &mut table.definition.foreign_keys {
                if key.parent == old.name {
                    key.parent.clone_from(&new.name);
                }
            }
        }
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

    /// A name in the file for a table; told when it is not its own.
    fn take_name(&mut self, input: &str, definition: &TableDefinition) -> String {
        let name = self.names.take(&definition.name);
        if name != definition.name {
            let what = format!(
                "table {} is called {name}, because its own name is taken or reserved in SQLite",
                definition.name
            );
            self.notes
                .push(Note::new(input, definition.position, Class::Changed, what));
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

    fn empty(&mut self, database: Option<&str>, name: &str) -> Result<(), LoadError> {
        let Some(index) = self.position_of(database, name) else {
            return Ok(());
        };
        let table = &mut self.tables[index];
        if table.created.is_some() {
            self.connection
                .execute_batch(&format!("DELETE FROM {}", quoted(&table.name)))
                .map_err(|cause| table.sqlite(&cause))?;
        }
        table.rows = 0;
        Ok(())
    }

    fn rows(&mut self, input: &str, rows: Rows) -> Result<Batch, LoadError> {
        let header = &rows.header;
        if !self.wants(header.database.as_deref(), &header.table) {
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
                    .push(Note::new(input, header.position, Class::Changed, what));
                let name = self.names.take(&header.table);
                let width = rows.batch.cells.len() / rows.batch.rows().max(1);
                self.tables
                    .push(ImportTable::untyped(header, width, input, name));
                self.tables.len() - 1
            }
        };
        self.tables[index].store(self.connection, &mut self.names, input, rows)
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
            _ if self.seen.is_empty() => Err(LoadError::NothingToImport),
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

    /// Makes of the tables what their definitions say.
    fn finish(mut self) -> Result<Finished, LoadError> {
        let failed = |cause| LoadError::Finish { cause };
        let scratch = Connection::open_in_memory().map_err(failed)?;
        refuse_names_as_strings(&scratch).map_err(failed)?;
        let data_only = self.selection.data_only;
        let mut notes = std::mem::take(&mut self.notes);
        let mut finisher = Finisher {
            connection: self.connection,
            scratch,
            data_only,
            notes: &mut notes,
        };
        for table in &mut self.tables {
            finisher.lay_out(table, &mut self.names)?;
            finisher.tell_changes(table);
        }
        completion::edit_schema(self.connection, &mut finisher, &self.tables)?;
        let mut views = Vec::new();
        if !data_only {
            // Queries name views, and nothing names an index.
            views::take_names(&mut self.views, &mut self.names, finisher.notes);
            completion::indexes(&mut finisher, &mut self.names, &self.tables)?;
            views = views::create(self.connection, &self.tables, &self.views, &mut notes)?;
            completion::foreign_key_check(self.connection, &self.tables, &mut notes)
                .map_err(failed)?;
        }
        let reports = self
            .tables
            .iter()
            .map(|table| completion::table_report(self.connection, table));
        let tables: Vec<TableReport> = reports.collect::<Result<_, _>>().map_err(failed)?;
        let rows = tables
            .iter()
            .map(|table| (table.name.clone(), table.rows))
            .collect();
        Ok(Finished {
            tables,
            views,
            rows,
            notes,
        })
    }
}
