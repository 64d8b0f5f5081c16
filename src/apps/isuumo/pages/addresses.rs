//! Addresses of pages: the id in them, and those of the original, which have moved.

use axum::extract::{RawQuery, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;

use crate::apps::isuumo::query::Query;
use crate::apps::isuumo::{IsuumoState, Result};
use crate::http::HttpError;
use crate::web::redirect::{is_local, moved};

/// The id in a page's address: there is nothing at any other.
pub(super) fn page_id(text: &str) -> Result<i64> {
    text.parse().map_err(|_| not_found())
}

pub(super) fn not_found() -> HttpError {
    HttpError::problem(StatusCode::NOT_FOUND, "There is no such page.")
}

/// The original's addresses end in a slash; and its details have the id in the query.
pub(super) async fn moved_slash(State(isu): State<IsuumoState>, uri: Uri) -> Result<Response> {
    let path = uri.path().trim_end_matches('/');
    let query = uri.query().map(|query| format!("?{query}"));
    let to = format!("{path}{}", query.unwrap_or_default());
    let to = isu.mount.url(&to);
    // No page of ours has such a path.
    if !is_local(&to) {
        return Err(not_found());
    }
    Ok(moved(&to))
}

pub(super) async fn moved_chair(
    State(isu): State<IsuumoState>,
    RawQuery(query): RawQuery,
) -> Result<Response> {
    let id = given_id(query.as_deref())?;
    Ok(moved(&isu.mount.url(&format!("/chair/{id}"))))
}

pub(super) async fn moved_estate(
    State(isu): State<IsuumoState>,
    RawQuery(query): RawQuery,
) -> Result<Response> {
    let id = given_id(query.as_deref())?;
    Ok(moved(&isu.mount.url(&format!("/estate/{id}"))))
}

fn given_id(query: Option<&str>) -> Result<i64> {
    let query = Query::parse(query);
    page_id(query.text("id").ok_or_else(not_found)?)
}
