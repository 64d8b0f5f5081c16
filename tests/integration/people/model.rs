//! What the original's own tests ask of its model, as facts about this app: through the API, and in the
//! table that it keeps people in.
//!
//! Not here, as nothing corresponds to them: the text forms of a Python object (`repr` and `str`).

use ekiben::store::StoreError;
use serde_json::{Value, json};

use crate::people::edge_cases::{KNOWN, UNKNOWN, with_ann};
use crate::people::site::{ann, ann_with, merged, options};
use crate::support::harness::Site;

/// Each key with the column that holds it.
const COLUMNS: [(&str, &str); 9] = [
    ("uuid", "uuid"),
    ("survived", "survived"),
    ("passengerClass", "passenger_class"),
    ("name", "name"),
    ("sex", "sex"),
    ("age", "age"),
    ("siblingsOrSpousesAboard", "siblings_or_spouses_aboard"),
    ("parentsOrChildrenAboard", "parents_or_children_aboard"),
    ("fare", "fare"),
];

/// What the only person of a site has in these columns, by name.
fn stored(site: &Site) -> Value {
    let stored = site.store.read(|connection| {
        let fields = COLUMNS.map(|(_, column)| format!("'{column}', {column}"));
        let select = format!("SELECT json_object({}) FROM person", fields.join(", "));
        let text: String = connection.query_row(&select, [], |row| row.get(0))?;
        Ok::<_, StoreError>(text)
    });
    serde_json::from_str(&stored.unwrap()).unwrap()
}

#[tokio::test]
async fn model_uuids_are_encoded_as_text() {
    let site = Site::of_people(&[]);
    let uuid = site.registered(&ann()).await;
    assert_eq!(site.list("").await[0]["uuid"], json!(uuid));
    assert_eq!(stored(&site)["uuid"], json!(uuid));
}

#[tokio::test]
async fn model_sexes_are_encoded_as_text() {
    for sex in ["male", "female", "other"] {
        let site = Site::of_people(&[]);
        let person = site.register(&ann_with(&json!({"sex": sex}))).await;
        assert_eq!(person.is(200).json()["sex"], json!(sex));
        assert_eq!(stored(&site)["sex"], json!(sex));
    }
}

#[tokio::test]
async fn model_a_new_uuid_has_its_form() {
    let site = Site::of_people(&[]);
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..20 {
        let uuid = site.registered(&ann()).await;
        assert_eq!(uuid.len(), 36);
        let lengths: Vec<_> = uuid.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12], "{uuid}");
        let is_digit = |c: char| matches!(c, '0'..='9' | 'a'..='f' | '-');
        assert!(uuid.chars().all(is_digit), "{uuid}");
        assert_eq!(&uuid[14..15], "4", "random: {uuid}");
        seen.insert(uuid);
    }
    assert_eq!(seen.len(), 20);
}

#[tokio::test]
async fn model_a_person_is_made_of_what_is_given() {
    let site = Site::of_people(&[]);
    let body = json!({
        "uuid": KNOWN,
        "survived": true,
        "passengerClass": 1,
        "name": "A",
        "sex": "other",
        "age": 2,
        "siblingsOrSpousesAboard": 3,
        "parentsOrChildrenAboard": 4,
        "fare": 5.5
    });
    assert_eq!(site.register(&body).await.is(200).json(), body);
    let expected = json!({
        "uuid": KNOWN,
        "survived": 1,
        "passenger_class": 1,
        "name": "A",
        "sex": "other",
        "age": 2,
        "siblings_or_spouses_aboard": 3,
        "parents_or_children_aboard": 4,
        "fare": 5.5
    });
    assert_eq!(stored(&site), expected);
}

/// A validator of the model, by a change of somebody who is there.
async fn refuses(key: &str, value: Value, flaw: &str) {
    let (site, ann) = with_ann().await;
    let body = json!({key: value});
    let detail = format!("{flaw} - '{key}'");
    site.change(KNOWN, &body).await.is_bad(&detail);
    site.register(&ann_with(&body)).await.is_bad(&detail);
    assert_eq!(site.list("").await, [ann]);
}

macro_rules! validators {
    ($($null:ident, $wrong:ident: $key:literal, $kind:literal, $value:expr, $shown:literal;)*) => {$(
        #[tokio::test]
        async fn $null() {
            let flaw = concat!("None is not of type '", $kind, "'");
            refuses($key, json!(null), flaw).await;
        }

        #[tokio::test]
        async fn $wrong() {
            let flaw = concat!($shown, " is not of type '", $kind, "'");
            refuses($key, json!($value), flaw).await;
        }
    )*};
}

validators! {
    model_passenger_class_is_not_null, model_passenger_class_is_an_integer:
        "passengerClass", "integer", "1", "'1'";
    model_name_is_not_null, model_name_is_a_text: "name", "string", 1, "1";
    model_sex_is_not_null, model_sex_is_a_text: "sex", "string", 1, "1";
    model_age_is_not_null, model_age_is_an_integer: "age", "integer", "1", "'1'";
    model_siblings_are_not_null, model_siblings_are_an_integer:
        "siblingsOrSpousesAboard", "integer", "1", "'1'";
    model_parents_are_not_null, model_parents_are_an_integer:
        "parentsOrChildrenAboard", "integer", "1", "'1'";
    // The original also refuses a whole number, against its specification (row 2 of the edge cases).
    model_fare_is_not_null, model_fare_is_a_number: "fare", "number", "1", "'1'";
}

#[tokio::test]
async fn model_update_sets_a_known_key() {
    let (site, ann) = with_ann().await;
    let name = json!({"name": "x"});
    site.change(KNOWN, &name).await.is(200);
    assert_eq!(site.person(KNOWN).await.is(200).json(), merged(&ann, &name));
}

#[tokio::test]
async fn model_update_ignores_an_unknown_key() {
    let (site, ann) = with_ann().await;
    let changed = site.change(KNOWN, &json!({"unknown": "x"})).await;
    assert_eq!(changed.is(200).json(), ann);
    assert_eq!(site.person(KNOWN).await.is(200).json(), ann);
}

#[tokio::test]
async fn model_what_is_saved_is_there_after_a_restart() {
    let site = Site::of_people(&["1,3,Bob,male,22,1,0,7.25"]);
    site.registered(&ann()).await;
    let people = site.list("").await;
    assert_eq!(people.len(), 2);
    let folder = site.close();
    let baked = folder.path().join("people.sqlite");
    let site = Site::open(folder, &baked, &options(""));
    assert_eq!(site.list("").await, people);
}

#[tokio::test]
async fn model_who_is_deleted_is_gone() {
    let (site, _) = with_ann().await;
    let other = site.registered(&ann()).await;
    site.remove(KNOWN).await.is(200);
    site.person(KNOWN).await.is_not_found();
    site.person(&other).await.is(200);
    let people = site.list("").await;
    assert_eq!(people.len(), 1);
    assert_eq!(people[0]["uuid"], json!(other));
}

#[tokio::test]
async fn model_what_is_not_saved_is_not_seen() {
    let (site, ann) = with_ann().await;
    // In the transaction of a write that fails at its end.
    let failed = site.store.write(|connection| {
        connection.execute("UPDATE person SET age = 99", [])?;
        Err::<(), StoreError>(rusqlite::Error::InvalidQuery.into())
    });
    assert!(failed.await.is_err());
    assert_eq!(site.person(KNOWN).await.is(200).json(), ann);
    assert_eq!(site.list("").await, [ann]);
}

#[tokio::test]
async fn model_all_of_two() {
    let (site, first) = with_ann().await;
    let second = site.register(&ann_with(&json!({"name": "Second"}))).await;
    let people = site.list("").await;
    assert_eq!(people, [first, second.is(200).json()]);
    assert_ne!(people[0]["uuid"], people[1]["uuid"]);
}

#[tokio::test]
async fn model_keys_become_columns() {
    for (key, column) in &COLUMNS[1..] {
        let (site, _) = with_ann().await;
        let before = stored(&site);
        let given = match *key {
            "name" | "sex" => json!("other"),
            "survived" => json!(false),
            _ => json!(99),
        };
        site.change(KNOWN, &json!({*key: given})).await.is(200);
        let after = stored(&site);
        for (_, other) in COLUMNS {
            let is_changed = before[other] != after[other];
            assert_eq!(is_changed, other == *column, "{key}: {other}");
        }
    }
}

#[tokio::test]
async fn model_columns_become_keys() {
    let site = Site::of_people(&["0,1,B,male,2,3,4,5"]);
    let people = site.list("").await;
    let expected = json!({
        "survived": false,
        "passengerClass": 1,
        "name": "B",
        "sex": "male",
        "age": 2,
        "siblingsOrSpousesAboard": 3,
        "parentsOrChildrenAboard": 4,
        "fare": 5.0,
        "uuid": people[0]["uuid"]
    });
    assert_eq!(people, [expected]);
    let keys: Vec<_> = people[0].as_object().unwrap().keys().collect();
    assert_eq!(keys.len(), COLUMNS.len());
    assert!(COLUMNS.iter().all(|(key, _)| people[0].get(key).is_some()));
}

#[tokio::test]
async fn model_what_is_dumped_can_be_loaded() {
    let (site, ann) = with_ann().await;
    let dumped = site.person(KNOWN).await.is(200).json();
    assert_eq!(dumped, ann);
    // As it is, into another site.
    let other = Site::of_people(&[]);
    assert_eq!(other.register(&dumped).await.is(200).json(), ann);
    assert_eq!(other.list("").await, [ann]);
}

#[tokio::test]
async fn model_what_is_loaded_is_what_was_dumped() {
    let (site, ann) = with_ann().await;
    // As it is, over itself.
    assert_eq!(site.change(KNOWN, &ann).await.is(200).json(), ann);
    let whole = ann_with(&json!({"uuid": UNKNOWN}));
    site.change(KNOWN, &whole)
        .await
        .is_invalid("Incorrect value for `uuid`");
    assert_eq!(site.list("").await, [ann]);
}
