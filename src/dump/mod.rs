//! The MySQL dump reader: bytes in, statements and typed values out.
//!
//! It streams: memory is bounded by the longest row (or DDL statement) plus a constant, whatever
//! the length of a line or of the file. It owns the grammar, the session state of one dump
//! (character set, SQL modes, database) and every position that an error names. It must not know SQLite, files or apps:
//! whoever calls it opens the bytes and decides what becomes of the rows.
//!
//! # Layout
//! - [`decompress()`]: plain, gzip or zstd input, recognised by content; `utf16`: to UTF-8
//! - `window`: the sliding buffer under the lexer
//! - `lexer`, `trivia`: bytes to tokens, comments and version comments; `line_ends`: what a client sends of CRLF
//! - `cursor`: tokens with look-ahead; captures expressions as [`SourceText`]
//! - [`DumpReader`], `objects`: tokens to [`Statement`]s; `body`: the ends of compound ones
//! - `script`: statements that depend on rows or variables
//! - `transaction`: what begins and ends transactions
//! - `settings`: the statement `SET`; `session`: what it changes; `sql_mode`: lists of modes; `server_setting`:
//!   what else changes values; `prepared`: statements whose text is known; `counted`: what is there, which they ask
//! - `table`, `column`, `alter`: `CREATE TABLE` and its changes to a [`TableDefinition`]; `partition_changes`,
//!   `swapped_names`: parts of `ALTER TABLE`; `renames`: new names, followed; `implied_names`: the names
//!   that a server makes; `dropped`: what is taken away by them, and all of `DROP`;
//!   `databases`: what is in one, and what its tables are in
//! - `rows`: whose rows an `INSERT` has; `insert`, `row_scan`: the rows, and the fast road through them
//! - `view_statements`: `CREATE VIEW` and its kin; `viewed`: what the rows of a view are; `through_views`: statements that change them
//! - [`DumpRow`], [`ValueType`], [`Value`]: literals to typed values; `decimal`, `temporal`: two of them;
//!   `lenient`: what becomes of literals that do not fit; [`Room`]: how much does; [`Repertoire`]: which characters
//! - [`Charset`]: the character sets of text; [`PackedText`]: what is none
//! - [`DumpError`]: what went wrong, with file, byte, line, table and row

mod alike_letters;
mod alter;
mod body;
mod byte_sets;
mod charset;
mod charset_differences;
mod column;
mod counted;
mod cursor;
mod databases;
mod decimal;
mod decompress;
mod definition;
mod dropped;
mod error;
mod implied_names;
mod insert;
mod language_letters;
mod lenient;
mod lexer;
mod line_ends;
mod literal;
mod members;
mod numbered_moment;
mod objects;
mod packed_text;
mod partition_changes;
mod prepared;
mod reader;
mod renames;
mod repertoire;
mod room;
mod row_scan;
mod rows;
mod script;
mod server_functions;
mod server_setting;
mod session;
mod settings;
mod sql_mode;
mod swapped_names;
mod table;
mod tables;
mod temporal;
mod text_folding;
mod through_views;
mod transaction;
mod trivia;
mod utf16;
mod value;
mod value_type;
mod view_statements;
mod viewed;
mod window;

pub use charset::Charset;
pub(crate) use cursor::Cursor;
pub use cursor::SourceText;
pub use decompress::decompress;
pub use definition::{
    CheckDefinition, ColumnDefinition, ColumnType, DefaultValue, ForeignKey, Generated,
    KeyDefinition, KeyKind, KeyPart, KeyValue, SeenTable, TableChange, TableDefinition,
    ViewDefinition,
};
pub use error::{DumpError, DumpProblem, Position, ValueError};
pub use insert::{DumpRow, InsertHeader, OnConflict, Upsert};
pub(crate) use lenient::leading_number;
pub(crate) use lexer::Token;
pub(crate) use literal::{bit_bytes, hex_bytes};
pub use members::MemberList;
pub use packed_text::PackedText;
pub use reader::{DumpReader, Finished, Skipped, Statement};
pub use repertoire::{LetterSet, Repertoire};
pub use room::{Cut, Room};
pub use script::{ScriptKind, ScriptStatement};
pub use server_setting::{ServerSetting, SettingValue};
pub use session::Modes;
pub use tables::Tables;
pub(crate) use temporal::is_impossible_day;
pub use text_folding::TextFolding;
pub use transaction::TransactionStep;
pub use utf16::UnpackedText;
pub use value::{Computed, Value, convert_computed, convert_leniently, convert_text};
pub use value_type::ValueType;

#[cfg(test)]
mod tests;
