//! What readers may rely on while others write: a chair whose last purchase was answered is in no
//! answer to a request that starts afterwards, and a row whose upload was answered is in all.
//!
//! Buyers, uploaders and readers run at once beside a model of what was answered so far; a reader
//! looks at the model before it asks, and never sees less.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::task::JoinSet;

use crate::support::dataset::{CHAIR, Chair, Dataset, ESTATE, Estate};
use crate::support::harness::Site;

const CHAIRS: i64 = 120;
const STOCK: i64 = 2;
const UPLOADS: i64 = 24;

/// What was answered.
#[derive(Default)]
struct Model {
    /// Purchases of each chair.
    sold: HashMap<i64, i64>,
    chairs: BTreeSet<i64>,
    estates: BTreeSet<i64>,
}

/// A moment of the model.
struct Known {
    gone: BTreeSet<i64>,
    chairs: BTreeSet<i64>,
    estates: BTreeSet<i64>,
}

impl Model {
    fn known(&self) -> Known {
        let gone = self.sold.iter().filter(|(_, count)| **count == STOCK);
        Known {
            gone: gone.map(|(id, _)| *id).collect(),
            chairs: self.chairs.clone(),
            estates: self.estates.clone(),
        }
    }
}

type Shared = (Arc<Site>, Arc<Mutex<Model>>);

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_answer_is_older_than_what_was_answered() {
    let mut dataset = Dataset::of_chairs((1..=CHAIRS).map(|id| Chair {
        id,
        stock: STOCK,
        price: 10 + id % 7,
        popularity: id * 37 % 101,
        features: if id % 2 == 0 {
            "肘掛け,高さ調節可能"
        } else {
            "高さ調節可能"
        },
        ..CHAIR
    }));
    // One that nobody buys, so that no list is ever empty.
    dataset.chairs.push(Chair {
        id: 900,
        price: 9,
        ..CHAIR
    });
    dataset.estates.push(Estate { id: 900, ..ESTATE });
    let shared: Shared = (Arc::new(Site::new(&dataset)), Arc::default());
    let left = Arc::new(AtomicUsize::new(3));
    let mut writers = JoinSet::new();
    for turn in 0..2 {
        let (shared, left) = (shared.clone(), Arc::clone(&left));
        writers.spawn(async move {
            buy_everything(&shared, turn).await;
            left.fetch_sub(1, Ordering::Relaxed);
        });
    }
    let uploader = (shared.clone(), Arc::clone(&left));
    writers.spawn(async move {
        upload(&uploader.0).await;
        uploader.1.fetch_sub(1, Ordering::Relaxed);
    });
    let mut readers = JoinSet::new();
    for turn in 0..3 {
        let (shared, left) = (shared.clone(), Arc::clone(&left));
        readers.spawn(async move {
            let mut rounds = 0_usize;
            while left.load(Ordering::Relaxed) > 0 {
                look(&shared, rounds + turn).await;
                rounds += 1;
            }
            rounds
        });
    }
    while let Some(done) = writers.join_next().await {
        done.unwrap();
    }
    while let Some(rounds) = readers.join_next().await {
        assert!(rounds.unwrap() > 0);
    }
    look(&shared, 0).await;
    let sold = shared.1.lock().unwrap().known().gone;
    assert_eq!(sold.len(), usize::try_from(CHAIRS).unwrap());
}

/// Two buyers at once, each taking one of every chair in another order.
async fn buy_everything((site, model): &Shared, turn: i64) {
    for step in 0..CHAIRS {
        let id = (step * if turn == 0 { 7 } else { 11 }) % CHAIRS + 1;
        assert_eq!(site.buy(id).await.as_u16(), 200, "chair {id}");
        *model.lock().unwrap().sold.entry(id).or_default() += 1;
    }
}

async fn upload((site, model): &Shared) {
    for number in 1..=UPLOADS {
        let id = 1000 + number;
        let popularity = number * 53 % 211;
        let chair = format!("{id},n,d,t,1,50,60,70,赤,新着,座椅子,{popularity},5\n");
        site.upload("chairs", &chair).await.is_bare(201);
        model.lock().unwrap().chairs.insert(id);
        let estate = format!("{id},n,d,t,a,35.5,139.5,1,50,60,新着,{popularity}\n");
        site.upload("estates", &estate).await.is_bare(201);
        model.lock().unwrap().estates.insert(id);
    }
}

/// Asks once for each kind of list, and for single rows.
async fn look((site, model): &Shared, turn: usize) {
    let known = || model.lock().unwrap().known();
    let before = known();
    let cheapest = site.get("/api/chair/low_priced").await.ids("chairs");
    assert!(
        !cheapest.iter().any(|id| before.gone.contains(id)),
        "{cheapest:?}"
    );

    let before = known();
    let all = "/api/chair/search?kind=座椅子&page=0&perPage=500";
    let found: BTreeSet<i64> = site.get(all).await.ids("chairs").into_iter().collect();
    assert!(found.is_disjoint(&before.gone), "{found:?}");
    assert!(found.is_superset(&before.chairs), "{found:?}");

    // Sets in memory and, for a pattern, SQLite.
    for features in ["肘掛け", "肘%25け"] {
        let before = known();
        let path = format!("/api/chair/search?features={features}&page=0&perPage=500");
        let answer = site.get(&path).await;
        let found = answer.ids("chairs");
        assert!(
            !found.iter().any(|id| before.gone.contains(id)),
            "{found:?}"
        );
        assert_eq!(answer.json()["count"], found.len());
    }

    let before = known();
    let path = "/api/estate/search?features=新着&page=0&perPage=500";
    let found: BTreeSet<i64> = site.get(path).await.ids("estates").into_iter().collect();
    assert!(found.is_superset(&before.estates), "{found:?}");

    let before = known();
    for ids in [&before.gone, &before.chairs] {
        if let Some(id) = ids.iter().nth(turn % ids.len().max(1)) {
            let expected = if before.gone.contains(id) { 404 } else { 200 };
            site.get(&format!("/api/chair/{id}")).await.is(expected);
        }
    }
    if let Some(id) = before.estates.last() {
        site.get(&format!("/api/estate/{id}")).await.is(200);
    }
}
