//! A person as the API shows one: where the keys come from, their order, and how they are described.

use rusqlite::{Connection, OptionalExtension as _, Row};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::apps::answer::{Object, RowFormat, key};

macro_rules! select {
    ($condition:literal) => {
        concat!(
            "SELECT age, fare, name, parents_or_children_aboard, passenger_class, sex, \
             siblings_or_spouses_aboard, survived, uuid FROM person WHERE ",
            $condition
        )
    };
}

/// A person by number.
pub(super) const KIND: RowFormat = RowFormat {
    select: select!("id = ?1"),
    write,
};

const BY_UUID: &str = select!("uuid = ?1");

/// The keys in alphabetical order.
fn write(row: &Row<'_>, out: &mut Vec<u8>) -> rusqlite::Result<()> {
    Object::of(row, out)
        .integer(key!("age"))?
        .number(key!("fare"))?
        .text(key!("name"))?
        .integer(key!("parentsOrChildrenAboard"))?
        .integer(key!("passengerClass"))?
        .text(key!("sex"))?
        .integer(key!("siblingsOrSpousesAboard"))?
        .boolean(key!("survived"))?
        .text(key!("uuid"))?
        .end();
    Ok(())
}

/// A person as JSON; `None` when there is none with this uuid.
pub(super) fn find(connection: &Connection, uuid: Uuid) -> rusqlite::Result<Option<Vec<u8>>> {
    let mut select = connection.prepare_cached(BY_UUID)?;
    let mut text = Uuid::encode_buffer();
    let uuid: &str = uuid.hyphenated().encode_lower(&mut text);
    let row = select.query_row([uuid], |row| {
        let mut out = Vec::with_capacity(USUAL_LENGTH);
        write(row, &mut out)?;
        Ok(out)
    });
    row.optional()
}

/// Bytes of a person as JSON, usually.
pub(super) const USUAL_LENGTH: usize = 256;

/// A person.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what `write` writes")]
pub(super) struct Person {
    age: i32,
    fare: f64,
    #[schema(max_length = 100)]
    name: String,
    parents_or_children_aboard: i32,
    passenger_class: i32,
    #[schema(inline)]
    sex: Sex,
    siblings_or_spouses_aboard: i32,
    survived: bool,
    uuid: Uuid,
}

/// A person to be registered. Whole numbers are written without a decimal point; keys that are not
/// listed are ignored.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what `model` reads")]
pub(super) struct NewPerson {
    age: i32,
    /// Any finite number, whole ones too.
    fare: f64,
    #[schema(max_length = 100, pattern = "^[^\\x00]*$")]
    name: String,
    parents_or_children_aboard: i32,
    passenger_class: i32,
    #[schema(inline)]
    sex: Sex,
    siblings_or_spouses_aboard: i32,
    /// False when it is left out.
    #[schema(required = false)]
    survived: bool,
    /// A new random one when it is left out.
    #[schema(required = false)]
    uuid: Option<Uuid>,
}

/// What is to change. What is left out stays; whole numbers are written without a decimal point, and keys
/// that are not listed are ignored.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what `model` reads")]
pub(super) struct PersonChanges {
    #[schema(required = false)]
    age: i32,
    #[schema(required = false)]
    fare: f64,
    #[schema(required = false, max_length = 100, pattern = "^[^\\x00]*$")]
    name: String,
    #[schema(required = false)]
    parents_or_children_aboard: i32,
    #[schema(required = false)]
    passenger_class: i32,
    #[schema(required = false, inline)]
    sex: Sex,
    #[schema(required = false)]
    siblings_or_spouses_aboard: i32,
    #[schema(required = false)]
    survived: bool,
}

#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(dead_code, reason = "describes a key of the objects above")]
pub(super) enum Sex {
    Male,
    Female,
    Other,
}
