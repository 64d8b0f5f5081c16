//! Revisions name states of the data exactly: none while a commit becomes visible, another one after.
//!
//! A deriver stands in for the moment between a commit and its being told, which a race hardly meets.

use std::sync::{Arc, Mutex, OnceLock, Weak};

use ekiben::store::{Change, Derived, Deriver, Generation, Revision, Store, StoreError};
use rusqlite::Connection;

use crate::support::dataset::{CHAIR, Chair, Dataset};
use crate::support::harness::{Options, bake_folder, store_options};

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

#[tokio::test]
async fn there_is_no_revision_while_some_readers_see_a_commit_and_others_do_not() {
    let folder = tempfile::TempDir::new().unwrap();
    let chairs = (1..=2).map(|id| Chair { id, ..CHAIR });
    Dataset::of_chairs(chairs).write(&folder.path().join("dumps"));
    let baked = folder.path().join("isuumo.sqlite");
    bake_folder(&folder.path().join("dumps"), &baked).unwrap();
    let witness: &'static Witness = Box::leak(Box::default());
    let mut options = store_options(folder.path(), &baked, &Options::default());
    options.deriver = Some(witness);
    let store = Arc::new(Store::open(options).unwrap());
    witness.store.set(Arc::downgrade(&store)).unwrap();

    let revision = || store.revision().unwrap();
    let set_stock = async |stock: i64| {
        let work = move |connection: &Connection| {
            let update = "UPDATE chair SET stock = ?1 WHERE id = 1";
            connection.execute(update, [stock])
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

#[tokio::test]
async fn a_write_that_fails_leaves_a_revision() {
    let site = crate::support::harness::Site::new(&Dataset::tiny());
    let fails = |connection: &Connection| connection.execute("INSERT INTO nothing VALUES (1)", []);
    assert!(site.store.write(fails).await.is_err());
    assert!(site.store.revision().is_some());
}
