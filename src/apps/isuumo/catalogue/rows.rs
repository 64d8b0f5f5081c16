//! What is known of the rows of a list: small numbers in place of texts, in the order of the pages.
//!
//! It is read from the file once, and row by row when some arrive.

use std::cmp::Reverse;
use std::collections::HashMap;

use rusqlite::{Connection, Row};

use super::places::Places;
use crate::apps::answer::text;

/// Range columns that a list has at most.
const RANGES: usize = 4;
/// Text columns that a list has at most.
const TEXTS: usize = 2;

/// Where a list comes from. Rows are selected as id, popularity, features, `ranges` numbers, `texts`
/// texts and, with `places`, latitude, longitude and the two sides of the door.
pub(super) struct ListQueries {
    pub(super) table: &'static str,
    /// All rows, in the order of the pages.
    pub(super) all: &'static str,
    /// The row with an id.
    pub(super) one: &'static str,
    pub(super) ranges: usize,
    pub(super) texts: usize,
    pub(super) places: bool,
}

/// One row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    pub(super) id: i32,
    popularity: i32,
    /// Where its features begin among those of all rows, and how many they are.
    features: (u32, u16),
    pub(super) ranges: [u8; RANGES],
    /// Numbers of its texts.
    pub(super) texts: [u32; TEXTS],
}

/// Different texts, numbered in the order in which they came.
#[derive(Debug, Clone, Default)]
pub(super) struct Distinct {
    numbers: HashMap<String, u32>,
    pub(super) texts: Vec<String>,
}

impl Distinct {
    pub(super) fn number(&mut self, text: &str) -> u32 {
        if let Some(&number) = self.numbers.get(text) {
            return number;
        }
        let number = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        self.numbers.insert(text.to_owned(), number);
        self.texts.push(text.to_owned());
        number
    }
}

/// The rows.
#[derive(Debug, Clone, Default)]
pub(super) struct Rows {
    pub(super) entries: Vec<Entry>,
    /// Names of features, in lower case.
    pub(super) features: Distinct,
    /// Numbers of the features of one row after the other.
    listed: Vec<u32>,
    pub(super) texts: [Distinct; TEXTS],
    pub(super) places: Places,
}

impl Rows {
    pub(super) fn read(connection: &Connection, source: &ListQueries) -> rusqlite::Result<Self> {
        let mut rows = Self::default();
        let mut select = connection.prepare(source.all)?;
        let mut found = select.query([])?;
        while let Some(row) = found.next()? {
            rows.push(row, source)?;
        }
        rows.sort();
        Ok(rows)
    }

    /// These and the rows with `ids`.
    pub(super) fn with(
        &self,
        connection: &Connection,
        source: &ListQueries,
        ids: &[i64],
    ) -> rusqlite::Result<Self> {
        let mut rows = self.clone();
        let mut select = connection.prepare_cached(source.one)?;
        for id in ids {
            select.query_row([id], |row| rows.push(row, source))?;
        }
        rows.sort();
        Ok(rows)
    }

    fn push(&mut self, row: &Row<'_>, source: &ListQueries) -> rusqlite::Result<()> {
        const FIRST_RANGE: usize = 3;
        let first_text = FIRST_RANGE + source.ranges;
        let mut entry = Entry {
            id: row.get(0)?,
            popularity: row.get(1)?,
            features: self.list(text(row, 2)?),
            ranges: [0; RANGES],
            texts: [0; TEXTS],
        };
        for index in 0..source.ranges {
            entry.ranges[index] = row.get(FIRST_RANGE + index)?;
        }
        for index in 0..source.texts {
            entry.texts[index] = self.texts[index].number(text(row, first_text + index)?);
        }
        if source.places {
            self.places.push(row, first_text + source.texts)?;
        }
        self.entries.push(entry);
        Ok(())
    }

    /// Takes a list of features apart.
    fn list(&mut self, features: &str) -> (u32, u16) {
        let start = self.listed.len();
        for name in features.split(',') {
            let number = if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
                self.features.number(&name.to_ascii_lowercase())
            } else {
                self.features.number(name)
            };
            self.listed.push(number);
        }
        let length = self.listed.len() - start;
        // A list has 64 characters at most.
        let length = u16::try_from(length).unwrap_or(u16::MAX);
        (u32::try_from(start).unwrap_or(u32::MAX), length)
    }

    /// Numbers of the features of a row.
    pub(super) fn features_of(&self, entry: &Entry) -> &[u32] {
        let (start, length) = entry.features;
        &self.listed[start as usize..][..usize::from(length)]
    }

    /// Brings the rows into the order of the pages.
    fn sort(&mut self) {
        let key = |entry: &Entry| (Reverse(entry.popularity), entry.id);
        // As a baked file has them.
        if !self.entries.is_sorted_by_key(key) {
            self.sort_by(key);
        }
        self.places.draw_bands();
    }

    fn sort_by<K: Ord>(&mut self, key: impl Fn(&Entry) -> K) {
        let mut order: Vec<u32> =
            (0..u32::try_from(self.entries.len()).unwrap_or(u32::MAX)).collect();
        order.sort_unstable_by_key(|&index| key(&self.entries[index as usize]));
        if !self.places.is_empty() {
            self.places = self.places.ordered(&order);
        }
        let entries = order.iter().map(|&index| self.entries[index as usize]);
        self.entries = entries.collect();
    }
}
