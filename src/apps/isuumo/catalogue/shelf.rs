//! One list in memory: ids in the order of its pages, and for each value of each search column the
//! set of rows that have it.
//!
//! A search is then an intersection of sets, whose bits count and order the matches at once. All of
//! it is read from the file; what only a purchase changes, which rows are live, stands apart from the
//! rest, so that a new state costs one small copy.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, OnceLock};

use rusqlite::Connection;

use super::bits::Bits;
use super::fragments::{Fragments, Rendering};
use super::packed_rows::PackedRows;
use super::places::Places;
use super::positions::Positions;
use super::rows::{Distinct, Entry, ListQueries, Rows};
use super::scans::{PriceOrder, Scans};
use super::thumbnails::{PictureNames, Thumbnails};
use crate::apps::answer::RowFormat;
use crate::apps::isuumo::point_tree::PointTree;
use crate::apps::isuumo::polygon::GeoPoint;
use crate::apps::listing;
use crate::http::{HttpError, KeptBody, PackedPage};
use crate::store::{Generation, Revision, Unfinished};

/// More different features than this are left to SQLite: each costs a set.
const MOST_FEATURES: usize = 1_000;

/// So many rows that have changed are looked up one by one, in some 20 ms.
const FEW: usize = 4_000;

/// Bytes of a row as JSON, usually.
const USUAL_LENGTH: usize = 640;
/// For what stands behind the rows.
const ROOM: usize = 16;

/// From so many bytes of kept rows on, what they have in common is learned: of some 250.
const LEARNED_FROM: usize = 128 * 1024;

/// A list.
#[derive(Debug)]
pub(in crate::apps::isuumo) struct Shelf {
    fixed: Arc<Fixed>,
    live: Bits,
    /// The answer of the 20 cheapest, once it is asked for.
    pub(in crate::apps::isuumo) cheapest: OnceLock<KeptBody>,
}

/// What no purchase changes.
#[derive(Debug)]
struct Fixed {
    rows: Rows,
    positions: Positions,
    /// For each range column the rows of each range.
    ranges: Vec<Vec<Bits>>,
    /// For each text column the rows of each text, in lower case.
    texts: Vec<HashMap<String, Bits>>,
    /// The rows of each feature, in lower case; nothing when there are too many.
    features: Option<Vec<(String, Bits)>>,
    fragments: Fragments,
    packed: PackedRows,
    /// Where the rows are, once a polygon is searched that needs it.
    tree: OnceLock<PointTree>,
    scans: Scans,
    thumbnails: Arc<Thumbnails>,
}

impl Shelf {
    /// Reads a list.
    pub(super) fn load(connection: &Connection, source: &ListQueries) -> rusqlite::Result<Self> {
        let fixed = Fixed::new(Rows::read(connection, source)?, source);
        let mut live = Bits::none(fixed.rows.entries.len());
        (0..fixed.rows.entries.len()).for_each(|position| live.put(position, true));
        Ok(Self::new(Arc::new(fixed), live))
    }

    fn new(fixed: Arc<Fixed>, live: Bits) -> Self {
        Self {
            fixed,
            live,
            cheapest: OnceLock::new(),
        }
    }

    /// The list after rows with these ids have changed.
    pub(super) fn changed(
        &self,
        connection: &Connection,
        source: &ListQueries,
        ids: &BTreeSet<i64>,
    ) -> rusqlite::Result<Self> {
        if ids.len() > FEW && Unfinished::read(connection, source.table)?.is_empty() {
            // A search for each would take longer than reading all.
            return Ok(self.rearranged(Fixed::new(Rows::read(connection, source)?, source)));
        }
        let mut live = self.live.clone();
        let mut arrived = Vec::new();
        let mut select = connection.prepare_cached(source.one)?;
        for &id in ids {
            let is_there = select.exists([id])?;
            match self.fixed.positions.get(id) {
                Some(position) => live.put(position, is_there),
                None if is_there => arrived.push(id),
                None => {}
            }
        }
        let next = Self::new(Arc::clone(&self.fixed), live);
        if arrived.is_empty() {
            return Ok(next);
        }
        let rows = self.fixed.rows.with(connection, source, &arrived)?;
        Ok(next.rearranged(Fixed::new(rows, source)))
    }

    /// These rows among those of `fixed`: what is known of them is taken over.
    fn rearranged(&self, mut fixed: Fixed) -> Self {
        fixed.thumbnails = Arc::clone(&self.fixed.thumbnails);
        let mut live = Bits::none(fixed.rows.entries.len());
        let before = |entry: &Entry| self.fixed.positions.get(i64::from(entry.id));
        let before: Vec<Option<usize>> = fixed.rows.entries.iter().map(before).collect();
        for (position, before) in before.iter().enumerate() {
            live.put(position, before.is_none_or(|before| self.live.has(before)));
        }
        let moved = before.into_iter().enumerate();
        let moved = moved.filter_map(|(position, before)| Some((before?, position)));
        let moved: Vec<(usize, usize)> = moved.collect();
        let length = fixed.rows.entries.len();
        let packed = &self.fixed.packed;
        fixed
            .packed
            .take_over(packed, length, moved.iter().copied());
        fixed
            .fragments
            .take_over(&self.fixed.fragments, moved.into_iter());
        Self::new(Arc::new(fixed), live)
    }

    /// The rows with range `number` in a column.
    pub(in crate::apps::isuumo) fn in_range(&self, column: usize, number: usize) -> Set<'_> {
        self.fixed.ranges[column]
            .get(number)
            .map_or(Set::Empty, Set::Kept)
    }

    /// The rows with this text in a column, in any case of ASCII letters and with any number of spaces behind it;
    /// `text` has none.
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

    /// The same in another order than that of the positions, which was kept before.
    pub(in crate::apps::isuumo) fn search_in(
        &self,
        order: Option<PriceOrder>,
        sets: &[Set<'_>],
        offset: usize,
        limit: usize,
    ) -> (usize, Vec<usize>) {
        let order = order.and_then(|order| self.fixed.scans.order(order));
        let bits: Option<Vec<&Bits>> = sets.iter().map(Set::bits).collect();
        let (Some(order), Some(bits)) = (order, bits) else {
            return self.search(sets, offset, limit);
        };
        let found = self.live.intersection(&bits);
        let (count, _) = found.common(&[], 0, 0);
        let positions = order.iter().map(|&position| position as usize);
        let positions = positions.filter(|&position| found.has(position));
        (count, positions.skip(offset).take(limit).collect())
    }

    /// The rows that a scan of the file found under this name, if they are kept.
    pub(in crate::apps::isuumo) fn scanned(&self, name: &str) -> Option<Arc<Bits>> {
        self.fixed.scans.set(name)
    }

    /// Keeps what a scan found. Rows that arrived since are not in this list.
    pub(in crate::apps::isuumo) fn keep_scanned(&self, name: &str, ids: &[i64]) -> Arc<Bits> {
        let mut set = Bits::none(self.fixed.rows.entries.len());
        for position in self.positions(ids) {
            set.put(position, true);
        }
        let set = Arc::new(set);
        self.fixed.scans.keep(name, &set);
        set
    }

    /// Whether the rows are known in this order.
    pub(in crate::apps::isuumo) fn has_order(&self, order: PriceOrder) -> bool {
        self.fixed.scans.order(order).is_some()
    }

    /// Keeps all rows in an order.
    pub(in crate::apps::isuumo) fn keep_order(&self, order: PriceOrder, ids: &[i64]) {
        let positions = self.positions(ids);
        let positions = positions.map(|position| u32::try_from(position).unwrap_or(u32::MAX));
        self.fixed.scans.keep_order(order, positions.collect());
    }

    /// Whether a row has a picture of this name; `read` gives the names of all, if they are not known, and
    /// `revision` that of the store.
    pub(in crate::apps::isuumo) async fn has_picture<E>(
        &self,
        name: &str,
        revision: impl Fn() -> Option<Revision>,
        read: impl AsyncFnOnce() -> Result<PictureNames, E>,
    ) -> Result<bool, E> {
        self.fixed.thumbnails.has(name, revision, read).await
    }

    fn positions<'s>(&'s self, ids: &'s [i64]) -> impl Iterator<Item = usize> + 's {
        ids.iter().filter_map(|&id| self.fixed.positions.get(id))
    }

    /// How many rows are live.
    pub(in crate::apps::isuumo) fn count(&self) -> usize {
        self.live.common(&[], 0, 0).0
    }

    /// Writes rows as JSON with commas between them, from the file what is not kept.
    pub(in crate::apps::isuumo) fn write(
        &self,
        generation: &Generation,
        kind: RowFormat,
        positions: &[usize],
        out: &mut Vec<u8>,
    ) -> Result<(), HttpError> {
        self.write_asked(generation, kind, positions, Rendering::OnPage, out)
    }

    fn write_asked(
        &self,
        generation: &Generation,
        kind: RowFormat,
        positions: &[usize],
        asked: Rendering,
        out: &mut Vec<u8>,
    ) -> Result<(), HttpError> {
        let fragments = &self.fixed.fragments;
        let comma = |out: &mut Vec<u8>, index: usize| {
            if index > 0 {
                out.push(b',');
            }
        };
        let kept = positions.iter().map(|&position| fragments.get(position));
        if let Some(kept) = kept.collect::<Option<Vec<_>>>() {
            let length: usize = kept.iter().map(|json| json.len() + 1).sum();
            out.reserve(length + ROOM);
            for (index, json) in kept.into_iter().enumerate() {
                comma(out, index);
                out.extend_from_slice(json);
            }
            return Ok(());
        }
        out.reserve(positions.len() * USUAL_LENGTH + ROOM);
        generation.read(|connection| {
            let mut select = connection.prepare_cached(kind.select)?;
            for (index, &position) in positions.iter().enumerate() {
                comma(out, index);
                match fragments.get(position) {
                    Some(json) => out.extend_from_slice(json),
                    None => {
                        let start = out.len();
                        listing::write_row(&mut select, kind, self.fixed.id(position), out)?;
                        fragments.keep(position, &out[start..], asked);
                    }
                }
            }
            Ok(())
        })
    }

    /// Whether there is enough to learn from for [`Shelf::gzip`], and nobody does or has.
    pub(super) fn begin_to_learn(&self) -> bool {
        self.fixed.fragments.bytes_of_pages() >= LEARNED_FROM && self.fixed.packed.begin()
    }

    /// Learns what rows have in common, in some milliseconds.
    pub(super) fn learn(&self) {
        let Fixed {
            fragments, packed, ..
        } = &*self.fixed;
        packed.learn(fragments.kept(), self.fixed.rows.entries.len());
    }

    /// Whoever began has learned, or given up.
    pub(super) fn end_learning(&self) {
        self.fixed.packed.end();
    }

    /// A page with the rows at `positions` from `start` on as gzip, if enough is known of them.
    pub(super) fn gzip(
        &self,
        page: &[u8],
        start: usize,
        positions: &[usize],
    ) -> Option<PackedPage> {
        let Fixed {
            fragments, packed, ..
        } = &*self.fixed;
        packed.gzip(page, start, positions, |position| fragments.get(position))
    }

    /// The row with this id as JSON, if it is in the list.
    pub(in crate::apps::isuumo) fn one(
        &self,
        generation: &Generation,
        kind: RowFormat,
        id: i64,
    ) -> Result<Option<Vec<u8>>, HttpError> {
        let position = self.fixed.positions.get(id);
        let Some(position) = position.filter(|&position| self.live.has(position)) else {
            return Ok(None);
        };
        let mut row = Vec::new();
        self.write_asked(generation, kind, &[position], Rendering::Alone, &mut row)?;
        Ok(Some(row))
    }

    #[cfg(test)]
    pub(in crate::apps::isuumo) fn id(&self, position: usize) -> i64 {
        self.fixed.id(position)
    }

    /// Where the rows are, if the list has places.
    pub(in crate::apps::isuumo) fn places(&self) -> &Places {
        &self.fixed.rows.places
    }

    /// The rows' places as a tree; made when it is first asked for, some milliseconds.
    pub(in crate::apps::isuumo) fn tree(&self) -> &PointTree {
        self.fixed.tree.get_or_init(|| {
            let places = self.fixed.rows.places.locations();
            PointTree::new(
                places.map(|(latitude, longitude)| GeoPoint::rounded(latitude, longitude)),
            )
        })
    }
}

/// A set of rows.
pub(in crate::apps::isuumo) enum Set<'s> {
    Empty,
    Kept(&'s Bits),
    Shared(Arc<Bits>),
    Made(Bits),
}

impl Set<'_> {
    /// The rows that are in any of `sets`.
    pub(in crate::apps::isuumo) fn any_of(sets: impl Iterator<Item = Self>) -> Self {
        sets.reduce(|all, more| match (all.bits(), more.bits()) {
            (_, None) => all,
            (None, _) => more,
            (Some(all), Some(more)) => {
                let mut all = all.clone();
                all.add_all(more);
                Self::Made(all)
            }
        })
        .unwrap_or(Self::Empty)
    }

    fn bits(&self) -> Option<&Bits> {
        match self {
            Self::Empty => None,
            Self::Kept(bits) => Some(bits),
            Self::Shared(bits) => Some(bits),
            Self::Made(bits) => Some(bits),
        }
    }
}

impl Fixed {
    fn new(rows: Rows, source: &ListQueries) -> Self {
        let length = rows.entries.len();
        let mut ranges: Vec<Vec<Bits>> = vec![Vec::new(); source.ranges];
        let none = |texts: &Distinct| vec![Bits::none(length); texts.texts.len()];
        let mut of_texts: Vec<Vec<Bits>> = rows.texts.iter().take(source.texts).map(none).collect();
        for (position, entry) in rows.entries.iter().enumerate() {
            for (sets, number) in ranges.iter_mut().zip(entry.ranges) {
                let number = usize::from(number);
                if sets.len() <= number {
                    sets.resize(number + 1, Bits::none(length));
                }
                sets[number].put(position, true);
            }
            for (sets, number) in of_texts.iter_mut().zip(entry.texts) {
                sets[number as usize].put(position, true);
            }
        }
        let texts = of_texts.into_iter().zip(&rows.texts).map(|(sets, texts)| {
            let mut by_text: HashMap<String, Bits> = HashMap::new();
            for (set, text) in sets.into_iter().zip(&texts.texts) {
                let same = by_text.entry(text.trim_end_matches(' ').to_ascii_lowercase());
                same.or_insert_with(|| Bits::none(length)).add_all(&set);
            }
            by_text
        });
        Self {
            positions: Positions::of(&rows.entries.iter().map(|entry| entry.id)),
            ranges,
            texts: texts.collect(),
            features: feature_sets(&rows),
            fragments: Fragments::new(length),
            packed: PackedRows::default(),
            tree: OnceLock::new(),
            scans: Scans::default(),
            thumbnails: Arc::default(),
            rows,
        }
    }

    fn id(&self, position: usize) -> i64 {
        i64::from(self.rows.entries[position].id)
    }
}

/// The rows of each feature; nothing when there are too many.
fn feature_sets(rows: &Rows) -> Option<Vec<(String, Bits)>> {
    let names = &rows.features.texts;
    if names.len() > MOST_FEATURES {
        return None;
    }
    let mut sets = vec![Bits::none(rows.entries.len()); names.len()];
    for (position, entry) in rows.entries.iter().enumerate() {
        for &name in rows.features_of(entry) {
            sets[name as usize].put(position, true);
        }
    }
    Some(names.iter().cloned().zip(sets).collect())
}
