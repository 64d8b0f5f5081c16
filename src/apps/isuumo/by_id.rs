//! `GET /api/chair/{id}` and `GET /api/estate/{id}`: one row of a list.
//!
//! 400 for an id that is no integer, 404 for what is not in the list: never there, or sold out.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::answer::{Kind, json};
use super::catalogue::{Catalogue, Shelf};
use super::{Isu, Result, Shared, chair, estate, path_id};
use crate::http::{HttpError, Reading};

pub(super) async fn chair(State(isu): State<Shared>, Path(id): Path<String>) -> Result<Response> {
    one(&isu, &id, chair::KIND, |catalogue| &catalogue.chairs)
}

pub(super) async fn estate(State(isu): State<Shared>, Path(id): Path<String>) -> Result<Response> {
    one(&isu, &id, estate::KIND, |catalogue| &catalogue.estates)
}

fn one(isu: &Isu, id: &str, kind: Kind, list: fn(&Catalogue) -> &Shelf) -> Result<Response> {
    let id = path_id(id)?;
    let reading = Reading::begin(&isu.store);
    let generation = isu.store.generation();
    let catalogue = Catalogue::of(&generation)?;
    let found = list(&catalogue).one(&generation, kind, id)?;
    let body = found.ok_or_else(|| HttpError::bare(StatusCode::NOT_FOUND))?;
    Ok(reading.answer(json(body)))
}
