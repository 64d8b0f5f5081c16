//! Who may store a response: everybody ([`PublicResponse`]), or the viewer that it was made for
//! ([`PrivateResponse`]).
//!
//! The two are types, so that a handler's signature says which of them it returns. Where they get their
//! entity tags is `reading`'s to know. A response that is neither goes out with `no-store`
//! (`headers/response_headers.rs`). This file must not know what a response shows.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use crate::http::headers::negotiation::vary_by_viewer;

/// May be stored, but is asked for anew before each use.
pub(crate) const REVALIDATE: HeaderValue = HeaderValue::from_static("no-cache");

/// May be stored by the viewer's own browser, which asks before each use.
const REVALIDATE_PRIVATELY: HeaderValue = HeaderValue::from_static("private, no-cache");

const NOT_STORED: HeaderValue = HeaderValue::from_static("no-store");

/// A response that is the same for every viewer. Made by [`Reading`](super::reading::Reading).
#[derive(Debug)]
#[must_use]
pub struct PublicResponse(Response);

impl PublicResponse {
    pub(super) fn new(mut response: Response, tag: Option<HeaderValue>) -> Self {
        insert(&mut response, REVALIDATE, tag);
        Self(response)
    }
}

/// A response for one viewer. Made by [`PrivateReading`](super::reading::PrivateReading), or by
/// [`PrivateResponse::not_stored`].
#[derive(Debug)]
#[must_use]
pub struct PrivateResponse(Response);

impl PrivateResponse {
    pub(super) fn new(mut response: Response, tag: Option<HeaderValue>) -> Self {
        insert(&mut response, REVALIDATE_PRIVATELY, tag);
        Self(personal(response))
    }

    /// A response that nobody may store, not even the viewer's browser: what holds a token, or a key
    /// that is good for one form.
    pub fn not_stored(mut response: Response) -> Self {
        insert(&mut response, NOT_STORED, None);
        Self(personal(response))
    }
}

impl IntoResponse for PublicResponse {
    fn into_response(self) -> Response {
        self.0
    }
}

impl IntoResponse for PrivateResponse {
    fn into_response(self) -> Response {
        self.0
    }
}

/// In the extensions of a response that says already who may store it.
#[derive(Debug, Clone, Copy)]
struct IsPersonal;

fn insert(response: &mut Response, may_store: HeaderValue, tag: Option<HeaderValue>) {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, may_store);
    match tag {
        Some(tag) => headers.insert(header::ETAG, tag),
        // One that the handler made up would stand for no revision.
        None => headers.remove(header::ETAG),
    };
}

fn personal(mut response: Response) -> Response {
    if response.extensions_mut().insert(IsPersonal).is_none() {
        vary_by_viewer(response.headers_mut());
    }
    response
}

/// The response, stored by nobody, unless it is a [`PrivateResponse`] already.
pub(in crate::http) fn private(response: Response) -> Response {
    match response.extensions().get::<IsPersonal>() {
        Some(IsPersonal) => response,
        None => PrivateResponse::not_stored(response).0,
    }
}
