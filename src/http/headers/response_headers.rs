//! Default headers of every response, whichever route it is from: validators, headers about safety and
//! caching, the time it took.
//!
//! Around all other layers but the log. Headers are static and copied; what a route says of itself
//! wins. docs/http.md lists what is sent when, and why.

use std::time::Instant;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::Response;

use crate::http::caching::policy::private;
use crate::http::caching::validators::Known;

const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");

/// Not to be cached by anyone.
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// For responses that are data or pictures: looked at by themselves they need nothing else, and no page
/// may frame them.
const POLICY: HeaderValue =
    HeaderValue::from_static("default-src 'none'; img-src 'self'; frame-ancestors 'none'");

/// Headers that a response usually has: made room for at once, they need not grow twice.
const USUAL: usize = 12;

/// 200 with a body of this media type, and room for the headers that it will have.
pub fn ok(media_type: HeaderValue, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    let headers = response.headers_mut();
    headers.reserve(USUAL);
    headers.insert(header::CONTENT_TYPE, media_type);
    response
}

/// How the default headers are set.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct DefaultHeaders {
    /// Whether responses say how long they took.
    pub(crate) server_timing: bool,
}

impl DefaultHeaders {
    /// To be called with a request before it is answered.
    pub(crate) fn begin(self, request: &Request) -> HeadersToCome {
        HeadersToCome {
            start: self.server_timing.then(Instant::now),
            known: Known::to(request),
        }
    }
}

/// What the response to a request will have.
pub(crate) struct HeadersToCome {
    start: Option<Instant>,
    known: Known,
}

impl HeadersToCome {
    /// The response with them.
    pub(crate) fn add_to(self, mut response: Response) -> Response {
        // A cookie is for one viewer, whatever the handler says of the rest.
        if response.headers().contains_key(header::SET_COOKIE) {
            response = private(response);
        }
        let mut response = self.known.answer(response);
        complete(&mut response);
        if let Some(start) = self.start {
            let timing = server_timing(start);
            response.headers_mut().insert(SERVER_TIMING, timing);
        }
        response
    }
}

fn complete(response: &mut Response<Body>) {
    let status = response.status();
    let headers = response.headers_mut();
    if status.is_client_error() || status.is_server_error() {
        // Without a word about it, caches keep a 404 for as long as they like, and the row may come.
        headers.insert(header::CACHE_CONTROL, NO_STORE);
    } else {
        default(headers, header::CACHE_CONTROL, NO_STORE);
    }
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    default(headers, header::CONTENT_SECURITY_POLICY, POLICY);
    let no_referrer = HeaderValue::from_static("no-referrer");
    default(headers, header::REFERRER_POLICY, no_referrer);
}

fn default(headers: &mut HeaderMap, name: HeaderName, value: HeaderValue) {
    headers.entry(name).or_insert(value);
}

/// From the first layer to the head of the answer; the body is still to be sent, and packed if it is.
fn server_timing(start: Instant) -> HeaderValue {
    let milliseconds = start.elapsed().as_secs_f64() * 1000.0;
    HeaderValue::try_from(format!("total;dur={milliseconds:.3}"))
        .unwrap_or_else(|_| HeaderValue::from_static("total"))
}
