//! What connections may take: how many there are, how long each may keep the server waiting, and what
//! an idle one costs. Over real sockets.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request};
use ekiben::config::{Config, Secret};
use ekiben::http::server::Ended;
use ekiben::http::{ConnectionLimits, admin};
use ekiben::serving::{allow_files, connection_limits};
use http_body_util::BodyExt as _;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;
use tokio::sync::oneshot::Sender;
use tokio::task::JoinHandle;

use crate::service::processes::serve_within;
use crate::support::binary::Process;
use crate::support::client::Client;
use crate::support::data_folder;
use crate::support::dataset::Dataset;
use crate::support::harness::{Options, Site, ask};
use crate::support::held_route::{HOLD, HeldRoute};
use crate::support::raw_socket::RawSocket;

const GET: &str = "GET /api/chair/1 HTTP/1.1\r\nHost: x\r\n\r\n";

/// The body of a purchase.
const BODY: &str = "{\"email\":\"a\"}";

/// A purchase whose body the server waits for.
async fn begin_purchase(address: SocketAddr) -> RawSocket {
    let mut socket = RawSocket::connect(address).await;
    let head = format!(
        "POST /api/chair/buy/1 HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nExpect: 100-continue\r\n\r\n",
        BODY.len()
    );
    socket.send(head).await;
    // The server asks for the body only once a handler reads it.
    assert_eq!(socket.answer().await.unwrap().status, 100);
    socket
}

/// A connection that has got an answer.
async fn asked(address: SocketAddr) -> RawSocket {
    let mut socket = RawSocket::connect(address).await;
    socket.send(GET).await;
    assert_eq!(socket.answer().await.unwrap().status, 200);
    socket
}

/// Ends a server that drains.
async fn end(stop: Sender<()>, serving: JoinHandle<Ended>) {
    stop.send(()).unwrap();
    assert_eq!(serving.await.unwrap(), Ended::Drained);
}

/// The usual limits with times so long that none ends, but those that a test shortens.
pub(crate) fn patient() -> ConnectionLimits {
    const LONG: Duration = Duration::from_secs(3600);
    ConnectionLimits {
        head_time: LONG,
        idle_time: LONG,
        answer_time: LONG,
        request_time: LONG,
        ..connection_limits(&Config::default())
    }
}

/// The metric of that name, or with those labels.
async fn metric(site: &Site, name: &str) -> u64 {
    let connections = site.connections.get().cloned();
    let routes = admin::routes(Arc::clone(&site.site), connections, &Secret::default());
    let metrics = ask(
        routes,
        Request::get("/metrics").body(Body::empty()).unwrap(),
    )
    .await;
    let text = String::from_utf8(metrics.body.to_vec()).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.unwrap_or_else(|| panic!("no {name} in {text}"))
        .trim()
        .parse()
        .unwrap()
}

async fn closed_for(site: &Site, reason: &str) -> u64 {
    let name = format!("ekiben_http_closed_connections_total{{reason=\"{reason}\"}}");
    metric(site, &name).await
}

#[tokio::test]
async fn a_head_that_does_not_end_is_cut_off() {
    let site = Site::new(&Dataset::tiny());
    let limits = ConnectionLimits {
        head_time: Duration::from_secs(1),
        ..patient()
    };
    let (address, stop, serving) = serve_within(&site, limits, Duration::from_secs(60)).await;
    let mut slow = RawSocket::connect(address).await;
    slow.send("GET / HTTP/1.1\r\nX-A: ").await;
    let mut second = asked(address).await;
    second.send("G").await;
    assert_eq!(slow.rest().await, "");
    assert_eq!(second.rest().await, "");
    end(stop, serving).await;
    assert_eq!(closed_for(&site, "head").await, 2);
}

#[tokio::test]
async fn idle_connections_are_closed_before_and_after_their_requests() {
    let site = Site::new(&Dataset::tiny());
    let limits = ConnectionLimits {
        idle_time: Duration::from_secs(1),
        ..patient()
    };
    let (address, stop, serving) = serve_within(&site, limits, Duration::from_secs(60)).await;
    let mut silent = RawSocket::connect(address).await;
    let mut polite = asked(address).await;
    let mut busy = begin_purchase(address).await;
    assert_eq!(silent.rest().await, "");
    assert_eq!(polite.rest().await, "");
    busy.send(BODY).await;
    assert_eq!(
        busy.answer().await.unwrap().status,
        200,
        "a request is not idle"
    );
    assert_eq!(busy.rest().await, "");
    end(stop, serving).await;
    assert_eq!(closed_for(&site, "idle").await, 3);
}

#[tokio::test]
async fn whoever_does_not_take_the_answers_is_cut_off() {
    let site = Site::whole();
    let limits = ConnectionLimits {
        answer_time: Duration::from_secs(1),
        ..patient()
    };
    let (address, stop, serving) = serve_within(&site, limits, Duration::from_secs(60)).await;
    let mut socket = RawSocket::connect(address).await;
    // More than the buffers of two sockets hold, of requests and of answers.
    let page =
        "GET /api/estate/search?rentRangeId=0&page=0&perPage=500 HTTP/1.1\r\nHost: x\r\n\r\n";
    socket.send(page.repeat(5000)).await;
    socket.is_reset().await;
    end(stop, serving).await;
    assert_eq!(closed_for(&site, "answer").await, 1);
}

#[tokio::test]
async fn an_answer_that_is_stopped_by_http_2_ends_and_the_others_go_on() {
    let site = Site::new(&Dataset::tiny());
    let limits = ConnectionLimits {
        answer_time: Duration::from_secs(1),
        request_time: Duration::from_secs(1),
        ..patient()
    };
    let (address, _stop, _serving) = serve_within(&site, limits, Duration::ZERO).await;
    let stream = TokioIo::new(TcpStream::connect(address).await.unwrap());
    let (mut sender, connection) = hyper::client::conn::http2::Builder::new(TokioExecutor::new())
        .initial_stream_window_size(0)
        .handshake::<_, Body>(stream)
        .await
        .unwrap();
    tokio::spawn(connection);
    let request = |method: Method, path: &str| {
        let uri = format!("http://{address}{path}");
        let request = Request::builder().method(method).uri(uri);
        request.body(Body::empty()).unwrap()
    };
    let chair = sender
        .send_request(request(Method::GET, "/api/chair/1"))
        .await;
    let stopped = chair.unwrap().into_body().collect().await;
    assert!(stopped.is_err());
    // It has no body to stop.
    let head = sender.send_request(request(Method::HEAD, "/api/chair/1"));
    assert_eq!(head.await.unwrap().status(), 200);
}

/// The preface of HTTP/2, empty settings, and a GET of `/` as stream 1.
const HTTP_2: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\
    \0\0\0\x04\0\0\0\0\0\
    \0\0\x06\x01\x05\0\0\0\x01\x82\x86\x84\x41\x01x";

#[tokio::test]
async fn a_client_of_http_2_that_agrees_to_nothing_is_cut_off_too() {
    let site = Site::new(&Dataset::tiny());
    let limits = ConnectionLimits {
        idle_time: Duration::from_secs(1),
        ..patient()
    };
    let (address, stop, serving) = serve_within(&site, limits, Duration::from_secs(60)).await;
    let mut socket = RawSocket::connect(address).await;
    socket.send(HTTP_2).await;
    // It never acknowledges a ping, which a graceful end waits for.
    let said = socket.rest().await;
    assert!(said.contains("<!doctype html>"), "{said}");
    end(stop, serving).await;
    assert_eq!(closed_for(&site, "idle").await, 1);
}

#[tokio::test]
async fn a_preface_alone_has_the_time_of_a_head() {
    let site = Site::new(&Dataset::tiny());
    let limits = ConnectionLimits {
        head_time: Duration::from_secs(1),
        ..patient()
    };
    let (address, _stop, _serving) = serve_within(&site, limits, Duration::ZERO).await;
    for preface in [&HTTP_2[..33], b"PRIX / HTTP/1.1\r\nHost: x\r\n"] {
        let mut socket = RawSocket::connect(address).await;
        socket.send(preface).await;
        socket.rest().await;
    }
    assert_eq!(closed_for(&site, "head").await, 2);
}

#[tokio::test]
async fn whoever_says_that_nothing_more_will_come_gets_the_answer() {
    let site = Site::new(&Dataset::tiny());
    let (address, _stop, _serving) = serve_within(&site, patient(), Duration::ZERO).await;
    let mut socket = begin_purchase(address).await;
    socket.send(BODY).await;
    socket.end().await;
    assert_eq!(socket.answer().await.unwrap().status, 200);
    assert_eq!(socket.rest().await, "");
}

#[tokio::test]
async fn heads_on_their_way_make_room_when_nobody_is_idle() {
    let site = Site::new(&Dataset::tiny());
    let limits = ConnectionLimits {
        connections: 2,
        ..patient()
    };
    let (address, _stop, _serving) = serve_within(&site, limits, Duration::ZERO).await;
    let mut slow = Vec::new();
    for _ in 0..10 {
        let mut socket = RawSocket::connect(address).await;
        socket.send("GET / HTTP/1.1\r\n").await;
        slow.push(socket);
    }
    asked(address).await;
}

#[tokio::test]
async fn beyond_the_limit_idle_connections_make_room() {
    let site = Site::new(&Dataset::tiny());
    let limits = ConnectionLimits {
        connections: 3,
        ..patient()
    };
    let (address, _stop, _serving) = serve_within(&site, limits, Duration::ZERO).await;
    let mut idle = RawSocket::connect(address).await;
    let mut polite = asked(address).await;
    let mut busy = begin_purchase(address).await;
    let mut others = Vec::new();
    for _ in 0..10 {
        others.push(asked(address).await);
    }
    assert_eq!(idle.rest().await, "");
    assert_eq!(polite.rest().await, "");
    busy.send(BODY).await;
    assert_eq!(busy.answer().await.unwrap().status, 200);
    assert_eq!(
        metric(&site, "ekiben_http_refused_connections_total").await,
        0
    );
}

#[tokio::test]
async fn when_all_are_being_served_new_connections_are_answered_503() {
    let (held, beside) = HeldRoute::new();
    let options = Options {
        beside,
        ..Options::default()
    };
    let site = Site::with(&Dataset::tiny(), &options);
    let limits = ConnectionLimits {
        connections: 2,
        ..patient()
    };
    let (address, _stop, _serving) = serve_within(&site, limits, Duration::ZERO).await;
    let mut busy = Vec::new();
    for _ in 0..2 {
        let mut socket = RawSocket::connect(address).await;
        socket.send(HOLD).await;
        busy.push(socket);
    }
    held.has_begun(2).await;
    let mut refused = RawSocket::connect(address).await;
    refused.send(GET).await;
    let answer = refused.answer().await.unwrap();
    assert_eq!(answer.status, 503);
    assert!(
        answer.head.contains("\r\nretry-after: 1\r\n"),
        "{}",
        answer.head
    );
    let problem: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(problem["status"], 503);
    assert_eq!(
        metric(&site, "ekiben_http_refused_connections_total").await,
        1
    );
    assert_eq!(metric(&site, "ekiben_http_connections").await, 2);
    held.open();
    for socket in &mut busy {
        assert_eq!(socket.answer().await.unwrap().status, 200);
    }
}

#[tokio::test]
async fn idle_connections_end_with_the_server() {
    let site = Site::new(&Dataset::tiny());
    let (address, stop, serving) = serve_within(&site, patient(), Duration::from_secs(60)).await;
    let mut silent = RawSocket::connect(address).await;
    let mut polite = asked(address).await;
    end(stop, serving).await;
    assert_eq!(silent.rest().await, "");
    assert_eq!(polite.rest().await, "");
}

#[tokio::test]
async fn what_is_no_http_is_counted() {
    let site = Site::new(&Dataset::tiny());
    let (address, _stop, _serving) = serve_within(&site, patient(), Duration::ZERO).await;
    let many_fields = format!("GET / HTTP/1.1\r\n{}\r\n", "a: b\r\n".repeat(200));
    for (bytes, status) in [("GET\r\n\r\n", 400), (many_fields.as_str(), 431)] {
        let mut socket = RawSocket::connect(address).await;
        socket.send(bytes).await;
        let answer = socket.answer().await.unwrap();
        assert_eq!(answer.status, status);
        // Trust 21: as docs/http.md says.
        assert!(!answer.head.contains("x-"), "{}", answer.head);
        assert_eq!(socket.rest().await, "");
    }
    asked(address).await;
    assert_eq!(closed_for(&site, "malformed").await, 2);
}

/// Bytes of memory that the process has of its own.
fn resident(process: u32) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("RssAnon:"));
    let kilobytes: usize = line
        .unwrap()
        .trim()
        .trim_end_matches(" kB")
        .parse()
        .unwrap();
    kilobytes * 1024
}

#[tokio::test]
async fn ten_thousand_idle_connections_leave_the_others_served() {
    const CONNECTIONS: usize = 10_000;
    // Where the system allows fewer, as many as it does.
    let connections = allow_files(CONNECTIONS);
    let folder = data_folder::baked_folder(&Dataset::tiny());
    let server = Process::start(folder.path(), &[]);
    let before = resident(server.id());
    let mut silent = Vec::with_capacity(connections);
    for _ in 0..connections / 2 {
        silent.push(RawSocket::connect(server.address).await);
    }
    let mut client = Client::connect(server.address).await.unwrap();
    assert_eq!(client.get("/api/chair/1").await.unwrap().0, 200);
    let between = resident(server.id());
    let asked = answered(server.address, connections - connections / 2).await;
    assert_eq!(client.get("/api/chair/1").await.unwrap().0, 200);
    let after = resident(server.id());
    eprintln!(
        "{} connections that never asked: {} bytes each; {} that had an answer: {} bytes each",
        silent.len(),
        between.saturating_sub(before) / silent.len(),
        asked.len(),
        after.saturating_sub(between) / asked.len(),
    );
    let mut last = asked.into_iter().last().unwrap();
    last.send(GET).await;
    assert_eq!(last.answer().await.unwrap().status, 200);
    // A bound and no target: what hyper reserves for a head is 8 KiB.
    assert!(after - before < connections * 32 * 1024);
}

/// So many connections that have got an answer each.
async fn answered(address: SocketAddr, connections: usize) -> Vec<RawSocket> {
    let mut sockets = Vec::with_capacity(connections);
    for _ in 0..connections {
        sockets.push(asked(address).await);
    }
    sockets
}

/// Trust 24: who has come a moment ago is idle too; those that it waits behind keep the server waiting longer.
#[tokio::test]
async fn whoever_has_just_come_does_not_go_for_those_that_wait() {
    let site = Site::new(&Dataset::tiny());
    let limits = ConnectionLimits {
        connections: 64,
        ..patient()
    };
    let (address, _stop, _serving) = serve_within(&site, limits, Duration::ZERO).await;
    let mut waiting = Vec::new();
    for _ in 0..64 {
        waiting.push(begin_purchase(address).await);
    }
    let mut new = RawSocket::connect(address).await;
    for _ in 0..5 {
        for _ in 0..10 {
            waiting.push(begin_purchase(address).await);
        }
        new.send(GET).await;
        assert_eq!(new.answer().await.unwrap().status, 200);
    }
    assert!(closed_for(&site, "crowded").await >= 51);
}

/// Trust 24: a flood of connections that ask nothing resets nobody who asks something.
#[tokio::test]
async fn a_flood_of_idle_connections_resets_no_request() {
    let site = Site::new(&Dataset::tiny());
    let limits = ConnectionLimits {
        connections: 100,
        ..patient()
    };
    let (address, _stop, _serving) = serve_within(&site, limits, Duration::ZERO).await;
    let flood = tokio::spawn(async move {
        let mut idle = std::collections::VecDeque::new();
        loop {
            idle.push_back(RawSocket::connect(address).await);
            if idle.len() > 400 {
                idle.pop_front();
            }
        }
    });
    for _ in 0..500 {
        asked(address).await;
    }
    assert!(!flood.is_finished());
    flood.abort();
    assert_eq!(
        metric(&site, "ekiben_http_refused_connections_total").await,
        0
    );
    assert!(closed_for(&site, "crowded").await > 0);
}
