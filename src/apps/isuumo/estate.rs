//! The estate as the API shows it, and `GET /healthcheck`.

use axum::Json;
use axum::extract::State;
use rusqlite::{OptionalExtension as _, Row};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{IsuumoState, Result};
use crate::apps::answer::{Object, RowFormat, key};
use crate::http::HttpError;

/// An estate by id.
pub(super) const KIND: RowFormat = RowFormat {
    select: "SELECT id, thumbnail, name, description, latitude, longitude, address, rent, \
        door_height, door_width, features FROM estate WHERE id = ?1",
    write,
};

/// Fields in the order of the answer. Popularity stays inside.
fn write(row: &Row<'_>, out: &mut Vec<u8>) -> rusqlite::Result<()> {
    Object::of(row, out)
        .integer(key!("id"))?
        .text(key!("thumbnail"))?
        .text(key!("name"))?
        .text(key!("description"))?
        .number(key!("latitude"))?
        .number(key!("longitude"))?
        .text(key!("address"))?
        .integer(key!("rent"))?
        .integer(key!("doorHeight"))?
        .integer(key!("doorWidth"))?
        .text(key!("features"))?
        .end();
    Ok(())
}

/// An estate. Without its popularity.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Estate {
    pub(super) id: i64,
    /// Path of a picture.
    #[schema(max_length = 128)]
    pub(super) thumbnail: String,
    #[schema(max_length = 64)]
    pub(super) name: String,
    #[schema(max_length = 4096)]
    pub(super) description: String,
    pub(super) latitude: f64,
    pub(super) longitude: f64,
    #[schema(max_length = 128)]
    pub(super) address: String,
    /// In yen a month.
    #[schema(value_type = i32)]
    pub(super) rent: i64,
    /// In centimetres, as is the width.
    #[schema(value_type = i32)]
    pub(super) door_height: i64,
    #[schema(value_type = i32)]
    pub(super) door_width: i64,
    /// Separated by commas; empty when there are none.
    #[schema(max_length = 64)]
    pub(super) features: String,
}

/// A page of estates.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what `search` writes")]
pub(super) struct EstatePage {
    /// How many estates meet the conditions, on all pages together.
    #[schema(minimum = 0)]
    count: i64,
    /// The most popular first, then by id.
    estates: Vec<Estate>,
}

/// The cheapest estates.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what `low_priced` writes")]
pub(super) struct EstateList {
    /// The cheapest first, then by id.
    #[schema(max_items = 20)]
    estates: Vec<Estate>,
}

/// The estates inside a polygon.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what `nazotte` writes")]
pub(super) struct EstatesInside {
    /// How many are in this answer.
    #[schema(minimum = 0, maximum = 50)]
    count: i64,
    /// The most popular first, then by id.
    #[schema(max_items = 50)]
    estates: Vec<Estate>,
}

/// The estates that a chair can be carried into.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what `recommended` writes")]
pub(super) struct RecommendedEstates {
    /// The most popular first, then by id; `null` when there is none.
    #[schema(required, max_items = 20)]
    estates: Option<Vec<Estate>>,
}

/// The answer of `/healthcheck`; the key is the original's.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct HealthCheck {
    healck: &'static str,
}

/// The original's probe
///
/// Reads one estate; an empty table is healthy.
#[utoipa::path(get, path = "/healthcheck", operation_id = "healthcheck", tag = "Operation",
    responses((status = 200, description = "The data can be read.", body = HealthCheck)))]
pub(super) async fn health_check(State(isu): State<IsuumoState>) -> Result<Json<HealthCheck>> {
    isu.store.read(|connection| {
        let mut select = connection.prepare_cached("SELECT id FROM estate LIMIT 1")?;
        select
            .query_row([], |row| row.get::<_, i64>(0))
            .optional()?;
        Ok::<_, HttpError>(Json(HealthCheck { healck: "ok" }))
    })
}
