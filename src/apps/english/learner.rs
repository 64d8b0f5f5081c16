//! Who asks: a learner with a session, or nobody.
//!
//! Nearly all of the app is for learners. A page leads others to the sign-in and back, and a program is told
//! 401, as the original does it.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use rusqlite::OptionalExtension as _;
use serde_json::json;

use super::format::Format;
use super::mode::WalkMode;
use super::pages::notices::SIGN_IN_FIRST;
use super::target::sign_in_first;
use super::{Drill, DrillState};
use crate::auth::session::Sessions;
use crate::auth::visitor::{self, SessionUsers};
use crate::http::{HttpError, OwnReading, Viewer};

const USER: &str = "SELECT session_epoch, email, mode, role FROM users WHERE id = ?1";

/// Statements of this file, for the test that reads plans.
#[cfg(test)]
pub(super) const STATEMENTS: [&str; 1] = [USER];

/// What the pages know of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LearnerProfile {
    pub(super) email: String,
    pub(super) mode: WalkMode,
    /// Whether sentences and words may be changed.
    pub(super) is_editor: bool,
    /// What began before all this was read: what a page shows beside it is of the same state if it is kept.
    pub(super) reading: OwnReading,
}

/// Somebody who is signed in.
pub(super) type Visitor = visitor::Visitor<LearnerProfile>;

/// A learner who asks; an extractor for routes that need one.
pub(super) struct Learner(pub(super) std::sync::Arc<Visitor>);

impl FromRequestParts<DrillState> for Learner {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, drill: &DrillState) -> Result<Self, Response> {
        // Says of the answer that it depends on who asks, too.
        let _ = Viewer::from_request_parts(parts, drill).await;
        if let Some(visitor) = Visitor::of(&parts.extensions) {
            return Ok(Self(visitor));
        }
        let is_read = parts.method == Method::GET;
        let page = is_read.then_some(&parts.uri);
        Err(sign_in_first(drill, Format::of(parts, drill), page))
    }
}

/// 401, as the original words it.
pub(super) fn unauthorized() -> HttpError {
    let document = json!({ "error": SIGN_IN_FIRST.text }).to_string();
    HttpError::document(
        StatusCode::UNAUTHORIZED,
        "application/json",
        document.into_bytes(),
    )
}

impl SessionUsers for Drill {
    type User = LearnerProfile;

    fn sessions(&self) -> &Sessions {
        &self.sessions
    }

    fn find(&self, id: i64) -> Result<Option<(i64, LearnerProfile)>, HttpError> {
        let reading = OwnReading::begin(&self.store, id);
        // No grading changes a learner.
        let common = OwnReading::begin_common(&self.store);
        if let Some((epoch, known)) = common.cached(&self.learners, id) {
            return Ok(Some((epoch, LearnerProfile { reading, ..known })));
        }
        let found = self.store.read(|connection| -> Result<_, HttpError> {
            let mut select = connection.prepare_cached(USER)?;
            let user = select.query_row([id], |row| {
                let profile = LearnerProfile {
                    email: row.get(1)?,
                    mode: row.get(2)?,
                    is_editor: row.get_ref(3)?.as_str()? == "editor",
                    reading,
                };
                Ok((row.get(0)?, profile))
            });
            Ok(user.optional()?)
        })?;
        if let Some(user) = &found {
            let bytes = user.1.email.len();
            common.keep(&self.store, &self.learners, id, user.clone(), bytes);
        }
        Ok(found)
    }

    fn restored(&self) -> Option<u64> {
        self.store.generation().provenance().restored
    }
}
