//! Random scripts of statements that depend on rows and variables, against a real MariaDB: `UPDATE`, `DELETE`,
//! `INSERT … SELECT`, `CREATE TABLE … SELECT`, queries as values, user variables, `LAST_INSERT_ID()`,
//! transactions. The client sends a script to the server, the importer reads the same bytes: both must hold the
//! same cells, or the importer says which statement it did not carry out.
//!
//! A statement is made of a few random bytes, which choose its parts. Nothing here knows what a server makes of it.

use std::fmt::Write as _;

use proptest::collection::vec;
use proptest::prelude::*;

use crate::import::compared_scripts::{Choices, ScriptComparison, SqlScript};

/// Where the seeds of failures are kept.
const SEEDS: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/oracle/change-regressions.txt"
);

/// No key but that of the rows' numbers, so that a server has one order to take them in.
const TABLES: &str = "\
SET NAMES utf8mb4; SET sql_mode = '';
CREATE TABLE a (id int AUTO_INCREMENT PRIMARY KEY, k varchar(90) COLLATE utf8mb4_general_ci, n int, d decimal(12,2), e enum('x','y','z'), t datetime NULL, g int AS (n * 2) STORED, f float, c time, u int unsigned);
CREATE TABLE b (id int AUTO_INCREMENT PRIMARY KEY, k varchar(90) COLLATE utf8mb4_bin DEFAULT 'def', n int NOT NULL DEFAULT 3, d decimal(12,2));
CREATE TABLE m (k varchar(90) COLLATE utf8mb4_general_ci, n int, d decimal(12,2)) ENGINE=MyISAM;
INSERT INTO a (k, n, d, e, t) VALUES ('one', 1, 1.5, 'x', '2024-01-05 10:11:12'), ('Two', 2, NULL, 'y', NULL), (NULL, -3, 7.25, NULL, '2023-12-31'), ('', NULL, 0, 'z', NULL), ('two', 5, 2.5, 'x', NULL);
CREATE TABLE r (n int, k varchar(90) COLLATE utf8mb4_general_ci, w int);
INSERT INTO r VALUES (1, 'ONE', 1), (2, 'two ', 2), (2, NULL, 2), (NULL, 'x', 3), (3, 'two', 4), (5, 'v', 5);
UPDATE a SET f = n / 8, c = SEC_TO_TIME(n * 4000), u = id, t = IF(id = 4, '0000-00-00', t);
INSERT INTO m VALUES ('m', 1, 0.5), (NULL, 2, NULL), ('one', 3, 3);
";

fn statement(bytes: &[u8]) -> String {
    let c = &mut Choices::of(bytes);
    match c.below(24) {
        20..=21 => update_joined(c),
        22..=23 => delete_joined(c),
        0..=3 => insert(c),
        4 => format!("SET @i = {}, @j = @i", number(c, "NULL", "NULL")),
        5 => format!("SET @s = {}", text(c, "NULL")),
        6 => format!(
            "SELECT @i := {}, @s := {}",
            number(c, "7", "8"),
            text(c, "'q'")
        ),
        7 => format!("SELECT n, k INTO @j, @s FROM a WHERE id = {}", c.below(9)),
        8..=10 => update(c),
        11..=12 => {
            let table = c.one(&["a", "b", "m"]);
            format!(
                "DELETE FROM {table} WHERE {} AND {}",
                condition(c),
                condition(c)
            )
        }
        13..=15 => insert_select(c),
        16 => {
            let columns = c.one(&["*", "k, n AS number", "n, n + 1 AS more, k"]);
            let table = c.one(&["a", "b", "m"]);
            let own = if columns.contains("more") {
                " (more bigint)"
            } else {
                ""
            };
            let name = c.one(&["c1", "c2"]);
            format!(
                "CREATE OR REPLACE TABLE {name}{own} AS SELECT {columns} FROM {table} WHERE {}",
                condition(c)
            )
        }
        17 => format!(
            "BEGIN;\n{};\n{};\n{}",
            update(c),
            insert(c),
            c.one(&["ROLLBACK", "COMMIT"])
        ),
        18 => format!(
            "BEGIN;\n{};\nSAVEPOINT s;\n{};\nDELETE FROM a WHERE {};\nROLLBACK TO s;\n{};\nCOMMIT",
            insert(c),
            update(c),
            condition(c),
            insert_select(c)
        ),
        _ => format!(
            "REPLACE INTO b (id, k, n) SELECT id, k, IFNULL(n, 0) FROM a WHERE {}",
            condition(c)
        ),
    }
}

fn insert(c: &mut Choices<'_>) -> String {
    let table = c.one(&["a", "b", "m"]);
    let rows: Vec<String> = (0..=c.below(3))
        .map(|_| {
            format!(
                "({}, {}, {})",
                text(c, "'v'"),
                number(c, "4", "6"),
                decimal(c, "2.5")
            )
        })
        .collect();
    format!("INSERT INTO {table} (k, n, d) VALUES {}", rows.join(", "))
}

fn update(c: &mut Choices<'_>) -> String {
    let table = c.one(&["a", "b", "m", "a AS x"]);
    let mut sets = Vec::new();
    for _ in 0..=c.below(2) {
        sets.push(match c.below(if table.starts_with('a') { 8 } else { 3 }) {
            0 => format!("k = {}", text(c, "k")),
            1 => format!("n = {}", number(c, "n", "n")),
            2 => format!("d = {}", decimal(c, "d")),
            3 => format!(
                "e = {}",
                c.one(&["'y'", "2", "NULL", "'Z'", "DEFAULT", "e"])
            ),
            4 => format!(
                "f = {}",
                c.one(&[
                    "f * 2",
                    "f / 3",
                    "n",
                    "1.5",
                    "IF(f > 0.2, f, n)",
                    "ROUND(f, 1)"
                ])
            ),
            5 => format!(
                "c = {}",
                c.one(&[
                    "ADDTIME(c, '01:00:00')",
                    "'10:11:12'",
                    "NULL",
                    "TIME(t)",
                    "c"
                ])
            ),
            6 => format!(
                "u = {}",
                c.one(&[
                    "IF(u > 3, u - 3, 0)",
                    "CASE WHEN u < 2 THEN u ELSE u - 2 END",
                    "COALESCE(u, u - 9)"
                ])
            ),
            _ => format!(
                "t = {}",
                c.one(&[
                    "t + INTERVAL 1 DAY",
                    "NULL",
                    "'2024-02-29'",
                    "DATE_SUB(t, INTERVAL 2 MONTH)"
                ])
            ),
        });
    }
    let also = if table.starts_with('a') {
        c.one(&[
            "1",
            "1",
            "t > '0000-00-00'",
            "(t = 0 OR t < '2024-01-05 12:00:00')",
            "t IN ('2024-02-29', '0000-00-00 00:00:00')",
            "t <> '2023-12-31'",
            "c >= '01:00'",
            "c BETWEEN '00:00:00' AND '12:00:00'",
            "(f > 0.5 OR f = -0.375)",
            "u <> 2",
            "g IN (SELECT n FROM r)",
            "EXISTS (SELECT 1 FROM r y WHERE y.n = g AND y.w > 1)",
            "(SELECT COUNT(*) FROM r y WHERE y.w < u) > 1",
            "u NOT IN (SELECT y.w FROM r y WHERE y.n <= u)",
            "(SELECT MAX(y.k) FROM r y WHERE y.w = u) = 'ONE'",
        ])
    } else {
        "1".to_owned()
    };
    format!(
        "UPDATE {table} SET {} WHERE {} AND {also}",
        sets.join(", "),
        condition(c)
    )
}

/// `r` has rows that are partners of several, and of none.
fn update_joined(c: &mut Choices<'_>) -> String {
    format!(
        "UPDATE {} SET {} WHERE {}",
        c.one(&[
            "a x JOIN b y ON x.id = y.id",
            "a x, r y",
            "b x LEFT JOIN r y ON y.n = x.n",
            "a x JOIN r y ON y.k = x.k",
            "b x INNER JOIN a y USING (id)",
            "a x JOIN r y ON x.n = y.n AND y.w > 1",
            "b x JOIN a y ON y.k = x.k LEFT JOIN r z ON z.n = y.n"
        ]),
        c.one(&[
            "x.n = 7",
            "x.n = y.n",
            "x.d = IFNULL(y.n, 0) + x.id",
            "x.k = y.k, x.n = 5",
            "x.n = (SELECT COUNT(*) FROM r WHERE r.n = y.n)",
            "x.d = d * 2",
            "x.n = IFNULL(x.n, 0) + 1, x.d = y.n"
        ]),
        c.one(&[
            "1",
            "x.n > 1",
            "y.n IS NOT NULL",
            "y.n IS NULL",
            "x.id = y.n",
            "x.k = y.k",
            "EXISTS (SELECT 1 FROM r WHERE r.n = x.id AND r.w = y.n)"
        ])
    )
}

fn delete_joined(c: &mut Choices<'_>) -> String {
    let number = c.below(6);
    match c.below(5) {
        0 => format!("DELETE x FROM b x JOIN r y ON y.n = x.n WHERE y.w > {number}"),
        1 => format!("DELETE FROM x USING b x, a y WHERE x.id = y.id AND y.n < {number}"),
        2 => format!("DELETE x, y FROM a x LEFT JOIN b y ON y.n = x.n WHERE x.n = {number}"),
        3 => format!("DELETE x.* FROM a x JOIN a y ON x.k = y.k AND x.id > y.id + {number}"),
        _ => format!("DELETE a FROM a WHERE n = {number}"),
    }
}

fn insert_select(c: &mut Choices<'_>) -> String {
    let (table, from) = (c.one(&["a", "b", "m"]), c.one(&["a", "b"]));
    match c.below(7) {
        4 => format!(
            "INSERT INTO {table} (k, n, d) SELECT x.k, y.n, {} FROM {} WHERE {} ORDER BY x.id, y.id",
            c.one(&["x.d", "y.d + 1", "IFNULL(x.d, y.d)"]),
            c.one(&[
                "a x, b y",
                "a AS x JOIN b AS y ON x.id = y.id",
                "b x CROSS JOIN a y",
                "a x INNER JOIN a y ON y.n = x.n + 1",
                "b x JOIN b y USING (id)"
            ]),
            c.one(&[
                "x.n = y.n",
                "x.id < 3 AND y.n > 1",
                "x.k = 'one' AND y.n = 3",
                "x.id = 2",
                "y.k IS NULL AND x.n IS NOT NULL"
            ])
        ),
        5 => format!(
            "INSERT INTO m (k, n, d) SELECT a.k, b.n, {} FROM a LEFT JOIN b ON {} WHERE {}",
            c.one(&["a.d", "b.d", "t", "e + 0", "g"]),
            c.one(&[
                "a.id = b.id",
                "b.n = a.n AND b.id > 2",
                "b.k = a.k",
                "b.id = 1"
            ]),
            c.one(&["b.id IS NULL", "a.n > 0", "b.n = 3 OR a.n = 2", "1"])
        ),
        6 => format!(
            "INSERT INTO m ({}) SELECT DISTINCT {} FROM {from}",
            c.one(&["n", "d"]),
            c.one(&["n % 3", "n", "d", "IF(n > 1, 1, 2)", "LENGTH(k)"])
        ),
        0 => format!(
            "INSERT INTO {table} (k, n) SELECT {}, {}",
            text(c, "'s'"),
            number(c, "1", "2")
        ),
        1 => format!(
            "INSERT INTO {table} (k, n) SELECT 'once', 1 FROM DUAL WHERE NOT EXISTS (SELECT 1 FROM {from} WHERE {})",
            condition(c)
        ),
        2 => format!(
            "INSERT INTO {table} (k, n, d) SELECT {}, {}, d FROM {from} WHERE {} ORDER BY id DESC LIMIT {}",
            text(c, "k"),
            number(c, "n", "n"),
            condition(c),
            c.below(3)
        ),
        _ => format!(
            "INSERT INTO {table} (k, d) SELECT k, {} FROM {from} WHERE {}",
            decimal(c, "d"),
            condition(c)
        ),
    }
}

/// A whole number; `own` and `other` may be columns.
fn number(c: &mut Choices<'_>, own: &str, other: &str) -> String {
    match c.below(14) {
        0 => c.below(20).to_string(),
        1 => format!("{own} + 1"),
        2 => format!("IFNULL({other}, 0) * 2 - 1"),
        3 => "@i".to_owned(),
        4 => format!("IFNULL(@j, {})", c.below(9)),
        5 => "LAST_INSERT_ID()".to_owned(),
        6 => "(SELECT COUNT(*) FROM m)".to_owned(),
        7 => format!(
            "(SELECT MAX(id) FROM {} WHERE id < {})",
            c.one(&["a", "b"]),
            c.below(12)
        ),
        8 => format!("(SELECT n FROM a WHERE id = {})", c.below(9)),
        9 => "(SELECT id FROM a ORDER BY id DESC LIMIT 1)".to_owned(),
        10 => "NULL".to_owned(),
        11 => format!("IF({own} > 2, {other}, -1)"),
        12 => "'12'".to_owned(),
        _ => own.to_owned(),
    }
}

fn text(c: &mut Choices<'_>, own: &str) -> String {
    match c.below(11) {
        0 => c.one(&["'one'", "'TWO'", "'it''s'", "'é'", "''", "'日本'"]),
        1 => format!("LEFT(CONCAT({own}, '-', {}), 60)", c.below(9)),
        2 => "@s".to_owned(),
        3 => format!("UPPER({own})"),
        4 => format!("(SELECT LEFT(k, 20) FROM b WHERE id = {})", c.below(9)),
        5 => "NULL".to_owned(),
        6 => format!("COALESCE(@s, {own}, 'none')"),
        7 => "LEFT(CONCAT(@i, ':', @s), 60)".to_owned(),
        8 => "LAST_INSERT_ID()".to_owned(),
        9 => "(SELECT k FROM a WHERE k = 'one' AND id < 3)".to_owned(),
        _ => own.to_owned(),
    }
}

fn decimal(c: &mut Choices<'_>, own: &str) -> String {
    match c.below(6) {
        0 => c.one(&["1.25", "0", "-7.005", "NULL", "'3.5'"]),
        1 => format!("{own} * 1.5"),
        2 => format!("ROUND({own} / 3, 1)"),
        3 => "(SELECT MIN(d) FROM m)".to_owned(),
        4 => format!("IFNULL({own}, 0) + 0.005"),
        _ => own.to_owned(),
    }
}

/// A condition over the columns that all tables have.
fn condition(c: &mut Choices<'_>) -> String {
    match c.below(17) {
        13 => "n IN (SELECT w FROM r)".to_owned(),
        14 => format!("n NOT IN (SELECT n FROM r WHERE w > {})", c.below(6)),
        15 => "k IN (SELECT k FROM r)".to_owned(),
        16 => "k NOT IN (SELECT k FROM r WHERE k IS NOT NULL)".to_owned(),
        0 => format!("n = {}", c.below(8)),
        1 => format!("n > {} AND n < 60", c.below(5)),
        2 => c.one(&["k = 'one'", "k = 'TWO'", "k IN ('two', 'v')", "'m' = k"]),
        3 => "k IS NULL".to_owned(),
        4 => "d IS NOT NULL AND d >= 1".to_owned(),
        5 => "n = @i".to_owned(),
        6 => format!("(n % 2 = {} OR d < 0)", c.below(2)),
        7 => "k LIKE '%o%'".to_owned(),
        8 => format!("n BETWEEN {} AND 9", c.below(6)),
        9 => "n = (SELECT MAX(n) FROM m)".to_owned(),
        10 => "NOT (n <=> @j)".to_owned(),
        11 => "1 = 0".to_owned(),
        _ => "LENGTH(k) < 5".to_owned(),
    }
}

fn script(statements: &[Vec<u8>]) -> SqlScript {
    let mut sql = TABLES.to_owned();
    for bytes in statements {
        writeln!(sql, "{};", statement(bytes)).unwrap();
    }
    sql.into()
}

#[test]
fn random_changes_are_those_of_the_server() {
    let comparison = ScriptComparison {
        may_refuse: |message| message.contains(" uses "),
        // A query of several rows as a value is an error there, and NULL in NOT NULL of one row.
        may_take_more: true,
        admits: |note, _| note.contains("not carried out") || note.contains("in another"),
        ..ScriptComparison::exact("changes", SEEDS)
    };
    let scripts = vec(vec(any::<u8>(), 10), 2..14).prop_map(|statements| script(&statements));
    if let Some(compared) = comparison.of(scripts) {
        compared.assert_telling(50, 20);
    }
}
