//! What clients and the server cache of a response, and for how long it is valid.
//!
//! # Layout
//! - `policy`: public and private responses
//! - `reading`: how responses that are made from the data become one of them
//! - `validators`: entity tags, 304, and 412 for reads; `preconditions`: 412 for writes
//! - `precompressed`: responses cached in each encoding
//! - `revision_cache`: what was made from one revision of the data; `own_cache`: what was made for a user

pub(crate) mod own_cache;
pub(crate) mod policy;
pub(crate) mod precompressed;
pub(crate) mod preconditions;
pub(crate) mod reading;
pub(crate) mod revision_cache;
pub(crate) mod validators;
