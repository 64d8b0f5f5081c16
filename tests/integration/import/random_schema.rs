//! Random tables for `import_random`: their names, columns, keys and rows.
//!
//! Nothing is promised about them: a key may be too long, a row may break a check. Each part is a
//! statement of its own, and the server decides which of them stay. All choices are plain numbers
//! that are reduced to what is there, so that a failing schema can shrink in any of its parts.
//! The SQL is written by `random_sql`; nothing
//! here knows a server, a dump or the importer.

use std::fmt;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::import::random_types::{TypedColumn, typed_column};
use crate::import::random_values::comments;

/// The most columns of a table and rows in it.
const COLUMNS: usize = 10;
const ROWS: usize = 30;

/// Names that only stand in quotes, or that another grammar reads otherwise.
pub(crate) const NAMES: &[&str] = &[
    "id",
    "a",
    "order",
    "select",
    "NULL",
    "rowid",
    "oid",
    "desc",
    "primary",
    "2nd",
    "1e5",
    "日本",
    "表",
    "ソ能",
    "we`ird",
    "quo\"te",
    "apos'trophe",
    "back\\slash",
    "100%",
    "%s",
    "a b",
    " x",
    "a.b",
    "a,b",
    "(",
    ")",
    ";",
    "--",
    "-- x",
    "/*!",
    "*/",
    "#",
    "@a",
    "?",
    "line\nbreak",
    "tab\tbed",
    "$",
    "_utf8mb4",
    "DEFAULT",
    "value",
    "excluded",
    "new",
    "old",
    "CHECK",
    "`",
    "\"",
    "'",
    "\\",
    "[x]",
];

#[derive(Clone)]
pub(crate) struct Schema {
    /// Takes 0 in an `AUTO_INCREMENT` column as it is; not every dump can say so.
    pub(crate) zero_is_zero: bool,
    pub(crate) tables: Vec<Table>,
}

#[derive(Debug, Clone)]
pub(crate) struct Table {
    pub(crate) name: &'static str,
    pub(crate) engine: &'static str,
    pub(crate) options: &'static str,
    pub(crate) comment: String,
    pub(crate) primary: Primary,
    pub(crate) columns: Vec<Column>,
    pub(crate) keys: Vec<Key>,
    pub(crate) checks: Vec<(u8, u8, bool)>,
    /// Which earlier table's primary key is referenced, and what happens to children.
    pub(crate) parent: Option<(u8, &'static str)>,
    /// Each with a number for every column, which chooses among the column's values.
    pub(crate) rows: Vec<Vec<u8>>,
}

#[derive(Debug, Clone)]
pub(crate) struct Column {
    pub(crate) name: &'static str,
    pub(crate) typed: TypedColumn,
    pub(crate) not_null: bool,
    pub(crate) default: Option<u8>,
    pub(crate) comment: Option<String>,
    /// Computed from this column, by this expression, stored or not.
    pub(crate) generated: Option<(u8, u8, bool)>,
}

#[derive(Debug, Clone)]
pub(crate) enum Primary {
    None,
    Auto(&'static str, u32),
    Columns(Vec<Part>),
}

#[derive(Debug, Clone)]
pub(crate) struct Key {
    pub(crate) unique: bool,
    pub(crate) parts: Vec<Part>,
}

#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub(crate) column: u8,
    pub(crate) prefix: Option<u8>,
    pub(crate) descending: bool,
}

/// Random schemas of one to four tables.
pub(crate) fn schemas() -> impl Strategy<Value = Schema> {
    (vec(table(), 1..=4), any::<bool>()).prop_map(|(tables, zero_is_zero)| Schema {
        zero_is_zero,
        tables,
    })
}

fn table() -> impl Strategy<Value = Table> {
    let parent = || prop::option::of((any::<u8>(), select(ACTIONS)));
    let definition = (
        select(NAMES),
        select(&["InnoDB", "InnoDB", "MyISAM", "Aria"][..]),
        select(TABLE_OPTIONS),
        comments(),
        primary(),
    );
    let content = (
        vec(column(), 1..=COLUMNS),
        vec(key(), 0..4),
        vec(any::<(u8, u8, bool)>(), 0..3),
        parent(),
        vec(vec(any::<u8>(), COLUMNS), 0..=ROWS),
    );
    (definition, content).prop_map(
        |((name, engine, options, comment, primary), (columns, keys, checks, parent, rows))| {
            Table {
                name,
                engine,
                options,
                comment,
                primary,
                columns,
                keys,
                checks,
                parent,
                rows,
            }
        },
    )
}

const ACTIONS: &[&str] = &[
    "",
    "ON DELETE CASCADE",
    "ON DELETE SET NULL ON UPDATE CASCADE",
];

const TABLE_OPTIONS: &[&str] = &[
    "",
    "CHARSET=utf8mb4 COLLATE=utf8mb4_bin",
    "CHARSET=latin1",
    "CHARSET=cp932",
    "ROW_FORMAT=DYNAMIC",
];

fn primary() -> impl Strategy<Value = Primary> {
    let types = select(
        &[
            "int",
            "bigint unsigned",
            "tinyint",
            "smallint(4) unsigned zerofill",
        ][..],
    );
    prop_oneof![
        1 => Just(Primary::None),
        2 => (types, 1..5000_u32).prop_map(|(name, next)| Primary::Auto(name, next)),
        3 => vec(part(), 1..4).prop_map(Primary::Columns),
    ]
}

fn column() -> impl Strategy<Value = Column> {
    (
        select(NAMES),
        typed_column(),
        any::<bool>(),
        prop::option::of(any::<u8>()),
        prop::option::weighted(0.2, comments()),
        prop::option::weighted(0.15, any::<(u8, u8, bool)>()),
    )
        .prop_map(
            |(name, typed, not_null, default, comment, generated)| Column {
                name,
                typed,
                not_null,
                default,
                comment,
                generated,
            },
        )
}

fn key() -> impl Strategy<Value = Key> {
    (prop::bool::weighted(0.4), vec(part(), 1..4)).prop_map(|(unique, parts)| Key { unique, parts })
}

fn part() -> impl Strategy<Value = Part> {
    (
        any::<u8>(),
        prop::option::weighted(0.4, 1..20_u8),
        prop::bool::weighted(0.2),
    )
        .prop_map(|(column, prefix, descending)| Part {
            column,
            prefix,
            descending,
        })
}

impl fmt::Debug for Schema {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.sql())
    }
}
