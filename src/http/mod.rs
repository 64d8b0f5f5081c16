//! The HTTP side that all apps share: router assembly, limits, errors, health, logs.
//!
//! Apps hand in their routes and get everything around them from here. It must not know SQL or any
//! app's contract; inside its routes an app's contract wins (ARCHITECTURE.md, invariant 9).
//!
//! # Layout
//! - [`server`]: from the first connection to the graceful end; `listener`: the accept loop;
//!   `connection`, `socket`: who has had enough time
//! - [`router()`]: all routes and all layers, in order
//! - [`Site`]: what health and version report about
//! - [`HttpError`]: the one error type and its one way to become a response
//! - `health`, `version`: `/livez`, `/readyz`, `/version`
//! - [`openapi`]: the API's description; `pages`: `/docs` and `/about`
//! - [`admin`]: the routes that are never on the public port; `metrics` (with `connection_metrics`,
//!   `store_metrics` and `process`): what it counts
//! - `guard`: concurrent requests and time per request; `bodies` (with `tapped`):
//!   bytes of all bodies
//! - `rate_limit`: requests of one client; `client`: who that is
//! - `manners`: what every answer goes out with; `cors`: who else may call from a browser
//! - [`IdempotencyKey`]: which writes are done once
//! - [`Reading`] and `validators`: entity tags and 304; [`Precompressed`]: answers kept ready
//! - [`Kept`]: what was made from one revision of the data
//! - `preferences`: what clients say they prefer
//! - `request_log`: request ids and one log line per request; `trace_context`: the trace it is part of
//! - body limits are those of axum's `DefaultBodyLimit`, set in [`router()`]

pub mod admin;
mod bodies;
mod client;
mod connection;
mod connection_metrics;
pub(crate) mod cors;
mod error;
mod guard;
mod health;
mod idempotency;
mod kept;
mod listener;
mod manners;
mod metrics;
pub mod openapi;
mod pages;
mod precompressed;
mod preferences;
mod process;
mod rate_limit;
mod request_log;
mod router;
pub mod server;
mod site;
mod socket;
mod store_metrics;
mod tapped;
mod trace_context;
mod validators;
mod version;

pub use bodies::BodyShare;
pub use client::AddressHeader;
pub use connection::ConnectionLimits;
pub use error::{HttpError, PROBLEM_TYPE};
pub use guard::Guard;
pub use idempotency::IdempotencyKey;
pub use kept::Kept;
pub use precompressed::Precompressed;
pub use preferences::{preferences, takes_html};
pub use rate_limit::ClientRate;
pub use request_log::REQUEST_LOG;
pub use router::{Limits, router};
pub use site::{Nowhere, Served, Site};
pub use validators::{Reading, tag_of_build};
