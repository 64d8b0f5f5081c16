//! Writes from many clients at once: stock, visibility, resets. Edge-case row 24 among them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::task::JoinSet;

use crate::support::dataset::{CHAIR, Chair, Dataset};
use crate::support::harness::Site;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn row_24_two_hundred_buyers_of_ten_chairs_get_ten() {
    let wanted = Chair {
        id: 1,
        stock: 10,
        price: 1,
        popularity: 9000,
        ..CHAIR
    };
    let site = Arc::new(Site::new(&Dataset::of_chairs([
        wanted,
        Chair { id: 2, ..CHAIR },
    ])));
    let mut buyers = JoinSet::new();
    for _ in 0..200 {
        let site = Arc::clone(&site);
        buyers.spawn(async move { site.buy(1).await.as_u16() });
    }
    let mut bought = 0;
    let mut refused = 0;
    while let Some(status) = buyers.join_next().await {
        match status.unwrap() {
            200 => bought += 1,
            404 => refused += 1,
            other => panic!("unexpected status {other}"),
        }
        if bought == 10 {
            // The tenth answer is there: whatever is asked from now on does not show the chair.
            site.get("/api/chair/1").await.is_bare(404);
            assert_eq!(site.get("/api/chair/low_priced").await.ids("chairs"), [2]);
            let search = site
                .get("/api/chair/search?kind=座椅子&page=0&perPage=9")
                .await;
            assert_eq!(search.ids("chairs"), [2]);
        }
    }
    assert_eq!((bought, refused), (10, 190));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn initialize_under_load_fails_nobody_and_mixes_nothing() {
    // All prices are 100 in the baked data; each round of uploads adds chairs of price 1, so an answer
    // is either all baked or has uploads of the current round at its front, in full batches of 5.
    let chairs = (1..=30).map(|id| Chair {
        id,
        price: 100,
        ..CHAIR
    });
    let site = Arc::new(Site::new(&Dataset::of_chairs(chairs)));
    let done = Arc::new(AtomicBool::new(false));
    let mut readers = JoinSet::new();
    for _ in 0..4 {
        let (site, done) = (Arc::clone(&site), Arc::clone(&done));
        readers.spawn(async move {
            let mut answers = 0_u32;
            while !done.load(Ordering::Relaxed) {
                let ids = site.get("/api/chair/low_priced").await.ids("chairs");
                let uploaded = ids.iter().filter(|&&id| id > 1000).count();
                assert!(uploaded % 5 == 0 && ids.len() == 20, "a mixture: {ids:?}");
                answers += 1;
                tokio::task::yield_now().await;
            }
            answers
        });
    }
    for round in 0..8 {
        for batch in 0..2 {
            let rows = (0..5).map(|row| {
                let id = 1001 + batch * 5 + row;
                format!("{id},n,d,t,1,50,60,70,赤,,座椅子,{round},1\n")
            });
            site.upload("chairs", &rows.collect::<String>())
                .await
                .is_bare(201);
        }
        site.post_json("/initialize", "").await.is(200);
        let ids = site.get("/api/chair/low_priced").await.ids("chairs");
        assert!(
            ids.iter().all(|&id| id <= 1000),
            "the reset is complete: {ids:?}"
        );
    }
    done.store(true, Ordering::Relaxed);
    while let Some(answers) = readers.join_next().await {
        assert!(answers.unwrap() > 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_failing_upload_does_not_sink_the_others_of_its_group() {
    let site = Arc::new(Site::new(&Dataset::tiny()));
    let mut uploads = JoinSet::new();
    for id in 100..160 {
        let site = Arc::clone(&site);
        // Every third one brings an id that is there already.
        let second = if id % 3 == 0 { 1 } else { id + 1000 };
        let row = |id: i64| format!("{id},n,d,t,1,50,60,70,赤,,座椅子,1,1\n");
        let csv = format!("{}{}", row(id), row(second));
        uploads.spawn(async move { (id, site.upload("chairs", &csv).await.status.as_u16()) });
    }
    while let Some(done) = uploads.join_next().await {
        let (id, status) = done.unwrap();
        let (expected, then) = if id % 3 == 0 { (500, 404) } else { (201, 200) };
        assert_eq!(status, expected, "upload {id}");
        site.get(&format!("/api/chair/{id}")).await.is(then);
    }
}
