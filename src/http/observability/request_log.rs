//! Request ids and one log line per request.
//!
//! An `X-Request-Id` that comes in is kept if it is harmless, otherwise one is made; it goes out with
//! the response and into the line about the request. Failures on our side are logged with their
//! cause, only here. Successes are logged at INFO under [`REQUEST_LOG`], which the default
//! filter leaves out: writing a line costs more than answering most requests.
//!
//! A line is written when the body was sent or given up, so that it reports what was sent. It must not
//! hold what a client can write freely: paths, queries and bodies have e-mail addresses and places in
//! them.

use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::task::{Context, Poll};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use axum::response::Response;
use hyper::body::{Frame, SizeHint};
use tracing::Level;

use super::metrics::method_name;
use super::trace_context::Traceparent;
use crate::http::error::Cause;
use crate::http::route_template::RouteTemplate;

/// The log target of the lines about requests.
pub const REQUEST_LOG: &str = "ekiben::request";

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Digits of the first of the two numbers in an id that is made here.
const PROCESS_DIGITS: usize = 16;

/// Longer ids are replaced: they go into every log line.
const LONGEST_ID: usize = 128;

/// On a response, what was done that operators want to read of whatever else they filter: a few words.
#[derive(Debug, Clone, Copy)]
pub struct Notable(pub &'static str);

/// A request from when it came, to be logged with its response.
pub(crate) struct LoggedRequest {
    start: Instant,
    id: HeaderValue,
    method: Method,
    traceparent: Option<Traceparent>,
}

impl LoggedRequest {
    /// To be called before anything else is done with the request.
    pub(crate) fn begin(request: &Request) -> Self {
        Self {
            start: Instant::now(),
            id: request_id(request.headers()),
            method: request.method().clone(),
            traceparent: Traceparent::of(request.headers()),
        }
    }

    /// Logs what it was answered with, and gives the response the id.
    pub(crate) fn answered(self, mut response: Response) -> Response {
        let Self {
            start,
            id,
            method,
            traceparent,
        } = self;
        let of_response = response.extensions();
        let route = of_response.get::<Arc<RouteOfResponse>>();
        let route = route.map(|route| route.0.clone());
        if let Some(Notable(event)) = of_response.get() {
            let id = id.to_str().unwrap_or("-");
            let route = route.as_ref().map_or("-", RouteTemplate::as_str);
            tracing::info!(id, route, "{event}");
        }
        let cause = of_response.get::<Cause>().cloned();
        if is_logged(cause.as_ref()) {
            let line = Line {
                id: id.clone(),
                method,
                route,
                traceparent,
                status: response.status().as_u16(),
                start,
                elapsed: start.elapsed(),
                cause,
            };
            response = response.map(|body| Body::new(Sent::of(body, line)));
        }
        response.headers_mut().insert(REQUEST_ID, id);
        response
    }
}

/// On a response, which route it is from.
#[derive(Debug)]
struct RouteOfResponse(RouteTemplate);

/// Says on a response which route it is from, if the log is to tell.
pub(crate) fn note_route(response: &mut Response, route: Option<&RouteTemplate>) {
    let of_response = response.extensions();
    let is_wanted = of_response.get::<Notable>().is_some() || is_logged(of_response.get());
    if let Some(route) = route
        && is_wanted
    {
        let route = Arc::new(RouteOfResponse(route.clone()));
        response.extensions_mut().insert(route);
    }
}

/// Whether there is a line about a request that was answered with this cause, if with any.
fn is_logged(cause: Option<&Cause>) -> bool {
    match cause {
        Some(_) => tracing::enabled!(target: REQUEST_LOG, Level::ERROR),
        None => tracing::enabled!(target: REQUEST_LOG, Level::INFO),
    }
}

/// What the line about a request says, but for the body.
struct Line {
    id: HeaderValue,
    method: Method,
    route: Option<RouteTemplate>,
    traceparent: Option<Traceparent>,
    status: u16,
    start: Instant,
    /// Until the head of the answer was ready.
    elapsed: Duration,
    cause: Option<Cause>,
}

impl Line {
    /// `bytes` of the body were sent; there would have been more when it was cut off.
    fn write(&self, bytes: u64, is_cut_off: bool) {
        let microseconds = |time: Duration| u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        let id = self.id.to_str().unwrap_or("-");
        let traceparent = self.traceparent.as_ref().map(Traceparent::as_str);
        let method = method_name(&self.method);
        let route = self.route.as_ref().map_or("-", RouteTemplate::as_str);
        let status = self.status;
        let elapsed_us = microseconds(self.elapsed);
        let sent_us = microseconds(self.start.elapsed());
        let cut_off = is_cut_off.then_some(true);
        let cause = self.cause.as_ref().map(|cause| chain(&*cause.error));
        if self.cause.as_ref().is_some_and(|cause| !cause.is_clients) {
            tracing::error!(target: REQUEST_LOG, id, traceparent, method, route, status, elapsed_us, sent_us, bytes, cut_off, cause, "request failed");
        } else {
            tracing::info!(target: REQUEST_LOG, id, traceparent, method, route, status, elapsed_us, sent_us, bytes, cut_off, cause, "request");
        }
    }
}

/// A response body that counts what is taken from it, and writes the line when it goes.
struct Sent {
    body: Body,
    line: Line,
    bytes: u64,
    /// Whether there is nothing more to be taken; an answer to HEAD has nothing to begin with.
    is_over: bool,
}

impl Sent {
    fn of(body: Body, line: Line) -> Self {
        Self {
            is_over: line.method == Method::HEAD,
            body,
            line,
            bytes: 0,
        }
    }
}

impl HttpBody for Sent {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        match &polled {
            Poll::Ready(Some(Ok(frame))) => {
                self.bytes += frame.data_ref().map_or(0, |data| data.len() as u64);
            }
            Poll::Ready(None) => self.is_over = true,
            Poll::Ready(Some(Err(_))) | Poll::Pending => {}
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Sent {
    fn drop(&mut self) {
        let is_over = self.is_over || self.body.is_end_stream();
        self.line.write(self.bytes, !is_over);
    }
}

/// An error with everything that led to it.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let more = cause.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        source = cause.source();
    }
    text
}

fn request_id(headers: &HeaderMap) -> HeaderValue {
    match headers.get(REQUEST_ID) {
        Some(id) if is_harmless(id.as_bytes()) => id.clone(),
        _ => new_id(),
    }
}

/// Ids as they are made everywhere, but no e-mail address, escaped or not: what is kept is logged.
fn is_harmless(id: &[u8]) -> bool {
    let is_known = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(byte);
    (1..=LONGEST_ID).contains(&id.len()) && id.iter().all(is_known)
}

/// Unique among the processes of a deployment by start time and pid, within one by counting: cheaper
/// than random numbers, and ids in the order of arrival read well in a log.
fn new_id() -> HeaderValue {
    static PROCESS: LazyLock<u64> = LazyLock::new(|| {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let nanoseconds = u64::try_from(since.as_nanos()).unwrap_or_default();
        nanoseconds.rotate_left(16) ^ u64::from(std::process::id())
    });
    static REQUESTS: AtomicU64 = AtomicU64::new(0);
    let number = REQUESTS.fetch_add(1, Ordering::Relaxed);
    // As many bytes as there will be, so that they become the value as they are.
    let mut id = Vec::with_capacity(PROCESS_DIGITS + 1 + hex_digits(number, 1));
    push_hex(&mut id, *PROCESS, PROCESS_DIGITS);
    id.push(b'-');
    push_hex(&mut id, number, 1);
    HeaderValue::from_maybe_shared(Bytes::from(id))
        .unwrap_or_else(|_| HeaderValue::from_static("-"))
}

/// How many digits `number` has in hexadecimal, but at least so many.
fn hex_digits(number: u64, least: usize) -> usize {
    let needed = (u64::BITS - number.leading_zeros()).div_ceil(4);
    usize::try_from(needed).unwrap_or_default().max(least)
}

/// Writes `number` in hexadecimal with at least so many digits. Each request does; a formatter takes longer.
fn push_hex(id: &mut Vec<u8>, number: u64, least: usize) {
    for place in (0..hex_digits(number, least)).rev() {
        let digit = usize::try_from(number >> (4 * place) & 0xf).unwrap_or_default();
        id.push(b"0123456789abcdef"[digit]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn harmless_ids_are_kept_and_others_replaced() {
        let id_for = |id: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(REQUEST_ID, HeaderValue::from_str(id).unwrap());
            request_id(&headers)
        };
        for kept in ["abc-1", "a.b:c_D", "01890a5d-ac96-774b-bcce-b302099a8057"] {
            assert_eq!(id_for(kept), kept);
        }
        for replaced in ["two words", "a@b.example", "a%40b.example", "a\"b", "a/b"] {
            assert_ne!(id_for(replaced), replaced);
        }
        assert_ne!(
            id_for(&"x".repeat(LONGEST_ID + 1)),
            "x".repeat(LONGEST_ID + 1)
        );
        assert_ne!(request_id(&HeaderMap::new()), request_id(&HeaderMap::new()));
    }

    #[test]
    fn numbers_are_written_as_a_formatter_does() {
        for number in [0, 1, 0xf, 0x10, 0xabc, 0x1234_5678_9abc_def0, u64::MAX] {
            let (mut short, mut long) = (Vec::new(), Vec::new());
            push_hex(&mut short, number, 1);
            push_hex(&mut long, number, 16);
            assert_eq!(short, format!("{number:x}").as_bytes());
            assert_eq!(long, format!("{number:016x}").as_bytes());
        }
    }

    /// The configuration cannot name the constant, since it must not know this side.
    #[test]
    fn the_default_filter_leaves_requests_out() {
        let filter = crate::config::Config::default().log.filter;
        assert!(filter.contains(&format!("{REQUEST_LOG}=warn")), "{filter}");
    }
}
