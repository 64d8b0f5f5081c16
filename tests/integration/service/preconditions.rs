//! Conditions on requests (RFC 9110, 13): a write is done in the state that it is for, or not at all; a read
//! is answered with the response that is asked for. Their syntax is tested beside the code.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::body::{Body, Bytes};
use axum::http::{HeaderName, Method, Request, StatusCode, header};
use serde_json::json;
use tokio::task::JoinSet;

use super::idempotency::{EMAIL, UPLOADED_CHAIR, upload};
use crate::people::edge_cases::{KNOWN, UNKNOWN, with_ann};
use crate::people::site::ann;
use crate::support::dataset::{CHAIR, Chair, Dataset};
use crate::support::harness::{Answer, Site};

const OTHER: &str = "\"0.0.0\"";
const LONG_AGO: &str = "Sun, 06 Nov 1994 08:49:37 GMT";
const FAR_AWAY: &str = "Sun, 06 Nov 2094 08:49:37 GMT";

type Header<'h> = (HeaderName, &'h str);

fn request(method: Method, path: &str, headers: &[Header<'_>], body: &str) -> Request<Body> {
    let request = Request::builder().method(method).uri(path);
    let request = request.header(header::CONTENT_TYPE, "application/json");
    let headers = headers.iter();
    let request = headers.fold(request, |request, (name, value)| {
        request.header(name, *value)
    });
    request.body(Body::from(body.to_owned())).unwrap()
}

async fn send(
    site: &Site,
    method: Method,
    path: &str,
    headers: &[Header<'_>],
    body: &str,
) -> Answer {
    site.send(request(method, path, headers, body)).await
}

async fn tag(site: &Site, path: &str) -> String {
    site.get(path).await.is(200).header("etag").to_owned()
}

#[track_caller]
fn is_refused(answer: &Answer) {
    let document = answer.is(412).json_of_a_problem();
    assert_eq!(document["title"], "Precondition Failed");
    assert_eq!(answer.header("etag"), "");
}

/// Headers that no state of the data meets.
fn never() -> [Header<'static>; 5] {
    [
        (header::IF_MATCH, OTHER),
        (header::IF_MATCH, "what is no tag"),
        (header::IF_NONE_MATCH, "*"),
        (header::IF_NONE_MATCH, " * "),
        (header::IF_UNMODIFIED_SINCE, LONG_AGO),
    ]
}

/// Trust 15: every route of `people` that writes.
#[tokio::test]
async fn people_are_written_in_the_state_that_the_request_is_for() {
    let (site, known) = with_ann().await;
    let person = format!("/people/{KNOWN}");
    let older = json!({"age": 31}).to_string();
    let writes = [
        (Method::PUT, &*person, &*older),
        (Method::PUT, &person, "{}"),
        (Method::POST, "/people", &ann().to_string()),
        (Method::DELETE, &person, ""),
    ];
    for (method, path, body) in &writes {
        for condition in never() {
            let answer = send(&site, method.clone(), path, &[condition], body).await;
            is_refused(&answer);
        }
        let weak = format!("W/{}", tag(&site, path).await);
        let answer = send(
            &site,
            method.clone(),
            path,
            &[(header::IF_MATCH, &weak)],
            body,
        )
        .await;
        is_refused(&answer);
    }
    assert_eq!(site.list("").await, [known]);
    for (method, path, body) in writes {
        let now = format!("{OTHER}, {}", tag(&site, path).await);
        let headers = [
            (header::IF_MATCH, &*now),
            (header::IF_NONE_MATCH, OTHER),
            // Tags count more than a date.
            (header::IF_UNMODIFIED_SINCE, LONG_AGO),
        ];
        send(&site, method, path, &headers, body).await.is(200);
    }
    assert_eq!(site.list("").await.len(), 1);
}

/// Trust 15: what is refused anyway is refused as without conditions.
#[tokio::test]
async fn refusals_come_before_conditions() {
    let (site, known) = with_ann().await;
    let person = format!("/people/{KNOWN}");
    for condition in never() {
        let put = |path: String, body: &'static str| send_put(&site, path, condition.clone(), body);
        put(format!("/people/{UNKNOWN}"), "{}").await.is_not_found();
        put(person.clone(), r#"{"age": "x"}"#).await.is(400);
        put(person.clone(), r#"{"name": "a\u0000b"}"#).await.is(400);
        put(person.clone(), "{").await.is(400);
        let headers = [condition];
        let twice = known.to_string();
        send(&site, Method::POST, "/people", &headers, &twice)
            .await
            .is(409);
        let unknown = format!("/people/{UNKNOWN}");
        send(&site, Method::DELETE, &unknown, &headers, "")
            .await
            .is_not_found();
    }
}

async fn send_put(site: &Site, path: String, condition: Header<'_>, body: &str) -> Answer {
    send(site, Method::PUT, &path, &[condition], body).await
}

/// Trust 15: the check and the write are one. Of those who have read the same state, one is done.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_of_many_who_have_seen_the_same_is_done() {
    let (site, _) = with_ann().await;
    let site = Arc::new(site);
    let path = format!("/people/{KNOWN}");
    for round in 0..20 {
        let seen = tag(&site, &path).await;
        let mut writers = JoinSet::new();
        for writer in 0..8 {
            let (site, path, seen) = (Arc::clone(&site), path.clone(), seen.clone());
            writers.spawn(async move {
                let body = json!({"age": round * 100 + writer}).to_string();
                let headers = [(header::IF_MATCH, &*seen)];
                let answer = send(&site, Method::PUT, &path, &headers, &body).await;
                (answer.status, answer.body)
            });
        }
        let answers = writers.join_all().await;
        let is_done = |answer: &&(StatusCode, Bytes)| answer.0 == 200;
        let done: Vec<_> = answers.iter().filter(is_done).collect();
        assert_eq!(done.len(), 1, "{answers:?}");
        assert_eq!(site.get(&path).await.body, done[0].1);
    }
}

/// Trust 15: a date is for clients that keep no tags.
#[tokio::test]
async fn writes_are_bound_to_a_date() {
    let (site, _) = with_ann().await;
    let path = format!("/people/{KNOWN}");
    let put = async |date: &str, age: i32| {
        let body = json!({"age": age}).to_string();
        let headers = [(header::IF_UNMODIFIED_SINCE, date)];
        send(&site, Method::PUT, &path, &headers, &body).await
    };
    let begun = SystemTime::now();
    put(FAR_AWAY, 40).await.is(200);
    is_refused(&put(LONG_AGO, 41).await);
    // Dates have whole seconds.
    let before = httpdate(begun - Duration::from_secs(1));
    is_refused(&put(&before, 42).await);
    let after = httpdate(SystemTime::now() + Duration::from_secs(2));
    put(&after, 43).await.is(200);
    put("yesterday", 44).await.is(200);
    assert_eq!(site.get(&path).await.json()["age"], 44);
}

fn httpdate(at: SystemTime) -> String {
    httpdate::fmt_http_date(at)
}

/// Trust 15: a repetition is answered as before, and a refusal leaves its key free.
#[tokio::test]
async fn keys_come_before_conditions() {
    let (site, _) = with_ann().await;
    let path = format!("/people/{KNOWN}");
    let key = (HeaderName::from_static("idempotency-key"), "k");
    let seen = tag(&site, &path).await;
    let body = json!({"age": 50}).to_string();
    let refused = [key.clone(), (header::IF_MATCH, OTHER)];
    is_refused(&send(&site, Method::PUT, &path, &refused, &body).await);
    let current = [key, (header::IF_MATCH, &*seen)];
    let first = send(&site, Method::PUT, &path, &current, &body).await;
    assert_eq!(first.is(200).header("idempotency-replayed"), "");
    // The state is another one by now.
    let again = send(&site, Method::PUT, &path, &current, &body).await;
    assert_eq!(again.is(200).header("idempotency-replayed"), "true");
    assert_eq!(again.body, first.body);
}

/// Trust 15: every route of ISUUMO that writes, its forms among them.
#[tokio::test]
async fn isuumo_is_written_in_the_state_that_the_request_is_for() {
    let chair = Chair {
        id: 1,
        stock: 2,
        ..CHAIR
    };
    let site = Site::new(&Dataset::of_chairs([chair]));
    let before = tag(&site, "/api/chair/1").await;
    for condition in never() {
        let headers = std::slice::from_ref(&condition);
        for path in ["/api/chair/buy/1", "/initialize"] {
            is_refused(&send(&site, Method::POST, path, headers, EMAIL).await);
        }
        let mut file = upload("chairs", &[], "X", UPLOADED_CHAIR);
        file.headers_mut()
            .insert(&condition.0, condition.1.parse().unwrap());
        is_refused(&site.send(file).await);
        let mut form = request(Method::POST, "/chair/1/buy", headers, "email=a@b.c");
        let kind = "application/x-www-form-urlencoded".parse().unwrap();
        form.headers_mut().insert(header::CONTENT_TYPE, kind);
        site.send(form).await.is(412);
        send(&site, Method::POST, "/api/chair/buy/9", headers, EMAIL)
            .await
            .is_bare(404);
        send(&site, Method::POST, "/api/chair/buy/1", headers, "{}")
            .await
            .is_bare(400);
    }
    assert_eq!(tag(&site, "/api/chair/1").await, before);
    let seen = [(header::IF_MATCH, &*before)];
    for _ in 0..2 {
        send(&site, Method::POST, "/api/chair/buy/1", &seen, EMAIL)
            .await
            .is_bare(200);
    }
    // Nobody sees it any more, which everybody sees.
    is_refused(&send(&site, Method::POST, "/initialize", &seen, "").await);
    let now = tag(&site, "/api/chair/low_priced").await;
    let now = [(header::IF_MATCH, &*now)];
    send(&site, Method::POST, "/initialize", &now, "")
        .await
        .is(200);
    is_refused(&send(&site, Method::POST, "/initialize", &now, "").await);
    assert_eq!(site.buy(1).await, 200, "the baked stock");
}

/// Trust 15: of resets for the same state one is done, and those without conditions all are.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_of_many_resets_of_the_same_state_is_done() {
    let site = Arc::new(Site::new(&Dataset::tiny()));
    let seen = tag(&site, "/api/chair/low_priced").await;
    let mut resets = JoinSet::new();
    for number in 0..8 {
        let (site, seen) = (Arc::clone(&site), seen.clone());
        resets.spawn(async move {
            let seen = [(header::IF_MATCH, &*seen)];
            let headers = if number % 2 == 0 { &seen[..] } else { &[] };
            let answer = send(&site, Method::POST, "/initialize", headers, "").await;
            (number % 2 == 0, answer.status.as_u16())
        });
    }
    let answers = resets.join_all().await;
    let done = |wanted: bool| {
        answers
            .iter()
            .filter(|answer| **answer == (wanted, 200))
            .count()
    };
    assert!(done(true) <= 1, "{answers:?}");
    assert_eq!(done(false), 4, "{answers:?}");
}

/// Trust 15: reads, as RFC 9110 has it.
#[tokio::test]
async fn reads_are_answered_with_what_is_asked_for() {
    let site = Site::all_people();
    let now = tag(&site, "/people").await;
    let get = async |method: Method, headers: &[Header<'_>]| {
        send(&site, method, "/people", headers, "").await
    };
    for method in [Method::GET, Method::HEAD] {
        let known = [(header::IF_MATCH, &*now)];
        get(method.clone(), &known).await.is(200);
        get(method.clone(), &[(header::IF_MATCH, "*")])
            .await
            .is(200);
        let refused = get(method.clone(), &[(header::IF_MATCH, OTHER)]).await;
        assert_eq!(refused.is(412).header("cache-control"), "no-store");
        let weak = format!("W/{now}");
        get(method.clone(), &[(header::IF_MATCH, &weak)])
            .await
            .is(412);
        // The order of the standard: first whether it may be sent, then whether it need be.
        let both = [(header::IF_MATCH, OTHER), (header::IF_NONE_MATCH, &*now)];
        get(method.clone(), &both).await.is(412);
        let both = [(header::IF_MATCH, &*now), (header::IF_NONE_MATCH, &*now)];
        get(method.clone(), &both).await.is(304);
        // A packed response is another one.
        let packed = [(header::ACCEPT_ENCODING, "gzip"), (header::IF_MATCH, &*now)];
        get(method.clone(), &packed).await.is(412);
    }
    let missing = format!("/people/{UNKNOWN}");
    let headers = [(header::IF_MATCH, OTHER)];
    send(&site, Method::GET, &missing, &headers, "")
        .await
        .is_not_found();
    let dated = [(header::IF_UNMODIFIED_SINCE, LONG_AGO)];
    get(Method::GET, &dated).await.is(200);
}
