//! Numbers in addresses, and whole addresses for answers. The original reads as much of a segment as is a number
//! (`12/3`, `7-of-9`), so links to it that are out there still lead somewhere; `.json` may follow.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, Path};
use axum::http::StatusCode;
use axum::http::request::Parts;

use super::DrillState;
use super::format::SUFFIX;
use crate::http::{HttpError, whole_address};

/// The id at the end of an address, or before an action. An extractor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Id(pub(super) i64);

impl FromRequestParts<DrillState> for Id {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, drill: &DrillState) -> Result<Self, HttpError> {
        let segment = Path::<String>::from_request_parts(parts, drill).await;
        let id = segment
            .ok()
            .and_then(|Path(segment)| leading_number(&segment));
        // What is no number is the address of nothing.
        let none = || HttpError::problem(StatusCode::NOT_FOUND, "This is no id of anything.");
        id.map(Self).ok_or_else(none)
    }
}

/// The number of sentences at the end of an address, which may be below 0. An extractor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SentenceNumber(pub(super) i64);

impl FromRequestParts<DrillState> for SentenceNumber {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, drill: &DrillState) -> Result<Self, HttpError> {
        let segment = Path::<String>::from_request_parts(parts, drill).await;
        let no = segment
            .ok()
            .and_then(|Path(segment)| sentence_number(&segment));
        let none = || HttpError::problem(StatusCode::NOT_FOUND, "This is no number of sentences.");
        no.map(Self).ok_or_else(none)
    }
}

/// The whole addresses of what is here, for answers in JSON. An extractor.
pub(super) struct Addresses(String);

impl Addresses {
    /// That of one of a resource: `https://box.example/sentences/7`.
    pub(super) fn of(&self, resource: &str, id: i64) -> String {
        format!("{}{resource}/{id}", self.0)
    }

    /// The same, for JSON.
    pub(super) fn of_json(&self, resource: &str, id: i64) -> String {
        format!("{}{SUFFIX}", self.of(resource, id))
    }
}

impl FromRequestParts<DrillState> for Addresses {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, drill: &DrillState) -> Result<Self, Infallible> {
        let asked = (&parts.uri, &parts.headers);
        let public_url = drill.public_url.as_ref();
        Ok(Self(whole_address(&drill.mount, public_url, asked, "")))
    }
}

/// The page that a list is asked for, from 1 on: what is no number counts as 1, as all below it does, and what
/// no number is large enough for as the last one.
pub(super) fn page_in(query: Option<&str>) -> i64 {
    let given = parameter(query, "page").unwrap_or_default();
    let digits = given.bytes().take_while(u8::is_ascii_digit).count();
    match &given[..digits] {
        "" => 1,
        digits => digits.parse().unwrap_or(i64::MAX).max(1),
    }
}

/// The last value of a parameter in a query.
pub(super) fn parameter(query: Option<&str>, name: &str) -> Option<String> {
    let parameters = form_urlencoded::parse(query?.as_bytes());
    let values = parameters.filter_map(|(given, value)| (given == name).then_some(value));
    values.last().map(std::borrow::Cow::into_owned)
}

/// The number that a text begins with.
pub(super) fn leading_number(text: &str) -> Option<i64> {
    let digits = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    text.get(..digits)?.parse().ok()
}

/// The number that a text begins with, if sentences can have it.
pub(super) fn sentence_number(text: &str) -> Option<i64> {
    let (digits, sign) = match text.strip_prefix('-') {
        Some(digits) => (digits, -1),
        None => (text, 1),
    };
    let no = sign * leading_number(digits)?;
    i32::try_from(no).ok().map(i64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_much_is_read_as_is_a_number() {
        assert_eq!(leading_number("12"), Some(12));
        assert_eq!(leading_number("12/3"), Some(12));
        assert_eq!(leading_number("7.json"), Some(7));
        for none in ["", "x1", "-1", ".json", "99999999999999999999"] {
            assert_eq!(leading_number(none), None, "{none}");
        }
    }

    #[test]
    fn numbers_of_sentences_are_those_of_the_column() {
        for (text, no) in [("5", 5), ("-5.json", -5), ("-2147483648", -2_147_483_648)] {
            assert_eq!(sentence_number(text), Some(no));
        }
        for none in [
            "",
            "-",
            "--5",
            "x",
            "2147483648",
            "99999999999",
            "-2147483649",
        ] {
            assert_eq!(sentence_number(none), None, "{none}");
        }
    }

    /// Advice 15: whatever is asked for, there is a page.
    #[test]
    fn pages_begin_with_one() {
        for first in [
            None,
            Some(""),
            Some("page=0"),
            Some("page=-1"),
            Some("page=abc"),
            Some("p=2"),
        ] {
            assert_eq!(page_in(first), 1, "{first:?}");
        }
        assert_eq!(page_in(Some("page=2x&page=3")), 3);
        assert_eq!(page_in(Some("page=99999999999999999999")), i64::MAX);
    }
}
