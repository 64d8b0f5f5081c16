//! What must be known of a file before it is used: which generation it is, whether it can be served, how
//! connections to it are set up.
//!
//! The lowest folder of the store, on which all others stand. It must not know readers, the writer or how
//! a new generation is made.

pub(super) mod acceptance;
pub(super) mod files;
pub(super) mod length;
pub(super) mod lock;
pub(super) mod place;
pub(super) mod pragmas;
pub(super) mod unfinished;
