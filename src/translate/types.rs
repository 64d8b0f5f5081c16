//! What is known about the values of an expression: the types of MySQL, as far as they decide what SQLite has to
//! be told.
//!
//! A translation may only be made where it means the same for every row, and that depends on types: whether a
//! number may be negative, how many digits it has, which collation a text is compared by. It must not know SQL.

use crate::dump::{Charset, ColumnDefinition, TableDefinition, ValueType};

/// Digits of the largest numbers that 64 bits always have room for.
pub(super) const EXACT_DIGITS: u32 = 18;
/// Digits that a floating point number always keeps.
pub(super) const REAL_DIGITS: u32 = 15;
/// Digits of a `BIGINT`.
pub(super) const WHOLE_DIGITS: u32 = 20;

/// The type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Type {
    /// NULL and nothing else.
    Nothing,
    /// A whole number of 64 bits with at most so many digits.
    Whole {
        digits: u32,
        /// It may be below zero.
        signed: bool,
    },
    /// An exact number with so many digits, and how many of them are decimals.
    Exact {
        digits: u32,
        scale: u32,
    },
    /// What a division gives: it is shown with so many decimals, and has more that a server computes with.
    Quotient {
        scale: u32,
    },
    /// A floating point number of 64 bits.
    Real,
    /// One of 32 bits on the server, of which the file has the digits that were shown.
    Float,
    Year,
    Bits,
    Text(TextType),
    /// A member of an ENUM or SET: text that MySQL takes for a number where one is needed.
    Choice(TextType),
    /// JSON, which the two servers and SQLite write and compare in different ways.
    Json,
    Date,
    /// With so many digits of a fraction of a second.
    DateTime(usize),
    Time,
    Blob,
    Unknown,
}

/// How a text is compared, and what its bytes are on the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TextType {
    pub(crate) fold: Fold,
    /// The column's own character set is UTF-8.
    pub(crate) utf8: bool,
}

/// Which texts are equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fold {
    /// Of a literal or of what is computed from literals and numbers: as what it is compared with.
    Weak,
    /// Those that differ only by the case of letters: `NOCASE`.
    Case,
    /// Those with the same characters.
    Binary,
    /// It is made of texts of which no collation is the stronger one.
    Mixed,
}

impl Type {
    pub(crate) const LITERAL: Self = Self::Text(TextType {
        fold: Fold::Weak,
        utf8: true,
    });
    pub(super) const TRUTH: Self = Self::Whole {
        digits: 1,
        signed: false,
    };
    /// A number of rows, characters or days.
    pub(super) const COUNT: Self = Self::Whole {
        digits: EXACT_DIGITS,
        signed: false,
    };
    pub(super) const INTEGER: Self = Self::Whole {
        digits: WHOLE_DIGITS,
        signed: true,
    };

    /// The type of a column of `table` that is kept as `kind`; `widened` says that its numbers are kept as text.
    pub(crate) fn of(
        column: &ColumnDefinition,
        table: &TableDefinition,
        kind: &ValueType,
        nocase: bool,
        widened: bool,
    ) -> Self {
        let own = &column.column_type;
        let argument =
            |index: usize| -> Option<u32> { own.arguments.get(index)?.trim().parse().ok() };
        let fold = if nocase { Fold::Case } else { Fold::Binary };
        let text = |charset: &Charset| TextType {
            fold,
            utf8: *charset == Charset::Utf8,
        };
        match kind {
            // What a server shows of it has zeros in front.
            _ if own.zerofill => Self::Unknown,
            ValueType::Integer if own.name == "YEAR" => Self::Unknown,
            ValueType::Integer => Self::Whole {
                digits: digits_of(&own.name),
                signed: !own.unsigned,
            },
            ValueType::Unsigned | ValueType::Bits if widened => Self::Exact {
                digits: WHOLE_DIGITS,
                scale: 0,
            },
            ValueType::Unsigned => Self::Whole {
                digits: WHOLE_DIGITS,
                signed: false,
            },
            ValueType::Bits => Self::Bits,
            ValueType::Real if own.name.starts_with("FLOAT") || !own.arguments.is_empty() => {
                Self::Float
            }
            ValueType::Real => Self::Real,
            ValueType::Decimal(scale) => Self::Exact {
                digits: argument(0).filter(|&digits| digits > 0).unwrap_or(10),
                scale: u32::try_from(*scale).unwrap_or(0),
            },
            ValueType::Year => Self::Year,
            ValueType::Date => Self::Date,
            ValueType::DateTime(fraction) => Self::DateTime(*fraction),
            ValueType::Time(_) => Self::Time,
            ValueType::Text(_) if own.name == "JSON" || is_json(column, table) => Self::Json,
            ValueType::Text(charset) | ValueType::Char(charset) => Self::Text(text(charset)),
            ValueType::Enum(_, charset) | ValueType::Set(_, charset) => Self::Choice(text(charset)),
            ValueType::Blob | ValueType::FixedBlob(_) => Self::Blob,
            ValueType::Any => Self::Unknown,
        }
    }

    /// The digits and decimals of an exact number.
    pub(super) fn exact(self) -> Option<(u32, u32)> {
        match self {
            Self::Whole { digits, .. } => Some((digits, 0)),
            Self::Year => Some((4, 0)),
            Self::Bits => Some((WHOLE_DIGITS, 0)),
            Self::Exact { digits, scale } => Some((digits, scale)),
            _ => None,
        }
    }

    pub(super) fn is_whole(self) -> bool {
        matches!(self, Self::Whole { .. } | Self::Year | Self::Bits)
    }

    /// Whether it is never below zero, nor above the largest number of 63 bits.
    pub(super) fn is_unsigned(self) -> bool {
        matches!(
            self,
            Self::Whole { signed: false, .. } | Self::Year | Self::Bits
        )
    }

    /// How a reason calls it.
    pub(super) fn called(self) -> &'static str {
        match self {
            Self::Nothing => "NULL",
            Self::Whole { .. } => "a whole number",
            Self::Bits => "a BIT",
            Self::Exact { .. } => "a DECIMAL",
            Self::Quotient { .. } => "a quotient, of which a server has more digits than it shows",
            Self::Real => "a floating point number",
            Self::Float => "a FLOAT, which has 32 bits on the server",
            Self::Year => "a YEAR",
            Self::Text(_) => "a text",
            Self::Choice(_) => "the number of an ENUM's or SET's member",
            Self::Json => "JSON",
            Self::Date | Self::DateTime(_) => "a date",
            Self::Time => "a TIME",
            Self::Blob => "bytes",
            Self::Unknown => "a value whose type is not known",
        }
    }
}

fn digits_of(name: &str) -> u32 {
    match name {
        "TINYINT" | "INT1" | "BOOL" | "BOOLEAN" => 3,
        "SMALLINT" | "INT2" => 5,
        "MEDIUMINT" | "MIDDLEINT" | "INT3" => 8,
        "INT" | "INTEGER" | "INT4" => 10,
        _ => WHOLE_DIGITS,
    }
}

/// MariaDB's JSON is a `LONGTEXT` with a check.
fn is_json(column: &ColumnDefinition, table: &TableDefinition) -> bool {
    let wanted = format!("json_valid(`{}`)", column.name);
    column.column_type.name == "LONGTEXT"
        && table
            .checks
            .iter()
            .any(|check| check.expression.text.eq_ignore_ascii_case(&wanted))
}
