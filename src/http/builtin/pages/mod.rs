//! Pages for people: `/docs`, the documentation of the API, and `/about`, what is served. With them the
//! document that the former is made from, `/openapi.json`.
//!
//! They are plain HTML with one style sheet: no script, nothing from another host, so their policy
//! allows neither. It must not know SQL or any app.

mod about;
mod kinds;
mod reference;

use std::sync::{Arc, OnceLock};

use askama::Template as _;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use utoipa::openapi::OpenApi;

use super::openapi;
use crate::http::{HttpError, Precompressed, Site};

/// A page needs its style sheet and an icon, and has no business with anything else.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'",
);

const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");

const STYLE: &str = include_str!("style.css");

/// What never changes while the server runs; made when it is first asked for.
pub(crate) struct Pages {
    document: OpenApi,
    compress: bool,
    json: OnceLock<Precompressed>,
    docs: OnceLock<Precompressed>,
    style: OnceLock<Precompressed>,
}

impl Pages {
    pub(crate) fn new(document: OpenApi, compress: bool) -> Self {
        Self {
            document,
            compress,
            json: OnceLock::new(),
            docs: OnceLock::new(),
            style: OnceLock::new(),
        }
    }
}

/// The routes of the pages.
pub(crate) fn routes(site: Arc<Site>, pages: Pages) -> Router {
    let of_pages = Router::new()
        .route("/openapi.json", get(description))
        .route("/docs", get(documentation))
        .route("/docs/style.css", get(style))
        .with_state(Arc::new(pages));
    let about = Router::new().route("/about", get(about_page));
    of_pages.merge(about.with_state(site))
}

/// This description
#[utoipa::path(get, path = "/openapi.json", operation_id = "openapi", tag = "Service",
    responses((status = 200, description = "The API in OpenAPI 3.1.", body = Object,
        headers(("ETag" = String)))))]
pub(crate) async fn description(State(pages): State<Arc<Pages>>, request: HeaderMap) -> Response {
    let json = pages.json.get_or_init(|| {
        let kind = HeaderValue::from_static("application/json");
        Precompressed::new(kind, openapi::to_json(&pages.document).into_bytes())
    });
    json.answer(&request, pages.compress)
}

/// This description, to be read
#[utoipa::path(get, path = "/docs", operation_id = "docs", tag = "Service",
    responses((status = 200, description = "A page.", body = String, content_type = "text/html",
        headers(("ETag" = String)))))]
pub(crate) async fn documentation(
    State(pages): State<Arc<Pages>>,
    request: HeaderMap,
) -> Result<Response, HttpError> {
    let docs = match pages.docs.get() {
        Some(docs) => docs,
        None => {
            let page = reference::page(&pages.document).render();
            let page = page.map_err(HttpError::internal)?;
            pages
                .docs
                .get_or_init(|| Precompressed::new(HTML, page.into_bytes()))
        }
    };
    Ok(with_policy(docs.answer(&request, pages.compress)))
}

async fn style(State(pages): State<Arc<Pages>>, request: HeaderMap) -> Response {
    let style = pages.style.get_or_init(|| {
        let kind = HeaderValue::from_static("text/css; charset=utf-8");
        Precompressed::new(kind, STYLE.into())
    });
    style.answer(&request, pages.compress)
}

/// What is served, to be read
///
/// What `/version` and `/readyz` tell, as a page.
#[utoipa::path(get, path = "/about", operation_id = "about", tag = "Service",
    responses((status = 200, description = "A page.", body = String, content_type = "text/html")))]
pub(crate) async fn about_page(State(site): State<Arc<Site>>) -> Result<Response, HttpError> {
    let page = about::page(&site).render().map_err(HttpError::internal)?;
    let headers = [(header::CONTENT_TYPE, HTML)];
    Ok(with_policy((headers, page).into_response()))
}

fn with_policy(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, POLICY);
    response
}
