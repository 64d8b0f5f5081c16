//! All routes and all layers, in order.

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate as _, SizeAbove};
use tower_http::compression::{CompressionLayer, CompressionLevel};
use utoipa::openapi::OpenApi;

use super::builtin::pages;
use super::builtin::pages::Pages;
use super::builtin::{health, openapi, version};
use super::caching::validators::Nothing;
use super::headers::cors;
use super::headers::response_headers::Manners;
use super::limits::guard::{AppGuard, Guard, admit};
use super::limits::rate_limit::{ClientRate, RateLimit};
use super::observability::metrics::Metrics;
use super::observability::request_log::log_request;
use super::{HttpError, NotFoundPage, Served, Site, WorkPool};
use crate::config::Mount;
use crate::store::Store;

/// The limits and switches of the shared layers.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Largest request body in bytes, where a route does not set its own.
    pub body_bytes: usize,
    /// Requests served at once.
    pub concurrent_requests: usize,
    /// Time that one request gets.
    pub request_time: Duration,
    /// Bytes of bodies that are held at once, of requests and of answers.
    pub buffered_bytes: usize,
    /// Requests that one client may send, if there is a limit.
    pub client_rate: Option<ClientRate>,
    /// Responses from this size on are compressed for clients that accept it; `None` for never.
    pub compress_above_bytes: Option<u16>,
    /// Origins whose pages may call from a browser; `*` for any, none for no other.
    pub cors_origins: Vec<String>,
    /// Whether answers tell how long they took.
    pub server_timing: bool,
}

/// One app, before its routes are joined with those of others.
pub struct AppRoutes {
    /// The app's name.
    pub name: &'static str,
    /// Its data.
    pub store: Arc<Store>,
    /// Where it is.
    pub mount: Mount,
    /// Its routes, by their paths in the app.
    pub routes: Router,
    /// What they say of themselves.
    pub description: OpenApi,
    /// Its own 404 page.
    pub not_found: Option<NotFoundPage>,
}

/// The whole site: `apps`, in their order, with `beside` (routes of no app), the shared routes and the
/// layers around them all. `work` is what the apps do long work with.
pub fn assemble(
    apps: Vec<AppRoutes>,
    beside: Router,
    work: WorkPool,
    limits: &Limits,
) -> (Arc<Site>, Router) {
    let own_guard = Guard::new(limits);
    let guards = Guards {
        limits,
        // One for all: a client has one budget, whatever it asks.
        rate_limit: limits
            .client_rate
            .as_ref()
            .map(RateLimit::new)
            .map(Arc::new),
        metrics: Metrics::default(),
    };
    let mut all = guards.around(beside, &own_guard, NO_APP);
    let not_found = apps.first().and_then(|app| app.not_found.clone());
    let (mut served, mut descriptions) = (Vec::new(), Vec::new());
    for app in apps {
        // One for each app: what overloads one leaves the others their places.
        let guard = Guard::new(limits);
        all = all.merge(guards.around(app.routes, &guard, app.name));
        descriptions.push(app.description);
        served.push(Served {
            name: app.name,
            store: app.store,
            guard,
        });
    }
    let metrics = guards.metrics;
    let site = Arc::new(Site::new(served, own_guard, metrics.clone(), work));
    let all = all
        .merge(builtin(&site, descriptions, limits))
        .fallback(async move |method: Method, uri: Uri, headers: HeaderMap| {
            let page = not_found
                .as_ref()
                .and_then(|page| page(&method, &headers, &uri));
            let response = page.unwrap_or_else(|| no_route(&method, &uri));
            metrics.answered(NO_APP, None, &method, response.status(), Duration::ZERO);
            response
        })
        .method_not_allowed_fallback(no_method);
    (site, layered(all, limits))
}

/// What stands for the app where a request is no app's.
const NO_APP: &str = "-";

/// What guards are made with.
struct Guards<'l> {
    limits: &'l Limits,
    rate_limit: Option<Arc<RateLimit>>,
    metrics: Metrics,
}

impl Guards<'_> {
    /// `routes` behind `guard`, counted as those of `app`.
    fn around(&self, routes: Router, guard: &Guard, app: &'static str) -> Router {
        let guard = AppGuard {
            guard: guard.clone(),
            rate_limit: self.rate_limit.clone(),
            app,
            metrics: self.metrics.clone(),
        };
        routes
            .layer(DefaultBodyLimit::max(self.limits.body_bytes))
            .layer(from_fn_with_state(guard, admit))
    }
}

/// The routes that every site has.
fn builtin(site: &Arc<Site>, descriptions: Vec<OpenApi>, limits: &Limits) -> Router {
    let document = openapi::document(descriptions, limits);
    let compress = limits.compress_above_bytes.is_some();
    let pages = Pages::new(document, compress, site.work().clone());
    let pages = pages::routes(Arc::clone(site), pages);
    Router::new()
        .route("/livez", get(health::live))
        .route("/readyz", get(health::ready))
        .route("/version", get(version::version))
        .with_state(Arc::clone(site))
        .merge(pages)
}

/// The layers around all routes, the innermost first.
fn layered(routes: Router, limits: &Limits) -> Router {
    // Inside the log, so that a panic is logged as the 500 that it is.
    let mut all = routes.layer(CatchPanicLayer::custom(panicked));
    if let Some(bytes) = limits.compress_above_bytes {
        all = all.layer(compression(bytes));
    }
    if let Some(layer) = cors::layer(&limits.cors_origins) {
        all = all.layer(layer);
    }
    let manners = Manners {
        server_timing: limits.server_timing,
    };
    all.layer(from_fn_with_state(manners, outermost))
}

/// One layer for what surrounds all others: each costs a request some allocations.
async fn outermost(State(manners): State<Manners>, request: Request, next: Next) -> Response {
    log_request(request, |request| manners.answer(request, next)).await
}

fn compression(above: u16) -> CompressionLayer<impl tower_http::compression::Predicate> {
    let worth_it = SizeAbove::new(u64::from(above))
        .and(NotForContentType::IMAGES)
        .and(NotForContentType::const_new("application/octet-stream"));
    // The first levels give most of the size for a fraction of the time.
    CompressionLayer::new()
        .quality(CompressionLevel::Fastest)
        .compress_when(worth_it)
}

fn no_route(method: &Method, uri: &Uri) -> Response {
    if *method == Method::OPTIONS && uri.path() == "*" {
        return nothing();
    }
    HttpError::problem(
        StatusCode::NOT_FOUND,
        format!("There is nothing at {}.", uri.path()),
    )
    .into_response()
}

/// The router adds `Allow` to either answer.
pub(crate) async fn no_method(method: Method, uri: Uri) -> Response {
    if method == Method::OPTIONS {
        return nothing();
    }
    let detail = format!("{} does not take {method}.", uri.path());
    HttpError::problem(StatusCode::METHOD_NOT_ALLOWED, detail).into_response()
}

/// 204.
fn nothing() -> Response {
    let mut response = Response::new(Body::new(Nothing));
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the layer wants this signature"
)]
fn panicked(panic: Box<dyn Any + Send>) -> Response {
    HttpError::panicked(&*panic).into_response()
}
