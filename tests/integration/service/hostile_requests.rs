//! Requests that no honest client sends, over raw sockets: each is bounded and gets a clear answer, and
//! none can make the server see another request than a proxy in front of it does.

use std::net::SocketAddr;
use std::time::Duration;

use crate::service::processes::serve;
use crate::support::dataset::{CHAIR, Dataset};
use crate::support::harness::{Options, Site};
use crate::support::raw_socket::RawSocket;

const GET: &str = "GET /api/chair/1 HTTP/1.1\r\nHost: x\r\n\r\n";

/// What the server says to `bytes` until it closes; a request behind them shows whether it does.
async fn said_to(address: SocketAddr, bytes: &[u8]) -> String {
    let mut socket = RawSocket::connect(address).await;
    socket.send(bytes).await;
    socket
        .send("GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n")
        .await;
    socket.rest().await
}

/// The statuses of all answers in it.
fn statuses(said: &str) -> Vec<&str> {
    let heads = said.split("HTTP/1.1 ").skip(1);
    heads.map(|head| head.split(' ').next().unwrap()).collect()
}

#[tokio::test]
async fn what_proxies_could_read_otherwise_is_refused_and_ends_the_connection() {
    let site = Site::new(&Dataset::tiny());
    let (address, _stop, _serving) = serve(&site, Duration::ZERO).await;
    let post = "POST /api/chair/buy/1 HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
    let cases = [
        (
            "two lengths",
            format!("{post}Content-Length: 3\r\nContent-Length: 4\r\n\r\n{{}} "),
        ),
        (
            "a list of lengths",
            format!("{post}Content-Length: 3, 4\r\n\r\n{{}} "),
        ),
        (
            "a length with a sign",
            format!("{post}Content-Length: +3\r\n\r\n{{}} "),
        ),
        (
            "a negative length",
            format!("{post}Content-Length: -1\r\n\r\n"),
        ),
        (
            "a length beyond 64 bits",
            format!("{post}Content-Length: 18446744073709551616\r\n\r\n"),
        ),
        (
            "a coding behind chunked",
            format!("{post}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n"),
        ),
        (
            "an unknown coding",
            format!("{post}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"),
        ),
        (
            "chunks in HTTP/1.0",
            "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n".to_owned(),
        ),
        (
            "a space before the colon",
            format!("{post}Content-Length : 3\r\n\r\n{{}} "),
        ),
        (
            "a folded header",
            format!("{post}X-A: b\r\n Content-Length: 3\r\n\r\n"),
        ),
        ("a header without a name", format!("{post}: 3\r\n\r\n")),
        (
            "a bare carriage return",
            format!("{post}X-A: b\rContent-Length: 3\r\n\r\n"),
        ),
        ("a zero byte", format!("{post}X-A: b\0c\r\n\r\n")),
        (
            "a space in the path",
            "GET /a b HTTP/1.1\r\nHost: x\r\n\r\n".to_owned(),
        ),
        ("no version", "GET /\r\n\r\n".to_owned()),
        (
            "another version",
            "GET / HTTP/3.0\r\nHost: x\r\n\r\n".to_owned(),
        ),
        (
            "no HTTP",
            "\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\u{1}\u{fc}\r\n\r\n".to_owned(),
        ),
    ];
    for (case, bytes) in cases {
        let said = said_to(address, bytes.as_bytes()).await;
        assert_eq!(statuses(&said), ["400"], "{case}: {said}");
    }
}

#[tokio::test]
async fn chunks_win_over_a_length_and_nothing_follows_them() {
    let site = Site::new(&Dataset::tiny());
    let (address, _stop, _serving) = serve(&site, Duration::ZERO).await;
    let mail = "{\"email\":\"a\"}";
    for order in [
        "Content-Length: 4\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 4",
    ] {
        let request = format!(
            "POST /api/chair/buy/1 HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n{order}\
             \r\n\r\n{:x}\r\n{mail}\r\n0\r\n\r\n",
            mail.len()
        );
        let said = said_to(address, request.as_bytes()).await;
        assert_eq!(statuses(&said), ["200"], "{order}: {said}");
    }
}

#[tokio::test]
async fn malformed_chunks_end_the_request() {
    let site = Site::new(&Dataset::tiny());
    let (address, _stop, _serving) = serve(&site, Duration::ZERO).await;
    let head = "POST /api/chair/buy/1 HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
                Transfer-Encoding: chunked\r\n\r\n";
    let long_extension = format!("1;{}\r\na\r\n0\r\n\r\n", "x".repeat(64 * 1024));
    let long_trailers = format!("0\r\n{}\r\n", "a: b\r\n".repeat(64 * 1024));
    let cases = [
        ("no number", "x\r\na\r\n0\r\n\r\n"),
        ("a negative number", "-1\r\na\r\n0\r\n\r\n"),
        (
            "a number beyond 64 bits",
            "10000000000000000\r\na\r\n0\r\n\r\n",
        ),
        ("a chunk longer than it says", "1\r\nabc\r\n0\r\n\r\n"),
        ("no line end behind a chunk", "1\r\naX0\r\n\r\n"),
        ("an endless extension", &long_extension),
        ("endless trailers", &long_trailers),
    ];
    for (case, body) in cases {
        let said = said_to(address, format!("{head}{body}").as_bytes()).await;
        let statuses = statuses(&said);
        assert!(
            matches!(statuses[..], ["400" | "500"] | []),
            "{case}: {said}"
        );
    }
    assert_eq!(stock(&site), CHAIR.stock, "nothing was bought");
}

#[tokio::test]
async fn heads_have_a_limit() {
    let site = Site::new(&Dataset::tiny());
    let (address, _stop, _serving) = serve(&site, Duration::ZERO).await;
    let huge = "x".repeat(40 * 1024);
    let many = "a: b\r\n".repeat(1000);
    let cases = [
        (
            "431",
            format!("GET / HTTP/1.1\r\nHost: x\r\nX-A: {huge}\r\n\r\n"),
        ),
        ("431", format!("GET / HTTP/1.1\r\nHost: x\r\n{many}\r\n")),
        ("431", format!("GET /{huge} HTTP/1.1\r\nHost: x\r\n\r\n")),
    ];
    for (status, head) in cases {
        let said = said_to(address, head.as_bytes()).await;
        assert_eq!(statuses(&said), [status], "{said}");
    }
    // A long search fits.
    let search = format!(
        "/api/chair/search?page=0&perPage=1&color=x&y={}",
        "x".repeat(20_000)
    );
    let request = format!("GET {search} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assert_eq!(
        statuses(&said_to(address, request.as_bytes()).await),
        ["200"]
    );
}

#[tokio::test]
async fn an_endless_head_is_not_read_to_its_end() {
    let site = Site::new(&Dataset::tiny());
    let (address, _stop, _serving) = serve(&site, Duration::ZERO).await;
    let mut socket = RawSocket::connect(address).await;
    socket.send("GET / HTTP/1.1\r\nX-A: ").await;
    socket.send_for_ever(&[b'x'; 8192]).await;
}

#[tokio::test]
async fn an_endless_body_is_not_read_to_its_end() {
    let mut options = Options::default();
    options.config.limits.body_bytes = 10_000;
    options.config.limits.upload_bytes = 20_000;
    let site = Site::with(&Dataset::tiny(), &options);
    let (address, _stop, _serving) = serve(&site, Duration::ZERO).await;
    for path in ["/api/chair/buy/1", "/api/chair", "/nothing", "/livez"] {
        let mut socket = RawSocket::connect(address).await;
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=X\r\n\
             Transfer-Encoding: chunked\r\n\r\n"
        );
        socket.send(head).await;
        let mut chunk = b"1000\r\n".to_vec();
        chunk.extend([b'x'; 4096]);
        chunk.extend(b"\r\n");
        socket.send_for_ever(&chunk).await;
    }
}

#[tokio::test]
async fn a_body_that_no_limit_allows_is_refused_before_it_is_sent() {
    let site = Site::new(&Dataset::tiny());
    let (address, _stop, _serving) = serve(&site, Duration::ZERO).await;
    let mut socket = RawSocket::connect(address).await;
    let head = "POST /api/chair/buy/1 HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
                Content-Length: 99999999999\r\n\r\n";
    socket.send(head).await;
    let answer = socket.answer().await.unwrap();
    assert_eq!(answer.status, 413, "{}", answer.head);
    assert!(
        answer.head.contains("application/problem+json"),
        "{}",
        answer.head
    );
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_order() {
    const REQUESTS: usize = 1000;
    let site = Site::new(&Dataset::tiny());
    let (address, _stop, _serving) = serve(&site, Duration::ZERO).await;
    let mut socket = RawSocket::connect(address).await;
    let paths = [
        "/api/chair/1",
        "/api/chair/999",
        "/livez",
        "/api/chair/low_priced",
    ];
    let expected: Vec<_> = alone(&site, &paths).await;
    let all: String = (0..REQUESTS)
        .map(|n| GET.replace(paths[0], paths[n % paths.len()]))
        .collect();
    socket.send(all).await;
    for n in 0..REQUESTS {
        let answer = socket.answer().await.unwrap();
        let (status, body) = &expected[n % paths.len()];
        assert_eq!(answer.status, *status, "request {n}: {}", answer.head);
        assert_eq!(&answer.body, body, "request {n}");
    }
}

/// What each path answers when it is asked alone.
async fn alone(site: &Site, paths: &[&str]) -> Vec<(u16, Vec<u8>)> {
    let mut answers = Vec::new();
    for path in paths {
        let answer = site.get(path).await;
        answers.push((answer.status.as_u16(), answer.body.to_vec()));
    }
    answers
}

#[tokio::test]
async fn a_request_names_one_host() {
    let site = Site::new(&Dataset::tiny());
    let (address, _stop, _serving) = serve(&site, Duration::ZERO).await;
    for (hosts, status) in [
        ("", 400),
        ("Host: x\r\nHost: x\r\n", 400),
        ("Host: x\r\n", 200),
    ] {
        let mut socket = RawSocket::connect(address).await;
        socket
            .send(format!("GET /livez HTTP/1.1\r\n{hosts}\r\n"))
            .await;
        assert_eq!(socket.answer().await.unwrap().status, status, "{hosts}");
    }
    let mut old = RawSocket::connect(address).await;
    old.send("GET /livez HTTP/1.0\r\n\r\n").await;
    assert_eq!(
        statuses(&old.rest().await.replace("HTTP/1.0", "HTTP/1.1")),
        ["200"]
    );
}

/// Trust 17: targets and hosts that others read as something else, and codings that nobody here can undo.
#[tokio::test]
async fn what_names_no_host_or_an_unknown_coding_is_refused() {
    let site = Site::new(&Dataset::tiny());
    let (address, _stop, _serving) = serve(&site, Duration::ZERO).await;
    let post = "POST /api/chair/buy/1 HTTP/1.1\r\nContent-Type: application/json\r\n";
    for (head, status) in [
        ("GET /livez HTTP/1.1\r\nHost: a/b@c:x\r\n".to_owned(), "400"),
        ("GET /livez HTTP/1.1\r\nHost: a@b\r\n".to_owned(), "400"),
        (
            "GET http://u:p@x/livez HTTP/1.1\r\nHost: x\r\n".to_owned(),
            "400",
        ),
        ("CONNECT x:1 HTTP/1.1\r\nHost: x:1\r\n".to_owned(), "501"),
        ("GET x:1 HTTP/1.1\r\nHost: x:1\r\n".to_owned(), "400"),
        ("GET * HTTP/1.1\r\nHost: x\r\n".to_owned(), "400"),
        ("OPTIONS * HTTP/1.1\r\nHost: x\r\n".to_owned(), "204"),
        (
            "GET ftp://x/api/chair/1 HTTP/1.1\r\nHost: x\r\n".to_owned(),
            "400",
        ),
        (
            "GET http://x/api/chair/1 HTTP/1.1\r\nHost: x\r\n".to_owned(),
            "200",
        ),
        (
            format!("{post}Host: x\r\nTransfer-Encoding: foo, chunked\r\n"),
            "501",
        ),
        (
            format!("{post}Host: x\r\nTransfer-Encoding: gzip, chunked\r\n"),
            "501",
        ),
        (
            format!("{post}Host: x\r\nTransfer-Encoding: foo\r\nTransfer-Encoding: chunked\r\n"),
            "501",
        ),
    ] {
        let body = "d\r\n{\"email\":\"a\"}\r\n0\r\n\r\n";
        let body = if head.starts_with("POST") { body } else { "" };
        let mut socket = RawSocket::connect(address).await;
        socket
            .send(format!("{head}Connection: close\r\n\r\n{body}"))
            .await;
        assert_eq!(statuses(&socket.rest().await), [status], "{head}");
    }
    assert_eq!(stock(&site), CHAIR.stock, "nothing was bought");
}

/// How many of the chair are left.
fn stock(site: &Site) -> i64 {
    let stock = "SELECT stock FROM chair WHERE id = 1";
    let stock = site.store.read(|connection| {
        let stock = connection.query_row(stock, [], |row| row.get::<_, i64>(0));
        Ok::<_, ekiben::store::StoreError>(stock?)
    });
    stock.unwrap()
}
