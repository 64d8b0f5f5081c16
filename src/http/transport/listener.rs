//! The accept loop: one task for each connection, HTTP/1.1 or HTTP/2 as the client begins.
//!
//! It owns how bytes become requests and what is refused before there is one; the [`Watch`] says for
//! whom there is room and who timed out.

use std::convert::Infallible;
use std::error::Error;
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderValue, Request, Version, header};
use axum::response::IntoResponse as _;
use hyper::body::{Body as _, Incoming};
use hyper::rt::Executor;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use hyper_util::server::conn::auto::Builder;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, Semaphore, mpsc};
use tokio::time::Instant;

use super::connection::{ClientConnection, Close};
use super::cut_off::CutOff;
use super::head::flaw;
use super::incoming::{UnreadBody, shared};
use super::socket::Socket;
use super::tapped::Tapped;
use super::watch::{Admission, AdmittedConnection, Watch};
use crate::http::HttpError;
use crate::http::observability::refusals::Refusals;
use crate::http::routes::{RouteService, answered};

/// Requests that one HTTP/2 connection may have open: small answers that are not taken are not counted.
const STREAMS: u32 = 64;

/// Runs the requests of HTTP/2 connections, each for so long: a client can stop one answer and go on
/// taking others. What is dropped is reset.
#[derive(Debug, Clone)]
struct Streams(Duration);

impl<F: Future<Output: Send> + Send + 'static> Executor<F> for Streams {
    fn execute(&self, stream: F) {
        let cut_off = Arc::new(Notify::new());
        let stream = CutOff::Stream(Arc::clone(&cut_off)).around(stream);
        let stream = tokio::time::timeout(self.0, stream);
        tokio::spawn(async move {
            tokio::select! {
                _ended = stream => {}
                () = cut_off.notified() => {}
            }
        });
    }
}

/// Waits so long when the system has no file descriptors left: time for others to be given back.
const OUT_OF_FILES: Duration = Duration::from_millis(100);

/// How long a refused client is listened to, and how many of them: closing immediately would take back the
/// answer before it is read.
const LINGER: Duration = Duration::from_secs(1);
const LINGERING: usize = 256;

/// How long a new client waits for one that has to go for it: longer than that takes on a busy server. Those
/// that come meanwhile wait in the system's queue.
const LEAVING: Duration = Duration::from_secs(1);

/// Takes connections of one listening socket.
pub(crate) struct Listener<R> {
    socket: TcpListener,
    router: R,
    watch: Arc<Watch>,
    protocols: Arc<Builder<Streams>>,
    lingering: Arc<Semaphore>,
    refusals: Refusals,
    tells_peers: bool,
}

impl<R: RouteService> Listener<R> {
    /// With `tells_peers`, requests have the [`ConnectInfo`] of whom they came from.
    pub(crate) fn new(
        socket: TcpListener,
        router: R,
        watch: Arc<Watch>,
        tells_peers: bool,
    ) -> Self {
        let limits = watch.limits();
        let mut protocols = Builder::new(Streams(limits.whole_time()));
        // Whoever says that nothing more will come still wants the answer.
        protocols
            .http1()
            .half_close(true)
            .max_buf_size(limits.head_bytes);
        protocols
            .http2()
            .max_concurrent_streams(STREAMS)
            .max_header_list_size(u32::try_from(limits.head_bytes).unwrap_or(u32::MAX));
        Self {
            socket,
            router,
            watch,
            protocols: Arc::new(protocols),
            lingering: Arc::new(Semaphore::new(LINGERING)),
            refusals: Refusals::default(),
            tells_peers,
        }
    }

    /// Takes connections until it is dropped. Each keeps a clone of `open` until it ends.
    pub(crate) async fn accept_all(self, open: mpsc::Sender<Infallible>) {
        loop {
            let (stream, peer) = match self.socket.accept().await {
                Ok(accepted) => accepted,
                Err(cause) if is_the_clients_fault(&cause) => continue,
                Err(cause) => {
                    tracing::error!(%cause, "cannot accept connections");
                    tokio::time::sleep(OUT_OF_FILES).await;
                    continue;
                }
            };
            let Some(admitted) = self.admit().await else {
                self.refuse(stream);
                continue;
            };
            // Small responses must not wait for the client's acknowledgement of the previous one.
            if let Err(cause) = stream.set_nodelay(true) {
                tracing::debug!(%cause, "TCP_NODELAY not set");
            }
            let protocols = Arc::clone(&self.protocols);
            let peer = self.tells_peers.then_some(peer);
            let served = serve(stream, peer, admitted, self.router.clone(), protocols);
            let open = open.clone();
            tokio::spawn(async move {
                served.await;
                drop(open);
            });
        }
    }

    /// Room for a new connection, as soon as whoever makes room for it has gone.
    async fn admit(&self) -> Option<AdmittedConnection> {
        let deadline = Instant::now() + LEAVING;
        loop {
            match self.watch.admit() {
                Admission::Admitted(admitted) => return Some(admitted),
                Admission::Full => return None,
                Admission::WhenOneHasLeft => {
                    let left = self.watch.left.notified();
                    tokio::time::timeout_at(deadline, left).await.ok()?;
                }
            }
        }
    }

    /// Answers 503 without asking what was wanted.
    fn refuse(&self, mut stream: TcpStream) {
        self.watch.counts.refused.fetch_add(1, Ordering::Relaxed);
        self.refusals.note("Too many connections are being served.");
        let Ok(permit) = Arc::clone(&self.lingering).try_acquire_owned() else {
            // Nobody waits for the client to read it, but it was said.
            if let Ok(mut stream) = stream.into_std() {
                drop(stream.write_all(REFUSAL.as_bytes()));
            }
            return;
        };
        tokio::spawn(async move {
            let said = async {
                stream.write_all(REFUSAL.as_bytes()).await?;
                stream.shutdown().await?;
                let mut ignored = [0; 1024];
                while stream.read(&mut ignored).await? > 0 {}
                io::Result::Ok(())
            };
            drop(tokio::time::timeout(LINGER, said).await);
            drop(permit);
        });
    }
}

const REFUSAL: &str = "HTTP/1.1 503 Service Unavailable\r\n\
    connection: close\r\n\
    retry-after: 1\r\n\
    content-type: application/problem+json\r\n\
    content-length: 115\r\n\r\n\
    {\"type\":\"about:blank\",\"title\":\"Service Unavailable\",\"status\":503,\"detail\":\"Too many \
    connections are being served.\"}";

/// Some connections are gone before they are accepted.
fn is_the_clients_fault(cause: &io::Error) -> bool {
    matches!(
        cause.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
    )
}

async fn serve<R: RouteService>(
    stream: TcpStream,
    peer: Option<SocketAddr>,
    admitted: AdmittedConnection,
    router: R,
    protocols: Arc<Builder<Streams>>,
) {
    let connection = &admitted.connection;
    let socket = Socket::new(stream, Arc::clone(connection));
    let answer = service_fn(|request: Request<Incoming>| {
        let mut asked = connection.begin(request.version());
        let flaw = flaw(&request);
        let (mut request, unread) = take_body(request, connection);
        if let Some(peer) = peer {
            request.extensions_mut().insert(ConnectInfo(peer));
        }
        let answering = match flaw {
            None => Ok(router.clone().call(request)),
            Some(status) => Err(HttpError::bare(status)),
        };
        async move {
            let mut response = match answering {
                Ok(answering) => answered(answering.await),
                Err(refusal) => refusal.into_response(),
            };
            if unread.is_some_and(|unread| unread.is_left()) {
                let close = HeaderValue::from_static("close");
                response.headers_mut().insert(header::CONNECTION, close);
                asked.leaves_body();
            }
            asked.is_answered();
            // The request is over when its answer has been handed on as a whole, or given up.
            let until_then = move |frame| {
                let _asked = &asked;
                Ok(frame)
            };
            Ok::<_, Infallible>(response.map(|body| Tapped::new(body, until_then)))
        }
    });
    let serving = async {
        let mut served = pin!(protocols.serve_connection(TokioIo::new(socket), answer));
        loop {
            tokio::select! {
                // What has come is looked at first: a request that is there is answered.
                biased;
                result = served.as_mut() => return ended(connection, result),
                close = connection.told() => match close {
                    Close::AtOnce => return,
                    Close::Gracefully => served.as_mut().graceful_shutdown(),
                }
            }
        }
    };
    let cut_off = CutOff::Connection(Arc::clone(connection));
    cut_off.around(serving).await;
}

/// Notes how a connection ended.
fn ended(connection: &ClientConnection, result: Result<(), Box<dyn Error + Send + Sync>>) {
    let Err(cause) = result else { return };
    let cause_of_hyper = cause.downcast_ref::<hyper::Error>();
    if cause_of_hyper.is_some_and(hyper::Error::is_parse) {
        connection.malformed();
    }
    tracing::debug!(cause, "connection ended");
}

/// `request` with its body shared, if anything of it can be left when it was answered: over HTTP/1.1, where
/// the next request comes behind it.
fn take_body(
    request: Request<Incoming>,
    connection: &Arc<ClientConnection>,
) -> (Request<Body>, Option<UnreadBody>) {
    if request.body().is_end_stream() {
        return (request.map(|_| Body::empty()), None);
    }
    let is_http_1 = request.version() <= Version::HTTP_11;
    let expects_to_be_asked = request.headers().contains_key(header::EXPECT);
    let (parts, body) = request.into_parts();
    let (body, unread) = shared(body, connection, expects_to_be_asked);
    let request = Request::from_parts(parts, Body::new(body));
    (request, is_http_1.then_some(unread))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_refusal_is_as_long_as_it_says() {
        let (head, body) = REFUSAL.split_once("\r\n\r\n").unwrap();
        assert!(
            head.ends_with(&format!("content-length: {}", body.len())),
            "{}",
            body.len()
        );
        serde_json::from_str::<serde_json::Value>(body).unwrap();
    }
}
