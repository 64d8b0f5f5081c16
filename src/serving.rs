//! From a configuration to what serves it: stores opened, routes and limits as configured, threads.
//!
//! Here, and not in the command line, so that a program that serves beside `ekiben serve` (the load
//! harness does, `benches/load`) serves the same way. It must not know arguments, logs or signals, and
//! bakes nothing: files are there or it is an error.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use thiserror::Error;
use tokio::runtime::{Builder, Runtime};
use utoipa::openapi::OpenApi;

use crate::apps::{self, App};
use crate::config::{Config, Layers};
use crate::file::FileError;
use crate::http::{ClientRate, ConnectionLimits, Limits, Served};
use crate::store::{Retention, Store, StoreError, StoreOptions};

/// Why an app cannot be served.
#[derive(Debug, Error)]
pub enum OpenError {
    /// Its schema cannot be read.
    #[error(transparent)]
    Schema(#[from] FileError),
    /// Its file cannot be served.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Its settings are wrong, or the file is not what it needs.
    #[error("{app}: {cause}")]
    Routes {
        /// The app's name.
        app: &'static str,
        /// What it says.
        cause: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// Opens one app's store over its baked file and builds its routes.
///
/// # Errors
/// See [`OpenError`].
pub fn open(app: &dyn App, baked: &Path, layers: &Layers) -> Result<(Served, Router), OpenError> {
    let config = layers.config();
    let store = Arc::new(Store::open(StoreOptions {
        app: app.name().to_owned(),
        schema: apps::schema(app, config)?,
        baked: baked.to_owned(),
        data_dir: config.data_dir.clone(),
        mode: config.mode,
        durability: config.store.durability,
        inline_readers: u32::try_from(config.workers()).unwrap_or(u32::MAX),
        offloaded_readers: config.offloaded_readers(),
        read_queue: config.store.read_queue,
        read_time: Duration::from_secs(config.limits.request_seconds),
        slow_query: config.log.slow_query(),
        write_queue: config.store.write_queue,
        write_batch: config.store.write_batch,
        retention: retention(config),
        deriver: app.deriver(),
    })?);
    let routes = app
        .routes(Arc::clone(&store), config, &layers.section(app.name()))
        .map_err(|cause| OpenError::Routes {
            app: app.name(),
            cause,
        })?;
    let name = app.name();
    Ok((Served { name, store }, routes))
}

/// What apps say of their routes.
///
/// # Errors
/// When the settings of one are wrong.
pub fn descriptions(apps: &[&dyn App], layers: &Layers) -> Result<Vec<OpenApi>, OpenError> {
    let describe = |app: &&dyn App| {
        app.describe(layers.config(), &layers.section(app.name()))
            .map_err(|cause| OpenError::Routes {
                app: app.name(),
                cause,
            })
    };
    apps.iter().map(describe).collect()
}

/// How long answers of writes with a key are kept.
#[must_use]
pub fn retention(config: &Config) -> Retention {
    const HOUR: u64 = 60 * 60;
    Retention {
        time: Duration::from_secs(HOUR * u64::from(config.store.idempotency_hours)),
        answers: config.store.idempotency_answers,
    }
}

/// The limits of the HTTP side.
#[must_use]
pub fn limits(config: &Config) -> Limits {
    Limits {
        body_bytes: config.limits.body_bytes,
        concurrent_requests: config.limits.concurrent_requests,
        request_time: Duration::from_secs(config.limits.request_seconds),
        buffered_bytes: config.limits.buffered_bytes,
        client_rate: client_rate(config),
        compress_above_bytes: config
            .http
            .compression
            .then_some(config.http.compress_above_bytes),
        cors_origins: config.http.cors_origins.clone(),
        server_timing: config.http.server_timing,
    }
}

fn client_rate(config: &Config) -> Option<ClientRate> {
    let requests_per_second = config.limits.client_requests_per_second;
    (requests_per_second > 0.0).then(|| ClientRate {
        requests_per_second,
        burst: config.limits.client_burst,
        trusted_proxies: config.http.trusted_proxies.clone(),
        address_header: config.http.client_address_header,
    })
}

/// The limits of connections.
#[must_use]
pub fn connection_limits(config: &Config) -> ConnectionLimits {
    let limits = &config.limits;
    ConnectionLimits {
        connections: limits.connections,
        head_bytes: limits.head_bytes,
        head_time: Duration::from_secs(limits.head_seconds),
        idle_time: Duration::from_secs(limits.idle_seconds),
        answer_time: Duration::from_secs(limits.answer_seconds),
        request_time: Duration::from_secs(limits.request_seconds),
    }
}

/// Files that the process has open beside its connections, with some to spare: readers of each app,
/// their logs, the runtime's own.
const OTHER_FILES: u64 = 512;

/// Has the system allow as many open files as `connections` and the stores need. Returns how many
/// connections there can be, which is fewer where the hard limit is lower.
#[must_use]
pub fn allow_files(connections: usize) -> usize {
    let wanted = (connections as u64).saturating_add(OTHER_FILES);
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let allowed = maximum.map_or(wanted, |maximum| wanted.min(maximum));
    let raised = Rlimit {
        current: Some(allowed),
        maximum,
    };
    let is_enough = current.is_none_or(|current| current >= allowed);
    let files = if is_enough || setrlimit(Resource::Nofile, raised).is_ok() {
        allowed
    } else {
        current.unwrap_or(allowed)
    };
    // Few files leave as many for connections as for all else.
    let left = files.saturating_sub(OTHER_FILES).max(files / 2);
    usize::try_from(left)
        .unwrap_or(connections)
        .min(connections)
}

/// The threads that serve.
///
/// # Errors
/// When they cannot be started.
pub fn runtime(config: &Config) -> io::Result<Runtime> {
    Builder::new_multi_thread()
        .worker_threads(config.workers())
        .enable_all()
        .build()
}
