//! Idempotency keys of the real binary: they survive SIGKILL, a stop, a backup and a restore, and are not
//! shown as data.

use std::path::Path;

use serde_json::Value;

use crate::support::binary::{Process, run};
use crate::support::client::Client;
use crate::support::data_folder::{back_up, baked_folder, restore, stop};
use crate::support::dataset::{CHAIR, Chair, Dataset};
use crate::support::ledger::Write;

/// Only whoever has the key of the purchase is still told that it succeeded.
async fn is_remembered(server: &Process) {
    let mut client = Client::connect(server.address).await.unwrap();
    let buy = Write::Purchase(1);
    assert_eq!(buy.send(&mut client, Some("mine")).await.unwrap().0, 200);
    assert_eq!(buy.send(&mut client, Some("other")).await.unwrap().0, 404);
    assert_eq!(buy.send(&mut client, None).await.unwrap().0, 404);
}

fn start(folder: &Path) -> Process {
    Process::start(folder, &[])
}

#[tokio::test]
async fn keys_survive_kills_stops_backups_and_restores() {
    let folder = baked_folder(&Dataset::of_chairs([Chair {
        id: 1,
        stock: 1,
        ..CHAIR
    }]));
    let path = folder.path();
    let server = start(path);
    is_remembered(&server).await;
    back_up(path, &["backups/x.sqlite"]).exits(0);
    server.kill();
    let server = start(path);
    is_remembered(&server).await;
    stop(server);
    let server = start(path);
    is_remembered(&server).await;
    restore(path, &["--data-dir", "other", "backups/x.sqlite"]).exits(0);
    let restored = Process::start(path, &["--data-dir", "other"]);
    is_remembered(&restored).await;

    for file in ["data/isuumo.primary.1.sqlite", "backups/x.sqlite"] {
        let told = run(path, &["inspect", "--full", "--json", file]);
        let told: Value = serde_json::from_str(&told.exits(0).stdout).unwrap();
        assert_eq!(told["health"]["problems"], serde_json::json!([]), "{told}");
        let tables = told["tables"].as_array().unwrap().iter();
        let names: Vec<_> = tables
            .map(|table| table["name"].as_str().unwrap())
            .collect();
        assert_eq!(names, ["chair", "chair_search", "estate", "estate_search"]);
    }
}
