//! An app's tables as the destination of a load: the schema before the rows; CSV files, derived tables,
//! indexes and checks after them.
//!
//! It owns what sets a bake apart from an import. It must not know the order of the whole.

use std::collections::BTreeMap;

use rusqlite::Connection;

use super::csv_table::{CsvTable, Loading, Unique};
use super::target::{Loader, Targets};
use crate::dump::{InsertHeader, Position, Statement};
use crate::file::provenance::Input;
use crate::file::{Folder, FolderFile, Schema};
use crate::load::LoadError;
use crate::load::batch::Batch;
use crate::load::feed::{InputsRead, InsertedRows};
use crate::load::note::{Note, NoteClass, counted};
use crate::load::output::Output;
use crate::load::progress::{Phase, Progress};
use crate::load::sequence::{BothSides, Destination, FilledFile, FilledTables, Storage};

/// The tables of an app's schema, and the sources of them that are no dumps.
pub(super) struct AppTables<'a> {
    pub(super) schema: &'a Schema,
    /// The documents that the app needs, by name without `.json`.
    pub(super) documents: &'a [&'a str],
    /// Where a document comes from that the dataset lacks.
    pub(super) default_documents: &'a Folder,
    /// All files of the dataset.
    pub(super) files: &'a [FolderFile],
    /// The CSV files among them, with their tables.
    pub(super) csv: Vec<(&'a CsvTable, &'a FolderFile)>,
}

impl Destination for AppTables<'_> {
    fn open<'o>(&'o self, output: &'o Output) -> Result<BothSides<'o>, LoadError> {
        let connection = output.connection();
        self.schema.create_tables(connection)?;
        let documents = self.store_documents(connection)?;
        let targets = Targets::read(connection).map_err(|cause| output.error(cause))?;
        let storage = AppStorage {
            tables: self,
            connection,
            loader: Loader::new(connection, targets.clone()),
            documents,
            csv_inputs: Vec::new(),
            unwanted: BTreeMap::new(),
        };
        Ok((Box::new(targets), Box::new(storage)))
    }
}

impl AppTables<'_> {
    /// Stores the documents that the app needs.
    fn store_documents(&self, connection: &Connection) -> Result<Vec<Input>, LoadError> {
        let defaults = self.default_documents.files()?;
        let mut inputs = Vec::new();
        for &document in self.documents {
            let name = format!("{document}.json");
            let failed = |reason: String| LoadError::Document {
                name: name.clone(),
                reason,
            };
            let file = self
                .files
                .iter()
                .chain(&defaults)
                .find(|file| file.name == name)
                .ok_or_else(|| failed("there is no such file".to_owned()))?;
            let body = file.text()?;
            serde_json::from_str::<serde::de::IgnoredAny>(&body)
                .map_err(|error| failed(format!("not JSON: {error}")))?;
            connection
                .execute(
                    "INSERT INTO ekiben_document VALUES (?1, ?2)",
                    (document, &body),
                )
                .map_err(|error| failed(error.to_string()))?;
            inputs.push(Input::of(&name, body.as_bytes()));
        }
        Ok(inputs)
    }
}

struct AppStorage<'s> {
    tables: &'s AppTables<'s>,
    connection: &'s Connection,
    loader: Loader<'s>,
    documents: Vec<Input>,
    csv_inputs: Vec<Input>,
    /// Rows of tables that the schema does not have: where the first came from, and how many.
    unwanted: BTreeMap<String, (String, Position, u64)>,
}

impl Storage for AppStorage<'_> {
    /// The tables are the schema's; the dump's own only say in which order columns are, to the reading side.
    fn statement(&mut self, _input: &str, _statement: Statement) -> Result<(), LoadError> {
        Ok(())
    }

    fn rows(&mut self, input: &str, rows: InsertedRows) -> Result<Batch, LoadError> {
        self.loader.store(input, rows)
    }

    fn unwanted(&mut self, input: &str, header: InsertHeader, count: u64) {
        let first = || (input.to_owned(), header.position, 0);
        let (_, _, sum) = self.unwanted.entry(header.table).or_insert_with(first);
        *sum += count;
    }

    /// Stores the CSV files.
    fn after_dumps(&mut self, progress: &mut dyn Progress) -> Result<(), LoadError> {
        for &(table, file) in &self.tables.csv {
            progress.begin(Phase::Rows(file.shown.clone(), file.bytes));
            let mut loading = Loading {
                table,
                file,
                unique: Unique::Derived,
                progress: &mut |bytes, rows| progress.advance(bytes, rows),
            };
            let (count, input) = loading.store(self.connection)?;
            let rows = self.loader.rows.entry(table.table.to_owned());
            *rows.or_default() += count;
            self.csv_inputs.push(input);
        }
        Ok(())
    }

    fn finish(self: Box<Self>, read: InputsRead) -> Result<FilledFile, LoadError> {
        let schema = self.tables.schema;
        schema.derive(self.connection)?;
        schema.create_indexes(self.connection)?;
        schema.check(self.connection)?;
        let mut notes = read.notes;
        notes.extend(read.values.into_notes());
        for (table, (input, position, count)) in self.unwanted {
            let what = format!(
                "{} of table {table}, which the schema does not have",
                counted(count, "row")
            );
            notes.push(Note::new(&input, position, NoteClass::Skipped, what));
        }
        let mut inputs = self.documents;
        inputs.extend(read.inputs);
        inputs.extend(self.csv_inputs);
        Ok(FilledFile {
            inputs,
            rows: self.loader.rows,
            notes,
            // No statement of its dumps has an effect on an app's tables, so there is nothing to report.
            ignored: BTreeMap::new(),
            views: Vec::new(),
            tables: FilledTables::Checked {
                in_order: self.loader.in_order,
            },
        })
    }
}
