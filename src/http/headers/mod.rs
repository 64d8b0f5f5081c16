//! What responses carry beside their content.
//!
//! # Layout
//! - `response_headers`: default headers of every response
//! - `cors`: which other origins may call from a browser
//! - `encodings`: what cannot be sent as its client wants it
//! - `negotiation`: content negotiation, by what clients accept

pub(crate) mod cors;
pub(crate) mod encodings;
pub(crate) mod negotiation;
pub(crate) mod response_headers;
