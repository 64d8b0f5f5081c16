//! The chair as the API shows it, and `GET /api/chair/{id}`.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use rusqlite::Row;

use super::answer::{Kind, Object, json, key};
use super::catalogue::Catalogue;
use super::{Result, Shared, path_id};
use crate::http::{HttpError, Reading};

/// A chair by id, whether or not it can still be bought.
pub(super) const KIND: Kind = Kind {
    select: "SELECT id, name, description, thumbnail, price, height, width, depth, color, features, \
        kind FROM chair WHERE id = ?1",
    write,
};

/// Fields in the order of the answer. Popularity and stock stay inside.
fn write(row: &Row<'_>, out: &mut Vec<u8>) -> rusqlite::Result<()> {
    Object::of(row, out)
        .integer(key!("id"))?
        .text(key!("name"))?
        .text(key!("description"))?
        .text(key!("thumbnail"))?
        .integer(key!("price"))?
        .integer(key!("height"))?
        .integer(key!("width"))?
        .integer(key!("depth"))?
        .text(key!("color"))?
        .text(key!("features"))?
        .text(key!("kind"))?
        .end();
    Ok(())
}

/// 400 for an id that is no integer, 404 for a chair that is not there or sold out.
pub(super) async fn by_id(State(isu): State<Shared>, Path(id): Path<String>) -> Result<Response> {
    let id = path_id(&id)?;
    let reading = Reading::begin(&isu.store);
    let generation = isu.store.generation();
    let chairs = &Catalogue::of(&generation)?.chairs;
    let found = chairs.one(&generation, KIND, id)?;
    let body = found.ok_or_else(|| HttpError::bare(StatusCode::NOT_FOUND))?;
    Ok(reading.answer(json(body)))
}
