//! `ekiben serve`: bakes what is missing, opens the stores, serves until told to stop.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::net::{TcpListener, TcpSocket};
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::arguments::ServeArguments;
use super::bake::{bake_app, file_name};
use super::failure::Failure;
use super::{logging, remark, say, settings, summary};
use crate::apps::{self, App};
use crate::config::{self, Config};
use crate::http::builtin::admin;
use crate::http::transport::server;
use crate::http::transport::server::{Ended, Server};
use crate::http::{ConnectionLimits, Site, Watch};
use crate::serving::{self, Built};

/// Connections of the listener for operators: they are few.
const ADMIN_CONNECTIONS: usize = 64;

/// The exit code when a second signal came: what was answered is safe, what was running is cut off.
const STOPPED_AT_ONCE: i32 = 1;

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
            remark(&format!("warning: {ignored}"));
        }
        return say(&config::print(&layers)?);
    }
    logging::set_up(&config.log)?;
    if let Some(ignored) = ignored {
        tracing::warn!("{ignored}");
    }
    let runtime = serving::runtime(config)
        .map_err(|cause| Failure::other(format!("cannot start the runtime: {cause}")))?;
    // Before anything that takes a while: without them, a signal ends the process or is lost.
    let signals = {
        let _inside = runtime.enter();
        Signals::listen().map_err(|cause| no_signals(&cause))?
    };
    for app in apps {
        bake_missing(app, config)?;
    }
    let Built { site, router } = mounted.open()?;
    log_opened(&site, config);
    let mut connections = serving::connection_limits(config);
    connections.connections = allowed(connections.connections);
    let server = Server {
        site,
        router,
        connections: Watch::new(connections),
        tells_peers: serving::limits(config).client_rate.is_some(),
        delay: Duration::from_secs(config.shutdown.delay_seconds),
        drain_time: Duration::from_secs(config.shutdown.timeout_seconds),
    };
    runtime.block_on(listen(server, config, signals, start))
}

/// Bakes an app's file if there is none.
fn bake_missing(app: &'static dyn App, config: &Config) -> Result<(), Failure> {
    let baked = config.baked_dir().join(file_name(app));
    if !baked.exists() {
        let dataset = apps::dataset(app, config);
        let report = bake_app(app, config, &dataset, &baked)?;
        remark(&summary::report(&report));
    }
    Ok(())
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
    config: &Config,
    signals: Signals,
    start: Instant,
) -> Result<(), Failure> {
    let listener = bind(config.listen).map_err(|cause| {
        Failure::other(format!("cannot listen on {}: {cause}", config.listen))
            .hint("Choose another port with --listen ADDR:PORT, or stop what is using it.")
    })?;
    let address = listener.local_addr().unwrap_or(config.listen);
    let site = &server.site;
    if let Some(listener) = admin_listener(&config.admin)? {
        let routes = admin::routes(
            Arc::clone(site),
            Some(Arc::clone(&server.connections)),
            &config.admin.token,
        );
        let limits = ConnectionLimits {
            connections: ADMIN_CONNECTIONS,
            ..serving::connection_limits(config)
        };
        // Ends with the process: metrics are of interest until then.
        tokio::spawn(server::run_beside(listener, routes, limits));
    }
    let stop = signals.handle(Arc::clone(site));
    let milliseconds = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
    tracing::info!(%address, milliseconds, "listening on http://{address}");
    match server::run(server, listener, stop).await {
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

/// Binds the listener for operators. Its default address may be another server's on the same machine,
/// which is no reason not to serve.
fn admin_listener(admin: &config::Admin) -> Result<Option<TcpListener>, Failure> {
    let Some(address) = admin.listen else {
        return Ok(None);
    };
    match bind(address) {
        Ok(listener) => {
            let bound = listener.local_addr().unwrap_or(address);
            tracing::info!(admin = %bound, "metrics and reload at http://{bound}");
            Ok(Some(listener))
        }
        Err(cause) if address == config::DEFAULT_ADMIN => {
            tracing::warn!(taken = %address, %cause, "no metrics: the address for operators is taken");
            Ok(None)
        }
        Err(cause) => Err(Failure::other(format!(
            "cannot listen on {address} for operators: {cause}"
        ))
        .hint("Choose another admin.listen, or \"off\".")),
    }
}

/// Connections that wait to be accepted. The usual 128 are gone in one burst, and who comes then tries
/// again a second later; the system's own limit (`net.core.somaxconn`) is usually this.
const BACKLOG: u32 = 4096;

fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4(),
        SocketAddr::V6(_) => TcpSocket::new_v6(),
    }?;
    // Connections of the process before may still be on their way out.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
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
    /// second one does not want to wait for requests.
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
            tokio::spawn(async move {
                stop(&mut terminate, &mut interrupt).await;
                tracing::warn!("stopped at once, by a second signal");
                std::process::exit(STOPPED_AT_ONCE);
            });
        }
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
