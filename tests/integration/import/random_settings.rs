//! Random settings in the middle of a script, against a real MariaDB: SQL modes made of others, `SET NAMES` and its
//! parts, the time, time zones, steps of `AUTO_INCREMENT`, settings of one statement, groups between delimiters, blocks;
//! and settings that no importer needs to heed, as long as it says so.
//!
//! Rows between them hold what the settings change: backslashes, bytes that every character set can read, `||`, moments,
//! numbers that nobody gives. The generator knows just enough of the modes to write statements that a server takes.

use proptest::collection::vec;
use proptest::prelude::*;

use crate::import::compared_scripts::{Choices, ScriptComparison, SqlScript};

/// Where the seeds of failures are kept.
const SEEDS: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/oracle/setting-regressions.txt"
);

const TABLES: &str = "\
SET NAMES utf8mb4; SET sql_mode = '';
CREATE TABLE t (id int AUTO_INCREMENT PRIMARY KEY, s varchar(90) CHARACTER SET utf8mb4, b varbinary(90), n int, r decimal(20,8), ts timestamp NULL DEFAULT NULL, dt datetime(2), da date, now datetime DEFAULT CURRENT_TIMESTAMP, changed timestamp NULL DEFAULT NULL ON UPDATE CURRENT_TIMESTAMP);
CREATE TABLE m (id int AUTO_INCREMENT PRIMARY KEY, s varchar(90) CHARACTER SET utf8mb4, n int, l varchar(90) CHARACTER SET cp1251) ENGINE=MyISAM;
CREATE TABLE g (k varchar(3), id int AUTO_INCREMENT, n int, PRIMARY KEY (k, id)) ENGINE=MyISAM;
";

/// The modes as far as they decide which statements are right.
#[derive(Clone, Copy, Default)]
struct Quoting {
    /// `\"x\"` is a name.
    names: bool,
}

/// What is set, and whether texts in double quotes are names behind it.
const MODES: &[(&str, Option<bool>)] = &[
    (
        "sql_mode = CONCAT(@@sql_mode, ',NO_BACKSLASH_ESCAPES')",
        None,
    ),
    (
        "sql_mode = REPLACE(@@sql_mode, 'NO_BACKSLASH_ESCAPES', '')",
        None,
    ),
    (
        "sql_mode = CONCAT_WS(',', @@SESSION.sql_mode, 'PIPES_AS_CONCAT')",
        None,
    ),
    (
        "@@SESSION.sql_mode = REPLACE(REPLACE(@@sql_mode, 'PIPES_AS_CONCAT', ''), ',,', ',')",
        None,
    ),
    (
        "sql_mode = (SELECT CONCAT(@@sql_mode, ',ANSI_QUOTES'))",
        Some(true),
    ),
    (
        "sql_mode = REPLACE(@@sql_mode, 'ANSI_QUOTES', '')",
        Some(false),
    ),
    (
        "sql_mode = CONCAT(@@sql_mode, ',NO_AUTO_VALUE_ON_ZERO')",
        None,
    ),
    ("SESSION sql_mode = ''", Some(false)),
    ("sql_mode = 'ANSI'", Some(true)),
    ("sql_mode = 'ORACLE'", Some(true)),
    ("sql_mode = CONCAT(@@sql_mode, ',ORACLE')", Some(true)),
    ("sql_mode = CONCAT_WS(',', 'MYSQL40', @@sql_mode)", None),
    (
        "LOCAL sql_mode = CONCAT(@@local.sql_mode, ',TIME_ROUND_FRACTIONAL')",
        None,
    ),
    (
        "sql_mode = 'EMPTY_STRING_IS_NULL,ALLOW_INVALID_DATES'",
        Some(false),
    ),
    ("sql_mode = 'HIGH_NOT_PRECEDENCE'", Some(false)),
    (
        "sql_mode = 'NO_UNSIGNED_SUBTRACTION,PAD_CHAR_TO_FULL_LENGTH,REAL_AS_FLOAT'",
        Some(false),
    ),
    ("sql_mode = 'SIMULTANEOUS_ASSIGNMENT'", Some(false)),
    ("sql_mode = 1048578", Some(false)),
    ("sql_mode = 524288", Some(false)),
    ("@m = 'NO_BACKSLASH_ESCAPES', sql_mode = @m", None),
    ("sql_mode = @@GLOBAL.sql_mode", Some(false)),
];

const CLOCKS: &[&str] = &[
    "timestamp = 1700000000",
    "timestamp = 1577836800.987654, @t = NOW()",
    "@@timestamp = UNIX_TIMESTAMP('2021-05-06 07:08:09')",
    "SESSION timestamp = 1.5e9",
    "time_zone = '+05:30'",
    "time_zone = '-03:00', timestamp = 1600000000",
    "time_zone = '+00:00'",
    "@@session.time_zone = 'SYSTEM'",
    "@z = @@time_zone, time_zone = '+10:00'",
    "time_zone = IFNULL(@z, '+01:00')",
];

const NUMBERS: &[&str] = &[
    "auto_increment_increment = 5",
    "auto_increment_increment = 10, auto_increment_offset = 4",
    "auto_increment_increment = DEFAULT, auto_increment_offset = DEFAULT",
    "SESSION auto_increment_increment = 2, @@auto_increment_offset = 2",
    "insert_id = 300",
    "insert_id = 7",
    "last_insert_id = 12",
    "identity = 13",
];

const NAMES: &[&str] = &[
    "NAMES latin1",
    "NAMES utf8mb4",
    "NAMES utf8mb4",
    "NAMES 'cp1251'",
    "NAMES koi8r COLLATE koi8r_general_ci",
    "NAMES binary",
    "NAMES gbk",
    "NAMES cp932",
    "NAMES latin2, @x = 1",
    "NAMES DEFAULT",
    "CHARACTER SET latin1",
    "CHARSET utf8mb4",
    "character_set_client = latin1",
    "@cs = @@character_set_client, character_set_client = utf8mb4",
    "character_set_client = @cs",
    "@@character_set_client = cp1251, character_set_connection = utf8mb4",
    "character_set_connection = latin1",
    "collation_connection = utf8mb4_bin",
    "character_set_results = NULL",
];

/// Settings that change what becomes of rows, and others that look like it.
const OTHERS: &[&str] = &[
    "div_precision_increment = 7",
    "lc_time_names = 'de_DE'",
    "sql_auto_is_null = 1",
    "default_week_format = 3",
    "default_storage_engine = MyISAM",
    "storage_engine = InnoDB",
    "foreign_key_checks = 0, unique_checks = 0",
    "sql_select_limit = 1",
    "group_concat_max_len = 4",
    "explicit_defaults_for_timestamp = 0",
    "sql_notes = 0, sql_quote_show_create = 1",
    "max_error_count = 0",
    "TRANSACTION ISOLATION LEVEL SERIALIZABLE",
    "@a = 1, @b = 'x', @c = @a + 1",
    "completion_type = 0",
    "old_mode = ''",
];

/// Settings of one statement.
const OF_ONE: &[&str] = &[
    "sql_mode = CONCAT(@@sql_mode, ',NO_AUTO_VALUE_ON_ZERO')",
    "max_statement_time = 90, unique_checks = 0",
    "sql_mode = 'NO_BACKSLASH_ESCAPES,NO_UNSIGNED_SUBTRACTION'",
    "timestamp = 1500000000",
    "time_zone = '+02:00'",
    "auto_increment_increment = 7",
    "insert_id = 900",
    "div_precision_increment = 9",
    "collation_connection = utf8mb4_bin",
];

/// Bytes that are right, and something else, in every character set that is set.
const BYTES: &[&[u8]] = &[
    b"\xc3\xa9",
    b"\xc3\xb1",
    b"\xc5\xa1",
    b"\xce\xb1",
    b"a",
    b"\xc3\xa9\xc3\xa9",
];

fn text(c: &mut Choices<'_>) -> Vec<u8> {
    let bytes = BYTES[c.below(BYTES.len())];
    let wrapped = |before: &str, after: &str| [before.as_bytes(), bytes, after.as_bytes()].concat();
    match c.below(14) {
        0 => wrapped("'", "'"),
        1 => wrapped("'x\\n", "\\\\y'"),
        2 => wrapped("'it''s\\%", "'"),
        3 => wrapped("_utf8mb4'", "'"),
        4 => b"'1' || '0'".to_vec(),
        5 => wrapped("CONCAT('", "', 'b')"),
        6 => wrapped("UPPER('", "')"),
        7 => b"_latin1 x'e9'".to_vec(),
        8 => wrapped("N'", "'"),
        9 => b"''".to_vec(),
        10 => wrapped("CONVERT('", "' USING utf8mb4)"),
        11 => b"IF('a' = 'A', 'same', 'other')".to_vec(),
        12 => b"@x".to_vec(),
        _ => wrapped("'", " '"),
    }
}

fn number(c: &mut Choices<'_>) -> &'static str {
    const SEVERAL: &[&str] = &[
        "1",
        "NOT 1 = 2",
        "LAST_INSERT_ID()",
        "7",
        "1 || 0",
        "WEEK('2024-02-29')",
        "NULL",
        "@a",
        "3 - 5",
        "LENGTH(@s)",
    ];
    SEVERAL[c.below(SEVERAL.len())]
}

fn moment(c: &mut Choices<'_>) -> &'static str {
    const SEVERAL: &[&str] = &[
        "'2024-02-29 12:13:14.996'",
        "'2020-01-01'",
        "NOW()",
        "NULL",
        "20240102030405",
        "CURDATE()",
        "@t",
        "'1999-12-31 23:59:59'",
        "FROM_UNIXTIME(1000000000)",
    ];
    SEVERAL[c.below(SEVERAL.len())]
}

/// `INSERT`, `UPDATE` and the like.
fn change(c: &mut Choices<'_>) -> Vec<u8> {
    let mut sql = Vec::new();
    let rows = 1 + c.below(3);
    match c.below(9) {
        0..=3 => {
            sql.extend(b"INSERT INTO t (s, b, n, r, ts, dt, da) VALUES ");
            for row in 0..rows {
                sql.extend(if row == 0 { "(".as_bytes() } else { b", (" });
                sql.extend(text(c));
                sql.extend(b", ");
                sql.extend(text(c));
                let ratio = c.one(&["1/3", "2.5", "NULL", "7/11"]);
                let (n, ts, dt, da) = (number(c), moment(c), moment(c), moment(c));
                sql.extend(format!(", {n}, {ratio}, {ts}, {dt}, DATE({da}))").bytes());
            }
        }
        4 => {
            sql.extend(b"INSERT INTO m (id, s, n, l) VALUES ");
            let id = c.one(&["0", "NULL", "DEFAULT"]);
            for row in 0..rows {
                sql.extend(if row == 0 { "(".as_bytes() } else { b", (" });
                sql.extend(id.bytes());
                sql.extend(b", 'l\\n");
                sql.extend(BYTES[c.below(BYTES.len())]);
                sql.extend(format!("', {}, ", number(c)).bytes());
                sql.extend(b"'ascii\\\\')");
            }
        }
        5 => {
            let key = c.one(&["a", "b", "A"]);
            sql.extend(format!("INSERT INTO g (k, n) VALUES ('{key}', 1), ('b', 2)").bytes());
        }
        6 => {
            sql.extend(b"UPDATE t SET s = ");
            sql.extend(text(c));
            sql.extend(format!(", ts = {} WHERE id = {}", moment(c), c.below(9)).bytes());
        }
        7 => sql
            .extend(b"INSERT INTO t (s, ts, dt) SELECT s, dt, ts FROM t WHERE id < 4 ORDER BY id"),
        _ => {
            let condition = c.one(&[
                "id IS NULL",
                "s = 'X\\n'",
                "n = 1 || 0",
                "ts > '2023-01-01'",
                "id = 2",
            ]);
            sql.extend(format!("DELETE FROM t WHERE {condition}").bytes());
        }
    }
    sql
}

/// A setting; `quoting` becomes what it is behind it.
fn setting(c: &mut Choices<'_>, quoting: &mut Quoting) -> String {
    match c.below(12) {
        0..=3 => {
            let (set, names) = MODES[c.below(MODES.len())];
            quoting.names = names.unwrap_or(quoting.names);
            if set.starts_with("@m") {
                quoting.names = false;
            }
            format!("SET {set}")
        }
        4 | 5 => format!("SET {}", c.one(CLOCKS)),
        6 | 7 => format!("SET {}", c.one(NUMBERS)),
        8..=10 => format!("SET {}", c.one(NAMES)),
        _ => format!("SET {}", c.one(OTHERS)),
    }
}

fn item(c: &mut Choices<'_>, quoting: &mut Quoting, sql: &mut Vec<u8>) {
    match c.below(12) {
        0..=3 => sql.extend(setting(c, quoting).bytes()),
        4 => {
            sql.extend(format!("SET STATEMENT {} FOR ", c.one(OF_ONE)).bytes());
            sql.extend(change(c));
        }
        5 | 6 => {
            let delimiter = c.one(&["//", ";;", "$$"]);
            sql.extend(format!("DELIMITER {delimiter}\n").bytes());
            for _ in 0..=c.below(3) {
                match c.below(2) {
                    0 => sql.extend(setting(c, quoting).bytes()),
                    _ => sql.extend(change(c)),
                }
                sql.extend(b";\n");
            }
            sql.extend(change(c));
            sql.extend(format!(" {delimiter}\nDELIMITER ").bytes());
        }
        7 => {
            sql.extend(b"DELIMITER //\nBEGIN NOT ATOMIC\n");
            for _ in 0..=c.below(2) {
                sql.extend(change(c));
                sql.extend(b";\n");
            }
            sql.extend(b"END//\nDELIMITER ");
        }
        8 => {
            let type_name = c.one(&["real", "date", "timestamp", "varchar(9)", "char(9)"]);
            let name = c.one(&["c1", "c2"]);
            let table = format!(
                "CREATE OR REPLACE TABLE {name} (v {type_name}, n int, w timestamp); INSERT INTO {name} (v) VALUES "
            );
            sql.extend(table.bytes());
            let value = match type_name.as_str() {
                "real" => "(0.123456789), (1e10)",
                "date" | "timestamp" => "('2024-01-02 03:04:05')",
                _ => "(' x '), ('')",
            };
            sql.extend(value.bytes());
        }
        9 => {
            let quote = if quoting.names { '`' } else { '"' };
            sql.extend(format!("INSERT INTO m (s) VALUES ({quote}").bytes());
            if quoting.names {
                sql.truncate(sql.len() - 1);
                sql.extend(b"'in \"names\"'); UPDATE \"m\" SET \"n\" = 5 WHERE \"id\" = 2");
            } else {
                sql.extend(b"in \\\\ 'texts'\"); UPDATE m SET n = \"5\" WHERE id = 2");
            }
        }
        _ => sql.extend(change(c)),
    }
    sql.extend(b";\n");
}

fn script(items: &[Vec<u8>]) -> SqlScript {
    let mut sql = TABLES.as_bytes().to_vec();
    let mut quoting = Quoting::default();
    for bytes in items {
        item(&mut Choices::of(bytes), &mut quoting, &mut sql);
    }
    // Where the counters stand.
    sql.extend(
        b"INSERT INTO t (n, s) VALUES (LAST_INSERT_ID(), 'last'); INSERT INTO m (n) VALUES (9);\n",
    );
    sql.into()
}

/// Notes of a setting that is not heeded, or of a value that depends on when the import was.
fn admits(note: &str, _table: &str) -> bool {
    let whats = [
        "which changes values",
        "settled at the time of the import",
        "not carried out",
        "not in UTC",
        "an offset above the increment",
        "to character_set_connection",
        "SET ",
    ];
    whats.iter().any(|what| note.contains(what))
}

#[test]
fn settings_in_the_middle_of_a_script_are_heeded_or_noted() {
    let comparison = ScriptComparison {
        may_refuse: |message| message.contains(" uses "),
        may_take_more: true,
        admits,
        ..ScriptComparison::exact("settings", SEEDS)
    };
    let scripts = vec(vec(any::<u8>(), 40), 2..12).prop_map(|items| script(&items));
    if let Some(compared) = comparison.of(scripts) {
        compared.assert_telling(30, 20);
    }
}
