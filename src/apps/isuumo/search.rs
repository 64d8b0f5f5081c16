//! `GET /api/chair/search` and `GET /api/estate/search`.
//!
//! What is asked for becomes conditions (`criteria`). The catalogue answers them with sets; what only SQLite
//! can tell goes to a covering index.

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use rusqlite::types::Value;
use rusqlite::{Connection, Params, params_from_iter};

use super::catalogue::{Catalogue, RowPage};
use super::criteria::{self, CHAIRS, ESTATES, SearchCondition, SearchTarget};
use super::query::Query;
use super::{IsuumoSettings, IsuumoState, Result, bad_request, chair, estate};
use crate::apps::listing;
use crate::http::{HttpError, PublicResponse, Reading};
use crate::store::{Generation, Unfinished};

/// A checked request.
#[derive(Clone)]
struct Search {
    place: &'static SearchTarget,
    conditions: Vec<SearchCondition>,
    limit: usize,
    offset: usize,
}

/// The page that is asked for, in the original's order: conditions, `page`, `perPage`.
fn page(
    place: &'static SearchTarget,
    conditions: Vec<SearchCondition>,
    query: &Query<'_>,
    settings: &IsuumoSettings,
) -> Result<Search> {
    if conditions.is_empty() {
        return Err(bad_request());
    }
    let page = query.required_integer("page")?;
    let limit = query.required_integer("perPage")?;
    let (Ok(first), Ok(size)) = (usize::try_from(page), usize::try_from(limit)) else {
        // These pass the original's checks and then fail in its database. SQLite would take a
        // negative LIMIT for no limit.
        return Err(HttpError::bare(StatusCode::INTERNAL_SERVER_ERROR));
    };
    if limit > settings.max_per_page {
        let detail = format!("perPage is more than {}.", settings.max_per_page);
        return Err(HttpError::problem(StatusCode::BAD_REQUEST, detail));
    }
    Ok(Search {
        place,
        conditions,
        limit: size,
        offset: first.saturating_mul(size),
    })
}

impl Search {
    /// The answer.
    async fn find(
        self,
        isu: &IsuumoState,
        generation: &Generation,
        catalogue: &Catalogue,
    ) -> Result<RowPage> {
        let shelf = (self.place.shelf)(catalogue);
        let sets = self.conditions.iter().map(|condition| condition.set(shelf));
        let Some(sets) = sets.collect::<Option<Vec<_>>>() else {
            let work = move |connection: &Connection| self.find_in_sqlite(connection);
            return isu.store.read_offloaded(work).await.map(RowPage::of);
        };
        let (count, positions) = shelf.search(&sets, self.offset, self.limit);
        let head = self.head(count);
        RowPage::write(generation, shelf, self.place.kind, positions, head)
    }

    fn find_in_sqlite(&self, connection: &Connection) -> Result<Vec<u8>> {
        let hidden = Unfinished::read(connection, self.place.table)?;
        let (count, ids) = if hidden.is_empty() {
            (self.count(connection)?, self.ids(connection)?)
        } else {
            self.ids_without(connection, &hidden)?
        };
        let mut body = self.head(count);
        listing::write_rows(connection, self.place.kind, &ids, &mut body)?;
        body.extend_from_slice(b"]}");
        Ok(body)
    }

    fn head(&self, count: usize) -> Vec<u8> {
        format!("{{\"count\":{count},\"{}\":[", self.place.name).into_bytes()
    }

    fn filter(&self) -> String {
        let terms = self.conditions.iter();
        let terms: Vec<String> = terms.map(|condition| condition.term(self.place)).collect();
        format!("FROM {} WHERE {}", self.place.from, terms.join(" AND "))
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

    fn count(&self, connection: &Connection) -> rusqlite::Result<usize> {
        let values = self.conditions.iter().map(SearchCondition::value);
        connection
            .prepare_cached(&self.count_sql())?
            .query_row(params_from_iter(values), |row| row.get(0))
    }

    fn ids(&self, connection: &Connection) -> rusqlite::Result<Vec<i64>> {
        let params = self.page_of(self.limit, self.offset);
        listing::ids(connection, &self.ids_sql(), params)
    }

    /// While an upload is under way, all are gone through: SQLite would count its rows.
    fn ids_without(
        &self,
        connection: &Connection,
        hidden: &Unfinished,
    ) -> rusqlite::Result<(usize, Vec<i64>)> {
        let params = self.page_of(usize::MAX, 0);
        let page = (self.offset, self.limit);
        listing::ids_without(
            connection,
            hidden,
            &self.ids_sql(),
            params,
            page,
            usize::MAX,
        )
    }

    /// The parameters of [`Search::ids_sql`].
    fn page_of(&self, limit: usize, offset: usize) -> impl Params {
        let number = |number: usize| Value::Integer(i64::try_from(number).unwrap_or(i64::MAX));
        let values = self.conditions.iter().map(SearchCondition::value);
        params_from_iter(values.chain([number(limit), number(offset)]))
    }
}

/// The parameters of a search for chairs, read by [`chairs`].
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what `chairs` reads")]
pub(super) struct ChairConditions {
    /// A range of `price` in the condition document
    #[param(minimum = 0, example = 1)]
    price_range_id: Option<i64>,
    /// A range of `height`
    #[param(minimum = 0)]
    height_range_id: Option<i64>,
    /// A range of `width`
    #[param(minimum = 0)]
    width_range_id: Option<i64>,
    /// A range of `depth`
    #[param(minimum = 0)]
    depth_range_id: Option<i64>,
    /// The kind
    #[param(example = "座椅子")]
    kind: Option<String>,
    /// The colour
    color: Option<String>,
    /// Separated by commas: each must be a part of the chair's features
    features: Option<String>,
    /// The page, from 0 on
    #[param(minimum = 0, example = 0)]
    page: i64,
    /// Chairs a page
    #[param(minimum = 0, example = 1)]
    per_page: i64,
}

/// The parameters of a search for estates, read by [`estates`].
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what `estates` reads")]
pub(super) struct EstateConditions {
    /// A range of `doorHeight` in the condition document
    #[param(minimum = 0, example = 1)]
    door_height_range_id: Option<i64>,
    /// A range of `doorWidth`
    #[param(minimum = 0)]
    door_width_range_id: Option<i64>,
    /// A range of `rent`
    #[param(minimum = 0)]
    rent_range_id: Option<i64>,
    /// Separated by commas: each must be a part of the estate's features
    features: Option<String>,
    /// The page, from 0 on
    #[param(minimum = 0, example = 0)]
    page: i64,
    /// Estates a page
    #[param(minimum = 0, example = 1)]
    per_page: i64,
}

/// Search for chairs
///
/// At least one condition is needed; chairs meet all of them and are not sold out. An empty parameter
/// is none.
#[utoipa::path(get, path = "/api/chair/search", operation_id = "search_chairs", tag = "Chairs",
    params(ChairConditions),
    responses(
        (status = 200, description = "The page.", body = chair::ChairPage,
            headers(("ETag" = String))),
        (status = 400, description = "There is no condition, no such range, or `page` or `perPage` is \
            no integer. Empty; with a problem document where a limit is exceeded."),
        (status = 500, description = "`page` or `perPage` is negative. Empty."),
    ))]
pub(super) async fn chairs(
    State(isu): State<IsuumoState>,
    RawQuery(query): RawQuery,
) -> Result<PublicResponse> {
    let query = Query::parse(query.as_deref());
    let reading = Reading::begin(&isu.store);
    let generation = isu.store.generation();
    let catalogue = Catalogue::of(&generation)?;
    let page = find_chairs(&isu, &generation, &catalogue, &query).await?;
    Ok(reading.answer(page.answer()))
}

/// The answer; `catalogue` is that of `generation`, taken before.
pub(super) async fn find_chairs(
    isu: &IsuumoState,
    generation: &Generation,
    catalogue: &Catalogue,
    query: &Query<'_>,
) -> Result<RowPage> {
    let conditions = criteria::of_chairs(catalogue, query, &isu.settings)?;
    let search = page(&CHAIRS, conditions, query, &isu.settings)?;
    search.find(isu, generation, catalogue).await
}

/// Search for estates
///
/// At least one condition is needed; estates meet all of them. An empty parameter is none.
#[utoipa::path(get, path = "/api/estate/search", operation_id = "search_estates", tag = "Estates",
    params(EstateConditions),
    responses(
        (status = 200, description = "The page.", body = estate::EstatePage,
            headers(("ETag" = String))),
        (status = 400, description = "There is no condition, no such range, or `page` or `perPage` is \
            no integer. Empty; with a problem document where a limit is exceeded."),
        (status = 500, description = "`page` or `perPage` is negative. Empty."),
    ))]
pub(super) async fn estates(
    State(isu): State<IsuumoState>,
    RawQuery(query): RawQuery,
) -> Result<PublicResponse> {
    let query = Query::parse(query.as_deref());
    let reading = Reading::begin(&isu.store);
    let generation = isu.store.generation();
    let catalogue = Catalogue::of(&generation)?;
    let page = find_estates(&isu, &generation, &catalogue, &query).await?;
    Ok(reading.answer(page.answer()))
}

/// The answer; `catalogue` is that of `generation`, taken before.
pub(super) async fn find_estates(
    isu: &IsuumoState,
    generation: &Generation,
    catalogue: &Catalogue,
    query: &Query<'_>,
) -> Result<RowPage> {
    let conditions = criteria::of_estates(catalogue, query, &isu.settings)?;
    let search = page(&ESTATES, conditions, query, &isu.settings)?;
    search.find(isu, generation, catalogue).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apps::isuumo::catalogue::Set;
    use crate::apps::isuumo::low_priced;
    use crate::apps::{self, AppData as _};
    use crate::bake::{Recipe, bake};
    use crate::config::Config;
    use crate::load::Silent;

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
            csv: app.csv_tables(),
            documents: app.documents(),
            default_documents: &dataset,
            bake_time: "2026-01-01T00:00:00Z",
        };
        bake(&recipe, &path, &mut Silent).unwrap();
        let connection = Connection::open(&path).unwrap();
        (folder, connection)
    }

    /// Every set of conditions that a request can have, with up to two features, and pages of them.
    fn searches(place: &'static SearchTarget, texts: &[&[&str]], features: &[&str]) -> Vec<Search> {
        let mut searches = Vec::new();
        let columns = place.ranges.len() + place.texts.len();
        for set in 0..1_usize << columns {
            for (turn, pair) in features.windows(2).enumerate() {
                let wanted = |column: &usize| set >> column & 1 == 1;
                let ranges = (0..place.ranges.len()).filter(wanted);
                let mut conditions: Vec<SearchCondition> = ranges
                    .map(|column| SearchCondition::Range {
                        column,
                        number: (set + turn + column) % 4,
                    })
                    .collect();
                for (column, values) in texts.iter().enumerate() {
                    if wanted(&(column + place.ranges.len())) {
                        let text = values[(set + turn) % values.len()].to_owned();
                        conditions.push(SearchCondition::Text { column, text });
                    }
                }
                let features = pair.iter().take(turn % 3);
                conditions
                    .extend(features.map(|part| SearchCondition::Feature((*part).to_owned())));
                if !conditions.is_empty() {
                    searches.push(Search {
                        place,
                        conditions,
                        limit: 25,
                        offset: turn % 2 * 25,
                    });
                }
            }
        }
        searches
    }

    fn all_searches() -> Vec<Search> {
        let texts: [&[&str]; 2] = [&["座椅子", "エルゴノミクス", "ない"], &["黒", "白", "RED"]];
        let chairs = [
            "調節",
            "",
            "ヘッドレスト付き",
            "付き",
            "none at all",
            "折りたたみ可",
        ];
        let estates = ["バス", "駐車場あり", "", "2階以上", "あり", "none at all"];
        [
            searches(&CHAIRS, &texts, &chairs),
            searches(&ESTATES, &[], &estates),
        ]
        .concat()
    }

    /// Says how SQLite would run `sql`, one line a step.
    fn plan(connection: &Connection, sql: &str) -> Vec<String> {
        let mut explain = connection
            .prepare(&format!("EXPLAIN QUERY PLAN {sql}"))
            .unwrap();
        // Parameters left unbound are NULL, which plans alike: no sampled statistics are kept.
        let mut rows = explain.raw_query();
        let mut lines = Vec::new();
        while let Some(row) = rows.next().unwrap() {
            lines.push(row.get::<_, String>(3).unwrap());
        }
        lines
    }

    /// Fails unless `sql` is answered from covering indexes (or by id), without sorting.
    #[track_caller]
    fn assert_covered(connection: &Connection, sql: &str) {
        let lines = plan(connection, sql);
        let covered = |line: &String| {
            line.contains("USING COVERING INDEX")
                || (line.starts_with("SEARCH") && line.contains("USING INTEGER PRIMARY KEY"))
        };
        assert!(
            !lines.is_empty() && lines.iter().all(covered),
            "{sql}\n{}",
            lines.join("\n")
        );
    }

    #[test]
    fn every_list_of_sqlite_is_answered_from_a_covering_index_without_sorting() {
        let (_folder, connection) = baked();
        for search in &all_searches() {
            assert_covered(&connection, &search.count_sql());
            assert_covered(&connection, &search.ids_sql());
        }
        for sql in [
            low_priced::CHAIR_IDS,
            low_priced::ESTATE_IDS,
            chair::KIND.select,
            estate::KIND.select,
        ] {
            assert_covered(&connection, sql);
        }
    }

    #[test]
    fn the_catalogue_finds_what_sqlite_finds() {
        let (_folder, connection) = baked();
        let catalogue = Catalogue::read(&connection).unwrap();
        let searches = all_searches();
        assert!(searches.len() > 300, "{}", searches.len());
        let mut found = 0;
        for search in &searches {
            let shelf = (search.place.shelf)(&catalogue);
            let sets = search
                .conditions
                .iter()
                .map(|condition| condition.set(shelf));
            let sets: Vec<Set<'_>> = sets.map(Option::unwrap).collect();
            let (count, positions) = shelf.search(&sets, search.offset, search.limit);
            assert_eq!(
                count,
                search.count(&connection).unwrap(),
                "{:?}",
                search.conditions
            );
            let ids: Vec<i64> = positions
                .iter()
                .map(|&position| shelf.id(position))
                .collect();
            assert_eq!(
                ids,
                search.ids(&connection).unwrap(),
                "{:?}",
                search.conditions
            );
            found += usize::from(count > 0);
        }
        assert!(found > 200, "{found}");
    }
}
