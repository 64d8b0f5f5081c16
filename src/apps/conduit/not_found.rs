//! The 404 page, and 405 for methods that are not taken.

use std::sync::Arc;

use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse as _, Response};

use super::pages::{self, Failures};
use super::problem::ConduitError;
use crate::http::{NotFoundAnswer, NotFoundPage};

/// Where the contract decides what is said.
const API: &str = "/api";

/// The app's 404 page: the contract's document below `/api`; elsewhere that of the site for browsers, where
/// there is a site, and the house's.
pub(super) fn page(site: Option<Failures>) -> NotFoundPage {
    let answer: NotFoundAnswer = Arc::new(move |method, headers, uri| {
        let rest = uri.path().strip_prefix(API);
        if rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/')) {
            return Some(ConduitError::not_found("resource").into_response());
        }
        pages::not_found(site.as_ref()?, method, headers, uri)
    });
    NotFoundPage {
        answer,
        own: Some(API),
    }
}

/// 405; 200 for OPTIONS. The router adds `Allow` to either.
pub(super) async fn no_method(method: Method) -> Response {
    if method == Method::OPTIONS {
        return StatusCode::OK.into_response();
    }
    ConduitError::method().into_response()
}
