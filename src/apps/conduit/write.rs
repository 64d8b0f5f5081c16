//! On which terms a write is done: once for its key, which comes in a header or in a field of a form, and in
//! the state that its request is for. How it is done is every app's ([`decide`]).

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use rusqlite::Connection;

use super::problem::ConduitError;
use super::{Blog, BlogState, Result};
pub(super) use crate::apps::write::Unchanged;
use crate::apps::write::decide;
use crate::http::{DigestKey, HttpError, IdempotencyKey, Preconditions};
use crate::store::{Once, Outcome, StoredResponse};

impl From<ConduitError> for Unchanged {
    fn from(error: ConduitError) -> Self {
        Self::Answered(error.into())
    }
}

/// On which terms a write is done: once for its key, and in the state of the data that its request is for.
/// An extractor; what it extracts becomes [`WriteTerms`] with the body.
pub(super) struct Terms {
    key: IdempotencyKey,
    conditions: Preconditions,
}

/// The terms of one write.
pub(super) struct WriteTerms {
    once: Once,
    conditions: Preconditions,
}

impl WriteTerms {
    /// Those of a form, whose key comes in a field.
    pub(super) fn of_form(once: Once, conditions: Preconditions) -> Self {
        Self { once, conditions }
    }
}

impl Terms {
    /// Those of a request with this body.
    pub(super) fn once(self, body: &[u8]) -> WriteTerms {
        WriteTerms {
            once: self.key.once(body),
            conditions: self.conditions,
        }
    }

    /// The same where the request or its answer holds a secret.
    pub(super) fn once_in_secret(self, secret: &DigestKey, body: &[u8]) -> WriteTerms {
        WriteTerms {
            once: self.key.once_in_secret(secret, body),
            conditions: self.conditions,
        }
    }
}

impl FromRequestParts<BlogState> for Terms {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, blog: &BlogState) -> Result<Self> {
        Ok(Self {
            key: IdempotencyKey::from_request_parts(parts, blog).await?,
            conditions: Preconditions::of(&parts.headers),
        })
    }
}

/// Has the writer do `work` on these terms.
pub(super) async fn write(
    blog: &Blog,
    terms: WriteTerms,
    work: impl FnOnce(&Connection) -> Result<StoredResponse, Unchanged> + Send + 'static,
) -> Result<Outcome> {
    decide(&blog.store, terms.once, terms.conditions, work).await
}
