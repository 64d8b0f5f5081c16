//! The site, read: every page for everybody in both languages, what the lists show, what may be stored of
//! it, and where it is.

use std::collections::BTreeSet;

use axum::http::Method;
use ekiben::config::{Mode, Mount};
use ekiben::store::StoreError;
use serde_json::json;

use crate::conduit::site::{all, bake_blog, options};
use crate::conduit::visitors::{Browser, attribute, html, tags, unescaped};
use crate::support::harness::Site;

/// What every page has.
#[track_caller]
fn assert_sound(page: &str, path: &str, language: &str) {
    assert!(
        page.contains(&format!("<html lang=\"{language}\">")),
        "{path}"
    );
    assert_eq!(page.matches("<h1").count(), 1, "{path}");
    let title = page.split("<title>").nth(1).unwrap();
    assert!(
        title.split("</title>").next().unwrap().ends_with("Conduit"),
        "{path}"
    );
    let lower = page.to_ascii_lowercase();
    assert!(
        !lower.contains("<style") && !lower.contains("<iframe"),
        "{path}"
    );
    let labels: Vec<_> = tags(page).filter_map(|tag| attribute(tag, "for")).collect();
    for tag in tags(page) {
        let names: String = tag.split('"').step_by(2).collect();
        let mut names = names.split_ascii_whitespace().skip(1);
        assert!(
            !names.any(|name| name.starts_with("on") || name.starts_with("style=")),
            "{path}: {tag}"
        );
        let kind = tag.split([' ', '\n']).next().unwrap();
        match kind {
            "script" => assert!(attribute(tag, "src").unwrap().contains("/assets/"), "{tag}"),
            "img" => {
                let from = attribute(tag, "src").unwrap();
                assert!(
                    from.starts_with('/') || from.starts_with("https://"),
                    "{path}: {tag}"
                );
                assert!(attribute(tag, "alt").is_some(), "{path}: {tag}");
            }
            "time" => assert!(attribute(tag, "datetime").unwrap().ends_with('Z'), "{tag}"),
            "form" => assert!(attribute(tag, "action").unwrap().starts_with('/'), "{tag}"),
            "input" | "textarea" if !tag.contains("hidden") && !tag.contains("checkbox") => {
                assert!(
                    labels.contains(&attribute(tag, "id").unwrap()),
                    "{path}: {tag}"
                );
            }
            _ => {}
        }
    }
}

/// Goes wherever links lead, so many pages at most of each kind.
async fn walk(browser: &Browser<'_>, language: &str) -> BTreeSet<String> {
    let kind = |path: &str| {
        let end = path[1..].find(['/', '=']).map_or(path.len(), |end| end + 1);
        path[..end].to_owned()
    };
    let mut to_visit = vec!["/".to_owned()];
    let mut seen = BTreeSet::from(["/".to_owned()]);
    let mut visited: BTreeSet<String> = BTreeSet::new();
    while let Some(path) = to_visit.pop() {
        let kind_of_it = kind(&path);
        if visited
            .iter()
            .filter(|other| kind(other) == kind_of_it)
            .count()
            >= 12
        {
            continue;
        }
        let answer = browser.get(&path).await;
        answer.is(200);
        visited.insert(path.clone());
        if !answer.header("content-type").starts_with("text/html")
            || path.starts_with("/about")
            || path.starts_with("/docs")
        {
            continue;
        }
        let page = html(&answer);
        assert_sound(&page, &path, language);
        assert_eq!(answer.header("content-language"), language);
        for tag in tags(&page) {
            let address = attribute(tag, "href").or_else(|| attribute(tag, "src"));
            let Some(address) = address.filter(|address| address.starts_with('/')) else {
                continue;
            };
            let address = address.split('#').next().unwrap().to_owned();
            if seen.insert(address.clone()) {
                to_visit.insert(0, address);
            }
        }
    }
    visited
}

#[tokio::test]
async fn every_page_is_sound_for_everybody_in_both_languages() {
    let site = Site::whole_blog();
    for language in ["en", "ja"] {
        let anonymous = walk(&site.browser().speaking(language), language).await;
        for kind in [
            "/login",
            "/register",
            "/article/",
            "/profile/",
            "/?tag=",
            "/?page=",
            "/assets/",
        ] {
            assert!(
                anonymous.iter().any(|path| path.starts_with(kind)),
                "{kind}"
            );
        }
        let visitor = site
            .visitor(&format!("ann-{language}"))
            .await
            .speaking(language);
        visitor.writes("Own", "Text", "").await;
        let signed_in = walk(&visitor, language).await;
        for kind in [
            "/editor",
            "/settings",
            "/?feed=you",
            "/article/own",
            "/profile/ann",
        ] {
            assert!(
                signed_in.iter().any(|path| path.starts_with(kind)),
                "{kind}: {signed_in:?}"
            );
        }
    }
}

#[tokio::test]
async fn the_languages_are_chosen_by_browser_and_by_switch() {
    let site = Site::of_blog();
    let browser = site.browser().speaking("ja-JP,ja;q=0.9,en;q=0.8");
    let page = browser.page("/").await;
    assert!(page.contains("記事はまだありません。"));
    let answer = browser
        .submit(&page, "/language", &[("language", "en")])
        .await;
    assert_eq!(answer.is(303).header("location"), "/");
    assert!(
        browser
            .page("/")
            .await
            .contains("No articles are here yet.")
    );
    let wrong = browser.post("/language", &[("language", "xx")]).await;
    assert!(html(wrong.is(400)).contains("This cannot be done"));
    // Who says nothing gets English.
    assert!(
        site.browser()
            .speaking("fr")
            .page("/")
            .await
            .contains("<html lang=\"en\">")
    );
}

/// The titles of the articles that a page lists.
fn titles(page: &str) -> Vec<String> {
    let cards = page.split("class=\"card-title\"").skip(1);
    cards
        .map(|card| {
            let link = card.split('>').nth(2).unwrap();
            unescaped(link.split('<').next().unwrap())
        })
        .collect()
}

#[tokio::test]
async fn lists_show_what_the_api_lists() {
    let site = Site::of_blog();
    let (ann, bob) = (site.user("ann").await, site.user("bob").await);
    bob.changes(&json!({"username": "bob b"})).await.is(200);
    for number in 1..=23 {
        let author = if number % 2 == 0 { &bob } else { &ann };
        let tag = if number % 3 == 0 {
            "three & more"
        } else {
            "other"
        };
        author.writes(&format!("Title <{number}>"), &[tag]).await;
    }
    ann.likes("title-4").await;
    let (first, last) = ("Title <23>", "Title <1>");
    let browser = site.browser();
    let home = browser.page("/").await;
    let shown = titles(&home);
    assert_eq!((shown.len(), shown[0].as_str()), (10, first));
    assert!(home.contains("href=\"/?page=3\"") && home.contains("<time datetime=\"20"));
    let third = titles(&browser.page("/?page=3").await);
    assert_eq!((third.len(), third.last().unwrap().as_str()), (3, last));
    for (path, last) in [
        ("/?page=99", "/?page=3"),
        ("/?tag=three+%26+more&page=2", "/?tag=three+%26+more"),
        ("/profile/ann/favorites?page=9", "/profile/ann/favorites"),
    ] {
        let answer = browser.get(path).await;
        assert_eq!(answer.is(303).header("location"), last);
    }
    for odd in [
        "/?page=0",
        "/?page=x",
        "/?page=-1",
        "/?tag=",
        "/?feed=other",
    ] {
        assert_eq!(titles(&browser.page(odd).await)[0], first, "{odd}");
    }
    let tagged = browser.page("/?tag=three+%26+more").await;
    assert_eq!(titles(&tagged).len(), 7);
    assert!(tagged.contains("Articles about three &#38; more"));
    assert!(home.contains("href=\"/?tag=three+%26+more\""), "{home}");
    let own = browser.page("/profile/bob%20b").await;
    assert_eq!(titles(&own).len(), 10);
    assert!(own.contains("href=\"/profile/bob%20b?page=2\""));
    let liked = browser.page("/profile/ann/favorites").await;
    assert_eq!(titles(&liked), ["Title <4>"]);
    // The feed is that of whom one follows.
    let cleo = site.visitor("cleo").await;
    assert!(
        cleo.page("/?feed=you")
            .await
            .contains("Nothing is here yet.")
    );
    let profile = cleo.page("/profile/bob%20b").await;
    let back = cleo.submit(&profile, "/profile/bob%20b/follow", &[]).await;
    assert_eq!(back.is(303).header("location"), "/profile/bob%20b");
    for feed in ["you", "following"] {
        let feed = titles(&cleo.page(&format!("/?feed={feed}&page=2")).await);
        assert_eq!(feed, ["Title <2>"]);
    }
    let moved = browser.get("/tag/three%20%26%20more").await;
    let to = moved.is(308).header("location");
    assert_eq!(to, "/?tag=three+%26+more");
    browser.get("/tag/%ff").await.is(404);
}

#[tokio::test]
async fn pages_that_need_a_visitor_lead_to_signing_in_and_back() {
    let site = Site::of_blog();
    let browser = site.browser();
    for (path, to) in [
        ("/editor", "/login?to=%2Feditor"),
        ("/editor/x", "/login?to=%2Feditor%2Fx"),
        ("/settings", "/login?to=%2Fsettings"),
        ("/?feed=you", "/login?to=%2F%3Ffeed%3Dyou"),
    ] {
        let answer = browser.get(path).await;
        assert_eq!(answer.is(303).header("location"), to, "{answer}");
    }
    site.user("ann").await;
    let page = browser.page("/login?to=%2F%3Ffeed%3Dyou").await;
    assert!(page.contains("href=\"/register?to=%2F%3Ffeed%3Dyou\""));
    let fields = [("email", "ANN@example.com"), ("password", "correct horse")];
    let answer = browser.submit(&page, "/login", &fields).await;
    assert_eq!(answer.is(303).header("location"), "/?feed=you");
    let again = browser.get("/login?to=%2Fsettings").await;
    assert_eq!(again.is(303).header("location"), "/settings");
}

#[tokio::test]
async fn what_is_not_there_is_a_page_for_people() {
    let site = Site::of_blog();
    let browser = site.browser().speaking("ja");
    for path in [
        "/nothing",
        "/article/nothing",
        "/profile/nobody",
        "/profile/nobody/favorites",
        "/article/a/b/c",
    ] {
        let answer = browser.get(path).await;
        assert!(
            html(answer.is(404)).contains("ページが見つかりません"),
            "{path}"
        );
        let program = site.get(path).await;
        assert!(
            !program
                .is(404)
                .header("content-type")
                .starts_with("text/html"),
            "{path}"
        );
    }
    // Below the API the contract answers whoever asks.
    let api = browser.get("/api/nothing").await;
    api.is_wrong(404, &[("resource", "not found")]);
    let wrong = browser.post("/settings/x", &[("a", "b")]).await;
    wrong.is(404);
    let method = browser
        .send(Method::PUT, "/login", &[], String::new())
        .await;
    assert!(html(method.is(405)).contains("できませんでした"));
    assert!(method.header("allow").contains("POST"), "{method}");
}

#[tokio::test]
async fn what_anybody_sees_may_be_kept_and_what_holds_a_token_not() {
    let site = Site::of_blog();
    let ann = site.visitor("ann").await;
    ann.writes("One", "Text", "").await;
    let browser = site.browser();
    for path in [
        "/",
        "/article/one",
        "/profile/ann",
        "/profile/ann/favorites",
    ] {
        let answer = browser.get(path).await;
        let tag = answer.is(200).header("etag").to_owned();
        assert_eq!(
            answer.header("cache-control"),
            "private, no-cache",
            "{answer}"
        );
        assert!(!html(&answer).contains("csrf_token"), "{path}");
        let vary = all(&answer.headers, "vary");
        assert!(
            vary.contains("cookie") && vary.contains("accept-language"),
            "{vary}"
        );
        let again = [("if-none-match", tag.as_str())];
        browser
            .send(Method::GET, path, &again, String::new())
            .await
            .is(304);
        // Neither another language nor another viewer is told that it is the same.
        let japanese = site.browser().speaking("ja");
        japanese
            .send(Method::GET, path, &again, String::new())
            .await
            .is(200);
        let own = ann.send(Method::GET, path, &again, String::new()).await;
        assert_eq!(own.is(200).header("cache-control"), "no-store", "{own}");
        assert_eq!(own.header("etag"), "");
        assert!(
            html(&own).contains("csrf_token") || path.starts_with("/profile/ann"),
            "{path}"
        );
    }
    for path in ["/login", "/register"] {
        let answer = browser.get(path).await;
        assert_eq!(answer.is(200).header("cache-control"), "no-store");
    }
    // A change is another page.
    let tag = browser.get("/").await.header("etag").to_owned();
    ann.writes("Two", "Text", "").await;
    let changed = [("if-none-match", tag.as_str())];
    browser
        .send(Method::GET, "/", &changed, String::new())
        .await
        .is(200);
}

#[tokio::test]
async fn two_visitors_are_never_shown_each_others_pages() {
    let site = Site::of_blog();
    let (ann, bob) = (site.visitor("ann").await, site.visitor("bob").await);
    let article = ann.writes("One", "Text", "").await;
    for _ in 0..2 {
        let (hers, his) = (ann.page(&article).await, bob.page(&article).await);
        assert!(hers.contains("href=\"/editor/one\"") && !his.contains("/editor/one"));
        assert!(hers.contains(">ann</a>") && his.contains(">bob</a>"));
        assert_ne!(
            crate::conduit::visitors::token(&hers),
            crate::conduit::visitors::token(&his)
        );
    }
    let his = bob.page(&article).await;
    bob.submit(&his, "/article/one/favorite", &[]).await.is(303);
    assert!(bob.page("/").await.contains("aria-pressed=\"true\""));
    assert!(!ann.page("/").await.contains("aria-pressed=\"true\""));
    assert!(!site.browser().page("/").await.contains("aria-pressed"));
}

/// Behind a proxy that takes a prefix away.
const PROXIED: &str = "secret = \"the secret of the tests, 32 bytes at least\"
    [site]\npublic_url = \"https://example.org/flask\"\n";

#[tokio::test]
async fn addresses_and_cookies_follow_the_mount() {
    let mut options = options();
    options.config.mounts.insert(
        "conduit".to_owned(),
        Mount::try_from("/blog".to_owned()).unwrap(),
    );
    options.settings = PROXIED;
    let site = Site::of_blog_with(&options);
    let browser = site.browser();
    let page = browser.page("/blog/register").await;
    for tag in tags(&page) {
        for name in ["href", "src", "action"] {
            if let Some(address) = attribute(tag, name) {
                let is_below = address.starts_with("/flask/blog/");
                let is_of_site =
                    ["/flask/about", "/flask/docs", "#main"].contains(&address.as_str());
                assert!(is_below || is_of_site, "{tag}");
            }
        }
    }
    let hidden = crate::conduit::visitors::hidden(&page, "/flask/blog/register");
    let mut fields: Vec<_> = hidden
        .iter()
        .map(|(a, b)| (a.as_str(), b.as_str()))
        .collect();
    fields.extend([
        ("username", "ann"),
        ("email", "a@b.example"),
        ("password", "correct horse"),
    ]);
    let answer = browser.post("/blog/register", &fields).await;
    assert_eq!(answer.is(303).header("location"), "/flask/blog/");
    let cookies = all(&answer.headers, "set-cookie");
    assert!(
        cookies.contains("conduit_session=") && cookies.contains("; secure; path=/flask/blog/"),
        "{cookies}"
    );
    assert!(!cookies.contains("path=/;"), "{cookies}");
    let home = browser.page("/blog/").await;
    assert!(home.contains("href=\"/flask/blog/profile/ann\""));
    let out = browser.get("/blog/editor").await;
    assert!(html(out.is(200)).contains("action=\"/flask/blog/editor\""));
    let guarded = site.browser().get("/blog/editor").await;
    assert_eq!(
        guarded.is(303).header("location"),
        "/flask/blog/login?to=%2Fflask%2Fblog%2Feditor"
    );
    let missing = browser.get("/blog/nothing").await;
    assert!(html(missing.is(404)).contains("href=\"/flask/blog/\""));
}

#[tokio::test]
async fn a_copy_shows_everything_and_takes_nothing() {
    let site = Site::of_blog();
    let ann = site.visitor("ann").await;
    ann.writes("One", "Text", "").await;
    let session = ann.cookie("conduit_session").unwrap();
    let hash = |connection: &rusqlite::Connection| -> Result<String, StoreError> {
        Ok(connection.query_row("SELECT password FROM user", [], |row| row.get(0))?)
    };
    let hash = site.store.read(hash).unwrap();
    let time = "2026-01-01T00:00:00Z";
    let users = format!(
        "id,username,email,password,bio,image,created_at,updated_at\n1,ann,ann@example.com,\"{hash}\",,,{time},{time}\n"
    );
    let articles = format!(
        "id,slug,title,description,body,author_id,created_at,updated_at\n1,one,One,d,Text,1,{time},{time}\n"
    );
    let (_folder, baked) = bake_blog(&[("user.csv", &users), ("article.csv", &articles)]);
    let mut options = options();
    options.mode = Mode::Replica;
    let copy = Site::open(tempfile::TempDir::new().unwrap(), &baked, &options);
    let browser = copy.browser();
    assert!(browser.page("/article/one").await.contains("Text"));
    // The secret is the same, so is the session.
    browser.set_cookie("conduit_session", &session);
    let page = browser.page("/article/one").await;
    for (action, fields) in [
        ("/article/one/favorite", vec![]),
        ("/article/one/comments", vec![("body", "Well")]),
        ("/article/one", vec![]),
    ] {
        let answer = browser.submit(&page, action, &fields).await;
        assert!(
            html(answer.is(503)).contains("This copy can only be read"),
            "{action}"
        );
    }
    let page = browser.page("/settings").await;
    let fields = [("username", "eve"), ("email", "eve@example.com")];
    let answer = browser.submit(&page, "/settings", &fields).await;
    assert!(html(answer.is(503)).contains("Nothing was saved"));
    // Signing in and out needs no write.
    let out = browser.submit(&page, "/logout", &[]).await;
    assert_eq!(out.is(303).header("location"), "/");
    let page = browser.page("/login").await;
    let fields = [("email", "ann@example.com"), ("password", "correct horse")];
    browser.submit(&page, "/login", &fields).await.is(303);
    assert!(browser.page("/").await.contains(">ann</a>"));
}

#[tokio::test]
async fn beside_an_app_at_the_same_place_the_api_goes_on_without_a_site() {
    let site = Site::of_every_app(&options());
    let home = site.browser().get("/").await;
    assert!(html(home.is(200)).contains("ISUUMO"));
    site.get("/api/articles").await.is(200);
    site.get("/article/x").await.is(404);
    let mut options = options();
    options.config.mounts.insert(
        "conduit".to_owned(),
        Mount::try_from("/blog".to_owned()).unwrap(),
    );
    let site = Site::of_every_app(&options);
    assert!(html(site.browser().get("/blog/").await.is(200)).contains("Conduit"));
    assert!(html(site.browser().get("/").await.is(200)).contains("ISUUMO"));
}

#[tokio::test]
async fn long_articles_and_many_comments_are_shown_in_pages() {
    let site = Site::of_blog();
    let ann = site.user("ann").await;
    let body = "**word** ".repeat(20_000);
    let fields = json!({"title": "Long", "description": "d", "body": body});
    ann.tries_to_write(&fields).await.is(201);
    for number in 1..=31 {
        ann.comments("long", &format!("Number {number}.")).await;
    }
    let browser = site.browser();
    let page = browser.page("/article/long").await;
    assert_eq!(page.matches("<strong>word</strong>").count(), 20_000);
    assert!(
        page.contains("31 comments") && page.contains("Number 30.") && !page.contains("Number 31.")
    );
    // The oldest come first, unlike articles.
    assert!(page.contains("href=\"/article/long?page=2#comments\">Later comments</a>"));
    let second = browser.page("/article/long?page=2").await;
    assert!(second.contains(">Earlier comments</a>") && !second.contains("Older"));
    assert!(second.contains("Number 31.") && !second.contains("Number 30."));
    let beyond = browser.get("/article/long?page=9").await;
    assert_eq!(beyond.is(303).header("location"), "/article/long?page=2");
    // Again, from what was cached, and after a change.
    assert_eq!(browser.page("/article/long").await, page);
    ann.edits("long", &json!({"body": "Short now"}))
        .await
        .is(200);
    assert!(
        browser
            .page("/article/long")
            .await
            .contains("<p>Short now</p>")
    );
}
