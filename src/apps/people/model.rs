//! What a person must be, beyond the specification: which keys must be there, and what a name and a uuid
//! may be. The complaints are of family B, the first one only, in the model's order.

use data_encoding::HEXLOWER_PERMISSIVE;
use uuid::Uuid;

use super::columns::LONGEST_NAME;
use super::json::{JsonObject, JsonValue};
use super::problem::PeopleError;

/// A new person.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct PersonInsert {
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
pub(super) struct PersonUpdate {
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

impl PersonUpdate {
    /// Whether everything stays.
    pub(super) fn is_empty(&self) -> bool {
        let nothing = Self {
            uuid: self.uuid,
            ..Self::default()
        };
        *self == nothing
    }
}

/// The spellings of a uuid that the original's database takes: in any case, in braces or not, and with or
/// without a hyphen behind each group of four digits but the last.
pub(super) fn uuid(text: &str) -> Option<Uuid> {
    let braced = text
        .strip_prefix('{')
        .and_then(|text| text.strip_suffix('}'));
    let mut rest = braced.unwrap_or(text).as_bytes();
    let mut bytes = [0; 16];
    for (index, byte) in bytes.iter_mut().enumerate() {
        if index > 0 && index % 2 == 0 {
            rest = rest.strip_prefix(b"-").unwrap_or(rest);
        }
        let (digits, behind) = rest.split_at_checked(2)?;
        *byte = HEXLOWER_PERMISSIVE.decode(digits).ok()?.first().copied()?;
        rest = behind;
    }
    rest.is_empty().then(|| Uuid::from_bytes(bytes))
}

/// What a body says that went through the check of its shape.
pub(super) fn changes(fields: &JsonObject) -> Result<PersonUpdate, PeopleError> {
    let integer = |key: &str| fields.get(key).and_then(JsonValue::as_i64);
    Ok(PersonUpdate {
        name: fields.get("name").map(name).transpose()?,
        uuid: given_uuid(fields)?,
        survived: fields.get("survived").and_then(JsonValue::as_bool),
        passenger_class: integer("passengerClass"),
        sex: fields
            .get("sex")
            .and_then(JsonValue::as_str)
            .map(str::to_owned),
        age: integer("age"),
        siblings_or_spouses_aboard: integer("siblingsOrSpousesAboard"),
        parents_or_children_aboard: integer("parentsOrChildrenAboard"),
        fare: fields.get("fare").and_then(JsonValue::as_f64),
    })
}

/// The person that a body describes. The fields are looked at in the order in which they stand here.
pub(super) fn person(fields: &JsonObject) -> Result<PersonInsert, PeopleError> {
    let required = |key: &str| {
        let missing = || PeopleError::validation(format!("No `{key}` provided"));
        fields.get(key).ok_or_else(missing)
    };
    // Of the type that the check of the shape found.
    let integer = |key: &str| required(key).map(|value| value.as_i64().unwrap_or_default());
    Ok(PersonInsert {
        passenger_class: integer("passengerClass")?,
        name: name(required("name")?)?,
        sex: required("sex")?.as_str().unwrap_or_default().to_owned(),
        age: integer("age")?,
        siblings_or_spouses_aboard: integer("siblingsOrSpousesAboard")?,
        parents_or_children_aboard: integer("parentsOrChildrenAboard")?,
        fare: required("fare")?.as_f64().unwrap_or_default(),
        survived: fields
            .get("survived")
            .and_then(JsonValue::as_bool)
            .unwrap_or_default(),
        uuid: given_uuid(fields)?.unwrap_or_else(Uuid::new_v4),
    })
}

/// A uuid that is given, if one is.
fn given_uuid(fields: &JsonObject) -> Result<Option<Uuid>, PeopleError> {
    match fields.get("uuid") {
        None | Some(JsonValue::Null) => Ok(None),
        Some(JsonValue::Text(text)) => uuid(text).map(Some).ok_or_else(|| incorrect_value("uuid")),
        Some(_) => {
            let detail = "Incorrect type of value for `uuid`";
            Err(PeopleError::validation(detail))
        }
    }
}

/// A person cannot be given another uuid.
pub(super) fn stays(own: Uuid, changes: &PersonUpdate) -> Result<(), PeopleError> {
    match changes.uuid {
        Some(other) if other != own => Err(incorrect_value("uuid")),
        _ => Ok(()),
    }
}

/// A name, whose length counts in characters.
fn name(value: &JsonValue) -> Result<String, PeopleError> {
    let name = value.as_str().unwrap_or_default();
    if name.chars().count() > LONGEST_NAME {
        let detail = format!("To long value for `name`. Max {LONGEST_NAME} chars.");
        return Err(PeopleError::validation(detail));
    }
    // What no database of the two takes, or shows.
    if name.contains('\0') {
        return Err(incorrect_value("name"));
    }
    Ok(name.to_owned())
}

fn incorrect_value(key: &str) -> PeopleError {
    PeopleError::validation(format!("Incorrect value for `{key}`"))
}

#[cfg(test)]
mod tests {
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
            format!("{{{plain}}}"),
            "8e03-978e-40d5-43dd-bc93-6894-a57f-9324".to_owned(),
            "8E03978e40d5-43ddbc936894-a57f9324".to_owned(),
            "{8e03978e40d543dd-bc936894a57f9324}".to_owned(),
        ] {
            assert_eq!(uuid(&text), Some(expected), "{text}");
        }
        for text in [
            "",
            "8e03978e",
            &plain[1..],
            &format!("urn:uuid:{CANONICAL}"),
            &format!("{{{CANONICAL}"),
            &format!("{CANONICAL}}}"),
            &format!("{{{{{CANONICAL}}}}}"),
            &format!("{CANONICAL}-"),
            &format!("-{CANONICAL}"),
            &format!(" {CANONICAL}"),
            &format!("{CANONICAL}0"),
            &CANONICAL.replacen('-', "--", 1),
            "8e0-3978e40d543ddbc936894a57f9324",
            "8e-03978e40d543ddbc936894a57f9324",
            &CANONICAL.replacen('8', "g", 1),
            &CANONICAL.replacen("8e", "é", 1),
        ] {
            assert_eq!(uuid(text), None, "{text}");
        }
    }

    #[test]
    fn length_counts_in_characters() {
        let name_of = |length| name(&JsonValue::Text("椅".repeat(length)));
        assert!(name_of(100).is_ok());
        assert!(name_of(101).is_err());
        assert!(name(&JsonValue::Text("a\u{0}b".to_owned())).is_err());
    }
}
