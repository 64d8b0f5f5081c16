//! The whole site as one service: each request goes to the routes of its host, through what is around all routes.
//!
//! From the outside in: the log, the default headers and conditional requests, other origins, the negotiation
//! of encodings, compression. These are called one behind the other and are no layers of the router: a layer
//! costs each request three allocations and several copies of itself, which for a short answer was a fifth of
//! all instructions. It must not know which routes there are.

use std::collections::{BTreeMap, HashMap};
use std::convert::Infallible;
use std::future::{Ready, ready};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, Method, header};
use axum::response::{IntoResponse as _, Response};
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};
use tower_http::compression::{CompressionLayer, CompressionLevel};
use tower_http::cors::CorsLayer;
use tower_layer::Layer as _;
use tower_service::Service;

use super::asked_host::AskedHost;
use super::caching::validators::Nothing;
use super::headers::encodings::negotiate;
use super::headers::negotiation::vary_by;
use super::headers::response_headers::DefaultHeaders;
use super::observability::request_log::LoggedRequest;
use super::routes::RouteService as _;

/// All routes of a site, by host, with what is around them.
#[derive(Clone)]
pub struct SiteRouter(Arc<Hosts>);

struct Hosts {
    named: HashMap<String, Arc<HostRouter>>,
    /// For requests of any other host.
    any: Arc<HostRouter>,
}

/// The routes of one host, and what is around them.
#[derive(Default)]
pub(super) struct HostRouter {
    pub(super) routes: Router,
    pub(super) cors: Option<CorsLayer>,
    pub(super) default_headers: DefaultHeaders,
    /// Responses from this size on are compressed for clients that accept it; `None` for never.
    pub(super) compress_above: Option<u16>,
}

type Answering = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

impl SiteRouter {
    /// Those of each host; the one without a name is for all others.
    pub(super) fn new(hosts: BTreeMap<Option<String>, HostRouter>) -> Self {
        let mut any = Arc::default();
        let mut named = HashMap::new();
        for (host, router) in hosts {
            match host {
                Some(host) => drop(named.insert(host, Arc::new(router))),
                None => any = Arc::new(router),
            }
        }
        Self(Arc::new(Hosts { named, any }))
    }

    async fn answer(self, request: Request) -> Response {
        let logged = LoggedRequest::begin(&request);
        let host = self.host_of(&request);
        let headers = host.default_headers.begin(&request);
        let response = match &host.cors {
            // Around the negotiation, so that pages of other origins may read refusals, too.
            Some(cors) if !asks_what_is_allowed(&request) => {
                let mut with_cors = cors.layer(Negotiated(Arc::clone(host)));
                let answered = with_cors.call(request).await;
                answered.unwrap_or_else(|never| match never {})
            }
            _ => host.negotiated(request).await,
        };
        logged.answered(headers.add_to(response))
    }

    /// A site without hosts of their own pays nothing for it.
    fn host_of(&self, request: &Request) -> &Arc<HostRouter> {
        let Hosts { named, any } = &*self.0;
        if named.is_empty() {
            return any;
        }
        let asked = AskedHost::of(request.uri(), request.headers());
        let named = asked.and_then(|asked| named.get(&asked.name()));
        named.unwrap_or(any)
    }
}

impl Service<Request> for SiteRouter {
    type Response = Response;
    type Error = Infallible;
    type Future = Answering;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Answering {
        let site = self.clone();
        Box::pin(async move { Ok(site.answer(request).await) })
    }
}

/// Whether it is for `Allow` that the request asks. The layer of other origins takes every OPTIONS for a browser's
/// that asks for leave, which names a method.
fn asks_what_is_allowed(request: &Request) -> bool {
    let wanted = header::ACCESS_CONTROL_REQUEST_METHOD;
    *request.method() == Method::OPTIONS && !request.headers().contains_key(wanted)
}

impl HostRouter {
    /// What the routes answer, in an encoding that the client takes.
    async fn negotiated(&self, mut request: Request) -> Response {
        let Some(above) = self.compress_above else {
            return self.routed(request).await;
        };
        if let Err(refusal) = negotiate(&mut request) {
            return refusal.into_response();
        }
        let is_head = *request.method() == Method::HEAD;
        let accepted = AcceptedEncodings::of(request.headers());
        let response = self.routed(request).await;
        if !is_head {
            return compressed(response, accepted, above).await;
        }
        // The routes have left the body out. What is said of it is said as if it were there.
        let response = response.map(|_| Body::new(Nothing));
        let response = compressed(response, accepted, above).await;
        response.map(|_| Body::empty())
    }

    fn routed(&self, request: Request) -> impl Future<Output = Response> + Send {
        self.routes.clone().answer(request)
    }
}

/// The routes of a host with the negotiation around them, as the layer of other origins wants it.
#[derive(Clone)]
struct Negotiated(Arc<HostRouter>);

impl Service<Request> for Negotiated {
    type Response = Response;
    type Error = Infallible;
    type Future = Answering;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Answering {
        let host = Arc::clone(&self.0);
        Box::pin(async move { Ok(host.negotiated(request).await) })
    }
}

/// The lines of a request about encodings, if it has any.
struct AcceptedEncodings(Option<HeaderMap>);

impl AcceptedEncodings {
    fn of(request: &HeaderMap) -> Self {
        let lines = request.get_all(header::ACCEPT_ENCODING).iter();
        let mut accepted: Option<HeaderMap> = None;
        for line in lines {
            let accepted = accepted.get_or_insert_default();
            accepted.append(header::ACCEPT_ENCODING, line.clone());
        }
        Self(accepted)
    }
}

/// The response, compressed if that is worth it and its client takes that; the library does that for a service,
/// which here has answered already.
async fn compressed(mut response: Response, accepted: AcceptedEncodings, above: u16) -> Response {
    let headers = response.headers();
    // What is packed already, or a part of something, stays as it is.
    let is_whole = !headers.contains_key(header::CONTENT_ENCODING)
        && !headers.contains_key(header::CONTENT_RANGE);
    if !is_whole || !worth_it(above).should_compress(&response) {
        return response;
    }
    let AcceptedEncodings(Some(accepted)) = accepted else {
        vary_by(response.headers_mut(), &["accept-encoding"]);
        return response;
    };
    let mut request = Request::new(Body::empty());
    *request.headers_mut() = accepted;
    // The first levels give most of the size for a fraction of the time.
    let compression = CompressionLayer::new()
        .quality(CompressionLevel::Fastest)
        .compress_when(worth_it(above));
    let mut compressing = compression.layer(ReadyResponse(Some(response)));
    let compressed = compressing.call(request).await;
    compressed
        .unwrap_or_else(|never| match never {})
        .map(Body::new)
}

fn worth_it(above: u16) -> impl Predicate {
    SizeAbove::new(u64::from(above))
        .and(NotForContentType::IMAGES)
        .and(NotForContentType::const_new("audio/"))
        .and(NotForContentType::const_new("application/octet-stream"))
}

/// A service that has its answer.
struct ReadyResponse(Option<Response>);

impl Service<Request> for ReadyResponse {
    type Response = Response;
    type Error = Infallible;
    type Future = Ready<Result<Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request) -> Self::Future {
        ready(Ok(self.0.take().unwrap_or_default()))
    }
}
