//! What surrounds every page: in which language, where it is, and who visits it.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};

use super::addresses;
use super::assets;
use super::language::BlogLanguage;
use super::strings::BlogStrings;
use super::visitor::Visitor;
use crate::apps::conduit::problem::ConduitError;
use crate::apps::conduit::{BlogState, Result};
use crate::config::Mount;
use crate::http::{PrivateReading, PrivateResponse, Viewer, accepted_values, takes_html};
use crate::web::languages::Languages as _;
use crate::web::layout::{PageAddress, page};
use crate::web::redirect::see_other;

/// What the templates of all pages know.
pub(in crate::apps::conduit) struct PageFrame {
    pub(super) language: BlogLanguage,
    /// All texts.
    pub(super) t: &'static BlogStrings,
    /// Where style sheet and modules are.
    pub(super) assets: String,
    /// Where the page is in the app.
    pub(super) address: PageAddress,
    /// Whether it is known who visits: an error page is made without looking.
    pub(super) is_looked_at: bool,
    pub(super) visitor: Option<Arc<Visitor>>,
    /// Whether it answers a form.
    is_of_form: bool,
    /// Where the app is.
    mount: Mount,
}

impl PageFrame {
    /// The frame of an error page.
    pub(super) fn of(mount: &Mount, headers: &HeaderMap, uri: &Uri) -> Self {
        let language = BlogLanguage::of(headers, None);
        Self {
            language,
            t: BlogStrings::of(language),
            assets: mount.url(&assets::folder()),
            address: PageAddress::of(uri),
            is_looked_at: false,
            visitor: None,
            is_of_form: false,
            mount: mount.clone(),
        }
    }

    /// The same for a page that is at another address than the request.
    pub(super) fn at(self, address: impl Into<String>) -> Self {
        Self {
            address: PageAddress::new(address),
            ..self
        }
    }

    /// The same for what a form is answered.
    pub(super) fn of_form(self) -> Self {
        Self {
            is_of_form: true,
            ..self
        }
    }

    pub(super) fn is_of_form(&self) -> bool {
        self.is_of_form
    }

    /// The address of one of the app's paths, as links have it.
    pub(super) fn url(&self, path: &str) -> String {
        self.mount.url(path)
    }

    /// The address of a page that every site has.
    pub(super) fn site_url(&self, path: &str) -> String {
        self.mount.site_url(path)
    }

    /// The page's own address. Forms and the switch of languages come back to it.
    pub(super) fn here(&self) -> String {
        self.url(self.address.as_str())
    }

    /// Where to sign in and come back.
    pub(super) fn sign_in(&self) -> String {
        self.url(&addresses::sign_in(&self.here()))
    }

    pub(super) fn profile(&self, name: &str) -> String {
        self.url(&addresses::profile(name))
    }

    pub(super) fn code(&self) -> &'static str {
        self.language.code()
    }

    /// The other languages, by code and name.
    pub(super) fn others(&self) -> Vec<(&'static str, &'static str)> {
        let others = self.language.others();
        others
            .map(|language| (language.code(), BlogStrings::of(language).language.as_str()))
            .collect()
    }

    pub(super) fn viewer(&self) -> Viewer {
        let visitor = self.visitor.as_ref();
        visitor.map_or(Viewer::Anonymous, |visitor| visitor.viewer)
    }

    /// The number of who visits.
    pub(super) fn user(&self) -> Option<i64> {
        self.visitor.as_ref().map(|visitor| visitor.id)
    }

    /// Whether the visitor has this name.
    pub(super) fn is(&self, name: &str) -> bool {
        let visitor = self.visitor.as_ref();
        visitor.is_some_and(|visitor| visitor.user == name)
    }

    /// What a form gets that only somebody signed in may send; `page` is where to go on.
    pub(super) fn refuse(&self, headers: &HeaderMap, page: &str) -> Response {
        if wants_json(headers) {
            ConduitError::token("is missing").into_response()
        } else {
            see_other(&self.url(&addresses::sign_in(&self.url(page))))
        }
    }

    /// A page that shows what `reading` read. What holds a token of somebody's forms is stored by nobody.
    pub(super) fn shown(
        &self,
        reading: PrivateReading<'_>,
        template: &impl askama::Template,
    ) -> Result<Response> {
        let page = page(StatusCode::OK, template)?;
        Ok(match self.visitor {
            Some(_) => PrivateResponse::not_stored(page).into_response(),
            None => reading.answer_variant(page, self.code()).into_response(),
        })
    }
}

/// A page with a form, stored by nobody.
pub(super) fn form_page(status: StatusCode, template: &impl askama::Template) -> Result<Response> {
    Ok(PrivateResponse::not_stored(page(status, template)?).into_response())
}

/// Whether the module asks, and not a form: it takes JSON, and no page.
pub(super) fn wants_json(headers: &HeaderMap) -> bool {
    let mut accepted = accepted_values(headers, &header::ACCEPT);
    accepted.any(|(range, weight)| range == "application/json" && weight > 0)
        && !takes_html(headers)
}

impl FromRequestParts<BlogState> for PageFrame {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, blog: &BlogState) -> Result<Self, Infallible> {
        // Says of the answer that it depends on who asks, too.
        let _ = Viewer::from_request_parts(parts, blog).await;
        Ok(Self {
            is_looked_at: true,
            visitor: Visitor::of(&parts.extensions),
            ..Self::of(&blog.mount, &parts.headers, &parts.uri)
        })
    }
}
