//! Lists of people against a model in plain code: order, filters, and what cannot be asked for. Pages are
//! in `people_pages`.
//!
//! The model begins with the plain list, which is compared with the CSV file first.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::people::pages::walk;
use crate::people::site::{KEYS, built_in_csv};
use crate::support::harness::Site;

/// The keys with bounds.
const NUMBERS: [&str; 5] = [
    "passengerClass",
    "age",
    "siblingsOrSpousesAboard",
    "parentsOrChildrenAboard",
    "fare",
];

/// Every order of a list, as `sort` has it; the empty one is that of arrival.
pub(crate) fn sorts() -> Vec<String> {
    let signs = ["", "-"].into_iter();
    let sorts = signs.flat_map(|sign| KEYS.map(|key| format!("{sign}{key}")));
    [String::new()].into_iter().chain(sorts).collect()
}

pub(crate) fn by_value(left: &Value, right: &Value) -> Ordering {
    match (left, right) {
        (Value::Bool(left), Value::Bool(right)) => left.cmp(right),
        (Value::String(left), Value::String(right)) => left.as_bytes().cmp(right.as_bytes()),
        _ => {
            let (left, right) = (left.as_f64().unwrap(), right.as_f64().unwrap());
            left.partial_cmp(&right).unwrap()
        }
    }
}

/// `people`, who are in order of arrival, in another order.
pub(crate) fn sorted(people: &[Value], sort: &str) -> Vec<Value> {
    let mut sorted = people.to_vec();
    if sort.is_empty() {
        return sorted;
    }
    let key = sort.trim_start_matches('-');
    sorted.sort_by(|left, right| by_value(&left[key], &right[key]));
    if sort.starts_with('-') {
        // The last one of equals first.
        sorted.reverse();
    }
    sorted
}

/// Whether somebody meets a condition as a query has it.
fn meets(person: &Value, name: &str, text: &str) -> bool {
    let is_of = |key: &str, is_meant: fn(Ordering) -> bool| {
        let value = match &person[key] {
            Value::String(found) => return is_meant(found.as_str().cmp(text)),
            Value::Bool(found) => return is_meant(found.to_string().as_str().cmp(text)),
            number => number.as_f64().unwrap(),
        };
        is_meant(value.partial_cmp(&text.parse().unwrap()).unwrap())
    };
    let key = |bound: &str| format!("{}{}", bound[..1].to_ascii_lowercase(), &bound[1..]);
    if name == "nameContains" {
        let name = person["name"].as_str().unwrap().to_ascii_lowercase();
        name.contains(&text.to_ascii_lowercase())
    } else if let Some(bound) = name.strip_prefix("min") {
        is_of(&key(bound), Ordering::is_ge)
    } else if let Some(bound) = name.strip_prefix("max") {
        is_of(&key(bound), Ordering::is_le)
    } else {
        is_of(name, Ordering::is_eq)
    }
}

/// A query of these pairs.
pub(crate) fn query(pairs: &[(String, String)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::from("?"));
    query.extend_pairs(pairs).finish()
}

pub(crate) fn pair(name: &str, text: impl Into<String>) -> (String, String) {
    (name.to_owned(), text.into())
}

#[tokio::test]
async fn the_plain_list_is_the_file() {
    let site = Site::all_people();
    let people = site.list("").await;
    let mut file = csv::Reader::from_path(built_in_csv()).unwrap();
    let mut expected = Vec::new();
    for record in file.records() {
        let record = record.unwrap();
        let number = |field: usize| record[field].parse::<f64>().unwrap();
        #[expect(clippy::cast_possible_truncation, reason = "as it is meant")]
        let whole = |field: usize| number(field) as i64;
        expected.push(json!({
            "survived": &record[0] == "1",
            "passengerClass": whole(1),
            "name": &record[2],
            "sex": &record[3],
            "age": whole(4),
            "siblingsOrSpousesAboard": whole(5),
            "parentsOrChildrenAboard": whole(6),
            "fare": number(7),
            "uuid": people[expected.len()]["uuid"]
        }));
    }
    assert_eq!(people.len(), 887);
    assert!(people == expected);
    let mut uuids: Vec<_> = people
        .iter()
        .map(|person| person["uuid"].as_str())
        .collect();
    uuids.sort_unstable();
    uuids.dedup();
    assert_eq!(uuids.len(), 887);
}

#[tokio::test]
async fn every_order_is_that_of_the_model_in_one_list_and_in_pages() {
    let site = Site::all_people();
    let people = site.list("").await;
    for sort in sorts() {
        let expected = sorted(&people, &sort);
        let query = match sort.as_str() {
            "" => "?x=1".to_owned(),
            sort => format!("?sort={sort}"),
        };
        assert!(site.list(&query).await == expected, "{sort}");
        for limit in [1_000, 887, 886, 100] {
            let path = format!("/people{query}&limit={limit}");
            let (seen, pages) = walk(&site, &path).await;
            assert!(seen == expected, "{path}");
            assert_eq!(pages, people.len().div_ceil(limit), "{path}");
        }
    }
}

#[tokio::test]
async fn every_value_of_every_column_finds_its_people() {
    let site = Site::all_people();
    let people = site.list("").await;
    for key in KEYS {
        let mut values: BTreeMap<String, usize> = BTreeMap::new();
        for person in &people {
            let text = match &person[key] {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            *values.entry(text).or_default() += 1;
        }
        // Of columns that nearly all differ in, every fifth value is enough.
        let step = if values.len() > 300 { 5 } else { 1 };
        for (text, count) in values.iter().step_by(step) {
            let found = site.list(&query(&[pair(key, text)])).await;
            assert_eq!(found.len(), *count, "{key}={text}");
            let all = people.iter().filter(|person| meets(person, key, text));
            assert!(found.iter().eq(all), "{key}={text}");
        }
    }
    for (key, absent) in [
        ("uuid", "00000000-0000-4000-8000-000000000000"),
        ("sex", "other"),
        ("passengerClass", "0"),
        ("name", ""),
        ("name", "%"),
        ("age", "-2147483648"),
        ("siblingsOrSpousesAboard", "2147483647"),
        ("parentsOrChildrenAboard", "-1"),
        ("fare", "-0.5"),
        ("minAge", "1000"),
        ("maxFare", "-1e-9"),
        ("nameContains", "'"),
        ("nameContains", "_%"),
    ] {
        let found = site.list(&query(&[pair(key, absent)])).await;
        assert_eq!(found, [] as [Value; 0], "{key}={absent}");
    }
}

/// A condition with a value near one that somebody has.
fn random_condition(random: &mut fastrand::Rng, people: &[Value]) -> (String, String) {
    let person = random.choice(people).unwrap();
    let name = person["name"].as_str().unwrap();
    match random.u8(..10) {
        0 => {
            let from = random.usize(..name.len());
            let to = random.usize(from..=name.len().min(from + 3));
            let part = &name[from..to];
            let is_upper = random.bool();
            let part = match is_upper {
                true => part.to_uppercase(),
                false => part.to_owned(),
            };
            pair("nameContains", part)
        }
        1..=5 => {
            let key = *random.choice(NUMBERS).as_ref().unwrap();
            let end = random.choice(["min", "max"]).unwrap();
            let bound = format!("{end}{}{}", key[..1].to_ascii_uppercase(), &key[1..]);
            pair(&bound, person[key].to_string())
        }
        6 => pair(random.choice(NUMBERS).unwrap(), "0"),
        _ => {
            let key = *random.choice(KEYS).as_ref().unwrap();
            let text = person[key].as_str().map(str::to_owned);
            pair(key, text.unwrap_or_else(|| person[key].to_string()))
        }
    }
}

#[tokio::test]
async fn random_lists_are_those_of_the_model() {
    let site = Site::all_people();
    let people = site.list("").await;
    let mut random = fastrand::Rng::with_seed(42);
    let sorts = sorts();
    let mut lengths = Vec::new();
    for _ in 0..150 {
        let mut conditions: BTreeMap<String, String> = BTreeMap::new();
        for _ in 0..random.usize(..4) {
            let (name, text) = random_condition(&mut random, &people);
            conditions.insert(name, text);
        }
        let mut pairs: Vec<_> = conditions.into_iter().collect();
        let met = |person: &&Value| pairs.iter().all(|(name, text)| meets(person, name, text));
        let found: Vec<_> = people.iter().filter(met).cloned().collect();
        let sort = random.choice(&sorts).unwrap();
        let expected = sorted(&found, sort);
        if !sort.is_empty() {
            pairs.push(pair("sort", sort));
        }
        random.shuffle(&mut pairs);
        let query_of_all = query(&pairs);
        assert!(site.list(&query_of_all).await == expected, "{query_of_all}");
        pairs.push(pair("limit", random.usize(20..=120).to_string()));
        let path = format!("/people{}", query(&pairs));
        assert!(walk(&site, &path).await.0 == expected, "{path}");
        lengths.push(expected.len());
    }
    // Neither all of them everybody nor all of them nobody.
    let nobody = lengths.iter().filter(|length| **length == 0).count();
    assert!((10..100).contains(&nobody), "{lengths:?}");
}

#[tokio::test]
async fn parts_of_names_are_found_in_any_case_of_ascii() {
    let site = Site::of_people(&[
        "1,1,\"O'Neil, Ann\",female,1,0,0,1",
        "1,1,ÉMILE 椅子,male,1,0,0,1",
        "1,1,émile %_\\,male,1,0,0,1",
    ]);
    for (part, names) in [
        ("o'NEIL, a", &[0][..]),
        ("mile", &[1, 2]),
        ("É", &[1]),
        ("é", &[2]),
        ("椅", &[1]),
        ("%", &[2]),
        ("_\\", &[2]),
        ("", &[0, 1, 2]),
        ("\u{0}", &[]),
    ] {
        let people = site.list("").await;
        let expected: Vec<_> = names
            .iter()
            .map(|index: &usize| people[*index].clone())
            .collect();
        let found = site.list(&query(&[pair("nameContains", part)])).await;
        assert_eq!(found, expected, "{part}");
    }
}

#[tokio::test]
async fn a_uuid_is_found_in_any_spelling() {
    let site = Site::all_people();
    let people = site.list("").await;
    let uuid = people[500]["uuid"].as_str().unwrap();
    for text in [uuid.to_owned(), uuid.to_uppercase(), uuid.replace('-', "")] {
        for sort in &sorts()[1..] {
            let query = format!("?uuid={text}&sort={sort}");
            assert_eq!(site.list(&query).await, [people[500].clone()], "{query}");
        }
    }
}

/// Trust 14: also numbers that no integer of the machine holds.
#[tokio::test]
async fn values_that_cannot_be_are_told() {
    let site = Site::all_people();
    let wrong_type = |name: &str, kind: &str| {
        format!("Wrong type, expected '{kind}' for query parameter '{name}'")
    };
    let mut refused = Vec::new();
    for name in ["age", "minAge", "maxSiblingsOrSpousesAboard", "limit"] {
        for text in ["", "x", "1.0", "1e1", "2147483648x", "0x1"] {
            refused.push((pair(name, text), wrong_type(name, "integer")));
        }
    }
    for (name, text, flaw) in [
        (
            "age",
            "2147483648",
            "greater than the maximum of 2147483647",
        ),
        (
            "minAge",
            "18446744073709551616",
            "greater than the maximum of 2147483647",
        ),
        (
            "maxAge",
            "-18446744073709551616",
            "less than the minimum of -2147483648",
        ),
        ("limit", "-1", "less than the minimum of 1"),
        (
            "limit",
            "18446744073709551616",
            "greater than the maximum of 1000",
        ),
    ] {
        let detail = format!("{text} is {flaw} for query parameter '{name}'");
        refused.push((pair(name, text), detail));
    }
    for text in ["", "x", "inf", "NaN", "1e400", "7,25"] {
        for name in ["fare", "minFare", "maxFare"] {
            refused.push((pair(name, text), wrong_type(name, "number")));
        }
    }
    for text in ["", "1", "True", "yes"] {
        refused.push((pair("survived", text), wrong_type("survived", "boolean")));
    }
    for text in ["", "x", "8e03978e"] {
        refused.push((pair("uuid", text), wrong_type("uuid", "uuid")));
    }
    let sexes = "['male', 'female', 'other']";
    let detail = format!("'Male' is not one of {sexes} for query parameter 'sex'");
    refused.push((pair("sex", "Male"), detail));
    for (text, flaw) in [
        ("0", "0 is less than the minimum of 1"),
        ("1001", "1001 is greater than the maximum of 1000"),
    ] {
        let detail = format!("{flaw} for query parameter 'limit'");
        refused.push((pair("limit", text), detail));
    }
    for (pair, detail) in refused {
        for path in ["/people", "/people.csv"] {
            let path = format!("{path}{}", query(std::slice::from_ref(&pair)));
            site.get(&path).await.is_bad(&detail);
        }
    }
    for text in [
        "",
        "-",
        "x",
        "--age",
        "Age",
        "age,name",
        "passenger_class",
        "id",
    ] {
        let answer = site
            .get(&format!("/people{}", query(&[pair("sort", text)])))
            .await;
        answer.is(400);
        assert_eq!(answer.header("content-type"), "application/problem+json");
    }
    // The first of a name counts, and names that are not known do not.
    let people = site
        .list("?age=22&age=x&Age=x&minName=x&page=x&offset=x")
        .await;
    assert!(!people.is_empty() && people.iter().all(|person| person["age"] == json!(22)));
}
