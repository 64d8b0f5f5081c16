//! Whether a request that may change something comes from a page of this site.
//!
//! A form or a script of any page on the Web can send such a request without reading what is answered
//! (`POST` of a form, `fetch` with `no-cors`), and CORS does not keep it from that. So every unsafe method of
//! every app, and of the operators' listener, is refused to pages from elsewhere.
//!
//! Browsers say so: in `Sec-Fetch-Site`, and without TLS, where they leave that out, in `Origin`. What
//! says neither is no browser, and has no cookies of somebody else to misuse. Cookies that are
//! `SameSite=Lax` are not enough: pages of a sibling host belong to the same site.

use std::sync::Arc;

use axum::extract::Request;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};

use crate::http::HttpError;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Other origins whose pages may send what changes something, such as that of `site.public_url` behind
/// a proxy that does not hand the `Host` through.
#[derive(Debug, Clone, Default)]
pub(crate) struct AllowedOrigins {
    any: bool,
    listed: Arc<[HeaderValue]>,
}

/// Any origin, in `http.cors_origins`.
const ANY: &str = "*";

impl AllowedOrigins {
    /// `origins` as browsers send them: scheme, host and port; `*` for any. What cannot be a header is none.
    pub(crate) fn new<'o>(origins: impl Iterator<Item = &'o str> + Clone) -> Self {
        Self {
            any: origins.clone().any(|origin| origin == ANY),
            listed: origins.filter_map(|origin| origin.parse().ok()).collect(),
        }
    }

    fn has(&self, origin: &HeaderValue) -> bool {
        self.any || self.listed.contains(origin)
    }
}

/// Whether a request is to be served: it is safe, or comes from here, from an allowed origin or from a
/// program.
fn is_allowed(method: &Method, uri: &Uri, headers: &HeaderMap, allowed: &AllowedOrigins) -> bool {
    if method.is_safe() {
        return true;
    }
    let origin = headers.get(header::ORIGIN);
    if origin.is_some_and(|origin| allowed.has(origin)) {
        return true;
    }
    // What a browser says of itself cannot be set by a page, so it is believed before `Origin`.
    if let Some(site) = headers.get(SEC_FETCH_SITE) {
        return site == "same-origin" || site == "none";
    }
    origin.is_none_or(|origin| is_host(origin, uri, headers))
}

/// Whether an origin's host and port are those that were asked. The scheme is not compared: a proxy may
/// have ended TLS.
fn is_host(origin: &HeaderValue, uri: &Uri, headers: &HeaderMap) -> bool {
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let host = host.or_else(|| uri.authority().map(Authority::as_str));
    let origin = origin.to_str().unwrap_or_default();
    let origin = origin.split_once("://").map(|(_, host)| host);
    host.is_some() && origin == host
}

/// 403 for what comes from elsewhere.
pub(crate) fn refuse_foreign(request: &Request, allowed: &AllowedOrigins) -> Result<(), HttpError> {
    if is_allowed(request.method(), request.uri(), request.headers(), allowed) {
        return Ok(());
    }
    let detail = "This is taken from pages of this site only.";
    Err(HttpError::problem(StatusCode::FORBIDDEN, detail))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_taken(method: &Method, headers: &[(&'static str, &'static str)]) -> bool {
        let allowed = AllowedOrigins::new(["https://public.example", "a\nb"].into_iter());
        let mut map = HeaderMap::new();
        map.insert(header::HOST, HeaderValue::from_static("isu.example:1323"));
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_static(value));
        }
        is_allowed(method, &Uri::from_static("/chair/1/buy"), &map, &allowed)
    }

    #[test]
    fn what_comes_from_elsewhere_is_refused() {
        for headers in [
            &[][..],
            &[("sec-fetch-site", "same-origin")],
            &[("sec-fetch-site", "none")],
            &[("origin", "http://isu.example:1323")],
            &[("origin", "https://isu.example:1323")],
            &[
                ("sec-fetch-site", "cross-site"),
                ("origin", "https://public.example"),
            ],
            &[("origin", "https://public.example")],
        ] {
            for method in [Method::POST, Method::DELETE, Method::PATCH] {
                assert!(is_taken(&method, headers), "{headers:?}");
            }
        }
        for headers in [
            &[("sec-fetch-site", "cross-site")][..],
            &[
                ("sec-fetch-site", "same-site"),
                ("origin", "http://isu.example:1323"),
            ],
            &[("sec-fetch-site", "")],
            &[("origin", "null")],
            &[("origin", "http://isu.example")],
            &[("origin", "http://public.example")],
            &[("origin", "http://evil.example:1323")],
        ] {
            for method in [Method::POST, Method::PUT, Method::from_bytes(b"X").unwrap()] {
                assert!(!is_taken(&method, headers), "{headers:?}");
            }
            assert!(is_taken(&Method::GET, headers), "{headers:?}");
            assert!(is_taken(&Method::HEAD, headers), "{headers:?}");
        }
    }
}
