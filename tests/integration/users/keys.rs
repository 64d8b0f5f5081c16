//! The secret of an app: made once by a primary, shared with others, refused when it is none.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use data_encoding::BASE64URL_NOPAD;
use ekiben::config::Mode;
use tempfile::TempDir;

use crate::support::captured_log::CapturedLog;
use crate::support::harness::whole_people;
use crate::users::members::{Members, club, club_in, options};

/// A token as another service makes it that has the secret.
pub(crate) fn signed(user: i64, expires: u64, secret: &str) -> String {
    let encode = |text: String| BASE64URL_NOPAD.encode(text.as_bytes());
    let header = encode(r#"{"alg":"HS256"}"#.to_owned());
    let claims = encode(format!(r#"{{"sub":"{user}","exp":{expires}}}"#));
    let message = format!("{header}.{claims}");
    let signature = hmac_sha256(secret.as_bytes(), message.as_bytes());
    format!("{message}.{}", BASE64URL_NOPAD.encode(&signature))
}

/// RFC 2104, from the hash alone.
fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    use sha2::{Digest as _, Sha256};
    assert!(key.len() <= 64);
    let padded = |byte: u8| {
        let mut block = [byte; 64];
        for (to, key) in block.iter_mut().zip(key) {
            *to ^= key;
        }
        block
    };
    let inner = Sha256::new_with_prefix(padded(0x36))
        .chain_update(message)
        .finalize();
    Sha256::new_with_prefix(padded(0x5c))
        .chain_update(inner)
        .finalize()
        .into()
}

#[tokio::test]
async fn a_primary_makes_its_key_once_and_says_so() {
    let log = CapturedLog::begin();
    let site = club(&options());
    let path = site.folder.path().join("data/people.key");
    let permissions = fs::metadata(&path).unwrap().permissions();
    assert_eq!(permissions.mode() & 0o777, 0o600);
    let lines = log.lines("ekiben::auth::key_file");
    assert_eq!(lines.len(), 1, "{}", log.text());
    assert!(
        lines[0]["message"]
            .as_str()
            .unwrap()
            .contains("made the key")
    );
    assert_eq!(lines[0]["path"], path.display().to_string());
    site.credentials("/members", "alice", "correct horse")
        .await
        .is(201);
    let answer = site.credentials("/sign-in", "alice", "correct horse").await;
    let (token, cookie) = (answer.token(), answer.cookie());
    let site = club_in(site.close(), &options());
    // The accounts of this app are gone; the key is not.
    site.credentials("/members", "alice", "correct horse")
        .await
        .is(201);
    site.me(&token).await.is(200);
    site.me_by_cookie(&cookie).await.is(200);
    assert_eq!(log.lines("ekiben::auth::key_file").len(), 1);
    // What its content signs is a token here: other services can have a copy.
    let secret = fs::read_to_string(&path).unwrap();
    site.me(&signed(1, u64::MAX, secret.trim_end()))
        .await
        .is(200);
}

#[tokio::test]
async fn a_replica_with_a_copy_of_the_key_knows_the_primarys_users() {
    let primary = club(&options());
    primary
        .credentials("/members", "alice", "correct horse")
        .await
        .is(201);
    let answer = primary
        .credentials("/sign-in", "alice", "correct horse")
        .await;
    let (token, cookie) = (answer.token(), answer.cookie());
    let key = primary.folder.path().join("data/people.key");
    let settings = format!("secret_file = {key:?}");
    let mut options = options();
    options.mode = Mode::Replica;
    options.settings = settings.leak();
    let replica = club(&options);
    replica
        .credentials("/members", "alice", "correct horse")
        .await
        .is(201);
    replica.me(&token).await.is(200);
    replica.me_by_cookie(&cookie).await.is(200);
    assert!(!replica.folder.path().join("data/people.key").exists());
}

#[tokio::test]
async fn another_secret_knows_nobody() {
    let answers = [
        "secret = \"0123456789abcdef0123456789abcdef\"",
        "secret = \"0123456789abcdef0123456789abcdeF\"",
    ]
    .map(|settings| {
        let mut options = options();
        options.settings = settings;
        club(&options)
    });
    let mut presented = Vec::new();
    for site in &answers {
        site.credentials("/members", "alice", "correct horse")
            .await
            .is(201);
        let answer = site.credentials("/sign-in", "alice", "correct horse").await;
        presented.push((answer.token(), answer.cookie()));
    }
    for (index, site) in answers.iter().enumerate() {
        for (other, (token, cookie)) in presented.iter().enumerate() {
            let expected = if index == other { 200 } else { 401 };
            site.me(token).await.is(expected);
            site.me_by_cookie(cookie).await.is(expected);
        }
    }
}

#[test]
fn without_a_usable_secret_nothing_is_mounted() {
    let mut replica = options();
    replica.mode = Mode::Replica;
    let said = replica.conflict(&[&Members]);
    for word in [
        "people.secret",
        "people.key",
        "people.secret_file",
        "primary",
    ] {
        assert!(said.contains(word), "{said}");
    }
    let mut short = options();
    short.settings = "secret = \"too short to be one\"";
    let said = short.conflict(&[&Members]);
    assert!(said.contains("at least 32 bytes, and has 19"), "{said}");
    assert!(!said.contains("too short to"), "{said}");
}

#[test]
fn a_key_file_that_is_none_is_kept() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("data/people.key");
    fs::create_dir(folder.path().join("data")).unwrap();
    fs::write(&path, "cut off").unwrap();
    let said = options().refusal(folder.path(), whole_people());
    assert!(said.contains("people.key is no key file"), "{said}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "cut off");
}
