//! The 404 page, and 405 for methods that are not taken.

use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};

use super::problem::ConduitError;

/// The app's 404 page: the contract's document below `/api`, the house's elsewhere.
pub(super) fn page(_method: &Method, _headers: &HeaderMap, uri: &Uri) -> Option<Response> {
    let rest = uri.path().strip_prefix("/api")?;
    let is_below = rest.is_empty() || rest.starts_with('/');
    is_below.then(|| ConduitError::not_found("resource").into_response())
}

/// 405; 200 for OPTIONS. The router adds `Allow` to either.
pub(super) async fn no_method(method: Method) -> Response {
    if method == Method::OPTIONS {
        return StatusCode::OK.into_response();
    }
    ConduitError::method().into_response()
}
