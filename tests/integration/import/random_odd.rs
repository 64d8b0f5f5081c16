//! Random values of odd forms, against a real MariaDB that is not strict: moments in every spelling and as numbers,
//! numbers as texts, bytes and exponents, members of ENUM and SET by number and in other letters.
//!
//! Nothing here knows what a server makes of them.

use std::fmt::Write as _;
use std::fs;

use tempfile::TempDir;

use crate::support::binary::run;
use crate::support::cells;
use crate::support::mariadb::MariaDb;

/// The same values in every run; `PROPTEST_RNG_SEED` gives others, `PROPTEST_CASES` another number of them.
const SEED: u64 = 20_261_131;
const VALUES: u64 = 60;

const MOMENTS: &[&str] = &[
    "date",
    "datetime",
    "datetime(3)",
    "datetime(2)",
    "time",
    "time(2)",
    "year",
];
const NUMBERS: &[&str] = &[
    "int",
    "bigint",
    "bigint unsigned",
    "decimal(9,2)",
    "double",
    "bit(8)",
];
const MEMBERS: &[&str] = &[
    "enum('a','b','É','3')",
    "enum('a','b') COLLATE utf8mb4_bin",
    "enum('x','3 ','É') CHARACTER SET latin1",
    "set('a','b','É')",
    "set('a','B') COLLATE utf8mb4_bin",
    "set('','x','3')",
];

/// A number of fewer digits than so many.
fn up_to(random: &mut fastrand::Rng, digits: u32) -> u64 {
    let digits = random.u32(1..digits);
    random.u64(0..10_u64.pow(digits))
}

fn moment(random: &mut fastrand::Rng) -> String {
    let two = |random: &mut fastrand::Rng| random.u8(0..61).to_string();
    match random.u8(0..6) {
        0 => up_to(random, 15).to_string(),
        1 => format!("{}e{}", random.u8(1..100), random.u8(0..9)),
        2 => format!("{}.{}", random.u32(0..99_999_999), random.u8(0..10)),
        3 => format!("'{}'", up_to(random, 9)),
        _ => {
            let delimiter = random.choice(["-", "-", "/", ".", "--", " "]).unwrap();
            let year = random.choice(["2020", "20", "71", "1999", "7"]).unwrap();
            let mut text = format!(
                "{year}{delimiter}{}{delimiter}{}",
                random.u8(0..14),
                random.u8(0..30)
            );
            if random.bool() {
                let between = random.choice([" ", "T", "  "]).unwrap();
                let clock = [two(random), two(random), two(random)];
                write!(text, "{between}{}", clock[..random.usize(1..4)].join(":")).unwrap();
            }
            let behind = random.choice(["", "", "x", " ", "Z"]).unwrap();
            format!("'{text}{behind}'")
        }
    }
}

fn number(random: &mut fastrand::Rng) -> String {
    let digits = up_to(random, 19);
    match random.u8(0..8) {
        0 => digits.to_string(),
        1 => format!("-{}.{}", digits % 1000, random.u8(0..10)),
        2 => format!(
            "'{digits}{}'",
            random.choice(["", " ", "x", ".5", "e1"]).unwrap()
        ),
        3 => format!("{}e{}", random.u8(1..100), random.u8(0..18)),
        4 => format!("0x{:02x}", digits >> random.u32(0..60)),
        5 => format!(
            "x'{}'",
            random
                .choice(["35", "3135", "2d35", "352e35", "61"])
                .unwrap()
        ),
        6 => format!("b'{:b}'", random.u16(1..300)),
        _ => format!(
            "'{}'",
            random
                .choice(["+5", " 7", ".5", "5.", "", "-", "1e400"])
                .unwrap()
        ),
    }
}

fn member(random: &mut fastrand::Rng) -> String {
    let one = |random: &mut fastrand::Rng| {
        let names = [
            "a", "A", "b", "B", "E", "é", "x", "3", "1", "2", "a ", " 1", "", "9",
        ];
        (*random.choice(&names).unwrap()).to_owned()
    };
    match random.u8(0..5) {
        0 => random
            .choice(["1", "2", "3", "0", "1.6", "2e0", "7", "-1", "true"])
            .unwrap()
            .to_owned(),
        1 => format!("'{},{}'", one(random), one(random)),
        2 => random
            .choice(["x'61'", "0x01", "b'10'"])
            .unwrap()
            .to_owned(),
        _ => format!("'{}'", one(random)),
    }
}

fn setting(name: &str, usual: u64) -> u64 {
    let text = std::env::var(name).ok();
    text.and_then(|text| text.parse().ok()).unwrap_or(usual)
}

#[test]
fn odd_values_are_those_of_the_server() {
    let Some(db) = MariaDb::start() else { return };
    let folder = TempDir::new().unwrap();
    let mut random = fastrand::Rng::with_seed(setting("PROPTEST_RNG_SEED", SEED));
    let count = setting("PROPTEST_CASES", VALUES);
    let mut script = "SET NAMES utf8mb4; SET sql_mode = '', time_zone = '+00:00';\n".to_owned();
    let mut values = Vec::new();
    type Choose = fn(&mut fastrand::Rng) -> String;
    let kinds: [(&[&str], Choose); 3] = [(MOMENTS, moment), (NUMBERS, number), (MEMBERS, member)];
    for (columns, choose) in kinds {
        for column in columns {
            let table = values.len();
            writeln!(
                script,
                "CREATE TABLE t{table} (id int PRIMARY KEY, v {column});"
            )
            .unwrap();
            let own: Vec<String> = (0..count).map(|_| choose(&mut random)).collect();
            for (id, value) in own.iter().enumerate() {
                writeln!(script, "INSERT INTO t{table} VALUES ({id}, {value});").unwrap();
            }
            values.push((column, own));
        }
    }
    db.load("DROP DATABASE IF EXISTS odd; CREATE DATABASE odd;");
    db.load_into("odd", script.as_bytes()).unwrap();
    fs::write(folder.path().join("input.sql"), &script).unwrap();
    let arguments = ["import", "input.sql", "-o", "out.sqlite", "--force"];
    let done = run(folder.path(), &arguments);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let mut differences = Vec::new();
    for (name, table) in &cells::of_server(&db, "odd") {
        if let Err(difference) = cells::compare(&folder.path().join("out.sqlite"), name, table) {
            let (column, own) = &values[name[1..].parse::<usize>().unwrap()];
            let row = difference.rsplit(' ').next().and_then(|id| id.parse().ok());
            let value = row.map_or("", |row: usize| own[row].as_str());
            differences.push(format!("{column} <- {value}: {difference}"));
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}
