//! The whole site as one service: each request goes to the routes of its host, through what is around all routes.
//!
//! From the outside in: the log, the default headers and conditional requests, other origins, the negotiation
//! of encodings, compression. These are called one behind the other and are no layers of the router: a layer
//! costs each request three allocations and several copies of itself, which for a short answer was a fifth of
//! all instructions. What few requests need is boxed, so that the others do not carry the room for it: a request
//! is answered in one piece of memory, and allocators are slow beyond a kilobyte. It must not know which routes
//! there are.

use std::collections::{BTreeMap, HashMap};
use std::convert::Infallible;
use std::future::{Ready, ready};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Router;
use axum::body::{Body, HttpBody};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::future::RouteFuture;
use tower_http::compression::predicate::{Predicate, SizeAbove};
use tower_http::compression::{CompressionLayer, CompressionLevel};
use tower_http::cors::CorsLayer;
use tower_layer::Layer as _;
use tower_service::Service;

use super::HttpError;
use super::asked_host::AskedHost;
use super::caching::validators::Nothing;
use super::direct::{self, DirectTable};
use super::headers::encodings::negotiate;
use super::headers::negotiation::vary_by_encoding;
use super::headers::response_headers::DefaultHeaders;
use super::observability::request_log::LoggedRequest;
use super::routes::answered;

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
    /// Of these, what goes past the router.
    pub(super) direct: DirectTable,
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
        let logged = LoggedRequest::begin(&request);
        let host = self.host_of(&request);
        let headers = host.default_headers.begin(&request);
        let finish = move |response| Ok(logged.answered(headers.add_to(response)));
        if let Some(cors) = &host.cors
            && !asks_what_is_allowed(&request)
        {
            // Around the negotiation, so that pages of other origins may read refusals, too.
            let answering = cors.layer(Negotiated(Arc::clone(host))).call(request);
            return Box::pin(async move { finish(answered(answering.await)) });
        }
        // What need not wait is done before there is a future, which would hold it, some of it twice.
        match host.begin(request) {
            Err(refusal) => Box::pin(ready(finish(refusal.into_response()))),
            Ok((BegunAnswer::Directly(answering), compression)) => {
                Box::pin(
                    async move { finish(compression.finish(with_length(answering.await)).await) },
                )
            }
            Ok((BegunAnswer::ByRouter(answering), compression)) => Box::pin(async move {
                let response = answered(answering.await);
                finish(compression.finish(response).await)
            }),
        }
    }
}

/// An answer that has begun. Where no page of another origin asks, each kind is waited for in a future of its own: the
/// router's needs much more room.
#[expect(
    clippy::large_enum_variant,
    reason = "taken apart at once, and never kept"
)]
enum BegunAnswer {
    Directly(direct::Answering),
    ByRouter(RouteFuture<Infallible>),
}

impl BegunAnswer {
    async fn response(self) -> Response {
        match self {
            Self::Directly(answering) => with_length(answering.await),
            Self::ByRouter(answering) => answered(answering.await),
        }
    }
}

/// The response with the length of a body that is empty, which connections of HTTP/2 do not say by themselves.
fn with_length(mut response: Response) -> Response {
    if response.body().size_hint().exact() == Some(0) {
        let headers = response.headers_mut();
        headers
            .entry(header::CONTENT_LENGTH)
            .or_insert(const { HeaderValue::from_static("0") });
    }
    response
}

/// Whether it is for `Allow` that the request asks. The layer of other origins takes every OPTIONS for a browser's
/// that asks for leave, which names a method.
fn asks_what_is_allowed(request: &Request) -> bool {
    let wanted = header::ACCESS_CONTROL_REQUEST_METHOD;
    *request.method() == Method::OPTIONS && !request.headers().contains_key(wanted)
}

impl HostRouter {
    /// Negotiates, has the routes begin to answer, and tells how the answer is compressed then: in an encoding that
    /// the client takes.
    ///
    /// # Errors
    /// 406.
    fn begin(&self, mut request: Request) -> Result<(BegunAnswer, Compression), HttpError> {
        let mut accepted = None;
        // Programs that say nothing of it are spared the search for lists.
        let is_asked = request.headers().contains_key(header::ACCEPT_ENCODING);
        if is_asked && self.compress_above.is_some() {
            negotiate(&mut request)?;
            accepted = accepted_encodings(request.headers());
        }
        let compression = Compression {
            accepted,
            is_head: *request.method() == Method::HEAD,
            above: self.compress_above,
        };
        let begun = match self.direct.find(&request) {
            Some(route) => BegunAnswer::Directly(route.answer(request)),
            None => BegunAnswer::ByRouter(self.routes.clone().call(request)),
        };
        Ok((begun, compression))
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
        match self.0.begin(request) {
            Err(refusal) => Box::pin(ready(Ok(refusal.into_response()))),
            Ok((begun, compression)) => {
                Box::pin(async move { Ok(compression.finish(begun.response().await).await) })
            }
        }
    }
}

/// The lines of a request about encodings, if it has any.
fn accepted_encodings(request: &HeaderMap) -> Option<Box<HeaderMap>> {
    let lines = request.get_all(header::ACCEPT_ENCODING).iter();
    let mut accepted: Option<Box<HeaderMap>> = None;
    for line in lines {
        let accepted = accepted.get_or_insert_default();
        accepted.append(header::ACCEPT_ENCODING, line.clone());
    }
    accepted
}

/// How the answer to a request is compressed.
struct Compression {
    accepted: Option<Box<HeaderMap>>,
    is_head: bool,
    above: Option<u16>,
}

impl Compression {
    /// The response, compressed if that is worth it and its client takes that.
    async fn finish(self, response: Response) -> Response {
        let Some(above) = self.above else {
            return response;
        };
        if !self.is_head {
            return compressed(response, self.accepted, above).await;
        }
        // The routes have left the body out. What is said of it is said as if it were there.
        let response = response.map(|_| Body::new(Nothing));
        let response = compressed(response, self.accepted, above).await;
        response.map(|_| Body::empty())
    }
}

/// The response, compressed if that is worth it and its client takes that.
async fn compressed(
    mut response: Response,
    accepted: Option<Box<HeaderMap>>,
    above: u16,
) -> Response {
    let worth_it = Compressible {
        from: SizeAbove::new(u64::from(above)),
    };
    if !is_to_be_compressed(&response, worth_it) {
        return response;
    }
    vary_by_encoding(response.headers_mut());
    match accepted {
        // On the heap, so that other requests do not carry the room for it.
        Some(accepted) => Box::pin(compress(response, *accepted, worth_it)).await,
        None => response,
    }
}

/// Whether it is worth it, and the response neither packed already nor a part of something.
fn is_to_be_compressed(response: &Response, worth_it: Compressible) -> bool {
    let headers = response.headers();
    worth_it.should_compress(response)
        && !headers.contains_key(header::CONTENT_ENCODING)
        && !headers.contains_key(header::CONTENT_RANGE)
}

/// The library does that for a service, which here has answered already.
async fn compress(response: Response, accepted: HeaderMap, worth_it: Compressible) -> Response {
    let mut request = Request::new(Body::empty());
    *request.headers_mut() = accepted;
    // The first levels give most of the size for a fraction of the time.
    let compression = CompressionLayer::new()
        .quality(CompressionLevel::Fastest)
        .compress_when(worth_it);
    let mut compressing = compression.layer(ReadyResponse(Some(response)));
    answered(compressing.call(request).await).map(Body::new)
}

/// Large enough, and not packed in itself. The type is looked at once, where the library's predicates for types do
/// so each by itself.
#[derive(Debug, Clone, Copy)]
struct Compressible {
    from: SizeAbove,
}

impl Predicate for Compressible {
    fn should_compress<B: HttpBody>(&self, response: &Response<B>) -> bool {
        self.from.should_compress(response) && {
            let kind = response.headers().get(header::CONTENT_TYPE);
            let kind = kind.map_or(&b""[..], HeaderValue::as_bytes);
            !is_packed(kind)
        }
    }
}

/// Whether content of this type is packed already.
fn is_packed(kind: &[u8]) -> bool {
    let packed: [&[u8]; 3] = [b"image/", b"audio/", b"application/octet-stream"];
    packed.iter().any(|packed| kind.starts_with(packed)) && !kind.starts_with(b"image/svg+xml")
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
