//! Random definitions of columns in all their spellings, against a real MariaDB: types by other names, of bytes and of
//! national letters, `SERIAL DEFAULT VALUE`, defaults over other columns, attributes in any order. Rows give some of the
//! columns, before and behind an `ALTER TABLE` that adds further ones.
//!
//! Nothing here knows what a spelling means.

use std::fmt::Write as _;

use proptest::collection::vec;
use proptest::prelude::*;

use crate::import::compared_scripts::{Choices, ScriptComparison, SqlScript};

/// Where the seeds of failures are kept.
const SEEDS: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/oracle/column-regressions.txt"
);

/// What a column is good for: its types, its defaults and its values.
struct Kind {
    types: &'static [&'static str],
    defaults: &'static [&'static str],
    values: &'static [&'static str],
}

const KINDS: &[Kind] = &[
    Kind {
        types: &[
            "int",
            "INT4",
            "int2",
            "INT1 SIGNED",
            "int3",
            "int8",
            "middleint",
            "INTEGER(5)",
            "bool",
            "BOOLEAN",
            "tinyint(1)",
            "smallint SIGNED",
            "bigint(20)",
            "mediumint",
        ],
        defaults: &[
            "7",
            "-1",
            "+3",
            "TRUE",
            "'5'",
            "(n * 2)",
            "(n+1)",
            "((n) MOD 3)",
            "(LENGTH(s))",
            "(IFNULL(n, 4))",
            "NULL",
            "1e1",
            "b'101'",
            "(-n)",
            "(n IS NULL)",
            "0x0a",
        ],
        values: &["1", "-3", "'4'", "DEFAULT", "NULL", "TRUE", "n", "1.5"],
    },
    Kind {
        types: &[
            "dec(9,2)",
            "FIXED(9,2)",
            "numeric(9, 2)",
            "dec",
            "numeric",
            "DECIMAL(30,10)",
            "dec(5) UNSIGNED",
            "fixed UNSIGNED ZEROFILL",
        ],
        defaults: &[
            "1.5",
            "'2.25'",
            "(n / 4)",
            "(n * 1.10)",
            "-0.5",
            "NULL",
            "1e-1",
        ],
        values: &["1.125", "'3.75'", "DEFAULT", "NULL", "-2", "1e2"],
    },
    Kind {
        types: &[
            "double precision",
            "real",
            "FLOAT4",
            "float8",
            "float(30)",
            "double(9,2)",
            "DOUBLE PRECISION(9,2)",
            "real(5,1)",
            "float(7,2)",
        ],
        defaults: &["1.5", "(n / 4)", "'2.5'", "NULL", "-1e10"],
        values: &["1.125", "'3.5'", "DEFAULT", "NULL", "-2", "1e3"],
    },
    Kind {
        types: &[
            "character varying(9)",
            "CHAR VARYING(9)",
            "varcharacter(9)",
            "national varchar(9)",
            "NVARCHAR(9)",
            "nchar(5)",
            "national char varying(9)",
            "NATIONAL CHARACTER(5)",
            "nchar varchar(9)",
            "nchar varying(9)",
            "national varcharacter(9)",
            "LONG",
            "long varchar",
            "LONG VARCHAR BINARY",
            "long char varying",
            "character(5)",
            "char(5) ASCII",
            "char(5) unicode",
            "varchar(5) binary",
            "char(5) BINARY ascii",
            "text UNICODE",
            "text(70)",
            "text(70000)",
            "TEXT(300)",
            "varchar(9) charset latin1 collate latin1_bin",
            "tinytext COLLATE utf8mb3_bin",
            "char(5) CHAR SET latin1",
            "mediumtext ascii binary",
            "varchar(9) COMPRESSED",
            "text compressed",
        ],
        defaults: &[
            "'d'",
            "(concat(s, 'x'))",
            "('q')",
            "(UPPER(s))",
            "''",
            "'it''s'",
            "NULL",
            "(n)",
            "N'n'",
            "_latin1'l'",
            "x'41'",
            "(concat(n, '-', s))",
            "(LEFT(s, 1))",
        ],
        values: &[
            "'v'", "'x  '", "''", "DEFAULT", "NULL", "12", "'v' 'w'", "N'n'", "x'42'",
        ],
    },
    Kind {
        types: &[
            "char(5) BYTE",
            "varchar(5) BYTE",
            "text BYTE",
            "tinytext byte",
            "char BYTE",
            "char(5) CHARACTER SET binary",
            "varchar(5) CHARSET binary",
            "long byte",
            "LONG VARBINARY",
            "blob(9)",
            "blob(70000)",
            "binary",
            "binary(3)",
            "varbinary(5)",
            "mediumtext charset binary",
            "longtext BYTE",
            "char varying(5) BYTE",
            "blob compressed",
        ],
        defaults: &[
            "'d'",
            "(concat(s, 'x'))",
            "x'ff'",
            "0x4142",
            "NULL",
            "''",
            "(s)",
            "b'1'",
        ],
        values: &[
            "'v'",
            "x'ff'",
            "0x4142",
            "'x  '",
            "DEFAULT",
            "NULL",
            "''",
            "b'1000001'",
            "_binary'b'",
        ],
    },
    Kind {
        types: &[
            "bit",
            "BIT(9)",
            "year",
            "YEAR(4)",
            "date",
            "datetime",
            "timestamp NULL",
            "time(2)",
            "DATETIME(6)",
            "timestamp(3) null",
        ],
        defaults: &["NULL", "0"],
        values: &["0", "NULL", "DEFAULT", "1"],
    },
    Kind {
        types: &[
            "enum('d', 'v' , 'x')",
            "ENUM('d','v','x') CHARSET binary",
            "enum('d','v','x') ascii",
            "set('d','v')",
            "SET('d','v') BINARY",
            "enum('d','V') COLLATE utf8mb4_bin",
            "set('d','v') unicode",
        ],
        defaults: &["'d'", "'v'", "('d')", "NULL", "'D'"],
        values: &["'d'", "'v'", "1", "2", "DEFAULT", "NULL", "'V'"],
    },
];

const ATTRIBUTES: &[&str] = &[
    "NULL",
    "NOT NULL",
    "COMMENT 'c; d'",
    "comment \"NOT NULL, x int\"",
    "INVISIBLE",
];

/// What stands behind all attributes.
const ENDS: &[&str] = &[
    "",
    "",
    "",
    " CHECK (1)",
    " check (n IS NULL OR n > -100)",
    " CHECK (s <> ';')",
];

/// What numbers the rows.
const NUMBERS: &[&str] = &[
    "id SERIAL",
    "id int SERIAL DEFAULT VALUE",
    "id bigint unsigned serial default value COMMENT 'x'",
    "id INT NOT NULL AUTO_INCREMENT PRIMARY KEY",
    "id int KEY AUTO_INCREMENT",
    "id smallint AUTO_INCREMENT UNIQUE",
    "id int2 unsigned UNIQUE KEY NOT NULL AUTO_INCREMENT",
    "id INT AUTO_INCREMENT COMMENT 'KEY' NOT NULL PRIMARY KEY",
];

struct ColumnDefinition {
    name: String,
    kind: &'static Kind,
    sql: String,
}

fn column(c: &mut Choices<'_>, name: String) -> ColumnDefinition {
    let kind = &KINDS[c.below(KINDS.len())];
    let mut attributes = Vec::new();
    if c.below(2) == 0 {
        attributes.push(format!("DEFAULT {}", c.one(kind.defaults)));
    }
    for _ in 0..c.below(3) {
        let attribute = c.one(ATTRIBUTES);
        let place = c.below(attributes.len() + 1);
        let start = attribute[..4].to_ascii_lowercase();
        let is_there = |other: &String| other.to_ascii_lowercase().starts_with(&start);
        let contradicts = attribute == "NOT NULL" || attribute == "NULL";
        let nulls = |other: &String| contradicts && other.ends_with("NULL");
        if !attributes
            .iter()
            .any(|other| is_there(other) || nulls(other))
        {
            attributes.insert(place, attribute);
        }
    }
    let sql = format!(
        "{name} {} {}{}",
        c.one(kind.types),
        attributes.join(" "),
        c.one(ENDS)
    );
    ColumnDefinition { name, kind, sql }
}

/// Rows that give some of the columns.
fn insert(c: &mut Choices<'_>, columns: &[ColumnDefinition]) -> String {
    let mut given = Vec::new();
    for column in columns {
        if c.below(3) > 0 {
            given.push(column);
        }
    }
    let number = c.one(&["NULL", "3", "-4", "0", "12"]);
    let text = c.one(&["'t'", "'Text'", "''", "NULL"]);
    if given.is_empty() && c.below(2) == 0 {
        return "INSERT INTO t () VALUES (), ()".to_owned();
    }
    let values = |c: &mut Choices<'_>| {
        let values = given.iter().map(|column| c.one(column.kind.values));
        values.collect::<Vec<_>>()
    };
    if c.below(4) == 0 {
        let sets = given
            .iter()
            .zip(values(c))
            .map(|(column, value)| format!(", {} = {value}", column.name));
        let sets: String = sets.collect();
        return format!("INSERT INTO t SET n = {number}, s = {text}{sets}");
    }
    let names: String = given
        .iter()
        .map(|column| format!(", {}", column.name))
        .collect();
    let rows: Vec<String> = (0..=c.below(2))
        .map(|_| {
            let values: String = values(c).iter().map(|value| format!(", {value}")).collect();
            format!("({number}, {text}{values})")
        })
        .collect();
    format!("INSERT INTO t (n, s{names}) VALUES {}", rows.join(", "))
}

fn script(columns: &[Vec<u8>], later: &[Vec<u8>], rows: &[Vec<u8>]) -> SqlScript {
    let made = |prefix: &str, columns: &[Vec<u8>]| -> Vec<ColumnDefinition> {
        let columns = columns.iter().enumerate();
        columns
            .map(|(at, bytes)| column(&mut Choices::of(bytes), format!("{prefix}{at}")))
            .collect()
    };
    let mut defined = made("c", columns);
    let c = &mut Choices::of(&rows[0]);
    let mut sql = "SET NAMES utf8mb4; SET sql_mode = '', time_zone = '+00:00';\n".to_owned();
    let definitions: Vec<&str> = defined.iter().map(|column| column.sql.as_str()).collect();
    writeln!(
        sql,
        "CREATE TABLE t ({}, n int, s varchar(9), {});",
        c.one(NUMBERS),
        definitions.join(", ")
    )
    .unwrap();
    for bytes in rows {
        writeln!(sql, "{};", insert(&mut Choices::of(bytes), &defined)).unwrap();
    }
    for column in made("d", later) {
        let word = c.one(&["ADD COLUMN", "ADD", "add column if not exists"]);
        let place = c.one(&["", "", " FIRST", " AFTER n"]);
        writeln!(sql, "ALTER TABLE t {word} {}{place};", column.sql).unwrap();
        defined.push(column);
    }
    for bytes in rows {
        writeln!(sql, "{};", insert(&mut Choices::of(bytes), &defined)).unwrap();
    }
    sql.into()
}

#[test]
fn columns_of_all_spellings_hold_what_the_server_holds() {
    let comparison = ScriptComparison {
        may_take_more: true,
        ..ScriptComparison::exact("columns", SEEDS)
    };
    let bytes = |count| vec(any::<u8>(), count);
    let scripts = (
        vec(bytes(12), 1..5),
        vec(bytes(12), 0..3),
        vec(bytes(20), 1..4),
    )
        .prop_map(|(columns, later, rows)| script(&columns, &later, &rows));
    if let Some(compared) = comparison.of(scripts) {
        compared.assert_telling(50, 5);
    }
}
