//! What one request, one client and all of them together may take.
//!
//! # Layout
//! - `guard`: concurrent requests and time per request
//! - `bodies`: bytes of all bodies
//! - `rate_limit`: requests of one client; `client_address`: which client that is; `buckets`: the table in
//!   which they are counted
//! - `same_origin`: from whose pages a browser may send what changes something
//! - `work`: what takes the processor for long; `json`: which bodies do; `slices`: large responses

pub(crate) mod bodies;
pub(crate) mod buckets;
pub(crate) mod client_address;
pub(crate) mod guard;
pub(crate) mod json;
pub(crate) mod rate_limit;
pub(crate) mod same_origin;
pub(crate) mod slices;
pub(crate) mod work;
