//! Refusals in the form of the contract: `{"errors":{KEY:[text]}}`, with a key for each field or thing.
//!
//! What the house's layers refuse (limits, overload) has the house's own problem document.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};

use super::answer::JSON;
use super::validation::TAKEN;
use crate::http::HttpError;
use crate::store::StoredResponse;

/// A refusal: its status, and what is wrong with what, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ConduitError {
    status: StatusCode,
    errors: Vec<(&'static str, String)>,
}

impl ConduitError {
    fn new(status: StatusCode, key: &'static str, text: impl Into<String>) -> Self {
        Self {
            status,
            errors: vec![(key, text.into())],
        }
    }

    /// Its status.
    pub(super) fn status(&self) -> StatusCode {
        self.status
    }

    /// What is wrong with what.
    pub(super) fn errors(&self) -> impl Iterator<Item = (&str, &str)> {
        self.errors.iter().map(|(key, text)| (*key, text.as_str()))
    }

    /// 422: fields that cannot be as they are.
    pub(super) fn invalid(errors: Vec<(&'static str, String)>) -> Self {
        Self {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            errors,
        }
    }

    /// 409: what another user has already.
    pub(super) fn taken(keys: impl IntoIterator<Item = &'static str>) -> Self {
        Self {
            status: StatusCode::CONFLICT,
            errors: keys
                .into_iter()
                .map(|key| (key, TAKEN.to_owned()))
                .collect(),
        }
    }

    /// 400: the body is no JSON.
    pub(super) fn no_json() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "body", "is not valid JSON")
    }

    /// 401: who asks does not say who it is, or nobody believes it.
    pub(super) fn token(text: &'static str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "token", text)
    }

    /// 401: there is no such user, or the password is another one. Both look alike.
    pub(super) fn credentials() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "credentials", "invalid")
    }

    /// 403: it is somebody else's.
    pub(super) fn forbidden(thing: &'static str) -> Self {
        Self::new(StatusCode::FORBIDDEN, thing, "forbidden")
    }

    /// 404.
    pub(super) fn not_found(thing: &'static str) -> Self {
        Self::new(StatusCode::NOT_FOUND, thing, "not found")
    }

    /// 405.
    pub(super) fn method() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "method", "not allowed")
    }

    fn document(&self) -> Vec<u8> {
        serde_json::to_vec(&self.envelope()).unwrap_or_default()
    }

    /// The document as an example.
    pub(super) fn example(&self) -> Option<serde_json::Value> {
        serde_json::to_value(self.envelope()).ok()
    }

    fn envelope(&self) -> impl Serialize {
        #[derive(Serialize)]
        struct ErrorDocument<'e> {
            errors: &'e ConduitError,
        }
        ErrorDocument { errors: self }
    }
}

/// As the value of `errors`.
impl Serialize for ConduitError {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(self.errors.len()))?;
        for (key, text) in &self.errors {
            map.serialize_entry(key, &[text])?;
        }
        map.end()
    }
}

impl From<ConduitError> for HttpError {
    fn from(error: ConduitError) -> Self {
        let refusal = Self::document(error.status, JSON, error.document());
        if error.status == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static("Token");
            refusal.with_header(header::WWW_AUTHENTICATE, challenge)
        } else {
            refusal
        }
    }
}

impl IntoResponse for ConduitError {
    fn into_response(self) -> Response {
        HttpError::from(self).into_response()
    }
}

/// For what the writer decides, which may be kept for an `Idempotency-Key`.
impl From<ConduitError> for StoredResponse {
    fn from(error: ConduitError) -> Self {
        Self::from(error.status).with_body(JSON, error.document())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_stay_in_their_order() {
        let error = ConduitError::taken(["username", "email"]);
        let expected = r#"{"errors":{"username":["has already been taken"],"email":["has already been taken"]}}"#;
        assert_eq!(String::from_utf8(error.document()).unwrap(), expected);
    }

    #[test]
    fn only_401_has_a_challenge() {
        let challenge = |error: ConduitError| {
            let response = error.into_response();
            response.headers().get(header::WWW_AUTHENTICATE).cloned()
        };
        assert_eq!(challenge(ConduitError::credentials()).unwrap(), "Token");
        assert_eq!(challenge(ConduitError::forbidden("article")), None);
    }
}
