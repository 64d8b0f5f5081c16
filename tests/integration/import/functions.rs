//! Constant expressions as values, function by function, against a real MariaDB: what the file holds is what the
//! server has, or the import says what it does not know.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::import::random_expressions::{LITERALS, TEMPLATES, expression};
use crate::support::binary::run;
use crate::support::cells;
use crate::support::mariadb::MariaDb;

/// The same expressions in every run; `PROPTEST_RNG_SEED` gives others, `PROPTEST_CASES` more for each
/// function.
const SEED: u64 = 20_261_130;
const EACH: usize = 2;
/// Expressions in a dump: one that is refused costs another import of the rest.
const BATCH: usize = 24;

const TABLE: &str = "SET NAMES utf8mb4; SET sql_mode = ''; SET time_zone = '+00:00';
CREATE TABLE t (id int PRIMARY KEY, s longtext CHARACTER SET utf8mb4, b longblob, d decimal(40,10), r double, n bigint);
";

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn every_function_gives_what_the_server_gives() {
    let Some(db) = MariaDb::start() else { return };
    let folder = TempDir::new().unwrap();
    let mut random = fastrand::Rng::with_seed(number("PROPTEST_RNG_SEED").unwrap_or(SEED));
    let each = number("PROPTEST_CASES").map_or(EACH, |cases| cases.try_into().unwrap());
    let mut expressions: Vec<String> = TEMPLATES
        .iter()
        .flat_map(|template| std::iter::repeat_n(template, each))
        .map(|template| expression(&mut random, template, &LITERALS, 1))
        .collect();
    random.shuffle(&mut expressions);
    let (mut compared, mut refused, mut differences) = (0, 0, Vec::new());
    for batch in expressions.chunks(BATCH) {
        let (kept, lost) = imported(folder.path(), batch);
        refused += lost;
        db.load("DROP DATABASE IF EXISTS functions; CREATE DATABASE functions;");
        db.load_into("functions", dump(&kept).as_bytes()).unwrap();
        let expected = &cells::of_server(&db, "functions")["t"];
        let file = folder.path().join("out.sqlite");
        let found = cells::of_file(&file, "t", &expected.columns).unwrap();
        for (found, expected) in found.iter().zip(&expected.rows) {
            compared += 1;
            if found != expected {
                let expression = kept[expected[0].parse::<usize>().unwrap()];
                differences.push(format!("{expression}: {found:?}, not {expected:?}"));
            }
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    let all = expressions.len();
    assert!(
        compared + refused == all && compared * 3 > all * 2,
        "{compared} of {all}, {refused} refused"
    );
}

/// Each expression in a row of its own: as text and as bytes, or as the text of an argument, or as a number.
fn dump(expressions: &[&str]) -> String {
    let row = |(id, expression): (usize, &&str)| {
        let text = format!("CONCAT({expression})");
        let (columns, value) = match expression.len() % 8 {
            0 => ("s, d", *expression),
            1 => ("b, r", *expression),
            2 => ("s, n", *expression),
            3 | 4 => ("s, b", text.as_str()),
            _ => ("s, b", *expression),
        };
        format!("INSERT INTO t (id, {columns}) VALUES ({id}, {value}, {value});\n")
    };
    let rows = expressions.iter().enumerate().map(row);
    format!("{TABLE}{}", rows.collect::<String>())
}

/// Imports what is not refused; which expressions these are, and how many were.
fn imported<'e>(folder: &Path, batch: &'e [String]) -> (Vec<&'e str>, usize) {
    let mut kept: Vec<&str> = batch.iter().map(String::as_str).collect();
    loop {
        fs::write(folder.join("input.sql"), dump(&kept)).unwrap();
        let arguments = ["import", "input.sql", "-o", "out.sqlite", "--force"];
        let done = run(folder, &arguments);
        if done.code == Some(0) {
            return (kept.clone(), batch.len() - kept.len());
        }
        // The error names line, table and column.
        let place = done.stderr.split("line ").nth(1).unwrap_or(&done.stderr);
        let line: usize = place.split(',').next().unwrap().parse().unwrap();
        assert!(
            done.stderr.contains("table t: column ") && done.stderr.contains("uses "),
            "{}",
            done.stderr
        );
        kept.remove(line - TABLE.lines().count() - 1);
    }
}
