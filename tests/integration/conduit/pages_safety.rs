//! The site against those who mean harm: forms that are not its own, texts that would run, addresses that
//! would lead away, cookies that were made up.

use axum::http::Method;
use serde_json::{Value, json};

use crate::conduit::site::PASSWORD;
use crate::conduit::visitors::{attribute, encoded, html, tags, token};
use crate::support::harness::Site;

/// Every form of somebody signed in, and fields that it would take.
const FORMS: [(&str, &[(&str, &str)]); 9] = [
    (
        "/editor",
        &[("title", "t"), ("description", "d"), ("body", "b")],
    ),
    (
        "/editor/one",
        &[("title", "t"), ("description", "d"), ("body", "b")],
    ),
    ("/article/one", &[("_method", "delete")]),
    ("/article/one/favorite", &[]),
    ("/article/one/favorite", &[("_method", "delete")]),
    ("/article/one/comments", &[("body", "b")]),
    ("/profile/bob/follow", &[]),
    (
        "/settings",
        &[("username", "eve"), ("email", "eve@example.com")],
    ),
    ("/logout", &[]),
];

#[tokio::test]
async fn forms_without_the_visitors_token_are_refused() {
    let site = Site::of_blog();
    let (ann, bob) = (site.visitor("ann").await, site.visitor("bob").await);
    ann.writes("One", "Text", "").await;
    let (hers, his) = (ann.page("/settings").await, bob.page("/settings").await);
    let state = async || {
        let article = site.get("/api/articles/one").await.is(200).value();
        let profile = site.get("/api/profiles/ann").await.is(200).value();
        (article, profile, site.listed("").await)
    };
    let before = state().await;
    for (action, fields) in FORMS {
        for wrong in [None, Some(""), Some("0"), Some(&*token(&his))] {
            let mut fields = fields.to_vec();
            fields.extend(wrong.map(|token| ("csrf_token", token)));
            fields.push(("a", "b"));
            let answer = ann.post(action, &fields).await;
            let page = html(answer.is(403));
            let texts = ["You may not do this", "This form was out of date."];
            assert!(texts.iter().any(|text| page.contains(text)), "{action}");
        }
        // With the right one, but from a page of another site.
        let mut fields = fields.to_vec();
        let hers = token(&hers);
        fields.push(("csrf_token", &hers));
        let foreign = [
            ("sec-fetch-site", "cross-site"),
            ("origin", "https://evil.example"),
        ];
        let answer = ann
            .send(Method::POST, action, &foreign, encoded(&fields))
            .await;
        answer.is(403);
    }
    assert_eq!(state().await, before);
    assert!(ann.page("/settings").await.contains("value=\"ann\""));
    // Those of visitors without a session have one, too.
    let browser = site.browser();
    for (action, page) in [("/login", "/login"), ("/register", "/register")] {
        let fields = [
            ("username", "x"),
            ("email", "ann@example.com"),
            ("password", PASSWORD),
        ];
        browser.post(action, &fields).await.is(403);
        let other = site.browser().page(page).await;
        browser.page(page).await;
        let refused = html(browser.submit(&other, action, &fields).await.is(403));
        assert!(refused.contains("This form was out of date."), "{action}");
        assert!(refused.contains("value=\"ann@example.com\"") && !refused.contains(PASSWORD));
    }
    assert_eq!(browser.cookie("conduit_session"), None);
    // Other kinds of bodies are no forms.
    let json = [("content-type", "application/json")];
    let answer = ann
        .send(Method::POST, "/article/one/comments", &json, String::new())
        .await;
    assert!([403, 415].contains(&answer.status.as_u16()), "{answer}");
}

const PROBES: [&str; 8] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "'><svg onload=alert(1)>",
    "</textarea><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "javascript:alert(1)",
    "{{7*7}}<b>",
    "\u{202e}<i>&lt;script&gt;",
];

#[tokio::test]
async fn what_users_write_is_text_wherever_it_is_shown() {
    let site = Site::of_blog();
    for (index, probe) in PROBES.into_iter().enumerate() {
        // A name holds no slash.
        let name = format!("{index}{}", probe.replace('/', ""));
        let fields = json!({"username": name, "email": format!("p{index}@example.com"), "password": PASSWORD,
            "bio": probe, "image": format!("https://example.com/{index}?'onerror=alert(1)")});
        let user = site.try_to_register(&fields).await.is(201).value();
        let api = user["user"]["token"].as_str().unwrap().to_owned();
        let ask =
            async |path: &str, body: &Value| site.ask(Method::POST, path, Some(&api), body).await;
        let article = json!({"article": {"title": format!("{index} {probe}"), "description": probe,
            "body": format!("{probe}\n\n[a]({probe}) ![{probe}]({probe})"), "tagList": [probe]}});
        let written = ask("/api/articles", &article).await.is(201).value();
        let slug = written["article"]["slug"].as_str().unwrap().to_owned();
        let comment = json!({"comment": {"body": probe}});
        ask(&format!("/api/articles/{slug}/comments"), &comment)
            .await
            .is(201);
        let browser = site.browser();
        let page = browser.page("/login").await;
        let email = format!("p{index}@example.com");
        let fields = [("email", email.as_str()), ("password", PASSWORD)];
        browser.submit(&page, "/login", &fields).await.is(303);
        let profile = attribute(
            tags(&browser.page("/").await)
                .find(|tag| tag.contains("class=\"me\""))
                .unwrap(),
            "href",
        );
        let profile = profile.unwrap();
        let tag = encoded(&[("tag", probe)]);
        let to = encoded(&[("to", probe)]);
        for path in [
            "/".to_owned(),
            format!("/?{tag}"),
            format!("/?{to}"),
            format!("/article/{slug}"),
            format!("/editor/{slug}"),
            profile.clone(),
            format!("{profile}/favorites"),
            "/settings".to_owned(),
        ] {
            assert_harmless(&browser.page(&path).await, &path);
        }
        let anonymous = site.browser();
        for path in [
            format!("/login?{to}"),
            format!("/register?{to}"),
            format!("/article/{slug}"),
        ] {
            assert_harmless(&anonymous.page(&path).await, &path);
        }
        // What is typed and refused comes back as text, too.
        let page = browser.page("/editor").await;
        let fields = [("title", probe), ("body", probe), ("tags", probe)];
        let refused = browser.submit(&page, "/editor", &fields).await;
        assert_harmless(&html(refused.is(422)), probe);
    }
}

/// Nothing in a page but what its templates have.
#[track_caller]
fn assert_harmless(page: &str, path: &str) {
    assert!(
        !page.contains("alert(1)</script>") && !page.contains("49<b>"),
        "{path}"
    );
    let known = "html head meta title link script body a header img div span nav form input button main \
        section h1 h2 p ul li time aside article footer details summary label textarea strong code pre em";
    let known: Vec<_> = known.split_ascii_whitespace().collect();
    for tag in tags(page) {
        let name = tag
            .trim_start_matches('/')
            .split([' ', '\n'])
            .next()
            .unwrap();
        assert!(
            known.contains(&name) || tag == "!doctype html",
            "{path}: <{tag}>"
        );
        let names: String = tag.split('"').step_by(2).collect();
        let mut names = names.split_ascii_whitespace().skip(1);
        assert!(!names.any(|name| name.starts_with("on")), "{path}: <{tag}>");
        if name == "script" && !tag.starts_with('/') {
            assert!(
                attribute(tag, "src").unwrap().starts_with("/assets/"),
                "{path}"
            );
        }
        for name in ["href", "src", "action"] {
            if let Some(address) = attribute(tag, name) {
                let is_known = ["/", "#", "https://example.com/"]
                    .iter()
                    .any(|known| address.starts_with(known));
                // A relative link of an article's: escaped, and without a scheme.
                let is_relative = !address.contains(':');
                assert!(is_known || is_relative, "{path}: {address}");
                assert!(!address.starts_with("//"), "{path}: {address}");
            }
        }
    }
}

#[tokio::test]
async fn policies_allow_nothing_that_a_text_could_bring() {
    let site = Site::of_blog();
    let ann = site.visitor("ann").await;
    ann.writes("One", "![a](https://example.com/a.png)", "")
        .await;
    for path in ["/", "/article/one", "/login", "/nothing"] {
        let answer = site.browser().get(path).await;
        let policy = answer.header("content-security-policy");
        assert_eq!(
            policy,
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https:; connect-src \
             'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
            "{answer}"
        );
        assert_eq!(answer.header("referrer-policy"), "same-origin");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
    }
    // Pictures of profiles, too, come by https only.
    let page = ann.page("/settings").await;
    let fields = [
        ("username", "ann"),
        ("email", "ann@example.com"),
        ("image", "http://example.com/a.png"),
    ];
    ann.submit(&page, "/settings", &fields).await.is(303);
    assert!(
        !ann.page("/profile/ann")
            .await
            .contains("http://example.com")
    );
}

#[tokio::test]
async fn no_form_leads_away_from_the_site() {
    let site = Site::of_blog();
    site.user("ann").await;
    for to in [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "/a\r\nb",
        "\\\\evil",
    ] {
        let browser = site.browser();
        let page = browser
            .page(&format!("/login?{}", encoded(&[("to", to)])))
            .await;
        let hidden = crate::conduit::visitors::hidden(&page, "/login");
        assert_eq!(hidden[1], ("to".to_owned(), String::new()), "{to}");
        let seed = token(&page);
        let fields = [
            ("csrf_token", &*seed),
            ("to", to),
            ("email", "ann@example.com"),
            ("password", PASSWORD),
        ];
        let answer = browser.post("/login", &fields).await;
        assert_eq!(answer.is(303).header("location"), "/", "{to}");
        let away = format!("/login?{}", encoded(&[("to", to)]));
        assert_eq!(
            browser.get(&away).await.is(303).header("location"),
            "/",
            "{to}"
        );
        browser.writes("One", "b", "").await;
        let page = browser.page("/editor").await;
        let seed = token(&page);
        let fields = [("csrf_token", &*seed), ("to", to)];
        let answer = browser.post("/article/one/favorite", &fields).await;
        assert_eq!(answer.is(303).header("location"), "/article/one", "{to}");
    }
}

#[tokio::test]
async fn cookies_that_were_made_up_are_nobodys() {
    let site = Site::of_blog();
    let ann = site.visitor("ann").await;
    let good = ann.cookie("conduit_session").unwrap();
    let mut bad = good.clone().into_bytes();
    let middle = bad.len() / 2;
    bad[middle] = if bad[middle] == b'A' { b'B' } else { b'A' };
    for made_up in [
        "",
        "1",
        "ann",
        &String::from_utf8(bad).unwrap(),
        &good[..good.len() - 1],
    ] {
        let browser = site.browser();
        browser.set_cookie("conduit_session", made_up);
        browser.get("/settings").await.is(303);
        assert!(browser.page("/").await.contains("href=\"/login\""));
    }
    // A token of the API is no session, and a session no token.
    let token = site.token_of("ann").await;
    let browser = site.browser();
    browser.set_cookie("conduit_session", &token);
    browser.get("/settings").await.is(303);
    site.ask(Method::GET, "/api/user", Some(&good), &Value::Null)
        .await
        .is(401);
    ann.get("/api/user").await.is(401);
}
