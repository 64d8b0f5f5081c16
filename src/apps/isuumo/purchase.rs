//! `POST /api/chair/buy/{id}` and `POST /api/estate/req_doc/{id}`: the two requests with an e-mail.
//!
//! Both walk the same ladder, in the original's order: a body that is no JSON object is 500, a missing
//! e-mail 400, an id that is no integer 400, nothing there 404. The e-mail's content is not looked at.
//! With an `Idempotency-Key`, what the ladder's last rung said is said again.

use axum::body::Bytes;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use rusqlite::Connection;
use serde_json::Value;
use utoipa::ToSchema;

use super::body::{first_value, json_body};
use super::{Isu, IsuumoState, Result, bad_request, path_id};
use crate::http::{HttpError, IdempotencyKey, Preconditions, WriteCondition, json_takes_long};
use crate::store::{Once, Outcome, StoredResponse, is_unfinished};

/// Takes one unit, if there is one left, in one statement: no two buyers can take the same.
const TAKE_ONE: &str = "UPDATE chair SET stock = stock - 1 WHERE id = ?1 AND stock > 0";

/// Who buys a chair or asks for documents.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what `checked_id` reads")]
pub(super) struct Contact {
    /// Neither looked at nor kept: any text will do.
    email: String,
}

/// Buy a chair
///
/// Takes one unit, if there is one left.
#[utoipa::path(post, path = "/api/chair/buy/{id}", operation_id = "buy_chair", tag = "Chairs",
    params(
        ("id" = i64, Path, description = "The chair's id", example = 1),
        ("Idempotency-Key" = Option<String>, Header),
        ("If-Match" = Option<String>, Header),
    ),
    request_body(content = Contact, content_type = "application/json"),
    responses(
        (status = 200, description = "One unit was taken. Empty."),
        (status = 400, description = "There is no e-mail, or the id is no integer of 64 bits. Empty; \
            with a problem document for an `Idempotency-Key` that is malformed."),
        (status = 404, description = "There is no such chair, or it is sold out. Empty."),
        (status = 500, description = "The body is no JSON object, or does not say that it is JSON. \
            Empty."),
    ))]
pub(super) async fn buy(
    State(isu): State<IsuumoState>,
    Path(id): Path<String>,
    key: IdempotencyKey,
    conditions: Preconditions,
    request: Request,
) -> Result<Outcome> {
    let body = json_body(request, unbound).await?;
    let id = checked_id(&isu, &id, &body).await?;
    take_one(&isu, id, key.once(&body), conditions).await
}

/// Takes one unit of a chair: 200, or 404 when there is none.
pub(super) async fn take_one(
    isu: &Isu,
    id: i64,
    once: Once,
    conditions: Preconditions,
) -> Result<Outcome> {
    let condition = conditions.on(&isu.store);
    let take = move |connection: &Connection| {
        let is_there = !is_unfinished(connection, "chair", id)?;
        let is_taken = is_there && connection.prepare_cached(TAKE_ONE)?.execute([id])? > 0;
        found(is_taken, &condition)
    };
    // How many are left is not shown, only whether there is one: `chair_search` says that.
    let work = move |connection: &Connection| once.apply(connection, take);
    isu.store.write_unseen(work).await
}

/// Request the documents of an estate
///
/// Nothing is sent and nothing is kept but the answer for an `Idempotency-Key`.
#[utoipa::path(post, path = "/api/estate/req_doc/{id}", operation_id = "request_documents",
    tag = "Estates",
    params(
        ("id" = i64, Path, description = "The estate's id", example = 1),
        ("Idempotency-Key" = Option<String>, Header),
        ("If-Match" = Option<String>, Header),
    ),
    request_body(content = Contact, content_type = "application/json"),
    responses(
        (status = 200, description = "The estate is there. Empty."),
        (status = 400, description = "There is no e-mail, or the id is no integer of 64 bits. Empty; \
            with a problem document for an `Idempotency-Key` that is malformed."),
        (status = 404, description = "There is no such estate. Empty."),
        (status = 500, description = "The body is no JSON object, or does not say that it is JSON. \
            Empty."),
    ))]
pub(super) async fn request_documents(
    State(isu): State<IsuumoState>,
    Path(id): Path<String>,
    key: IdempotencyKey,
    conditions: Preconditions,
    asked: Request,
) -> Result<Outcome> {
    let body = json_body(asked, unbound).await?;
    let id = checked_id(&isu, &id, &body).await?;
    request(&isu, id, key.once(&body), conditions).await
}

/// Takes a request for an estate's documents: 200, or 404 when there is no such estate.
pub(super) async fn request(
    isu: &Isu,
    id: i64,
    once: Once,
    conditions: Preconditions,
) -> Result<Outcome> {
    let condition = conditions.on(&isu.store);
    let look = move |connection: &Connection| {
        let mut select = connection.prepare_cached("SELECT 1 FROM estate WHERE id = ?1")?;
        let is_there = select.exists([id])? && !is_unfinished(connection, "estate", id)?;
        found(is_there, &condition)
    };
    if once.has_key() {
        // Only the answer is written.
        let work = move |connection: &Connection| once.apply(connection, look);
        return isu.store.write_unseen(work).await;
    }
    isu.store.read(look).map(Outcome::Done)
}

/// 200 in the state that the request is for, 404 in any.
fn found(is_there: bool, condition: &WriteCondition) -> Result<StoredResponse> {
    if !is_there {
        return Ok(StatusCode::NOT_FOUND.into());
    }
    condition.check()?;
    Ok(StatusCode::OK.into())
}

async fn checked_id(isu: &Isu, id: &str, body: &Bytes) -> Result<i64> {
    if json_takes_long(body) {
        let body = body.clone();
        isu.work.run(move || has_email(&body)).await??;
    } else {
        has_email(body)?;
    }
    path_id(id)
}

fn has_email(body: &[u8]) -> Result<()> {
    match first_value(body).ok_or_else(unbound)? {
        Value::Object(fields) if fields.get("email").is_some_and(Value::is_string) => Ok(()),
        Value::Object(_) | Value::Null => Err(bad_request()),
        _ => Err(unbound()),
    }
}

/// The original could not make its struct of the body.
fn unbound() -> HttpError {
    HttpError::bare(StatusCode::INTERNAL_SERVER_ERROR)
}
