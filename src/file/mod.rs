//! The format of a box: what is in every SQLite file of ours beside an app's rows, and what defines it.
//!
//! Whoever makes, fills, changes or serves a file stands on this. It must not know where rows come from,
//! nor how files are served.
//!
//! # Layout
//! - [`Folder`]: files on disk or embedded in the binary
//! - [`Schema`]: the SQL files of an app, in their three phases; `migrations`: those for older files;
//!   `script`: one of these files
//! - [`provenance`]: where a file came from, written and read
//! - `recognition`: whether a path names a SQLite file at all
//! - `path_text`: paths in reports for programs
//! - `temporary`: a file's name until it is complete; `ownership`: whose a new file is;
//!   `half_made`: those that go when the process is told to end
//! - `identity`: which file has a name; `beside`: the names that SQLite uses beside one
//! - `statistics`: what the planner knows; `sql`: names and values that are written into definitions
//! - [`FileError`]: what went wrong

mod beside;
mod error;
mod folder;
mod half_made;
mod identity;
mod migrations;
pub(crate) mod ownership;
mod path_text;
pub mod provenance;
mod recognition;
mod schema;
mod script;
pub(crate) mod sql;
mod statistics;
mod temporary;

pub(crate) use beside::{beside, log_beside};
pub use error::FileError;
pub(crate) use error::ROOM;
pub use folder::{Content, Folder, FolderFile};
pub(crate) use half_made::{HalfMade, MadeFolders, remove_half_made};
pub(crate) use identity::Identity;
pub(crate) use path_text::path_as_text;
pub(crate) use recognition::why_not_sqlite;
pub use schema::Schema;
pub(crate) use sql::is_about_files;
pub(crate) use statistics::gather_statistics;
pub(crate) use temporary::{Temporary, sync_folder};
