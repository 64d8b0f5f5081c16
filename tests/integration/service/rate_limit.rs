//! The limit on each client's requests: who is refused and who is not, and whose word on that counts.

use std::net::SocketAddr;
use std::time::Duration;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tower::ServiceExt as _;

use crate::service::metrics::value;
use crate::service::processes::serve;
use crate::support::dataset::Dataset;
use crate::support::harness::{Answer, Options, Site};

const CHAIR: &str = "/api/chair/1";

/// For tests without a clock of their own: nothing comes back while one runs.
const ONCE: f64 = 0.001;

/// Three requests at once, then so many a second.
fn limited(requests_per_second: f64, trusted_proxies: &[&str]) -> Site {
    let mut options = Options::default();
    options.config.limits.client_requests_per_second = requests_per_second;
    options.config.limits.client_burst = 3;
    options.config.http.trusted_proxies = trusted_proxies
        .iter()
        .map(|network| network.parse().unwrap())
        .collect();
    Site::with(&Dataset::tiny(), &options)
}

/// A request from `peer`, which says that it is for `client`.
async fn ask(site: &Site, peer: &str, client: &str, path: &str) -> Answer {
    let request = Request::get(path).header("x-forwarded-for", client);
    let mut request = request.body(Body::empty()).unwrap();
    let peer = SocketAddr::new(peer.parse().unwrap(), 50_000);
    request.extensions_mut().insert(ConnectInfo(peer));
    site.send(request).await
}

#[tokio::test(start_paused = true)]
async fn a_client_beyond_its_burst_is_told_when_to_come_back() {
    let site = limited(0.1, &[]);
    let ask = async |path| ask(&site, "203.0.113.1", "", path).await;
    for _ in 0..3 {
        ask(CHAIR).await.is(200);
    }
    let refused = ask(CHAIR).await;
    assert_eq!(refused.is(429).header("retry-after"), "10");
    assert_eq!(refused.header("content-type"), "application/problem+json");
    assert_eq!(refused.header("cache-control"), "no-store");
    let problem: Value = serde_json::from_slice(&refused.body).unwrap();
    assert_eq!(problem["title"], "Too Many Requests");
    // Whatever else it asks is limited too, but for probes.
    for path in [
        "/about",
        "/docs",
        "/docs/style.css",
        "/openapi.json",
        "/version",
        "/nothing",
        "/initialize",
    ] {
        ask(path).await.is(429);
    }
    for probe in ["/livez", "/readyz"] {
        ask(probe).await.is(200);
    }
    tokio::time::advance(Duration::from_millis(9_500)).await;
    assert_eq!(ask(CHAIR).await.is(429).header("retry-after"), "1");
    tokio::time::advance(Duration::from_millis(500)).await;
    ask(CHAIR).await.is(200);
    ask(CHAIR).await.is(429);

    let labels = r#"app="isuumo",route="/api/chair/{id}",method="GET",status="429""#;
    let name = format!("ekiben_http_request_duration_seconds_count{{{labels}}}");
    assert_eq!(value(&site.metrics().await, &name), 3.0);
}

#[tokio::test]
async fn clients_behind_a_trusted_proxy_are_kept_apart() {
    let site = limited(ONCE, &["10.0.0.0/8"]);
    let ask = async |client: &str| ask(&site, "10.1.2.3", client, CHAIR).await;
    for made_up in ["", "1.1.1.1, ", "2.2.2.2, 10.0.0.9, "] {
        ask(&format!("{made_up}203.0.113.1")).await.is(200);
    }
    ask("3.3.3.3, 203.0.113.1").await.is(429);
    ask("203.0.113.2").await.is(200);
    // Addresses of one /64 are one client.
    for host in 1..=3 {
        ask(&format!("2001:db8::{host}")).await.is(200);
    }
    ask("2001:db8::4").await.is(429);
    ask("2001:db8:0:1::4").await.is(200);
}

#[tokio::test]
async fn what_others_say_of_themselves_changes_nothing() {
    let site = limited(ONCE, &["10.0.0.0/8"]);
    for number in 0..3 {
        let client = format!("203.0.113.{number}");
        ask(&site, "198.51.100.1", &client, CHAIR).await.is(200);
    }
    ask(&site, "198.51.100.1", "203.0.113.9", CHAIR)
        .await
        .is(429);
    ask(&site, "198.51.100.2", "", CHAIR).await.is(200);
}

#[tokio::test]
async fn a_refused_write_has_no_effect() {
    let site = limited(ONCE, &[]);
    for id in [2, 3, 4, 5] {
        let expected = if id == 5 { 429 } else { 201 };
        let csv = format!("{id},n,d,t,1,1,1,1,c,,k,1,1\n");
        site.upload("chairs", &csv).await.is(expected);
    }
    for (path, expected) in [("/api/chair/4", 200), ("/api/chair/5", 404)] {
        ask(&site, "203.0.113.1", "", path).await.is(expected);
    }
}

#[tokio::test]
async fn a_refused_request_takes_no_place() {
    let mut options = Options::default();
    options.config.limits.client_requests_per_second = ONCE;
    options.config.limits.client_burst = 1;
    options.config.limits.concurrent_requests = 1;
    let site = Site::with(&Dataset::tiny(), &options);
    let request = || {
        let mut request = Request::get(CHAIR).body(Body::empty()).unwrap();
        let peer: SocketAddr = "203.0.113.1:5".parse().unwrap();
        request.extensions_mut().insert(ConnectInfo(peer));
        request
    };
    ask(&site, "203.0.113.1", "", CHAIR).await.is(200);
    let refused = site.router.clone().oneshot(request()).await.unwrap();
    assert_eq!(refused.status(), 429);
    ask(&site, "203.0.113.2", "", CHAIR).await.is(200);
    drop(refused);
}

#[tokio::test]
async fn nobody_is_limited_unless_configured() {
    let site = Site::new(&Dataset::tiny());
    for _ in 0..300 {
        ask(&site, "203.0.113.1", "", CHAIR).await.is(200);
    }
}

/// The status of one request over a connection of its own.
async fn status(address: SocketAddr, client: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!(
        "GET {CHAIR} HTTP/1.1\r\nhost: x\r\nconnection: close\r\nx-forwarded-for: {client}\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let status = answer.strip_prefix("HTTP/1.1 ").unwrap();
    status.get(..3).unwrap().to_owned()
}

#[tokio::test]
async fn the_peer_of_a_connection_is_who_asks() {
    for (trusted, another) in [(&["127.0.0.1/32"][..], "200"), (&[], "429")] {
        let site = limited(ONCE, trusted);
        let (address, _stop, _serving) = serve(&site, Duration::ZERO).await;
        for expected in ["200", "200", "200", "429"] {
            assert_eq!(status(address, "203.0.113.1").await, expected);
        }
        assert_eq!(status(address, "203.0.113.2").await, another);
    }
}
