//! Routes that go past the router answer what the router answers: it has the same handlers, and is asked by HEAD, by
//! a path with something escaped, or by another method.

use axum::body::Body;
use axum::http::{Method, Request};
use serde_json::Value;

use crate::support::harness::{Answer, Options, Site};

/// What is asked for at each of them, also in error.
const PATHS: [&str; 24] = [
    "/api/chair/1",
    "/api/chair/1?a=b",
    "/api/chair/999999999",
    "/api/chair/one",
    "/api/chair/low_priced",
    "/api/chair/search?priceRangeId=1&page=0&perPage=25",
    "/api/chair/search?priceRangeId=1&page=-1&perPage=25",
    "/api/chair/search?page=0&perPage=25",
    "/api/chair/search/condition",
    "/api/estate/1",
    "/api/estate/low_priced",
    "/api/estate/search?rentRangeId=1&page=0&perPage=3",
    "/api/estate/search/condition",
    "/api/recommended_estate/1",
    "/api/recommended_estate/x",
    "/api/tags",
    "/api/tags/",
    "/api/articles",
    "/api/articles/?limit=3",
    "/api/articles?limit=x",
    "/api/articles/feed",
    "/api/articles/feed/",
    "/api/articles/no-such",
    "/api/articles/no-such/",
];

/// Credentials and encodings, which the layers between look at.
const HEADERS: [&[(&str, &str)]; 3] = [
    &[],
    &[("authorization", "Token wrong")],
    &[("accept-encoding", "gzip")],
];

async fn ask(site: &Site, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    site.send(request.body(Body::empty()).unwrap()).await
}

fn assert_alike(one: &Answer, other: &Answer) {
    let of = |answer: &Answer| {
        let mut headers = answer.headers.clone();
        headers.remove("x-request-id");
        (answer.status, headers)
    };
    assert_eq!(of(one), of(other), "{one}\n{other}");
}

async fn a_slug(site: &Site) -> String {
    let list = site.get("/api/articles?limit=1").await;
    let list: Value = serde_json::from_slice(&list.is(200).body).unwrap();
    list["articles"][0]["slug"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn they_answer_what_the_router_says_to_head() {
    let site = Site::of_every_app(&Options::default());
    let slug = a_slug(&site).await;
    let article = [
        format!("/api/articles/{slug}"),
        format!("/api/articles/{slug}/"),
    ];
    let paths = PATHS.into_iter().chain(article.iter().map(String::as_str));
    let ann = site.user("ann").await;
    let token = format!("Token {}", ann.token);
    let signed_in = [("authorization", token.as_str())];
    for path in paths {
        for headers in HEADERS.into_iter().chain([&signed_in[..]]) {
            let get = ask(&site, Method::GET, path, headers).await;
            let head = ask(&site, Method::HEAD, path, headers).await;
            assert_alike(&get, &head);
        }
    }
}

#[tokio::test]
async fn they_answer_what_the_router_says_to_an_escaped_path() {
    let site = Site::of_every_app(&Options::default());
    let slug = a_slug(&site).await;
    let escaped = |text: &str| format!("%{:02X}{}", text.as_bytes()[0], &text[1..]);
    for (before, parameter) in [
        ("/api/chair/", "1"),
        ("/api/chair/", "x"),
        ("/api/estate/", "2"),
        ("/api/recommended_estate/", "3"),
        ("/api/articles/", slug.as_str()),
        ("/api/articles/", "no-such"),
    ] {
        let direct = ask(&site, Method::GET, &format!("{before}{parameter}"), &[]).await;
        let path = format!("{before}{}", escaped(parameter));
        let routed = ask(&site, Method::GET, &path, &[]).await;
        assert_alike(&direct, &routed);
        assert_eq!(direct.body, routed.body, "{path}");
    }
}

/// What other methods do there is the router's, and what they are told too.
#[tokio::test]
async fn other_methods_and_paths_are_left_to_the_router() {
    let site = Site::of_every_app(&Options::default());
    let refused = ask(&site, Method::DELETE, "/api/chair/1", &[]).await;
    assert_eq!(refused.is(405).header("allow"), "GET,HEAD");
    let refused = ask(&site, Method::GET, "/api/estate/nazotte", &[]).await;
    // As an id it would be no number: 400.
    assert_eq!(refused.is(405).header("allow"), "POST");
    let refused = ask(&site, Method::HEAD, "/api/estate/nazotte", &[]).await;
    assert_eq!(refused.is(405).header("allow"), "POST");
    let refused = ask(&site, Method::PATCH, "/api/articles", &[]).await;
    assert_eq!(refused.is(405).header("allow"), "GET,HEAD,POST");
    ask(&site, Method::GET, "/api/chair/1/", &[]).await.is(404);
}
