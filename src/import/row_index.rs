//! Rows in memory by the value of a column, so that those that may equal another value are found without looking at
//! all of them.
//!
//! What is found here may be equal by MySQL's rules, and what is not found is not. The evaluator decides.

use std::collections::HashMap;

use rusqlite::types::{Value, ValueRef};

use super::row_values;
use super::table::ImportTable;
use crate::dump::ValueType;
use crate::evaluate::Datum;

/// What values have in common that may be equal.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum RowKey {
    Whole(i64),
    /// A text of ASCII, as far as any collation tells it from others.
    Text(String),
}

impl RowKey {
    /// Letters that are the same to a collation are ASCII in any case, or not ASCII.
    fn of_text(text: &str) -> Option<Self> {
        let plain = text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        plain.then(|| Self::Text(text.trim_end_matches(' ').to_ascii_lowercase()))
    }

    fn of_datum(datum: &Datum) -> Option<Self> {
        match datum {
            Datum::Int(number) => Some(Self::Whole(*number)),
            Datum::Unsigned(number) => i64::try_from(*number).ok().map(Self::Whole),
            Datum::Text(text, _) | Datum::Member(text, ..) => Self::of_text(text),
            _ => None,
        }
    }
}

/// Places of rows, by the keys of their values.
#[derive(Debug, Default)]
pub(super) struct RowIndex {
    places: HashMap<RowKey, Vec<usize>>,
    /// Rows whose values have no key.
    odd: Vec<usize>,
    /// Keys are texts; else they are whole numbers.
    texts: bool,
}

impl RowIndex {
    /// By the column at `column` of rows of `table`; nothing if its values have no keys.
    pub(super) fn of_rows<'r>(
        table: &ImportTable,
        column: usize,
        rows: impl Iterator<Item = &'r [Value]>,
    ) -> Option<Self> {
        let texts = match table.layout.columns[column].kind {
            ValueType::Integer | ValueType::Unsigned => false,
            ValueType::Text(_) | ValueType::Char(_) => true,
            _ => return None,
        };
        // Values that are not known are an error where they are compared.
        row_values::datum(table, column, ValueRef::Null).ok()?;
        let mut index = Self {
            texts,
            ..Self::default()
        };
        for (place, cells) in rows.enumerate() {
            let key = match &cells[column] {
                // It equals nothing.
                Value::Null => continue,
                Value::Integer(number) if !texts => Some(RowKey::Whole(*number)),
                Value::Text(text) if texts => RowKey::of_text(text),
                _ => None,
            };
            index.insert(place, key);
        }
        Some(index)
    }

    /// By the values themselves; nothing if they are not all of one sort.
    pub(super) fn of_values(values: &[Datum]) -> Option<Self> {
        let is_text = |datum: &Datum| matches!(datum, Datum::Text(..) | Datum::Member(..));
        let is_whole = |datum: &Datum| matches!(datum, Datum::Int(_) | Datum::Unsigned(_));
        let texts = values.iter().all(is_text);
        if !texts && !values.iter().all(is_whole) {
            return None;
        }
        let mut index = Self {
            texts,
            ..Self::default()
        };
        for (place, value) in values.iter().enumerate() {
            index.insert(place, RowKey::of_datum(value));
        }
        Some(index)
    }

    fn insert(&mut self, place: usize, key: Option<RowKey>) {
        match key {
            Some(key) => self.places.entry(key).or_default().push(place),
            None => self.odd.push(place),
        }
    }

    /// The places of rows that may equal `datum`, in their order; nothing if that is any of them.
    pub(super) fn equal_to(&self, datum: &Datum) -> Option<Vec<usize>> {
        if datum.is_null() {
            return Some(Vec::new());
        }
        let key = RowKey::of_datum(datum)?;
        if matches!(key, RowKey::Text(_)) != self.texts {
            return None;
        }
        let mut found = self.places.get(&key).cloned().unwrap_or_default();
        if !self.odd.is_empty() {
            found.extend(&self.odd);
            found.sort_unstable();
        }
        Some(found)
    }
}
