//! Rows 21 to 40 of the contract's table of cases that a reimplementation gets wrong, by number, as this
//! app decides them: the order of checks, what values can be, what lists and files hold.
//!
//! Rows 36 to 39 are about the original's deployment; their tests are of what takes its place. Rows 34
//! (a second import) and 35 (migrations) are tested with `seed` and `migrate`.

use std::fs;

use axum::http::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::bake::csv::HEADER;
use crate::people::edge_cases::{KNOWN, UNKNOWN, with_ann};
use crate::people::site::{ann, ann_with, merged};
use crate::service::response_headers::ask;
use crate::support::binary::{Process, run};
use crate::support::client::Client;
use crate::support::harness::Site;

const ROW: &str = "1,3,Miss. Ann Example,female,22,1,0,7.25";

#[tokio::test]
async fn row_21_no_body_and_no_content_type_is_400() {
    let (site, _) = with_ann().await;
    let one = format!("/people/{KNOWN}");
    for (method, path) in [(Method::POST, "/people"), (Method::PUT, &one)] {
        for kind in [None, Some("application/json"), Some("text/plain")] {
            let answer = site.write_as(method.clone(), path, kind, "").await;
            answer.is_bad("Request body is not valid JSON");
        }
    }
}

#[tokio::test]
async fn row_22_parameters_that_are_not_known() {
    let (site, known) = with_ann().await;
    let one = format!("/people/{KNOWN}");
    for (method, path, body) in [
        (Method::POST, "/people", ann().to_string()),
        (Method::GET, &one, String::new()),
        (Method::PUT, &one, "{\"age\": 1}".to_owned()),
        (Method::DELETE, &one, String::new()),
    ] {
        for (query, names) in [
            ("x=1", "x"),
            ("x", "x"),
            ("x=1&y=2&x=3", "x, y"),
            ("%E6%A4%85=1", "椅"),
            // What the list takes, the others do not.
            ("limit=1", "limit"),
        ] {
            let path = format!("{path}?{query}");
            let detail = format!("Extra query parameter(s) {names} not in spec");
            let answer = site.write(method.clone(), &path, &body).await;
            answer.is_a(400, Value::Null, detail);
        }
    }
    let people = site.list("?x=1&y&%FF=2&=3").await;
    assert_eq!(people, std::slice::from_ref(&known));
    // A query of nothing holds no parameter.
    let answer = site.person(&format!("{KNOWN}?")).await;
    assert_eq!(answer.is(200).json(), known);
}

#[tokio::test]
async fn row_23_bodies_are_checked_before_people_are_looked_up() {
    let (site, _) = with_ann().await;
    for nobody in [UNKNOWN, "x"] {
        let change = async |body: &Value| site.change(nobody, body).await;
        change(&json!({"age": "20"}))
            .await
            .is_bad("'20' is not of type 'integer' - 'age'");
        change(&json!([]))
            .await
            .is_bad("[] is not of type 'object'");
        // In order, and yet nobody is there.
        change(&json!({"age": 20})).await.is_not_found();
        change(&json!({"fare": 8})).await.is_not_found();
        // What the model refuses is looked at last.
        change(&json!({"name": "x".repeat(101)}))
            .await
            .is_not_found();
        change(&json!({"uuid": 1})).await.is_not_found();
    }
}

#[tokio::test]
async fn row_24_integers_have_32_bits() {
    let (site, known) = with_ann().await;
    for key in [
        "passengerClass",
        "age",
        "siblingsOrSpousesAboard",
        "parentsOrChildrenAboard",
    ] {
        for limit in [i32::MIN, i32::MAX] {
            let changed = site.change(KNOWN, &json!({key: limit})).await;
            assert_eq!(changed.is(200).json()[key], json!(limit));
            assert_eq!(site.person(KNOWN).await.json()[key], json!(limit));
        }
        for (value, flaw) in [
            (
                json!(2_147_483_648_i64),
                "greater than the maximum of 2147483647",
            ),
            (
                json!(-2_147_483_649_i64),
                "less than the minimum of -2147483648",
            ),
            (json!(i64::MIN), "less than the minimum of -2147483648"),
            (json!(u64::MAX), "greater than the maximum of 2147483647"),
        ] {
            let detail = format!("{value} is {flaw} - '{key}'");
            let body = json!({key: value});
            site.register(&ann_with(&body)).await.is_bad(&detail);
            site.change(KNOWN, &body).await.is_bad(&detail);
        }
        let before = json!({key: known[key]});
        site.change(KNOWN, &before).await.is(200);
    }
    assert_eq!(site.list("").await, [known]);
}

/// Trust 14: whole numbers beyond 64 bits are whole numbers, shown in full, and objects keep their order.
#[tokio::test]
async fn row_24_messages_quote_what_was_sent() {
    let (site, known) = with_ann().await;
    let path = format!("/people/{KNOWN}");
    for (value, flaw) in [
        (
            "18446744073709551616",
            "18446744073709551616 is greater than the maximum of 2147483647",
        ),
        (
            "-9223372036854775809",
            "-9223372036854775809 is less than the minimum of -2147483648",
        ),
        (
            "{\"z\": 1, \"a\": [10000000000000000000000, 1e2]}",
            "{'z': 1, 'a': [10000000000000000000000, 100.0]} is not of type 'integer'",
        ),
    ] {
        let detail = format!("{flaw} - 'age'");
        let body = ann().to_string().replace("\"age\":", "\"age\": 1, \"x\":");
        let body = body.replace('}', &format!(", \"age\": {value}}}"));
        site.post_json("/people", &body).await.is_bad(&detail);
        let body = format!("{{\"age\": {value}}}");
        site.write(Method::PUT, &path, &body).await.is_bad(&detail);
    }
    let body = "{\"fare\": 18446744073709551616}";
    let changed = site.write(Method::PUT, &path, body).await.is(200).json();
    let fare = json!({"fare": 18_446_744_073_709_551_616.0});
    assert_eq!(changed, merged(&known, &fare));
}

/// Trust 14: `1e400` is JSON, and is told so; `NaN` is none.
#[tokio::test]
async fn row_25_fares_are_finite() {
    let (site, known) = with_ann().await;
    let not_json = "Request body is not valid JSON";
    let greater = "inf is greater than the maximum of 1.7976931348623157e+308 - 'fare'";
    let less = "-inf is less than the minimum of -1.7976931348623157e+308 - 'fare'";
    let path = format!("/people/{KNOWN}");
    for (fare, detail) in [
        ("1e400", greater),
        ("1e309", greater),
        ("-1e400", less),
        ("NaN", not_json),
        ("Infinity", not_json),
        ("-Infinity", not_json),
    ] {
        let body = ann().to_string().replace("7.25", fare);
        site.post_json("/people", &body).await.is_bad(detail);
        let body = format!("{{\"fare\": {fare}}}");
        site.write(Method::PUT, &path, &body).await.is_bad(detail);
    }
    let body = "{\"age\": 1e400}";
    let refused = site.write(Method::PUT, &path, body).await;
    refused.is_bad("inf is not of type 'integer' - 'age'");
    assert_eq!(site.list("").await, std::slice::from_ref(&known));
    for fare in [f64::MAX, f64::MIN, f64::MIN_POSITIVE, 5e-324, 0.0] {
        let changed = site.change(KNOWN, &json!({"fare": fare})).await;
        let expected = merged(&known, &json!({"fare": fare}));
        assert_eq!(changed.is(200).json(), expected);
        assert_eq!(site.list("").await, [expected]);
    }
}

#[tokio::test]
async fn row_26_names_have_100_characters() {
    let (site, known) = with_ann().await;
    for character in ["x", "é", "椅", "𠮷", "e\u{301}"] {
        let length = character.chars().count();
        let name = json!({"name": character.repeat(100 / length)});
        let person = site.register(&ann_with(&name)).await.is(200).json();
        assert_eq!(person["name"], name["name"]);
        let name = json!({"name": character.repeat(100 / length) + "x"});
        let detail = "To long value for `name`. Max 100 chars.";
        site.register(&ann_with(&name)).await.is_invalid(detail);
        site.change(KNOWN, &name).await.is_invalid(detail);
    }
    let nul = json!({"name": "a\u{0}b"});
    let detail = "Incorrect value for `name`";
    site.register(&ann_with(&nul)).await.is_invalid(detail);
    site.change(KNOWN, &nul).await.is_invalid(detail);
    assert_eq!(site.person(KNOWN).await.is(200).json(), known);
    // Any other character is one, and comes back as it went.
    let name = json!({"name": "\u{1}\t\n\"\\/\u{7f}\u{2028}\u{feff}é椅😀"});
    let changed = site.change(KNOWN, &name).await;
    assert_eq!(changed.is(200).json(), merged(&known, &name));
}

#[tokio::test]
async fn row_27_no_null_gets_into_the_list() {
    let (site, known) = with_ann().await;
    let poison = json!({"Survived": null, "passenger_class": null, "Fare": null});
    let changed = site.change(KNOWN, &poison).await;
    assert_eq!(changed.is(200).json(), known);
    let person = site.register(&ann_with(&poison)).await.is(200).json();
    assert_eq!(site.list("").await, [known, person]);
    let stored = site.store.read(|connection| {
        let insert = "UPDATE person SET survived = NULL";
        let refused = connection.execute(insert, []);
        Ok::<_, ekiben::store::StoreError>(refused.is_err())
    });
    assert!(stored.unwrap(), "the column takes no NULL");
}

#[tokio::test]
async fn row_28_keys_have_one_spelling() {
    let (site, known) = with_ann().await;
    let aliases = json!({
        "passenger_class": 1,
        "PassengerClass": 1,
        "Name": "x".repeat(200),
        "AGE": "x",
        "Survived": false,
        "siblings_or_spouses_aboard": 9,
        "metadata": {"a": 1},
        "save": "x",
        "query": 1,
        "id": 99,
        "": 0
    });
    let changed = site.change(KNOWN, &aliases).await;
    assert_eq!(changed.is(200).json(), known);
    let mut body = merged(&ann(), &aliases);
    let person = site.register(&body).await.is(200).json();
    let expected = ann_with(&json!({"uuid": person["uuid"]}));
    assert_eq!(person, expected);
    // Nor does an alias stand for a key that is missing.
    body.as_object_mut().unwrap().remove("passengerClass");
    site.register(&body)
        .await
        .is_invalid("No `passengerClass` provided");
}

#[tokio::test]
async fn row_29_keys_are_in_alphabetical_order() {
    let (site, _) = with_ann().await;
    let name = json!({"name": "椅 é"});
    let expected = format!(
        "{{\"age\":22,\"fare\":7.25,\"name\":\"椅 é\",\"parentsOrChildrenAboard\":0,\
         \"passengerClass\":3,\"sex\":\"female\",\"siblingsOrSpousesAboard\":1,\"survived\":true,\
         \"uuid\":\"{KNOWN}\"}}"
    );
    let changed = site.change(KNOWN, &name).await;
    assert_eq!(changed.is(200).body, expected);
    assert_eq!(site.person(KNOWN).await.is(200).body, expected);
    let list = site.get("/people").await;
    assert_eq!(list.is(200).body, format!("[{expected}]"));
    for answer in [
        site.person(UNKNOWN).await,
        site.change(KNOWN, &json!({"age": null})).await,
        site.write_as(Method::POST, "/people", Some("text/plain"), "x")
            .await,
    ] {
        let text = String::from_utf8(answer.body.to_vec()).unwrap();
        let place = |key: &str| text.find(&format!("\"{key}\":")).unwrap();
        let places = ["detail", "status", "title", "type"].map(place);
        assert!(places.is_sorted() && places[0] == 1, "{text}");
    }
}

#[tokio::test]
async fn row_30_fares_have_a_decimal_point() {
    let rows = [
        "1,3,A,male,1,0,0,7",
        "1,3,B,male,1,0,0,7.0",
        "1,3,C,male,1,0,0,0",
    ];
    let site = Site::of_people(&rows);
    let text = site.get("/people").await;
    let text = String::from_utf8(text.is(200).body.to_vec()).unwrap();
    assert_eq!(text.matches("\"fare\":7.0,").count(), 2, "{text}");
    assert_eq!(text.matches("\"fare\":0.0,").count(), 1, "{text}");
}

#[tokio::test]
async fn row_31_the_list_is_in_order_of_arrival() {
    let site = Site::of_people(&[ROW, "0,1,B,male,1,0,0,1", "0,2,C,male,1,0,0,1"]);
    let names = async || {
        let people = site.list("").await.into_iter();
        let names = people.map(|person| person["name"].as_str().unwrap().to_owned());
        names.collect::<Vec<_>>()
    };
    // Uuids that sort before and behind all others, and neither name nor age in order.
    for (first, name) in [("0", "A"), ("f", "Z"), ("0", "M")] {
        let uuid = format!("{first}{}", &uuid::Uuid::new_v4().to_string()[1..]);
        site.registered(&ann_with(&json!({"uuid": uuid, "name": name})))
            .await;
    }
    let first = "Miss. Ann Example";
    assert_eq!(names().await, [first, "B", "C", "A", "Z", "M"]);
    // Who is changed keeps the place.
    let people = site.list("").await;
    let second = people[1]["uuid"].as_str().unwrap();
    site.change(second, &json!({"name": "changed"}))
        .await
        .is(200);
    assert_eq!(names().await, [first, "changed", "C", "A", "Z", "M"]);
    // Who comes back with the same uuid is the last.
    site.remove(second).await.is(200);
    site.registered(&ann_with(&json!({"uuid": second, "name": "back"})))
        .await;
    assert_eq!(names().await, [first, "C", "A", "Z", "M", "back"]);
}

#[tokio::test]
async fn row_32_ages_lose_their_fraction() {
    let site = Site::of_people(&[
        "1,3,A,male,0.42,0,0,1",
        "1,3,B,male,0.92,0,0,1",
        "1,3,C,male,28.5,0,0,1",
        "1,3,D,male,-1.5,0,0,1",
        "1,3,E,male,30,0,0,1",
    ]);
    let people = site.list("").await;
    let ages: Vec<_> = people.iter().map(|person| &person["age"]).collect();
    assert_eq!(
        ages,
        [&json!(0), &json!(0), &json!(28), &json!(-1), &json!(30)]
    );
}

#[tokio::test]
async fn row_33_files_end_their_lines_as_they_like() {
    let rows = ["1,3, Ann ,female,22,1,0,7.25", "0,3,Bob,male,22,1,0,8"];
    let mut seen = Vec::new();
    for end in ["\r\n", "\n"] {
        for last in ["", end] {
            let csv = [HEADER, end, rows[0], end, rows[1], last].concat();
            let site = Site::of_people_csv(csv, &crate::people::site::options(""));
            let people = site.list("").await;
            // Nothing is trimmed but the line's end.
            assert_eq!(people[0]["name"], json!(" Ann "));
            assert_eq!(people[1]["fare"], json!(8.0));
            seen.push(people);
        }
    }
    assert_eq!(seen[0].len(), 2);
    assert!(seen.iter().all(|people| *people == seen[0]), "{seen:?}");
}

/// The exit code and the words of the command that takes the place of the original's import.
#[test]
fn row_36_exit_codes_say_what_happened() {
    let folder = TempDir::new().unwrap();
    let dataset = folder.path().join("lists");
    fs::create_dir(&dataset).unwrap();
    let bake = |row: &str| {
        fs::write(
            dataset.join("people.csv"),
            format!("{HEADER}\n{ROW}\n{row}\n"),
        )
        .unwrap();
        let arguments = [
            "bake", "--app", "people", "--from", "lists", "--out", "data",
        ];
        run(folder.path(), &arguments)
    };
    bake("1,3,Bob,man,22,1,0,7.25")
        .exits(4)
        .says("people.csv: line 3: column 4 (Sex): \"man\" is not one of male, female, other");
    assert!(!folder.path().join("data/people.sqlite").exists());
    bake("1,3,Bob,male,22,1,0,7.25").exits(0);
    assert!(folder.path().join("data/people.sqlite").exists());
}

/// No database to wait for, no variable that must be set: an empty folder is enough.
#[tokio::test]
async fn row_37_nothing_is_waited_for() {
    let folder = TempDir::new().unwrap();
    let server = Process::start(folder.path(), &["--app", "people"]);
    let mut client = Client::connect(server.address).await.unwrap();
    let (status, _) = client.get("/readyz").await.unwrap();
    assert_eq!(status, 200);
    let (status, people) = client.get("/people?limit=1000").await.unwrap();
    assert_eq!(status, 200);
    let people: Value = serde_json::from_str(&people).unwrap();
    assert_eq!(people.as_array().unwrap().len(), 887);
    // The first app says what an address that is none is answered.
    let (status, nothing) = client.get("/").await.unwrap();
    assert_eq!(status, 404);
    assert!(
        nothing.contains("\"404 Not Found: The requested"),
        "{nothing}"
    );
}

/// Any number of replicas beside one primary: they read, and no two write.
#[tokio::test]
async fn row_38_replicas_only_read() {
    let rows = [ROW];
    let (primary, replica) = (Site::of_people(&rows), Site::replica_of_people(&rows));
    let people = replica.list("").await;
    assert_eq!(people, primary.list("").await);
    let uuid = people[0]["uuid"].as_str().unwrap();
    let detail = "This is a read-only replica; send writes to the primary.";
    for answer in [
        replica.register(&ann()).await,
        replica.change(uuid, &json!({"age": 1})).await,
        replica.remove(uuid).await,
    ] {
        answer.is_a(503, "Service Unavailable", detail);
    }
    // What is wrong with a request is told all the same.
    replica
        .register(&json!([]))
        .await
        .is_bad("[] is not of type 'object'");
    assert_eq!(replica.list("").await, people);
}

/// Ready is who has looked at the schema of the data; with another one there is no server.
#[test]
fn row_39_ready_means_that_the_schema_was_checked() {
    let folder = TempDir::new().unwrap();
    run(folder.path(), &["bake", "--app", "people", "--out", "data"]).exits(0);
    let file = folder.path().join("data/people.sqlite");
    let spoil = "UPDATE ekiben_provenance SET value = '' WHERE key = 'schema_digest'";
    let connection = rusqlite::Connection::open(&file).unwrap();
    assert_eq!(connection.execute(spoil, []).unwrap(), 1);
    drop(connection);
    let serve = ["serve", "--app", "people", "--listen", "127.0.0.1:0"];
    run(folder.path(), &serve)
        .exits(6)
        .says("another schema of people");
}

#[tokio::test]
async fn row_40_trailing_slash() {
    let (site, known) = with_ann().await;
    for path in [
        "/people/".to_owned(),
        "/people//".to_owned(),
        format!("/people/{KNOWN}/"),
        format!("/people/{KNOWN}//"),
        format!("/people/{KNOWN}/age"),
        format!("/people/{KNOWN}/a/b/"),
        format!("//people/{KNOWN}"),
        "/people.csv/".to_owned(),
        "/People".to_owned(),
    ] {
        for method in ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"] {
            let method: Method = method.parse().unwrap();
            let answer = ask(&site, method, &path, &[]).await;
            answer.is_not_found();
            assert_eq!(answer.header("location"), "", "{answer}");
        }
    }
    assert_eq!(site.list("").await, [known]);
}
