//! Every schema that was ever released is brought to the present one: `tests/schema/APP_N/` holds what its
//! files were then, as far as they have changed since. A primary's copy of each becomes what a fresh bake
//! makes, row by row and table by table.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use tempfile::TempDir;

use crate::service::migrations::tables;
use crate::support::binary::{Process, run};
use crate::support::data_folder::stop;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The released versions of an app before the present one, oldest first.
fn released(app: &str) -> Vec<(u32, PathBuf)> {
    let folders = fs::read_dir(Path::new(ROOT).join("tests/schema")).unwrap();
    let mut versions: Vec<_> = folders
        .filter_map(|folder| {
            let path = folder.unwrap().path();
            let name = path.file_name()?.to_str()?;
            let version = name.strip_prefix(app)?.strip_prefix('_')?.parse().ok()?;
            Some((version, path))
        })
        .collect();
    versions.sort();
    versions
}

/// A schema folder in which `app` has the files of `then`, and the migrations up to its version.
fn install(folder: &Path, app: &str, version: u32, then: &Path) {
    let schema = folder.join("schema").join(app);
    fs::create_dir_all(&schema).unwrap();
    let built_in = Path::new(ROOT).join("schema").join(app);
    for file in fs::read_dir(built_in).unwrap() {
        let file = file.unwrap();
        let name = file.file_name().into_string().unwrap();
        let number = name
            .strip_prefix("migration_")
            .and_then(|rest| rest.strip_suffix(".sql"));
        if number.is_some_and(|number| number.parse::<u32>().unwrap() > version) {
            continue;
        }
        let old = then.join(&name);
        let from = if old.exists() { old } else { file.path() };
        fs::copy(from, schema.join(name)).unwrap();
    }
    fs::write(folder.join("ekiben.toml"), "schema_dir = \"schema\"\n").unwrap();
}

fn execute(file: &Path, sql: &str) {
    let connection = Connection::open(file).unwrap();
    connection.execute_batch(sql).unwrap();
}

/// Every row of a table as text, and the counter of its numbers if it has one.
fn rows(file: &Path, table: &str) -> (Vec<String>, i64) {
    let connection = Connection::open(file).unwrap();
    let mut select = connection
        .prepare(&format!("SELECT * FROM {table} ORDER BY id"))
        .unwrap();
    let width = select.column_count();
    let rows = select.query_map([], |row| {
        let values = (0..width).map(|index| row.get_ref(index));
        let values: Vec<_> = values.collect::<Result<_, _>>()?;
        Ok(format!("{values:?}"))
    });
    let rows = rows.unwrap().collect::<Result<_, _>>().unwrap();
    let counter = format!("SELECT max(seq) FROM sqlite_sequence WHERE name = '{table}'");
    let counter = connection.query_row(&counter, [], |row| row.get(0));
    (rows, counter.unwrap_or(0))
}

/// Has a primary of every released version of `app` write (`change`), brings it to the present version, and
/// compares `compared` before and after.
fn every_version_arrives(app: &str, change: &str, compared: &[&str]) {
    let versions = released(app);
    assert!(!versions.is_empty(), "tests/schema has none of {app}");
    for (version, then) in versions {
        let folder = TempDir::new().unwrap();
        install(folder.path(), app, version, &then);
        stop(Process::start(folder.path(), &["--app", app]));
        let generation = |number| {
            let name = format!("data/{app}.primary.{number}.sqlite");
            folder.path().join(name)
        };
        execute(&generation(1), change);
        let before: Vec<_> = compared
            .iter()
            .map(|table| rows(&generation(1), table))
            .collect();
        fs::remove_file(folder.path().join("ekiben.toml")).unwrap();
        stop(Process::start(folder.path(), &["--app", app]));
        let after: Vec<_> = compared
            .iter()
            .map(|table| rows(&generation(2), table))
            .collect();
        assert!(before == after, "{app} {version}: other rows");
        run(folder.path(), &["bake", "--app", app, "--out", "fresh"]).exits(0);
        let fresh = folder.path().join(format!("fresh/{app}.sqlite"));
        assert_eq!(tables(&generation(2)), tables(&fresh), "{app} {version}");
    }
}

#[test]
fn every_version_of_isuumo_arrives() {
    every_version_arrives(
        "isuumo",
        "UPDATE chair SET stock = stock - 1 WHERE id < 100 AND stock > 1;
         UPDATE chair SET stock = 0 WHERE id BETWEEN 100 AND 200;
         UPDATE estate SET name = '椅' || char(0) || '子' WHERE id = 3;",
        &["chair", "estate", "chair_search", "estate_search"],
    );
}

#[test]
fn every_version_of_people_arrives() {
    every_version_arrives(
        "people",
        "UPDATE person SET age = age + 1 WHERE id < 50;
         DELETE FROM person WHERE id > 800;",
        &["person"],
    );
}
