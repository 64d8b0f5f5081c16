//! Random `INSERT … ON DUPLICATE KEY UPDATE` and `INSERT IGNORE` against a real MariaDB: several unique keys, dates,
//! ENUM, SET, numbers of all kinds, generated columns, `VALUES`, `DEFAULT`, `LAST_INSERT_ID(n)`, numbers of
//! `AUTO_INCREMENT`, transactions. The client sends a script to the server, the importer reads the same bytes: both
//! must hold the same cells, or both refuse the script.
//!
//! A statement is made of a few random bytes, which choose its parts. Nothing here knows what a server makes of it.

use std::fmt::Write as _;

use proptest::collection::vec;
use proptest::prelude::*;

use crate::import::compared_scripts::{Choices, ScriptComparison, SqlScript};

/// Where the seeds of failures are kept.
const SEEDS: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/oracle/upsert-regressions.txt"
);

const TABLES: &str = "\
SET NAMES utf8mb4; SET sql_mode = '';
CREATE TABLE a (id int AUTO_INCREMENT PRIMARY KEY, k varchar(20) COLLATE utf8mb4_general_ci, n int NOT NULL DEFAULT 3, e enum('x','y','z') DEFAULT 'y', s set('p','q','r') NOT NULL, d date, t datetime(1), m decimal(6,2) DEFAULT 1.5, u tinyint unsigned, b bigint unsigned, f bit(4), r double, g int AS (n * 2) STORED, h varchar(30) AS (concat(k, n)) VIRTUAL, UNIQUE KEY k (k(3)), UNIQUE KEY dn (d, e), UNIQUE KEY n (n));
CREATE TABLE c (x int NOT NULL, y varchar(5) NOT NULL DEFAULT 'yy', n int DEFAULT 3, id int NOT NULL AUTO_INCREMENT UNIQUE, m decimal(6,2), PRIMARY KEY (x, y)) ENGINE=MyISAM;
CREATE TABLE w (n int, v int NOT NULL, g int AS (n % 4) STORED, UNIQUE KEY g (g), UNIQUE KEY v (v));
CREATE TABLE seen (what bigint, more varchar(90));
INSERT INTO a (k, n, e, d) VALUES ('one', 1, 'x', '2024-01-31'), ('two', 2, 'y', '2024-02-29'), ('three', 3, 'x', NULL);
INSERT INTO c (x, y, n) VALUES (1, 'a', 1), (1, 'b', 2), (2, 'a', 3);
INSERT INTO w (n, v) VALUES (1, 1), (2, 2);
SET @v = 1;
";

fn statement(bytes: &[u8]) -> String {
    let c = &mut Choices::of(bytes);
    match c.below(16) {
        0..=6 => insert(c, "a"),
        7..=8 => insert(c, "c"),
        9..=10 => insert(c, "w"),
        11 => "INSERT INTO seen VALUES (LAST_INSERT_ID(), @v)".to_owned(),
        12 => format!("SET @v = {}", number(c, "1")),
        13 => format!("DELETE FROM a WHERE id = {}", c.below(9)),
        14 => format!(
            "BEGIN;\n{};\nSAVEPOINT s;\n{};\nROLLBACK TO s;\n{};\nCOMMIT",
            insert(c, "a"),
            insert(c, "a"),
            insert(c, "w")
        ),
        _ => format!(
            "BEGIN;\n{};\n{}",
            insert(c, "a"),
            c.one(&["ROLLBACK", "COMMIT"])
        ),
    }
}

fn insert(c: &mut Choices<'_>, table: &str) -> String {
    let mut columns = match table {
        "a" => vec!["k", "n"],
        "c" => vec!["x", "y"],
        _ => vec!["n", "v"],
    };
    let further: &[&str] = match table {
        "a" => &["id", "e", "s", "d", "t", "m", "u", "b", "f", "r"],
        "c" => &["id", "n", "m"],
        _ => &[],
    };
    for column in further {
        if c.below(4) == 0 {
            columns.push(column);
        }
    }
    let rows: Vec<String> = (0..=c.below(4))
        .map(|_| {
            let values: Vec<String> = columns.iter().map(|column| value(c, column)).collect();
            format!("({})", values.join(", "))
        })
        .collect();
    let how = c.below(12);
    let ignore = if how < 2 { "IGNORE " } else { "" };
    let mut sql = format!(
        "INSERT {ignore}INTO {table} ({}) VALUES {}",
        columns.join(", "),
        rows.join(", ")
    );
    if how > 0 {
        let sets: Vec<String> = (0..=c.below(3)).map(|_| assignment(c, table)).collect();
        write!(sql, " ON DUPLICATE KEY UPDATE {}", sets.join(", ")).unwrap();
    }
    sql
}

/// A value of a row.
fn value(c: &mut Choices<'_>, column: &str) -> String {
    match column {
        "id" => c.one(&["NULL", "0", "DEFAULT", "2", "7", "12", "NULL", "NULL"]),
        "k" | "y" => c.one(&[
            "'one'", "'TWO'", "'three'", "'thrice'", "'four'", "'b'", "'Onset'",
        ]),
        "e" => c.one(&["'x'", "2", "NULL", "'Z'", "DEFAULT"]),
        "s" => c.one(&["'p'", "'r,q'", "3", "''", "DEFAULT"]),
        "d" => c.one(&["'2024-01-31'", "20240229", "'2023-1-5'", "NULL"]),
        "t" => c.one(&["'2024-01-31 1:2:3.45'", "20240229101112", "NULL"]),
        "m" | "r" => c.one(&["1.25", "'7'", "NULL", "-2.5", "12345.678"]),
        "f" => c.one(&["b'101'", "7", "NULL"]),
        "v" | "x" => c.below(6).to_string(),
        _ => c.below(12).to_string(),
    }
}

fn assignment(c: &mut Choices<'_>, table: &str) -> String {
    match table {
        "c" => match c.below(5) {
            0 => format!("n = {}", number(c, "n")),
            1 => format!("m = {}", decimal(c)),
            2 => c.one(&[
                "y = VALUES(y)",
                "y = LEFT(CONCAT(y, VALUES(y)), 5)",
                "y = DEFAULT",
            ]),
            3 => c.one(&["id = LAST_INSERT_ID(id)", "id = id + 40", "id = VALUES(id)"]),
            _ => c.one(&[
                "x = x + VALUES(x) + 6",
                "c.n = c.x",
                "n = NULL, n = IFNULL(n, x)",
            ]),
        },
        "w" => match c.below(4) {
            0 => format!("v = {}", number(c, "v")),
            1 => c.one(&["n = n + 1", "n = VALUES(n)", "n = g + 4", "n = NULL"]),
            2 => c.one(&["v = v + 10, n = v", "v = VALUES(g) + 20", "g = DEFAULT"]),
            _ => "v = v".to_owned(),
        },
        _ => of_all_types(c),
    }
}

/// Columns of all types, and what they are given.
const GIVEN: &[(&str, &[&str])] = &[
    (
        "k",
        &[
            "VALUES(k)",
            "LEFT(CONCAT(n, k, VALUES(k)), 20)",
            "UPPER(k)",
            "NULL",
        ],
    ),
    (
        "e",
        &[
            "VALUES(e)",
            "'z'",
            "1",
            "NULL",
            "'Y'",
            "'bad'",
            "DEFAULT",
            "IF(n > 3, 'x', 'y')",
        ],
    ),
    (
        "s",
        &[
            "VALUES(s)",
            "'q,p'",
            "5",
            "''",
            "'p,bad'",
            "s",
            "DEFAULT",
            "CONCAT(s, ',r')",
        ],
    ),
    (
        "d",
        &[
            "VALUES(d)",
            "d + INTERVAL 1 MONTH",
            "20240315",
            "'2024-4-5'",
            "LAST_DAY(d)",
            "DATE_SUB(VALUES(d), INTERVAL 3 DAY)",
            "t",
            "NULL",
        ],
    ),
    (
        "t",
        &[
            "VALUES(t)",
            "t + INTERVAL 90 SECOND",
            "d",
            "VALUES(d)",
            "20240229101112",
            "'2024-5-6 7:8:9.96'",
        ],
    ),
    (
        "b",
        &[
            "18446744073709551615",
            "VALUES(b)",
            "n",
            "b",
            "-1",
            "LAST_INSERT_ID(n)",
            "9223372036854775808",
        ],
    ),
    ("f", &["b'11'", "VALUES(f)", "5", "n", "31", "x'0a'"]),
    (
        "r",
        &[
            "1/3",
            "r * 2",
            "VALUES(r)",
            "n",
            "'1e3'",
            "m",
            "1e100",
            "(SELECT COUNT(*) FROM c)",
        ],
    ),
    (
        "id",
        &[
            "LAST_INSERT_ID(id)",
            "id + 30",
            "VALUES(id)",
            "LAST_INSERT_ID(id), n = n + 50",
        ],
    ),
    (
        "n",
        &[
            "n",
            "(SELECT MAX(n) FROM w) + 70",
            "(@v := IFNULL(@v, 0) + 1) + 80",
            "n + 20, u = g, m = n",
        ],
    ),
    ("a.n", &["a.n + DEFAULT(n) + 60"]),
    ("g", &["DEFAULT"]),
    ("h", &["DEFAULT, n = LENGTH(h) + 30", "DEFAULT, k = h"]),
];

fn of_all_types(c: &mut Choices<'_>) -> String {
    match c.below(18) {
        0 | 1 => format!("n = {}", number(c, "n")),
        2 => format!("u = {}", number(c, "u")),
        3 | 4 => format!("m = {}", decimal(c)),
        at => {
            let (column, values) = GIVEN[at % GIVEN.len()];
            format!("{column} = {}", c.one(values))
        }
    }
}

/// A whole number; `own` is a column.
fn number(c: &mut Choices<'_>, own: &str) -> String {
    match c.below(12) {
        0 => c.below(20).to_string(),
        1 => format!("{own} + 1"),
        2 => "300".to_owned(),
        3 => "'12abc'".to_owned(),
        4 => "LAST_INSERT_ID()".to_owned(),
        5 => "IFNULL(@v, 5)".to_owned(),
        6 => "2.5".to_owned(),
        7 => "-1".to_owned(),
        8 => format!("{own} * {own} + 11"),
        9 => "NULL".to_owned(),
        10 => format!("{own} DIV 2 + 100"),
        _ => format!("{own} + 13"),
    }
}

fn decimal(c: &mut Choices<'_>) -> String {
    c.one(&[
        "VALUES(m)",
        "m * 1.5",
        "m / 3",
        "99999.999",
        "'1.005'",
        "n",
        "ROUND(m, 1)",
        "NULL",
        "DEFAULT",
        "1e2",
    ])
}

fn script(statements: &[Vec<u8>]) -> SqlScript {
    let mut sql = TABLES.to_owned();
    for bytes in statements {
        writeln!(sql, "{};", statement(bytes)).unwrap();
    }
    // Whose numbers say where the counters stand.
    sql.push_str("INSERT INTO seen VALUES (LAST_INSERT_ID(), @v);\n");
    sql.push_str("INSERT INTO a (k, n) VALUES ('last', 999);\n");
    sql.push_str("INSERT INTO c (x) VALUES (999);\n");
    sql.into()
}

#[test]
fn random_upserts_are_those_of_the_server() {
    let comparison = ScriptComparison {
        may_refuse: |message| message.contains(" uses "),
        ..ScriptComparison::exact("upserts", SEEDS)
    };
    let scripts = vec(vec(any::<u8>(), 12), 1..6).prop_map(|statements| script(&statements));
    if let Some(compared) = comparison.of(scripts) {
        compared.assert_telling(34, 20);
    }
}
