//! The datasets of the apps: made by rules, the same for ever and everywhere.
//!
//! Each has a module that writes what `dataset/<app>/` holds, or more of it, from nothing but word lists
//! and pseudo-random numbers of our own, so that digests are equal on every platform and with every
//! version of every library. It owns every byte of those folders but their READMEs; a test compares.
//! It must not know the service, which reads the files like anybody else's.
//!
//! # Layout
//! - [`Dataset`]: the datasets by name; [`Packing`], [`Written`]: a file as it is written
//! - `isuumo`, `people`, `conduit`, `english`: one dataset each
//! - `random`: numbers that never change; `sums`: digests of files

mod conduit;
mod english;
mod isuumo;
mod people;
mod random;
mod sums;
mod written;

use std::io;
use std::path::Path;

use clap::ValueEnum;

pub use written::{Packing, Written};

/// A dataset, by the name of its app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Dataset {
    /// Chairs and estates.
    Isuumo,
    /// Passengers.
    People,
    /// A blog.
    Conduit,
    /// Sentences to learn.
    English,
}

impl Dataset {
    /// Writes the files into `folder`, which is there, with `scale` times the rows of what the repository
    /// holds, packed as `packing` says; calls `wrote` with each.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write(
        self,
        folder: &Path,
        scale: u32,
        packing: Packing,
        wrote: &mut dyn FnMut(&Written),
    ) -> io::Result<()> {
        match self {
            Self::Isuumo => isuumo::write_dataset(folder, scale, packing, wrote),
            Self::People => people::write_dataset(folder, scale, wrote),
            Self::Conduit => conduit::write_dataset(folder, scale, packing, wrote),
            Self::English => english::write_dataset(folder, scale, packing, wrote),
        }
    }
}
