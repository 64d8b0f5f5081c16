//! Errors for people: what the page says that stands in for an error.

use std::sync::{Arc, OnceLock};

use askama::Template;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};

use super::frame::PageFrame;
use super::language::DrillLanguage;
use crate::apps::english::format::Format;
use crate::config::Mount;
use crate::http::{HttpError, NotFoundPage, takes_html};
use crate::web::csrf::FormToken;
use crate::web::error_page::{self, ErrorPage};
use crate::web::languages::Languages as _;
use crate::web::layout::{PageAddress, harden, page};

#[derive(Template)]
#[template(path = "english/error.html")]
struct DrillFailurePage<'p> {
    frame: &'p PageFrame,
    status: u16,
    title: &'p str,
    hint: &'p str,
}

/// The error pages of the site.
#[derive(Debug, Clone)]
pub(in crate::apps::english) struct Failures {
    mount: Mount,
    /// Known when the store is open.
    takes_writes: Arc<OnceLock<bool>>,
}

impl Failures {
    pub(in crate::apps::english) fn new(mount: Mount) -> Self {
        Self {
            mount,
            takes_writes: Arc::default(),
        }
    }

    /// Says whether the store takes writes: what forms are told depends on it.
    pub(in crate::apps::english) fn over(&self, takes_writes: bool) {
        // Routes are opened once.
        let _ = self.takes_writes.set(takes_writes);
    }
}

/// What an error page is made of, should a request need one: hardly any does.
pub(in crate::apps::english) struct FailureFrame {
    language: DrillLanguage,
    uri: Uri,
    is_of_form: bool,
    cookies: Vec<HeaderValue>,
}

impl Failures {
    fn page_frame(&self, of: &FailureFrame) -> PageFrame {
        let cookies = of.cookies.iter().cloned();
        let cookies: HeaderMap = cookies.map(|line| (header::COOKIE, line)).collect();
        let token = FormToken::of_visitor(&cookies);
        let address = PageAddress::of(&of.uri);
        let frame = PageFrame::of(&self.mount, of.language, address, token);
        // Where forms go there is no page for the switch of languages to come back to.
        match of.is_of_form {
            true => frame.at("/").of_form(),
            false => frame,
        }
    }
}

impl ErrorPage for Failures {
    type Frame = FailureFrame;

    fn frame(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> FailureFrame {
        let cookies = headers.get_all(header::COOKIE);
        FailureFrame {
            language: DrillLanguage::of(headers, None),
            uri: uri.clone(),
            is_of_form: ![Method::GET, Method::HEAD].contains(method),
            cookies: cookies.iter().cloned().collect(),
        }
    }

    fn render(&self, frame: &FailureFrame, status: StatusCode) -> Response {
        let frame = &self.page_frame(frame);
        let texts = &frame.t.error;
        let is_copy = frame.is_of_form() && self.takes_writes.get() == Some(&false);
        let (title, hint) = match status {
            StatusCode::NOT_FOUND => (&texts.not_found, &texts.not_found_hint),
            StatusCode::FORBIDDEN => (&texts.forbidden, &texts.forbidden_hint),
            StatusCode::UNPROCESSABLE_ENTITY => (&texts.outdated, &texts.outdated_hint),
            StatusCode::PAYLOAD_TOO_LARGE => (&texts.too_large, &texts.too_large_hint),
            StatusCode::TOO_MANY_REQUESTS => (&texts.too_many, &texts.too_many_hint),
            StatusCode::SERVICE_UNAVAILABLE if is_copy => (&texts.read_only, &texts.read_only_hint),
            StatusCode::SERVICE_UNAVAILABLE => (&texts.unavailable, &texts.unavailable_hint),
            status if status.is_client_error() => (&texts.bad_request, &texts.bad_request_hint),
            _ => (&texts.internal, &texts.internal_hint),
        };
        let template = DrillFailurePage {
            frame,
            status: status.as_u16(),
            title,
            hint,
        };
        page(status, &template).unwrap_or_else(HttpError::into_response)
    }

    /// An address that asks for JSON gets no page, whoever asks.
    fn is_for_people(&self, address: &Uri, headers: &HeaderMap) -> bool {
        takes_html(headers) && Format::of_address(address, headers) == Format::Html
    }

    fn finish(&self, frame: &FailureFrame, response: &mut Response) {
        harden(response, frame.language.code());
    }
}

/// The app's 404 page: for browsers; others get the house's.
pub(in crate::apps::english) fn not_found(failures: Failures) -> NotFoundPage {
    NotFoundPage {
        answer: Arc::new(move |method, headers, uri| {
            error_page::not_found(&failures, method, uri, headers)
        }),
        own: None,
    }
}
