//! Clients that keep a server waiting, in all ways that cost them little: each keeps a connection or its
//! streams open for as long as it is let, and then comes again.
//!
//! They must not make much traffic: it is what they hold that is tried, not what they send.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::body::{Body, Bytes};
use http_body_util::BodyExt as _;
use http_body_util::channel::Channel;
use hyper::Request;
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A kind of slow client.
#[derive(Debug, Clone, Copy)]
enum Manner {
    /// Says nothing.
    Idle,
    /// Sends a head, a byte a second.
    Head,
    /// Sends a body, a byte in two seconds.
    Body,
    /// Sends most of an upload, then a byte in two seconds.
    Upload,
    /// Asks for five megabytes and takes a few bytes a second.
    Reader,
    /// Sends sixty bodies by HTTP/2, a byte of each.
    Streams,
    /// Asks for sixty answers by HTTP/2 and takes nothing of their bodies.
    Windows,
}

/// How many there are of each.
const CROWD: [(Manner, usize); 7] = [
    (Manner::Idle, 500),
    (Manner::Head, 300),
    (Manner::Body, 1_500),
    (Manner::Upload, 16),
    (Manner::Reader, 64),
    (Manner::Streams, 50),
    (Manner::Windows, 10),
];

/// Whoever was sent away comes back after so long: a while, where much is moved each time.
const PAUSE: Duration = Duration::from_secs(1);
const LONG_PAUSE: Duration = Duration::from_secs(5);

/// What a server that lets everybody stay is left after.
const LONGEST: Duration = Duration::from_secs(120);

const STREAMS: usize = 60;

/// What there is to send of an upload, and what is sent of it at once.
const UPLOAD: usize = 8_000_000;
const BEGINNING: usize = 7_900_000;

/// All of them, until they are dropped.
pub(crate) struct SlowClients {
    _all: JoinSet<()>,
    /// How many of each kind the server has sent away.
    sent_away: Vec<Arc<AtomicU64>>,
}

impl SlowClients {
    pub(crate) fn begin(address: SocketAddr) -> Self {
        let (mut all, mut sent_away) = (JoinSet::new(), Vec::new());
        for (manner, many) in CROWD {
            let count = Arc::new(AtomicU64::new(0));
            for _ in 0..many {
                let count = Arc::clone(&count);
                all.spawn(async move {
                    loop {
                        // An answer, an end or a reset: it comes again in any case.
                        if timeout(LONGEST, manner.once(address)).await.is_ok() {
                            count.fetch_add(1, Ordering::Relaxed);
                        }
                        sleep(manner.pause()).await;
                    }
                });
            }
            sent_away.push(count);
        }
        Self {
            _all: all,
            sent_away,
        }
    }

    /// What became of them.
    pub(crate) fn report(&self) -> String {
        let lines = CROWD.iter().zip(&self.sent_away);
        let lines = lines.map(|((manner, many), count)| {
            let count = count.load(Ordering::Relaxed);
            format!("{many} {manner:?}: sent away {count} times")
        });
        lines.collect::<Vec<_>>().join("\n")
    }
}

impl Manner {
    fn pause(self) -> Duration {
        match self {
            Self::Upload | Self::Reader | Self::Windows => LONG_PAUSE,
            Self::Idle | Self::Head | Self::Body | Self::Streams => PAUSE,
        }
    }

    /// Stays until the server has had enough.
    async fn once(self, address: SocketAddr) -> Result<(), Failure> {
        match self {
            Self::Idle => {
                TcpStream::connect(address).await?.read_u8().await?;
            }
            Self::Head => drip(address, b"GET / HTTP/1.1\r\nX-A: ", 1).await?,
            Self::Body => drip(address, &purchase(), 2).await?,
            Self::Upload => drip(address, &upload(), 2).await?,
            Self::Reader => read_slowly(address).await?,
            Self::Streams => streams(address).await?,
            Self::Windows => windows(address).await?,
        }
        Ok(())
    }
}

/// A purchase with one byte of its body.
fn purchase() -> Vec<u8> {
    b"POST /api/chair/buy/2 HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
      Content-Length: 13\r\n\r\n{"
        .to_vec()
}

/// Most of an upload.
fn upload() -> Vec<u8> {
    let head = format!(
        "POST /api/chair HTTP/1.1\r\nHost: x\r\nContent-Length: {UPLOAD}\r\n\
         Content-Type: multipart/form-data; boundary=X\r\n\r\n\
         --X\r\nContent-Disposition: form-data; name=\"chairs\"; filename=\"x\"\r\n\r\n"
    );
    [head.as_bytes(), &vec![b'x'; BEGINNING]].concat()
}

/// Sends `begins`, then a byte in so many seconds, until the server answers or closes.
async fn drip(address: SocketAddr, begins: &[u8], seconds: u64) -> Result<(), Failure> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(begins).await?;
    let pause = Duration::from_secs(seconds);
    while timeout(pause, stream.readable()).await.is_err() {
        stream.write_all(b"x").await?;
    }
    Ok(())
}

async fn read_slowly(address: SocketAddr) -> Result<(), Failure> {
    let page = "GET /api/estate/search?doorHeightRangeId=0&page=0&perPage=50000 HTTP/1.1\r\n\
                Host: x\r\n\r\n";
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(page.as_bytes()).await?;
    let mut bytes = [0; 256];
    while stream.read(&mut bytes).await? > 0 {
        sleep(Duration::from_secs(1)).await;
    }
    Ok(())
}

async fn streams(address: SocketAddr) -> Result<(), Failure> {
    let stream = TokioIo::new(TcpStream::connect(address).await?);
    let (mut sender, connection) = http2::handshake(TokioExecutor::new(), stream).await?;
    tokio::spawn(connection);
    let (mut open, mut answers) = (Vec::new(), JoinSet::new());
    for _ in 0..STREAMS {
        let (mut sending, body) = Channel::<Bytes>::new(1);
        let request = Request::post(format!("http://{address}/api/chair/buy/2"))
            .header("content-type", "application/json")
            .body(body)?;
        sender.ready().await?;
        answers.spawn(sender.send_request(request));
        sending.send_data(Bytes::from_static(b"{")).await?;
        open.push(sending);
    }
    while answers.join_next().await.is_some() {}
    Ok(())
}

async fn windows(address: SocketAddr) -> Result<(), Failure> {
    let stream = TokioIo::new(TcpStream::connect(address).await?);
    let mut builder = http2::Builder::new(TokioExecutor::new());
    builder.initial_stream_window_size(0);
    let (mut sender, connection) = builder.handshake::<_, Body>(stream).await?;
    tokio::spawn(connection);
    let mut answers = JoinSet::new();
    for _ in 0..STREAMS {
        let path = "/api/estate/search?rentRangeId=0&page=0&perPage=500";
        let request = Request::get(format!("http://{address}{path}")).body(Body::empty())?;
        sender.ready().await?;
        let answer = sender.send_request(request);
        answers.spawn(async { answer.await?.into_body().collect().await });
    }
    while answers.join_next().await.is_some() {}
    Ok(())
}
