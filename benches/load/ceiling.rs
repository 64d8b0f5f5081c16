//! The server of the harness: what `ekiben serve` serves, and one route that no user ever sees.
//!
//! This program starts itself with `--serve-ceiling` and the settings in `EKIBEN_*` variables. Stores,
//! routes, layers, limits, runtime and accept loop are the library's (`ekiben::serving`); all that is
//! added is `/ceiling/{bytes}`, beside the routes of the apps. So endpoint and ceiling are
//! answered by the same process, threads, layers and sockets, and the binary has no route for it.

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::routing::get;
use ekiben::apps;
use ekiben::config::{Layers, Sources};
use ekiben::http::server::{self, Server};
use ekiben::http::{BoundRoutes, PathParameter, Routes, Watch};
use ekiben::serving::{self, Built};
use tokio::net::TcpListener;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// Larger than any answer of a page of 25 or 50.
const LARGEST: usize = 256 * 1024;

pub(crate) fn serve() {
    let app_defaults = apps::ALL
        .iter()
        .map(|app| (app.name().to_owned(), app.default_settings()));
    let sources = Sources {
        app_defaults: app_defaults.collect(),
        environment: std::env::vars().collect(),
        ..Sources::default()
    };
    let layers = Layers::load(&sources).unwrap();
    let config = layers.config();
    // As in the command line: what a log statement costs depends on there being a filter.
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .json();
    tracing_subscriber::registry()
        .with(lines)
        .with(config.log.filter.parse::<Targets>().unwrap())
        .init();
    let mounted = serving::mount(apps::ALL, &layers).unwrap();
    let Built { site, router } = mounted.beside(ceiling()).open().unwrap();
    let server = Server {
        router,
        site,
        connections: Watch::new(serving::connection_limits(config)),
        tells_peers: false,
        delay: Duration::ZERO,
        drain_time: Duration::ZERO,
    };
    let runtime = serving::runtime(config).unwrap();
    runtime.block_on(async {
        let listener = TcpListener::bind(config.listen).await.unwrap();
        // The line by which `server.rs` learns the address, as the binary's log has it.
        let address = listener.local_addr().unwrap();
        eprintln!("{{\"address\":\"{address}\"}}");
        server::run(server, listener, std::future::pending()).await;
    });
}

fn ceiling() -> BoundRoutes {
    let path = "/ceiling/{bytes}";
    Routes::new()
        .route(path, get(prebuilt))
        .direct(Method::GET, path, prebuilt)
        .with_state(Bytes::from(vec![b'x'; LARGEST]))
}

/// No copy: a slice of the one body.
async fn prebuilt(
    State(body): State<Bytes>,
    PathParameter(bytes): PathParameter,
) -> ([(HeaderName, HeaderValue); 3], Bytes) {
    // What answers with data go out with.
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (
            header::ETAG,
            HeaderValue::from_static("\"0123456789abcdef.1.0\""),
        ),
    ];
    (headers, body.slice(..bytes.parse::<usize>().unwrap()))
}
