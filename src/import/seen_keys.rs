//! Keys of texts as rows come: which of them a server's collation takes for one that was there before, and SQLite does not.
//!
//! A row that is gone at the end may have stood beside another one for a while, so what is there at the end (`kept_apart`)
//! does not tell it all. Nothing is kept before the first text for which it could make a difference.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::rc::Rc;

use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, Row};

use super::kept_apart::{TextKey, TextPart, text_of};
use super::table::ImportTable;
use super::table_row::is_computed;
use crate::file::sql::quoted;
use crate::load::batch::{Batch, Bound};

/// The keys of a table's rows. Copies of the table share them, so that a step back forgets none.
#[derive(Clone)]
pub(super) struct SeenKeys(Rc<Vec<SeenKey>>);

struct SeenKey {
    parts: Vec<TextPart>,
    /// Whether SQLite takes texts that differ in the case of ASCII letters for the same, by part.
    nocase: Vec<bool>,
    /// By what the collation makes of a key: how it was spelled first.
    spellings: RefCell<HashMap<u64, u64>>,
    merged: Cell<u64>,
    /// Whether the table may have rows whose key was not seen as it is.
    misses: Cell<bool>,
}

impl SeenKeys {
    /// How many rows met one that was spelled otherwise in the key at `at`.
    pub(super) fn merged(&self, at: usize) -> u64 {
        self.0.get(at).map_or(0, |key| key.merged.get())
    }

    /// Whether the rows at the end can be no more than those that met others in the key at `at`.
    pub(super) fn has_all(&self, at: usize) -> bool {
        self.0.get(at).is_some_and(|key| !key.misses.get())
    }
}

impl SeenKey {
    /// Takes note of a row, by its values for the parts.
    fn see<'v>(&self, value: impl Fn(usize) -> ValueRef<'v>) {
        let (mut folded, mut spelled) = (DefaultHasher::new(), DefaultHasher::new());
        for (part, nocase) in self.parts.iter().zip(&self.nocase) {
            match value(part.index) {
                ValueRef::Null => return,
                ValueRef::Text(text) => {
                    let text = text_of(text);
                    part.folded_text(&text).hash(&mut folded);
                    let own = part.counted(&text);
                    if *nocase {
                        own.to_ascii_lowercase().hash(&mut spelled);
                    } else {
                        own.hash(&mut spelled);
                    }
                }
                other => {
                    let shown = format!("{other:?}");
                    shown.hash(&mut folded);
                    shown.hash(&mut spelled);
                }
            }
        }
        let spelled = spelled.finish();
        let mut spellings = self.spellings.borrow_mut();
        let first = *spellings.entry(folded.finish()).or_insert(spelled);
        if first != spelled {
            self.merged.set(self.merged.get() + 1);
        }
    }
}

impl ImportTable {
    /// Takes note of the keys of rows that are about to be stored, once rows of the table are merged with others.
    pub(super) fn see_keys(
        &mut self,
        connection: &Connection,
        columns: &[usize],
        batch: &Batch,
    ) -> rusqlite::Result<()> {
        if self.merged.is_none() {
            return Ok(());
        }
        let width = columns.len().max(1);
        if self.seen_keys.is_none() {
            let keys = self.text_keys();
            let odd = |(_, parts): &TextKey| {
                parts.iter().any(|part| {
                    let at = columns.iter().position(|&column| column == part.index);
                    let mut cells = batch.cells.iter();
                    at.is_some_and(|at| {
                        let mut cells = cells.by_ref().skip(at).step_by(width);
                        cells.any(|cell| matches!(batch.bound(cell), Bound::Text(text) if part.is_odd(text)))
                    })
                })
            };
            if !keys.iter().any(odd) {
                return Ok(());
            }
            self.begin_to_see(connection, keys)?;
        }
        let Some(SeenKeys(keys)) = &self.seen_keys else {
            return Ok(());
        };
        for key in keys.iter() {
            let is_given =
                |part: &TextPart| columns.contains(&part.index) && !is_computed(self, part.index);
            if !key.parts.iter().all(is_given) {
                key.misses.set(true);
            }
        }
        for row in batch.cells.chunks_exact(width) {
            for key in keys.iter() {
                key.see(|index| {
                    let at = columns.iter().position(|&column| column == index);
                    match at.map(|at| batch.bound(&row[at])) {
                        None if self.default_of(index).is_none() => ValueRef::Null,
                        // The default is the same in all rows.
                        None => ValueRef::Integer(0),
                        Some(Bound::Null) => ValueRef::Null,
                        Some(Bound::Integer(number)) => ValueRef::Integer(number),
                        Some(Bound::Real(number)) => ValueRef::Real(number),
                        Some(Bound::Text(text)) => ValueRef::Text(text.as_bytes()),
                        Some(Bound::Blob(bytes)) => ValueRef::Blob(bytes),
                    }
                });
            }
        }
        Ok(())
    }

    /// Takes note of the key of a row that was changed.
    pub(super) fn see_changed(&self, cells: &[Value]) {
        for key in self.seen_keys.iter().flat_map(|seen| seen.0.iter()) {
            key.see(|index| ValueRef::from(&cells[index]));
        }
    }

    /// Rows were changed, and nobody says how.
    pub(super) fn miss_changed(&self) {
        for key in self.seen_keys.iter().flat_map(|seen| seen.0.iter()) {
            key.misses.set(true);
        }
    }

    /// Before an `ALTER` of columns or keys: how many rows were merged stays known.
    pub(super) fn forget_keys(&mut self) {
        let Some(seen) = self.seen_keys.take() else {
            return;
        };
        for (at, (name, _)) in self.text_keys().into_iter().enumerate() {
            let merged = seen.merged(at);
            if merged > 0 {
                *self.merged_before.entry(name).or_default() += merged;
            }
        }
    }

    /// The rows that are there already count too, unless they did before an `ALTER`.
    fn begin_to_see(
        &mut self,
        connection: &Connection,
        keys: Vec<TextKey>,
    ) -> rusqlite::Result<()> {
        let names_of_keys: Vec<String> = keys.iter().map(|(name, _)| name.clone()).collect();
        let keys = keys.into_iter().map(|(_, parts)| SeenKey {
            nocase: parts
                .iter()
                .map(|part| self.layout.columns[part.index].nocase)
                .collect(),
            parts,
            spellings: RefCell::default(),
            merged: Cell::default(),
            misses: Cell::default(),
        });
        let keys: Vec<SeenKey> = keys.collect();
        let names: Vec<String> = self
            .layout
            .columns
            .iter()
            .map(|column| quoted(&column.name))
            .collect();
        let sql = format!("SELECT {} FROM {}", names.join(", "), quoted(&self.name));
        let mut statement = connection.prepare(&sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            for key in &keys {
                key.see(|index| cell_of(row, index));
            }
        }
        for (key, name) in keys.iter().zip(&names_of_keys) {
            if self.merged_before.contains_key(name) {
                key.merged.set(0);
                key.misses.set(true);
            }
        }
        self.seen_keys = Some(SeenKeys(Rc::new(keys)));
        Ok(())
    }
}

fn cell_of<'r>(row: &'r Row<'_>, index: usize) -> ValueRef<'r> {
    row.get_ref(index).unwrap_or(ValueRef::Null)
}
