//! Rows 29 to 41 of the contract's table: the own account, profiles, following.

use serde_json::{Value, json};

use crate::conduit::site::{PASSWORD, keys};
use crate::support::harness::Site;

const BLANK: &str = "can't be blank";

#[tokio::test]
async fn row_29_a_bio() {
    let site = Site::of_blog();
    let ann = site.user("ann").await;
    let before = ann.account().await;
    let answer = ann.changes(&json!({"bio": "x"})).await;
    let user = answer.is(200).value()["user"].clone();
    assert!(!user["token"].as_str().unwrap().is_empty());
    assert!(keys(
        &answer.text(),
        &["user", "email", "token", "username", "bio", "image"]
    ));
    let mut expected = before;
    expected["bio"] = json!("x");
    assert_eq!(ann.account().await, expected);
}

#[tokio::test]
async fn row_30_what_clears_bio_and_image() {
    let site = Site::of_blog();
    let ann = site.user("ann").await;
    for nothing in [json!(""), Value::Null] {
        for (key, value) in [("bio", "x"), ("image", "https://a/b.png")] {
            ann.changes(&json!({key: value})).await.is(200);
            assert_eq!(ann.account().await[key], value);
            let answer = ann.changes(&json!({key: nothing})).await;
            assert_eq!(answer.is(200).value()["user"][key], Value::Null);
            assert_eq!(ann.account().await[key], Value::Null);
        }
    }
    ann.changes(&json!({"bio": "  "})).await.is(200);
    assert_eq!(ann.account().await["bio"], "  ", "blanks stay");
}

#[tokio::test]
async fn row_31_images_that_are_no_addresses() {
    let site = Site::of_blog();
    let ann = site.user("ann").await;
    for image in [
        "x",
        "data:image/png;base64,AAAA",
        "ftp://a/b",
        "javascript:alert(1)",
        "http://",
    ] {
        let answer = ann.changes(&json!({"image": image})).await;
        answer.is_wrong(422, &[("image", "is invalid")]);
    }
    assert_eq!(ann.account().await["image"], Value::Null);
}

#[tokio::test]
async fn row_32_names_and_addresses_cannot_be_emptied() {
    let site = Site::of_blog();
    let ann = site.user("ann").await;
    let before = ann.account().await;
    for key in ["email", "username"] {
        for nothing in [json!(""), Value::Null, json!(" ")] {
            let answer = ann.changes(&json!({key: nothing, "bio": "new"})).await;
            answer.is_wrong(422, &[(key, BLANK)]);
        }
    }
    assert_eq!(ann.account().await, before);
}

#[tokio::test]
async fn row_33_what_others_have_and_what_one_has() {
    let site = Site::of_blog();
    let (ann, _bob) = (site.user("ann").await, site.user("bob").await);
    let before = ann.account().await;
    let taken = "has already been taken";
    for (key, value) in [
        ("username", "bob"),
        ("username", "BOB"),
        ("email", "bob@example.com"),
    ] {
        let answer = ann.changes(&json!({key: value, "bio": "new"})).await;
        answer.is_wrong(409, &[(key, taken)]);
    }
    let both = json!({"username": "bob", "email": "bob@example.com"});
    ann.changes(&both)
        .await
        .is_wrong(409, &[("username", taken), ("email", taken)]);
    assert_eq!(ann.account().await, before);
    let own = json!({"username": "ann", "email": "ann@example.com"});
    ann.changes(&own).await.is(200);
    ann.changes(&json!({"username": "Ann"})).await.is(200);
    assert_eq!(ann.account().await["username"], "Ann");
}

#[tokio::test]
async fn row_34_passwords_that_are_none() {
    let site = Site::of_blog();
    let ann = site.user("ann").await;
    for (password, text) in [
        (json!(""), BLANK),
        (Value::Null, BLANK),
        (json!("1234567"), "is too short (minimum is 8 characters)"),
        (
            json!("字字字字字字字"),
            "is too short (minimum is 8 characters)",
        ),
        (json!(12_345_678), "must be a string"),
    ] {
        let answer = ann.changes(&json!({"password": password})).await;
        answer.is_wrong(422, &[("password", text)]);
    }
    site.log_in("ann@example.com", PASSWORD).await.is(200);
}

#[tokio::test]
async fn row_35_a_new_password() {
    let site = Site::of_blog();
    let ann = site.user("ann").await;
    let mut old = PASSWORD.to_owned();
    for new in ["abcdefgh".to_owned(), "x".repeat(64), " blanks ".to_owned()] {
        ann.changes(&json!({"password": new})).await.is(200);
        site.log_in("ann@example.com", &new).await.is(200);
        let answer = site.log_in("ann@example.com", &old).await;
        answer.is_wrong(401, &[("credentials", "invalid")]);
        old = new;
    }
    let answer = site.log_in("ann@example.com", "blanks").await;
    answer.is_wrong(401, &[("credentials", "invalid")]);
}

#[tokio::test]
async fn row_36_name_and_address_together() {
    let site = Site::of_blog();
    let ann = site.user("ann").await;
    ann.changes(&json!({"bio": "kept"})).await.is(200);
    let both = json!({"username": "anna", "email": "anna@example.com"});
    ann.changes(&both).await.is(200);
    let expected =
        json!({"username": "anna", "email": "anna@example.com", "bio": "kept", "image": null});
    assert_eq!(ann.account().await, expected);
    site.get("/api/profiles/ann").await.is(404);
    site.get("/api/profiles/anna").await.is(200);
    site.log_in("anna@example.com", PASSWORD).await.is(200);
}

#[tokio::test]
async fn row_37_nothing_to_change() {
    let site = Site::of_blog();
    let ann = site.user("ann").await;
    let before = ann.account().await;
    for fields in [json!({}), json!({"token": "x", "id": 9})] {
        let user = ann.changes(&fields).await.is(200).value()["user"].clone();
        assert_ne!(user["token"], "x");
        assert_eq!(ann.account().await, before);
    }
}

#[tokio::test]
async fn row_38_profiles() {
    let site = Site::of_blog();
    let (ann, bob) = (site.user("ann").await, site.user("bob").await);
    let answer = site.get("/api/profiles/bob").await;
    let expected = r#"{"profile":{"username":"bob","bio":null,"image":null,"following":false}}"#;
    assert_eq!(answer.is(200).text(), expected);
    let following = async |name: &str| {
        let answer = ann.get(&format!("/api/profiles/{name}")).await;
        answer.is(200).value()["profile"]["following"].clone()
    };
    assert_eq!(
        (following("ann").await, following("bob").await),
        (json!(false), json!(false))
    );
    assert!(ann.follows("bob").await);
    assert_eq!(following("bob").await, json!(true));
    let answer = bob.get("/api/profiles/ann").await;
    assert_eq!(answer.is(200).value()["profile"]["following"], json!(false));
    for name in ["Bob", "nobody", "%FF", "%2F"] {
        let answer = site.get(&format!("/api/profiles/{name}")).await;
        answer.is_wrong(404, &[("profile", "not found")]);
    }
}

#[tokio::test]
async fn row_39_following_again() {
    let site = Site::of_blog();
    let (ann, _bob) = (site.user("ann").await, site.user("bob").await);
    let following = [
        ann.follows("bob").await,
        ann.follows("bob").await,
        ann.unfollows("bob").await,
        ann.unfollows("bob").await,
    ];
    assert_eq!(following, [true, true, false, false]);
}

#[tokio::test]
async fn row_40_following_oneself() {
    let site = Site::of_blog();
    let ann = site.user("ann").await;
    ann.writes("Own", &[]).await;
    assert!(!ann.follows("ann").await);
    assert_eq!(ann.feed("").await, (Vec::new(), 0));
    assert!(!ann.unfollows("ann").await);
}

#[tokio::test]
async fn row_41_following_nobody_and_as_nobody() {
    let site = Site::of_blog();
    let ann = site.user("ann").await;
    let path = "/api/profiles/nobody/follow";
    ann.post(path, &Value::Null)
        .await
        .is_wrong(404, &[("profile", "not found")]);
    ann.delete(path)
        .await
        .is_wrong(404, &[("profile", "not found")]);
    for method in [axum::http::Method::POST, axum::http::Method::DELETE] {
        for name in ["ann", "nobody"] {
            let path = format!("/api/profiles/{name}/follow");
            let answer = site.ask(method.clone(), &path, None, &Value::Null).await;
            answer.is_wrong(401, &[("token", "is missing")]);
        }
    }
}
