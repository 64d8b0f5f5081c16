//! The limits on the requests of one app as a whole: how many run, how long each, and how much of
//! their bodies.
//!
//! Beyond its limit the guard rejects requests (503) instead of queueing them, so that those who are served
//! are served fast. Who is over the limit of one client is refused before that and takes no slot.
//! What is no app's (pages of the site, the 404 page) has a guard of its own. Probes have none: they must
//! get through. A panic is caught within, so that it is counted and logged as the 500 that it is.

use std::convert::Infallible;
use std::future::{poll_fn, ready};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use hyper::body::Body as _;
use tokio::time::Instant;
use tower_layer::Layer;
use tower_service::Service;

use super::arriving::{Arrivals, too_large, too_slow};
use super::bodies::Bodies;
use super::rate_limit::RateLimit;
use super::same_origin::{OwnPages, refuse_foreign};
use super::slots::{Slot, Slots};
use crate::http::direct::{Answering, Certain, DirectRoute};
use crate::http::observability::metrics::Metrics;
use crate::http::observability::refusals::{Overloaded, Refusals};
use crate::http::observability::request_log::note_route;
use crate::http::packing::Packer;
use crate::http::packing::coding::AcceptedCodings;
use crate::http::route_template::RouteTemplate;
use crate::http::routes::RouteService;
use crate::http::{HttpError, LayerLimits, WorkPool};

/// Admits requests.
#[derive(Debug, Clone)]
pub struct Guard {
    slots: Slots,
    time: Duration,
    bodies: Bodies,
    /// Largest body where a route does not set its own.
    body_limit: DefaultBodyLimit,
    arrivals: Arrivals,
    /// Where answers may be packed.
    packer: Option<Packer>,
}

impl Guard {
    /// Admits as many concurrent requests, with as much time and as many bytes of bodies, as `limits` say. `work`
    /// packs what takes long.
    #[must_use]
    pub fn new(limits: &LayerLimits, work: &WorkPool) -> Self {
        let bodies = Bodies::new(limits.buffered_bytes);
        Self {
            slots: Slots::new(limits.concurrent_requests),
            time: limits.request_time,
            arrivals: Arrivals::new(limits, bodies.clone()),
            body_limit: DefaultBodyLimit::max(limits.body_bytes),
            packer: limits.compress_above_bytes.map(|above| Packer {
                above,
                work: work.clone(),
            }),
            bodies,
        }
    }

    /// Requests that are being served: those that wait for bytes of their bodies aside.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.slots.taken()
    }

    /// Requests that wait for bytes of their bodies.
    #[must_use]
    pub fn arriving(&self) -> usize {
        self.bodies.arriving()
    }

    /// Whether requests have been rejected for a while in which none of those that are served ended.
    #[must_use]
    pub fn is_stuck(&self) -> bool {
        self.slots.are_stuck()
    }
}

/// A guard with the counting of one app's requests.
#[derive(Clone)]
pub(crate) struct AppGuard {
    pub(crate) guard: Guard,
    pub(crate) rate_limit: Option<Arc<RateLimit>>,
    pub(crate) app: &'static str,
    pub(crate) metrics: Metrics,
    pub(crate) refusals: Refusals,
    /// Whose pages may send what changes something.
    pub(crate) pages: OwnPages,
}

impl AppGuard {
    /// Whether a request may go on to the guard.
    fn check(&self, request: &Request, now: Instant) -> Result<(), HttpError> {
        refuse_foreign(request, &self.pages)?;
        match &self.rate_limit {
            Some(limit) => limit.count(request, now.into_std()),
            None => Ok(()),
        }
    }
}

/// Puts a guard around routes. A service of its own, since middleware that is a function costs each request
/// three allocations more.
#[derive(Clone)]
pub(crate) struct GuardLayer(Arc<AppGuard>);

impl GuardLayer {
    pub(crate) fn new(guard: AppGuard) -> Self {
        Self(Arc::new(guard))
    }

    /// Around a direct route, whose template the router does not tell.
    pub(crate) fn direct(&self, route: DirectRoute, template: Arc<str>) -> DirectRoute {
        let template = Some(RouteTemplate::Direct(template));
        let guarded = Guarded {
            template,
            ..self.layer(route)
        };
        DirectRoute::of(move |request| guarded.answer(request))
    }
}

impl<S> Layer<S> for GuardLayer {
    type Service = Guarded<S>;

    fn layer(&self, inner: S) -> Guarded<S> {
        Guarded {
            guard: Arc::clone(&self.0),
            inner: Arc::new(inner),
            template: None,
        }
    }
}

/// A route behind its guard.
pub(crate) struct Guarded<S> {
    guard: Arc<AppGuard>,
    /// Shared, so that only what runs is copied.
    inner: Arc<S>,
    /// Where the router has not found it.
    template: Option<RouteTemplate>,
}

impl<S> Clone for Guarded<S> {
    fn clone(&self) -> Self {
        Self {
            guard: Arc::clone(&self.guard),
            inner: Arc::clone(&self.inner),
            template: self.template.clone(),
        }
    }
}

impl<S: RouteService> Service<Request> for Guarded<S> {
    type Response = Response;
    type Error = Infallible;
    type Future = Certain;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Certain {
        Certain(self.answer(request))
    }
}

impl<S: RouteService> Guarded<S> {
    fn answer(&self, request: Request) -> Answering {
        let template = self.template.clone();
        let template = template.or_else(|| RouteTemplate::of(&request));
        let counted = CountedRequest::begin(&self.guard, template, &request);
        let (slot, admitted) = match self.guard.admit(&request, counted.start) {
            Ok(admitted) => admitted,
            Err(refusal) => return Box::pin(ready(counted.answered(refusal.into_response()))),
        };
        if !request.body().is_end_stream() {
            let inner = Arc::clone(&self.inner);
            return Box::pin(async move {
                let guard = &counted.app.guard;
                let answered = receive_and_answer(guard, admitted, slot, request, &*inner).await;
                let response = guard.finished(admitted, answered).await;
                counted.answered(response)
            });
        }
        // What need not wait is done before there is a future, which would hold it (`site_router`).
        let answering = S::clone(&self.inner).call(request);
        Box::pin(async move {
            let guard = &counted.app.guard;
            let end = counted.start + guard.time;
            let answered = answer(guard, end, admitted.is_read, pin!(answering)).await;
            drop(slot);
            let response = guard.finished(admitted, answered).await;
            counted.answered(response)
        })
    }
}

/// A request on its way through the guard, to be counted with its answer.
struct CountedRequest {
    app: Arc<AppGuard>,
    start: Instant,
    route: Option<RouteTemplate>,
    method: Method,
}

impl CountedRequest {
    fn begin(app: &Arc<AppGuard>, route: Option<RouteTemplate>, request: &Request) -> Self {
        Self {
            app: Arc::clone(app),
            start: Instant::now(),
            route,
            method: request.method().clone(),
        }
    }

    fn answered(self, mut response: Response) -> Response {
        let Self {
            app,
            start,
            route,
            method,
        } = self;
        if let Some(Overloaded(reason)) = response.extensions().get() {
            app.refusals.note(reason);
        }
        note_route(&mut response, route.as_ref());
        let time = start.elapsed();
        app.metrics
            .answered(app.app, route, &method, response.status(), time);
        response
    }
}

/// What of a request that may be served is needed when it is answered.
#[derive(Debug, Clone, Copy)]
struct AdmittedRequest {
    is_read: bool,
    accepted: AcceptedCodings,
}

impl AppGuard {
    /// Gives a request that may be served its slot. It has that until there is an answer, but for the time in which
    /// it waits for its body. Sending takes none: by HTTP/2, few clients could keep all slots by not reading.
    /// What is not read is bounded by its bytes.
    fn admit(&self, request: &Request, now: Instant) -> Result<(Slot, AdmittedRequest), HttpError> {
        self.check(request, now)?;
        if self.guard.bodies.has_no_room(request) {
            return Err(too_large());
        }
        let slot = self.guard.slots.take();
        let full = || HttpError::overloaded("Too many requests are being served.");
        let admitted = AdmittedRequest {
            is_read: request.method().is_safe(),
            accepted: AcceptedCodings::of(request.headers()),
        };
        Ok((slot.ok_or_else(full)?, admitted))
    }
}

impl Guard {
    /// The response of what was answered, packed if it says how.
    async fn finished(
        &self,
        admitted: AdmittedRequest,
        answered: Result<Response, HttpError>,
    ) -> Response {
        // Here, so that what counts is what is sent.
        let answered = match (answered, &self.packer) {
            (Ok(response), Some(packer)) if Packer::is_for(&response) => {
                Ok(Box::pin(packer.pack(admitted.accepted, response)).await)
            }
            (answered, _) => answered,
        };
        answered
            .and_then(|response| self.bodies.hold(response, !admitted.is_read))
            .into_response()
    }
}

/// The answer, or 500 if what makes it panics.
pub(crate) async fn caught<F>(mut answering: Pin<&mut F>) -> Response
where
    F: Future<Output: IntoResponse>,
{
    poll_fn(|context| {
        // Nothing of what panicked is looked at again.
        let polled = catch_unwind(AssertUnwindSafe(|| answering.as_mut().poll(context)));
        match polled {
            Ok(polled) => polled.map(IntoResponse::into_response),
            Err(panic) => Poll::Ready(HttpError::panicked(&*panic).into_response()),
        }
    })
    .await
}

/// The answer, if it comes before the `end` of its time.
async fn answer<F>(
    guard: &Guard,
    end: Instant,
    is_read: bool,
    answering: Pin<&mut F>,
) -> Result<Response, HttpError>
where
    F: Future<Output: IntoResponse>,
{
    let mut answering = pin!(caught(answering));
    // What is answered at once needs no clock.
    let polled = poll_fn(|context| Poll::Ready(answering.as_mut().poll(context))).await;
    if let Poll::Ready(answer) = polled {
        return Ok(answer);
    }
    let answer = Box::pin(tokio::time::timeout_at(end, answering)).await;
    answer.map_err(|_elapsed| took_too_long(guard.time.as_secs(), is_read))
}

/// The same for a request with a body.
async fn receive_and_answer(
    guard: &Guard,
    admitted: AdmittedRequest,
    slot: Slot,
    mut request: Request,
    inner: &impl RouteService,
) -> Result<Response, HttpError> {
    guard.body_limit.apply(&mut request);
    let (request, arrival) = guard.arrivals.receive(request, slot);
    let answering = pin!(inner.clone().call(request));
    let mut answering = pin!(caught(answering));
    let answer = tokio::time::timeout(guard.time, answering.as_mut()).await;
    match (arrival.refusal(), answer) {
        (Some(refusal), _) => Err(refusal),
        (None, Ok(response)) => Ok(response),
        // Asked before what runs, and its body with it, is dropped.
        (None, Err(_elapsed)) if arrival.is_waited_for() => Err(too_slow()),
        (None, Err(_elapsed)) => Err(took_too_long(guard.time.as_secs(), admitted.is_read)),
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
