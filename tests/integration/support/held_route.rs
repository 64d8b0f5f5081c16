//! A route whose requests go on for as long as a test likes: what they hold of the server is held.

use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use tokio::sync::Semaphore;

/// A request for it.
pub(crate) const HOLD: &str = "GET /hold HTTP/1.1\r\nHost: x\r\n\r\n";

/// The other end of the route.
pub(crate) struct HeldRoute {
    gate: Arc<Semaphore>,
    begun: Arc<Semaphore>,
}

impl HeldRoute {
    /// With the route, which belongs beside those of an app.
    pub(crate) fn new() -> (Self, Router) {
        let gate = Arc::new(Semaphore::new(0));
        let begun = Arc::new(Semaphore::new(0));
        let (held, begins) = (Arc::clone(&gate), Arc::clone(&begun));
        let hold = get(async move || {
            begins.add_permits(1);
            drop(held.acquire().await);
        });
        (Self { gate, begun }, Router::new().route("/hold", hold))
    }

    /// Waits until so many more of its requests have begun.
    pub(crate) async fn has_begun(&self, requests: u32) {
        self.begun.acquire_many(requests).await.unwrap().forget();
    }

    /// Lets all of its requests end, also those to come.
    pub(crate) fn open(&self) {
        self.gate.add_permits(1);
    }
}
