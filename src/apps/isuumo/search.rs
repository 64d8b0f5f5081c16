//! `GET /api/chair/search` and `GET /api/estate/search`.
//!
//! Parameters are checked in the order of the original and become conditions on derived columns, so
//! that a covering index finds, counts and orders the matches. `features` matches substrings of the
//! whole column, as the original's LIKE does: 高さ調節可能 also finds アーム高さ調節可能.

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use serde::Serialize;

use super::chair::Chair;
use super::conditions::Ranges;
use super::estate::Estate;
use super::query::Query;
use super::{Result, Settings, Shared, bad_request, listing};
use crate::http::HttpError;

/// Bytes of a `features` parameter at most; SQLite refuses far longer patterns with an error that is
/// not the client's to read.
const LONGEST_FEATURES: usize = 4_096;

/// Where a search looks.
#[derive(Debug, Clone, Copy)]
struct Place {
    table: &'static str,
    /// The index for searches that no equality can lead, in the order of the page. SQLite would
    /// rather scan the table to count, which is no wider but holds no order.
    by_popularity: &'static str,
}

const CHAIRS: Place = Place {
    table: "chair_search",
    by_popularity: "chair_by_popularity",
};
const ESTATES: Place = Place {
    table: "estate_search",
    by_popularity: "estate_by_popularity",
};

/// The user's conditions as SQL terms with their values.
#[derive(Debug, Clone, Default)]
struct Conditions {
    terms: Vec<String>,
    values: Vec<Value>,
    /// One of the terms is an equality, which an index can start with.
    has_equality: bool,
}

impl Conditions {
    /// `name` is the number of a range: 400 when there is no such range.
    fn range(&mut self, query: &Query, name: &str, column: &str, ranges: &Ranges) -> Result<()> {
        let Some(text) = query.text(name) else {
            return Ok(());
        };
        let number: i64 = text.parse().map_err(|_| bad_request())?;
        let index = usize::try_from(number).map_err(|_| bad_request())?;
        let range = ranges.ranges.get(index).ok_or_else(bad_request)?;
        if !range.is_everything() {
            self.equals(column, Value::Integer(number));
        }
        Ok(())
    }

    fn equals(&mut self, column: &str, value: Value) {
        self.terms.push(format!("{column} = ?"));
        self.values.push(value);
        self.has_equality = true;
    }

    fn text(&mut self, query: &Query, name: &str) {
        if let Some(text) = query.text(name) {
            self.equals(name, Value::Text(text.to_owned()));
        }
    }

    fn features(&mut self, query: &Query, settings: &Settings) -> Result<()> {
        let Some(features) = query.text("features") else {
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
        for element in elements {
            // LIKE with the wildcards and the escape that MySQL's has.
            self.terms.push("features LIKE ? ESCAPE '\\'".to_owned());
            self.values.push(Value::Text(format!("%{element}%")));
        }
        Ok(())
    }
}

/// A checked request.
#[derive(Debug, Clone)]
struct Search {
    place: Place,
    conditions: Conditions,
    limit: i64,
    offset: i64,
}

impl Search {
    /// Adds the page to the conditions, in the original's order: conditions, `page`, `perPage`.
    fn new(
        place: Place,
        conditions: Conditions,
        query: &Query,
        settings: &Settings,
    ) -> Result<Self> {
        if conditions.terms.is_empty() {
            return Err(bad_request());
        }
        let page = query.required_integer("page")?;
        let limit = query.required_integer("perPage")?;
        if page < 0 || limit < 0 {
            // These pass the original's checks and then fail in its database. SQLite would take a
            // negative LIMIT for no limit.
            return Err(HttpError::bare(StatusCode::INTERNAL_SERVER_ERROR));
        }
        if limit > settings.max_per_page {
            let detail = format!("perPage is more than {}.", settings.max_per_page);
            return Err(HttpError::problem(StatusCode::BAD_REQUEST, detail));
        }
        Ok(Self {
            place,
            conditions,
            limit,
            offset: page.saturating_mul(limit),
        })
    }

    fn filter(&self) -> String {
        let Place {
            table,
            by_popularity,
        } = self.place;
        let terms = self.conditions.terms.join(" AND ");
        if self.conditions.has_equality {
            format!("FROM {table} WHERE {terms}")
        } else {
            format!("FROM {table} INDEXED BY {by_popularity} WHERE {terms}")
        }
    }

    fn count_sql(&self) -> String {
        format!("SELECT count(*) {}", self.filter())
    }

    fn ids_sql(&self) -> String {
        format!(
            "SELECT id {} ORDER BY popularity DESC, id LIMIT ? OFFSET ?",
            self.filter()
        )
    }

    fn count(&self, connection: &Connection) -> rusqlite::Result<i64> {
        let values = params_from_iter(&self.conditions.values);
        connection
            .prepare_cached(&self.count_sql())?
            .query_row(values, |row| row.get(0))
    }

    fn page<T>(
        &self,
        connection: &Connection,
        row_sql: &str,
        from_row: fn(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<Vec<T>> {
        let page = [Value::Integer(self.limit), Value::Integer(self.offset)];
        let values = params_from_iter(self.conditions.values.iter().chain(&page));
        listing::page(connection, &self.ids_sql(), values, row_sql, from_row)
    }
}

#[derive(Debug, Serialize)]
pub(super) struct FoundChairs {
    count: i64,
    chairs: Vec<Chair>,
}

#[derive(Debug, Serialize)]
pub(super) struct FoundEstates {
    count: i64,
    estates: Vec<Estate>,
}

pub(super) async fn chairs(
    State(isu): State<Shared>,
    RawQuery(query): RawQuery,
) -> Result<Json<FoundChairs>> {
    let query = Query::parse(query.as_deref());
    let known = &isu.conditions.chair;
    let mut conditions = Conditions::default();
    conditions.range(&query, "priceRangeId", "price_range", &known.price)?;
    conditions.range(&query, "heightRangeId", "height_range", &known.height)?;
    conditions.range(&query, "widthRangeId", "width_range", &known.width)?;
    conditions.range(&query, "depthRangeId", "depth_range", &known.depth)?;
    conditions.text(&query, "kind");
    conditions.text(&query, "color");
    conditions.features(&query, &isu.settings)?;
    let search = Search::new(CHAIRS, conditions, &query, &isu.settings)?;
    let work = move |connection: &Connection| {
        let count = search.count(connection)?;
        let chairs = search.page(connection, Chair::SELECT, Chair::from_row)?;
        Ok::<_, HttpError>(Json(FoundChairs { count, chairs }))
    };
    isu.store.read_offloaded(work).await
}

pub(super) async fn estates(
    State(isu): State<Shared>,
    RawQuery(query): RawQuery,
) -> Result<Json<FoundEstates>> {
    let query = Query::parse(query.as_deref());
    let known = &isu.conditions.estate;
    let mut conditions = Conditions::default();
    conditions.range(
        &query,
        "doorHeightRangeId",
        "door_height_range",
        &known.door_height,
    )?;
    conditions.range(
        &query,
        "doorWidthRangeId",
        "door_width_range",
        &known.door_width,
    )?;
    conditions.range(&query, "rentRangeId", "rent_range", &known.rent)?;
    conditions.features(&query, &isu.settings)?;
    let search = Search::new(ESTATES, conditions, &query, &isu.settings)?;
    let work = move |connection: &Connection| {
        let count = search.count(connection)?;
        let estates = search.page(connection, Estate::SELECT, Estate::from_row)?;
        Ok::<_, HttpError>(Json(FoundEstates { count, estates }))
    };
    isu.store.read_offloaded(work).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apps::isuumo::{low_priced, nazotte, recommended};
    use crate::apps::{self, App as _};
    use crate::bake::{Recipe, Silent, bake};
    use crate::config::Config;

    /// The built-in dataset, baked: plans depend on its statistics.
    fn baked() -> (tempfile::TempDir, Connection) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("isuumo.sqlite");
        let app = super::super::Isuumo;
        let dataset = apps::built_in_dataset(&app);
        let recipe = Recipe {
            app: app.name(),
            schema: &apps::schema(&app, &Config::default()).unwrap(),
            dataset: &dataset,
            documents: app.documents(),
            default_documents: &dataset,
            bake_time: "2026-01-01T00:00:00Z",
        };
        bake(&recipe, &path, &mut Silent).unwrap();
        let connection = Connection::open(&path).unwrap();
        (folder, connection)
    }

    /// Every set of conditions that a request can have, with up to two features.
    fn searches(place: Place, columns: &[&str]) -> Vec<Search> {
        let mut searches = Vec::new();
        for set in 0..1_usize << columns.len() {
            for features in 0..=2 {
                let chosen = columns
                    .iter()
                    .enumerate()
                    .filter(|(bit, _)| set >> bit & 1 == 1);
                let mut terms: Vec<_> = chosen.map(|(_, column)| format!("{column} = ?")).collect();
                terms.extend((0..features).map(|_| "features LIKE ? ESCAPE '\\'".to_owned()));
                if !terms.is_empty() {
                    let values = Vec::new();
                    let conditions = Conditions {
                        terms,
                        values,
                        has_equality: set != 0,
                    };
                    searches.push(Search {
                        place,
                        conditions,
                        limit: 25,
                        offset: 0,
                    });
                }
            }
        }
        searches
    }

    #[test]
    fn every_list_is_answered_from_a_covering_index_without_sorting() {
        let (_folder, connection) = baked();
        let chairs = [
            "price_range",
            "height_range",
            "width_range",
            "depth_range",
            "kind",
            "color",
        ];
        let estates = ["door_height_range", "door_width_range", "rent_range"];
        let all = [searches(CHAIRS, &chairs), searches(ESTATES, &estates)].concat();
        assert_eq!(all.len(), 64 * 3 - 1 + 8 * 3 - 1);
        for search in &all {
            listing::assert_covered(&connection, &search.count_sql());
            listing::assert_covered(&connection, &search.ids_sql());
        }
        for sql in [
            low_priced::CHAIR_IDS,
            low_priced::ESTATE_IDS,
            recommended::ESTATE_IDS,
            nazotte::CANDIDATES,
            Chair::SELECT,
            Estate::SELECT,
        ] {
            listing::assert_covered(&connection, sql);
        }
    }

    #[test]
    fn the_most_selective_condition_leads() {
        let (_folder, connection) = baked();
        let plan = |terms: &str| {
            let sql = format!("SELECT count(*) FROM chair_search WHERE {terms}");
            listing::plan(&connection, &sql).join("\n")
        };
        assert!(plan("kind = ? AND color = ? AND price_range = ?").contains("chair_by_color"));
        assert!(plan("height_range = ? AND price_range = ?").contains("chair_by_price_range"));
    }
}
