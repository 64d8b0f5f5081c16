//! The site: pages for people under `/`, over the same functions as the API, at the addresses that front
//! ends of RealWorld have.
//!
//! HTML is rendered here from templates that are checked at compile time, and every page works without
//! JavaScript; small modules add favorites and follows without reload, and initials for lost pictures.
//! Who visits is told by a session cookie. What users write is shown as text, but for articles, which are
//! Markdown. It must hold no rule of its own about what may be written: forms become the bodies that the
//! API takes.
//!
//! # Layout
//! - `frame`: what surrounds each page; `visitor`: who visits; `language`, `strings`, `format`: words
//! - `addresses`: paths of pages
//! - `data`: what pages show, read from the API's answers; `cards`: parts of pages; `markdown`
//! - `home`, `article`, `profile`, `editor`, `settings`, `sign_in`: the pages and their forms; `toggles`:
//!   favorites and follows
//! - `posted`, `terms`: what becomes of forms, and that they are done once
//! - `errors`: what is shown when something fails
//! - `assets`: style sheet and modules (`assets/`); texts are in `strings/`, templates in the project's
//!   `templates/conduit/`

mod addresses;
mod article;
mod assets;
mod cards;
mod data;
mod editor;
mod errors;
mod format;
mod frame;
mod home;
mod language;
mod markdown;
mod posted;
mod profile;
mod settings;
mod sign_in;
mod strings;
mod terms;
mod toggles;
mod visitor;

use axum::routing::{delete, get, post};

pub(super) use self::errors::{Failures, not_found};
use super::BlogState;
pub(super) use crate::auth::visitor::authenticate;
use crate::http::Routes;
use crate::web::error_page::with_error_pages;
use crate::web::form::method_override;

/// All pages.
pub(super) fn routes(failures: Failures) -> Routes<BlogState> {
    let liked = post(toggles::like).delete(toggles::like);
    let followed = post(toggles::follow).delete(toggles::follow);
    let pages = Routes::new()
        .route("/", get(home::home))
        .route("/tag/{tag}", get(home::tag))
        .route("/login", get(sign_in::sign_in).post(sign_in::enter))
        .route("/register", get(sign_in::sign_up).post(sign_in::register))
        .route("/logout", post(sign_in::sign_out))
        .route("/settings", get(settings::show).post(settings::save))
        .route("/editor", get(editor::new).post(editor::create))
        .route("/editor/{slug}", get(editor::edit).post(editor::change))
        .route(
            "/article/{slug}",
            method_override(get(article::show).delete(article::remove)),
        )
        .route("/article/{slug}/favorite", method_override(liked))
        .route("/article/{slug}/comments", post(article::comment))
        .route(
            "/article/{slug}/comments/{id}",
            method_override(delete(article::remove_comment)),
        )
        .route("/profile/{username}", get(profile::own))
        .route("/profile/{username}/favorites", get(profile::favorites))
        .route("/profile/{username}/follow", method_override(followed))
        .route("/language", post(language::choose));
    with_error_pages(pages, failures)
}

/// What the pages load, the same for every visitor.
pub(super) fn assets() -> Routes<BlogState> {
    Routes::new().route("/assets/{digest}/{name}", get(assets::asset))
}
