//! The 404 page, and 405 for methods that are not taken.

use std::sync::Arc;

use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use uuid::Uuid;

use super::model;
use super::problem::PeopleError;
use crate::http::NotFoundPage;

/// The app's 404 page: family B for every address.
pub(super) fn page() -> NotFoundPage {
    NotFoundPage {
        answer: Arc::new(answer),
        own: Some("/people"),
    }
}

fn answer(_method: &Method, _headers: &HeaderMap, uri: &Uri) -> Option<Response> {
    // `OPTIONS *` asks about the server, not about an address.
    (uri.path() != "*").then(|| PeopleError::not_found().into_response())
}

/// The uuid in an address. At any other text there is nothing, UTF-8 or not.
pub(super) fn uuid_in(path: Result<Path<String>, PathRejection>) -> Result<Uuid, PeopleError> {
    let uuid = path.ok().and_then(|Path(text)| model::uuid(&text));
    uuid.ok_or_else(PeopleError::not_found)
}

/// 404 of family B.
pub(super) async fn nothing_here() -> PeopleError {
    PeopleError::not_found()
}

/// 405 of family A; 200 for OPTIONS. The router adds `Allow` to either.
pub(super) async fn no_method(method: Method) -> Response {
    if method == Method::OPTIONS {
        return StatusCode::OK.into_response();
    }
    PeopleError::method().into_response()
}
