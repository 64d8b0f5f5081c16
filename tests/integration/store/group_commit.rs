//! Group commit: writes that wait together are one transaction, and none is answered before it is
//! committed.

use std::sync::mpsc::channel;

use ekiben::store::{Store, StoreError};
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
        c.execute("UPDATE chair SET price = 7", [])
    }));
    assert!(poll_once(first.as_mut()).await.is_none());
    assert_eq!(is_running.recv().unwrap(), "first");
    let mut failing = Box::pin(site.store.write(|c| {
        c.execute("UPDATE chair SET price = 8", [])?;
        c.execute("INSERT INTO chair (id) VALUES (1)", [])
    }));
    let (end, ended) = channel::<()>();
    let mut last = Box::pin(site.store.write(move |c| {
        let before: String = c.query_row(SELECT, [], |row| row.get(0))?;
        running.send("last").unwrap();
        ended.recv().unwrap();
        c.execute("UPDATE chair SET height = 9", [])?;
        Ok(before)
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
        c.execute("UPDATE chair SET price = 7", [])
    }));
    assert!(poll_once(first.as_mut()).await.is_none());
    is_running.recv().unwrap();
    let (end, ended) = channel::<()>();
    let mut last = Box::pin(site.store.write(move |_| {
        at_last.send(()).unwrap();
        ended.recv().unwrap();
        Ok(())
    }));
    assert!(poll_once(last.as_mut()).await.is_none());
    go.send(()).unwrap();
    is_running.recv().unwrap();
    first.await.unwrap();
    assert_eq!(price_and_height(&site.store), "7 100");
    end.send(()).unwrap();
    last.await.unwrap();
}
