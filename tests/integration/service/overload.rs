//! More than the server can do at once: what is beyond its limits is refused at once and clearly, and
//! what is within them is answered.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{Request, StatusCode, header};
use ekiben::store::StoreError;
use http_body_util::channel::Channel;
use hyper::body::Body as _;
use tokio::task::{JoinHandle, JoinSet};
use tower::ServiceExt as _;

use crate::service::processes::serve;
use crate::support::busy_writer::BusyWriter;
use crate::support::dataset::{CHAIR, Chair, Dataset};
use crate::support::harness::{Answer, Options, Site, whole_dataset};
use crate::support::patience::Patience;
use crate::support::raw_socket::RawSocket;

#[tokio::test]
async fn long_reads_beyond_the_queue_are_shed_and_the_others_answered() {
    let mut options = Options::default();
    options.config.store.read_queue = 3;
    let site = Arc::new(Site::with(&Dataset::tiny(), &options));
    // All of the readers are held until the test lets them go.
    let (hold, held) = channel::<()>();
    let held = Arc::new(std::sync::Mutex::new(held));
    let (begun, mut beginnings) = tokio::sync::mpsc::channel(16);
    let mut readers = JoinSet::new();
    for _ in 0..4 {
        let (site, held, begun) = (Arc::clone(&site), Arc::clone(&held), begun.clone());
        readers.spawn(async move {
            let work = move |_: &rusqlite::Connection| {
                begun.blocking_send(()).unwrap();
                let _ended = held.lock().unwrap().recv();
                Ok::<_, StoreError>(())
            };
            site.store.read_offloaded(work).await.unwrap();
        });
    }
    for _ in 0..4 {
        beginnings.recv().await.unwrap();
    }
    // `%` is what only SQLite can answer.
    let search = "/api/chair/search?page=0&perPage=1&features=%25a";
    let mut waiting = JoinSet::new();
    for _ in 0..10 {
        let site = Arc::clone(&site);
        waiting.spawn(async move { site.get(search).await });
    }
    for _ in 0..7 {
        let shed = waiting.join_next().await.unwrap().unwrap();
        assert_eq!(shed.is(503).header("retry-after"), "1");
        let said = String::from_utf8_lossy(&shed.body);
        assert!(said.contains("Too many long reads"), "{said}");
    }
    site.get("/api/chair/1").await.is(200);
    drop(hold);
    while let Some(answer) = waiting.join_next().await {
        answer.unwrap().is(200);
    }
    while let Some(reader) = readers.join_next().await {
        reader.unwrap();
    }
    site.get(search).await.is(200);
}

#[tokio::test]
async fn large_bodies_share_a_budget() {
    let mut options = Options::default();
    options.config.limits.upload_bytes = 100_000;
    options.config.limits.body_bytes = 100_000;
    options.config.limits.buffered_bytes = 150_000;
    let site = Arc::new(Site::with(&Dataset::tiny(), &options));
    // One that stays: its bytes are held until it ends.
    let (mut first, first_answer) = begin_upload(&site, 90_000).await;
    let (_second, second_answer) = begin_upload(&site, 90_000).await;
    let second_answer = second_answer.await.unwrap();
    let shed = second_answer.is(503).header("retry-after");
    assert_eq!(shed, "1");
    assert_eq!(site.buy(1).await, 200, "small ones are not counted");
    let end = "\r\n--X--\r\n";
    first
        .send_data(Bytes::from_static(end.as_bytes()))
        .await
        .unwrap();
    drop(first);
    first_answer.await.unwrap().is(400);
    site.upload("chairs", &"x".repeat(90_000)).await.is(400);
}

/// A client that goes away takes its share along only if nothing is kept of what it sent.
#[tokio::test]
async fn an_upload_counts_until_it_is_written_or_given_up() {
    // In a group of writes, and in pieces.
    for size in [60_000, 68_000] {
        counts_until_it_is_written(size).await;
    }
}

async fn counts_until_it_is_written(size: usize) {
    let mut options = Options::default();
    options.config.limits.buffered_bytes = 100_000;
    options.config.limits.upload_bytes = 70_000;
    options.config.limits.body_bytes = 70_000;
    let site = Arc::new(Site::with(&Dataset::tiny(), &options));
    let busy = BusyWriter::begin(&site.store).await;
    let further = "x".repeat(size);
    let large = |id| format!("{id},n,d,t,1,50,60,70,赤,,座椅子,1,1,{further}\n");
    let (first, second) = (large(2), large(3));
    let waits = Arc::clone(&site);
    let upload = tokio::spawn(async move { waits.upload("chairs", &first).await });
    let writes = site.store.figures().waiting_writes;
    let patience = Patience::for_("the upload in the queue");
    while patience.waits_while(site.store.figures().waiting_writes == writes) {
        assert!(!upload.is_finished());
        tokio::task::yield_now().await;
    }
    upload.abort();
    assert!(upload.await.unwrap_err().is_cancelled());
    let shed = site.upload("chairs", &second).await;
    assert_eq!(shed.is(503).header("retry-after"), "1");
    busy.end().await;
    // Behind all that waits.
    site.store.write(|_| Ok::<_, StoreError>(())).await.unwrap();
    site.get("/api/chair/2").await.is(200);
    site.upload("chairs", &second).await.is(201);
}

type Sending = http_body_util::channel::Sender<Bytes, Infallible>;

/// An upload of which `bytes` have been received.
pub(crate) async fn begin_upload(site: &Arc<Site>, bytes: usize) -> (Sending, JoinHandle<Answer>) {
    let (mut sending, body) = Channel::new(1);
    let request = Request::post("/api/chair")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=X")
        .body(Body::new(body))
        .unwrap();
    let site = Arc::clone(site);
    let answer = tokio::spawn(async move { site.send(request).await });
    let head = "--X\r\nContent-Disposition: form-data; name=\"chairs\"; filename=\"x\"\r\n\r\n";
    for part in [head.into(), vec![b'x'; bytes], Vec::new()] {
        // Has room for one: when the last is in, the one before was taken.
        drop(sending.send_data(Bytes::from(part)).await);
    }
    (sending, answer)
}

#[tokio::test]
async fn large_answers_share_it_too() {
    let mut options = Options::default();
    options.config.limits.upload_bytes = 1;
    options.config.limits.body_bytes = 1;
    options.config.limits.buffered_bytes = 100_000;
    let chairs = (0..250).map(|n| Chair { id: n + 1, ..CHAIR });
    let site = Site::with(&Dataset::of_chairs(chairs), &options);
    let page = "/api/chair/search?priceRangeId=1&page=0&perPage=250";
    let request = || Request::get(page).body(Body::empty()).unwrap();
    let first = site.router.clone().oneshot(request()).await.unwrap();
    assert_eq!(first.status(), 200);
    let bytes = first.body().size_hint().exact().unwrap();
    assert!((50_001..100_000).contains(&bytes), "{bytes}");
    let shed = site.get(page).await;
    assert_eq!(shed.is(503).header("retry-after"), "1");
    site.get("/api/chair/1").await.is(200);
    drop(first);
    site.get(page).await.is(200);
    site.get(page).await.is(200);
}

/// Trust 1: who takes all room with what is large takes none from pages.
#[tokio::test]
async fn modest_answers_have_a_reserve() {
    let mut options = Options::default();
    options.config.limits.upload_bytes = 1;
    options.config.limits.body_bytes = 1;
    options.config.limits.buffered_bytes = 100_000;
    let chairs = (0..350).map(|n| Chair { id: n + 1, ..CHAIR });
    let site = Site::with(&Dataset::of_chairs(chairs), &options);
    let answer = async |rows: usize| {
        let page = format!("/api/chair/search?priceRangeId=1&page=0&perPage={rows}");
        let request = Request::get(page).body(Body::empty()).unwrap();
        site.router.clone().oneshot(request).await.unwrap()
    };
    let bytes = |answer: &axum::response::Response| answer.body().size_hint().exact().unwrap();
    let large = answer(350).await;
    let mut held = bytes(&large);
    assert!((65_537..100_000).contains(&held), "{held}");
    let mut modest = Vec::new();
    let patience = Patience::for_("an answer that is held");
    while patience.waits_while(held <= 100_000) {
        let answer = answer(40).await;
        assert_eq!(answer.status(), 200, "beside {held} bytes");
        held += bytes(&answer);
        modest.push(answer);
    }
    assert_eq!(answer(350).await.status(), 503);
    let mut status = StatusCode::OK;
    let patience = Patience::for_("the end of the reserve");
    while patience.waits_while(status == 200) {
        let answer = answer(40).await;
        status = answer.status();
        modest.push(answer);
    }
    assert_eq!(status, 503, "the reserve has an end");
}

#[tokio::test]
async fn answers_count_until_they_are_taken() {
    let mut options = Options::default();
    options.config.limits.upload_bytes = 1;
    options.config.limits.body_bytes = 1;
    options.config.limits.buffered_bytes = 7_000_000;
    let folder = tempfile::TempDir::new().unwrap();
    let site = Site::open(folder, whole_dataset(), &options);
    let (address, _stop, _serving) = serve(&site, Duration::ZERO).await;
    // Nearly 5 MB, which is more than the sockets hold.
    let page = "GET /api/estate/search?doorHeightRangeId=0&page=0&perPage=50000 HTTP/1.1\r\n\
                Host: x\r\n\r\n";
    let mut first = RawSocket::connect(address).await;
    first.send(page).await;
    first.is_answered().await;
    let mut second = RawSocket::connect(address).await;
    second.send(page).await;
    assert_eq!(second.answer().await.unwrap().status, 503);
    let whole = first.answer().await.unwrap();
    assert_eq!(whole.status, 200);
    assert!(whole.body.len() > 4_500_000, "{}", whole.body.len());
    second.send(page).await;
    assert_eq!(second.answer().await.unwrap().body, whole.body);
}
