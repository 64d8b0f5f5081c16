//! The lists of the pages: all of them, in several orders, by words, so many to a page.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use axum::http::Method;

use crate::isuumo::pages::attributes;
use crate::service::response_headers::ask;
use crate::support::dataset::{CHAIR, Chair, Dataset, ESTATE, Estate};
use crate::support::harness::{Answer, Site};

const NAMES: [&str; 3] = ["赤いイス ISU", "Sofa", "座椅子isuスペシャル"];

/// Chairs with ties in popularity and price, every ninth sold out.
fn chairs() -> Vec<Chair> {
    let chair = |id: i64| Chair {
        id,
        name: NAMES[usize::try_from(id).unwrap() % NAMES.len()],
        price: 1_000 + id * 37 % 20 * 100,
        popularity: id * 17 % 10,
        stock: i64::from(id % 9 != 0),
        color: if id % 5 == 0 { "赤" } else { "黒" },
        features: if id % 4 == 0 { "木製,和風" } else { "" },
        ..CHAIR
    };
    (1..=45).map(chair).collect()
}

/// The ids of those that are for sale and that `is_wanted`, sorted by `key` and then by id.
fn expected<K: Ord>(is_wanted: impl Fn(&Chair) -> bool, key: impl Fn(&Chair) -> K) -> Vec<i64> {
    let mut chairs: Vec<Chair> = chairs();
    chairs.retain(|chair| chair.stock > 0 && is_wanted(chair));
    chairs.sort_by_key(|chair| (key(chair), chair.id));
    chairs.iter().map(|chair| chair.id).collect()
}

fn popular(chair: &Chair) -> Reverse<i64> {
    Reverse(chair.popularity)
}

fn shown(answer: &Answer, subject: &str) -> Vec<i64> {
    let html = String::from_utf8(answer.is(200).body.to_vec()).unwrap();
    let open = format!("/{subject}/");
    attributes(&html, "href")
        .filter_map(|address| address.strip_prefix(&open)?.parse().ok())
        .collect()
}

async fn listed(site: &Site, path: &str) -> Vec<i64> {
    shown(&site.get(path).await, "chair")
}

/// All that is listed at an address, by its links to the next page.
async fn all_pages(site: &Site, path: &str) -> Vec<i64> {
    let mut all = Vec::new();
    let mut next = Some(path.to_owned());
    while let Some(path) = next.take() {
        let answer = site.get(&path).await;
        all.extend(shown(&answer, "chair"));
        let html = String::from_utf8(answer.body.to_vec()).unwrap();
        let link = html.split("rel=\"next\"").nth(1);
        next = link.map(|link| {
            let address = attributes(link, "href").next().unwrap();
            address.split('#').next().unwrap().to_owned()
        });
    }
    all
}

/// Trust 35: all of a list, in each order, whatever the size of the pages.
#[tokio::test]
async fn lists_come_in_the_order_that_is_asked_for() {
    let site = Site::new(&Dataset::of_chairs(chairs()));
    let by_popularity = expected(|_| true, popular);
    let cheapest = expected(|_| true, |chair| chair.price);
    let dearest = expected(|_| true, |chair| Reverse(chair.price));
    assert_eq!(listed(&site, "/chair").await, by_popularity[..20]);
    for (sort, ids) in [
        ("", &by_popularity),
        ("sort=popularity", &by_popularity),
        ("sort=rent", &by_popularity),
        ("sort=price", &cheapest),
        ("sort=-price", &dearest),
    ] {
        for path in ["/chair", "/chair/search"] {
            for per_page in ["", "&perPage=7", "&perPage=1", "&perPage=100"] {
                let path = format!("{path}?kind=&{sort}{per_page}");
                assert_eq!(all_pages(&site, &path).await, *ids, "{path}");
            }
        }
    }
    let wooden = expected(|chair| chair.id % 4 == 0, |chair| chair.price);
    let path = "/chair/search?features=木製&features=和風&sort=price&perPage=3";
    assert_eq!(all_pages(&site, path).await, wooden);
    // What only SQLite can tell is listed in the same way.
    let path = "/chair/search?features=木_,%25風&sort=price&perPage=3";
    assert_eq!(all_pages(&site, path).await, wooden);
}

/// From a list of everything, each link to an order or a page leads to a list, not to the form alone.
#[tokio::test]
async fn links_from_a_list_of_everything_lead_to_lists() {
    let site = Site::whole();
    for (path, subject) in [("/chair", "chair"), ("/estate", "estate")] {
        for query in ["", "?page=2", "?sort=price"] {
            let answer = site.get(&format!("{path}{query}")).await;
            let html = String::from_utf8(answer.is(200).body.to_vec()).unwrap();
            let links = attributes(&html, "href").filter(|link| link.ends_with("#results"));
            let links: BTreeSet<_> = links.collect();
            assert!(links.len() > 4, "{links:?}");
            for link in links {
                let address = link.trim_end_matches("#results");
                let listed = shown(&site.get(address).await, subject);
                assert!(!listed.is_empty(), "{path}{query}: {link}");
            }
        }
    }
    // Past the end of the only page.
    let site = Site::new(&Dataset::of_chairs([Chair { id: 1, ..CHAIR }]));
    let answer = site.get("/chair?page=7").await;
    let html = String::from_utf8(answer.is(200).body.to_vec()).unwrap();
    let empty = html.split_once("class=\"empty\"").unwrap().1;
    let last = attributes(empty, "href").next().unwrap();
    assert_eq!(listed(&site, &last).await, [1]);
}

/// Trust 35: an address without a page is a first page, and so is one whose page is none.
#[tokio::test]
async fn an_address_without_a_page_is_a_first_page() {
    let site = Site::whole();
    for path in [
        "/chair",
        "/chair/search?kind=座椅子",
        "/chair/search?kind=&q=",
    ] {
        let first = listed(&site, path).await;
        assert_eq!(first.len(), 20);
        let mark = if path.contains('?') { '&' } else { '?' };
        for more in [
            "page=1",
            "page=0",
            "page=",
            "page=x",
            "page=-3",
            "page=0&perPage=20",
            "perPage=",
            "perPage=0",
            "perPage=-1",
            "perPage=x",
            "perPage=20",
            "sort=",
            "sort=x",
        ] {
            let path = format!("{path}{mark}{more}");
            assert_eq!(listed(&site, &path).await, first, "{path}");
        }
        let five = listed(&site, &format!("{path}{mark}perPage=5&page=2")).await;
        assert_eq!(five, first[5..10]);
        let many = listed(&site, &format!("{path}{mark}perPage=100000")).await;
        assert_eq!(many.len(), 100, "at most");
    }
    // The form alone.
    assert_eq!(listed(&site, "/chair/search").await, Vec::<i64>::new());
    site.get("/chair?page=99999").await.is(200);
    // The API needs both, as it always did.
    site.get("/api/chair/search?kind=座椅子").await.is_bare(400);
    site.get("/api/chair/search?page=0&perPage=20")
        .await
        .is_bare(400);
    site.get("/api/chair/search?page=0&perPage=20&q=x&sort=price")
        .await
        .is_bare(400);
}

/// Trust 35: words, all of which a row must hold, beside the conditions.
#[tokio::test]
async fn lists_are_searched_by_words() {
    let site = Site::new(&Dataset::of_chairs(chairs()));
    let isu = |chair: &Chair| chair.name.to_ascii_lowercase().contains("isu");
    for (query, ids) in [
        ("q=isu", expected(isu, popular)),
        ("q=ISU", expected(isu, popular)),
        (
            "q=+ISU　isu+&sort=price",
            expected(isu, |chair| chair.price),
        ),
        (
            "q=赤い+isu",
            expected(|chair| chair.name == NAMES[0], popular),
        ),
        ("q=イス", expected(|chair| chair.name == NAMES[0], popular)),
        ("q=座れます", expected(|_| true, popular)),
        ("q=和風", expected(|chair| chair.id % 4 == 0, popular)),
        (
            "q=sofa&color=赤",
            expected(|chair| chair.name == "Sofa" && chair.color == "赤", popular),
        ),
        (
            "q=sofa+赤",
            expected(|chair| chair.name == "Sofa" && chair.color == "赤", popular),
        ),
        // Not across two texts, and no wildcards.
        ("q=Sofa座れます", vec![]),
        ("q=S%25a", vec![]),
        ("q=S_fa", vec![]),
        ("q=sofa+isu", vec![]),
    ] {
        for _ in 0..2 {
            let path = format!("/chair/search?{query}&perPage=100");
            assert_eq!(listed(&site, &path).await, ids, "{query}");
        }
    }
    // In a language that is not the data's, its names for what the data says are words too.
    let english = [("accept-language", "en")];
    let red = ask(
        &site,
        Method::GET,
        "/chair/search?q=RED&perPage=100",
        &english,
    )
    .await;
    let is_red = |chair: &Chair| chair.color == "赤" || chair.name == NAMES[0];
    assert_eq!(shown(&red, "chair"), expected(is_red, popular));
    for words in ["a b c d e f g h i", &"x".repeat(101)] {
        let path = format!("/chair/search?q={words}");
        let answer = site.get(&path).await;
        assert_eq!(
            answer.is(400).header("content-type"),
            "text/html; charset=utf-8"
        );
        assert!(String::from_utf8_lossy(&answer.body).contains("言葉が多すぎます"));
    }
}

/// Trust 35: what is kept of a scan follows what is bought, uploaded and reset.
#[tokio::test]
async fn lists_show_what_there_is_now() {
    let site = Site::new(&Dataset::of_chairs(chairs()));
    let words = "/chair/search?q=sofa&sort=price&perPage=100";
    let patterns = "/chair/search?features=%25&sort=-price&perPage=100";
    let before = listed(&site, words).await;
    assert_eq!(listed(&site, patterns).await.len(), 40);
    assert_eq!(site.buy(before[0]).await, 200);
    assert_eq!(listed(&site, words).await, before[1..]);
    assert!(!listed(&site, patterns).await.contains(&before[0]));
    let uploaded = "99,a sofa,x,/images/chair/x.png,1,50,60,70,赤,,座椅子,1,3\n";
    site.upload("chairs", uploaded).await.is(201);
    assert_eq!(listed(&site, words).await, [&[99], &before[1..]].concat());
    assert_eq!(listed(&site, patterns).await.last(), Some(&99));
    site.post_json("/initialize", "").await.is(200);
    assert_eq!(listed(&site, words).await, before);
    assert_eq!(listed(&site, patterns).await.len(), 40);
}

/// Trust 35: estates too, by rent.
#[tokio::test]
async fn estates_are_listed_in_the_same_way() {
    let estate = |id: i64| Estate {
        id,
        name: if id % 2 == 0 {
            "ISUビル"
        } else {
            "ISUハイツ"
        },
        rent: 50_000 + id * 7 % 5 * 1_000,
        popularity: id % 3,
        ..ESTATE
    };
    let estates: Vec<Estate> = (1..=9).map(estate).collect();
    let site = Site::new(&Dataset::of_estates(estates.clone()));
    let sorted = |key: &dyn Fn(&Estate) -> i64| {
        let mut estates = estates.clone();
        estates.sort_by_key(|estate| (key(estate), estate.id));
        estates.iter().map(|estate| estate.id).collect::<Vec<_>>()
    };
    for (path, ids) in [
        ("/estate", sorted(&|estate| -estate.popularity)),
        ("/estate?sort=rent", sorted(&|estate| estate.rent)),
        ("/estate/search?sort=-rent", sorted(&|estate| -estate.rent)),
        ("/estate/search?q=ハイツ+東京都1", vec![1]),
    ] {
        assert_eq!(shown(&site.get(path).await, "estate"), ids, "{path}");
    }
    site.get("/estate/").await.is(308);
}

/// Trust 30: a list shows the beginning of a long description, the page of its row all of it.
#[tokio::test]
async fn long_descriptions_are_cut_in_lists() {
    let site = Site::new(&Dataset::tiny());
    let long = "とても静かな椅子です。".repeat(300);
    let chair = format!("7,Sofa,{long},/images/chair/x.png,1,50,60,70,赤,,座椅子,9,3\n");
    let estate = format!("7,ISU,{long},/images/estate/x.png,x,35.5,139.5,1,170,70,,9\n");
    site.upload("chairs", &chair).await.is(201);
    site.upload("estates", &estate).await.is(201);
    for (list, row) in [("/chair", "/chair/7"), ("/estate?q=isu", "/estate/7")] {
        let text = async |path: &str| {
            let answer = site.get(path).await;
            String::from_utf8(answer.is(200).body.to_vec()).unwrap()
        };
        let (listed, all) = (text(list).await, text(row).await);
        assert!(all.contains(&long), "{row}");
        let beginning: String = long.chars().take(120).collect();
        assert!(listed.contains(&format!("{beginning}…<")), "{list}");
    }
}
