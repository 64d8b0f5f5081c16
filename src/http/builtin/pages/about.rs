//! `/about`: which build serves which data, and how it is, for people.
//!
//! The same facts as `/version` and `/readyz`, which are for programs, and no others: the page is on the
//! public port. So it names no path, no address and no setting.

use std::time::Duration;

use askama::Template;
use indicatif::{HumanBytes, HumanCount, HumanDuration};

use super::navigation::Navigation;
use crate::config::Mode;
use crate::http::builtin::health;
use crate::http::observability::process_metrics;
use crate::http::{Served, Site};

#[derive(Template)]
#[template(path = "builtin/about.html")]
pub(super) struct About<'p> {
    navigation: &'p Navigation,
    version: &'static str,
    commit: Option<&'static str>,
    sqlite: &'static str,
    status: &'static str,
    uptime: String,
    apps: Vec<AppFacts>,
}

struct AppFacts {
    name: &'static str,
    is_ready: bool,
    mode: &'static str,
    generation: u64,
    dataset_digest: String,
    schema_digest: String,
    schema_version: u32,
    bake_time: String,
    importer: String,
    /// Tables and the rows that they had when they were baked.
    rows: Vec<(String, String)>,
    inputs: Vec<InputFacts>,
}

struct InputFacts {
    name: String,
    size: String,
    sha256: String,
}

pub(super) fn page<'p>(site: &Site, navigation: &'p Navigation) -> About<'p> {
    let apps: Vec<_> = site.apps().iter().map(facts).collect();
    let all_ready = apps.iter().all(|app| app.is_ready);
    About {
        navigation,
        version: env!("CARGO_PKG_VERSION"),
        commit: crate::release::commit(),
        sqlite: rusqlite::version(),
        status: health::status(site.is_draining(), all_ready),
        uptime: HumanDuration(Duration::from_secs(process_metrics::uptime().as_secs())).to_string(),
        apps,
    }
}

fn facts(app: &Served) -> AppFacts {
    let generation = app.store.generation();
    let provenance = generation.provenance().clone();
    let rows = provenance.rows.into_iter();
    let inputs = provenance.inputs.into_iter();
    AppFacts {
        name: app.name,
        is_ready: health::is_ready(app, app.store.writing()),
        mode: match app.store.mode() {
            Mode::Primary => "primary: takes writes",
            Mode::Replica => "replica: read-only",
        },
        generation: generation.number(),
        dataset_digest: provenance.dataset_digest,
        schema_digest: provenance.schema_digest,
        schema_version: provenance.schema_version,
        bake_time: provenance.bake_time,
        importer: provenance.importer,
        rows: rows
            .map(|(table, rows)| (table, HumanCount(rows).to_string()))
            .collect(),
        inputs: inputs
            .map(|input| InputFacts {
                name: input.name,
                size: HumanBytes(input.bytes).to_string(),
                sha256: input.sha256,
            })
            .collect(),
    }
}
