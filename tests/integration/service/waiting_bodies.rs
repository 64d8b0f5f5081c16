//! Clients that announce a body and do not send it, and clients that do not take what they are sent: they
//! keep no slot that others need. Mostly over real sockets.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{Request, StatusCode};
use ekiben::config::Config;
use ekiben::http::ConnectionLimits;
use ekiben::serving::{allow_files, connection_limits};
use http_body_util::channel::{Channel, Sender};
use hyper::client::conn::http2::SendRequest;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::service::connections::patient;
use crate::service::overload::begin_upload;
use crate::service::processes::{serve, serve_within};
use crate::support::binary::Process;
use crate::support::busy_writer::BusyWriter;
use crate::support::client::Client;
use crate::support::data_folder;
use crate::support::dataset::{CHAIR, Chair, Dataset};
use crate::support::harness::{Options, Site, whole_dataset};
use crate::support::held_route::{HOLD, HeldRoute};
use crate::support::patience::Patience;
use crate::support::raw_socket::RawSocket;

/// The head of a purchase, and the first byte of its body.
const ONE_BYTE: &str = "POST /api/chair/buy/2 HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
    Content-Length: 13\r\n\r\n{";

/// Everybody else is served, and told so.
async fn others_are_served(address: SocketAddr) {
    let mut client = Client::connect(address).await.unwrap();
    for path in ["/", "/api/chair/1", "/api/chair/low_priced", "/docs"] {
        let (status, body) = client.get(path).await.unwrap();
        assert_eq!(status, 200, "{path}: {body}");
    }
    let bought = client.post(
        "/api/chair/buy/1",
        "application/json",
        r#"{"email":"a"}"#.to_owned(),
    );
    assert_eq!(bought.await.unwrap().0, 200);
    let (status, body) = client.get("/readyz").await.unwrap();
    assert_eq!(status, 200, "{body}");
    assert!(body.contains("\"status\":\"ready\""), "{body}");
}

/// Trust 1: 1,030 bodies of one byte were enough to switch everything off.
#[tokio::test]
async fn one_byte_of_each_body_leaves_the_others_served() {
    assert!(allow_files(8_000) > 6_000);
    let folder = data_folder::baked_folder(&Dataset::tiny());
    let server = Process::start(folder.path(), &[]);
    let mut waiting = Vec::new();
    for bodies in [1_030, 3_000, 5_000] {
        while waiting.len() < bodies {
            let mut socket = RawSocket::connect(server.address).await;
            socket.send(ONE_BYTE).await;
            waiting.push(socket);
        }
        others_are_served(server.address).await;
    }
    // Those that came last are not those that gave way, and nobody has lost patience with them yet.
    let mut last = waiting.pop().unwrap();
    last.send("\"email\":\"a\"}").await;
    assert_eq!(last.answer().await.unwrap().status, 404);
}

async fn http_2(address: SocketAddr) -> SendRequest<Channel<Bytes>> {
    let stream = TokioIo::new(TcpStream::connect(address).await.unwrap());
    let builder = hyper::client::conn::http2::Builder::new(TokioExecutor::new());
    let (sender, connection) = builder.handshake(stream).await.unwrap();
    tokio::spawn(connection);
    sender
}

/// A purchase with a byte of its body, which stays open as long as what is returned.
async fn one_byte(
    sender: &mut SendRequest<Channel<Bytes>>,
    address: SocketAddr,
    answers: &mut JoinSet<StatusCode>,
) -> Sender<Bytes> {
    let (mut sending, body) = Channel::new(1);
    let request = Request::post(format!("http://{address}/api/chair/buy/2"))
        .header("content-type", "application/json")
        .header("content-length", "13")
        .body(body)
        .unwrap();
    sender.ready().await.unwrap();
    let answer = sender.send_request(request);
    answers.spawn(async move { answer.await.unwrap().status() });
    sending.send_data(Bytes::from_static(b"{")).await.unwrap();
    sending
}

/// Trust 1: HTTP/2 likewise, with a hundredth of the connections.
#[tokio::test]
async fn one_byte_of_each_stream_leaves_the_others_served() {
    const STREAMS: usize = 60;
    let folder = data_folder::baked_folder(&Dataset::tiny());
    let server = Process::start(folder.path(), &[]);
    let (mut senders, mut sending, mut answers) = (Vec::new(), Vec::new(), JoinSet::new());
    for bodies in [1_030, 3_000, 5_000] {
        while sending.len() < bodies {
            let mut sender = http_2(server.address).await;
            for _ in 0..STREAMS {
                sending.push(one_byte(&mut sender, server.address, &mut answers).await);
            }
            senders.push(sender);
        }
        others_are_served(server.address).await;
    }
}

/// One chair, for more buyers than a test has.
fn popular() -> Dataset {
    Dataset::of_chairs([Chair {
        id: 1,
        stock: 1_000,
        ..CHAIR
    }])
}

/// A site whose limits on bodies are `change`d.
fn limited(change: impl FnOnce(&mut Config)) -> Site {
    let mut options = Options::default();
    change(&mut options.config);
    Site::with(&popular(), &options)
}

/// Trust 1: beyond the bound the slowest give way, and are told so.
#[tokio::test]
async fn the_slowest_bodies_give_way_to_others() {
    let site = limited(|config| config.limits.arriving_bodies = 4);
    let (address, _stop, _serving) = serve(&site, Duration::ZERO).await;
    let mut waiting = Vec::new();
    for _ in 0..12 {
        let mut socket = RawSocket::connect(address).await;
        socket.send(ONE_BYTE).await;
        waiting.push(socket);
        others_are_served(address).await;
    }
    let answer = waiting.remove(0).answer().await.unwrap();
    assert_eq!(answer.status, 503, "{}", answer.head);
    for header in ["retry-after: 1", "connection: close"] {
        assert!(answer.head.contains(header), "{}", answer.head);
    }
}

/// Trust 1: a body has to make progress.
#[tokio::test]
async fn a_body_that_comes_too_slowly_is_answered_408() {
    let site = limited(|config| {
        config.limits.body_seconds = 1;
        config.limits.body_bytes_per_second = 4;
    });
    let (address, _stop, _serving) = serve(&site, Duration::ZERO).await;
    let mut slow = RawSocket::connect(address).await;
    slow.send(ONE_BYTE).await;
    let answer = slow.answer().await.unwrap();
    assert_eq!(answer.status, 408, "{}", answer.head);
    assert!(answer.head.contains("connection: close"), "{}", answer.head);
    assert!(!String::from_utf8_lossy(&answer.body).contains("may still"));
    assert_eq!(slow.rest().await, "");
}

/// Trust 1: who still waits for bytes holds none of the slots.
#[tokio::test]
async fn a_slot_is_taken_when_the_body_is_there() {
    let (held, beside) = HeldRoute::new();
    let mut options = Options::default();
    options.config.limits.concurrent_requests = 1;
    options.beside = beside;
    let site = Site::with(&popular(), &options);
    let (address, _stop, _serving) = serve(&site, Duration::ZERO).await;
    let mut first = RawSocket::connect(address).await;
    first.send(ONE_BYTE).await;
    others_are_served(address).await;
    // The guard of what is no app's has a slot of its own, which this request keeps.
    let mut holding = RawSocket::connect(address).await;
    holding.send(HOLD).await;
    let mut refused = RawSocket::connect(address).await;
    held.has_begun(1).await;
    refused.send(HOLD).await;
    assert_eq!(refused.answer().await.unwrap().status, 503);
    held.open();
    assert_eq!(holding.answer().await.unwrap().status, 200);
    first.send("\"email\":\"a\"}").await;
    assert_eq!(first.answer().await.unwrap().status, 404);
}

/// Trust 1: the bytes that bodies share are nobody's who does nothing with them.
#[tokio::test]
async fn uploads_that_stall_give_their_bytes_to_others() {
    let site = Arc::new(limited(|config| {
        config.limits.upload_bytes = 200_000;
        config.limits.body_bytes = 200_000;
        config.limits.buffered_bytes = 200_000;
        // Nothing but others ends what stalls.
        config.limits.body_bytes_per_second = 0;
        config.limits.request_seconds = 3_600;
    }));
    let (_sending, stalled) = begin_upload(&site, 150_000).await;
    let other = async || site.upload("chairs", &"x".repeat(70_000)).await.status;
    // It is not slow from the beginning, which unit tests of holders say too.
    let mut looks = tokio::time::interval(Duration::from_millis(100));
    let room = Patience::for_("room for an upload");
    while room.waits_while(other().await == 503) {
        looks.tick().await;
    }
    let stalled = stalled.await.unwrap();
    let said = String::from_utf8_lossy(&stalled.is(503).body);
    assert!(said.contains("others come faster"), "{said}");
}

/// Trust 1: nor are they whose answers are not taken.
#[tokio::test]
async fn answers_that_nobody_takes_give_their_bytes_to_others() {
    let mut options = Options::default();
    options.config.limits.upload_bytes = 1;
    options.config.limits.body_bytes = 1;
    options.config.limits.buffered_bytes = 7_000_000;
    options.config.limits.request_seconds = 3_600;
    let folder = tempfile::TempDir::new().unwrap();
    let site = Site::open(folder, whole_dataset(), &options);
    // Nothing but others ends what is not taken.
    let (address, _stop, _serving) = serve_within(&site, patient(), Duration::ZERO).await;
    // Nearly 5 MB, which is more than the sockets hold.
    let page = "GET /api/estate/search?doorHeightRangeId=0&page=0&perPage=50000 HTTP/1.1\r\n\
                Host: x\r\n\r\n";
    let mut slow = RawSocket::connect(address).await;
    slow.send(page).await;
    slow.is_answered().await;
    let mut second = RawSocket::connect(address).await;
    let mut status = 503;
    let patience = Patience::for_("room for a page");
    while patience.waits_while(status == 503) {
        second.send(page).await;
        status = second.answer().await.unwrap().status;
    }
    assert_eq!(status, 200);
    assert!(slow.answer().await.is_none(), "it was cut off");
}

/// Trust 1: connections are scarce too, where the system allows few files.
#[tokio::test]
async fn connections_that_wait_for_bodies_make_room() {
    let site = Site::new(&popular());
    let limits = ConnectionLimits {
        connections: 8,
        ..connection_limits(&Config::default())
    };
    let (address, _stop, _serving) = serve_within(&site, limits, Duration::ZERO).await;
    let mut waiting = Vec::new();
    for _ in 0..30 {
        let mut socket = RawSocket::connect(address).await;
        socket.send(ONE_BYTE).await;
        waiting.push(socket);
        others_are_served(address).await;
    }
}

/// Trust 1: over HTTP/2, an answer of a few bytes holds a connection too, for which nothing is blocked.
#[tokio::test]
async fn connections_whose_answers_are_held_back_make_room() {
    let site = Site::new(&popular());
    let limits = ConnectionLimits {
        connections: 8,
        ..patient()
    };
    let (address, _stop, _serving) = serve_within(&site, limits, Duration::ZERO).await;
    let mut held = Vec::new();
    for _ in 0..8 {
        let stream = TokioIo::new(TcpStream::connect(address).await.unwrap());
        let mut builder = hyper::client::conn::http2::Builder::new(TokioExecutor::new());
        builder.initial_stream_window_size(0);
        let (mut sender, connection) = builder.handshake::<_, Body>(stream).await.unwrap();
        tokio::spawn(connection);
        let request = Request::get(format!("http://{address}/api/chair/1"));
        let answer = sender.send_request(request.body(Body::empty()).unwrap());
        held.push((answer.await.unwrap(), sender));
    }
    // A moment is what the network takes, so they do not go at once.
    let mut looks = tokio::time::interval(Duration::from_millis(100));
    let refused = async || {
        let mut socket = RawSocket::connect(address).await;
        socket.send("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n").await;
        socket.answer().await.unwrap().status == 503
    };
    let patience = Patience::for_("a free connection");
    while patience.waits_while(refused().await) {
        looks.tick().await;
    }
    for _ in 0..8 {
        others_are_served(address).await;
    }
}

/// Trust 1: an app that rejects everybody says that it is not ready.
#[tokio::test]
async fn an_app_whose_slots_are_stuck_is_not_ready() {
    let site = limited(|config| {
        config.limits.concurrent_requests = 1;
    });
    let busy = BusyWriter::begin(&site.store).await;
    let buying = site.router.clone();
    let purchase = tokio::spawn(async move {
        let request = Request::post("/api/chair/buy/1").header("content-type", "application/json");
        let request = request.body(Body::from(r#"{"email":"a"}"#)).unwrap();
        crate::support::harness::ask(buying, request).await.status
    });
    let mut looks = tokio::time::interval(Duration::from_millis(100));
    let patience = Patience::for_("the purchase that takes the slot");
    while patience.waits_while(site.get("/api/chair/1").await.status != 503) {
        tokio::task::yield_now().await;
    }
    site.get("/readyz").await.is(200);
    let patience = Patience::for_("the end of readiness");
    while patience.waits_while(site.get("/readyz").await.status == 200) {
        looks.tick().await;
    }
    assert_eq!(site.get("/readyz").await.json()["apps"][0]["ready"], false);
    busy.end().await;
    assert_eq!(purchase.await.unwrap(), 200);
    site.get("/readyz").await.is(200);
}
