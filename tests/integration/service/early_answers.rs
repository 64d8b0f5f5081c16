//! Requests that are answered before their bodies have come: the client is told at once, and can read it
//! whatever it has sent by then.

use std::net::SocketAddr;
use std::time::Duration;

use crate::service::processes::serve;
use crate::support::dataset::Dataset;
use crate::support::harness::{Options, Site};
use crate::support::raw_socket::{RawAnswer, RawSocket};

const BODY: usize = 100_000;
const UPLOAD: usize = 400_000;

/// A site that takes bodies of [`BODY`] bytes, and uploads of [`UPLOAD`].
fn site() -> Site {
    let mut options = Options::default();
    options.config.limits.body_bytes = BODY;
    options.config.limits.upload_bytes = UPLOAD;
    Site::with(&Dataset::tiny(), &options)
}

fn head(path: &str, media_type: &str, length: usize, more: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {media_type}\r\n\
         Content-Length: {length}\r\n{more}\r\n"
    )
}

const JSON: &str = "application/json";
const FORM: &str = "multipart/form-data; boundary=X";

/// What a head is answered alone.
async fn answer_to(address: SocketAddr, head: String) -> RawAnswer {
    let mut socket = RawSocket::connect(address).await;
    socket.send(head).await;
    socket.answer().await.unwrap()
}

#[track_caller]
fn is_refused(answer: &RawAnswer, status: u16) {
    assert_eq!(answer.status, status, "{}", answer.head);
    assert!(answer.head.contains("connection: close"), "{}", answer.head);
}

/// Trust 12: the limit of the route decides, not the largest that any has.
#[tokio::test]
async fn a_body_beyond_the_limit_of_its_route_is_refused_before_it_is_read() {
    let site = site();
    let (address, _stop, _serving) = serve(&site, Duration::ZERO).await;
    for (path, media_type, length) in [
        ("/api/chair/buy/1", JSON, BODY + 1),
        ("/api/estate/nazotte", JSON, UPLOAD),
        (
            "/chair/1/buy",
            "application/x-www-form-urlencoded",
            BODY + 1,
        ),
        ("/api/chair", FORM, UPLOAD + 1),
        ("/api/estate", FORM, UPLOAD * 2),
    ] {
        for more in ["", "Expect: 100-continue\r\n"] {
            let head = head(path, media_type, length, more);
            let answer = answer_to(address, head).await;
            is_refused(&answer, 413);
        }
    }
    // What the route takes is read.
    let mut upload = RawSocket::connect(address).await;
    let more = "Expect: 100-continue\r\n";
    upload.send(head("/api/chair", FORM, BODY * 3, more)).await;
    assert_eq!(upload.answer().await.unwrap().status, 100);
    upload.send(vec![b'x'; BODY * 3]).await;
    assert_eq!(upload.answer().await.unwrap().status, 400);
}

/// Trust 12: nobody is asked for a body that will be refused.
#[tokio::test]
async fn who_waits_to_be_asked_gets_the_final_status_at_once() {
    let site = site();
    let (address, _stop, _serving) = serve(&site, Duration::ZERO).await;
    for (path, media_type, more, status) in [
        ("/api/chair/buy/1", "text/plain", "", 500),
        ("/api/estate/req_doc/1", "text/plain", "", 500),
        ("/api/estate/nazotte", "text/plain", "", 400),
        ("/api/chair", JSON, "", 400),
        ("/nothing", JSON, "", 404),
        ("/livez", JSON, "", 405),
        ("/api/chair/buy/1", JSON, "Idempotency-Key: a,b\r\n", 400),
        (
            "/api/chair/buy/1",
            JSON,
            "Origin: http://evil.example\r\n",
            403,
        ),
        (
            "/api/chair/buy/1",
            JSON,
            "Sec-Fetch-Site: cross-site\r\n",
            403,
        ),
    ] {
        let more = format!("Expect: 100-continue\r\n{more}");
        let answer = answer_to(address, head(path, media_type, 13, &more)).await;
        is_refused(&answer, status);
    }
}

/// Trust 12: clients that send all before they read find the answer, not a broken pipe.
#[tokio::test]
async fn whoever_sends_all_of_it_can_read_the_refusal() {
    let site = site();
    let (address, _stop, _serving) = serve(&site, Duration::ZERO).await;
    for (path, media_type, status) in [
        ("/api/chair/buy/1", JSON, 413),
        ("/api/chair", FORM, 413),
        ("/nothing", JSON, 404),
        ("/api/chair/buy/1", "text/plain", 500),
    ] {
        let mut socket = RawSocket::connect(address).await;
        // More than the sockets hold.
        const LENGTH: usize = 20_000_000;
        socket.send(head(path, media_type, LENGTH, "")).await;
        socket.sends_all(&vec![b'x'; LENGTH]).await;
        is_refused(&socket.answer().await.unwrap(), status);
        assert_eq!(socket.rest().await, "");
    }
}

/// Trust 12: chunks have no length to be refused by, and end where the limit is.
#[tokio::test]
async fn whoever_sends_chunks_can_read_the_refusal_too() {
    let site = site();
    let (address, _stop, _serving) = serve(&site, Duration::ZERO).await;
    let mut socket = RawSocket::connect(address).await;
    let head = "POST /api/chair/buy/1 HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
                Transfer-Encoding: chunked\r\n\r\n";
    socket.send(head).await;
    let chunk = [b"10000\r\n", &[b'x'; 0x10000][..], b"\r\n"].concat();
    for _ in 0..200 {
        socket.sends_all(&chunk).await;
    }
    socket.sends_all(b"0\r\n\r\n").await;
    is_refused(&socket.answer().await.unwrap(), 413);
}

/// A body that has come already costs no connection.
#[tokio::test]
async fn a_small_body_that_nobody_reads_keeps_the_connection() {
    let site = site();
    let (address, _stop, _serving) = serve(&site, Duration::ZERO).await;
    let mut socket = RawSocket::connect(address).await;
    for _ in 0..3 {
        let request = format!("{}{{\"email\":\"a\"}}", head("/nothing", JSON, 13, ""));
        socket.send(request).await;
        let answer = socket.answer().await.unwrap();
        assert_eq!(answer.status, 404, "{}", answer.head);
        assert!(
            !answer.head.contains("connection: close"),
            "{}",
            answer.head
        );
    }
}
