//! `/version`: which build serves which data (ARCHITECTURE.md, invariant 2).

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Serialize;

use super::Site;
use crate::bake::provenance::Provenance;
use crate::store::Mode;

#[derive(Serialize)]
pub(super) struct Version {
    name: &'static str,
    version: &'static str,
    /// The commit that the binary was built from, where the build was told.
    commit: Option<&'static str>,
    sqlite: &'static str,
    apps: BTreeMap<&'static str, AppVersion>,
}

#[derive(Serialize)]
struct AppVersion {
    mode: Mode,
    generation: u64,
    provenance: Provenance,
}

pub(super) async fn version(State(site): State<Arc<Site>>) -> Json<Version> {
    let app = |app: &super::Served| {
        let generation = app.store.generation();
        let version = AppVersion {
            mode: app.store.mode(),
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
