//! In which language a page is: what the address says, else what the visitor chose, else what the browser
//! prefers, else the app's own.
//!
//! The languages and their texts are the app's. A choice is remembered in a cookie, which a form sets:
//! no link of another site can (`http::limits::same_origin` sees to that).

use std::time::Duration;

use axum::http::{HeaderMap, header};
use axum::response::Response;

use super::cookie::{CookieScope, cookies};
use crate::http::{HttpError, accepted_values};

/// The cookie that remembers a choice.
const COOKIE: &str = "language";

/// The parameter of an address that names a language.
const PARAMETER: &str = "lang";

/// A year.
const AGE: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// The languages of an app.
pub trait Languages: Copy + PartialEq + 'static {
    /// All of them; the first is taken where nothing else is said.
    const ALL: &'static [Self];

    /// The tag of one (BCP 47), without a region.
    fn code(self) -> &'static str;

    /// The language of a tag.
    fn from_code(code: &str) -> Option<Self> {
        let mut all = Self::ALL.iter().copied();
        all.find(|language| language.code() == code)
    }

    /// The language of a request.
    fn of(request: &HeaderMap, query: Option<&str>) -> Self {
        in_query(query)
            .or_else(|| chosen(request))
            .or_else(|| preferred(request))
            .unwrap_or(Self::ALL[0])
    }

    /// The others, for a switch.
    fn others(self) -> impl Iterator<Item = Self> {
        let all = Self::ALL.iter().copied();
        all.filter(move |language| *language != self)
    }

    /// Has `response` remember this choice.
    ///
    /// # Errors
    /// When the tag is no tag: 500.
    fn remember(self, response: &mut Response, scope: &CookieScope) -> Result<(), HttpError> {
        scope.set(response, COOKIE, self.code(), Some(AGE))
    }
}

fn in_query<L: Languages>(query: Option<&str>) -> Option<L> {
    let mut parameters = form_urlencoded::parse(query?.as_bytes());
    parameters.find_map(|(name, code)| (name == PARAMETER).then(|| L::from_code(&code))?)
}

fn chosen<L: Languages>(request: &HeaderMap) -> Option<L> {
    cookies(request, COOKIE).find_map(L::from_code)
}

/// The language with the greatest weight in `Accept-Language`; among equals the first.
fn preferred<L: Languages>(request: &HeaderMap) -> Option<L> {
    let mut best: Option<(L, u16)> = None;
    for (range, weight) in accepted_values(request, &header::ACCEPT_LANGUAGE) {
        let primary = range.split('-').next().unwrap_or(range);
        let language = match L::from_code(&primary.to_ascii_lowercase()) {
            Some(language) => language,
            // Anything will do, so the app's own.
            None if primary == "*" => L::ALL[0],
            None => continue,
        };
        if weight > best.map_or(0, |(_, best)| best) {
            best = Some((language, weight));
        }
    }
    best.map(|(language, _)| language)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[derive(Debug, Clone, Copy, PartialEq)]
    enum TestLanguage {
        Japanese,
        English,
    }

    impl Languages for TestLanguage {
        const ALL: &'static [Self] = &[Self::Japanese, Self::English];

        fn code(self) -> &'static str {
            match self {
                Self::Japanese => "ja",
                Self::English => "en",
            }
        }
    }

    fn language(accepted: &'static str, cookie: &'static str, query: &str) -> TestLanguage {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static(accepted));
        headers.insert(header::COOKIE, HeaderValue::from_static(cookie));
        TestLanguage::of(&headers, Some(query))
    }

    #[test]
    fn the_browser_prefers_the_cookie_decides_and_the_address_overrules() {
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
            assert_eq!(
                language(accepted, "", ""),
                TestLanguage::Japanese,
                "{accepted}"
            );
        }
        for accepted in [
            "en",
            "en-GB,en;q=0.9,ja;q=0.8",
            "fr, EN;q=0.3",
            "ja;q=0, en",
            "de;q=1,en;q=0.1",
        ] {
            assert_eq!(
                language(accepted, "", ""),
                TestLanguage::English,
                "{accepted}"
            );
        }
        assert_eq!(
            language("ja", "a=b; language=en", ""),
            TestLanguage::English
        );
        assert_eq!(
            language("en", "language=ja;x=y", ""),
            TestLanguage::Japanese
        );
        assert_eq!(language("en", "language=tlh", ""), TestLanguage::English);
        assert_eq!(language("ja", "xlanguage=en", ""), TestLanguage::Japanese);
        assert_eq!(
            language("ja", "language=ja", "a=1&lang=en"),
            TestLanguage::English
        );
        assert_eq!(language("en", "", "lang=tlh"), TestLanguage::English);
        assert_eq!(
            TestLanguage::of(&HeaderMap::new(), None),
            TestLanguage::Japanese
        );
        assert_eq!(
            TestLanguage::Japanese.others().collect::<Vec<_>>(),
            [TestLanguage::English]
        );
    }
}
