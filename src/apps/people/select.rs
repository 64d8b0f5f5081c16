//! The SQL of lists: numbers of people from one covering index, in its order, so that nothing is sorted
//! and only the people of the page are fetched (ARCHITECTURE.md, invariant 7).
//!
//! Statements are put together from the fixed names of columns; values are bound.

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::query::{Filter, ListCursor, ListRequest, Sort, Test};

/// A statement with what is bound to it.
#[derive(Debug)]
pub(super) struct Select {
    sql: String,
    values: Vec<Value>,
}

/// People of a list, at most so many.
pub(super) fn places(
    connection: &Connection,
    asked: &ListRequest,
    most: usize,
) -> rusqlite::Result<Vec<ListCursor>> {
    let Select { sql, values } = Select::of(asked, most);
    let mut select = connection.prepare_cached(&sql)?;
    let places = select.query_map(params_from_iter(values), |row| {
        Ok(ListCursor {
            number: row.get(0)?,
            value: row.get(1)?,
        })
    })?;
    places.collect()
}

impl Select {
    fn of(asked: &ListRequest, most: usize) -> Self {
        // One uuid has one person at most: there is nothing to be sorted.
        let uuid = equal_to(asked, |name| name == "uuid");
        let sort = asked.sort.filter(|_| uuid.is_none());
        // Where an index holds one value of its column, it is in the order of arrival.
        let index = sort
            .map(|sort| sort.column.name)
            .or(uuid)
            .or_else(|| equal_to(asked, |_| true));
        let source = index.map_or("NOT INDEXED".to_owned(), |name| {
            format!("INDEXED BY person_by_{name}")
        });
        let by = asked.sort.map_or("id", |sort| sort.column.name);
        let mut values = Vec::new();
        let mut terms: Vec<String> = asked
            .conditions
            .iter()
            .map(|condition| term(condition, &mut values))
            .collect();
        terms.extend(behind(asked, &mut values));
        if terms.is_empty() {
            terms.push("TRUE".to_owned());
        }
        values.push(Value::Integer(i64::try_from(most).unwrap_or(i64::MAX)));
        let sql = format!(
            "SELECT id, {by} FROM person {source} WHERE {} ORDER BY {} LIMIT ?{}",
            terms.join(" AND "),
            order(sort),
            values.len()
        );
        Self { sql, values }
    }
}

/// The column of an equality whose column's name `is_fit`.
fn equal_to(asked: &ListRequest, is_fit: impl Fn(&str) -> bool) -> Option<&'static str> {
    let mut conditions = asked.conditions.iter();
    let found = conditions
        .find(|condition| condition.test == Test::Equals && is_fit(condition.column.name));
    found.map(|condition| condition.column.name)
}

fn term(condition: &Filter, values: &mut Vec<Value>) -> String {
    let name = condition.column.name;
    values.push(condition.value.clone());
    let place = values.len();
    match condition.test {
        Test::Equals => format!("{name} = ?{place}"),
        Test::AtLeast => format!("{name} >= ?{place}"),
        Test::AtMost => format!("{name} <= ?{place}"),
        // ASCII letters in any case.
        Test::Contains => format!("instr(lower({name}), lower(?{place})) > 0"),
    }
}

/// What is true of those behind the page before.
fn behind(asked: &ListRequest, values: &mut Vec<Value>) -> Option<String> {
    let ListCursor { value, number } = asked.after.clone()?;
    values.push(Value::Integer(number));
    let number = values.len();
    let Some(Sort { column, descends }) = asked.sort else {
        return Some(format!("id > ?{number}"));
    };
    values.push(value);
    let (name, value) = (column.name, values.len());
    let is_behind = if descends { '<' } else { '>' };
    Some(format!("({name}, id) {is_behind} (?{value}, ?{number})"))
}

fn order(sort: Option<Sort>) -> String {
    match sort {
        None => "id".to_owned(),
        Some(Sort { column, descends }) => {
            let direction = if descends { "DESC" } else { "ASC" };
            format!("{} {direction}, id {direction}", column.name)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::columns::{COLUMNS, FieldType};
    use super::super::settings::PeopleSettings;
    use super::*;

    const TABLES: &str = include_str!("../../../schema/people/tables.sql");
    const INDEXES: &str = include_str!("../../../schema/people/indexes.sql");

    fn plan(connection: &Connection, query: &str) -> String {
        let asked = ListRequest::parse(query, &PeopleSettings::default()).unwrap();
        let Select { sql, values } = Select::of(&asked, 10);
        let mut explain = connection
            .prepare(&format!("EXPLAIN QUERY PLAN {sql}"))
            .unwrap();
        let steps = explain.query_map(params_from_iter(values), |row| row.get::<_, String>(3));
        steps
            .unwrap()
            .collect::<Result<Vec<_>, _>>()
            .unwrap()
            .join("; ")
    }

    fn filters() -> Vec<String> {
        let value = |kind| match kind {
            FieldType::Uuid => "8e03978e-40d5-43dd-bc93-6894a57f9324",
            FieldType::Boolean => "true",
            FieldType::Integer | FieldType::Number => "7",
            FieldType::Text | FieldType::Sex => "male",
        };
        let equal = COLUMNS
            .iter()
            .map(|column| format!("{}={}", column.key, value(column.kind)));
        let others = [
            "",
            "minAge=7&maxFare=9",
            "nameContains=a",
            "sex=male&survived=true&minAge=1",
        ];
        equal.chain(others.map(str::to_owned)).collect()
    }

    #[test]
    fn every_sorted_or_filtered_list_comes_from_a_covering_index() {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(TABLES).unwrap();
        connection.execute_batch(INDEXES).unwrap();
        let mut used = BTreeSet::new();
        for filter in filters() {
            for sign in ["", "-"] {
                for column in &COLUMNS {
                    let query = format!("{filter}&sort={sign}{}", column.key);
                    let plan = plan(&connection, &query);
                    assert!(
                        plan.contains("USING COVERING INDEX person_by_"),
                        "{query}: {plan}"
                    );
                    assert!(!plan.contains("TEMP B-TREE"), "{query}: {plan}");
                    used.insert(plan.split("person_by_").nth(1).unwrap().to_owned());
                }
            }
            let plan = plan(&connection, &filter);
            assert!(!plan.contains("TEMP B-TREE"), "{filter}: {plan}");
            let walks = ["", "minAge=7&maxFare=9", "nameContains=a"].contains(&&*filter);
            // Without an equality the table itself is walked, in the order of its pages.
            let expected = if walks {
                "SCAN person"
            } else {
                "USING COVERING INDEX person_by_"
            };
            assert!(plan.contains(expected), "{filter}: {plan}");
        }
        assert!(used.len() >= COLUMNS.len(), "{used:?}");
    }

    #[test]
    fn a_page_begins_where_the_one_before_ended() {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(TABLES).unwrap();
        connection.execute_batch(INDEXES).unwrap();
        for cursor in [
            "sort=age&cursor=%5B%22age%22%2C7%2C1%5D",
            "sort=-name&cursor=%5B%22-name%22%2C%22a%22%2C1%5D",
            "cursor=%5B%22%22%2C7%2C7%5D",
        ] {
            let plan = plan(&connection, cursor);
            assert!(plan.starts_with("SEARCH person"), "{cursor}: {plan}");
        }
    }
}
