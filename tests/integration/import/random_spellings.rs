//! Random spellings that the client takes, against a real one: delimiters in quotes, `\g` and `\G`, lines of dashes before
//! a statement, comments in all places, `\N`, `{ts '…'}`, words in any case, texts that hold all of these.
//!
//! The client reads a script as one that a person types, without its binary mode, in which it has no such commands.

use std::fmt::Write as _;

use proptest::collection::vec;
use proptest::prelude::*;

use crate::import::compared_scripts::{Choices, ScriptComparison, SqlScript};

/// Where the seeds of failures are kept.
const SEEDS: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/oracle/spelling-regressions.txt"
);

const TABLES: &str = "\
SET NAMES utf8mb4;
CREATE TABLE t (id int AUTO_INCREMENT PRIMARY KEY, s text, n int, d date, ts datetime(3), ti time);
";

/// Where a statement may begin: lines that the client keeps for itself.
const LINES: &[&str] = &[
    "-----",
    "--no blank; INSERT INTO t (n) VALUES (666);",
    "--",
    "-- 'a quote",
    "--'",
    "   ---- \" ` /* ",
    "\t--x",
    "#",
    "# it's; a comment",
    "  #;",
    "",
    "   ",
    "/* one; 'line */",
    "/* two;\nlines' -- */",
    "/**/",
    ";",
    "-- DELIMITER //",
    "/* DELIMITER //\n*/",
];

/// Between the words of a statement.
const BLANKS: &[&str] = &[
    " ",
    "  ",
    "\n",
    "\t",
    " /* x; */ ",
    " -- y; 'z\n",
    " # w; \"\n",
    "\n-- at the start\n",
    "\n#;\n",
    " /*! */ ",
    "\r\n",
];

const DELIMITERS: &[&str] = &[
    "//",
    "\"//\"",
    "'$$'",
    "$$",
    ";;",
    "|",
    "\"||\" x",
    "// -- why",
    "go",
    "';'",
];

const TEXTS: &[&str] = &[
    "'plain'",
    "'it''s'",
    "'a;b'",
    "'//'",
    "'$$ | go'",
    "'-- x'",
    "'\n-----\n'",
    "'one\r\ntwo\r'",
    "'\\\r\n\r\r\n'",
    "'\n--x\n#y\n'",
    "'/* z */'",
    "\"dou\"\"ble\"",
    "'\\\\'",
    "'\\'\\\"'",
    "'\\N\\G\\g'",
    "'a' 'b'",
    "'x\\nDELIMITER //\\n'",
    "'\nDELIMITER //\n'",
    "N'n'",
    "_utf8mb4'é'",
    "x'41'",
    "'{ts}'",
    "\\N",
    "'é日😀'",
];

const MOMENTS: &[&str] = &[
    "\\N",
    "{ts '2024-01-05 10:11:12'}",
    "{ ts '2024-01-05 10:11:12.345' }",
    "{TS\"1999-12-31 23:59:59\"}",
    "TIMESTAMP'2024-02-29 01:02:03'",
    "timestamp \"2024-02-29 01:02:03.5\"",
    "NULL",
    "'2024-01-05T10:11:12'",
];

const DAYS: &[&str] = &[
    "{d '2024-01-05'}",
    "{ D\n'2024-01-06'}",
    "DATE'2024-01-07'",
    "date '2024-01-08'",
    "\\N",
    "DATE('2024-01-09')",
    "20240110",
];

const TIMES: &[&str] = &[
    "{t '10:11:12'}",
    "{ T '01:02:03' }",
    "TIME'04:05:06'",
    "\\N",
    "'07:08'",
];

/// Any case of the letters.
fn in_any_case(c: &mut Choices<'_>, words: &str) -> String {
    match c.below(4) {
        0 => words.to_ascii_lowercase(),
        1 => words
            .chars()
            .enumerate()
            .map(|(at, letter)| {
                if at % 2 == 0 {
                    letter.to_ascii_lowercase()
                } else {
                    letter
                }
            })
            .collect(),
        _ => words.to_owned(),
    }
}

/// The words of a statement, with something between them.
fn insert(c: &mut Choices<'_>) -> String {
    let columns = c.one(&[
        "( s , n , ts , d , ti )",
        "(s,n,ts,d,ti)",
        "(`s`, `n`,ts ,`d`, ti)",
    ]);
    let rows: Vec<String> = (0..=c.below(2))
        .map(|_| {
            let (text, number) = (
                c.one(TEXTS),
                c.one(&["1", "-1", "- 2", "+3", "\\N", "1 --1", "4-- 1\n"]),
            );
            let (moment, day, time) = (c.one(MOMENTS), c.one(DAYS), c.one(TIMES));
            format!("({text}, {number},{moment} , {day},{time})")
        })
        .collect();
    let words = [
        in_any_case(c, "INSERT"),
        in_any_case(c, "INTO"),
        "t".to_owned(),
        columns,
        in_any_case(c, "VALUES"),
        rows.join(c.one(&[",", " , ", "\n,\n"]).as_str()),
    ];
    let mut sql = words[0].clone();
    for word in &words[1..] {
        sql.push_str(&c.one(BLANKS));
        sql.push_str(word);
    }
    sql
}

fn statement(c: &mut Choices<'_>) -> String {
    match c.below(8) {
        0 => format!(
            "UPDATE t SET s = {} WHERE id = {}",
            c.one(TEXTS),
            c.below(9)
        ),
        1 => format!(
            "{} t WHERE id = {}",
            in_any_case(c, "DELETE FROM"),
            c.below(9)
        ),
        2 => in_any_case(c, "SET @X = 1, @Y = ';'"),
        3 => "CREATE OR REPLACE PROCEDURE p() SELECT 1".to_owned(),
        _ => insert(c),
    }
}

/// A script, with its delimiter followed; some have been through a program that ends lines with two bytes.
fn script(items: &[Vec<u8>]) -> SqlScript {
    let mut sql = TABLES.to_owned();
    let mut delimiter = ";".to_owned();
    for bytes in items {
        let c = &mut Choices::of(bytes);
        for _ in 0..c.below(3) {
            let line = c.one(LINES);
            let line = if line == ";" { &delimiter } else { &line };
            writeln!(sql, "{line}").unwrap();
        }
        if c.below(5) == 0 {
            let set = c.one(DELIMITERS);
            let word = in_any_case(c, "DELIMITER");
            writeln!(
                sql,
                "{}{word}{}{set}",
                c.one(&["", "  "]),
                c.one(&[" ", "\t", "  "])
            )
            .unwrap();
            set.split([' '])
                .next()
                .unwrap()
                .trim_matches(['"', '\'', '`'])
                .clone_into(&mut delimiter);
        }
        sql.push_str(&statement(c));
        match c.below(6) {
            0 => sql.push_str("\\g"),
            1 => sql.push_str(" \\G"),
            2 => write!(sql, "\n{delimiter}").unwrap(),
            3 => write!(sql, " {delimiter} -- behind; it's").unwrap(),
            // The next one follows in the same line.
            4 => {
                write!(sql, " {delimiter} {} {delimiter}", statement(c)).unwrap();
            }
            _ => write!(sql, " {delimiter}").unwrap(),
        }
        sql.push_str(&c.one(&["\n", "\n", "\n\n", "\r\n"]));
    }
    let is_converted = items.first().is_some_and(|bytes| bytes[1] % 4 == 0);
    if is_converted {
        sql = sql.replace('\n', "\r\n");
    }
    SqlScript {
        is_typed: true,
        ..sql.into()
    }
}

#[test]
fn what_clients_take_is_taken() {
    let comparison = ScriptComparison::exact("spelled", SEEDS);
    let scripts = vec(vec(any::<u8>(), 40), 1..10).prop_map(|items| script(&items));
    if let Some(compared) = comparison.of(scripts) {
        compared.assert_telling(100, 5);
    }
}
