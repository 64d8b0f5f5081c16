//! `GET /streaming/sentences`: a learner's sentences in her order, for the service that streams them. The
//! original answered this by gRPC, without asking who wants to know.
//!
//! A learner reads her own; the service reads everybody's by a token of its own. The links to the service are
//! here too. It must not know how an order comes about.

use axum::extract::{RawQuery, State};
use axum::http::{Extensions, HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use rusqlite::Connection;
use serde::Serialize;
use utoipa::ToSchema;

use super::described;
use super::learner::{Visitor, unauthorized};
use super::mode;
use super::order::Order;
use super::pages::accounts::described::NotSignedIn;
use super::path::parameter;
use super::settings::EnglishSettings;
use super::{DrillState, Result};
use crate::apps::answer::json;
use crate::http::{HttpError, PrivateResponse};

/// Sentences of a list at most, the first ones of the order.
const MOST_SENTENCES: i64 = 100_000;

/// A learner's sentences in her order.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct StreamedList {
    sentences: Vec<StreamedSentence>,
}

/// A sentence of the list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct StreamedSentence {
    /// Its number.
    no: i64,
    /// The sum of what was graded.
    score: i64,
}

/// A link to the service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ServiceLink {
    pub(super) address: String,
    pub(super) name: &'static str,
}

/// The links to the service for a learner.
pub(super) fn links(settings: &EnglishSettings, learner: i64) -> Vec<ServiceLink> {
    let places = [
        ("global", "streaming(global)", &settings.streaming_global),
        ("local", "streaming(local)", &settings.streaming_local),
    ];
    let set = places.into_iter().filter(|(_, _, url)| !url.is_empty());
    set.map(|(location, name, url)| ServiceLink {
        address: format!(
            "{}/?user_id={learner}&location={location}",
            url.trim_end_matches('/')
        ),
        name,
    })
    .collect()
}

/// Stream a learner's sentences
///
/// Numbers and scores in the learner's order: by number, best first or worst first. Learners read their own;
/// the service that streams them reads everybody's with `english.streaming_token`.
#[utoipa::path(get, path = "/streaming/sentences", operation_id = "streamed_sentences", tag = "English",
    security(("Session" = []), ("StreamingToken" = [])),
    params(("user_id" = Option<i64>, Query, description = "The learner; without one, who asks")),
    responses(
        (status = 200, description = "The sentences, the first 100,000.", body = StreamedList),
        (status = 400, response = described::NobodyNamed),
        (status = 401, response = NotSignedIn),
        (status = 403, response = described::NotYours),
        (status = 404, response = described::NothingThere),
    ))]
pub(super) async fn sentences(
    State(drill): State<DrillState>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    extensions: Extensions,
) -> Result<Response> {
    let asked = asked_user(query.as_deref())?;
    let visitor = Visitor::of(&extensions);
    let by_token = has_token(&headers, &drill.settings);
    let learner = match (&visitor, asked) {
        (_, Some(asked)) if by_token => asked,
        (Some(visitor), asked) if asked.is_none_or(|asked| asked == visitor.id) => visitor.id,
        (Some(_), _) => {
            let detail = "Learners read their own sentences.";
            return Err(HttpError::problem(StatusCode::FORBIDDEN, detail));
        }
        (None, _) if by_token => {
            let detail = "The parameter user_id says whose sentences.";
            return Err(HttpError::problem(StatusCode::BAD_REQUEST, detail));
        }
        (None, _) => {
            let scheme = HeaderValue::from_static("Bearer");
            return Err(unauthorized().with_header(header::WWW_AUTHENTICATE, scheme));
        }
    };
    let work = move |connection: &Connection| list(connection, learner);
    let found = drill.store.read_offloaded(work).await?;
    let none = || HttpError::problem(StatusCode::NOT_FOUND, "There is no such learner.");
    let body = found.ok_or_else(none)?;
    Ok(PrivateResponse::not_stored(json(body)).into_response())
}

/// The list of a learner, as JSON, if there is such a learner.
fn list(connection: &Connection, learner: i64) -> Result<Option<Vec<u8>>> {
    let Some(mode) = mode::stored(connection, learner)? else {
        return Ok(None);
    };
    let ranked = Order::of(connection, learner, mode)?.page(0, MOST_SENTENCES)?;
    let sentences = ranked.iter().map(|sentence| StreamedSentence {
        no: sentence.no,
        score: sentence.score,
    });
    let list = StreamedList {
        sentences: sentences.collect(),
    };
    let body = serde_json::to_vec(&list).map_err(HttpError::internal)?;
    Ok(Some(body))
}

/// Whose sentences a query asks for.
fn asked_user(query: Option<&str>) -> Result<Option<i64>> {
    let Some(value) = parameter(query, "user_id") else {
        return Ok(None);
    };
    let id = value.parse().map_err(|_| {
        let detail = "The parameter user_id is no number.";
        HttpError::problem(StatusCode::BAD_REQUEST, detail)
    })?;
    Ok(Some(id))
}

/// Whether a request shows the token of the service.
fn has_token(headers: &HeaderMap, settings: &EnglishSettings) -> bool {
    let given = headers.get(header::AUTHORIZATION);
    let given = given.and_then(|given| {
        let (scheme, token) = given.as_bytes().split_at_checked("Bearer ".len())?;
        scheme.eq_ignore_ascii_case(b"Bearer ").then_some(token)
    });
    given.is_some_and(|given| settings.streaming_token.matches(given.trim_ascii()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Secret;

    /// Advice 21: without an address there is no link, and pages are shown all the same.
    #[test]
    fn links_are_there_for_addresses_that_are() {
        let mut settings = EnglishSettings::default();
        assert_eq!(links(&settings, 7), []);
        settings.streaming_global = "https://stream.example/".to_owned();
        let global = ServiceLink {
            address: "https://stream.example/?user_id=7&location=global".to_owned(),
            name: "streaming(global)",
        };
        assert_eq!(links(&settings, 7), [global]);
        settings.streaming_local = "http://10.0.0.7:8080/drill".to_owned();
        let local = &links(&settings, 8)[1];
        let expected = "http://10.0.0.7:8080/drill/?user_id=8&location=local";
        assert_eq!(
            (&*local.address, local.name),
            (expected, "streaming(local)")
        );
    }

    #[test]
    fn a_token_is_the_one_that_is_set() {
        let with = |value: &str, token: &str| {
            let settings = EnglishSettings {
                streaming_token: Secret::from(token),
                ..EnglishSettings::default()
            };
            let value = HeaderValue::from_str(value).unwrap();
            has_token(
                &HeaderMap::from_iter([(header::AUTHORIZATION, value)]),
                &settings,
            )
        };
        let token = "0123456789abcdef";
        assert!(with("Bearer 0123456789abcdef", token));
        assert!(with("bearer  0123456789abcdef", token));
        for wrong in [
            "Bearer x",
            "Basic 0123456789abcdef",
            "Bearer",
            "0123456789abcdef",
            "",
        ] {
            assert!(!with(wrong, token), "{wrong}");
        }
        assert!(!with("Bearer ", ""));
        assert!(!has_token(&HeaderMap::new(), &EnglishSettings::default()));
    }
}
