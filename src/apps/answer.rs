//! Answers in JSON that are put together from rows as they are, without building objects first.

use axum::body::Bytes;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use rusqlite::Row;
use rusqlite::types::{FromSqlError, Type};
use serde::Serialize;

/// How objects of one kind are found by id and written.
#[derive(Debug, Clone, Copy)]
pub(super) struct RowFormat {
    /// Selects one by id.
    pub(super) select: &'static str,
    /// Writes the row as a JSON object.
    pub(super) write: fn(&Row<'_>, &mut Vec<u8>) -> rusqlite::Result<()>,
}

/// 200 with a JSON body.
pub(super) fn json(body: impl Into<Bytes>) -> Response {
    let kind = HeaderValue::from_static("application/json");
    ([(header::CONTENT_TYPE, kind)], body.into()).into_response()
}

/// A key of an [`Object`], ready to be copied: behind a comma, with quotes and colon. Made by [`key!`].
#[derive(Debug, Clone, Copy)]
pub(super) struct ObjectKey(pub(super) &'static str);

macro_rules! key {
    ($name:literal) => {
        $crate::apps::answer::ObjectKey(concat!(",\"", $name, "\":"))
    };
}
pub(super) use key;

/// A JSON object that is being written from a row. Texts without anything to escape, which nearly all
/// are, are copied at once.
pub(super) struct Object<'o, 'r> {
    row: &'r Row<'r>,
    out: &'o mut Vec<u8>,
    /// The column that comes next.
    column: usize,
}

impl<'o, 'r> Object<'o, 'r> {
    pub(super) fn of(row: &'r Row<'r>, out: &'o mut Vec<u8>) -> Self {
        Self {
            row,
            out,
            column: 0,
        }
    }

    /// The next column as a text.
    pub(super) fn text(mut self, key: ObjectKey) -> rusqlite::Result<Self> {
        let column = self.key(key);
        let value = self.row.get_ref(column)?.as_bytes();
        let value = value.map_err(|cause| unexpected(column, cause))?;
        let special = |byte: &u8| (*byte < b' ') | (*byte == b'"') | (*byte == b'\\');
        // All bytes are looked at, many at once, which is faster than to stop at the first. What is
        // in the file was UTF-8 when it was stored.
        if value
            .iter()
            .fold(false, |found, byte| found | special(byte))
        {
            self.json(column, &text(self.row, column)?)?;
        } else {
            self.out.push(b'"');
            self.out.extend_from_slice(value);
            self.out.push(b'"');
        }
        Ok(self)
    }

    /// The next column as a whole number.
    pub(super) fn integer(mut self, key: ObjectKey) -> rusqlite::Result<Self> {
        let column = self.key(key);
        let value = self.row.get_ref(column)?.as_i64();
        self.json(column, &value.map_err(|cause| unexpected(column, cause))?)?;
        Ok(self)
    }

    /// The next column, 0 or 1, as a truth value.
    pub(super) fn boolean(mut self, key: ObjectKey) -> rusqlite::Result<Self> {
        let column = self.key(key);
        let value: bool = self.row.get(column)?;
        self.out
            .extend_from_slice(if value { b"true" } else { b"false" });
        Ok(self)
    }

    /// The next column as a number.
    pub(super) fn number(mut self, key: ObjectKey) -> rusqlite::Result<Self> {
        let column = self.key(key);
        let value = self.row.get_ref(column)?.as_f64();
        self.json(column, &value.map_err(|cause| unexpected(column, cause))?)?;
        Ok(self)
    }

    pub(super) fn end(self) {
        self.out.push(b'}');
    }

    /// Writes the key of the next column and returns its number.
    fn key(&mut self, key: ObjectKey) -> usize {
        let column = self.column;
        self.column += 1;
        if column == 0 {
            self.out.push(b'{');
            self.out.extend_from_slice(&key.0.as_bytes()[1..]);
        } else {
            self.out.extend_from_slice(key.0.as_bytes());
        }
        column
    }

    fn json(&mut self, column: usize, value: &impl Serialize) -> rusqlite::Result<()> {
        serde_json::to_writer(&mut *self.out, value).map_err(|cause| {
            rusqlite::Error::FromSqlConversionFailure(column, Type::Null, Box::new(cause))
        })
    }
}

/// A text column, borrowed.
pub(super) fn text<'r>(row: &'r Row<'_>, index: usize) -> rusqlite::Result<&'r str> {
    let text = row.get_ref(index)?.as_str();
    text.map_err(|cause| unexpected(index, cause))
}

/// A column has another type than the schema says; which one, the cause knows.
fn unexpected(column: usize, cause: FromSqlError) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Null, cause.into())
}
