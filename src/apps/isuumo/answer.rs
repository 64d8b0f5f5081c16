//! Answers in JSON that are put together from rows as they are, without building objects first.

use axum::body::Bytes;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use rusqlite::Row;
use rusqlite::types::Type;
use serde::Serialize;

/// How objects of one kind are found by id and written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kind {
    /// Selects one by id, whether or not it can be bought.
    pub(super) select: &'static str,
    /// Writes the row as a JSON object.
    pub(super) write: fn(&Row<'_>, &mut Vec<u8>) -> rusqlite::Result<()>,
}

/// 200 with a JSON body.
pub(super) fn json(body: impl Into<Bytes>) -> Response {
    let kind = HeaderValue::from_static("application/json");
    ([(header::CONTENT_TYPE, kind)], body.into()).into_response()
}

/// Writes `value`, which borrows from a row.
pub(super) fn write(value: &impl Serialize, out: &mut Vec<u8>) -> rusqlite::Result<()> {
    serde_json::to_writer(out, value)
        .map_err(|cause| rusqlite::Error::FromSqlConversionFailure(0, Type::Text, Box::new(cause)))
}

/// A text column, borrowed.
pub(super) fn text<'r>(row: &'r Row<'_>, index: usize) -> rusqlite::Result<&'r str> {
    row.get_ref(index)?
        .as_str()
        .map_err(|cause| rusqlite::Error::FromSqlConversionFailure(index, Type::Text, cause.into()))
}
