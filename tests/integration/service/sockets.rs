//! What only shows on a socket: the framing of answers without a body, and HTTP/2 without TLS.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, Version};
use http_body_util::BodyExt as _;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::service::processes::serve;
use crate::support::dataset::Dataset;
use crate::support::harness::Site;

/// The whole answer to `request`, a request line, as it is on the socket.
async fn raw(address: std::net::SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let text = format!("{request}\r\nhost: x\r\nconnection: close\r\n\r\n");
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn answers_without_a_body_are_framed_as_such() {
    let site = Site::new(&Dataset::tiny());
    let get = site.get("/api/chair/1").await;
    let (address, _stop, _serving) = serve(&site, Duration::ZERO).await;

    let head = raw(address, "HEAD /api/chair/1 HTTP/1.1").await;
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    let length = format!("\r\ncontent-length: {}\r\n", get.body.len());
    assert!(
        head.contains(&length) && head.ends_with("\r\n\r\n"),
        "{head}"
    );

    let packed = "HEAD /api/chair/search/condition HTTP/1.1\r\naccept-encoding: gzip";
    let packed = raw(address, packed).await;
    assert!(
        packed.contains("\r\ncontent-encoding: gzip\r\n"),
        "{packed}"
    );
    assert!(packed.ends_with("\r\n\r\n"), "{packed}");

    let tag = get.header("etag");
    let again = format!("GET /api/chair/1 HTTP/1.1\r\nif-none-match: {tag}");
    let again = raw(address, &again).await;
    assert!(
        again.starts_with("HTTP/1.1 304 Not Modified\r\n"),
        "{again}"
    );
    assert!(again.contains(&format!("\r\netag: {tag}\r\n")), "{again}");
    let options = raw(address, "OPTIONS /api/chair/1 HTTP/1.1").await;
    assert!(
        options.starts_with("HTTP/1.1 204 No Content\r\n"),
        "{options}"
    );
    let asterisk = raw(address, "OPTIONS * HTTP/1.1").await;
    assert!(
        asterisk.starts_with("HTTP/1.1 204 No Content\r\n"),
        "{asterisk}"
    );
    for empty in [again, options, asterisk] {
        assert!(empty.ends_with("\r\n\r\n"), "{empty}");
        for framing in ["content-length", "content-type", "transfer-encoding"] {
            let header = format!("\r\n{framing}:");
            assert!(!empty.contains(&header), "{framing} in {empty}");
        }
    }
}

#[tokio::test]
async fn http_2_is_spoken_to_clients_that_begin_with_it() {
    let site = Site::new(&Dataset::tiny());
    let (address, _stop, _serving) = serve(&site, Duration::ZERO).await;
    let stream = TokioIo::new(TcpStream::connect(address).await.unwrap());
    let handshake = hyper::client::conn::http2::handshake(TokioExecutor::new(), stream);
    let (sender, connection) = handshake.await.unwrap();
    tokio::spawn(connection);
    // Side by side on one connection.
    let answers = (0..8).map(|number| {
        let mut sender = sender.clone();
        let path = if number % 2 == 0 { "chair" } else { "estate" };
        let request = Request::get(format!("http://x/api/{path}/1"));
        let request = request.body(Body::empty()).unwrap();
        tokio::spawn(async move {
            let response = sender.send_request(request).await.unwrap();
            let (parts, body) = response.into_parts();
            (parts, body.collect().await.unwrap().to_bytes())
        })
    });
    for (number, answer) in answers.collect::<Vec<_>>().into_iter().enumerate() {
        let (parts, body) = answer.await.unwrap();
        assert_eq!(
            (parts.status.as_u16(), parts.version),
            (200, Version::HTTP_2)
        );
        let path = ["/api/chair/1", "/api/estate/1"][number % 2];
        assert_eq!(body, site.get(path).await.body);
    }
}
