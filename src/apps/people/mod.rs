//! People: the passengers of the Titanic, as a drop-in for a small Connexion service.
//!
//! Five endpoints over one table, with the original's two families of errors and its order of checks;
//! where it leaks, crashes or corrupts, a clear refusal takes the place of that (docs/migrating-from-flask.md
//! lists each case). Beyond the original: pages, filters, sorting, CSV, entity tags, idempotency keys.
//!
//! # Layout
//! - `columns`: the columns, their names in JSON, SQL and queries; `person`: one person as JSON
//! - `body` (with `shape`, `json`, `python`): what bodies must be, in the original's words
//! - `model`: what a person must be; `write`: POST, PUT, DELETE
//! - `read`: one person, lists and CSV; `query`: filters, sorting and pages; `select`: their SQL
//! - `problem`: the two families of errors; `not_found`: 404 and 405
//! - `passengers`: the CSV file of the dataset
//! - `description` (with `described`): what all these say of themselves, with examples

mod body;
mod columns;
mod described;
mod description;
mod json;
mod model;
mod not_found;
mod passengers;
mod person;
mod problem;
mod python;
mod query;
mod read;
mod select;
mod settings;
mod shape;
mod write;

use std::sync::Arc;

use axum::routing::any;
use utoipa_axum::routes;
use uuid::Uuid;

pub use self::settings::PeopleSettings;
use super::{AppData, MountContext, MountError, Mounted, ServedApp};
use crate::bake::CsvTable;
use crate::config::Mount;
use crate::http::{Entrance, HttpError, RevisionCache, Routes, WorkPool};
use crate::store::Store;

/// What every handler of this app returns.
type Result<T, E = HttpError> = std::result::Result<T, E>;

/// Bytes of single people that are kept ready.
const KEPT_PEOPLE: usize = 16 * 1024 * 1024;
/// Bytes of lists that are kept ready, room for their encodings included.
const KEPT_LISTS: usize = 16 * 1024 * 1024;

/// What handlers share.
struct Register {
    store: Arc<Store>,
    settings: PeopleSettings,
    /// Where the app is, for links.
    mount: Mount,
    /// What does whatever takes long.
    work: WorkPool,
    people: RevisionCache<Uuid, axum::body::Bytes>,
    /// By form and query.
    lists: RevisionCache<(read::Form, String), read::Page>,
}

type PeopleState = Arc<Register>;

impl AsRef<Store> for Register {
    fn as_ref(&self) -> &Store {
        &self.store
    }
}

/// The app.
#[derive(Debug, Clone, Copy)]
pub struct People;

impl AppData for People {
    fn name(&self) -> &'static str {
        "people"
    }

    fn csv_tables(&self) -> &'static [CsvTable] {
        &[passengers::PASSENGERS]
    }
}

/// Lists have as many addresses as there are conditions.
const ENTRANCE: Entrance = Entrance {
    path: "/people",
    not_for_crawlers: &["/people?", "/people.csv"],
};

impl ServedApp for People {
    type Settings = PeopleSettings;

    fn mount(&self, context: MountContext<PeopleSettings>) -> Result<Mounted, MountError> {
        let MountContext {
            settings,
            mount,
            work,
            ..
        } = context;
        if settings.max_limit == 0 {
            return Err("people.max_limit must be at least 1".into());
        }
        let routes = routes();
        let description = description::describe(routes.description(), &settings)?;
        let state = move |store| {
            Arc::new(Register {
                store,
                settings,
                mount,
                work,
                people: RevisionCache::new(KEPT_PEOPLE),
                lists: RevisionCache::new(KEPT_LISTS),
            })
        };
        let mounted = Mounted::new(routes, description, state);
        let mounted = mounted.with_not_found(not_found::page());
        Ok(mounted.with_entrance(ENTRANCE))
    }
}

fn routes() -> Routes<PeopleState> {
    // Below a person there is nothing, and no path is mended by a redirect.
    Routes::new()
        .operations(routes!(read::list, write::create))
        .operations(routes!(read::csv))
        .operations(routes!(read::one, write::change, write::remove))
        .route("/people/", any(not_found::nothing_here))
        .route("/people//", any(not_found::nothing_here))
        .route("/people//{*rest}", any(not_found::nothing_here))
        .route("/people.csv/", any(not_found::nothing_here))
        .route("/people/{uuid}/", any(not_found::nothing_here))
        .route("/people/{uuid}/{*rest}", any(not_found::nothing_here))
        .method_not_allowed(not_found::no_method)
}
