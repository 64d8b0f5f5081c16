//! Backup and restore of a primary's data, beside a server that goes on serving.
//!
//! Both copy the state of one moment page for page (`pages`), check the copy and only then give it its
//! name: a backup or a generation is complete or absent. Neither changes what it copies from. It must
//! not know schedules, places to keep backups, or the command line.
//!
//! # Layout
//! - `take`: [`back_up`], from the newest generation of a data directory to a file
//! - `restore`: [`restore`](restore()), from a file to the next generation
//! - `pages`: the copy itself, and what is checked of it; a migration begins with one too
//! - [`BackupError`]: what can go wrong; [`CopyError`], in the copy itself

mod error;
pub(super) mod pages;
mod restore;
mod take;

use std::path::PathBuf;

pub use error::{BackupError, CopyError};
pub use restore::restore;
pub use take::back_up;

use crate::file::provenance::Provenance;

/// A copy that was made, and checked in full.
#[derive(Debug, Clone)]
pub struct Copied {
    /// The file that was read.
    pub from: PathBuf,
    /// The file that was made.
    pub to: PathBuf,
    /// The generation that was backed up, or that the restored file is now.
    pub generation: u64,
    /// The size of the copy in bytes.
    pub bytes: u64,
    /// Where the data came from.
    pub provenance: Provenance,
}
