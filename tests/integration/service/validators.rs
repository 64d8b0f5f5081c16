//! Entity tags: the same tag at the same address means the same bytes, whoever writes meanwhile, and a
//! 304 is never older than what was answered before the request.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::http::Method;
use axum::response::{IntoResponse as _, Response};
use ekiben::config::Mode;
use ekiben::http::{Reading, RevisionCache, Viewer};
use tokio::task::JoinSet;

use crate::service::response_headers::ask;
use crate::support::dataset::{CHAIR, Chair, Dataset, ESTATE, Estate};
use crate::support::harness::{Answer, Options, Site};

const CHEAPEST: &str = "/api/chair/low_priced";

/// Everything that has a tag, in a site with 20 chairs and estates.
const TAGGED: &[&str] = &[
    "/api/chair/1",
    "/api/estate/1",
    CHEAPEST,
    "/api/estate/low_priced",
    "/api/chair/search?kind=%E5%BA%A7%E6%A4%85%E5%AD%90&page=0&perPage=20",
    "/api/chair/search?features=%25&page=0&perPage=20",
    "/api/estate/search?rentRangeId=1&page=0&perPage=20",
    "/api/recommended_estate/1",
    "/api/chair/search/condition",
    "/api/estate/search/condition",
    "/images/chair/0000000000000000000000000000000000000000000000000000000000000001.png",
];

fn twenty() -> Dataset {
    Dataset {
        chairs: (1..=20)
            .map(|id| Chair {
                id,
                stock: 1,
                ..CHAIR
            })
            .collect(),
        estates: (1..=20).map(|id| Estate { id, ..ESTATE }).collect(),
    }
}

async fn get_again(site: &Site, path: &str, tag: &str) -> Answer {
    ask(site, Method::GET, path, &[("if-none-match", tag)]).await
}

#[tokio::test]
async fn what_the_client_has_is_not_sent_again() {
    let site = Site::new(&twenty());
    for path in TAGGED {
        let first = site.get(path).await;
        let tag = first.is(200).header("etag");
        assert!(
            tag.starts_with('"') && tag.len() > 8,
            "a strong tag: {first}"
        );
        let lists = [tag.to_owned(), format!("\"x\", W/{tag}"), "*".to_owned()];
        for known in lists {
            let again = get_again(&site, path, &known).await;
            again.is_bare(304);
            for name in ["etag", "cache-control", "vary"] {
                assert_eq!(again.header(name), first.header(name), "{name}: {again}");
            }
            assert_eq!(again.header("content-type"), "");
        }
        let head = ask(&site, Method::HEAD, path, &[("if-none-match", tag)]).await;
        head.is_bare(304);
        let other = get_again(&site, path, "\"x\"").await;
        assert_eq!(other.is(200).body, first.body);
    }
}

#[tokio::test]
async fn each_encoding_has_a_tag_of_its_own() {
    let site = Site::new(&twenty());
    for path in [CHEAPEST, "/api/chair/search/condition"] {
        let mut tags = BTreeSet::new();
        for encoding in ["identity", "gzip", "zstd"] {
            let accept = ("accept-encoding", encoding);
            let answer = ask(&site, Method::GET, path, &[accept]).await;
            assert_eq!(answer.is(200).header("vary"), "accept-encoding");
            let tag = answer.header("etag").to_owned();
            let twice = ask(&site, Method::GET, path, &[accept]).await;
            assert_eq!(twice.body, answer.body, "packed alike each time");
            let again = ask(&site, Method::GET, path, &[accept, ("if-none-match", &tag)]).await;
            assert_eq!(again.is_bare(304).header("etag"), tag);
            assert_eq!(again.header("vary"), "accept-encoding");
            // Known in another encoding only: this one is sent.
            if encoding != "identity" {
                get_again(&site, path, &tag).await.is(200);
            }
            tags.insert(tag);
        }
        assert_eq!(tags.len(), 3, "{tags:?}");
    }
}

#[tokio::test]
async fn errors_have_no_tag_and_are_never_304() {
    let site = Site::new(&twenty());
    let tag = site.get("/api/chair/1").await.header("etag").to_owned();
    for (path, status) in [
        ("/api/chair/99", 404),
        ("/api/chair/x", 400),
        ("/api/chair/search", 400),
        ("/nothing", 404),
    ] {
        for known in [tag.as_str(), "*"] {
            let answer = get_again(&site, path, known).await;
            assert_eq!(answer.is(status).header("etag"), "", "{answer}");
        }
    }
    let refusing = [("accept-encoding", "identity;q=0"), ("if-none-match", &tag)];
    let answer = ask(&site, Method::GET, "/api/chair/1", &refusing).await;
    assert_eq!(answer.is(406).header("etag"), "");
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[tokio::test]
async fn visible_writes_change_tags_and_others_do_not() {
    let mut dataset = twenty();
    dataset.chairs[0].stock = 2;
    let site = Site::new(&dataset);
    let tag = async || site.get(CHEAPEST).await.header("etag").to_owned();
    let mut tags = vec![tag().await];
    assert_eq!(site.buy(1).await, 200);
    assert_eq!(tag().await, tags[0], "one is left, which nobody sees");
    assert_eq!(site.buy(1).await, 200);
    tags.push(tag().await);
    let estate = "99,n,d,t,a,35.5,139.5,1,50,60,,1\n";
    site.upload("estates", estate).await.is_bare(201);
    tags.push(tag().await);
    site.post_json("/initialize", "").await.is(200);
    tags.push(tag().await);
    assert_eq!(tags.iter().collect::<BTreeSet<_>>().len(), 4, "{tags:?}");
    for old in &tags[..3] {
        get_again(&site, CHEAPEST, old).await.is(200);
    }
    get_again(&site, "/api/chair/1", &tags[1]).await.is(200);
}

#[tokio::test]
async fn a_primary_forgets_its_tags_and_replicas_share_theirs() {
    let tags_of = async |mode: Mode| {
        let options = || Options {
            mode,
            ..Options::default()
        };
        let site = Site::with(&twenty(), &options());
        let first = site.get(CHEAPEST).await.header("etag").to_owned();
        let folder = site.close();
        let baked = folder.path().join("isuumo.sqlite");
        let site = Site::open(folder, &baked, &options());
        (first, site.get(CHEAPEST).await.header("etag").to_owned())
    };
    // Its copy may have been written to, and what is counted is counted anew.
    let (before, after) = tags_of(Mode::Primary).await;
    assert_ne!(before, after);
    let (before, after) = tags_of(Mode::Replica).await;
    assert_eq!(before, after);
}

#[tokio::test]
async fn an_answer_that_a_visible_write_ran_into_has_no_tag() {
    let mut dataset = twenty();
    dataset.chairs[0].stock = 2;
    let site = Site::new(&dataset);
    for (left, is_tagged) in [(1, true), (0, false)] {
        let reading = Reading::begin(&site.store);
        assert_eq!(site.buy(1).await, 200);
        let answer = reading.answer(Response::default()).into_response();
        let headers = answer.headers();
        assert_eq!(headers.contains_key("etag"), is_tagged, "{left} left");
        assert_eq!(headers["cache-control"], "no-cache");
    }
}

#[tokio::test]
async fn what_was_read_before_a_visible_write_is_not_kept_for_everybody_after_it() {
    let site = Site::new(&twenty());
    let cache = RevisionCache::new(1024);
    let reading = Reading::begin_for(&site.store, Viewer::Anonymous);
    assert_eq!(site.buy(1).await, 200);
    reading.of_everybody().keep(&cache, "chairs", "old", 0);
    assert_eq!(Reading::begin(&site.store).cached(&cache, &"chairs"), None);
    let reading = Reading::begin_for(&site.store, Viewer::Anonymous);
    reading.of_everybody().keep(&cache, "chairs", "new", 0);
    let cached = Reading::begin(&site.store).cached(&cache, &"chairs");
    assert_eq!(cached, Some("new"));
}

const CHAIRS: i64 = 60;
const STOCK: i64 = 2;

/// What was answered to writers, and what readers were sent under each tag.
#[derive(Default)]
struct Known {
    sold: HashMap<i64, i64>,
    uploaded: BTreeSet<i64>,
    bodies: HashMap<(usize, String), Bytes>,
}

const WATCHED: [&str; 3] = [
    CHEAPEST,
    "/api/chair/search?kind=%E5%BA%A7%E6%A4%85%E5%AD%90&page=0&perPage=500",
    "/api/chair/search?features=%E6%96%B0%25&page=0&perPage=500",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn tags_are_exact_and_304_is_fresh_while_others_write() {
    let dataset = Dataset {
        chairs: (1..=CHAIRS)
            .map(|id| Chair {
                id,
                stock: STOCK,
                price: id,
                features: "新着",
                ..CHAIR
            })
            // One that nobody buys.
            .chain([Chair {
                id: 900,
                price: 1,
                features: "新着",
                ..CHAIR
            }])
            .collect(),
        ..Dataset::tiny()
    };
    let site = Arc::new(Site::new(&dataset));
    let known = Arc::new(Mutex::new(Known::default()));
    let writing = Arc::new(AtomicUsize::new(3));
    let mut writers = JoinSet::new();
    for turn in 0..3 {
        let (site, known, writing) = (site.clone(), known.clone(), writing.clone());
        writers.spawn(async move {
            match turn {
                2 => upload(&site, &known).await,
                turn => buy(&site, &known, [7, 11][turn]).await,
            }
            writing.fetch_sub(1, Ordering::Relaxed);
        });
    }
    let mut readers = JoinSet::new();
    for _ in 0..3 {
        let (site, known, writing) = (site.clone(), known.clone(), writing.clone());
        readers.spawn(async move {
            let mut client = ConditionalClient::default();
            while writing.load(Ordering::Relaxed) > 0 {
                client.look(&site, &known).await;
            }
            // With nobody writing, everything is tagged and known the second time.
            client.look(&site, &known).await;
            let before = client.unchanged;
            client.look(&site, &known).await;
            assert_eq!(client.unchanged, before + WATCHED.len());
        });
    }
    for mut tasks in [writers, readers] {
        while let Some(done) = tasks.join_next().await {
            done.unwrap();
        }
    }
    let known = known.lock().unwrap();
    assert!(known.bodies.len() > 10, "{} tags", known.bodies.len());
}

async fn buy(site: &Site, known: &Mutex<Known>, step: i64) {
    for turn in 0..CHAIRS {
        let id = turn * step % CHAIRS + 1;
        assert_eq!(site.buy(id).await, 200);
        *known.lock().unwrap().sold.entry(id).or_default() += 1;
    }
}

async fn upload(site: &Site, known: &Mutex<Known>) {
    for id in 1001..=1040 {
        let chair = format!("{id},n,d,t,9999,50,60,70,赤,新着,座椅子,{id},5\n");
        site.upload("chairs", &chair).await.is_bare(201);
        known.lock().unwrap().uploaded.insert(id);
    }
}

/// A client that keeps what it was sent, and asks whether that is still right.
#[derive(Default)]
struct ConditionalClient {
    kept: HashMap<usize, (String, Bytes)>,
    unchanged: usize,
}

impl ConditionalClient {
    async fn look(&mut self, site: &Site, known: &Mutex<Known>) {
        for (index, path) in WATCHED.into_iter().enumerate() {
            let (gone, there) = {
                let known = known.lock().unwrap();
                let gone = known.sold.iter().filter(|(_, sold)| **sold == STOCK);
                let gone: BTreeSet<i64> = gone.map(|(id, _)| *id).collect();
                (gone, known.uploaded.clone())
            };
            let tag = self.kept.get(&index).map_or("", |(tag, _)| tag.as_str());
            let mut answer = get_again(site, path, tag).await;
            if answer.status == 304 {
                self.unchanged += 1;
                let (tag, body) = &self.kept[&index];
                assert_eq!(answer.header("etag"), tag);
                answer.body = body.clone();
            } else if answer.is(200).header("etag").is_empty() {
                self.kept.remove(&index);
            } else {
                let tag = answer.header("etag").to_owned();
                let key = (index, tag.clone());
                let mut known = known.lock().unwrap();
                let sent = known.bodies.entry(key).or_insert(answer.body.clone());
                assert_eq!(*sent, answer.body, "one tag, two answers: {answer}");
                self.kept.insert(index, (tag, answer.body.clone()));
            }
            let json: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
            let chairs = json["chairs"].as_array().unwrap().iter();
            let ids: BTreeSet<i64> = chairs.map(|chair| chair["id"].as_i64().unwrap()).collect();
            assert!(ids.is_disjoint(&gone), "{path}: {ids:?}");
            assert!(index == 0 || ids.is_superset(&there), "{path}: {ids:?}");
        }
    }
}
