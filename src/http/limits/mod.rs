//! What one request, one client and all of them together may take.
//!
//! # Layout
//! - `guard`: what admits the requests of one app; `slots`: how many at once
//! - `bodies`: bytes of all bodies; `arriving`: those of requests on their way
//! - `holders`: clients that are waited for, and which of them give way
//! - `rate_limit`: requests of one client; `client_address`: which client that is; `buckets`: the table in
//!   which they are counted
//! - `same_origin`: from whose pages a browser may send what changes something
//! - `work`: what takes the processor for long; `json`: which bodies do; `slices`: large responses

pub(crate) mod arriving;
pub(crate) mod bodies;
pub(crate) mod buckets;
pub(crate) mod client_address;
pub(crate) mod guard;
mod holders;
pub(crate) mod json;
pub(crate) mod rate_limit;
pub(crate) mod same_origin;
pub(crate) mod slices;
mod slots;
pub(crate) mod work;
