//! The forms that work without JavaScript: buying a chair, requesting an estate's documents.
//!
//! Both are answered 303, so that reloading what follows sends nothing again. The e-mail address is in
//! the body only: it comes into no address and no log, and is kept nowhere.
//!
//! There is no login whose cookie another site could use, but another site's form should not buy chairs
//! either: [`same_origin`] refuses what a browser says comes from elsewhere.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::detail::{self, Notice};
use super::frame::Frame;
use super::page_id;
use crate::apps::isuumo::query::Query;
use crate::apps::isuumo::{Result, Shared, purchase};
use crate::http::HttpError;
use crate::store::{Once, Outcome};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Refuses forms that a page of another site sent. Browsers say so in `Sec-Fetch-Site`, and without
/// TLS in `Origin`; what says neither is no browser.
pub(super) async fn same_origin(request: Request, next: Next) -> Response {
    if is_same_origin(&request) {
        return next.run(request).await;
    }
    let detail = "Forms are taken from pages of this site only.";
    HttpError::problem(StatusCode::FORBIDDEN, detail).into_response()
}

fn is_same_origin(request: &Request) -> bool {
    let headers = request.headers();
    if let Some(site) = headers.get(SEC_FETCH_SITE) {
        return site == "same-origin" || site == "none";
    }
    let Some(origin) = headers.get(header::ORIGIN) else {
        return true;
    };
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let host = host.or_else(|| request.uri().authority().map(Authority::as_str));
    let origin = origin.to_str().unwrap_or_default();
    let origin = origin.split_once("://").map(|(_, host)| host);
    host.is_some() && origin == host
}

/// `POST /chair/{id}/buy`.
pub(super) async fn buy(
    State(isu): State<Shared>,
    Path(id): Path<String>,
    frame: Frame,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response> {
    let id = page_id(&id)?;
    let page = format!("/chair/{id}");
    if let Err(email) = email(&body?) {
        return detail::chair_page(&isu, &frame.at(page), id, Notice::Invalid(email));
    }
    if is_done(purchase::take_one(&isu, id, Once::default()).await?) {
        return Ok(see_other(&format!("{page}?bought=1")));
    }
    detail::chair_page(&isu, &frame.at(page), id, Notice::TooLate)
}

/// `POST /estate/{id}/request`.
pub(super) async fn request(
    State(isu): State<Shared>,
    Path(id): Path<String>,
    frame: Frame,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response> {
    let id = page_id(&id)?;
    let page = format!("/estate/{id}");
    if let Err(email) = email(&body?) {
        return detail::estate_page(&isu, &frame.at(page), id, Notice::Invalid(email)).await;
    }
    if is_done(purchase::request(&isu, id, Once::default()).await?) {
        return Ok(see_other(&format!("{page}?requested=1")));
    }
    detail::estate_page(&isu, &frame.at(page), id, Notice::TooLate).await
}

fn is_done(outcome: Outcome) -> bool {
    outcome.into_response().status().is_success()
}

/// Takes the address out of a form; as an error, what cannot be one.
fn email(body: &[u8]) -> Result<(), String> {
    let form = Query::of_form(body);
    let email = form.text("email").unwrap_or_default().trim();
    if is_email(email) {
        Ok(())
    } else {
        Err(email.to_owned())
    }
}

/// Something, an at sign, something: only a message to it would tell whether there is such an address.
fn is_email(text: &str) -> bool {
    /// The longest there can be (RFC 5321).
    const LONGEST: usize = 254;
    let is_fine = |part: &str| {
        !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || c.is_control())
    };
    let parts = text.rsplit_once('@');
    text.len() <= LONGEST && parts.is_some_and(|(name, host)| is_fine(name) && is_fine(host))
}

/// 303 to a page of this site.
pub(super) fn see_other(to: &str) -> Response {
    match HeaderValue::try_from(to) {
        Ok(to) => (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response(),
        Err(cause) => HttpError::internal(cause).into_response(),
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    #[test]
    fn what_comes_from_elsewhere_is_refused() {
        let is_taken = |headers: &[(&str, &str)]| {
            let mut request = Request::post("/chair/1/buy").header("host", "isu.example:1323");
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            is_same_origin(&request.body(Body::empty()).unwrap())
        };
        for headers in [
            &[][..],
            &[("sec-fetch-site", "same-origin")],
            &[("sec-fetch-site", "none")],
            &[("origin", "http://isu.example:1323")],
            &[("origin", "https://isu.example:1323")],
        ] {
            assert!(is_taken(headers), "{headers:?}");
        }
        for headers in [
            &[("sec-fetch-site", "cross-site")][..],
            &[
                ("sec-fetch-site", "same-site"),
                ("origin", "http://isu.example:1323"),
            ],
            &[("origin", "null")],
            &[("origin", "http://isu.example")],
            &[("origin", "http://evil.example:1323")],
        ] {
            assert!(!is_taken(headers), "{headers:?}");
        }
    }

    #[test]
    fn addresses_have_a_name_and_a_host() {
        for good in [
            "a@b",
            "you+me@example.com",
            "\"a@b\"@example.com",
            "椅子@例え.jp",
        ] {
            assert!(is_email(good), "{good}");
        }
        for bad in ["", "a", "@", "a@", "@b", "a b@c", "a@b\nc"] {
            assert!(!is_email(bad), "{bad}");
        }
    }
}
