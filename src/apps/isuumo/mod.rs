//! ISUUMO, the chair and estate search of ISUCON10, as a drop-in for its reference implementation.
//!
//! The contract (endpoints, statuses, field names, order) is that of the original's Go version; where
//! the versions differ, Go's answer is given. This file holds the routes; each endpoint or pair of
//! endpoints has a file, named by what a user would call it. Errors that the contract names have
//! empty bodies; what it does not know (limits, overload) is a problem document.
//!
//! # Layout
//! - `chair`, `estate`: the two objects, their columns and JSON; `by_id`: one of them
//! - `catalogue`: the lists in memory, derived from the file
//! - `search`: the two searches; `query`, `criteria`: parameters to conditions to sets, or to SQL
//! - `browse`: the lists of the pages, by words and in several orders
//! - `low_priced`, `recommended`, `nazotte` (with `polygon`, `point_tree`): the other lists
//! - `purchase`: buying a chair and requesting documents; `body`: how bodies are read
//! - `upload` (with `records`): CSV uploads; `initialize`: back to the baked data
//! - `conditions`: the two condition documents; `condition_endpoints`: how they are asked for
//! - `description`: what all these say of themselves, with examples
//! - `bots`: whom [`IsuumoSettings::shed_bots`] turns away
//! - `images`: pictures drawn from their names, by the crate `pictures`; `looks`: what a chair's shows
//! - `pages`: the website under `/`, made of the above

mod body;
mod bots;
mod browse;
mod by_id;
mod catalogue;
mod chair;
mod condition_endpoints;
mod conditions;
mod criteria;
mod description;
mod estate;
mod form_file;
mod images;
mod initialize;
mod looks;
mod low_priced;
mod nazotte;
mod pages;
mod point_tree;
mod polygon;
mod purchase;
mod query;
mod recommended;
mod records;
mod search;
mod settings;
mod upload;

use std::sync::Arc;

use axum::http::{Method, StatusCode};
use axum::middleware::from_fn;
use pictures::PictureCache;
use utoipa_axum::routes;

pub use self::settings::IsuumoSettings;
use super::{AppData, MountContext, MountError, Mounted, ServedApp};
use crate::config::{Mount, PublicUrl};
use crate::http::{Entrance, HttpError, RevisionCache, Routes, WorkPool};
use crate::store::{Deriver, Store};
use crate::web::cookie::CookieScope;

/// What every handler of this app returns.
type Result<T, E = HttpError> = std::result::Result<T, E>;

/// Bytes of chairs' sides that are cached: those of some 50,000 chairs.
const CACHED_SIDES: usize = 2 * 1024 * 1024;

/// What handlers share.
struct Isu {
    store: Arc<Store>,
    /// Where the app is.
    mount: Mount,
    settings: IsuumoSettings,
    /// The two shorter sides of chairs, by id.
    sides: RevisionCache<i64, [i64; 2]>,
    pictures: PictureCache,
    maps: pages::MapCache,
    tops: pages::TopCache,
    /// What does whatever takes long.
    work: WorkPool,
    /// Where the cookies of the pages belong.
    cookies: CookieScope,
    /// Whether answers may be compressed.
    compress: bool,
}

type IsuumoState = Arc<Isu>;

impl AsRef<Store> for Isu {
    fn as_ref(&self) -> &Store {
        &self.store
    }
}

/// The app.
#[derive(Debug, Clone, Copy)]
pub struct Isuumo;

impl AppData for Isuumo {
    fn name(&self) -> &'static str {
        "isuumo"
    }

    fn documents(&self) -> &'static [&'static str] {
        &[conditions::CHAIR_DOCUMENT, conditions::ESTATE_DOCUMENT]
    }

    /// What is bought and uploaded is nobody's, and listings may show it late.
    fn reads_from_replicas(&self) -> bool {
        true
    }

    fn deriver(&self) -> Option<&'static dyn Deriver> {
        Some(&catalogue::Cataloguer)
    }
}

/// Searches have as many addresses as there are conditions, and answer the same rows over and over.
const ENTRANCE: Entrance = Entrance {
    path: "/",
    not_for_crawlers: &[
        "/api/",
        "/initialize",
        "/chair?",
        "/chair/search?",
        "/estate?",
        "/estate/search?",
        "/estate/nazotte?",
    ],
};

impl ServedApp for Isuumo {
    type Settings = IsuumoSettings;

    fn mount(&self, context: MountContext<IsuumoSettings>) -> Result<Mounted, MountError> {
        let routes = routes(context.mount.clone(), context.upload_bytes);
        let description = description::describe(routes.description(), &context)?;
        let MountContext {
            settings,
            mount,
            public_url,
            compress,
            work,
            ..
        } = context;
        let is_https = public_url.as_ref().is_some_and(PublicUrl::is_https);
        let routes = match settings.shed_bots {
            true => routes.layer(from_fn(bots::shed)),
            false => routes,
        };
        let not_found = pages::not_found_page(mount.clone());
        let state = move |store| {
            Arc::new(Isu {
                store,
                cookies: CookieScope::new(mount.cookie_path(), is_https),
                mount,
                settings,
                sides: RevisionCache::new(CACHED_SIDES),
                pictures: PictureCache::default(),
                maps: pages::MapCache::default(),
                tops: pages::TopCache::default(),
                work,
                compress,
            })
        };
        let mounted = Mounted::new(routes, description, state);
        let mounted = mounted.with_not_found(not_found);
        Ok(mounted.with_entrance(ENTRANCE))
    }
}

fn routes(mount: Mount, upload_bytes: usize) -> Routes<IsuumoState> {
    let upload = |operations| {
        let routes = Routes::new().operations(operations);
        routes.body_limit(upload_bytes)
    };
    Routes::new()
        .operations(routes!(search::chairs))
        .direct(Method::GET, "/api/chair/search", search::chairs)
        .operations(routes!(low_priced::chairs))
        .direct(Method::GET, "/api/chair/low_priced", low_priced::chairs)
        .operations(routes!(condition_endpoints::chair))
        .direct(
            Method::GET,
            "/api/chair/search/condition",
            condition_endpoints::chair,
        )
        .operations(routes!(by_id::chair))
        .direct(Method::GET, "/api/chair/{id}", by_id::chair)
        .operations(routes!(purchase::buy))
        .merge(upload(routes!(upload::chairs)))
        .operations(routes!(search::estates))
        .direct(Method::GET, "/api/estate/search", search::estates)
        .operations(routes!(low_priced::estates))
        .direct(Method::GET, "/api/estate/low_priced", low_priced::estates)
        .operations(routes!(condition_endpoints::estate))
        .direct(
            Method::GET,
            "/api/estate/search/condition",
            condition_endpoints::estate,
        )
        .operations(routes!(by_id::estate))
        .direct(Method::GET, "/api/estate/{id}", by_id::estate)
        .operations(routes!(nazotte::nazotte))
        .direct(Method::POST, "/api/estate/nazotte", nazotte::nazotte)
        .operations(routes!(recommended::recommended))
        .direct(
            Method::GET,
            "/api/recommended_estate/{id}",
            recommended::recommended,
        )
        .operations(routes!(purchase::request_documents))
        .merge(upload(routes!(upload::estates)))
        .operations(routes!(images::picture))
        .operations(routes!(initialize::initialize))
        .operations(routes!(estate::health_check))
        .merge(pages::routes(mount))
}

/// The id in a path, as the original reads it: an optional sign and digits, 64 bits.
fn path_id(text: &str) -> Result<i64> {
    text.parse().map_err(|_| bad_request())
}

/// 400 with an empty body, the contract's answer to most things that are wrong with a request.
fn bad_request() -> HttpError {
    HttpError::bare(StatusCode::BAD_REQUEST)
}
