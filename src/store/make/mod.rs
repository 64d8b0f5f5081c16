//! How a primary comes to its next generation: kept from the last run, copied from the baked file, migrated
//! from an older schema, or changed by a command.
//!
//! A generation is made under another name and published when it is complete (`open/files.rs`). Nothing here
//! changes one that has its name.

pub(super) mod adoption;
pub(super) mod migration;
pub(super) mod next_generation;
