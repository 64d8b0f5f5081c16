//! The CSV files of a dataset: sentences, and what their words mean. People make accounts themselves.

use rusqlite::types::Value;

use crate::bake::{CsvTable, FieldError, Fields};

type Row = Result<Vec<Value>, FieldError>;

/// When the rows of a dataset were written: they do not say.
const WRITTEN: &str = "2026-01-01 00:00:00.000000";

/// The files.
pub(super) const TABLES: [CsvTable; 2] = [
    CsvTable {
        file: "sentences.csv",
        table: "sentences",
        columns: &["no", "jp", "en", "voice_data", "created_at", "updated_at"],
        header: &["no", "jp", "en", "voice_data"],
        optional: &[],
        row: sentence,
    },
    CsvTable {
        file: "words.csv",
        table: "words",
        columns: &["sentence_no", "en", "note", "url"],
        header: &["no", "en", "note", "url"],
        optional: &[],
        row: word,
    },
];

fn sentence(fields: &Fields<'_>) -> Row {
    Ok(vec![
        number(fields, 0)?,
        text(fields, 1),
        text(fields, 2),
        match fields.text(3) {
            "" => Value::Null,
            path => Value::Text(path.to_owned()),
        },
        Value::Text(WRITTEN.to_owned()),
        Value::Text(WRITTEN.to_owned()),
    ])
}

fn word(fields: &Fields<'_>) -> Row {
    Ok(vec![
        number(fields, 0)?,
        text(fields, 1),
        text(fields, 2),
        text(fields, 3),
    ])
}

fn text(fields: &Fields<'_>, field: usize) -> Value {
    Value::Text(fields.text(field).to_owned())
}

fn number(fields: &Fields<'_>, field: usize) -> Result<Value, FieldError> {
    let number: Option<i64> = fields.text(field).parse().ok();
    let reason = "is no number of a sentence".to_owned();
    number
        .map(Value::Integer)
        .ok_or(FieldError { field, reason })
}
