//! What is being served: the apps with their stores, what has been asked of them, and whether the
//! server is on its way out.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

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

/// Everything that health and version report about.
pub struct Site {
    apps: Vec<Served>,
    draining: AtomicBool,
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
            draining: AtomicBool::new(false),
            metrics: Metrics::default(),
            guard: OnceLock::new(),
            connections: OnceLock::new(),
        }
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
