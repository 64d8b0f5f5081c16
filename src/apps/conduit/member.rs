//! Who asks: the token of a request, verified, and whether its user is still there.
//!
//! A request without a token is anybody's. One with a wrong token is refused wherever tokens are looked at,
//! also where none is needed: its client believes to be somebody.

use std::time::SystemTime;

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use rusqlite::{Connection, OptionalExtension as _};

use super::problem::ConduitError;
use super::{Blog, BlogState, Result};
use crate::auth::token::{TokenFault, credential};
use crate::http::{Authentication, HttpError, LastingReading, Viewer};

/// How tokens are announced: as the contract has it, and as nearly everything else does.
const SCHEMES: [&str; 2] = ["Token", "Bearer"];

const EXISTS: &str = "SELECT 1 FROM user WHERE id = ?1";

const SESSION: &str = "SELECT username, session_epoch FROM user WHERE id = ?1";

const END_SESSIONS: &str = "UPDATE user SET session_epoch = session_epoch + 1 WHERE id = ?1";

/// Statements of this file, for the test that reads plans.
#[cfg(test)]
pub(super) const STATEMENTS: [&str; 3] = [EXISTS, SESSION, END_SESSIONS];

/// What pages know of the user of a session.
#[derive(Debug)]
pub(super) struct SessionUser {
    pub(super) username: String,
    /// Sessions that began in another one have ended.
    pub(super) epoch: i64,
}

impl SessionUser {
    /// The user with this number.
    pub(super) fn find(connection: &Connection, id: i64) -> rusqlite::Result<Option<Self>> {
        let mut select = connection.prepare_cached(SESSION)?;
        let user = select.query_row([id], |row| {
            Ok(Self {
                username: row.get(0)?,
                epoch: row.get(1)?,
            })
        });
        user.optional()
    }

    /// Ends every session of the user with this number.
    pub(super) fn end_sessions(connection: &Connection, id: i64) -> rusqlite::Result<()> {
        let mut update = connection.prepare_cached(END_SESSIONS)?;
        update.execute([id]).map(drop)
    }
}

/// A user who asks; an extractor for routes that need one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Member {
    pub(super) id: i64,
    pub(super) viewer: Viewer,
}

impl FromRequestParts<BlogState> for Member {
    type Rejection = ConduitError;

    async fn from_request_parts(parts: &mut Parts, blog: &BlogState) -> Result<Self, ConduitError> {
        let Ok(viewer) = Viewer::from_request_parts(parts, blog).await;
        match viewer.user_id() {
            Some(id) => Ok(Self { id, viewer }),
            None => Err(ConduitError::token("is missing")),
        }
    }
}

/// Around all routes that look at tokens.
pub(super) fn authentication(
    blog: BlogState,
) -> Authentication<impl Fn(&HeaderMap) -> std::result::Result<Viewer, Response>> {
    Authentication::by(move |headers: &HeaderMap| {
        viewer(&blog, headers).map_err(IntoResponse::into_response)
    })
}

/// The token that a request presents.
pub(super) fn presented(headers: &HeaderMap) -> Option<&str> {
    credential(headers, &SCHEMES)
}

fn viewer(blog: &Blog, headers: &HeaderMap) -> Result<Viewer> {
    let Some(token) = presented(headers) else {
        return Ok(Viewer::Anonymous);
    };
    let claims = blog.tokens.verify(token, SystemTime::now());
    let claims = claims.map_err(|fault| match fault {
        TokenFault::Expired => ConduitError::token("has expired"),
        TokenFault::Invalid => ConduitError::token("is invalid"),
    })?;
    // Of a token from before a restore nobody knows whose it is: the number may be another user's by now.
    let restored = blog.store.generation().provenance().restored;
    if restored.is_some_and(|restored| claims.issued.is_none_or(|issued| issued < restored)) {
        return Err(ConduitError::token("has expired").into());
    }
    let id = claims.user;
    // Nothing but a reset removes users.
    let reading = LastingReading::begin(&blog.store);
    if let Some(known) = reading.cached(&blog.members, &id) {
        return Ok(known);
    }
    let is_there = blog.store.read(|connection| -> Result<_, HttpError> {
        let mut select = connection.prepare_cached(EXISTS)?;
        Ok(select.exists([id])?)
    })?;
    if !is_there {
        return Err(ConduitError::token("is invalid").into());
    }
    let viewer = Viewer::user(&blog.digest_key, id, 0);
    reading.keep(&blog.members, id, viewer, 0);
    Ok(viewer)
}
