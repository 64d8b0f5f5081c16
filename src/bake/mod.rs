//! The baker: an app's file from its sources.
//!
//! Everything slow or fragile happens here, once: parsing dumps, deriving columns, building indexes,
//! gathering statistics, checking. A baked file is complete or absent (ARCHITECTURE.md, invariant
//! 1) and says where it came from (invariant 2). It must not know HTTP or how files are served.
//!
//! # Layout
//! - [`bake()`]: an app's file, from its [`Recipe`] and a folder of dumps and documents
//! - `app_tables`: its tables as the destination of a load; `target`: the tables of a schema that rows of dumps go into
//! - [`CsvTable`]: a table that a CSV file fills, from `csv_records`, `csv_quotes`; [`Seed`]: filling it later
//! - [`inspect`](inspect()): what is in a finished file

mod app_tables;
mod csv_quotes;
mod csv_records;
mod csv_table;
mod inspect;
mod recipe;
mod seed;
mod target;

pub use csv_table::{CsvTable, FieldError, Fields};
pub use inspect::{FileReport, inspect};
pub use recipe::{Recipe, bake};
pub use seed::{Existing, Seed, Seeded, record_input};
