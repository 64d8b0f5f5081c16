//! What the original's own tests ask of the API, a test for each of the 28 (`api_…`), and its table of
//! errors row by row, as whole documents (`error_…`); then what is sent beside bodies and answers.
//!
//! The original's tests of its model are in `people_model`. Where this app decides otherwise, the test
//! says why.

use axum::body::Body;
use axum::http::{Method, Request};
use serde_json::{Value, json};

use crate::people::edge_cases::{KNOWN, UNKNOWN, with_ann};
use crate::people::site::{ann, ann_with, ann_without, merged, options};
use crate::service::response_headers::ask;
use crate::support::harness::{Options, Site};

#[tokio::test]
async fn api_root_is_404() {
    Site::of_people(&[]).get("/").await.is_not_found();
}

#[tokio::test]
async fn api_post_of_everything_returns_it() {
    let body = ann_with(&json!({"uuid": UNKNOWN}));
    let answer = Site::of_people(&[]).register(&body).await;
    assert_eq!(answer.is(200).json(), body);
}

macro_rules! post_without {
    ($($test:ident: $key:literal;)*) => {$(
        #[tokio::test]
        async fn $test() {
            let site = Site::of_people(&[]);
            let detail = concat!("No `", $key, "` provided");
            site.register(&ann_without($key)).await.is_invalid(detail);
            assert_eq!(site.list("").await, [] as [Value; 0]);
        }
    )*};
}

post_without! {
    api_post_without_age: "age";
    api_post_without_sex: "sex";
    api_post_without_fare: "fare";
    api_post_without_name: "name";
    api_post_without_passenger_class: "passengerClass";
    api_post_without_siblings_or_spouses: "siblingsOrSpousesAboard";
    api_post_without_parents_or_children: "parentsOrChildrenAboard";
}

macro_rules! post_with_wrong {
    ($($test:ident: $key:literal, $value:expr, $flaw:literal;)*) => {$(
        #[tokio::test]
        async fn $test() {
            let site = Site::of_people(&[]);
            let body = ann_with(&json!({$key: $value}));
            let detail = concat!($flaw, " - '", $key, "'");
            site.register(&body).await.is_bad(detail);
            assert_eq!(site.list("").await, [] as [Value; 0]);
        }
    )*};
}

post_with_wrong! {
    api_post_with_wrong_age: "age", "20", "'20' is not of type 'integer'";
    api_post_with_wrong_sex: "sex", "20", "'20' is not one of ['male', 'female', 'other']";
    api_post_with_wrong_fare: "fare", "20", "'20' is not of type 'number'";
    api_post_with_wrong_name: "name", 1, "1 is not of type 'string'";
    api_post_with_wrong_survived: "survived", 1, "1 is not of type 'boolean'";
    api_post_with_wrong_passenger_class: "passengerClass", "1", "'1' is not of type 'integer'";
    api_post_with_wrong_siblings: "siblingsOrSpousesAboard", "1", "'1' is not of type 'integer'";
    api_post_with_wrong_parents: "parentsOrChildrenAboard", "1", "'1' is not of type 'integer'";
}

#[tokio::test]
async fn api_post_of_a_name_of_101_characters() {
    let body = ann_with(&json!({"name": "x".repeat(101)}));
    let answer = Site::of_people(&[]).register(&body).await;
    answer.is_invalid("To long value for `name`. Max 100 chars.");
}

#[tokio::test]
async fn api_post_without_survived_is_false() {
    let answer = Site::of_people(&[])
        .register(&ann_without("survived"))
        .await;
    assert_eq!(answer.is(200).json()["survived"], json!(false));
}

#[tokio::test]
async fn api_list_is_a_list() {
    let answer = Site::of_people(&[]).get("/people").await;
    assert_eq!(answer.is(200).json(), json!([]));
}

#[tokio::test]
async fn api_list_holds_what_was_stored() {
    let (site, ann) = with_ann().await;
    assert_eq!(site.get("/people").await.is(200).json(), json!([ann]));
}

#[tokio::test]
async fn api_get_one_is_what_was_stored() {
    let (site, ann) = with_ann().await;
    assert_eq!(site.person(KNOWN).await.is(200).json(), ann);
}

#[tokio::test]
async fn api_get_of_a_random_uuid() {
    let (site, _) = with_ann().await;
    let random = uuid::Uuid::new_v4().to_string();
    site.person(&random).await.is_not_found();
}

#[tokio::test]
async fn api_put_of_a_name_stays() {
    let (site, ann) = with_ann().await;
    let name = json!({"name": "Mrs. Ann Other"});
    let expected = merged(&ann, &name);
    assert_eq!(site.change(KNOWN, &name).await.is(200).json(), expected);
    assert_eq!(site.person(KNOWN).await.is(200).json(), expected);
}

/// The original's test only gets a random uuid.
#[tokio::test]
async fn api_put_of_a_random_uuid() {
    let (site, ann) = with_ann().await;
    let random = uuid::Uuid::new_v4().to_string();
    site.change(&random, &json!({"name": "x"}))
        .await
        .is_not_found();
    site.person(&random).await.is_not_found();
    assert_eq!(site.list("").await, [ann]);
}

/// The original's test only gets a random uuid.
#[tokio::test]
async fn api_delete_of_a_random_uuid() {
    let (site, ann) = with_ann().await;
    let random = uuid::Uuid::new_v4().to_string();
    site.remove(&random).await.is_not_found();
    assert_eq!(site.list("").await, [ann]);
}

/// The original's test only gets somebody.
#[tokio::test]
async fn api_put_of_empty_data() {
    let (site, ann) = with_ann().await;
    assert_eq!(site.change(KNOWN, &json!({})).await.is(200).json(), ann);
    assert_eq!(site.person(KNOWN).await.is(200).json(), ann);
}

#[tokio::test]
async fn api_delete_is_200() {
    let (site, _) = with_ann().await;
    assert_eq!(site.remove(KNOWN).await.is(200).json(), json!({}));
    assert_eq!(site.list("").await, [] as [Value; 0]);
}

#[tokio::test]
async fn error_wrong_types_on_post_and_put() {
    let (site, ann) = with_ann().await;
    for (body, detail) in [
        (r#"{"age": "20"}"#, "'20' is not of type 'integer' - 'age'"),
        (r#"{"fare": "20"}"#, "'20' is not of type 'number' - 'fare'"),
        (
            r#"{"sex": "20"}"#,
            "'20' is not one of ['male', 'female', 'other'] - 'sex'",
        ),
        (
            r#"{"sex": "Male"}"#,
            "'Male' is not one of ['male', 'female', 'other'] - 'sex'",
        ),
        (r#"{"sex": 5}"#, "5 is not of type 'string' - 'sex'"),
        (
            r#"{"survived": 1}"#,
            "1 is not of type 'boolean' - 'survived'",
        ),
        (r#"{"name": 1}"#, "1 is not of type 'string' - 'name'"),
        (r#"{"age": null}"#, "None is not of type 'integer' - 'age'"),
        (r#"{"age": true}"#, "True is not of type 'integer' - 'age'"),
        (r#"{"age": 8.0}"#, "8.0 is not of type 'integer' - 'age'"),
        (r#"{"age": 8.5}"#, "8.5 is not of type 'integer' - 'age'"),
        (
            r#"{"age": 1.5e3}"#,
            "1500.0 is not of type 'integer' - 'age'",
        ),
        (
            r#"{"fare": false}"#,
            "False is not of type 'number' - 'fare'",
        ),
        // The last of a key counts, as in Python.
        (
            r#"{"age": 1, "age": "2"}"#,
            "'2' is not of type 'integer' - 'age'",
        ),
    ] {
        site.post_json("/people", body).await.is_bad(detail);
        let path = format!("/people/{KNOWN}");
        site.write(Method::PUT, &path, body).await.is_bad(detail);
    }
    assert_eq!(site.list("").await, [ann]);
}

#[tokio::test]
async fn error_order_of_checks_on_post() {
    let site = Site::of_people(&[]);
    let post = async |path: &str, kind: Option<&str>, body: &str| {
        site.write_as(Method::POST, path, kind, body).await
    };
    let json = Some("application/json");
    let (path, invalid) = ("/people?x=1", r#"{"name": "", "passengerClass": 1}"#);
    // Everything is wrong, then one thing less each time.
    post(path, Some("text/plain"), "[").await.is_a(
        415,
        "Invalid Content-type (text/plain), expected JSON data",
        Value::Null,
    );
    post(path, json, "[")
        .await
        .is_bad("Request body is not valid JSON");
    post(path, json, r#"{"age": "20"}"#)
        .await
        .is_bad("'20' is not of type 'integer' - 'age'");
    let extra = "Extra query parameter(s) x not in spec";
    post(path, json, invalid)
        .await
        .is_a(400, Value::Null, extra);
    post("/people", json, invalid)
        .await
        .is_invalid("No `sex` provided");
    let mut body = ann_with(&json!({"uuid": "x"}));
    site.register(&body)
        .await
        .is_invalid("Incorrect value for `uuid`");
    body["uuid"] = json!(KNOWN);
    site.register(&body).await.is(200);
    let taken = "There is a person with this `uuid` already.";
    site.register(&body)
        .await
        .is_b(409, "Conflict", "orm", taken);
}

#[tokio::test]
async fn error_order_of_checks_on_put() {
    let (site, ann) = with_ann().await;
    let put = async |path: &str, body: &str| site.write(Method::PUT, path, body).await;
    let (nobody, somebody) = (format!("/people/{UNKNOWN}"), format!("/people/{KNOWN}"));
    let long = json!({"name": "x".repeat(101)}).to_string();
    put(&format!("{nobody}?x=1"), r#"{"age": "20"}"#)
        .await
        .is_bad("'20' is not of type 'integer' - 'age'");
    put(&format!("{nobody}?x=1"), &long).await.is_a(
        400,
        Value::Null,
        "Extra query parameter(s) x not in spec",
    );
    put(&nobody, &long).await.is_not_found();
    put(&somebody, &long)
        .await
        .is_invalid("To long value for `name`. Max 100 chars.");
    assert_eq!(put(&somebody, "{}").await.is(200).json(), ann);
}

#[tokio::test]
async fn error_order_of_checks_on_get_and_delete() {
    let (site, ann) = with_ann().await;
    for method in [Method::GET, Method::DELETE] {
        for nobody in [UNKNOWN, "x"] {
            let path = format!("/people/{nobody}?x=1");
            let answer = ask(&site, method.clone(), &path, &[]).await;
            answer.is_a(400, Value::Null, "Extra query parameter(s) x not in spec");
        }
    }
    assert_eq!(site.list("").await, [ann]);
}

#[tokio::test]
async fn a_put_that_fails_changes_nothing() {
    let (site, ann) = with_ann().await;
    for wrong in [
        json!({"age": 1, "fare": 1.5, "sex": "x"}),
        json!({"age": 1, "fare": null}),
        json!({"age": 1, "survived": false, "name": "x".repeat(101)}),
        json!({"age": 1, "name": "\u{0}"}),
        json!({"age": 1, "uuid": UNKNOWN}),
        json!({"age": 1, "uuid": 1}),
        json!({"age": 1, "passengerClass": 2_147_483_648_i64}),
    ] {
        site.change(KNOWN, &wrong).await.is(400);
        assert_eq!(site.person(KNOWN).await.is(200).json(), ann, "{wrong}");
        assert_eq!(site.list("").await, std::slice::from_ref(&ann));
    }
}

#[tokio::test]
async fn unknown_keys_are_ignored_on_post() {
    let site = Site::of_people(&[]);
    let body = ann_with(&json!({"id": 7, "myExtraData": null, "metadata": [], "uuid": KNOWN}));
    let person = site.register(&body).await.is(200).json();
    assert_eq!(person, ann_with(&json!({"uuid": KNOWN})));
}

#[tokio::test]
async fn a_body_of_delete_is_ignored() {
    let (site, ann) = with_ann().await;
    for (kind, body) in [
        (Some("application/json"), "{"),
        (Some("text/plain"), "whatever"),
        (None, "[]"),
    ] {
        let path = format!("/people/{KNOWN}");
        let answer = site.write_as(Method::DELETE, &path, kind, body).await;
        assert_eq!(answer.is(200).json(), json!({}));
        site.remove(KNOWN).await.is_not_found();
        site.register(&ann).await.is(200);
    }
}

#[tokio::test]
async fn options_tells_the_methods() {
    let (site, _) = with_ann().await;
    let somebody = format!("/people/{KNOWN}");
    for (path, allowed) in [
        ("/people", &["GET", "HEAD", "POST"][..]),
        (&somebody, &["DELETE", "GET", "HEAD", "PUT"]),
        ("/people/x", &["DELETE", "GET", "HEAD", "PUT"]),
        ("/people.csv", &["GET", "HEAD"]),
    ] {
        let answer = ask(&site, Method::OPTIONS, path, &[]).await;
        answer.is_bare(200);
        assert_eq!(answer.allowed(), allowed, "{answer}");
    }
}

#[tokio::test]
async fn head_is_get_without_the_body() {
    let (site, _) = with_ann().await;
    let (somebody, nobody) = (format!("/people/{KNOWN}"), format!("/people/{UNKNOWN}"));
    for (path, status) in [
        ("/people", 200),
        ("/people?limit=1", 200),
        ("/people.csv", 200),
        (&somebody, 200),
        (&nobody, 404),
        ("/people?limit=x", 400),
        ("/people/", 404),
    ] {
        let get = site.get(path).await;
        get.is(status);
        let head = ask(&site, Method::HEAD, path, &[]).await;
        head.is_bare(status);
        for name in ["content-type", "content-length", "etag", "link"] {
            assert_eq!(head.header(name), get.header(name), "{name}: {head}");
        }
    }
}

#[tokio::test]
async fn json_is_sent_whatever_is_accepted() {
    let (site, ann) = with_ann().await;
    let somebody = format!("/people/{KNOWN}");
    for accept in ["text/html", "text/csv", "image/png", "*/*", "nonsense"] {
        let answer = ask(&site, Method::GET, &somebody, &[("accept", accept)]).await;
        assert_eq!(answer.is(200).json(), ann);
        let answer = ask(&site, Method::GET, "/people", &[("accept", accept)]).await;
        assert_eq!(answer.people(), std::slice::from_ref(&ann));
    }
}

#[tokio::test]
async fn a_body_beyond_its_limit_is_the_houses_413() {
    let mut small: Options = options("");
    small.config.limits.body_bytes = 300;
    let site = Site::of_people_with(&["1,3,Ann,female,22,1,0,7.25"], &small);
    let people = site.list("").await;
    let body = ann_with(&json!({"more": "x".repeat(300)}));
    let uuid = people[0]["uuid"].as_str().unwrap();
    for answer in [site.register(&body).await, site.change(uuid, &body).await] {
        answer.is(413);
        assert_eq!(answer.header("content-type"), "application/problem+json");
    }
    site.register(&ann()).await.is(200);
    assert_eq!(site.list("").await.len(), 2);
}

async fn with_key(
    site: &Site,
    method: Method,
    path: &str,
    body: &Value,
) -> crate::support::harness::Answer {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("content-type", "application/json")
        .header("idempotency-key", "k-1");
    site.send(request.body(Body::from(body.to_string())).unwrap())
        .await
}

#[tokio::test]
async fn a_write_with_a_key_is_done_once() {
    // Registered twice, it is one person with one uuid.
    let site = Site::of_people(&[]);
    let first = with_key(&site, Method::POST, "/people", &ann()).await;
    let again = with_key(&site, Method::POST, "/people", &ann()).await;
    assert_eq!(again.is(200).body, first.is(200).body);
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(site.list("").await, [first.json()]);
    let other = with_key(
        &site,
        Method::POST,
        "/people",
        &ann_with(&json!({"age": 1})),
    )
    .await;
    other.is(422);

    // The answer of then, although somebody changed more since.
    let (site, ann) = with_ann().await;
    let path = format!("/people/{KNOWN}");
    let age = json!({"age": 1});
    let changed = merged(&ann, &age);
    for _ in 0..2 {
        let answer = with_key(&site, Method::PUT, &path, &age).await;
        assert_eq!(answer.is(200).json(), changed);
        site.change(KNOWN, &json!({"age": 2})).await.is(200);
    }
    assert_eq!(site.person(KNOWN).await.is(200).json()["age"], json!(2));

    // A second removal is not told that nobody is there; a refusal is given again too.
    let (site, _) = with_ann().await;
    for _ in 0..2 {
        let answer = with_key(&site, Method::DELETE, &path, &json!({})).await;
        assert_eq!(answer.is(200).json(), json!({}));
    }
    let (site, ann) = with_ann().await;
    let taken = "There is a person with this `uuid` already.";
    let first = with_key(&site, Method::POST, "/people", &ann).await;
    first.is_b(409, "Conflict", "orm", taken);
    site.remove(KNOWN).await.is(200);
    let again = with_key(&site, Method::POST, "/people", &ann).await;
    again.is_b(409, "Conflict", "orm", taken);
}
