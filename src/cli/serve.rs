//! `ekiben serve`: bakes what is missing, opens the stores, serves until told to stop.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use super::arguments::ServeArguments;
use super::bake::{bake_app, file_name};
use super::failure::Failure;
use super::{logging, remark, say, settings, summary};
use crate::apps::{self, App};
use crate::config::{self, Config, Layers};
use crate::http::server::{self, Ended, Server};
use crate::http::{Served, Site, router};
use crate::serving;

pub(super) fn run(arguments: &ServeArguments) -> Result<(), Failure> {
    let start = Instant::now();
    let layers = settings::load_for_serve(arguments)?;
    if arguments.print_config {
        return say(&config::print(&layers)?);
    }
    let config = layers.config();
    let apps: Vec<_> = config
        .apps
        .iter()
        .map(|name| settings::app(name))
        .collect::<Result<_, _>>()?;
    logging::set_up(&config.log)?;
    let (served, routers): (Vec<_>, Vec<_>) = apps
        .into_iter()
        .map(|app| open(app, &layers))
        .collect::<Result<Vec<_>, _>>()?
        .into_iter()
        .unzip();
    let site = Arc::new(Site::new(served));
    let router = router(Arc::clone(&site), routers, &serving::limits(config));
    let drain_time = Duration::from_secs(config.shutdown_seconds);
    let server = Server {
        site,
        router,
        drain_time,
    };
    let runtime = serving::runtime(config)
        .map_err(|cause| Failure::other(format!("cannot start the runtime: {cause}")))?;
    runtime.block_on(listen(server, config, start))
}

/// Opens one app's store, baking its file first if there is none, and builds its routes.
fn open(app: &'static dyn App, layers: &Layers) -> Result<(Served, Router), Failure> {
    let config = layers.config();
    let baked = config.baked_dir().join(file_name(app));
    if !baked.exists() {
        let dataset = apps::dataset(app, config);
        let report = bake_app(app, config, &dataset, &baked)?;
        remark(&summary::report(&report));
    }
    let (served, routes) = serving::open(app, &baked, layers)?;
    let store = &served.store;
    let provenance = store.provenance();
    tracing::info!(
        app = app.name(),
        mode = ?store.mode(),
        baked = %baked.display(),
        generation = store.generation().number(),
        dataset = %provenance.dataset_digest.get(..12).unwrap_or_default(),
        bake_time = %provenance.bake_time,
        "opened"
    );
    Ok((served, routes))
}

async fn listen(server: Server, config: &Config, start: Instant) -> Result<(), Failure> {
    let listener = TcpListener::bind(config.listen).await.map_err(|cause| {
        Failure::other(format!("cannot listen on {}: {cause}", config.listen))
            .hint("Choose another port with --listen ADDR:PORT, or stop what is using it.")
    })?;
    let address = listener.local_addr().unwrap_or(config.listen);
    let stop = stop_signal()?;
    let milliseconds = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
    tracing::info!(%address, milliseconds, "listening on http://{address}");
    let ended = server::run(server, listener, stop)
        .await
        .map_err(|cause| Failure::other(format!("serving failed: {cause}")))?;
    match ended {
        Ended::Drained => tracing::info!("stopped"),
        Ended::CutOff => {
            tracing::warn!(
                seconds = config.shutdown_seconds,
                "stopped, cutting off requests"
            );
        }
    }
    Ok(())
}

/// Completes on SIGTERM or SIGINT.
fn stop_signal() -> Result<impl Future<Output = ()> + Send + 'static, Failure> {
    let listen_for = |kind| {
        signal(kind).map_err(|cause| Failure::other(format!("cannot listen for signals: {cause}")))
    };
    let mut terminate = listen_for(SignalKind::terminate())?;
    let mut interrupt = listen_for(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping: running requests may finish");
    })
}
