//! `/livez`: the process answers. `/readyz`: every store answers too and can be written, and the server is
//! not ending.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use serde::Serialize;
use utoipa::ToSchema;

use crate::file::provenance::Provenance;
use crate::http::{Routes, Served, Site};
use crate::store::{Store, StoreError, Writing};

/// The probes. No limit is around them.
pub(crate) fn probes() -> Routes<Arc<Site>> {
    Routes::new()
        .route("/livez", get(live))
        .route("/readyz", get(ready))
}

/// Whether the server is ready, and each of its apps.
#[derive(Serialize, ToSchema)]
pub(crate) struct Readiness {
    /// `ready`, `unready`, or `draining` after a stop signal.
    status: &'static str,
    apps: Vec<AppReadiness>,
}

/// Whether one app is ready.
#[derive(Serialize, ToSchema)]
struct AppReadiness {
    name: &'static str,
    /// Whether its file can be read, and written by a primary, and it serves requests: an app that rejects
    /// them while none of those that it serves ends is not ready. One that has only no space for writes is.
    ready: bool,
    /// Why a primary cannot store writes, when it cannot.
    #[serde(skip_serializing_if = "Option::is_none")]
    writes: Option<&'static str>,
    /// Rises with each reset of a primary and each reload of a replica.
    generation: u64,
}

/// Whether the process answers
#[utoipa::path(get, path = "/livez", operation_id = "livez", tag = "Service",
    responses((status = 200, description = "It does.", body = String, content_type = "text/plain")))]
pub(crate) async fn live() -> &'static str {
    "ok\n"
}

/// Whether requests can be sent here
///
/// Every store answers, and the server is not ending.
#[utoipa::path(get, path = "/readyz", operation_id = "readyz", tag = "Service",
    responses(
        (status = 200, description = "They can.", body = Readiness),
        (status = 503, description = "They cannot.", body = Readiness),
    ))]
pub(crate) async fn ready(State(site): State<Arc<Site>>) -> Response {
    let apps: Vec<_> = site
        .apps()
        .iter()
        .map(|app| {
            let writing = app.store.writing();
            AppReadiness {
                name: app.name,
                ready: is_ready(app, writing),
                writes: writing.and_then(why_not_written),
                generation: app.store.generation().number(),
            }
        })
        .collect();
    let status = status(site.is_draining(), apps.iter().all(|app| app.ready));
    let code = if status == "ready" {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (code, Json(Readiness { status, apps })).into_response()
}

/// The site's state in a word.
pub(crate) fn status(is_draining: bool, all_ready: bool) -> &'static str {
    match (is_draining, all_ready) {
        (true, _) => "draining",
        (false, true) => "ready",
        (false, false) => "unready",
    }
}

/// Whether an app can be sent requests; `writing` is what its store says of that.
pub(crate) fn is_ready(app: &Served, writing: Option<Writing>) -> bool {
    let fails = writing == Some(Writing::Fails);
    answers(&app.store) && !fails && !app.guard.is_stuck()
}

/// The causes are in the log: this is on the public port.
fn why_not_written(writing: Writing) -> Option<&'static str> {
    match writing {
        Writing::Works => None,
        Writing::Full => Some("There is no space left."),
        Writing::Fails => Some("The storage fails, or the data file is no longer in its place."),
    }
}

/// Whether the store's file can be read.
fn answers(store: &Store) -> bool {
    let probe = store.read(|connection| Ok::<_, StoreError>(Provenance::read(connection)?));
    if let Err(cause) = &probe {
        tracing::warn!(%cause, "a store does not answer");
    }
    matches!(probe, Ok(Some(_)))
}
