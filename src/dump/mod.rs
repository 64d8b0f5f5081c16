//! The MySQL dump reader: bytes in, statements and typed values out.
//!
//! It streams: memory is bounded by the longest row (or DDL statement) plus a constant, whatever
//! the length of a line or of the file. It owns the grammar, the session state of one dump
//! (character set) and every position that an error names. It must not know SQLite, files or apps:
//! whoever calls it opens the bytes and decides what becomes of the rows.
//!
//! # Layout
//! - [`decompress()`]: plain, gzip or zstd input, told apart by content
//! - `window`: the sliding buffer under the lexer
//! - `lexer`: bytes to tokens, comments and version comments
//! - [`Reader`]: tokens to [`Statement`]s, and the rows of an `INSERT`
//! - `table`: `CREATE TABLE` to a [`TableDefinition`]
//! - [`Row`], [`Value`]: literals to typed values
//! - `charset`: the character sets of text literals
//! - [`DumpError`]: what went wrong, with file, byte, line, table and row

mod charset;
mod cursor;
mod decompress;
mod definition;
mod error;
mod insert;
mod lexer;
mod literal;
mod reader;
mod session;
mod table;
mod value;
mod window;

pub use decompress::decompress;
pub use definition::{ColumnDefinition, ColumnType, DefaultValue, KeyDefinition, TableDefinition};
pub use error::{DumpError, Position, Problem};
pub use insert::{InsertHeader, Row};
pub use reader::{Reader, Skipped, Statement};
pub use value::{Kind, Value};

#[cfg(test)]
mod tests;
