//! Writes: the one writer thread of a primary, its group commit and its checkpoints, and what is offered to
//! those who write: which rule of the schema was broken, and writes that are done once.
//!
//! The top folder of the store: it uses all others, and none of them uses it.

mod change_log;
pub(super) mod checkpoints;
pub(super) mod constraint;
mod deadline;
pub(super) mod idempotency;
mod inbox;
pub(super) mod job;
mod pieces;
pub(super) mod stored_response;
mod worker;
pub(super) mod writer;
