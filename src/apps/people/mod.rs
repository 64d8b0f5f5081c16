//! People: the passengers of the Titanic, as a drop-in for a small Connexion service.
//!
//! Five endpoints over one table, with the original's two families of errors and its order of checks;
//! where it leaks, crashes or corrupts, a clear refusal takes the place of that (docs/migrating-from-flask.md
//! lists each case). Beyond the original: pages, filters, sorting, CSV, entity tags, idempotency keys.
//!
//! # Layout
//! - `columns`: the columns, their names in JSON, SQL and queries; `person`: one person as JSON
//! - `body` (with `shape`, `python`): what bodies must be, in the original's words
//! - `model`: what a person must be; `write`: POST, PUT, DELETE
//! - `read`: one person, lists and CSV; `query`: filters, sorting and pages; `select`: their SQL
//! - `problem`: the two families of errors; `nowhere`: 404 and 405
//! - `passengers`: the CSV file of the dataset; [`generate`]: the project's own
//! - `description`: what all these say of themselves, with examples

mod body;
mod columns;
mod description;
pub mod generate;
mod model;
mod nowhere;
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

use std::io;
use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::routing::{any, get};
use figment::value::Dict;
use utoipa::openapi::OpenApi;
use uuid::Uuid;

pub use self::settings::Settings;
use super::App;
use crate::bake::CsvTable;
use crate::config::{Config, Section, dictionary};
use crate::http::{HttpError, Kept, Nowhere};
use crate::store::Store;

/// What every handler of this app returns.
type Result<T, E = HttpError> = std::result::Result<T, E>;

/// Bytes of single people that are kept ready.
const KEPT_PEOPLE: usize = 16 * 1024 * 1024;
/// Bytes of lists that are kept ready.
const KEPT_LISTS: usize = 8 * 1024 * 1024;

/// What handlers share.
struct Register {
    store: Arc<Store>,
    settings: Settings,
    people: Kept<Uuid, axum::body::Bytes>,
    /// By form and query.
    lists: Kept<(read::Form, String), read::Page>,
}

type Shared = Arc<Register>;

impl AsRef<Store> for Register {
    fn as_ref(&self) -> &Store {
        &self.store
    }
}

/// The app.
#[derive(Debug, Clone, Copy)]
pub struct People;

impl App for People {
    fn name(&self) -> &'static str {
        "people"
    }

    fn csv_tables(&self) -> &'static [CsvTable] {
        &[passengers::PASSENGERS]
    }

    fn default_settings(&self) -> Dict {
        dictionary(&Settings::default())
    }

    fn routes(
        &self,
        store: Arc<Store>,
        _config: &Config,
        settings: &Section,
    ) -> Result<Router, Box<dyn std::error::Error + Send + Sync>> {
        let settings: Settings = settings.extract()?;
        if settings.max_limit == 0 {
            return Err("people.max_limit must be at least 1".into());
        }
        let register = Register {
            store,
            settings,
            people: Kept::new(KEPT_PEOPLE),
            lists: Kept::new(KEPT_LISTS),
        };
        Ok(routes().with_state(Arc::new(register)))
    }

    fn nowhere(&self) -> Option<Nowhere> {
        Some(nowhere::nowhere)
    }

    fn describe(
        &self,
        _config: &Config,
        settings: &Section,
    ) -> Result<OpenApi, Box<dyn std::error::Error + Send + Sync>> {
        let settings: Settings = settings.extract()?;
        Ok(description::describe(&settings)?)
    }

    fn generate(
        &self,
        folder: &Path,
        scale: u32,
        wrote: &mut dyn FnMut(&str, u64),
    ) -> io::Result<()> {
        generate::write_dataset(folder, scale, wrote)
    }
}

fn routes() -> Router<Shared> {
    // Below a person there is nothing, and no path is mended by a redirect.
    Router::new()
        .route("/people", get(read::list).post(write::create))
        .route("/people.csv", get(read::csv))
        .route(
            "/people/{uuid}",
            get(read::one).put(write::change).delete(write::remove),
        )
        .route("/people/", any(nowhere::nothing_here))
        .route("/people//", any(nowhere::nothing_here))
        .route("/people//{*rest}", any(nowhere::nothing_here))
        .route("/people.csv/", any(nowhere::nothing_here))
        .route("/people/{uuid}/", any(nowhere::nothing_here))
        .route("/people/{uuid}/{*rest}", any(nowhere::nothing_here))
        .method_not_allowed_fallback(nowhere::no_method)
}
