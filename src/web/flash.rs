//! Messages that are shown once, on the page that a form leads to: "thank you", "was deleted".
//!
//! The message travels in a cookie of that page, not in its address: an address can be shared, kept and
//! sent by others, and the message would come along. The cookie holds a word from a list that the app
//! knows and never a text, so that a cookie that somebody made up can at most show another of the app's
//! own messages, and only to themselves. That is why it needs no signature.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;

use super::cookie::{CookieScope, cookies};
use super::redirect::see_other;
use crate::http::HttpError;

const COOKIE: &str = "flash";

/// How long a message waits for its page.
const AGE: Duration = Duration::from_secs(60);

/// 303 to the page `to`, which will say what `word` stands for.
///
/// # Errors
/// When the word is none: 500.
pub fn lead(scope: &CookieScope, to: &str, word: &str) -> Result<Response, HttpError> {
    let mut response = see_other(to);
    leave(&mut response, scope, to, word)?;
    Ok(response)
}

/// Has `response`, which leads to the page `to`, leave what `word` stands for to be said there.
///
/// # Errors
/// When the word is none: 500.
pub fn leave(
    response: &mut Response,
    scope: &CookieScope,
    to: &str,
    word: &str,
) -> Result<(), HttpError> {
    scope.at(path_of(to)).set(response, COOKIE, word, Some(AGE))
}

/// The word that a page is to explain, if there is one: whatever the cookie says.
#[must_use]
pub fn given(request: &HeaderMap) -> Option<&str> {
    cookies(request, COOKIE).next()
}

/// The word of `known` that a page is to explain, if there is one.
#[must_use]
pub fn word<'w>(request: &HeaderMap, known: &[&'w str]) -> Option<&'w str> {
    let given = given(request)?;
    known.iter().copied().find(|word| *word == given)
}

/// Has the page at `address`, which showed its message, not show it again: neither from the cookie nor
/// from a cache.
///
/// # Errors
/// When the address is none: 500.
pub fn forget(
    response: &mut Response,
    scope: &CookieScope,
    address: &str,
) -> Result<(), HttpError> {
    let no_store = HeaderValue::from_static("no-store");
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, no_store);
    response.headers_mut().remove(header::ETAG);
    scope.at(path_of(address)).remove(response, COOKIE)
}

fn path_of(address: &str) -> &str {
    address.split(['?', '#']).next().unwrap_or(address)
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use super::*;

    const KNOWN: [&str; 2] = ["bought", "deleted"];

    #[test]
    fn a_message_waits_at_its_page_and_is_shown_once() {
        let scope = CookieScope::new("/", false);
        let response = lead(&scope, "/chair/1?x=y", "bought").unwrap();
        assert_eq!(response.status(), StatusCode::SEE_OTHER);
        assert_eq!(response.headers()[header::LOCATION], "/chair/1?x=y");
        let cookie = response.headers()[header::SET_COOKIE].to_str().unwrap();
        assert_eq!(
            cookie,
            "flash=bought; HttpOnly; SameSite=Lax; Path=/chair/1; Max-Age=60"
        );
        let sent = HeaderValue::from_static("language=en; flash=bought");
        let request = HeaderMap::from_iter([(header::COOKIE, sent)]);
        assert_eq!(word(&request, &KNOWN), Some("bought"));
        let mut page = Response::default();
        forget(&mut page, &scope, "/chair/1?x=y").unwrap();
        let cookie = page.headers()[header::SET_COOKIE].to_str().unwrap();
        assert!(cookie.starts_with("flash=; ") && cookie.contains("Path=/chair/1; Max-Age=0"));
        assert_eq!(page.headers()[header::CACHE_CONTROL], "no-store");
    }

    #[test]
    fn words_that_the_app_does_not_know_say_nothing() {
        for cookie in ["flash=<b>", "flash=", "flash=Bought", "other=bought"] {
            let cookie = HeaderValue::from_static(cookie);
            let request = HeaderMap::from_iter([(header::COOKIE, cookie)]);
            assert_eq!(word(&request, &KNOWN), None);
        }
        assert!(lead(&CookieScope::new("/", false), "/", "two words").is_err());
    }
}
