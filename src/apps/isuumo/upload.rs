//! `POST /api/chair` and `POST /api/estate`: CSV uploads, all rows or none.
//!
//! The file is a form part with a file name. A file that is no CSV by RFC 4180 is 500, as is one that
//! the tables refuse (an id that is there already, a text too long, a number out of range); a row that
//! is too short or holds no number where one belongs is 400. Further columns are ignored.
//!
//! The file is all that is held of it: it is gone through once to be checked, and again by the writer's
//! job, which binds the values as they are read; a large one in pieces, so that purchases get in between.
//! It is counted among all bodies until that job has ended, whether or not the client waits for it.

use axum::extract::multipart::{Multipart, MultipartError, MultipartRejection};
use axum::extract::{FromRequest as _, Request, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_DISPOSITION;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode};
use utoipa::ToSchema;

use super::form_file::is_file;
use super::records::{Broken, Record, Records};
use super::{IsuumoState, Result, bad_request};
use crate::http::{BodyShare, HttpError, IdempotencyKey, Preconditions};
use crate::store::{Outcome, Piece, PieceTime, StoreError};

/// Larger files are stored in pieces: in a group, all others would wait for them.
const LARGEST_IN_A_GROUP: usize = 64 * 1024;

/// What a column of an upload holds.
#[derive(Debug, Clone, Copy)]
enum UploadType {
    Integer,
    Real,
    /// Of so many characters at most: U+0000, at which SQLite's `length()` stops, is one like any other.
    Text(usize),
}

impl UploadType {
    /// What a field, which is UTF-8, holds; `None` if that is not of this kind.
    fn value(self, field: &[u8]) -> Option<ValueRef<'_>> {
        match self {
            Self::Text(_) => Some(ValueRef::Text(field)),
            Self::Integer => parsed(field).map(ValueRef::Integer),
            Self::Real => parsed(field)
                .filter(|value: &f64| !value.is_infinite() || is_infinity(field))
                .map(ValueRef::Real),
        }
    }
}

/// Whether it is meant: `1e400` is no number that there is, while `inf` is one that no column takes.
fn is_infinity(field: &[u8]) -> bool {
    !field.iter().any(u8::is_ascii_digit)
}

/// A text that its column cannot hold.
#[derive(Debug, thiserror::Error)]
#[error("{column} has more than {most} characters")]
struct TextTooLong {
    column: &'static str,
    most: usize,
}

fn parsed<T: std::str::FromStr>(field: &[u8]) -> Option<T> {
    str::from_utf8(field).ok()?.parse().ok()
}

/// One of the two uploads.
#[derive(Debug)]
struct Upload {
    /// Name of the form part.
    part: &'static str,
    table: &'static str,
    /// In the order of the CSV.
    columns: &'static [(&'static str, UploadType)],
}

const CHAIRS: Upload = Upload {
    part: "chairs",
    table: "chair",
    columns: &[
        ("id", UploadType::Integer),
        ("name", UploadType::Text(64)),
        ("description", UploadType::Text(4096)),
        ("thumbnail", UploadType::Text(128)),
        ("price", UploadType::Integer),
        ("height", UploadType::Integer),
        ("width", UploadType::Integer),
        ("depth", UploadType::Integer),
        ("color", UploadType::Text(64)),
        ("features", UploadType::Text(64)),
        ("kind", UploadType::Text(64)),
        ("popularity", UploadType::Integer),
        ("stock", UploadType::Integer),
    ],
};

const ESTATES: Upload = Upload {
    part: "estates",
    table: "estate",
    columns: &[
        ("id", UploadType::Integer),
        ("name", UploadType::Text(64)),
        ("description", UploadType::Text(4096)),
        ("thumbnail", UploadType::Text(128)),
        ("address", UploadType::Text(128)),
        ("latitude", UploadType::Real),
        ("longitude", UploadType::Real),
        ("rent", UploadType::Integer),
        ("door_height", UploadType::Integer),
        ("door_width", UploadType::Integer),
        ("features", UploadType::Text(64)),
        ("popularity", UploadType::Integer),
    ],
};

/// A form with a file of chairs.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what `file` reads")]
pub(super) struct ChairForm {
    /// CSV without a header; columns: id, name, description, thumbnail, price, height, width,
    /// depth, color, features, kind, popularity, stock. Sent as a file, with a file name.
    #[schema(value_type = String, format = Binary, content_media_type = "text/csv")]
    chairs: Vec<u8>,
}

/// Upload chairs
///
/// All rows are stored or none.
#[utoipa::path(post, path = "/api/chair", operation_id = "upload_chairs", tag = "Chairs",
    params(("Idempotency-Key" = Option<String>, Header), ("If-Match" = Option<String>, Header)),
    request_body(content = ChairForm, content_type = "multipart/form-data"),
    responses(
        (status = 201, description = "The rows are stored, and seen by every request from now on. \
            Empty."),
        (status = 400, description = "There is no such file in the form, a row is too short, or \
            there is no number where one belongs. Empty; with a problem document for an \
            `Idempotency-Key` that is malformed."),
        (status = 500, description = "The file is no CSV, or the rows cannot be stored: an id that is \
            there already, a text that is too long, a number out of range. Empty."),
    ))]
pub(super) async fn chairs(
    State(isu): State<IsuumoState>,
    key: IdempotencyKey,
    request: Request,
) -> Result<Outcome> {
    store(&isu, key, request, &CHAIRS).await
}

/// A form with a file of estates.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what `file` reads")]
pub(super) struct EstateForm {
    /// CSV without a header; columns: id, name, description, thumbnail, address, latitude,
    /// longitude, rent, door height, door width, features, popularity. Sent as a file, with a file name.
    #[schema(value_type = String, format = Binary, content_media_type = "text/csv")]
    estates: Vec<u8>,
}

/// Upload estates
///
/// All rows are stored or none.
#[utoipa::path(post, path = "/api/estate", operation_id = "upload_estates", tag = "Estates",
    params(("Idempotency-Key" = Option<String>, Header), ("If-Match" = Option<String>, Header)),
    request_body(content = EstateForm, content_type = "multipart/form-data"),
    responses(
        (status = 201, description = "The rows are stored, and seen by every request from now on. \
            Empty."),
        (status = 400, description = "There is no such file in the form, a row is too short, or \
            there is no number where one belongs. Empty; with a problem document for an \
            `Idempotency-Key` that is malformed."),
        (status = 500, description = "The file is no CSV, or the rows cannot be stored: an id that is \
            there already, a text that is too long, a number out of range. Empty."),
    ))]
pub(super) async fn estates(
    State(isu): State<IsuumoState>,
    key: IdempotencyKey,
    request: Request,
) -> Result<Outcome> {
    store(&isu, key, request, &ESTATES).await
}

async fn store(
    isu: &IsuumoState,
    key: IdempotencyKey,
    request: Request,
    upload: &'static Upload,
) -> Result<Outcome> {
    let condition = Preconditions::of(request.headers()).on(&isu.store);
    let share = request.extensions().get::<BodyShare>().cloned();
    let multipart = Multipart::from_request(request, &()).await;
    let csv = file(multipart, upload.part).await?;
    // Large files take a while to check; the thread that answers others must not. What is around the file
    // does not count as the request: clients make up a new boundary each time.
    let check = move || {
        let once = key.once(&csv);
        let csv = unix_lines(csv.into());
        check(&csv, upload.columns)?;
        Ok::<_, HttpError>((csv, share, once))
    };
    let (csv, share, once) = isu.work.run(check).await??;
    let created = |_: &Connection| Ok(StatusCode::CREATED.into());
    if csv.len() <= LARGEST_IN_A_GROUP {
        let work = move |connection: &Connection| {
            let _counted_until_here = share;
            once.apply(connection, |connection| {
                condition.check()?;
                insert(connection, upload, &csv, || false).map_err(refusal)?;
                created(connection)
            })
        };
        return isu.store.write(work).await;
    }
    let mut stored = 0;
    let work = move |connection: &Connection, time: PieceTime| {
        let _counted_until_here = &share;
        if stored == 0
            && let Some(outcome) = once.repeated(connection)?
        {
            return Ok(Piece::Last(outcome));
        }
        if stored == 0 {
            condition.check()?;
        }
        let rest = &csv[stored..];
        let behind = insert(connection, upload, rest, || time.is_over()).map_err(refusal)?;
        stored = csv.len() - behind;
        if behind > 0 {
            return Ok(Piece::More);
        }
        // A purchase beside it may have taken the last of a chair.
        condition.check()?;
        match once.apply(connection, created)? {
            done @ Outcome::Done(_) => Ok(Piece::Last(done)),
            // Its key was used meanwhile, for a purchase. Asked again, it learns that.
            _ => Err(StoreError::Busy.into()),
        }
    };
    isu.store.write_pieces(work).await
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
        let disposition = field.headers().get(CONTENT_DISPOSITION);
        if field.name() == Some(part) && disposition.is_some_and(|text| is_file(text.as_bytes())) {
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

/// Whether all of the file can be stored, as far as the file alone says.
///
/// What is broken comes before what is no number, as in the original; a text that is too long comes last,
/// where the original's table refuses it.
fn check(csv: &[u8], columns: &[(&'static str, UploadType)]) -> Result<()> {
    let broken = |Broken| HttpError::bare(StatusCode::INTERNAL_SERVER_ERROR);
    if !quotes_are_strict(csv) {
        return Err(broken(Broken));
    }
    let mut records = Records::new(csv, columns.len());
    let mut is_fit = true;
    let mut too_long = None;
    // A file that is broken further down is broken, whatever the values before.
    while let Some(record) = records.next().map_err(broken)? {
        is_fit = is_fit
            && columns.iter().enumerate().all(|(index, (_, kind))| {
                let field = record.get(index);
                field.is_some_and(|field| kind.value(field).is_some())
            });
        too_long = too_long.or_else(|| longer(&record, columns));
    }
    match too_long {
        _ if !is_fit => Err(bad_request()),
        Some(cause) => {
            Err(HttpError::bare(StatusCode::INTERNAL_SERVER_ERROR).caused_by_client(cause))
        }
        None => Ok(()),
    }
}

/// The first text of a record that is longer than its column.
fn longer(record: &Record<'_>, columns: &[(&'static str, UploadType)]) -> Option<TextTooLong> {
    let mut columns = columns.iter().enumerate();
    columns.find_map(|(index, &(column, kind))| {
        let UploadType::Text(most) = kind else {
            return None;
        };
        let field = record.get(index)?;
        // Fewer bytes than that are never more characters; the rest is counted.
        let is_longer = field.len() > most
            && str::from_utf8(field).is_ok_and(|text| text.chars().count() > most);
        is_longer.then_some(TextTooLong { column, most })
    })
}

/// Lines end with LF or CR LF, also within quotes; a CR anywhere else is an ordinary character, but for
/// one at the end.
fn unix_lines(mut csv: Vec<u8>) -> Vec<u8> {
    let mut kept = 0;
    for index in 0..csv.len() {
        let byte = csv[index];
        if byte != b'\r' || csv.get(index + 1).is_some_and(|&next| next != b'\n') {
            csv[kept] = byte;
            kept += 1;
        }
    }
    csv.truncate(kept);
    csv
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

/// Stores the rows of a file that was checked, until `is_enough`; how many bytes are left of it.
fn insert(
    connection: &Connection,
    upload: &Upload,
    csv: &[u8],
    is_enough: impl Fn() -> bool,
) -> rusqlite::Result<usize> {
    let names: Vec<_> = upload.columns.iter().map(|(name, _)| *name).collect();
    let places = vec!["?"; names.len()].join(", ");
    let sql = format!(
        "INSERT INTO {} ({}) VALUES ({places})",
        upload.table,
        names.join(", ")
    );
    let mut insert = connection.prepare_cached(&sql)?;
    let broken = |Broken| rusqlite::Error::ToSqlConversionFailure(Box::new(Broken));
    let mut records = Records::new(csv, names.len());
    while let Some(record) = records.next().map_err(broken)? {
        for (index, (_, kind)) in upload.columns.iter().enumerate() {
            let value = record.get(index).and_then(|field| kind.value(field));
            let value = value.ok_or_else(|| broken(Broken))?;
            insert.raw_bind_parameter(index + 1, ToSqlOutput::Borrowed(value))?;
        }
        insert.raw_execute()?;
        if is_enough() {
            break;
        }
    }
    Ok(records.rest().len())
}

/// What the tables refuse, whatever rule of theirs it is, is 500 without a document.
fn refusal(cause: rusqlite::Error) -> HttpError {
    match cause.sqlite_error_code() {
        Some(ErrorCode::ConstraintViolation) => {
            HttpError::bare(StatusCode::INTERNAL_SERVER_ERROR).caused_by_client(cause)
        }
        _ => cause.into(),
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::types::Value;

    use super::*;

    const COLUMNS: &[(&str, UploadType)] = &[
        ("id", UploadType::Integer),
        ("name", UploadType::Text(4)),
        ("at", UploadType::Real),
    ];

    fn read(csv: &str) -> Result<Vec<Vec<Value>>, u16> {
        rows(csv.as_bytes())
    }

    /// What the writer would bind.
    fn rows(csv: &[u8]) -> Result<Vec<Vec<Value>>, u16> {
        let csv = unix_lines(csv.to_vec());
        check(&csv, COLUMNS).map_err(|error| error.status().as_u16())?;
        let mut records = Records::new(&csv, COLUMNS.len());
        let mut rows = Vec::new();
        while let Some(record) = records.next().unwrap() {
            let value = |(index, (_, kind)): (usize, &(&str, UploadType))| {
                let value = kind.value(record.get(index).unwrap());
                Value::try_from(value.unwrap()).unwrap()
            };
            rows.push(COLUMNS.iter().enumerate().map(value).collect());
        }
        Ok(rows)
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
            read("1,a,1.5\n\n2,\"b,\"\"c\",-2\n"),
            Ok(vec![row(1, "a", 1.5), row(2, "b,\"c", -2.0)])
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
        assert_eq!(rows(b"1,\xff,1\n"), Err(500), "not UTF-8");
        assert_eq!(rows(b"1,a,1,\xff\n"), Err(500), "not UTF-8 further right");
    }

    #[test]
    fn every_character_of_a_text_counts() {
        assert_eq!(read("1,椅子\0椅,1\n").map(|rows| rows.len()), Ok(1));
        assert_eq!(read("1,椅子\0椅子,1\n"), Err(500));
        assert_eq!(read("1,\0\0\0\0\0,1\n"), Err(500));
        assert_eq!(
            read("1,abcde,1\nx,a,1\n"),
            Err(400),
            "what is no number first"
        );
    }

    #[test]
    fn a_file_that_is_broken_is_500_whatever_else_is_wrong_before() {
        assert_eq!(read("x,a,1\n2,b\n"), Err(500));
        assert_eq!(read("1,a\n2\"\n"), Err(500));
        assert_eq!(rows(b"x,a,1\n1,\xff,1\n"), Err(500));
        assert_eq!(read("1,a,1\nx,a,1\n2,b,1\n"), Err(400));
    }
}
