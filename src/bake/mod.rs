//! The baker: writes a finished SQLite file from a schema folder and row sources.
//!
//! Everything slow or fragile happens here, once: parsing dumps, deriving columns, building indexes,
//! gathering statistics, checking. A baked file is complete or absent (ARCHITECTURE.md, invariant
//! 1) and tells where it came from (invariant 2). It must not know HTTP or how files are served.
//!
//! # Layout
//! - [`bake`]: an app's file, from its [`Recipe`] and a [`Folder`] of dumps and documents
//! - [`import()`]: any dump to a file of the same tables; `translate`: MySQL's expressions
//! - [`Folder`]: files on disk or embedded in the binary
//! - `input`: one input, unpacked, hashed and metered
//! - `feed`: reading on a thread of its own; `batch`: rows on their way; `insertion`: storing them
//! - [`CsvTable`]: a table that a CSV file fills, from `csv_records`; [`Seed`]: filling it later
//! - `schema`: the SQL files of an app, in their three phases; `migrations`: those for older files
//! - `target`: the tables of a schema that rows go into
//! - `output`: the file being made: indexes, statistics, compaction, checks; `temporary`: its name until
//!   it is complete
//! - [`provenance`]: where a file came from, written and read
//! - [`inspect`](inspect()): what is in a finished file
//! - [`Report`], [`Note`], [`Progress`]: what a bake tells, at its end and on its way
//! - [`FileError`], [`LoadError`]: what went wrong

mod batch;
mod csv_records;
mod csv_table;
mod error;
mod feed;
mod file_error;
mod folder;
mod import;
mod input;
mod insertion;
mod inspect;
mod migrations;
mod note;
mod output;
mod progress;
pub mod provenance;
mod recipe;
mod report;
mod schema;
mod scout;
mod seed;
mod sql;
mod statistics;
mod target;
mod temporary;
mod translate;

pub use csv_table::{CsvTable, FieldError, Fields};
pub use error::LoadError;
pub use file_error::FileError;
pub use folder::{Content, Folder, FolderFile};
pub use import::{ImportOptions, Selection, import};
pub use inspect::{FileReport, inspect};
pub use note::{Class, Note};
pub use progress::{Phase, Progress, Silent};
pub use recipe::{Recipe, bake};
pub use report::{ColumnReport, IndexReport, Report, TableReport};
pub use schema::Schema;
pub use seed::{Existing, Seed, Seeded};
pub(crate) use sql::is_about_files;
pub(crate) use statistics::gather_statistics;
pub(crate) use temporary::{Temporary, sync_folder};
