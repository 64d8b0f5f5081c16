//! `ekiben serve`: bakes what is missing, opens the stores, serves until a signal to stop.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::arguments::ServeArguments;
use super::bake::bake_missing;
use super::failure::Failure;
use super::output::say;
use super::ports::Ports;
use super::remarks::warn;
use super::{logging, settings, system};
use crate::config::{self, Config};
use crate::file::remove_half_made;
use crate::http::builtin::admin;
use crate::http::transport::server;
use crate::http::transport::server::{Ended, Server};
use crate::http::{ConnectionLimits, Site, Watch};
use crate::serving::{self, Built};

/// Connections of the listener for operators, and of that for metrics: they are few.
const ADMIN_CONNECTIONS: usize = 64;

/// The exit code when a second signal came: what was answered is safe, what was running is cut off.
const STOPPED_AT_ONCE: i32 = 1;

/// Signals to stop that come within this time after the first are the same one.
const ONE_SIGNAL: Duration = Duration::from_secs(1);

pub(super) fn run(arguments: &ServeArguments) -> Result<(), Failure> {
    let start = Instant::now();
    let layers = settings::load_for_serve(arguments)?;
    let config = layers.config();
    let apps = settings::apps(&layers)?;
    // Needs no file: what is wrong with settings is said before anything is baked.
    let mounted = serving::mount(&apps, &layers)?;
    let ignored = settings::ignored(&layers);
    if arguments.print_config {
        if let Some(ignored) = ignored {
            warn(&ignored);
        }
        return say(&config::print(&layers)?);
    }
    logging::set_up(&config.log)?;
    if let Some(ignored) = ignored {
        tracing::warn!("{ignored}");
    }
    system::check_for_server(config)?;
    let runtime = serving::runtime(config).map_err(|cause| {
        Failure::other(format!("cannot start the threads that serve: {cause}"))
            .hint(system::FEW_THREADS)
    })?;
    // Before anything that takes a while: without them, a signal ends the process or is lost.
    let (signals, early) = {
        let _inside = runtime.enter();
        let listen = || Signals::listen().map_err(|cause| no_signals(&cause));
        (listen()?, listen()?)
    };
    let starting = runtime.spawn(end_while_starting(early));
    let ports = Ports::bind(config)?;
    if let Some(address) = ports.public() {
        mounted.listens_on(address);
    }
    for app in apps {
        bake_missing(app, config)?;
    }
    let Built { site, router } = mounted.open()?;
    log_opened(&site, config);
    let mut connections = serving::connection_limits(config);
    connections.connections = allowed(connections.connections);
    let counts_clients = site.counts_clients() || serving::limits(config).client_rate.is_some();
    let server = Server {
        site,
        router,
        connections: Watch::new(connections),
        tells_peers: counts_clients,
        delay: Duration::from_secs(config.shutdown.delay_seconds),
        drain_time: Duration::from_secs(config.shutdown.timeout_seconds),
    };
    let origin = layers.origin("listen");
    starting.abort();
    let ended = runtime.block_on(listen(server, ports, config, &origin, signals, start));
    // What still computes or reads for a client that was cut off is not waited for.
    runtime.shutdown_background();
    ended
}

fn log_opened(site: &Site, config: &Config) {
    for app in site.apps() {
        let store = &app.store;
        let provenance = store.provenance();
        tracing::info!(
            app = app.name,
            mode = ?store.mode(),
            baked = %config.baked_dir().join(format!("{}.sqlite", app.name)).display(),
            generation = store.generation().number(),
            dataset = %provenance.dataset_digest.get(..12).unwrap_or_default(),
            bake_time = %provenance.bake_time,
            "opened"
        );
    }
}

/// Connections as far as the system lets the process have them.
fn allowed(connections: usize) -> usize {
    let allowed = serving::allow_files(connections);
    if allowed < connections {
        tracing::warn!(
            allowed,
            connections,
            "the limit of open files (ulimit -n) allows fewer than limits.connections"
        );
    }
    allowed
}

async fn listen(
    server: Server,
    ports: Ports,
    config: &Config,
    origin: &str,
    signals: Signals,
    start: Instant,
) -> Result<(), Failure> {
    let listeners = ports.listen(config)?;
    let address = listeners.public.local_addr().unwrap_or(config.listen);
    let site = &server.site;
    if let Some(listener) = listeners.operators {
        if let Ok(bound) = listener.local_addr() {
            tracing::info!(admin = %bound, "metrics and reload at http://{bound}");
        }
        let routes = admin::routes(
            Arc::clone(site),
            Some(Arc::clone(&server.connections)),
            &config.admin.token,
        );
        run_beside(listener, routes, config);
    }
    if let Some(listener) = listeners.metrics {
        if let Ok(bound) = listener.local_addr() {
            tracing::info!(metrics = %bound, "metrics for everybody at http://{bound}/metrics");
        }
        let connections = Some(Arc::clone(&server.connections));
        let routes = admin::metrics_routes(Arc::clone(site), connections);
        run_beside(listener, routes, config);
    }
    let stop = signals.handle(Arc::clone(site));
    let milliseconds = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
    let whom = whom(address);
    tracing::info!(%address, origin, milliseconds, "listening on http://{address}{whom}");
    match server::run(server, listeners.public, stop).await {
        Ended::Drained => tracing::info!("stopped"),
        Ended::CutOff => {
            tracing::warn!(
                seconds = config.shutdown.timeout_seconds,
                "stopped, cutting off requests"
            );
        }
    }
    Ok(())
}

/// Serves those who run the site until the process ends: metrics are of interest until then.
fn run_beside(listener: TcpListener, routes: Router, config: &Config) {
    let limits = ConnectionLimits {
        connections: ADMIN_CONNECTIONS,
        ..serving::connection_limits(config)
    };
    tokio::spawn(server::run_beside(listener, routes, limits));
}

/// Who can connect there, and how that is changed.
fn whom(address: SocketAddr) -> String {
    let port = address.port();
    match address.ip() {
        ip if ip.is_loopback() => {
            format!(", for this machine only; for others: --listen 0.0.0.0:{port}")
        }
        ip if ip.is_unspecified() => {
            let which = if ip.is_ipv4() { "IPv4 " } else { "" };
            format!(", on every {which}interface; for this machine only: --listen localhost:{port}")
        }
        _ => ", on this address only".to_owned(),
    }
}

/// What operators and platforms say by signals.
struct Signals {
    hangup: Signal,
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn listen() -> io::Result<Self> {
        Ok(Self {
            hangup: signal(SignalKind::hangup())?,
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    /// SIGHUP opens newly baked files. What is returned completes on SIGTERM or SIGINT; whoever sends a
    /// second one does not want to wait for requests. Some senders deliver one signal twice, to the process
    /// and to its group (GNU `timeout`, npm): within [`ONE_SIGNAL`] it is the same one.
    fn handle(self, site: Arc<Site>) -> impl Future<Output = ()> + Send + 'static {
        let Self {
            mut hangup,
            mut terminate,
            mut interrupt,
        } = self;
        tokio::spawn(async move {
            while hangup.recv().await.is_some() {
                admin::reload_all(&site).await;
            }
        });
        async move {
            stop(&mut terminate, &mut interrupt).await;
            tracing::info!("stopping: running requests may finish");
            let first = Instant::now();
            tokio::spawn(async move {
                while {
                    stop(&mut terminate, &mut interrupt).await;
                    first.elapsed() < ONE_SIGNAL
                } {}
                tracing::warn!("stopped immediately, by a second signal");
                std::process::exit(STOPPED_AT_ONCE);
            });
        }
    }
}

/// Ends the process at a signal to stop while nothing is served yet: a bake or a migration may take longer than
/// anybody waits. What they were making is removed.
fn end_while_starting(signals: Signals) -> impl Future<Output = ()> + Send + 'static {
    let Signals {
        mut terminate,
        mut interrupt,
        ..
    } = signals;
    async move {
        stop(&mut terminate, &mut interrupt).await;
        remove_half_made();
        tracing::info!("stopped before it served; what was being made is removed");
        std::process::exit(0);
    }
}

async fn stop(terminate: &mut Signal, interrupt: &mut Signal) {
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}

fn no_signals(cause: &io::Error) -> Failure {
    Failure::other(format!("cannot listen for signals: {cause}"))
}
