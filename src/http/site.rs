//! What is being served: the apps with their stores, what has been asked of them, and whether the
//! server is on its way out.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::http::{HeaderMap, Method, Uri};
use axum::response::Response;

use super::observability::metrics::Metrics;
use super::observability::process_metrics;
use super::{CounterSource, Guard, WorkPool};
use crate::store::Store;

/// One app with its store.
#[derive(Clone)]
pub struct Served {
    /// The app's name.
    pub name: &'static str,
    /// Its data.
    pub store: Arc<Store>,
    /// What admits its requests.
    pub(crate) guard: Guard,
    /// What it counts.
    pub(crate) counters: Arc<[CounterSource]>,
    /// Whether it wants to know from which address a request came.
    pub(crate) counts_clients: bool,
}

/// An app's own 404 page, and which addresses it speaks for.
#[derive(Clone)]
pub struct NotFoundPage {
    /// The answer.
    pub answer: NotFoundAnswer,
    /// Addresses at and below this path are the app's wherever it stands. For all others the first of the
    /// apps at a place decides.
    pub own: Option<&'static str>,
}

impl NotFoundPage {
    /// Whether a path is at or below those that are the app's own.
    pub(crate) fn owns(&self, path: &str) -> bool {
        let rest = self.own.and_then(|own| path.strip_prefix(own));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

/// What is said where there is nothing; `None` for the problem document that all others get.
pub type NotFoundAnswer = Arc<dyn Fn(&Method, &HeaderMap, &Uri) -> Option<Response> + Send + Sync>;

/// Everything that health and version report about.
pub struct Site {
    apps: Vec<Served>,
    draining: AtomicBool,
    /// Requests so far.
    pub(crate) metrics: Metrics,
    /// What admits requests that are no app's.
    pub(crate) guard: Guard,
    work: WorkPool,
}

impl Site {
    /// A site that serves `apps`; `guard` admits what is no app's, and `work` does what takes long.
    pub(crate) fn new(apps: Vec<Served>, guard: Guard, metrics: Metrics, work: WorkPool) -> Self {
        process_metrics::begin();
        Self {
            apps,
            draining: AtomicBool::new(false),
            metrics,
            guard,
            work,
        }
    }

    /// The apps being served.
    #[must_use]
    pub fn apps(&self) -> &[Served] {
        &self.apps
    }

    /// Whether an app wants to know from which address a request came.
    #[must_use]
    pub fn counts_clients(&self) -> bool {
        self.apps.iter().any(|app| app.counts_clients)
    }

    /// What does whatever takes long.
    #[must_use]
    pub fn work(&self) -> &WorkPool {
        &self.work
    }

    /// Requests that are being served, but for probes.
    pub(crate) fn in_flight(&self) -> usize {
        let guards = self.apps.iter().map(|app| &app.guard);
        guards.chain([&self.guard]).map(Guard::in_flight).sum()
    }

    /// Requests that wait for bytes of their bodies.
    pub(crate) fn arriving(&self) -> usize {
        let guards = self.apps.iter().map(|app| &app.guard);
        guards.chain([&self.guard]).map(Guard::arriving).sum()
    }

    /// From now on the server is not ready for new clients.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Release);
    }

    /// Whether [`Site::drain`] was called.
    #[must_use]
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Acquire)
    }
}
