//! The promise that SQLite 3.40 opens every imported file: tried with Debian's program.
//!
//! One definition that the older parser has no room for makes all tables of a file unreadable, and the newer
//! engine, which is compiled in, does not notice.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use rusqlite::Connection;
use rusqlite::limits::Limit;
use tempfile::TempDir;

use crate::import::cases;
use crate::support::binary::run;
use crate::support::debian_sqlite;

/// The room of the parser of SQLite 3.40, as `src/file/sql.rs` has it.
const DEPTH: i32 = 100;

/// Ways to nest: what is inside takes the place of `?`.
const NESTS: &[(&str, &str)] = &[
    ("a", "(?)"),
    ("a", "(? + 1)"),
    ("a", "(1 + ?)"),
    ("a", "abs(?)"),
    ("a", "iif(a = 1, 2, ?)"),
    ("a", "coalesce(?, a)"),
    ("a", "replace(?, 'x', '')"),
    ("a", "CASE WHEN a THEN ? ELSE a END"),
    ("a", "CASE WHEN ? THEN 1 END"),
    ("a", "(NOT ?)"),
    ("a", "(a AND (? OR 1))"),
    ("a", "CAST(? AS TEXT)"),
    ("a", "(? IN (1, 2))"),
    ("a", "(a IN (1, ?))"),
    ("a", "(? BETWEEN 1 AND 2)"),
    ("a", "(? COLLATE NOCASE)"),
    ("a", "printf('%.2f', ?)"),
];

/// The same of queries.
const QUERIES: &[(&str, &str)] = &[
    ("SELECT a FROM t", "SELECT a FROM (?)"),
    (
        "SELECT a FROM t",
        "SELECT a FROM (?) AS x JOIN t AS y USING (a)",
    ),
    ("SELECT a FROM t", "SELECT (?) AS a FROM t"),
    ("SELECT a FROM t", "SELECT a FROM t WHERE a IN (?)"),
    ("SELECT a FROM t", "SELECT a FROM t WHERE EXISTS (?)"),
    ("SELECT a FROM t", "SELECT a FROM t UNION SELECT * FROM (?)"),
    ("SELECT a FROM t", "WITH c AS (?) SELECT a FROM c"),
];

#[test]
fn the_limit_of_the_parser_is_that_of_the_promised_one() {
    if !debian_sqlite::is_here() {
        return;
    }
    let mut refused = 0;
    for (start, around) in NESTS {
        for shape in [
            "CREATE TABLE t (b, a CHECK (?))",
            "CREATE TABLE t (a, b AS (?))",
            "CREATE TABLE t (a); CREATE INDEX i ON t (?)",
        ] {
            refused += compare(start, around, shape);
        }
    }
    for (start, around) in QUERIES {
        refused += compare(start, around, "CREATE TABLE t (a); CREATE VIEW v AS ?");
    }
    assert!(refused > 50, "{refused} were refused");
}

/// Nests deeper and deeper until both refuse; they must begin at the same depth.
fn compare(start: &str, around: &str, shape: &str) -> u32 {
    let mut nested = start.to_owned();
    for depth in 1..DEPTH {
        nested = around.replace('?', &nested);
        let sql = format!("{};", shape.replace('?', &nested));
        let own = Connection::open_in_memory().unwrap();
        own.set_limit(Limit::SQLITE_LIMIT_PARSER_DEPTH, DEPTH)
            .unwrap();
        let own = own.execute_batch(&sql).map_err(|error| error.to_string());
        let theirs = debian_sqlite::run(Path::new(":memory:"), &sql);
        let what = format!("depth {depth} of {around} in {shape}: {own:?}, {theirs:?}");
        assert_eq!(own.is_ok(), theirs.is_ok(), "{what}");
        if let Err(complaint) = theirs {
            assert!(complaint.contains("parser stack overflow"), "{what}");
            return 1;
        }
    }
    0
}

#[test]
fn every_case_is_opened_by_the_promised_sqlite() {
    if !debian_sqlite::is_here() {
        return;
    }
    let folder = TempDir::new().unwrap();
    let mut opened = 0;
    for case in cases::cases() {
        let expected = cases::expected(&case);
        if expected.contains_key("error") {
            continue;
        }
        let input = fs::read(case.join("input.sql")).unwrap();
        fs::write(folder.path().join("input.sql"), input).unwrap();
        let mut arguments = vec!["import", "input.sql", "-o", "out.sqlite", "--force"];
        let options = cases::strings(&expected, "options");
        arguments.extend(options.iter().map(String::as_str));
        run(folder.path(), &arguments).exits(0);
        let file = folder.path().join("out.sqlite");
        opens(&file).unwrap_or_else(|complaint| panic!("{}: {complaint}", case.display()));
        opened += 1;
    }
    assert!(opened > 50, "{opened} files");
}

/// Whether the program reads the schema, every row of every table and the rows of every view.
pub(crate) fn opens(file: &Path) -> Result<(), String> {
    let names: Vec<String> = Connection::open(file)
        .unwrap()
        .prepare("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let mut sql = String::from("PRAGMA integrity_check;\n");
    for name in &names {
        let name = name.replace('"', "\"\"");
        writeln!(sql, "SELECT count(*) > 0 FROM (SELECT * FROM \"{name}\");").unwrap();
    }
    let answer = debian_sqlite::run(file, &sql)?;
    if answer.starts_with("ok\n") && answer.lines().count() == names.len() + 1 {
        Ok(())
    } else {
        Err(answer)
    }
}
