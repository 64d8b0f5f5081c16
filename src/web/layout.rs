//! How pages go out: rendered from a template, with the headers that all pages have; and where a page is.
//!
//! What surrounds the content is the app's base template. The policy allows what the site itself serves
//! and no inline script or style, so that nothing that got into a page can run.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse as _, Response};

use crate::http::{HttpError, vary_by};

/// What pages may load and where they may send forms: this site. No inline script or style.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
);

/// The same for pages that also show pictures of other sites: those that users name in what they write.
const POLICY_WITH_PICTURES: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https:; \
     connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
);

/// The same for pages that play sounds of this site.
const POLICY_WITH_SOUNDS: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; \
     connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
);

/// Has a page play sounds of this site. To be called before [`harden`].
pub fn allow_sounds(response: &mut Response) {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, POLICY_WITH_SOUNDS);
}

/// Has a page show pictures of other sites, by https only. To be called before [`harden`].
pub fn allow_pictures(response: &mut Response) {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, POLICY_WITH_PICTURES);
}

/// A page as a response.
///
/// # Errors
/// When the template cannot be rendered: 500.
pub fn page(status: StatusCode, template: &impl Template) -> Result<Response, HttpError> {
    let html = template.render().map_err(HttpError::internal)?;
    Ok((status, Html(html)).into_response())
}

/// Adds the headers that all pages have; `language` is the code of the one that it is in.
pub fn harden(response: &mut Response, language: &'static str) {
    let headers = response.headers_mut();
    // A page that loads more, such as sounds, has a policy of its own.
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(POLICY);
    // Without it browsers would say of the site's own forms that they have no origin.
    let same_origin = HeaderValue::from_static("same-origin");
    headers.insert(header::REFERRER_POLICY, same_origin);
    vary_by(headers, &["accept-language", "cookie"]);
    let language = HeaderValue::from_static(language);
    headers.insert(header::CONTENT_LANGUAGE, language);
}

/// Where a page is within its app: path and query. Menus mark it, and the switch of languages comes
/// back to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageAddress(String);

impl PageAddress {
    /// The address of a request.
    #[must_use]
    pub fn of(uri: &Uri) -> Self {
        Self::new(uri.path_and_query().map_or("/", |path| path.as_str()))
    }

    /// Any other.
    #[must_use]
    pub fn new(address: impl Into<String>) -> Self {
        Self(address.into())
    }

    /// Path and query.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is its path.
    #[must_use]
    pub fn is_at(&self, path: &str) -> bool {
        self.0.split('?').next() == Some(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_go_out_hardened() {
        let mut response = Response::default();
        harden(&mut response, "ja");
        let headers = response.headers();
        assert_eq!(headers[header::CONTENT_SECURITY_POLICY], POLICY);
        assert_eq!(headers[header::CONTENT_LANGUAGE], "ja");
        assert_eq!(headers[header::VARY], "accept-language, cookie");
        let mut own = Response::default();
        allow_sounds(&mut own);
        harden(&mut own, "en");
        let policy = &own.headers()[header::CONTENT_SECURITY_POLICY];
        assert!(policy.to_str().unwrap().contains("media-src 'self'"));
    }

    #[test]
    fn a_page_is_at_its_path_whatever_the_query() {
        let here = PageAddress::of(&Uri::from_static("http://isu.example/chair/search?page=2"));
        assert_eq!(here.as_str(), "/chair/search?page=2");
        assert!(here.is_at("/chair/search"));
        assert!(!here.is_at("/chair") && !here.is_at("/"));
    }
}
