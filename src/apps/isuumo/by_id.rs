//! `GET /api/chair/{id}` and `GET /api/estate/{id}`: one row of a list.
//!
//! 400 for an id that is no integer, 404 for what is not in the list: never there, or sold out.

use axum::extract::State;
use axum::http::StatusCode;
use rusqlite::OptionalExtension as _;

use super::catalogue::Catalogue;
use super::{Isu, IsuumoState, Result, chair, estate, path_id};
use crate::apps::answer::json;
use crate::apps::listing;
use crate::http::{HttpError, PathParameter, PublicResponse, Reading};
use crate::store::{Generation, is_unfinished};

/// One chair
#[utoipa::path(get, path = "/api/chair/{id}", operation_id = "chair", tag = "Chairs",
    params(("id" = i64, Path, description = "The chair's id", example = 1)),
    responses(
        (status = 200, description = "The chair.", body = chair::Chair,
            headers(("ETag" = String))),
        (status = 400, description = "The id is no integer of 64 bits. Empty."),
        (status = 404, description = "There is no such chair, or it is sold out. Empty."),
    ))]
pub(super) async fn chair(
    State(isu): State<IsuumoState>,
    PathParameter(id): PathParameter,
) -> Result<PublicResponse> {
    one(&isu, &id, find_chair)
}

/// One estate
#[utoipa::path(get, path = "/api/estate/{id}", operation_id = "estate", tag = "Estates",
    params(("id" = i64, Path, description = "The estate's id", example = 1)),
    responses(
        (status = 200, description = "The estate.", body = estate::Estate,
            headers(("ETag" = String))),
        (status = 400, description = "The id is no integer of 64 bits. Empty."),
        (status = 404, description = "There is no such estate. Empty."),
    ))]
pub(super) async fn estate(
    State(isu): State<IsuumoState>,
    PathParameter(id): PathParameter,
) -> Result<PublicResponse> {
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
        if is_unfinished(connection, "chair", id)? {
            return Ok(None);
        }
        let mut row = Vec::new();
        let mut select = connection.prepare_cached(chair::KIND.select)?;
        let found = listing::write_row(&mut select, chair::KIND, id, &mut row).optional()?;
        Ok(found.map(|()| row))
    })
}

/// How one is found; none where there is no such row.
type Find = fn(&Generation, &Catalogue, i64) -> Result<Option<Vec<u8>>>;

fn one(isu: &Isu, id: &str, find: Find) -> Result<PublicResponse> {
    let id = path_id(id)?;
    let reading = Reading::begin(&isu.store);
    let generation = isu.store.generation();
    let catalogue = Catalogue::of(&generation)?;
    let found = find(&generation, &catalogue, id)?;
    let body = found.ok_or_else(|| HttpError::bare(StatusCode::NOT_FOUND))?;
    Ok(reading.answer(json(body)))
}
