//! Which route a request matched, by its template: what metrics and the log name it by, so that no client can make
//! names up. It must not know what the route does.

use std::sync::Arc;

use axum::extract::{MatchedPath, Request};

/// The template of a route, with its place: `/api/chair/{id}`.
#[derive(Debug, Clone)]
pub(crate) enum RouteTemplate {
    /// One that the router found.
    Matched(MatchedPath),
    /// That of a direct route.
    Direct(Arc<str>),
}

impl RouteTemplate {
    /// That of the route that the router found for a request.
    pub(crate) fn of(request: &Request) -> Option<Self> {
        request.extensions().get().cloned().map(Self::Matched)
    }

    /// Its text.
    pub(crate) fn as_str(&self) -> &str {
        match self {
            Self::Matched(path) => path.as_str(),
            Self::Direct(path) => path,
        }
    }
}
