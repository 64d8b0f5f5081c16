//! What a `CREATE TABLE` says, as data: columns with their MySQL types, defaults and keys.
//!
//! It keeps the dump's own words (type names in upper case, arguments as written); what they become
//! in SQLite is decided elsewhere.

use super::error::Position;

/// A table as the dump defines it.
#[derive(Debug, Clone, PartialEq)]
pub struct TableDefinition {
    /// The database that the name was qualified with, if any.
    pub database: Option<String>,
    /// The table's name without its database.
    pub name: String,
    /// Columns in their order, which is the order of values in an `INSERT` without a column list.
    pub columns: Vec<ColumnDefinition>,
    /// Column names of the primary key, in key order; empty without one.
    pub primary_key: Vec<String>,
    /// Secondary keys, unique ones included.
    pub keys: Vec<KeyDefinition>,
    /// Parts that were read over, as they would be reported: `FOREIGN KEY`, `CHECK`, …
    pub omitted: Vec<String>,
    /// Where the statement starts.
    pub position: Position,
}

/// One column of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct ColumnDefinition {
    /// The column's name.
    pub name: String,
    /// Its type.
    pub column_type: ColumnType,
    /// `NOT NULL` was given.
    pub not_null: bool,
    /// The value of rows that give none.
    pub default: Option<DefaultValue>,
    /// `AUTO_INCREMENT` was given.
    pub auto_increment: bool,
    /// The column is computed from others.
    pub generated: bool,
}

/// A column type as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnType {
    /// The type's name in upper case, `DOUBLE PRECISION` as one.
    pub name: String,
    /// What stood in parentheses: length, precision and scale, or the members of an enumeration.
    pub arguments: Vec<String>,
    /// `UNSIGNED` was given.
    pub unsigned: bool,
}

/// The `DEFAULT` of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DefaultValue {
    /// A string or number, as text.
    Literal(String),
    /// `CURRENT_TIMESTAMP` in any of its spellings.
    CurrentTimestamp,
    /// Another expression, which is reported and not carried over.
    Expression(String),
}

/// A secondary key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyDefinition {
    /// Its name, if it has one.
    pub name: Option<String>,
    /// It was declared `UNIQUE`.
    pub unique: bool,
    /// Column names in key order.
    pub columns: Vec<String>,
}
