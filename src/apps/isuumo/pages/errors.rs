//! Errors for people: the page that stands in for an error of the API's kind.
//!
//! Handlers of pages fail like all others, with an `HttpError`; on the way out it becomes a page here,
//! with the status, what the log should know and `Retry-After` as they were.

use askama::Template;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::frame::{Frame, page};
use super::harden;
use crate::http::{HttpError, takes_html};

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'p> {
    frame: &'p Frame,
    status: u16,
    title: &'p str,
    hint: &'p str,
}

/// The middleware of all pages.
pub(super) async fn for_people(request: Request, next: Next) -> Response {
    let frame = Frame::of(request.headers(), request.uri());
    // Where forms go there is no page for the switch of languages to come back to.
    let frame = match *request.method() {
        Method::GET | Method::HEAD => frame,
        _ => frame.at("/".to_owned()),
    };
    let mut response = next.run(request).await;
    let is_page = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    let status = response.status();
    if (status.is_client_error() || status.is_server_error()) && !is_page {
        let mut page = render(&frame, status);
        if let Some(seconds) = response.headers().get(header::RETRY_AFTER) {
            page.headers_mut()
                .insert(header::RETRY_AFTER, seconds.clone());
        }
        std::mem::swap(page.extensions_mut(), response.extensions_mut());
        response = page;
    }
    harden(&frame, response)
}

/// The app's 404 page, for browsers.
pub(in crate::apps::isuumo) fn not_found_page(
    method: &Method,
    headers: &HeaderMap,
    uri: &Uri,
) -> Option<Response> {
    let opens_pages = (method == Method::GET || method == Method::HEAD) && takes_html(headers);
    opens_pages.then(|| {
        let frame = Frame::of(headers, uri);
        let mut response = harden(&frame, render(&frame, StatusCode::NOT_FOUND));
        // Others are told in another form.
        let vary = HeaderValue::from_static("accept");
        response.headers_mut().append(header::VARY, vary);
        response
    })
}

fn render(frame: &Frame, status: StatusCode) -> Response {
    let texts = &frame.t.error;
    let (title, hint) = match status {
        StatusCode::NOT_FOUND => (&texts.not_found, &texts.not_found_hint),
        StatusCode::FORBIDDEN => (&texts.forbidden, &texts.forbidden_hint),
        StatusCode::SERVICE_UNAVAILABLE => (&texts.unavailable, &texts.unavailable_hint),
        status if status.is_client_error() => (&texts.bad_request, &texts.bad_request_hint),
        _ => (&texts.internal, &texts.internal_hint),
    };
    let template = ErrorPage {
        frame,
        status: status.as_u16(),
        title,
        hint,
    };
    page(status, &template).unwrap_or_else(HttpError::into_response)
}
