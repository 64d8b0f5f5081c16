//! The site's forms: what they do, what they are refused for, and what they say then.

use axum::http::Method;
use ekiben::store::StoreError;
use serde_json::json;

use crate::conduit::site::{PASSWORD, options};
use crate::conduit::visitors::{Browser, encoded, escaped, hidden, html, token, unescaped};
use crate::support::busy_writer::BusyWriter;
use crate::support::harness::{Site, poll_once};

/// What a page says about a field.
fn said(page: &str, field: &str) -> String {
    let Some((_, rest)) = page.split_once(&format!("id=\"{field}-wrong\">")) else {
        return String::new();
    };
    unescaped(rest.split('<').next().unwrap())
}

#[tokio::test]
async fn signing_up_in_and_out() {
    let site = Site::of_blog();
    let browser = site.browser();
    let page = browser.page("/register").await;
    let fields = [
        ("username", " ann "),
        ("email", "ann@example.com"),
        ("password", PASSWORD),
    ];
    let answer = browser.submit(&page, "/register", &fields).await;
    assert_eq!(answer.is(303).header("location"), "/");
    let home = browser.page("/").await;
    assert!(home.contains("Welcome.") && home.contains("href=\"/profile/ann\""));
    assert!(!browser.page("/").await.contains("Welcome."), "said once");
    // The account is that of the API.
    site.log_in("ann@example.com", PASSWORD).await.is(200);
    let settings = browser.page("/settings").await;
    let answer = browser.submit(&settings, "/logout", &[]).await;
    assert_eq!(answer.is(303).header("location"), "/");
    assert_eq!(browser.cookie("conduit_session"), None);
    let home = browser.page("/").await;
    assert!(home.contains("You are signed out.") && home.contains("href=\"/login\""));
    let page = browser.page("/login").await;
    let fields = [
        ("email", "ann@example.com"),
        ("password", PASSWORD),
        ("remember", "1"),
    ];
    let answer = browser.submit(&page, "/login", &fields).await;
    let cookie = answer.is(303).header("set-cookie");
    assert!(
        cookie.starts_with("conduit_session=") && cookie.contains("; Max-Age="),
        "{cookie}"
    );
    assert!(cookie.contains("HttpOnly; SameSite=Lax"), "{cookie}");
    browser.page("/settings").await;
}

#[tokio::test]
async fn a_refused_form_says_why_beside_its_fields_and_keeps_what_was_typed() {
    let site = Site::of_blog();
    site.user("ann").await;
    let browser = site.browser();
    let page = browser.page("/register").await;
    let fields = [
        ("username", "a/b\"<i>"),
        ("email", "nowhere"),
        ("password", "short7!"),
    ];
    let answer = browser.submit(&page, "/register", &fields).await;
    let page = html(answer.is(422));
    assert!(said(&page, "username").ends_with("but not / ? # or %."));
    assert_eq!(
        said(&page, "email"),
        "Write an address like ann@example.com."
    );
    assert_eq!(
        said(&page, "password"),
        "This is too short: 8 characters are needed."
    );
    assert!(page.contains("value=\"a/b&#34;&#60;i&#62;\"") && page.contains("value=\"nowhere\""));
    assert!(page.contains("aria-invalid=\"true\" aria-describedby=\"email-wrong\""));
    assert!(!page.contains("short7!"), "a password never comes back");
    let taken = [
        ("username", "ANN"),
        ("email", "ann@EXAMPLE.com"),
        ("password", "another horse"),
    ];
    let page = html(browser.submit(&page, "/register", &taken).await.is(409));
    assert_eq!(said(&page, "username"), "Somebody has this already.");
    assert_eq!(said(&page, "email"), "Somebody has this already.");
    assert!(!page.contains("another horse"));
    let page = html(browser.submit(&page, "/register", &[]).await.is(422));
    assert_eq!(said(&page, "password"), "This cannot be empty.");
    // Signing in.
    let page = browser.page("/login").await;
    let wrong = [("email", "ann@example.com"), ("password", "wrong horse")];
    let answer = browser.submit(&page, "/login", &wrong).await;
    let page = html(answer.is(401));
    assert!(page.contains("do not go together") && page.contains("value=\"ann@example.com\""));
    assert!(!page.contains("wrong horse"));
    let nobody = [("email", "nobody@example.com"), ("password", "wrong horse")];
    let other = html(browser.submit(&page, "/login", &nobody).await.is(401));
    assert_eq!(
        other.replace("nobody@", "ann@"),
        page,
        "nobody is told who has an account"
    );
    let page = html(browser.submit(&page, "/login", &[]).await.is(422));
    assert_eq!(said(&page, "email"), "This cannot be empty.");
    // In the page's language.
    let browser = site.browser().speaking("ja");
    let page = browser.page("/register").await;
    let page = html(browser.submit(&page, "/register", &fields).await.is(422));
    assert_eq!(
        said(&page, "password"),
        "短すぎます。8文字以上にしてください。"
    );
}

#[tokio::test]
async fn attempts_are_throttled_as_those_of_the_api() {
    let mut options = options();
    options.config.auth.account_failures = 2;
    let site = Site::of_blog_with(&options);
    site.user("ann").await;
    let browser = site.browser();
    let page = browser.page("/login").await;
    let wrong = [("email", "ann@example.com"), ("password", "wrong horse")];
    browser.submit(&page, "/login", &wrong).await.is(401);
    site.log_in("ann@example.com", "wrong horse").await.is(401);
    let right = [("email", "ann@example.com"), ("password", PASSWORD)];
    let answer = browser.submit(&page, "/login", &right).await;
    assert!(html(answer.is(429)).contains("Too many attempts"));
    assert_ne!(answer.header("retry-after"), "");
    site.log_in("ann@example.com", PASSWORD).await.is(429);
}

#[tokio::test]
async fn an_article_is_written_changed_and_deleted() {
    let site = Site::of_blog();
    let ann = site.visitor("ann").await;
    let place = ann
        .writes(
            "First *title*",
            "A **bold**\r\nword",
            "one, two ,, 日本語、三",
        )
        .await;
    assert_eq!(place, "/article/first-title");
    let page = ann.page(&place).await;
    assert!(
        page.contains("<h1>First *title*</h1>") && page.contains("A <strong>bold</strong>\nword")
    );
    let stored = site.get("/api/articles/first-title").await.is(200).value();
    assert_eq!(
        stored["article"]["tagList"],
        json!(["one", "two", "三", "日本語"])
    );
    assert_eq!(stored["article"]["body"], "A **bold**\nword");
    // The form has everything, and a title of other words another address.
    let page = ann.page("/editor/first-title").await;
    assert!(
        page.contains("value=\"First *title*\"") && page.contains("\nA **bold**\nword</textarea>")
    );
    assert!(page.contains("value=\"one, two, 三, 日本語\""));
    let fields = [
        ("title", "Second"),
        ("description", "d"),
        ("body", "b"),
        ("tags", "one"),
    ];
    let answer = ann.submit(&page, "/editor/first-title", &fields).await;
    assert_eq!(answer.is(303).header("location"), "/article/second");
    let stored = site.get("/api/articles/second").await.is(200).value();
    assert_eq!(stored["article"]["tagList"], json!(["one"]));
    assert!(ann.page("/article/second").await.contains("Changed on"));
    // What is wrong with it.
    let page = ann.page("/editor/second").await;
    let long = "x".repeat(201);
    let fields = [
        ("title", long.as_str()),
        ("description", ""),
        ("body", "kept <b>"),
        ("tags", "kept"),
    ];
    let page = html(ann.submit(&page, "/editor/second", &fields).await.is(422));
    assert_eq!(
        said(&page, "title"),
        "This is too long: there may be 200 characters."
    );
    assert_eq!(said(&page, "description"), "This cannot be empty.");
    assert!(page.contains("\nkept &#60;b&#62;</textarea>") && page.contains("value=\"kept\""));
    let page = ann.page("/article/second").await;
    let answer = ann.submit(&page, "/article/second", &[]).await;
    assert_eq!(answer.is(303).header("location"), "/");
    assert!(ann.page("/").await.contains("The article was deleted."));
    ann.get("/article/second").await.is(404);
}

#[tokio::test]
async fn tags_that_hold_a_comma_stay_when_they_are_not_touched() {
    let site = Site::of_blog();
    let ann = site.visitor("ann").await;
    let token = site.token_of("ann").await;
    let article =
        json!({"article": {"title": "T", "description": "d", "body": "b", "tagList": ["a, b"]}});
    site.ask(Method::POST, "/api/articles", Some(&token), &article)
        .await
        .is(201);
    let page = ann.page("/editor/t").await;
    let fields = [
        ("title", "T"),
        ("description", "new"),
        ("body", "b"),
        ("tags", "a, b"),
    ];
    ann.submit(&page, "/editor/t", &fields).await.is(303);
    let stored = site.get("/api/articles/t").await.is(200).value();
    assert_eq!(stored["article"]["tagList"], json!(["a, b"]));
    assert_eq!(stored["article"]["description"], "new");
}

#[tokio::test]
async fn pressing_twice_writes_once_and_another_text_is_another_one() {
    let site = Site::of_blog();
    let ann = site.visitor("ann").await;
    let page = ann.page("/editor").await;
    let article = |title| [("title", title), ("description", "d"), ("body", "b")];
    for _ in 0..2 {
        let answer = ann.submit(&page, "/editor", &article("One")).await;
        assert_eq!(answer.is(303).header("location"), "/article/one");
    }
    let answer = ann.submit(&page, "/editor", &article("Two")).await;
    assert_eq!(answer.is(303).header("location"), "/article/two");
    assert_eq!(site.listed("").await.1, 2);
    let page = ann.page("/article/one").await;
    let mut places = Vec::new();
    for _ in 0..2 {
        let answer = ann
            .submit(&page, "/article/one/comments", &[("body", "Well")])
            .await;
        places.push(answer.is(303).header("location").to_owned());
    }
    assert_eq!(places[0], places[1]);
    assert!(
        places[0].starts_with("/article/one#comment-"),
        "{}",
        places[0]
    );
    assert!(ann.page("/article/one").await.contains("1 comment<"));
}

#[tokio::test]
async fn comments_are_written_and_deleted_by_their_authors() {
    let site = Site::of_blog();
    let (ann, bob) = (site.visitor("ann").await, site.visitor("bob").await);
    let place = ann.writes("One", "Text", "").await;
    let page = bob.page(&place).await;
    let action = format!("{place}/comments");
    let refused = html(
        bob.submit(&page, &action, &[("body", " \r\n ")])
            .await
            .is(422),
    );
    assert_eq!(said(&refused, "body"), "This cannot be empty.");
    assert!(refused.contains("Text"), "below the article");
    let long = "字".repeat(10_001);
    let refused = html(bob.submit(&page, &action, &[("body", &long)]).await.is(422));
    assert!(said(&refused, "body").contains("10000") && refused.contains(&long));
    let answer = bob
        .submit(&page, &action, &[("body", "A <b>\r\nword")])
        .await;
    let to = answer.is(303).header("location").to_owned();
    let id = to.split("#comment-").nth(1).unwrap().to_owned();
    let removal = format!("{place}/comments/{id}");
    let page = bob.page(&place).await;
    assert!(page.contains("A &#60;b&#62;\nword</p>"), "{page}");
    assert!(page.contains(&format!("id=\"comment-{id}\"")));
    // Neither the article's author nor anybody else.
    let hers = ann.page(&place).await;
    assert!(!hers.contains(&removal));
    let fields = [("csrf_token", &*token(&hers)), ("_method", "delete")];
    let forbidden = ann.post(&removal, &fields).await;
    assert!(html(forbidden.is(403)).contains("You may not do this"));
    let answer = bob.submit(&page, &removal, &[]).await;
    assert_eq!(answer.is(303).header("location"), "/article/one#comments");
    assert!(bob.page(&place).await.contains("0 comments"));
    bob.submit(&page, &removal, &[]).await.is(404);
    // The place of a comment beyond the first page.
    for number in 0..30 {
        let page = bob.page(&place).await;
        let body = number.to_string();
        bob.submit(&page, &action, &[("body", &body)]).await.is(303);
    }
    let page = bob.page(&place).await;
    let answer = bob.submit(&page, &action, &[("body", "last")]).await;
    let to = answer.is(303).header("location").to_owned();
    assert!(to.starts_with("/article/one?page=2#comment-"), "{to}");
    assert!(
        bob.page(to.split('#').next().unwrap())
            .await
            .contains(">last</p>")
    );
}

/// Presses a button as the module does.
async fn press(browser: &Browser<'_>, page: &str, action: &str) -> serde_json::Value {
    let hidden = hidden(page, action);
    let fields: Vec<_> = hidden
        .iter()
        .map(|(a, b)| (a.as_str(), b.as_str()))
        .collect();
    let headers = [("accept", "application/json")];
    let answer = browser
        .send(Method::POST, action, &headers, encoded(&fields))
        .await;
    assert_eq!(answer.is(200).header("cache-control"), "no-store");
    answer.value()
}

#[tokio::test]
async fn favorites_and_follows_with_and_without_the_module() {
    let site = Site::of_blog();
    let (ann, bob) = (site.visitor("ann").await, site.visitor("bob").await);
    let place = ann.writes("One", "Text", "").await;
    let (like, follow) = ("/article/one/favorite", "/profile/ann/follow");
    // Without: back to where the button was, pressed.
    let home = bob.page("/").await;
    let answer = bob.submit(&home, like, &[]).await;
    assert_eq!(answer.is(303).header("location"), "/");
    let home = bob.page("/").await;
    assert!(home.contains("aria-pressed=\"true\"") && home.contains("<span data-count>1</span>"));
    bob.submit(&home, like, &[]).await.is(303);
    assert!(bob.page("/").await.contains("aria-pressed=\"false\""));
    // With it: the new state as the API shows it.
    let page = bob.page(&place).await;
    assert_eq!(
        press(&bob, &page, like).await["article"]["favoritesCount"],
        1
    );
    assert_eq!(
        press(&bob, &page, follow).await["profile"]["following"],
        true
    );
    let page = bob.page(&place).await;
    assert_eq!(
        press(&bob, &page, like).await["article"]["favorited"],
        false
    );
    assert_eq!(
        press(&bob, &page, follow).await["profile"]["following"],
        false
    );
    // Nobody follows themselves, and nobody presses without a session.
    assert!(!ann.page(&place).await.contains(follow));
    let anonymous = site.browser();
    assert!(
        anonymous
            .page(&place)
            .await
            .contains("href=\"/login?to=%2Farticle%2Fone\"")
    );
    let answer = anonymous.post(like, &[]).await;
    assert_eq!(
        answer.is(303).header("location"),
        "/login?to=%2Farticle%2Fone"
    );
    let headers = [("accept", "application/json")];
    let answer = anonymous
        .send(Method::POST, like, &headers, "a=b".to_owned())
        .await;
    answer.is_wrong(401, &[("token", "is missing")]);
}

#[tokio::test]
async fn settings_are_changed_and_a_new_password_ends_other_sessions() {
    let site = Site::of_blog();
    let ann = site.visitor("ann").await;
    site.user("bob").await;
    let elsewhere = site.browser();
    let page = elsewhere.page("/login").await;
    let fields = [("email", "ann@example.com"), ("password", PASSWORD)];
    elsewhere.submit(&page, "/login", &fields).await.is(303);
    let settings = [
        ("username", "anna"),
        ("email", "anna@example.com"),
        ("bio", "Line\r\nline"),
        ("image", "https://example.com/a.png"),
    ];
    let page = ann.page("/settings").await;
    let answer = ann.submit(&page, "/settings", &settings).await;
    assert_eq!(answer.is(303).header("location"), "/settings");
    let page = ann.page("/settings").await;
    assert!(page.contains("Your settings are saved.") && page.contains("value=\"anna\""));
    let profile = ann.page("/profile/anna").await;
    assert!(
        profile.contains("Line\nline</p>") && profile.contains("src=\"https://example.com/a.png\"")
    );
    elsewhere.page("/settings").await;
    // A taken name, a short password: what was typed stays, but for the password.
    let wrong = [
        ("username", "Bob"),
        ("email", "new@example.com"),
        ("bio", "typed"),
        ("password", "short7!"),
    ];
    let page = html(ann.submit(&page, "/settings", &wrong).await.is(422));
    assert!(said(&page, "password").contains('8') && page.contains("\ntyped</textarea>"));
    assert!(!page.contains("short7!"));
    let page = html(ann.submit(&page, "/settings", &wrong[..3]).await.is(409));
    assert_eq!(said(&page, "username"), "Somebody has this already.");
    // Emptied fields are cleared, and an empty password is none.
    let page = ann.page("/settings").await;
    let cleared = [
        ("username", "anna"),
        ("email", "anna@example.com"),
        ("bio", ""),
        ("image", ""),
        ("password", ""),
    ];
    ann.submit(&page, "/settings", &cleared).await.is(303);
    let profile = site.get("/api/profiles/anna").await.is(200).value();
    assert_eq!(
        profile["profile"],
        json!({"username": "anna", "bio": null, "image": null, "following": false})
    );
    elsewhere.page("/settings").await;
    let changed = [
        ("username", "anna"),
        ("email", "anna@example.com"),
        ("password", "battery staple"),
    ];
    let page = ann.page("/settings").await;
    ann.submit(&page, "/settings", &changed).await.is(303);
    ann.page("/settings").await;
    elsewhere.get("/settings").await.is(303);
    site.log_in("anna@example.com", "battery staple")
        .await
        .is(200);
}

#[tokio::test]
async fn signing_out_on_all_devices_ends_every_session() {
    let site = Site::of_blog();
    let ann = site.visitor("ann").await;
    let elsewhere = site.browser();
    let page = elsewhere.page("/login").await;
    let fields = [("email", "ann@example.com"), ("password", PASSWORD)];
    elsewhere.submit(&page, "/login", &fields).await.is(303);
    let copy = ann.cookie("conduit_session").unwrap();
    // Here only: the browser forgets, the others go on.
    let page = ann.page("/settings").await;
    ann.submit(&page, "/logout", &[]).await.is(303);
    ann.get("/settings").await.is(303);
    let page = elsewhere.page("/settings").await;
    assert!(page.contains("name=\"everywhere\""));
    let answer = elsewhere
        .submit(&page, "/logout", &[("everywhere", "yes")])
        .await;
    assert_eq!(answer.is(303).header("location"), "/");
    elsewhere.get("/settings").await.is(303);
    ann.set_cookie("conduit_session", &copy);
    ann.get("/settings").await.is(303);
    // Who signs in again is signed in.
    let page = ann.page("/login").await;
    ann.submit(&page, "/login", &fields).await.is(303);
    ann.page("/settings").await;
}

#[tokio::test]
async fn a_password_that_is_set_elsewhere_ends_every_session() {
    let site = Site::of_blog();
    let ann = site.visitor("ann").await;
    let token = site.token_of("ann").await;
    let change = |fields: serde_json::Value| {
        let body = json!({ "user": fields });
        let token = token.clone();
        let site = &site;
        async move {
            site.ask(Method::PUT, "/api/user", Some(&token), &body)
                .await
        }
    };
    change(json!({"bio": "new"})).await.is(200);
    ann.page("/settings").await;
    change(json!({"password": "battery staple"})).await.is(200);
    ann.get("/settings").await.is(303);
    // By the operator's command.
    let page = ann.page("/login").await;
    let fields = [("email", "ann@example.com"), ("password", "battery staple")];
    ann.submit(&page, "/login", &fields).await.is(303);
    ann.page("/settings").await;
    assert!(site.store.write(set_password_of_ann).await.unwrap());
    ann.get("/settings").await.is(303);
}

/// What the operator's command has the writer do.
fn set_password_of_ann(connection: &rusqlite::Connection) -> Result<bool, StoreError> {
    let hash = "$argon2id$x";
    Ok(ekiben::apps::conduit::set_password(
        connection, "ann", hash,
    )?)
}

#[tokio::test]
async fn a_form_that_was_on_its_way_does_not_revive_an_ended_session() {
    let site = Site::of_blog();
    let ann = site.visitor("ann").await;
    let page = ann.page("/settings").await;
    let busy = BusyWriter::begin(&site.store).await;
    let fields = [("username", "ann"), ("email", "ann@example.com")];
    let mut saving = Box::pin(ann.submit(&page, "/settings", &fields));
    assert!(poll_once(saving.as_mut()).await.is_none());
    let mut setting = Box::pin(site.store.write(set_password_of_ann));
    assert!(poll_once(setting.as_mut()).await.is_none());
    busy.end().await;
    assert!(setting.await.unwrap());
    saving.await.is(303);
    ann.get("/settings").await.is(303);
}

#[tokio::test]
async fn who_signs_up_twice_at_once_is_signed_in() {
    let site = Site::of_blog();
    let browser = site.browser();
    let page = browser.page("/register").await;
    let fields = [
        ("username", "ann"),
        ("email", "ann@example.com"),
        ("password", PASSWORD),
    ];
    for _ in 0..2 {
        let answer = browser.submit(&page, "/register", &fields).await;
        assert_eq!(answer.is(303).header("location"), "/");
    }
    browser.page("/settings").await;
    // With another password, or as another name of the same address, nobody is.
    for (name, password) in [("ann", "another horse"), ("eve", PASSWORD)] {
        let other = site.browser();
        let page = other.page("/register").await;
        let fields = [
            ("username", name),
            ("email", "ann@example.com"),
            ("password", password),
        ];
        other.submit(&page, "/register", &fields).await.is(409);
        assert_eq!(other.cookie("conduit_session"), None);
    }
}

#[tokio::test]
async fn a_long_text_is_not_lost_with_its_session() {
    let site = Site::of_blog();
    let ann = site.visitor("ann").await;
    ann.writes("One", "Text", "").await;
    let session = ann.cookie("conduit_session").unwrap();
    let long = "字 <b>\n".repeat(20_000);
    let article = [
        ("title", "Long"),
        ("description", "d"),
        ("body", long.as_str()),
        ("tags", "kept"),
    ];
    let comment = [("body", "A long comment.")];
    for (path, action, fields) in [
        ("/editor", "/editor", &article[..]),
        ("/article/one", "/article/one/comments", &comment),
        ("/editor/one", "/editor/one", &article),
    ] {
        ann.set_cookie("conduit_session", &session);
        let page = ann.page(path).await;
        let typed = fields.iter().find(|(name, _)| *name == "body");
        let body = escaped(typed.unwrap().1);
        ann.set_cookie("conduit_session", "ended");
        let ended = html(ann.submit(&page, action, fields).await.is(401));
        assert!(
            ended.contains("Your session has ended.") && ended.contains(&body),
            "{path}"
        );
        // Signed in again, in another window: the token is another one, and comes with the text.
        ann.set_cookie("conduit_session", "ended");
        let login = ann.page("/login").await;
        let credentials = [("email", "ann@example.com"), ("password", PASSWORD)];
        ann.submit(&login, "/login", &credentials).await.is(303);
        let again = html(ann.submit(&ended, action, fields).await.is(403));
        assert!(
            again.contains("This form was out of date.") && again.contains(&body),
            "{path}"
        );
        ann.submit(&again, action, fields).await.is(303);
    }
    assert_eq!(site.listed("").await.1, 2);
}
