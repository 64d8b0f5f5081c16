//! Every code of every character set: a real MariaDB converts it to utf8mb4, and the importer must read
//! the same character from a dump in that set, and from one in which the columns' own bytes stand.

use std::fs;

use tempfile::TempDir;

use crate::support::binary::run;
use crate::support::cells;
use crate::support::mariadb::MariaDb;

/// Those of one byte, and those of up to three.
const SINGLE: &[&str] = &[
    "latin1", "latin2", "latin5", "latin7", "cp1250", "cp1251", "cp1256", "cp1257", "koi8r",
    "koi8u", "greek", "hebrew", "tis620", "cp866", "macroman", "armscii8", "cp850", "cp852",
    "dec8", "geostd8", "hp8", "keybcs2", "macce",
];
const MULTI: &[&str] = &[
    "sjis", "cp932", "ujis", "eucjpms", "gbk", "gb2312", "big5", "euckr", "utf8mb3",
];

/// A table `name` with one row for each code of the set that stands for a character.
fn table(name: &str, codes: &[(u32, u32, u32)]) -> String {
    let mut sql =
        format!("CREATE TABLE {name} (id int PRIMARY KEY, c varchar(8) CHARACTER SET {name});\n");
    for (first, last, digits) in codes {
        sql.push_str(&format!(
            "INSERT IGNORE INTO {name}
             SELECT seq, CONVERT(unhex(lpad(hex(seq), {digits}, '0')) USING {name})
             FROM seq_{first}_to_{last};
             DELETE FROM {name} WHERE id >= {first} AND id <= {last} AND
               (c IS NULL OR char_length(c) <> 1 OR hex(c) <> lpad(hex(id), {digits}, '0'));\n"
        ));
    }
    // What the server itself cannot tell.
    sql.push_str(&format!(
        "DELETE FROM {name} WHERE hex(CONVERT(c USING utf8mb4)) IN ('3F', 'EFBFBD') AND id <> 63;\n"
    ));
    sql
}

#[test]
fn every_code_is_read_as_the_server_converts_it() {
    let Some(db) = MariaDb::start() else { return };
    let mut sql =
        "CREATE DATABASE chars CHARACTER SET utf8mb4; USE chars; SET sql_mode = '';\n".to_owned();
    let byte = (0, 0xff, 2);
    for name in SINGLE {
        sql.push_str(&table(name, &[byte]));
    }
    for name in MULTI {
        let three = (0x008f_a1a1, 0x008f_fefe, 6);
        let codes = [byte, (0x8140, 0xfefe, 4), three];
        let euc = *name == "ujis" || *name == "eucjpms";
        sql.push_str(&table(name, &codes[..if euc { 3 } else { 2 }]));
    }
    db.load(&sql);
    let expected = cells::of_server(&db, "chars");
    assert_eq!(expected.len(), SINGLE.len() + MULTI.len());
    let folder = TempDir::new().unwrap();
    for (name, table) in &expected {
        let least = if SINGLE.contains(&name.as_str()) {
            200
        } else {
            1_800
        };
        assert!(
            table.rows.len() > least,
            "{name}: {} codes",
            table.rows.len()
        );
        for written in [name.as_str(), "binary"] {
            let charset = format!("--default-character-set={written}");
            let dump = db.dump(&[&charset, "chars", name]);
            fs::write(folder.path().join("dump.sql"), dump).unwrap();
            run(
                folder.path(),
                &["import", "dump.sql", "-o", "out.sqlite", "--force"],
            )
            .exits(0);
            let file = folder.path().join("out.sqlite");
            cells::compare(&file, name, table)
                .unwrap_or_else(|difference| panic!("as {written}: {difference}"));
        }
    }
}

/// Characters of all parts of the Basic Multilingual Plane, and some beyond.
fn letters() -> impl Iterator<Item = char> {
    let whole = [0x80..0x700, 0x2000..0x2700, 0x3000..0x3100, 0xff00..0xfff0];
    let sampled = (0x700..0xd800).chain(0xe000..0xfffe).step_by(13);
    let beyond = [0x1f600, 0x20000, 0x2a6d6];
    let all = whole.into_iter().flatten().chain(sampled).chain(beyond);
    all.filter_map(char::from_u32)
}

/// U+6661 comes back from the server's cp932 as another character.
const ODD: char = '\u{6661}';

#[test]
fn what_a_set_lacks_is_a_question_mark_as_on_the_server() {
    let Some(db) = MariaDb::start() else { return };
    let more = ["swe7", "utf32", "ascii", "ucs2", "utf16", "utf8mb4"];
    let sets: Vec<&str> = [SINGLE, MULTI, &more].concat();
    let columns: Vec<String> = sets
        .iter()
        .map(|set| format!("c_{set} varchar(4) CHARACTER SET {set}"))
        .collect();
    let mut sql = format!(
        "SET NAMES utf8mb4; SET sql_mode = '';\nCREATE TABLE t (id int PRIMARY KEY, {});\n",
        columns.join(", ")
    );
    let mut rows = Vec::new();
    for letter in letters().filter(|&letter| letter != ODD) {
        let values = vec![format!("'{letter}'"); sets.len()].join(", ");
        rows.push(format!("({}, {values})", u32::from(letter)));
    }
    rows.sort();
    rows.dedup();
    for rows in rows.chunks(500) {
        sql.push_str(&format!("INSERT INTO t VALUES {};\n", rows.join(",\n")));
    }
    db.load("CREATE DATABASE lacking CHARACTER SET utf8mb4;");
    db.load_into("lacking", sql.as_bytes()).unwrap();
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("dump.sql"), &sql).unwrap();
    run(folder.path(), &["import", "dump.sql", "-o", "out.sqlite"]).exits(0);
    let expected = &cells::of_server(&db, "lacking")["t"];
    assert!(expected.rows.len() > 6_000, "{} rows", expected.rows.len());
    cells::compare(&folder.path().join("out.sqlite"), "t", expected)
        .unwrap_or_else(|difference| panic!("{difference}"));
}
