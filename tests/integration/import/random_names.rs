//! Random renames beside a choice of tables, against a real MariaDB: tables are made, renamed in turns and in circles,
//! filled under each of their names, dropped and made again, and the importer is asked for some of them, by `--tables`
//! or `--exclude`, from a file or through a pipe.
//!
//! The tables that have those names in the end must be there, with all of their rows, and no others.

use std::fmt::Write as _;

use proptest::collection::vec;
use proptest::prelude::*;

use crate::import::compared_scripts::{Choices, ChosenTables, ScriptComparison, SqlScript};

/// Where the seeds of failures are kept.
const SEEDS: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/oracle/name-regressions.txt"
);

const NAMES: &[&str] = &[
    "a", "b", "c", "a_new", "a_old", "we`ird", "order", "日本", "$",
];

/// The names that tables have at present, and the statements so far.
#[derive(Default)]
struct Renamed {
    present: Vec<&'static str>,
    sql: String,
    rows: usize,
}

fn quoted(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

impl Renamed {
    fn add(&mut self, statement: &str) {
        writeln!(self.sql, "{statement};").unwrap();
    }

    fn present(&self, c: &mut Choices<'_>) -> Option<&'static str> {
        let count = self.present.len();
        (count > 0).then(|| self.present[c.below(count)])
    }

    fn free(&self, c: &mut Choices<'_>) -> Option<&'static str> {
        let mut free = NAMES.to_vec();
        free.retain(|name| !self.present.contains(name));
        (!free.is_empty()).then(|| free[c.below(free.len())])
    }

    fn renamed(&mut self, old: &str, new: &'static str) {
        self.present.retain(|name| *name != old);
        self.present.push(new);
    }

    fn fill(&mut self, c: &mut Choices<'_>, name: &str) {
        let name = quoted(name);
        self.rows += 1;
        let row = self.rows;
        match c.below(6) {
            0 => self.add(&format!("REPLACE INTO {name} (x, s) VALUES ({row}, 'r')")),
            1 => self.add(&format!(
                "UPDATE {name} SET s = CONCAT(s, 'u') WHERE x < {row}"
            )),
            2 => self.add(&format!("DELETE FROM {name} WHERE x = {}", c.below(9))),
            _ => {
                let next = row + 1;
                self.rows = next;
                self.add(&format!(
                    "INSERT INTO {name} (x, s) VALUES ({row}, 'p'), ({next}, 'q')"
                ));
            }
        }
    }

    fn make(&mut self, c: &mut Choices<'_>) {
        let Some(name) = self.free(c) else { return };
        let kind = c.one(&["", "IF NOT EXISTS ", ""]);
        let keys = c.one(&["", ", PRIMARY KEY (x)", ", KEY (s)"]);
        let columns = format!("x int NOT NULL, s varchar(90) DEFAULT 'd'{keys}");
        self.add(&format!("CREATE TABLE {kind}{} ({columns})", quoted(name)));
        self.present.push(name);
        self.fill(c, name);
    }

    fn rename(&mut self, c: &mut Choices<'_>) {
        let (Some(old), Some(new)) = (self.present(c), self.free(c)) else {
            return;
        };
        let (from, to) = (quoted(old), quoted(new));
        let statement = match c.below(7) {
            0 => format!("ALTER TABLE {from} RENAME {to}"),
            1 => format!("ALTER TABLE {from} RENAME TO {to}, COMMENT 'moved'"),
            2 => format!(
                "ALTER TABLE {from} ADD COLUMN IF NOT EXISTS y int DEFAULT 7, RENAME AS {to}"
            ),
            3 => format!("RENAME TABLES {from} TO {to}"),
            4 => format!("rename table if exists {from} to {to}"),
            _ => format!("RENAME TABLE {from} TO {to}"),
        };
        self.add(&statement);
        self.renamed(old, new);
    }

    /// Two tables take each other's names.
    fn swap(&mut self, c: &mut Choices<'_>) {
        let (Some(one), Some(other), Some(free)) = (self.present(c), self.present(c), self.free(c))
        else {
            return;
        };
        if one == other {
            return;
        }
        let (a, b, between) = (quoted(one), quoted(other), quoted(free));
        self.add(&format!(
            "RENAME TABLE {a} TO {between}, {b} TO {a}, {between} TO {b}"
        ));
    }

    /// As tools change a table: a copy is filled, and takes its name.
    fn replace(&mut self, c: &mut Choices<'_>) {
        let (Some(old), Some(copy)) = (self.present(c), self.free(c)) else {
            return;
        };
        let (from, to) = (quoted(old), quoted(copy));
        self.add(&format!("CREATE TABLE {to} LIKE {from}"));
        if c.below(2) == 0 {
            self.add(&format!("INSERT INTO {to} SELECT * FROM {from}"));
        }
        self.present.push(copy);
        let Some(aside) = self.free(c) else { return };
        let moved = quoted(aside);
        self.add(&format!("RENAME TABLE {from} TO {moved}, {to} TO {from}"));
        self.renamed(copy, aside);
        if c.below(2) == 0 {
            self.add(&format!("DROP TABLE {moved}"));
            self.present.retain(|name| *name != aside);
        }
    }

    fn step(&mut self, c: &mut Choices<'_>) {
        match c.below(12) {
            0 | 1 => self.make(c),
            2..=4 => self.rename(c),
            5 => self.swap(c),
            6 => self.replace(c),
            7 => {
                if let Some(name) = self.present(c) {
                    self.add(&format!("DROP TABLE IF EXISTS {}", quoted(name)));
                    self.present.retain(|other| *other != name);
                }
            }
            8 => {
                if let Some(name) = self.present(c) {
                    self.add(&format!("TRUNCATE TABLE {}", quoted(name)));
                }
            }
            _ => {
                if let Some(name) = self.present(c) {
                    self.fill(c, name);
                }
            }
        }
    }

    /// Some of the names that there are in the end.
    fn chosen(&self, c: &mut Choices<'_>) -> ChosenTables {
        let mut names = self.present.clone();
        names.retain(|_| c.below(2) == 0);
        let names: Vec<String> = names.into_iter().map(str::to_owned).collect();
        match c.below(5) {
            _ if names.is_empty() => ChosenTables::All,
            0 => ChosenTables::All,
            1 | 2 => ChosenTables::Only(names),
            _ => ChosenTables::Without(names),
        }
    }
}

fn script(choices: &[u8], steps: &[Vec<u8>]) -> SqlScript {
    let mut renamed = Renamed::default();
    let c = &mut Choices::of(choices);
    renamed.add("SET NAMES utf8mb4");
    for _ in 0..3 {
        renamed.make(c);
    }
    for step in steps {
        renamed.step(&mut Choices::of(step));
    }
    SqlScript {
        chosen: renamed.chosen(c),
        is_piped: c.below(4) == 0,
        ..renamed.sql.into()
    }
}

#[test]
fn tables_are_chosen_by_their_names_in_the_end() {
    let comparison = ScriptComparison {
        may_refuse: |message| message.contains("have been passed over"),
        // Rows of a table that nobody asked for.
        admits: |note, _| note.contains("not carried out"),
        ..ScriptComparison::exact("renamed", SEEDS)
    };
    let scripts = (vec(any::<u8>(), 30), vec(vec(any::<u8>(), 10), 1..14))
        .prop_map(|(choices, steps)| script(&choices, &steps));
    if let Some(compared) = comparison.of(scripts) {
        compared.assert_telling(80, 5);
    }
}
