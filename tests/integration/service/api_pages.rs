//! `/docs` and `/about`: pages without scripts and without anything from elsewhere.

use axum::body::Body;
use axum::http::Request;

use crate::support::dataset::Dataset;
use crate::support::harness::{Answer, BAKE_TIME, Options, Site};

fn page(answer: &Answer) -> String {
    let _ = answer.is(200);
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    let policy = answer.header("content-security-policy");
    assert!(
        policy.starts_with("default-src 'none'; style-src 'self';"),
        "{policy}"
    );
    assert!(!policy.contains("unsafe"), "{policy}");
    String::from_utf8(answer.body.to_vec()).unwrap()
}

/// Everything that the page would have a browser load, or that a policy without `unsafe-inline` and
/// scripts would not let it do.
#[track_caller]
fn assert_works_offline(page: &str) {
    for forbidden in [
        "<script",
        "<style",
        " style=",
        " onclick=",
        "src=",
        "@import",
        "url(",
    ] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
    for attribute in page.split("href=\"").skip(1) {
        let target = attribute.split('"').next().unwrap();
        // Relative, so that it is right behind a proxy that takes a prefix away.
        let is_local = !target.contains(':') && !target.starts_with('/');
        assert!(is_local, "{target}");
    }
}

#[tokio::test]
async fn docs_show_every_operation_and_lead_nowhere_else() {
    let site = Site::new(&Dataset::tiny());
    let page = page(&site.get("/docs").await);
    assert_works_offline(&page);
    let document = site.get("/openapi.json").await.is(200).json();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap();
            assert!(page.contains(&format!("<h3 id=\"{id}\">")), "{id}");
            let route = format!("<b>{}</b> {path}", method.to_uppercase());
            assert!(page.contains(&route), "{route}");
        }
    }
    for name in document["components"]["schemas"]
        .as_object()
        .unwrap()
        .keys()
    {
        assert!(
            page.contains(&format!("<h3 id=\"schema-{name}\">")),
            "{name}"
        );
    }
    // Every anchor that is linked to is there, and only once.
    for link in page.split("href=\"#").skip(1) {
        let target = link.split('"').next().unwrap();
        let anchors = page.matches(&format!(" id=\"{target}\"")).count();
        assert_eq!(anchors, 1, "{target}");
    }
    assert!(page.contains("at most 50000"), "limits are shown");
    assert!(
        page.contains("curl -i -H &#39;Content-Type: application/json&#39;"),
        "text is escaped"
    );
    assert!(
        page.contains("<code>X-Request-Id</code>"),
        "backquotes are code"
    );
}

#[tokio::test]
async fn documents_are_asked_for_by_tag_and_packed() {
    let site = Site::new(&Dataset::tiny());
    for path in ["/docs", "/docs/style.css", "/openapi.json"] {
        let plain = site.get(path).await;
        assert_eq!(plain.is(200).header("cache-control"), "no-cache");
        let request = |name: &'static str, value: &str| {
            Request::get(path)
                .header(name, value)
                .body(Body::empty())
                .unwrap()
        };
        let tag = plain.header("etag");
        site.send(request("if-none-match", tag)).await.is_bare(304);
        let packed = site.send(request("accept-encoding", "zstd")).await;
        assert_eq!(packed.is(200).header("content-encoding"), "zstd");
        assert!(packed.body.len() * 2 < plain.body.len(), "{path}");
    }
    let style = site.get("/docs/style.css").await;
    assert_eq!(style.header("content-type"), "text/css; charset=utf-8");
    let style = String::from_utf8(style.body.to_vec()).unwrap();
    assert!(
        !style.contains("@import") && !style.contains("url("),
        "nothing is loaded"
    );
}

#[tokio::test]
async fn about_tells_what_is_served() {
    let site = Site::whole();
    let about = page(&site.get("/about").await);
    assert_works_offline(&about);
    let version = site.get("/version").await.is(200).json();
    let provenance = &version["apps"]["isuumo"]["provenance"];
    for fact in [
        concat!("<h1>Ekiben 駅弁 ", env!("CARGO_PKG_VERSION"), "</h1>"),
        version["sqlite"].as_str().unwrap(),
        provenance["dataset_digest"].as_str().unwrap(),
        provenance["schema_digest"].as_str().unwrap(),
        &format!("<dd>version {}, <code>", provenance["schema_version"]),
        provenance["inputs"][0]["sha256"].as_str().unwrap(),
        BAKE_TIME,
        "29,500",
        "<dt>Status</dt><dd>ready</dd>",
        "<dt>Mode</dt><dd>primary: takes writes</dd>",
        "<dt>Generation</dt><dd>1</dd>",
        "<h2 id=\"app-isuumo\">isuumo</h2>",
    ] {
        assert!(about.contains(fact), "{fact}");
    }
    let folder = site.folder.path().to_str().unwrap();
    assert!(!about.contains(folder), "no path is told");
    assert_eq!(site.get("/about").await.header("cache-control"), "no-store");

    site.store.reset().await.unwrap();
    site.site.drain();
    let about = page(&site.get("/about").await);
    assert!(about.contains("<dt>Status</dt><dd>draining</dd>"));
    assert!(about.contains("<dt>Generation</dt><dd>2</dd>"));
}

#[tokio::test]
async fn names_of_inputs_are_escaped() {
    let folder = tempfile::TempDir::new().unwrap();
    let dumps = folder.path().join("dumps");
    Dataset::tiny().write(&dumps);
    std::fs::write(dumps.join("9_<b onclick=x>&.sql"), "-- nothing\n").unwrap();
    let baked = folder.path().join("isuumo.sqlite");
    crate::support::harness::bake_folder(&dumps, &baked).unwrap();
    let site = Site::open(folder, &baked, &Options::default());
    let about = page(&site.get("/about").await);
    assert!(
        about.contains("9_&#60;b onclick=x&#62;&#38;.sql"),
        "{about}"
    );
}

/// The texts between two marks.
fn between<'t>(text: &'t str, before: &'t str, after: &'t str) -> Vec<&'t str> {
    let parts = text.split(before).skip(1);
    parts
        .map(|part| part.split(after).next().unwrap())
        .collect()
}

/// Trust 29: from the site's own pages a way leads back to every app, and an icon to look at.
#[tokio::test]
async fn pages_lead_back_to_the_apps_and_have_an_icon() {
    let site = Site::of_every_app(&Options::default());
    for path in ["/docs", "/about"] {
        let page = page(&site.get(path).await);
        assert_works_offline(&page);
        let nav = between(&page, "<nav aria-label=\"Pages\">", "</nav>")[0];
        let links = between(nav, "href=\"", "\"");
        assert_eq!(links[..2], ["./", "people"], "{path}");
        assert!(nav.contains(">isuumo</a>") && nav.contains(">people</a>"));
        for link in links {
            let address = format!("/{}", link.trim_start_matches("./"));
            // Of english, whose pages are left out beside others, all is for learners.
            let status = if address == "/sentences.json" {
                401
            } else {
                200
            };
            site.get(&address).await.is(status);
        }
        assert!(!page.contains("that are not on"), "{path}");
        let icons = between(&page, "<link rel=\"icon\" href=\"", "\"");
        assert_eq!(icons, ["favicon.svg"]);
    }
    for path in ["/favicon.svg", "/favicon.ico"] {
        let icon = site.get(path).await;
        assert_eq!(icon.is(200).header("content-type"), "image/svg+xml");
        assert!(icon.body.starts_with(b"<svg "));
        assert!(!icon.header("etag").is_empty());
    }
}

/// Trust 29: an app of this build that is not on is named where people look for it.
#[tokio::test]
async fn apps_that_are_not_on_are_named() {
    let site = Site::new(&Dataset::tiny());
    let docs = page(&site.get("/docs").await);
    assert!(
        docs.contains("<p>Apps of this build that are not on here: people, conduit, english.</p>")
    );
    let about = page(&site.get("/about").await);
    assert!(about.contains("<dt>Apps that are not on</dt><dd>people, conduit, english</dd>"));
}

/// Trust 29: the examples are for the host that was asked, and nothing that a client sends gets into the page
/// or the page into a cache of others.
#[tokio::test]
async fn examples_reach_the_server_that_was_asked() {
    let site = Site::new(&Dataset::tiny());
    let address = async |host: &str| {
        let request = Request::get("/docs").header("host", host);
        let answer = site.send(request.body(Body::empty()).unwrap()).await;
        let page = page(&answer);
        let lines = between(&page, "<pre><code>EKIBEN=", "</code>");
        assert_eq!(lines.len(), 1);
        (lines[0].to_owned(), answer.header("etag").to_owned())
    };
    let (first, tag) = address("shop.example:8080").await;
    assert_eq!(first, "http://shop.example:8080");
    let (second, other) = address("127.0.0.1:1323").await;
    assert_eq!(second, "http://127.0.0.1:1323");
    assert_ne!(tag, other);
    assert_eq!(address("shop.example:8080").await, (first, tag));
    for strange in ["a\"><script>", "$(reboot)", "a'b"] {
        assert_eq!(address(strange).await.0, "http://localhost:1323");
    }
}

/// Trust 29: crawlers are told what is endless, and what is for programs.
#[tokio::test]
async fn robots_are_told_what_is_not_for_them() {
    let site = Site::of_every_app(&Options::default());
    let robots = site.get("/robots.txt").await;
    assert_eq!(
        robots.is(200).header("content-type"),
        "text/plain; charset=utf-8"
    );
    let text = String::from_utf8(robots.body.to_vec()).unwrap();
    assert!(text.starts_with("User-agent: *\n"), "{text}");
    let rules = between(&text, "Disallow: ", "\n");
    for path in ["/api/chair/1", "/chair/search?kind=x", "/people?age=3"] {
        assert!(rules.iter().any(|rule| path.starts_with(rule)), "{path}");
    }
    for path in [
        "/",
        "/chair",
        "/chair/1",
        "/estate/search",
        "/images/chair/x.png",
    ] {
        assert!(!rules.iter().any(|rule| path.starts_with(rule)), "{path}");
    }
}

/// Trust 35: what two operations take alike is told once, and so is what many take.
#[tokio::test]
async fn docs_tell_each_table_of_parameters_once() {
    let site = Site::of_every_app(&Options::default());
    let page = page(&site.get("/docs").await);
    let tables: Vec<_> = between(&page, "<caption>Parameters</caption>", "</table>")
        .into_iter()
        .filter(|table| table.matches("<tr>").count() > 2)
        .collect();
    assert!(tables.len() > 3);
    for (index, table) in tables.iter().enumerate() {
        assert!(!tables[..index].contains(table), "{table}");
    }
    for name in ["minSiblingsOrSpousesAboard", "priceRangeId"] {
        let rows = page.matches(&format!("<code>{name}</code>")).count();
        assert_eq!(rows, 1, "{name}");
    }
    let told = page.matches("<th scope=\"row\"><code>Idempotency-Key</code>");
    assert_eq!(told.count(), 1);
    assert!(
        page.contains("<a href=\"#parameter-Idempotency-Key\"><code>Idempotency-Key</code></a>")
    );
    let same = "<p>Parameters: those of <a href=\"#";
    assert_eq!(page.matches(same).count(), 16);
}
