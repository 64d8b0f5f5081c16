//! The CSV file of the dataset, in the original's form: `people.csv` in a dataset folder, any name for a
//! seed.
//!
//! Eight columns by position, whose header is compared, and optionally the uuid, as `GET /people.csv`
//! writes it. Survival is read as it is meant; ages and counts with a fraction lose it, as the original
//! has it for ages.

use rusqlite::types::Value;
use uuid::Builder;

use super::columns::{LONGEST_NAME, SEXES};
use super::model;
use crate::bake::{CsvTable, FieldError, Fields};

/// The header of a file.
pub(super) const HEADER: [&str; 8] = [
    "Survived",
    "Pclass",
    "Name",
    "Sex",
    "Age",
    "Siblings/Spouses Aboard",
    "Parents/Children Aboard",
    "Fare",
];

/// What may stand behind that.
pub(super) const UUID: &str = "Uuid";

/// The file.
pub(super) const PASSENGERS: CsvTable = CsvTable {
    file: "people.csv",
    table: "person",
    columns: &[
        "survived",
        "passenger_class",
        "name",
        "sex",
        "age",
        "siblings_or_spouses_aboard",
        "parents_or_children_aboard",
        "fare",
        "uuid",
    ],
    header: &HEADER,
    optional: &[UUID],
    row,
};

fn row(fields: &Fields<'_>) -> Result<Vec<Value>, FieldError> {
    let read = |field: usize, read: fn(&str) -> Result<Value, String>| {
        read(fields.text(field)).map_err(|reason| FieldError { field, reason })
    };
    let uuid = match fields.text(HEADER.len()) {
        "" => Builder::from_random_bytes(fields.unique).into_uuid(),
        text => model::uuid(text).ok_or_else(|| FieldError {
            field: HEADER.len(),
            reason: "is no uuid".to_owned(),
        })?,
    };
    Ok(vec![
        read(0, survived)?,
        read(1, whole)?,
        read(2, name)?,
        read(3, sex)?,
        read(4, whole)?,
        read(5, whole)?,
        read(6, whole)?,
        read(7, fare)?,
        Value::Text(uuid.to_string()),
    ])
}

fn survived(text: &str) -> Result<Value, String> {
    match text.to_ascii_lowercase().as_str() {
        "0" | "false" => Ok(Value::Integer(0)),
        "1" | "true" => Ok(Value::Integer(1)),
        _ => Err("is neither 0 nor 1".to_owned()),
    }
}

fn name(text: &str) -> Result<Value, String> {
    if text.chars().count() > LONGEST_NAME {
        return Err(format!("is longer than {LONGEST_NAME} characters"));
    }
    if text.contains('\0') {
        return Err("holds a NUL".to_owned());
    }
    Ok(Value::Text(text.to_owned()))
}

fn sex(text: &str) -> Result<Value, String> {
    if SEXES.contains(&text) {
        return Ok(Value::Text(text.to_owned()));
    }
    Err(format!("is not one of {}", SEXES.join(", ")))
}

/// A number of 32 bits without its fraction.
fn whole(text: &str) -> Result<Value, String> {
    let number = number(text)?.trunc();
    if !(f64::from(i32::MIN)..=f64::from(i32::MAX)).contains(&number) {
        return Err("does not fit 32 bits".to_owned());
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "whole, and in the range of 32 bits"
    )]
    Ok(Value::Integer(number as i64))
}

fn fare(text: &str) -> Result<Value, String> {
    number(text).map(Value::Real)
}

fn number(text: &str) -> Result<f64, String> {
    let number: Option<f64> = text.trim().parse().ok();
    number
        .filter(|number| number.is_finite())
        .ok_or_else(|| "is no number".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn survival_is_what_the_field_says() {
        assert_eq!(survived("0"), Ok(Value::Integer(0)));
        assert_eq!(survived("1"), Ok(Value::Integer(1)));
        assert_eq!(survived("True"), Ok(Value::Integer(1)));
        assert!(survived("").is_err());
        assert!(survived("yes").is_err());
    }

    #[test]
    fn fractions_are_cut_off_towards_zero() {
        assert_eq!(whole("0.92"), Ok(Value::Integer(0)));
        assert_eq!(whole("28.5"), Ok(Value::Integer(28)));
        assert_eq!(whole("-1.5"), Ok(Value::Integer(-1)));
        assert_eq!(whole("2147483647"), Ok(Value::Integer(2_147_483_647)));
        for wrong in ["2147483648", "", "x", "inf", "NaN", "1e300"] {
            assert!(whole(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn fares_are_finite() {
        assert_eq!(fare("7.25"), Ok(Value::Real(7.25)));
        assert_eq!(fare("8"), Ok(Value::Real(8.0)));
        assert!(fare("inf").is_err());
        assert!(fare("").is_err());
    }
}
