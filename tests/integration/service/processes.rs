//! The server as a process: first and second start, stop signals. SIGKILL has a file of
//! its own (`crash`).

use std::fs;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ekiben::config::Config;
use ekiben::http::ConnectionLimits;
use ekiben::http::Watch;
use ekiben::http::server::{self, Ended, Server};
use ekiben::serving::connection_limits;
use rusqlite::{Connection, OpenFlags};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot::{Sender, channel};
use tokio::task::{JoinHandle, JoinSet};

use crate::support::binary::Process;
use crate::support::client::Client;
use crate::support::data_folder::stop;
use crate::support::dataset::Dataset;
use crate::support::harness::{Site, bake_folder};
use crate::support::patience::Patience;

fn baked_folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    let dumps = folder.path().join("dumps");
    Dataset::tiny().write(&dumps);
    bake_folder(&dumps, &folder.path().join("data/isuumo.sqlite")).unwrap();
    folder
}

#[tokio::test]
async fn the_first_start_bakes_the_built_in_data_and_the_second_serves_the_same_file() {
    let folder = TempDir::new().unwrap();
    let baked = folder.path().join("data/isuumo.sqlite");
    let server = Process::start(folder.path(), &[]);
    let mut client = Client::connect(server.address).await.unwrap();
    let (status, first) = client.get("/api/chair/1").await.unwrap();
    assert_eq!(status, 200);
    server.kill();
    let modified = fs::metadata(&baked).unwrap().modified().unwrap();
    let server = Process::start(folder.path(), &[]);
    let mut client = Client::connect(server.address).await.unwrap();
    assert_eq!(client.get("/api/chair/1").await.unwrap().1, first);
    assert_eq!(
        fs::metadata(&baked).unwrap().modified().unwrap(),
        modified,
        "it was not baked again"
    );
}

#[tokio::test]
async fn sigterm_drains_and_exits_0() {
    let folder = baked_folder();
    let server = Process::start(folder.path(), &[]);
    let mut client = Client::connect(server.address).await.unwrap();
    let body = r#"{"email":"a"}"#.to_owned();
    assert_eq!(
        client
            .post("/api/chair/buy/1", "application/json", body)
            .await
            .unwrap()
            .0,
        200
    );
    server.terminate();
    let (code, log) = server.wait();
    assert_eq!(code, Some(0), "{log}");
    assert!(log.contains("\"stopped\""), "{log}");
    let wal = folder.path().join("data/isuumo.primary.1.sqlite-wal");
    assert!(
        fs::metadata(wal).map_or(0, |wal| wal.len()) == 0,
        "the log was folded into the file"
    );
}

/// Trust 10: GNU `timeout` and npm deliver one signal twice, to the process and to its group. Only one that
/// comes a second later cuts requests off.
#[tokio::test]
async fn a_second_signal_ends_the_server_at_once() {
    let folder = baked_folder();
    // Without one, it would end only in an hour.
    fs::write(
        folder.path().join("ekiben.toml"),
        "[shutdown]\ndelay_seconds = 3600\n",
    )
    .unwrap();
    let mut server = Process::start(folder.path(), &[]);
    let first = Instant::now();
    server.terminate();
    server.wait_for_log("stopping");
    let patience = Patience::for_("the end after a second signal");
    while patience.waits_while(server.is_running()) {
        server.terminate();
    }
    assert!(first.elapsed() >= Duration::from_secs(1));
    let (code, log) = server.wait();
    assert_eq!(code, Some(1), "{log}");
    assert!(log.contains("second signal"), "{log}");
}

/// Trust 6: a stop takes no longer than its limit and a second, whatever the writer does; what was under way
/// is undone, and the WAL is in the file.
#[tokio::test]
async fn a_stop_with_uploads_under_way_ends_in_time() {
    let folder = baked_folder();
    let settings = "[shutdown]\ntimeout_seconds = 1\n";
    fs::write(folder.path().join("ekiben.toml"), settings).unwrap();
    let server = Process::start(folder.path(), &[]);
    let row = |id: i64| {
        format!(
            "{id},n,d,t,1,50,60,70,赤,,座椅子,{},1\n",
            id * 7_919 % 1_000_003
        )
    };
    let mut uploads = JoinSet::new();
    for first in [1_000_000, 2_000_000] {
        let csv: String = (first..first + 200_000).map(row).collect();
        let mut client = Client::connect(server.address).await.unwrap();
        uploads.spawn(async move { client.upload("chairs", &csv).await });
    }
    // Some pieces of the first one are committed.
    let wal = folder.path().join("data/isuumo.primary.1.sqlite-wal");
    let patience = Patience::for_("the first pieces of an upload");
    while patience.waits_while(fs::metadata(&wal).map_or(0, |wal| wal.len()) < 2_000_000) {
        tokio::task::yield_now().await;
    }
    let begin = Instant::now();
    server.terminate();
    let (code, log) = server.wait();
    let time = begin.elapsed();
    assert_eq!(code, Some(0), "{log}");
    // More than allowed, for a machine that does much else; without a limit it was 78 s.
    assert!(time < Duration::from_secs(20), "{time:?}");
    assert_eq!(fs::metadata(wal).map_or(0, |wal| wal.len()), 0);
    for answer in uploads.join_all().await {
        assert!(answer.is_err() || answer.is_ok_and(|(status, _)| status == 503));
    }
    let server = Process::start(folder.path(), &[]);
    let mut client = Client::connect(server.address).await.unwrap();
    for id in [1_000_000, 2_000_000] {
        let (status, _) = client.get(&format!("/api/chair/{id}")).await.unwrap();
        assert_eq!(status, 404);
    }
    stop(server);
    let file = folder.path().join("data/isuumo.primary.1.sqlite");
    let chairs = "SELECT count(*) FROM chair WHERE id >= 1000000";
    let file = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    assert_eq!(
        file.query_row(chairs, [], |row| row.get::<_, i64>(0))
            .unwrap(),
        0
    );
}

/// Sends the head of a purchase and waits until the server has begun to serve it.
async fn begin_purchase(address: std::net::SocketAddr) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = "POST /api/chair/buy/1 HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
                Content-Length: 13\r\nExpect: 100-continue\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    // The server asks for the body only once a handler reads it.
    let mut interim = [0; 25];
    stream.read_exact(&mut interim).await.unwrap();
    assert_eq!(&interim, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream
}

/// Serves `site` on a free port; the server's address, its stop signal and its end.
pub(crate) async fn serve(
    site: &Site,
    drain_time: Duration,
) -> (std::net::SocketAddr, Sender<()>, JoinHandle<Ended>) {
    serve_within(site, connection_limits(&Config::default()), drain_time).await
}

/// As [`serve`], with other limits of connections.
pub(crate) async fn serve_within(
    site: &Site,
    connections: ConnectionLimits,
    drain_time: Duration,
) -> (std::net::SocketAddr, Sender<()>, JoinHandle<Ended>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = channel();
    let (shared, router) = (Arc::clone(&site.site), site.router.clone());
    let watch = Watch::new(connections);
    drop(site.connections.set(Arc::clone(&watch)));
    let server = Server {
        site: shared,
        router,
        connections: watch,
        tells_peers: true,
        delay: Duration::ZERO,
        drain_time,
    };
    let serving = server::run(server, listener, async { drop(stopped.await) });
    (address, stop, tokio::spawn(serving))
}

#[tokio::test]
async fn a_running_request_is_answered_after_the_stop_signal() {
    let site = Site::new(&Dataset::tiny());
    let (address, stop, serving) = serve(&site, Duration::from_secs(60)).await;
    let mut stream = begin_purchase(address).await;
    stop.send(()).unwrap();
    let patience = Patience::for_("the stop");
    while patience.waits_while(!site.site.is_draining()) {
        tokio::task::yield_now().await;
    }
    stream.write_all(b"{\"email\":\"a\"}").await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    assert_eq!(serving.await.unwrap(), Ended::Drained);
}

#[tokio::test]
async fn a_request_that_never_ends_is_cut_off() {
    let site = Site::new(&Dataset::tiny());
    let (address, stop, serving) = serve(&site, Duration::from_millis(1)).await;
    let _stream = begin_purchase(address).await;
    stop.send(()).unwrap();
    assert_eq!(serving.await.unwrap(), Ended::CutOff);
}
