//! Errors for people: what the page says that stands in for an error.

use std::sync::Arc;

use askama::Template;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};

use super::frame::PageFrame;
use crate::config::Mount;
use crate::http::{HttpError, NotFoundPage};
use crate::web::error_page::{self, ErrorPage};
use crate::web::layout::{harden, page};

#[derive(Template)]
#[template(path = "isuumo/error.html")]
struct FailurePage<'p> {
    frame: &'p PageFrame,
    status: u16,
    title: &'p str,
    hint: &'p str,
}

/// The error pages of the site.
#[derive(Debug, Clone)]
pub(super) struct Failures(pub(super) Mount);

impl ErrorPage for Failures {
    type Frame = PageFrame;

    fn frame(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> PageFrame {
        let frame = PageFrame::of(&self.0, headers, uri);
        // Where forms go there is no page for the switch of languages to come back to.
        match *method {
            Method::GET | Method::HEAD => frame,
            _ => frame.at("/"),
        }
    }

    fn render(&self, frame: &PageFrame, status: StatusCode) -> Response {
        let texts = &frame.t.error;
        let (title, hint) = match status {
            StatusCode::NOT_FOUND => (&texts.not_found, &texts.not_found_hint),
            StatusCode::FORBIDDEN => (&texts.forbidden, &texts.forbidden_hint),
            StatusCode::SERVICE_UNAVAILABLE => (&texts.unavailable, &texts.unavailable_hint),
            status if status.is_client_error() => (&texts.bad_request, &texts.bad_request_hint),
            _ => (&texts.internal, &texts.internal_hint),
        };
        let template = FailurePage {
            frame,
            status: status.as_u16(),
            title,
            hint,
        };
        page(status, &template).unwrap_or_else(HttpError::into_response)
    }

    fn finish(&self, frame: &PageFrame, response: &mut Response) {
        harden(response, frame.code());
    }

    /// The routes of pages have nothing for programs.
    fn is_for_people(&self, _: &Uri, _: &HeaderMap) -> bool {
        true
    }
}

/// The app's 404 page, for browsers.
pub(in crate::apps::isuumo) fn not_found_page(mount: Mount) -> NotFoundPage {
    let pages = Failures(mount);
    NotFoundPage {
        answer: Arc::new(move |method, headers, uri| {
            error_page::not_found(&pages, method, uri, headers)
        }),
        own: None,
    }
}
