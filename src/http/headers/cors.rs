//! Who else may call from a browser: pages of other origins, as configured; nobody by default.
//!
//! Answers depend on no cookie and no login, so credentials are never allowed; what is allowed is what
//! the apps' clients send. `Vary` is the layer's to set.

use std::time::Duration;

use axum::http::{HeaderName, HeaderValue, Method, header};
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::http::idempotency::{KEY, REPLAYED};
use crate::http::observability::trace_context::TRACEPARENT;

/// Any origin.
const ANY: &str = "*";

/// Browsers ask again for leave after this long.
const LEAVE: Duration = Duration::from_secs(600);

/// The layer for `origins`, if there are any.
pub(crate) fn layer(origins: &[String]) -> Option<CorsLayer> {
    if origins.is_empty() {
        return None;
    }
    let allowed = if origins.iter().any(|origin| origin == ANY) {
        AllowOrigin::any()
    } else {
        // What is no header value is no origin either, as the configuration says.
        let values = origins.iter().filter_map(|origin| origin.parse().ok());
        AllowOrigin::list(values.collect::<Vec<HeaderValue>>())
    };
    let request_id = HeaderName::from_static("x-request-id");
    let server_timing = HeaderName::from_static("server-timing");
    let layer = CorsLayer::new()
        .allow_origin(allowed)
        .allow_methods([Method::GET, Method::HEAD, Method::POST])
        .allow_headers([
            header::CONTENT_TYPE,
            header::IF_NONE_MATCH,
            KEY,
            request_id.clone(),
            TRACEPARENT,
        ])
        .expose_headers([
            header::ETAG,
            header::RETRY_AFTER,
            REPLAYED,
            request_id,
            server_timing,
        ])
        .max_age(LEAVE);
    Some(layer)
}
