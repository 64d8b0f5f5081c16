//! What surrounds every page: in which language, where it is, and who visits it.

use std::convert::Infallible;
use std::sync::Arc;

use askama::Template;
use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{Html, IntoResponse as _, Response};
use serde_json::json;

use super::assets;
use super::field_errors;
use super::language::DrillLanguage;
use super::notices;
use super::strings::DrillStrings;
use crate::apps::english::learner::Visitor;
use crate::apps::english::parameters::{TOKEN, TOKEN_HEADER};
use crate::apps::english::streaming::{ServiceLink, links};
use crate::apps::english::validation::FieldErrors;
use crate::apps::english::{Drill, DrillState, Result};
use crate::config::Mount;
use crate::http::{HttpError, PrivateResponse, Viewer};
use crate::web::csrf::FormToken;
use crate::web::flash;
use crate::web::languages::Languages as _;
use crate::web::layout::PageAddress;

/// What the templates of all pages know.
pub(in crate::apps::english) struct PageFrame {
    pub(super) language: DrillLanguage,
    /// All texts.
    pub(super) t: &'static DrillStrings,
    /// Where the page is in the app.
    pub(super) address: PageAddress,
    /// Whether it is known who visits: an error page is made without looking.
    pub(super) is_looked_at: bool,
    pub(super) visitor: Option<Arc<Visitor>>,
    /// What a form before left to be said.
    pub(super) notice: Option<&'static notices::Notice>,
    /// The links to where sentences are streamed, for learners.
    pub(super) streaming: Vec<ServiceLink>,
    /// The token of this visitor's forms.
    token: FormToken,
    /// The cookie that a new visitor's token belongs to.
    seed: Option<String>,
    /// Whether anybody can make an account.
    pub(super) takes_sign_ups: bool,
    /// Whether it answers a form.
    is_of_form: bool,
    /// Where the app is.
    mount: Mount,
}

impl PageFrame {
    /// The frame of an error page, for a visitor with this token.
    pub(super) fn of(
        mount: &Mount,
        language: DrillLanguage,
        address: PageAddress,
        (token, seed): (FormToken, Option<String>),
    ) -> Self {
        Self {
            language,
            t: DrillStrings::of(language),
            address,
            is_looked_at: false,
            visitor: None,
            notice: None,
            streaming: Vec::new(),
            token,
            seed,
            takes_sign_ups: false,
            is_of_form: false,
            mount: mount.clone(),
        }
    }

    /// The same for a page that is at another address than the request.
    pub(in crate::apps::english) fn at(self, address: impl Into<String>) -> Self {
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

    /// The same with something that is said of what was just sent.
    pub(super) fn saying(self, notice: &'static notices::Notice) -> Self {
        Self {
            notice: Some(notice),
            ..self
        }
    }

    pub(super) fn is_of_form(&self) -> bool {
        self.is_of_form
    }

    /// The address of one of the app's paths, as links have it.
    pub(in crate::apps::english) fn url(&self, path: &str) -> String {
        self.mount.url(path)
    }

    /// Where style sheet and modules are.
    pub(super) fn assets(&self) -> String {
        self.mount.url(&assets::folder())
    }

    /// The address of a page that every site has.
    pub(super) fn site_url(&self, path: &str) -> String {
        self.mount.site_url(path)
    }

    /// The page's own address. The switch of languages comes back to it.
    pub(super) fn here(&self) -> String {
        self.url(self.address.as_str())
    }

    pub(super) fn code(&self) -> &'static str {
        self.language.code()
    }

    /// The text of the token of this visitor's forms.
    pub(super) fn token(&self) -> &str {
        self.token.text()
    }

    /// What a notice says, in the language of the page.
    pub(super) fn said(&self, notice: &notices::Notice) -> &'static str {
        notice.said_in(self.language)
    }

    /// What is wrong with fields, in the language of the page.
    pub(super) fn explained(&self, errors: &FieldErrors) -> Vec<String> {
        field_errors::explained(errors, self.language)
    }

    /// Whether the visitor may change sentences and words.
    pub(super) fn is_editor(&self) -> bool {
        let visitor = self.visitor.as_ref();
        visitor.is_some_and(|visitor| visitor.user.is_editor)
    }

    /// The other languages, by code and name.
    pub(super) fn others(&self) -> Vec<(&'static str, &'static str)> {
        let others = self.language.others();
        others
            .map(|language| {
                (
                    language.code(),
                    DrillStrings::of(language).language.as_str(),
                )
            })
            .collect()
    }

    /// A page of this frame. It has a token in it, so nobody stores it.
    ///
    /// # Errors
    /// 406 where there is no site.
    pub(in crate::apps::english) fn page(
        &self,
        drill: &Drill,
        status: StatusCode,
        template: &impl Template,
    ) -> Result<Response> {
        let page = template.render().map_err(HttpError::internal)?;
        self.rendered(drill, status, page)
    }

    /// The same of what was rendered already.
    ///
    /// # Errors
    /// 406 where there is no site.
    pub(super) fn rendered(
        &self,
        drill: &Drill,
        status: StatusCode,
        page: String,
    ) -> Result<Response> {
        if !drill.has_pages {
            let detail = "This is a page, and the pages of this app are not served here.";
            return Err(HttpError::problem(StatusCode::NOT_ACCEPTABLE, detail));
        }
        let mut response = self.with_seed(drill, (status, Html(page)).into_response())?;
        if self.notice.is_some() {
            flash::forget(&mut response, &drill.cookies, &self.here())?;
        }
        Ok(response)
    }

    /// What a page has in its forms, for a program: the token of this visitor's requests.
    ///
    /// # Errors
    /// Never.
    pub(super) fn token_in_json(&self, drill: &Drill) -> Result<Response> {
        let header = [(TOKEN_HEADER, self.token().to_owned())];
        let body = Json(json!({ TOKEN: self.token() }));
        self.with_seed(drill, (header, body).into_response())
    }

    /// `answer`, which has the token in it: nobody stores it, and it sets the cookie that the token belongs to.
    fn with_seed(&self, drill: &Drill, answer: Response) -> Result<Response> {
        let mut response = PrivateResponse::not_stored(answer).into_response();
        FormToken::remember(&mut response, &drill.cookies, self.seed.as_deref())?;
        Ok(response)
    }
}

impl FromRequestParts<DrillState> for PageFrame {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, drill: &DrillState) -> Result<Self, Infallible> {
        // Says of the answer that it depends on who asks, too.
        let _ = Viewer::from_request_parts(parts, drill).await;
        let visitor = Visitor::of(&parts.extensions);
        let token = match &visitor {
            Some(visitor) => (visitor.form_token().clone(), None),
            None => FormToken::of_visitor(&parts.headers),
        };
        let language = DrillLanguage::of(&parts.headers, None);
        let address = PageAddress::of(&parts.uri);
        Ok(Self {
            is_looked_at: true,
            takes_sign_ups: drill.settings.sign_up,
            streaming: visitor
                .as_ref()
                .map_or_else(Vec::new, |visitor| links(&drill.settings, visitor.id)),
            notice: notices::left(&parts.headers),
            visitor,
            ..Self::of(&drill.mount, language, address, token)
        })
    }
}
