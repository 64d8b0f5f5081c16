//! The columns of a person: their names in JSON, in SQL and in queries, and what they hold.
//!
//! In the order of the original's specification, which is the order in which its checks speak up.

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FieldType {
    Uuid,
    Boolean,
    /// 32 bits.
    Integer,
    Number,
    Text,
    Sex,
}

/// A column.
#[derive(Debug)]
pub(super) struct Column {
    /// Its key in JSON and its name in queries.
    pub(super) key: &'static str,
    /// Its name in SQL; the index that lists by it is `person_by_` and this.
    pub(super) name: &'static str,
    pub(super) kind: FieldType,
}

/// The values of `sex`.
pub(super) const SEXES: [&str; 3] = ["male", "female", "other"];

/// Characters of a name at most.
pub(super) const LONGEST_NAME: usize = 100;

/// All that a body can give but the uuid, then the uuid.
pub(super) const COLUMNS: [Column; 9] = [
    column("survived", "survived", FieldType::Boolean),
    column("passengerClass", "passenger_class", FieldType::Integer),
    column("name", "name", FieldType::Text),
    column("sex", "sex", FieldType::Sex),
    column("age", "age", FieldType::Integer),
    column(
        "siblingsOrSpousesAboard",
        "siblings_or_spouses_aboard",
        FieldType::Integer,
    ),
    column(
        "parentsOrChildrenAboard",
        "parents_or_children_aboard",
        FieldType::Integer,
    ),
    column("fare", "fare", FieldType::Number),
    column("uuid", "uuid", FieldType::Uuid),
];

const fn column(key: &'static str, name: &'static str, kind: FieldType) -> Column {
    Column { key, name, kind }
}

/// The column with this key.
pub(super) fn find(key: &str) -> Option<&'static Column> {
    COLUMNS.iter().find(|column| column.key == key)
}
