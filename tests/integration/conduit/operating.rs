//! What operators of a blog do, with the real binary: passwords for demo accounts, the secret, and attempts
//! over real connections.

use std::fs;
use std::io::{Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Stdio;
use std::thread;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::conduit::site::{SECRET, bake_blog};
use crate::support::binary::{Finished, Process, ekiben, finish, run};
use crate::support::client::Client;
use crate::support::data_folder::stop;
use crate::support::terminal::pty;

/// Two users without a password.
const USERS: &str = "id,username,email,password,bio,image,created_at,updated_at
1,Alice,alice@example.com,,,,2020-01-01T00:00:00Z,2020-01-01T00:00:00Z
2,bob,bob@example.com,,,,2020-01-01T00:00:00Z,2020-01-01T00:00:00Z
";

const PASSWORD: &str = "correct horse 電池";

/// A folder with their blog, baked, and a configuration of cheap hashes.
fn blog() -> TempDir {
    let (folder, baked) = bake_blog(&[("user.csv", USERS)]);
    fs::create_dir(folder.path().join("data")).unwrap();
    fs::rename(baked, folder.path().join("data/conduit.sqlite")).unwrap();
    let toml = "apps = [\"conduit\"]\nadmin.listen = \"off\"\nlog.format = \"json\"\n\
                [auth]\nmemory_kib = 8\npasses = 1\naccount_failures = 3\n";
    fs::write(folder.path().join("ekiben.toml"), toml).unwrap();
    folder
}

/// Gives `name` a password, which `input` on standard input says.
fn set_password(folder: &Path, name: &str, input: &[u8]) -> Finished {
    let mut child = ekiben(folder)
        .args(["conduit", "set-password", name])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // It may refuse without reading.
    drop(child.stdin.take().unwrap().write_all(input));
    finish(&child.wait_with_output().unwrap())
}

async fn log_in(server: &Process, email: &str, password: &str) -> (StatusCode, String) {
    let mut client = Client::connect(server.address).await.unwrap();
    let body = json!({"user": {"email": email, "password": password}}).to_string();
    let answer = client.post("/api/users/login", "application/json", body);
    answer.await.unwrap()
}

#[tokio::test]
async fn a_demo_account_gets_a_password_from_standard_input() {
    let folder = blog();
    let server = Process::start(folder.path(), &[]);
    for password in ["", "!", PASSWORD] {
        let (status, _) = log_in(&server, "bob@example.com", password).await;
        assert_ne!(status, 200, "{password:?}");
    }
    let input = format!("{PASSWORD}\r\nwhat follows is ignored");
    let refused = set_password(folder.path(), "alice", input.as_bytes());
    refused
        .exits(6)
        .says("is held by another ekiben process")
        .says("Stop that server first");
    server.kill();
    let done = set_password(folder.path(), "alice", input.as_bytes());
    done.exits(0).says("alice has a new password");
    assert!(!format!("{done:?}").contains("correct"), "{done:?}");
    let server = Process::start(folder.path(), &[]);
    let (status, body) = log_in(&server, "alice@example.com", PASSWORD).await;
    assert_eq!(status, 200, "{body}");
    let (status, _) = log_in(&server, "bob@example.com", PASSWORD).await;
    assert_eq!(status, 401, "nobody else");
}

#[test]
fn what_is_no_password_or_nobody_changes_nothing() {
    let folder = blog();
    for (name, input, said) in [
        ("alice", &b""[..], "too short"),
        ("alice", b"\ncorrect horse\n", "too short"),
        ("alice", b"1234567\n", "at least 8 characters"),
        ("alice", &[b'x'; 1025], "may have 1024 bytes"),
        ("alice", &[b'x'; 100_000], "may have 1024 bytes"),
        ("alice", b"\xff\xfe\xfd\xfc\xfb\xfa\xf9\xf8\n", "not UTF-8"),
        ("nobody", b"correct horse\n", "there is no user \"nobody\""),
        ("", b"correct horse\n", "there is no user \"\""),
    ] {
        set_password(folder.path(), name, input).exits(2).says(said);
    }
    // There was no copy, and none was made.
    let copy = folder.path().join("data/conduit.primary.1.sqlite");
    assert!(!copy.exists());
    let help = finish(
        &ekiben(folder.path())
            .args(["conduit", "set-password"])
            .output()
            .unwrap(),
    );
    help.exits(2);
}

/// On a terminal it is asked for twice and never shown.
#[test]
fn a_terminal_does_not_show_what_is_typed() {
    for (again, code) in [("correct horse\n", 0), ("another horse\n", 2)] {
        let folder = blog();
        let (ours, theirs) = pty();
        let mut child = ekiben(folder.path())
            .args(["conduit", "set-password", "bob"])
            .stdin(theirs.try_clone().unwrap())
            .stdout(Stdio::piped())
            .stderr(theirs)
            .spawn()
            .unwrap();
        let mut terminal = fs::File::from(ours);
        let mut seen = String::new();
        let mut wait_for = |terminal: &mut fs::File, text: &str| {
            while !seen.contains(text) {
                let mut bytes = [0; 256];
                let read = terminal.read(&mut bytes).unwrap();
                seen.push_str(std::str::from_utf8(&bytes[..read]).unwrap());
            }
            seen.clone()
        };
        wait_for(&mut terminal, "New password for bob: ");
        terminal.write_all(b"correct horse\n").unwrap();
        wait_for(&mut terminal, "The same again: ");
        terminal.write_all(again.as_bytes()).unwrap();
        // What else it says goes to the terminal too, which somebody has to read.
        let rest = thread::spawn(move || {
            let mut rest = Vec::new();
            // The end of a terminal is an error where nobody has it open any more.
            drop(terminal.read_to_end(&mut rest));
            String::from_utf8(rest).unwrap()
        });
        let status = child.wait().unwrap();
        assert_eq!(status.code(), Some(code));
        let seen = seen + &rest.join().unwrap();
        assert!(!seen.contains("horse"), "{seen}");
        assert_eq!(
            seen.contains("the two passwords differ"),
            code == 2,
            "{seen}"
        );
    }
}

#[test]
fn a_replica_without_the_secret_does_not_start() {
    let folder = blog();
    let serve = |variables: &[(&str, &str)]| {
        let mut command = ekiben(folder.path());
        command.args(["serve", "--mode", "replica", "--print-config"]);
        finish(&command.envs(variables.iter().copied()).output().unwrap())
    };
    let refused = serve(&[]);
    for word in [
        "conduit.secret",
        "conduit.key",
        "conduit.secret_file",
        "primary",
    ] {
        refused.exits(3).says(word);
    }
    let short = serve(&[("CONDUIT_SECRET", "secret-key")]);
    short.exits(3).says("at least 32 bytes, and has 10");
    assert!(!format!("{short:?}").contains("secret-key"), "{short:?}");
    let path = folder.path().join("secret");
    fs::write(&path, format!("{SECRET}\n")).unwrap();
    let file = path.to_str().unwrap();
    for variable in [
        ("CONDUIT_SECRET", SECRET),
        ("EKIBEN_CONDUIT__SECRET", SECRET),
        ("CONDUIT_SECRET_FILE", file),
        ("EKIBEN_CONDUIT__SECRET_FILE", file),
    ] {
        let started = serve(&[variable]);
        started.exits(0).says("# secret is set, and not shown");
        assert!(!format!("{started:?}").contains(SECRET), "{started:?}");
    }
    let both = serve(&[("CONDUIT_SECRET", SECRET), ("CONDUIT_SECRET_FILE", file)]);
    both.exits(3).says("keep one of the two");
}

#[tokio::test]
async fn a_primary_keeps_its_key_and_counts_by_address() {
    let folder = blog();
    set_password(folder.path(), "bob", PASSWORD.as_bytes()).exits(0);
    let mut server = Process::start(folder.path(), &[]);
    let key = folder.path().join("data/conduit.key");
    let secret = fs::read_to_string(&key).unwrap();
    assert_eq!(
        fs::metadata(&key).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let (_, body) = log_in(&server, "BOB@example.com", PASSWORD).await;
    let user: Value = serde_json::from_str(&body).unwrap();
    let token = user["user"]["token"].as_str().unwrap();
    let ask = async |server: &Process| {
        let mut client = Client::connect(server.address).await.unwrap();
        let request = Request::get("/api/user");
        let request = request.header("authorization", format!("Token {token}"));
        let body = Body::empty();
        client.send(request.body(body).unwrap()).await.unwrap().0
    };
    assert_eq!(ask(&server).await, 200);
    for status in [401, 401, 401, 429, 429] {
        let (given, _) = log_in(&server, "bob@example.com", "wrong horse").await;
        assert_eq!(given, status);
    }
    server.terminate();
    let log = server.wait_for_log("stopped").to_string();
    server = Process::start(folder.path(), &[]);
    assert_eq!(ask(&server).await, 200, "after a restart");
    assert_eq!(fs::read_to_string(&key).unwrap(), secret);
    assert!(!log.contains(secret.trim_end()));
}

/// Numbers that were given after a backup are given once more after it is restored.
#[tokio::test]
async fn a_token_from_before_a_restore_is_nobodys() {
    let folder = blog();
    let input = format!("{PASSWORD}\n");
    set_password(folder.path(), "alice", input.as_bytes()).exits(0);
    let token = async || {
        let server = Process::start(folder.path(), &[]);
        let (status, body) = log_in(&server, "alice@example.com", PASSWORD).await;
        assert_eq!(status, 200, "{body}");
        let body: Value = serde_json::from_str(&body).unwrap();
        let token = body["user"]["token"].as_str().unwrap().to_owned();
        (server, format!("Token {token}"))
    };
    let user = async |server: &Process, token: &str| {
        let mut client = Client::connect(server.address).await.unwrap();
        let request = Request::get("/api/user").header("authorization", token);
        let request = request.body(Body::empty()).unwrap();
        client.send(request).await.unwrap()
    };
    let (server, before) = token().await;
    assert_eq!(user(&server, &before).await.0, 200);
    stop(server);
    run(
        folder.path(),
        &["backup", "--data-dir", "data", "backup.sqlite"],
    )
    .exits(0);
    run(
        folder.path(),
        &["restore", "--data-dir", "data", "backup.sqlite"],
    )
    .exits(0);
    let (server, after) = token().await;
    let (status, body) = user(&server, &before).await;
    assert_eq!(status, 401, "{body}");
    assert!(body.contains("has expired"), "{body}");
    assert_eq!(user(&server, &after).await.0, 200);
}
