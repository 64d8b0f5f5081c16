//! What `inspect` reports of a file's health: integrity, the WAL beside it, generation, and how a primary's copy
//! relates to the baked file.

use std::fs;
use std::path::Path;

use rusqlite::Connection;
use serde_json::Value;

use crate::support::binary::{ekiben, finish, run};
use crate::support::data_folder::{back_up, claim, damage, written_folder};

#[test]
fn inspect_tells_the_health_of_a_file() {
    let folder = written_folder();
    let copy = "data/isuumo.primary.1.sqlite";
    run(folder.path(), &["inspect", "data/isuumo.sqlite"])
        .exits(0)
        .says("integrity       ok (quick check");
    run(folder.path(), &["inspect", "--full", copy])
        .exits(0)
        .says("integrity       ok (full check)")
        .says("WAL beside it   0 B")
        .says("generation      1")
        .says("baked file      data/isuumo.sqlite: the same dataset\n");
    let health = |arguments: &[&str]| {
        let told = run(folder.path(), &[&["inspect", "--json"], arguments].concat());
        let json: Value = serde_json::from_str(&told.exits(0).stdout).unwrap();
        json["health"].clone()
    };
    let connection = Connection::open(folder.path().join(copy)).unwrap();
    connection
        .execute("UPDATE chair SET price = 8", [])
        .unwrap();
    let told = health(&[copy]);
    assert!(told["wal_bytes"].as_u64().unwrap() > 4096, "{told}");
    assert_eq!(told["generation"], 1, "{told}");
    assert_eq!(told["problems"], serde_json::json!([]), "{told}");
    assert_eq!(told["checked"], "quick", "{told}");
    assert_eq!(told["drift"]["same_dataset"], true, "{told}");
    drop(connection);
    let told = health(&["data/isuumo.sqlite"]);
    assert_eq!(told["generation"], Value::Null, "{told}");
    assert_eq!(told.get("drift"), None, "{told}");
    claim(
        &folder.path().join("data/isuumo.sqlite"),
        "dataset_digest",
        "0123456789abcdef",
    );
    run(folder.path(), &["inspect", copy])
        .exits(0)
        .says("baked file      data/isuumo.sqlite: another dataset, 0123456789ab\n");
    fs::remove_file(folder.path().join("data/isuumo.sqlite")).unwrap();
    assert_eq!(health(&[copy]).get("drift"), None);
}

#[test]
fn inspect_finds_the_configured_baked_file() {
    let folder = written_folder();
    fs::create_dir(folder.path().join("baked")).unwrap();
    let data = folder.path().join("data");
    let elsewhere = folder.path().join("baked/isuumo.sqlite");
    fs::copy(data.join("isuumo.sqlite"), &elsewhere).unwrap();
    claim(&elsewhere, "schema_digest", "another");
    let output = ekiben(folder.path())
        .args(["inspect", "data/isuumo.primary.1.sqlite"])
        .env("EKIBEN_BAKED_DIR", "baked")
        .output();
    finish(&output.unwrap())
        .exits(0)
        .says("baked file      baked/isuumo.sqlite: the same dataset, another schema\n");
}

#[test]
fn inspect_fails_on_a_damaged_file() {
    let folder = written_folder();
    let copy = "data/isuumo.primary.1.sqlite";
    let file = folder.path().join(copy);
    spoil_an_index(&file);
    run(folder.path(), &["inspect", copy]).exits(0);
    run(folder.path(), &["inspect", "--full", copy])
        .exits(6)
        .says("integrity       damaged (full check)\n                ")
        .says("table or index")
        .says("error: data/isuumo.primary.1.sqlite is damaged: ")
        .says("chair_by_price")
        .says("hint: Restore the newest backup");
    // A backup that made the index anew would hide it.
    back_up(folder.path(), &["backups/x.sqlite"])
        .exits(6)
        .says("is damaged: ")
        .says("chair_by_price");
    damage(&file);
    let bytes = fs::read(&file).unwrap();
    fs::write(&file, &bytes[..bytes.len() / 2]).unwrap();
    run(folder.path(), &["inspect", copy])
        .exits(6)
        .says("cannot inspect data/isuumo.primary.1.sqlite: ")
        .says("hint: Restore the newest backup");
}

/// Has an index say something else of a row than its table.
fn spoil_an_index(file: &Path) {
    let open = || {
        let connection = Connection::open(file).unwrap();
        connection
            .pragma_update(None, "writable_schema", true)
            .unwrap();
        connection
    };
    let connection = open();
    connection
        .execute_batch(
            "CREATE TABLE ekiben_kept AS SELECT * FROM sqlite_schema WHERE name = 'chair_by_price';
             DELETE FROM sqlite_schema WHERE name = 'chair_by_price';",
        )
        .unwrap();
    drop(connection);
    // Whoever opens the file now does not know of the index.
    open()
        .execute_batch(
            "UPDATE chair_search SET price = 6;
             INSERT INTO sqlite_schema SELECT * FROM ekiben_kept;
             DROP TABLE ekiben_kept;",
        )
        .unwrap();
}
