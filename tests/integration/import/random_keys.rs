//! Random `REPLACE`, `DELETE` and `UPDATE` of tables that others refer to, against a real MariaDB: rows of children go or
//! change with their parents, over several tables, by keys of one column and of two, of numbers and of texts, with foreign
//! keys checked and not, and in transactions that are undone.
//!
//! The client sends a script to the server, the importer reads the same bytes: both must hold the same cells, or a note
//! says which key is not followed.

use std::fmt::Write as _;

use proptest::collection::vec;
use proptest::prelude::*;

use crate::import::compared_scripts::{Choices, ScriptComparison, SqlScript};

/// Where the seeds of failures are kept.
const SEEDS: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/oracle/key-regressions.txt"
);

/// What `{}` stands for is done when a parent goes.
const TABLES: &str = "\
SET NAMES utf8mb4; SET sql_mode = '';
CREATE TABLE p (id int AUTO_INCREMENT PRIMARY KEY, code varchar(9) COLLATE utf8mb4_general_ci NOT NULL, a int, b tinyint, n int, UNIQUE KEY code (code), UNIQUE KEY ab (a, b));
CREATE TABLE c (id int AUTO_INCREMENT PRIMARY KEY, p_id int, n int, g int AS (n + 9) STORED, FOREIGN KEY (p_id) REFERENCES p (id) ON DELETE {});
CREATE TABLE d (k varchar(9) PRIMARY KEY, code varchar(9) COLLATE utf8mb4_general_ci, v int AS (LENGTH(code)) VIRTUAL, a int, b tinyint, FOREIGN KEY (code) REFERENCES p (code) ON DELETE {} ON UPDATE CASCADE, FOREIGN KEY (a, b) REFERENCES p (a, b) ON DELETE {});
CREATE TABLE e (c_id int, k varchar(9), n int AUTO_INCREMENT UNIQUE, FOREIGN KEY (c_id) REFERENCES c (id) ON DELETE {} ON UPDATE SET NULL, FOREIGN KEY (k) REFERENCES d (k) ON DELETE {});
CREATE TABLE t (id int PRIMARY KEY, up int, n int, FOREIGN KEY (up) REFERENCES t (id) ON DELETE {});
CREATE TABLE m (id int PRIMARY KEY, p_id int, FOREIGN KEY (p_id) REFERENCES p (id) ON DELETE CASCADE) ENGINE=MyISAM;
SET foreign_key_checks = 0;
INSERT INTO p (code, a, b, n) VALUES ('a', 1, 1, 1), ('b', 1, 2, 2), ('C', 2, 1, 3), ('d', NULL, 2, 4), ('e', 3, NULL, 5), ('f', 3, 3, 6);
INSERT INTO c (p_id, n) VALUES (1, 1), (1, 2), (2, 3), (3, 4), (4, 5), (NULL, 6), (6, 7);
INSERT INTO d (k, code, a, b) VALUES ('k1', 'a', 1, 2), ('k2', 'B', 1, 1), ('k3', 'c', NULL, 2), ('k4', NULL, 3, 3), ('k5', 'f', 2, 1);
INSERT INTO e (c_id, k) VALUES (1, 'k1'), (2, NULL), (NULL, 'k2'), (3, 'k3'), (4, 'k4'), (7, 'k5');
INSERT INTO t VALUES (1, NULL, 1), (2, 1, 2), (3, 2, 3), (4, NULL, 4), (5, 4, 5), (6, 1, 6);
INSERT INTO m VALUES (1, 1), (2, 2);
SET foreign_key_checks = 1;
";

fn row_of_p(c: &mut Choices<'_>) -> String {
    let id = c.one(&["1", "2", "3", "4", "7", "NULL", "DEFAULT", "0"]);
    let code = c.one(&["'a'", "'B'", "'c'", "'d'", "'new'", "'f'", "'e'"]);
    let (a, b) = (
        c.one(&["1", "2", "3", "NULL", "9"]),
        c.one(&["1", "2", "3", "NULL"]),
    );
    format!("({id}, {code}, {a}, {b}, {})", c.below(9))
}

fn statement(c: &mut Choices<'_>) -> String {
    match c.below(16) {
        0..=4 => {
            let rows: Vec<String> = (0..=c.below(3)).map(|_| row_of_p(c)).collect();
            format!("REPLACE INTO p VALUES {}", rows.join(", "))
        }
        5 => format!(
            "REPLACE INTO p (id, code, n) SELECT id, code, n + 10 FROM p WHERE n < {} ORDER BY id",
            c.below(6)
        ),
        6 => format!(
            "REPLACE INTO c (id, p_id, n) VALUES ({}, {}, 8)",
            c.below(8),
            c.one(&["NULL", "p_id"])
        ),
        7 | 8 => {
            let table = c.one(&["p", "c", "t", "p", "d"]);
            let condition = match table.as_str() {
                "d" => c.one(&["k = 'k1'", "k > 'k3'", "code = 'A'", "a = 1"]),
                _ => format!(
                    "{} {} {}",
                    c.one(&["id", "n"]),
                    c.one(&["=", ">", "<"]),
                    c.below(7)
                ),
            };
            format!("DELETE FROM {table} WHERE {condition}")
        }
        9 => format!("DELETE FROM {}", c.one(&["p", "t", "e", "c"])),
        10 => format!("UPDATE p SET n = n + 1 WHERE id < {}", c.below(6)),
        11 => {
            let (code, id) = (c.one(&["'x'", "'A'", "CONCAT(code, 'y')"]), c.below(7));
            format!("UPDATE p SET code = {code} WHERE id = {id}")
        }
        12 => format!(
            "SET foreign_key_checks = 0;\nINSERT IGNORE INTO c (p_id, n) VALUES ({}, 1), ({}, 2);\n{};\nSET foreign_key_checks = 1",
            c.below(8),
            c.below(8),
            c.one(&[
                "DELETE FROM p WHERE n = 2",
                "SET @x = 1",
                "REPLACE INTO p (id, code) VALUES (2, 'b')"
            ])
        ),
        13 => format!(
            "REPLACE INTO t (id, up, n) VALUES ({}, NULL, 8)",
            c.below(8)
        ),
        14 => format!(
            "BEGIN;\n{};\nDELETE FROM p WHERE id < {};\n{}",
            statement_of_p(c),
            c.below(7),
            c.one(&["ROLLBACK", "COMMIT"])
        ),
        _ => format!(
            "BEGIN;\n{};\nSAVEPOINT s;\n{};\nDELETE FROM c WHERE n = {};\nROLLBACK TO s;\nCOMMIT",
            statement_of_p(c),
            statement_of_p(c),
            c.below(7)
        ),
    }
}

fn statement_of_p(c: &mut Choices<'_>) -> String {
    format!("REPLACE INTO p VALUES {}", row_of_p(c))
}

fn script(actions: &[u8], statements: &[Vec<u8>]) -> SqlScript {
    let mut actions = actions.iter().map(|byte| {
        let is_cascade = byte % 3 > 0;
        if is_cascade { "CASCADE" } else { "SET NULL" }
    });
    let mut sql = String::new();
    for part in TABLES.split_inclusive("{}") {
        match part.strip_suffix("{}") {
            Some(part) => write!(sql, "{part}{}", actions.next().unwrap()).unwrap(),
            None => sql.push_str(part),
        }
    }
    for bytes in statements {
        writeln!(sql, "{};", statement(&mut Choices::of(bytes))).unwrap();
    }
    // Where the counters stand.
    sql.push_str("INSERT INTO c (n) VALUES (99); INSERT INTO e (k) VALUES (NULL);\n");
    sql.into()
}

#[test]
fn rows_of_children_go_with_those_of_their_parents() {
    let comparison = ScriptComparison {
        may_refuse: |message| message.contains(" uses "),
        may_take_more: true,
        admits: |note, _| note.contains("is not followed") || note.contains("not carried out"),
        ..ScriptComparison::exact("keyed", SEEDS)
    };
    let scripts = (vec(any::<u8>(), 6), vec(vec(any::<u8>(), 12), 1..8))
        .prop_map(|(actions, statements)| script(&actions, &statements));
    if let Some(compared) = comparison.of(scripts) {
        compared.assert_telling(40, 40);
    }
}
