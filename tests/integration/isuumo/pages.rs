//! The website: every page, what it links to and loads, in which language, and what may be kept of it.

use std::collections::BTreeSet;

use axum::http::Method;

use crate::service::response_headers::ask;
use crate::support::dataset::{CHAIR, Chair, Dataset, ESTATE, Estate};
use crate::support::harness::{Answer, Site};

/// Every kind of page, over the whole dataset.
const PAGES: [&str; 13] = [
    "/",
    "/chair?sort=-price&perPage=5",
    "/estate",
    "/chair/search",
    "/chair/search?kind=座椅子&priceRangeId=1&features=&page=2",
    "/chair/search?features=木製&features=和風",
    "/estate/search?rentRangeId=0",
    "/estate/search?features=ロフト,角部屋,地下室,専用庭",
    "/chair/1",
    "/estate/1",
    "/estate/nazotte",
    "/estate/nazotte?north=35.8&south=35.3&west=139.2&east=139.9",
    "/estate/nazotte?area=35.8,139.2 35.8,139.9 35.3,139.5",
];

fn html(answer: &Answer) -> String {
    assert_eq!(
        answer.header("content-type"),
        "text/html; charset=utf-8",
        "{answer}"
    );
    String::from_utf8(answer.body.to_vec()).unwrap()
}

async fn page(site: &Site, path: &str) -> String {
    html(site.get(path).await.is(200))
}

/// The values of an attribute, unescaped as far as addresses need it.
pub(crate) fn attributes<'h>(html: &'h str, name: &str) -> impl Iterator<Item = String> + use<'h> {
    let open = format!(" {name}=\"");
    let parts: Vec<&str> = html.split(open.as_str()).skip(1).collect();
    parts.into_iter().map(|rest| {
        let value = rest.split('"').next().unwrap();
        value.replace("&#38;", "&").replace("&amp;", "&")
    })
}

/// Fails if there is anything in a page that its policy forbids.
#[track_caller]
pub(crate) fn assert_clean(html: &str, path: &str) {
    let lower = html.to_ascii_lowercase();
    assert!(!lower.contains("<style"), "{path}");
    for tag in lower.split('<').skip(1) {
        let tag = tag.split('>').next().unwrap();
        // Names of attributes; between every other pair of quotes is a value.
        let names: String = tag.split('"').step_by(2).collect();
        let mut names = names.split_ascii_whitespace().skip(1);
        let forbidden = names.any(|name| name.starts_with("on") || name.starts_with("style"));
        assert!(!forbidden, "{path}: {tag}");
        if tag.starts_with("script") {
            assert!(
                tag.starts_with("script type=\"module\" src=\"/assets/"),
                "{path}: {tag}"
            );
        }
    }
    for name in ["href", "src", "action", "data-api"] {
        for address in attributes(html, name) {
            let is_ours =
                address.starts_with('#') || address.starts_with('/') && !address.starts_with("//");
            assert!(is_ours, "{path}: {address}");
        }
    }
}

#[tokio::test]
async fn every_page_loads_and_links_only_what_is_there() {
    let site = Site::whole();
    let mut to_visit: Vec<String> = PAGES.iter().map(|path| (*path).to_owned()).collect();
    let mut seen: BTreeSet<String> = to_visit.iter().cloned().collect();
    let mut pages = 0;
    while let Some(path) = to_visit.pop() {
        let answer = site.get(&path).await;
        answer.is(200);
        if !answer.header("content-type").starts_with("text/html") {
            continue;
        }
        pages += 1;
        let html = html(&answer);
        // The server's own pages have a policy and tests of their own (`api_pages`).
        if path == "/docs" || path == "/about" {
            continue;
        }
        assert_clean(&html, &path);
        assert!(html.contains("<html lang=\"ja\">"), "{path}");
        // The pages above lead to all others; what these lead to would be the whole dataset.
        if pages > PAGES.len() {
            continue;
        }
        for name in ["href", "src"] {
            for address in attributes(&html, name) {
                let address = address.split('#').next().unwrap().to_owned();
                if !address.is_empty() && seen.insert(address.clone()) {
                    to_visit.insert(0, address);
                }
            }
        }
    }
    assert!(pages > 60, "{pages}");
    assert!(seen.iter().any(|path| path.starts_with("/assets/")));
    assert!(
        seen.iter()
            .any(|path| path.starts_with("/estate/nazotte/map.png?v="))
    );
}

#[tokio::test]
async fn modules_import_what_is_there() {
    let site = Site::new(&Dataset::tiny());
    let html = page(&site, "/estate/nazotte").await;
    let module = attributes(&html, "src")
        .find(|address| address.ends_with("nazotte.js"))
        .unwrap();
    let (folder, _) = module.rsplit_once('/').unwrap();
    let text = String::from_utf8(site.get(&module).await.body.to_vec()).unwrap();
    let imported: Vec<&str> = text
        .split("from \"./")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    assert_eq!(imported, ["line.js", "map.js", "thumbnail.js"]);
    for name in imported {
        let answer = site.get(&format!("{folder}/{name}")).await;
        assert_eq!(
            answer.is(200).header("content-type"),
            "text/javascript; charset=utf-8"
        );
    }
}

#[tokio::test]
async fn pages_show_what_the_api_answers() {
    let site = Site::whole();
    for (path, api, key) in [
        ("/", "/api/chair/low_priced", "chairs"),
        ("/", "/api/estate/low_priced", "estates"),
        (
            "/chair/search?kind=座椅子&page=3",
            "/api/chair/search?kind=座椅子&page=2&perPage=20",
            "chairs",
        ),
        (
            "/chair/search?features=木製&features=和風",
            "/api/chair/search?features=木製,和風&page=0&perPage=20",
            "chairs",
        ),
        (
            "/estate/search?rentRangeId=2",
            "/api/estate/search?rentRangeId=2&page=0&perPage=20",
            "estates",
        ),
        ("/chair/9", "/api/recommended_estate/9", "estates"),
    ] {
        let html = page(&site, path).await;
        let ids = site.get(api).await.ids(key);
        assert!(!ids.is_empty());
        let open = format!("/{}/", key.trim_end_matches('s'));
        let shown: Vec<i64> = attributes(&html, "href")
            .filter_map(|address| address.strip_prefix(&open)?.parse().ok())
            .collect();
        assert_eq!(shown, ids, "{path}");
    }
    let drawn = r#"{"coordinates":[{"latitude":36,"longitude":139},{"latitude":36,"longitude":140},
        {"latitude":35,"longitude":140},{"latitude":35,"longitude":139},{"latitude":36,"longitude":139}]}"#;
    let ids = site
        .post_json("/api/estate/nazotte", drawn)
        .await
        .ids("estates");
    let html = page(&site, "/estate/nazotte?north=36&south=35&west=139&east=140").await;
    let shown: Vec<i64> = attributes(&html, "data-id")
        .map(|id| id.parse().unwrap())
        .collect();
    assert_eq!(shown, ids);
    assert!(html.contains("はじめの50件"));
}

#[tokio::test]
async fn searches_say_what_is_wrong_and_what_was_not_found() {
    let site = Site::whole();
    for (path, status, text) in [
        ("/chair/search", 200, "言葉や条件で探せます。"),
        (
            "/chair/search?priceRangeId=9",
            400,
            "この条件では探せません",
        ),
        (
            "/chair/search?kind=ない",
            200,
            "条件に合うものがありませんでした",
        ),
        (
            "/chair/search?kind=座椅子&page=999999999999",
            200,
            "このページはありません",
        ),
        (
            "/estate/search?rentRangeId=-1",
            400,
            "この条件では探せません",
        ),
        (
            "/estate/nazotte?north=35&south=36&west=139&east=140",
            400,
            "この座標では囲めません",
        ),
        // Trust 31: a line has messages of its own, and so has each way to give no rectangle.
        (
            "/estate/nazotte?north=x",
            400,
            "北の端（緯度）は35.8のような数字",
        ),
        (
            "/estate/nazotte?north=36",
            400,
            "南の端（緯度）が入力されていません",
        ),
        (
            "/estate/nazotte?north=91&south=35&west=139&east=140",
            400,
            "北の端（緯度）は-90から90まで",
        ),
        (
            "/estate/nazotte?area=91,0+1,1+2,0",
            400,
            "緯度は-90から90まで",
        ),
        ("/estate/nazotte?area=x", 400, "area=35.6,139.6+35.8,139.6"),
        (
            "/estate/nazotte?area=35,139+36,140",
            400,
            "3つから1,000個まで",
        ),
        ("/estate/nazotte?area=x", 400, "3つから1,000個まで"),
        (
            "/estate/nazotte?north=1&south=0&west=0&east=1",
            200,
            "この中に部屋はありません",
        ),
    ] {
        let answer = site.get(path).await;
        assert!(html(answer.is(status)).contains(text), "{answer}");
    }
}

#[tokio::test]
async fn forms_show_what_is_chosen() {
    let site = Site::whole();
    let html = page(
        &site,
        "/chair/search?kind=座椅子&heightRangeId=2&features=木製,和風",
    )
    .await;
    for chosen in [
        "name=\"kind\" value=\"座椅子\" checked",
        "name=\"heightRangeId\" value=\"2\" checked",
        "name=\"features\" value=\"木製\" checked",
        "name=\"features\" value=\"和風\" checked",
        "name=\"color\" value=\"\" checked",
    ] {
        assert!(html.contains(chosen), "{chosen}");
    }
    assert_eq!(html.matches(" checked").count(), 8);
}

#[tokio::test]
async fn a_page_is_in_the_language_of_its_reader() {
    let site = Site::new(&Dataset::of_chairs([Chair {
        id: 1,
        price: 12_345,
        // With a form its page has no tag.
        stock: 0,
        ..CHAIR
    }]));
    let get = async |headers: &[(&str, &str)]| ask(&site, Method::GET, "/chair/1", headers).await;
    let japanese = get(&[]).await;
    assert!(html(&japanese).contains("12,345円"));
    assert_eq!(japanese.header("content-language"), "ja");
    let english = get(&[("accept-language", "en-GB,en;q=0.9")]).await;
    assert!(html(&english).contains("<html lang=\"en\">"));
    assert!(html(&english).contains("¥12,345"));
    assert!(html(&english).contains("Floor chair"));
    let chosen = get(&[("accept-language", "ja"), ("cookie", "language=en")]).await;
    assert_eq!(chosen.body, english.body);
    // At one address, each language has tags of its own.
    assert!(japanese.header("etag").ends_with("-ja\""), "{japanese}");
    assert!(english.header("etag").ends_with("-en\""), "{english}");
    for answer in [&japanese, &english] {
        let vary: Vec<_> = answer.headers.get_all("vary").iter().collect();
        assert!(
            vary.iter().any(|line| *line == "accept-language, cookie"),
            "{answer}"
        );
    }
    let stale = get(&[
        ("cookie", "language=en"),
        ("if-none-match", japanese.header("etag")),
    ])
    .await;
    stale.is(200);
    let fresh = get(&[
        ("cookie", "language=en"),
        ("if-none-match", english.header("etag")),
    ])
    .await;
    assert!(fresh.is(304).body.is_empty());
}

#[tokio::test]
async fn pages_change_with_the_data() {
    let site = Site::new(&Dataset::of_chairs([
        Chair {
            id: 1,
            stock: 1,
            ..CHAIR
        },
        Chair { id: 2, ..CHAIR },
    ]));
    let before = site.get("/").await;
    assert!(html(&before).contains("/chair/1\""));
    assert_eq!(site.buy(1).await, 200);
    let known = [("if-none-match", before.header("etag"))];
    let after = ask(&site, Method::GET, "/", &known).await;
    assert!(!html(after.is(200)).contains("/chair/1\""));
    let sold_out = page(&site, "/chair/1").await;
    assert!(sold_out.contains("売り切れました"));
    assert!(!sold_out.contains("<form class=\"ask\""));
}

#[tokio::test]
async fn the_addresses_of_the_original_lead_on() {
    let site = Site::new(&Dataset::tiny());
    for (from, to) in [
        ("/chair/search/", "/chair/search"),
        (
            "/chair/search/?kind=x&page=2",
            "/chair/search?kind=x&page=2",
        ),
        ("/estate/search/", "/estate/search"),
        ("/estate/nazotte/", "/estate/nazotte"),
        ("/chair/detail?id=1", "/chair/1"),
        ("/chair/detail/?id=1", "/chair/1"),
        ("/estate/detail/?id=1", "/estate/1"),
        ("/chair/1/", "/chair/1"),
    ] {
        let answer = site.get(from).await;
        assert_eq!(answer.is(308).header("location"), to);
    }
    site.get("/chair/detail?id=x").await.is(404);
    site.get("/chair/detail").await.is(404);
}

#[tokio::test]
async fn people_get_pages_for_errors_and_programs_get_documents() {
    let site = Site::new(&Dataset::tiny());
    for path in ["/chair/99", "/estate/99", "/chair/x"] {
        let answer = site.get(path).await;
        assert!(
            html(answer.is(404)).contains("ページが見つかりません"),
            "{answer}"
        );
        assert_eq!(answer.header("cache-control"), "no-store");
    }
    let browser = [("accept", "text/html,*/*;q=0.8"), ("accept-language", "en")];
    let answer = ask(&site, Method::GET, "/nothing/here", &browser).await;
    assert!(html(answer.is(404)).contains("Page not found"), "{answer}");
    assert_clean(&html(&answer), "/nothing/here");
    for (method, headers) in [(Method::GET, &[][..]), (Method::POST, &browser[..])] {
        let answer = ask(&site, method, "/nothing/here", headers).await;
        assert_eq!(
            answer.is(404).header("content-type"),
            "application/problem+json"
        );
    }
    // Routes of the API have the contract's answers for browsers too.
    ask(&site, Method::GET, "/api/chair/99", &browser)
        .await
        .is_bare(404);
}

#[tokio::test]
async fn pages_forbid_everything_but_the_site_itself() {
    let site = Site::new(&Dataset::tiny());
    for (path, status) in [
        ("/", 200),
        ("/chair/1", 200),
        ("/chair/99", 404),
        ("/chair/search?priceRangeId=9", 400),
    ] {
        let answer = site.get(path).await;
        let policy = answer.is(status).header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self';"),
            "{answer}"
        );
        assert!(!policy.contains("unsafe"), "{answer}");
        assert_eq!(answer.header("referrer-policy"), "same-origin");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
    }
}

#[tokio::test]
async fn assets_are_kept_for_ever_under_their_digest() {
    let site = Site::new(&Dataset::tiny());
    let html = page(&site, "/").await;
    let sheet = attributes(&html, "href")
        .find(|address| address.ends_with("site.css"))
        .unwrap();
    let answer = ask(&site, Method::GET, &sheet, &[("accept-encoding", "gzip")]).await;
    assert_eq!(
        answer.is(200).header("cache-control"),
        "public, max-age=31536000, immutable"
    );
    assert_eq!(answer.header("content-encoding"), "gzip");
    assert_eq!(answer.header("content-type"), "text/css; charset=utf-8");
    let known = [
        ("accept-encoding", "gzip"),
        ("if-none-match", answer.header("etag")),
    ];
    ask(&site, Method::GET, &sheet, &known).await.is(304);
    // A page from before an update.
    let old = site.get("/assets/000000000000/site.css").await;
    assert_eq!(old.is(200).header("cache-control"), "no-cache");
    site.get("/assets/000000000000/nothing.css").await.is(404);
    let head = ask(&site, Method::HEAD, "/chair/1", &[]).await;
    assert!(head.is(200).body.is_empty());
}

#[tokio::test]
async fn the_map_shows_the_estates_and_is_made_anew_when_some_come() {
    let site = Site::new(&Dataset::of_estates([Estate { id: 1, ..ESTATE }]));
    let map = async || {
        let html = page(&site, "/estate/nazotte").await;
        attributes(&html, "src")
            .find(|address| address.contains("map.png"))
            .unwrap()
    };
    let before = map().await;
    let picture = site.get(&before).await;
    assert_eq!(picture.is(200).header("content-type"), "image/png");
    assert_eq!(
        picture.header("cache-control"),
        "public, max-age=31536000, immutable"
    );
    assert!(picture.body.starts_with(b"\x89PNG"));
    let csv = "2,b,b,x,a,35.9,139.9,1,1,1,,1\n";
    site.upload("estates", csv).await.is(201);
    let after = map().await;
    assert_ne!(before, after);
    let old = site.get(&before).await;
    assert_eq!(old.is(200).header("cache-control"), "no-cache");
    assert_eq!(old.body, site.get(&after).await.body);
    site.get("/estate/nazotte/other.png").await.is(404);
}

#[tokio::test]
async fn chairs_are_shown_as_what_they_are() {
    let site = Site::new(&Dataset::of_chairs([
        Chair {
            id: 1,
            kind: "ハンモック",
            color: "ネイビー",
            width: 120,
            height: 60,
            ..CHAIR
        },
        Chair {
            id: 2,
            kind: "玉座",
            ..CHAIR
        },
    ]));
    for path in ["/", "/chair/1", "/chair/search?kind=ハンモック"] {
        let html = page(&site, path).await;
        let picture = attributes(&html, "src").find(|address| address.contains("?look="));
        let picture = picture.unwrap_or_else(|| panic!("{path}"));
        assert!(
            picture.ends_with(".png?look=hanging-navy-wide"),
            "{picture}"
        );
        let plain = picture.split('?').next().unwrap();
        let [with, without] = [site.get(&picture).await, site.get(plain).await];
        assert_ne!(with.is(200).body, without.is(200).body);
    }
    // What cannot be drawn as it is, is drawn as its name has it.
    let html = page(&site, "/chair/2").await;
    let mut pictures = attributes(&html, "src").filter(|address| address.starts_with("/images/"));
    assert!(pictures.next().unwrap().ends_with(".png"));
}

#[tokio::test]
async fn the_first_page_is_kept_packed_until_the_data_changes() {
    let site = Site::new(&Dataset::of_chairs([
        Chair {
            id: 1,
            stock: 1,
            ..CHAIR
        },
        Chair { id: 2, ..CHAIR },
    ]));
    let get =
        async |path: &str, headers: &[(&str, &str)]| ask(&site, Method::GET, path, headers).await;
    let plain = get("/", &[]).await;
    for encoding in ["gzip", "zstd"] {
        let packed = get("/", &[("accept-encoding", encoding)]).await;
        assert_eq!(packed.is(200).header("content-encoding"), encoding);
        assert!(
            packed.body.len() * 2 < plain.body.len(),
            "{}",
            packed.body.len()
        );
        // With its length known, it was there before it was sent.
        assert_eq!(
            packed.header("content-length"),
            packed.body.len().to_string()
        );
        let known = [
            ("accept-encoding", encoding),
            ("if-none-match", packed.header("etag")),
        ];
        assert!(get("/", &known).await.is(304).body.is_empty());
    }
    // Each language has its page, and each address its way back.
    let english = get("/", &[("accept-language", "en")]).await;
    assert!(html(&english).contains("<html lang=\"en\">"));
    assert_eq!(html(&get("/", &[]).await), html(&plain));
    let other = html(&get("/?from=here", &[]).await);
    assert!(other.contains("name=\"to\" value=\"/?from=here\""));
    assert!(html(&get("/", &[]).await).contains("name=\"to\" value=\"/\""));
    // A purchase that shows, and one that does not.
    assert_eq!(site.buy(2).await, 200);
    let same = get("/", &[("if-none-match", plain.header("etag"))]).await;
    assert!(same.is(304).body.is_empty());
    assert_eq!(site.buy(1).await, 200);
    let changed = get("/", &[("if-none-match", plain.header("etag"))]).await;
    assert!(!html(changed.is(200)).contains("/chair/1\""));
}

#[tokio::test]
async fn the_first_page_is_small() {
    let site = Site::whole();
    let packed = async |path: &str| {
        let answer = ask(&site, Method::GET, path, &[("accept-encoding", "gzip")]).await;
        answer.is(200).body.len()
    };
    let html = page(&site, "/").await;
    let mut loaded: BTreeSet<String> = BTreeSet::new();
    loaded.extend(attributes(&html, "href").filter(|address| address.starts_with("/assets/")));
    // Pictures of cards that are in sight on a wide screen: five in each of two rows.
    let (pictures, others): (Vec<_>, Vec<_>) =
        attributes(&html, "src").partition(|address| address.starts_with("/images/"));
    loaded.extend(others);
    assert_eq!(pictures.len(), 40);
    loaded.extend(pictures[..5].iter().chain(&pictures[20..25]).cloned());
    let mut bytes = packed("/").await;
    for path in &loaded {
        bytes += packed(path).await;
    }
    assert!(loaded.len() >= 13, "{loaded:?}");
    assert!(bytes < 60_000, "{bytes}");
}

/// Browsers leave some of what is in a query as it is; it is passed on in a header.
#[tokio::test]
async fn moved_addresses_keep_whatever_is_in_their_query() {
    let site = Site::new(&Dataset::tiny());
    for (from, to) in [
        (
            "/chair/search/?features=a\\b",
            "/chair/search?features=a%5Cb",
        ),
        ("/chair/search/?kind=a%2Fb", "/chair/search?kind=a%2Fb"),
    ] {
        assert_eq!(site.get(from).await.is(308).header("location"), to);
    }
    site.get("/chair/a\\b/").await.is(404);
}
