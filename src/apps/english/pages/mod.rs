//! The site: what surrounds each page, and the pages that are no more than pages.
//!
//! HTML is rendered from templates that are checked at compile time, and every page works without JavaScript.
//! What users write is shown as text. It must hold no rule about what may be written.
//!
//! # Layout
//! - `frame`: what surrounds each page; `notices`: what is said once; `language`, `strings`: words
//! - `home`: the first page; [`accounts`]: sign-in, sign-up and the own account
//! - `errors`: what is shown when something fails
//! - `assets`: style sheet and modules (`assets/`); texts are in `strings/`, templates in the project's
//!   `templates/english/`

pub(super) mod accounts;
mod assets;
mod errors;
pub(super) mod frame;
mod home;
mod language;
pub(super) mod notices;
mod strings;

use axum::routing::{get, post};

pub(super) use self::errors::{Failures, not_found};
use super::DrillState;
use crate::http::Routes;
use crate::web::error_page::with_error_pages;

/// The pages of this folder.
pub(super) fn routes(failures: Failures) -> Routes<DrillState> {
    let pages = Routes::new()
        .route("/", get(home::home))
        .route("/accesses/hello", get(home::home))
        .route("/language", post(language::choose))
        .merge(accounts::routes());
    with_error_pages(pages, failures)
}

/// What the pages load, the same for every visitor.
pub(super) fn assets() -> Routes<DrillState> {
    Routes::new().route("/assets/{digest}/{name}", get(assets::asset))
}
