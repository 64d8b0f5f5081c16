//! How writes are done: decided by the writer in one job, so that nobody comes between a check and what
//! rests on it; once for their `Idempotency-Key`; and undone as a whole where nothing changes, so that the
//! tags that clients hold stay good.

use rusqlite::Connection;

use super::problem::ConduitError;
use super::{Blog, Result};
use crate::http::HttpError;
use crate::store::{Once, Outcome, StoreError, StoredResponse};

/// Why a job left everything as it was.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refused {
    /// It was refused, or there was nothing to change.
    #[error("nothing was changed")]
    Answered(StoredResponse),
    #[error(transparent)]
    Failed(HttpError),
}

impl Refused {
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

impl From<ConduitError> for Refused {
    fn from(error: ConduitError) -> Self {
        Self::Answered(error.into())
    }
}

impl From<HttpError> for Refused {
    fn from(error: HttpError) -> Self {
        Self::Failed(error)
    }
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<rusqlite::Error> for Refused {
    fn from(error: rusqlite::Error) -> Self {
        Self::Failed(error.into())
    }
}

/// Has the writer do `work`, once for its key.
pub(super) async fn write(
    blog: &Blog,
    once: Once,
    work: impl FnOnce(&Connection) -> Result<StoredResponse, Refused> + Send + 'static,
) -> Result<Outcome> {
    let is_kept = once.has_key();
    let job = move |connection: &Connection| {
        once.apply(connection, |connection| match work(connection) {
            // Keeping it is a write of its own: whoever repeats the request is refused again, whatever
            // has become of it meanwhile.
            Err(Refused::Answered(answer)) if is_kept => Ok(answer),
            result => result,
        })
    };
    match blog.store.write(job).await {
        Ok(outcome) => Ok(outcome),
        Err(Refused::Answered(answer)) => Ok(Outcome::Done(answer)),
        Err(Refused::Failed(error)) => Err(error),
    }
}
