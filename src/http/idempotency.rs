//! `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): which writes are done once, however
//! often their client repeats them.
//!
//! What a request says is read here, and how an outcome becomes a response; that it is done once is the
//! store's to see to ([`Once`]). Where no answers are kept, as on a replica, the header is not looked at.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest as _, Sha256};

use super::HttpError;
use crate::store::{Answer, Once, Outcome, Retention, Store};

pub(crate) const KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// On an answer that was given before.
pub(crate) const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// The longest key in bytes; the usual ones, UUIDs, have 36.
pub(crate) const LONGEST: usize = 255;

/// What [`key`] takes, as a pattern of JSON Schema.
pub(crate) const PATTERN: &str = r#"^([!#-+\--:<-\[\]-~]{1,255}|"([ !#-\[\]-~]|\\["\\]){1,255}")$"#;

/// The key of a request, if it has one that is honoured: an extractor for apps whose state gives
/// their store. A malformed key is answered 400.
#[derive(Debug)]
pub struct IdempotencyKey(Option<Given>);

#[derive(Debug)]
struct Given {
    key: String,
    retention: Retention,
    /// Of the method, the path and the query so far.
    asked: Sha256,
}

impl IdempotencyKey {
    /// The write that is done once for this key, or each time without one. The same request is one
    /// with the same method, path and query, as they came, and `body`.
    #[must_use]
    pub fn once(self, body: &[u8]) -> Once {
        let Some(given) = self.0 else {
            return Once::default();
        };
        let request = given.asked.chain_update(body).finalize();
        Once::keyed(given.key, request.into(), given.retention)
    }
}

impl<T: AsRef<Store> + Send + Sync> FromRequestParts<Arc<T>> for IdempotencyKey {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<T>) -> Result<Self, HttpError> {
        let mut values = parts.headers.get_all(KEY).iter();
        let Some(value) = values.next() else {
            return Ok(Self(None));
        };
        let store: &Store = T::as_ref(app);
        let Some(retention) = store.retention() else {
            return Ok(Self(None));
        };
        if values.next().is_some() {
            return Err(malformed("Idempotency-Key may be given only once."));
        }
        // As they came, escapes and all: what is written in another way is another request. Neither this
        // nor the method holds a line feed.
        let target = parts.uri.path_and_query().map_or("/", PathAndQuery::as_str);
        let asked = Sha256::new()
            .chain_update(parts.method.as_str())
            .chain_update("\n")
            .chain_update(target)
            .chain_update("\n");
        Ok(Self(Some(Given {
            key: key(value).ok_or_else(|| malformed(FORM))?,
            retention,
            asked,
        })))
    }
}

const FORM: &str = "Idempotency-Key must hold 1 to 255 ASCII characters: a structured field's string in \
                    quotes, or the characters alone, without spaces and \" \\ , ;";

fn malformed(detail: &str) -> HttpError {
    HttpError::problem(StatusCode::BAD_REQUEST, detail)
}

/// The key in a header, which is a string of RFC 9651 by the draft and often sent without the quotes.
fn key(value: &HeaderValue) -> Option<String> {
    let text = value.to_str().ok()?;
    let key = match text.strip_prefix('"') {
        Some(quoted) => unquoted(quoted)?,
        None if text.bytes().all(is_plain) => text.to_owned(),
        None => return None,
    };
    (1..=LONGEST).contains(&key.len()).then_some(key)
}

/// Excluded is what would make a list, parameters or half a string of it.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_graphic() && !b"\"\\,;".contains(&byte)
}

/// The content of a string that its first quote was taken from; nothing may follow the last one.
fn unquoted(text: &str) -> Option<String> {
    let mut content = String::with_capacity(text.len());
    let mut rest = text.chars();
    loop {
        match rest.next()? {
            '"' => break,
            '\\' => content.push(rest.next().filter(|escaped| r#""\"#.contains(*escaped))?),
            plain @ ' '..='~' => content.push(plain),
            _ => return None,
        }
    }
    rest.next().is_none().then_some(content)
}

impl From<StatusCode> for Answer {
    fn from(status: StatusCode) -> Self {
        Self {
            status: status.as_u16(),
            body: None,
        }
    }
}

impl IntoResponse for Outcome {
    fn into_response(self) -> Response {
        match self {
            Self::Done(answer) => respond(answer),
            Self::Replayed(answer) => {
                let mut response = respond(answer);
                let headers = response.headers_mut();
                headers.insert(REPLAYED, HeaderValue::from_static("true"));
                response
            }
            Self::KeyTaken => HttpError::problem(
                StatusCode::UNPROCESSABLE_ENTITY,
                "This Idempotency-Key was given with another request before: another method, path, \
                 query or body. A new request takes a new key.",
            )
            .into_response(),
        }
    }
}

fn respond(answer: Answer) -> Response {
    let status = match StatusCode::from_u16(answer.status) {
        Ok(status) => status,
        Err(invalid) => return HttpError::internal(invalid).into_response(),
    };
    let Some(body) = answer.body else {
        return status.into_response();
    };
    match HeaderValue::try_from(body.content_type) {
        Ok(kind) => (status, [(header::CONTENT_TYPE, kind)], body.bytes).into_response(),
        Err(invalid) => HttpError::internal(invalid).into_response(),
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;

    use super::*;
    use crate::store::AnswerBody;

    fn read(text: &str) -> Option<String> {
        key(&HeaderValue::from_bytes(text.as_bytes()).unwrap())
    }

    #[test]
    fn keys_are_strings_with_or_without_quotes() {
        let uuid = "8e03978e-40d5-43dd-bc93-6894a57f9324";
        assert_eq!(read(uuid).as_deref(), Some(uuid));
        assert_eq!(read(&format!("\"{uuid}\"")).as_deref(), Some(uuid));
        assert_eq!(read("order:7/a+b=").as_deref(), Some("order:7/a+b="));
        assert_eq!(
            read(r#""a, b; \"c\" \\""#).as_deref(),
            Some(r#"a, b; "c" \"#)
        );
        let longest = "k".repeat(LONGEST);
        assert_eq!(read(&longest), Some(longest.clone()));
        assert_eq!(read(&format!("\"{longest}\"")), Some(longest));
    }

    #[test]
    fn malformed_keys_are_refused() {
        let long = "k".repeat(LONGEST + 1);
        let long_quoted = format!("\"{long}\"");
        let malformed = [
            "",
            "\"\"",
            "\"",
            "\"a",
            "a\"",
            "\"a\"b",
            "\"a\";b=1",
            "\"a\", \"b\"",
            "a, b",
            "a,b",
            "a;b",
            "a b",
            "a\\b",
            "\"a\\b\"",
            "\"a\\",
            "a\tb",
            "\"a\tb\"",
            "椅子",
            "\"椅子\"",
            &long,
            &long_quoted,
        ];
        for text in malformed {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn the_pattern_takes_what_is_taken() {
        let pattern = regex::Regex::new(PATTERN).unwrap();
        let longest = "k".repeat(LONGEST);
        let long = "k".repeat(LONGEST + 1);
        let escaped = format!("\"{}\"", r"\\".repeat(LONGEST));
        let mut texts = vec![longest, long, escaped, r#""a, b; \"c\" \\""#.to_owned()];
        let pairs = (b' '..=b'~').map(char::from);
        texts.extend(
            pairs.flat_map(|c| [format!("a{c}"), format!("\"{c}\""), format!("\"\\{c}\"")]),
        );
        texts.extend(["", "\"\"", "\"a", "\"a\"b", "椅子"].map(str::to_owned));
        for text in texts {
            let text = text.trim();
            assert_eq!(pattern.is_match(text), read(text).is_some(), "{text}");
        }
    }

    #[tokio::test]
    async fn a_replayed_answer_is_the_first_one_and_says_so() {
        let answer = Answer {
            status: 201,
            body: Some(AnswerBody {
                content_type: "application/json".to_owned(),
                bytes: b"{}".to_vec(),
            }),
        };
        let first = Outcome::Done(answer.clone()).into_response();
        let mut again = Outcome::Replayed(answer).into_response();
        assert_eq!(again.headers_mut().remove(REPLAYED).unwrap(), "true");
        assert_eq!(first.status(), StatusCode::CREATED);
        assert_eq!(again.status(), first.status());
        assert_eq!(again.headers(), first.headers());
        let body = |response: Response| response.into_body().collect();
        let (first, again) = (body(first).await.unwrap(), body(again).await.unwrap());
        assert_eq!(first.to_bytes(), "{}");
        assert_eq!(again.to_bytes(), "{}");
    }
}
