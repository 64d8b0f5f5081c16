//! What a `CREATE TABLE` says, as data: columns with their MySQL types, keys, constraints, options.
//!
//! It keeps the dump's own words (type names in upper case, arguments as written, expressions as
//! [`SourceText`]); what they become in SQLite is decided elsewhere.

use std::fmt;

use super::cursor::SourceText;
use super::error::Position;

/// A table as the dump defines it.
#[derive(Debug, Clone, PartialEq)]
pub struct TableDefinition {
    /// The database that the table is in, if the dump says it.
    pub database: Option<String>,
    /// The table's name without its database.
    pub name: String,
    /// Columns in their order, which is the order of values in an `INSERT` without a column list.
    pub columns: Vec<ColumnDefinition>,
    /// The primary key, its parts in key order; none without one.
    pub primary_key: Vec<KeyPart>,
    /// Secondary keys, unique ones included.
    pub keys: Vec<KeyDefinition>,
    /// Foreign keys.
    pub foreign_keys: Vec<ForeignKey>,
    /// `CHECK` constraints, those of columns included.
    pub checks: Vec<CheckDefinition>,
    /// Names of keys that a server has for foreign keys, and that are not in `keys`.
    pub(super) unkept_keys: Vec<String>,
    /// `DEFAULT CHARSET` of the table.
    pub charset: Option<String>,
    /// `COLLATE` of the table.
    pub collation: Option<String>,
    /// The number that `AUTO_INCREMENT=` gives to the next row.
    pub auto_increment: Option<u64>,
    /// Its engine knows no transactions: nothing of it is ever undone.
    pub lasting: bool,
    /// Parts that were skipped, as they are reported: `PARTITION BY`, …
    pub omitted: Vec<String>,
    /// Columns that were ever defined, for [`ColumnDefinition::id`].
    pub columns_made: u32,
    /// Where the statement starts.
    pub position: Position,
    /// The last `ALTER` of it.
    pub changed: Option<TableChange>,
}

/// An `ALTER` of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TableChange {
    /// Where it stands.
    pub position: Position,
    /// The number 0 in an `AUTO_INCREMENT` column is a number like any other.
    pub zero_is_zero: bool,
    /// Rows that are equal in a new unique key are left out, but the first: `ALTER IGNORE TABLE`.
    pub ignores: bool,
}

/// Whether the tables of an engine know no transactions.
pub(super) fn is_lasting(engine: &str) -> bool {
    [
        "MYISAM",
        "ARIA",
        "MEMORY",
        "HEAP",
        "CSV",
        "ARCHIVE",
        "MERGE",
        "MRG_MYISAM",
        "ISAM",
        "BLACKHOLE",
    ]
    .iter()
    .any(|name| engine.eq_ignore_ascii_case(name))
}

/// How [`TableDefinition::omitted`] says that a table keeps its history.
pub(super) const VERSIONING: &str = "SYSTEM VERSIONING";

/// One column of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct ColumnDefinition {
    /// The column's name.
    pub name: String,
    /// What the column keeps when it is renamed or changed; unique in its table.
    pub id: u32,
    /// Its type.
    pub column_type: ColumnType,
    /// `NOT NULL` was given, or the column is part of the primary key.
    pub not_null: bool,
    /// The value of rows that give none.
    pub default: Option<DefaultValue>,
    /// `AUTO_INCREMENT` was given.
    pub auto_increment: bool,
    /// How the column is computed from others.
    pub generated: Option<Generated>,
    /// `ON UPDATE CURRENT_TIMESTAMP` was given.
    pub on_update: bool,
    /// `INVISIBLE`: an `INSERT` without a column list gives it no value.
    pub invisible: bool,
    /// `CHARACTER SET` of the column.
    pub charset: Option<String>,
    /// `COLLATE` of the column.
    pub collation: Option<String>,
}

impl ColumnDefinition {
    /// A column without attributes.
    pub(super) fn new(name: String, id: u32, column_type: ColumnType) -> Self {
        Self {
            name,
            id,
            column_type,
            not_null: false,
            default: None,
            auto_increment: false,
            generated: None,
            on_update: false,
            invisible: false,
            charset: None,
            collation: None,
        }
    }
}

/// The expression of a generated column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Generated {
    /// The expression.
    pub expression: SourceText,
    /// `STORED` or `PERSISTENT` rather than computed when read.
    pub stored: bool,
}

/// A column type as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnType {
    /// The type's name in upper case, `DOUBLE PRECISION` as one.
    pub name: String,
    /// What stood in parentheses: length, precision and scale, or the members of an enumeration.
    pub arguments: Vec<String>,
    /// `UNSIGNED` or `ZEROFILL` was given.
    pub unsigned: bool,
    /// `ZEROFILL` was given.
    pub zerofill: bool,
}

impl fmt::Display for ColumnType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name.to_ascii_lowercase())?;
        if !self.arguments.is_empty() {
            let quotes = matches!(self.name.as_str(), "ENUM" | "SET");
            let quoted = |argument: &String| {
                if quotes {
                    format!("'{}'", argument.replace('\'', "''"))
                } else {
                    argument.clone()
                }
            };
            let arguments: Vec<String> = self.arguments.iter().map(quoted).collect();
            write!(f, "({})", arguments.join(","))?;
        }
        if self.unsigned {
            f.write_str(" unsigned")?;
        }
        Ok(())
    }
}

/// The `DEFAULT` of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DefaultValue {
    /// A string or number, as text.
    Literal(String),
    /// Bytes: `x'00'`, `b'101'`.
    Bytes(Vec<u8>),
    /// `CURRENT_TIMESTAMP` in any of its spellings.
    CurrentTimestamp,
    /// Another expression.
    Expression(SourceText),
}

/// A secondary key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyDefinition {
    /// Its name, if it has one.
    pub name: Option<String>,
    /// What it is for.
    pub kind: KeyKind,
    /// Its parts in key order.
    pub parts: Vec<KeyPart>,
    /// Where it is written.
    pub position: Position,
}

/// The kinds of secondary keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// `KEY`, `INDEX`.
    Plain,
    /// `UNIQUE`.
    Unique,
    /// `FULLTEXT`.
    Fulltext,
    /// `SPATIAL`.
    Spatial,
}

/// One part of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyPart {
    /// The column, or the expression of a functional key.
    pub value: KeyValue,
    /// The first so many characters (bytes in a binary column) only.
    pub length: Option<u32>,
    /// `DESC` was given.
    pub descending: bool,
}

/// What a part of a key is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyValue {
    /// A column, by name.
    Column(String),
    /// An expression.
    Expression(SourceText),
    /// The name of a period: `p WITHOUT OVERLAPS` in MariaDB.
    Period(String),
}

impl KeyPart {
    /// The whole of a column, or of all its length.
    pub(super) fn whole(column: &str) -> Self {
        Self {
            value: KeyValue::Column(column.to_owned()),
            length: None,
            descending: false,
        }
    }

    /// The column of the part, unless it is something else.
    #[must_use]
    pub fn column(&self) -> Option<&str> {
        match &self.value {
            KeyValue::Column(name) => Some(name),
            KeyValue::Expression(_) | KeyValue::Period(_) => None,
        }
    }
}

/// A foreign key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignKey {
    /// The constraint's name, if it has one.
    pub name: Option<String>,
    /// What a server calls it, once its statement is read.
    pub(super) implied_name: Option<String>,
    /// The referencing columns.
    pub columns: Vec<String>,
    /// The database of the referenced table, if it is qualified.
    pub parent_database: Option<String>,
    /// The referenced table.
    pub parent: String,
    /// The referenced columns, in the order of `columns`.
    pub parent_columns: Vec<String>,
    /// `ON DELETE`, in upper case: `CASCADE`, `SET NULL`, …
    pub on_delete: Option<String>,
    /// `ON UPDATE`, as `on_delete`.
    pub on_update: Option<String>,
    /// Where it is written.
    pub position: Position,
}

/// A `CHECK` constraint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckDefinition {
    /// Its name, if it has one.
    pub name: Option<String>,
    /// The condition.
    pub expression: SourceText,
    /// `NOT ENFORCED` was not given.
    pub enforced: bool,
    /// [`ColumnDefinition::id`] of the column that it is written at.
    pub(super) column: Option<u32>,
    /// What MariaDB calls one without a name, once its statement is read.
    pub(super) implied_name: Option<String>,
    /// Its place among the checks without a name, from 1 on: MySQL calls it after that.
    pub(super) number: u32,
}

/// `CREATE VIEW`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViewDefinition {
    /// The database that the view is in, if the dump says it.
    pub database: Option<String>,
    /// The view's name.
    pub name: String,
    /// The names of its columns, where they are listed.
    pub columns: Vec<String>,
    /// Where the query has a `*`: the columns that its tables had then.
    pub seen: Vec<SeenTable>,
    /// The query.
    pub query: SourceText,
    /// Where the statement starts.
    pub position: Position,
}

/// A table as the query of a view saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenTable {
    /// Its database, if the dump says it.
    pub database: Option<String>,
    /// Its name.
    pub name: String,
    /// The columns that a `*` stands for, in order.
    pub columns: Vec<String>,
}

impl SeenTable {
    /// Whether it may be meant by these names.
    #[must_use]
    pub fn is(&self, database: Option<&str>, name: &str) -> bool {
        let own = self.database.as_deref();
        let fits = own.is_none() || database.is_none() || own == database;
        fits && self.name.eq_ignore_ascii_case(name)
    }
}

impl TableDefinition {
    /// A table without anything in it yet.
    pub(crate) fn empty(database: Option<String>, name: String, position: Position) -> Self {
        Self {
            database,
            name,
            columns: Vec::new(),
            primary_key: Vec::new(),
            keys: Vec::new(),
            foreign_keys: Vec::new(),
            checks: Vec::new(),
            unkept_keys: Vec::new(),
            charset: None,
            collation: None,
            auto_increment: None,
            lasting: false,
            omitted: Vec::new(),
            columns_made: 0,
            position,
            changed: None,
        }
    }

    /// Leaves keys in place of foreign keys where the engine has none, as a server does without a word: those
    /// that know no transactions.
    pub(super) fn keep_foreign_keys_of_engine(&mut self) {
        if !self.lasting {
            return;
        }
        for foreign in std::mem::take(&mut self.foreign_keys) {
            self.keep_key_of(foreign);
        }
        self.name_elements();
    }

    /// Whether a key begins with the columns of a foreign key, which then needs none of its own.
    pub(super) fn is_covered(&self, foreign: &ForeignKey) -> bool {
        let begins_with = |parts: &[KeyPart]| {
            let mut columns = foreign.columns.iter().zip(parts);
            parts.len() >= foreign.columns.len()
                && columns.all(|(column, part)| {
                    let other = part.column();
                    other.is_some_and(|other| other.eq_ignore_ascii_case(column))
                })
        };
        begins_with(&self.primary_key) || self.keys.iter().any(|key| begins_with(&key.parts))
    }

    /// Makes a plain key of a foreign key, unless another key begins with its columns.
    pub(super) fn keep_key_of(&mut self, foreign: ForeignKey) {
        if !self.is_covered(&foreign) {
            self.keys.push(KeyDefinition {
                name: foreign.name,
                kind: KeyKind::Plain,
                parts: foreign
                    .columns
                    .iter()
                    .map(|it| KeyPart::whole(it))
                    .collect(),
                position: foreign.position,
            });
        }
    }

    /// Whether there is a secondary key of that name.
    pub(super) fn has_key(&self, name: Option<&str>) -> bool {
        name.is_some_and(|name| self.key_index(name).is_some())
    }

    /// The column of that name, in any case as MySQL compares them.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&ColumnDefinition> {
        self.columns
            .iter()
            .find(|column| column.name.eq_ignore_ascii_case(name))
    }

    /// Index of the column of that name, in any case.
    #[must_use]
    pub fn column_index(&self, name: &str) -> Option<usize> {
        self.columns
            .iter()
            .position(|column| column.name.eq_ignore_ascii_case(name))
    }

    /// The table with its history, where `columns` of an `INSERT` name the columns of that, as
    /// `mariadb-dump --dump-history` does: the key of a row that was changed is there several times.
    pub(super) fn with_history(&self, columns: &[String]) -> Option<Self> {
        const HISTORY: [&str; 2] = ["row_start", "row_end"];
        let named = |name: &str| {
            columns
                .iter()
                .any(|column| column.eq_ignore_ascii_case(name))
        };
        let new = |name: &str| named(name) && self.column_index(name).is_none();
        // The look that costs least first: this is asked of each INSERT.
        if !self.omitted.iter().any(|what| what == VERSIONING) || !HISTORY.into_iter().all(new) {
            return None;
        }
        let mut table = self.clone();
        for name in HISTORY {
            table.columns_made += 1;
            let column_type = ColumnType {
                name: "TIMESTAMP".to_owned(),
                arguments: vec!["6".to_owned()],
                unsigned: false,
                zerofill: false,
            };
            let column = ColumnDefinition::new(name.to_owned(), table.columns_made, column_type);
            table.columns.push(column);
        }
        let unique = |key: &&mut KeyDefinition| key.kind == KeyKind::Unique;
        for key in table.keys.iter_mut().filter(unique) {
            key.parts.push(KeyPart::whole(HISTORY[1]));
        }
        if !table.primary_key.is_empty() {
            table.primary_key.push(KeyPart::whole(HISTORY[1]));
        }
        table.settle();
        Some(table)
    }

    /// At the end of a statement. Columns of the primary key and those that count may not be NULL, whether they
    /// say so or not. A key over a period is none here. What has no name gets one.
    pub(super) fn settle(&mut self) {
        for column in &mut self.columns {
            column.not_null |= column.auto_increment;
        }
        let period = |part: &KeyPart| matches!(part.value, KeyValue::Period(_));
        if self.primary_key.iter().any(period) {
            self.primary_key.clear();
            self.omitted
                .push("PRIMARY KEY … WITHOUT OVERLAPS".to_owned());
        }
        for part in &self.primary_key {
            let Some(name) = part.column() else { continue };
            for column in &mut self.columns {
                column.not_null |= column.name.eq_ignore_ascii_case(name);
            }
        }
        self.note_unkept_keys();
        self.name_elements();
    }
}
