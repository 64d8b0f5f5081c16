//! Which language a page is in: what the visitor chose with the switch, else what the browser prefers,
//! else Japanese, the language of the data.
//!
//! The choice is the site's only cookie. It is set by a form, so that no link of another site can set
//! it (`forms` sees to that), and leads back to where it was made.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};

use super::forms::see_other;
use crate::apps::isuumo::query::Query;
use crate::apps::isuumo::{Result, bad_request};
use crate::http::preferences;

const COOKIE: &str = "language";

/// A language of the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    Japanese,
    English,
}

impl Language {
    pub(super) const ALL: [Self; 2] = [Self::Japanese, Self::English];

    /// Its tag (BCP 47).
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Japanese => "ja",
            Self::English => "en",
        }
    }

    fn from_code(code: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|language| language.code() == code)
    }

    /// The language of a request.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        chosen(headers)
            .or_else(|| preferred(headers))
            .unwrap_or(Self::Japanese)
    }
}

/// The language in the cookie.
fn chosen(headers: &HeaderMap) -> Option<Language> {
    let lines = headers.get_all(header::COOKIE).iter();
    let cookies = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'));
    cookies
        .filter_map(|cookie| cookie.trim().split_once('='))
        .find_map(|(name, value)| (name == COOKIE).then(|| Language::from_code(value))?)
}

/// The language with the greatest weight in `Accept-Language`; among equals the first.
fn preferred(headers: &HeaderMap) -> Option<Language> {
    let mut best: Option<(Language, u16)> = None;
    for (range, weight) in preferences(headers, &header::ACCEPT_LANGUAGE) {
        let primary = range.split('-').next().unwrap_or(range);
        let language = match Language::from_code(&primary.to_ascii_lowercase()) {
            Some(language) => language,
            // Anything will do, so what the data is in.
            None if primary == "*" => Language::Japanese,
            None => continue,
        };
        if weight > best.map_or(0, |(_, best)| best) {
            best = Some((language, weight));
        }
    }
    best.map(|(language, _)| language)
}

/// `POST /language`: remembers the choice and goes back.
pub(super) async fn choose(body: Result<Bytes, BytesRejection>) -> Result<Response> {
    /// A year.
    const SECONDS: u32 = 365 * 24 * 60 * 60;
    let form = Query::of_form(&body?);
    let language = form.text("language").and_then(Language::from_code);
    let language = language.ok_or_else(bad_request)?;
    let to = form.text("to").filter(|to| is_local(to)).unwrap_or("/");
    let code = language.code();
    let cookie = format!("{COOKIE}={code}; Path=/; Max-Age={SECONDS}; SameSite=Lax; HttpOnly");
    let cookie = HeaderValue::try_from(cookie).map_err(|_| bad_request())?;
    Ok(([(header::SET_COOKIE, cookie)], see_other(to)).into_response())
}

/// Whether an address is one of this site: a path that no browser takes for another host.
fn is_local(to: &str) -> bool {
    let mut bytes = to.bytes();
    bytes.next() == Some(b'/')
        && !matches!(bytes.next(), Some(b'/' | b'\\'))
        && to
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn language(accepted: &'static str, cookie: &'static str) -> Language {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static(accepted));
        headers.insert(header::COOKIE, HeaderValue::from_static(cookie));
        Language::of(&headers)
    }

    #[test]
    fn the_browser_prefers_and_the_cookie_decides() {
        for accepted in [
            "",
            "ja",
            "ja,en;q=0.9",
            "en;q=0.5, ja-JP;q=0.8",
            "fr",
            "*",
            "en;q=0",
            "en;q=x",
        ] {
            assert_eq!(language(accepted, ""), Language::Japanese, "{accepted}");
        }
        for accepted in [
            "en",
            "en-GB,en;q=0.9,ja;q=0.8",
            "fr, EN;q=0.3",
            "ja;q=0, en",
            "de;q=1,en;q=0.1",
        ] {
            assert_eq!(language(accepted, ""), Language::English, "{accepted}");
        }
        assert_eq!(language("ja", "a=b; language=en"), Language::English);
        assert_eq!(language("en", "language=ja;x=y"), Language::Japanese);
        assert_eq!(language("en", "language=tlh"), Language::English);
        assert_eq!(language("ja", "xlanguage=en"), Language::Japanese);
    }

    #[test]
    fn the_switch_leads_to_pages_of_this_site_only() {
        for to in ["/", "/chair/search?kind=%E9%BB%92&page=2"] {
            assert!(is_local(to), "{to}");
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
        ] {
            assert!(!is_local(to), "{to}");
        }
    }
}
