//! A primary on a full disk: writes are answered 507 and have not happened, reads go on, and when
//! space returns so do the writes, without a restart. What was answered before and meanwhile is there,
//! also when the server is killed on the full disk.

use std::fs;
use std::path::{Path, PathBuf};

use ekiben::store::{Store, StoreError};
use rusqlite::Connection;
use serde_json::Value;

use crate::support::binary::{Process, run};
use crate::support::client::Client;
use crate::support::dataset::{CHAIR, Chair, Dataset};
use crate::support::harness::{Options, bake_folder, poll_once, store_options};
use crate::support::ledger::{Entry, State, Write, compare, generation, observe};
use crate::support::small_disk::{Filler, small_disk};

const STOCK: i64 = 1_000_000;

/// A client with its log.
struct Shopper {
    client: Client,
    entries: Vec<Entry>,
    uploads: i64,
}

impl Shopper {
    async fn connect(server: &Process, uploads: i64) -> Self {
        let client = Client::connect(server.address).await.unwrap();
        let entries = Vec::new();
        Self {
            client,
            entries,
            uploads,
        }
    }

    /// Sends `write` and returns its status. What is not a success is a problem document.
    async fn send(&mut self, write: Write) -> u16 {
        let (status, body) = write.send(&mut self.client, None).await.unwrap();
        let mut entry = Entry::of(write, None);
        entry.status = Some(status);
        self.entries.push(entry);
        if status >= 300 {
            assert!([503, 507].contains(&status), "{entry:?}: {body}");
            let problem: Value = serde_json::from_str(&body).unwrap();
            assert_eq!(problem["status"], status, "{body}");
        }
        status
    }

    async fn buy(&mut self) -> u16 {
        self.send(Write::Purchase(1)).await
    }

    async fn upload(&mut self) -> u16 {
        self.uploads += 1;
        self.send(Write::upload(self.uploads)).await
    }

    async fn reads(&mut self) {
        for path in ["/api/chair/1", "/api/chair/low_priced", "/readyz"] {
            assert_eq!(self.client.get(path).await.unwrap().0, 200, "{path}");
        }
    }

    /// Writes until both kinds of writes are refused, with reads in between.
    async fn write_until_refused(&mut self) {
        let mut refused = (0, 0);
        for _ in 0..2_000 {
            // Once no upload fits, only purchases are left to fill what the log has of space.
            if refused.0 < 3 {
                refused.0 += u32::from(self.upload().await == 507);
            }
            refused.1 += u32::from(self.buy().await == 507);
            self.reads().await;
            if refused.0 >= 3 && refused.1 >= 3 {
                return;
            }
        }
        panic!("refused: {refused:?} uploads and purchases; the disk should be full");
    }
}

/// A primary on a disk of its own, and somebody who writes to it.
struct Scene {
    disk: PathBuf,
    data: PathBuf,
    before: State,
    server: Process,
    shopper: Shopper,
}

impl Scene {
    /// `None` outside of the disk, see [`small_disk`].
    async fn set(test: &str) -> Option<Self> {
        let disk = small_disk(test, 8)?;
        let before = primary(&disk);
        let server = Process::start(&disk, &[]);
        Some(Self {
            data: disk.join("data"),
            before,
            shopper: Shopper::connect(&server, 0).await,
            server,
            disk,
        })
    }
}

fn primary(disk: &Path) -> State {
    let dumps = disk.join("dumps");
    let chair = |id| Chair {
        id,
        stock: STOCK,
        ..CHAIR
    };
    Dataset::of_chairs([chair(1), chair(2)]).write(&dumps);
    bake_folder(&dumps, &disk.join("data/isuumo.sqlite")).unwrap();
    [(1, STOCK), (2, STOCK)].into()
}

#[tokio::test]
async fn writes_are_refused_on_a_full_disk_and_go_on_when_there_is_space() {
    let test =
        "service::full_disk::writes_are_refused_on_a_full_disk_and_go_on_when_there_is_space";
    let Some(scene) = Scene::set(test).await else {
        return;
    };
    let Scene {
        disk,
        data,
        before,
        server,
        mut shopper,
    } = scene;
    assert_eq!((shopper.upload().await, shopper.buy().await), (201, 200));
    let filler = Filler::on(&disk, 300_000);
    shopper.write_until_refused().await;
    compare(&before, &observe(&data), &shopper.entries);

    let reset = shopper
        .client
        .post("/initialize", "application/json", String::new());
    let (status, body) = reset.await.unwrap();
    assert_eq!(status, 507, "{body}");
    let now = observe(&data);
    compare(&before, &now, &shopper.entries);

    filler.remove();
    assert_eq!((shopper.upload().await, shopper.buy().await), (201, 200));
    shopper.reads().await;
    compare(&before, &observe(&data), &shopper.entries);

    // Stopped on a full disk, it ends as always.
    let filler = Filler::on(&disk, 0);
    server.terminate();
    let (code, log) = server.wait();
    assert_eq!(code, Some(0), "{log}");
    filler.remove();
    compare(&before, &observe(&data), &shopper.entries);
}

#[tokio::test]
async fn a_primary_killed_on_a_full_disk_starts_again_when_there_is_space() {
    let test =
        "service::full_disk::a_primary_killed_on_a_full_disk_starts_again_when_there_is_space";
    let Some(scene) = Scene::set(test).await else {
        return;
    };
    let Scene {
        disk,
        data,
        before,
        server,
        mut shopper,
    } = scene;
    let filler = Filler::on(&disk, 500_000);
    shopper.write_until_refused().await;
    server.kill();

    // The index of the log is made anew at each start: there is no space for it.
    fs::remove_file(generation(&data).with_extension("sqlite-shm")).unwrap();
    let _same = Filler::on(&disk, 0);
    run(&disk, &["serve", "--listen", "127.0.0.1:0"])
        .exits(5)
        .says("isuumo.primary.1.sqlite")
        .says("hint: Check the free space");

    filler.remove();
    let server = Process::start(&disk, &[]);
    let now = observe(&data);
    compare(&before, &now, &shopper.entries);
    let mut after = Shopper::connect(&server, shopper.uploads).await;
    assert_eq!((after.upload().await, after.buy().await), (201, 200));
    compare(&now, &observe(&data), &after.entries);
}

/// A write too large for memory meets the full disk before the commit, and SQLite gives up the whole
/// group: all of it fails for want of space, and what comes behind has its chance.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_too_large_for_the_disk_takes_its_group_along_and_no_more() {
    let test =
        "service::full_disk::a_write_too_large_for_the_disk_takes_its_group_along_and_no_more";
    let Some(disk) = small_disk(test, 8) else {
        return;
    };
    primary(&disk);
    let baked = disk.join("data/isuumo.sqlite");
    let store = Store::open(store_options(&disk, &baked, &Options::default())).unwrap();
    let price = |price: i64| {
        move |c: &Connection| {
            let update = "UPDATE chair SET price = ?1 WHERE id = 1";
            Ok::<_, StoreError>(c.execute(update, [price])?)
        }
    };
    let (begin, begun) = std::sync::mpsc::channel::<()>();
    let (running, is_running) = std::sync::mpsc::channel::<()>();
    let mut first = Box::pin(store.write(move |c| {
        running.send(()).unwrap();
        begun.recv().unwrap();
        price(7)(c)
    }));
    assert!(poll_once(first.as_mut()).await.is_none());
    is_running.recv().unwrap();
    let mut large = Box::pin(store.write(|c| {
        c.execute_batch("CREATE TABLE large (bytes BLOB) STRICT")?;
        (0..30).try_for_each(|_| {
            c.execute("INSERT INTO large VALUES (zeroblob(1000000))", [])?;
            Ok::<_, StoreError>(())
        })
    }));
    assert!(poll_once(large.as_mut()).await.is_none());
    let mut last = Box::pin(store.write(price(8)));
    assert!(poll_once(last.as_mut()).await.is_none());
    begin.send(()).unwrap();
    let first = first.await.unwrap_err();
    assert!(first.is_full(), "{first}");
    let large = large.await.unwrap_err();
    assert!(large.is_full(), "{large}");
    last.await.unwrap();
    let select =
        "SELECT (SELECT price FROM chair WHERE id = 1) || ' ' || count(*) FROM sqlite_schema
                  WHERE name = 'large'";
    let read = |c: &Connection| Ok::<String, StoreError>(c.query_row(select, [], |r| r.get(0))?);
    assert_eq!(store.read(read).unwrap(), "8 0");
}

/// A bake that has no space leaves nothing behind.
#[test]
fn a_bake_on_a_full_disk_leaves_nothing_behind() {
    let test = "service::full_disk::a_bake_on_a_full_disk_leaves_nothing_behind";
    let Some(disk) = small_disk(test, 8) else {
        return;
    };
    run(&disk, &["bake", "--out", "."])
        .exits(5)
        .says("isuumo.sqlite: ")
        .says("full")
        .says("hint: Check the free space");
    let left: Vec<_> = disk.read_dir().unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
}
