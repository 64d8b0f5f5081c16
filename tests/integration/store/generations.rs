//! The store's promises: generations, restarts, locks, files that cannot be served.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ekiben::config::Mode;
use ekiben::store::{Store, StoreError};
use tempfile::TempDir;

use crate::support::dataset::{CHAIR, Chair, Dataset};
use crate::support::harness::{Options, Site, bake_folder, poll_once, store_options};
use crate::support::schema_folder::{install, installed};

fn data_files(folder: &Path) -> Vec<String> {
    let data = folder.join("data");
    let mut names: Vec<_> = data
        .read_dir()
        .unwrap()
        .map(|f| f.unwrap().file_name().into_string().unwrap())
        .collect();
    names.retain(|name| name.ends_with(".sqlite") || name.ends_with(".copying"));
    names.sort();
    names
}

fn baked(folder: &Path) -> std::path::PathBuf {
    Dataset::tiny().write(&folder.join("dumps"));
    let baked = folder.join("isuumo.sqlite");
    bake_folder(&folder.join("dumps"), &baked).unwrap();
    baked
}

fn open(folder: &Path, baked: &Path, mode: Mode) -> Result<Store, StoreError> {
    Store::open(store_options(
        folder,
        baked,
        &Options {
            mode,
            ..Options::default()
        },
    ))
}

#[tokio::test]
async fn a_reset_replaces_the_generation_and_removes_the_old_one() {
    let site = Site::new(&Dataset::tiny());
    assert_eq!(data_files(site.folder.path()), ["isuumo.primary.1.sqlite"]);
    let held = site.store.generation();
    site.store.reset().await.unwrap();
    assert_eq!(site.store.generation().number(), 2);
    assert_eq!(
        data_files(site.folder.path()),
        ["isuumo.primary.1.sqlite", "isuumo.primary.2.sqlite"],
        "the old one is still held"
    );
    drop(held);
    assert_eq!(data_files(site.folder.path()), ["isuumo.primary.2.sqlite"]);
}

#[tokio::test]
async fn a_failed_reset_leaves_the_old_generation_for_the_next_start_too() {
    let folder = TempDir::new().unwrap();
    let baked = baked(folder.path());
    let store = open(folder.path(), &baked, Mode::Primary).unwrap();
    // It is ours, but the lists cannot be read from it: that shows once it is copied and has its name.
    let broken = rusqlite::Connection::open(&baked).unwrap();
    broken.execute_batch("DROP TABLE chair_search").unwrap();
    drop(broken);
    assert!(store.reset().await.is_err());
    assert_eq!(store.generation().number(), 1);
    assert_eq!(data_files(folder.path()), ["isuumo.primary.1.sqlite"]);
    store.write(|c| set_price(c, 7)).await.unwrap();
    drop(store);
    let store = open(folder.path(), &baked, Mode::Primary).unwrap();
    assert_eq!(store.generation().number(), 1);
    assert_eq!(price(&store), 7);
}

/// SQLite would take a WAL that somebody left under the next number for that of the new file.
#[tokio::test]
async fn a_reset_takes_no_number_of_which_something_is_there() {
    let folder = TempDir::new().unwrap();
    let store = open(folder.path(), &baked(folder.path()), Mode::Primary).unwrap();
    let left = folder.path().join("data/isuumo.primary.4.sqlite-wal");
    fs::write(&left, "stale").unwrap();
    store.write(|c| set_price(c, 7)).await.unwrap();
    store.reset().await.unwrap();
    assert_eq!(store.generation().number(), 5);
    assert_eq!(price(&store), 5000);
    assert_eq!(fs::read_to_string(&left).unwrap(), "stale");
    // Numbers rise also when somebody moved the files of a running primary away.
    fs::remove_file(&left).unwrap();
    for suffix in ["", "-wal", "-shm"] {
        let served = format!("data/isuumo.primary.5.sqlite{suffix}");
        fs::remove_file(folder.path().join(served)).unwrap();
    }
    store.reset().await.unwrap();
    assert_eq!(store.generation().number(), 6);
}

#[test]
fn a_bake_over_a_running_replica_does_not_show() {
    let folder = TempDir::new().unwrap();
    let baked = baked(folder.path());
    let store = open(folder.path(), &baked, Mode::Replica).unwrap();
    let other = Dataset::of_chairs([Chair {
        id: 1,
        price: 1,
        ..CHAIR
    }]);
    other.write(&folder.path().join("dumps"));
    bake_folder(&folder.path().join("dumps"), &baked).unwrap();
    // All readers at once, so that none can be an old one that is asked twice.
    let together = std::sync::Barrier::new(8);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let read = store.read(|c| {
                    together.wait();
                    Ok::<i64, StoreError>(c.query_row("SELECT price FROM chair", [], |r| r.get(0))?)
                });
                assert_eq!(read.unwrap(), 5000);
            });
        }
    });
    drop(store);
    assert_eq!(
        price(&open(folder.path(), &baked, Mode::Replica).unwrap()),
        1
    );
}

#[tokio::test]
async fn a_kept_copy_of_another_schema_is_refused_with_the_way_out() {
    let folder = TempDir::new().unwrap();
    let baked = baked(folder.path());
    drop(open(folder.path(), &baked, Mode::Primary).unwrap());
    install(folder.path(), &[]);
    let tables = folder.path().join("schema/isuumo/tables.sql");
    fs::write(&tables, fs::read_to_string(&tables).unwrap() + "-- another").unwrap();
    let mut options = store_options(folder.path(), &baked, &Options::default());
    options.schema = installed(folder.path());
    let error = Store::open(options).err().unwrap();
    assert!(matches!(error, StoreError::UnusableCopy { .. }), "{error}");
    assert!(error.hint().unwrap().contains("move it away"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn resets_that_wait_together_are_one() {
    let site = Arc::new(Site::new(&Dataset::tiny()));
    let (go, gone) = std::sync::mpsc::channel::<()>();
    let (running, is_running) = std::sync::mpsc::channel::<()>();
    let slow = Arc::clone(&site);
    let slow = tokio::spawn(async move {
        let hold = move |_: &rusqlite::Connection| {
            running.send(()).unwrap();
            gone.recv().unwrap();
            Ok::<_, StoreError>(())
        };
        slow.store.write(hold).await.unwrap();
    });
    is_running.recv().unwrap();
    let mut resets: Vec<_> = (0..20).map(|_| Box::pin(site.store.reset())).collect();
    for reset in &mut resets {
        assert!(poll_once(reset.as_mut()).await.is_none());
    }
    go.send(()).unwrap();
    for reset in resets {
        reset.await.unwrap();
    }
    slow.await.unwrap();
    assert_eq!(site.store.generation().number(), 2);
}

fn nothing(_: &rusqlite::Connection) -> Result<(), StoreError> {
    Ok(())
}

fn set_price(connection: &rusqlite::Connection, price: i64) -> Result<(), StoreError> {
    connection.execute("UPDATE chair SET price = ?1", [price])?;
    Ok(())
}

fn price(store: &Store) -> i64 {
    store
        .read(|c| Ok::<_, StoreError>(c.query_row("SELECT price FROM chair", [], |r| r.get(0))?))
        .unwrap()
}

#[tokio::test]
async fn writes_are_kept_across_restarts() {
    let folder = TempDir::new().unwrap();
    let baked = baked(folder.path());
    let store = open(folder.path(), &baked, Mode::Primary).unwrap();
    store.write(|c| set_price(c, 7)).await.unwrap();
    drop(store);
    let store = open(folder.path(), &baked, Mode::Primary).unwrap();
    let price = store
        .read(|c| Ok::<i64, StoreError>(c.query_row("SELECT price FROM chair", [], |r| r.get(0))?))
        .unwrap();
    assert_eq!(price, 7);
}

#[tokio::test]
async fn what_an_interrupted_reset_left_is_cleared_away() {
    let folder = TempDir::new().unwrap();
    let baked = baked(folder.path());
    drop(open(folder.path(), &baked, Mode::Primary).unwrap());
    let data = folder.path().join("data");
    fs::write(data.join("isuumo.primary.2.copying"), "half").unwrap();
    fs::copy(&baked, data.join("isuumo.primary.3.sqlite")).unwrap();
    let store = open(folder.path(), &baked, Mode::Primary).unwrap();
    assert_eq!(store.generation().number(), 3);
    assert_eq!(data_files(folder.path()), ["isuumo.primary.3.sqlite"]);
}

#[test]
fn a_second_primary_is_told_who_the_first_one_is() {
    let folder = TempDir::new().unwrap();
    let baked = baked(folder.path());
    let first = open(folder.path(), &baked, Mode::Primary).unwrap();
    match open(folder.path(), &baked, Mode::Primary).err().unwrap() {
        StoreError::Locked { holder, .. } => {
            assert_eq!(holder.pid, std::process::id().to_string());
            assert!(
                !holder.host.is_empty() && holder.since.ends_with('Z'),
                "{holder}"
            );
        }
        other => panic!("not locked: {other}"),
    }
    open(folder.path(), &baked, Mode::Replica).unwrap();
    drop(first);
    open(folder.path(), &baked, Mode::Primary).unwrap();
}

#[test]
fn files_that_cannot_be_served_are_refused_and_left_alone() {
    let folder = TempDir::new().unwrap();
    let good = baked(folder.path());
    let bytes = fs::read(&good).unwrap();
    let bad = folder.path().join("bad.sqlite");
    let other_app = folder.path().join("other.sqlite");
    fs::copy(&good, &other_app).unwrap();
    let connection = rusqlite::Connection::open(&other_app).unwrap();
    connection
        .execute(
            "UPDATE ekiben_provenance SET value='people' WHERE key='app'",
            [],
        )
        .unwrap();
    drop(connection);
    for (content, reason) in [
        (None, "there is no such file"),
        (
            Some(b"not a database at all, but text of some length".to_vec()),
            "it is not a SQLite file",
        ),
        (Some(Vec::new()), "it is empty"),
        (Some(bytes[..bytes.len() / 2].to_vec()), "it is truncated"),
        (
            Some(fs::read(&other_app).unwrap()),
            "it belongs to people, not to isuumo",
        ),
    ] {
        drop(fs::remove_file(&bad));
        if let Some(content) = &content {
            fs::write(&bad, content).unwrap();
        }
        for mode in [Mode::Replica, Mode::Primary] {
            let said = open(folder.path(), &bad, mode).err().unwrap().to_string();
            assert!(said.contains(reason), "{mode:?}: no {reason:?} in {said}");
        }
        assert_eq!(fs::read(&bad).ok(), content, "the file was changed");
    }
}

#[tokio::test]
async fn a_panicking_write_is_undone_and_the_writer_goes_on() {
    let site = Site::new(&Dataset::tiny());
    let panicked = site
        .store
        .write(|c| -> Result<(), StoreError> {
            c.execute("DELETE FROM chair", [])?;
            panic!("a test panics on purpose");
        })
        .await;
    assert!(
        matches!(panicked, Err(StoreError::Panicked(said)) if said == "a test panics on purpose")
    );
    site.get("/api/chair/1").await.is(200);
    assert_eq!(site.buy(1).await, 200);
}

#[tokio::test]
async fn a_full_queue_refuses_and_a_closed_store_says_so() {
    let mut options = Options::default();
    options.config.store.write_queue = 1;
    let site = Site::with(&Dataset::tiny(), &options);
    let (begin, begun) = std::sync::mpsc::channel::<()>();
    let (running, is_running) = std::sync::mpsc::channel::<()>();
    let slow = site.store.write(move |_| {
        running.send(()).unwrap();
        begun.recv().unwrap();
        Ok::<_, StoreError>(())
    });
    let mut slow = Box::pin(slow);
    assert!(poll_once(slow.as_mut()).await.is_none());
    is_running.recv().unwrap();
    let mut queued = Box::pin(site.store.write(nothing));
    assert!(poll_once(queued.as_mut()).await.is_none());
    assert!(matches!(
        site.store.write(nothing).await,
        Err(StoreError::Busy)
    ));
    let refused = site.post_json("/api/chair/buy/1", r#"{"email":"a"}"#).await;
    assert_eq!(refused.is(503).header("retry-after"), "1");
    begin.send(()).unwrap();
    slow.await.unwrap();
    queued.await.unwrap();
    site.store.close();
    assert!(matches!(
        site.store.write(nothing).await,
        Err(StoreError::Stopped)
    ));
    site.get("/api/chair/1").await.is(200);
}

/// Has so many readers begin a snapshot at once, and leaves them idle.
fn begin_snapshots(store: &Store, readers: u32) {
    let read = |connection: &rusqlite::Connection| {
        let count = "SELECT count(*) FROM chair";
        connection.query_row(count, [], |row| row.get::<_, i64>(0))?;
        if readers > 1 {
            begin_snapshots(store, readers - 1);
        }
        Ok::<_, StoreError>(())
    };
    store.read(read).unwrap();
}

#[tokio::test]
async fn idle_readers_do_not_keep_the_log() {
    let folder = TempDir::new().unwrap();
    let store = open(folder.path(), &baked(folder.path()), Mode::Primary).unwrap();
    let log = folder.path().join("data/isuumo.primary.1.sqlite-wal");
    let length = || fs::metadata(&log).map_or(0, |log| log.len());
    let make = "CREATE TABLE filler (bytes BLOB) STRICT";
    store
        .write(move |connection| Ok::<_, StoreError>(connection.execute_batch(make)?))
        .await
        .unwrap();
    begin_snapshots(&store, 4);
    let fill = "INSERT INTO filler VALUES (zeroblob(200000))";
    for _ in 0..300 {
        let write = |c: &rusqlite::Connection| Ok::<_, StoreError>(c.execute(fill, [])?);
        store.write(write).await.unwrap();
    }
    // All of it is 60 MB; what is folded into the file in time is written over.
    assert!(length() < 24 << 20, "{} bytes of log", length());
    begin_snapshots(&store, 4);
    store.close();
    assert_eq!(length(), 0, "the log was folded into the file");
}

/// Long reads one after the other, two at a time, so that there is always one that began before.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reads_without_a_gap_do_not_keep_the_log() {
    let folder = TempDir::new().unwrap();
    let store = Arc::new(open(folder.path(), &baked(folder.path()), Mode::Primary).unwrap());
    let log = folder.path().join("data/isuumo.primary.1.sqlite-wal");
    let make = "CREATE TABLE filler (bytes BLOB) STRICT; INSERT INTO filler VALUES (x'')";
    store
        .write(move |connection| Ok::<_, StoreError>(connection.execute_batch(make)?))
        .await
        .unwrap();
    let done = Arc::new(AtomicBool::new(false));
    let readers: Vec<_> = (0..3)
        .map(|_| {
            let (store, done) = (Arc::clone(&store), Arc::clone(&done));
            std::thread::spawn(move || {
                let count = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n \
                    WHERE i < 100000) SELECT count(*) FROM n, (SELECT count(*) FROM filler)";
                let read = |c: &rusqlite::Connection| Ok(c.query_row(count, [], |row| row.get(0))?);
                let mut reads = 0;
                while !done.load(Ordering::Relaxed) {
                    assert_eq!(store.read::<i64, StoreError>(read).unwrap(), 100_000);
                    reads += 1;
                }
                reads
            })
        })
        .collect();
    let fill = "UPDATE filler SET bytes = randomblob(1000000)";
    let mut longest = 0;
    for _ in 0..120 {
        store
            .write_unseen(move |c| Ok::<_, StoreError>(c.execute(fill, [])?))
            .await
            .unwrap();
        longest = longest.max(fs::metadata(&log).unwrap().len());
    }
    done.store(true, Ordering::Relaxed);
    for reader in readers {
        assert!(reader.join().unwrap() > 0);
    }
    // All of it is 120 MB. A look comes after 8 writes at the latest.
    assert!(longest < 80 << 20, "{longest} bytes of log");
}

#[tokio::test]
async fn an_unseen_write_leaves_readers_alone_until_something_shows() {
    let folder = TempDir::new().unwrap();
    let store = open(folder.path(), &baked(folder.path()), Mode::Primary).unwrap();
    let buy = |connection: &rusqlite::Connection| {
        let update = "UPDATE chair SET stock = stock - 1 WHERE id = 1";
        Ok::<_, StoreError>(connection.execute(update, [])?)
    };
    let stock = || {
        let select = "SELECT stock FROM chair WHERE id = 1";
        let read = |c: &rusqlite::Connection| Ok(c.query_row(select, [], |row| row.get(0))?);
        store.read::<i64, StoreError>(read).unwrap()
    };
    let at_first = stock();
    assert!(at_first > 2, "the test needs some to sell");
    store.write_unseen(buy).await.unwrap();
    assert_eq!(stock(), at_first, "the reader kept its snapshot");
    // Whatever shows, shows everything before it.
    store.write(nothing).await.unwrap();
    assert_eq!(stock(), at_first - 1);
    // The last one goes: `chair_search` loses its row, which the deriver watches.
    for _ in 1..at_first {
        store.write_unseen(buy).await.unwrap();
    }
    assert_eq!(stock(), 0);
}

/// A read that would never end is ended, and its reader goes on to the next.
#[tokio::test]
async fn a_read_that_takes_too_long_is_interrupted() {
    let folder = TempDir::new().unwrap();
    let mut options = store_options(folder.path(), &baked(folder.path()), &Options::default());
    options.read_time = std::time::Duration::from_millis(20);
    options.inline_readers = 1;
    options.offloaded_readers = 1;
    let store = Store::open(options).unwrap();
    let endless =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n";
    for _ in 0..3 {
        let read = |c: &rusqlite::Connection| Ok(c.query_row(endless, [], |row| row.get(0))?);
        let error = store.read::<i64, StoreError>(read).unwrap_err();
        assert!(error.is_interrupted(), "{error}");
        let answer = ekiben::http::HttpError::from(error);
        assert_eq!(answer.status(), 503);
        assert_eq!(price(&store), 5000, "the reader is of use");
    }
    store.write(|c| set_price(c, 7)).await.unwrap();
    assert_eq!(price(&store), 7);
}

/// `.cargo/config.toml` takes effect only where cargo sees it.
#[test]
fn sqlite_is_compiled_as_configured() {
    let connection = rusqlite::Connection::open_in_memory().unwrap();
    let mut options = connection.prepare("PRAGMA compile_options").unwrap();
    let options = options.query_map([], |row| row.get(0)).unwrap();
    let options: Vec<String> = options.collect::<Result<_, _>>().unwrap();
    for wanted in ["THREADSAFE=2", "DEFAULT_MEMSTATUS=0", "OMIT_LOAD_EXTENSION"] {
        assert!(
            options.iter().any(|option| option == wanted),
            "no {wanted} in {options:?}"
        );
    }
    for unwanted in ["ENABLE_STAT4", "ENABLE_MEMORY_MANAGEMENT", "ENABLE_FTS5"] {
        assert!(
            !options.iter().any(|option| option == unwanted),
            "{unwanted} in {options:?}"
        );
    }
}
