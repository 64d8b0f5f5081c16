//! Random views against a real MariaDB: every function and operator that is translated, over a table with columns of
//! all types and odd values. A view gives what the server gives, row by row, or it is left out with the reason, or a
//! note says which column's texts are compared by other rules.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::import::random_view_parts::{
    AGGREGATES, COLUMNS, CONDITIONS, EXPRESSIONS, argument, cell,
};
use crate::support::binary::run;
use crate::support::cells;
use crate::support::mariadb::MariaDb;

/// The same views in every run; `PROPTEST_RNG_SEED` gives others, `PROPTEST_CASES` another number of them.
const SEED: u64 = 20_261_130;
const VIEWS: u64 = 400;
/// Views of one dump.
const BATCH: usize = 100;
const ROWS: usize = 40;

fn setting(name: &str, usual: u64) -> u64 {
    std::env::var(name)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(usual)
}

/// A template with its arguments, some of which are expressions in turn.
fn expression(random: &mut fastrand::Rng, template: &str, nesting: u32) -> String {
    let mut text = String::new();
    let mut rest = template;
    while let Some(at) = rest.find('{') {
        text += &rest[..at];
        let kind = rest.as_bytes()[at + 1];
        rest = &rest[at + 3..];
        if kind == b'c' {
            let inner = random.choice(CONDITIONS).unwrap();
            text += &format!("({})", expression(random, inner, 0));
        } else if nesting > 0 && b"intadx".contains(&kind) && random.u8(0..5) == 0 {
            let inner = random.choice(EXPRESSIONS).unwrap();
            text += &format!("({})", expression(random, inner, nesting - 1));
        } else {
            text += argument(random, kind);
        }
    }
    text + rest
}

fn view(random: &mut fastrand::Rng, number: usize) -> String {
    let any = |random: &mut fastrand::Rng| argument(random, b'a');
    let inner = |random: &mut fastrand::Rng| {
        let template = random.choice(EXPRESSIONS).unwrap();
        expression(random, template, 0)
    };
    let aggregate = |random: &mut fastrand::Rng| {
        let template = random.choice(AGGREGATES).unwrap();
        expression(random, template, 1)
    };
    let condition = |random: &mut fastrand::Rng| {
        let template = random.choice(CONDITIONS).unwrap();
        expression(random, template, 1)
    };
    match random.u8(0..24) {
        0..17 => {
            // All in turn, so that none is missed.
            let template = EXPRESSIONS[number % EXPRESSIONS.len()];
            format!("SELECT id, {} AS v FROM k", expression(random, template, 1))
        }
        17 => format!("SELECT {} AS v FROM k", aggregate(random)),
        18 | 19 => {
            let group = random
                .choice(["e", "y", "i % 3", "s", "d", "da", "YEAR(dt)", "ti"])
                .unwrap();
            format!(
                "SELECT {group} AS g, {} AS v FROM k GROUP BY {group}",
                aggregate(random)
            )
        }
        20 => format!(
            "SELECT id, {} AS v FROM k WHERE {}",
            any(random),
            condition(random)
        ),
        21 => {
            let test = random
                .choice(["v = 1", "v > 10", "v IS NULL", "v <> 5", "v < 0.5"])
                .unwrap();
            format!(
                "SELECT id, v FROM (SELECT id, {} AS v FROM k) q WHERE {test}",
                inner(random)
            )
        }
        22 => {
            let order = random
                .choice(["s", "d", "dt", "i", "r", "e", "tm", "d4 DESC"])
                .unwrap();
            format!(
                "SELECT id, {} AS v FROM k ORDER BY {order}, id LIMIT 7",
                any(random)
            )
        }
        _ if random.bool() => format!("SELECT DISTINCT {} AS v FROM k", inner(random)),
        _ => {
            let all = random.choice(["ALL", ""]).unwrap();
            format!(
                "SELECT {} AS v FROM k UNION {all} SELECT {} FROM k",
                any(random),
                any(random)
            )
        }
    }
}

/// The table with its rows.
fn table(random: &mut fastrand::Rng) -> String {
    let definitions: Vec<String> = COLUMNS
        .iter()
        .map(|(name, kind, _)| format!("{name} {kind}"))
        .collect();
    let rows = (1..=ROWS).map(|id| {
        let cells: Vec<String> = COLUMNS
            .iter()
            .map(|(.., pool)| cell(random, pool))
            .collect();
        format!("({id}, {})", cells.join(", "))
    });
    let rows: Vec<String> = rows.collect();
    format!(
        "SET NAMES utf8mb4; SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO';\nCREATE TABLE k (id int PRIMARY KEY, {}) DEFAULT \
         CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;\nINSERT INTO k VALUES {};\n",
        definitions.join(", "),
        rows.join(",\n")
    )
}

#[test]
fn every_view_gives_what_the_server_gives() {
    let Some(db) = MariaDb::start() else { return };
    let folder = TempDir::new().unwrap();
    let mut random = fastrand::Rng::with_seed(setting("PROPTEST_RNG_SEED", SEED));
    let count = usize::try_from(setting("PROPTEST_CASES", VIEWS)).unwrap();
    let (mut compared, mut differences) = (0, Vec::new());
    let mut made = 0;
    while made < count {
        let size = BATCH.min(count - made);
        let views: Vec<String> = (made..made + size)
            .map(|number| view(&mut random, number))
            .collect();
        made += size;
        let script = table(&mut random);
        compared += check(&db, folder.path(), &script, &views, &mut differences);
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    assert!(compared * 5 > count, "{compared} of {count} compared");
}

/// Imports the views of a table and compares those that are neither left out nor noted; gives their number.
fn check(
    db: &MariaDb,
    folder: &Path,
    table: &str,
    views: &[String],
    differences: &mut Vec<String>,
) -> usize {
    let definitions = views.iter().enumerate();
    let definitions =
        definitions.map(|(number, view)| format!("CREATE VIEW v{number} AS {view};\n"));
    let script = format!("{table}{}", definitions.collect::<String>());
    db.load("DROP DATABASE IF EXISTS views; CREATE DATABASE views;");
    db.load_what_it_takes("views", script.as_bytes());
    let notes = imported(folder, &script);
    let file = folder.join("out.sqlite");
    let mut compared = 0;
    for (name, columns) in cells::columns_of_server(db, "views") {
        let Some(number) = name
            .strip_prefix('v')
            .and_then(|number| number.parse::<usize>().ok())
        else {
            continue;
        };
        if notes.contains_key(&name) {
            continue;
        }
        // A view may fail on a server: a difference of UNSIGNED numbers that is below zero.
        let Some(expected) = cells::rows_of_server(db, "views", &name, &columns) else {
            continue;
        };
        compared += 1;
        let found = cells::of_file(&file, &name, &columns);
        let difference = match found {
            Ok(found) if found == expected => continue,
            Ok(found) => {
                let pairs = found.iter().zip(&expected);
                let first = pairs.filter(|(found, expected)| found != expected).take(2);
                format!(
                    "{} rows of {}: {:?}",
                    found.len(),
                    expected.len(),
                    first.collect::<Vec<_>>()
                )
            }
            // More digits than 64 bits have are an error, and documented as one.
            Err(error) if error.to_string().contains("integer overflow") => continue,
            Err(error) => error.to_string(),
        };
        differences.push(format!("{}: {difference}", views[number]));
    }
    compared
}

/// Imports a script; what is noted of each view.
fn imported(folder: &Path, script: &str) -> BTreeMap<String, String> {
    fs::write(folder.join("input.sql"), script).unwrap();
    let arguments = [
        "import",
        "input.sql",
        "-o",
        "out.sqlite",
        "--force",
        "--report",
        "json",
    ];
    let done = run(folder, &arguments);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let report: Value = serde_json::from_str(&done.stdout).unwrap();
    let notes = report["notes"].as_array().unwrap().iter();
    let of_views = notes.filter_map(|note| {
        let what = note["what"].as_str().unwrap().strip_prefix("view ")?;
        let name = what.split([' ', ':']).next()?;
        Some((name.to_owned(), what.to_owned()))
    });
    of_views.collect()
}
