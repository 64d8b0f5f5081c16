//! What responses carry beside their content.
//!
//! # Layout
//! - `response_headers`: default headers of every response
//! - `cors`: which other origins may call from a browser
//! - `encodings`: what cannot be sent as its client wants it
//! - `fly_replay`: what has Fly.io send a refused write to the primary
//! - `negotiation`: content negotiation, by what clients accept

pub(crate) mod cors;
pub(crate) mod encodings;
pub(crate) mod fly_replay;
pub(crate) mod negotiation;
pub(crate) mod response_headers;
