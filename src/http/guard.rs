//! The limits on requests as a whole: how many at once, and how long each.
//!
//! Beyond its limit the guard answers 503 at once instead of queueing, so that those who are served
//! are served fast. Health and version are not guarded: probes must get through.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::extract::{MatchedPath, Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use hyper::body::{Frame, SizeHint};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::HttpError;
use super::metrics::Metrics;

/// Admits requests.
#[derive(Debug, Clone)]
pub struct Guard {
    permits: Arc<Semaphore>,
    concurrent: usize,
    time: Duration,
}

impl Guard {
    /// Admits `concurrent` requests at once and gives each `time`.
    #[must_use]
    pub fn new(concurrent: usize, time: Duration) -> Self {
        let permits = concurrent.min(Semaphore::MAX_PERMITS);
        Self {
            permits: Arc::new(Semaphore::new(permits)),
            concurrent: permits,
            time,
        }
    }

    /// Requests that are being served.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.concurrent - self.permits.available_permits()
    }
}

/// A guard with the counting of one app's requests.
#[derive(Debug, Clone)]
pub(super) struct AppGuard {
    pub(super) guard: Guard,
    pub(super) app: &'static str,
    pub(super) metrics: Metrics,
}

/// The middleware of a guard: admits a request or not, and counts it either way.
pub(super) async fn admit(State(app): State<AppGuard>, request: Request, next: Next) -> Response {
    let start = Instant::now();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let method = request.method().clone();
    let response = guarded(&app.guard, request, next).await;
    let time = start.elapsed();
    app.metrics
        .answered(app.app, route, &method, response.status(), time);
    response
}

/// A request has its place until its answer is sent, however slowly
/// the client reads: answers in memory are what the limit bounds.
async fn guarded(guard: &Guard, request: Request, next: Next) -> Response {
    let Ok(permit) = Arc::clone(&guard.permits).try_acquire_owned() else {
        return HttpError::overloaded("Too many requests are being served.").into_response();
    };
    let is_read = request.method().is_safe();
    match tokio::time::timeout(guard.time, next.run(request)).await {
        Ok(response) => response.map(|body| {
            Body::new(Held {
                body,
                _permit: permit,
            })
        }),
        Err(_elapsed) => took_too_long(guard.time.as_secs(), is_read).into_response(),
    }
}

/// A write that was not answered may have been queued; telling the client to repeat it would be wrong.
fn took_too_long(seconds: u64, is_read: bool) -> HttpError {
    if is_read {
        return HttpError::overloaded(format!("The request took longer than {seconds} seconds."));
    }
    let detail =
        format!("The request took longer than {seconds} seconds. It may still take effect.");
    HttpError::problem(StatusCode::SERVICE_UNAVAILABLE, detail)
}

/// A response body that keeps its request's place.
struct Held {
    body: Body,
    _permit: OwnedSemaphorePermit,
}

impl hyper::body::Body for Held {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
