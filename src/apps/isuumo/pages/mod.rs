//! The website: pages for people under `/`, over the same functions as the API.
//!
//! HTML is rendered here from templates that are checked at compile time; every page has an address
//! that can be shared and works without JavaScript. Small modules add what needs it: drawing on the
//! map, counts while choosing, buying without reload. Nothing is loaded from elsewhere, and the policy
//! forbids it. It must hold no search logic of its own.
//!
//! # Layout
//! - `frame`: what surrounds each page; `language`, `strings`, `format`: in which words and numbers
//! - `addresses`: ids in addresses, and the original's addresses
//! - `data`: what pages show, read from the API's answers; `cards`: rows in lists
//! - `top`, `search` (with `conditions`, `search_request`), `detail`, `nazotte` (with `area`, `map`): the pages
//! - `forms`: what is posted; `errors`: what is shown when something fails
//! - `assets`: style sheet and modules (`assets/`); texts are in `strings/`, templates in the project's
//!   `templates/isuumo/`

mod addresses;
mod area;
mod assets;
mod cards;
mod conditions;
mod data;
mod detail;
mod errors;
mod format;
mod forms;
mod frame;
mod language;
mod map;
mod nazotte;
mod search;
mod search_request;
mod strings;
mod top;

use axum::routing::{get, post};

use self::addresses::{moved_chair, moved_estate, moved_slash};
pub(super) use self::errors::not_found_page;
pub(super) use self::map::MapCache;
pub(super) use self::top::TopCache;
use super::IsuumoState;
use crate::config::Mount;
use crate::http::Routes;
use crate::web::error_page::with_error_pages;

/// All pages and what they load.
pub(super) fn routes(mount: Mount) -> Routes<IsuumoState> {
    let forms = Routes::new()
        .route("/chair/{id}/buy", post(forms::buy))
        .route("/estate/{id}/request", post(forms::request))
        .route("/language", post(language::choose));
    let pages = Routes::new()
        .route("/", get(top::top))
        .route("/chair", get(search::all_chairs))
        .route("/estate", get(search::all_estates))
        .route("/chair/search", get(search::chairs))
        .route("/estate/search", get(search::estates))
        .route("/estate/nazotte", get(nazotte::nazotte))
        .route("/chair/{id}", get(detail::chair))
        .route("/estate/{id}", get(detail::estate))
        .route("/chair/", get(moved_slash))
        .route("/estate/", get(moved_slash))
        .route("/estate/nazotte/", get(moved_slash))
        .route("/chair/{id}/", get(moved_slash))
        .route("/estate/{id}/", get(moved_slash))
        .route("/chair/detail", get(moved_chair))
        .route("/chair/detail/", get(moved_chair))
        .route("/estate/detail", get(moved_estate))
        .route("/estate/detail/", get(moved_estate))
        .merge(forms);
    Routes::new()
        .route("/assets/{digest}/{name}", get(assets::asset))
        .route("/estate/nazotte/{map}", get(map::picture))
        .merge(with_error_pages(pages, errors::Failures(mount)))
}
