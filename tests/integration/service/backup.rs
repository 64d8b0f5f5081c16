//! Backup and restore by the real binary: of a server that is being written to, reset or killed, and what
//! a restore leaves of what was there. What is refused: `backup_refusals`.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use rusqlite::Connection;

use crate::support::binary::Process;
use crate::support::client::Client;
use crate::support::data_folder::{
    back_up, baked_folder, names, price, restore, stop, written_folder,
};
use crate::support::dataset::{CHAIR, Chair, Dataset};
use crate::support::patience::Patience;

/// Rows of one upload.
const ROWS: i64 = 20;

/// Uploads one batch after the other until told to stop, or until the server is gone.
async fn upload(address: std::net::SocketAddr, answered: Arc<AtomicI64>, stop: Arc<AtomicBool>) {
    let mut client = Client::connect(address).await.unwrap();
    while !stop.load(Ordering::Relaxed) {
        let first = 1000 + answered.load(Ordering::Relaxed) * ROWS;
        let csv: String = (first..first + ROWS)
            .map(|id| format!("{id},n,d,t,1,50,60,70,赤,,座椅子,1,1\n"))
            .collect();
        assert_eq!(client.upload("chairs", &csv).await.unwrap().0, 201);
        answered.fetch_add(1, Ordering::Relaxed);
    }
}

/// The rows of each upload that is in a file.
fn uploads_in(file: &Path) -> Vec<i64> {
    let connection = Connection::open(file).unwrap();
    connection
        .prepare("SELECT count(*) FROM chair WHERE id >= 1000 GROUP BY id / ?1 ORDER BY 1")
        .unwrap()
        .query_map([ROWS], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_backup_under_writes_has_every_answered_one_and_is_served_after_a_restore() {
    let folder = baked_folder(&Dataset::of_chairs(
        (1..=300).map(|id| Chair { id, ..CHAIR }),
    ));
    let server = Process::start(folder.path(), &[]);
    let (answered, done) = (
        Arc::new(AtomicI64::new(0)),
        Arc::new(AtomicBool::new(false)),
    );
    let writer = upload(server.address, Arc::clone(&answered), Arc::clone(&done));
    let writer = tokio::spawn(writer);
    let mut most = 0;
    for round in 1..=4 {
        let patience = Patience::for_("ten more uploads");
        while patience.waits_while(answered.load(Ordering::Relaxed) < round * 10) {
            tokio::task::yield_now().await;
        }
        let before = answered.load(Ordering::Relaxed);
        let out = format!("backups/{round}.sqlite");
        let file = folder.path().join(&out);
        let made = tokio::task::block_in_place(|| back_up(folder.path(), &[&out]));
        made.exits(0).says("from data/isuumo.primary.1.sqlite");
        let after = answered.load(Ordering::Relaxed) + 1;
        let uploads = uploads_in(&file);
        assert!(uploads.iter().all(|&rows| rows == ROWS), "{uploads:?}");
        most = i64::try_from(uploads.len()).unwrap();
        assert!((before..=after).contains(&most), "{before} {most} {after}");
    }
    done.store(true, Ordering::Relaxed);
    writer.await.unwrap();
    assert_eq!(
        names(&folder.path().join("backups")),
        ["1.sqlite", "2.sqlite", "3.sqlite", "4.sqlite"],
        "nothing beside the backups"
    );
    restore(folder.path(), &["--data-dir", "other", "backups/4.sqlite"]).exits(0);
    let restored = Process::start(folder.path(), &["--data-dir", "other"]);
    let mut clients = [
        Client::connect(server.address).await.unwrap(),
        Client::connect(restored.address).await.unwrap(),
    ];
    let newest = 1000 + most * ROWS - 1;
    for id in [1, 300, 1000, newest] {
        let path = format!("/api/chair/{id}");
        let [here, there] = &mut clients;
        let (here, there) = (
            here.get(&path).await.unwrap(),
            there.get(&path).await.unwrap(),
        );
        assert_eq!(here.0, 200, "{path}");
        assert_eq!(here, there, "{path}");
    }
    // What a kill left in the log is in a backup too, before any start has folded it in.
    server.kill();
    back_up(folder.path(), &["backups/killed.sqlite"]).exits(0);
    let uploads = uploads_in(&folder.path().join("backups/killed.sqlite"));
    let uploads = i64::try_from(uploads.len()).unwrap();
    assert_eq!(uploads, answered.load(Ordering::Relaxed));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_backup_is_of_one_generation_however_often_the_server_is_reset() {
    let folder = baked_folder(&Dataset::of_chairs(
        (1..=300).map(|id| Chair { id, ..CHAIR }),
    ));
    let server = Process::start(folder.path(), &[]);
    let done = Arc::new(AtomicBool::new(false));
    let mut client = Client::connect(server.address).await.unwrap();
    let stop = Arc::clone(&done);
    let resets = tokio::spawn(async move {
        let mut resets = 0;
        while !stop.load(Ordering::Relaxed) {
            let csv = format!("{},n,d,t,1,50,60,70,赤,,座椅子,1,1\n", 1000);
            assert_eq!(client.upload("chairs", &csv).await.unwrap().0, 201);
            let answer = client
                .post("/initialize", "text/plain", String::new())
                .await;
            assert_eq!(answer.unwrap().0, 200);
            resets += 1;
        }
        resets
    });
    let file = folder.path().join("backups/x.sqlite");
    let mut backups = 0;
    for _ in 0..10 {
        let made = tokio::task::block_in_place(|| {
            back_up(folder.path(), &["--replace", "backups/x.sqlite"])
        });
        if made.code == Some(1) {
            // That many resets are a reason to give up, as long as nothing is half done.
            made.says("was reset each time");
        } else {
            made.exits(0);
            backups += 1;
            assert!(matches!(uploads_in(&file).as_slice(), [] | [1]));
        }
    }
    done.store(true, Ordering::Relaxed);
    let resets = resets.await.unwrap();
    assert!(
        backups > 0 && resets > 0,
        "{backups} backups, {resets} resets"
    );
    assert_eq!(names(&folder.path().join("backups")), ["x.sqlite"]);
}

#[test]
fn a_backup_holds_the_log_and_stands_alone() {
    let folder = baked_folder(&Dataset::tiny());
    let server = Process::start(folder.path(), &[]);
    server.kill();
    let copy = folder.path().join("data/isuumo.primary.1.sqlite");
    // Left open, so that closing it does not fold the log into the file.
    let writer = Connection::open(&copy).unwrap();
    writer.execute("UPDATE chair SET price = 8", []).unwrap();
    let log = folder.path().join("data/isuumo.primary.1.sqlite-wal");
    assert!(
        fs::metadata(&log).unwrap().len() > 0,
        "the test needs a log"
    );
    let before = fs::read(&copy).unwrap();
    back_up(folder.path(), &["backups/x.sqlite"]).exits(0);
    assert!(
        fs::read(&copy).unwrap() == before,
        "the original was written"
    );
    drop(writer);
    let backups = folder.path().join("backups");
    let bytes = fs::read(backups.join("x.sqlite")).unwrap();
    assert_eq!(bytes[18..20], [1, 1], "it asks for no log");
    assert_eq!(price(&backups.join("x.sqlite")), 8);
    assert_eq!(names(&backups), ["x.sqlite"]);
    // A replica serves it as it is.
    fs::create_dir(folder.path().join("replica")).unwrap();
    let served = folder.path().join("replica/isuumo.sqlite");
    fs::rename(backups.join("x.sqlite"), served).unwrap();
    Process::start(
        folder.path(),
        &["--mode", "replica", "--data-dir", "replica"],
    );
}

#[test]
fn the_generation_before_stays_until_the_restored_one_is_served() {
    let folder = written_folder();
    let data = folder.path().join("data");
    back_up(folder.path(), &["backups/x.sqlite"]).exits(0);
    let first = data.join("isuumo.primary.1.sqlite");
    let connection = Connection::open(&first).unwrap();
    connection
        .execute("UPDATE chair SET price = 9", [])
        .unwrap();
    drop(connection);
    // What somebody left under the next number must not become part of what is restored.
    fs::write(data.join("isuumo.primary.2.sqlite-wal"), "stale").unwrap();
    restore(folder.path(), &["backups/x.sqlite"])
        .exits(0)
        .says("data/isuumo.primary.3.sqlite: ");
    let left = fs::read_to_string(data.join("isuumo.primary.2.sqlite-wal"));
    assert_eq!(left.unwrap(), "stale", "it is not ours to remove");
    assert_eq!(price(&data.join("isuumo.primary.3.sqlite")), 7);
    // It was the wrong one: back.
    restore(folder.path(), &["data/isuumo.primary.1.sqlite"]).exits(0);
    assert_eq!(price(&data.join("isuumo.primary.4.sqlite")), 9);
    stop(Process::start(folder.path(), &[]));
    let generations: Vec<_> = names(&data)
        .into_iter()
        .filter(|name| name.ends_with(".sqlite"))
        .collect();
    assert_eq!(generations, ["isuumo.primary.4.sqlite", "isuumo.sqlite"]);
    assert_eq!(price(&data.join("isuumo.primary.4.sqlite")), 9);
}

#[test]
fn a_file_with_its_log_beside_it_is_restored_with_what_is_in_the_log() {
    let folder = baked_folder(&Dataset::tiny());
    let by_hand = folder.path().join("backups/copied.sqlite");
    fs::copy(folder.path().join("data/isuumo.sqlite"), &by_hand).unwrap();
    let writer = Connection::open(&by_hand).unwrap();
    let wal: String = writer
        .query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))
        .unwrap();
    assert_eq!(wal, "wal");
    writer.execute("UPDATE chair SET price = 8", []).unwrap();
    restore(folder.path(), &["backups/copied.sqlite"]).exits(0);
    drop(writer);
    let restored = folder.path().join("data/isuumo.primary.1.sqlite");
    assert_eq!(price(&restored), 8);
}
