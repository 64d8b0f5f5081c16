//! The estate as the API shows it, `GET /api/estate/{id}` and `GET /healthcheck`.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use rusqlite::{Connection, OptionalExtension as _, Row};
use serde::Serialize;

use super::{Result, Shared, path_id};
use crate::http::HttpError;

/// An estate; fields in the order of the answer. Popularity stays inside.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Estate {
    id: i64,
    thumbnail: String,
    name: String,
    description: String,
    latitude: f64,
    longitude: f64,
    address: String,
    rent: i64,
    door_height: i64,
    door_width: i64,
    features: String,
}

impl Estate {
    /// An estate by id.
    pub(super) const SELECT: &'static str = "SELECT id, thumbnail, name, description, latitude, \
        longitude, address, rent, door_height, door_width, features FROM estate WHERE id = ?1";

    pub(super) fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            thumbnail: row.get(1)?,
            name: row.get(2)?,
            description: row.get(3)?,
            latitude: row.get(4)?,
            longitude: row.get(5)?,
            address: row.get(6)?,
            rent: row.get(7)?,
            door_height: row.get(8)?,
            door_width: row.get(9)?,
            features: row.get(10)?,
        })
    }

    /// The estate with that id.
    pub(super) fn find(connection: &Connection, id: i64) -> rusqlite::Result<Option<Self>> {
        let mut select = connection.prepare_cached(Self::SELECT)?;
        select.query_row([id], Self::from_row).optional()
    }
}

/// 400 for an id that is no integer, 404 for an estate that is not there.
pub(super) async fn by_id(
    State(isu): State<Shared>,
    Path(id): Path<String>,
) -> Result<Json<Estate>> {
    let id = path_id(&id)?;
    let estate = isu
        .store
        .read(|connection| Ok::<_, HttpError>(Estate::find(connection, id)?))?;
    estate
        .map(Json)
        .ok_or_else(|| HttpError::bare(StatusCode::NOT_FOUND))
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
