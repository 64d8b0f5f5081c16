//! Which tables are wanted where the dumps rename some: by the names that they have in the end.
//!
//! Rows are passed over as they come, so what a table will be called has to be known before. Dumps that
//! rename anything are read once more, ahead of the import; one that comes through a pipe cannot be, and a
//! rename that would bring back what was passed over is refused then. Tables are told apart by the order in
//! which they are made, which both sides of an import see.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::sync::Arc;

use memchr::memmem::Finder;

use super::selection::Selection;
use crate::dump::{Charset, DumpReader, Statement, TableDefinition, Tables, decompress};
use crate::file::FolderFile;

/// A table's database and name.
type TableName = (Option<String>, String);

/// What the tables of the dumps are called in the end, in the order in which they are made; `None` of one
/// that is dropped.
#[derive(Debug, Clone, Default)]
pub(super) struct FinalNames(Arc<Vec<Option<TableName>>>);

impl FinalNames {
    /// Reads the dumps ahead, if names matter and any table is renamed. What is wrong with a dump is found
    /// again by the import, which says it.
    pub(super) fn of(dumps: &[FolderFile], charset: Charset, selection: &Selection) -> Self {
        let named = !selection.tables.is_empty() || !selection.exclude.is_empty();
        let repeatable = dumps.iter().all(FolderFile::is_repeatable);
        if !named || !repeatable || !dumps.iter().any(|dump| renames(dump).unwrap_or(false)) {
            return Self::default();
        }
        let mut followed = Followed::default();
        let mut finals = Vec::new();
        let mut tables = Tables::default();
        for dump in dumps {
            let Some(seen) = follow(dump, charset, tables, &mut followed, &mut finals) else {
                break;
            };
            tables = seen;
        }
        Self(Arc::new(finals))
    }
}

/// Follows the tables of one dump; `None` if it cannot be read.
fn follow(
    dump: &FolderFile,
    charset: Charset,
    tables: Tables,
    followed: &mut Followed,
    finals: &mut Vec<Option<TableName>>,
) -> Option<Tables> {
    let bytes = decompress(dump.open().ok()?).ok()?;
    let translated = bytes.is_translated();
    let mut reader = DumpReader::new(&dump.shown, bytes)
        .with_tables(tables)
        .with_charset(charset)
        .translated(translated)
        .allow_incomplete(true);
    while let Some(statement) = reader.next_statement().ok()? {
        match followed.see(&statement) {
            NameChange::Made(name) => finals.push(Some(name)),
            NameChange::Renamed(number, name) => finals[number] = Some(name),
            NameChange::Dropped(number) => finals[number] = None,
            NameChange::Nothing => {}
        }
    }
    Some(reader.finish().tables)
}

/// Whether the text of the dump has the word RENAME in it, which costs next to nothing to find out.
fn renames(dump: &FolderFile) -> io::Result<bool> {
    const WORD: &[u8] = b"rename";
    let opened = dump.open().map_err(io::Error::other)?;
    let mut bytes = decompress(opened)?;
    let finder = Finder::new(WORD);
    let mut piece = vec![0; 256 * 1024];
    let mut kept = 0;
    loop {
        let count = bytes.read(&mut piece[kept..])?;
        if count == 0 {
            return Ok(false);
        }
        let filled = kept + count;
        piece[kept..filled].make_ascii_lowercase();
        if finder.find(&piece[..filled]).is_some() {
            return Ok(true);
        }
        // The word may go on in the next piece.
        let tail = filled.min(WORD.len() - 1);
        piece.copy_within(filled - tail..filled, 0);
        kept = tail;
    }
}

/// The present names of tables, and their numbers in the order in which they were made.
#[derive(Debug, Default)]
struct Followed {
    made: usize,
    present: BTreeMap<TableName, usize>,
}

enum NameChange {
    Made(TableName),
    Renamed(usize, TableName),
    Dropped(usize),
    Nothing,
}

impl Followed {
    fn see(&mut self, statement: &Statement) -> NameChange {
        match statement {
            Statement::Table(table) => {
                self.present.insert(name_of(table), self.made);
                self.made += 1;
                NameChange::Made(name_of(table))
            }
            Statement::Renamed(old, new) => match self.present.remove(&name_of(old)) {
                Some(number) => {
                    self.present.insert(name_of(new), number);
                    NameChange::Renamed(number, name_of(new))
                }
                None => NameChange::Nothing,
            },
            Statement::Dropped(table) => self
                .present
                .remove(&name_of(table))
                .map_or(NameChange::Nothing, NameChange::Dropped),
            _ => NameChange::Nothing,
        }
    }
}

fn name_of(table: &TableDefinition) -> TableName {
    (table.database.clone(), table.name.clone())
}

/// The selection, by final names: each side of an import has one, and shows it every statement.
#[derive(Debug)]
pub(super) struct WantedTables {
    selection: Selection,
    finals: FinalNames,
    followed: Followed,
}

impl WantedTables {
    pub(super) fn new(selection: Selection, finals: FinalNames) -> Self {
        Self {
            selection,
            finals,
            followed: Followed::default(),
        }
    }

    pub(super) fn see(&mut self, statement: &Statement) {
        self.followed.see(statement);
    }

    /// Whether the table or view that is called `name` at present is wanted.
    pub(super) fn wants(&self, database: Option<&str>, name: &str) -> bool {
        match self.final_name(database, name) {
            Some(Some((database, name))) => self.selection.wants(database.as_deref(), name),
            Some(None) => false,
            None => self.selection.wants(database, name),
        }
    }

    /// Whether the names in the end are not known, but only those at present.
    pub(super) fn is_by_present_names(&self) -> bool {
        self.finals.0.is_empty()
    }

    fn final_name(&self, database: Option<&str>, name: &str) -> Option<&Option<TableName>> {
        if self.is_by_present_names() {
            return None;
        }
        let same = |(own, other): &TableName| {
            let fits = own.is_none() || database.is_none() || own.as_deref() == database;
            fits && other.eq_ignore_ascii_case(name)
        };
        let mut found: Vec<_> = self.followed.present.iter().collect();
        found.retain(|(own, _)| same(own));
        found.sort_by_key(|(own, _)| own.1 != name);
        self.finals.0.get(*found.first()?.1)
    }
}
