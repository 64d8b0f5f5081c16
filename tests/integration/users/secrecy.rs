//! Nothing secret is where somebody could read it: logs, metrics, errors, printed values, other responses.

use axum::http::Method;
use serde_json::json;

use crate::support::captured_log::CapturedLog;
use crate::users::members::{club, options};

/// Everything that a server writes while its users do all that they can, at every level of the log.
#[tokio::test]
async fn no_secret_is_logged_counted_or_said() {
    let log = CapturedLog::begin();
    let mut options = options();
    options.config.auth.account_failures = 1;
    let site = club(&options);
    let (right, wrong, new) = ("correct horse", "wrong horse!", "battery staple");
    let mut said = String::new();
    let mut note = |answer: &crate::support::harness::Answer| said.push_str(&answer.to_string());
    note(&site.credentials("/members", "alice", right).await);
    note(&site.credentials("/members", "alice", right).await);
    note(&site.credentials("/members", "short", "2short!").await);
    let answer = site.credentials("/sign-in", "alice", right).await;
    let (token, cookie) = (answer.token(), answer.cookie());
    for password in [wrong, wrong] {
        note(&site.credentials("/sign-in", "alice", password).await);
    }
    note(&site.me(&token).await);
    note(&site.me(&token[1..]).await);
    note(&site.me_by_cookie(&cookie).await);
    note(&site.me_by_cookie(&cookie[..60]).await);
    note(
        &site
            .post_json(
                "/sign-in",
                r#"{"name":"alice","password":["correct horse"]}"#,
            )
            .await,
    );
    note(
        &site
            .post_json("/sign-in", r#"{"name":"alice","password":correct horse}"#)
            .await,
    );
    let reset = site.post("/forgotten", "text/plain", "alice").await;
    let reset = String::from_utf8(reset.is(200).body.to_vec()).unwrap();
    let given = json!({"name": "", "password": new}).to_string();
    let changed = site
        .with_header(Method::POST, "/password", ("cookie", &cookie), &given)
        .await;
    let renewed = changed.is(204).cookie();
    note(&site.credentials("/reset", &reset, new).await);
    let key = std::fs::read_to_string(site.folder.path().join("data/people.key")).unwrap();
    let written = [log.text(), site.metrics().await, said].concat();
    assert!(written.contains("ekiben::request"), "the log is there");
    assert!(
        written.contains("ekiben_auth_sign_ins_total"),
        "the metrics are there"
    );
    assert!(
        written.contains("Too many attempts"),
        "the answers are there"
    );
    let secrets = [
        right,
        wrong,
        new,
        "2short!",
        &token,
        &cookie["people_session=".len()..],
        &renewed["people_session=".len()..],
        &reset,
        key.trim_end(),
        "$argon2",
    ];
    for secret in secrets {
        assert!(!written.contains(secret), "{secret} in:\n{written}");
    }
    // A token without its first letter is as good as the token: its signature is the secret part.
    let signature = token.rsplit('.').next().unwrap();
    assert!(!written.contains(signature), "{written}");
    drop(site);
}
