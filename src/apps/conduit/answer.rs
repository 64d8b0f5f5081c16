//! Answers as the contract has them: JSON of one key, with the charset in the media type.

use axum::body::Bytes;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use serde::Serialize;
use serde::ser::SerializeMap as _;

use crate::http::{HttpError, ok};
use crate::store::StoredResponse;

/// The media type of all answers.
pub(super) const JSON: &str = "application/json; charset=utf-8";

/// 200 with a JSON body.
pub(super) fn json(body: impl Into<Bytes>) -> Response {
    ok(HeaderValue::from_static(JSON), body.into())
}

/// `{"key":value}` as bytes.
///
/// # Errors
/// When the value cannot be written, which those of this app always can.
pub(super) fn envelope(key: &'static str, value: &impl Serialize) -> Result<Vec<u8>, HttpError> {
    let mut out = Vec::with_capacity(512);
    let mut to = serde_json::Serializer::new(&mut out);
    let written = (|| {
        let mut map = serde::Serializer::serialize_map(&mut to, Some(1))?;
        map.serialize_entry(key, value)?;
        map.end()
    })();
    written.map_err(HttpError::internal)?;
    Ok(out)
}

/// What the writer answers, with a JSON body.
pub(super) fn stored(status: StatusCode, body: Vec<u8>) -> StoredResponse {
    StoredResponse::from(status).with_body(JSON, body)
}
