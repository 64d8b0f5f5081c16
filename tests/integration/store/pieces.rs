//! Writes in pieces: what gets in between, what is shown of one that has not ended, and what is left of one
//! that fails or whose process does.

use std::fs;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use ekiben::http::HttpError;
use ekiben::store::{Piece, Store, StoreError, back_up, restore};
use rusqlite::{Connection, OpenFlags};
use tempfile::TempDir;

use crate::support::dataset::{CHAIR, Chair, Dataset};
use crate::support::harness::{Options, Site, poll_once, store_options};
use crate::support::ledger::generation;
use crate::support::patience::Patience;

const COPY: &str = "INSERT INTO chair SELECT ?1, name, description, thumbnail, 1, height, width, depth, \
    color, features, kind, popularity, ?2 FROM chair WHERE id = 1";

/// What a test has a write of chairs 100, 101, … do, piece by piece.
enum Order {
    /// Insert one chair, to be bought or sold out.
    Insert(i64),
    /// The same, and be done.
    End,
    /// Insert a chair that is there.
    Fail,
    Change,
    /// End the transaction, as SQLite does when there is no space, and keep that to itself.
    Abort,
    /// The same in what is said to be the last piece.
    AbortAtEnd,
}

/// A write in pieces that does as it is told; the sender of the ids that it has inserted.
fn write(
    store: &Store,
) -> (
    Sender<Order>,
    Receiver<i64>,
    impl Future<Output = Result<(), StoreError>>,
) {
    let (order, orders) = channel();
    let (began, begun) = channel();
    let mut id = 99;
    let pieces = store.write_pieces(move |connection, _time| {
        // First that it waits, then what it does: so the piece before it is committed.
        began.send(id).unwrap();
        id += 1;
        let insert = |stock| connection.execute(COPY, (id, stock));
        let abort = || connection.execute_batch("ROLLBACK");
        match orders.recv().unwrap() {
            Order::Insert(stock) => insert(stock).map(|_| Piece::More),
            Order::End => insert(1).map(|_| Piece::Last(())),
            Order::Fail => connection.execute(COPY, (1, 1)).map(|_| Piece::More),
            Order::Change => connection
                .execute("UPDATE chair SET price = 7", [])
                .map(|_| Piece::More),
            Order::Abort => abort().map(|()| Piece::More),
            Order::AbortAtEnd => insert(1).and_then(|_| abort()).map(|()| Piece::Last(())),
        }
        .map_err(StoreError::from)
    });
    (order, begun, pieces)
}

async fn state(site: &Site) -> String {
    let mut all = String::new();
    for path in [
        "/api/chair/low_priced",
        "/api/chair/search?features=%&page=0&perPage=2",
        "/api/chair/search?kind=座椅子&page=0&perPage=2",
        "/api/chair/100",
        "/api/chair/101",
        "/api/recommended_estate/100",
        "/api/recommended_estate/101",
        "/chair/100",
        "/chair/101",
    ] {
        let answer = site.get(path).await;
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        // Pages name what they are served at, errors also when.
        let text = if path.starts_with("/chair") {
            ""
        } else {
            &text
        };
        all += &format!("{path}: {} {text}\n", answer.status);
    }
    all
}

fn chairs() -> Dataset {
    Dataset::of_chairs((1..=3).map(|id| Chair {
        id,
        features: "肘掛け",
        ..CHAIR
    }))
}

/// Trust 2: a purchase does not wait for the end of a large upload, and nobody sees a part of one.
#[tokio::test(flavor = "multi_thread")]
async fn purchases_get_in_between_and_no_read_shows_a_part() {
    let site = Arc::new(Site::new(&chairs()));
    let before = state(&site).await;
    let revision = site.store.revision();
    let (order, begun, pieces) = write(&site.store);
    let mut pieces = Box::pin(pieces);
    assert!(poll_once(pieces.as_mut()).await.is_none());
    assert_eq!(begun.recv().unwrap(), 99);
    let mut small = Box::pin(site.store.write(|c| {
        let sql = "SELECT count(*) FROM chair";
        Ok::<_, StoreError>(c.query_row(sql, [], |row| row.get::<_, i64>(0))?)
    }));
    assert!(poll_once(small.as_mut()).await.is_none());
    // The second row is sold out from the beginning.
    for stock in [1, 0] {
        let buyer = Arc::clone(&site);
        let purchase = tokio::spawn(async move { buyer.buy(2).await });
        // The small write waits too, and the one in pieces counts.
        let patience = Patience::for_("the purchase in the queue");
        while patience.waits_while(site.store.figures().waiting_writes < 3) {
            tokio::task::yield_now().await;
        }
        order.send(Order::Insert(stock)).unwrap();
        assert_eq!(purchase.await.unwrap(), 200);
        // The writer is in the next piece by now, or soon: the one before is committed.
        begun.recv().unwrap();
        assert_eq!(state(&site).await, before);
        assert_eq!(site.store.revision(), revision);
        assert!(poll_once(pieces.as_mut()).await.is_none());
        assert!(poll_once(small.as_mut()).await.is_none());
    }
    let buyer = Arc::clone(&site);
    let hidden = tokio::spawn(async move { buyer.buy(100).await });
    let patience = Patience::for_("the purchase in the queue");
    while patience.waits_while(site.store.figures().waiting_writes < 3) {
        tokio::task::yield_now().await;
    }
    order.send(Order::Insert(1)).unwrap();
    assert_eq!(hidden.await.unwrap(), 404, "not there yet");
    order.send(Order::End).unwrap();
    pieces.await.unwrap();
    assert_eq!(small.await.unwrap(), 7, "other writes came after it");
    assert_ne!(site.store.revision(), revision);
    let cheapest = site.get("/api/chair/low_priced").await;
    assert_eq!(cheapest.ids("chairs"), [100, 102, 103, 1, 2, 3]);
    let search = site
        .get("/api/chair/search?features=%&page=0&perPage=9")
        .await;
    assert_eq!(search.ids("chairs"), [1, 2, 3, 100, 102, 103]);
    assert_eq!(site.buy(100).await, 200);
    assert_eq!(site.buy(2).await, 200);
}

/// Trust 2: whatever fails, all of it is undone, and only then is it answered.
#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_fails_in_a_later_piece_leaves_nothing() {
    for (fails, says) in [
        (Order::Fail, "UNIQUE constraint failed: chair.id"),
        (Order::Change, "a piece of a write changed a row of chair"),
        (Order::Abort, "a write ended the transaction"),
        (Order::AbortAtEnd, "a write ended the transaction"),
    ] {
        let site = Site::new(&chairs());
        let before = state(&site).await;
        let (order, _begun, pieces) = write(&site.store);
        for next in [Order::Insert(1), Order::Insert(1), fails] {
            order.send(next).unwrap();
        }
        let error = pieces.await.unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
        assert_eq!(state(&site).await, before);
        let count = |c: &Connection| {
            let sql =
                "SELECT (SELECT count(*) FROM chair) || ' ' || (SELECT count(*) FROM chair_search)
                || ' ' || (SELECT count(*) FROM ekiben_unfinished)";
            Ok::<_, HttpError>(c.query_row(sql, [], |row| row.get::<_, String>(0))?)
        };
        assert_eq!(site.store.write(count).await.unwrap(), "3 3 0");
        // The same ids are free.
        let (order, _begun, pieces) = write(&site.store);
        order.send(Order::Insert(1)).unwrap();
        order.send(Order::End).unwrap();
        pieces.await.unwrap();
    }
}

/// Trust 2: a copy of a moment in between, by a backup or by a crash, has nothing of it.
#[tokio::test(flavor = "multi_thread")]
async fn what_did_not_end_is_in_no_backup_and_in_no_next_start() {
    let site = Site::new(&chairs());
    let data = site.folder.path().join("data");
    let (order, begun, pieces) = write(&site.store);
    let mut pieces = Box::pin(pieces);
    assert!(poll_once(pieces.as_mut()).await.is_none());
    for _ in 0..2 {
        order.send(Order::Insert(1)).unwrap();
        begun.recv().unwrap();
    }
    let chairs_of = |file: &std::path::Path| {
        let file = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
        let sql = "SELECT (SELECT count(*) FROM chair) + (SELECT count(*) FROM chair_search)";
        file.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap()
    };
    // The second piece, or the third, is under way: the first is committed.
    let served = generation(&data);
    assert!(chairs_of(&served) > 6);
    let elsewhere = TempDir::new().unwrap();
    let backup = elsewhere.path().join("isuumo.sqlite");
    back_up(&data, &data.join("isuumo.sqlite"), "isuumo", &backup, false).unwrap();
    assert_eq!(chairs_of(&backup), 6);
    // As a crash leaves it.
    let crashed = TempDir::new().unwrap();
    fs::create_dir(crashed.path().join("data")).unwrap();
    for suffix in ["", "-wal"] {
        let name = format!("isuumo.primary.1.sqlite{suffix}");
        fs::copy(data.join(&name), crashed.path().join("data").join(&name)).unwrap();
    }
    let options = store_options(
        crashed.path(),
        &site.folder.path().join("isuumo.sqlite"),
        &Options::default(),
    );
    let schema = options.schema.clone();
    let copied = crashed.path().join("data/isuumo.primary.1.sqlite");
    let restored = restore(&copied, elsewhere.path(), "isuumo", &schema).unwrap();
    assert_eq!(chairs_of(&restored.to), 6);
    let opened = Store::open(options).unwrap();
    let count = opened.read(|c| {
        let sql = "SELECT count(*) FROM chair_search";
        Ok::<_, StoreError>(c.query_row(sql, [], |row| row.get::<_, i64>(0))?)
    });
    assert_eq!(count.unwrap(), 3);
    drop(opened);
    assert_eq!(chairs_of(&copied), 6);
    order.send(Order::End).unwrap();
    pieces.await.unwrap();
}

/// Trust 2: only whoever writes the file can remove the rows; a replica would show them.
#[tokio::test(flavor = "multi_thread")]
async fn a_replica_refuses_a_file_with_a_part_of_an_upload() {
    let site = Site::new(&chairs());
    let folder = site.close();
    let data = folder.path().join("data");
    let file = Connection::open(generation(&data)).unwrap();
    let unfinished = "CREATE TABLE ekiben_unfinished
        (piece INTEGER PRIMARY KEY, \"table\" TEXT, least INTEGER, most INTEGER, ids BLOB);
        INSERT INTO ekiben_unfinished VALUES (1, 'chair', 1, 1, x'0000000000000001');
        PRAGMA journal_mode = DELETE";
    file.execute_batch(unfinished).unwrap();
    drop(file);
    let baked = folder.path().join("isuumo.sqlite");
    fs::copy(generation(&data), &baked).unwrap();
    let mut options = store_options(folder.path(), &baked, &Options::default());
    options.mode = ekiben::config::Mode::Replica;
    let error = Store::open(options).err().unwrap().to_string();
    assert!(error.contains("a part of an upload is in it"), "{error}");
}

fn rows(first: i64, count: i64) -> String {
    let row = |id: i64| {
        let popularity = id.wrapping_mul(7_919) % 1_000_003;
        format!("{id},n,d,t,1,50,60,70,赤,,座椅子,{popularity},1\n")
    };
    (first..first + count).map(row).collect()
}

async fn time_of_uploads(firsts: [i64; 3], side_by_side: bool) -> Duration {
    let site = Site::whole();
    let start = Instant::now();
    let uploads: Vec<String> = firsts.iter().map(|&first| rows(first, 10_000)).collect();
    let upload = async |csv: &String| {
        site.upload("chairs", csv).await.is_bare(201);
    };
    let [first, second, third] = &uploads[..] else {
        unreachable!("three are given")
    };
    if side_by_side {
        tokio::join!(upload(first), upload(second), upload(third));
    } else {
        for csv in &uploads {
            upload(csv).await;
        }
    }
    start.elapsed()
}

/// Trust 2: the cost of a job does not depend on what came before it. Both ways do the same work; before,
/// side by side took more than ten times as long.
#[tokio::test(flavor = "multi_thread")]
async fn uploads_at_the_same_moment_take_as_long_as_one_after_the_other() {
    let firsts = [1_000_000, 2_000_000, 3_000_000];
    let in_turn = time_of_uploads(firsts, false).await;
    let side_by_side = time_of_uploads(firsts, true).await;
    eprintln!("in turn {in_turn:?}, side by side {side_by_side:?}");
    assert!(
        side_by_side < 6 * in_turn,
        "{side_by_side:?} and {in_turn:?}"
    );
}
