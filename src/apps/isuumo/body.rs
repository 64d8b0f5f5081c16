//! Request bodies as the original reads them: raw bytes, a look at the content type, one JSON value.
//!
//! axum's own JSON extractor would answer 415 and 422 where the contract wants 400 and 500, so each
//! handler takes the bytes and decides.

use axum::http::{HeaderMap, header};
use serde_json::Value;

/// Whether the body says of itself that it is JSON.
pub(super) fn is_json(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(b"application/json"))
}

/// The first JSON value of a body; what follows it is not looked at, as in the original.
pub(super) fn first_value(body: &[u8]) -> Option<Value> {
    serde_json::Deserializer::from_slice(body)
        .into_iter()
        .next()?
        .ok()
}
