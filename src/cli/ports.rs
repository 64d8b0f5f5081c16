//! The addresses that `serve` listens on, bound before anything that takes a while.
//!
//! Binding first makes a taken port cost nothing. Listening last has clients refused, as by a server that
//! is not there, until there is one to answer them: a probe that only connects must not take a bake for a
//! server. It must not know what is served.

use std::io;
use std::net::SocketAddr;

use tokio::net::{TcpListener, TcpSocket};

use super::failure::Failure;
use crate::config::{AdminSettings, Config, DEFAULT_ADMIN, MetricsSettings};

/// Connections that wait to be accepted. The usual 128 are gone in one burst, and who comes then tries
/// again a second later; the system's own limit (`net.core.somaxconn`) is usually this.
const BACKLOG: u32 = 4096;

/// Addresses that are bound, and on which nobody is answered yet.
pub(super) struct Ports {
    public: TcpSocket,
    operators: Option<TcpSocket>,
    metrics: Option<TcpSocket>,
}

/// What is listened on.
pub(super) struct Listeners {
    pub(super) public: TcpListener,
    pub(super) operators: Option<TcpListener>,
    pub(super) metrics: Option<TcpListener>,
}

impl Ports {
    /// Binds the addresses of the configuration.
    pub(super) fn bind(config: &Config) -> Result<Self, Failure> {
        Ok(Self {
            public: bind(config.listen).map_err(|cause| taken(config, &cause))?,
            operators: bind_for_operators(&config.admin)?,
            metrics: bind_for_metrics(&config.metrics)?,
        })
    }

    /// The address for clients, with the port that it got.
    pub(super) fn public(&self) -> Option<SocketAddr> {
        self.public.local_addr().ok()
    }

    /// Begins to listen, within a runtime.
    pub(super) fn listen(self, config: &Config) -> Result<Listeners, Failure> {
        // Two processes can bind one address. Only one of them can listen on it.
        let public = self.public.listen(BACKLOG);
        let operators = self.operators.map(|socket| socket.listen(BACKLOG));
        let metrics = self.metrics.map(|socket| socket.listen(BACKLOG));
        Ok(Listeners {
            public: public.map_err(|cause| taken(config, &cause))?,
            operators: match (operators, config.admin.listen) {
                (Some(Ok(listener)), _) => Some(listener),
                (Some(Err(cause)), Some(address)) => {
                    taken_for_operators(address, &cause)?;
                    None
                }
                _ => None,
            },
            metrics: metrics
                .transpose()
                .map_err(|cause| taken_for_metrics(&config.metrics, &cause))?,
        })
    }
}

fn bind(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4(),
        SocketAddr::V6(_) => TcpSocket::new_v6(),
    }?;
    // Connections of the process before may still be on their way out.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}

fn bind_for_operators(admin: &AdminSettings) -> Result<Option<TcpSocket>, Failure> {
    let Some(address) = admin.listen else {
        return Ok(None);
    };
    match bind(address) {
        Ok(socket) => Ok(Some(socket)),
        Err(cause) => taken_for_operators(address, &cause).map(|()| None),
    }
}

fn bind_for_metrics(metrics: &MetricsSettings) -> Result<Option<TcpSocket>, Failure> {
    let bound = metrics.listen.map(bind).transpose();
    bound.map_err(|cause| taken_for_metrics(metrics, &cause))
}

fn taken_for_metrics(metrics: &MetricsSettings, cause: &io::Error) -> Failure {
    let address = metrics.listen.map(|address| address.to_string());
    let address = address.unwrap_or_default();
    Failure::other(format!("cannot listen on {address} for metrics: {cause}"))
        .hint("Choose another metrics.listen, or \"off\".")
}

fn taken(config: &Config, cause: &io::Error) -> Failure {
    Failure::other(format!("cannot listen on {}: {cause}", config.listen))
        .hint("Choose another port with --port, or stop what is using it.")
}

/// The default address of operators may be another server's on the same machine, which is no reason not
/// to serve; one that was chosen is.
fn taken_for_operators(address: SocketAddr, cause: &io::Error) -> Result<(), Failure> {
    if address == DEFAULT_ADMIN {
        tracing::warn!(taken = %address, %cause, "no metrics: the address for operators is taken");
        return Ok(());
    }
    let message = format!("cannot listen on {address} for operators: {cause}");
    Err(Failure::other(message).hint("Choose another admin.listen, or \"off\"."))
}
