//! Sessions over HTTP: their cookie, their end, the forms of their pages, and forgotten passwords.

use axum::http::Method;
use serde_json::json;

use crate::support::harness::Site;
use crate::users::members::{club, options};

/// A site with alice, who is signed in once: the site and her cookie.
async fn with_alice() -> (Site, String) {
    let site = club(&options());
    site.credentials("/members", "alice", "correct horse")
        .await
        .is(201);
    let cookie = site
        .credentials("/sign-in", "alice", "correct horse")
        .await
        .cookie();
    (site, cookie)
}

async fn new_password(site: &Site, cookie: &str, password: &str) -> String {
    let given = json!({"name": "", "password": password}).to_string();
    let answer = site
        .with_header(Method::POST, "/password", ("cookie", cookie), &given)
        .await;
    answer.is(204).cookie()
}

#[tokio::test]
async fn a_new_password_ends_every_other_session() {
    let (site, here) = with_alice().await;
    let elsewhere = site
        .credentials("/sign-in", "alice", "correct horse")
        .await
        .cookie();
    assert_ne!(here, elsewhere);
    for cookie in [&here, &elsewhere] {
        assert_eq!(
            site.me_by_cookie(cookie).await.is(200).json()["name"],
            "alice"
        );
    }
    let renewed = new_password(&site, &here, "battery staple").await;
    site.me_by_cookie(&renewed).await.is(200);
    for cookie in [&here, &elsewhere] {
        site.me_by_cookie(cookie).await.is(401);
    }
    site.credentials("/sign-in", "alice", "correct horse")
        .await
        .is(401);
    site.credentials("/sign-in", "alice", "battery staple")
        .await
        .is(200);
}

#[tokio::test]
async fn the_cookie_is_what_the_mount_and_the_address_say() {
    for (settings, mount, expected) in [
        ("", "/", "HttpOnly; SameSite=Lax; Path=/"),
        ("", "/club", "HttpOnly; SameSite=Lax; Path=/club/"),
        (
            "[site]\npublic_url = \"https://example.org/x\"",
            "/club",
            "HttpOnly; SameSite=Lax; Secure; Path=/x/club/",
        ),
    ] {
        let mut options = options();
        options.settings = settings;
        let mounts = &mut options.config.mounts;
        mounts.insert(
            "people".to_owned(),
            serde_json::from_value(json!(mount)).unwrap(),
        );
        let site = club(&options);
        let below = mount.trim_end_matches('/');
        let register = format!("{below}/members");
        site.credentials(&register, "alice", "correct horse")
            .await
            .is(201);
        for (remember, age) in [(false, ""), (true, "; Max-Age=1209600")] {
            let given = json!({"name": "alice", "password": "correct horse", "remember": remember});
            let answer = site
                .post_json(&format!("{below}/sign-in"), &given.to_string())
                .await;
            let line = answer.is(200).header("set-cookie");
            let (pair, attributes) = line.split_once("; ").unwrap();
            assert!(pair.starts_with("people_session="), "{line}");
            assert_eq!(attributes, format!("{expected}{age}"));
        }
        let out = site
            .post(&format!("{below}/sign-out"), "text/plain", "")
            .await;
        let line = out.is(204).header("set-cookie");
        assert!(
            line.starts_with(&format!("people_session=; {expected}; Max-Age=0")),
            "{line}"
        );
    }
}

#[tokio::test]
async fn forms_need_the_token_of_their_own_session() {
    let (site, cookie) = with_alice().await;
    let other = site
        .credentials("/sign-in", "alice", "correct horse")
        .await
        .cookie();
    let token = async |cookie: &str| {
        let answer = site
            .with_header(Method::GET, "/form", ("cookie", cookie), "")
            .await;
        String::from_utf8(answer.is(200).body.to_vec()).unwrap()
    };
    let send = async |cookie: &str, fields: String| {
        let answer = site
            .with_header(Method::POST, "/form", ("cookie", cookie), &fields)
            .await;
        answer.status.as_u16()
    };
    let (own, others) = (token(&cookie).await, token(&other).await);
    assert_eq!(own, token(&cookie).await, "the same as long as the session");
    assert_eq!(send(&cookie, format!("csrf_token={own}")).await, 204);
    assert_eq!(send(&cookie, format!("csrf_token={others}")).await, 403);
    assert_eq!(send(&cookie, "a=1".to_owned()).await, 403);
    let renewed = new_password(&site, &cookie, "battery staple").await;
    assert_eq!(send(&renewed, format!("csrf_token={own}")).await, 403);
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_once() {
    let (site, cookie) = with_alice().await;
    let mail = async || {
        let answer = site.post("/forgotten", "text/plain", "alice").await;
        String::from_utf8(answer.is(200).body.to_vec()).unwrap()
    };
    let (first, second) = (mail().await, mail().await);
    site.credentials(
        "/reset",
        &cookie["people_session=".len()..],
        "battery staple",
    )
    .await
    .is(410);
    site.credentials("/reset", &second, "battery staple")
        .await
        .is(204);
    for used in [&first, &second] {
        site.credentials("/reset", used, "another horse")
            .await
            .is(410);
    }
    site.me_by_cookie(&cookie).await.is(401);
    site.credentials("/sign-in", "alice", "battery staple")
        .await
        .is(200);
}
