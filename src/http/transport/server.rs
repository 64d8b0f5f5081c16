//! A server from its first connection to its graceful end.
//!
//! Listener and stop signal are arguments, so that tests bind port 0 and stop when they like.

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use super::listener::Listener;
use super::watch::Watch;
use crate::http::{ConnectionLimits, Site, SiteRouter};

/// A site and its routes, ready to be served.
pub struct Server {
    /// What is served.
    pub site: Arc<Site>,
    /// All routes, from [`crate::http::assemble`].
    pub router: SiteRouter,
    /// Its connections.
    pub connections: Arc<Watch>,
    /// Whether handlers want to know from which address a request came; telling costs each some 700
    /// instructions.
    pub tells_peers: bool,
    /// So long after the stop signal requests are still taken, while the site says it is not ready.
    pub delay: Duration,
    /// Requests still running this long after that are cut off, and writes undone.
    pub drain_time: Duration,
}

/// How serving ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Every request that was running got its answer.
    Drained,
    /// Some were still running when the drain time was over.
    CutOff,
}

/// For writes whose requests have ended by the end of the drain time, or gone: what is left to be committed.
const LAST_COMMIT: Duration = Duration::from_millis(200);

/// Serves on `listener` until `shutdown` completes, then lets running requests finish. The writers end
/// with their WAL in the file, within a second after the drain time whatever they do by then.
pub async fn run(
    server: Server,
    listener: TcpListener,
    shutdown: impl Future<Output = ()>,
) -> Ended {
    let Server {
        site,
        router,
        connections: watch,
        tells_peers,
        delay,
        drain_time,
    } = server;
    let looking = tokio::spawn(Arc::clone(&watch).look());
    let (open, mut all_closed) = mpsc::channel(1);
    let accepting =
        Listener::new(listener, router, Arc::clone(&watch), tells_peers).accept_all(open);
    let stopping = async {
        shutdown.await;
        site.drain();
        tokio::time::sleep(delay).await;
    };
    tokio::select! {
        () = accepting => {}
        () = stopping => {}
    }
    watch.stop();
    let deadline = Instant::now() + drain_time + LAST_COMMIT;
    let ended = match tokio::time::timeout(drain_time, all_closed.recv()).await {
        Ok(_all) => Ended::Drained,
        Err(_elapsed) if watch.has_requests() => Ended::CutOff,
        Err(_elapsed) => Ended::Drained,
    };
    looking.abort();
    for app in site.apps() {
        app.store.close_by(deadline);
    }
    ended
}

/// Serves `router` on `listener` for as long as the process lives.
pub async fn run_beside(listener: TcpListener, router: Router, connections: ConnectionLimits) {
    let watch = Watch::new(connections);
    let (open, _closed) = mpsc::channel(1);
    let accepting = Listener::new(listener, router, Arc::clone(&watch), false).accept_all(open);
    tokio::join!(accepting, watch.look());
}
