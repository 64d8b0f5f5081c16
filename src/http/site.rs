//! What is being served: the apps with their stores, what has been asked of them, and whether the
//! server is on its way out.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use utoipa::openapi::OpenApi;

use super::connection::Watch;
use super::metrics::Metrics;
use super::{Guard, process};
use crate::store::Store;

/// One app with its store.
#[derive(Clone)]
pub struct Served {
    /// The app's name.
    pub name: &'static str,
    /// Its data.
    pub store: Arc<Store>,
}

/// A page for people in place of an error: for a request with these headers and address, or none when
/// it does not ask for pages.
pub type ErrorPage = fn(&HeaderMap, &Uri, StatusCode) -> Option<Response>;

/// Everything that health and version report about.
pub struct Site {
    apps: Vec<Served>,
    /// What the apps say of their routes.
    descriptions: Vec<OpenApi>,
    draining: AtomicBool,
    /// How to say to people that nothing is at an address.
    pub(super) error_page: Option<ErrorPage>,
    /// Requests so far.
    pub(super) metrics: Metrics,
    /// What admits requests, once the routes are built.
    pub(super) guard: OnceLock<Guard>,
    /// The connections of the public listener, once it listens.
    pub(super) connections: OnceLock<Arc<Watch>>,
}

impl Site {
    /// A site that serves `apps`.
    #[must_use]
    pub fn new(apps: Vec<Served>) -> Self {
        process::begin();
        Self {
            apps,
            descriptions: Vec::new(),
            draining: AtomicBool::new(false),
            error_page: None,
            metrics: Metrics::default(),
            guard: OnceLock::new(),
            connections: OnceLock::new(),
        }
    }

    /// The same site that shows browsers this page where there is nothing. A site of several apps has
    /// the page of one of them.
    #[must_use]
    pub fn with_error_page(self, page: Option<ErrorPage>) -> Self {
        Self {
            error_page: page,
            ..self
        }
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
    pub(super) fn descriptions(&self) -> &[OpenApi] {
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
