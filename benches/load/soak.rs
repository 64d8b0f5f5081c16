//! Honest clients beside many that are not: what they get while others send bodies, heads and uploads that
//! do not end, and do not take what they asked for.
//!
//! `--soak SECONDS`, half of them with the defaults and half with those of a small machine, where connections
//! and bytes are scarce. The server is the real binary. It must not assert times; a request of an honest
//! client that is not done is a failure.

use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use axum::body::Body;
use http_body_util::BodyExt as _;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Request, header};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::{sleep, sleep_until, timeout};

use crate::machine::Cores;
use crate::server::Server;
use crate::slow_clients::{Failure, SlowClients};

/// What the honest clients are measured for without the others.
const ALONE: Duration = Duration::from_secs(10);

/// From one line to the next.
const REPORT: Duration = Duration::from_secs(30);

/// The others get so long to take their places.
const BEGINNING: Duration = Duration::from_secs(5);

/// What an honest client waits for an answer: more than a server has for one.
const PATIENCE: Duration = Duration::from_secs(40);

/// A new connection after so many requests: those who come must be served too.
const REQUESTS: usize = 20;

/// Rows of an upload, and from the begin of one to that of the next.
const ROWS: u32 = 500;
const UPLOADS: Duration = Duration::from_secs(1);

/// What is asked again and again: pages, routes, a purchase.
const PATHS: [&str; 8] = [
    "/",
    "/chair/search?priceRangeId=1",
    "/api/chair/1",
    "/api/chair/low_priced",
    "/api/estate/search?rentRangeId=0&page=0&perPage=25",
    "/api/recommended_estate/1",
    "/docs",
    BUY,
];

/// Of a chair that was uploaded with more of them than are bought.
const BUY: &str = "/api/chair/buy/1000000";
const PURCHASE: &str = r#"{"email":"a"}"#;

/// With 256 MB, by `docs/operations.md`, and half the connections: fewer than there are slow clients.
const SMALL_MACHINE: [(&str, &str); 3] = [
    ("EKIBEN_LIMITS__CONNECTIONS", "1024"),
    ("EKIBEN_LIMITS__ARRIVING_BODIES", "2048"),
    ("EKIBEN_LIMITS__BUFFERED_BYTES", "33554432"),
];

/// Soaks two servers in `folder`, where their baked file is, for so long together.
pub(crate) fn soak(cores: &Cores, folder: &Path, time: Duration) {
    let _files = ekiben::serving::allow_files(16_384);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let half = time / 2;
    runtime.block_on(async {
        for (name, settings) in [("defaults", &[][..]), ("small machine", &SMALL_MACHINE)] {
            let server = Server::binary_with(cores, folder, settings);
            // The second finds what the first has left.
            server.reset();
            println!("\n{name}\n");
            beside_slow_clients(&server, half).await;
        }
    });
}

async fn beside_slow_clients(server: &Server, time: Duration) {
    println!(
        "| when | requests | p50 | p99 | longest | repeated | uploads | longest | not done | memory |"
    );
    println!("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
    let mut uploads = Uploads::begin(server.address).await;
    let alone = uploads.and_requests(ALONE).await;
    alone.report("alone", server);
    let slow = SlowClients::begin(server.address);
    sleep(BEGINNING).await;
    let end = Instant::now() + time;
    let mut whole = Honest::default();
    while Instant::now() < end {
        let left = end.saturating_duration_since(Instant::now());
        let turn = uploads.and_requests(REPORT.min(left)).await;
        turn.report("beside slow clients", server);
        whole.add(turn);
    }
    whole.report("all of that", server);
    println!("\n{}", slow.report());
    assert!(whole.failures.is_empty(), "{:?}", whole.failures);
}

/// What honest clients got.
#[derive(Default)]
struct Honest {
    requests: Vec<Duration>,
    uploads: Vec<Duration>,
    /// Reads on a connection that was closed while it was idle: clients do them again.
    repeated: u32,
    failures: Vec<String>,
}

impl Honest {
    /// Asks for so long, one request behind the other.
    async fn ask(&mut self, address: SocketAddr, time: Duration) {
        let end = Instant::now() + time;
        while Instant::now() < end {
            if let Err(failure) = self.ask_on_one_connection(address, end).await {
                self.failures.push(failure.to_string());
            }
        }
    }

    async fn ask_on_one_connection(
        &mut self,
        address: SocketAddr,
        end: Instant,
    ) -> Result<(), Failure> {
        let mut start = Instant::now();
        let mut sender = connect(address).await?;
        for (nth, path) in PATHS.iter().cycle().take(REQUESTS).enumerate() {
            let request = Request::builder().uri(*path);
            let request = if *path == BUY {
                let request = request.method("POST");
                let request = request.header(header::CONTENT_TYPE, "application/json");
                request.body(PURCHASE.into())?
            } else {
                request.body(Body::empty())?
            };
            let answer = match ask(&mut sender, request).await {
                Err(_closed) if nth > 0 && *path != BUY => {
                    self.repeated += 1;
                    break;
                }
                answer => answer.map_err(|failure| format!("{path}, as {nth}: {failure}"))?,
            };
            self.requests.push(start.elapsed());
            if !answer.starts_with("200") {
                self.failures.push(format!("{path}: {answer}"));
            }
            start = Instant::now();
            if start >= end {
                break;
            }
        }
        Ok(())
    }

    fn add(&mut self, other: Self) {
        self.requests.extend(other.requests);
        self.uploads.extend(other.uploads);
        self.repeated += other.repeated;
        self.failures.extend(other.failures);
    }

    fn report(&self, when: &str, server: &Server) {
        let mut times = self.requests.clone();
        times.sort_unstable();
        let of_requests = |percent| at(&times, percent).as_secs_f64() * 1000.0;
        let longest_upload = self.uploads.iter().max().copied().unwrap_or_default();
        println!(
            "| {when} | {} | {:.1} ms | {:.1} ms | {:.0} ms | {} | {} | {:.0} ms | {} | {:.0} MB |",
            times.len(),
            of_requests(50),
            of_requests(99),
            of_requests(100),
            self.repeated,
            self.uploads.len(),
            longest_upload.as_secs_f64() * 1000.0,
            self.failures.len(),
            server.memory("VmRSS"),
        );
    }
}

/// An honest client that uploads, with ids that were not there yet.
struct Uploads {
    address: SocketAddr,
    next_id: u32,
}

impl Uploads {
    /// The first has the chair that is bought.
    async fn begin(address: SocketAddr) -> Self {
        let mut uploads = Self {
            address,
            next_id: 1_000_000,
        };
        let first = uploads.upload().await;
        assert!(first.unwrap().starts_with("201"));
        uploads
    }

    /// Uploads for so long, while another asks.
    async fn and_requests(&mut self, time: Duration) -> Honest {
        let (mut asking, address) = (Honest::default(), self.address);
        let (uploading, ()) = tokio::join!(self.upload_for(time), asking.ask(address, time));
        asking.add(uploading);
        asking
    }

    async fn upload_for(&mut self, time: Duration) -> Honest {
        let mut got = Honest::default();
        let end = Instant::now() + time;
        while Instant::now() < end {
            let start = Instant::now();
            match self.upload().await {
                Ok(answer) if answer.starts_with("201") => got.uploads.push(start.elapsed()),
                Ok(answer) => got.failures.push(format!("an upload: {answer}")),
                Err(failure) => got.failures.push(format!("an upload: {failure}")),
            }
            sleep_until((start + UPLOADS).min(end).into()).await;
        }
        got
    }

    async fn upload(&mut self) -> Result<String, Failure> {
        let ids = self.next_id..self.next_id + ROWS;
        self.next_id = ids.end;
        let rows = ids.map(|id| format!("{id},n,d,t,1,50,60,70,赤,,座椅子,1,1000000000\n"));
        let form = format!(
            "--X\r\nContent-Disposition: form-data; name=\"chairs\"; filename=\"x\"\r\n\r\n{}\
             \r\n--X--\r\n",
            rows.collect::<String>()
        );
        let request = Request::post("/api/chair")
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=X")
            .body(form.into())?;
        ask(&mut connect(self.address).await?, request).await
    }
}

/// The time below which so many percent of sorted ones are.
fn at(sorted: &[Duration], percent: usize) -> Duration {
    let index = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(index).copied().unwrap_or_default()
}

async fn connect(address: SocketAddr) -> Result<SendRequest<Body>, Failure> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (sender, connection) = handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    Ok(sender)
}

/// What a request is answered, once all of it is there: the status, and what is said of one that is refused.
async fn ask(
    sender: &mut SendRequest<Body>,
    mut request: Request<Body>,
) -> Result<String, Failure> {
    let host = header::HeaderValue::from_static("ekiben");
    request.headers_mut().insert(header::HOST, host);
    let answer = async {
        sender.ready().await?;
        let response = sender.send_request(request).await?;
        let status = response.status();
        let body = response.into_body().collect().await?.to_bytes();
        let said = if status.is_success() { &[] } else { &*body };
        Ok(format!(
            "{} {}",
            status.as_u16(),
            String::from_utf8_lossy(said)
        ))
    };
    timeout(PATIENCE, answer).await?
}
