//! What a list is asked for: filters, sorting and the page, as a query says it.
//!
//! The first of a name wins, and names that are not known are passed over, as in the original. A value
//! that cannot be is 400 of family A, in the words of the original's framework.

use std::borrow::Cow;
use std::fmt::Display;
use std::str::FromStr;

use form_urlencoded::{Serializer, parse};
use rusqlite::types::Value;
use serde_json::Value as Json;

use super::Result;
use super::columns::{COLUMNS, Column, FieldType, SEXES, find};
use super::model;
use super::problem::PeopleError;
use super::settings::PeopleSettings;
use super::shape::beyond;

/// A list that is asked for.
#[derive(Debug, Default)]
pub(super) struct ListRequest {
    pub(super) conditions: Vec<Filter>,
    pub(super) sort: Option<Sort>,
    /// People of a page; all without one.
    pub(super) limit: Option<usize>,
    /// Where the page before ended.
    pub(super) after: Option<ListCursor>,
}

/// What must hold of a person.
#[derive(Debug)]
pub(super) struct Filter {
    pub(super) column: &'static Column,
    pub(super) test: Test,
    pub(super) value: Value,
}

/// How a column is compared with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Test {
    Equals,
    AtLeast,
    AtMost,
    Contains,
}

/// The order of a list; without one people come as they arrived.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sort {
    pub(super) column: &'static Column,
    pub(super) descends: bool,
}

/// A cursor: a position in the order of a list.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ListCursor {
    /// What the list is sorted by; the number without sorting.
    pub(super) value: Value,
    pub(super) number: i64,
}

/// What the parameters of pages are called.
const LIMIT: &str = "limit";
const CURSOR: &str = "cursor";
const SORT: &str = "sort";
const NAME_CONTAINS: &str = "nameContains";

/// The parameters of a query that mean something, the first of each name: two queries that give the same
/// ask for the same.
pub(super) fn normal(query: &str) -> String {
    Serializer::new(String::new())
        .extend_pairs(known(query))
        .finish()
}

fn known(query: &str) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
    // No longer than the list of all names.
    let mut seen: Vec<Cow<'_, str>> = Vec::new();
    parse(query.as_bytes()).filter(move |(name, _)| {
        let is_known = [LIMIT, CURSOR, SORT].contains(&&**name) || target(name).is_some();
        let is_first = is_known && !seen.contains(name);
        if is_first {
            seen.push(name.clone());
        }
        is_first
    })
}

impl ListRequest {
    /// Reads a query.
    pub(super) fn parse(query: &str, settings: &PeopleSettings) -> Result<Self> {
        let mut asked = Self::default();
        let mut cursor = None;
        for (name, text) in known(query) {
            match &*name {
                LIMIT => asked.limit = Some(limit(&text, settings.max_limit)?),
                CURSOR => cursor = Some(text.into_owned()),
                SORT => asked.sort = Some(sort(&text)?),
                other => asked.conditions.extend(condition(other, &text)?),
            }
        }
        // Which cursor is right depends on the sorting.
        asked.after = cursor.map(|text| place(&text, asked.sort)).transpose()?;
        Ok(asked)
    }

    /// The query of the page behind `last`, or of the first one: `query` with another cursor.
    pub(super) fn with_cursor(&self, query: &str, last: Option<&ListCursor>) -> String {
        let mut next = Serializer::new(String::new());
        for (name, text) in known(query).filter(|(name, _)| name != CURSOR) {
            next.append_pair(&name, &text);
        }
        if let Some(last) = last {
            next.append_pair(CURSOR, &cursor(last, self.sort));
        }
        next.finish()
    }
}

/// `age`, or `-age` for the highest first.
fn sort(text: &str) -> Result<Sort> {
    let key = text.strip_prefix('-').unwrap_or(text);
    let column = find(key).ok_or_else(|| {
        let keys = COLUMNS.iter().map(|column| format!("'{}'", column.key));
        let keys = keys.collect::<Vec<_>>().join(", ");
        wrong(
            SORT,
            &format!("'{text}' is not one of [{keys}], nor - and one of them"),
        )
    })?;
    Ok(Sort {
        column,
        descends: text.starts_with('-'),
    })
}

fn limit(text: &str, most: usize) -> Result<usize> {
    whole(LIMIT, text, 1, most)
}

/// A whole number from `least` to `greatest`. One that is out of range is quoted as it came, however long
/// it is.
fn whole<N>(name: &str, text: &str, least: N, greatest: N) -> Result<N>
where
    N: Copy + FromStr + PartialOrd + Display,
{
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(wrong_type(name, "integer").into());
    }
    let flaw = match text.parse() {
        Ok(number) if number < least => format!("is less than the minimum of {least}"),
        Ok(number) if number <= greatest => return Ok(number),
        _ => beyond(text, &least, &greatest),
    };
    Err(wrong(name, &format!("{text} {flaw}")).into())
}

/// What a parameter asks of people; nothing when it is not known.
fn condition(name: &str, text: &str) -> Result<Option<Filter>> {
    let Some((column, test)) = target(name) else {
        return Ok(None);
    };
    let value = value(name, column.kind, text)?;
    Ok(Some(Filter {
        column,
        test,
        value,
    }))
}

/// The column that a parameter is about, and how it is compared.
fn target(name: &str) -> Option<(&'static Column, Test)> {
    if name == NAME_CONTAINS {
        return find("name").map(|column| (column, Test::Contains));
    }
    let equals = find(name).map(|column| (column, Test::Equals));
    equals.or_else(|| bound(name))
}

/// `minAge`, `maxFare`: a number's bound, inclusive.
fn bound(name: &str) -> Option<(&'static Column, Test)> {
    let (rest, test) = match name.strip_prefix("min") {
        Some(rest) => (rest, Test::AtLeast),
        None => (name.strip_prefix("max")?, Test::AtMost),
    };
    let is_meant = |column: &&Column| {
        let (first, others) = column.key.split_at(1);
        matches!(column.kind, FieldType::Integer | FieldType::Number)
            && rest.strip_prefix(&first.to_ascii_uppercase()) == Some(others)
    };
    let column = COLUMNS.iter().find(is_meant)?;
    Some((column, test))
}

/// A parameter's value as the column keeps it.
fn value(name: &str, kind: FieldType, text: &str) -> Result<Value> {
    let read = match kind {
        FieldType::Uuid => model::uuid(text)
            .map(|uuid| Value::Text(uuid.to_string()))
            .ok_or("uuid"),
        FieldType::Boolean => match text {
            "true" => Ok(Value::Integer(1)),
            "false" => Ok(Value::Integer(0)),
            _ => Err("boolean"),
        },
        FieldType::Integer => {
            let number = whole(name, text, i32::MIN, i32::MAX)?;
            Ok(Value::Integer(number.into()))
        }
        FieldType::Number => finite(text).map(Value::Real).ok_or("number"),
        FieldType::Sex if !SEXES.contains(&text) => {
            let sexes = SEXES.map(|sex| format!("'{sex}'")).join(", ");
            return Err(wrong(name, &format!("'{text}' is not one of [{sexes}]")).into());
        }
        FieldType::Text | FieldType::Sex => Ok(Value::Text(text.to_owned())),
    };
    read.map_err(|expected| wrong_type(name, expected).into())
}

/// Not `inf` and `nan`, which Rust reads as numbers too.
fn finite(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

fn wrong_type(name: &str, expected: &str) -> PeopleError {
    let detail = format!("Wrong type, expected '{expected}' for query parameter '{name}'");
    PeopleError::specification(detail)
}

fn wrong(name: &str, flaw: &str) -> PeopleError {
    PeopleError::specification(format!("{flaw} for query parameter '{name}'"))
}

/// A cursor as clients get it: JSON of what the list is sorted by, its value there, and the number.
fn cursor(place: &ListCursor, sort: Option<Sort>) -> String {
    let value = match &place.value {
        Value::Integer(number) => Json::from(*number),
        Value::Real(number) => Json::from(*number),
        Value::Text(text) => Json::from(text.as_str()),
        Value::Null | Value::Blob(_) => Json::Null,
    };
    Json::from(vec![
        Json::from(order(sort)),
        value,
        Json::from(place.number),
    ])
    .to_string()
}

/// Reads what [`cursor`] wrote, of a list that is sorted in the same way.
fn place(text: &str, sort: Option<Sort>) -> Result<ListCursor> {
    let strange = || wrong(CURSOR, "not a cursor of such a list");
    let parts: (String, Json, i64) = serde_json::from_str(text).map_err(|_| strange())?;
    let (given, value, number) = parts;
    if given != order(sort) {
        return Err(strange().into());
    }
    let kind = sort.map_or(FieldType::Integer, |sort| sort.column.kind);
    let value = match (kind, value) {
        (FieldType::Number, Json::Number(number)) => number.as_f64().map(Value::Real),
        (FieldType::Integer | FieldType::Boolean, Json::Number(number)) => {
            number.as_i64().map(Value::Integer)
        }
        (FieldType::Uuid | FieldType::Text | FieldType::Sex, Json::String(text)) => {
            Some(Value::Text(text))
        }
        _ => None,
    };
    let value = value.ok_or_else(strange)?;
    Ok(ListCursor { value, number })
}

fn order(sort: Option<Sort>) -> String {
    sort.map_or(String::new(), |sort| {
        let sign = if sort.descends { "-" } else { "" };
        format!("{sign}{}", sort.column.key)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(query: &str) -> Result<ListRequest> {
        ListRequest::parse(query, &PeopleSettings::default())
    }

    #[test]
    fn every_column_can_be_asked_for() {
        for column in &COLUMNS {
            let text = match column.kind {
                FieldType::Uuid => "8e03978e-40d5-43dd-bc93-6894a57f9324",
                FieldType::Boolean => "true",
                FieldType::Integer | FieldType::Number => "7",
                FieldType::Text | FieldType::Sex => "male",
            };
            let asked = parsed(&format!("{}={text}", column.key)).unwrap();
            let [condition] = &asked.conditions[..] else {
                panic!("{asked:?}");
            };
            assert_eq!(condition.column.key, column.key);
            assert_eq!(condition.test, Test::Equals);
            assert!(parsed(&format!("sort={}", column.key)).is_ok());
            assert!(parsed(&format!("sort=-{}", column.key)).is_ok());
        }
        let asked = parsed("minAge=1&maxParentsOrChildrenAboard=2&nameContains=a").unwrap();
        let tests: Vec<_> = asked
            .conditions
            .iter()
            .map(|c| (c.column.key, c.test))
            .collect();
        let expected = [
            ("age", Test::AtLeast),
            ("parentsOrChildrenAboard", Test::AtMost),
            ("name", Test::Contains),
        ];
        assert_eq!(tests, expected);
    }

    #[test]
    fn what_is_not_known_is_passed_over_and_the_first_wins() {
        let asked = parsed("minName=a&minage=x&Age=x&page=2&limit=3&limit=x&age=1&age=y").unwrap();
        assert_eq!(asked.limit, Some(3));
        assert_eq!(asked.conditions.len(), 1);
    }

    #[test]
    fn values_that_cannot_be_are_refused() {
        for query in [
            "limit=0",
            "limit=1001",
            "limit=",
            "limit=x",
            "limit=-1",
            "age=",
            "age=1.0",
            "age=2147483648",
            "fare=x",
            "fare=inf",
            "fare=NaN",
            "survived=1",
            "survived=",
            "sex=x",
            "uuid=x",
            "sort=",
            "sort=x",
            "sort=--age",
            "cursor=x",
            "cursor=[]",
            "minAge=x",
        ] {
            assert!(parsed(query).is_err(), "{query}");
        }
    }

    #[test]
    fn whole_numbers_beyond_64_bits_are_whole_numbers() {
        let long = "18446744073709551616";
        for (query, flaw) in [
            (
                format!("limit={long}"),
                "is greater than the maximum of 1000",
            ),
            (format!("limit=-{long}"), "is less than the minimum of 1"),
            (
                format!("age={long}"),
                "is greater than the maximum of 2147483647",
            ),
            (
                format!("minAge=-{long}"),
                "is less than the minimum of -2147483648",
            ),
        ] {
            let (name, text) = query.split_once('=').unwrap();
            let expected = wrong(name, &format!("{text} {flaw}"));
            let found = parsed(&query).unwrap_err();
            assert_eq!(
                format!("{found:?}"),
                format!("{:?}", crate::http::HttpError::from(expected))
            );
        }
    }

    #[test]
    fn cursors_are_read_as_they_were_written() {
        for (query, value) in [
            ("", Value::Integer(9)),
            ("sort=age", Value::Integer(-3)),
            ("sort=-fare", Value::Real(7.0)),
            (
                "sort=name",
                Value::Text("O'Hara, \"Pat\" 椅子&=".to_owned()),
            ),
        ] {
            let asked = parsed(query).unwrap();
            let place = ListCursor { value, number: 9 };
            let next = asked.with_cursor(query, Some(&place));
            assert_eq!(parsed(&next).unwrap().after, Some(place), "{next}");
            let first = asked.with_cursor(&next, None);
            assert_eq!(first, query);
        }
        let asked = parsed("sort=age").unwrap();
        let place = ListCursor {
            value: Value::Integer(1),
            number: 1,
        };
        let of_age = asked.with_cursor("", Some(&place));
        assert!(parsed(&of_age).is_err(), "another order");
        assert!(
            parsed(&format!("sort=-age&{of_age}")).is_err(),
            "the other way round"
        );
        assert!(parsed(&format!("sort=age&{of_age}")).is_ok());
    }
}
