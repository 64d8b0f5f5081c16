//! The table of `docs/http.md` that says which responses have which headers, asked over a real socket.

use std::net::SocketAddr;
use std::time::Duration;

use crate::service::processes::serve;
use crate::support::harness::{Options, Site};
use crate::support::raw_socket::{RawAnswer, RawSocket};

const DOCUMENT: &str = include_str!("../../../docs/http.md");

/// A row of the table.
struct DocumentedResponse {
    /// The request line without its version, then headers.
    example: Vec<&'static str>,
    status: u16,
    cache_control: &'static str,
    has_tag: bool,
}

fn table() -> Vec<DocumentedResponse> {
    let (_, section) = DOCUMENT
        .split_once("## Which responses have which headers\n")
        .unwrap();
    let lines = section.lines().skip_while(|line| !line.starts_with("|---"));
    let rows = lines.skip(1).take_while(|line| line.starts_with('|'));
    rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [_, example, status, cache_control, tag] = cells[..] else {
            panic!("{row}");
        };
        DocumentedResponse {
            example: example.split('`').skip(1).step_by(2).collect(),
            status: status.parse().unwrap(),
            cache_control: cache_control.trim_matches('`'),
            has_tag: tag == "yes",
        }
    })
    .collect()
}

async fn ask(address: SocketAddr, line: &str, headers: &[String]) -> RawAnswer {
    let mut request = format!("{line} HTTP/1.1\r\nHost: example.org\r\nConnection: close\r\n");
    for header in headers {
        request.push_str(&format!("{header}\r\n"));
    }
    if line.starts_with("POST") && headers.iter().all(|header| !header.contains("gth: ")) {
        let is_chunked = headers.iter().any(|header| header.contains("chunked"));
        request.push_str(if is_chunked {
            ""
        } else {
            "Content-Length: 0\r\n"
        });
    }
    request.push_str("Content-Type: application/json\r\n\r\n");
    if request.contains("chunked") {
        request.push_str("no chunk\r\n");
    }
    let mut socket = RawSocket::connect(address).await;
    socket.send(&request).await;
    if line.starts_with("HEAD") {
        // Its length is that of a body that does not come.
        let head = socket.rest().await;
        let status = head[9..12].parse().unwrap();
        let body = Vec::new();
        return RawAnswer { status, head, body };
    }
    socket.answer().await.unwrap()
}

fn header<'h>(answer: &'h RawAnswer, name: &str) -> Option<&'h str> {
    answer.head.lines().find_map(|line| {
        let (of, value) = line.split_once(": ")?;
        (of == name).then_some(value)
    })
}

/// Trust 21: what the document promises of each kind of answer.
#[tokio::test]
async fn responses_have_the_headers_that_the_document_promises() {
    let site = Site::of_every_app(&Options::default());
    let (address, _stop, _serving) = serve(&site, Duration::ZERO).await;
    let table = table();
    assert!(table.len() > 20);
    for row in table {
        let (line, headers) = row.example.split_first().unwrap();
        let mut known = String::new();
        if headers.iter().any(|header| header.contains("TAG")) {
            let answer = ask(address, line, &[]).await;
            known = header(&answer, "etag").unwrap().to_owned();
        }
        let headers = headers.iter().map(|header| header.replace("TAG", &known));
        let answer = ask(address, line, &headers.collect::<Vec<_>>()).await;
        let said = format!("{:?}: {}", row.example, answer.head);
        assert_eq!(answer.status, row.status, "{said}");
        let cache_control = header(&answer, "cache-control");
        assert_eq!(cache_control, Some(row.cache_control), "{said}");
        assert_eq!(header(&answer, "etag").is_some(), row.has_tag, "{said}");
        assert_eq!(header(&answer, "x-content-type-options"), Some("nosniff"));
        for name in [
            "x-request-id",
            "content-security-policy",
            "referrer-policy",
            "date",
        ] {
            assert!(header(&answer, name).is_some(), "{name} of {said}");
        }
    }
}

/// Trust 21: what is answered before there is a request has none of them.
#[tokio::test]
async fn responses_before_a_request_have_no_headers_of_ours() {
    let site = Site::of_every_app(&Options::default());
    let (address, _stop, _serving) = serve(&site, Duration::ZERO).await;
    let long = "a".repeat(40_000);
    for (bytes, status) in [
        ("GET\r\n\r\n".to_owned(), 400),
        ("GET / HTTP/1.1\r\n\r\n".to_owned(), 400),
        (
            "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n".to_owned(),
            400,
        ),
        ("GET / HTTP/1.1\r\nHost: a/b@c:x\r\n\r\n".to_owned(), 400),
        ("GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n".to_owned(), 400),
        (
            "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n".to_owned(),
            501,
        ),
        (format!("GET /{long} HTTP/1.1\r\nHost: a\r\n\r\n"), 431),
        (
            format!("GET / HTTP/1.1\r\nHost: a\r\nb: {long}\r\n\r\n"),
            431,
        ),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: foo, chunked\r\n\r\n0\r\n\r\n"
                .to_owned(),
            501,
        ),
    ] {
        let mut socket = RawSocket::connect(address).await;
        socket.send(&bytes).await;
        let answer = socket.answer().await.unwrap();
        assert_eq!(answer.status, status, "{}", answer.head);
        assert_eq!(header(&answer, "content-length"), Some("0"));
        for line in answer.head.trim_end().lines().skip(1) {
            let name = line.split(':').next().unwrap();
            let is_told = ["content-length", "date", "connection"].contains(&name);
            assert!(is_told, "{}", answer.head);
        }
    }
}
