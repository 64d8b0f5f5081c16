//! One list in memory: ids in the order of its pages, and for each value of each search column the
//! set of rows that have it.
//!
//! A search is then an intersection of sets, whose bits count and order the matches at once. All of
//! it is read from the file; what only a purchase changes, which rows are live, stands apart from the
//! rest, so that a new state costs one small copy.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

use rusqlite::{Connection, Row};

use super::bits::Bits;
use super::fragments::Fragments;
use crate::apps::isuumo::answer::{Kind, text};
use crate::apps::isuumo::listing;
use crate::http::HttpError;
use crate::store::Generation;

/// More different features than this are left to SQLite: each costs a set.
const MOST_FEATURES: usize = 1_000;

/// Where a list comes from.
pub(super) struct Source {
    /// Selects id, popularity and features, then `ranges` numbers and `texts` texts.
    pub(super) select: &'static str,
    pub(super) exists: &'static str,
    pub(super) ranges: usize,
    pub(super) texts: usize,
}

/// A list.
#[derive(Debug, Clone)]
pub(in crate::apps::isuumo) struct Shelf {
    fixed: Arc<Fixed>,
    live: Bits,
}

/// What no purchase changes.
#[derive(Debug)]
struct Fixed {
    ids: Vec<i64>,
    /// Positions in the order of their ids.
    by_id: Vec<u32>,
    /// For each range column the rows of each range.
    ranges: Vec<Vec<Bits>>,
    /// For each text column the rows of each text, in lower case.
    texts: Vec<HashMap<String, Bits>>,
    /// The rows of each feature, in lower case; nothing when there are too many.
    features: Option<Vec<(String, Bits)>>,
    fragments: Fragments,
}

struct Entry {
    id: i64,
    popularity: i64,
    features: u32,
    ranges: Vec<usize>,
    texts: Vec<u32>,
}

/// Different texts in the order in which they came.
#[derive(Default)]
struct Distinct {
    numbers: HashMap<String, u32>,
    texts: Vec<String>,
}

impl Distinct {
    fn number(&mut self, text: &str) -> u32 {
        if let Some(&number) = self.numbers.get(text) {
            return number;
        }
        let number = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        self.numbers.insert(text.to_owned(), number);
        self.texts.push(text.to_owned());
        number
    }
}

impl Shelf {
    /// Reads a list, and takes over the JSON that an older state of it has.
    pub(super) fn load(
        connection: &Connection,
        source: &Source,
        older: Option<&Self>,
    ) -> rusqlite::Result<Self> {
        let mut features = Distinct::default();
        let mut texts: Vec<Distinct> = (0..source.texts).map(|_| Distinct::default()).collect();
        let mut select = connection.prepare(source.select)?;
        let mut rows = select.query([])?;
        let mut entries = Vec::new();
        while let Some(row) = rows.next()? {
            entries.push(entry(row, source, &mut features, &mut texts)?);
        }
        entries.sort_unstable_by_key(|entry| (Reverse(entry.popularity), entry.id));
        let fixed = Fixed::new(&entries, source, &features, &texts);
        let length = entries.len();
        let mut live = Bits::none(length);
        (0..length).for_each(|position| live.put(position, true));
        if let Some(older) = older {
            for (position, &id) in fixed.ids.iter().enumerate() {
                let kept = older.fixed.position(id);
                if let Some(json) = kept.and_then(|kept| older.fixed.fragments.get(kept)) {
                    fixed.fragments.take_over(position, json.clone());
                }
            }
        }
        Ok(Self {
            fixed: Arc::new(fixed),
            live,
        })
    }

    /// The list after rows with these ids have changed.
    pub(super) fn changed(
        &self,
        connection: &Connection,
        source: &Source,
        ids: impl Iterator<Item = i64>,
    ) -> rusqlite::Result<Self> {
        let mut next = self.clone();
        let mut exists = connection.prepare_cached(source.exists)?;
        for id in ids {
            let is_there = exists.exists([id])?;
            match self.fixed.position(id) {
                Some(position) => next.live.put(position, is_there),
                None if is_there => return Self::load(connection, source, Some(self)),
                None => {}
            }
        }
        Ok(next)
    }

    /// The rows with range `number` in a column.
    pub(in crate::apps::isuumo) fn in_range(&self, column: usize, number: usize) -> Set<'_> {
        self.fixed.ranges[column]
            .get(number)
            .map_or(Set::Empty, Set::Kept)
    }

    /// The rows with this text in a column, in any case of ASCII letters.
    pub(in crate::apps::isuumo) fn with_text(&self, column: usize, text: &str) -> Set<'_> {
        self.fixed.texts[column]
            .get(&text.to_ascii_lowercase())
            .map_or(Set::Empty, Set::Kept)
    }

    /// The rows with `part` somewhere in a feature; `None` where only SQLite can tell: patterns with
    /// wildcards, and lists of too many features.
    pub(in crate::apps::isuumo) fn with_feature(&self, part: &str) -> Option<Set<'_>> {
        let features = self.fixed.features.as_ref()?;
        if part.contains(['%', '_', '\\']) {
            return None;
        }
        let part = part.to_ascii_lowercase();
        let mut found = features.iter().filter(|(name, _)| name.contains(&part));
        let Some((_, first)) = found.next() else {
            return Some(Set::Empty);
        };
        let Some((_, second)) = found.next() else {
            return Some(Set::Kept(first));
        };
        let mut all = first.clone();
        all.add_all(second);
        found.for_each(|(_, more)| all.add_all(more));
        Some(Set::Made(all))
    }

    /// How many live rows are in all `sets`, and a page of their positions.
    pub(in crate::apps::isuumo) fn search(
        &self,
        sets: &[Set<'_>],
        offset: usize,
        limit: usize,
    ) -> (usize, Vec<usize>) {
        let bits: Option<Vec<&Bits>> = sets.iter().map(Set::bits).collect();
        match bits {
            Some(bits) => self.live.common(&bits, offset, limit),
            None => (0, Vec::new()),
        }
    }

    /// Writes rows as JSON with commas between them, from the file what is not kept.
    pub(in crate::apps::isuumo) fn write(
        &self,
        generation: &Generation,
        kind: Kind,
        positions: &[usize],
        out: &mut Vec<u8>,
    ) -> Result<(), HttpError> {
        let fragments = &self.fixed.fragments;
        let comma = |out: &mut Vec<u8>, index: usize| {
            if index > 0 {
                out.push(b',');
            }
        };
        if positions
            .iter()
            .all(|&position| fragments.get(position).is_some())
        {
            for (index, &position) in positions.iter().enumerate() {
                comma(out, index);
                out.extend_from_slice(fragments.get(position).map_or(&[], |json| &json[..]));
            }
            return Ok(());
        }
        generation.read(|connection| {
            let mut select = connection.prepare_cached(kind.select)?;
            for (index, &position) in positions.iter().enumerate() {
                comma(out, index);
                match fragments.get(position) {
                    Some(json) => out.extend_from_slice(json),
                    None => {
                        let start = out.len();
                        listing::write_row(&mut select, kind, self.fixed.ids[position], out)?;
                        fragments.keep(position, &out[start..]);
                    }
                }
            }
            Ok(())
        })
    }

    #[cfg(test)]
    pub(in crate::apps::isuumo) fn id(&self, position: usize) -> i64 {
        self.fixed.ids[position]
    }

    /// The ids in the order of the pages.
    pub(super) fn ids(&self) -> &[i64] {
        &self.fixed.ids
    }
}

/// A set of rows.
pub(in crate::apps::isuumo) enum Set<'s> {
    Empty,
    Kept(&'s Bits),
    Made(Bits),
}

impl Set<'_> {
    fn bits(&self) -> Option<&Bits> {
        match self {
            Self::Empty => None,
            Self::Kept(bits) => Some(bits),
            Self::Made(bits) => Some(bits),
        }
    }
}

impl Fixed {
    fn new(entries: &[Entry], source: &Source, features: &Distinct, texts: &[Distinct]) -> Self {
        let length = entries.len();
        let mut ranges: Vec<Vec<Bits>> = vec![Vec::new(); source.ranges];
        let none = |count| vec![Bits::none(length); count];
        let mut of_texts: Vec<Vec<Bits>> =
            texts.iter().map(|texts| none(texts.texts.len())).collect();
        for (position, entry) in entries.iter().enumerate() {
            for (sets, &number) in ranges.iter_mut().zip(&entry.ranges) {
                if sets.len() <= number {
                    sets.resize(number + 1, Bits::none(length));
                }
                sets[number].put(position, true);
            }
            for (sets, &number) in of_texts.iter_mut().zip(&entry.texts) {
                sets[number as usize].put(position, true);
            }
        }
        let texts = of_texts.into_iter().zip(texts).map(|(sets, texts)| {
            let mut by_text: HashMap<String, Bits> = HashMap::new();
            for (set, text) in sets.into_iter().zip(&texts.texts) {
                let same = by_text.entry(text.to_ascii_lowercase());
                same.or_insert_with(|| Bits::none(length)).add_all(&set);
            }
            by_text
        });
        let mut by_id: Vec<u32> = (0..u32::try_from(length).unwrap_or(u32::MAX)).collect();
        by_id.sort_unstable_by_key(|&position| entries[position as usize].id);
        Self {
            ids: entries.iter().map(|entry| entry.id).collect(),
            by_id,
            ranges,
            texts: texts.collect(),
            features: feature_sets(entries, features),
            fragments: Fragments::new(length),
        }
    }

    fn position(&self, id: i64) -> Option<usize> {
        let found = self
            .by_id
            .binary_search_by_key(&id, |&position| self.ids[position as usize]);
        found.ok().map(|index| self.by_id[index] as usize)
    }
}

/// The rows of each feature. Lists of features repeat, so each is taken apart once.
fn feature_sets(entries: &[Entry], lists: &Distinct) -> Option<Vec<(String, Bits)>> {
    let mut names = Distinct::default();
    let parts: Vec<Vec<u32>> = lists
        .texts
        .iter()
        .map(|list| {
            let list = list.to_ascii_lowercase();
            list.split(',').map(|name| names.number(name)).collect()
        })
        .collect();
    if names.texts.len() > MOST_FEATURES {
        return None;
    }
    let mut sets = vec![Bits::none(entries.len()); names.texts.len()];
    for (position, entry) in entries.iter().enumerate() {
        for &name in &parts[entry.features as usize] {
            sets[name as usize].put(position, true);
        }
    }
    Some(names.texts.into_iter().zip(sets).collect())
}

fn entry(
    row: &Row<'_>,
    source: &Source,
    features: &mut Distinct,
    texts: &mut [Distinct],
) -> rusqlite::Result<Entry> {
    const FIRST_RANGE: usize = 3;
    let first_text = FIRST_RANGE + source.ranges;
    let ranges = (FIRST_RANGE..first_text).map(|index| row.get(index));
    let texts = texts.iter_mut().enumerate();
    let texts = texts.map(|(index, texts)| Ok(texts.number(text(row, first_text + index)?)));
    Ok(Entry {
        id: row.get(0)?,
        popularity: row.get(1)?,
        features: features.number(text(row, 2)?),
        ranges: ranges.collect::<rusqlite::Result<_>>()?,
        texts: texts.collect::<rusqlite::Result<_>>()?,
    })
}
