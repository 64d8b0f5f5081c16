//! What stands in addresses: a user's name, an article's slug, a comment's number. What is no UTF-8, or no
//! number, names nothing.

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use utoipa::IntoParams;

use super::problem::ConduitError;
use crate::http::PathParameter;

/// The user of an address.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct UsernamePath {
    /// The user's name, letter for letter
    pub(super) username: String,
}

/// The article of an address.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct SlugPath {
    /// The article's slug
    pub(super) slug: String,
}

/// The comment of an address.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct CommentPath {
    /// The article's slug
    pub(super) slug: String,
    /// The comment's number
    #[param(value_type = i64)]
    pub(super) id: Option<i64>,
}

impl<S: Send + Sync> FromRequestParts<S> for UsernamePath {
    type Rejection = ConduitError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ConduitError> {
        let username = one(parts, state, "profile").await?;
        Ok(Self { username })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for SlugPath {
    type Rejection = ConduitError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ConduitError> {
        let slug = one(parts, state, "article").await?;
        Ok(Self { slug })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for CommentPath {
    type Rejection = ConduitError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ConduitError> {
        let path = Path::<(String, String)>::from_request_parts(parts, state).await;
        let Path((slug, id)) = path.map_err(|_| ConduitError::not_found("article"))?;
        // Digits only: a sign or a blank is another text.
        let is_number = id.bytes().all(|byte| byte.is_ascii_digit());
        let id = is_number.then(|| id.parse().ok()).flatten();
        Ok(Self { slug, id })
    }
}

/// The only parameter of an address, which stands for a `thing`.
async fn one<S: Send + Sync>(
    parts: &mut Parts,
    state: &S,
    thing: &'static str,
) -> Result<String, ConduitError> {
    let text = PathParameter::from_request_parts(parts, state).await;
    let PathParameter(text) = text.map_err(|_| ConduitError::not_found(thing))?;
    Ok(text)
}
