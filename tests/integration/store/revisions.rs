//! Revisions name states of the data exactly: none while a commit becomes visible, another one after.
//!
//! A deriver stands in for the moment between a commit and its being told, which a race hardly meets.

use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, Weak};

use ekiben::store::{Change, Derived, Deriver, Generation, Revision, Store, StoreError};
use rusqlite::Connection;

use crate::support::dataset::{CHAIR, Chair, Dataset};
use crate::support::harness::{Options, bake_folder, poll_once, store_options};

/// Notes the revision and what the file shows while something is derived from a commit.
#[derive(Default)]
struct Witness {
    store: OnceLock<Weak<Store>>,
    seen: Mutex<Vec<(Option<Revision>, i64)>>,
}

impl std::fmt::Debug for Witness {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Witness")
    }
}

impl Deriver for Witness {
    fn tables(&self) -> &'static [&'static str] {
        &["chair_search"]
    }

    fn load(&self, _: &Generation) -> Result<Derived, StoreError> {
        Ok(Arc::new(()))
    }

    fn changed(&self, old: &Derived, _: &Connection, _: &[Change]) -> Result<Derived, StoreError> {
        let store = self.store.get().unwrap().upgrade().unwrap();
        let shown = store.read(count_chairs).unwrap();
        self.seen.lock().unwrap().push((store.revision(), shown));
        Ok(Arc::clone(old))
    }
}

fn count_chairs(connection: &Connection) -> Result<i64, StoreError> {
    let count = "SELECT count(*) FROM chair_search";
    Ok(connection.query_row(count, [], |row| row.get(0))?)
}

/// A store of two chairs, and the witness of its commits.
fn witnessed(folder: &Path) -> (Arc<Store>, &'static Witness) {
    let chairs = (1..=2).map(|id| Chair { id, ..CHAIR });
    Dataset::of_chairs(chairs).write(&folder.join("dumps"));
    let baked = folder.join("isuumo.sqlite");
    bake_folder(&folder.join("dumps"), &baked).unwrap();
    let witness: &'static Witness = Box::leak(Box::default());
    let mut options = store_options(folder, &baked, &Options::default());
    options.deriver = Some(witness);
    let store = Arc::new(Store::open(options).unwrap());
    witness.store.set(Arc::downgrade(&store)).unwrap();
    (store, witness)
}

#[tokio::test]
async fn there_is_no_revision_while_some_readers_see_a_commit_and_others_do_not() {
    let folder = tempfile::TempDir::new().unwrap();
    let (store, witness) = witnessed(folder.path());

    let revision = || store.revision().unwrap();
    let set_stock = async |stock: i64| {
        let work = move |connection: &Connection| {
            let update = "UPDATE chair SET stock = ?1 WHERE id = 1";
            connection.execute(update, [stock])?;
            Ok::<_, StoreError>(())
        };
        store.write_unseen(work).await.unwrap();
    };
    let first = revision();
    set_stock(3).await;
    assert_eq!(revision(), first, "no read shows it");
    assert!(witness.seen.lock().unwrap().is_empty());

    set_stock(0).await;
    // The file shows the commit already, what is derived does not.
    assert_eq!(*witness.seen.lock().unwrap(), [(None, 1)]);
    let second = revision();
    assert_ne!(second, first);

    store.reset().await.unwrap();
    assert_ne!(
        revision(),
        first,
        "the same data, but in another generation"
    );
    assert_ne!(revision(), second);
}

/// What one user's reads alone show leaves the states of others; what all may see, the deriver's rows among it,
/// does not.
#[tokio::test]
async fn a_write_of_one_user_leaves_what_others_are_shown() {
    let folder = tempfile::TempDir::new().unwrap();
    let (store, _) = witnessed(folder.path());
    let own = || [Some(1), Some(2), None].map(|user| store.own_revision(user).unwrap());
    let set_price = |price: i64, table: &str| {
        let update = format!("UPDATE {table} SET price = ?1 WHERE id = 1");
        move |connection: &Connection| {
            Ok::<_, StoreError>(connection.execute(&update, [price]).map(drop)?)
        }
    };
    let fails = |_: &Connection| Err::<(), _>(StoreError::from(rusqlite::Error::InvalidQuery));
    let (before, revision) = (own(), store.revision());
    assert!(store.write_of(1, fails).await.is_err());
    store.write_unseen(set_price(2, "chair")).await.unwrap();
    let origin = store.origin();
    assert_eq!((own(), store.revision()), (before, revision));

    let first = own();
    let touch = |_: &Connection| Ok::<_, StoreError>(());
    store.write_of(1, touch).await.unwrap();
    let second = own();
    assert_ne!(second[0], first[0]);
    assert_eq!(second[1..], first[1..]);
    assert_ne!(
        store.revision(),
        revision,
        "for all together it is another state"
    );

    store.write(touch).await.unwrap();
    assert_eq!(store.origin(), origin);
    let third = own();
    assert!((0..3).all(|of| third[of] != second[of]));
    store
        .write_of(1, set_price(3, "chair_search"))
        .await
        .unwrap();
    let fourth = own();
    assert!((0..3).all(|of| fourth[of] != third[of]));
    store.reset().await.unwrap();
    let fifth = own();
    assert!((0..3).all(|of| fifth[of] != fourth[of]));
    assert_ne!(store.origin(), origin);
}

/// Nothing changed, so what clients hold stays good, and nothing is derived anew.
#[tokio::test]
async fn a_write_that_fails_leaves_the_revision_and_what_is_derived() {
    let folder = tempfile::TempDir::new().unwrap();
    let (store, witness) = witnessed(folder.path());
    let before = store.revision().unwrap();
    let fails = |connection: &Connection| -> Result<(), StoreError> {
        // The witness watches this table.
        connection.execute("DELETE FROM chair_search", [])?;
        connection.execute("INSERT INTO nothing VALUES (1)", [])?;
        Ok(())
    };
    assert!(store.write(fails).await.is_err());
    let panics = |connection: &Connection| -> Result<(), StoreError> {
        connection.execute("DELETE FROM chair_search", [])?;
        panic!("a test panics on purpose");
    };
    assert!(store.write(panics).await.is_err());
    assert_eq!(store.revision(), Some(before));
    assert!(witness.seen.lock().unwrap().is_empty());
    assert_eq!(store.read(count_chairs).unwrap(), 2);
    assert_eq!(store.figures().commits.count(), 0, "there was none");

    // What one that succeeds changes is still noticed, also beside one that fails.
    let (hold, held) = std::sync::mpsc::channel::<()>();
    let mut first = Box::pin(store.write(move |_| {
        held.recv().unwrap();
        Ok::<_, StoreError>(())
    }));
    assert!(poll_once(first.as_mut()).await.is_none());
    let mut failing = Box::pin(store.write(fails));
    assert!(poll_once(failing.as_mut()).await.is_none());
    let mut sold = Box::pin(store.write_unseen(|connection| {
        let update = "UPDATE chair SET stock = 0 WHERE id = 1";
        Ok::<_, StoreError>(connection.execute(update, [])?)
    }));
    assert!(poll_once(sold.as_mut()).await.is_none());
    hold.send(()).unwrap();
    first.await.unwrap();
    assert!(failing.await.is_err());
    sold.await.unwrap();
    assert_ne!(store.revision(), Some(before));
    assert!(!witness.seen.lock().unwrap().is_empty());
    assert_eq!(store.read(count_chairs).unwrap(), 1);
}
