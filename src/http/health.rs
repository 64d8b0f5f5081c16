//! `/livez`: the process answers. `/readyz`: every store answers too, and the server is not ending.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;

use super::Site;
use crate::bake::provenance::Provenance;
use crate::store::{Store, StoreError};

#[derive(Serialize)]
struct Readiness {
    status: &'static str,
    apps: Vec<AppReadiness>,
}

#[derive(Serialize)]
struct AppReadiness {
    name: &'static str,
    ready: bool,
    generation: u64,
}

pub(super) async fn live() -> &'static str {
    "ok\n"
}

pub(super) async fn ready(State(site): State<Arc<Site>>) -> Response {
    let apps: Vec<_> = site
        .apps()
        .iter()
        .map(|app| AppReadiness {
            name: app.name,
            ready: answers(&app.store),
            generation: app.store.generation().number(),
        })
        .collect();
    let status = match (site.is_draining(), apps.iter().all(|app| app.ready)) {
        (true, _) => "draining",
        (false, true) => "ready",
        (false, false) => "unready",
    };
    let code = if status == "ready" {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (code, Json(Readiness { status, apps })).into_response()
}

/// Whether the store's file can be read.
fn answers(store: &Store) -> bool {
    let probe = store.read(|connection| Ok::<_, StoreError>(Provenance::read(connection)?));
    if let Err(cause) = &probe {
        tracing::warn!(%cause, "a store does not answer");
    }
    matches!(probe, Ok(Some(_)))
}
