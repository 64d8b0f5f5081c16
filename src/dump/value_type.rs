//! How the values of a column are read: from a MySQL type to a [`ValueType`].
//!
//! Value types are finer than SQLite's storage classes, because what a literal means depends on its
//! column: `'\x05'` is the number 5 in a BIT column and a byte in a BLOB, `1` is the first member of
//! an ENUM. What one is declared as in SQLite is decided elsewhere.

use std::sync::Arc;

use super::charset::Charset;
use super::definition::{ColumnDefinition, TableDefinition};
use super::members::MemberList;
use super::packed_text::PackedText;

/// The most decimals of MariaDB; MySQL has 30.
const MOST_DECIMALS: usize = 38;
/// Digits of a fraction of a second.
const LONGEST_FRACTION: usize = 6;
/// Bytes of a `BINARY` column.
const LONGEST_BINARY: usize = 255;

/// How the values of a column are read and stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ValueType {
    /// 64-bit signed integers.
    Integer,
    /// 64-bit unsigned integers; above 2^63-1 the value is text of its digits.
    Unsigned,
    /// BIT: a number, written as a number, as bits or as bytes; as [`ValueType::Unsigned`].
    Bits,
    /// 64-bit floating point, finite.
    Real,
    /// Exact numbers as text with this many decimals.
    Decimal(usize),
    /// Years; two digits are spelled out.
    Year,
    /// `YYYY-MM-DD`.
    Date,
    /// `YYYY-MM-DD HH:MM:SS` with this many digits of fraction.
    DateTime(usize),
    /// `HH:MM:SS`, perhaps negative or above a day, with this many digits of fraction.
    Time(usize),
    /// Text in UTF-8; the character set is that of the column in the dump.
    Text(Charset),
    /// As text; blanks at the end do not belong to the value.
    Char(Charset),
    /// One of these texts, written as text (in this character set, where it is bytes) or as a
    /// number counted from 1.
    Enum(Arc<MemberList>, Charset),
    /// Some of these texts with commas between, written as text or as a number of bits.
    Set(Arc<MemberList>, Charset),
    /// Bytes.
    Blob,
    /// This many bytes, filled up with zeros.
    FixedBlob(usize),
    /// Whatever the literal is, in a table that no `CREATE TABLE` describes.
    Any,
}

impl ValueType {
    /// Text as every app's schema has it.
    pub const TEXT: Self = Self::Text(Charset::Utf8);

    /// The kind of a column of `table`; `None` for a type that is not known here.
    #[must_use]
    pub fn of(column: &ColumnDefinition, table: &TableDefinition) -> Option<Self> {
        let column_type = &column.column_type;
        // Values are padded to the length of their type: no server accepts a longer one than these,
        // and a dump that is not a server's must not ask for all memory.
        let argument = |index: usize, ordinary: usize, longest: usize| -> Option<usize> {
            let Some(text) = column_type.arguments.get(index) else {
                return Some(ordinary);
            };
            text.trim().parse().ok().filter(|&length| length <= longest)
        };
        // The argument of an old server's TIMESTAMP(14) is the width that it is shown in.
        let fraction = || argument(0, 0, LONGEST_FRACTION).unwrap_or(0);
        let members = || Arc::new(MemberList::of(column, table));
        let charset = charset(column, table);
        Some(match column_type.name.as_str() {
            "TINYINT" | "SMALLINT" | "MEDIUMINT" | "MIDDLEINT" | "INT" | "INTEGER" | "INT1"
            | "INT2" | "INT3" | "INT4" | "INT8" | "BIGINT" | "BOOL" | "BOOLEAN" => {
                // Only the largest type holds numbers that SQLite's integers do not.
                let large = matches!(column_type.name.as_str(), "BIGINT" | "INT8");
                if large && column_type.unsigned {
                    Self::Unsigned
                } else {
                    Self::Integer
                }
            }
            "BIT" => Self::Bits,
            // Servers that still have YEAR(2) show its two digits.
            "YEAR"
                if column
                    .column_type
                    .arguments
                    .first()
                    .is_some_and(|width| width == "2") =>
            {
                Self::Integer
            }
            "YEAR" => Self::Year,
            "FLOAT" | "FLOAT4" | "FLOAT8" | "DOUBLE" | "DOUBLE PRECISION" | "REAL" => Self::Real,
            "DECIMAL" | "DEC" | "NUMERIC" | "FIXED" | "NUMBER" => {
                Self::Decimal(argument(1, 0, MOST_DECIMALS)?)
            }
            "DATE" => Self::Date,
            "DATETIME" | "TIMESTAMP" => Self::DateTime(fraction()),
            "TIME" => Self::Time(fraction()),
            "ENUM" => Self::Enum(members(), charset),
            "SET" => Self::Set(members(), charset),
            "CHAR" | "CHARACTER" | "NCHAR" | "NATIONAL CHAR" | "NATIONAL CHARACTER"
                if charset == Charset::Binary =>
            {
                Self::FixedBlob(argument(0, 1, LONGEST_BINARY)?)
            }
            "CHAR" | "CHARACTER" | "NCHAR" | "NATIONAL CHAR" | "NATIONAL CHARACTER" => {
                Self::Char(charset)
            }
            "CHARACTER VARYING" | "CHAR VARYING" | "VARCHAR" | "VARCHARACTER" | "VARCHAR2"
            | "NVARCHAR" | "NCHAR VARCHAR" | "NCHAR VARYING" | "NATIONAL VARCHAR" | "LONG"
            | "LONG VARCHAR" | "TINYTEXT" | "TEXT" | "MEDIUMTEXT" | "LONGTEXT" | "CLOB" => {
                if charset == Charset::Binary {
                    Self::Blob
                } else {
                    Self::Text(charset)
                }
            }
            "JSON" | "XMLTYPE" => Self::TEXT,
            name @ ("UUID" | "INET4" | "INET6") => {
                Self::Text(PackedText::of(name).map_or(Charset::Utf8, Charset::Packed))
            }
            "BINARY" => Self::FixedBlob(argument(0, 1, LONGEST_BINARY)?),
            "VARBINARY" | "LONG VARBINARY" | "RAW" | "TINYBLOB" | "BLOB" | "MEDIUMBLOB"
            | "LONGBLOB" | "VECTOR" | "GEOMETRY" | "POINT" | "LINESTRING" | "POLYGON"
            | "MULTIPOINT" | "MULTILINESTRING" | "MULTIPOLYGON" | "GEOMETRYCOLLECTION"
            | "GEOMCOLLECTION" => Self::Blob,
            _ => return None,
        })
    }

    /// The kinds of a table's columns in their order; the name of the first column whose type is
    /// not known.
    ///
    /// # Errors
    /// With the column when its type is not known.
    pub fn of_table(table: &TableDefinition) -> Result<Vec<Self>, &ColumnDefinition> {
        table
            .columns
            .iter()
            .map(|column| Self::of(column, table).ok_or(column))
            .collect()
    }

    /// Whether values are numbers, but for BIT.
    pub(super) fn is_number(&self) -> bool {
        matches!(
            self,
            Self::Integer | Self::Unsigned | Self::Real | Self::Decimal(_) | Self::Year
        )
    }

    /// Whether some values are numbers above 2^63-1, as text.
    #[must_use]
    pub fn is_above_i64(&self) -> bool {
        matches!(self, Self::Unsigned | Self::Bits)
    }

    /// Whether values are text that is compared as the column's collation says.
    #[must_use]
    pub fn is_collated(&self) -> bool {
        matches!(
            self,
            Self::Text(_) | Self::Char(_) | Self::Enum(..) | Self::Set(..)
        )
    }
}

/// The name of a column's character set, in lower case: its own, or its collation's, or the table's.
pub(super) fn charset_name(column: &ColumnDefinition, table: &TableDefinition) -> String {
    let of_collation = |name: &Option<String>| {
        let name = name.as_deref().and_then(|name| name.split('_').next());
        name.map(str::to_owned)
    };
    let name = column
        .charset
        .clone()
        .or_else(|| of_collation(&column.collation))
        .or_else(|| table.charset.clone())
        .or_else(|| of_collation(&table.collation));
    name.map_or_else(|| "utf8mb4".to_owned(), |name| name.to_ascii_lowercase())
}

/// The character set of a column: its own, or its collation's, or the table's.
fn charset(column: &ColumnDefinition, table: &TableDefinition) -> Charset {
    let named = |name: &Option<String>| name.as_deref().and_then(Charset::from_name);
    let collated = |name: &Option<String>| name.as_deref().and_then(Charset::of_collation);
    named(&column.charset)
        .or_else(|| collated(&column.collation))
        .or_else(|| named(&table.charset))
        .or_else(|| collated(&table.collation))
        .unwrap_or(Charset::Utf8)
}
