//! Tokens over HTTP, and what became of the passwords that imported accounts have.

use std::time::{Duration, SystemTime};

use ekiben::config::Mode;

use crate::service::metrics::value;
use crate::users::members::{club, options};

#[tokio::test]
async fn a_token_says_who_asks_and_nothing_else_does() {
    let site = club(&options());
    for name in ["alice", "bob"] {
        site.credentials("/members", name, "correct horse")
            .await
            .is(201);
        let token = site
            .credentials("/sign-in", name, "correct horse")
            .await
            .token();
        assert_eq!(site.me(&token).await.is(200).json()["name"], name);
        let mut changed = token.into_bytes();
        let middle = changed.len() / 2;
        changed[middle] ^= 1;
        site.me(&String::from_utf8(changed).unwrap()).await.is(401);
    }
    let refused = site.get("/me").await;
    assert_eq!(refused.is(401).header("www-authenticate"), "Token");
    let metrics = site.metrics().await;
    for (outcome, expected) in [("accepted", 2.0), ("invalid", 2.0), ("expired", 0.0)] {
        let name = format!("ekiben_auth_tokens_total{{app=\"people\",outcome=\"{outcome}\"}}");
        assert_eq!(value(&metrics, &name), expected, "{outcome}");
    }
}

#[tokio::test]
async fn a_token_expires_and_is_told_apart_from_an_invalid_one() {
    let mut options = options();
    options.settings = "secret = \"0123456789abcdef0123456789abcdef\"";
    let site = club(&options);
    site.credentials("/members", "alice", "correct horse")
        .await
        .is(201);
    let token = |expires: SystemTime, secret: &str| {
        let since = expires.duration_since(SystemTime::UNIX_EPOCH).unwrap();
        crate::users::keys::signed(1, since.as_secs(), secret)
    };
    let secret = "0123456789abcdef0123456789abcdef";
    let (now, minute) = (SystemTime::now(), Duration::from_secs(60));
    site.me(&token(now + minute, secret)).await.is(200);
    let expired = site.me(&token(now - minute, secret)).await;
    assert_eq!(expired.is(401).json_of_a_problem()["detail"], "has expired");
    for (expires, secret) in [
        (now + minute, "0123456789abcdef0123456789abcdeF"),
        (now - minute, ""),
    ] {
        let invalid = site.me(&token(expires, secret)).await;
        assert_eq!(invalid.is(401).json_of_a_problem()["detail"], "is invalid");
    }
}

#[tokio::test]
async fn an_imported_hash_is_replaced_at_the_first_sign_in() {
    let site = club(&options());
    let bcrypt = "$2b$04$tW6LWBXifjEKSN3GqEWcEecKSO29LnpeBH6Pms.hKGCqTJRUh.7t6";
    site.credentials("/import", "alice", bcrypt).await.is(201);
    let wrong = site.credentials("/sign-in", "alice", "Gruße 電池").await;
    wrong.is(401);
    for expected in [true, false] {
        let answer = site.credentials("/sign-in", "alice", "Grüße 電池").await;
        assert_eq!(answer.is(200).json()["rehashed"], expected);
    }
    let name = "ekiben_auth_rehashes_total{app=\"people\",outcome=\"replaced\"}";
    assert_eq!(value(&site.metrics().await, name), 1.0);
    // A replica could not store another one.
    let mut options = options();
    options.mode = Mode::Replica;
    options.settings = "secret = \"0123456789abcdef0123456789abcdef\"";
    let replica = club(&options);
    replica
        .credentials("/import", "alice", bcrypt)
        .await
        .is(201);
    let answer = replica.credentials("/sign-in", "alice", "Grüße 電池").await;
    assert_eq!(answer.is(200).json()["rehashed"], false);
    assert_eq!(value(&replica.metrics().await, name), 0.0);
    // An account without a password has none.
    site.credentials("/import", "ghost", "!").await.is(201);
    for password in ["!", "", "x"] {
        site.credentials("/sign-in", "ghost", password)
            .await
            .is(401);
    }
}
