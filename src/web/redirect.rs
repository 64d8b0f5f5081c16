//! Redirects that stay on this site.

use std::io;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use data_encoding::HEXUPPER;

use crate::http::HttpError;

/// 303 to an address of this site: what follows a form, so that reloading it sends nothing again. An
/// address elsewhere is a fault of ours, 500: one that a client gave is checked by [`local_or`] before.
#[must_use]
pub fn see_other(to: &str) -> Response {
    redirect(StatusCode::SEE_OTHER, to)
}

/// 302 to an address of this site: what [`see_other`] is, for apps whose contract has that status.
#[must_use]
pub fn found(to: &str) -> Response {
    redirect(StatusCode::FOUND, to)
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

/// Whether an address is one of this site: a path that no browser takes for another host. What follows the
/// path may hold anything that browsers send, a backslash among it.
#[must_use]
pub fn is_local(to: &str) -> bool {
    let path = to.split(['?', '#']).next().unwrap_or_default();
    // Browsers read a backslash in a path as a slash, and drop tabs and line feeds anywhere.
    path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains('\\')
        && to.chars().all(|c| !c.is_ascii_control() && c != ' ')
}

/// An address with everything escaped that a header or a browser would read in its own way.
fn escaped(to: &str) -> String {
    let mut escaped = String::with_capacity(to.len());
    for byte in to.bytes() {
        if byte.is_ascii_graphic() && byte != b'\\' {
            escaped.push(char::from(byte));
        } else {
            escaped.push('%');
            escaped.push_str(&HEXUPPER.encode(&[byte]));
        }
    }
    escaped
}

fn redirect(status: StatusCode, to: &str) -> Response {
    match HeaderValue::try_from(escaped(to)) {
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
            "/a\\b",
        ] {
            assert!(!is_local(to), "{to}");
            assert_eq!(moved(to).status(), StatusCode::INTERNAL_SERVER_ERROR);
            assert_eq!(local_or(Some(to), "/x"), "/x");
        }
        assert_eq!(local_or(None, "/x"), "/x");
    }

    #[test]
    fn what_browsers_leave_as_it_is_gets_escaped() {
        for (to, location) in [
            (
                "/chair/search?features=a\\b",
                "/chair/search?features=a%5Cb",
            ),
            (
                "/chair/search?kind=椅子",
                "/chair/search?kind=%E6%A4%85%E5%AD%90",
            ),
            ("/椅", "/%E6%A4%85"),
        ] {
            assert_eq!(local_or(Some(to), "/x"), to);
            assert_eq!(moved(to).headers()[header::LOCATION], location);
        }
    }
}
