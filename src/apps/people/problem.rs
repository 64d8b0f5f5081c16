//! The two families of errors, which look alike: those that the original's framework made (A, problem
//! documents) and those of its own handlers (B, `application/json` with a `type` of their own).
//!
//! Keys are in alphabetical order, as everywhere in this app. What the house's layers refuse (limits,
//! overload) is neither: that is the house's own problem document.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::http::{HttpError, PROBLEM_TYPE};
use crate::store::StoredResponse;

/// Of family A.
const BLANK: &str = "about:blank";
/// Of family B: what the model refuses.
const VALIDATION: &str = "validation";
/// Of family B: what the table refuses.
const ORM: &str = "orm";
/// Of family B: what is not there.
const HTTP: &str = "http";

/// A refusal with its document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct PeopleError {
    detail: Option<String>,
    status: u16,
    title: Option<String>,
    #[serde(rename = "type")]
    kind: &'static str,
}

impl PeopleError {
    fn new(status: StatusCode, kind: &'static str, detail: impl Into<String>) -> Self {
        Self {
            detail: Some(detail.into()),
            status: status.as_u16(),
            title: status.canonical_reason().map(str::to_owned),
            kind,
        }
    }

    /// 400 A: the body or the query does not go with the specification.
    pub(super) fn specification(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, BLANK, detail)
    }

    /// 400 A without a title: parameters that the operation does not have.
    pub(super) fn extra_parameters(names: &[String]) -> Self {
        let names = names.join(", ");
        let detail = format!("Extra query parameter(s) {names} not in spec");
        Self {
            title: None,
            ..Self::specification(detail)
        }
    }

    /// 415 A, whose title is the message.
    pub(super) fn content_type(given: &str) -> Self {
        Self {
            detail: None,
            status: StatusCode::UNSUPPORTED_MEDIA_TYPE.as_u16(),
            title: Some(format!(
                "Invalid Content-type ({given}), expected JSON data"
            )),
            kind: BLANK,
        }
    }

    /// 405 A.
    pub(super) fn method() -> Self {
        let detail = "The method is not allowed for the requested URL.";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, BLANK, detail)
    }

    /// 400 B: no person can be like that.
    pub(super) fn validation(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, VALIDATION, detail)
    }

    /// 409 B: there is a person with this uuid.
    pub(super) fn duplicate() -> Self {
        let detail = "There is a person with this `uuid` already.";
        Self::new(StatusCode::CONFLICT, ORM, detail)
    }

    /// 404 B: nobody, or nothing, is at this address.
    pub(super) fn not_found() -> Self {
        let detail = "404 Not Found: The requested URL was not found on the server. If you entered \
                      the URL manually please check your spelling and try again.";
        Self::new(StatusCode::NOT_FOUND, HTTP, detail)
    }

    fn content(&self) -> (&'static str, Vec<u8>) {
        let media_type = match self.kind {
            BLANK => PROBLEM_TYPE,
            _ => "application/json",
        };
        (media_type, serde_json::to_vec(self).unwrap_or_default())
    }

    fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl From<PeopleError> for HttpError {
    fn from(problem: PeopleError) -> Self {
        let (media_type, document) = problem.content();
        Self::document(problem.status(), media_type, document)
    }
}

impl IntoResponse for PeopleError {
    fn into_response(self) -> Response {
        HttpError::from(self).into_response()
    }
}

/// For what the writer decides, which may be kept for an `Idempotency-Key`.
impl From<PeopleError> for StoredResponse {
    fn from(problem: PeopleError) -> Self {
        let (content_type, bytes) = problem.content();
        Self::new(problem.status).with_body(content_type, bytes)
    }
}
