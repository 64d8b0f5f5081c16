//! Where a bake or import differs from the dump: one note for each statement, column or
//! constraint, with its place.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;

use serde::Serialize;

use crate::dump::Position;

/// How much a [`Note`] matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum NoteClass {
    /// A statement was skipped; nothing of it is in the file.
    Skipped,
    /// Something is stored differently, and nothing is lost.
    Changed,
    /// Something of the dump is not in the file, or only in part.
    Lossy,
}

/// One thing that differs from the dump.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Note {
    /// The input's name.
    pub input: String,
    /// Line in the unpacked input, from 1.
    pub line: u64,
    /// Offset in the unpacked input.
    pub byte: u64,
    /// How much it matters.
    pub class: NoteClass,
    /// What happened to what.
    pub what: String,
}

impl Note {
    /// A note about the statement or definition at `position`.
    #[must_use]
    pub fn new(input: &str, position: Position, class: NoteClass, what: impl Into<String>) -> Self {
        Self {
            input: input.to_owned(),
            line: position.line,
            byte: position.byte,
            class,
            what: what.into(),
        }
    }
}

/// Values that are stored differently from how they are written: how many for each column and kind, with the first
/// place. The two sides of a load count some of one kind each.
#[derive(Debug, Default)]
pub(crate) struct ValueNotes(BTreeMap<ChangedColumn, (u64, Position)>);

/// A column, and what became of values in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ChangedColumn {
    pub(crate) input: String,
    pub(crate) table: String,
    pub(crate) column: String,
    /// As it is told behind their number.
    pub(crate) what: String,
}

impl ValueNotes {
    /// Counts values of a kind, the first of which is at `position`.
    pub(crate) fn add(&mut self, of: ChangedColumn, count: u64, position: Position) {
        match self.0.entry(of) {
            Entry::Vacant(entry) => drop(entry.insert((count, position))),
            Entry::Occupied(mut entry) => {
                let (known, first) = entry.get_mut();
                *known += count;
                if position.byte < first.byte {
                    *first = position;
                }
            }
        }
    }

    /// A note for each column and kind.
    pub(crate) fn into_notes(self) -> impl Iterator<Item = Note> {
        self.0.into_iter().map(|(of, (count, position))| {
            let what = format!(
                "table {}, column {}: {} {}, here the first",
                of.table,
                of.column,
                counted(count, "value"),
                of.what
            );
            Note::new(&of.input, position, of.class(), what)
        })
    }
}

impl ChangedColumn {
    /// A file of the server is not in the dump, and what cannot be computed is NULL; all else that is settled is there
    /// in some form.
    fn class(&self) -> NoteClass {
        let mut lost = ["of LOAD_FILE()", "of a generated column", "of a DEFAULT"].iter();
        match lost.any(|kind| self.what.starts_with(kind)) {
            true => NoteClass::Lossy,
            false => NoteClass::Changed,
        }
    }
}

/// `1 row`, `2 rows`.
pub(crate) fn counted(count: u64, thing: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {thing}{plural}")
}

impl fmt::Display for NoteClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Skipped => "skipped",
            Self::Changed => "changed",
            Self::Lossy => "lossy",
        })
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: line {}: {}: {}",
            self.input, self.line, self.class, self.what
        )
    }
}
