//! What operators ask for, on a listener of its own: metrics, reload, health.
//!
//! It is never merged into the public router. With a token, every request needs it; the configuration
//! refuses an address that others can reach without one.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Serialize;

use super::{health, version};
use crate::config::Secret;
use crate::http::asked_host::AskedHost;
use crate::http::limits::same_origin::{OwnPages, refuse_foreign};
use crate::http::observability::metrics;
use crate::http::{HttpError, Served, Site, Watch};
use crate::store::StoreError;

/// The routes of the listener for operators, which reports on `site` and on the `connections` of its
/// public listener, if there is one. A `token` that is not set is not asked for.
pub fn routes(site: Arc<Site>, connections: Option<Arc<Watch>>, token: &Secret) -> Router {
    let metrics = get(metrics_text).with_state((Arc::clone(&site), connections));
    let routes = Router::new()
        .route("/metrics", metrics)
        .route("/admin/reload", post(reload))
        .route("/livez", get(health::live))
        .route("/readyz", get(health::ready))
        .route("/version", get(version::version))
        .with_state(site);
    let routes = routes.layer(from_fn(refuse_pages));
    if !token.is_set() {
        return routes.layer(from_fn(loopback_names_only));
    }
    let token = Arc::new(token.clone());
    routes.layer(from_fn_with_state(token, authorize))
}

/// The routes of the listener for who collects metrics: nothing there changes anything or names anybody, so
/// it has no token, and networks decide who reaches it.
pub fn metrics_routes(site: Arc<Site>, connections: Option<Arc<Watch>>) -> Router {
    Router::new().route(
        "/metrics",
        get(metrics_text).with_state((site, connections)),
    )
}

/// No page of a browser is meant to ask for what changes something here.
async fn refuse_pages(request: Request, next: Next) -> Response {
    match refuse_foreign(&request, &OwnPages::default()) {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    }
}

/// Without a token, whoever is on this machine is an operator. A page of a browser on this machine is not:
/// its site may have its own name resolve to this address (DNS rebinding), and then the browser takes what
/// is answered here for the site's own. It still sends that name.
async fn loopback_names_only(request: Request, next: Next) -> Response {
    let asked = AskedHost::of(request.uri(), request.headers());
    // Who says no name at all is no browser.
    if asked.is_none_or(AskedHost::is_loopback) {
        return next.run(request).await;
    }
    let detail = "Without a token, this listener answers to localhost and loopback addresses only.";
    HttpError::problem(StatusCode::MISDIRECTED_REQUEST, detail).into_response()
}

async fn authorize(State(token): State<Arc<Secret>>, request: Request, next: Next) -> Response {
    let given = request.headers().get(header::AUTHORIZATION);
    let given = given.and_then(|value| bearer(value.as_bytes()));
    if given.is_some_and(|given| token.matches(given)) {
        return next.run(request).await;
    }
    let detail = "Send the configured token as Authorization: Bearer TOKEN.";
    let challenge = HeaderValue::from_static("Bearer");
    HttpError::unauthorized(challenge, detail).into_response()
}

/// The token in the header: the scheme's name has no case, and spaces behind it (RFC 9110, 11.4).
fn bearer(credentials: &[u8]) -> Option<&[u8]> {
    const SCHEME: &[u8] = b"Bearer";
    let (scheme, token) = credentials.split_at_checked(SCHEME.len())?;
    let is_bearer = scheme.eq_ignore_ascii_case(SCHEME) && token.starts_with(b" ");
    is_bearer.then(|| token.trim_ascii_start())
}

type MetricsState = (Arc<Site>, Option<Arc<Watch>>);

async fn metrics_text(State((site, connections)): State<MetricsState>) -> Response {
    let connections = connections.as_deref();
    let text = site.metrics.text(&site, connections);
    ([(header::CONTENT_TYPE, metrics::CONTENT_TYPE)], text).into_response()
}

#[derive(Serialize)]
struct Reloaded {
    app: &'static str,
    generation: u64,
    dataset: String,
}

/// Opens newly baked files, of all apps or of the one that `?app=` names; requests in flight finish on the
/// old ones.
async fn reload(State(site): State<Arc<Site>>, uri: Uri) -> Result<Response, HttpError> {
    let query = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    let only = query.into_owned().find(|(name, _)| name == "app");
    let is_meant = |app: &&Served| only.as_ref().is_none_or(|(_, name)| name == app.name);
    let mut reloaded = Vec::new();
    for app in site.apps().iter().filter(is_meant) {
        reloaded.push(reload_app(app).await);
    }
    if let (Some((_, name)), []) = (&only, &reloaded[..]) {
        let detail = format!("No app {name} is served here.");
        return Err(HttpError::problem(StatusCode::NOT_FOUND, detail));
    }
    // What one app cannot do, the others have done all the same.
    let reloaded: Vec<Reloaded> = reloaded.into_iter().collect::<Result<_, _>>()?;
    Ok(Json(reloaded).into_response())
}

/// Reloads an app. Why it could not be is logged, and said too: who asks is an operator.
async fn reload_app(app: &Served) -> Result<Reloaded, HttpError> {
    app.store.reload().await.map_err(|cause| {
        tracing::warn!(app = app.name, %cause, "not reloaded");
        match cause {
            StoreError::HoldsWrites => cause.into(),
            cause => not_reloaded(app.name, &cause),
        }
    })?;
    let generation = app.store.generation();
    let reloaded = Reloaded {
        app: app.name,
        generation: generation.number(),
        dataset: generation.provenance().dataset_digest.clone(),
    };
    tracing::info!(
        app = reloaded.app,
        generation = reloaded.generation,
        dataset = reloaded.dataset,
        "reloaded"
    );
    Ok(reloaded)
}

fn not_reloaded(app: &str, cause: &StoreError) -> HttpError {
    let mut detail = format!("{app} goes on as it was: {cause}.");
    if let Some(hint) = cause.hint() {
        detail.push(' ');
        detail.push_str(hint);
    }
    HttpError::problem(StatusCode::INTERNAL_SERVER_ERROR, detail)
}

/// Reloads all that can be; what fails is logged and goes on as it is. For signals.
pub async fn reload_all(site: &Site) {
    for app in site.apps() {
        // What fails is in the log.
        drop(reload_app(app).await);
    }
}
