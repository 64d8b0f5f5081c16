//! What one request, one client and all of them together may take.
//!
//! # Layout
//! - `guard`: concurrent requests and time per request
//! - `bodies`: bytes of all bodies
//! - `rate_limit`: requests of one client; `client_address`: which client that is

pub(crate) mod bodies;
pub(crate) mod client_address;
pub(crate) mod guard;
pub(crate) mod rate_limit;
