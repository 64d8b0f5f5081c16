//! The chair as the API shows it, and `GET /api/chair/{id}`.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use rusqlite::{Connection, OptionalExtension as _, Row};
use serde::Serialize;

use super::{Result, Shared, path_id};
use crate::http::HttpError;

/// A chair; fields in the order of the answer. Popularity and stock stay inside.
#[derive(Debug, Serialize)]
pub(super) struct Chair {
    id: i64,
    name: String,
    description: String,
    thumbnail: String,
    price: i64,
    height: i64,
    width: i64,
    depth: i64,
    color: String,
    features: String,
    kind: String,
}

impl Chair {
    /// A chair by id, whether or not it can still be bought.
    pub(super) const SELECT: &'static str = "SELECT id, name, description, thumbnail, price, height, \
        width, depth, color, features, kind FROM chair WHERE id = ?1";

    /// A chair by id, as long as it can be bought.
    const SELECT_ON_SALE: &'static str = "SELECT id, name, description, thumbnail, price, height, \
        width, depth, color, features, kind FROM chair WHERE id = ?1 AND stock > 0";

    pub(super) fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            name: row.get(1)?,
            description: row.get(2)?,
            thumbnail: row.get(3)?,
            price: row.get(4)?,
            height: row.get(5)?,
            width: row.get(6)?,
            depth: row.get(7)?,
            color: row.get(8)?,
            features: row.get(9)?,
            kind: row.get(10)?,
        })
    }

    fn on_sale(connection: &Connection, id: i64) -> rusqlite::Result<Option<Self>> {
        let mut select = connection.prepare_cached(Self::SELECT_ON_SALE)?;
        select.query_row([id], Self::from_row).optional()
    }
}

/// 400 for an id that is no integer, 404 for a chair that is not there or sold out.
pub(super) async fn by_id(
    State(isu): State<Shared>,
    Path(id): Path<String>,
) -> Result<Json<Chair>> {
    let id = path_id(&id)?;
    let chair = isu
        .store
        .read(|connection| Ok::<_, HttpError>(Chair::on_sale(connection, id)?))?;
    chair
        .map(Json)
        .ok_or_else(|| HttpError::bare(StatusCode::NOT_FOUND))
}
