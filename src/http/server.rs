//! The accept loop and the graceful end.
//!
//! Listener and stop signal are arguments, so that tests bind port 0 and stop when they like.

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::serve::ListenerExt as _;
use tokio::net::TcpListener;
use tokio::sync::Notify;

use super::Site;

/// A site and its routes, ready to be served.
pub struct Server {
    /// What is served.
    pub site: Arc<Site>,
    /// All routes, from [`super::router()`].
    pub router: Router,
    /// So long after the stop signal requests are still taken, while the site says it is not ready.
    pub delay: Duration,
    /// Requests still running this long after that are cut off.
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

/// Serves on `listener` until `shutdown` completes, then lets running requests finish.
///
/// # Errors
/// When the listener fails for good.
pub async fn run(
    server: Server,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<Ended> {
    let Server {
        site,
        router,
        delay,
        drain_time,
    } = server;
    let draining = Arc::new(Notify::new());
    let stop = {
        let (site, draining) = (Arc::clone(&site), Arc::clone(&draining));
        async move {
            shutdown.await;
            site.drain();
            tokio::time::sleep(delay).await;
            draining.notify_one();
        }
    };
    // Small responses must not wait for the client's acknowledgement of the one before.
    let listener = listener.tap_io(|stream| {
        if let Err(cause) = stream.set_nodelay(true) {
            tracing::debug!(%cause, "TCP_NODELAY not set");
        }
    });
    let serving = axum::serve(listener, router)
        .with_graceful_shutdown(stop)
        .into_future();
    let cut_off = async {
        draining.notified().await;
        tokio::time::sleep(drain_time).await;
    };
    let ended = tokio::select! {
        result = serving => result.map(|()| Ended::Drained)?,
        () = cut_off => Ended::CutOff,
    };
    for app in site.apps() {
        app.store.close();
    }
    Ok(ended)
}
