//! Whether a body goes with the specification: the types of the keys that are there, in the order of the
//! specification, one complaint at most. Which keys must be there is the model's to say.

use serde_json::{Map, Number, Value};

use super::columns::{COLUMNS, FieldType, SEXES};
use super::problem::PeopleError;
use super::python::repr;

/// The object that a body is.
pub(super) fn checked(body: Value) -> Result<Map<String, Value>, PeopleError> {
    let Value::Object(fields) = body else {
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
    Ok(fields)
}

/// What is wrong with a value, to be said behind it.
fn flaw(kind: FieldType, value: &Value) -> Option<String> {
    let is_not = |name: &str| Some(format!("is not of type '{name}'"));
    match (kind, value) {
        // The specification has it in answers only: the model looks at it.
        (FieldType::Uuid, _)
        | (FieldType::Boolean, Value::Bool(_))
        | (FieldType::Number, Value::Number(_))
        | (FieldType::Text, Value::String(_)) => None,
        (FieldType::Integer, Value::Number(number)) if !number.is_f64() => out_of_range(number),
        (FieldType::Sex, Value::String(sex)) => (!SEXES.contains(&sex.as_str())).then(|| {
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
fn out_of_range(number: &Number) -> Option<String> {
    match number.as_i64() {
        Some(number) if number < i64::from(i32::MIN) => {
            Some(format!("is less than the minimum of {}", i32::MIN))
        }
        Some(number) if number <= i64::from(i32::MAX) => None,
        _ => Some(format!("is greater than the maximum of {}", i32::MAX)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn complaint(body: Value) -> Option<String> {
        let problem = checked(body).err()?;
        let document = serde_json::to_value(problem).unwrap();
        Some(document["detail"].as_str().unwrap().to_owned())
    }

    #[test]
    fn the_first_complaint_is_that_of_the_first_column() {
        let body = json!({"fare": "x", "age": "20", "survived": 1});
        assert_eq!(
            complaint(body).unwrap(),
            "1 is not of type 'boolean' - 'survived'"
        );
    }

    #[test]
    fn bodies_that_are_no_objects_are_told_so() {
        assert_eq!(complaint(json!([])).unwrap(), "[] is not of type 'object'");
        assert_eq!(
            complaint(json!("a")).unwrap(),
            "'a' is not of type 'object'"
        );
        assert_eq!(complaint(json!({})), None);
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
            assert_eq!(complaint(json!({"age": value})).as_deref(), expected);
        }
    }
}
