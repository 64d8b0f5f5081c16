//! The limits on the requests of one app as a whole: how many run, how long each, and how much of
//! their bodies.
//!
//! Beyond its limit the guard rejects requests (503) instead of queueing them, so that those who are served
//! are served fast. Who is over the limit of one client is refused before that and takes no slot.
//! What is no app's (pages of the site, the 404 page) has a guard of its own. Probes have none: they must
//! get through.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{MatchedPath, Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use tokio::sync::Semaphore;
use tokio::time::Instant;

use super::bodies::Bodies;
use super::rate_limit::RateLimit;
use super::same_origin::{AllowedOrigins, refuse_foreign};
use super::slices::in_slices;
use crate::http::observability::metrics::Metrics;
use crate::http::{HttpError, LayerLimits};

/// Admits requests.
#[derive(Debug, Clone)]
pub struct Guard {
    permits: Arc<Semaphore>,
    concurrent: usize,
    time: Duration,
    bodies: Bodies,
}

impl Guard {
    /// Admits as many concurrent requests, with as much time and as many bytes of bodies, as `limits` say.
    #[must_use]
    pub fn new(limits: &LayerLimits) -> Self {
        let permits = limits.concurrent_requests.min(Semaphore::MAX_PERMITS);
        Self {
            permits: Arc::new(Semaphore::new(permits)),
            concurrent: permits,
            time: limits.request_time,
            bodies: Bodies::new(limits.buffered_bytes),
        }
    }

    /// Requests that are being served.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.concurrent - self.permits.available_permits()
    }
}

/// A guard with the counting of one app's requests.
#[derive(Clone)]
pub(crate) struct AppGuard {
    pub(crate) guard: Guard,
    pub(crate) rate_limit: Option<Arc<RateLimit>>,
    pub(crate) app: &'static str,
    pub(crate) metrics: Metrics,
    /// Whose pages may send what changes something.
    pub(crate) origins: AllowedOrigins,
}

impl AppGuard {
    /// Whether a request may go on to the guard.
    fn check(&self, request: &Request, now: Instant) -> Result<(), HttpError> {
        refuse_foreign(request, &self.origins)?;
        match &self.rate_limit {
            Some(limit) => limit.count(request, now.into_std()),
            None => Ok(()),
        }
    }
}

/// The middleware of a guard: admits a request or not, and counts it either way.
pub(crate) async fn admit(State(app): State<AppGuard>, request: Request, next: Next) -> Response {
    let start = Instant::now();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let method = request.method().clone();
    let response = match app.check(&request, start) {
        Ok(()) => guarded(&app.guard, request, next).await,
        Err(refusal) => refusal.into_response(),
    };
    let time = start.elapsed();
    app.metrics
        .answered(app.app, route, &method, response.status(), time);
    response
}

/// A request has its place until there is an answer. Sending it takes none: by HTTP/2, few clients could
/// keep all places by not reading. What is not read is bounded by its bytes.
async fn guarded(guard: &Guard, request: Request, next: Next) -> Response {
    if guard.bodies.has_no_room(&request) {
        let status = StatusCode::PAYLOAD_TOO_LARGE;
        return HttpError::problem(status, "The request is too large.").into_response();
    }
    let Ok(_permit) = guard.permits.try_acquire() else {
        return HttpError::overloaded("Too many requests are being served.").into_response();
    };
    let is_read = request.method().is_safe();
    let (request, share) = guard.bodies.count(request);
    match tokio::time::timeout(guard.time, next.run(request)).await {
        Ok(_) if share.is_some_and(|share| share.is_refused()) => {
            HttpError::overloaded("Too many large requests are being received.").into_response()
        }
        Ok(response) => guard.bodies.hold(response).map(in_slices).into_response(),
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
