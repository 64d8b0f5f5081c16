//! The HTTP side that all apps share: router assembly, limits, errors, health, logs.
//!
//! Apps hand in their routes and get everything around them from here. It must not know SQL or any
//! app's contract; inside its routes an app's contract wins (ARCHITECTURE.md, invariant 9).
//!
//! # Layout
//! - [`transport`]: from sockets to requests
//! - [`limits`]: what one request, one client and all together may take
//! - [`caching`]: entity tags, 304, cached responses
//! - `packing`: answers that are packed once, or put together from what was packed
//! - [`headers`]: default response headers, other origins, content negotiation
//! - [`observability`]: the request log, metrics
//! - [`builtin`]: health, version, the API's description, `/docs`, `/about`, the operators' routes
//! - [`assemble`]: all routes, and the layers around each app's, in order; [`SiteRouter`]: those around all
//! - [`Routes`]: those of one app, with their paths; [`conflict`]: two that are in each other's way;
//!   [`Entrance`]: where people enter an app
//! - `direct`: routes that go past the router; [`BoundRoutes`]: routes with their state
//! - [`PathParameter`]: what stands in the path of a request
//! - `asked_host`: which host a request asks; [`whole_address`]
//! - [`Site`]: what health and version report about
//! - [`HttpError`]: the one error type and its one way to become a response
//! - [`Viewer`]: who a response is made for; [`Authentication`]: who asks, told by the head
//! - [`IdempotencyKey`], [`FormKey`]: which writes are done once; [`Preconditions`]: in which state only
//! - body limits are those of axum's `DefaultBodyLimit`, set in [`assemble`] and [`Routes::body_limit`]

mod asked_host;
mod authentication;
mod bound_routes;
pub mod builtin;
pub mod caching;
mod direct;
mod error;
pub mod headers;
mod idempotency;
pub mod limits;
pub mod observability;
mod packing;
mod path_parameter;
mod route_template;
mod router;
mod routes;
mod site;
mod site_router;
pub mod transport;
mod viewer;

pub use asked_host::whole_address;
pub use authentication::Authentication;
pub use bound_routes::BoundRoutes;
pub use builtin::pages::Entrance;
pub use builtin::{admin, openapi};
pub use caching::own_cache::{OwnCache, OwnReading};
pub use caching::policy::{PrivateResponse, PublicResponse};
pub use caching::precompressed::Precompressed;
pub use caching::preconditions::{Preconditions, WriteCondition};
pub use caching::reading::{LastingReading, PrivateReading, Reading};
pub use caching::revision_cache::{RevisionCache, ViewerCache};
pub use caching::validators::tag_of_build;
pub use error::{HttpError, PROBLEM_TYPE};
pub(crate) use headers::fly_replay::WriteRefused;
pub use headers::negotiation::{accepted_values, takes_html, vary_by};
pub use headers::response_headers::ok;
pub use idempotency::{FormKey, IdempotencyKey, KeptHeader};
pub use limits::arriving::BodyPace;
pub use limits::bodies::BodyShare;
pub(crate) use limits::buckets::{Buckets, WAYS};
pub use limits::client_address::{Client, Proxies};
pub use limits::guard::Guard;
pub use limits::json::json_takes_long;
pub use limits::rate_limit::ClientRate;
pub use limits::work::WorkPool;
pub use observability::app_metrics::CounterSource;
pub use observability::request_log::{Notable, REQUEST_LOG};
pub use packing::{Anchor, KeptBody, PackablePage, PackedPage, PageCodes, packable_page};
pub use path_parameter::PathParameter;
pub(crate) use router::no_method_here;
pub use router::{AppRoutes, LayerLimits, assemble, builtin_paths};
pub use routes::{Claim, Routes, conflict};
pub use site::{NotFoundAnswer, NotFoundPage, Served, Site};
pub use site_router::SiteRouter;
pub use transport::server;
pub use transport::watch::{ConnectionLimits, Watch};
pub use viewer::{DigestKey, SignedIn, Viewer, serve_as};
