//! Pages that are kept: whoever writes what, a page that is sent again is the one that would be made anew, and
//! each view has the token of its session and a key of its own.

use std::collections::HashSet;

use axum::http::Method;
use fastrand::Rng;
use serde_json::json;

use crate::english::site::{Grade, PASSWORD};
use crate::support::browser::{Browser, attribute, html, meta_token, tags, unescaped};
use crate::support::harness::Site;

const PAGES: [&str; 6] = [
    "/sentences/1",
    "/sentences/2",
    "/sentences/7",
    "/sentences?page=1",
    "/sentences?page=2",
    "/dashboard/index",
];

/// The keys of the forms of a page that grade.
fn keys(page: &str) -> HashSet<String> {
    let keys = tags(page).filter(|tag| tag.contains("name=\"idempotency_key\""));
    keys.map(|tag| attribute(tag, "value").unwrap()).collect()
}

/// A page without what is another text in each view.
fn but_for_its_key(page: &str, more: &str) -> String {
    let mut page = unescaped(page);
    for key in keys(&page) {
        page = page.replace(&key, "KEY");
    }
    page.replace(more, "")
}

/// Asserts that each page is what it is at an address that nobody asked for before.
async fn assert_as_made_anew(browser: &Browser<'_>, turn: usize) {
    for path in PAGES {
        // Says what is said once.
        browser.page(path).await;
        let again = browser.page(path).await;
        let more = format!("anew={turn}&");
        let (path_alone, query) = path.split_once('?').unwrap_or((path, "x=x"));
        let anew = browser.page(&format!("{path_alone}?{more}{query}")).await;
        let expected = but_for_its_key(&anew, &more).replace("?x=x", "");
        assert_eq!(but_for_its_key(&again, &more), expected, "{path}, {turn}");
    }
}

/// Somebody does something that changes pages.
async fn act(browsers: &[Browser<'_>], random: &mut Rng) {
    const GRADES: [Grade; 4] = [
        Grade::SaidRight,
        Grade::SaidWrong,
        Grade::WrittenRight,
        Grade::WrittenWrong,
    ];
    let names = ["ann", "bob", "eve"];
    let who = random.usize(..browsers.len());
    let (browser, editor) = (&browsers[who], &browsers[2]);
    match random.u32(..8) {
        0..4 => {
            let grade = GRADES[random.usize(..4)];
            browser.grades(random.i64(1..=7), grade).await;
        }
        4 => browser.toggles_mode().await,
        5 => {
            let path = format!("/sentences/{}.json", random.i64(1..=7));
            let body = json!({"jp": format!("文{}", random.u32(..9)), "no": random.i64(1..=7)});
            let _ = editor.json(Method::PATCH, &path, &body).await.is(200);
        }
        6 => {
            let word = json!({"en": format!("word{}", random.u32(..99)), "note": "語"});
            let body = json!({ "words": [word] });
            let _ = editor
                .json(Method::PUT, "/words/1.json", &body)
                .await
                .is(200);
        }
        _ => {
            browser.signs_out().await.is(302);
            browser.signs_in(names[who], PASSWORD, false).await.is(302);
        }
    }
}

#[tokio::test]
async fn what_is_kept_is_what_would_be_made_anew() {
    let site = Site::of_drill();
    let browsers = [
        site.learner("ann").await,
        site.learner("bob").await,
        site.editor("eve").await,
    ];
    let mut random = Rng::with_seed(1);
    for turn in 0..40 {
        act(&browsers, &mut random).await;
        for browser in &browsers {
            assert_as_made_anew(browser, turn).await;
        }
    }
    let tokens: HashSet<String> = {
        let mut tokens = HashSet::new();
        for browser in &browsers {
            tokens.insert(meta_token(&browser.page(PAGES[0]).await));
        }
        tokens
    };
    assert_eq!(tokens.len(), browsers.len(), "each has a token of its own");
}

#[tokio::test]
async fn each_view_of_a_kept_page_grades_once() {
    let site = Site::of_drill();
    let ann = site.learner("ann").await;
    let mut views = Vec::new();
    for _ in 0..3 {
        views.push(ann.page("/sentences/2").await);
    }
    let all_keys: HashSet<String> = views.iter().flat_map(|view| keys(view)).collect();
    assert_eq!(all_keys.len(), 3, "a key for each view, in all its forms");
    for view in views.iter().chain(&views) {
        ann.presses(view, Grade::SaidRight).await.is(302);
    }
    assert_eq!(ann.listed("?page=1").await[1], (2, 3));
}

#[tokio::test]
async fn a_language_has_pages_of_its_own() {
    let site = Site::of_drill();
    let ann = site.learner("ann").await;
    let in_language = async |language: &str| {
        ann.set_cookie("language", language);
        let answer = ann.get("/sentences/2").await;
        (
            html(answer.is(200)),
            answer.header("content-language").to_owned(),
        )
    };
    for _ in 0..2 {
        for language in ["ja", "en"] {
            let (page, said) = in_language(language).await;
            assert!(page.contains(&format!("<html lang=\"{language}\">")));
            assert_eq!(said, language);
        }
    }
}

/// A kept page is shown to nobody whose session has ended, in whatever way.
#[tokio::test]
async fn who_is_signed_out_sees_no_kept_page() {
    let site = Site::of_drill();
    let ann = site.learner("ann").await;
    let elsewhere = site.browser();
    elsewhere.signs_in("ann", PASSWORD, false).await.is(302);
    for browser in [&ann, &elsewhere] {
        for _ in 0..2 {
            browser.page("/sentences/2").await;
        }
    }
    // A sign-out ends all sessions of the learner.
    ann.signs_out().await.is(302);
    for browser in [&ann, &elsewhere] {
        for path in PAGES {
            assert_eq!(browser.get(path).await.status.as_u16(), 302, "{path}");
        }
    }
    ann.signs_in("ann", PASSWORD, false).await.is(302);
    assert_eq!(ann.get("/sentences/2").await.status.as_u16(), 200);
    assert_eq!(elsewhere.get("/sentences/2").await.status.as_u16(), 302);
}
