//! What is being served: the apps with their stores, what has been asked of them, and whether the
//! server is on its way out.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use axum::http::{HeaderMap, Method, Uri};
use axum::response::Response;
use utoipa::openapi::OpenApi;

use super::Guard;
use super::observability::metrics::Metrics;
use super::observability::process_metrics;
use super::transport::connection::Watch;
use crate::store::Store;

/// One app with its store.
#[derive(Clone)]
pub struct Served {
    /// The app's name.
    pub name: &'static str,
    /// Its data.
    pub store: Arc<Store>,
}

/// How an app says that nothing is at an address; `None` for the problem document of the house.
pub type Nowhere = fn(&Method, &HeaderMap, &Uri) -> Option<Response>;

/// Everything that health and version report about.
pub struct Site {
    apps: Vec<Served>,
    /// What the apps say of their routes.
    descriptions: Vec<OpenApi>,
    draining: AtomicBool,
    /// How to say that nothing is at an address.
    pub(crate) nowhere: Option<Nowhere>,
    /// Requests so far.
    pub(crate) metrics: Metrics,
    /// What admits requests, once the routes are built: one for each app.
    pub(crate) guards: OnceLock<Vec<Guard>>,
    /// The connections of the public listener, once it listens.
    pub(crate) connections: OnceLock<Arc<Watch>>,
}

impl Site {
    /// A site that serves `apps`.
    #[must_use]
    pub fn new(apps: Vec<Served>) -> Self {
        process_metrics::begin();
        Self {
            apps,
            descriptions: Vec::new(),
            draining: AtomicBool::new(false),
            nowhere: None,
            metrics: Metrics::default(),
            guards: OnceLock::new(),
            connections: OnceLock::new(),
        }
    }

    /// The same site that answers in this way where there is nothing. On a site of several apps the first
    /// of them decides.
    #[must_use]
    pub fn with_nowhere(self, nowhere: Option<Nowhere>) -> Self {
        Self { nowhere, ..self }
    }

    /// The same site with what its apps say of their routes, to be documented.
    #[must_use]
    pub fn described(self, descriptions: Vec<OpenApi>) -> Self {
        Self {
            descriptions,
            ..self
        }
    }

    /// What the apps say of their routes.
    pub(crate) fn descriptions(&self) -> &[OpenApi] {
        &self.descriptions
    }

    /// The apps being served.
    #[must_use]
    pub fn apps(&self) -> &[Served] {
        &self.apps
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
