//! `GET /api/chair/{id}` and `GET /api/estate/{id}`: one row of a list.
//!
//! 400 for an id that is no integer, 404 for what is not in the list: never there, or sold out.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use rusqlite::OptionalExtension as _;

use super::answer::json;
use super::catalogue::Catalogue;
use super::{Isu, Result, Shared, chair, estate, listing, path_id};
use crate::http::{HttpError, Reading};
use crate::store::Generation;

pub(super) async fn chair(State(isu): State<Shared>, Path(id): Path<String>) -> Result<Response> {
    one(&isu, &id, find_chair)
}

pub(super) async fn estate(State(isu): State<Shared>, Path(id): Path<String>) -> Result<Response> {
    one(&isu, &id, find_estate)
}

/// A chair that can be bought, as JSON; `catalogue` is that of `generation`, taken before.
pub(super) fn find_chair(
    generation: &Generation,
    catalogue: &Catalogue,
    id: i64,
) -> Result<Option<Vec<u8>>> {
    catalogue.chairs.one(generation, chair::KIND, id)
}

/// An estate as JSON; `catalogue` is that of `generation`, taken before.
pub(super) fn find_estate(
    generation: &Generation,
    catalogue: &Catalogue,
    id: i64,
) -> Result<Option<Vec<u8>>> {
    catalogue.estates.one(generation, estate::KIND, id)
}

/// A chair as JSON, though it may be sold out.
pub(super) fn find_sold_out(generation: &Generation, id: i64) -> Result<Option<Vec<u8>>> {
    generation.read(|connection| {
        let mut row = Vec::new();
        let mut select = connection.prepare_cached(chair::KIND.select)?;
        let found = listing::write_row(&mut select, chair::KIND, id, &mut row).optional()?;
        Ok(found.map(|()| row))
    })
}

/// How one is found; none where there is no such row.
type Find = fn(&Generation, &Catalogue, i64) -> Result<Option<Vec<u8>>>;

fn one(isu: &Isu, id: &str, find: Find) -> Result<Response> {
    let id = path_id(id)?;
    let reading = Reading::begin(&isu.store);
    let generation = isu.store.generation();
    let catalogue = Catalogue::of(&generation)?;
    let found = find(&generation, &catalogue, id)?;
    let body = found.ok_or_else(|| HttpError::bare(StatusCode::NOT_FOUND))?;
    Ok(reading.answer(json(body)))
}
