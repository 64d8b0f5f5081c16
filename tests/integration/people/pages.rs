//! Pages of people, walked by their links: where they begin and end, what a cursor is, and that nobody is
//! missed or met twice, however close values are and whoever writes meanwhile.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::Method;
use serde_json::{Value, json};

use crate::people::lists::{by_value, pair, query, sorted, sorts};
use crate::people::site::ann_with;
use crate::support::harness::Site;

/// Everybody on the pages from `path` on; how many pages.
pub(crate) async fn walk(site: &Site, path: &str) -> (Vec<Value>, usize) {
    let (mut seen, mut pages, mut next) = (Vec::new(), 0, Some(path.to_owned()));
    while let Some(path) = next {
        let answer = site.get(&path).await;
        seen.extend(answer.people());
        next = answer.link("next");
        pages += 1;
        assert!(pages < 1_000, "no end: {answer}");
    }
    (seen, pages)
}

fn uuid(person: &Value) -> &str {
    person["uuid"].as_str().unwrap()
}

#[tokio::test]
async fn pages_of_one_end_where_the_list_does() {
    let rows: Vec<String> = (0..9)
        .map(|n| format!("{},1,N{},male,{},0,0,0.{}", n % 2, n / 3, n / 4, n % 3))
        .collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let site = Site::of_people(&rows);
    let people = site.list("").await;
    for sort in sorts() {
        let path = match sort.as_str() {
            "" => "/people?limit=1".to_owned(),
            sort => format!("/people?limit=1&sort={sort}"),
        };
        let (seen, pages) = walk(&site, &path).await;
        assert_eq!(seen, sorted(&people, &sort), "{path}");
        assert_eq!(pages, 9, "{path}");
    }
    // Nobody: one page.
    let (nobody, pages) = walk(&site, "/people?limit=1&age=77").await;
    assert_eq!((nobody.len(), pages), (0, 1));
}

#[tokio::test]
async fn links_lead_to_the_first_page_and_the_next() {
    let site = Site::all_people();
    assert_eq!(site.get("/people").await.header("link"), "");
    assert_eq!(site.get("/people?sort=age").await.header("link"), "");
    let query = "/people?sex=female&sort=-fare&nameContains=%26+&limit=100";
    let asked = site.get(query).await;
    assert_eq!(asked.link("first").as_deref(), Some(query));
    // What means nothing is left out, and so is what comes a second time.
    let query = "/people?sex=female&sort=-fare&limit=100";
    let first = site
        .get("/people?x=1&sex=female&sort=-fare&y&limit=100&sex=male")
        .await;
    assert_eq!(first.link("first").as_deref(), Some(query));
    let next = first.link("next").unwrap();
    assert!(next.starts_with(&format!("{query}&cursor=")), "{next}");
    let second = site.get(&next).await;
    assert_eq!(second.link("first").as_deref(), Some(query));
    let third = second.link("next").unwrap();
    let cursors = third.matches("cursor=").count();
    assert_eq!(cursors, 1, "{third}");
    // The last one leads to the first only.
    let (mut answer, mut pages) = (second, 2);
    while let Some(next) = answer.link("next") {
        answer = site.get(&next).await;
        pages += 1;
    }
    assert_eq!(pages, 4, "of 314");
    assert_eq!(answer.link("first").as_deref(), Some(query));
    assert_eq!(answer.people().len(), 14);
    // A page that is full and the last one says so.
    let all = site.get("/people?sex=female&limit=314").await;
    assert_eq!(all.people().len(), 314);
    assert_eq!(all.link("next"), None);
    // The other form has its own address.
    let csv = site.get("/people.csv?limit=1").await;
    let next = csv.is(200).link("next").unwrap();
    assert!(next.starts_with("/people.csv?limit=1&cursor="), "{next}");
    assert_eq!(csv.link("first").as_deref(), Some("/people.csv?limit=1"));
}

#[tokio::test]
async fn a_cursor_without_a_limit_gives_all_the_rest() {
    let site = Site::all_people();
    let people = site.list("?sort=name").await;
    let next = site.get("/people?sort=name&limit=7").await.link("next");
    let next = next.unwrap().replace("&limit=7", "");
    let rest = site.get(&next).await;
    assert!(rest.people() == people[7..]);
    assert_eq!(rest.header("link"), "");
}

#[tokio::test]
async fn cursors_are_of_one_order() {
    let site = Site::all_people();
    let next = site.get("/people?sort=age&limit=7").await.link("next");
    let next = next.unwrap();
    let detail = "not a cursor of such a list for query parameter 'cursor'";
    for other in ["sort=-age", "sort=fare", "sort=name", "x=age"] {
        let path = next.replace("sort=age", other);
        assert_ne!(path, next);
        site.get(&path).await.is_bad(detail);
    }
    for cursor in [
        "",
        "x",
        "[]",
        "null",
        "[\"\",1]",
        "[\"\",\"x\",1]",
        "[\"\",1,1.5]",
    ] {
        let pairs = [pair("cursor", cursor)];
        let path = format!("/people{}", query(&pairs));
        site.get(&path).await.is_bad(detail);
    }
}

/// Fares that differ in their last bit, and those that are hard to read from decimal digits.
fn awkward_fares() -> Vec<f64> {
    let mut random = fastrand::Rng::with_seed(7);
    let mut fares = vec![0.0, -0.0, f64::MAX, f64::MIN, 5e-324, f64::MIN_POSITIVE];
    let mut near: f64 = 0.1;
    for _ in 0..60 {
        fares.extend([near, near, -near]);
        near = near.next_up();
    }
    while fares.len() < 600 {
        let fare = f64::from_bits(random.u64(..));
        if fare.is_finite() {
            fares.push(fare);
        }
    }
    random.shuffle(&mut fares);
    fares
}

#[tokio::test]
async fn pages_by_fare_miss_nobody_however_close_fares_are() {
    let rows: Vec<String> = awkward_fares()
        .iter()
        .map(|fare| format!("1,1,A,male,1,0,0,{fare}"))
        .collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let site = Site::of_people(&rows);
    let people = site.list("").await;
    for sort in ["fare", "-fare"] {
        let expected = sorted(&people, sort);
        for limit in [1, 7] {
            let (seen, _) = walk(&site, &format!("/people?sort={sort}&limit={limit}")).await;
            assert!(seen == expected, "{sort}, {limit}");
        }
    }
}

#[tokio::test]
async fn fares_are_kept_to_the_last_bit() {
    let site = Site::of_people(&[]);
    for fare in awkward_fares() {
        let body = ann_with(&json!({"fare": fare}));
        let answer = site.register(&body).await;
        let text = String::from_utf8(answer.is(200).body.to_vec()).unwrap();
        let (_, shown) = text.split_once("\"fare\":").unwrap();
        let (shown, _) = shown.split_once(',').unwrap();
        let shown: f64 = shown.parse().unwrap();
        // SQLite has one zero.
        assert_eq!(shown, fare, "{text}");
        // The one that the list is asked for is the one that was given.
        let found = site.list(&format!("?fare={fare:?}&sort=-uuid")).await;
        let uuid = &answer.json()["uuid"];
        assert!(
            found.iter().any(|person| person["uuid"] == *uuid),
            "{fare:?}"
        );
    }
}

/// What is there from the first page to the last is seen once, in order, whoever comes and goes.
#[tokio::test]
async fn no_page_misses_or_repeats_anybody_while_others_write() {
    let mut random = fastrand::Rng::with_seed(3);
    for sort in sorts() {
        let site = Site::all_people();
        let before = site.list("").await;
        let (mut seen, mut gone) = (Vec::new(), BTreeSet::new());
        let mut next = Some(match sort.as_str() {
            "" => "/people?limit=90".to_owned(),
            sort => format!("/people?limit=90&sort={sort}"),
        });
        while let Some(path) = next {
            let answer = site.get(&path).await;
            seen.extend(answer.people());
            next = answer.link("next");
            // The one that the next page begins behind, and anybody else.
            let others = (0..4).map(|_| random.choice(&before).unwrap());
            for person in others.chain(seen.last()) {
                if gone.insert(uuid(person).to_owned()) {
                    site.remove(uuid(person)).await.is(200);
                }
            }
            for _ in 0..3 {
                let mut twin = random.choice(&before).unwrap().clone();
                twin.as_object_mut().unwrap().remove("uuid");
                site.registered(&twin).await;
            }
        }
        let mut times: BTreeMap<&str, usize> = BTreeMap::new();
        for person in &seen {
            *times.entry(uuid(person)).or_default() += 1;
        }
        assert_eq!(times.len(), seen.len(), "{sort}: somebody came twice");
        for person in &before {
            let is_right = times.contains_key(uuid(person)) || gone.contains(uuid(person));
            assert!(is_right, "{sort}: {person} was left out");
        }
        if let Some(key) = sort.strip_prefix('-') {
            assert!(seen.is_sorted_by(|left, right| by_value(&left[key], &right[key]).is_ge()));
        } else if !sort.is_empty() {
            let key = sort.as_str();
            assert!(seen.is_sorted_by(|left, right| by_value(&left[key], &right[key]).is_le()));
        }
    }
}

/// Who is changed behind the page is seen where the change put them.
#[tokio::test]
async fn a_change_between_pages_moves_people() {
    let rows = [
        "1,1,A,male,10,0,0,1",
        "1,1,B,male,20,0,0,1",
        "1,1,C,male,30,0,0,1",
    ];
    let site = Site::of_people(&rows);
    let first = site.get("/people?sort=age&limit=1").await;
    assert_eq!(first.people()[0]["name"], json!("A"));
    let people = site.list("").await;
    let path = format!("/people/{}", people[1]["uuid"].as_str().unwrap());
    site.write(Method::PUT, &path, "{\"age\": 40}")
        .await
        .is(200);
    let (rest, _) = walk(&site, &first.link("next").unwrap()).await;
    let names: Vec<_> = rest.iter().map(|person| &person["name"]).collect();
    assert_eq!(names, [&json!("C"), &json!("B")]);
}
