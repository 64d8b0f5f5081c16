//! Importing any dump: the tables are the dump's own.
//!
//! The same sequence as an app's bake (`load/sequence.rs`), with tables made from `CREATE TABLE` instead of a
//! schema folder. Everything that differs from the dump is noted.
//!
//! # Layout
//! - [`Selection`]: which databases and tables; `final_names`: by the names that they have in the end;
//!   `planner`: what the reading side knows of them
//! - `dumped_tables`: all tables of an import, as its statements change them; `transaction`: what is undone
//! - `script`: statements that depend on rows or variables; `changes`: `UPDATE` and `DELETE`; `copying`:
//!   `INSERT … SELECT`; `query`, `narrowing`, `found_rows`, `aggregates`, `table_row`: the rows that they read; `session`:
//!   what they leave to others; `server_order`: how a server reads whole tables
//! - `table`: one table; `rebuild`: its rows when it changes, `conversion`: their values in columns of another
//!   type; `storing`: its rows; `resolve`: values that are not literals; `computed`: what
//!   becomes of computed ones; `numbering`: `AUTO_INCREMENT`; `duplicates`: rows whose key is there already; `forbidden_rows`: those that a check does not allow;
//!   `upserts`: those of `ON DUPLICATE KEY UPDATE`, with the numbers of `statement_numbers`; `assigning`: what
//!   assignments make of a row
//! - `layout`: MySQL types to SQLite ones; `names`: one namespace for all
//! - `completion`, `finish`, `keys`, `views`: what is made of definitions when all rows are in; `generated`:
//!   generated columns, of which `by_rule` keeps some computed; `generated_values`: their values; `row_values`: rows as the evaluator sees them

mod added_values;
mod aggregates;
mod assigning;
mod by_rule;
mod changes;
mod completion;
mod computed;
mod conversion;
mod copying;
mod dumped_tables;
mod duplicates;
mod final_names;
mod finish;
mod following;
mod following_updates;
mod forbidden_rows;
mod found_rows;
mod generated;
mod generated_values;
mod grouped;
mod in_order;
mod inner_queries;
mod joined_changes;
mod joins;
mod kept_apart;
mod keys;
mod layout;
mod names;
mod narrowing;
mod numbering;
mod planner;
mod query;
mod rebuild;
mod resolve;
mod row_index;
mod row_values;
mod script;
mod seen_keys;
mod selection;
mod server_order;
mod server_settings;
mod session;
mod statement_numbers;
mod storing;
mod table;
mod table_row;
mod texts;
mod transaction;
mod united;
mod upserts;
mod upserts_of_queries;
mod views;
mod zoned;

use std::path::Path;
use std::time::Instant;

use self::computed::Occasion;
use self::dumped_tables::DumpedTables;
use self::final_names::FinalNames;
pub use self::selection::Selection;
use crate::dump::Charset;
use crate::file::FolderFile;
use crate::file::provenance::FIRST_SCHEMA;
use crate::load::LoadError;
use crate::load::feed::FeedOptions;
use crate::load::output::Output;
use crate::load::progress::Progress;
use crate::load::report::Report;
use crate::load::sequence::{LoadPlan, load};

/// How an import is done.
#[derive(Debug, Clone)]
pub struct ImportOptions<'a> {
    /// Replace a file that is already at the output.
    pub force: bool,
    /// When the import takes place, in UTC, RFC 3339 to the second.
    pub bake_time: &'a str,
    /// Which tables are wanted.
    pub selection: Selection,
    /// Fail when anything would be noted.
    pub strict: bool,
    /// Threads: one, or more for reading beside storing and for sorting.
    pub jobs: usize,
    /// The character set of dumps that do not say theirs.
    pub charset: Charset,
    /// Accept a dump that has its program's header and lacks the line at its end.
    pub allow_incomplete: bool,
}

/// Imports `dumps`, in order, into a new file at `out`.
///
/// # Errors
/// When a dump cannot be read or holds something that is not supported, or the output exists or
/// cannot be written. Nothing new is at `out` then.
pub fn import(
    dumps: &[FolderFile],
    out: &Path,
    options: &ImportOptions<'_>,
    progress: &mut dyn Progress,
) -> Result<Report, LoadError> {
    let start = Instant::now();
    if dumps.iter().any(|dump| dump.is_at(out)) {
        return Err(LoadError::InputAndOutput {
            path: out.to_owned(),
        });
    }
    let output = Output::create_for_import(out, options.jobs, options.force)?;
    let plan = LoadPlan {
        app: "import",
        schema_digest: "",
        schema_version: FIRST_SCHEMA,
        bake_time: options.bake_time,
        dumps,
        options: FeedOptions {
            jobs: options.jobs,
            charset: options.charset,
            allow_incomplete: options.allow_incomplete,
            lenient: true,
        },
        start,
    };
    let tables = DumpedTables {
        selection: &options.selection,
        finals: FinalNames::of(dumps, options.charset, &options.selection),
        strict: options.strict,
        occasion: Occasion {
            now: microseconds(options.bake_time),
        },
    };
    load(&plan, output, &tables, progress)
}

/// Microseconds from 1970 to a time as provenance has it.
fn microseconds(time: &str) -> i64 {
    time.parse().map_or(0, jiff::Timestamp::as_microsecond)
}
