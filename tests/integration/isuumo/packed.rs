//! Packed answers beside plain ones: the same bytes when they are unpacked, tags of their own, `Vary` and 304 as
//! for every answer, whether they are packed once, put together or packed while they are sent.
//!
//! Searches, ids and polygons are random with a fixed seed, over all of a dataset: the project's own, and the
//! original one where it is (`EKIBEN_REFERENCE_DATA`).

use std::collections::HashMap;

use axum::body::{Body, Bytes};
use axum::http::{Method, Request};
use fastrand::Rng;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::harness::{Answer, Options, Site, bake_folder, reference_data};

/// A request: its path, and its body if it is a polygon.
type Asked = (String, Option<String>);

/// Bodies by path and tag.
type Seen = HashMap<(String, String), Bytes>;

const LOWEST: usize = 1024;

#[tokio::test]
async fn packed_answers_say_what_plain_ones_do() {
    compare(&Site::whole()).await;
}

#[tokio::test]
async fn packed_answers_of_the_original_data_say_what_plain_ones_do() {
    let Some(data) = reference_data() else { return };
    let folder = TempDir::new().unwrap();
    let baked = folder.path().join("isuumo.sqlite");
    bake_folder(&data.join("isuumo"), &baked).unwrap();
    compare(&Site::open(folder, &baked, &Options::default())).await;
}

/// Once while it is learned how pages are packed, once when that is known, and once when rows have come, gone and
/// moved.
async fn compare(site: &Site) {
    let corpus = corpus(site).await;
    let mut seen = Seen::new();
    compare_all(site, &corpus, &mut seen).await;
    let streamed = compare_all(site, &corpus, &mut seen).await;
    assert_eq!(streamed, 0, "all know how long they are");
    change(site).await;
    assert_eq!(compare_all(site, &corpus, &mut seen).await, 0);
}

/// How many of the packed answers were packed while they were sent.
async fn compare_all(site: &Site, corpus: &[Asked], seen: &mut Seen) -> usize {
    let (mut packed, mut streamed) = (0, 0);
    for (path, body) in corpus {
        let plain = send(site, Method::GET, path, body.as_deref(), &[]).await;
        let is_large = plain.status == 200 && plain.body.len() >= LOWEST;
        let vary = if is_large { "accept-encoding" } else { "" };
        assert_eq!(plain.header("vary"), vary, "{plain}");
        for coding in ["gzip", "zstd"] {
            let accept = [("accept-encoding", coding)];
            let answer = send(site, Method::GET, path, body.as_deref(), &accept).await;
            compare_one(&plain, &answer, if is_large { coding } else { "" });
            if is_large {
                packed += 1;
                streamed += usize::from(answer.header("content-length").is_empty());
            }
            let tag = answer.header("etag").to_owned();
            if !tag.is_empty() {
                let before = seen
                    .entry((path.clone(), tag))
                    .or_insert(answer.body.clone());
                assert!(*before == answer.body, "one tag, other bytes: {path}");
            }
            if body.is_none() {
                asked_again(site, path, &accept, &answer).await;
            }
        }
    }
    assert!(packed > corpus.len(), "most are packed");
    streamed
}

/// New rows in front of all others, among them and behind, and one chair less.
async fn change(site: &Site) {
    let lines = |line: fn(usize, usize) -> String| -> String {
        let popularities = [999_999_999, 500_000, 2].into_iter().cycle();
        let rows = (900_001..900_031).zip(popularities);
        rows.map(|(id, popularity)| line(id, popularity)).collect()
    };
    let chairs = lines(|id, popularity| {
        format!(
            "{id},椅子{id},\"「座\"\"る」\",/images/chair/{id}.png,999,90,90,90,白,,座椅子,{popularity},3\n"
        )
    });
    let estates = lines(|id, popularity| {
        format!(
            "{id},家{id},静かな部屋です。,/images/{id}.png,京都,35.5,136.{id},9000,90,90,,{popularity}\n"
        )
    });
    site.upload("chairs", &chairs).await.is_bare(201);
    site.upload("estates", &estates).await.is_bare(201);
    for _ in 0..3 {
        assert_eq!(site.buy(900_001).await, 200);
    }
    site.get("/api/chair/900001").await.is_bare(404);
}

fn compare_one(plain: &Answer, packed: &Answer, coding: &str) {
    assert_eq!(packed.status, plain.status, "{packed}");
    assert_eq!(packed.header("content-encoding"), coding, "{packed}");
    for name in ["vary", "content-type", "cache-control"] {
        assert_eq!(packed.header(name), plain.header(name), "{packed}");
    }
    assert!(
        unpacked(packed) == plain.body,
        "{} by {coding}",
        plain.asked
    );
    let tag = plain.header("etag");
    let own = packed.header("etag");
    match tag.strip_suffix('"') {
        Some(tag) if !coding.is_empty() => {
            let is_own = own.starts_with(tag) && own.ends_with(&format!("-{coding}\""));
            assert!(is_own, "{packed}");
        }
        _ => assert_eq!(own, tag, "{packed}"),
    }
    if !coding.is_empty() {
        assert!(packed.body.len() < plain.body.len());
    }
}

/// HEAD, and GET by somebody who has it.
async fn asked_again(site: &Site, path: &str, accept: &[(&str, &str); 1], answer: &Answer) {
    let head = send(site, Method::HEAD, path, None, accept).await;
    let headers = |answer: &Answer| {
        let mut headers = answer.headers.clone();
        headers.remove("x-request-id");
        headers
    };
    assert_eq!(headers(&head), headers(answer), "{path}");
    assert!(head.body.is_empty());
    let tag = answer.header("etag");
    if tag.is_empty() {
        return;
    }
    let known = [accept[0], ("if-none-match", tag)];
    let again = send(site, Method::GET, path, None, &known).await;
    assert_eq!(again.is_bare(304).header("etag"), tag);
    assert_eq!(again.header("vary"), answer.header("vary"));
    let other = [accept[0], ("if-none-match", "\"x\"")];
    let again = send(site, Method::GET, path, None, &other).await;
    assert!(again.is(200).body == answer.body, "{path}: packed alike");
}

fn unpacked(answer: &Answer) -> Vec<u8> {
    if answer.header("content-encoding").is_empty() {
        return answer.body.to_vec();
    }
    let mut unpacked = Vec::new();
    let mut reader = ekiben::dump::decompress(&answer.body[..]).unwrap();
    std::io::Read::read_to_end(&mut reader, &mut unpacked).unwrap();
    unpacked
}

async fn send(
    site: &Site,
    method: Method,
    path: &str,
    body: Option<&str>,
    headers: &[(&str, &str)],
) -> Answer {
    let method = if body.is_some() { Method::POST } else { method };
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    if body.is_some() {
        request = request.header("content-type", "application/json");
    }
    let body = body.map_or_else(Body::empty, |body| body.to_owned().into());
    site.send(request.body(body).unwrap()).await
}

/// Every kind of read, with every kind of parameter that its form offers.
async fn corpus(site: &Site) -> Vec<Asked> {
    let mut random = Rng::with_seed(21);
    let mut corpus: Vec<Asked> = Vec::new();
    for kind in ["chair", "estate"] {
        let document = format!("/api/{kind}/search/condition");
        let conditions = site.get(&document).await.is(200).json();
        let cheapest = format!("/api/{kind}/low_priced");
        corpus.extend([document, cheapest].map(|path| (path, None)));
        for _ in 0..60 {
            let query = query(&conditions, &mut random);
            corpus.push((format!("/api/{kind}/search?{query}"), None));
        }
        for _ in 0..10 {
            let id = random.u32(0..29_600);
            corpus.push((format!("/api/{kind}/{id}"), None));
        }
    }
    for _ in 0..30 {
        let id = random.u32(0..29_600);
        corpus.push((format!("/api/recommended_estate/{id}"), None));
    }
    for _ in 0..30 {
        corpus.push(("/api/estate/nazotte".to_owned(), Some(polygon(&mut random))));
    }
    corpus
}

/// One to three conditions of the form, a page of some size.
fn query(conditions: &Value, random: &mut Rng) -> String {
    let fields: Vec<_> = conditions.as_object().unwrap().iter().collect();
    let mut query = form_urlencoded::Serializer::new(String::new());
    let count = random.usize(1..=3);
    for (name, choices) in random.choose_multiple(fields, count) {
        if let Some(ranges) = choices["ranges"].as_array() {
            let range = random.choice(ranges).unwrap();
            query.append_pair(&format!("{name}RangeId"), &range["id"].to_string());
        } else {
            let choice = random.choice(choices["list"].as_array().unwrap()).unwrap();
            let name = if name == "feature" { "features" } else { name };
            query.append_pair(name, choice.as_str().unwrap());
        }
    }
    let size = random.choice([0, 1, 2, 25, 25, 25, 50, 120]).unwrap();
    query.append_pair("page", &random.usize(..4).to_string());
    query.append_pair("perPage", &size.to_string());
    query.finish()
}

/// A box somewhere in Japan, closed.
fn polygon(random: &mut Rng) -> String {
    let (south, west) = (34.0 + 3.0 * random.f64(), 134.0 + 5.0 * random.f64());
    let (north, east) = (south + random.f64(), west + random.f64());
    let corners = [
        (south, west),
        (south, east),
        (north, east),
        (north, west),
        (south, west),
    ];
    let corners =
        corners.map(|(latitude, longitude)| json!({"latitude": latitude, "longitude": longitude}));
    json!({"coordinates": corners}).to_string()
}
