//! Random keys that a collation may take for the same, against a real MariaDB: `INSERT IGNORE`, `REPLACE` and upserts
//! over texts that differ in case, accents, blanks at the end, width, kana, signs that do not count.
//!
//! A server merges such rows, and SQLite keeps some of them apart. So the tables hold the same, or a note names the
//! table and its key. Nothing here knows which texts are the same to a collation.

use std::fmt::Write as _;

use proptest::collection::vec;
use proptest::prelude::*;

use crate::import::compared_scripts::{Choices, ScriptComparison, SqlScript};

/// Where the seeds of failures are kept.
const SEEDS: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/oracle/merged-regressions.txt"
);

const COLLATIONS: &[&str] = &[
    "utf8mb4_general_ci",
    "utf8mb4_general_ci",
    "utf8mb4_unicode_ci",
    "utf8mb4_unicode_ci",
    "utf8mb4_unicode_520_ci",
    "utf8mb4_uca1400_ai_ci",
    "utf8mb4_uca1400_as_ci",
    "utf8mb4_unicode_nopad_ci",
    "utf8mb4_general_nopad_ci",
    "utf8mb4_swedish_ci",
    "utf8mb4_danish_ci",
    "utf8mb4_german2_ci",
    "utf8mb4_turkish_ci",
    "utf8mb4_spanish2_ci",
    "utf8mb4_lithuanian_ci",
    "utf8mb4_bin",
    "utf8mb3_general_ci",
    "latin1_swedish_ci",
    "latin1_german1_ci",
    "latin1_german2_ci",
    "latin1_general_cs",
    "latin2_general_ci",
    "latin5_turkish_ci",
    "cp1251_general_ci",
    "koi8r_general_ci",
    "greek_general_ci",
    "cp1250_czech_cs",
    "ucs2_general_ci",
];

/// Texts in groups of which some members are the same to some collation.
const GROUPS: &[&[&str]] = &[
    &[
        "a", "A", "a ", "A  ", "á", "Ä", "ae", "æ", "å", "aa", "ａ", "ª",
    ],
    &["e", "É", "ê", "e\u{301}", "Ə", "ė"],
    &["i", "I", "İ", "ı", "í", "y", "Ý", "ü", "Ü", "ue"],
    &["ss", "ß", "s", "S", "š", "ſ", "ﬁ", "fi"],
    &["o", "ø", "Ö", "oe", "œ", "0", "ο"],
    &["d", "đ", "ð", "l", "ł", "c", "ç", "ch", "Č"],
    &["и", "й", "Й", "е", "ё", "Ё", "ж", "Ж", "ґ", "г"],
    &["σ", "ς", "Σ", "α", "ά", "Ά", "ἀ", "ι", "ΐ"],
    &["は", "ば", "ぱ", "ハ", "ﾊ", "ﾊﾞ", "っ", "つ", "ー"],
    &["😀", "😁", "𝐀", "𠮷", "吉", "錦"],
    &[
        "x",
        "x\u{200b}",
        "x\\0",
        "x\u{1}",
        "x\\t",
        "x\u{a0}",
        "x-",
        "x\u{ad}",
        "x\u{2060}",
    ],
    &["é ", "é", "E ", "ｅ", "1", "１", "¹", "①", "½"],
    &["한", "한", "각", "ש", "שׁ", "س", "ﺱ", "ก", "กา"],
    &["", " ", "-", "_", "v", "w", "W", "z", "ž", "Þ", "th"],
];

/// The keys of a table, whose texts are in `k`.
const KEYS: &[&str] = &[
    "k varchar(20) NOT NULL PRIMARY KEY, n int",
    "id int AUTO_INCREMENT PRIMARY KEY, k varchar(20), n int, UNIQUE KEY k (k)",
    "k varchar(20), n int, UNIQUE (n, k)",
    "k char(9), n int, UNIQUE (k)",
    "k text, n int, UNIQUE (k(2))",
    "k varchar(20), n int, UNIQUE (k(1), n)",
    "n int PRIMARY KEY, k tinytext, UNIQUE KEY k (k(200))",
];

const TABLES: [&str; 3] = ["a", "b", "c"];

/// A table, and the character set of its texts.
fn table(c: &mut Choices<'_>, name: &str) -> (String, String) {
    let (keys, collation) = (c.one(KEYS), c.one(COLLATIONS));
    let set = collation.split('_').next().unwrap().to_owned();
    let sql = match c.below(3) {
        0 => format!("CREATE TABLE {name} ({keys}) COLLATE={collation}"),
        1 => format!("CREATE TABLE {name} ({keys}) DEFAULT CHARSET={set} COLLATE {collation}"),
        _ => {
            // Said of the column alone.
            let at = keys
                .find(')')
                .filter(|_| keys.contains("char("))
                .map(|at| at + 1);
            let at = at.unwrap_or_else(|| keys.find("text").unwrap() + "text".len());
            let (column, rest) = keys.split_at(at);
            format!("CREATE TABLE {name} ({column} CHARACTER SET {set} COLLATE {collation}{rest})")
        }
    };
    (sql, set)
}

/// A text; most are of one group, so that they meet.
fn text(c: &mut Choices<'_>, group: usize, set: &str) -> String {
    let group = if c.below(5) == 0 {
        c.below(GROUPS.len())
    } else {
        group
    };
    let one = c.one(GROUPS[group]);
    let one = if has(set, &one) { one } else { "a".to_owned() };
    match c.below(6) {
        0 => format!("'m{one}'"),
        1 => format!("'{one}n'"),
        _ => format!("'{one}'"),
    }
}

/// Whether a character set has all letters of a text, roughly.
fn has(set: &str, text: &str) -> bool {
    let known = match set {
        "utf8mb4" => return true,
        "utf8mb3" | "ucs2" => return text.chars().all(|letter| letter <= '\u{ffff}'),
        "latin1" => encoding_rs::WINDOWS_1252,
        "latin2" => encoding_rs::ISO_8859_2,
        "latin5" => encoding_rs::WINDOWS_1254,
        "cp1250" => encoding_rs::WINDOWS_1250,
        "cp1251" => encoding_rs::WINDOWS_1251,
        "koi8r" => encoding_rs::KOI8_R,
        "greek" => encoding_rs::ISO_8859_7,
        _ => return text.is_ascii(),
    };
    !known.encode(text).2
}

fn statement(c: &mut Choices<'_>, group: usize, sets: &[String]) -> String {
    let at = c.below(TABLES.len());
    let (table, set) = (TABLES[at], &sets[at]);
    let rows: Vec<String> = (0..=c.below(4))
        .map(|_| {
            let text = text(c, group, set);
            format!("({text}, {})", c.below(3))
        })
        .collect();
    let rows = rows.join(", ");
    match c.below(8) {
        6 => format!(
            "INSERT IGNORE INTO {table} (n) VALUES ({}), ({})",
            c.below(3),
            c.below(3)
        ),
        7 => {
            let text = text(c, group, set);
            format!(
                "UPDATE IGNORE {table} SET k = {text} WHERE n = {}",
                c.below(3)
            )
        }
        0 | 1 => format!("INSERT IGNORE INTO {table} (k, n) VALUES {rows}"),
        2 | 3 => format!("REPLACE INTO {table} (k, n) VALUES {rows}"),
        4 => format!(
            "INSERT INTO {table} (k, n) VALUES {rows} ON DUPLICATE KEY UPDATE k = VALUES(k)"
        ),
        _ => format!(
            "INSERT INTO {table} (k, n) VALUES {rows} ON DUPLICATE KEY UPDATE n = VALUES(n)"
        ),
    }
}

fn script(bytes: &[u8], statements: &[Vec<u8>]) -> SqlScript {
    let c = &mut Choices::of(bytes);
    let mut sql = "SET NAMES utf8mb4; SET sql_mode = '';\n".to_owned();
    let mut sets = Vec::new();
    for name in TABLES {
        let (table, set) = table(c, name);
        writeln!(sql, "{table};").unwrap();
        sets.push(set);
    }
    let group = c.below(GROUPS.len());
    for bytes in statements {
        writeln!(sql, "{};", statement(&mut Choices::of(bytes), group, &sets)).unwrap();
    }
    sql.into()
}

#[test]
fn keys_that_a_collation_merges_are_merged_or_noted() {
    let comparison = ScriptComparison {
        may_take_more: true,
        admits: |note, table| {
            note.contains("not carried out")
                || note.starts_with(&format!("table {table}, key"))
                    && note.contains("would have merged")
        },
        ..ScriptComparison::exact("merged", SEEDS)
    };
    let scripts = (vec(any::<u8>(), 24), vec(vec(any::<u8>(), 14), 1..8))
        .prop_map(|(tables, statements)| script(&tables, &statements));
    if let Some(compared) = comparison.of(scripts) {
        compared.assert_telling(20, 5);
    }
}
