//! Random values in columns that have no room for them, against a real MariaDB: what one that is not strict
//! stores is what the file holds, and what a strict one refuses is noted.
//!
//! Each value has a table of its own, so that a note says which value it is about.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::support::binary::run;
use crate::support::cells;
use crate::support::mariadb::MariaDb;

/// The same values in every run; `PROPTEST_RNG_SEED` gives others, `PROPTEST_CASES` another number of them.
const SEED: u64 = 20_261_130;
const VALUES: u64 = 160;

const WHOLE: &[&str] = &[
    "tinyint",
    "tinyint unsigned",
    "smallint",
    "smallint unsigned zerofill",
    "mediumint",
    "mediumint unsigned",
    "int",
    "int unsigned",
    "int(5) zerofill",
    "bigint",
    "bigint unsigned",
    "bool",
    "bit(1)",
    "bit(8)",
    "bit(63)",
    "bit(64)",
    "year",
];
const EXACT: &[&str] = &[
    "decimal(5,2)",
    "decimal(5,2) unsigned",
    "decimal",
    "numeric(3,3)",
    "decimal(30,10)",
    "decimal(65,0) unsigned",
    "float(5,2)",
    "double(5,2)",
    "double(9,3) unsigned",
    "double unsigned",
];
/// With a character set that has `é` but not `日`, one that has both, and bytes.
const WESTERN: &[&str] = &[
    "char(3) charset latin1",
    "varchar(3) charset latin1",
    "tinytext charset latin1",
    "text(70) charset latin1",
    "varchar(255) charset latin1",
];
const TEXTS: &[&str] = &[
    "char",
    "char(3)",
    "char(7) collate utf8mb4_bin",
    "varchar(1)",
    "varchar(3)",
    "varchar(90)",
    "national varchar(3)",
    "varchar(3) charset ucs2",
    "varchar(5) charset gbk",
    "tinytext",
    "tinytext charset utf16",
    "tinytext charset gbk",
    "tinytext charset ujis",
    "text(10)",
    "text(70)",
    "binary(3)",
    "varbinary(3)",
    "varbinary(300)",
    "tinyblob",
    "blob(20)",
];
const MOMENTS: &[&str] = &["date", "datetime", "timestamp null"];

fn number(random: &mut fastrand::Rng, column: &str) -> String {
    // A negative number in a BIT(64) is its bits, which is noted although every server takes it.
    let signs = if column == "bit(64)" {
        [""; 3]
    } else {
        ["", "", "-"]
    };
    let sign = random.choice(signs).unwrap();
    let edge = 1_u128
        << random
            .choice([7, 8, 15, 16, 23, 24, 31, 32, 63, 64, 66])
            .unwrap();
    let near = edge - 2 + u128::from(random.u8(0..4));
    // A server's bits of a floating point number are its own.
    let bits = column.starts_with("bit");
    let digits = match random.u8(0..8) {
        0..3 => near.to_string(),
        3 => random.u32(0..3000).to_string(),
        4 => format!("{}.{}", random.u32(0..2000), random.u32(0..2000)),
        5 => format!("{near}.5"),
        6 if !bits => format!("{}e{}", random.u8(1..10), random.u8(0..70)),
        _ => format!("999.99{}", random.u8(0..10)),
    };
    // A number in quotes may have something behind it.
    let behind = random.choice(["", "x", " ", " y"]).unwrap();
    match random.u8(0..3) {
        // As texts, negative ones of more than 64 bits are the largest number to an UNSIGNED column.
        0 if digits.len() < 18 && !digits.contains('e') => format!("'{sign}{digits}{behind}'"),
        _ => format!("{sign}{digits}"),
    }
}

fn text(random: &mut fastrand::Rng, letters: &[&str]) -> String {
    let longest = *random.choice(&[3, 5, 12, 100, 310]).unwrap();
    let letter = *random.choice(letters).unwrap();
    let mut text: String = (0..random.usize(0..longest))
        .map(|_| {
            if random.u8(0..4) == 0 {
                *random.choice(letters).unwrap()
            } else {
                letter
            }
        })
        .collect();
    text.push_str(random.choice(["", "", " ", "   ", "\\t"]).unwrap());
    format!("'{text}'")
}

fn moment(random: &mut fastrand::Rng) -> String {
    let year = random
        .choice([1000, 1900, 1968, 1971, 2024, 2037, 2150, 9999])
        .unwrap();
    let day = format!("{year}-{:02}-{:02}", random.u8(1..14), random.u8(1..29));
    if random.bool() {
        format!("'{day}'")
    } else {
        format!("'{day} {:02}:10:20'", random.u8(0..26))
    }
}

/// A column's type and a value.
fn value(random: &mut fastrand::Rng) -> (&'static str, String) {
    let ascii = ["a", "B", " ", "1"];
    let western = ["a", "B", " ", "é"];
    let all = ["a", " ", "日", "本"];
    match random.u8(0..12) {
        0..4 => {
            let column = random.choice(WHOLE).unwrap();
            (column, number(random, column))
        }
        4..6 => (random.choice(EXACT).unwrap(), number(random, "")),
        6 => (random.choice(WESTERN).unwrap(), text(random, &western)),
        7..10 => (random.choice(TEXTS).unwrap(), text(random, &all)),
        10 => (random.choice(TEXTS).unwrap(), text(random, &ascii)),
        _ if random.bool() => (random.choice(MOMENTS).unwrap(), moment(random)),
        _ => (
            "time",
            format!("'{}:{:02}:00'", random.u16(0..1000), random.u8(0..65)),
        ),
    }
}

fn setting(name: &str, usual: u64) -> u64 {
    std::env::var(name)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(usual)
}

#[test]
fn what_does_not_fit_becomes_what_the_server_makes_of_it() {
    let Some(db) = MariaDb::start() else { return };
    let folder = TempDir::new().unwrap();
    let mut random = fastrand::Rng::with_seed(setting("PROPTEST_RNG_SEED", SEED));
    let values: Vec<_> = (0..setting("PROPTEST_CASES", VALUES))
        .map(|_| value(&mut random))
        .collect();
    let mut differences = Vec::new();
    let mut cut = 0;
    for batch in values.chunks(100) {
        let rows = batch.iter().enumerate().map(|(table, (column, value))| {
            format!("CREATE TABLE t{table} (c {column});\nINSERT INTO t{table} VALUES ({value});\n")
        });
        let script = format!(
            "SET NAMES utf8mb4; SET time_zone = '+00:00';\n{}",
            rows.collect::<String>()
        );
        let noted = imported(folder.path(), &script);
        for mode in ["NO_AUTO_VALUE_ON_ZERO", "STRICT_TRANS_TABLES"] {
            let strict = mode.starts_with("STRICT");
            db.load("DROP DATABASE IF EXISTS fit; CREATE DATABASE fit;");
            let script = format!("SET sql_mode = '{mode}';\n{script}");
            db.load_what_it_takes("fit", script.as_bytes());
            let expected = cells::of_server(&db, "fit");
            for (table, (column, value)) in batch.iter().enumerate() {
                let name = format!("t{table}");
                let held = &expected[&name];
                let unfit = noted.get(&name).copied();
                cut += usize::from(unfit == Some(true));
                let outcome = if strict && held.rows.is_empty() && unfit.is_some() {
                    Ok(0)
                } else if strict && unfit == Some(true) {
                    Err(format!("noted, but {:?} to a strict server", held.rows))
                } else {
                    cells::compare(&folder.path().join("out.sqlite"), &name, held)
                };
                if let Err(difference) = outcome {
                    differences.push(format!("{column} <- {value} ({mode}): {difference}"));
                }
            }
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    assert!(cut * 5 > values.len(), "{cut} of {}", values.len());
}

/// Imports a script; the tables whose value is noted, and whether as one that did not fit.
fn imported(folder: &Path, script: &str) -> BTreeMap<String, bool> {
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
    let about_values = notes.filter_map(|note| {
        let what = note["what"].as_str().unwrap();
        let (table, rest) = what.strip_prefix("table ")?.split_once(", column ")?;
        Some((table.to_owned(), rest.contains("did not fit")))
    });
    about_values.collect()
}
