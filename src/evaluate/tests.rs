//! Expressions and their values: what the issue of each rule was, what is refused, and that the function table
//! of the documents is whole. Every function is compared with a server in `tests/integration/import`.

use super::*;
use crate::dump::{Charset, Modes, Position};

struct Noon;

impl Surroundings for Noon {
    fn clock(&self) -> Result<Clock, Unevaluable> {
        Ok(Clock {
            now: 1_709_985_600_500_000,
            wall: 1_709_985_600_500_000,
            zone: 0,
        })
    }
}

fn source(text: &str) -> SourceText {
    SourceText {
        text: text.to_owned(),
        modes: Modes::default(),
        charset: Charset::Utf8,
        position: Position::default(),
    }
}

fn value(text: &str) -> Result<Datum, Unevaluable> {
    parse(&source(text))?.evaluate(&Noon)
}

fn shown(text: &str) -> String {
    match value(text) {
        Ok(Datum::Bytes(bytes, _)) => data_encoding::HEXLOWER.encode(&bytes),
        Ok(datum) => datum.shown().unwrap_or_else(|| "NULL".to_owned()),
        Err(reason) => format!("? {reason}"),
    }
}

#[test]
fn follows_mysql_where_sqlite_does_otherwise() {
    for (expression, expected) in [
        ("CONCAT(x'ff', x'00')", "ff00"),
        ("12345678901234567.89 + 1", "12345678901234568.89"),
        ("CAST('2024-3-9' AS DATE)", "2024-03-09"),
        ("HEX(255)", "FF"),
        ("0x10 + 0", "16"),
        ("ROUND(1.005, 2)", "1.01"),
        ("CAST('12.7' AS SIGNED)", "12"),
        ("DATE('2020-02-31')", "NULL"),
        ("'a' = 'A'", "1"),
        ("UPPER('é')", "É"),
        ("CONCAT('v', 1.50)", "v1.50"),
        ("SUBSTRING('ab', -5)", ""),
        ("HEX(NULL)", "NULL"),
        ("1 | 4 << 2 & 31", "17"),
        ("-1 >> 60", "15"),
        ("~0", "18446744073709551615"),
        ("5 / 2", "2.5000"),
        ("IFNULL(NULL, 1.50) + 1", "2.50"),
        ("COALESCE(1, 2.5)", "1.0"),
        ("CASE 'b' WHEN 'A' THEN 1 WHEN 'B' THEN 2 END", "2"),
        ("'2024-01-31' + INTERVAL 1 MONTH", "2024-02-29"),
        ("INTERVAL 1 DAY + DATE'2024-12-31'", "2025-01-01"),
        ("NOW(3)", "2024-03-09 12:00:00.500"),
        ("'x' LIKE '%' AND NOT 'ab' LIKE 'a\\\\_'", "1"),
        ("TRIM(LEADING 'ab' FROM 'ababc')", "c"),
        ("_latin1 0xE9", "é"),
        ("_latin1'é'", "Ã©"),
    ] {
        assert_eq!(shown(expression), expected, "{expression}");
    }
}

#[test]
fn what_servers_differ_in_is_refused_with_its_name() {
    for (expression, reason) in [
        ("SLEEP(1)", "the function SLEEP"),
        ("(SELECT 1)", "a query"),
        ("`f`(1)", "the stored function f"),
        ("a + 1", "the unknown name a"),
        ("@x", "the variable @x"),
        ("x'10' + 0", "bytes as a number"),
        (
            "'a' = 'a '",
            "a comparison that depends on the server's collation",
        ),
        ("'x' REGEXP 'y'", "REGEXP"),
        ("9223372036854775807 + 1", "a number of more than 64 bits"),
        (
            "CAST('0000-00-00' AS DATE)",
            "a date or time written as \"0000-00-00\"",
        ),
        (
            "REPEAT('x', 100000000)",
            "a value of more than 16777216 characters",
        ),
    ] {
        assert_eq!(value(expression).unwrap_err(), reason, "{expression}");
    }
}

#[test]
fn hostile_nesting_ends_in_an_error() {
    let deep = format!("{}1{}", "(".repeat(5000), ")".repeat(5000));
    assert_eq!(value(&deep).unwrap_err(), "deeper nesting than is read");
    let chain = format!("1{}", "+1".repeat(9000));
    assert_eq!(value(&chain).unwrap_err(), "deeper nesting than is read");
    let signs = format!("{}1", "- ".repeat(5000));
    assert_eq!(value(&signs).unwrap_err(), "deeper nesting than is read");
    assert_eq!(shown(&format!("1{}", "+1".repeat(250))), "251");
}

#[test]
fn the_documents_name_every_function() {
    let page = include_str!("../../docs/import.md");
    for name in functions::names().filter(|name| !["|", "NEG"].contains(name)) {
        assert!(
            page.contains(&format!("`{name}`")),
            "docs/import.md lacks {name}"
        );
    }
}

#[test]
fn queries_in_from_are_read_to_a_depth() {
    let nested = |depth| {
        let (open, close) = ("SELECT * FROM (".repeat(depth), ") AS q".repeat(depth));
        selection(&source(&format!("{open}SELECT a FROM t{close}")))
    };
    assert!(nested(20).is_ok());
    assert_eq!(nested(10_000).unwrap_err(), "deeper nesting than is read");
}
