//! Random scripts against a real MariaDB: what people write themselves, statement by statement, and not what a
//! program has dumped. The client sends a script to the server, the importer reads the same bytes, and both
//! must hold the same rows.
//!
//! What is generated is what once lost rows or numbers: several statements under one delimiter, blocks,
//! settings of one statement, lists of SQL modes made of others, numbers behind `DELETE` and `TRUNCATE` and in
//! groups, defaults over other columns, renames, transactions that are undone. Every statement is one
//! that the server takes.

use std::fmt::Write as _;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::import::compared_scripts::{ScriptComparison, SqlScript};

/// Where the seeds of failures are kept.
const SEEDS: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/oracle/script-regressions.txt"
);

/// No key is unique but where nothing can meet, so that no row is ever refused.
const TABLES: &str = "\
CREATE TABLE counted (id int AUTO_INCREMENT, t varchar(40), KEY (id)) AUTO_INCREMENT = 7;
CREATE TABLE grouped (g varchar(3), id int AUTO_INCREMENT, t varchar(40), KEY (g, id)) ENGINE=MyISAM;
CREATE TABLE filled (id int DEFAULT 3, b int DEFAULT (id * 2), t varchar(40) DEFAULT (concat(id, '-', b)));
";

#[derive(Debug, Clone)]
enum Item {
    /// Rows for a table: the numbers choose what is given and what.
    Insert(u8, Vec<(u8, u8)>),
    Empty(u8, bool),
    Restart(u16),
    Mode(&'static str),
    Rename,
    /// One statement with settings of its own.
    With(&'static str, Box<Item>),
    /// Several statements between two delimiters.
    Group(&'static str, Vec<Item>),
    Block(Vec<Item>),
    /// What opens it, statements, savepoints with what is done behind each, what closes it.
    Transaction(
        &'static str,
        Vec<Item>,
        Vec<(Vec<Item>, bool)>,
        &'static str,
    ),
    /// Something that has a body.
    Body(&'static str),
}

const MODES: &[&str] = &[
    "sql_mode = CONCAT(@@sql_mode, ',NO_BACKSLASH_ESCAPES')",
    "sql_mode = REPLACE(@@sql_mode, 'NO_BACKSLASH_ESCAPES', '')",
    "SESSION sql_mode = (SELECT CONCAT_WS(',', @@SESSION.sql_mode, 'ANSI_QUOTES'))",
    "@@sql_mode = REPLACE(REPLACE(@@sql_mode, 'ANSI_QUOTES', ''), ',,', ',')",
    "sql_mode = CONCAT('NO_AUTO_VALUE_ON_ZERO,', UPPER(@@sql_mode))",
    "sql_mode = 1572864",
    "@old = @@sql_mode, sql_mode = 'ANSI'",
    "sql_mode = COALESCE(@old, @@sql_mode)",
    "sql_mode = DEFAULT",
    "GLOBAL sql_mode = @@GLOBAL.sql_mode",
];

const SETTINGS: &[&str] = &[
    "max_statement_time = 100",
    "sql_mode = CONCAT(@@sql_mode, ',NO_AUTO_VALUE_ON_ZERO,NO_BACKSLASH_ESCAPES')",
    "unique_checks = 0, sql_mode = ''",
];

const BODIES: &[&str] = &[
    "CREATE OR REPLACE PROCEDURE p() BEGIN IF 1 THEN SELECT 1; ELSE SELECT CASE 1 WHEN 1 THEN 2 END; END IF; END",
    "CREATE OR REPLACE PROCEDURE p() REPEAT SET @x = IF(1, 2, 3); UNTIL 1 END REPEAT",
    "CREATE OR REPLACE FUNCTION f(a int) RETURNS SET('a','b') DETERMINISTIC RETURN IF(a, 'a', 'b')",
    "CREATE OR REPLACE PROCEDURE p() l: BEGIN DECLARE EXIT HANDLER FOR NOT FOUND BEGIN END; WHILE 0 DO LEAVE l; END WHILE; END l",
    "CREATE OR REPLACE EVENT e ON SCHEDULE EVERY 9 YEAR DISABLE DO DELETE FROM counted",
];

const OPENINGS: &[&str] = &[
    "BEGIN",
    "START TRANSACTION",
    "START TRANSACTION READ WRITE",
    "SET autocommit = 0",
    "BEGIN; SET @x = 1",
];

const CLOSINGS: &[&str] = &[
    "ROLLBACK",
    "COMMIT",
    "ROLLBACK AND NO CHAIN",
    "COMMIT AND CHAIN; ROLLBACK",
    "SET autocommit = 1",
    "CREATE TABLE IF NOT EXISTS counted (a int); ROLLBACK",
    "UNLOCK TABLES; ROLLBACK",
];

const TEXTS: &[&str] = &[
    "a", "B", "x\\n", "\\\\", "it''s", ";", "//", "-- x", "END", "é",
];

fn item() -> impl Strategy<Value = Item> {
    let insert =
        (any::<u8>(), vec(any::<(u8, u8)>(), 1..5)).prop_map(|(t, rows)| Item::Insert(t, rows));
    let leaf = prop_oneof![
        8 => insert.clone(),
        1 => any::<(u8, bool)>().prop_map(|(table, truncates)| Item::Empty(table, truncates)),
        1 => (3..5000_u16).prop_map(Item::Restart),
        3 => select(MODES).prop_map(Item::Mode),
        1 => Just(Item::Rename),
        2 => (select(SETTINGS), insert).prop_map(|(settings, item)| Item::With(settings, Box::new(item))),
    ];
    let inner = prop_oneof![6 => leaf.clone(), 1 => select(BODIES).prop_map(Item::Body)];
    let group = (select(&["//", ";;", "$$", "go_on"][..]), vec(inner, 1..5));
    // Statements that end a transaction or change the reading are not for blocks.
    let run = |item: &Item| matches!(item, Item::Insert(..));
    let block = vec(leaf.clone().prop_filter("a block holds rows", run), 1..4);
    prop_oneof![
        4 => leaf,
        2 => group.prop_map(|(delimiter, items)| Item::Group(delimiter, items)),
        1 => block.prop_map(Item::Block),
        4 => transaction(),
    ]
}

/// Rows come and go, up to savepoints and behind them.
fn transaction() -> impl Strategy<Value = Item> {
    let change = prop_oneof![
        5 => (any::<u8>(), vec(any::<(u8, u8)>(), 1..5)).prop_map(|(t, rows)| Item::Insert(t, rows)),
        1 => any::<u8>().prop_map(|table| Item::Empty(table, false)),
    ];
    let changes = vec(change, 0..4);
    let savepoints = vec((changes.clone(), any::<bool>()), 0..4);
    (select(OPENINGS), changes, savepoints, select(CLOSINGS)).prop_map(
        |(opening, changes, savepoints, closing)| {
            Item::Transaction(opening, changes, savepoints, closing)
        },
    )
}

/// All but the closing `ROLLBACK` and its like in one line each.
fn transaction_sql(
    (opening, closing): (&str, &str),
    changes: &[Item],
    savepoints: &[(Vec<Item>, bool)],
) -> String {
    let mut statements = vec![opening.to_owned()];
    statements.extend(changes.iter().map(Item::statement));
    for (number, (changes, undone)) in savepoints.iter().enumerate() {
        // Two names, so that later ones take those of earlier ones.
        let name = ["a", "b"][number % 2];
        statements.push(format!("SAVEPOINT {name}"));
        statements.extend(changes.iter().map(Item::statement));
        if *undone {
            statements.push(format!("ROLLBACK TO SAVEPOINT {name}"));
        }
    }
    statements.push(closing.to_owned());
    if opening.contains("autocommit") {
        statements.push("SET autocommit = 1".to_owned());
    }
    statements.join(";\n")
}

fn script(items: &[Item]) -> SqlScript {
    let mut sql = format!("SET NAMES utf8mb4;\n{TABLES}");
    let joined = |items: &[Item], between: &str| {
        let statements: Vec<String> = items.iter().map(Item::statement).collect();
        statements.join(between)
    };
    for item in items {
        let written = match item {
            // What is set for the lexer holds from the next text that is sent on.
            Item::Group(delimiter, items) => {
                let text = joined(items, "; ");
                writeln!(
                    sql,
                    "DELIMITER {delimiter}\n{text} {delimiter}\nDELIMITER ;"
                )
            }
            Item::Block(items) => {
                let text = joined(items, ";\n");
                writeln!(
                    sql,
                    "DELIMITER //\nBEGIN NOT ATOMIC\n{text};\nEND//\nDELIMITER ;"
                )
            }
            item => writeln!(sql, "{};", item.statement()),
        };
        written.unwrap();
    }
    sql.into()
}

impl Item {
    fn statement(&self) -> String {
        match self {
            Self::Insert(table, rows) => insert(*table, rows),
            // Where 2 is next, InnoDB skips it for an explicit 0.
            Self::Empty(table, true) if name(*table) == "counted" => {
                "TRUNCATE TABLE counted; INSERT INTO counted (t) VALUES ('x'), ('y')".to_owned()
            }
            Self::Empty(table, true) => format!("TRUNCATE TABLE {}", name(*table)),
            Self::Empty(table, false) => format!("DELETE FROM {}", name(*table)),
            Self::Restart(next) => format!("ALTER TABLE counted AUTO_INCREMENT = {next}"),
            Self::Mode(assignment) => format!("SET {assignment}"),
            Self::Rename => {
                "RENAME TABLE counted TO other, other TO elsewhere, elsewhere TO counted".to_owned()
            }
            Self::With(settings, item) => {
                format!("SET STATEMENT {settings} FOR {}", item.statement())
            }
            Self::Body(text) => (*text).to_owned(),
            Self::Transaction(opening, changes, savepoints, closing) => {
                transaction_sql((opening, closing), changes, savepoints)
            }
            Self::Group(..) | Self::Block(_) => String::new(),
        }
    }
}

fn name(table: u8) -> &'static str {
    ["counted", "grouped", "filled"][usize::from(table % 3)]
}

/// The first row says which columns are given.
fn insert(table: u8, rows: &[(u8, u8)]) -> String {
    let name = name(table);
    let with_id = rows[0].0.is_multiple_of(2);
    let mut columns = vec!["t"];
    if name == "grouped" {
        columns.push("g");
    }
    if with_id {
        columns.push("id");
    }
    let without_text = name == "filled" && with_id && rows[0].1.is_multiple_of(2);
    if without_text {
        columns.remove(0);
    }
    let rows: Vec<String> = rows
        .iter()
        .map(|(first, second)| {
            let values = columns.iter().map(|column| match *column {
                "t" => format!("'{}'", TEXTS[usize::from(*second) % TEXTS.len()]),
                "g" => ["'a'", "'A'", "'b '", "'b'", "NULL"][usize::from(*first) % 5].to_owned(),
                // One kind in all rows: of a mixture, InnoDB takes more numbers than it gives.
                _ if name == "filled" => {
                    ["1", "DEFAULT", "NULL", "12"][usize::from(*first / 5) % 4].to_owned()
                }
                _ => match rows[0].1 % 4 {
                    0 => "NULL".to_owned(),
                    1 => "0".to_owned(),
                    2 => "DEFAULT".to_owned(),
                    _ => (u32::from(*first) + 1).to_string(),
                },
            });
            format!("({})", values.collect::<Vec<_>>().join(", "))
        })
        .collect();
    format!(
        "INSERT INTO {name} ({}) VALUES {}",
        columns.join(", "),
        rows.join(", ")
    )
}

#[test]
fn random_scripts_hold_what_the_server_holds() {
    let comparison = ScriptComparison::exact("scripts", SEEDS);
    let scripts = vec(item(), 3..20).prop_map(|items| script(&items));
    if let Some(compared) = comparison.of(scripts) {
        compared.assert_telling(100, 10);
    }
}
