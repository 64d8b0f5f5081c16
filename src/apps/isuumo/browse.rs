//! The lists of the pages: what a search finds, narrowed by words and in the order that is asked for.
//!
//! The API's contract knows neither words nor orders, so this is beside it (`search`), over the same
//! conditions and sets. The rows with a word, and the order by price, are found by going once through the
//! list in the file, among the long reads of the store (`Store::read_offloaded_in`: so many at once, so many
//! waiting, so long), and are sets and orders of the catalogue from then on: the next page, another condition
//! and another order cost microseconds. An index of words would not do: texts are Japanese, without spaces,
//! and people look for parts of two characters, where FTS5's trigrams take three; it would also double the
//! file. It must not know how pages look.

use std::sync::Arc;

use memchr::memmem::Finder;
use rusqlite::Connection;
use rusqlite::types::ValueRef;

use super::catalogue::{Catalogue, NamedSets, PriceOrder, Set, Shelf};
use super::criteria::{SearchCondition, SearchTarget};
use super::{Isu, Result};
use crate::apps::listing;
use crate::store::Generation;

/// Words that are looked for at once. Each is compared with every row.
pub(super) const MOST_WORDS: usize = 8;

/// Characters of all words together.
pub(super) const LONGEST_WORDS: usize = 100;

/// A word: what a row must hold, or any of what else it is called. In lower case, as far as ASCII.
pub(super) type Word = Vec<String>;

/// What is asked for.
#[derive(Debug, Clone)]
pub(super) struct BrowseRequest {
    pub(super) conditions: Vec<SearchCondition>,
    /// All of which a row must hold.
    pub(super) words: Vec<Word>,
    /// By popularity without one.
    pub(super) order: Option<PriceOrder>,
    pub(super) offset: usize,
    pub(super) limit: usize,
}

/// What is not in memory yet.
#[derive(Debug, Default)]
struct Missing {
    /// Parts of texts.
    parts: Vec<String>,
    /// Conditions that only SQLite can tell.
    patterns: Vec<SearchCondition>,
    order: Option<PriceOrder>,
}

/// What a scan found, by ids.
#[derive(Debug, Default)]
struct Scanned {
    sets: Vec<(String, Vec<i64>)>,
    order: Option<(PriceOrder, Vec<i64>)>,
}

/// The words of a text; `None` when they are too many, or too long together.
pub(super) fn words(text: &str) -> Option<Vec<String>> {
    let mut words: Vec<String> = text
        .split_whitespace()
        .map(str::to_ascii_lowercase)
        .collect();
    words.sort_unstable();
    words.dedup();
    let is_short = text.chars().count() <= LONGEST_WORDS;
    (is_short && words.len() <= MOST_WORDS).then_some(words)
}

/// The list as the API would answer it. `catalogue` is that of `generation`, taken before.
pub(super) async fn find(
    isu: &Isu,
    generation: &Arc<Generation>,
    catalogue: &Catalogue,
    target: &'static SearchTarget,
    request: &BrowseRequest,
) -> Result<Vec<u8>> {
    let shelf = (target.shelf)(catalogue);
    // Held until they are used: the words of others may take their place meanwhile.
    let (mut held, missing) = request.known(shelf);
    if !missing.is_nothing() {
        let scan = move |connection: &Connection| missing.scan(connection, target);
        let generation = Arc::clone(generation);
        let scanned = isu.store.read_offloaded_in(generation, scan).await?;
        for (name, ids) in scanned.sets {
            let set = shelf.keep_scanned(&name, &ids);
            held.push((name, set));
        }
        if let Some((order, ids)) = scanned.order {
            shelf.keep_order(order, &ids);
        }
    }
    let set = |name: &str| {
        let found = held.iter().find(|(held, _)| held == name);
        found.map_or(Set::Empty, |(_, set)| Set::Shared(Arc::clone(set)))
    };
    let conditions = request.conditions.iter();
    let conditions = conditions.map(|condition| {
        let known = condition.set(shelf);
        known.unwrap_or_else(|| set(&pattern_name(condition)))
    });
    let words = request.words.iter();
    let words = words.map(|word| Set::any_of(word.iter().map(|part| set(part))));
    let sets: Vec<Set<'_>> = conditions.chain(words).collect();
    let (count, positions) = shelf.search_in(request.order, &sets, request.offset, request.limit);
    let mut body = format!("{{\"count\":{count},\"{}\":[", target.name).into_bytes();
    shelf.write(generation, target.kind, &positions, &mut body)?;
    body.extend_from_slice(b"]}");
    Ok(body)
}

impl BrowseRequest {
    /// The sets that are kept, and what is to be looked for.
    fn known(&self, shelf: &Shelf) -> (NamedSets, Missing) {
        let mut held = NamedSets::new();
        let mut missing = Missing {
            order: self.order.filter(|order| !shelf.has_order(*order)),
            ..Missing::default()
        };
        for part in self.words.iter().flatten() {
            match shelf.scanned(part) {
                Some(set) => held.push((part.clone(), set)),
                None => missing.parts.push(part.clone()),
            }
        }
        for condition in &self.conditions {
            if condition.set(shelf).is_some() {
                continue;
            }
            let name = pattern_name(condition);
            match shelf.scanned(&name) {
                Some(set) => held.push((name, set)),
                None => missing.patterns.push(condition.clone()),
            }
        }
        (held, missing)
    }
}

impl Missing {
    fn is_nothing(&self) -> bool {
        self.parts.is_empty() && self.patterns.is_empty() && self.order.is_none()
    }

    fn scan(self, connection: &Connection, target: &SearchTarget) -> Result<Scanned> {
        let mut sets = with_parts(connection, target, self.parts)?;
        for pattern in self.patterns {
            let sql = format!(
                "SELECT id FROM {} WHERE {}",
                target.from,
                pattern.term(target)
            );
            let ids = listing::ids(connection, &sql, [pattern.value()])?;
            sets.push((pattern_name(&pattern), ids));
        }
        let by_price = |order| {
            // Of the whole table: who is sold out here may be for sale in the state that is shown.
            let ids = listing::ids(connection, target.by_price[order as usize], []);
            ids.map(|ids| (order, ids))
        };
        let order = self.order.map(by_price).transpose()?;
        Ok(Scanned { sets, order })
    }
}

/// The rows that hold each of `parts` in one of their texts.
fn with_parts(
    connection: &Connection,
    target: &SearchTarget,
    parts: Vec<String>,
) -> rusqlite::Result<Vec<(String, Vec<i64>)>> {
    if parts.is_empty() {
        return Ok(Vec::new());
    }
    let finders: Vec<Finder<'_>> = parts
        .iter()
        .map(|part| Finder::new(part.as_str()))
        .collect();
    let mut ids = vec![Vec::new(); parts.len()];
    let mut select = connection.prepare_cached(target.all_texts)?;
    let columns = select.column_count();
    let mut rows = select.query([])?;
    let mut text = Vec::new();
    while let Some(row) = rows.next()? {
        text.clear();
        for column in 1..columns {
            if let ValueRef::Text(value) = row.get_ref(column)? {
                text.extend_from_slice(value);
                // No word has one, so none is found across two columns.
                text.push(b'\n');
            }
        }
        text.make_ascii_lowercase();
        for (finder, ids) in finders.iter().zip(&mut ids) {
            if finder.find(&text).is_some() {
                ids.push(row.get(0)?);
            }
        }
    }
    drop(finders);
    Ok(parts.into_iter().zip(ids).collect())
}

/// What the set of a condition is kept under: no word holds a space.
fn pattern_name(condition: &SearchCondition) -> String {
    match condition.value() {
        rusqlite::types::Value::Text(pattern) => format!("like {pattern}"),
        other => format!("like {other:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_between_spaces_of_any_width() {
        let owned = |words: &[&str]| Some(words.iter().map(|word| (*word).to_owned()).collect());
        assert_eq!(words(""), owned(&[]));
        assert_eq!(words("  ISU　椅子\tisu\n"), owned(&["isu", "椅子"]));
        assert_eq!(words(&"椅".repeat(LONGEST_WORDS + 1)), None);
        let many: Vec<String> = (0..=MOST_WORDS).map(|number| number.to_string()).collect();
        assert_eq!(words(&many.join(" ")), None);
        assert!(words(&many[1..].join(" ")).is_some());
    }
}
