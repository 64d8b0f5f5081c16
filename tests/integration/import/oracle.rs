//! The importer against a real MariaDB: `tests/oracle/schema.sql` goes in, `mariadb-dump` writes it
//! out with every set of options that changes the text, each text is imported, and every cell is
//! compared with what the server answers.

use std::fs;
use std::path::Path;

use rusqlite::Connection;
use tempfile::TempDir;

use crate::import::cases;
use crate::support::binary::run;
use crate::support::cells;
use crate::support::documents::repository_file;
use crate::support::mariadb::MariaDb;

/// A way to write the dump.
#[derive(Debug)]
pub(crate) struct OptionSet {
    /// The calls of `mariadb-dump`, each with its own options; one dump each.
    pub(crate) calls: &'static [&'static [&'static str]],
    /// Options of `ekiben import`.
    pub(crate) import: &'static [&'static str],
    /// Tables and views that this set cannot carry.
    pub(crate) without: &'static [&'static str],
}

const fn dump(calls: &'static [&'static [&'static str]]) -> OptionSet {
    OptionSet {
        calls,
        import: &[],
        without: &[],
    }
}

impl OptionSet {
    const fn import(self, import: &'static [&'static str]) -> Self {
        Self { import, ..self }
    }

    const fn without(self, without: &'static [&'static str]) -> Self {
        Self { without, ..self }
    }
}

/// A name that only stands in quotes, and in Unicode; `mariadb-dump` itself fails on it where names
/// are not quoted or have to be in another character set.
const STRANGE: &str = "we`ird \"na.me";

/// Tables with text, which other character sets than Unicode cannot carry without loss.
const UNICODE: &[&str] = &[STRANGE, "texts", "enums", "v1", "v2", "v3", "text_key"];
/// The same, for character sets that lack what is in Windows-1252.
const ASIAN: &[&str] = &[
    STRANGE, "texts", "enums", "v1", "v2", "v3", "text_key", "bytes", "others",
];
/// Tables with a key that holds only under its own collation, which `--compatible=mysql40` leaves out:
/// the server would refuse the dump as well.
const COLLATED: &[&str] = &["texts", "v1", "v3"];
/// The columns `key`, and the Japanese name.
const UNQUOTED: &[&str] = &[STRANGE];

pub(crate) const OPTION_SETS: &[OptionSet] = &[
    dump(&[&["oracle"]]),
    dump(&[&["--skip-extended-insert", "oracle"]]),
    dump(&[&["--complete-insert", "oracle"]]),
    dump(&[&["--hex-blob", "oracle"]]),
    dump(&[&["--compact", "oracle"]]),
    dump(&[&["--skip-opt", "oracle"]]),
    dump(&[&["--replace", "oracle"]]),
    dump(&[&["--insert-ignore", "oracle"]]),
    dump(&[&["--databases", "oracle"]]),
    dump(&[&["--all-databases"]]).import(&["--database", "oracle"]),
    dump(&[&["--routines", "--triggers", "--events", "oracle"]]),
    dump(&[&["--skip-tz-utc", "--order-by-primary", "oracle"]]),
    dump(&[&["--no-data", "oracle"], &["--no-create-info", "oracle"]]),
    dump(&[
        &["--no-data", "oracle"],
        &["--no-create-info", "--complete-insert", "oracle"],
    ]),
    dump(&[&["--skip-comments", "--skip-add-drop-table", "oracle"]]),
    dump(&[&["--single-transaction", "--no-autocommit", "oracle"]]),
    dump(&[&[
        "--create-options",
        "--skip-add-locks",
        "--skip-disable-keys",
        "oracle",
    ]]),
    dump(&[&["--net-buffer-length=4096", "oracle"]]),
    dump(&[&["--default-character-set=binary", "oracle"]]),
    dump(&[&["--skip-set-charset", "--hex-blob", "oracle"]]),
    dump(&[&["--skip-quote-names", "oracle"]]).without(UNQUOTED),
    dump(&[&[
        "--compatible=ansi",
        "--default-character-set=utf8mb4",
        "oracle",
    ]]),
    dump(&[&[
        "--compatible=oracle",
        "--default-character-set=utf8mb4",
        "oracle",
    ]]),
    dump(&[&[
        "--compatible=mysql40",
        "--default-character-set=utf8mb4",
        "oracle",
    ]])
    .without(COLLATED),
    dump(&[&["--default-character-set=latin1", "oracle"]]).without(UNICODE),
    dump(&[&["--default-character-set=sjis", "oracle"]]).without(ASIAN),
    dump(&[&["--default-character-set=gbk", "oracle"]]).without(ASIAN),
];

#[test]
fn every_cell_of_every_dump_is_what_the_server_answers() {
    let Some(db) = MariaDb::start() else { return };
    db.load(include_str!("../../oracle/schema.sql"));
    let expected = cells::of_server(&db, "oracle");
    assert_eq!(expected.len(), 22);
    let folder = TempDir::new().unwrap();
    for set in OPTION_SETS {
        let what = format!("{:?}", set.calls);
        let mut arguments = vec!["import", "-o", "out.sqlite", "--force"];
        arguments.extend(set.import);
        for (call, name) in set.calls.iter().zip(["1.sql", "2.sql"]) {
            let mut options = call.to_vec();
            // mariadb-dump stops at names that it cannot write.
            let ignored: Vec<String> = set
                .without
                .iter()
                .map(|name| format!("--ignore-table=oracle.{name}"))
                .collect();
            options.splice(0..0, ignored.iter().map(String::as_str));
            fs::write(folder.path().join(name), db.dump(&options)).unwrap();
            arguments.push(name);
        }
        run(folder.path(), &arguments).exits(0);
        let file = folder.path().join("out.sqlite");
        let mut compared = 0;
        for (name, table) in &expected {
            if !set.without.contains(&name.as_str()) {
                compared += cells::compare(&file, name, table)
                    .unwrap_or_else(|difference| panic!("{what}: {difference}"));
            }
        }
        assert!(compared > 200, "{what}: {compared} cells");
        assert_sound(&what, &file);
    }
}

/// What SQLite itself says of a file.
pub(crate) fn assert_sound(what: &str, file: &Path) {
    let connection = Connection::open(file).unwrap();
    let verdict: String = connection
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(verdict, "ok", "{what}");
    let dangling: Option<String> = connection
        .query_row(
            "SELECT \"table\" FROM pragma_foreign_key_check",
            [],
            |row| row.get(0),
        )
        .ok();
    assert_eq!(dangling, None, "{what}");
}

/// The hand-made cases that a MariaDB takes as well: it must end up with the same rows.
#[test]
fn hand_made_cases_hold_what_the_server_holds() {
    let Some(db) = MariaDb::start() else { return };
    let folder = TempDir::new().unwrap();
    let mut compared = 0;
    let mut differences = Vec::new();
    for case in cases::cases() {
        let expected = cases::expected(&case);
        if expected.contains_key("error") || expected.contains_key("no_server") {
            continue;
        }
        let name = case.file_name().unwrap().to_str().unwrap();
        let sql = fs::read(case.join("input.sql")).unwrap();
        db.load("DROP DATABASE IF EXISTS hand_made; CREATE DATABASE hand_made;");
        if let Err(refusal) = db.load_as_typed("hand_made", &sql) {
            let line = refusal.lines().find(|line| line.starts_with("ERROR"));
            differences.push(format!("{name}: {}", line.unwrap_or(&refusal)));
            continue;
        }
        fs::write(folder.path().join("input.sql"), &sql).unwrap();
        let mut arguments = vec!["import", "input.sql", "-o", "out.sqlite", "--force"];
        let options = cases::strings(&expected, "options");
        arguments.extend(options.iter().map(String::as_str));
        run(folder.path(), &arguments).exits(0);
        let file = folder.path().join("out.sqlite");
        let lost = |table: &str| expected["rows"].get(table).is_none();
        for (table, rows) in &cells::of_server(&db, "hand_made") {
            if lost(table) && rows.is_view {
                continue;
            }
            match cells::compare(&file, table, rows) {
                Ok(cells) => compared += cells,
                Err(difference) => differences.push(format!("{name}: {difference}")),
            }
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    assert!(compared > 500, "{compared} cells");
}

/// Trust 37: a server takes the sample dump too, and holds what the file does.
#[test]
fn the_sample_dump_holds_what_the_server_holds() {
    let Some(db) = MariaDb::start() else { return };
    let sql = repository_file("examples/shop.sql");
    db.load("CREATE DATABASE shop;");
    db.load_into("shop", sql.as_bytes()).unwrap();
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("shop.sql"), &sql).unwrap();
    run(folder.path(), &["import", "shop.sql", "-o", "shop.sqlite"]).exits(0);
    let file = folder.path().join("shop.sqlite");
    let expected = cells::of_server(&db, "shop");
    let names: Vec<_> = expected.keys().map(String::as_str).collect();
    assert_eq!(names, ["item", "order", "sale", "sold"]);
    for (name, table) in &expected {
        cells::compare(&file, name, table).unwrap_or_else(|difference| panic!("{difference}"));
    }
    assert_sound("shop.sql", &file);
}
