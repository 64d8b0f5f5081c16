//! The one error type of the HTTP side, and the one place where it becomes a response.
//!
//! - [`HttpError::bare`]: a status that an app's contract names, with an empty body.
//! - [`HttpError::document`]: the same with a document of the contract's own form.
//! - [`HttpError::problem`]: everything else that a client should know, as
//!   `application/problem+json` (RFC 9457).
//! - [`HttpError::internal`]: what is our fault. The client learns the status and nothing more; the
//!   cause rides along in the response's extensions to the request log, which writes it once.
//!
//! Headers that a status calls for (`WWW-Authenticate`, `Allow`, `Location`) ride along too:
//! [`HttpError::with_header`].

use std::any::Any;
use std::error::Error;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema as _, ToSchema};

use super::headers::fly_replay::WriteRefused;
use super::observability::refusals::Overloaded;
use crate::store::{StoreError, panic_message};

/// A response that is not a success.
#[derive(Debug)]
pub struct HttpError {
    status: StatusCode,
    body: ErrorBody,
    /// Few or none, so that an error stays small on its way up.
    headers: Vec<(HeaderName, HeaderValue)>,
    cause: Option<Cause>,
    overload: Option<Overloaded>,
    /// Whether a replica refuses what its primary would do.
    is_refused_write: bool,
}

/// What a client gets beside the status.
#[derive(Debug)]
enum ErrorBody {
    Empty,
    /// A sentence, to be made a problem document.
    Problem(String),
    /// A document of a media type, as it is.
    Document(&'static str, Vec<u8>),
}

/// Why a request failed, for the log.
#[derive(Debug, Clone)]
pub(crate) struct Cause {
    pub(crate) error: Arc<dyn Error + Send + Sync>,
    /// Whether the client is at fault, whatever status its app's contract has for that.
    pub(crate) is_clients: bool,
}

/// The media type of a problem document.
pub const PROBLEM_TYPE: &str = "application/problem+json";

/// A problem document (RFC 9457).
#[derive(Serialize, ToSchema)]
pub(crate) struct Problem<'a> {
    /// Always `about:blank`: the status says what kind of problem it is.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The status in words.
    title: &'a str,
    status: u16,
    /// What is wrong with this request, for people.
    detail: &'a str,
}

impl Problem<'_> {
    /// Its name among the schemas of the API's description.
    pub(crate) const NAME: &'static str = "Problem";

    /// Its schema.
    pub(crate) fn described() -> RefOr<Schema> {
        Self::schema()
    }
}

impl HttpError {
    /// `status` with an empty body, as contracts have it.
    #[must_use]
    pub fn bare(status: StatusCode) -> Self {
        Self {
            status,
            body: ErrorBody::Empty,
            headers: Vec::new(),
            cause: None,
            overload: None,
            is_refused_write: false,
        }
    }

    /// `status` with a sentence for the client.
    #[must_use]
    pub fn problem(status: StatusCode, detail: impl Into<String>) -> Self {
        Self {
            body: ErrorBody::Problem(detail.into()),
            ..Self::bare(status)
        }
    }

    /// `status` with a document of media type `kind`, in the form of an app's contract.
    #[must_use]
    pub fn document(status: StatusCode, kind: &'static str, document: Vec<u8>) -> Self {
        Self {
            body: ErrorBody::Document(kind, document),
            ..Self::bare(status)
        }
    }

    /// 500; the cause goes to the log only.
    #[must_use]
    pub fn internal(cause: impl Error + Send + Sync + 'static) -> Self {
        Self::problem(
            StatusCode::INTERNAL_SERVER_ERROR,
            "The server failed; its log has the cause.",
        )
        .caused_by(cause)
    }

    /// 500 for a panic; its text goes to the log only.
    #[must_use]
    pub(crate) fn panicked(panic: &(dyn Any + Send)) -> Self {
        Self::internal(io::Error::other(panic_message(panic)))
    }

    /// 503 with `Retry-After`: not now, but soon.
    #[must_use]
    pub fn overloaded(detail: impl Into<String>) -> Self {
        const RETRY_SECONDS: u32 = 1;
        let detail = detail.into();
        let overload = Overloaded(detail.as_str().into());
        let refusal = Self::problem(StatusCode::SERVICE_UNAVAILABLE, detail)
            .with_header(header::RETRY_AFTER, HeaderValue::from(RETRY_SECONDS));
        Self {
            overload: Some(overload),
            ..refusal
        }
    }

    /// 429 with `Retry-After`: the client may ask again after `wait`.
    #[must_use]
    pub fn too_many_requests(wait: Duration) -> Self {
        Self::throttled(wait, "Too many requests came from your address.")
    }

    /// 429 with `Retry-After`: sign-ins failed, or accounts were made, too many times.
    #[must_use]
    pub fn too_many_attempts(wait: Duration) -> Self {
        Self::throttled(wait, "Too many attempts. Try again later.")
    }

    fn throttled(wait: Duration, detail: &str) -> Self {
        let started = u64::from(wait.subsec_nanos() > 0);
        let seconds = u32::try_from(wait.as_secs().saturating_add(started)).unwrap_or(u32::MAX);
        Self::problem(StatusCode::TOO_MANY_REQUESTS, detail)
            .with_header(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)))
    }

    /// 401 with `WWW-Authenticate`: `challenge` says how to authenticate, for example `Bearer`.
    #[must_use]
    pub fn unauthorized(challenge: HeaderValue, detail: impl Into<String>) -> Self {
        Self::problem(StatusCode::UNAUTHORIZED, detail)
            .with_header(header::WWW_AUTHENTICATE, challenge)
    }

    /// Adds a header. A name that was added before is sent with both values, as a second challenge is.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Adds what the log should say about it.
    #[must_use]
    pub fn caused_by(self, cause: impl Error + Send + Sync + 'static) -> Self {
        Self {
            cause: Some(Cause {
                error: Arc::new(cause),
                is_clients: false,
            }),
            ..self
        }
    }

    /// As [`HttpError::caused_by`], for what is the client's fault although its app's contract says 500:
    /// nobody need be called for it.
    #[must_use]
    pub fn caused_by_client(self, cause: impl Error + Send + Sync + 'static) -> Self {
        let mut error = self.caused_by(cause);
        if let Some(cause) = &mut error.cause {
            cause.is_clients = true;
        }
        error
    }

    /// The response's status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }
}

/// Its status: enough where the cause behind it says the rest.
impl fmt::Display for HttpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the response is {}", self.status)
    }
}

/// A handler's error can come out of a job of the writer, which looks for what SQLite said behind it.
impl Error for HttpError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        let cause = self.cause.as_ref()?;
        Some(&*cause.error)
    }
}

impl IntoResponse for HttpError {
    fn into_response(self) -> Response {
        let (kind, body) = match self.body {
            ErrorBody::Empty => (None, Vec::new()),
            ErrorBody::Document(kind, document) => (Some(kind), document),
            ErrorBody::Problem(detail) => {
                let problem = Problem {
                    kind: "about:blank",
                    title: self.status.canonical_reason().unwrap_or("Error"),
                    status: self.status.as_u16(),
                    detail: &detail,
                };
                let body = serde_json::to_vec(&problem).unwrap_or_default();
                (Some(PROBLEM_TYPE), body)
            }
        };
        let mut response = match kind {
            None => self.status.into_response(),
            Some(kind) => (self.status, [(header::CONTENT_TYPE, kind)], body).into_response(),
        };
        for (name, value) in self.headers {
            response.headers_mut().append(name, value);
        }
        if let Some(overload) = self.overload {
            response.extensions_mut().insert(overload);
        }
        if self.is_refused_write {
            response.extensions_mut().insert(WriteRefused);
        }
        if let Some(cause) = self.cause {
            response.extensions_mut().insert(cause);
        }
        response
    }
}

impl From<StoreError> for HttpError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Busy => Self::overloaded("Too many writes are waiting."),
            StoreError::BusyReading => Self::overloaded("Too many long reads are waiting."),
            StoreError::Stopped => Self::overloaded("The server is shutting down."),
            StoreError::ReadOnly => Self {
                is_refused_write: true,
                ..Self::problem(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "This is a read-only replica; send writes to the primary.",
                )
            },
            StoreError::HoldsWrites => Self::problem(
                StatusCode::CONFLICT,
                "A primary keeps its own copy, which holds writes; a reset adopts the baked file.",
            ),
            StoreError::Pool(_) => {
                Self::overloaded("No database connection became free.").caused_by(error)
            }
            slow if slow.is_interrupted() => {
                Self::overloaded("The query took too long.").caused_by(slow)
            }
            full if full.is_full() => Self::problem(
                StatusCode::INSUFFICIENT_STORAGE,
                "There is no space left to store this. It did not take effect.",
            )
            .caused_by(full),
            gone if gone.is_displaced() => Self::problem(
                StatusCode::SERVICE_UNAVAILABLE,
                "The data file is no longer in its place. This did not take effect.",
            )
            .caused_by(gone),
            // No Retry-After: repeating it could do it twice.
            unknown if unknown.is_in_doubt() => Self::problem(
                StatusCode::SERVICE_UNAVAILABLE,
                "The storage failed. This may still take effect.",
            )
            .caused_by(unknown),
            other => Self::internal(other),
        }
    }
}

/// A body that is larger than its limit, or that did not arrive.
impl From<BytesRejection> for HttpError {
    fn from(rejection: BytesRejection) -> Self {
        Self::problem(rejection.status(), rejection.body_text())
    }
}

impl From<rusqlite::Error> for HttpError {
    fn from(error: rusqlite::Error) -> Self {
        StoreError::Sqlite(error).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_go_out_whatever_the_body_is() {
        let token = HeaderValue::from_static("Token");
        let basic = HeaderValue::from_static("Basic realm=\"x\"");
        let errors = [
            HttpError::unauthorized(token.clone(), "Sign in."),
            HttpError::bare(StatusCode::UNAUTHORIZED)
                .with_header(header::WWW_AUTHENTICATE, token.clone()),
            HttpError::document(StatusCode::UNAUTHORIZED, "application/json", b"{}".to_vec())
                .with_header(header::WWW_AUTHENTICATE, token.clone()),
        ];
        for error in errors {
            let both = error.with_header(header::WWW_AUTHENTICATE, basic.clone());
            let response = both.into_response();
            assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
            let challenges = response.headers().get_all(header::WWW_AUTHENTICATE);
            assert!(challenges.iter().eq([&token, &basic]), "{response:?}");
        }
    }
}
