//! How apps write: decided by the writer in one job, so that nobody comes between a check and what rests on
//! it; once for an `Idempotency-Key`; in the state that the request's conditions name; and undone as a whole
//! where nothing changes, so that the tags that clients hold stay good.
//!
//! It must not know what is written, nor how an app's refusals look.

use rusqlite::Connection;

use crate::http::{HttpError, Preconditions};
use crate::store::{Once, Outcome, Store, StoreError, StoredResponse};

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

/// Has the writer do `work`. A request that is refused anyway is refused whatever the state is.
///
/// # Errors
/// When the state is another one, and when the writer or `work` fails.
pub(super) async fn decide(
    store: &Store,
    once: Once,
    conditions: Preconditions,
    work: impl FnOnce(&Connection) -> Result<StoredResponse, Unchanged> + Send + 'static,
) -> Result<Outcome, HttpError> {
    let job = job(store, once, conditions, work);
    outcome(store.write(job).await)
}

/// The same for `work` that changes nothing but what reads of `user` show ([`Store::write_of`]).
///
/// # Errors
/// As [`decide`].
pub(super) async fn decide_for(
    user: i64,
    store: &Store,
    once: Once,
    conditions: Preconditions,
    work: impl FnOnce(&Connection) -> Result<StoredResponse, Unchanged> + Send + 'static,
) -> Result<Outcome, HttpError> {
    let job = job(store, once, conditions, work);
    outcome(store.write_of(user, job).await)
}

/// What the writer runs.
fn job(
    store: &Store,
    once: Once,
    conditions: Preconditions,
    work: impl FnOnce(&Connection) -> Result<StoredResponse, Unchanged> + Send + 'static,
) -> impl FnOnce(&Connection) -> Result<Outcome, Unchanged> + Send + 'static {
    let is_kept = once.has_key();
    let condition = conditions.on(store);
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
    move |connection: &Connection| {
        once.apply(connection, |connection| match in_state(connection) {
            // Keeping it is a write of its own: whoever repeats the request is refused again, whatever
            // has become of it meanwhile.
            Err(Unchanged::Answered(answer)) if is_kept => Ok(answer),
            result => result,
        })
    }
}

fn outcome(written: Result<Outcome, Unchanged>) -> Result<Outcome, HttpError> {
    match written {
        Ok(outcome) => Ok(outcome),
        Err(Unchanged::Answered(answer)) => Ok(Outcome::Done(answer)),
        Err(Unchanged::Failed(error)) => Err(error),
    }
}
