//! What clients and the server keep of a response, and for how long it is right.
//!
//! # Layout
//! - `validators`: entity tags and 304
//! - `precompressed`: responses kept ready in each encoding
//! - `kept`: what was made from one revision of the data

pub(crate) mod kept;
pub(crate) mod precompressed;
pub(crate) mod validators;
