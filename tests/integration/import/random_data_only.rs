//! Random rows of tables that are made nowhere, against a real MariaDB that is given the tables first: statements name
//! other columns each, in any order and case.

use std::fmt::Write as _;

use proptest::collection::vec;
use proptest::prelude::*;

use crate::import::compared_scripts::{Choices, ScriptComparison, SqlScript};

/// Where the seeds of failures are kept.
const SEEDS: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/oracle/data-regressions.txt"
);

/// The types that columns have on the server, and values, which say theirs to an importer.
const TYPES: &[(&str, &[&str])] = &[
    ("bigint", &["1", "-2", "NULL", "9007199254740993", "0"]),
    (
        "longtext",
        &[
            "'a'",
            "'it''s'",
            "NULL",
            "'12'",
            "''",
            "'é\\n'",
            "'2024-01-05'",
            "N'n'",
        ],
    ),
    (
        "longblob",
        &["x'ff00'", "0x41", "NULL", "_binary'b'", "x''"],
    ),
    ("double", &["1.5", "-2.25", "NULL", "1e3", "0.1"]),
];

const COLUMNS: &[&str] = &["a", "b", "Name", "order", "d e", "日"];
const TABLES: &[&str] = &["t", "u", "group"];

fn quoted(c: &mut Choices<'_>, name: &str) -> String {
    match c.below(4) {
        0 => format!("`{}`", name.to_uppercase()),
        _ => format!("`{name}`"),
    }
}

/// An `INSERT`; `used` gets its columns.
fn insert(c: &mut Choices<'_>, table: usize, kinds: &[usize], used: &mut Vec<usize>) -> String {
    let mut columns: Vec<usize> = Vec::new();
    for _ in 0..=c.below(COLUMNS.len()) {
        let column = c.below(COLUMNS.len());
        if !columns.contains(&column) {
            columns.push(column);
        }
    }
    used.extend(&columns);
    let names: Vec<String> = columns
        .iter()
        .map(|&column| quoted(c, COLUMNS[column]))
        .collect();
    let value = |c: &mut Choices<'_>, column: usize| c.one(TYPES[kinds[column]].1);
    let verb = c.one(&[
        "INSERT INTO",
        "insert into",
        "REPLACE INTO",
        "INSERT IGNORE INTO",
        "INSERT",
    ]);
    let table = TABLES[table];
    if c.below(5) == 0 {
        let sets: Vec<String> = columns
            .iter()
            .zip(&names)
            .map(|(&column, name)| format!("{name} = {}", value(c, column)))
            .collect();
        return format!("{verb} `{table}` SET {}", sets.join(", "));
    }
    let rows: Vec<String> = (0..=c.below(3))
        .map(|_| {
            let values: Vec<String> = columns.iter().map(|&column| value(c, column)).collect();
            format!("({})", values.join(", "))
        })
        .collect();
    format!(
        "{verb} `{table}` ({}) VALUES {}",
        names.join(", "),
        rows.join(",")
    )
}

fn script(kinds: &[u8], statements: &[Vec<u8>]) -> SqlScript {
    let kinds: Vec<usize> = kinds
        .iter()
        .map(|kind| usize::from(*kind) % TYPES.len())
        .collect();
    let mut used = vec![Vec::new(); TABLES.len()];
    let mut imported = "SET NAMES utf8mb4;\n".to_owned();
    for bytes in statements {
        let c = &mut Choices::of(bytes);
        let table = c.below(TABLES.len());
        writeln!(imported, "{};", insert(c, table, &kinds, &mut used[table])).unwrap();
    }
    let mut taken = "SET NAMES utf8mb4; SET sql_mode = '';\n".to_owned();
    for (table, mut columns) in TABLES.iter().zip(used) {
        columns.sort_unstable();
        columns.dedup();
        let columns: Vec<String> = columns
            .iter()
            .map(|&column| format!("`{}` {}", COLUMNS[column], TYPES[kinds[column]].0))
            .collect();
        if !columns.is_empty() {
            writeln!(taken, "CREATE TABLE `{table}` ({});", columns.join(", ")).unwrap();
        }
    }
    SqlScript {
        imported: Some(imported.clone().into_bytes()),
        ..(taken + &imported).into()
    }
}

#[test]
fn rows_without_their_table_are_those_of_the_server() {
    let comparison = ScriptComparison::exact("data_only", SEEDS);
    let scripts = (
        vec(any::<u8>(), COLUMNS.len()),
        vec(vec(any::<u8>(), 30), 1..8),
    )
        .prop_map(|(kinds, statements)| script(&kinds, &statements));
    if let Some(compared) = comparison.of(scripts) {
        compared.assert_telling(100, 5);
    }
}
