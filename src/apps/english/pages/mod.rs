//! The site: what surrounds each page, and the pages that are no more than pages.
//!
//! HTML is rendered from templates that are checked at compile time, and every page works without JavaScript.
//! What users write is shown as text. It must hold no rule about what may be written.
//!
//! # Layout
//! - `frame`: what surrounds each page; `kept`: pages that are sent again as they were;
//!   `notices`: what is said once; `language`, `strings`: words
//! - `home`: the first page; [`accounts`]: sign-in, sign-up and the own account
//! - `sentence`: the drill; `sentence_list`, `sentence_form`
//! - `score_list`, `score_page`, `score_form`: gradings; `dashboard` (with `chart`)
//! - `errors`: what is shown when something fails; `field_errors`: what is said of wrong fields
//! - `assets`: style sheet and modules (`assets/`); texts are in `strings/`, templates in the project's
//!   `templates/english/`

pub(super) mod accounts;
mod assets;
mod chart;
mod dashboard;
mod errors;
mod field_errors;
pub(super) mod frame;
mod home;
mod kept;
mod language;
pub(super) mod notices;
pub(super) mod score_form;
pub(super) mod score_list;
pub(super) mod score_page;
pub(super) mod sentence;
pub(super) mod sentence_form;
pub(super) mod sentence_list;
mod strings;
pub(super) mod words;

use axum::routing::{get, post};

pub(super) use self::errors::{Failures, not_found};
pub(super) use self::kept::KeptPages;
use super::DrillState;
use crate::http::Routes;

/// The pages of this folder that are no more than pages.
pub(super) fn routes() -> Routes<DrillState> {
    Routes::slashed()
        .route("/accesses/hello", get(home::home))
        .route("/accesses/goodbye", get(home::goodbye))
        .route("/dashboard/index", get(dashboard::index))
        .route("/language", post(language::choose))
        .merge(Routes::new().route("/", get(home::home)))
}

/// What the pages load, the same for every visitor.
pub(super) fn assets() -> Routes<DrillState> {
    Routes::new().route("/assets/{digest}/{name}", get(assets::asset))
}
