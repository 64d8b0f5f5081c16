//! What a search asks for: parameters, checked in the order of the original, become conditions, and each
//! condition a set of rows of the catalogue, or a term of SQL where only SQLite can tell (patterns with
//! wildcards in `features`).
//!
//! `features` matches substrings of the whole column, as the original's LIKE does: 高さ調節可能 also finds
//! アーム高さ調節可能. Which page of what is found is shown, and in which order, this file must not know.

use std::sync::Arc;

use axum::http::StatusCode;
use rusqlite::types::Value;

use super::catalogue::{CHAIR_TABLE, Catalogue, ESTATE_TABLE, Set, Shelf};
use super::conditions::Ranges;
use super::query::Query;
use super::{IsuumoSettings, Result, bad_request, chair, estate};
use crate::apps::answer::RowFormat;
use crate::http::HttpError;

/// Bytes of a `features` parameter at most; SQLite refuses far longer patterns with an error that is
/// not the client's to read.
pub(super) const LONGEST_FEATURES: usize = 4_096;

/// Where a search looks.
pub(super) struct SearchTarget {
    pub(super) kind: RowFormat,
    /// The name of the list in the answer.
    pub(super) name: &'static str,
    pub(super) shelf: fn(&Catalogue) -> &Arc<Shelf>,
    /// Columns of conditions, in the order of the catalogue.
    pub(super) ranges: &'static [&'static str],
    pub(super) texts: &'static [&'static str],
    pub(super) table: &'static str,
    /// The table and its covering index in the order of the page.
    pub(super) from: &'static str,
    /// Every row: its id, and the texts in which words are looked for.
    pub(super) all_texts: &'static str,
    /// All ids, the cheapest first and the dearest first.
    pub(super) by_price: [&'static str; 2],
}

pub(super) static CHAIRS: SearchTarget = SearchTarget {
    kind: chair::KIND,
    name: "chairs",
    shelf: |catalogue| &catalogue.chairs,
    ranges: &["price_range", "height_range", "width_range", "depth_range"],
    texts: &["kind", "color"],
    table: CHAIR_TABLE,
    from: "chair_search INDEXED BY chair_by_popularity",
    all_texts: "SELECT id, name, description, kind, color, features FROM chair",
    by_price: [
        "SELECT id FROM chair ORDER BY price, id",
        "SELECT id FROM chair ORDER BY price DESC, id",
    ],
};
pub(super) static ESTATES: SearchTarget = SearchTarget {
    kind: estate::KIND,
    name: "estates",
    shelf: |catalogue| &catalogue.estates,
    ranges: &["door_height_range", "door_width_range", "rent_range"],
    texts: &[],
    table: ESTATE_TABLE,
    from: "estate_search INDEXED BY estate_by_popularity",
    all_texts: "SELECT id, name, description, address, features FROM estate",
    by_price: [
        "SELECT id FROM estate ORDER BY rent, id",
        "SELECT id FROM estate ORDER BY rent DESC, id",
    ],
};

/// One condition of the user; columns are indexes of those in [`SearchTarget`].
#[derive(Debug, Clone)]
pub(super) enum SearchCondition {
    Range { column: usize, number: usize },
    Text { column: usize, text: String },
    Feature(String),
}

impl SearchCondition {
    /// The rows that meet it; `None` where only SQLite can tell.
    pub(super) fn set<'s>(&self, shelf: &'s Shelf) -> Option<Set<'s>> {
        match self {
            Self::Range { column, number } => Some(shelf.in_range(*column, *number)),
            Self::Text { column, text } => Some(shelf.with_text(*column, text)),
            Self::Feature(part) => shelf.with_feature(part),
        }
    }

    pub(super) fn term(&self, place: &SearchTarget) -> String {
        match self {
            Self::Range { column, .. } => format!("{} = ?", place.ranges[*column]),
            Self::Text { column, .. } => {
                format!("rtrim({}, ' ') = ? COLLATE NOCASE", place.texts[*column])
            }
            // LIKE with the wildcards and the escape that MySQL's has.
            Self::Feature(_) => "features LIKE ? ESCAPE '\\'".to_owned(),
        }
    }

    pub(super) fn value(&self) -> Value {
        match self {
            Self::Range { number, .. } => Value::Integer(i64::try_from(*number).unwrap_or(-1)),
            Self::Text { text, .. } => Value::Text(text.clone()),
            Self::Feature(part) => Value::Text(format!("%{part}%")),
        }
    }
}

/// The conditions of a request, checked one after the other.
struct Checked<'q> {
    query: &'q Query<'q>,
    conditions: Vec<SearchCondition>,
}

impl<'q> Checked<'q> {
    fn new(query: &'q Query<'q>) -> Self {
        let conditions = Vec::new();
        Self { query, conditions }
    }

    /// `name` is the number of a range: 400 when there is no such range.
    fn range(&mut self, column: usize, name: &str, ranges: &Ranges) -> Result<()> {
        let Some(text) = self.query.text(name) else {
            return Ok(());
        };
        let number: i64 = text.parse().map_err(|_| bad_request())?;
        let number = usize::try_from(number).map_err(|_| bad_request())?;
        let range = ranges.ranges.get(number).ok_or_else(bad_request)?;
        if !range.is_everything() {
            self.conditions
                .push(SearchCondition::Range { column, number });
        }
        Ok(())
    }

    fn text(&mut self, column: usize, name: &str) {
        if let Some(text) = self.query.text(name) {
            // MySQL's comparison fills the shorter text up with spaces.
            let text = text.trim_end_matches(' ').to_owned();
            self.conditions.push(SearchCondition::Text { column, text });
        }
    }

    fn features(&mut self, settings: &IsuumoSettings) -> Result<()> {
        let Some(features) = self.query.text("features") else {
            return Ok(());
        };
        let elements: Vec<_> = features.split(',').collect();
        if elements.len() > settings.max_features || features.len() > LONGEST_FEATURES {
            let detail = format!(
                "features has more than {} elements or {LONGEST_FEATURES} bytes.",
                settings.max_features
            );
            return Err(HttpError::problem(StatusCode::BAD_REQUEST, detail));
        }
        let features = elements.into_iter().map(str::to_owned);
        self.conditions
            .extend(features.map(SearchCondition::Feature));
        Ok(())
    }
}

/// The conditions of a search for chairs.
pub(super) fn of_chairs(
    catalogue: &Catalogue,
    query: &Query,
    settings: &IsuumoSettings,
) -> Result<Vec<SearchCondition>> {
    let known = &catalogue.conditions.chair;
    let mut checked = Checked::new(query);
    checked.range(0, "priceRangeId", &known.price)?;
    checked.range(1, "heightRangeId", &known.height)?;
    checked.range(2, "widthRangeId", &known.width)?;
    checked.range(3, "depthRangeId", &known.depth)?;
    checked.text(0, "kind");
    checked.text(1, "color");
    checked.features(settings)?;
    Ok(checked.conditions)
}

/// The conditions of a search for estates.
pub(super) fn of_estates(
    catalogue: &Catalogue,
    query: &Query,
    settings: &IsuumoSettings,
) -> Result<Vec<SearchCondition>> {
    let known = &catalogue.conditions.estate;
    let mut checked = Checked::new(query);
    checked.range(0, "doorHeightRangeId", &known.door_height)?;
    checked.range(1, "doorWidthRangeId", &known.door_width)?;
    checked.range(2, "rentRangeId", &known.rent)?;
    checked.features(settings)?;
    Ok(checked.conditions)
}
