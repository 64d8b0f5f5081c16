//! Rows into SQLite, fast: what a bake and an import share.
//!
//! One thread reads dumps, another stores what it reads; the file being made is complete or absent. Which
//! tables rows go into is for `bake` and `import` to say. It must not know apps.
//!
//! # Layout
//! - `input`: one input, unpacked, hashed and metered
//! - `feed`: reading on a thread of its own; `scout`: a second reading ahead of it
//! - `batch`: rows on their way; `insertion`: storing them
//! - `sequence`: the order of it all, from the first dump to the published file
//! - `output`: the file being made: statistics, compaction, checks
//! - [`Report`], [`Note`], [`Progress`]: what is reported, at the end and on the way
//! - [`LoadError`]: what went wrong

pub(crate) mod batch;
pub(crate) mod error;
pub(crate) mod feed;
pub(crate) mod input;
pub(crate) mod insertion;
pub(crate) mod note;
pub(crate) mod output;
pub(crate) mod progress;
pub(crate) mod report;
mod scout;
pub(crate) mod sequence;

pub use error::LoadError;
pub use note::{Note, NoteClass};
pub use progress::{Phase, Progress, Silent};
pub use report::{ColumnReport, IndexReport, Report, TableReport};
