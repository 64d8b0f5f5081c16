//! Authentication by the head of a request alone: around the routes of an app whose users send a token.
//!
//! It asks the app's rule who sent a request, and has [`viewer`](super::viewer) note that. Routes of the router get a
//! layer, direct routes what is called at once. It must not know how anyone is told by a head, nor what is answered.

use std::convert::Infallible;
use std::future::ready;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::extract::Request;
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};
use tower_layer::Layer;
use tower_service::Service;

use super::bound_routes::BoundRoutes;
use super::caching::policy;
use super::direct::DirectRoute;
use super::routes::{RouteService, answered};
use super::viewer::{kept_from_others, note, note_alone};
use super::{HttpError, Viewer};

/// Authenticates the requests of routes by their heads alone: what would be middleware that ends with
/// [`serve_as`](super::serve_as), where nothing is waited for. It costs a request three allocations less.
///
/// `A` tells the viewer, or how the request is refused.
pub struct Authentication<A>(Arc<A>);

impl<A> Clone for Authentication<A> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<A: Fn(&HeaderMap) -> Result<Viewer, Response>> Authentication<A> {
    /// Authentication by that rule.
    #[must_use]
    pub fn by(rule: A) -> Self {
        Self(Arc::new(rule))
    }
}

impl<A> Authentication<A>
where
    A: Fn(&HeaderMap) -> Result<Viewer, Response> + Send + Sync + 'static,
{
    /// `routes` with who asks. What direct ones answer counts as made for the viewer, whether their handlers look at
    /// the viewer or not: so nothing has to tell whether they did.
    #[must_use]
    pub fn over(self, routes: BoundRoutes) -> BoundRoutes {
        let direct = |route| self.around(route);
        routes.each(direct, |router| router.layer(self.clone()))
    }

    fn around(&self, route: DirectRoute) -> DirectRoute {
        let rule = Arc::clone(&self.0);
        DirectRoute::of(move |mut request| {
            // Nobody else catches what panics before there is a future.
            match catch_unwind(AssertUnwindSafe(|| rule(request.headers()))) {
                Ok(Ok(viewer)) => note_alone(viewer, &mut request),
                Ok(Err(refusal)) => return Box::pin(ready(refusal)),
                Err(panic) => {
                    let failure = HttpError::panicked(&*panic);
                    return Box::pin(ready(failure.into_response()));
                }
            }
            let answering = route.answer(request);
            Box::pin(async move { policy::private(answering.await) })
        })
    }
}

impl<A, S> Layer<S> for Authentication<A> {
    type Service = AuthenticatedRoute<A, S>;

    fn layer(&self, inner: S) -> Self::Service {
        AuthenticatedRoute {
            rule: Arc::clone(&self.0),
            inner,
        }
    }
}

/// A route that knows who asks.
pub struct AuthenticatedRoute<A, S> {
    rule: Arc<A>,
    inner: S,
}

impl<A, S: Clone> Clone for AuthenticatedRoute<A, S> {
    fn clone(&self) -> Self {
        Self {
            rule: Arc::clone(&self.rule),
            inner: self.inner.clone(),
        }
    }
}

impl<A, S> Service<Request> for AuthenticatedRoute<A, S>
where
    A: Fn(&HeaderMap) -> Result<Viewer, Response>,
    S: RouteService,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        let viewer = match (self.rule)(request.headers()) {
            Ok(viewer) => viewer,
            Err(refusal) => return Box::pin(ready(Ok(refusal))),
        };
        let was_looked_at = note(viewer, &mut request);
        let answering = self.inner.clone().call(request);
        Box::pin(async move {
            let response = answered(answering.await);
            Ok(kept_from_others(response, &was_looked_at))
        })
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::StatusCode;

    use super::*;

    /// No guard catches what panics before there is a future.
    #[tokio::test]
    async fn a_rule_panics_where_it_is_caught() {
        let rule = |_: &HeaderMap| -> Result<Viewer, Response> { panic!("a rule") };
        let route = Authentication::by(rule).around(DirectRoute::new(async || "", ()));
        let response = route.answer(Request::new(Body::empty())).await;
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    }
}
