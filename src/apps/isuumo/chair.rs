//! The chair as the API shows it, and `GET /api/chair/{id}`.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use rusqlite::{OptionalExtension as _, Row};
use serde::Serialize;

use super::answer::{self, Kind, json, text};
use super::{Result, Shared, path_id};
use crate::http::HttpError;

/// A chair; fields in the order of the answer. Popularity and stock stay inside.
#[derive(Debug, Serialize)]
struct Chair<'r> {
    id: i64,
    name: &'r str,
    description: &'r str,
    thumbnail: &'r str,
    price: i64,
    height: i64,
    width: i64,
    depth: i64,
    color: &'r str,
    features: &'r str,
    kind: &'r str,
}

/// A chair by id, whether or not it can still be bought.
pub(super) const KIND: Kind = Kind {
    select: "SELECT id, name, description, thumbnail, price, height, width, depth, color, features, \
        kind FROM chair WHERE id = ?1",
    write,
};

/// A chair by id, as long as it can be bought.
const SELECT_ON_SALE: &str = "SELECT id, name, description, thumbnail, price, height, width, depth, \
    color, features, kind FROM chair WHERE id = ?1 AND stock > 0";

fn write(row: &Row<'_>, out: &mut Vec<u8>) -> rusqlite::Result<()> {
    let chair = Chair {
        id: row.get(0)?,
        name: text(row, 1)?,
        description: text(row, 2)?,
        thumbnail: text(row, 3)?,
        price: row.get(4)?,
        height: row.get(5)?,
        width: row.get(6)?,
        depth: row.get(7)?,
        color: text(row, 8)?,
        features: text(row, 9)?,
        kind: text(row, 10)?,
    };
    answer::write(&chair, out)
}

/// 400 for an id that is no integer, 404 for a chair that is not there or sold out.
pub(super) async fn by_id(State(isu): State<Shared>, Path(id): Path<String>) -> Result<Response> {
    let id = path_id(&id)?;
    let mut body = Vec::with_capacity(1024);
    let found = isu.store.read(|connection| {
        let mut select = connection.prepare_cached(SELECT_ON_SALE)?;
        let found = select.query_row([id], |row| write(row, &mut body));
        Ok::<_, HttpError>(found.optional()?)
    })?;
    found.ok_or_else(|| HttpError::bare(StatusCode::NOT_FOUND))?;
    Ok(json(body))
}
