//! `POST /api/chair` and `POST /api/estate`: CSV uploads, all rows or none.
//!
//! The file is a form part with a file name. A file that is no CSV by RFC 4180 is 500, as is one that
//! the tables refuse (an id that is there already, a text too long, a number out of range); a row that
//! is too short or holds no number where one belongs is 400. Further columns are ignored.

use axum::extract::multipart::{Multipart, MultipartError, MultipartRejection};
use axum::extract::{FromRequest as _, Request, State};
use axum::http::StatusCode;
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::{Result, Shared, bad_request};
use crate::http::{HttpError, IdempotencyKey};
use crate::store::{Outcome, StoreError};

/// What a column of an upload holds.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Integer,
    Real,
    Text,
}

/// One of the two uploads.
#[derive(Debug)]
struct Upload {
    /// Name of the form part.
    part: &'static str,
    table: &'static str,
    /// In the order of the CSV.
    columns: &'static [(&'static str, Kind)],
}

const CHAIRS: Upload = Upload {
    part: "chairs",
    table: "chair",
    columns: &[
        ("id", Kind::Integer),
        ("name", Kind::Text),
        ("description", Kind::Text),
        ("thumbnail", Kind::Text),
        ("price", Kind::Integer),
        ("height", Kind::Integer),
        ("width", Kind::Integer),
        ("depth", Kind::Integer),
        ("color", Kind::Text),
        ("features", Kind::Text),
        ("kind", Kind::Text),
        ("popularity", Kind::Integer),
        ("stock", Kind::Integer),
    ],
};

const ESTATES: Upload = Upload {
    part: "estates",
    table: "estate",
    columns: &[
        ("id", Kind::Integer),
        ("name", Kind::Text),
        ("description", Kind::Text),
        ("thumbnail", Kind::Text),
        ("address", Kind::Text),
        ("latitude", Kind::Real),
        ("longitude", Kind::Real),
        ("rent", Kind::Integer),
        ("door_height", Kind::Integer),
        ("door_width", Kind::Integer),
        ("features", Kind::Text),
        ("popularity", Kind::Integer),
    ],
};

pub(super) async fn chairs(
    State(isu): State<Shared>,
    key: IdempotencyKey,
    request: Request,
) -> Result<Outcome> {
    store(&isu, key, request, &CHAIRS).await
}

pub(super) async fn estates(
    State(isu): State<Shared>,
    key: IdempotencyKey,
    request: Request,
) -> Result<Outcome> {
    store(&isu, key, request, &ESTATES).await
}

async fn store(
    isu: &Shared,
    key: IdempotencyKey,
    request: Request,
    upload: &'static Upload,
) -> Result<Outcome> {
    let multipart = Multipart::from_request(request, &()).await;
    let csv = file(multipart, upload.part).await?;
    // Large files take a while to parse; the thread that answers others must not. What is around the file
    // does not count as the request: clients make up a new boundary each time.
    let parse = move || Ok::<_, HttpError>((rows(&csv, upload.columns)?, key.once(&csv)));
    let parsed = tokio::task::spawn_blocking(parse).await;
    let (rows, once) = parsed.map_err(HttpError::internal)??;
    let work = move |connection: &Connection| {
        once.apply(connection, |connection| {
            insert(connection, upload, &rows)?;
            Ok(StatusCode::CREATED.into())
        })
    };
    match isu.store.write(work).await {
        Ok(outcome) => Ok(outcome),
        Err(StoreError::Sqlite(cause)) if is_refusal(&cause) => {
            Err(HttpError::bare(StatusCode::INTERNAL_SERVER_ERROR).caused_by(cause))
        }
        Err(other) => Err(other.into()),
    }
}

/// The bytes of the first form part of that name that is a file.
async fn file(
    multipart: Result<Multipart, MultipartRejection>,
    part: &str,
) -> Result<axum::body::Bytes> {
    let mut multipart = multipart.map_err(|_not_multipart| bad_request())?;
    while let Some(field) = multipart
        .next_field()
        .await
        .map_err(|error| malformed(&error))?
    {
        if field.name() == Some(part) && field.file_name().is_some() {
            return field.bytes().await.map_err(|error| malformed(&error));
        }
    }
    Err(bad_request())
}

fn malformed(error: &MultipartError) -> HttpError {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => {
            HttpError::problem(StatusCode::PAYLOAD_TOO_LARGE, "The upload is too large.")
        }
        _ => bad_request(),
    }
}

fn rows(csv: &[u8], columns: &[(&str, Kind)]) -> Result<Vec<Vec<Value>>> {
    let broken = || HttpError::bare(StatusCode::INTERNAL_SERVER_ERROR);
    let csv = unix_lines(csv);
    if !quotes_are_strict(&csv) {
        return Err(broken());
    }
    // Records of different lengths and text that is not UTF-8 are errors of this reader too.
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .terminator(csv::Terminator::Any(b'\n'))
        .from_reader(&csv[..]);
    let records: Vec<_> = reader
        .records()
        .collect::<Result<_, _>>()
        .map_err(|_| broken())?;
    records.iter().map(|record| row(record, columns)).collect()
}

/// Lines end with LF or CR LF, also within quotes; a CR anywhere else is an ordinary character.
fn unix_lines(csv: &[u8]) -> Vec<u8> {
    let mut lines = Vec::with_capacity(csv.len());
    for (index, &byte) in csv.iter().enumerate() {
        if byte != b'\r' || csv.get(index + 1).is_some_and(|&next| next != b'\n') {
            lines.push(byte);
        }
    }
    lines
}

fn row(record: &csv::StringRecord, columns: &[(&str, Kind)]) -> Result<Vec<Value>> {
    let value = |(index, (_, kind)): (usize, &(&str, Kind))| {
        let text = record.get(index).ok_or_else(bad_request)?;
        Ok(match kind {
            Kind::Text => Value::Text(text.to_owned()),
            Kind::Integer => Value::Integer(text.parse().map_err(|_| bad_request())?),
            Kind::Real => Value::Real(text.parse().map_err(|_| bad_request())?),
        })
    };
    columns.iter().enumerate().map(value).collect()
}

/// The csv crate forgives stray quotes and unterminated fields; the original does not.
fn quotes_are_strict(csv: &[u8]) -> bool {
    #[derive(Clone, Copy, PartialEq)]
    enum At {
        FieldStart,
        Unquoted,
        Quoted,
        /// Behind a quote within a quoted field: its end, or the first of a doubled pair.
        QuoteInQuoted,
    }
    let mut at = At::FieldStart;
    for &byte in csv {
        at = match (at, byte) {
            (At::Quoted, b'"') => At::QuoteInQuoted,
            (At::FieldStart | At::QuoteInQuoted, b'"') | (At::Quoted, _) => At::Quoted,
            (_, b',' | b'\n') => At::FieldStart,
            (At::QuoteInQuoted, _) | (At::Unquoted, b'"') => return false,
            (At::FieldStart | At::Unquoted, _) => At::Unquoted,
        };
    }
    at != At::Quoted
}

fn insert(connection: &Connection, upload: &Upload, rows: &[Vec<Value>]) -> rusqlite::Result<()> {
    let names: Vec<_> = upload.columns.iter().map(|(name, _)| *name).collect();
    let places = vec!["?"; names.len()].join(", ");
    let sql = format!(
        "INSERT INTO {} ({}) VALUES ({places})",
        upload.table,
        names.join(", ")
    );
    let mut insert = connection.prepare_cached(&sql)?;
    for row in rows {
        insert.execute(params_from_iter(row))?;
    }
    Ok(())
}

/// Whether the tables refused the rows, rather than the database failed.
fn is_refusal(cause: &rusqlite::Error) -> bool {
    cause.sqlite_error_code() == Some(rusqlite::ErrorCode::ConstraintViolation)
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: &[(&str, Kind)] = &[
        ("id", Kind::Integer),
        ("name", Kind::Text),
        ("at", Kind::Real),
    ];

    fn read(csv: &str) -> Result<Vec<Vec<Value>>, u16> {
        rows(csv.as_bytes(), COLUMNS).map_err(|error| error.status().as_u16())
    }

    fn row(id: i64, name: &str, at: f64) -> Vec<Value> {
        vec![
            Value::Integer(id),
            Value::Text(name.to_owned()),
            Value::Real(at),
        ]
    }

    #[test]
    fn reads_rows_and_ignores_blank_lines_and_further_columns() {
        assert_eq!(read(""), Ok(vec![]));
        assert_eq!(
            read("1,a,1.5\n\n2,\"b,\"\"c\"\"\",-2\n"),
            Ok(vec![row(1, "a", 1.5), row(2, "b,\"c\"", -2.0)])
        );
        assert_eq!(read("+1,a,1,x,y\r\n"), Ok(vec![row(1, "a", 1.0)]));
        assert_eq!(
            read("1,a\rb,1\n2,\"c\r\nd\",2\r"),
            Ok(vec![row(1, "a\rb", 1.0), row(2, "c\nd", 2.0)])
        );
    }

    #[test]
    fn broken_csv_is_500_and_bad_rows_are_400() {
        assert_eq!(read("1,a,1\n2,b\n"), Err(500), "rows of differing width");
        assert_eq!(read("1,a\"b,1\n"), Err(500), "stray quote");
        assert_eq!(read("1,\"a\"b,1\n"), Err(500), "text behind a quote");
        assert_eq!(read("1,\"a,1\n"), Err(500), "unterminated quote");
        assert_eq!(read("1,a\n"), Err(400), "too few columns");
        assert_eq!(read("x,a,1\n"), Err(400), "not an integer");
        assert_eq!(read("1,a,north\n"), Err(400), "not a number");
        assert!(
            rows(b"1,\xff,1\n", COLUMNS).is_err_and(|e| e.status() == 500),
            "not UTF-8"
        );
    }
}
