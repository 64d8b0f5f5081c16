//! `Fly-Replay`: on Fly.io, has its proxy send a write that a replica refuses to the app of the primary.
//!
//! The proxy keeps a request until it is answered, and gives its client the primary's answer instead. It keeps
//! 1 MB of a body: what is larger gets the refusal itself. It must not decide what is a write; the store does.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

const FLY_REPLAY: HeaderName = HeaderName::from_static("fly-replay");

/// What Fly's proxy can send once more
/// (<https://fly.io/docs/networking/dynamic-request-routing/#limitations>).
const REPLAYED_BYTES: u64 = 1_000_000;

/// Marks the refusal of a write by a replica, or an answer that went without one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WriteRefused;

/// The header that names the app of the primary.
#[must_use]
pub(crate) fn to_app(name: &str) -> Option<HeaderValue> {
    HeaderValue::try_from(format!("app={name}")).ok()
}

/// Adds the header to refused writes that the proxy can send once more.
pub(crate) async fn replay(
    State(to): State<HeaderValue>,
    request: Request,
    next: Next,
) -> Response {
    let is_kept = is_kept(request.headers());
    let mut response = next.run(request).await;
    if is_kept && response.extensions().get::<WriteRefused>().is_some() {
        response.headers_mut().insert(FLY_REPLAY, to);
    }
    response
}

/// Whether the proxy has kept the whole request. A body without a length has none that could be judged.
fn is_kept(headers: &HeaderMap) -> bool {
    let length = headers.get(header::CONTENT_LENGTH);
    let Some(length) = length else {
        return !headers.contains_key(header::TRANSFER_ENCODING);
    };
    let length = length.to_str().ok().and_then(|text| text.parse().ok());
    length.is_some_and(|length: u64| length <= REPLAYED_BYTES)
}
