//! Accounts by form and by JSON: sign-up, sign-in, sign-out, and what a learner changes of the own account.

use axum::http::Method;
use serde_json::{Value, json};

use crate::english::site::{PASSWORD, options};
use crate::support::browser::{html, unescaped};
use crate::support::harness::{Answer, Site};

/// Somebody else's password.
const ANOTHER: &str = "battery staple";

/// That an answer leads to `to`, where the browser is told `notice`.
macro_rules! leads {
    ($browser:expr, $answer:expr, $to:expr, $notice:expr) => {{
        let answer = $answer;
        assert_eq!(answer.is(302).header("location"), $to, "{answer}");
        let page = $browser.page($to).await;
        assert!(unescaped(&page).contains($notice), "{page}");
        assert!(
            !unescaped(&$browser.page($to).await).contains($notice),
            "said once"
        );
    }};
}

#[track_caller]
fn says(answer: &Answer, texts: &[&str]) -> String {
    let page = unescaped(&html(answer.is(200)));
    for text in texts {
        assert!(page.contains(text), "{text}: {page}");
    }
    page
}

#[tokio::test]
async fn a_learner_signs_up_signs_out_and_signs_in_by_form() {
    let site = Site::of_drill();
    let ann = site.browser();
    let welcome = "Welcome! You have signed up successfully.";
    leads!(ann, ann.signs_up("ann").await, "/", welcome);
    assert!(ann.is_signed_in().await);
    leads!(ann, ann.signs_out().await, "/", "Signed out successfully.");
    assert!(!ann.is_signed_in().await);
    assert_eq!(ann.cookie("english_session"), None);
    let signed_in = ann.signs_in("ann", PASSWORD, false).await;
    leads!(ann, signed_in, "/", "Signed in successfully.");
    assert!(ann.is_signed_in().await);
}

#[tokio::test]
async fn whoever_is_signed_in_is_told_so_by_the_pages_for_others() {
    let site = Site::of_drill();
    let ann = site.learner("ann").await;
    for path in ["/users/sign_in", "/users/sign_up", "/users/cancel"] {
        let answer = ann.get(path).await;
        leads!(ann, answer, "/", "You are already signed in.");
    }
    let cancel = site.browser().get("/users/cancel").await;
    assert_eq!(cancel.is(302).header("location"), "/users/sign_up");
}

#[tokio::test]
async fn a_sign_up_says_what_is_wrong_and_shows_what_was_typed() {
    let site = Site::of_drill();
    site.learner("ann").await;
    let bob = site.browser();
    let page = bob.page("/users/sign_up").await;
    let long = "x".repeat(129);
    let longest = format!("{}@example.com", "x".repeat(250));
    for (email, password, confirmation, texts) in [
        (
            "ANN@example.com ",
            ANOTHER,
            ANOTHER,
            &["Email has already been taken"][..],
        ),
        ("bob", ANOTHER, ANOTHER, &["Email is invalid"]),
        ("bob@x y", ANOTHER, ANOTHER, &["Email is invalid"]),
        // What no mail can be addressed to.
        ("<bob>@x", ANOTHER, ANOTHER, &["Email is invalid"]),
        ("a,bob@x", ANOTHER, ANOTHER, &["Email is invalid"]),
        (" ", ANOTHER, ANOTHER, &["Email can't be blank"]),
        (
            &longest,
            ANOTHER,
            ANOTHER,
            &["Email is too long (maximum is 255 characters)"],
        ),
        ("bob@example.com", "", "", &["Password can't be blank"]),
        (
            "bob@example.com",
            "12345",
            "12345",
            &["Password is too short (minimum is 6 characters)"],
        ),
        (
            "bob@example.com",
            &long,
            &long,
            &["Password is too long (maximum is 128 characters)"],
        ),
        (
            "bob@example.com",
            ANOTHER,
            "battery",
            &["Password confirmation doesn't match Password"],
        ),
        (
            "bob",
            "1",
            "2",
            &[
                "Email is invalid",
                "Password is too short",
                "doesn't match Password",
                "3 things",
            ],
        ),
    ] {
        let fields = [
            ("user[email]", email),
            ("user[password]", password),
            ("user[password_confirmation]", confirmation),
        ];
        let shown = says(&bob.submit(&page, "/users", &fields).await, texts);
        let typed = email.trim().to_lowercase();
        assert!(shown.contains(&format!("value=\"{typed}\"")), "{shown}");
        assert!(
            !shown.contains(ANOTHER) && !shown.contains("value=\"1\""),
            "no password"
        );
    }
    assert!(!bob.is_signed_in().await);
    let japanese = site.browser().speaking("ja");
    let page = japanese.page("/users/sign_up").await;
    let refused = japanese
        .submit(&page, "/users", &[("user[email]", "x")])
        .await;
    says(
        &refused,
        &[
            "メールアドレスが正しくありません",
            "パスワードを入力してください",
        ],
    );
}

#[tokio::test]
async fn addresses_are_stripped_and_in_lower_case() {
    let site = Site::of_drill();
    let ann = site.browser();
    let body = json!({"user": {"email": " Ann@Example.COM ", "password": PASSWORD}});
    let made = ann.json(Method::POST, "/users.json", &body).await;
    assert_eq!(made.is(201).json()["email"], "ann@example.com");
    ann.signs_out().await.is(302);
    let body = json!({"email": "ANN@EXAMPLE.com\n", "password": PASSWORD});
    ann.json(Method::POST, "/users/sign_in", &body)
        .await
        .is(201);
}

#[tokio::test]
async fn a_sign_up_that_is_sent_twice_signs_in_once_more() {
    let site = Site::of_drill();
    let ann = site.browser();
    let page = ann.page("/users/sign_up").await;
    let fields = [
        ("user[email]", "ann@example.com"),
        ("user[password]", PASSWORD),
        ("user[password_confirmation]", PASSWORD),
    ];
    ann.submit(&page, "/users", &fields).await.is(302);
    ann.without_cookie("english_session");
    let again = ann.submit(&page, "/users", &fields).await;
    assert_eq!(again.is(302).header("location"), "/");
    assert!(ann.is_signed_in().await);
}

#[tokio::test]
async fn nobody_signs_up_where_that_is_closed() {
    let mut options = options();
    options.settings = "secret = \"the secret of the tests, 32 bytes at least\"\nsign_up = false\n";
    let site = Site::of_drill_with(&options);
    let ann = site.browser();
    ann.get("/users/sign_up").await.is(404);
    let page = ann.page("/users/sign_in").await;
    assert!(!page.contains("/users/sign_up"), "{page}");
    let body = json!({"user": {"email": "ann@example.com", "password": PASSWORD}});
    ann.json(Method::POST, "/users.json", &body).await.is(404);
    assert_eq!(site.user_id("ann@example.com"), None);
}

#[tokio::test]
async fn accounts_are_made_and_entered_by_json() {
    let site = Site::of_drill();
    let ann = site.browser();
    let bad = json!({"user": {"email": "ann", "password": "12345", "password_confirmation": "x"}});
    let refused = ann.json(Method::POST, "/users.json", &bad).await;
    let expected = json!({"errors": {
        "email": ["is invalid"],
        "password": ["is too short (minimum is 6 characters)"],
        "password_confirmation": ["doesn't match Password"],
    }});
    assert_eq!(refused.is(422).json(), expected);
    let body = json!({"user": {"email": "ann@example.com", "password": PASSWORD}});
    let made = ann.json(Method::POST, "/users.json", &body).await;
    let account = made.is(201).json();
    assert_eq!(account["mode"], "normal");
    assert_eq!(account["role"], "learner", "the first account too");
    assert!(
        !made
            .body
            .windows(4)
            .any(|bytes| bytes == b"hash" || bytes == b"argo")
    );
    // The token of the new session comes along.
    let token = made.header("x-csrf-token").to_owned();
    assert_eq!(token, ann.token().await);
    let out = ann
        .json_with(
            Method::DELETE,
            "/users/sign_out",
            &[("x-csrf-token", &token)],
            &Value::Null,
        )
        .await;
    out.is_bare(204);
    let wrong = json!({"user": {"email": "ann@example.com", "password": "battery"}});
    let refused = ann.json(Method::POST, "/users/sign_in.json", &wrong).await;
    assert_eq!(
        refused.is(401).json(),
        json!({"error": "Invalid Email or password."})
    );
    let entered = ann.json(Method::POST, "/users/sign_in", &body).await;
    assert_eq!(entered.is(201).json(), account);
    assert!(ann.is_signed_in().await);
}

#[tokio::test]
async fn only_delete_signs_out_by_itself_or_by_a_form() {
    let site = Site::of_drill();
    let ann = site.learner("ann").await;
    ann.get("/users/sign_out").await.is(405);
    let token = ann.token().await;
    let fields = [("authenticity_token", token.as_str())];
    ann.post("/users/sign_out", &fields).await.is(405);
    assert!(ann.is_signed_in().await);
    ann.signs_out().await.is(302);
    assert!(!ann.is_signed_in().await);
}

#[tokio::test]
async fn a_page_that_was_wanted_is_where_a_sign_in_leads() {
    let site = Site::of_drill();
    let ann = site.learner("ann").await;
    ann.signs_out().await.is(302);
    let refused = ann.get("/users/edit?a=b%20c").await;
    let first = "You need to sign in or sign up before continuing.";
    leads!(ann, refused, "/users/sign_in", first);
    ann.signs_in("ann", "battery", false).await.is(200);
    let signed_in = ann.signs_in("ann", PASSWORD, false).await;
    leads!(
        ann,
        signed_in,
        "/users/edit?a=b%20c",
        "Signed in successfully."
    );
    ann.signs_out().await.is(302);
    let again = ann.signs_in("ann", PASSWORD, false).await;
    assert_eq!(again.is(302).header("location"), "/", "it was used");
    // What a form was sent to is no page, and programs are told.
    let bob = site.browser();
    let token = bob.token().await;
    let fields = [("authenticity_token", token.as_str()), ("_method", "put")];
    let refused = bob.post("/users", &fields).await;
    assert_eq!(refused.is(302).header("location"), "/users/sign_in");
    assert_eq!(bob.cookie("english_target"), None);
    let refused = bob.json(Method::PUT, "/users", &json!({})).await;
    assert_eq!(refused.is(401).json(), json!({"error": first}));
    // A sign-up leads there, too.
    bob.get("/users/edit").await.is(302);
    let signed_up = bob.signs_up("bob").await;
    assert_eq!(signed_up.is(302).header("location"), "/users/edit");
}

#[tokio::test]
async fn a_remembered_session_outlasts_the_browser_and_ends_at_the_sign_out() {
    let site = Site::of_drill();
    site.learner("ann").await;
    let (here, there) = (site.browser(), site.browser());
    let plain = here.signs_in("ann", PASSWORD, false).await;
    assert!(
        !plain.header("set-cookie").contains("Max-Age=1209600"),
        "{plain}"
    );
    let remembered = there.signs_in("ann", PASSWORD, true).await;
    let lines = remembered.headers.get_all("set-cookie").iter();
    let mut lines = lines.map(|line| line.to_str().unwrap());
    let line = lines
        .find(|line| line.starts_with("english_session="))
        .unwrap();
    let attributes = line.split_once("; ").unwrap().1;
    assert_eq!(
        attributes,
        "HttpOnly; SameSite=Lax; Path=/; Max-Age=1209600"
    );
    assert!(here.is_signed_in().await && there.is_signed_in().await);
    here.signs_out().await.is(302);
    assert!(!there.is_signed_in().await, "all sessions end");
}

#[tokio::test]
async fn the_account_is_changed_with_the_current_password_only() {
    let site = Site::of_drill();
    let (ann, elsewhere) = (site.learner("ann").await, site.browser());
    site.learner("bob").await;
    elsewhere.signs_in("ann", PASSWORD, true).await.is(302);
    let page = ann.page("/users/edit").await;
    let change = async |fields: &[(&str, &str)]| {
        let page = ann.page("/users/edit").await;
        ann.submit_as("put", &page, "/users", fields).await
    };
    assert!(page.contains("value=\"ann@example.com\"") && page.contains("<td>normal</td>"));
    for (current, text) in [
        ("", "Current password can't be blank"),
        ("x", "Current password is invalid"),
    ] {
        let fields = [
            ("user[email]", "eve@example.com"),
            ("user[current_password]", current),
        ];
        let shown = says(&change(&fields).await, &[text]);
        assert!(shown.contains("value=\"eve@example.com\""), "{shown}");
    }
    for (email, password, confirmation, text) in [
        ("bob@example.com", "", "", "Email has already been taken"),
        ("", "", "", "Email can't be blank"),
        ("ann@example.com", "12345", "12345", "Password is too short"),
        (
            "ann@example.com",
            "battery staple",
            "",
            "doesn't match Password",
        ),
    ] {
        let fields = [
            ("user[email]", email),
            ("user[password]", password),
            ("user[password_confirmation]", confirmation),
            ("user[current_password]", PASSWORD),
        ];
        says(&change(&fields).await, &[text]);
    }
    // An empty password stays, and the mode is not changed here.
    let fields = [
        ("user[email]", "Anna@example.com"),
        ("user[password]", ""),
        ("user[password_confirmation]", ""),
        ("user[mode]", "top"),
        ("user[role]", "editor"),
        ("user[current_password]", PASSWORD),
    ];
    let updated = "Your account has been updated successfully.";
    leads!(ann, change(&fields).await, "/", updated);
    assert!(elsewhere.is_signed_in().await, "the password is the same");
    assert!(ann.page("/users/edit").await.contains("<td>normal</td>"));
    let fields = [
        ("user[password]", "battery staple"),
        ("user[password_confirmation]", "battery staple"),
        ("user[current_password]", PASSWORD),
    ];
    leads!(ann, change(&fields).await, "/", updated);
    assert!(ann.is_signed_in().await, "here it goes on");
    assert!(!elsewhere.is_signed_in().await, "elsewhere it ends");
    elsewhere.signs_in("anna", PASSWORD, false).await.is(200);
    elsewhere
        .signs_in("anna", "battery staple", false)
        .await
        .is(302);
    assert_eq!(site.user_id("ann@example.com"), None);
}

#[tokio::test]
async fn the_account_is_changed_by_json() {
    let site = Site::of_drill();
    let ann = site.learner("ann").await;
    for (method, password, next) in [
        (Method::PATCH, PASSWORD, "battery staple"),
        (Method::PUT, "battery staple", PASSWORD),
    ] {
        let wrong = json!({"user": {"password": next, "current_password": "x"}});
        let refused = ann.json(method.clone(), "/users.json", &wrong).await;
        let expected = json!({"errors": {"current_password": ["is invalid"]}});
        assert_eq!(refused.is(422).json(), expected);
        let right = json!({"user": {"password": next, "current_password": password}});
        ann.json(method, "/users", &right).await.is_bare(204);
        assert!(ann.is_signed_in().await);
    }
}
