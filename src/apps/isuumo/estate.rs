//! The estate as the API shows it, and `GET /healthcheck`.

use axum::Json;
use axum::extract::State;
use rusqlite::{OptionalExtension as _, Row};
use serde::Serialize;

use super::answer::{Kind, Object, key};
use super::{Result, Shared};
use crate::http::HttpError;

/// An estate by id.
pub(super) const KIND: Kind = Kind {
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

/// The answer of `/healthcheck`; the key is the original's.
#[derive(Debug, Serialize)]
pub(super) struct HealthCheck {
    healck: &'static str,
}

/// Reads one estate, as the original's probe does; an empty table is healthy.
pub(super) async fn health_check(State(isu): State<Shared>) -> Result<Json<HealthCheck>> {
    isu.store.read(|connection| {
        let mut select = connection.prepare_cached("SELECT id FROM estate LIMIT 1")?;
        select
            .query_row([], |row| row.get::<_, i64>(0))
            .optional()?;
        Ok::<_, HttpError>(Json(HealthCheck { healck: "ok" }))
    })
}
