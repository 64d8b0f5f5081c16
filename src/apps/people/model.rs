//! What a person must be, beyond the specification: which keys must be there, and what a name and a uuid
//! may be. The complaints are of family B, the first one only, in the model's order.

use serde_json::{Map, Value};
use uuid::Uuid;

use super::columns::LONGEST_NAME;
use super::problem::Problem;

/// A new person.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Person {
    pub(super) uuid: Uuid,
    pub(super) survived: bool,
    pub(super) passenger_class: i64,
    pub(super) name: String,
    pub(super) sex: String,
    pub(super) age: i64,
    pub(super) siblings_or_spouses_aboard: i64,
    pub(super) parents_or_children_aboard: i64,
    pub(super) fare: f64,
}

/// What is to become of a person; what is not given stays.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Changes {
    /// Cannot change, but may be said.
    pub(super) uuid: Option<Uuid>,
    pub(super) survived: Option<bool>,
    pub(super) passenger_class: Option<i64>,
    pub(super) name: Option<String>,
    pub(super) sex: Option<String>,
    pub(super) age: Option<i64>,
    pub(super) siblings_or_spouses_aboard: Option<i64>,
    pub(super) parents_or_children_aboard: Option<i64>,
    pub(super) fare: Option<f64>,
}

/// The spellings of a uuid that the original's database takes: in any case, with or without hyphens,
/// also in braces.
pub(super) fn uuid(text: &str) -> Option<Uuid> {
    if text.starts_with("urn:") {
        return None;
    }
    Uuid::try_parse(text).ok()
}

/// What a body says that went through the check of its shape.
pub(super) fn changes(fields: &Map<String, Value>) -> Result<Changes, Problem> {
    let integer = |key: &str| fields.get(key).and_then(Value::as_i64);
    let text = |key: &str| fields.get(key).and_then(Value::as_str).map(str::to_owned);
    Ok(Changes {
        name: fields.get("name").map(name).transpose()?,
        uuid: match fields.get("uuid") {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => Some(uuid(text).ok_or_else(|| incorrect_value("uuid"))?),
            Some(_) => {
                let detail = "Incorrect type of value for `uuid`";
                return Err(Problem::validation(detail));
            }
        },
        survived: fields.get("survived").and_then(Value::as_bool),
        passenger_class: integer("passengerClass"),
        sex: text("sex"),
        age: integer("age"),
        siblings_or_spouses_aboard: integer("siblingsOrSpousesAboard"),
        parents_or_children_aboard: integer("parentsOrChildrenAboard"),
        fare: fields.get("fare").and_then(Value::as_f64),
    })
}

/// The person that a body describes.
pub(super) fn person(fields: &Map<String, Value>) -> Result<Person, Problem> {
    let missing = |key: &str| Problem::validation(format!("No `{key}` provided"));
    let is_there = |key: &str| match fields.contains_key(key) {
        true => Ok(()),
        false => Err(missing(key)),
    };
    is_there("passengerClass")?;
    is_there("name")?;
    fields.get("name").map(name).transpose()?;
    for key in [
        "sex",
        "age",
        "siblingsOrSpousesAboard",
        "parentsOrChildrenAboard",
        "fare",
    ] {
        is_there(key)?;
    }
    let given = changes(fields)?;
    Ok(Person {
        uuid: given.uuid.unwrap_or_else(Uuid::new_v4),
        survived: given.survived.unwrap_or_default(),
        passenger_class: given
            .passenger_class
            .ok_or_else(|| missing("passengerClass"))?,
        name: given.name.ok_or_else(|| missing("name"))?,
        sex: given.sex.ok_or_else(|| missing("sex"))?,
        age: given.age.ok_or_else(|| missing("age"))?,
        siblings_or_spouses_aboard: given
            .siblings_or_spouses_aboard
            .ok_or_else(|| missing("siblingsOrSpousesAboard"))?,
        parents_or_children_aboard: given
            .parents_or_children_aboard
            .ok_or_else(|| missing("parentsOrChildrenAboard"))?,
        fare: given.fare.ok_or_else(|| missing("fare"))?,
    })
}

/// A person cannot be given another uuid.
pub(super) fn stays(own: Uuid, changes: &Changes) -> Result<(), Problem> {
    match changes.uuid {
        Some(other) if other != own => Err(incorrect_value("uuid")),
        _ => Ok(()),
    }
}

/// A name, whose length counts in characters.
fn name(value: &Value) -> Result<String, Problem> {
    let name = value.as_str().unwrap_or_default();
    if name.chars().count() > LONGEST_NAME {
        let detail = format!("To long value for `name`. Max {LONGEST_NAME} chars.");
        return Err(Problem::validation(detail));
    }
    // What no database of the two takes, or shows.
    if name.contains('\0') {
        return Err(incorrect_value("name"));
    }
    Ok(name.to_owned())
}

fn incorrect_value(key: &str) -> Problem {
    Problem::validation(format!("Incorrect value for `{key}`"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const CANONICAL: &str = "8e03978e-40d5-43dd-bc93-6894a57f9324";

    #[test]
    fn uuids_have_several_spellings() {
        let expected = Uuid::try_parse(CANONICAL).unwrap();
        let plain = CANONICAL.replace('-', "");
        for text in [
            CANONICAL.to_owned(),
            CANONICAL.to_uppercase(),
            plain.clone(),
            format!("{{{CANONICAL}}}"),
        ] {
            assert_eq!(uuid(&text), Some(expected), "{text}");
        }
        for text in [
            "",
            "8e03978e",
            &plain[1..],
            &format!("urn:uuid:{CANONICAL}"),
        ] {
            assert_eq!(uuid(text), None, "{text}");
        }
    }

    #[test]
    fn length_counts_in_characters() {
        let name_of = |length| name(&json!("椅".repeat(length)));
        assert!(name_of(100).is_ok());
        assert!(name_of(101).is_err());
        assert!(name(&json!("a\u{0}b")).is_err());
    }
}
