//! Views: translated, tried, and left out with the reason when they do not work.
//!
//! A view may read another one that comes later in the dump, and needs its columns' types: whether
//! digits that are kept as text are to be compared as numbers.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Connection;

use super::names::Names;
use super::table::{self, ImportTable};
use super::texts;
use crate::dump::{SeenTable, ViewDefinition};
use crate::file::sql::{quoted, why_not};
use crate::load::LoadError;
use crate::load::error::mismatch;
use crate::load::note::{Note, NoteClass};
use crate::translate;
use crate::translate::{Catalog, TextColumn, TextUse, Type};

/// A view of the dumps and the input that defines it.
pub(super) struct ImportView {
    pub(super) definition: ViewDefinition,
    pub(super) input: String,
    /// Its name in the file.
    pub(super) name: String,
}

/// Columns and what is known about their values.
type Columns = Vec<(String, Type)>;

/// The tables and views that a view may read.
struct Readable<'r> {
    tables: &'r [ImportTable],
    /// Views of the dumps, and their columns when they are made already.
    views: BTreeMap<&'r str, (&'r str, Option<Columns>)>,
    /// A view that was asked for before it was made.
    awaited: RefCell<Option<String>>,
}

impl Catalog for Readable<'_> {
    fn table(&self, database: Option<&str>, name: &str) -> Option<(String, Columns)> {
        if let Some(index) = table::find(self.tables, database, name) {
            let table = &self.tables[index];
            return Some((table.name.clone(), table.layout.types()));
        }
        let mut views = self.views.iter();
        let (key, (own, columns)) = views.find(|(other, _)| other.eq_ignore_ascii_case(name))?;
        if columns.is_none() {
            *self.awaited.borrow_mut() = Some((*key).to_owned());
        }
        Some(((*own).to_owned(), columns.clone()?))
    }

    fn is_view(&self, database: Option<&str>, name: &str) -> bool {
        table::find(self.tables, database, name).is_none()
    }
}

/// The same to a view whose `*` was settled when it was made.
struct SeenThen<'s> {
    readable: &'s Readable<'s>,
    seen: &'s [SeenTable],
}

impl SeenThen<'_> {
    fn then(&self, database: Option<&str>, name: &str) -> Option<&SeenTable> {
        self.seen.iter().find(|seen| seen.is(database, name))
    }
}

impl Catalog for SeenThen<'_> {
    fn table(&self, database: Option<&str>, name: &str) -> Option<(String, Columns)> {
        let (own, columns) = self.readable.table(database, name)?;
        let Some(then) = self.then(database, name) else {
            return Some((own, columns));
        };
        let found = then.columns.iter().filter_map(|seen| {
            let mut columns = columns.iter();
            columns
                .find(|(name, _)| name.eq_ignore_ascii_case(seen))
                .cloned()
        });
        Some((own, found.collect()))
    }

    fn is_view(&self, database: Option<&str>, name: &str) -> bool {
        self.readable.is_view(database, name)
    }

    fn lost_column(&self, database: Option<&str>, name: &str) -> Option<String> {
        let then = self.then(database, name)?;
        let (_, now) = self.readable.table(database, name)?;
        let is_gone = |seen: &&String| !now.iter().any(|(own, _)| own.eq_ignore_ascii_case(seen));
        then.columns.iter().find(is_gone).cloned()
    }

    fn is_narrowed(&self, database: Option<&str>, name: &str) -> bool {
        let now = self.readable.table(database, name);
        let (Some(then), Some((_, now))) = (self.then(database, name), now) else {
            return false;
        };
        let now = now.iter().map(|(name, _)| name);
        !now.eq(then.columns.iter())
    }
}

/// Gives all views their names in the file.
pub(super) fn take_names(
    views: &mut BTreeMap<String, ImportView>,
    names: &mut Names,
    notes: &mut Vec<Note>,
) {
    for view in views.values_mut() {
        let own = &view.definition.name;
        view.name = names.take(own);
        if view.name != *own {
            let what = format!(
                "view {own} is called {}, because its own name is taken or reserved in SQLite",
                view.name
            );
            let position = view.definition.position;
            notes.push(Note::new(&view.input, position, NoteClass::Changed, what));
        }
    }
}

/// Makes the views that work in SQLite; gives their names in the file.
pub(super) fn create(
    connection: &Connection,
    tables: &[ImportTable],
    views: &BTreeMap<String, ImportView>,
    notes: &mut Vec<Note>,
) -> Result<Vec<String>, LoadError> {
    let mut readable = Readable {
        tables,
        views: views
            .values()
            .map(|view| (view.definition.name.as_str(), (view.name.as_str(), None)))
            .collect(),
        awaited: RefCell::new(None),
    };
    let mut lost: Vec<(&ImportView, String)> = Vec::new();
    let mut differ: Vec<(&ImportView, String)> = Vec::new();
    let mut done: BTreeSet<&str> = BTreeSet::new();
    // A view that reads another one waits on the stack until that is made or lost.
    for first in views.values() {
        let mut stack = vec![first];
        while let Some(view) = stack.pop() {
            let name = view.definition.name.as_str();
            if done.contains(name) {
                continue;
            }
            match create_one(connection, view, &readable)? {
                ViewAttempt::Made { columns, compared } => {
                    let remarks = texts::remarks(connection, &compared);
                    let remarks = remarks.map_err(|cause| LoadError::Finish { cause })?;
                    differ.extend(remarks.into_iter().map(|remark| (view, remark)));
                    let entry = (view.name.as_str(), Some(columns));
                    readable.views.insert(name, entry);
                }
                ViewAttempt::Lost(reason) => lost.push((view, reason)),
                ViewAttempt::Waits(other) => {
                    let other_view = views.get(&other).filter(|other| {
                        let waits = |waiting: &&ImportView| std::ptr::eq(*waiting, *other);
                        !done.contains(other.definition.name.as_str())
                            && !std::ptr::eq(view, *other)
                            && !stack.iter().any(waits)
                    });
                    if let Some(other) = other_view {
                        stack.extend([view, other]);
                        continue;
                    }
                    lost.push((view, format!("it reads view {other}, which is left out")));
                }
            }
            done.insert(name);
        }
    }
    notes.extend(differ.into_iter().map(|(view, remark)| {
        let what = format!("view {}: {remark}", view.definition.name);
        Note::new(
            &view.input,
            view.definition.position,
            NoteClass::Changed,
            what,
        )
    }));
    notes.extend(lost.into_iter().map(|(view, reason)| {
        let what = format!("view {} is left out: {reason}", view.definition.name);
        Note::new(
            &view.input,
            view.definition.position,
            NoteClass::Lossy,
            what,
        )
    }));
    let made = readable.views.into_values();
    Ok(made
        .filter_map(|(name, columns)| columns.map(|_| name.to_owned()))
        .collect())
}

enum ViewAttempt {
    /// Made, with these columns.
    Made {
        columns: Columns,
        /// The columns whose texts it compares.
        compared: BTreeSet<(TextColumn, TextUse)>,
    },
    /// It cannot be made, for this reason.
    Lost(String),
    /// It reads a view that is not made yet.
    Waits(String),
}

fn create_one(
    connection: &Connection,
    view: &ImportView,
    readable: &Readable<'_>,
) -> Result<ViewAttempt, LoadError> {
    *readable.awaited.borrow_mut() = None;
    let catalog = SeenThen {
        readable,
        seen: &view.definition.seen,
    };
    let query = match translate::query(&view.definition.query, &catalog) {
        Ok(query) => query,
        Err(reason) => {
            return Ok(match readable.awaited.take() {
                Some(other) => ViewAttempt::Waits(other),
                None => ViewAttempt::Lost(format!("it uses {reason}")),
            });
        }
    };
    let own = &view.definition.columns;
    let mut list = String::new();
    let mut columns = query.columns;
    if !own.is_empty() {
        let names: Vec<String> = own.iter().map(|name| quoted(name)).collect();
        list = format!(" ({})", names.join(", "));
        columns = own
            .iter()
            .cloned()
            .zip(columns.into_iter().map(|(_, value)| value))
            .collect();
    }
    let name = quoted(&view.name);
    let sql = format!("CREATE VIEW {name}{list} AS {}", query.text);
    let tried = connection.execute_batch(&sql).and_then(|()| {
        connection
            .prepare(&format!("SELECT * FROM {name} LIMIT 0"))
            .map(drop)
    });
    let Err(cause) = tried else {
        return Ok(ViewAttempt::Made {
            columns,
            compared: query.compared,
        });
    };
    connection
        .execute_batch(&format!("DROP VIEW IF EXISTS {name}"))
        .map_err(|cause| {
            let position = view.definition.position;
            mismatch(
                &view.input,
                position,
                &view.definition.name,
                cause.to_string(),
            )
        })?;
    Ok(ViewAttempt::Lost(why_not(&cause)))
}
