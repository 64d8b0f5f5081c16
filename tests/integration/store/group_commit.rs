//! Group commit: writes that wait together are one transaction, and none is answered before it is
//! committed.

use std::sync::mpsc::channel;

use ekiben::store::{Constraint, ResultExt as _, Store, StoreError};
use rusqlite::Connection;

use crate::support::dataset::Dataset;
use crate::support::harness::{Options, Site, poll_once};

const SELECT: &str = "SELECT price || ' ' || height FROM chair WHERE id = 1";

fn price_and_height(store: &Store) -> String {
    let read = |c: &Connection| Ok::<_, StoreError>(c.query_row(SELECT, [], |row| row.get(0))?);
    store.read(read).unwrap()
}

/// Three writes with two savepoints that hold and one that fails between them, seen from outside while
/// the last one runs and after it.
#[tokio::test]
async fn writes_that_wait_together_are_committed_and_answered_together() {
    let site = Site::with(&Dataset::tiny(), &Options::default());
    let (go, gone) = channel::<()>();
    let (running, is_running) = channel::<&str>();
    let at_first = running.clone();
    let mut first = Box::pin(site.store.write(move |c| {
        at_first.send("first").unwrap();
        gone.recv().unwrap();
        Ok::<_, StoreError>(c.execute("UPDATE chair SET price = 7", [])?)
    }));
    assert!(poll_once(first.as_mut()).await.is_none());
    assert_eq!(is_running.recv().unwrap(), "first");
    let mut failing = Box::pin(site.store.write(|c| {
        c.execute("UPDATE chair SET price = 8", [])?;
        Ok::<_, StoreError>(c.execute("INSERT INTO chair (id) VALUES (1)", [])?)
    }));
    let (end, ended) = channel::<()>();
    let mut last = Box::pin(site.store.write(move |c| {
        let before: String = c.query_row(SELECT, [], |row| row.get(0))?;
        running.send("last").unwrap();
        ended.recv().unwrap();
        c.execute("UPDATE chair SET height = 9", [])?;
        Ok::<_, StoreError>(before)
    }));
    assert!(poll_once(failing.as_mut()).await.is_none());
    assert!(poll_once(last.as_mut()).await.is_none());
    go.send(()).unwrap();
    assert_eq!(is_running.recv().unwrap(), "last");
    // The first two are done, but not committed: nobody was answered and nobody sees it.
    assert!(poll_once(first.as_mut()).await.is_none());
    assert!(poll_once(failing.as_mut()).await.is_none());
    assert_eq!(price_and_height(&site.store), "5000 100");
    end.send(()).unwrap();
    first.await.unwrap();
    assert!(matches!(failing.await, Err(StoreError::Sqlite(_))));
    assert_eq!(last.await.unwrap(), "7 100", "the failed one was undone");
    assert_eq!(price_and_height(&site.store), "7 9");
}

/// With groups of one, each is committed before the next runs.
#[tokio::test]
async fn a_group_is_no_larger_than_configured() {
    let mut options = Options::default();
    options.config.store.write_batch = 1;
    let site = Site::with(&Dataset::tiny(), &options);
    let (go, gone) = channel::<()>();
    let (running, is_running) = channel::<()>();
    let at_last = running.clone();
    let mut first = Box::pin(site.store.write(move |c| {
        running.send(()).unwrap();
        gone.recv().unwrap();
        Ok::<_, StoreError>(c.execute("UPDATE chair SET price = 7", [])?)
    }));
    assert!(poll_once(first.as_mut()).await.is_none());
    is_running.recv().unwrap();
    let (end, ended) = channel::<()>();
    let mut last = Box::pin(site.store.write(move |_| {
        at_last.send(()).unwrap();
        ended.recv().unwrap();
        Ok::<_, StoreError>(())
    }));
    assert!(poll_once(last.as_mut()).await.is_none());
    go.send(()).unwrap();
    is_running.recv().unwrap();
    first.await.unwrap();
    assert_eq!(price_and_height(&site.store), "7 100");
    end.send(()).unwrap();
    last.await.unwrap();
}

/// An error of an app's own.
#[derive(Debug, thiserror::Error)]
enum Refused {
    #[error("the id is taken")]
    Taken,
    #[error(transparent)]
    Failed(#[from] StoreError),
    #[error("something failed")]
    Unsaid,
}

fn insert_again(connection: &Connection) -> Result<(), Refused> {
    let insert = "INSERT INTO chair SELECT * FROM chair WHERE id = 1";
    connection
        .execute(insert, [])
        .on_constraint(Constraint::Unique("chair.id"), || Refused::Taken)?;
    Ok(())
}

/// Runs writes in one group: all of them wait behind one that holds the writer up.
async fn hold_up(site: &Site) -> (std::sync::mpsc::Sender<()>, impl Future<Output = ()>) {
    let (go, gone) = channel::<()>();
    let (running, is_running) = channel::<()>();
    let mut first = Box::pin(site.store.write(move |_| {
        running.send(()).unwrap();
        gone.recv().unwrap();
        Ok::<_, StoreError>(())
    }));
    assert!(poll_once(first.as_mut()).await.is_none());
    is_running.recv().unwrap();
    (go, async { drop(first.await) })
}

/// What an app refuses by its own error is undone alone, what it wrote before included.
#[tokio::test]
async fn a_refused_write_is_undone_and_its_neighbours_are_committed() {
    let site = Site::new(&Dataset::tiny());
    let (go, held) = hold_up(&site).await;
    let mut refused = Box::pin(site.store.write(|c| {
        c.execute("UPDATE chair SET price = 8", [])
            .map_err(StoreError::from)?;
        insert_again(c)
    }));
    let mut other = Box::pin(site.store.write(|c| {
        let update = "UPDATE chair SET height = 9";
        Ok::<_, StoreError>(c.execute(update, [])?)
    }));
    assert!(poll_once(refused.as_mut()).await.is_none());
    assert!(poll_once(other.as_mut()).await.is_none());
    go.send(()).unwrap();
    held.await;
    assert!(matches!(refused.await, Err(Refused::Taken)));
    other.await.unwrap();
    assert_eq!(price_and_height(&site.store), "5000 9");
}

/// The others of a group learn why its transaction is gone, through whatever error the cause came.
#[tokio::test]
async fn a_group_learns_what_ended_its_transaction_from_an_error_of_an_apps_own() {
    for (says_why, expected) in [
        (true, "commit failed: UNIQUE constraint failed: chair.id"),
        (
            false,
            "commit failed: a write ended the transaction of its group",
        ),
    ] {
        let site = Site::new(&Dataset::tiny());
        let (go, held) = hold_up(&site).await;
        let mut neighbour = Box::pin(site.store.write(|c| {
            let update = "UPDATE chair SET price = 7";
            Ok::<_, StoreError>(c.execute(update, [])?)
        }));
        assert!(poll_once(neighbour.as_mut()).await.is_none());
        let mut failing = Box::pin(site.store.write(move |c| -> Result<(), Refused> {
            let insert = "INSERT OR ROLLBACK INTO chair SELECT * FROM chair WHERE id = 1";
            match c.execute(insert, []) {
                Err(cause) if says_why => Err(StoreError::from(cause).into()),
                _ => Err(Refused::Unsaid),
            }
        }));
        assert!(poll_once(failing.as_mut()).await.is_none());
        go.send(()).unwrap();
        held.await;
        assert_eq!(neighbour.await.unwrap_err().to_string(), expected);
        assert_eq!(failing.await.unwrap_err().to_string(), expected);
        assert_eq!(price_and_height(&site.store), "5000 100");
    }
}
