//! The parameter of a path that has one, as text.
//!
//! What axum's `Path<String>` says, without the deserializer that it goes through: for a short answer that is a
//! twentieth of all instructions. It must not know what the text stands for.

use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;

/// The text that stands for the first parameter of the route's path, unescaped. A direct route has its parameter
/// last, and nothing escaped.
#[derive(Debug)]
pub struct PathParameter(pub String);

impl<S: Send + Sync> FromRequestParts<S> for PathParameter {
    /// The text is no UTF-8.
    type Rejection = RawPathParamsRejection;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &S,
    ) -> Result<Self, RawPathParamsRejection> {
        match RawPathParams::from_request_parts(parts, state).await {
            Ok(parameters) => {
                let first = parameters.iter().next();
                Ok(Self(
                    first.map_or_else(String::new, |(_, text)| text.to_owned()),
                ))
            }
            Err(RawPathParamsRejection::MissingPathParams(_)) => {
                let path = parts.uri.path().trim_end_matches('/');
                let last = path.rsplit('/').next();
                Ok(Self(last.unwrap_or_default().to_owned()))
            }
            Err(rejection) => Err(rejection),
        }
    }
}
