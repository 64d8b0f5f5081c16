//! For how long the answers to writes with an `Idempotency-Key` are kept, how many, and where none are.

use std::sync::mpsc::channel;

use ekiben::config::Mode;
use ekiben::store::StoreError;

use crate::service::idempotency::{
    EMAIL, UPLOADED_CHAIR, buy, is_first, is_replayed, number, post, stock, upload,
};
use crate::support::dataset::Dataset;
use crate::support::harness::{Options, Site, poll_once};

fn with(change: impl FnOnce(&mut Options)) -> Site {
    let mut options = Options::default();
    change(&mut options);
    Site::with(&Dataset::tiny(), &options)
}

/// A group that fails takes what was to be kept along, so that the repetition is done.
#[tokio::test]
async fn what_failed_with_its_group_is_not_kept() {
    let site = Site::new(&Dataset::tiny());
    is_first(&buy(&site, "before").await, 200);
    let (go, gone) = channel::<()>();
    let (running, is_running) = channel::<()>();
    let mut first = Box::pin(site.store.write(move |_| {
        running.send(()).unwrap();
        gone.recv().unwrap();
        Ok(())
    }));
    assert!(poll_once(first.as_mut()).await.is_none());
    is_running.recv().unwrap();
    let mut bought = Box::pin(buy(&site, "a"));
    assert!(poll_once(bought.as_mut()).await.is_none());
    let mut failing = Box::pin(
        site.store
            .write(|c| c.execute("INSERT OR ROLLBACK INTO chair (id) VALUES (1)", [])),
    );
    assert!(poll_once(failing.as_mut()).await.is_none());
    assert_eq!(site.store.figures().waiting_writes, 3);
    go.send(()).unwrap();
    assert!(matches!(first.await, Err(StoreError::Commit(_))));
    assert!(matches!(failing.await, Err(StoreError::Commit(_))));
    bought.await.is(500);
    assert_eq!(stock(&site).await, 4);
    is_first(&buy(&site, "a").await, 200);
    is_replayed(&buy(&site, "a").await, 200);
    is_replayed(&buy(&site, "before").await, 200);
    assert_eq!(stock(&site).await, 3);
}

#[tokio::test]
async fn an_answer_is_forgotten_after_the_configured_time() {
    let site = with(|options| options.config.store.idempotency_hours = 2);
    is_first(&buy(&site, "a").await, 200);
    let pass = |seconds: i64| {
        let sql = "UPDATE ekiben_answer SET at = at - ?1";
        site.store.write(move |c| c.execute(sql, [seconds]))
    };
    pass(60 * 60).await.unwrap();
    is_replayed(&buy(&site, "a").await, 200);
    pass(60 * 60).await.unwrap();
    is_first(&buy(&site, "a").await, 200);
    is_replayed(&buy(&site, "a").await, 200);
    assert_eq!(stock(&site).await, 3);
}

#[tokio::test]
async fn no_more_answers_are_kept_than_configured() {
    let site = with(|options| options.config.store.idempotency_answers = 2);
    for key in ["a", "b", "c"] {
        is_first(&buy(&site, key).await, 200);
    }
    is_replayed(&buy(&site, "b").await, 200);
    is_replayed(&buy(&site, "c").await, 200);
    is_first(&buy(&site, "a").await, 200);
    assert_eq!(stock(&site).await, 1);
}

#[tokio::test]
async fn a_reset_forgets_all_keys() {
    let site = Site::new(&Dataset::tiny());
    is_first(&buy(&site, "a").await, 200);
    site.post_json("/initialize", "").await.is(200);
    is_first(&buy(&site, "a").await, 200);
    is_replayed(&buy(&site, "a").await, 200);
    assert_eq!(stock(&site).await, 4);
}

#[tokio::test]
async fn with_no_hours_the_header_is_not_looked_at() {
    let site = with(|options| options.config.store.idempotency_hours = 0);
    for key in ["a", "a", ""] {
        is_first(&buy(&site, key).await, 200);
    }
    assert_eq!(stock(&site).await, 2);
    let tables = "SELECT count(*) FROM sqlite_schema WHERE name = 'ekiben_answer'";
    assert_eq!(number(&site, tables), 0);
}

/// It does no writes, and has nothing to remember that a request changes nothing.
#[tokio::test]
async fn a_replica_answers_as_without_a_key() {
    let site = with(|options| options.mode = Mode::Replica);
    for _ in 0..2 {
        buy(&site, "a").await.is(503);
        site.send(upload("chairs", &["b"], "X", UPLOADED_CHAIR))
            .await
            .is(503);
        is_first(&post(&site, "/api/estate/req_doc/1", "c", EMAIL).await, 200);
    }
}
