//! Redirects that stay on this site.

use std::io;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use crate::http::HttpError;

/// 303 to an address of this site: what follows a form, so that reloading it sends nothing again. An
/// address elsewhere is a fault of ours, 500: one that a client gave is checked by [`local_or`] before.
#[must_use]
pub fn see_other(to: &str) -> Response {
    redirect(StatusCode::SEE_OTHER, to)
}

/// 308 to an address of this site: where something has moved.
#[must_use]
pub fn moved(to: &str) -> Response {
    redirect(StatusCode::PERMANENT_REDIRECT, to)
}

/// The address that a client gave, if it is one of this site, or else the other one.
#[must_use]
pub fn local_or<'a>(given: Option<&'a str>, otherwise: &'a str) -> &'a str {
    given.filter(|to| is_local(to)).unwrap_or(otherwise)
}

/// Whether an address is one of this site: a path that no browser takes for another host.
#[must_use]
pub fn is_local(to: &str) -> bool {
    let mut bytes = to.bytes();
    // Browsers read a backslash as a slash, and drop tabs and line feeds.
    bytes.next() == Some(b'/')
        && !matches!(bytes.next(), Some(b'/' | b'\\'))
        && to
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'\\')
}

fn redirect(status: StatusCode, to: &str) -> Response {
    match HeaderValue::try_from(to) {
        Ok(value) if is_local(to) => (status, [(header::LOCATION, value)]).into_response(),
        _ => {
            HttpError::internal(io::Error::other("a redirect would leave the site")).into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_other_sites_are_not_local() {
        for to in ["/", "/chair/search?kind=%E9%BB%92&page=2", "/a//b#c"] {
            assert!(is_local(to), "{to}");
            assert_eq!(see_other(to).headers()[header::LOCATION], to);
            assert_eq!(local_or(Some(to), "/x"), to);
        }
        for to in [
            "",
            "chair",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/a\r\nb",
            "/a b",
            "/\t/evil",
            "/椅子",
        ] {
            assert!(!is_local(to), "{to}");
            assert_eq!(moved(to).status(), StatusCode::INTERNAL_SERVER_ERROR);
            assert_eq!(local_or(Some(to), "/x"), "/x");
        }
        assert_eq!(local_or(None, "/x"), "/x");
    }
}
