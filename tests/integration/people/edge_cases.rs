//! Rows 1 to 20 of the contract's table of cases that a reimplementation gets wrong, by number, as this
//! app decides them: bodies, errors, uuids. The others are in `people_edge_cases_data`.

use axum::http::Method;
use serde_json::{Value, json};

use crate::people::site::{KEYS, ann, ann_with, ann_without, merged};
use crate::support::harness::Site;

/// Somebody's uuid, and one that nobody has.
pub(crate) const KNOWN: &str = "8e03978e-40d5-43dd-bc93-6894a57f9324";
pub(crate) const UNKNOWN: &str = "00000000-0000-4000-8000-000000000000";

/// A site with Ann, who is [`KNOWN`], and her as the API shows her.
pub(crate) async fn with_ann() -> (Site, Value) {
    let site = Site::of_people(&[]);
    let ann = ann_with(&json!({"uuid": KNOWN}));
    assert_eq!(site.register(&ann).await.is(200).json(), ann);
    (site, ann)
}

#[tokio::test]
async fn row_01_csv_survived() {
    let site = Site::of_people(&[
        "0,3,Lost,male,30,0,0,7.25",
        "1,3,Saved,male,30,0,0,7.25",
        "false,3,Lost too,male,30,0,0,7.25",
        "true,3,Saved too,male,30,0,0,7.25",
    ]);
    let survived: Vec<_> = site
        .list("")
        .await
        .iter()
        .map(|person| person["survived"].clone())
        .collect();
    assert_eq!(survived, [false, true, false, true]);
}

#[tokio::test]
async fn row_02_whole_fares_are_accepted() {
    let (site, before) = with_ann().await;
    let person = site
        .register(&ann_with(&json!({"fare": 8})))
        .await
        .is(200)
        .json();
    assert!(person["fare"].is_f64(), "{person}");
    assert_eq!(person["fare"], json!(8.0));
    let changed = site.change(KNOWN, &json!({"fare": -3})).await;
    let expected = merged(&before, &json!({"fare": -3.0}));
    assert_eq!(changed.is(200).json(), expected);
}

#[tokio::test]
async fn row_03_numbers_with_a_point_are_no_integers() {
    let (site, _) = with_ann().await;
    for (given, shown) in [("8.0", "8.0"), ("8.5", "8.5"), ("1.5e3", "1500.0")] {
        let detail = format!("{shown} is not of type 'integer' - 'age'");
        let body = ann().to_string().replace("22", given);
        site.post_json("/people", &body).await.is_bad(&detail);
        let body = format!("{{\"age\": {given}}}");
        let path = format!("/people/{KNOWN}");
        site.write(Method::PUT, &path, &body).await.is_bad(&detail);
    }
}

#[tokio::test]
async fn row_04_two_families_of_errors() {
    let (site, _) = with_ann().await;
    // Nearly the same mistake: the one is the framework's to find, the other the model's.
    let by_type = site.register(&ann_with(&json!({"age": "20"}))).await;
    by_type.is_bad("'20' is not of type 'integer' - 'age'");
    let by_absence = site.register(&ann_without("age")).await;
    by_absence.is_invalid("No `age` provided");
    assert_eq!(
        by_type.header("content-type"),
        "application/problem+json",
        "{by_type}"
    );
    assert_eq!(
        by_absence.header("content-type"),
        "application/json",
        "{by_absence}"
    );
}

#[tokio::test]
async fn row_05_details_are_written_as_python_does() {
    let site = Site::of_people(&[]);
    for (value, shown) in [
        (json!(null), "None"),
        (json!(true), "True"),
        (json!(false), "False"),
        (json!("it's"), "\"it's\""),
        (json!("it's \"it\""), "'it\\'s \"it\"'"),
        (json!("a \\ b"), "'a \\\\ b'"),
        (json!("a\tb\u{7f}"), "'a\\tb\\x7f'"),
        (json!(["a", {"b": null}]), "['a', {'b': None}]"),
        (json!({}), "{}"),
        (json!([]), "[]"),
        (json!("椅子 é"), "'椅子 é'"),
        // A letter and a mark on it.
        (json!("e\u{301}"), "'e\u{301}'"),
        (json!("\u{200b}"), "'\\u200b'"),
        (json!("\u{e000}"), "'\\ue000'"),
        (json!(1e22), "1e+22"),
    ] {
        let body = ann_with(&json!({"age": value}));
        let detail = format!("{shown} is not of type 'integer' - 'age'");
        site.register(&body).await.is_bad(&detail);
    }
    // Whatever is not ASCII is escaped in the original, which JSON does not tell apart.
    let body = ann_with(&json!({"sex": "女"}));
    site.register(&body)
        .await
        .is_bad("'女' is not one of ['male', 'female', 'other'] - 'sex'");
}

#[tokio::test]
async fn row_06_only_the_first_error_is_told() {
    let site = Site::of_people(&[]);
    // All but the uuid.
    let order = &KEYS[..8];
    let types = [
        "boolean", "integer", "string", "string", "integer", "integer", "integer", "number",
    ];
    // From the last one wrong to all wrong.
    for first in (0..order.len()).rev() {
        let mut body = ann();
        for key in &order[first..] {
            body[key] = json!([]);
        }
        let (key, name) = (order[first], types[first]);
        let detail = format!("[] is not of type '{name}' - '{key}'");
        site.register(&body).await.is_bad(&detail);
    }
    // The same with keys that are missing; survival may be.
    for first in (1..order.len()).rev() {
        let mut body = ann();
        for key in &order[first..] {
            body.as_object_mut().unwrap().remove(*key);
        }
        let detail = format!("No `{}` provided", order[first]);
        site.register(&body).await.is_invalid(&detail);
    }
    site.register(&json!({}))
        .await
        .is_invalid("No `passengerClass` provided");
    // A name that is there and too long comes before a sex that is not there.
    let mut body = ann_without("sex");
    body["name"] = json!("x".repeat(101));
    site.register(&body)
        .await
        .is_invalid("To long value for `name`. Max 100 chars.");
    assert_eq!(site.list("").await, [] as [Value; 0]);
}

#[tokio::test]
async fn row_07_put_changes_what_it_names() {
    let (site, mut ann) = with_ann().await;
    for (key, value) in [
        ("survived", json!(false)),
        ("passengerClass", json!(1)),
        ("name", json!("")),
        ("sex", json!("other")),
        ("age", json!(-1)),
        ("siblingsOrSpousesAboard", json!(0)),
        ("parentsOrChildrenAboard", json!(99)),
        ("fare", json!(0.5)),
    ] {
        assert_ne!(ann[key], value);
        ann[key] = value.clone();
        let changed = site.change(KNOWN, &json!({key: value})).await;
        assert_eq!(changed.is(200).json(), ann, "{key}");
        assert_eq!(site.person(KNOWN).await.is(200).json(), ann, "{key}");
    }
    assert_eq!(site.change(KNOWN, &json!({})).await.is(200).json(), ann);
    assert_eq!(site.list("").await, [ann]);
}

#[tokio::test]
async fn row_08_create_is_200() {
    let site = Site::of_people(&[]);
    let answer = site.register(&ann()).await;
    let person = answer.is(200).json();
    assert_eq!(answer.header("location"), "", "{answer}");
    let expected = ann_with(&json!({"uuid": person["uuid"]}));
    assert_eq!(person, expected);
    assert_eq!(site.list("").await, [person]);
}

#[tokio::test]
async fn row_09_delete_is_200_with_an_empty_object() {
    let (site, _) = with_ann().await;
    assert_eq!(site.remove(KNOWN).await.is(200).json(), json!({}));
    site.remove(KNOWN).await.is_not_found();
    site.person(KNOWN).await.is_not_found();
}

#[tokio::test]
async fn row_10_404_has_its_prefix_everywhere() {
    let (site, _) = with_ann().await;
    site.person(UNKNOWN).await.is_not_found();
    site.remove(UNKNOWN).await.is_not_found();
    site.change(UNKNOWN, &json!({})).await.is_not_found();
    for path in [
        "/",
        "/peopl",
        "/people.json",
        "/ui/",
        "/swagger.json",
        "/api",
    ] {
        for method in [Method::GET, Method::POST, Method::PATCH] {
            site.write(method, path, "{}").await.is_not_found();
        }
    }
}

#[tokio::test]
async fn row_11_405_is_of_the_other_family() {
    let (site, _) = with_ann().await;
    let one = format!("/people/{KNOWN}");
    let detail = "The method is not allowed for the requested URL.";
    for (path, methods, allowed) in [
        (
            "/people",
            &["PUT", "DELETE", "PATCH", "TRACE", "BREW"][..],
            &["GET", "HEAD", "POST"][..],
        ),
        (
            &one,
            &["POST", "PATCH", "TRACE", "BREW"],
            &["DELETE", "GET", "HEAD", "PUT"],
        ),
        (
            "/people.csv",
            &["POST", "PUT", "DELETE", "PATCH"],
            &["GET", "HEAD"],
        ),
    ] {
        for method in methods {
            let method: Method = method.parse().unwrap();
            let answer = site.write(method, path, "").await;
            answer.is_a(405, "Method Not Allowed", detail);
            assert_eq!(answer.allowed(), allowed, "{answer}");
        }
    }
    site.person(KNOWN).await.is(200);
}

#[tokio::test]
async fn row_12_a_bad_uuid_in_the_path_is_nobody() {
    let (site, ann) = with_ann().await;
    for text in [
        "1",
        "x",
        "8e03978e-40d5-43dd-bc93-6894a57f932",
        "8e03978e-40d5-43dd-bc93-6894a57f93244",
        "8g03978e-40d5-43dd-bc93-6894a57f9324",
        "'; DROP TABLE person; --",
        "urn:uuid:8e03978e-40d5-43dd-bc93-6894a57f9324",
        "椅子",
        // What is no UTF-8 is nobody's address either.
        "%FF",
        "%00",
        "%2F",
    ] {
        site.person(text).await.is_not_found();
        site.change(text, &json!({"age": 1})).await.is_not_found();
        site.remove(text).await.is_not_found();
    }
    assert_eq!(site.list("").await, [ann]);
}

/// Trust 32: those that `PostgreSQL` takes, which has hyphens behind any group of four digits.
#[tokio::test]
async fn row_13_uuids_have_several_spellings() {
    let (site, ann) = with_ann().await;
    let plain = KNOWN.replace('-', "");
    let fours: Vec<&str> = (0..8).map(|group| &plain[4 * group..][..4]).collect();
    let spellings = [
        KNOWN.to_owned(),
        KNOWN.to_uppercase(),
        plain.clone(),
        plain.to_uppercase(),
        format!("{{{KNOWN}}}"),
        fours.join("-"),
        format!("{}-{}", fours[..3].concat(), fours[3..].concat()),
        format!("{{{}}}", fours.join("-").to_uppercase()),
        format!("%7b{KNOWN}%7D"),
    ];
    for text in &spellings {
        assert_eq!(site.person(text).await.is(200).json(), ann, "{text}");
        let changed = site.change(text, &json!({})).await;
        assert_eq!(changed.is(200).json(), ann, "{text}");
    }
    for text in &spellings[..8] {
        assert_eq!(site.remove(text).await.is(200).json(), json!({}));
        // What was given in whatever spelling is shown in one.
        let body = ann_with(&json!({"uuid": text}));
        assert_eq!(site.register(&body).await.is(200).json(), ann, "{text}");
        assert_eq!(site.person(KNOWN).await.is(200).json(), ann, "{text}");
    }
    let (start, end) = plain.split_at(5);
    for text in [
        format!("{start}-{end}"),
        format!("-{plain}"),
        format!("{plain}-"),
        format!("{}--{}", fours[..3].concat(), fours[3..].concat()),
        format!("{{{plain}"),
        format!("{plain}}}"),
    ] {
        site.person(&text).await.is_not_found();
        let body = ann_with(&json!({"uuid": text}));
        site.register(&body).await.is(400);
    }
}

#[tokio::test]
async fn row_14_a_uuid_that_is_taken_is_409() {
    let (site, known) = with_ann().await;
    let plain = KNOWN.replace('-', "");
    for text in [KNOWN, &KNOWN.to_uppercase(), &plain] {
        let body = ann_with(&json!({"uuid": text, "name": "Somebody else"}));
        let detail = "There is a person with this `uuid` already.";
        site.register(&body)
            .await
            .is_b(409, "Conflict", "orm", detail);
    }
    assert_eq!(site.list("").await, [known]);
    // What was removed is free.
    site.remove(KNOWN).await.is(200);
    site.register(&ann_with(&json!({"uuid": KNOWN})))
        .await
        .is(200);
}

#[tokio::test]
async fn row_15_put_does_not_rename() {
    let (site, ann) = with_ann().await;
    for text in [KNOWN, &KNOWN.to_uppercase(), &KNOWN.replace('-', "")] {
        let changed = site.change(KNOWN, &json!({"uuid": text})).await;
        assert_eq!(changed.is(200).json(), ann, "{text}");
    }
    let changed = site.change(KNOWN, &json!({"uuid": null})).await;
    assert_eq!(changed.is(200).json(), ann);
    for other in [UNKNOWN, "x", ""] {
        let body = json!({"age": 1, "uuid": other});
        site.change(KNOWN, &body)
            .await
            .is_invalid("Incorrect value for `uuid`");
    }
    for other in [json!(1), json!([KNOWN]), json!(true)] {
        site.change(KNOWN, &json!({"age": 1, "uuid": other}))
            .await
            .is_invalid("Incorrect type of value for `uuid`");
    }
    site.person(UNKNOWN).await.is_not_found();
    assert_eq!(site.person(KNOWN).await.is(200).json(), ann);
}

#[tokio::test]
async fn row_16_null_is_not_absent() {
    let (site, known) = with_ann().await;
    for (key, name) in [
        ("survived", "boolean"),
        ("passengerClass", "integer"),
        ("name", "string"),
        ("sex", "string"),
        ("age", "integer"),
        ("siblingsOrSpousesAboard", "integer"),
        ("parentsOrChildrenAboard", "integer"),
        ("fare", "number"),
    ] {
        let detail = format!("None is not of type '{name}' - '{key}'");
        let null = json!({key: null});
        site.register(&ann_with(&null)).await.is_bad(&detail);
        site.change(KNOWN, &null).await.is_bad(&detail);
    }
    assert_eq!(site.list("").await, [known]);
    // The uuid alone may be null.
    let person = site.register(&ann_with(&json!({"uuid": null}))).await;
    let uuid = person.is(200).json()["uuid"].clone();
    assert_eq!(uuid.as_str().unwrap().len(), 36);
}

#[tokio::test]
async fn row_17_survived_may_be_missing() {
    let site = Site::of_people(&[]);
    let person = site.register(&ann_without("survived")).await.is(200).json();
    assert_eq!(person["survived"], json!(false));
    assert_eq!(site.list("").await, [person]);
}

#[tokio::test]
async fn row_18_bodies_that_are_no_objects() {
    let (site, ann) = with_ann().await;
    let one = format!("/people/{KNOWN}");
    for (method, path) in [(Method::POST, "/people"), (Method::PUT, &one)] {
        for (body, detail) in [
            ("", "Request body is not valid JSON"),
            ("[]", "[] is not of type 'object'"),
            ("[{}, 1]", "[{}, 1] is not of type 'object'"),
            ("\"a\"", "'a' is not of type 'object'"),
            ("1", "1 is not of type 'object'"),
            ("false", "False is not of type 'object'"),
        ] {
            site.write(method.clone(), path, body).await.is_bad(detail);
        }
    }
    assert_eq!(site.list("").await, [ann]);
}

#[tokio::test]
async fn row_19_null_is_no_body() {
    let (site, ann) = with_ann().await;
    let one = format!("/people/{KNOWN}");
    for (method, path) in [(Method::POST, "/people"), (Method::PUT, &one)] {
        for body in [
            "null",
            " null\n",
            "{",
            "{]",
            "{\"age\": }",
            "nul",
            "{} {}",
            "\u{0}",
        ] {
            site.write(method.clone(), path, body)
                .await
                .is_bad("Request body is not valid JSON");
        }
    }
    assert_eq!(site.list("").await, [ann]);
}

#[tokio::test]
async fn row_20_a_body_must_say_that_it_is_json() {
    let (site, known) = with_ann().await;
    let one = format!("/people/{KNOWN}");
    let body = ann().to_string();
    for (method, path) in [(Method::POST, "/people"), (Method::PUT, &one)] {
        for kind in [
            "text/plain",
            "text/json",
            "application/x-www-form-urlencoded",
            "text/plain; charset=utf-8",
            "json",
        ] {
            let title = format!("Invalid Content-type ({kind}), expected JSON data");
            let answer = site.write_as(method.clone(), path, Some(kind), &body).await;
            answer.is_a(415, title, Value::Null);
        }
        let answer = site.write_as(method.clone(), path, None, &body).await;
        let title = "Invalid Content-type (), expected JSON data";
        answer.is_a(415, title, Value::Null);
        // Before anybody asks whether it is JSON.
        let answer = site
            .write_as(method.clone(), path, Some("text/plain"), "{")
            .await;
        let title = "Invalid Content-type (text/plain), expected JSON data";
        answer.is_a(415, title, Value::Null);
    }
    assert_eq!(site.list("").await, std::slice::from_ref(&known));
    for kind in [
        "application/json; charset=utf-8",
        "application/vnd.api+json",
        "application/problem+json",
        "APPLICATION/JSON",
    ] {
        let answer = site
            .write_as(Method::PUT, &one, Some(kind), "{\"age\": 22}")
            .await;
        assert_eq!(answer.is(200).json(), known, "{kind}");
    }
}
