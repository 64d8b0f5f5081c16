//! Profiles: what everybody sees of a user, and following.

use axum::extract::State;
use rusqlite::{Connection, OptionalExtension as _, Row};
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::{envelope, json, stored};
use super::member::Member;
use super::path::UsernamePath;
use super::problem::ConduitError;
use super::write::{Terms, Unchanged, WriteTerms, write};
use super::{Blog, BlogState, Result};
use crate::apps::answer::text;
use crate::http::{PrivateResponse, Reading, Viewer};
use crate::store::Outcome;

/// What everybody sees of a user.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Profile<'r> {
    #[schema(value_type = String)]
    username: &'r str,
    #[schema(value_type = Option<String>, required)]
    bio: Option<&'r str>,
    /// Address of a picture.
    #[schema(value_type = Option<String>, required)]
    image: Option<&'r str>,
    /// Whether the viewer follows the user.
    following: bool,
}

impl<'r> Profile<'r> {
    /// The columns from `first` on: username, bio, image, whether the viewer follows.
    pub(super) fn of(row: &'r Row<'_>, first: usize) -> rusqlite::Result<Self> {
        Ok(Self {
            username: text(row, first)?,
            bio: optional_text(row, first + 1)?,
            image: optional_text(row, first + 2)?,
            following: row.get(first + 3)?,
        })
    }
}

/// A text column that may be null, borrowed.
pub(super) fn optional_text<'r>(
    row: &'r Row<'_>,
    index: usize,
) -> rusqlite::Result<Option<&'r str>> {
    match row.get_ref(index)? {
        rusqlite::types::ValueRef::Null => Ok(None),
        _ => text(row, index).map(Some),
    }
}

/// The number of a user by the exact name: the index finds it in any case.
const ID: &str = "SELECT id FROM user WHERE username = ?1 AND username = ?1 COLLATE BINARY";

const PROFILE: &str = "SELECT username, bio, image, \
    EXISTS (SELECT 1 FROM follow WHERE follower_id = ?2 AND followed_id = user.id) \
    FROM user WHERE id = ?1";

const FOLLOW: &str = "INSERT INTO follow (follower_id, followed_id) VALUES (?1, ?2) \
    ON CONFLICT DO NOTHING";

const UNFOLLOW: &str = "DELETE FROM follow WHERE follower_id = ?1 AND followed_id = ?2";

/// Statements of this file, for the test that reads plans.
#[cfg(test)]
pub(super) const STATEMENTS: [&str; 4] = [ID, PROFILE, FOLLOW, UNFOLLOW];

/// The number of the user with exactly this name.
pub(super) fn id_of(connection: &Connection, username: &str) -> rusqlite::Result<Option<i64>> {
    let mut select = connection.prepare_cached(ID)?;
    select.query_row([username], |row| row.get(0)).optional()
}

/// A profile as an answer, for the user `viewer`, or nobody.
pub(super) fn shown(connection: &Connection, id: i64, viewer: Option<i64>) -> Result<Vec<u8>> {
    let mut select = connection.prepare_cached(PROFILE)?;
    let mut rows = select.query((id, viewer))?;
    let row = rows.next()?.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
    envelope("profile", &Profile::of(row, 0)?)
}

/// A profile
#[utoipa::path(get, path = "/api/profiles/{username}", operation_id = "profile", tag = "Conduit",
    params(UsernamePath), security((), ("Token" = [])),
    responses(
        (status = 200, description = "The profile.", body = super::described::ProfileEnvelope,
            headers(("ETag" = String))),
        (status = 401, response = super::described::WrongToken),
        (status = 404, response = super::described::NoSuchProfile),
    ))]
pub(super) async fn one(
    State(blog): State<BlogState>,
    viewer: Viewer,
    UsernamePath { username }: UsernamePath,
) -> Result<PrivateResponse> {
    let reading = Reading::begin_for(&blog.store, viewer);
    let body = blog.store.read(|connection| {
        let id = id_of(connection, &username)?.ok_or(ConduitError::not_found("profile"))?;
        shown(connection, id, viewer.user_id())
    })?;
    Ok(reading.answer(json(body)))
}

/// Follow a user
///
/// Following somebody again, or oneself, changes nothing.
#[utoipa::path(post, path = "/api/profiles/{username}/follow", operation_id = "follow",
    tag = "Conduit", security(("Token" = [])),
    params(UsernamePath, ("Idempotency-Key" = Option<String>, Header),
        ("If-Match" = Option<String>, Header)),
    responses(
        (status = 200, description = "The profile.", body = super::described::ProfileEnvelope),
        (status = 401, response = super::described::WrongToken),
        (status = 404, response = super::described::NoSuchProfile),
    ))]
pub(super) async fn follow(
    State(blog): State<BlogState>,
    member: Member,
    UsernamePath { username }: UsernamePath,
    terms: Terms,
) -> Result<Outcome> {
    follow_as(&blog, member.id, username, terms.once(b""), true).await
}

/// Unfollow a user
///
/// Unfollowing somebody again changes nothing.
#[utoipa::path(delete, path = "/api/profiles/{username}/follow", operation_id = "unfollow",
    tag = "Conduit", security(("Token" = [])),
    params(UsernamePath, ("Idempotency-Key" = Option<String>, Header),
        ("If-Match" = Option<String>, Header)),
    responses(
        (status = 200, description = "The profile.", body = super::described::ProfileEnvelope),
        (status = 401, response = super::described::WrongToken),
        (status = 404, response = super::described::NoSuchProfile),
    ))]
pub(super) async fn unfollow(
    State(blog): State<BlogState>,
    member: Member,
    UsernamePath { username }: UsernamePath,
    terms: Terms,
) -> Result<Outcome> {
    follow_as(&blog, member.id, username, terms.once(b""), false).await
}

/// Has the user `follower` follow somebody, or no longer.
pub(super) async fn follow_as(
    blog: &Blog,
    follower: i64,
    username: String,
    terms: WriteTerms,
    is_to_follow: bool,
) -> Result<Outcome> {
    let sql = if is_to_follow { FOLLOW } else { UNFOLLOW };
    write(blog, terms, move |connection| {
        let followed = id_of(connection, &username)?.ok_or(ConduitError::not_found("profile"))?;
        let mut changed = 0;
        // Nobody follows themselves; the answer says so.
        if followed != follower {
            changed = connection
                .prepare_cached(sql)?
                .execute([follower, followed])?;
        }
        let body = shown(connection, followed, Some(follower))?;
        Unchanged::unless(changed > 0, stored(axum::http::StatusCode::OK, body))
    })
    .await
}
