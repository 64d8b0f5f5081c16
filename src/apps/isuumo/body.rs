//! Request bodies as the original reads them: raw bytes, a look at the content type, one JSON value.
//!
//! axum's own JSON extractor would answer 415 and 422 where the contract wants 400 and 500, so each
//! handler takes the bytes and decides.

use axum::body::Bytes;
use axum::extract::{FromRequest as _, Request};
use axum::http::{HeaderMap, header};
use serde_json::Value;

use super::Result;
use crate::http::HttpError;

/// The body of a request that says of it that it is JSON. `otherwise` it is refused before it is read, so that
/// a client which waits to be asked for it is told at once.
pub(super) async fn json_body(request: Request, otherwise: fn() -> HttpError) -> Result<Bytes> {
    if !is_json(request.headers()) {
        return Err(otherwise());
    }
    Ok(Bytes::from_request(request, &()).await?)
}

fn is_json(headers: &HeaderMap) -> bool {
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
