//! What became of a write that is done once, as a response.
//!
//! Here is decided which headers a response may be stored with, and what the client of a repeated request
//! learns. It must not know keys.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::http::HttpError;
use crate::store::{Outcome, StoredResponse};

/// On an answer that was given before.
pub(crate) const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

impl From<StatusCode> for StoredResponse {
    fn from(status: StatusCode) -> Self {
        Self::new(status.as_u16())
    }
}

/// A header that a response may have and be stored with. `Set-Cookie` is none: a cookie is for whom the first
/// answer went to, at that time. A handler sets it beside the outcome that it returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeptHeader {
    /// `Location`: of what was made, or where a 303 leads.
    Location,
    /// `Content-Location`: of what the body shows.
    ContentLocation,
    /// `Content-Language`: of the body.
    ContentLanguage,
    /// `Link`: to what belongs to it.
    Link,
}

impl KeptHeader {
    const fn name(self) -> &'static str {
        match self {
            Self::Location => "location",
            Self::ContentLocation => "content-location",
            Self::ContentLanguage => "content-language",
            Self::Link => "link",
        }
    }
}

impl StoredResponse {
    /// 303: what was done is shown at `location`.
    #[must_use]
    pub fn see_other(location: impl Into<String>) -> Self {
        Self::from(StatusCode::SEE_OTHER).with_header(KeptHeader::Location, location)
    }

    /// Adds a header, which is stored with the response.
    #[must_use]
    pub fn with_header(mut self, header: KeptHeader, value: impl Into<String>) -> Self {
        self.headers.push((header.name().into(), value.into()));
        self
    }
}

impl IntoResponse for Outcome {
    fn into_response(self) -> Response {
        match self {
            Self::Done(answer) => respond(answer),
            Self::Replayed(answer) => replayed(respond(answer)),
            Self::Withheld(status) => {
                let detail = format!(
                    "This request was done before. It was answered {status}, and the answer was not kept."
                );
                replayed(HttpError::problem(StatusCode::CONFLICT, detail).into_response())
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

fn replayed(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(REPLAYED, HeaderValue::from_static("true"));
    response
}

fn respond(answer: StoredResponse) -> Response {
    response(answer).unwrap_or_else(|invalid| HttpError::internal(invalid).into_response())
}

fn response(answer: StoredResponse) -> Result<Response, axum::http::Error> {
    let mut response = Response::builder().status(answer.status);
    for (name, value) in &answer.headers {
        response = response.header(&**name, value);
    }
    match answer.body {
        None => response.body(Body::empty()),
        Some(body) => response
            .header(header::CONTENT_TYPE, body.content_type)
            .body(body.bytes.into()),
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;

    use super::*;

    #[tokio::test]
    async fn a_replayed_answer_is_the_first_one_and_says_so() {
        let answer = StoredResponse::new(201).with_body("application/json", b"{}".to_vec());
        let answer = answer.with_header(KeptHeader::Location, "/chair/1");
        let first = Outcome::Done(answer.clone()).into_response();
        let mut again = Outcome::Replayed(answer).into_response();
        assert_eq!(again.headers_mut().remove(REPLAYED).unwrap(), "true");
        assert_eq!(first.status(), StatusCode::CREATED);
        assert_eq!(again.status(), first.status());
        assert_eq!(again.headers(), first.headers());
        assert_eq!(again.headers()[header::LOCATION], "/chair/1");
        let body = |response: Response| response.into_body().collect();
        let (first, again) = (body(first).await.unwrap(), body(again).await.unwrap());
        assert_eq!(first.to_bytes(), "{}");
        assert_eq!(again.to_bytes(), "{}");
    }
}
