//! The CSV files of a dataset, which are also those that the database of the original exports
//! (docs/conduit.md has the queries): one for each table, in any order.
//!
//! Times are RFC 3339, or as PostgreSQL writes a `timestamp`, which is taken as UTC. An empty field is
//! null where a column can be.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use rusqlite::types::Value;

use super::slug;
use crate::bake::{CsvTable, FieldError, Fields};

type Row = Result<Vec<Value>, FieldError>;

/// The files.
pub(super) const TABLES: [CsvTable; 6] = [
    CsvTable {
        file: "user.csv",
        table: "user",
        columns: &USER,
        header: &USER,
        optional: &[],
        row: user,
    },
    CsvTable {
        file: "article.csv",
        table: "article",
        columns: &ARTICLE,
        header: &ARTICLE,
        optional: &[],
        row: article,
    },
    CsvTable {
        file: "article_tag.csv",
        table: "article_tag",
        columns: &["article_id", "tag"],
        header: &["article_id", "tag"],
        optional: &[],
        row: |fields| Ok(vec![number(fields, 0)?, text(fields, 1)]),
    },
    CsvTable {
        file: "favorite.csv",
        table: "favorite",
        columns: &["user_id", "article_id"],
        header: &["user_id", "article_id"],
        optional: &[],
        row: pair,
    },
    CsvTable {
        file: "follow.csv",
        table: "follow",
        columns: &["follower_id", "followed_id"],
        header: &["follower_id", "followed_id"],
        optional: &[],
        row: pair,
    },
    CsvTable {
        file: "comment.csv",
        table: "comment",
        columns: &COMMENT,
        header: &COMMENT,
        optional: &[],
        row: comment,
    },
];

const USER: [&str; 8] = [
    "id",
    "username",
    "email",
    "password",
    "bio",
    "image",
    "created_at",
    "updated_at",
];

const ARTICLE: [&str; 8] = [
    "id",
    "slug",
    "title",
    "description",
    "body",
    "author_id",
    "created_at",
    "updated_at",
];

const COMMENT: [&str; 6] = [
    "id",
    "article_id",
    "author_id",
    "body",
    "created_at",
    "updated_at",
];

fn user(fields: &Fields<'_>) -> Row {
    let [created, updated] = times(fields, 6)?;
    Ok(vec![
        number(fields, 0)?,
        text(fields, 1),
        text(fields, 2),
        hash(fields, 3)?,
        optional(fields, 4),
        optional(fields, 5),
        created,
        updated,
    ])
}

fn article(fields: &Fields<'_>) -> Row {
    let [created, updated] = times(fields, 6)?;
    let slug = slug::imported(fields.text(1), fields.unique);
    Ok(vec![
        number(fields, 0)?,
        Value::Text(slug),
        text(fields, 2),
        text(fields, 3),
        text(fields, 4),
        number(fields, 5)?,
        created,
        updated,
    ])
}

fn comment(fields: &Fields<'_>) -> Row {
    let [created, updated] = times(fields, 4)?;
    Ok(vec![
        number(fields, 0)?,
        number(fields, 1)?,
        number(fields, 2)?,
        text(fields, 3),
        created,
        updated,
    ])
}

fn pair(fields: &Fields<'_>) -> Row {
    Ok(vec![number(fields, 0)?, number(fields, 1)?])
}

fn text(fields: &Fields<'_>, field: usize) -> Value {
    Value::Text(fields.text(field).to_owned())
}

fn optional(fields: &Fields<'_>, field: usize) -> Value {
    match fields.text(field) {
        "" => Value::Null,
        text => Value::Text(text.to_owned()),
    }
}

/// Only hashes are taken for passwords, so that nobody imports passwords as they are.
fn hash(fields: &Fields<'_>, field: usize) -> Result<Value, FieldError> {
    const BEGINNINGS: [&str; 4] = ["$argon2", "$2a$", "$2b$", "$2y$"];
    let hash = fields.text(field);
    let is_hash = |text: &str| {
        BEGINNINGS
            .iter()
            .any(|beginning| text.starts_with(beginning))
    };
    if hash.is_empty() || is_hash(hash) {
        return Ok(optional(fields, field));
    }
    // The value stays out of the message, which ends in logs: the reader of a file shows fields, so the
    // number of the user stands for it.
    let reason = "has a password that is neither an argon2 nor a bcrypt hash".to_owned();
    Err(FieldError { field: 0, reason })
}

fn number(fields: &Fields<'_>, field: usize) -> Result<Value, FieldError> {
    let number: Option<i64> = fields.text(field).parse().ok().filter(|number| *number > 0);
    let reason = "is no number of a row".to_owned();
    number
        .map(Value::Integer)
        .ok_or(FieldError { field, reason })
}

/// When something was created and when it was changed, which is not before.
fn times(fields: &Fields<'_>, field: usize) -> Result<[Value; 2], FieldError> {
    let created = time(fields, field)?;
    let updated = time(fields, field + 1)?.max(created);
    Ok([created, updated].map(Value::Integer))
}

fn time(fields: &Fields<'_>, field: usize) -> Result<i64, FieldError> {
    let text = fields.text(field);
    let with_zone = text.parse::<Timestamp>().ok();
    let time = with_zone.or_else(|| {
        let time: DateTime = text.parse().ok()?;
        Some(time.to_zoned(TimeZone::UTC).ok()?.timestamp())
    });
    let time = time
        .map(Timestamp::as_millisecond)
        .filter(|time| *time >= 0);
    let reason = "is no time since 1970".to_owned();
    time.ok_or(FieldError { field, reason })
}
