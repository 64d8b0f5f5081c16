//! What operators see of a store: what it counts, which statements took long, whether a file is whole.
//!
//! Nothing here decides what is served, and nothing here writes to a file.

pub(super) mod figures;
pub(super) mod health;
pub(super) mod histogram;
pub(super) mod slow_queries;
pub(super) mod writing;
