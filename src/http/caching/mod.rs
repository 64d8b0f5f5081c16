//! What clients and the server keep of a response, and for how long it is right.
//!
//! # Layout
//! - `policy`: public and private responses
//! - `reading`: how responses that are made from the data become one of them
//! - `validators`: entity tags and 304
//! - `precompressed`: responses kept ready in each encoding
//! - `kept`: what was made from one revision of the data

pub(crate) mod kept;
pub(crate) mod policy;
pub(crate) mod precompressed;
pub(crate) mod reading;
pub(crate) mod validators;
