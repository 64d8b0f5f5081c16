//! The routes of an app, with what they say of themselves and with their paths, to be known before they
//! are joined with others.
//!
//! A handler says its path and method once, in its description (`#[utoipa::path]`); what is served and
//! what is described cannot differ. A router of axum does not tell its paths, and ends the process where
//! two are in each other's way, so apps collect their routes here, and [`conflict`] finds such pairs while
//! there is still somebody to tell. It must not know any app.

use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::handler::Handler;
use axum::http::Method;
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::{MethodRouter, Route};
use matchit::InsertError;
use tower_layer::Layer;
use tower_service::Service;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::UtoipaMethodRouter;

use super::bound_routes::BoundRoutes;
use super::direct::{Answering, DirectPlace, DirectRoute};
use super::limits::arriving::take_large;
use crate::config::Mount;

/// Routes whose handlers share a state `S`.
#[derive(Clone)]
pub struct Routes<S> {
    router: Router<S>,
    paths: Vec<String>,
    /// Those that are direct, when there is a state.
    direct: Vec<(DirectPlace, Bind<S>)>,
    description: OpenApi,
    /// Whether paths are added with a slash behind, too.
    slashed: bool,
}

/// Gives a direct route its state.
type Bind<S> = Arc<dyn Fn(S) -> DirectRoute + Send + Sync>;

impl<S> fmt::Debug for Routes<S> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_list().entries(&self.paths).finish()
    }
}

impl<S: Clone + Send + Sync + 'static> Default for Routes<S> {
    fn default() -> Self {
        Self::new()
    }
}

impl<S: Clone + Send + Sync + 'static> Routes<S> {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            router: Router::new(),
            paths: Vec::new(),
            direct: Vec::new(),
            description: OpenApi::default(),
            slashed: false,
        }
    }

    /// None yet. Each that is added answers at its path with a slash behind, too; only the path without is
    /// described.
    #[must_use]
    pub fn slashed() -> Self {
        Self {
            slashed: true,
            ..Self::new()
        }
    }

    /// With the operations of one path, from `utoipa_axum::routes!`: path, methods and description are
    /// what the handlers say.
    #[must_use]
    pub fn operations(mut self, operations: UtoipaMethodRouter<S>) -> Self {
        let (schemas, described, methods) = operations;
        let mut paths = described.paths.keys().cloned();
        let Some(path) = paths.next() else {
            return self;
        };
        debug_assert_eq!(paths.next(), None, "one path for each call");
        let components = self.description.components.get_or_insert_default();
        components.schemas.extend(schemas);
        self.description.paths.merge(described);
        self.route(&path, methods)
    }

    /// With one more, which is described nowhere: a page, a file, an error.
    #[must_use]
    pub fn route(mut self, path: &str, methods: MethodRouter<S>) -> Self {
        if self.slashed {
            let slashed = format!("{path}/");
            self.router = self.router.route(&slashed, methods.clone());
            self.paths.push(slashed);
        }
        self.paths.push(path.to_owned());
        Self {
            router: self.router.route(path, methods),
            ..self
        }
    }

    /// Has requests with this method and path go past the router, to `handler`. The router must have the same handler
    /// there. Where paths are added with a slash behind, too, both are direct. The last segment of the path may be a
    /// parameter, and no other: a handler asks for it by [`PathParameter`](super::PathParameter). Behind an
    /// [`Authentication`](super::Authentication) it asks for the viewer before it can fail: all of its answers count
    /// as made for the viewer.
    #[must_use]
    pub fn direct<H, T>(mut self, method: Method, path: &str, handler: H) -> Self
    where
        H: Handler<T, S, Future = Answering> + Sync,
        T: 'static,
    {
        debug_assert!(self.paths.iter().any(|known| known == path), "{path}");
        let before_last = path.rfind('/').map_or("", |slash| &path[..slash]);
        debug_assert!(!before_last.contains('{'), "{path}");
        let bind: Bind<S> = Arc::new(move |state| DirectRoute::new(handler.clone(), state));
        let at = DirectPlace {
            method,
            path: path.to_owned(),
        };
        if self.slashed {
            let slashed = DirectPlace {
                path: format!("{path}/"),
                ..at.clone()
            };
            self.direct.push((slashed, Arc::clone(&bind)));
        }
        self.direct.push((at, bind));
        self
    }

    /// With all of `others`.
    #[must_use]
    pub fn merge(mut self, others: Self) -> Self {
        self.paths.extend(others.paths);
        self.direct.extend(others.direct);
        self.description.merge(others.description);
        Self {
            router: self.router.merge(others.router),
            ..self
        }
    }

    /// All of them so far, behind `layer`.
    #[must_use]
    pub fn layer<L: RouteLayer>(self, layer: L) -> Self {
        let direct = self.direct.into_iter().map(|(at, bind)| {
            let layer = layer.clone();
            let bind: Bind<S> = Arc::new(move |state| bind(state).layer(&layer));
            (at, bind)
        });
        Self {
            direct: direct.collect(),
            router: self.router.layer(layer),
            ..self
        }
    }

    /// All of them so far, which take bodies of up to so many bytes, whatever others take.
    #[must_use]
    pub fn body_limit(self, bytes: usize) -> Self {
        self.layer(DefaultBodyLimit::max(bytes))
            .layer(from_fn_with_state(bytes, take_large))
    }

    /// With the app's own answer to methods that a path does not take.
    #[must_use]
    pub fn method_not_allowed<H, T>(self, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: 'static,
    {
        Self {
            router: self.router.method_not_allowed_fallback(handler),
            ..self
        }
    }

    /// What the operations say of themselves, without what concerns several.
    pub(crate) fn description(&self) -> &OpenApi {
        &self.description
    }

    /// Their paths.
    pub(crate) fn paths(&self) -> &[String] {
        &self.paths
    }

    /// With the state that handlers share.
    pub fn with_state(self, state: S) -> BoundRoutes {
        let direct = self.direct.into_iter();
        let direct = direct.map(|(at, bind)| (at, bind(state.clone())));
        let direct = direct.collect();
        BoundRoutes::new(self.router.with_state(state), self.paths).with_direct(direct)
    }
}

/// What answers requests: a router, or one of its routes as a layer has it.
pub trait RouteService:
    Service<Request, Response = Response, Error = Infallible, Future: Send>
    + Clone
    + Send
    + Sync
    + 'static
{
}

impl<R> RouteService for R where
    R: Service<Request, Response = Response, Error = Infallible, Future: Send>
        + Clone
        + Send
        + Sync
        + 'static
{
}

/// What can be put around routes, whether they are the router's or direct.
pub trait RouteLayer:
    Layer<Route, Service: RouteService>
    + Layer<DirectRoute, Service: RouteService>
    + Clone
    + Send
    + Sync
    + 'static
{
}

impl<L> RouteLayer for L where
    L: Layer<Route, Service: RouteService>
        + Layer<DirectRoute, Service: RouteService>
        + Clone
        + Send
        + Sync
        + 'static
{
}

/// What it answered; there is no error.
pub(super) fn answered<B>(result: Result<Response<B>, Infallible>) -> Response<B> {
    result.unwrap_or_else(|never| match never {})
}

/// The paths of one app, and where it is.
#[derive(Debug, Clone, Copy)]
pub struct Claim<'a> {
    /// The app's name.
    pub app: &'a str,
    /// Where it is.
    pub mount: &'a Mount,
    /// Its paths, as it knows them.
    pub paths: &'a [String],
}

/// Two routes that would answer the same requests, in words; `None` if there are none.
pub fn conflict(claims: &[Claim<'_>]) -> Option<String> {
    let mut hosts: Vec<_> = claims.iter().map(|claim| claim.mount.host()).collect();
    hosts.sort_unstable();
    hosts.dedup();
    let at = |host| {
        claims
            .iter()
            .filter(move |claim| claim.mount.host() == host)
    };
    hosts.into_iter().find_map(|host| {
        let claims: Vec<_> = at(host).copied().collect();
        overlap(&claims).or_else(|| below_a_prefix(&claims))
    })
}

/// Two apps whose routes the router could not tell apart.
fn overlap(claims: &[Claim<'_>]) -> Option<String> {
    let mut taken = matchit::Router::new();
    let mut owners: Vec<(String, &str)> = Vec::new();
    for claim in claims {
        for path in claim.paths {
            let path = format!("{}{path}", claim.mount.prefix());
            if let Err(error) = taken.insert(path.clone(), ()) {
                let InsertError::Conflict { with } = error else {
                    return Some(format!("{}: {path} is no route: {error}", claim.app));
                };
                let owner = owners.iter().find(|(taken, _)| *taken == with);
                let owner = owner.map_or(claim.app, |(_, app)| app);
                return Some(two_routes(claim.app, &path, owner, &with));
            }
            owners.push((path, claim.app));
        }
    }
    None
}

/// A route of one app below the path that another has to itself: its 404 page answers there.
fn below_a_prefix(claims: &[Claim<'_>]) -> Option<String> {
    let prefixed = claims
        .iter()
        .filter(|claim| !claim.mount.prefix().is_empty());
    prefixed.into_iter().find_map(|mounted| {
        let prefix = mounted.mount.prefix();
        let others = claims.iter().filter(|claim| claim.app != mounted.app);
        others.into_iter().find_map(|other| {
            let mut paths = other.paths.iter();
            let paths = paths.find_map(|path| {
                let path = format!("{}{path}", other.mount.prefix());
                let rest = path.strip_prefix(prefix)?;
                (rest.is_empty() || rest.starts_with('/')).then_some(path)
            });
            let path = paths?;
            Some(two_routes(
                mounted.app,
                &format!("{prefix}/"),
                other.app,
                &path,
            ))
        })
    })
}

fn two_routes(one: &str, its_path: &str, other: &str, other_path: &str) -> String {
    format!("{one} ({its_path}) and {other} ({other_path}) would answer at the same addresses")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(claims: &[(&str, &str, &[&str])]) -> Option<String> {
        let claims: Vec<_> = claims
            .iter()
            .map(|(app, mount, paths)| {
                let paths: Vec<_> = paths.iter().map(|path| (*path).to_owned()).collect();
                (*app, Mount::try_from((*mount).to_owned()).unwrap(), paths)
            })
            .collect();
        let claims: Vec<_> = claims
            .iter()
            .map(|(app, mount, paths)| Claim { app, mount, paths })
            .collect();
        conflict(&claims)
    }

    #[test]
    fn the_same_address_is_a_conflict_that_names_both() {
        let found = found(&[("a", "/", &["/", "/x"]), ("b", "/", &["/y", "/"])]);
        let found = found.unwrap();
        assert!(found.starts_with("b (/) and a (/) "), "{found}");
    }

    #[test]
    fn addresses_of_different_templates_are_a_conflict_too() {
        let found = found(&[("a", "/", &["/x/{id}"]), ("b", "/x", &["/{name}"])]).unwrap();
        assert!(
            found.starts_with("b (/x/{name}) and a (/x/{id}) "),
            "{found}"
        );
    }

    #[test]
    fn what_is_below_a_prefix_is_one_apps() {
        let found = found(&[("a", "/", &["/shop/list"]), ("b", "/shop", &["/other"])]).unwrap();
        assert!(
            found.starts_with("b (/shop/) and a (/shop/list) "),
            "{found}"
        );
    }

    #[test]
    fn hosts_and_prefixes_keep_apps_apart() {
        let paths: &[&str] = &["/", "/{id}", "/assets/{*rest}"];
        for other in ["/shop", "shop.example.org"] {
            assert_eq!(
                found(&[("a", "/", &["/", "/x"]), ("b", other, paths)]),
                None
            );
        }
        let both = "shop.example.org";
        assert!(found(&[("a", both, paths), ("b", both, paths)]).is_some());
    }
}
