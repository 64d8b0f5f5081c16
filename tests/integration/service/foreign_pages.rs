//! Pages of other sites: no browser is made to change anything by one, whatever route it aims at, and
//! programs, which say nothing of pages, are served as ever. Nor by one whose name was pointed here.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Method, Request};
use ekiben::config::Secret;
use ekiben::http::admin;

use crate::support::binary::Process;
use crate::support::data_folder::baked_folder;
use crate::support::dataset::Dataset;
use crate::support::harness::{Answer, Options, Site, ask};
use crate::support::raw_socket::RawSocket;

/// What browsers say when a page of another site has them send something.
const FOREIGN: &[&[(&str, &str)]] = &[
    &[("sec-fetch-site", "cross-site")],
    &[
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.isu.example"),
    ],
    &[("origin", "https://evil.example")],
    &[("origin", "null")],
    &[
        ("sec-fetch-site", "same-origin"),
        ("origin", "https://evil.example"),
    ],
    &[
        ("sec-fetch-site", "same-origin"),
        ("sec-fetch-site", "cross-site"),
    ],
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

/// A site that others reach too, by whatever name.
fn public() -> Options {
    let mut options = Options::default();
    options.config.listen = ([0, 0, 0, 0], 1323).into();
    options
}

/// Trust 4: neither a request that comes from elsewhere, nor one that says so beside the contrary.
#[tokio::test]
async fn no_page_of_another_site_has_a_browser_change_anything() {
    let site = Site::of_every_app(&public());
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
    let refused = from("https://shop.example.evil").await;
    // What to do about it.
    let said = String::from_utf8_lossy(&refused.is(403).body);
    assert!(said.contains("http.cors_origins"), "{said}");
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

/// What a page at `origin` has a browser send, for which `host` leads here.
async fn post(process: &Process, host: &str, origin: &str) -> u16 {
    let mut socket = RawSocket::connect(process.address).await;
    let said = if origin.is_empty() {
        String::new()
    } else {
        format!("Origin: {origin}\r\n")
    };
    let request =
        format!("POST /initialize HTTP/1.1\r\nHost: {host}\r\n{said}Content-Length: 0\r\n\r\n");
    socket.send(request).await;
    socket.answer().await.unwrap().status
}

/// Trust 4: DNS rebinding. A site has its own name resolve to a loopback address; for the browser, its page
/// and the server are one origin then.
#[tokio::test]
async fn a_server_for_this_machine_is_not_reset_under_a_foreign_name() {
    let folder = baked_folder(&Dataset::tiny());
    let process = Process::start(folder.path(), &[]);
    let port = process.address.port();
    let evil = format!("evil.example:{port}");
    for host in [&evil, &format!("localhost.{evil}"), "evil.example"] {
        let page = post(&process, host, &format!("http://{host}")).await;
        assert_eq!(page, 403, "{host}");
    }
    for host in ["localhost", "127.0.0.1", "shop.localhost"] {
        let host = format!("{host}:{port}");
        let page = post(&process, &host, &format!("http://{host}")).await;
        assert_eq!(page, 200, "{host}");
    }
    // A proxy hands programs' requests on under its own name.
    assert_eq!(post(&process, "shop.example", "").await, 200);
    assert_eq!(
        post(&process, "shop.example", "https://shop.example").await,
        403
    );
}

/// Trust 4: an operator says by which names pages behind a proxy reach a server for this machine.
#[tokio::test]
async fn a_proxy_on_this_machine_is_named_in_the_settings() {
    let folder = baked_folder(&Dataset::tiny());
    let settings = "[site]\npublic_url = \"https://shop.example\"\n\
                    [mounts]\nisuumo = \"rooms.example\"\n";
    std::fs::write(folder.path().join("ekiben.toml"), settings).unwrap();
    let process = Process::start(folder.path(), &[]);
    for (host, origin, status) in [
        ("rooms.example", "https://rooms.example", 200),
        ("rooms.example", "https://shop.example", 200),
        ("rooms.example", "https://evil.example", 403),
        ("evil.example", "https://evil.example", 403),
        // The site's own name: no app is there, but the page is believed.
        ("shop.example", "https://shop.example", 404),
    ] {
        let answered = post(&process, host, origin).await;
        assert_eq!(answered, status, "{host} {origin}");
    }
}
