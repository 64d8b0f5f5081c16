//! How writes are done: decided by the writer in one job, so that nobody comes between a check and what
//! rests on it; once for their `Idempotency-Key`; in the state that their `If-Match` names; and undone as a
//! whole where nothing changes, so that the tags that clients hold stay good.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use rusqlite::Connection;

use super::problem::ConduitError;
use super::{Blog, BlogState, Result};
use crate::http::{DigestKey, HttpError, IdempotencyKey, Preconditions};
use crate::store::{Once, Outcome, StoreError, StoredResponse};

/// Why a job left everything as it was.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unchanged {
    /// It was refused, or there was nothing to change.
    #[error("nothing was changed")]
    Answered(StoredResponse),
    #[error(transparent)]
    Failed(HttpError),
}

impl Unchanged {
    /// The answer of a job that `has_changed` something; of one that has not, it undoes the job.
    pub(super) fn unless(
        has_changed: bool,
        answer: StoredResponse,
    ) -> Result<StoredResponse, Self> {
        if has_changed {
            Ok(answer)
        } else {
            Err(Self::Answered(answer))
        }
    }
}

impl From<ConduitError> for Unchanged {
    fn from(error: ConduitError) -> Self {
        Self::Answered(error.into())
    }
}

impl From<HttpError> for Unchanged {
    fn from(error: HttpError) -> Self {
        Self::Failed(error)
    }
}

impl From<StoreError> for Unchanged {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<rusqlite::Error> for Unchanged {
    fn from(error: rusqlite::Error) -> Self {
        Self::Failed(error.into())
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

/// Has the writer do `work` on these terms. A request that is refused anyway is refused whatever the state
/// is.
pub(super) async fn write(
    blog: &Blog,
    terms: WriteTerms,
    work: impl FnOnce(&Connection) -> Result<StoredResponse, Unchanged> + Send + 'static,
) -> Result<Outcome> {
    let WriteTerms { once, conditions } = terms;
    let is_kept = once.has_key();
    let condition = conditions.on(&blog.store);
    let in_state = move |connection: &Connection| {
        let result = work(connection);
        match &result {
            Ok(answer) | Err(Unchanged::Answered(answer)) if answer.status < 400 => {
                // No answer for a key: the request may come again.
                condition.check()?;
            }
            _ => {}
        }
        result
    };
    let job = move |connection: &Connection| {
        once.apply(connection, |connection| match in_state(connection) {
            // Keeping it is a write of its own: whoever repeats the request is refused again, whatever
            // has become of it meanwhile.
            Err(Unchanged::Answered(answer)) if is_kept => Ok(answer),
            result => result,
        })
    };
    match blog.store.write(job).await {
        Ok(outcome) => Ok(outcome),
        Err(Unchanged::Answered(answer)) => Ok(Outcome::Done(answer)),
        Err(Unchanged::Failed(error)) => Err(error),
    }
}
