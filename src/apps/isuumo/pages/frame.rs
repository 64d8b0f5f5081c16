//! What surrounds every page: who asks in which language, and how a page goes out.

use std::convert::Infallible;

use askama::Template;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{Html, IntoResponse as _, Response};

use super::assets;
use super::language::Language;
use super::strings::Strings;
use crate::apps::isuumo::Result;
use crate::http::HttpError;

/// What the templates of all pages know.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) language: Language,
    /// All texts.
    pub(super) t: &'static Strings,
    /// Where style sheet and modules are.
    pub(super) assets: &'static str,
    /// Where the page is: path and query. The switch of languages comes back to it.
    pub(super) address: String,
}

impl Frame {
    pub(super) fn of(headers: &HeaderMap, uri: &Uri) -> Self {
        let language = Language::of(headers);
        let address = uri.path_and_query().map_or("/", |path| path.as_str());
        Self {
            language,
            t: Strings::of(language),
            assets: assets::folder(),
            address: address.to_owned(),
        }
    }

    /// The same for a page that is at another address than the request.
    pub(super) fn at(self, address: String) -> Self {
        Self { address, ..self }
    }

    pub(super) fn code(&self) -> &'static str {
        self.language.code()
    }

    /// The other languages, by code and name.
    pub(super) fn others(&self) -> Vec<(&'static str, &'static str)> {
        let others = Language::ALL.into_iter();
        let others = others.filter(|language| *language != self.language);
        others
            .map(|language| (language.code(), Strings::of(language).language.as_str()))
            .collect()
    }

    /// Whether this part of the site is where the page is.
    pub(super) fn is_at(&self, path: &str) -> bool {
        self.address.split('?').next() == Some(path)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Frame {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.headers, &parts.uri))
    }
}

/// A page as a response.
pub(super) fn page(status: StatusCode, template: &impl Template) -> Result<Response> {
    let html = template.render().map_err(HttpError::internal)?;
    Ok((status, Html(html)).into_response())
}
