//! Schema versions: a primary's copy of an older one is brought forward at start, by `ekiben migrate` and
//! after a restore, with every row and every answered write. What is refused: `migration_refusals`.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use serde_json::Value;
use tempfile::TempDir;

use crate::support::binary::{Process, run};
use crate::support::client::Client;
use crate::support::data_folder::{back_up, contents, names, restore, stop};
use crate::support::dataset::{CHAIR, Chair, Dataset};
use crate::support::schema_folder::{COLUMN, Later, TABLE, built_in_version, install};

const BOTH: &[Later] = &[COLUMN, TABLE];

/// Some chairs are bargains, some are of the kind that becomes another material.
fn dataset() -> Dataset {
    Dataset::of_chairs((1..=40).map(|id| Chair {
        id,
        price: 100 * id,
        kind: ["座椅子", "ハンモック"][usize::try_from(id % 2).unwrap()],
        ..CHAIR
    }))
}

/// A folder whose program has the built-in schema, with a baked file.
pub(crate) fn old_folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    dataset().write(&folder.path().join("dumps"));
    fs::create_dir(folder.path().join("backups")).unwrap();
    install(folder.path(), &[]);
    bake(folder.path(), "data");
    folder
}

/// The same after a primary has run.
pub(crate) fn old_primary() -> TempDir {
    let folder = old_folder();
    stop(Process::start(folder.path(), &[]));
    folder
}

pub(crate) fn bake(folder: &Path, out: &str) {
    run(folder, &["bake", "--from", "dumps", "--out", out]).exits(0);
}

pub(crate) fn generation(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("data/isuumo.primary.{number}.sqlite"))
}

fn generations(folder: &Path) -> Vec<String> {
    let mut names = names(&folder.join("data"));
    names.retain(|name| name.contains(".primary.") && name.ends_with(".sqlite"));
    names
}

fn open(file: &Path) -> Connection {
    Connection::open(file).unwrap()
}

fn count(file: &Path, sql: &str) -> i64 {
    open(file).query_row(sql, [], |row| row.get(0)).unwrap()
}

/// The version that a file says it has.
pub(crate) fn version(file: &Path) -> String {
    let fact = "SELECT value FROM ekiben_provenance WHERE key = 'schema_version'";
    open(file).query_row(fact, [], |row| row.get(0)).unwrap()
}

/// Every table, index, view and trigger of the app with its text, white space aside, which SQLite puts where
/// it likes; and which indexes have statistics.
pub(crate) fn tables(file: &Path) -> (Vec<[String; 4]>, Vec<String>) {
    let connection = open(file);
    let schema = connection
        .prepare(
            "SELECT type, name, tbl_name, replace(replace(sql, ' ', ''), char(10), '') FROM sqlite_schema
             WHERE name NOT LIKE 'ekiben%' AND sql IS NOT NULL ORDER BY type, name",
        )
        .unwrap()
        .query_map([], |row| {
            Ok([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?])
        })
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    let statistics = connection
        .prepare(
            "SELECT idx FROM sqlite_stat1 WHERE tbl NOT LIKE 'ekiben%' AND idx > '' ORDER BY 1",
        )
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    (schema, statistics)
}

/// Has the file be what a bake with the program's schema would have made of it.
#[track_caller]
fn assert_like_a_fresh_bake(folder: &Path, file: &Path) {
    bake(folder, "fresh");
    let (made, fresh) = (tables(file), tables(&folder.join("fresh/isuumo.sqlite")));
    for (made, fresh) in made.0.iter().zip(&fresh.0) {
        assert_eq!(made, fresh);
    }
    assert_eq!(made.0.len(), fresh.0.len());
    assert_eq!(made.1, fresh.1, "the indexes with statistics");
    let is_there = |name: &str| fresh.0.iter().any(|entry| entry[1] == name);
    assert!(is_there("chair_by_material"), "the test needs changes");
    let file = file.display().to_string();
    run(folder, &["inspect", "--full", &file]).exits(0);
}

#[tokio::test]
async fn a_start_migrates_over_two_versions_with_every_answered_write() {
    let folder = old_folder();
    let server = Process::start(folder.path(), &[]);
    let mut client = Client::connect(server.address).await.unwrap();
    let csv = "1000,n,d,t,1500,50,60,70,赤,,座椅子,1,3\n";
    let uploaded = client
        .upload_with(Some("migrated-1"), "chairs", csv)
        .await
        .unwrap();
    assert_eq!(uploaded.0, 201);
    let body = r#"{"email":"a"}"#.to_owned();
    let path = "/api/chair/buy/1000";
    let bought = client.post(path, "application/json", body).await.unwrap();
    assert_eq!(bought.0, 200);
    server.kill();
    let old = generation(folder.path(), 1);
    let log = fs::read(old.with_extension("sqlite-wal")).unwrap();
    assert!(
        !log.is_empty(),
        "the test needs writes that only the log has"
    );
    let before = fs::read(&old).unwrap();

    let to = install(folder.path(), BOTH);
    let from = built_in_version();
    assert_eq!(to, from + 2);
    let server = Process::start(folder.path(), &[]);
    let mut client = Client::connect(server.address).await.unwrap();
    let (status, told) = client.get("/version").await.unwrap();
    assert_eq!(status, 200);
    let told: Value = serde_json::from_str(&told).unwrap();
    let told = &told["apps"]["isuumo"];
    assert_eq!(told["provenance"]["schema_version"], to, "{told}");
    assert_eq!(told["generation"], 2, "{told}");
    assert_eq!(client.get("/api/chair/1000").await.unwrap().0, 200);
    // The answers that are kept under keys came along.
    let again = client
        .upload_with(Some("migrated-1"), "chairs", csv)
        .await
        .unwrap();
    assert_eq!(again, uploaded);
    let other = client.upload("chairs", csv).await.unwrap();
    assert_ne!(other.0, 201, "the rows are there");

    // What it was made of stays as it was while this primary runs.
    assert!(
        fs::read(&old).unwrap() == before,
        "the old copy was written"
    );
    assert!(fs::read(old.with_extension("sqlite-wal")).unwrap() == log);
    stop(server);
    let new = generation(folder.path(), 2);
    assert_like_a_fresh_bake(folder.path(), &new);
    assert_eq!(version(&new), to.to_string());
    assert_eq!(count(&new, "SELECT stock FROM chair WHERE id = 1000"), 2);
    let cloth = "SELECT count(*) FROM chair WHERE material = '布'";
    assert_eq!(count(&new, cloth), 21);
    assert_eq!(count(&new, "SELECT count(*) FROM bargain"), 30);

    assert_eq!(generations(folder.path()).len(), 2);
    stop(Process::start(folder.path(), &[]));
    assert_eq!(generations(folder.path()), ["isuumo.primary.2.sqlite"]);
}

#[test]
fn a_migration_is_logged() {
    let folder = old_primary();
    let to = install(folder.path(), BOTH);
    // What a migration that was killed has left goes, and does not take the number.
    fs::write(folder.path().join("data/isuumo.primary.2.copying"), "half").unwrap();
    let mut server = Process::spawn(folder.path(), &[]);
    let line = server.wait_for_log("migrated to another schema version");
    assert_eq!(line["level"], "INFO", "{line}");
    assert_eq!(line["app"], "isuumo", "{line}");
    assert_eq!(line["from"], built_in_version(), "{line}");
    assert_eq!(line["to"], to, "{line}");
    assert_eq!(line["generation"], 2, "{line}");
    assert!(line["milliseconds"].is_u64(), "{line}");
    server.wait_for_log("listening on");
    stop(server);
    let left = names(&folder.path().join("data"));
    assert!(
        !left.iter().any(|name| name.ends_with(".copying")),
        "{left:?}"
    );
}

#[tokio::test]
async fn a_baked_file_of_an_older_version_is_migrated_when_it_is_copied() {
    let folder = old_folder();
    let baked = folder.path().join("data/isuumo.sqlite");
    let before = fs::read(&baked).unwrap();
    let to = install(folder.path(), BOTH);
    let server = Process::start(folder.path(), &[]);
    let mut client = Client::connect(server.address).await.unwrap();
    assert_eq!(version(&generation(folder.path(), 1)), to.to_string());
    let csv = "1000,n,d,t,1500,50,60,70,赤,,座椅子,1,3\n";
    assert_eq!(client.upload("chairs", csv).await.unwrap().0, 201);
    let reset = client.post("/initialize", "application/json", String::new());
    assert_eq!(reset.await.unwrap().0, 200);
    assert_eq!(client.get("/api/chair/1000").await.unwrap().0, 404);
    assert_eq!(client.get("/api/chair/1").await.unwrap().0, 200);
    stop(server);
    assert_eq!(generations(folder.path()), ["isuumo.primary.2.sqlite"]);
    assert_like_a_fresh_bake(folder.path(), &generation(folder.path(), 2));
    assert!(
        fs::read(&baked).unwrap() == before,
        "the baked file was written"
    );
}

#[test]
fn a_backup_of_an_older_version_is_restored_and_migrated_by_the_next_start() {
    let folder = old_primary();
    open(&generation(folder.path(), 1))
        .execute("UPDATE chair SET stock = 77 WHERE id = 1", [])
        .unwrap();
    back_up(folder.path(), &["backups/old.sqlite"]).exits(0);
    let to = install(folder.path(), BOTH);
    stop(Process::start(folder.path(), &[]));
    open(&generation(folder.path(), 2))
        .execute("UPDATE chair SET stock = 78 WHERE id = 1", [])
        .unwrap();
    let from = built_in_version();
    restore(folder.path(), &["backups/old.sqlite"])
        .exits(0)
        .says("data/isuumo.primary.3.sqlite: ")
        .says(&format!(
            "note: its schema version is {from}; the next start migrates it to {to}"
        ));
    assert_eq!(version(&generation(folder.path(), 3)), from.to_string());
    stop(Process::start(folder.path(), &[]));
    assert_eq!(
        generations(folder.path()),
        ["isuumo.primary.3.sqlite", "isuumo.primary.4.sqlite"]
    );
    let new = generation(folder.path(), 4);
    assert_eq!(version(&new), to.to_string());
    assert_eq!(count(&new, "SELECT stock FROM chair WHERE id = 1"), 77);
}

#[test]
fn migrate_does_what_the_next_start_would_and_check_tells() {
    let folder = old_folder();
    let to = install(folder.path(), BOTH);
    let from = built_in_version();
    let data = folder.path().join("data");
    for arguments in [
        &["migrate"][..],
        &["migrate", "--check"],
        &["migrate", "--data-dir", "none"],
        &["migrate", "--check", "--data-dir", "none"],
    ] {
        run(folder.path(), arguments)
            .exits(0)
            .says("isuumo: no copy of a primary yet, nothing to do");
    }
    assert!(!folder.path().join("none").exists());
    install(folder.path(), &[]);
    stop(Process::start(folder.path(), &[]));
    install(folder.path(), BOTH);

    let before = contents(&data);
    let (first, last) = (from + 1, to);
    run(folder.path(), &["migrate", "--check", "--app", "isuumo"])
        .exits(1)
        .says(&format!(
            "isuumo: schema {from} -> {to} is due for generation 1: \
             migration_{first}.sql, migration_{last}.sql\n"
        ))
        .says("error: migrations are due")
        .says("hint: `ekiben migrate` runs them");
    assert!(contents(&data) == before, "--check changed something");
    run(folder.path(), &["migrate"])
        .exits(0)
        .says(&format!("isuumo: schema {from} -> {to} in 0."))
        .says(" s, generation 2\n");
    assert_like_a_fresh_bake(folder.path(), &generation(folder.path(), 2));
    assert_eq!(generations(folder.path()).len(), 2, "the old one is kept");
    let before = contents(&data);
    for arguments in [&["migrate"][..], &["migrate", "--check"]] {
        run(folder.path(), arguments)
            .exits(0)
            .says(&format!("isuumo: schema {to}, generation 2, nothing to do"));
    }
    assert!(contents(&data) == before, "there was nothing to do");
    stop(Process::start(folder.path(), &[]));
    assert_eq!(generations(folder.path()), ["isuumo.primary.2.sqlite"]);
}

#[test]
fn files_from_before_there_were_versions_have_the_first() {
    let folder = old_primary();
    for file in ["data/isuumo.sqlite", "data/isuumo.primary.1.sqlite"] {
        open(&folder.path().join(file))
            .execute(
                "DELETE FROM ekiben_provenance WHERE key = 'schema_version'",
                [],
            )
            .unwrap();
        run(folder.path(), &["inspect", file])
            .exits(0)
            .says("schema version  1\n");
    }
    if built_in_version() == 1 {
        stop(Process::start(folder.path(), &[]));
    }
    let to = install(folder.path(), BOTH);
    run(folder.path(), &["migrate"])
        .exits(0)
        .says(&format!("isuumo: schema 1 -> {to} in "));
    assert_eq!(version(&generation(folder.path(), 2)), to.to_string());
    run(folder.path(), &["inspect", "data/isuumo.primary.2.sqlite"])
        .exits(0)
        .says(&format!("schema version  {to}\n"))
        .says("data/isuumo.sqlite: the same dataset, schema version 1\n");
}
