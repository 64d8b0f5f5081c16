//! Answers in JSON that are put together from rows as they are, without building objects first.

use axum::body::Bytes;
use axum::http::HeaderValue;
use axum::response::Response;
use rusqlite::Row;
use rusqlite::types::{FromSql, FromSqlError, Type};
use serde::Serialize;

use super::quoted::write_quoted;
use crate::http::ok;

/// How objects of one kind are found by id and written.
#[derive(Debug, Clone, Copy)]
pub(super) struct RowFormat {
    /// Selects one by id.
    pub(super) select: &'static str,
    /// Writes the row as a JSON object.
    pub(super) write: fn(&Row<'_>, &mut Vec<u8>) -> rusqlite::Result<()>,
}

/// The content type of such answers.
pub(super) const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// 200 with a JSON body.
pub(super) fn json(body: impl Into<Bytes>) -> Response {
    ok(JSON, body.into())
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

/// What is written in letters, digits and signs that a JSON string has as they are.
pub(super) trait PlainText {
    /// Without quotes.
    fn plain_text(&self) -> impl AsRef<[u8]>;
}

/// A JSON object that is being written from a row, each key from the next column.
pub(super) struct Object<'o, 'r> {
    row: &'r Row<'r>,
    out: &'o mut Vec<u8>,
    /// The column that comes next.
    column: usize,
    /// Whether the next key is the first of its object.
    is_first: bool,
}

impl<'o, 'r> Object<'o, 'r> {
    pub(super) fn of(row: &'r Row<'r>, out: &'o mut Vec<u8>) -> Self {
        out.push(b'{');
        Self {
            row,
            out,
            column: 0,
            is_first: true,
        }
    }

    /// The next column as a text.
    pub(super) fn text(mut self, key: ObjectKey) -> rusqlite::Result<Self> {
        let column = self.key(key);
        let value = self.row.get_ref(column)?.as_bytes();
        let value = value.map_err(|cause| unexpected(column, cause))?;
        // What is in the file was UTF-8 when it was stored.
        write_quoted(self.out, value);
        Ok(self)
    }

    /// The next column as a text, or null.
    pub(super) fn optional_text(mut self, key: ObjectKey) -> rusqlite::Result<Self> {
        let column = self.key(key);
        let value = self.row.get_ref(column)?.as_bytes_or_null();
        match value.map_err(|cause| unexpected(column, cause))? {
            Some(value) => write_quoted(self.out, value),
            None => self.out.extend_from_slice(b"null"),
        }
        Ok(self)
    }

    /// The next column, which is JSON already.
    pub(super) fn raw(mut self, key: ObjectKey) -> rusqlite::Result<Self> {
        let column = self.key(key);
        let value = self.row.get_ref(column)?.as_bytes();
        let value = value.map_err(|cause| unexpected(column, cause))?;
        self.out.extend_from_slice(value);
        Ok(self)
    }

    /// The next column as a whole number.
    pub(super) fn integer(self, key: ObjectKey) -> rusqlite::Result<Self> {
        self.json::<i64>(key)
    }

    /// The next column, 0 or 1, as a truth value.
    pub(super) fn boolean(mut self, key: ObjectKey) -> rusqlite::Result<Self> {
        let column = self.column;
        self.column += 1;
        let value = self.row.get(column)?;
        Ok(self.known_boolean(key, value))
    }

    /// A truth value that no column has.
    pub(super) fn known_boolean(mut self, key: ObjectKey, value: bool) -> Self {
        self.name(key);
        self.out
            .extend_from_slice(if value { b"true" } else { b"false" });
        self
    }

    /// The next column as a number.
    pub(super) fn number(mut self, key: ObjectKey) -> rusqlite::Result<Self> {
        let column = self.key(key);
        let value = self.row.get_ref(column)?.as_f64();
        self.write(column, &value.map_err(|cause| unexpected(column, cause))?)?;
        Ok(self)
    }

    /// The next column as a `T` is written.
    pub(super) fn json<T: FromSql + Serialize>(mut self, key: ObjectKey) -> rusqlite::Result<Self> {
        let column = self.key(key);
        let value: T = self.row.get(column)?;
        self.write(column, &value)?;
        Ok(self)
    }

    /// The next column as the text that a `T` has of itself, which needs no escapes.
    pub(super) fn plain<T: FromSql + PlainText>(
        mut self,
        key: ObjectKey,
    ) -> rusqlite::Result<Self> {
        let column = self.key(key);
        let value: T = self.row.get(column)?;
        self.out.push(b'"');
        self.out.extend_from_slice(value.plain_text().as_ref());
        self.out.push(b'"');
        Ok(self)
    }

    /// Begins an object within this one, whose first keys are in `beginning`, brace included.
    pub(super) fn begun(mut self, key: ObjectKey, beginning: &[u8]) -> Self {
        self.name(key);
        self.out.extend_from_slice(beginning);
        self
    }

    /// Begins an object within this one, from the next columns.
    pub(super) fn open(mut self, key: ObjectKey) -> Self {
        self.name(key);
        self.out.push(b'{');
        self.is_first = true;
        self
    }

    /// Ends the object that was begun last within another one.
    pub(super) fn close(mut self) -> Self {
        self.out.push(b'}');
        self.is_first = false;
        self
    }

    pub(super) fn end(self) {
        self.out.push(b'}');
    }

    /// Writes the key of the next column and returns its number.
    fn key(&mut self, key: ObjectKey) -> usize {
        self.name(key);
        self.column += 1;
        self.column - 1
    }

    fn name(&mut self, key: ObjectKey) {
        let text = key.0.as_bytes();
        let text = if self.is_first { &text[1..] } else { text };
        self.out.extend_from_slice(text);
        self.is_first = false;
    }

    fn write(&mut self, column: usize, value: &impl Serialize) -> rusqlite::Result<()> {
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
