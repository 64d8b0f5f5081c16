//! `/version`: which build serves which data (ARCHITECTURE.md, invariant 2).

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::routing::get;
use serde::Serialize;
use utoipa::ToSchema;

use crate::config::Mode;
use crate::file::provenance::Provenance;
use crate::http::{Routes, Site};

/// The route.
pub(crate) fn routes() -> Routes<Arc<Site>> {
    Routes::new().route("/version", get(version))
}

/// Which build serves which data.
#[derive(Serialize, ToSchema)]
pub(crate) struct Version {
    name: &'static str,
    version: &'static str,
    /// The commit that the binary was built from, if the build knew it.
    #[schema(required)]
    commit: Option<&'static str>,
    /// The version of SQLite in it.
    sqlite: &'static str,
    /// By name.
    apps: BTreeMap<&'static str, AppVersion>,
}

/// Which file is served, and whether it takes writes.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = Mode)]
enum ServedMode {
    Primary,
    Replica,
}

impl From<Mode> for ServedMode {
    fn from(mode: Mode) -> Self {
        match mode {
            Mode::Primary => Self::Primary,
            Mode::Replica => Self::Replica,
        }
    }
}

/// Which data one app serves.
#[derive(Serialize, ToSchema)]
struct AppVersion {
    mode: ServedMode,
    generation: u64,
    provenance: Provenance,
}

/// Which build serves which data
#[utoipa::path(get, path = "/version", operation_id = "version", tag = "Service",
    responses((status = 200, description = "The build, and where each app's data came from.",
        body = Version)))]
pub(crate) async fn version(State(site): State<Arc<Site>>) -> Json<Version> {
    let app = |app: &crate::http::Served| {
        let generation = app.store.generation();
        let version = AppVersion {
            mode: app.store.mode().into(),
            generation: generation.number(),
            provenance: generation.provenance().clone(),
        };
        (app.name, version)
    };
    Json(Version {
        name: env!("CARGO_PKG_NAME"),
        version: env!("CARGO_PKG_VERSION"),
        commit: crate::release::commit(),
        sqlite: rusqlite::version(),
        apps: site.apps().iter().map(app).collect(),
    })
}
