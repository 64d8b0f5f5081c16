//! Pages for people: `/docs`, the documentation of the API, and `/about`, what is served. With them the
//! document that the former is made from, `/openapi.json`, and what browsers and crawlers ask every site
//! for: an icon, `/robots.txt`.
//!
//! They are plain HTML with one style sheet: no script, nothing from another host, so their policy
//! allows neither. It must not know SQL or any app.

mod about;
mod addresses;
mod kinds;
mod navigation;
mod reference;

pub use self::navigation::Entrance;
pub(crate) use self::navigation::Navigation;

use std::sync::Arc;

use askama::Template as _;
use axum::extract::{FromRef, State};
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use tokio::sync::OnceCell;
use utoipa::openapi::OpenApi;

use self::addresses::PagesByAddress;
use super::openapi;
use crate::config::PublicUrl;
use crate::http::{HttpError, Precompressed, Routes, Site, WorkPool};

/// A page needs its style sheet and an icon, and has no business with anything else.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'",
);

const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");

const STYLE: &str = include_str!("style.css");
const ICON: &str = include_str!("favicon.svg");

/// What never changes while the server runs; made when it is first asked for.
pub(crate) struct BuiltinPages {
    document: Arc<OpenApi>,
    navigation: Arc<Navigation>,
    compress: bool,
    work: WorkPool,
    json: OnceCell<Precompressed>,
    docs: PagesByAddress,
    style: OnceCell<Precompressed>,
    icon: OnceCell<Precompressed>,
    robots: OnceCell<Precompressed>,
}

impl BuiltinPages {
    /// Those at `host`, if it is a name of its own.
    pub(crate) fn new(
        document: OpenApi,
        navigation: Navigation,
        (public_url, host): (Option<&PublicUrl>, Option<&str>),
        compress: bool,
        work: WorkPool,
    ) -> Self {
        Self {
            document: Arc::new(document),
            navigation: Arc::new(navigation),
            compress,
            work,
            json: OnceCell::new(),
            docs: PagesByAddress::new(public_url, host),
            style: OnceCell::new(),
            icon: OnceCell::new(),
            robots: OnceCell::new(),
        }
    }

    /// The document of `cell`, made of the description by the pool if it is not there yet: packing it as
    /// small as can be takes a quarter of a second.
    async fn answer(
        &self,
        cell: &OnceCell<Precompressed>,
        request: &HeaderMap,
        make: impl FnOnce(&OpenApi) -> Result<Precompressed, HttpError> + Send + 'static,
    ) -> Result<Response, HttpError> {
        let made = cell.get_or_try_init(async || {
            let document = Arc::clone(&self.document);
            self.work.run(move || make(&document)).await?
        });
        Ok(made.await?.answer(request, self.compress))
    }
}

/// What the handlers of the pages share.
#[derive(Clone)]
pub(crate) struct PagesState {
    site: Arc<Site>,
    pages: Arc<BuiltinPages>,
}

impl PagesState {
    pub(crate) fn new(site: &Arc<Site>, pages: BuiltinPages) -> Self {
        Self {
            site: Arc::clone(site),
            pages: Arc::new(pages),
        }
    }
}

impl FromRef<PagesState> for Arc<Site> {
    fn from_ref(state: &PagesState) -> Self {
        Self::clone(&state.site)
    }
}

impl FromRef<PagesState> for Arc<BuiltinPages> {
    fn from_ref(state: &PagesState) -> Self {
        Self::clone(&state.pages)
    }
}

/// The routes of the pages.
pub(crate) fn routes() -> Routes<PagesState> {
    Routes::new()
        .route("/openapi.json", get(description))
        .route("/docs", get(documentation))
        .route("/docs/style.css", get(style))
        .route("/favicon.svg", get(icon))
        // What browsers ask for beside JSON and pictures.
        .route("/favicon.ico", get(icon))
        .route("/robots.txt", get(robots))
        .route("/about", get(about_page))
}

/// This description
#[utoipa::path(get, path = "/openapi.json", operation_id = "openapi", tag = "Service",
    responses((status = 200, description = "The API in OpenAPI 3.1.", body = Object,
        headers(("ETag" = String)))))]
pub(crate) async fn description(
    State(pages): State<Arc<BuiltinPages>>,
    request: HeaderMap,
) -> Result<Response, HttpError> {
    let make = |document: &OpenApi| {
        let kind = HeaderValue::from_static("application/json");
        Ok(Precompressed::new(
            kind,
            openapi::to_json(document).into_bytes(),
        ))
    };
    pages.answer(&pages.json, &request, make).await
}

/// This description, to be read
#[utoipa::path(get, path = "/docs", operation_id = "docs", tag = "Service",
    responses((status = 200, description = "A page.", body = String, content_type = "text/html",
        headers(("ETag" = String)))))]
pub(crate) async fn documentation(
    State(pages): State<Arc<BuiltinPages>>,
    uri: Uri,
    request: HeaderMap,
) -> Result<Response, HttpError> {
    let (address, page) = pages.docs.of(&uri, &request);
    let navigation = Arc::clone(&pages.navigation);
    let make = move |document: &OpenApi| {
        let page = reference::page(document, &navigation, &address).render();
        let page = page.map_err(HttpError::internal)?;
        Ok(Precompressed::new(HTML, page.into_bytes()))
    };
    let docs = pages.answer(&page, &request, make).await?;
    Ok(with_policy(docs))
}

async fn style(
    State(pages): State<Arc<BuiltinPages>>,
    request: HeaderMap,
) -> Result<Response, HttpError> {
    let make = |_: &OpenApi| {
        let kind = HeaderValue::from_static("text/css; charset=utf-8");
        Ok(Precompressed::new(kind, STYLE.into()))
    };
    pages.answer(&pages.style, &request, make).await
}

async fn icon(
    State(pages): State<Arc<BuiltinPages>>,
    request: HeaderMap,
) -> Result<Response, HttpError> {
    let make = |_: &OpenApi| {
        let kind = HeaderValue::from_static("image/svg+xml");
        Ok(Precompressed::new(kind, ICON.into()))
    };
    pages.answer(&pages.icon, &request, make).await
}

async fn robots(
    State(pages): State<Arc<BuiltinPages>>,
    request: HeaderMap,
) -> Result<Response, HttpError> {
    let rules = pages.navigation.robots();
    let make = move |_: &OpenApi| {
        let kind = HeaderValue::from_static("text/plain; charset=utf-8");
        Ok(Precompressed::new(kind, rules.into_bytes()))
    };
    pages.answer(&pages.robots, &request, make).await
}

/// What is served, to be read
///
/// What `/version` and `/readyz` tell, as a page.
#[utoipa::path(get, path = "/about", operation_id = "about", tag = "Service",
    responses((status = 200, description = "A page.", body = String, content_type = "text/html")))]
pub(crate) async fn about_page(
    State(site): State<Arc<Site>>,
    State(pages): State<Arc<BuiltinPages>>,
) -> Result<Response, HttpError> {
    let page = about::page(&site, &pages.navigation).render();
    let page = page.map_err(HttpError::internal)?;
    let headers = [(header::CONTENT_TYPE, HTML)];
    Ok(with_policy((headers, page).into_response()))
}

fn with_policy(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, POLICY);
    response
}
