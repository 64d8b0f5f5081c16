//! Hand-made dumps, one folder a case in `tests/import/`: `input.sql` and `expected.json` with the
//! schema, the rows and the notes (or the error) that the import must give.
//!
//! In `expected.json`, `options` go to the command, `accepts` and `refuses` are statements that must
//! work or fail on the file, one after the other in a transaction that is rolled back, and `gives` are
//! queries with their rows after `accepts`; `no_server` says why a MariaDB cannot be asked for the same
//! (see `import_oracle`). `schema`, `rows`, `notes` and `error` are compared whole; with
//! `EKIBEN_BLESS=1` they are written as found, to be read by a person before they are committed.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use rusqlite::types::ValueRef;
use serde_json::{Map, Value, json};
use tempfile::TempDir;

use crate::support::binary::run;

pub(crate) fn cases() -> Vec<PathBuf> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/import");
    let mut cases: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    cases.sort();
    cases
}

/// What a case expects; nothing when it is new.
pub(crate) fn expected(case: &Path) -> Map<String, Value> {
    let text = fs::read_to_string(case.join("expected.json"));
    serde_json::from_str(&text.unwrap_or_else(|_| "{}".to_owned())).unwrap()
}

#[test]
fn every_case_gives_what_it_expects() {
    let cases = cases();
    assert!(cases.len() > 30, "{} cases", cases.len());
    let mut failed = Vec::new();
    for case in &cases {
        if let Err(difference) = check(case) {
            failed.push(format!("{}: {difference}", case.display()));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

fn check(case: &Path) -> Result<(), String> {
    let folder = TempDir::new().unwrap();
    let input = fs::read(case.join("input.sql")).map_err(|error| error.to_string())?;
    fs::write(folder.path().join("input.sql"), input).unwrap();
    let path = case.join("expected.json");
    let mut expected = expected(case);
    let found = import(folder.path(), &strings(&expected, "options"));
    if std::env::var_os("EKIBEN_BLESS").is_some() {
        expected.retain(|key, _| !["schema", "rows", "notes", "error"].contains(&key.as_str()));
        expected.extend(found);
        fs::write(&path, pretty(&expected)).unwrap();
        return Ok(());
    }
    for key in ["error", "notes", "schema", "rows"] {
        if expected.get(key) != found.get(key) {
            let show = |map: &Map<String, Value>| map.get(key).map(Value::to_string);
            return Err(format!(
                "{key}:\n expected {}\n found    {}",
                show(&expected).unwrap_or_default(),
                show(&found).unwrap_or_default()
            ));
        }
    }
    if expected.contains_key("error") {
        return Ok(());
    }
    statements(&folder.path().join("out.sqlite"), &expected)
}

/// Imports and tells the whole outcome.
fn import(folder: &Path, options: &[String]) -> Map<String, Value> {
    let mut arguments = vec![
        "import",
        "input.sql",
        "-o",
        "out.sqlite",
        "--report",
        "json",
    ];
    arguments.extend(options.iter().map(String::as_str));
    let finished = run(folder, &arguments);
    let mut found = Map::new();
    let out = folder.join("out.sqlite");
    if finished.code != Some(0) {
        assert!(!out.exists(), "a failed import leaves no file");
        let message = finished
            .stderr
            .lines()
            .find_map(|line| line.strip_prefix("error: "))
            .unwrap_or(&finished.stderr);
        let error = format!("exit {}: {message}", finished.code.unwrap_or(-1));
        found.insert("error".to_owned(), error.into());
        return found;
    }
    let report: Value = serde_json::from_str(&finished.stdout).unwrap();
    let notes = report["notes"].as_array().unwrap().iter().map(|note| {
        format!(
            "{} {}: {}",
            note["line"],
            note["class"].as_str().unwrap(),
            note["what"].as_str().unwrap()
        )
    });
    found.insert("notes".to_owned(), notes.collect());
    let connection = Connection::open(out).unwrap();
    let schema = query(
        &connection,
        "SELECT sql FROM sqlite_schema
         WHERE sql IS NOT NULL AND tbl_name NOT LIKE 'sqlite_%' AND tbl_name NOT LIKE 'ekiben_%'
         ORDER BY type = 'table' DESC, rowid",
    )
    .unwrap();
    let schema: Vec<Value> = schema.into_iter().map(|mut row| row.remove(0)).collect();
    found.insert("schema".to_owned(), schema.into());
    let names = query(
        &connection,
        "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')
         AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'ekiben_%' ORDER BY rowid",
    )
    .unwrap();
    let mut rows = Map::new();
    for name in names {
        let name = name[0].as_str().unwrap();
        let select = format!("SELECT * FROM \"{}\"", name.replace('"', "\"\""));
        rows.insert(name.to_owned(), json!(query(&connection, &select).unwrap()));
    }
    found.insert("rows".to_owned(), rows.into());
    found
}

/// What must work, fail and be answered on the file.
fn statements(file: &Path, expected: &Map<String, Value>) -> Result<(), String> {
    let connection = Connection::open(file).unwrap();
    let verdict = query(&connection, "PRAGMA integrity_check").unwrap();
    if verdict != [[json!("ok")]] {
        return Err(format!("integrity: {verdict:?}"));
    }
    connection
        .execute_batch("PRAGMA foreign_keys = ON; BEGIN")
        .unwrap();
    for sql in strings(expected, "refuses") {
        if connection.execute_batch(&sql).is_ok() {
            return Err(format!("accepted: {sql}"));
        }
    }
    for sql in strings(expected, "accepts") {
        connection
            .execute_batch(&sql)
            .map_err(|error| format!("{error}: {sql}"))?;
    }
    if let Some(Value::Object(queries)) = expected.get("gives") {
        for (sql, rows) in queries {
            let found = json!(query(&connection, sql).map_err(|error| format!("{error}: {sql}"))?);
            if found != *rows {
                return Err(format!("{sql}:\n expected {rows}\n found    {found}"));
            }
        }
    }
    Ok(())
}

pub(crate) fn strings(map: &Map<String, Value>, key: &str) -> Vec<String> {
    let list = map.get(key).and_then(Value::as_array);
    list.into_iter()
        .flatten()
        .map(|value| value.as_str().unwrap().to_owned())
        .collect()
}

fn query(connection: &Connection, sql: &str) -> rusqlite::Result<Vec<Vec<Value>>> {
    let mut statement = connection.prepare(sql)?;
    let width = statement.column_count();
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let cells = (0..width).map(|index| match row.get_ref(index).unwrap() {
            ValueRef::Null => Value::Null,
            ValueRef::Integer(number) => number.into(),
            ValueRef::Real(number) => number.into(),
            ValueRef::Text(text) => String::from_utf8(text.to_vec()).unwrap().into(),
            ValueRef::Blob(bytes) => {
                let digits = bytes.iter().map(|byte| format!("{byte:02x}"));
                json!({ "blob": digits.collect::<String>() })
            }
        });
        found.push(cells.collect());
    }
    Ok(found)
}

/// One row, note or statement a line.
fn pretty(expected: &Map<String, Value>) -> String {
    let list = |items: &[Value], indent: &str| {
        let lines: Vec<String> = items
            .iter()
            .map(|item| format!("{indent}  {item}"))
            .collect();
        if lines.is_empty() {
            "[]".to_owned()
        } else {
            format!("[\n{}\n{indent}]", lines.join(",\n"))
        }
    };
    let mut parts = Vec::new();
    for (key, value) in expected {
        let text = match value {
            Value::Array(items) => list(items, "  "),
            Value::Object(entries) => {
                let lines = entries.iter().map(|(name, value)| {
                    let rows = value.as_array().map_or(&[][..], Vec::as_slice);
                    format!("    {}: {}", json!(name), list(rows, "    "))
                });
                format!("{{\n{}\n  }}", lines.collect::<Vec<_>>().join(",\n"))
            }
            other => other.to_string(),
        };
        parts.push(format!("  {}: {text}", json!(key)));
    }
    format!("{{\n{}\n}}\n", parts.join(",\n"))
}
