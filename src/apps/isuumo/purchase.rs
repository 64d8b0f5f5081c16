//! `POST /api/chair/buy/{id}` and `POST /api/estate/req_doc/{id}`: the two requests with an e-mail.
//!
//! Both walk the same ladder, in the original's order: a body that is no JSON object is 500, a missing
//! e-mail 400, an id that is no integer 400, nothing there 404. The e-mail's content is not looked at.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use serde_json::Value;

use super::body::{first_value, is_json, read_body};
use super::{Result, Shared, bad_request, path_id};
use crate::http::HttpError;

/// Takes one unit, if there is one left, in one statement: no two buyers can take the same.
const TAKE_ONE: &str = "UPDATE chair SET stock = stock - 1 WHERE id = ?1 AND stock > 0";

pub(super) async fn buy(
    State(isu): State<Shared>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode> {
    let id = checked_id(&id, &headers, body)?;
    let work =
        move |connection: &rusqlite::Connection| connection.prepare_cached(TAKE_ONE)?.execute([id]);
    // How many are left is shown nowhere, only whether there is one: `chair_search` says that.
    match isu.store.write_unseen(work).await? {
        0 => Err(HttpError::bare(StatusCode::NOT_FOUND)),
        _ => Ok(StatusCode::OK),
    }
}

pub(super) async fn request_documents(
    State(isu): State<Shared>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode> {
    let id = checked_id(&id, &headers, body)?;
    let exists = isu.store.read(|connection| {
        let mut select = connection.prepare_cached("SELECT 1 FROM estate WHERE id = ?1")?;
        Ok::<_, HttpError>(select.exists([id])?)
    })?;
    if exists {
        Ok(StatusCode::OK)
    } else {
        Err(HttpError::bare(StatusCode::NOT_FOUND))
    }
}

fn checked_id(id: &str, headers: &HeaderMap, body: Result<Bytes, BytesRejection>) -> Result<i64> {
    let body = read_body(body)?;
    let unbound = || HttpError::bare(StatusCode::INTERNAL_SERVER_ERROR);
    if !is_json(headers) {
        return Err(unbound());
    }
    match first_value(&body).ok_or_else(unbound)? {
        Value::Object(fields) if fields.get("email").is_some_and(Value::is_string) => path_id(id),
        Value::Object(_) | Value::Null => Err(bad_request()),
        _ => Err(unbound()),
    }
}
