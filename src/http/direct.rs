//! Direct routes: what is asked for most goes from the site to its handler and past the router.
//!
//! The router copies a route for each request, boxes its answer at every layer, and notes path and parameters in
//! boxes of their own: of an answer from memory, that is a fifth of all instructions. A direct route is one
//! handler behind the same guards and layers, found by its path and method; the router has the same handler, and
//! answers everything else at that path. It must not answer anything but what the router would; `Routes::direct` says
//! which handlers keep to that.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::extract::Request;
use axum::handler::Handler;
use axum::http::Method;
use axum::response::Response;
use tower_layer::Layer;
use tower_service::Service;

use super::routes::{RouteService, answered};

/// A response to come, as handlers that are functions make it.
pub(super) type Answering = Pin<Box<dyn Future<Output = Response> + Send>>;

/// A handler with its state and what is around it.
#[derive(Clone)]
pub struct DirectRoute(Arc<dyn Fn(Request) -> Answering + Send + Sync>);

/// Where a direct route is.
#[derive(Debug, Clone)]
pub(super) struct DirectPlace {
    pub(super) method: Method,
    pub(super) path: String,
}

impl fmt::Debug for DirectRoute {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("DirectRoute")
    }
}

impl DirectRoute {
    /// Of `handler`, with the state that it wants.
    pub(super) fn new<H, T, S>(handler: H, state: S) -> Self
    where
        H: Handler<T, S, Future = Answering> + Sync,
        T: 'static,
        S: Clone + Send + Sync + 'static,
    {
        let answer = move |request| handler.clone().call(request, state.clone());
        Self(Arc::new(answer))
    }

    /// Of what answers.
    pub(super) fn of(answer: impl Fn(Request) -> Answering + Send + Sync + 'static) -> Self {
        Self(Arc::new(answer))
    }

    /// The same behind `layer`.
    pub(super) fn layer<L: Layer<Self, Service: RouteService>>(self, layer: &L) -> Self {
        let layered = layer.layer(self);
        Self(Arc::new(move |request| {
            let mut layered = layered.clone();
            // A guard catches what panics while it waits, and layers work before there is a future.
            Box::pin(async move { answered(layered.call(request).await) })
        }))
    }

    /// Begins to answer.
    pub(super) fn answer(&self, request: Request) -> Answering {
        (self.0)(request)
    }
}

impl Service<Request> for DirectRoute {
    type Response = Response;
    type Error = Infallible;
    type Future = Certain;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Certain {
        Certain(self.answer(request))
    }
}

/// A response to come, to those who would take an error, too.
pub struct Certain(pub(super) Answering);

impl fmt::Debug for Certain {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Certain")
    }
}

impl Future for Certain {
    type Output = Result<Response, Infallible>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll(context).map(Ok)
    }
}

/// The direct routes of a host, by path and method; none at the paths that are the router's alone.
#[derive(Default)]
pub(super) struct DirectTable(matchit::Router<Vec<(Method, DirectRoute)>>);

impl DirectTable {
    /// `direct` among `paths`, which are all that the host has: where another path than a direct one matches,
    /// that is for the router.
    pub(super) fn new(paths: &[String], direct: Vec<(DirectPlace, DirectRoute)>) -> Self {
        let others = paths.iter().map(|path| (path.clone(), Vec::new()));
        let mut by_path: BTreeMap<_, _> = others.collect();
        for (at, route) in direct {
            let routes = by_path.entry(at.path).or_default();
            routes.push((at.method, route));
        }
        let mut table = matchit::Router::new();
        for (path, routes) in by_path {
            if let Err(error) = table.insert(path, routes) {
                // The router has taken the same paths. If it had not, all would go there.
                debug_assert!(false, "a path that only the router takes: {error}");
                return Self::default();
            }
        }
        Self(table)
    }

    /// The one that answers this request. What is escaped in a path the router knows to read.
    pub(super) fn find(&self, request: &Request) -> Option<&DirectRoute> {
        let path = request.uri().path();
        if path.contains('%') {
            return None;
        }
        let routes = self.0.at(path).ok()?.value;
        let (_, route) = routes
            .iter()
            .find(|(method, _)| request.method() == method)?;
        Some(route)
    }
}

#[cfg(test)]
mod tests {
    use std::future::Ready;
    use std::pin::pin;

    use axum::body::Body;
    use axum::http::StatusCode;
    use tower::service_fn;
    use tower_layer::layer_fn;

    use super::*;
    use crate::http::limits::guard::caught;

    fn table() -> DirectTable {
        let route = DirectRoute::new(async || "direct", ());
        let paths = ["/a/{id}", "/a/list", "/b/", "/b/{*rest}", "/{x}/{y}"];
        let paths = paths.map(str::to_owned);
        let direct = [
            (Method::GET, "/a/{id}"),
            (Method::PUT, "/a/{id}"),
            (Method::GET, "/{x}/{y}"),
        ];
        let direct = direct.map(|(method, path)| {
            let path = path.to_owned();
            (DirectPlace { method, path }, route.clone())
        });
        DirectTable::new(&paths, direct.into())
    }

    #[test]
    fn what_the_router_would_answer_otherwise_is_left_to_it() {
        let table = table();
        let finds = |method: &str, path: &str| {
            let request = Request::builder().method(method).uri(path);
            let request = request.body(Body::empty()).unwrap();
            table.find(&request).is_some()
        };
        assert!(finds("PUT", "/a/1"));
        assert!(finds("GET", "/a/1") && finds("GET", "/a/1?x=%20") && finds("GET", "/c/list"));
        for (method, path) in [
            ("HEAD", "/a/1"),
            ("POST", "/a/1"),
            ("GET", "/a/list"),
            ("GET", "/a/%31"),
            ("GET", "/a/1/"),
            ("GET", "/a/"),
            ("GET", "/b/1"),
            ("GET", "/b/"),
            ("GET", "/"),
        ] {
            assert!(!finds(method, path), "{method} {path}");
        }
    }

    /// What is around a handler may panic as well, and a guard catches what it waits for.
    #[tokio::test]
    async fn a_layer_panics_where_it_is_caught() {
        let panicking = |_: Request| -> Ready<Result<Response, Infallible>> { panic!("a layer") };
        let layer = layer_fn(|_: DirectRoute| service_fn(panicking));
        let route = DirectRoute::new(async || "", ()).layer(&layer);
        let answering = route.answer(Request::new(Body::empty()));
        let response = caught(pin!(answering)).await;
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    }
}
