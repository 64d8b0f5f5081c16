//! The website: pages for people under `/`, over the same functions as the API.
//!
//! HTML is rendered here from templates that are checked at compile time; every page has an address
//! that can be shared and works without JavaScript. Small modules add what needs it: drawing on the
//! map, counts while choosing, buying without reload. Nothing is loaded from elsewhere, and the policy
//! forbids it. It must hold no search logic of its own.
//!
//! # Layout
//! - `frame`: what surrounds each page; `language`, `strings`, `format`: in which words and numbers
//! - `data`: what pages show, read from the API's answers; `cards`: rows in lists
//! - `top`, `search` (with `conditions`, `paging`), `detail`, `nazotte` (with `map`): the pages
//! - `forms`: what is posted; `errors`: what is shown when something fails
//! - `assets`: style sheet and modules (`assets/`); `templates/`, `strings/`

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
mod paging;
mod search;
mod strings;
mod top;

use axum::extract::RawQuery;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::from_fn;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};

pub(super) use self::errors::not_found_page;
use self::frame::Frame;
pub(super) use self::map::MapCache;
pub(super) use self::top::TopCache;
use super::query::Query;
use super::{Result, Shared};
use crate::http::{HttpError, Routes};

/// What pages may load and where they may send forms: this site. No inline script or style.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
);

/// All pages and what they load.
pub(super) fn routes() -> Routes<Shared> {
    let forms = Routes::new()
        .route("/chair/{id}/buy", post(forms::buy))
        .route("/estate/{id}/request", post(forms::request))
        .route("/language", post(language::choose))
        .layer(from_fn(forms::same_origin));
    let pages = Routes::new()
        .route("/", get(top::top))
        .route("/chair/search", get(search::chairs))
        .route("/estate/search", get(search::estates))
        .route("/estate/nazotte", get(nazotte::nazotte))
        .route("/chair/{id}", get(detail::chair))
        .route("/estate/{id}", get(detail::estate))
        .route("/estate/nazotte/", get(moved_slash))
        .route("/chair/{id}/", get(moved_slash))
        .route("/estate/{id}/", get(moved_slash))
        .route("/chair/detail", get(moved_chair))
        .route("/chair/detail/", get(moved_chair))
        .route("/estate/detail", get(moved_estate))
        .route("/estate/detail/", get(moved_estate))
        .merge(forms)
        .layer(from_fn(errors::for_people));
    Routes::new()
        .route("/assets/{digest}/{name}", get(assets::asset))
        .route("/estate/nazotte/{map}", get(map::picture))
        .merge(pages)
}

/// Headers that all pages go out with.
fn harden(frame: &Frame, mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, POLICY);
    // Without it browsers would say of the site's own forms that they come from nowhere.
    let same_origin = HeaderValue::from_static("same-origin");
    headers.insert(header::REFERRER_POLICY, same_origin);
    headers.append(
        header::VARY,
        HeaderValue::from_static("accept-language, cookie"),
    );
    let language = HeaderValue::from_static(frame.code());
    headers.insert(header::CONTENT_LANGUAGE, language);
    response
}

/// The id in a page's address: there is nothing at any other.
fn page_id(text: &str) -> Result<i64> {
    text.parse().map_err(|_| not_found())
}

fn not_found() -> HttpError {
    HttpError::problem(StatusCode::NOT_FOUND, "There is no such page.")
}

/// The original's addresses end in a slash; and its details have the id in the query.
async fn moved_slash(uri: axum::http::Uri) -> Result<Response> {
    let path = uri.path().trim_end_matches('/');
    let query = uri.query().map(|query| format!("?{query}"));
    moved(&format!("{path}{}", query.unwrap_or_default()))
}

async fn moved_chair(RawQuery(query): RawQuery) -> Result<Response> {
    moved(&format!("/chair/{}", asked_id(query.as_deref())?))
}

async fn moved_estate(RawQuery(query): RawQuery) -> Result<Response> {
    moved(&format!("/estate/{}", asked_id(query.as_deref())?))
}

fn asked_id(query: Option<&str>) -> Result<i64> {
    let query = Query::parse(query);
    page_id(query.text("id").ok_or_else(not_found)?)
}

fn moved(to: &str) -> Result<Response> {
    let to = HeaderValue::try_from(to).map_err(|_| not_found())?;
    let moved = (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, to)]);
    Ok(moved.into_response())
}
