//! Request ids and one log line per request.
//!
//! An `X-Request-Id` that comes in is kept if it is harmless, otherwise one is made; it goes out with
//! the response and into every line about the request. Failures on our side are logged with their
//! cause, here and nowhere else. Successes are logged at INFO under [`REQUEST_LOG`], which the default
//! filter leaves out: writing a line costs more than answering most requests.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::Response;

use super::error::Cause;

/// The log target of the lines about requests.
pub const REQUEST_LOG: &str = "ekiben::request";

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Longer ids are replaced: they go into every log line.
const LONGEST_ID: usize = 128;

/// Has `answer` answer the request, and logs it.
pub(super) async fn log_request<F: Future<Output = Response>>(
    request: Request,
    answer: impl FnOnce(Request) -> F,
) -> Response {
    let start = Instant::now();
    let id = request_id(request.headers());
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let mut response = answer(request).await;
    let status = response.status().as_u16();
    let route = route.as_ref().map_or("-", MatchedPath::as_str);
    let id_text = id.to_str().unwrap_or("-");
    let elapsed_us = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
    if let Some(Cause(cause)) = response.extensions().get::<Cause>() {
        tracing::error!(target: REQUEST_LOG, id = id_text, %method, route, status, elapsed_us, cause = chain(&**cause), "request failed");
    } else {
        tracing::info!(target: REQUEST_LOG, id = id_text, %method, route, status, elapsed_us, "request");
    }
    response.headers_mut().insert(REQUEST_ID, id);
    response
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

fn is_harmless(id: &[u8]) -> bool {
    (1..=LONGEST_ID).contains(&id.len()) && id.iter().all(u8::is_ascii_graphic)
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
    HeaderValue::try_from(format!("{:016x}-{number:x}", *PROCESS))
        .unwrap_or_else(|_| HeaderValue::from_static("-"))
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
        assert_eq!(id_for("abc-1"), "abc-1");
        assert_ne!(id_for("two words"), "two words");
        assert_ne!(
            id_for(&"x".repeat(LONGEST_ID + 1)),
            "x".repeat(LONGEST_ID + 1)
        );
        assert_ne!(request_id(&HeaderMap::new()), request_id(&HeaderMap::new()));
    }
}
