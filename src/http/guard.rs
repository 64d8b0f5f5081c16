//! The limits on requests as a whole: how many at once, and how long each.
//!
//! Beyond its limit the guard answers 503 at once instead of queueing, so that those who are served
//! are served fast. Health and version are not guarded: probes must get through.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use tokio::sync::Semaphore;

use super::HttpError;

/// Admits requests.
#[derive(Debug, Clone)]
pub struct Guard {
    permits: Arc<Semaphore>,
    time: Duration,
}

impl Guard {
    /// Admits `concurrent` requests at once and gives each `time`.
    #[must_use]
    pub fn new(concurrent: usize, time: Duration) -> Self {
        let permits = concurrent.min(Semaphore::MAX_PERMITS);
        Self {
            permits: Arc::new(Semaphore::new(permits)),
            time,
        }
    }
}

/// The middleware of a [`Guard`].
pub(super) async fn admit(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    let Ok(_permit) = guard.permits.try_acquire() else {
        return HttpError::overloaded("Too many requests are being served.").into_response();
    };
    match tokio::time::timeout(guard.time, next.run(request)).await {
        Ok(response) => response,
        Err(_elapsed) => {
            let seconds = guard.time.as_secs();
            HttpError::overloaded(format!("The request took longer than {seconds} seconds."))
                .into_response()
        }
    }
}
