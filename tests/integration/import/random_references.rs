//! Random foreign keys in all the places where one may stand, against a real MariaDB: behind a column, in the table, in an
//! `ALTER TABLE`, with every action on deletion and change, in any order, names of constraints, `MATCH`.
//!
//! Rows of parents are deleted and changed behind that, so both sides must do with children's rows what their keys say,
//! and the file must have the keys that the server has.

use std::fmt::Write as _;

use proptest::collection::vec;
use proptest::prelude::*;

use std::collections::BTreeSet;
use std::path::Path;

use rusqlite::Connection;

use crate::import::compared_scripts::{Choices, ScriptComparison, SqlScript};
use crate::support::mariadb::MariaDb;

/// Where the seeds of failures are kept.
const SEEDS: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/oracle/reference-regressions.txt"
);

const PARENTS: &str = "\
SET NAMES utf8mb4; SET sql_mode = '';
CREATE TABLE p (id int PRIMARY KEY, code varchar(9) UNIQUE, n int, UNIQUE KEY (n));
CREATE TABLE `q``x` (id int PRIMARY KEY, at timestamp NULL UNIQUE);
INSERT INTO p VALUES (1, 'a', 10), (2, 'b', 20), (3, 'c', NULL), (4, 'd', 40);
INSERT INTO `q``x` VALUES (1, '2024-01-05 10:11:12'), (2, NULL), (3, '2024-02-29 00:00:00');
";

/// The type of a child's column, what it refers to, and values.
type Referring = (&'static str, &'static str, &'static [&'static str]);

const REFERRING: &[Referring] = &[
    ("int", "p (id)", &["1", "2", "3", "NULL", "4"]),
    ("int", "p(id)", &["1", "2", "3", "NULL", "4"]),
    ("int NULL", "`p` (`n`)", &["10", "20", "NULL", "40"]),
    ("varchar(9)", "p (code)", &["'a'", "'b'", "NULL", "'d'"]),
    (
        "varchar(9) DEFAULT 'a' COMMENT 'REFERENCES z'",
        "p (`code`)",
        &["'c'", "DEFAULT", "NULL"],
    ),
    ("int UNIQUE", "p (id)", &["NULL"]),
    ("int NOT NULL DEFAULT 4", "p (id)", &["1", "DEFAULT", "3"]),
    (
        "timestamp NULL ON UPDATE CURRENT_TIMESTAMP",
        "`q``x` (at)",
        &["NULL", "'2024-01-05 10:11:12'", "'2024-02-29'"],
    ),
    ("int", "`q``x` (id)", &["1", "2", "NULL", "3"]),
];

fn actions(c: &mut Choices<'_>, is_null: bool) -> String {
    let action = |c: &mut Choices<'_>| match c.below(if is_null { 8 } else { 5 }) {
        0..=2 => "CASCADE",
        3 => "NO ACTION",
        4 => "RESTRICT",
        _ => "SET NULL",
    };
    let (delete, update) = (action(c), action(c));
    let matches = c.one(&["", "", " MATCH FULL", " MATCH SIMPLE"]);
    let both = match c.below(6) {
        0 => String::new(),
        1 => format!(" ON DELETE {delete}"),
        2 => format!(" ON UPDATE {update}"),
        3 => format!(" ON UPDATE {update} ON DELETE {delete}"),
        4 => format!(
            " on delete {} on update {}",
            delete.to_ascii_lowercase(),
            update.to_ascii_lowercase()
        ),
        _ => format!("\n  ON DELETE {delete}\n  ON UPDATE {update}"),
    };
    matches + &both
}

/// A child's definition, and what is altered behind it.
fn child(c: &mut Choices<'_>, name: &str) -> (String, Vec<&'static [&'static str]>) {
    let (mut columns, mut keys, mut later, mut values) =
        (String::new(), String::new(), String::new(), Vec::new());
    for at in 0..=c.below(3) {
        let (kind, parent, own) = REFERRING[c.below(REFERRING.len())];
        let references = format!(
            "REFERENCES {parent}{}",
            actions(c, !kind.contains("NOT NULL"))
        );
        let named = c.one(&["", "", &format!("CONSTRAINT {name}{at} "), "CONSTRAINT "]);
        let column = format!("r{at} {kind}");
        match c.below(5) {
            0 | 1 => write!(columns, ", {column} {named}{references}").unwrap(),
            2 => {
                write!(columns, ", {column}").unwrap();
                let key = c.one(&["", "", &format!("fk{at} ")]);
                write!(keys, ", {named}FOREIGN KEY {key}(r{at}) {references}").unwrap();
            }
            3 => writeln!(
                later,
                "ALTER TABLE {name} ADD COLUMN {column} {references};"
            )
            .unwrap(),
            _ => {
                write!(columns, ", {column}").unwrap();
                writeln!(
                    later,
                    "ALTER TABLE {name} ADD {named}FOREIGN KEY (r{at}) {references};"
                )
                .unwrap();
            }
        }
        values.push(own);
    }
    (
        format!("CREATE TABLE {name} (id int AUTO_INCREMENT PRIMARY KEY{columns}{keys});\n{later}"),
        values,
    )
}

fn rows(c: &mut Choices<'_>, name: &str, columns: &[&[&str]]) -> String {
    let names: Vec<String> = (0..columns.len()).map(|at| format!("r{at}")).collect();
    let rows: Vec<String> = (0..=c.below(4))
        .map(|_| {
            let values: Vec<String> = columns.iter().map(|values| c.one(values)).collect();
            format!("({})", values.join(", "))
        })
        .collect();
    format!(
        "INSERT INTO {name} ({}) VALUES {};\n",
        names.join(", "),
        rows.join(", ")
    )
}

const CHANGES: &[&str] = &[
    "DELETE FROM p WHERE id = 1",
    "DELETE FROM p WHERE code = 'b'",
    "DELETE FROM `q``x` WHERE id = 3",
    "UPDATE p SET id = 12 WHERE id = 2",
    "UPDATE p SET code = 'z' WHERE id = 1",
    "UPDATE p SET n = 11, code = 'y' WHERE n = 10",
    "UPDATE `q``x` SET at = '2025-01-01' WHERE id = 1",
    "UPDATE `q``x` SET id = 9 WHERE id = 1",
    "DELETE FROM p WHERE id > 3",
];

fn script(children: &[Vec<u8>], changes: &[u8]) -> SqlScript {
    let mut sql = PARENTS.to_owned();
    for (bytes, name) in children.iter().zip(["c", "d", "e"]) {
        let c = &mut Choices::of(bytes);
        let (definition, values) = child(c, name);
        sql.push_str(&definition);
        sql.push_str(&rows(c, name, &values));
    }
    for change in changes {
        writeln!(sql, "{};", CHANGES[usize::from(*change) % CHANGES.len()]).unwrap();
    }
    sql.into()
}

/// Both sides' keys: table, column, table and column that it refers to, actions on change and deletion.
fn has_its_keys(db: &MariaDb, database: &str, file: &Path) -> Result<(), String> {
    let expected = db.query(&format!(
        "SELECT table_name, column_name, k.referenced_table_name, referenced_column_name, update_rule, delete_rule
         FROM information_schema.key_column_usage k
         JOIN information_schema.referential_constraints USING (constraint_schema, constraint_name, table_name)
         WHERE constraint_schema = '{database}'"
    ));
    let connection = Connection::open(file).unwrap();
    let mut statement = connection
        .prepare(
            "SELECT t.name, \"from\", \"table\", \"to\", on_update, on_delete
             FROM sqlite_schema t JOIN pragma_foreign_key_list(t.name) WHERE t.type = 'table'",
        )
        .unwrap();
    let row = |row: &rusqlite::Row<'_>| (0..6).map(|at| row.get(at)).collect();
    let found: Vec<Vec<String>> = statement
        .query_map([], row)
        .unwrap()
        .map(Result::unwrap)
        .collect();
    // To InnoDB they are the same.
    let sorted = |keys: Vec<Vec<String>>| -> BTreeSet<String> {
        let keys = keys
            .into_iter()
            .map(|key| key.join(" ").replace("RESTRICT", "NO ACTION"));
        keys.collect()
    };
    let (expected, found) = (sorted(expected), sorted(found));
    match expected == found {
        true => Ok(()),
        false => Err(format!("the keys are {found:#?}, not {expected:#?}")),
    }
}

#[test]
fn keys_are_the_same_wherever_they_stand() {
    let comparison = ScriptComparison {
        // What a key forbids.
        may_take_more: true,
        also: has_its_keys,
        admits: |note, _| note.contains("is not followed") || note.contains("not carried out"),
        ..ScriptComparison::exact("referring", SEEDS)
    };
    let scripts = (vec(vec(any::<u8>(), 40), 1..4), vec(any::<u8>(), 0..3))
        .prop_map(|(children, changes)| script(&children, &changes));
    if let Some(compared) = comparison.of(scripts) {
        compared.assert_telling(40, 15);
    }
}
