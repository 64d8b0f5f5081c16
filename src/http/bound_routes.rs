//! Routes with their state: what an app hands in, and what its guards and mount are put around.
//!
//! It holds a router and, of its routes, those that are [direct](super::direct), and keeps the two alike: whatever
//! is put around one is put around the other, but for what authentication has to note (`authentication`). It must
//! not know what is around them.

use axum::Router;
use axum::handler::Handler;

use super::direct::{DirectPlace, DirectRoute, DirectTable};
use super::limits::guard::GuardLayer;
use super::routes::RouteLayer;

/// Routes that lack nothing.
#[derive(Debug, Clone, Default)]
pub struct BoundRoutes {
    router: Router,
    /// All that the router has.
    paths: Vec<String>,
    direct: Vec<(DirectPlace, DirectRoute)>,
}

impl BoundRoutes {
    /// Those of a router, which has these paths. All must be named: where one is not, a direct route that matches it,
    /// too, would answer for it.
    #[must_use]
    pub fn new(router: Router, paths: Vec<String>) -> Self {
        Self {
            router,
            paths,
            direct: Vec::new(),
        }
    }

    /// With some of them direct.
    pub(super) fn with_direct(self, direct: Vec<(DirectPlace, DirectRoute)>) -> Self {
        Self { direct, ..self }
    }

    /// With all of `others`.
    #[must_use]
    pub fn merge(mut self, others: Self) -> Self {
        self.paths.extend(others.paths);
        self.direct.extend(others.direct);
        Self {
            router: self.router.merge(others.router),
            ..self
        }
    }

    /// All of them behind `layer`.
    #[must_use]
    pub fn layer<L: RouteLayer>(self, layer: L) -> Self {
        let direct = |route: DirectRoute| route.layer(&layer);
        self.each(direct, |router| router.layer(layer.clone()))
    }

    /// All of them, each as `direct` has it, or as `router` has all others.
    pub(super) fn each(
        self,
        direct: impl Fn(DirectRoute) -> DirectRoute,
        router: impl FnOnce(Router) -> Router,
    ) -> Self {
        let routes = self.direct.into_iter();
        let routes = routes.map(|(at, route)| (at, direct(route)));
        Self {
            direct: routes.collect(),
            router: router(self.router),
            ..self
        }
    }

    /// All of them behind their guard. They are to be found below `prefix`.
    pub(super) fn guarded(self, guard: &GuardLayer, prefix: &str) -> Self {
        let direct = self.direct.into_iter();
        let direct = direct.map(|(at, route)| {
            let template = format!("{prefix}{}", at.path);
            (at, guard.direct(route, template.into()))
        });
        Self {
            direct: direct.collect(),
            router: self.router.layer(guard.clone()),
            ..self
        }
    }

    /// All of them below `prefix`, with everything else that is there.
    pub(super) fn below(self, prefix: &str) -> Self {
        let mut paths: Vec<_> = self
            .paths
            .iter()
            .map(|path| format!("{prefix}{path}"))
            .collect();
        paths.push(format!("{prefix}/"));
        paths.push(format!("{prefix}/{{*rest}}"));
        let direct = self.direct.into_iter();
        let direct = direct.map(|(at, route)| {
            let path = format!("{prefix}{}", at.path);
            (DirectPlace { path, ..at }, route)
        });
        Self {
            paths,
            direct: direct.collect(),
            router: Router::new().nest(&format!("{prefix}/"), self.router),
        }
    }

    /// With an answer to what is at no path of theirs.
    pub(super) fn fallback<H: Handler<T, ()>, T: 'static>(self, handler: H) -> Self {
        Self {
            router: self.router.fallback(handler),
            ..self
        }
    }

    /// With an answer to methods that a path does not take.
    pub(super) fn method_not_allowed_fallback<H: Handler<T, ()>, T: 'static>(
        self,
        handler: H,
    ) -> Self {
        Self {
            router: self.router.method_not_allowed_fallback(handler),
            ..self
        }
    }

    /// As what answers: the router, and what goes past it.
    pub(super) fn into_parts(self) -> (Router, DirectTable) {
        let table = DirectTable::new(&self.paths, self.direct);
        (self.router, table)
    }
}

impl From<BoundRoutes> for Router {
    fn from(routes: BoundRoutes) -> Self {
        routes.router
    }
}
