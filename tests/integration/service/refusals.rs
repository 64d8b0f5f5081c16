//! Files that are refused at start: damaged, truncated, of another app, schema or version, as baked
//! file and as a primary's own copy. The message names the file and says what to do, the exit code is
//! 6, and the file stays as it is.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use tempfile::TempDir;

use crate::support::binary::{Process, run};
use crate::support::client::Client;
use crate::support::data_folder::contents;
use crate::support::dataset::{CHAIR, Chair, Dataset};
use crate::support::harness::bake_folder;

const PAGE: usize = 4096;

/// How a file is spoiled.
enum Spoil {
    Bytes(fn(&mut Vec<u8>)),
    Sql(&'static str),
    /// The first page of this table or index is overwritten.
    Page(&'static str),
}

impl Spoil {
    fn apply(&self, path: &Path) {
        match self {
            Self::Bytes(change) => {
                let mut bytes = fs::read(path).unwrap();
                change(&mut bytes);
                fs::write(path, bytes).unwrap();
            }
            Self::Sql(sql) => Connection::open(path).unwrap().execute_batch(sql).unwrap(),
            Self::Page(name) => {
                let select = "SELECT rootpage FROM sqlite_schema WHERE name = ?1";
                let connection = Connection::open(path).unwrap();
                let page: usize = connection
                    .query_row(select, [name], |row| row.get(0))
                    .unwrap();
                drop(connection);
                let mut bytes = fs::read(path).unwrap();
                bytes[(page - 1) * PAGE..page * PAGE].fill(0xAA);
                fs::write(path, bytes).unwrap();
            }
        }
    }
}

/// All that is refused at start, with the reason given.
const REFUSED: &[(Spoil, &str)] = &[
    (
        Spoil::Bytes(|bytes| bytes[..16].fill(0xAA)),
        "it is not a SQLite file",
    ),
    (Spoil::Bytes(|bytes| bytes[100..PAGE].fill(0xAA)), "damaged"),
    (Spoil::Page("chair_by_popularity"), "damaged"),
    (Spoil::Bytes(Vec::clear), "it is empty"),
    (
        Spoil::Bytes(|bytes| bytes.truncate(bytes.len() - 1)),
        "truncated",
    ),
    (Spoil::Bytes(|bytes| bytes.truncate(2 * PAGE)), "truncated"),
    (
        Spoil::Sql("PRAGMA application_id = 1"),
        "ekiben did not make it",
    ),
    (
        Spoil::Sql("PRAGMA user_version = 2"),
        "a newer version of ekiben made it",
    ),
    (
        Spoil::Sql("UPDATE ekiben_provenance SET value = 'people' WHERE key = 'app'"),
        "it belongs to people, not to isuumo",
    ),
    (
        Spoil::Sql("UPDATE ekiben_provenance SET value = '' WHERE key = 'schema_digest'"),
        "another schema of isuumo",
    ),
];

fn baked() -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let dumps = folder.path().join("dumps");
    Dataset::of_chairs((1..=50).map(|id| Chair { id, ..CHAIR })).write(&dumps);
    let baked = folder.path().join("data/isuumo.sqlite");
    bake_folder(&dumps, &baked).unwrap();
    (folder, baked)
}

#[test]
fn a_baked_file_is_refused_and_left_as_it_is() {
    for (spoil, reason) in REFUSED {
        let (folder, baked) = baked();
        spoil.apply(&baked);
        let before = contents(&folder.path().join("data"));
        for mode in ["replica", "primary"] {
            run(
                folder.path(),
                &["serve", "--listen", "127.0.0.1:0", "--mode", mode],
            )
            .exits(6)
            .says("error: cannot serve data/isuumo.sqlite: ")
            .says(reason)
            .says("hint: Bake the file anew with `ekiben bake --out DIR`");
            let after = contents(&folder.path().join("data"));
            assert!(after == before, "{reason}: something was changed");
        }
    }
}

#[tokio::test]
async fn a_copy_is_refused_and_left_as_it_is() {
    for (spoil, reason) in REFUSED {
        let (folder, _) = baked();
        let server = Process::start(folder.path(), &[]);
        server.terminate();
        assert_eq!(server.wait().0, Some(0));
        spoil.apply(&folder.path().join("data/isuumo.primary.1.sqlite"));
        let before = contents(&folder.path().join("data"));
        run(folder.path(), &["serve", "--listen", "127.0.0.1:0"])
            .exits(6)
            .says("error: cannot serve the primary's own copy data/isuumo.primary.1.sqlite: ")
            .says(reason)
            .says("hint: It holds writes and is left untouched.")
            .says("move it away");
        let after = contents(&folder.path().join("data"));
        assert!(after == before, "{reason}: something was changed");
    }
}

/// The log of a copy that was moved away must not get into the new copy.
#[tokio::test]
async fn a_truncated_copy_with_a_log_is_refused_and_what_it_leaves_behind_is_not_mixed_in() {
    let (folder, _) = baked();
    let data = folder.path().join("data");
    let server = Process::start(folder.path(), &[]);
    let mut client = Client::connect(server.address).await.unwrap();
    let csv = "1000000,n,d,t,1,50,60,70,赤,,座椅子,1,1\n";
    assert_eq!(client.upload("chairs", csv).await.unwrap().0, 201);
    server.kill();
    let copy = data.join("isuumo.primary.1.sqlite");
    let bytes = fs::read(&copy).unwrap();
    let log = fs::read(data.join("isuumo.primary.1.sqlite-wal")).unwrap();
    assert!(!log.is_empty());
    fs::write(&copy, &bytes[..bytes.len() - PAGE]).unwrap();
    let before = contents(&data);
    run(folder.path(), &["serve", "--listen", "127.0.0.1:0"])
        .exits(6)
        .says("truncated");
    assert!(contents(&data) == before, "something was changed");

    fs::rename(&copy, folder.path().join("away.sqlite")).unwrap();
    let server = Process::start(folder.path(), &[]);
    let mut client = Client::connect(server.address).await.unwrap();
    assert_eq!(client.get("/api/chair/1000000").await.unwrap().0, 404);
    assert_eq!(client.get("/api/chair/1").await.unwrap().0, 200);
    server.kill();
    let kept = fs::read(data.join("isuumo.primary.1.sqlite-wal")).unwrap();
    assert!(kept == log, "the log of what was moved away is kept");
    assert!(data.join("isuumo.primary.2.sqlite").exists());
}

/// What no start looks at, the full check finds.
#[test]
fn inspect_finds_pages_that_no_start_reads() {
    let (folder, baked) = baked();
    run(folder.path(), &["inspect", "--full", "data/isuumo.sqlite"]).exits(0);
    Spoil::Page("chair").apply(&baked);
    let before = fs::read(&baked).unwrap();
    run(folder.path(), &["inspect", "--full", "data/isuumo.sqlite"])
        .exits(6)
        .says("data/isuumo.sqlite: database disk image is malformed")
        .says("hint: Restore the newest backup");
    assert!(fs::read(&baked).unwrap() == before, "the file was changed");
}
