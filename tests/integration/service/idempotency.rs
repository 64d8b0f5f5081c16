//! `Idempotency-Key`: what is repeated with its key is answered as the first time and not done again.
//! For how long is in `idempotency_retention`; that keys survive restarts and kills is in
//! `idempotency_durability` and `crash`.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, header};
use ekiben::store::StoreError;
use serde_json::Value;
use tokio::task::JoinSet;

use crate::support::dataset::{CHAIR, Chair, Dataset};
use crate::support::harness::{Answer, Site};

const KEY: &str = "idempotency-key";
pub(crate) const EMAIL: &str = r#"{"email":"a@example.com"}"#;
const BUY: &str = "/api/chair/buy/1";
pub(crate) const UPLOADED_CHAIR: &str = "2,n,d,t,1,50,60,70,赤,,座椅子,1,3\n";
const UPLOADED_ESTATE: &str = "2,n,d,t,a,35.5,139.5,1,50,60,新着,1\n";

fn json(path: &str, keys: &[&str], body: &str) -> Request<Body> {
    let request = Request::post(path).header(header::CONTENT_TYPE, "application/json");
    let request = keys
        .iter()
        .fold(request, |request, key| request.header(KEY, *key));
    request.body(Body::from(body.to_owned())).unwrap()
}

pub(crate) async fn post(site: &Site, path: &str, key: &str, body: &str) -> Answer {
    site.send(json(path, &[key], body)).await
}

pub(crate) async fn buy(site: &Site, key: &str) -> Answer {
    post(site, BUY, key, EMAIL).await
}

/// An upload as a client sends it that makes up a new `boundary` each time.
pub(crate) fn upload(part: &str, keys: &[&str], boundary: &str, csv: &str) -> Request<Body> {
    let form = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"{part}\"; filename=\"x.csv\"\r\n\r\n\
         {csv}\r\n--{boundary}--\r\n"
    );
    let path = format!("/api/{}", part.trim_end_matches('s'));
    let kind = format!("multipart/form-data; boundary={boundary}");
    let request = Request::post(path).header(header::CONTENT_TYPE, kind);
    let request = keys
        .iter()
        .fold(request, |request, key| request.header(KEY, *key));
    request.body(Body::from(form)).unwrap()
}

#[track_caller]
pub(crate) fn is_first(answer: &Answer, status: u16) {
    assert_eq!(
        answer.is_bare(status).header("idempotency-replayed"),
        "",
        "{answer}"
    );
}

#[track_caller]
pub(crate) fn is_replayed(answer: &Answer, status: u16) {
    assert_eq!(
        answer.is_bare(status).header("idempotency-replayed"),
        "true",
        "{answer}"
    );
}

#[track_caller]
fn is_problem(answer: &Answer, status: u16) {
    let kind = answer.is(status).header("content-type");
    assert_eq!(kind, "application/problem+json", "{answer}");
    let problem: Value = serde_json::from_slice(&answer.body).unwrap();
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("Idempotency-Key"), "{answer}");
}

pub(crate) fn number(site: &Site, select: &str) -> i64 {
    let read =
        |c: &rusqlite::Connection| Ok::<_, StoreError>(c.query_row(select, [], |r| r.get(0))?);
    site.store.read(read).unwrap()
}

/// Asked behind a commit that readers are told of: purchases alone they need not see.
pub(crate) async fn stock(site: &Site) -> i64 {
    site.store.write(|_| Ok::<_, StoreError>(())).await.unwrap();
    number(site, "SELECT stock FROM chair WHERE id = 1")
}

#[tokio::test]
async fn a_repeated_purchase_takes_one_chair_only() {
    let site = Site::new(&Dataset::tiny());
    is_first(&buy(&site, "a").await, 200);
    is_replayed(&buy(&site, "a").await, 200);
    is_replayed(&buy(&site, "\"a\"").await, 200);
    assert_eq!(stock(&site).await, 4);
    is_first(&buy(&site, "A").await, 200);
    for _ in 0..2 {
        is_first(&site.post_json(BUY, EMAIL).await, 200);
    }
    assert_eq!(stock(&site).await, 1);
}

#[tokio::test]
async fn whoever_bought_the_last_chair_is_told_so_again() {
    let site = Site::new(&Dataset::of_chairs([Chair {
        id: 1,
        stock: 1,
        ..CHAIR
    }]));
    is_first(&buy(&site, "first").await, 200);
    is_first(&buy(&site, "late").await, 404);
    site.get("/api/chair/1").await.is_bare(404);
    is_replayed(&buy(&site, "first").await, 200);
    is_replayed(&buy(&site, "late").await, 404);
}

#[tokio::test]
async fn what_was_not_there_stays_so_for_the_key() {
    let site = Site::new(&Dataset::tiny());
    for (path, part, csv) in [
        ("/api/chair/buy/2", "chairs", UPLOADED_CHAIR),
        ("/api/estate/req_doc/2", "estates", UPLOADED_ESTATE),
    ] {
        let key = |name: &str| format!("{part} {name}").replace(' ', "-");
        is_first(&post(&site, path, &key("early"), EMAIL).await, 404);
        site.upload(part, csv).await.is_bare(201);
        is_replayed(&post(&site, path, &key("early"), EMAIL).await, 404);
        is_first(&post(&site, path, &key("late"), EMAIL).await, 200);
        is_replayed(&post(&site, path, &key("late"), EMAIL).await, 200);
    }
}

#[tokio::test]
async fn a_key_belongs_to_one_request() {
    let site = Site::new(&Dataset::tiny());
    is_first(&buy(&site, "a").await, 200);
    for (path, body) in [
        (BUY, r#"{"email":"b@example.com"}"#),
        ("/api/chair/buy/2", EMAIL),
        ("/api/estate/req_doc/1", EMAIL),
        // Other spellings are other requests.
        ("/api/chair/buy/1?", EMAIL),
        ("/api/chair/buy/1?from=list", EMAIL),
        ("/api/chair/buy/%31", EMAIL),
    ] {
        is_problem(&post(&site, path, "a", body).await, 422);
    }
    is_problem(
        &site
            .send(upload("chairs", &["a"], "X", UPLOADED_CHAIR))
            .await,
        422,
    );
    site.get("/api/chair/2").await.is_bare(404);
    assert_eq!(stock(&site).await, 4);
    is_replayed(&buy(&site, "a").await, 200);
}

#[tokio::test]
async fn malformed_keys_are_refused_before_anything_is_done() {
    let site = Site::new(&Dataset::tiny());
    let long = "k".repeat(256);
    let malformed: [&[&str]; 7] = [
        &[""],
        &["\"\""],
        &["\"a"],
        &["a b"],
        &["\"a\", \"b\""],
        &[&long],
        &["a", "a"],
    ];
    for keys in malformed {
        for path in [BUY, "/api/estate/req_doc/1"] {
            is_problem(&site.send(json(path, keys, EMAIL)).await, 400);
        }
        let chairs = upload("chairs", keys, "X", UPLOADED_CHAIR);
        let estates = upload("estates", keys, "X", UPLOADED_ESTATE);
        is_problem(&site.send(chairs).await, 400);
        is_problem(&site.send(estates).await, 400);
    }
    assert_eq!(stock(&site).await, 5);
    assert_eq!(number(&site, "SELECT count(*) FROM chair"), 1);
    is_first(&buy(&site, &long[1..]).await, 200);
}

#[tokio::test]
async fn a_repeated_upload_adds_its_rows_once() {
    let site = Site::new(&Dataset::tiny());
    for (part, csv) in [("chairs", UPLOADED_CHAIR), ("estates", UPLOADED_ESTATE)] {
        is_first(&site.send(upload(part, &[part], "X", csv)).await, 201);
        // The rows are the request, whatever is around them.
        is_replayed(&site.send(upload(part, &[part], "another", csv)).await, 201);
        is_problem(&site.send(upload(part, &[part], "X", "")).await, 422);
        let table = part.trim_end_matches('s');
        assert_eq!(number(&site, &format!("SELECT count(*) FROM {table}")), 2);
        // Without the key, the ids are there already.
        site.upload(part, csv).await.is_bare(500);
    }
}

/// Nothing was done, so what was wrong can be put right under the same key.
#[tokio::test]
async fn what_was_refused_is_not_kept() {
    let site = Site::new(&Dataset::tiny());
    post(&site, BUY, "a", "{").await.is_bare(500);
    post(&site, BUY, "a", "{}").await.is_bare(400);
    is_first(&buy(&site, "a").await, 200);
    let taken = UPLOADED_CHAIR.replacen('2', "1", 1);
    for csv in ["x", &taken] {
        let answer = site.send(upload("chairs", &["b"], "X", csv)).await;
        assert!(answer.status.as_u16() >= 400, "{answer}");
    }
    is_first(
        &site
            .send(upload("chairs", &["b"], "X", UPLOADED_CHAIR))
            .await,
        201,
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn twenty_at_once_with_one_key_take_one_chair() {
    let site = Arc::new(Site::new(&Dataset::tiny()));
    let mut buyers = JoinSet::new();
    for _ in 0..20 {
        let site = Arc::clone(&site);
        buyers.spawn(async move { buy(&site, "a").await });
    }
    let mut first = 0;
    while let Some(answer) = buyers.join_next().await {
        let answer = answer.unwrap();
        first += usize::from(
            answer
                .is_bare(200)
                .header("idempotency-replayed")
                .is_empty(),
        );
    }
    assert_eq!(first, 1);
    assert_eq!(stock(&site).await, 4);
}

/// Purchases of which nothing can be seen leave readers what they have of the file, with a key too.
#[tokio::test]
async fn a_purchase_with_a_key_does_not_change_what_reads_show() {
    let site = Site::new(&Dataset::tiny());
    let before = site.get("/api/chair/1").await;
    is_first(&buy(&site, "a").await, 200);
    is_replayed(&buy(&site, "a").await, 200);
    let after = site.get("/api/chair/1").await;
    assert_eq!(after.is(200).header("etag"), before.header("etag"));
    assert_ne!(before.header("etag"), "");
}

/// Trust 27: parameters of a key are legal and no part of it.
#[tokio::test]
async fn a_key_with_parameters_is_the_key() {
    let site = Site::new(&Dataset::tiny());
    is_first(&buy(&site, "\"k\";a=1").await, 200);
    for same in ["\"k\"", "\"k\"; b=?0;c", "\"k\";a=:aGk=:"] {
        is_replayed(&buy(&site, same).await, 200);
    }
    is_problem(&buy(&site, "\"k\";A=1").await, 400);
    assert_eq!(stock(&site).await, 4);
}
