//! Rows 1 to 28 of the contract's table: registering, signing in, tokens.

use std::time::{SystemTime, UNIX_EPOCH};

use axum::http::Method;
use serde_json::{Value, json};

use crate::conduit::site::{JSON, PASSWORD, SECRET, keys};
use crate::support::harness::Site;

const BLANK: &str = "can't be blank";

fn ann() -> Value {
    json!({"username": "ann", "email": "ann@example.com", "password": PASSWORD})
}

fn ann_with(changes: &Value) -> Value {
    let mut ann = ann();
    for (key, value) in changes.as_object().unwrap() {
        ann[key] = value.clone();
    }
    ann
}

#[tokio::test]
async fn row_01_register() {
    let site = Site::of_blog();
    let answer = site.try_to_register(&ann()).await;
    let user = answer.is(201).value()["user"].clone();
    assert!(!user["token"].as_str().unwrap().is_empty());
    assert_eq!((&user["bio"], &user["image"]), (&Value::Null, &Value::Null));
    assert_eq!(
        (&user["username"], &user["email"]),
        (&json!("ann"), &json!("ann@example.com"))
    );
    assert_eq!(user.as_object().unwrap().len(), 5);
    assert!(keys(
        &answer.text(),
        &["user", "email", "token", "username", "bio", "image"]
    ));
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[tokio::test]
async fn row_02_register_with_an_empty_field() {
    let site = Site::of_blog();
    for key in ["username", "email", "password"] {
        let answer = site.try_to_register(&ann_with(&json!({key: ""}))).await;
        answer.is_wrong(422, &[(key, BLANK)]);
    }
}

#[tokio::test]
async fn row_03_register_with_all_fields_empty() {
    let site = Site::of_blog();
    let fields = json!({"password": "", "email": "", "username": ""});
    let all = [("username", BLANK), ("email", BLANK), ("password", BLANK)];
    site.try_to_register(&fields).await.is_wrong(422, &all);
}

#[tokio::test]
async fn row_04_register_with_a_field_missing_null_or_a_number() {
    let site = Site::of_blog();
    for key in ["username", "email", "password"] {
        let mut fields = ann();
        fields.as_object_mut().unwrap().remove(key);
        site.try_to_register(&fields)
            .await
            .is_wrong(422, &[(key, BLANK)]);
        let null = ann_with(&json!({key: null}));
        site.try_to_register(&null)
            .await
            .is_wrong(422, &[(key, BLANK)]);
        let number = ann_with(&json!({key: 7}));
        let answer = site.try_to_register(&number).await;
        answer.is_wrong(422, &[(key, "must be a string")]);
    }
}

#[tokio::test]
async fn row_05_blanks_around_names() {
    let site = Site::of_blog();
    let blank = ann_with(&json!({"username": "   "}));
    site.try_to_register(&blank)
        .await
        .is_wrong(422, &[("username", BLANK)]);
    let answer = site
        .try_to_register(&ann_with(&json!({"username": " e29 "})))
        .await;
    assert_eq!(answer.is(201).value()["user"]["username"], "e29");
}

#[tokio::test]
async fn row_06_what_is_taken() {
    let site = Site::of_blog();
    site.user("ann").await;
    let taken = "has already been taken";
    let name = ann_with(&json!({"email": "new@example.com"}));
    site.try_to_register(&name)
        .await
        .is_wrong(409, &[("username", taken)]);
    let email = ann_with(&json!({"username": "new"}));
    site.try_to_register(&email)
        .await
        .is_wrong(409, &[("email", taken)]);
    let both = [("username", taken), ("email", taken)];
    site.try_to_register(&ann()).await.is_wrong(409, &both);
}

#[tokio::test]
async fn row_07_what_is_taken_in_another_case() {
    let site = Site::of_blog();
    site.user("ann").await;
    let taken = "has already been taken";
    let name = ann_with(&json!({"username": "Ann", "email": "new@example.com"}));
    site.try_to_register(&name)
        .await
        .is_wrong(409, &[("username", taken)]);
    let email = ann_with(&json!({"username": "new", "email": "ANN@Example.com"}));
    site.try_to_register(&email)
        .await
        .is_wrong(409, &[("email", taken)]);
}

#[tokio::test]
async fn row_08_registrations_of_one_name_at_once() {
    let site = Site::of_blog();
    let all = (0..8).map(|number| {
        let fields = ann_with(&json!({"email": format!("{number}@example.com")}));
        let site = &site;
        async move { site.try_to_register(&fields).await }
    });
    let mut statuses = Vec::new();
    let mut set = futures(all.collect()).await;
    for answer in set.drain(..) {
        statuses.push(answer.status.as_u16());
        if answer.status == 409 {
            answer.is_wrong(409, &[("username", "has already been taken")]);
        }
    }
    statuses.sort_unstable();
    assert_eq!(statuses, [&[201][..], &[409; 7]].concat());
}

/// All of them at once.
async fn futures<F: Future>(futures: Vec<F>) -> Vec<F::Output> {
    let mut pending: Vec<_> = futures
        .into_iter()
        .map(|one| (Box::pin(one), None))
        .collect();
    std::future::poll_fn(|context| {
        for (future, done) in &mut pending {
            if done.is_none()
                && let std::task::Poll::Ready(output) = future.as_mut().poll(context)
            {
                *done = Some(output);
            }
        }
        if pending.iter().all(|(_, done)| done.is_some()) {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    pending.into_iter().filter_map(|(_, done)| done).collect()
}

#[tokio::test]
async fn row_09_what_is_no_address() {
    let site = Site::of_blog();
    for email in ["notmail", "a@", "@b", "a@b@c", "a b@c"] {
        let answer = site
            .try_to_register(&ann_with(&json!({"email": email})))
            .await;
        answer.is_wrong(422, &[("email", "is invalid")]);
    }
}

#[tokio::test]
async fn row_10_the_longest_names() {
    let site = Site::of_blog();
    for (number, letter) in ["x", "字", "😀"].into_iter().enumerate() {
        let fields = json!({"username": letter.repeat(80), "email": format!("{number}@x")});
        let longest = ann_with(&fields);
        site.try_to_register(&longest).await.is(201);
        let answer = site
            .get(&format!("/api/profiles/{}", letter.repeat(80)))
            .await;
        assert_eq!(
            answer.is(200).value()["profile"]["username"],
            letter.repeat(80)
        );
        let longer = ann_with(&json!({"username": letter.repeat(81)}));
        let text = "is too long (maximum is 80 characters)";
        site.try_to_register(&longer)
            .await
            .is_wrong(422, &[("username", text)]);
    }
}

#[tokio::test]
async fn row_11_keys_that_nobody_knows() {
    let site = Site::of_blog();
    let more = json!({"token": "x", "foo": [1], "createdAt": "2000-01-01", "id": 7, "bio": "B",
        "image": "http://a/b"});
    let user = site.try_to_register(&ann_with(&more)).await.is(201).value()["user"].clone();
    assert_eq!(
        (&user["bio"], &user["image"]),
        (&json!("B"), &json!("http://a/b"))
    );
    assert_ne!(user["token"], "x");
    assert_eq!(user.as_object().unwrap().len(), 5);
}

#[tokio::test]
async fn row_12_bodies_without_a_user() {
    let site = Site::of_blog();
    for path in ["/api/users", "/api/users/login"] {
        for body in [
            "{}",
            "[]",
            "\"x\"",
            r#"{"user":null}"#,
            r#"{"user":"x"}"#,
            "",
            "null",
            "7",
        ] {
            let answer = site.post_json(path, body).await;
            answer.is_wrong(422, &[("user", BLANK)]);
        }
        let flat = site.post_json(path, &ann().to_string()).await;
        flat.is_wrong(422, &[("user", BLANK)]);
    }
    let ann = site.user("ann").await;
    for (method, path, key) in [
        (Method::PUT, "/api/user", "user"),
        (Method::POST, "/api/articles", "article"),
        (Method::PUT, "/api/articles/x", "article"),
        (Method::POST, "/api/articles/x/comments", "comment"),
    ] {
        for body in [json!({}), json!([]), Value::Null, json!({key: 1})] {
            let answer = ann.ask(method.clone(), path, &body).await;
            answer.is_wrong(422, &[(key, BLANK)]);
        }
    }
}

#[tokio::test]
async fn row_13_bodies_that_are_no_json() {
    let site = Site::of_blog();
    let wrong = [("body", "is not valid JSON")];
    for body in [
        "{bad",
        "{\"user\":{}} x",
        "{\"user\":{\"a\":\"\\ud800\"}}",
        "\u{feff}{}",
    ] {
        site.post_json("/api/users", body)
            .await
            .is_wrong(400, &wrong);
    }
    let answer = site.post(
        "/api/users",
        "application/json",
        &b"{\"user\":{\"a\":\"\xff\"}}"[..],
    );
    answer.await.is_wrong(400, &wrong);
    let deep = "[".repeat(100_000);
    site.post_json("/api/users", &deep)
        .await
        .is_wrong(400, &wrong);
}

#[tokio::test]
async fn row_14_json_whatever_the_media_type() {
    let site = Site::of_blog();
    let body = json!({"user": ann()}).to_string();
    site.post("/api/users", "text/plain", body).await.is(201);
    let request = axum::http::Request::post("/api/users/login");
    let body = json!({"user": ann()}).to_string();
    site.send(request.body(body.into()).unwrap()).await.is(200);
}

#[tokio::test]
async fn row_15_a_key_that_is_there_twice() {
    let site = Site::of_blog();
    let body =
        r#"{"user":{"username":"first","username":"last","email":"a@b","password":"12345678"}}"#;
    let answer = site.post_json("/api/users", body).await;
    assert_eq!(answer.is(201).value()["user"]["username"], "last");
}

#[tokio::test]
async fn row_16_log_in() {
    let site = Site::of_blog();
    site.user("ann").await;
    for email in ["ann@example.com", "ANN@EXAMPLE.com", " ann@example.com "] {
        let answer = site.log_in(email, PASSWORD).await;
        let user = answer.is(200).value()["user"].clone();
        assert_eq!(
            (&user["email"], &user["username"]),
            (&json!("ann@example.com"), &json!("ann"))
        );
        assert_eq!(answer.header("cache-control"), "no-store");
        let token = user["token"].as_str().unwrap();
        let own = site
            .ask(Method::GET, "/api/user", Some(token), &Value::Null)
            .await;
        assert_eq!(
            own.is(200).value()["user"],
            user,
            "the token is given back as it came"
        );
    }
}

#[tokio::test]
async fn row_17_a_wrong_password_and_an_unknown_address() {
    let site = Site::of_blog();
    site.user("ann").await;
    let wrong = site.log_in("ann@example.com", "wrong password").await;
    let unknown = site.log_in("nobody@example.com", PASSWORD).await;
    for answer in [&wrong, &unknown] {
        answer.is_wrong(401, &[("credentials", "invalid")]);
    }
    assert_eq!(wrong.body, unknown.body);
    let names = |answer: &crate::support::harness::Answer| -> Vec<String> {
        answer.headers.keys().map(ToString::to_string).collect()
    };
    assert_eq!(names(&wrong), names(&unknown));
}

#[tokio::test]
async fn row_18_log_in_with_an_empty_field() {
    let site = Site::of_blog();
    site.log_in("", PASSWORD)
        .await
        .is_wrong(422, &[("email", BLANK)]);
    site.log_in("ann@example.com", "")
        .await
        .is_wrong(422, &[("password", BLANK)]);
    let both = [("email", BLANK), ("password", BLANK)];
    site.log_in("", "").await.is_wrong(422, &both);
}

#[tokio::test]
async fn row_19_log_in_with_a_stale_header() {
    let site = Site::of_blog();
    site.user("ann").await;
    let body = json!({"user": {"email": "ann@example.com", "password": PASSWORD}});
    for token in ["stale", &token_of(1, -60, SECRET)] {
        let answer = site
            .ask(Method::POST, "/api/users/login", Some(token), &body)
            .await;
        answer.is(200);
        let fields = json!({"user": ann_with(&json!({"username": "x", "email": "x@y"}))});
        let answer = site
            .ask(Method::POST, "/api/users", Some(token), &fields)
            .await;
        assert!([201, 409].contains(&answer.status.as_u16()), "{answer}");
    }
}

#[tokio::test]
async fn row_20_log_in_by_name() {
    let site = Site::of_blog();
    site.user("ann").await;
    let body = json!({"user": {"username": "ann", "password": PASSWORD}});
    let answer = site
        .ask(Method::POST, "/api/users/login", None, &body)
        .await;
    answer.is_wrong(422, &[("email", BLANK)]);
}

#[tokio::test]
async fn row_21_long_passwords_count_to_their_end() {
    let site = Site::of_blog();
    let long = "0123456789".repeat(10);
    site.try_to_register(&ann_with(&json!({"password": long})))
        .await
        .is(201);
    let answer = site.log_in("ann@example.com", &long[..72]).await;
    answer.is_wrong(401, &[("credentials", "invalid")]);
    site.log_in("ann@example.com", &long).await.is(200);
    let longer = ann_with(&json!({"username": "b", "email": "b@c", "password": "x".repeat(1_025)}));
    let text = "is too long (maximum is 1024 bytes)";
    site.try_to_register(&longer)
        .await
        .is_wrong(422, &[("password", text)]);
}

#[tokio::test]
async fn row_22_no_token() {
    let site = Site::of_blog();
    for headers in [&[][..], &[("authorization", "")]] {
        let answer = site
            .ask_with(Method::GET, "/api/user", headers, &Value::Null)
            .await;
        answer.is_wrong(401, &[("token", "is missing")]);
    }
}

#[tokio::test]
async fn row_23_schemes() {
    let site = Site::of_blog();
    let token = site.user("ann").await.token;
    let ask = async |value: String| {
        let headers = [("authorization", value.as_str())];
        site.ask_with(Method::GET, "/api/user", &headers, &Value::Null)
            .await
    };
    for good in ["Token", "token", "TOKEN", "Bearer", "bearer"] {
        ask(format!("{good} {token}")).await.is(200);
    }
    for bad in [
        "Token".to_owned(),
        "Token ".to_owned(),
        token.clone(),
        format!("Token {token} x"),
        format!("Basic {token}"),
        format!("Tokens {token}"),
    ] {
        ask(bad).await.is_wrong(401, &[("token", "is missing")]);
    }
    let headers = [("authorization", "Basic YTpi")];
    let answer = site
        .ask_with(Method::GET, "/api/articles", &headers, &Value::Null)
        .await;
    answer.is(200);
}

/// A token that is signed with HMAC-SHA-256, with this header and these claims.
fn signed(header: &Value, claims: &Value, secret: &str) -> String {
    use data_encoding::BASE64URL_NOPAD;
    let part = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
    let text = format!("{}.{}", part(header), part(claims));
    format!(
        "{text}.{}",
        BASE64URL_NOPAD.encode(&hmac(secret.as_bytes(), text.as_bytes()))
    )
}

/// HMAC-SHA-256 (RFC 2104) by hand, so that tokens of tests are made by other code than the service's.
fn hmac(key: &[u8], text: &[u8]) -> Vec<u8> {
    use sha2::{Digest as _, Sha256};
    let mut block = [0; 64];
    block[..key.len()].copy_from_slice(key);
    let padded = |with: u8| block.map(|byte| byte ^ with);
    let inner = Sha256::new()
        .chain_update(padded(0x36))
        .chain_update(text)
        .finalize();
    Sha256::new()
        .chain_update(padded(0x5c))
        .chain_update(inner)
        .finalize()
        .to_vec()
}

/// A token of user `id` that expires in so many seconds.
pub(crate) fn token_of(id: i64, expires_in: i64, secret: &str) -> String {
    let claims = json!({"sub": id.to_string(), "iat": now() - 60, "exp": now() + expires_in});
    signed(&json!({"alg": "HS256", "typ": "JWT"}), &claims, secret)
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(since.as_secs()).unwrap()
}

#[tokio::test]
async fn row_24_tokens_that_are_none() {
    let site = Site::of_blog();
    let token = site.user("ann").await.token;
    let good = token_of(1, 600, SECRET);
    let own = async |token: String| {
        site.ask(Method::GET, "/api/user", Some(&token), &Value::Null)
            .await
    };
    own(good.clone()).await.is(200);
    let claims = json!({"sub": "1", "iat": now(), "exp": now() + 600});
    let (head, rest) = token.split_once('.').unwrap();
    let flipped = if token.ends_with('A') { "B" } else { "A" };
    let bad = [
        "abc".to_owned(),
        "a.b.c".to_owned(),
        format!("{token}x"),
        format!("{}{flipped}", &token[..token.len() - 1]),
        signed(&json!({"alg": "none"}), &claims, SECRET),
        format!(
            "{}.",
            signed(&json!({"alg": "none"}), &claims, SECRET)
                .rsplit_once('.')
                .unwrap()
                .0
        ),
        signed(&json!({"alg": "HS512"}), &claims, SECRET),
        token_of(1, 600, "another secret, also of 32 bytes at least"),
        signed(&json!({"alg": "HS256"}), &json!({"sub": "1"}), SECRET),
        signed(
            &json!({"alg": "HS256"}),
            &json!({"exp": now() + 600}),
            SECRET,
        ),
        signed(
            &json!({"alg": "HS256"}),
            &json!({"sub": "x", "exp": now() + 600}),
            SECRET,
        ),
        format!("{head}..{}", rest.split_once('.').unwrap().1),
        "x".repeat(5_000),
    ];
    for token in bad {
        let shown: String = token.chars().take(80).collect();
        let answer = own(token).await;
        answer.is_wrong(401, &[("token", "is invalid")]);
        assert!(!answer.text().contains(&shown));
    }
}

#[tokio::test]
async fn row_25_expired_tokens() {
    let site = Site::of_blog();
    site.user("ann").await;
    let token = token_of(1, -120, SECRET);
    for path in [
        "/api/user",
        "/api/articles",
        "/api/profiles/ann",
        "/api/articles/x/comments",
    ] {
        let answer = site
            .ask(Method::GET, path, Some(&token), &Value::Null)
            .await;
        answer.is_wrong(401, &[("token", "has expired")]);
    }
}

#[tokio::test]
async fn row_26_tokens_of_nobody() {
    let site = Site::of_blog();
    site.user("ann").await;
    for path in ["/api/user", "/api/articles"] {
        let token = token_of(999, 600, SECRET);
        let answer = site
            .ask(Method::GET, path, Some(&token), &Value::Null)
            .await;
        answer.is_wrong(401, &[("token", "is invalid")]);
    }
}

#[tokio::test]
async fn row_27_tags_with_a_garbage_token() {
    let site = Site::of_blog();
    let answer = site
        .ask(Method::GET, "/api/tags", Some("garbage"), &Value::Null)
        .await;
    assert_eq!(answer.is(200).text(), r#"{"tags":[]}"#);
    assert_eq!(answer.header("content-type"), JSON);
}

#[tokio::test]
async fn row_28_tokens_from_before_a_change() {
    let site = Site::of_blog();
    let ann = site.user("ann").await;
    for fields in [
        json!({"password": "another password"}),
        json!({"username": "anna"}),
        json!({"email": "anna@example.com"}),
    ] {
        ann.changes(&fields).await.is(200);
        ann.get("/api/user").await.is(200);
    }
}
