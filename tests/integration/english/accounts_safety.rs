//! Sessions and accounts against those who mean harm: sessions that were fixed, kept or made up, forms that are
//! not the site's own, addresses that would lead away, and guesses at who has an account.

use std::cell::Cell;

use axum::http::Method;
use ekiben::auth::password::PasswordCost;
use ekiben::store::StoreError;
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::english::site::{PASSWORD, options};
use crate::support::browser::{encoded, html};
use crate::support::harness::{Answer, Site};

#[tokio::test]
async fn a_session_is_another_one_after_each_sign_in() {
    let site = Site::of_drill();
    let ann = site.learner("ann").await;
    let first = ann.cookie("english_session").unwrap();
    ann.without_cookie("english_session");
    // What an attacker planted is nobody's, and is replaced.
    let planted = site.learner("eve").await.cookie("english_session").unwrap();
    ann.set_cookie("english_session", &planted);
    let token = ann.token().await;
    let body = json!({"user": {"email": "ann@example.com", "password": PASSWORD}});
    let headers = [("x-csrf-token", token.as_str())];
    let entered = ann
        .json_with(Method::POST, "/users/sign_in", &headers, &body)
        .await;
    assert_eq!(entered.is(201).json()["email"], "ann@example.com");
    let second = ann.cookie("english_session").unwrap();
    assert!(second != first && second != planted);
    assert_ne!(ann.token().await, token, "and so is the token of forms");
    // A visitor's token from before the sign-in is worth nothing after it.
    let bob = site.browser();
    let before = bob.token().await;
    bob.signs_up("bob").await.is(302);
    let fields = [
        ("authenticity_token", before.as_str()),
        ("_method", "delete"),
    ];
    bob.post("/users/sign_out", &fields).await.is(422);
    assert!(bob.is_signed_in().await);
}

#[tokio::test]
async fn a_session_that_was_kept_is_over_after_the_sign_out() {
    let site = Site::of_drill();
    let ann = site.learner("ann").await;
    let kept = ann.cookie("english_session").unwrap();
    ann.signs_out().await.is(302);
    ann.set_cookie("english_session", &kept);
    assert!(!ann.is_signed_in().await);
    assert_eq!(
        ann.get("/users/edit").await.is(302).header("location"),
        "/users/sign_in"
    );
}

#[tokio::test]
async fn a_session_that_was_made_up_is_none() {
    let site = Site::of_drill();
    let ann = site.learner("ann").await;
    let cookie = ann.cookie("english_session").unwrap();
    let (head, tail) = cookie.split_at(cookie.len() / 2);
    let flipped = if tail.starts_with('A') { "B" } else { "A" };
    let changed = format!("{head}{flipped}{}", &tail[1..]);
    for forged in [
        changed.as_str(),
        head,
        "",
        "1",
        "eyJ1c2VyIjoxfQ",
        &"A".repeat(500),
    ] {
        ann.set_cookie("english_session", forged);
        assert!(!ann.is_signed_in().await, "{forged}");
    }
    ann.set_cookie("english_session", &cookie);
    assert!(ann.is_signed_in().await);
}

/// Every request of accounts that changes something.
const FORMS: [(&str, &str); 9] = [
    ("post", "/users/sign_in"),
    ("post", "/users/password"),
    ("put", "/users/password"),
    ("patch", "/users/password"),
    ("delete", "/users"),
    ("post", "/users"),
    ("put", "/users"),
    ("patch", "/users"),
    ("delete", "/users/sign_out"),
];

#[tokio::test]
async fn requests_without_the_token_are_refused_before_anything_else() {
    let site = Site::of_drill();
    let (ann, bob) = (site.learner("ann").await, site.learner("bob").await);
    let (hers, his) = (ann.token().await, bob.token().await);
    let nobody = site.browser();
    nobody.page("/").await;
    let fields = [
        ("user[email]", "ann@example.com"),
        ("user[password]", PASSWORD),
        ("user[current_password]", PASSWORD),
    ];
    for (method, path) in FORMS {
        for browser in [&ann, &nobody] {
            for wrong in [None, Some(""), Some("0"), Some(his.as_str())] {
                let mut fields = fields.to_vec();
                fields.extend(wrong.map(|token| ("authenticity_token", token)));
                fields.push(("_method", method));
                fields.retain(|field| field != &("_method", "post"));
                let refused = browser.post(path, &fields).await;
                assert!(
                    html(refused.is(422)).contains("The form is out of date"),
                    "{path}"
                );
                let headers: Vec<_> = wrong
                    .map(|token| ("x-csrf-token", token))
                    .into_iter()
                    .collect();
                let method = method.to_uppercase().parse().unwrap();
                let body = json!({"user": {"email": "ann@example.com", "password": PASSWORD}});
                browser
                    .json_with(method, path, &headers, &body)
                    .await
                    .is(422);
            }
        }
        // With the right one, but from a page of another site.
        let mut fields = fields.to_vec();
        fields.extend([("authenticity_token", hers.as_str()), ("_method", method)]);
        fields.retain(|field| field != &("_method", "post"));
        let foreign = [
            ("sec-fetch-site", "cross-site"),
            ("origin", "https://evil.example"),
        ];
        ann.send(Method::POST, path, &foreign, encoded(&fields))
            .await
            .is(403);
    }
    assert!(ann.is_signed_in().await && !nobody.is_signed_in().await);
    let answer = ann
        .json(Method::DELETE, "/users/sign_out", &Value::Null)
        .await;
    answer.is(204);
}

#[tokio::test]
async fn nothing_that_was_planted_leads_a_sign_in_away() {
    let site = Site::of_drill();
    site.learner("ann").await;
    let encode = |text: &str| data_encoding::BASE64URL_NOPAD.encode(text.as_bytes());
    for target in [
        "//evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "/a\r\nset-cookie: a=b",
    ] {
        let ann = site.browser();
        ann.set_cookie("english_target", &encode(target));
        let answer = ann.signs_in("ann", PASSWORD, false).await;
        assert_eq!(answer.is(302).header("location"), "/", "{target}");
    }
    // Addresses that are asked for are paths of this site, however they are written.
    for path in ["//evil.example/users/edit", "/users/edit?x=//evil.example"] {
        let ann = site.browser();
        drop(ann.get(path).await);
        let answer = ann.signs_in("ann", PASSWORD, false).await;
        let location = answer.is(302).header("location");
        assert!(
            location.starts_with('/') && !location.starts_with("//"),
            "{location}"
        );
    }
}

/// A hash is computed whether there is an account or not, and none for a link by mail.
#[tokio::test]
async fn who_has_an_account_is_not_told_by_time() {
    let site = Site::of_drill();
    site.learner("ann").await;
    let work = || format!("{:?}", site.site.work().figures().seconds);
    for name in ["ann", "nobody"] {
        let browser = site.browser();
        let before = work();
        browser.signs_in(name, "battery", false).await.is(200);
        let after = work();
        assert_ne!(before, after, "{name}");
        let body = json!({"user": {"email": format!("{name}@example.com")}});
        let sent = browser.json(Method::POST, "/users/password", &body).await;
        sent.is(201);
        assert_eq!(work(), after, "{name}");
    }
}

#[tokio::test]
async fn too_many_guesses_are_refused_whether_there_is_an_account_or_not() {
    let mut options = options();
    options.config.auth.account_failures = 3;
    options.config.auth.window_minutes = 600;
    let site = Site::of_drill_with(&options);
    let ann = site.learner("ann").await;
    for name in ["ann", "nobody"] {
        let browser = site.browser();
        for _ in 0..3 {
            browser.signs_in(name, "battery", false).await.is(200);
        }
        let refused = browser.signs_in(name, PASSWORD, false).await;
        let page = html(refused.is(429));
        assert!(page.contains("Too many attempts"), "{page}");
        assert_ne!(refused.header("retry-after"), "");
    }
    // Who is signed in goes on, and cannot be guessed from there either.
    assert!(ann.is_signed_in().await);
    let body = json!({"user": {"email": "eve@example.com", "current_password": PASSWORD}});
    ann.json(Method::PATCH, "/users", &body).await.is(429);
}

/// Whoever gives the own account another address is told if it is taken, so that is bounded as sign-ups are, and
/// together with them.
#[tokio::test]
async fn who_has_an_account_is_not_found_out_by_changing_the_own_address() {
    let mut options = options();
    options.config.auth.client_registrations = 5;
    options.config.auth.window_minutes = 600;
    let site = Site::of_drill_with(&options);
    site.learner("bob").await;
    let ann = site.learner("ann").await;
    let change = async |email: &str, password: &str| {
        let body = json!({"user": {"email": email, "current_password": password}});
        ann.json(Method::PATCH, "/users", &body).await
    };
    for _ in 0..3 {
        let taken = change("bob@example.com", PASSWORD).await;
        assert_eq!(
            taken.is(422).json()["errors"]["email"],
            json!(["has already been taken"])
        );
        // What is no change is none.
        change("ann@example.com", PASSWORD).await.is(204);
    }
    for guess in ["bob@example.com", "nobody@example.com"] {
        let refused = change(guess, PASSWORD).await;
        assert_ne!(refused.is(429).header("retry-after"), "");
    }
    change("ann@example.com", PASSWORD).await.is(204);
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_are_answered_alike() {
    let site = Site::of_drill();
    site.learner("ann").await;
    let mut pages = Vec::new();
    for name in ["ann", "nobody"] {
        let browser = site.browser();
        let answer = browser.signs_in(name, "battery", false).await;
        let page = html(answer.is(200));
        assert!(page.contains("Invalid Email or password."), "{page}");
        assert!(!page.contains("battery"));
        let token = browser.token().await;
        pages.push(page.replace(name, "x").replace(&token, ""));
        let body = json!({"user": {"email": format!("{name}@example.com"), "password": "battery"}});
        let answer = browser.json(Method::POST, "/users/sign_in", &body).await;
        assert_eq!(
            answer.is(401).json(),
            json!({"error": "Invalid Email or password."})
        );
    }
    assert_eq!(pages[0], pages[1]);
}

/// Gives ann a hash that takes longer to verify than a write takes.
async fn hash_slowly(site: &Site) {
    let cost = PasswordCost {
        memory_kib: 32 * 1024,
        passes: 4,
    };
    let hash = cost.hash(&PASSWORD.into()).unwrap();
    let job = move |connection: &Connection| {
        let sql = "UPDATE users SET encrypted_password = ?1";
        Ok::<_, StoreError>(connection.execute(sql, [hash])?)
    };
    site.store.write(job).await.unwrap();
}

/// What `request` is answered, during which `sql` was done.
async fn answered_during(
    site: &Site,
    sql: &'static str,
    request: impl AsyncFn() -> Answer,
) -> Answer {
    loop {
        hash_slowly(site).await;
        let is_done = Cell::new(false);
        let request = async {
            let answer = request().await;
            (answer, is_done.get())
        };
        let write = async {
            let job = |connection: &Connection| Ok::<_, StoreError>(connection.execute(sql, [])?);
            site.store.write(job).await.unwrap();
            is_done.set(true);
        };
        // The request is begun first. On a machine that is busy it may still end first.
        let ((answer, was_during), ()) = tokio::join!(request, write);
        if was_during {
            return answer;
        }
    }
}

#[tokio::test]
async fn a_password_that_changes_while_it_is_verified_signs_nobody_in() {
    let site = Site::of_drill();
    site.learner("ann").await;
    let changed =
        "UPDATE users SET encrypted_password = 'another', session_epoch = session_epoch + 1";
    let eve = site.browser();
    answered_during(&site, changed, async || {
        eve.signs_in("ann", PASSWORD, true).await
    })
    .await
    .is(401);
    assert!(!eve.is_signed_in().await);
}

#[tokio::test]
async fn a_sign_out_elsewhere_holds_for_whoever_changes_an_address_at_the_time() {
    let site = Site::of_drill();
    let ended = "UPDATE users SET session_epoch = session_epoch + 1";
    for (number, body) in [
        json!({"user": {"email": "anna@example.com", "current_password": PASSWORD}}),
        json!({"user": {"current_password": PASSWORD}}),
    ]
    .iter()
    .enumerate()
    {
        let ann = site.learner(&format!("ann{number}")).await;
        let token = ann.token().await;
        let cookie = ann.cookie("english_session").unwrap();
        let headers = [("x-csrf-token", token.as_str())];
        let change = async || {
            ann.set_cookie("english_session", &cookie);
            ann.json_with(Method::PATCH, "/users.json", &headers, body)
                .await
        };
        answered_during(&site, ended, change).await.is(204);
        assert!(!ann.is_signed_in().await, "{body}");
    }
}
