//! All routes and the layers around those of each app, in order. Those around all are `site_router`'s.

use std::collections::BTreeMap;
use std::future::{Ready, ready};
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::any;
use utoipa::openapi::OpenApi;

use super::builtin::pages::{self, BuiltinPages, Entrance, Navigation, PagesState};
use super::builtin::{description, health, openapi, version};
use super::caching::validators::Nothing;
use super::headers::cors;
use super::headers::fly_replay;
use super::headers::negotiation::takes_html;
use super::headers::response_headers::DefaultHeaders;
use super::limits::guard::{AppGuard, Guard, GuardLayer, caught};
use super::limits::rate_limit::{ClientRate, RateLimit};
use super::limits::same_origin::OwnPages;
use super::observability::metrics::Metrics;
use super::observability::refusals::Refusals;
use super::observability::request_log::note_route;
use super::route_template::RouteTemplate;
use super::site_router::{HostRouter, SiteRouter};
use super::{
    BodyPace, BoundRoutes, CounterSource, HttpError, NotFoundPage, Served, Site, WorkPool,
};
use crate::config::{Mount, PublicUrl};
use crate::store::Store;

/// The limits and switches of the shared layers.
#[derive(Debug, Clone)]
pub struct LayerLimits {
    /// Largest request body in bytes, where a route does not set its own.
    pub body_bytes: usize,
    /// Concurrent requests.
    pub concurrent_requests: usize,
    /// Time that one request gets.
    pub request_time: Duration,
    /// Requests that wait for bytes of their bodies.
    pub arriving_bodies: usize,
    /// How fast bodies have to come.
    pub body_pace: BodyPace,
    /// Bytes of request and response bodies in memory.
    pub buffered_bytes: usize,
    /// Requests that one client may send, if there is a limit.
    pub client_rate: Option<ClientRate>,
    /// Responses from this size on are compressed for clients that accept it; `None` for never.
    pub compress_above_bytes: Option<u16>,
    /// Whether only this machine can connect, so that browsers know it by the names of this machine.
    pub for_this_machine: bool,
    /// Origins whose pages may call from a browser; `*` for any, none for no other.
    pub cors_origins: Vec<String>,
    /// Whether answers tell how long they took.
    pub server_timing: bool,
    /// The app of the primary on Fly.io, to which refused writes are sent.
    pub fly_primary: Option<String>,
}

/// One app, before its routes are joined with those of others.
pub struct AppRoutes {
    /// The app's name.
    pub name: &'static str,
    /// Its data.
    pub store: Arc<Store>,
    /// Where it is.
    pub mount: Mount,
    /// Its routes, by their paths in the app.
    pub routes: BoundRoutes,
    /// What they say of themselves.
    pub description: OpenApi,
    /// Its own 404 page.
    pub not_found: Option<NotFoundPage>,
    /// Where people enter it.
    pub entrance: Entrance,
    /// What it counts.
    pub counters: Vec<CounterSource>,
    /// Whether it wants to know from which address a request came.
    pub counts_clients: bool,
}

/// The whole site: `apps`, in their order, with `beside` (routes of no app), the shared routes and the
/// layers around them all. `work` is what the apps do long work with, `off` names the apps of this build that
/// are not on.
///
/// # Panics
/// When two routes would answer the same requests: [`conflict`](super::conflict) finds them before.
pub fn assemble(
    apps: Vec<AppRoutes>,
    beside: BoundRoutes,
    off: &[&'static str],
    work: WorkPool,
    public_url: Option<&PublicUrl>,
    limits: &LayerLimits,
) -> (Arc<Site>, SiteRouter) {
    let own_guard = Guard::new(limits, &work);
    let guards = Guards {
        limits,
        // One for all: a client has one budget, whatever it asks.
        rate_limit: limits
            .client_rate
            .as_ref()
            .map(RateLimit::new)
            .map(Arc::new),
        metrics: Metrics::default(),
        refusals: Refusals::default(),
        pages: own_pages(&apps, public_url, limits),
    };
    let mut hosts: BTreeMap<Option<String>, HostRoutes> = BTreeMap::new();
    let beside = guards.around(beside, &own_guard, NO_APP, "");
    hosts.entry(None).or_default().routes = beside;
    let mut served = Vec::new();
    for app in apps {
        // One for each app: what overloads one leaves the others their slots.
        let guard = Guard::new(limits, &work);
        served.push(Served {
            name: app.name,
            store: Arc::clone(&app.store),
            guard: guard.clone(),
            counters: app.counters.clone().into(),
            counts_clients: app.counts_clients,
        });
        let host = app.mount.host().map(str::to_owned);
        hosts.entry(host).or_default().add(app, &guard, &guards);
    }
    let site = Arc::new(Site::new(served, own_guard, guards.metrics.clone(), work));
    let finish = |(host, mut routes): (Option<String>, HostRoutes)| {
        routes.navigation = routes.navigation.without(off.to_vec());
        let router = routes.finish(host.as_deref(), public_url, &site, &guards);
        (host, router)
    };
    let routers = hosts.into_iter().map(finish).collect();
    (site, SiteRouter::new(routers))
}

/// Whose pages may send what changes something: those of this site, by its names, and of the allowed origins.
fn own_pages(apps: &[AppRoutes], public_url: Option<&PublicUrl>, limits: &LayerLimits) -> OwnPages {
    let origins = limits.cors_origins.iter().map(String::as_str);
    let pages = OwnPages::from_origins(origins.chain(public_url.map(PublicUrl::origin)));
    if !limits.for_this_machine {
        return pages;
    }
    let hosts = apps.iter().filter_map(|app| app.mount.host());
    pages.at_hosts(hosts.chain(public_url.map(PublicUrl::host)))
}

/// What stands for the app where a request is no app's.
const NO_APP: &str = "-";

/// What is reached by one host name, or by any that no app has to itself.
#[derive(Default)]
struct HostRoutes {
    routes: BoundRoutes,
    descriptions: Vec<OpenApi>,
    navigation: Navigation,
    /// The apps at its root, in their order: where that is, and their 404 pages.
    not_found: Vec<(Mount, Option<NotFoundPage>)>,
}

impl HostRoutes {
    fn add(&mut self, app: AppRoutes, guard: &Guard, guards: &Guards<'_>) {
        self.descriptions.push(app.description);
        self.navigation.add(app.name, &app.mount, app.entrance);
        if app.mount.prefix().is_empty() {
            let page = (app.mount.clone(), app.not_found.clone());
            self.not_found.push(page);
        }
        let mount = app.mount;
        let at = mount.clone();
        let mut routes =
            app.routes
                .method_not_allowed_fallback(async move |method: Method, uri: Uri| {
                    no_method(&at, &method, &uri)
                });
        let prefix = mount.prefix();
        if !prefix.is_empty() {
            routes = routes.fallback(not_found(vec![(mount.clone(), app.not_found)]));
        }
        let mut routes = guards.around(routes, guard, app.name, prefix);
        if !prefix.is_empty() {
            let to = mount.clone();
            let to_root = any(async move |uri: Uri| moved_below(&to, &uri));
            let to_root = Router::new().route(prefix, to_root);
            let to_root = BoundRoutes::new(to_root, vec![prefix.to_owned()]);
            // With the slash the app's own `/` is `/prefix/`, and relative links work.
            routes = routes
                .below(prefix)
                .merge(guards.around(to_root, guard, app.name, ""));
        }
        self.routes = std::mem::take(&mut self.routes).merge(routes);
    }

    /// All its routes, with those that every site has and the layers around them.
    fn finish(
        self,
        host: Option<&str>,
        public_url: Option<&PublicUrl>,
        site: &Arc<Site>,
        guards: &Guards<'_>,
    ) -> HostRouter {
        let limits = guards.limits;
        let mut document = description::document(self.descriptions, limits);
        openapi::serve_at(&mut document, host, public_url);
        let cors = cors::layer(&limits.cors_origins, &document);
        let compress = limits.compress_above_bytes.is_some();
        let work = site.work().clone();
        let address = (public_url, host);
        let pages = BuiltinPages::new(document, self.navigation, address, compress, work);
        let own = version::routes()
            .with_state(Arc::clone(site))
            .merge(pages::routes().with_state(PagesState::new(site, pages)))
            .fallback(not_found(self.not_found))
            .method_not_allowed_fallback(no_method_here);
        let probes = health::probes()
            .with_state(Arc::clone(site))
            .method_not_allowed_fallback(no_method_here)
            .layer(from_fn_with_state(guards.metrics.clone(), count_probe));
        let mut routes = self.routes;
        if let Some(to) = limits.fly_primary.as_deref().and_then(fly_replay::to_app) {
            routes = routes.layer(from_fn_with_state(to, fly_replay::replay));
        }
        let all = routes
            .merge(guards.around(own, &site.guard, NO_APP, ""))
            .merge(probes);
        let (routes, direct) = all.into_parts();
        HostRouter {
            routes,
            direct,
            cors,
            default_headers: DefaultHeaders {
                server_timing: limits.server_timing,
            },
            compress_above: limits.compress_above_bytes,
        }
    }
}

/// The paths that every site has at each of its hosts.
#[must_use]
pub fn builtin_paths() -> Vec<String> {
    let mut paths = health::probes().paths().to_vec();
    paths.extend_from_slice(version::routes().paths());
    paths.extend_from_slice(pages::routes().paths());
    paths
}

/// What guards are made with.
struct Guards<'l> {
    limits: &'l LayerLimits,
    rate_limit: Option<Arc<RateLimit>>,
    metrics: Metrics,
    refusals: Refusals,
    pages: OwnPages,
}

impl Guards<'_> {
    /// `routes`, which are below `prefix`, behind `guard`, counted as those of `app`.
    fn around(
        &self,
        routes: BoundRoutes,
        guard: &Guard,
        app: &'static str,
        prefix: &str,
    ) -> BoundRoutes {
        let guard = AppGuard {
            guard: guard.clone(),
            rate_limit: self.rate_limit.clone(),
            app,
            metrics: self.metrics.clone(),
            refusals: self.refusals.clone(),
            pages: self.pages.clone(),
        };
        routes.guarded(&GuardLayer::new(guard), prefix)
    }
}

/// Counts a probe. No limit is around it: probes must get through.
async fn count_probe(State(metrics): State<Metrics>, request: Request, next: Next) -> Response {
    let start = Instant::now();
    let route = RouteTemplate::of(&request);
    let method = request.method().clone();
    let mut response = caught(pin!(next.run(request))).await;
    note_route(&mut response, route.as_ref());
    metrics.answered(NO_APP, route, &method, response.status(), start.elapsed());
    response
}

/// The 404 page of the app whose address it is, else that of the first, or the problem document. `apps` are
/// at one place. Where nothing is at the root, people are led to what there is.
fn not_found(
    apps: Vec<(Mount, Option<NotFoundPage>)>,
) -> impl Fn(Method, Uri, HeaderMap) -> Ready<Response> + Clone + Send + Sync + 'static {
    let mount = apps.first().map(|(mount, _)| mount.clone());
    let mount = mount.unwrap_or_default();
    let pages: Arc<[_]> = apps.into_iter().map(|(_, page)| page).collect();
    move |method, uri, headers| {
        if uri.path() == "/" && method.is_safe() && takes_html(&headers) {
            return ready(to_about(&mount));
        }
        let owner = pages.iter().flatten().find(|page| page.owns(uri.path()));
        let page = owner.or(pages.first().and_then(Option::as_ref));
        let page = page.and_then(|page| (page.answer)(&method, &headers, &uri));
        ready(page.unwrap_or_else(|| no_route(&mount, &method, &uri)))
    }
}

/// To the page that names what is served. A program that asks the same gets its 404.
fn to_about(mount: &Mount) -> Response {
    let to = mount.site_url("/about");
    let vary = (header::VARY, "accept".to_owned());
    (StatusCode::SEE_OTHER, [(header::LOCATION, to), vary]).into_response()
}

fn no_route(mount: &Mount, method: &Method, uri: &Uri) -> Response {
    if *method == Method::OPTIONS && uri.path() == "*" {
        return nothing();
    }
    HttpError::problem(
        StatusCode::NOT_FOUND,
        format!("There is nothing at {}.", mount.url(uri.path())),
    )
    .into_response()
}

/// The router adds `Allow` to either answer.
fn no_method(mount: &Mount, method: &Method, uri: &Uri) -> Response {
    if *method == Method::OPTIONS {
        return nothing();
    }
    let detail = format!("{} does not take {method}.", mount.url(uri.path()));
    HttpError::problem(StatusCode::METHOD_NOT_ALLOWED, detail).into_response()
}

/// The same for routes at the root of their host.
pub(crate) async fn no_method_here(method: Method, uri: Uri) -> Response {
    no_method(&Mount::default(), &method, &uri)
}

/// From an app's prefix to the same with a slash, where its `/` is.
fn moved_below(mount: &Mount, uri: &Uri) -> Response {
    let query = uri.query().map(|query| format!("?{query}"));
    let to = format!("{}{}", mount.url("/"), query.unwrap_or_default());
    (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, to)]).into_response()
}

/// 204.
fn nothing() -> Response {
    let mut response = Response::new(Body::new(Nothing));
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}
