//! `GET /api/chair/search/condition` and `GET /api/estate/search/condition`: the condition documents, as
//! the catalogue holds them.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use super::catalogue::Catalogue;
use super::conditions::{ChairCondition, EstateCondition};
use super::{IsuumoState, Result};

/// What the form for chairs offers
///
/// The ranges behind the range ids of a search, and the known colours, features and kinds.
#[utoipa::path(get, path = "/api/chair/search/condition", operation_id = "chair_condition",
    tag = "Chairs",
    responses((status = 200, description = "The conditions.", body = ChairCondition,
        headers(("ETag" = String)))))]
pub(super) async fn chair(State(isu): State<IsuumoState>, request: HeaderMap) -> Result<Response> {
    let catalogue = Catalogue::of(&isu.store.generation())?;
    Ok(catalogue
        .conditions
        .chair_json
        .answer(&request, isu.compress))
}

/// What the form for estates offers
///
/// The ranges behind the range ids of a search, and the known features.
#[utoipa::path(get, path = "/api/estate/search/condition", operation_id = "estate_condition",
    tag = "Estates",
    responses((status = 200, description = "The conditions.", body = EstateCondition,
        headers(("ETag" = String)))))]
pub(super) async fn estate(State(isu): State<IsuumoState>, request: HeaderMap) -> Result<Response> {
    let catalogue = Catalogue::of(&isu.store.generation())?;
    Ok(catalogue
        .conditions
        .estate_json
        .answer(&request, isu.compress))
}
