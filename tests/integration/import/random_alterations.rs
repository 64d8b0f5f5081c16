//! Random `ALTER TABLE`, against a real MariaDB: columns, keys and periods that are there or not, with `IF EXISTS` and
//! `IF NOT EXISTS`, in any case of the words; rows come before, between and behind.
//!
//! The generator knows what a table has, so that nearly all statements are ones that a server takes. What becomes of
//! rows it does not know.

use std::fmt::Write as _;

use proptest::collection::vec;
use proptest::prelude::*;

use crate::import::compared_scripts::{Choices, ScriptComparison, SqlScript};

/// Where the seeds of failures are kept.
const SEEDS: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/oracle/alteration-regressions.txt"
);

/// Columns that a table may have at present.
const COLUMNS: &[&str] = &["a", "b", "c", "d"];
const KEYS: &[&str] = &["k", "l"];

/// What the tables have at present.
struct Altered {
    columns: Vec<&'static str>,
    keys: Vec<(&'static str, &'static str)>,
    /// What the present statement has a part for: a second one would find what was there before all.
    used: Vec<&'static str>,
    rows: usize,
}

/// Any case of the letters, texts aside.
fn in_some_case(c: &mut Choices<'_>, words: &str) -> String {
    if words.contains('\'') {
        return words.to_owned();
    }
    match c.below(3) {
        0 => words.to_ascii_lowercase(),
        _ => words.to_owned(),
    }
}

const TYPES: &[&str] = &[
    "int",
    "int DEFAULT 7",
    "varchar(20)",
    "varchar(20) NOT NULL DEFAULT 'd;'",
    "decimal(9,2)",
    "bigint NULL",
    "varchar(300)",
    "int NOT NULL",
];

/// Statements that change nothing, or a table of their own.
const WHOLE: &[&str] = &[
    "CREATE TABLE IF NOT EXISTS t (z int)",
    "ALTER TABLE IF EXISTS nowhere ADD COLUMN q int, DROP COLUMN IF EXISTS r",
    "DROP TABLE IF EXISTS nowhere, elsewhere",
    "DROP INDEX IF EXISTS nope ON t",
    "DROP VIEW IF EXISTS nope",
    "RENAME TABLE IF EXISTS nowhere TO elsewhere",
    "CREATE OR REPLACE TABLE p (x int, s date, e date, PERIOD FOR app (s, e))",
    "CREATE OR REPLACE TABLE p (x int, s timestamp(6) GENERATED ALWAYS AS ROW START, e timestamp(6) GENERATED ALWAYS AS ROW END, PERIOD FOR SYSTEM_TIME (s, e)) WITH SYSTEM VERSIONING",
];

impl Altered {
    fn has(&self, column: &str) -> bool {
        self.columns.contains(&column)
    }

    fn is_in_key(&self, column: &str) -> bool {
        self.keys.iter().any(|(_, keyed)| *keyed == column)
    }

    /// A name that no part of the statement has.
    fn unused(&mut self, c: &mut Choices<'_>, names: &[&'static str]) -> Option<&'static str> {
        let name = names[c.below(names.len())];
        let is_new = !self.used.contains(&name);
        self.used.push(name);
        is_new.then_some(name)
    }

    /// A column that is not there, or any one with what makes that no fault.
    fn added(&mut self, c: &mut Choices<'_>) -> Option<String> {
        let name = self.unused(c, COLUMNS)?;
        let has = self.has(name);
        let unless = if has || c.below(2) == 0 {
            "IF NOT EXISTS "
        } else {
            ""
        };
        if !has {
            self.columns.push(name);
        }
        let (word, kind) = (c.one(&["ADD COLUMN", "ADD"]), c.one(TYPES));
        let place = if c.below(4) == 0 { " FIRST" } else { "" };
        let unique = if has && c.below(2) == 0 {
            " UNIQUE"
        } else {
            ""
        };
        Some(format!("{word} {unless}{name} {kind}{unique}{place}"))
    }

    fn dropped(&mut self, c: &mut Choices<'_>) -> Option<String> {
        let name = self.unused(c, COLUMNS)?;
        let has = self.has(name);
        if self.is_in_key(name) {
            return None;
        }
        self.columns.retain(|other| *other != name);
        let word = c.one(&["DROP COLUMN", "DROP"]);
        let exists = if has && c.below(2) == 0 {
            ""
        } else {
            "IF EXISTS "
        };
        Some(format!("{word} {exists}{name}"))
    }

    fn changed(&mut self, c: &mut Choices<'_>) -> Option<String> {
        let name = self.unused(c, COLUMNS)?;
        let has = self.has(name);
        let exists = if has && c.below(2) == 0 {
            ""
        } else {
            "IF EXISTS "
        };
        let wide = c.one(&["varchar(60)", "varchar(90) DEFAULT 'm'", "varchar(60) NULL"]);
        if self.is_in_key(name) {
            return None;
        }
        match c.below(4) {
            0 => Some(format!("MODIFY COLUMN {exists}{name} {wide}")),
            1 => Some(format!("MODIFY {exists}{name} {wide}")),
            2 => {
                let new = self.unused(c, COLUMNS)?;
                if self.has(new) {
                    return None;
                }
                if has {
                    self.columns.retain(|other| *other != name);
                    self.columns.push(new);
                }
                Some(format!("CHANGE COLUMN {exists}{name} {new} {wide}"))
            }
            _ if has => Some(format!("ALTER COLUMN {name} SET DEFAULT '5'")),
            _ => None,
        }
    }

    fn keyed(&mut self, c: &mut Choices<'_>) -> Option<String> {
        let name = self.unused(c, KEYS)?;
        let has = self.keys.iter().any(|(key, _)| *key == name);
        match c.below(3) {
            0 => {
                self.keys.retain(|(key, _)| *key != name);
                let exists = if has && c.below(2) == 0 {
                    ""
                } else {
                    "IF EXISTS "
                };
                let word = c.one(&["DROP INDEX", "DROP KEY"]);
                Some(format!("{word} {exists}{name}"))
            }
            _ => {
                let column = self.unused(c, COLUMNS).filter(|column| self.has(column))?;
                let unless = if has || c.below(2) == 0 {
                    "IF NOT EXISTS "
                } else {
                    ""
                };
                if !has {
                    self.keys.push((name, column));
                }
                let word = c.one(&["ADD INDEX", "ADD KEY"]);
                Some(format!("{word} {unless}{name} ({column})"))
            }
        }
    }

    fn statement(&mut self, c: &mut Choices<'_>) -> Option<String> {
        match c.below(9) {
            0..=3 => {
                let mut parts = Vec::new();
                self.used.clear();
                for _ in 0..=c.below(3) {
                    let part = match c.below(6) {
                        0..=2 => self.added(c),
                        3 => self.dropped(c),
                        4 => self.changed(c),
                        _ => self.keyed(c),
                    };
                    parts.extend(part.map(|part| in_some_case(c, &part)));
                }
                // With a new key, IGNORE takes rows away, and MariaDB 10.11 all of them.
                let words = ["ALTER TABLE", "ALTER TABLE IF EXISTS", "ALTER IGNORE TABLE"];
                let is_keyed = parts
                    .iter()
                    .any(|part| part.to_ascii_uppercase().contains("UNIQUE"));
                let word = c.one(if is_keyed { &words[..2] } else { &words });
                let word = in_some_case(c, &word);
                (!parts.is_empty()).then(|| format!("{word} t {}", parts.join(", ")))
            }
            4 => {
                let whole = c.one(WHOLE);
                Some(in_some_case(c, &whole))
            }
            _ => {
                self.rows += 1;
                let row = self.rows;
                let given: Vec<&str> = self
                    .columns
                    .iter()
                    .copied()
                    .filter(|_| c.below(2) == 0)
                    .collect();
                let names: String = given.iter().map(|name| format!(", {name}")).collect();
                let values: String = given.iter().map(|_| format!(", '{row}'")).collect();
                Some(format!("INSERT INTO t (id{names}) VALUES ({row}{values})"))
            }
        }
    }
}

fn script(statements: &[Vec<u8>]) -> SqlScript {
    let mut altered = Altered {
        columns: vec!["a", "b"],
        keys: Vec::new(),
        used: Vec::new(),
        rows: 0,
    };
    let mut sql =
        "SET NAMES utf8mb4; SET sql_mode = '';\nCREATE TABLE t (id int, a int, b varchar(20));\n"
            .to_owned();
    for bytes in statements {
        if let Some(statement) = altered.statement(&mut Choices::of(bytes)) {
            writeln!(sql, "{statement};").unwrap();
        }
    }
    sql.into()
}

#[test]
fn altered_tables_hold_what_the_server_holds() {
    let comparison = ScriptComparison {
        may_take_more: true,
        ..ScriptComparison::exact("altered", SEEDS)
    };
    let scripts = vec(vec(any::<u8>(), 24), 2..16).prop_map(|statements| script(&statements));
    if let Some(compared) = comparison.of(scripts) {
        compared.assert_telling(70, 8);
    }
}
