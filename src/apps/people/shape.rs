//! Whether a body goes with the specification: the types of the keys that are there, in the order of the
//! specification, one complaint at most. Which keys must be there is the model's to say.

use std::fmt::Display;

use super::columns::{COLUMNS, FieldType, SEXES};
use super::json::{JsonObject, JsonValue};
use super::problem::PeopleError;
use super::python::repr;

/// The object that a body is.
pub(super) fn checked(body: JsonValue) -> Result<JsonObject, PeopleError> {
    let JsonValue::Object(fields) = body else {
        let detail = format!("{} is not of type 'object'", repr(&body));
        return Err(PeopleError::specification(detail));
    };
    for column in &COLUMNS {
        if let Some(value) = fields.get(column.key)
            && let Some(flaw) = flaw(column.kind, value)
        {
            let detail = format!("{} {flaw} - '{}'", repr(value), column.key);
            return Err(PeopleError::specification(detail));
        }
    }
    Ok(*fields)
}

/// What is wrong with a value, to be said behind it.
fn flaw(kind: FieldType, value: &JsonValue) -> Option<String> {
    let is_not = |name: &str| Some(format!("is not of type '{name}'"));
    match (kind, value) {
        (FieldType::Number, JsonValue::Float(number)) if number.is_infinite() => {
            Some(beyond(&number.to_string(), &DOUBLES.0, &DOUBLES.1))
        }
        // The specification has uuids in answers only: the model looks at them.
        (FieldType::Uuid, _)
        | (FieldType::Boolean, JsonValue::Bool(_))
        | (FieldType::Number, JsonValue::Integer(_) | JsonValue::Float(_))
        | (FieldType::Text, JsonValue::Text(_)) => None,
        (FieldType::Integer, JsonValue::Integer(number)) => out_of_range(*number),
        (FieldType::Integer, JsonValue::LongInteger(digits)) => {
            Some(beyond(digits, &INTEGERS.0, &INTEGERS.1))
        }
        (FieldType::Number, JsonValue::LongInteger(digits)) => match value.as_f64() {
            Some(_) => None,
            None => Some(beyond(digits, &DOUBLES.0, &DOUBLES.1)),
        },
        (FieldType::Sex, JsonValue::Text(sex)) => (!SEXES.contains(&sex.as_str())).then(|| {
            let sexes = SEXES.map(|sex| format!("'{sex}'")).join(", ");
            format!("is not one of [{sexes}]")
        }),
        (FieldType::Boolean, _) => is_not("boolean"),
        (FieldType::Integer, _) => is_not("integer"),
        (FieldType::Number, _) => is_not("number"),
        (FieldType::Text | FieldType::Sex, _) => is_not("string"),
    }
}

/// Integers have 32 bits, which the original left to its database to refuse.
fn out_of_range(number: i64) -> Option<String> {
    let is_one = i32::try_from(number).is_ok();
    (!is_one).then(|| beyond(&number.to_string(), &INTEGERS.0, &INTEGERS.1))
}

/// The least and the greatest whole number that a column holds.
const INTEGERS: (i32, i32) = (i32::MIN, i32::MAX);

/// The same of numbers.
const DOUBLES: (&str, &str) = ("-1.7976931348623157e+308", "1.7976931348623157e+308");

/// Which of two bounds a number, given by its digits, is beyond.
pub(super) fn beyond(digits: &str, least: &impl Display, greatest: &impl Display) -> String {
    if digits.starts_with('-') {
        format!("is less than the minimum of {least}")
    } else {
        format!("is greater than the maximum of {greatest}")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn complaint(body: &Value) -> Option<String> {
        complaint_of(&body.to_string())
    }

    fn complaint_of(body: &str) -> Option<String> {
        let body = JsonValue::parse(body.as_bytes()).unwrap();
        let problem = checked(body).err()?;
        let document = serde_json::to_value(problem).unwrap();
        Some(document["detail"].as_str().unwrap().to_owned())
    }

    #[test]
    fn the_first_complaint_is_that_of_the_first_column() {
        let body = json!({"fare": "x", "age": "20", "survived": 1});
        assert_eq!(
            complaint(&body).unwrap(),
            "1 is not of type 'boolean' - 'survived'"
        );
    }

    #[test]
    fn bodies_that_are_no_objects_are_told_so() {
        assert_eq!(complaint(&json!([])).unwrap(), "[] is not of type 'object'");
        assert_eq!(
            complaint(&json!("a")).unwrap(),
            "'a' is not of type 'object'"
        );
        assert_eq!(complaint(&json!({})), None);
    }

    #[test]
    fn integers_have_32_bits() {
        for (value, expected) in [
            (json!(2_147_483_647), None),
            (json!(-2_147_483_648_i64), None),
            (
                json!(2_147_483_648_i64),
                Some("2147483648 is greater than the maximum of 2147483647 - 'age'"),
            ),
            (
                json!(-2_147_483_649_i64),
                Some("-2147483649 is less than the minimum of -2147483648 - 'age'"),
            ),
            (
                json!(18_446_744_073_709_551_615_u64),
                Some("18446744073709551615 is greater than the maximum of 2147483647 - 'age'"),
            ),
            (json!(8.0), Some("8.0 is not of type 'integer' - 'age'")),
        ] {
            assert_eq!(complaint(&json!({"age": value})).as_deref(), expected);
        }
    }

    /// Trust 14: a number beyond every double is `inf` to the original too, and is refused for what it is.
    #[test]
    fn numbers_beyond_doubles_are_named() {
        let greatest = "is greater than the maximum of 1.7976931348623157e+308 - 'fare'";
        for (body, expected) in [
            (
                r#"{"age": 1e400}"#,
                Some("inf is not of type 'integer' - 'age'".to_owned()),
            ),
            (
                r#"{"name": [-1e400]}"#,
                Some("[-inf] is not of type 'string' - 'name'".to_owned()),
            ),
            (r#"{"fare": 1e400}"#, Some(format!("inf {greatest}"))),
            (r#"{"unknown": 1e400}"#, None),
        ] {
            assert_eq!(complaint_of(body), expected);
        }
    }

    #[test]
    fn numbers_of_any_length_are_shown_in_full() {
        for (body, expected) in [
            (
                r#"{"age": 18446744073709551616}"#,
                Some("18446744073709551616 is greater than the maximum of 2147483647 - 'age'"),
            ),
            (
                r#"{"age": -99999999999999999999}"#,
                Some("-99999999999999999999 is less than the minimum of -2147483648 - 'age'"),
            ),
            (
                r#"{"name": {"b": 1, "a": 100000000000000000000}}"#,
                Some("{'b': 1, 'a': 100000000000000000000} is not of type 'string' - 'name'"),
            ),
            (r#"{"fare": 18446744073709551616}"#, None),
        ] {
            assert_eq!(complaint_of(body).as_deref(), expected);
        }
        let long = "9".repeat(400);
        let expected =
            format!("{long} is greater than the maximum of 1.7976931348623157e+308 - 'fare'");
        assert_eq!(
            complaint_of(&format!("{{\"fare\": {long}}}")),
            Some(expected)
        );
    }
}
