//! `POST /people`, `PUT /people/{uuid}` and `DELETE /people/{uuid}`.
//!
//! What a body and a query must be is checked first, then whether the person is there, then what a person
//! must be. What only the data can tell is decided by the writer (`apps/write.rs`).

use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, PathRejection};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use rusqlite::Connection;
use uuid::Uuid;

use super::body::{fields, no_parameters};
use super::model::{self, PersonInsert, PersonUpdate};
use super::not_found::uuid_in;
use super::problem::PeopleError;
use super::{PeopleState, Result, person};
use crate::apps::write::{Unchanged, decide};
use crate::http::{IdempotencyKey, Preconditions};
use crate::store::{Constraint, Outcome, ResultExt as _, StoredResponse};

/// No two people have the same.
const UUID: Constraint<'_> = Constraint::Unique("person.uuid");

const INSERT: &str = "INSERT INTO person (uuid, survived, passenger_class, name, sex, age, \
    siblings_or_spouses_aboard, parents_or_children_aboard, fare) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";

/// What is not given stays.
const UPDATE: &str = "UPDATE person SET survived = ifnull(?2, survived), \
    passenger_class = ifnull(?3, passenger_class), name = ifnull(?4, name), sex = ifnull(?5, sex), \
    age = ifnull(?6, age), \
    siblings_or_spouses_aboard = ifnull(?7, siblings_or_spouses_aboard), \
    parents_or_children_aboard = ifnull(?8, parents_or_children_aboard), fare = ifnull(?9, fare) \
    WHERE uuid = ?1";

const DELETE: &str = "DELETE FROM person WHERE uuid = ?1";

/// Register a person
#[utoipa::path(post, path = "/people", operation_id = "create_person", tag = "People",
    params(("Idempotency-Key" = Option<String>, Header), ("If-Match" = Option<String>, Header)),
    request_body(content = person::NewPerson, content_type = "application/json"),
    responses(
        (status = 200, description = "The person, as registered.", body = person::Person),
        (status = 400, response = super::described::WrongRequest),
        (status = 409, response = super::described::SuchAPerson),
        (status = 415, response = super::described::WrongType),
    ))]
pub(super) async fn create(
    State(register): State<PeopleState>,
    uri: Uri,
    headers: HeaderMap,
    key: IdempotencyKey,
    conditions: Preconditions,
    body: Result<Bytes, BytesRejection>,
) -> Result<Outcome> {
    let body = body?;
    let fields = fields(&register.work, &headers, &uri, &body).await?;
    let person = model::person(&fields)?;
    decide(
        &register.store,
        key.once(&body),
        conditions,
        move |connection| {
            insert(connection, &person)
                .on_constraint(UUID, || Unchanged::from(PeopleError::duplicate()))?;
            shown(connection, person.uuid)
        },
    )
    .await
}

/// Change a person
///
/// Only what is given changes.
#[utoipa::path(put, path = "/people/{uuid}", operation_id = "change_person", tag = "People",
    params(
        ("uuid" = Uuid, Path, description = "The person's uuid"),
        ("Idempotency-Key" = Option<String>, Header),
        ("If-Match" = Option<String>, Header),
    ),
    request_body(content = person::PersonChanges, content_type = "application/json"),
    responses(
        (status = 200, description = "The person, as changed.", body = person::Person),
        (status = 400, response = super::described::WrongRequest),
        (status = 404, response = super::described::NoSuchPerson),
        (status = 415, response = super::described::WrongType),
    ))]
pub(super) async fn change(
    State(register): State<PeopleState>,
    path: Result<Path<String>, PathRejection>,
    uri: Uri,
    headers: HeaderMap,
    key: IdempotencyKey,
    conditions: Preconditions,
    body: Result<Bytes, BytesRejection>,
) -> Result<Outcome> {
    let body = body?;
    let fields = fields(&register.work, &headers, &uri, &body).await?;
    let uuid = uuid_in(path)?;
    let changes = model::changes(&fields);
    let changes = changes.and_then(|changes| model::stays(uuid, &changes).map(|()| changes));
    decide(
        &register.store,
        key.once(&body),
        conditions,
        move |connection| {
            let before = find(connection, uuid)?.ok_or_else(PeopleError::not_found)?;
            let changes = changes?;
            if changes.is_empty() {
                return Err(Unchanged::Answered(before));
            }
            update(connection, uuid, &changes)?;
            shown(connection, uuid)
        },
    )
    .await
}

/// Remove a person
#[utoipa::path(delete, path = "/people/{uuid}", operation_id = "remove_person", tag = "People",
    params(
        ("uuid" = Uuid, Path, description = "The person's uuid"),
        ("Idempotency-Key" = Option<String>, Header),
        ("If-Match" = Option<String>, Header),
    ),
    responses(
        (status = 200, description = "The person was removed. An empty object.", body = Object),
        (status = 400, response = super::described::WrongRequest),
        (status = 404, response = super::described::NoSuchPerson),
    ))]
pub(super) async fn remove(
    State(register): State<PeopleState>,
    path: Result<Path<String>, PathRejection>,
    uri: Uri,
    key: IdempotencyKey,
    conditions: Preconditions,
) -> Result<Outcome> {
    no_parameters(&uri)?;
    let uuid = uuid_in(path)?;
    decide(
        &register.store,
        key.once(b""),
        conditions,
        move |connection| {
            let removed = connection
                .prepare_cached(DELETE)?
                .execute([uuid.to_string()])?;
            match removed {
                0 => Err(PeopleError::not_found().into()),
                _ => Ok(ok(b"{}".to_vec())),
            }
        },
    )
    .await
}

impl From<PeopleError> for Unchanged {
    fn from(problem: PeopleError) -> Self {
        Self::Answered(problem.into())
    }
}

fn insert(connection: &Connection, person: &PersonInsert) -> rusqlite::Result<()> {
    connection.prepare_cached(INSERT)?.execute((
        person.uuid.to_string(),
        person.survived,
        person.passenger_class,
        &person.name,
        &person.sex,
        person.age,
        person.siblings_or_spouses_aboard,
        person.parents_or_children_aboard,
        person.fare,
    ))?;
    Ok(())
}

fn update(connection: &Connection, uuid: Uuid, changes: &PersonUpdate) -> rusqlite::Result<()> {
    connection.prepare_cached(UPDATE)?.execute((
        uuid.to_string(),
        changes.survived,
        changes.passenger_class,
        &changes.name,
        &changes.sex,
        changes.age,
        changes.siblings_or_spouses_aboard,
        changes.parents_or_children_aboard,
        changes.fare,
    ))?;
    Ok(())
}

/// 200 with the person, if there is one.
fn find(connection: &Connection, uuid: Uuid) -> rusqlite::Result<Option<StoredResponse>> {
    Ok(person::find(connection, uuid)?.map(ok))
}

/// 200 with the person, who is there.
fn shown(connection: &Connection, uuid: Uuid) -> Result<StoredResponse, Unchanged> {
    let person = find(connection, uuid)?;
    Ok(person.ok_or(rusqlite::Error::QueryReturnedNoRows)?)
}

fn ok(bytes: Vec<u8>) -> StoredResponse {
    StoredResponse::from(StatusCode::OK).with_body("application/json", bytes)
}
