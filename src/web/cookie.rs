//! Cookies: how they are read, and how they are set within an app's part of the site.
//!
//! Every cookie that is set here is `HttpOnly` and `SameSite=Lax`, belongs to the path that its
//! [`CookieScope`] names, and is `Secure` where the site is reached by https. Values are plain text:
//! what a client must not be able to make up is signed or encrypted before it comes here.

use std::io;
use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use cookie::{Cookie, SameSite};

use crate::http::HttpError;

/// The part of a site that cookies belong to: an app's, or one page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CookieScope {
    path: String,
    is_secure: bool,
}

impl CookieScope {
    /// Cookies of everything below `path`; only sent by https, if `is_secure`.
    #[must_use]
    pub fn new(path: impl Into<String>, is_secure: bool) -> Self {
        Self {
            path: path.into(),
            is_secure,
        }
    }

    /// The same for what is below another path: one page of an app.
    #[must_use]
    pub fn at(&self, path: impl Into<String>) -> Self {
        Self::new(path, self.is_secure)
    }

    /// Has `response` set a cookie that the browser keeps for `age`, or as long as it runs.
    ///
    /// # Errors
    /// When name or value hold what a header cannot: 500.
    pub fn set(
        &self,
        response: &mut Response,
        name: &str,
        value: &str,
        age: Option<Duration>,
    ) -> Result<(), HttpError> {
        let mut cookie = self.cookie(name, value)?;
        if let Some(age) = age {
            let seconds = i64::try_from(age.as_secs()).unwrap_or(i64::MAX);
            cookie.set_max_age(cookie::time::Duration::seconds(seconds));
        }
        append(response, &cookie)
    }

    /// Has `response` remove a cookie that was set in this scope.
    ///
    /// # Errors
    /// When the name holds what a header cannot: 500.
    pub fn remove(&self, response: &mut Response, name: &str) -> Result<(), HttpError> {
        let mut cookie = self.cookie(name, "")?;
        cookie.make_removal();
        append(response, &cookie)
    }

    fn cookie<'c>(&'c self, name: &'c str, value: &'c str) -> Result<Cookie<'c>, HttpError> {
        // A semicolon would begin an attribute.
        let is_plain = |text: &str| {
            text.bytes()
                .all(|byte| byte.is_ascii_graphic() && byte != b';')
        };
        if ![name, value, &self.path].into_iter().all(is_plain) {
            let cause = io::Error::other(format!("the cookie {name} holds what a cookie cannot"));
            return Err(HttpError::internal(cause));
        }
        let builder = Cookie::build((name, value))
            .path(self.path.as_str())
            .http_only(true)
            .same_site(SameSite::Lax);
        // Left out where it is false, so that the header has no word too many.
        let secure = self.is_secure.then_some(true);
        let mut cookie = builder.build();
        cookie.set_secure(secure);
        Ok(cookie)
    }
}

fn append(response: &mut Response, cookie: &Cookie<'_>) -> Result<(), HttpError> {
    let value = HeaderValue::try_from(cookie.to_string()).map_err(HttpError::internal)?;
    response.headers_mut().append(header::SET_COOKIE, value);
    Ok(())
}

/// The values of a cookie in a request. Browsers send those of longer paths first, so that the first
/// one is that of the innermost scope; later ones may come from elsewhere on the same host.
pub fn cookies<'r>(request: &'r HeaderMap, name: &str) -> impl Iterator<Item = &'r str> {
    let lines = request.get_all(header::COOKIE).iter();
    let cookies = lines
        .filter_map(|line| line.to_str().ok())
        // Most lines hold others, and are looked through sooner than parsed.
        .filter(move |line| line.contains(name))
        .flat_map(Cookie::split_parse)
        .filter_map(Result::ok);
    cookies
        .filter(move |cookie| cookie.name() == name)
        .filter_map(|cookie| cookie.value_raw())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set_cookies(response: &Response) -> Vec<&str> {
        let lines = response.headers().get_all(header::SET_COOKIE).iter();
        lines.map(|line| line.to_str().unwrap()).collect()
    }

    #[test]
    fn cookies_belong_to_their_scope() {
        let mut response = Response::default();
        let year = Duration::from_secs(365 * 24 * 60 * 60);
        let plain = CookieScope::new("/", false);
        plain
            .set(&mut response, "language", "en", Some(year))
            .unwrap();
        let secure = CookieScope::new("/english", true);
        secure.set(&mut response, "session", "x", None).unwrap();
        secure
            .at("/english/sentences/1")
            .remove(&mut response, "flash")
            .unwrap();
        let lines = set_cookies(&response);
        assert_eq!(
            lines[..2],
            [
                "language=en; HttpOnly; SameSite=Lax; Path=/; Max-Age=31536000",
                "session=x; HttpOnly; SameSite=Lax; Secure; Path=/english",
            ]
        );
        let removal =
            "flash=; HttpOnly; SameSite=Lax; Secure; Path=/english/sentences/1; Max-Age=0";
        assert!(lines[2].starts_with(removal), "{}", lines[2]);
    }

    #[test]
    fn what_would_begin_an_attribute_or_a_line_is_not_set() {
        let mut response = Response::default();
        let scope = CookieScope::new("/", false);
        for text in ["a\r\nb", "a\0b", "a; Domain=example", "椅子"] {
            assert!(scope.set(&mut response, "name", text, None).is_err());
            assert!(scope.set(&mut response, text, "value", None).is_err());
            assert!(scope.at(text).remove(&mut response, "name").is_err());
        }
        assert!(set_cookies(&response).is_empty());
    }

    #[test]
    fn the_first_of_a_name_comes_first_and_broken_ones_are_ignored() {
        let mut request = HeaderMap::new();
        for line in ["a=1; =; b; xa=0; a=\"2\"", "a=3"] {
            request.append(header::COOKIE, HeaderValue::from_static(line));
        }
        request.append(header::COOKIE, HeaderValue::from_bytes(b"a=\xff").unwrap());
        assert_eq!(
            cookies(&request, "a").collect::<Vec<_>>(),
            ["1", "\"2\"", "3"]
        );
        assert_eq!(cookies(&request, "c").next(), None);
    }
}
