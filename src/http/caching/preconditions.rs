//! Conditions of a request on the state of what it is about (RFC 9110, 13): `If-Match`, `If-None-Match`
//! and `If-Unmodified-Since` on writes, `If-Match` on reads.
//!
//! A write is judged by the state of its app's data, which is what the tags of reads name: 412 where that
//! state is not the one that the client has seen. It is judged by the writer's job, so that nobody comes
//! between, and last: a request that would be refused anyway is refused as without conditions. For a read
//! see `validators`. It must not know what is written.

use std::convert::Infallible;
use std::time::SystemTime;

use axum::extract::FromRequestParts;
use axum::http::header::{IF_MATCH, IF_NONE_MATCH, IF_UNMODIFIED_SINCE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use super::validators::tag;
use crate::http::HttpError;
use crate::store::{DataState, StateProbe, Store};

/// The conditions of a request: an extractor for handlers that write.
#[derive(Debug, Clone, Default)]
pub struct Preconditions {
    match_any: Option<TagList>,
    match_none: Option<TagList>,
    unmodified_since: Option<SystemTime>,
}

/// The conditions of a request on a store, for the job that writes.
pub struct WriteCondition {
    conditions: Preconditions,
    probe: StateProbe,
}

impl Preconditions {
    /// The conditions in a request's headers.
    #[must_use]
    pub fn of(headers: &HeaderMap) -> Self {
        let match_any = TagList::of(headers, IF_MATCH);
        // It stands in for tags where there are none.
        let unmodified_since = match match_any {
            None => date(headers),
            Some(_) => None,
        };
        Self {
            match_any,
            match_none: TagList::of(headers, IF_NONE_MATCH),
            unmodified_since,
        }
    }

    /// To be taken into the job of the writer.
    #[must_use]
    pub fn on(self, store: &Store) -> WriteCondition {
        WriteCondition {
            conditions: self,
            probe: store.state_probe(),
        }
    }

    /// Whether data in this state meets them.
    #[must_use]
    pub fn are_met(&self, state: &DataState) -> bool {
        let current = state.revision.map(tag);
        let current = current.as_ref().map(unquoted);
        let names_current = |given: &[u8]| current.is_some_and(|current| is_of(given, current));
        let is_match = self.match_any.as_ref().is_none_or(|tags| match tags {
            TagList::Any => true,
            // The strong comparison.
            TagList::Of(tags) => tags
                .iter()
                .any(|tag| !tag.is_weak && names_current(&tag.text)),
        });
        let is_other = self.match_none.as_ref().is_none_or(|tags| match tags {
            TagList::Any => false,
            TagList::Of(tags) => !tags.iter().any(|tag| names_current(&tag.text)),
        });
        let is_unmodified = self.unmodified_since.is_none_or(|date| state.since <= date);
        is_match && is_other && is_unmodified
    }

    /// 412: the state is another one.
    #[must_use]
    pub fn failed() -> HttpError {
        HttpError::problem(
            StatusCode::PRECONDITION_FAILED,
            "The data is not in the state that the request is for, and nothing was done.",
        )
    }

    /// 412: there is another response than the one that is asked for.
    pub(super) fn failed_read() -> HttpError {
        HttpError::problem(
            StatusCode::PRECONDITION_FAILED,
            "What is here has another entity tag than the request is for.",
        )
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Preconditions {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.headers))
    }
}

impl WriteCondition {
    /// Lets the job go on if the state that it finds is the one that the request is for.
    ///
    /// # Errors
    /// 412; the job must fail then, so that nothing of it stays.
    pub fn check(&self) -> Result<(), HttpError> {
        if self.conditions.are_met(&self.probe.state()) {
            Ok(())
        } else {
            Err(Preconditions::failed())
        }
    }
}

/// The tags of a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum TagList {
    /// `*`: whatever there is.
    Any,
    Of(Vec<GivenTag>),
}

/// A tag as a client gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct GivenTag {
    is_weak: bool,
    /// Without its quotes.
    text: Vec<u8>,
}

impl TagList {
    /// None where there is no such header. What is no tag ends a list, and names nothing.
    pub(super) fn of(headers: &HeaderMap, name: HeaderName) -> Option<Self> {
        let mut values = headers.get_all(name).iter().peekable();
        values.peek()?;
        let mut tags = Vec::new();
        for value in values {
            if value.as_bytes().trim_ascii() == b"*" {
                return Some(Self::Any);
            }
            read_tags(value.as_bytes(), &mut tags);
        }
        Some(Self::Of(tags))
    }

    /// Whether the condition of a read on its response's tag is met: that tag is named, or any will do.
    pub(super) fn names(&self, tag: Option<&HeaderValue>) -> bool {
        let is_it =
            |given: &GivenTag| !given.is_weak && tag.is_some_and(|tag| given.text == unquoted(tag));
        match self {
            Self::Any => true,
            Self::Of(tags) => tags.iter().any(is_it),
        }
    }
}

fn read_tags(mut rest: &[u8], tags: &mut Vec<GivenTag>) {
    loop {
        while let [b',' | b' ' | b'\t', behind @ ..] = rest {
            rest = behind;
        }
        let weak = rest.strip_prefix(b"W/");
        let Some(text) = weak.unwrap_or(rest).strip_prefix(b"\"") else {
            return;
        };
        let Some(end) = memchr::memchr(b'"', text) else {
            return;
        };
        tags.push(GivenTag {
            is_weak: weak.is_some(),
            text: text[..end].to_owned(),
        });
        rest = &text[end + 1..];
    }
}

fn unquoted(tag: &HeaderValue) -> &[u8] {
    let inner = tag.as_bytes().strip_prefix(b"\"");
    inner
        .and_then(|inner| inner.strip_suffix(b"\""))
        .unwrap_or_default()
}

/// Whether a tag is one of the revision whose plain tag is `current`: of one of its encodings, languages
/// or viewers.
fn is_of(given: &[u8], current: &[u8]) -> bool {
    given
        .strip_prefix(current)
        .is_some_and(|suffix| suffix.is_empty() || suffix.starts_with(b"-"))
}

/// The date of `If-Unmodified-Since`; none for what is no date, which says nothing.
fn date(headers: &HeaderMap) -> Option<SystemTime> {
    let mut values = headers.get_all(IF_UNMODIFIED_SINCE).iter();
    let value = values.next()?.to_str().ok()?;
    match values.next() {
        None => httpdate::parse_http_date(value.trim()).ok(),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::store::Revision;

    fn conditions(headers: &[(HeaderName, &'static str)]) -> Preconditions {
        let headers = headers.iter();
        let headers = headers.map(|(name, value)| (name.clone(), HeaderValue::from_static(value)));
        let mut all = HeaderMap::new();
        for (name, value) in headers {
            all.append(name, value);
        }
        Preconditions::of(&all)
    }

    fn state() -> DataState {
        DataState {
            revision: Some(Revision::of_changes(0xa)),
            since: SystemTime::UNIX_EPOCH + Duration::from_millis(784_111_777_001),
        }
    }

    #[test]
    fn a_write_is_for_the_state_that_its_tags_name() {
        for (value, is_met) in [
            ("\"0.0.a\"", true),
            ("\"x\", \"0.0.a-gzip\"", true),
            ("\"0.0.a-ja-zstd\"", true),
            ("*", true),
            (" * ", true),
            ("W/\"0.0.a\"", false),
            ("\"0.0.ab\"", false),
            ("\"0.0\"", false),
            ("0.0.a", false),
            ("\"*\"", false),
            ("", false),
        ] {
            let given = conditions(&[(IF_MATCH, value)]);
            assert_eq!(given.are_met(&state()), is_met, "{value}");
            // Nobody has seen what is being written.
            let pending = DataState {
                revision: None,
                ..state()
            };
            assert_eq!(given.are_met(&pending), value.trim() == "*", "{value}");
        }
        let two = conditions(&[(IF_MATCH, "\"x\""), (IF_MATCH, "\"0.0.a\"")]);
        assert!(two.are_met(&state()));
    }

    #[test]
    fn a_write_is_not_for_the_states_that_it_rules_out() {
        for (value, is_met) in [
            ("*", false),
            ("\"0.0.a\"", false),
            ("W/\"0.0.a-gzip\"", false),
            ("\"0.0.b\"", true),
            ("what", true),
        ] {
            let given = conditions(&[(IF_NONE_MATCH, value)]);
            assert_eq!(given.are_met(&state()), is_met, "{value}");
        }
    }

    #[test]
    fn a_date_counts_where_there_are_no_tags() {
        for (value, is_met) in [
            ("Sun, 06 Nov 1994 08:49:38 GMT", true),
            ("Sunday, 06-Nov-94 08:49:38 GMT", true),
            ("Sun Nov  6 08:49:38 1994", true),
            // The state began within that second: who has read in it may have read another one.
            ("Sun, 06 Nov 1994 08:49:37 GMT", false),
            ("Thu, 01 Jan 1970 00:00:00 GMT", false),
            ("yesterday", true),
        ] {
            let given = conditions(&[(IF_UNMODIFIED_SINCE, value)]);
            assert_eq!(given.are_met(&state()), is_met, "{value}");
            let given = conditions(&[(IF_UNMODIFIED_SINCE, value), (IF_MATCH, "\"0.0.a\"")]);
            assert!(given.are_met(&state()), "{value}");
        }
        assert!(Preconditions::default().are_met(&state()));
    }

    #[test]
    fn a_read_is_for_one_response() {
        let asked_for = |value| conditions(&[(IF_MATCH, value)]).match_any.unwrap();
        let tag = HeaderValue::from_static("\"0.0.a-gzip\"");
        let is_met = |value| asked_for(value).names(Some(&tag));
        assert!(is_met("\"x\", \"0.0.a-gzip\"") && is_met("*"));
        assert!(!is_met("W/\"0.0.a-gzip\"") && !is_met("\"0.0.a\"") && !is_met("\"*\""));
        assert!(!asked_for("\"x\"").names(None));
    }
}
