//! Reads of people beside lists' contents: CSV and back, the limits of lists, entity tags, and that what
//! was answered to a writer is in every answer from then on.

use std::collections::BTreeSet;
use std::fs;

use axum::http::Method;
use ekiben::config::Mode;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::bake::csv::HEADER;
use crate::people::edge_cases::{KNOWN, UNKNOWN, with_ann};
use crate::people::site::{KEYS, ann, ann_with, merged, options};
use crate::service::response_headers::ask;
use crate::support::harness::{Answer, Options, Site, reference_data};

/// The records of a CSV answer, header first.
#[track_caller]
fn records(answer: &Answer) -> Vec<Vec<String>> {
    let kind = "text/csv; charset=utf-8; header=present";
    assert_eq!(answer.is(200).header("content-type"), kind, "{answer}");
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(&answer.body[..]);
    let records = reader.records().map(|record| {
        let record = record.unwrap();
        record.iter().map(str::to_owned).collect()
    });
    records.collect()
}

/// Somebody as a record.
fn record(person: &Value) -> Vec<String> {
    let text = |key: &str| match &person[key] {
        Value::String(text) => text.clone(),
        Value::Bool(survived) => u8::from(*survived).to_string(),
        // Whole fares have no point, as in the original's file.
        number => number.as_f64().unwrap().to_string(),
    };
    KEYS.map(text).to_vec()
}

#[tokio::test]
async fn csv_holds_the_list() {
    let site = Site::all_people();
    for query in [
        "",
        "?sort=-fare",
        "?sex=female&minAge=30&sort=name",
        "?limit=10&sort=uuid",
        "?age=-1",
        "?x=1",
    ] {
        let answer = site.get(&format!("/people.csv{query}")).await;
        let mut found = records(&answer).into_iter();
        let header = found.next().unwrap().join(",");
        assert_eq!(header, format!("{HEADER},Uuid"));
        let people = site.list(query).await;
        assert!(found.eq(people.iter().map(record)), "{query}");
        assert_eq!(
            answer.header("content-disposition"),
            "attachment; filename=\"people.csv\""
        );
        let text = String::from_utf8(answer.body.to_vec()).unwrap();
        assert_eq!(text.matches("\r\n").count(), people.len() + 1, "{query}");
        assert!(text.ends_with("\r\n"));
    }
}

#[tokio::test]
async fn csv_is_baked_again_into_the_same_people() {
    let site = Site::all_people();
    // All that a file's form could trip over.
    for name in [
        "",
        " ",
        "a,b",
        "\"",
        "a \"b\" c",
        "two\nlines",
        "two\r\nlines",
        "end\r",
        "\u{feff}mark",
        "椅子",
        "=1+1",
        "#",
    ] {
        let more = json!({"name": name, "survived": false, "age": -5, "fare": -0.1});
        site.registered(&ann_with(&more)).await;
    }
    for fare in [f64::MAX, 5e-324, 0.1 + 0.2, 1e22, -0.0] {
        site.registered(&ann_with(&json!({"fare": fare}))).await;
    }
    let extremes = json!({"age": i32::MIN, "passengerClass": i32::MAX, "sex": "other"});
    site.registered(&ann_with(&extremes)).await;
    let people = site.list("").await;
    let csv = site.get("/people.csv").await;
    let again = Site::of_people_csv(&csv.is(200).body, &options(""));
    assert_eq!(again.list("").await, people);
    assert_eq!(again.get("/people.csv").await.is(200).body, csv.body);
    for person in [&people[0], people.last().unwrap()] {
        let uuid = person["uuid"].as_str().unwrap();
        assert_eq!(again.person(uuid).await.is(200).json(), *person);
    }
}

#[tokio::test]
async fn a_bake_gives_the_same_uuids_each_time() {
    let row = "1,3,Miss. Ann Example,female,22,1,0,7.25";
    let (first, again) = (Site::of_people(&[row, row]), Site::of_people(&[row, row]));
    let people = first.list("").await;
    assert_eq!(again.list("").await, people);
    assert_ne!(people[0]["uuid"], people[1]["uuid"]);
}

#[tokio::test]
async fn a_list_without_a_limit_has_its_bound() {
    let rows: Vec<String> = (0..6)
        .map(|age| format!("1,1,A,male,{age},0,0,1"))
        .collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let site = Site::of_people_with(&rows, &options("max_rows = 5\nmax_limit = 3"));
    let detail = "There are more than 5 people: ask for pages with 'limit'.";
    for path in [
        "/people",
        "/people.csv",
        "/people?sort=age",
        "/people?maxAge=5",
    ] {
        // Twice: nothing of it is kept.
        site.get(path).await.is_bad(detail);
        site.get(path).await.is_bad(detail);
    }
    // Just as many as may be.
    assert_eq!(site.list("?maxAge=4").await.len(), 5);
    assert_eq!(site.list("?limit=3").await.len(), 3);
    let people = site.list("?limit=3&sort=-age").await;
    let oldest = people[0]["uuid"].as_str().unwrap().to_owned();
    site.remove(&oldest).await.is(200);
    assert_eq!(site.list("").await.len(), 5);
    site.registered(&ann()).await;
    site.get("/people").await.is_bad(detail);
}

#[tokio::test]
async fn a_page_has_its_bound() {
    let rows = ["1,1,A,male,1,0,0,1"; 5];
    let site = Site::of_people_with(&rows, &options("max_limit = 3"));
    assert_eq!(site.list("?limit=3").await.len(), 3);
    for path in ["/people", "/people.csv"] {
        let answer = site.get(&format!("{path}?limit=4")).await;
        answer.is_bad("4 is greater than the maximum of 3 for query parameter 'limit'");
        let answer = site.get(&format!("{path}?limit=0")).await;
        answer.is_bad("0 is less than the minimum of 1 for query parameter 'limit'");
    }
    assert_eq!(site.list("").await.len(), 5);
}

/// All that has a tag, in a site with Ann.
fn tagged() -> [String; 5] {
    [
        "/people".to_owned(),
        "/people?sort=-age&limit=1".to_owned(),
        "/people.csv".to_owned(),
        "/people.csv?sex=female".to_owned(),
        format!("/people/{KNOWN}"),
    ]
}

#[tokio::test]
async fn what_the_client_has_is_not_sent_again() {
    let (site, _) = with_ann().await;
    site.registered(&ann()).await;
    for path in tagged() {
        // The second answer is one that was kept.
        let (first, second) = (site.get(&path).await, site.get(&path).await);
        let tag = first.is(200).header("etag");
        assert!(tag.starts_with('"') && tag.len() > 8, "{first}");
        assert_eq!(first.header("cache-control"), "no-cache", "{first}");
        for name in ["etag", "cache-control", "content-type", "link"] {
            assert_eq!(second.header(name), first.header(name), "{name}: {second}");
        }
        assert_eq!(second.is(200).body, first.body);
        for method in [Method::GET, Method::HEAD] {
            let known = [("if-none-match", tag)];
            let again = ask(&site, method, &path, &known).await;
            assert_eq!(again.is_bare(304).header("etag"), tag, "{again}");
        }
        let other = ask(&site, Method::GET, &path, &[("if-none-match", "\"x\"")]).await;
        assert_eq!(other.is(200).body, first.body);
    }
    // Refusals have none.
    for path in ["/people?limit=0", "/people/x", "/people/"] {
        let answer = ask(&site, Method::GET, path, &[("if-none-match", "*")]).await;
        assert!(answer.status.is_client_error(), "{answer}");
        assert_eq!(answer.header("etag"), "", "{answer}");
    }
}

#[tokio::test]
async fn each_write_gives_new_tags() {
    let (site, known) = with_ann().await;
    let tags = async || {
        let mut tags = Vec::new();
        for path in tagged() {
            let answer = site.get(&path).await;
            tags.push(answer.is(200).header("etag").to_owned());
        }
        tags
    };
    let mut seen = vec![tags().await];
    site.change(KNOWN, &json!({"age": 1})).await.is(200);
    seen.push(tags().await);
    let other = site.registered(&ann()).await;
    seen.push(tags().await);
    site.remove(&other).await.is(200);
    seen.push(tags().await);
    site.change(KNOWN, &known).await.is(200);
    seen.push(tags().await);
    for (index, path) in tagged().iter().enumerate() {
        let of_path: BTreeSet<_> = seen.iter().map(|tags| &tags[index]).collect();
        assert_eq!(of_path.len(), seen.len(), "{path}: {of_path:?}");
        // None of before is what the client has, though the first people are these.
        for tags in &seen[..seen.len() - 1] {
            let known = [("if-none-match", tags[index].as_str())];
            ask(&site, Method::GET, path, &known).await.is(200);
        }
    }
    // What does not go with the specification has written nothing.
    site.change(KNOWN, &json!({"sex": "x"})).await.is(400);
    site.register(&json!([])).await.is(400);
    assert_eq!(tags().await, *seen.last().unwrap());
}

/// Answers are kept by the revision of the data: none outlives a write that was answered.
#[tokio::test]
async fn a_read_after_an_answered_write_shows_it() {
    let site = Site::of_people(&["1,1,First,male,1,0,0,1"]);
    let mut model = site.list("").await;
    let mut random = fastrand::Rng::with_seed(11);
    for turn in 0..120 {
        let place = random.usize(..model.len());
        let uuid = model[place]["uuid"].as_str().unwrap().to_owned();
        match random.u8(..3) {
            0 => {
                let body = ann_with(&json!({"age": turn}));
                let person = site.register(&body).await.is(200).json();
                let uuid = person["uuid"].as_str().unwrap();
                assert_eq!(site.person(uuid).await.is(200).json(), person);
                model.push(person);
            }
            1 if model.len() > 1 => {
                site.remove(&uuid).await.is(200);
                model.remove(place);
                site.person(&uuid).await.is_not_found();
            }
            _ => {
                let age = json!({"age": turn + 1_000});
                model[place] = merged(&model[place], &age);
                let changed = site.change(&uuid, &age).await;
                assert_eq!(changed.is(200).json(), model[place]);
                assert_eq!(site.person(&uuid).await.is(200).json(), model[place]);
            }
        }
        // The same addresses each time, twice.
        for _ in 0..2 {
            assert_eq!(site.list("").await, model);
            let last = model.last().unwrap();
            let path = format!("/people/{}", last["uuid"].as_str().unwrap());
            assert_eq!(site.get(&path).await.is(200).json(), *last);
            let page = site.list("?sort=-age&limit=1").await;
            let oldest = model.iter().map(|person| person["age"].as_i64()).max();
            assert_eq!(page[0]["age"].as_i64(), oldest.unwrap());
            let csv = site.get("/people.csv").await;
            assert!(
                records(&csv)[1..]
                    .iter()
                    .eq(model.iter().map(record).collect::<Vec<_>>().iter())
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn people_who_were_registered_are_in_every_list_from_then_on() {
    let site = std::sync::Arc::new(Site::of_people(&[]));
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..4 {
        let site = std::sync::Arc::clone(&site);
        writers.spawn(async move {
            for turn in 0..25 {
                let name = format!("{writer} {turn}");
                let uuid = site.registered(&ann_with(&json!({"name": name}))).await;
                let people = site.list("").await;
                let is_there = |person: &Value| person["uuid"] == json!(uuid);
                assert!(people.iter().any(is_there), "{name} is not in the list");
                site.person(&uuid).await.is(200);
                if turn % 5 == 4 {
                    site.remove(&uuid).await.is(200);
                    assert!(
                        !site.list("").await.iter().any(is_there),
                        "{name} is still there"
                    );
                    site.person(&uuid).await.is_not_found();
                }
            }
        });
    }
    while let Some(done) = writers.join_next().await {
        done.unwrap();
    }
    assert_eq!(site.list("").await.len(), 80);
}

#[tokio::test]
async fn the_originals_list_is_read_as_it_is_meant() {
    let Some(folder) = reference_data() else {
        return;
    };
    let csv = fs::read(folder.join("people/titanic.csv")).unwrap();
    let site = Site::of_people_csv(csv, &options(""));
    assert_eq!(site.list("").await.len(), 887);
    for (query, count) in [
        ("survived=true", 342),
        ("survived=false", 545),
        ("age=0", 7),
        ("sex=male", 573),
        ("sex=female", 314),
        ("passengerClass=1", 216),
        ("passengerClass=2", 184),
        ("passengerClass=3", 487),
        ("fare=0", 15),
        ("maxFare=512.3292", 887),
    ] {
        let found = site.list(&format!("?{query}")).await;
        assert_eq!(found.len(), count, "{query}");
    }
    let richest = site.list("?sort=-fare&limit=1").await;
    assert_eq!(richest[0]["fare"], json!(512.3292));
    let first = site.list("?nameContains=the Countess").await;
    assert_eq!(first.len(), 1);
    // The file comes back as it was, but for what ages lose.
    let again = records(&site.get("/people.csv").await);
    assert_eq!(again.len(), 888);
}

#[tokio::test]
async fn a_replica_tells_backups_of_one_primary_apart() {
    let (primary, person) = with_ann().await;
    let data = primary.folder.path().join("data");
    let backup = |name: &str| {
        let out = primary.folder.path().join(name);
        ekiben::store::back_up(&data, &data.join("people.sqlite"), "people", &out, false).unwrap();
        out
    };
    let first = backup("first.sqlite");
    primary.change(KNOWN, &json!({"age": 99})).await.is(200);
    let second = backup("second.sqlite");
    let served = primary.folder.path().join("served/people.sqlite");
    fs::create_dir(served.parent().unwrap()).unwrap();
    fs::rename(first, &served).unwrap();
    let options = Options {
        mode: Mode::Replica,
        ..options("")
    };
    let replica = Site::open(TempDir::new().unwrap(), &served, &options);
    let path = format!("/people/{KNOWN}");
    let before = replica.get(&path).await;
    assert_eq!(before.is(200).json()["age"], person["age"]);
    fs::rename(second, &served).unwrap();
    replica.store.reload().await.unwrap();
    let after = replica.get(&path).await;
    assert_eq!(after.is(200).json()["age"], 99);
    assert_ne!(before.header("etag"), after.header("etag"));
}

/// A write that changes nobody leaves the tags that clients hold as they are.
#[tokio::test]
async fn refused_writes_and_changes_of_nothing_leave_every_tag() {
    let (site, ann) = with_ann().await;
    let before = site.get("/people").await;
    let tag = before.is(200).header("etag");
    assert_ne!(tag, "");
    site.register(&ann).await.is(409);
    site.change(KNOWN, &json!({})).await.is(200);
    site.change(KNOWN, &json!({"uuid": KNOWN})).await.is(200);
    site.change(UNKNOWN, &json!({})).await.is_not_found();
    site.change(KNOWN, &json!({"uuid": UNKNOWN})).await.is(400);
    site.remove(UNKNOWN).await.is_not_found();
    assert_eq!(site.get("/people").await.header("etag"), tag);
    site.change(KNOWN, &json!({"age": 31})).await.is(200);
    assert_ne!(site.get("/people").await.header("etag"), tag);
}
