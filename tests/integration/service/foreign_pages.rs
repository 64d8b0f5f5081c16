//! Pages of other sites: no browser is made to change anything by one, whatever route it aims at, and
//! programs, which say nothing of pages, are served as ever.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Method, Request};
use ekiben::config::Secret;
use ekiben::http::admin;

use crate::support::dataset::Dataset;
use crate::support::harness::{Answer, Options, Site, ask};

/// What browsers say when a page of another site has them send something.
const FOREIGN: &[&[(&str, &str)]] = &[
    &[("sec-fetch-site", "cross-site")],
    &[
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.isu.example"),
    ],
    &[("origin", "https://evil.example")],
    &[("origin", "null")],
];

/// What they say for pages of this site and for what a person does, and what programs say.
const OWN: &[&[(&str, &str)]] = &[
    &[],
    &[("sec-fetch-site", "none")],
    &[
        ("sec-fetch-site", "same-origin"),
        ("origin", "http://isu.example"),
    ],
    &[("origin", "http://isu.example")],
];

async fn send(site: &Site, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    request = request.header("host", "isu.example");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    site.send(request.body(Body::empty()).unwrap()).await
}

/// Every described operation that may change something, its parameters filled in.
async fn unsafe_operations(site: &Site) -> Vec<(String, String)> {
    let description = site.get("/openapi.json").await.json();
    let mut operations = Vec::new();
    for (path, item) in description["paths"].as_object().unwrap() {
        let path: Vec<_> = path
            .split('/')
            .map(|part| if part.starts_with('{') { "1" } else { part })
            .collect();
        for method in item.as_object().unwrap().keys() {
            let method = method.to_uppercase();
            if method
                .parse::<Method>()
                .is_ok_and(|method| !method.is_safe())
            {
                operations.push((method, path.join("/")));
            }
        }
    }
    operations
}

/// Trust 4: whatever changes something is refused to pages of other sites.
#[tokio::test]
async fn no_page_of_another_site_has_a_browser_change_anything() {
    let site = Site::of_every_app(&Options::default());
    let mut operations = unsafe_operations(&site).await;
    assert!(operations.len() >= 8, "{operations:?}");
    operations
        .extend(["/chair/1/buy", "/language"].map(|path| ("POST".to_owned(), path.to_owned())));
    let before = site.get("/api/chair/low_priced").await.body;
    let generation = site.get("/readyz").await.body;
    for (method, path) in &operations {
        for headers in FOREIGN {
            let answer = send(&site, method, path, headers).await;
            assert_eq!(answer.status, 403, "{method} {path} {headers:?}");
        }
        for headers in OWN {
            let answer = send(&site, method, path, headers).await;
            assert_ne!(answer.status, 403, "{method} {path} {headers:?}");
        }
    }
    // Reading is what CORS is about, not this.
    send(&site, "GET", "/api/chair/1", FOREIGN[0]).await.is(200);
    assert_eq!(site.get("/api/chair/low_priced").await.body, before);
    assert_ne!(
        site.get("/readyz").await.body,
        generation,
        "the reset of those who may was done"
    );
}

/// Trust 4: unless the operator allows their origin.
#[tokio::test]
async fn origins_that_are_allowed_may() {
    let mut options = Options::default();
    options.config.http.cors_origins = vec!["https://shop.example".to_owned()];
    let site = Site::with(&Dataset::tiny(), &options);
    let from = async |origin: &str| {
        let headers = [("sec-fetch-site", "cross-site"), ("origin", origin)];
        send(&site, "POST", "/initialize", &headers).await
    };
    from("https://shop.example").await.is(200);
    from("https://shop.example.evil").await.is(403);
}

/// Trust 4: the listener for operators too, which without a token answers loopback names only.
#[tokio::test]
async fn the_listener_for_operators_answers_neither_pages_nor_foreign_names() {
    let site = Site::new(&Dataset::tiny());
    let ask_admin = async |token: &Secret, method: &str, headers: &[(&str, &str)]| {
        let routes = admin::routes(Arc::clone(&site.site), None, token);
        let path = if method == "GET" {
            "/metrics"
        } else {
            "/admin/reload"
        };
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        ask(routes, request.body(Body::empty()).unwrap()).await
    };
    let none = Secret::default();
    for name in [
        "localhost:1324",
        "LOCALHOST",
        "127.0.0.1:1324",
        "127.8.9.1",
        "[::1]:1324",
    ] {
        ask_admin(&none, "GET", &[("host", name)]).await.is(200);
        let cross = [("host", name), ("sec-fetch-site", "cross-site")];
        ask_admin(&none, "POST", &cross).await.is(403);
    }
    // A name that somebody has resolve to this machine.
    for name in [
        "evil.example:1324",
        "localhost.evil.example",
        "[::2]",
        "10.0.0.1",
        "",
    ] {
        ask_admin(&none, "GET", &[("host", name)]).await.is(421);
        ask_admin(&none, "POST", &[("host", name)]).await.is(421);
    }
    // With a token, it may have any name; pages are still refused.
    let token = Secret::from("s3cret");
    let operator = ("authorization", "Bearer s3cret");
    let named = ("host", "ops.example");
    ask_admin(&token, "GET", &[operator, named]).await.is(200);
    let cross = [operator, named, ("origin", "https://evil.example")];
    ask_admin(&token, "POST", &cross).await.is(403);
}
