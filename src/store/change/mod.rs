//! Writes: the one writer thread of a primary, its group commit and its checkpoints, and what is offered to
//! those who write: which rule of the schema was broken, and writes that are done once.
//!
//! The top folder of the store: it uses all others, and none of them uses it.

pub(super) mod checkpoints;
pub(super) mod constraint;
pub(super) mod idempotency;
pub(super) mod stored_response;
pub(super) mod writer;
