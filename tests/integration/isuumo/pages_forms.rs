//! The website's forms without JavaScript: buying, requesting documents, choosing a language.

use axum::body::Body;
use axum::http::{Method, Request};

use crate::service::response_headers::ask;
use crate::support::dataset::{CHAIR, Chair, Dataset};
use crate::support::harness::{Answer, Options, Site};

const FORM: &str = "application/x-www-form-urlencoded";
const EMAIL: &str = "email=you%40example.com";

async fn post(site: &Site, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let request = Request::post(path).header("content-type", FORM);
    let request = headers.iter().fold(request, |request, (name, value)| {
        request.header(*name, *value)
    });
    site.send(request.body(Body::from(body.to_owned())).unwrap())
        .await
}

fn text(answer: &Answer) -> String {
    assert!(
        answer.header("content-type").starts_with("text/html"),
        "{answer}"
    );
    String::from_utf8(answer.body.to_vec()).unwrap()
}

/// The cookie by which a page learns what it is to say.
fn message(page: &str) -> String {
    format!("flash=done; HttpOnly; SameSite=Lax; Path={page}; Max-Age=60")
}

/// The page as a browser gets it that was led to it; it is to say so once.
async fn page_with_message(site: &Site, path: &str) -> String {
    let answer = ask(site, Method::GET, path, &[("cookie", "flash=done")]).await;
    assert_eq!(answer.is(200).header("cache-control"), "no-store");
    assert_eq!(answer.header("etag"), "");
    let removal = answer.header("set-cookie");
    assert!(removal.starts_with("flash=; "), "{removal}");
    assert!(
        removal.contains(&format!("Path={path}; Max-Age=0")),
        "{removal}"
    );
    text(&answer)
}

fn two_left() -> Site {
    Site::new(&chairs_left(2))
}

fn chairs_left(stock: i64) -> Dataset {
    Dataset::of_chairs([Chair {
        id: 1,
        stock,
        ..CHAIR
    }])
}

#[tokio::test]
async fn a_chair_is_bought_until_it_is_sold_out() {
    let site = two_left();
    for _ in 0..2 {
        let answer = post(&site, "/chair/1/buy", &[], EMAIL).await;
        assert_eq!(answer.is(303).header("location"), "/chair/1");
        assert_eq!(answer.header("set-cookie"), message("/chair/1"));
    }
    let thanks = page_with_message(&site, "/chair/1").await;
    assert!(thanks.contains("お買い上げありがとうございます"));
    // Who bought the last one is not told that there is none.
    assert!(thanks.contains("最後の一脚でした") && !thanks.contains("売り切れました"));
    let late = post(&site, "/chair/1/buy", &[], EMAIL).await;
    assert!(text(late.is(404)).contains("たった今、売り切れました"));
    let unknown = post(&site, "/chair/9/buy", &[], EMAIL).await;
    assert!(text(unknown.is(404)).contains("ページが見つかりません"));
}

#[tokio::test]
async fn only_a_purchase_is_thanked_for() {
    let site = two_left();
    for cookie in ["flash=", "flash=bought", "flash=<b>", "other=done"] {
        let answer = ask(&site, Method::GET, "/chair/1", &[("cookie", cookie)]).await;
        assert!(!text(answer.is(200)).contains("<h2>お買い上げ"), "{cookie}");
        assert_eq!(answer.header("set-cookie"), "");
    }
    let old = site.get("/chair/1?bought=1").await;
    assert!(!text(old.is(200)).contains("<h2>お買い上げ"));
}

/// The key of the form on a page, which nobody may store.
async fn key_of(site: &Site, path: &str) -> String {
    let answer = site.get(path).await;
    assert_eq!(answer.is(200).header("cache-control"), "no-store");
    assert_eq!(answer.header("etag"), "");
    let html = text(&answer);
    let (_, after) = html
        .split_once("name=\"idempotency_key\" value=\"")
        .unwrap();
    after.split_once('"').unwrap().0.to_owned()
}

#[tokio::test]
async fn a_double_click_buys_one_chair() {
    let site = two_left();
    let key = key_of(&site, "/chair/1").await;
    // The second has another address; it is the same click all the same.
    for email in [EMAIL, "email=me%40example.com"] {
        let form = format!("{email}&idempotency_key={key}");
        let answer = post(&site, "/chair/1/buy", &[], &form).await;
        assert_eq!(answer.is(303).header("location"), "/chair/1");
        assert_eq!(answer.header("set-cookie"), message("/chair/1"));
    }
    assert_eq!(site.buy(1).await, 200, "one was left");
    assert_eq!(site.buy(1).await, 404);
    let form = format!("{EMAIL}&idempotency_key=a+b");
    post(&site, "/chair/1/buy", &[], &form).await.is(400);
}

#[tokio::test]
async fn each_page_buys_a_chair_of_its_own() {
    let site = two_left();
    let keys = [
        key_of(&site, "/chair/1").await,
        key_of(&site, "/chair/1").await,
    ];
    assert_ne!(keys[0], keys[1]);
    for key in &keys {
        let form = format!("{EMAIL}&idempotency_key={key}");
        post(&site, "/chair/1/buy", &[], &form).await.is(303);
    }
    assert_eq!(site.buy(1).await, 404);
}

#[tokio::test]
async fn documents_are_requested() {
    let site = Site::new(&Dataset::tiny());
    let answer = post(&site, "/estate/1/request", &[], EMAIL).await;
    assert_eq!(answer.is(303).header("location"), "/estate/1");
    assert_eq!(answer.header("set-cookie"), message("/estate/1"));
    let thanks = page_with_message(&site, "/estate/1").await;
    assert!(thanks.contains("資料請求を承りました"));
    post(&site, "/estate/9/request", &[], EMAIL).await.is(404);
}

#[tokio::test]
async fn what_is_no_address_is_shown_again_and_buys_nothing() {
    let site = two_left();
    for body in ["", "email=", "email=nobody", "email=a%20b%40c", "other=1"] {
        let answer = post(&site, "/chair/1/buy", &[], body).await;
        let html = text(answer.is(400));
        assert!(html.contains("aria-invalid=\"true\""), "{html}");
        // The switch of languages leads to the page, not to where the form goes.
        assert!(html.contains("name=\"to\" value=\"/chair/1\""), "{html}");
        post(&site, "/estate/1/request", &[], body).await.is(400);
    }
    let answer = post(&site, "/chair/1/buy", &[], "email=me%3Cb%3E").await;
    assert!(
        text(&answer).contains("value=\"me&#60;b&#62;\""),
        "{answer}"
    );
    assert_eq!(site.buy(1).await, 200);
    assert_eq!(site.buy(1).await, 200);
    assert_eq!(site.buy(1).await, 404);
}

#[tokio::test]
async fn forms_of_other_sites_are_refused() {
    let mut options = Options::default();
    // Only a server for others too has any name.
    options.config.listen = ([0, 0, 0, 0], 1323).into();
    let site = Site::with(&chairs_left(2), &options);
    let from_elsewhere = [
        &[("sec-fetch-site", "cross-site")][..],
        &[("origin", "https://evil.example"), ("host", "isu.example")],
        &[("origin", "null"), ("host", "isu.example")],
    ];
    for headers in from_elsewhere {
        for (path, body) in [
            ("/chair/1/buy", EMAIL),
            ("/estate/1/request", EMAIL),
            ("/language", "language=en&to=/"),
        ] {
            let answer = post(&site, path, headers, body).await;
            answer.is(403);
            assert_eq!(answer.header("set-cookie"), "");
        }
    }
    let own = [("origin", "https://isu.example"), ("host", "isu.example")];
    post(&site, "/chair/1/buy", &own, EMAIL).await.is(303);
    post(
        &site,
        "/chair/1/buy",
        &[("sec-fetch-site", "same-origin")],
        EMAIL,
    )
    .await
    .is(303);
}

#[tokio::test]
async fn the_language_is_remembered_and_the_way_back_is_local() {
    let site = Site::new(&Dataset::tiny());
    let back = "language=en&to=%2Fchair%2Fsearch%3Fkind%3Dx";
    let answer = post(&site, "/language", &[], back).await;
    assert_eq!(answer.is(303).header("location"), "/chair/search?kind=x");
    let cookie = answer.header("set-cookie");
    assert_eq!(
        cookie,
        "language=en; HttpOnly; SameSite=Lax; Path=/; Max-Age=31536000"
    );
    for to in [
        "https://evil.example",
        "//evil.example",
        "/%5Cevil.example",
        "%2F%0D%0AX:1",
        "",
    ] {
        let answer = post(&site, "/language", &[], &format!("language=ja&to={to}")).await;
        assert_eq!(answer.is(303).header("location"), "/");
    }
    post(&site, "/language", &[], "language=tlh&to=/")
        .await
        .is(400);
    site.get("/language").await.is(405);
    let typed = Request::post("/language").header("content-type", "text/plain");
    let typed = typed.body(Body::from("language=en&to=/")).unwrap();
    site.send(typed).await.is(415);
}

#[tokio::test]
async fn a_replica_says_that_it_takes_no_orders() {
    let options = Options {
        mode: ekiben::config::Mode::Replica,
        ..Options::default()
    };
    let site = Site::with(&Dataset::tiny(), &options);
    let answer = post(&site, "/chair/1/buy", &[], EMAIL).await;
    assert!(text(answer.is(503)).contains("いま混み合っています"));
    // Requesting documents changes nothing, so it works.
    post(&site, "/estate/1/request", &[], EMAIL).await.is(303);
}

/// Trust 16: no address says what somebody did, so that it could be shared or sent by others.
#[tokio::test]
async fn no_address_thanks_anybody() {
    let site = two_left();
    for path in ["/chair/1", "/estate/1"] {
        for (language, thanks) in [
            ("ja", ["お買い上げ", "承りました"]),
            ("en", ["Thank you", "We have your"]),
        ] {
            for query in [
                "bought=1",
                "requested=1",
                "done=1",
                "flash=done",
                "message=done",
                "done",
            ] {
                let path = format!("{path}?{query}");
                let answer = ask(&site, Method::GET, &path, &[("accept-language", language)]).await;
                let html = text(answer.is(200));
                // What the forms will say stands in attributes.
                let shown: String = html
                    .split('<')
                    .map(|tag| tag.split_once('>').map_or(tag, |tag| tag.1))
                    .collect();
                for thanks in thanks {
                    assert!(!shown.contains(thanks), "{path}: {thanks}");
                }
            }
        }
    }
    for (path, page) in [
        ("/chair/1/buy", "/chair/1"),
        ("/estate/1/request", "/estate/1"),
    ] {
        let answer = post(&site, path, &[], EMAIL).await;
        assert_eq!(answer.is(303).header("location"), page);
    }
}
