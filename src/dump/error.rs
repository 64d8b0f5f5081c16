//! What can be wrong with a dump, and where.
//!
//! Every error of the reader is a [`DumpError`]: the input's name, a byte offset and a line in its
//! unpacked text, the table and the row where there is one, and the [`DumpProblem`]. Wording for people
//! lives here; what to do about it is decided by the callers.

use std::fmt;
use std::io;

/// A place in the unpacked text of one input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Position {
    /// Offset from the start of the unpacked text, counted from 0.
    pub byte: u64,
    /// Line number, counted from 1; a dump on a single line is all line 1.
    pub line: u64,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, byte {}", self.line, self.byte)
    }
}

/// An error in one input, with its place.
#[derive(Debug)]
pub struct DumpError {
    /// Name of the input as the caller gave it, usually a path.
    pub input: String,
    /// Where in the unpacked text the offending token starts.
    pub position: Position,
    /// The table of the statement, once it is known.
    pub table: Option<String>,
    /// Ordinal of the row within the table's rows of this input, counted from 1.
    pub row: Option<u64>,
    /// What is wrong.
    pub problem: DumpProblem,
}

impl fmt::Display for DumpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.input, self.position)?;
        if let Some(table) = &self.table {
            write!(f, ", table {table}")?;
        }
        if let Some(row) = self.row {
            write!(f, ", row {row}")?;
        }
        write!(f, ": {}", self.problem)
    }
}

impl std::error::Error for DumpError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.problem {
            DumpProblem::Read(cause) => Some(cause),
            _ => None,
        }
    }
}

/// The kinds of things that go wrong in a dump.
#[derive(Debug, thiserror::Error)]
pub enum DumpProblem {
    /// The bytes could not be read or unpacked.
    #[error("cannot read the input: {0}")]
    Read(#[source] io::Error),
    /// The text ends inside a token or statement.
    #[error("the dump ends in the middle of {0}; it is probably truncated")]
    Truncated(&'static str),
    /// A token that the grammar does not allow here.
    #[error("expected {expected}, found {found}")]
    Unexpected {
        /// What the grammar allows here.
        expected: &'static str,
        /// The offending text, shortened.
        found: String,
    },
    /// What is read is no dump of MySQL at all, but this.
    #[error("{0}")]
    NoDump(String),
    /// A form of the grammar that this version does not read.
    #[error("{0} is not supported")]
    Unsupported(String),
    /// A statement that reads or writes something else than the dump, and is never carried out.
    #[error("{0} reaches outside the dump and is refused")]
    Outside(String),
    /// A row has another number of values than its column list.
    #[error("the row has {found} values for {expected} columns")]
    ColumnCount {
        /// Columns of the statement or the table.
        expected: usize,
        /// Values in the row.
        found: usize,
    },
    /// A value that cannot be stored as the column's type.
    #[error("column {column}: {reason}")]
    Value {
        /// Name of the column.
        column: String,
        /// What is wrong with the value.
        reason: ValueError,
    },
    /// A name or string that is not in the character set it should be in.
    #[error("{0:?}: {1}")]
    Text(String, #[source] ValueError),
    /// The header of a dump program came without the line that ends its dumps.
    #[error("the line \"-- Dump completed\" is missing at the end; the dump is probably truncated")]
    Incomplete,
    /// One row or statement is larger than the reader holds in memory.
    #[error("a single row or statement is larger than {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
}

impl DumpProblem {
    /// Whether bytes are not in the character set that they should be in.
    #[must_use]
    pub fn is_about_text(&self) -> bool {
        let (Self::Value { reason, .. } | Self::Text(_, reason)) = self else {
            return false;
        };
        matches!(reason, ValueError::NotText { .. })
    }

    /// Whether a value does not fit its column, though its bytes are text.
    #[must_use]
    pub fn is_about_value(&self) -> bool {
        matches!(self, Self::Value { .. }) && !self.is_about_text()
    }

    /// The character set that bytes which are in none of theirs may be in.
    #[must_use]
    pub fn looks_like(&self) -> Option<&'static str> {
        let (Self::Value { reason, .. } | Self::Text(_, reason)) = self else {
            return None;
        };
        match reason {
            ValueError::NotText { looks_like, .. } => *looks_like,
            _ => None,
        }
    }
}

/// Why a literal does not fit its column; the reader adds place and column.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ValueError {
    /// Not a whole number of 64 bits.
    #[error("{0:?} is not a 64-bit integer")]
    NotInteger(String),
    /// Not a finite number.
    #[error("{0:?} is not a number")]
    NotReal(String),
    /// The bytes are not text in the session's character set.
    #[error("byte 0x{byte:02X} at offset {offset} of the value is not valid {charset}")]
    NotText {
        /// The first offending byte.
        byte: u8,
        /// Its offset within the decoded value.
        offset: usize,
        /// Name of the character set.
        charset: &'static str,
        /// Another one that the bytes make sense in.
        looks_like: Option<&'static str>,
    },
    /// Hexadecimal or bit literal that is too long or malformed.
    #[error("{0:?} is not a valid hexadecimal or bit literal")]
    NotBits(String),
    /// Not a date or time.
    #[error("{0:?} is not a date or time")]
    NotMoment(String),
    /// Not a member of an ENUM or SET.
    #[error("{0:?} is not one of the column's members")]
    NotMember(String),
    /// Not a number with decimals.
    #[error("{0:?} is not a decimal number")]
    NotDecimal(String),
    /// More bytes than a column of fixed length has.
    #[error("the value has {found} bytes for a column of {length}")]
    TooLong {
        /// Bytes of the column.
        length: usize,
        /// Bytes of the value.
        found: usize,
    },
    /// An expression where only literals are read.
    #[error("{0:?} is an expression, which only the database server could compute")]
    Expression(String),
    /// The keyword DEFAULT, for a column whose default is not known.
    #[error("the value is DEFAULT, which only the database server could resolve")]
    UnresolvedDefault,
}

/// Shortens offending text for a message: at most 40 characters, never a partial character.
pub(super) fn excerpt(bytes: &[u8]) -> String {
    const LONGEST: usize = 40;
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(LONGEST * 4)]);
    let mut short: String = text.chars().take(LONGEST).collect();
    if text.chars().count() > LONGEST || bytes.len() > LONGEST * 4 {
        short.push('…');
    }
    short
}
