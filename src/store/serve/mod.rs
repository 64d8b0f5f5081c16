//! What a request reads from: one generation with its readers, what the app derived from it, and the
//! revision that names what both show.
//!
//! It stands on `open` and `watch`. It must not know who writes, or when.

pub(super) mod derived;
pub(super) mod generation;
pub(super) mod reader;
pub(super) mod revision;
pub(super) mod state;
