//! Bodies of requests on their way: a request whose client has not sent all of it yet holds no slot while it
//! waits, has to make progress, and gives way to others.
//!
//! It owns what becomes of a request whose body does not come. It must not know what bodies are for.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use axum::Error;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::Response;
use hyper::body::{Body as _, Frame, SizeHint};
use tokio::time::Sleep;

use super::bodies::{Bodies, BodyShare};
use super::holders::{Holder, Membership};
use super::slots::Slot;
use crate::http::{HttpError, LayerLimits};

/// How fast bodies have to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BodyPace {
    /// What is looked at together.
    pub time: Duration,
    /// Bytes that come in any such time, unless the body ends.
    pub bytes: u64,
}

/// The bodies of one app's requests, while they are on their way.
#[derive(Debug, Clone)]
pub(crate) struct Arrivals {
    limit: usize,
    pace: BodyPace,
    bodies: Bodies,
    largest: usize,
}

/// Why a body was not taken to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum NotTaken {
    /// There was no slot when it came.
    NoSlot,
    /// There was nothing left of the bytes that bodies share.
    NoBytes,
    /// It came more slowly than those of others, for whom there was no room.
    GaveWay,
    /// It came too slowly.
    TooSlow,
    /// It was announced as larger than its route takes.
    TooLarge,
}

impl Arrivals {
    /// Bodies as `limits` have them, which hold what `bodies` may.
    pub(crate) fn new(limits: &LayerLimits, bodies: Bodies) -> Self {
        Self {
            limit: limits.arriving_bodies,
            pace: limits.body_pace,
            bodies,
            largest: limits.body_bytes,
        }
    }

    /// `request`, whose body gives `slot` back while it does not come.
    pub(crate) fn receive(&self, mut request: Request, slot: Slot) -> (Request, Arc<Arrival>) {
        let holder = Arc::new(self.bodies.holder(false, None));
        let is_counted = Bodies::counts(request.body());
        if is_counted {
            let share = BodyShare::new(Arc::clone(&holder));
            request.extensions_mut().insert(share);
        }
        let announced = request.body().size_hint().lower();
        let is_too_large = announced > self.largest as u64;
        let arrival = Arc::new(Arrival {
            arrivals: self.clone(),
            is_too_large: AtomicBool::new(is_too_large),
            slot,
            holder,
            is_counted,
            membership: Mutex::default(),
            not_taken: OnceLock::new(),
        });
        if is_too_large {
            // Its route may take more.
            let large = LargeBody(Arc::clone(&arrival), announced);
            request.extensions_mut().insert(large);
        }
        let arriving = Arc::clone(&arrival);
        let request = request.map(|body| {
            Body::new(Arriving {
                body,
                arrival: arriving,
                window: None,
            })
        });
        (request, arrival)
    }
}

/// What is known of a body on its way.
#[derive(Debug)]
pub(crate) struct Arrival {
    arrivals: Arrivals,
    slot: Slot,
    holder: Arc<Holder>,
    is_counted: bool,
    /// Whether it is larger than may be, as far as its length was announced.
    is_too_large: AtomicBool,
    /// From when it had to be waited for to its end.
    membership: Mutex<Option<Membership>>,
    not_taken: OnceLock<NotTaken>,
}

impl Arrival {
    /// What the client is to be told if its body was not taken. Nothing can have come of such a request.
    pub(crate) fn refusal(&self) -> Option<HttpError> {
        let detail = match self.not_taken.get()? {
            NotTaken::TooSlow => return Some(too_slow()),
            NotTaken::TooLarge => return Some(too_large()),
            NotTaken::NoSlot => "Too many requests are being served.",
            NotTaken::NoBytes => "Too many large requests are being received.",
            NotTaken::GaveWay => "Too many requests are being received, and others come faster.",
        };
        Some(HttpError::overloaded(detail))
    }

    /// Whether it was begun to be read, and its client has not sent all of it.
    pub(crate) fn is_waited_for(&self) -> bool {
        self.membership().is_some()
    }

    fn membership(&self) -> MutexGuard<'_, Option<Membership>> {
        self.membership
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Nothing has come.
    fn waits(&self, waker: &Waker) -> Result<(), Error> {
        self.slot.give_back();
        let waiting = &self.arrivals.bodies.arriving;
        let mut membership = self.membership();
        if membership.is_none() {
            waiting.thin_out(self.arrivals.limit);
            *membership = Some(waiting.join(Arc::clone(&self.holder)));
        }
        drop(membership);
        if self.holder.waits(waker) {
            return Ok(());
        }
        Err(self.is_not_taken(NotTaken::GaveWay))
    }

    /// So many bytes have come.
    fn goes_on(&self, bytes: usize) -> Result<(), Error> {
        self.holder.goes_on();
        self.holder.moved(bytes);
        if !self.arrivals.bodies.stays(&self.holder) {
            return Err(self.is_not_taken(NotTaken::GaveWay));
        }
        if !self.slot.take_again() {
            return Err(self.is_not_taken(NotTaken::NoSlot));
        }
        if self.is_counted && !self.arrivals.bodies.take(&self.holder, bytes) {
            return Err(self.is_not_taken(NotTaken::NoBytes));
        }
        Ok(())
    }

    /// It is over, in one way or another.
    fn ends(&self) {
        *self.membership() = None;
    }

    fn is_not_taken(&self, cause: NotTaken) -> Error {
        let cause = *self.not_taken.get_or_init(|| cause);
        self.ends();
        Error::new(io::Error::other(match cause {
            NotTaken::NoSlot => "there is no slot for the request",
            NotTaken::NoBytes => "too much of request bodies is held",
            NotTaken::GaveWay => "the body gave way to others",
            NotTaken::TooSlow => "the body comes too slowly",
            NotTaken::TooLarge => "the body is too large",
        }))
    }
}

/// A body that is larger than most routes take.
#[derive(Debug, Clone)]
struct LargeBody(Arc<Arrival>, u64);

/// Lets routes take bodies of up to `largest` bytes. What is announced as larger is answered 413 when it is
/// about to be read, so that nothing of it is asked for.
pub(crate) async fn take_large(
    State(largest): State<usize>,
    request: Request,
    next: Next,
) -> Response {
    if let Some(LargeBody(arrival, announced)) = request.extensions().get() {
        let is_too_large = *announced > largest as u64;
        arrival.is_too_large.store(is_too_large, Ordering::Relaxed);
    }
    next.run(request).await
}

/// 413 for a body that is larger than its route takes.
pub(crate) fn too_large() -> HttpError {
    let detail = "The body of the request is larger than is taken here.";
    HttpError::problem(StatusCode::PAYLOAD_TOO_LARGE, detail)
}

/// 408 for a body that does not come.
pub(crate) fn too_slow() -> HttpError {
    let detail = "The body of the request came too slowly. Nothing was done.";
    HttpError::problem(StatusCode::REQUEST_TIMEOUT, detail)
}

/// What of a body is looked at together.
struct PaceWindow {
    /// Its end.
    over: Pin<Box<Sleep>>,
    /// What has come since it began.
    bytes: u64,
}

/// The body of a request on its way.
struct Arriving {
    body: Body,
    arrival: Arc<Arrival>,
    /// From when it had to be waited for: a body that is there sets no timer.
    window: Option<PaceWindow>,
}

impl Arriving {
    /// Whether less came than had to. Otherwise the task is woken when that is to be asked again.
    fn is_too_slow(&mut self, context: &mut Context<'_>) -> bool {
        let pace = self.arrival.arrivals.pace;
        let begin = || PaceWindow {
            over: Box::pin(tokio::time::sleep(pace.time)),
            bytes: 0,
        };
        let window = self.window.get_or_insert_with(begin);
        while window.over.as_mut().poll(context).is_ready() {
            if window.bytes < pace.bytes {
                return true;
            }
            *window = begin();
        }
        false
    }
}

impl hyper::body::Body for Arriving {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        if self.arrival.is_too_large.load(Ordering::Relaxed) {
            let error = self.arrival.is_not_taken(NotTaken::TooLarge);
            return Poll::Ready(Some(Err(error)));
        }
        let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(context) else {
            if let Err(gave_way) = self.arrival.waits(context.waker()) {
                return Poll::Ready(Some(Err(gave_way)));
            }
            if self.is_too_slow(context) {
                let error = self.arrival.is_not_taken(NotTaken::TooSlow);
                return Poll::Ready(Some(Err(error)));
            }
            return Poll::Pending;
        };
        let data = frame
            .as_ref()
            .and_then(|frame| frame.as_ref().ok()?.data_ref());
        let bytes = data.map_or(0, Bytes::len);
        if let Some(window) = &mut self.window {
            window.bytes += bytes as u64;
        }
        if let Err(refused) = self.arrival.goes_on(bytes) {
            return Poll::Ready(Some(Err(refused)));
        }
        if !matches!(frame, Some(Ok(_))) || self.body.is_end_stream() {
            self.arrival.ends();
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Arriving {
    fn drop(&mut self) {
        self.arrival.ends();
    }
}
