//! What operators do with accounts, with the real binary; and accounts that came with the original's data.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

use ekiben::store::StoreError;
use tempfile::TempDir;

use crate::english::site::{PASSWORD, bake_drill, options};
use crate::support::binary::{Finished, Process, ekiben, finish, run};
use crate::support::harness::Site;

/// A drill in which ann has signed up, stopped.
async fn stopped() -> TempDir {
    let site = Site::of_drill();
    site.learner("ann").await;
    let folder = site.close();
    let (baked, file) = bake_drill(&[]);
    fs::rename(file, folder.path().join("english.sqlite")).unwrap();
    drop(baked);
    let toml = "apps = [\"english\"]\nbaked_dir = \".\"\nadmin.listen = \"off\"\n\
                log.format = \"json\"\n[auth]\nmemory_kib = 8\npasses = 1\n";
    fs::write(folder.path().join("ekiben.toml"), toml).unwrap();
    folder
}

fn set_password(folder: &Path, name: &str, input: &str) -> Finished {
    let mut child = ekiben(folder)
        .args(["english", "set-password", name])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // It may refuse without reading.
    drop(child.stdin.take().unwrap().write_all(input.as_bytes()));
    finish(&child.wait_with_output().unwrap())
}

fn reopened(folder: TempDir) -> Site {
    let baked = folder.path().join("english.sqlite");
    Site::open(folder, &baked, &options())
}

#[tokio::test]
async fn roles_are_granted_by_operators_alone() {
    let folder = stopped().await;
    let role = |folder: &Path| -> String {
        let file = folder.join("data/english.primary.1.sqlite");
        let copy = rusqlite::Connection::open(file).unwrap();
        copy.query_row("SELECT role FROM users", [], |row| row.get(0))
            .unwrap()
    };
    assert_eq!(role(folder.path()), "learner", "the first account too");
    for (name, given) in [
        ("Ann@Example.com", "editor"),
        ("ann@example.com", "learner"),
    ] {
        run(folder.path(), &["english", "grant", name, given])
            .exits(0)
            .says(&format!("{name} is {given} now"));
        assert_eq!(role(folder.path()), given);
    }
    run(
        folder.path(),
        &["english", "grant", "bob@example.com", "editor"],
    )
    .exits(2)
    .says("there is no user \"bob@example.com\"");
    run(
        folder.path(),
        &["english", "grant", "ann@example.com", "owner"],
    )
    .exits(2);
}

/// What fails leaves the folder as it was: nothing is baked or copied for somebody who is not there.
#[test]
fn nothing_is_made_for_somebody_who_is_not_there() {
    let folder = TempDir::new().unwrap();
    let name = "bob@example.com";
    let nobody = "there is no user \"bob@example.com\"";
    let files = || fs::read_dir(folder.path()).unwrap().count();
    run(folder.path(), &["english", "grant", name, "editor"])
        .exits(2)
        .says(nobody);
    set_password(folder.path(), name, "battery staple\n")
        .exits(2)
        .says(nobody);
    assert_eq!(files(), 0);
    // A baked file is there, and no copy is made of it.
    run(folder.path(), &["bake", "--app", "english"]).exits(0);
    let baked = fs::read_dir(folder.path().join("data")).unwrap().count();
    run(folder.path(), &["english", "grant", name, "editor"])
        .exits(2)
        .says(nobody);
    let after = fs::read_dir(folder.path().join("data")).unwrap().count();
    assert_eq!((baked, after), (1, 1));
}

/// What is said of a server that runs is about what was wanted.
#[tokio::test]
async fn a_role_is_not_granted_while_a_server_runs() {
    let folder = stopped().await;
    let server = Process::start(folder.path(), &[]);
    let refused = run(
        folder.path(),
        &["english", "grant", "ann@example.com", "editor"],
    );
    refused.exits(6).says("Stop that server first.");
    assert!(!refused.stderr.contains("password"), "{refused:?}");
    set_password(folder.path(), "ann@example.com", "battery staple\n")
        .exits(6)
        .says("users can change their own password");
    server.kill();
}

/// Somebody who is in what would be baked is there.
#[test]
fn an_account_of_a_dataset_is_found_before_it_is_baked() {
    let folder = TempDir::new().unwrap();
    let dataset = folder.path().join("dumps/english");
    fs::create_dir_all(&dataset).unwrap();
    let dump = "CREATE TABLE `users` (`id` bigint NOT NULL AUTO_INCREMENT, `email` varchar(255) NOT NULL, \
        `encrypted_password` varchar(255) NOT NULL, `reset_password_token` varchar(255), \
        `reset_password_sent_at` datetime, `remember_created_at` datetime, `mode` varchar(255), \
        `created_at` datetime(6) NOT NULL, `updated_at` datetime(6) NOT NULL, PRIMARY KEY (`id`));\n\
        INSERT INTO `users` VALUES (7,'ann@example.com','x',NULL,NULL,NULL,'normal',\
        '2020-01-01 00:00:00.000000','2020-01-01 00:00:00.000000');\n";
    fs::write(dataset.join("english.sql"), dump).unwrap();
    let toml = "apps = [\"english\"]\ndataset_dir = \"dumps\"\n";
    fs::write(folder.path().join("ekiben.toml"), toml).unwrap();
    let grant = |name| run(folder.path(), &["english", "grant", name, "editor"]);
    grant("bob@example.com").exits(2).says("there is no user");
    assert!(!folder.path().join("data").exists());
    grant("ann@example.com").exits(0).says("is editor now");
    let left = fs::read_dir(folder.path().join("data")).unwrap();
    let mut left: Vec<_> = left.map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert!(left.contains(&"english.sqlite".into()), "{left:?}");
    assert!(
        !left
            .iter()
            .any(|name| name.to_string_lossy().starts_with(".english.sqlite"))
    );
}

/// The rule is the site's, in characters, whoever sets a password.
#[tokio::test]
async fn operators_set_passwords_that_the_site_takes() {
    let folder = stopped().await;
    let set =
        |password: &str| set_password(folder.path(), "ann@example.com", &format!("{password}\n"));
    set(&"字".repeat(129))
        .exits(2)
        .says("it may have 128 characters");
    set(&"p".repeat(129))
        .exits(2)
        .says("it may have 128 characters");
    set("       ")
        .exits(2)
        .says("the password must not be blank");
    let longest = "字".repeat(128);
    set(&longest).exits(0);
    let site = reopened(folder);
    let ann = site.browser();
    ann.signs_in("ann", &longest, false).await.is(302);
}

#[tokio::test]
async fn operators_set_passwords() {
    let folder = stopped().await;
    for (name, input, said) in [
        ("ann@example.com", "12345\n", "at least 6 characters"),
        ("bob@example.com", "battery staple\n", "there is no user"),
    ] {
        set_password(folder.path(), name, input).exits(2).says(said);
    }
    set_password(folder.path(), "Ann@example.com", "battery staple\n")
        .exits(0)
        .says("Ann@example.com has a new password");
    let site = reopened(folder);
    let ann = site.browser();
    ann.signs_in("ann", PASSWORD, false).await.is(200);
    ann.signs_in("ann", "battery staple", false).await.is(302);
}

/// Hashes of bcrypt, cost 11, as Devise stores them, are good, and replaced at the first sign-in.
#[tokio::test]
async fn accounts_of_the_original_sign_in_and_are_hashed_anew() {
    let site = Site::of_drill();
    let hash = bcrypt::hash(PASSWORD, 11).unwrap().replace("$2b$", "$2a$");
    let job = move |connection: &rusqlite::Connection| {
        let sql = "INSERT INTO users (email, encrypted_password, mode, created_at, updated_at) \
            VALUES ('old@example.com', ?1, 'worst', '2020-01-01 00:00:00', '2020-01-01 00:00:00')";
        Ok::<_, StoreError>(connection.execute(sql, [hash])?)
    };
    site.store.write(job).await.unwrap();
    let stored = || {
        let read = site.store.read(|connection| {
            let sql = "SELECT encrypted_password FROM users";
            Ok::<_, StoreError>(connection.query_row(sql, [], |row| row.get::<_, String>(0))?)
        });
        read.unwrap()
    };
    let old = site.browser();
    old.signs_in("old", "battery staple", false).await.is(200);
    assert!(stored().starts_with("$2a$11$"), "{}", stored());
    old.signs_in("old", PASSWORD, false).await.is(302);
    assert!(stored().starts_with("$argon2id$"), "{}", stored());
    assert!(old.is_signed_in().await);
    let again = site.browser();
    again.signs_in("old", PASSWORD, false).await.is(302);
    assert!(again.page("/users/edit").await.contains("<td>worst</td>"));
}

/// Numbers that were given after a backup are given once more after it is restored.
#[tokio::test]
async fn a_session_from_before_a_restore_is_nobodys() {
    let folder = stopped().await;
    run(
        folder.path(),
        &["backup", "--data-dir", "data", "backup.sqlite"],
    )
    .exits(0);
    let site = reopened(folder);
    let (ann, bob) = (site.browser(), site.learner("bob").await);
    ann.signs_in("ann", PASSWORD, true).await.is(302);
    let cookies = [&ann, &bob].map(|browser| browser.cookie("english_session").unwrap());
    let number = site.user_id("bob@example.com");
    let folder = site.close();
    run(
        folder.path(),
        &["restore", "--data-dir", "data", "backup.sqlite"],
    )
    .exits(0);
    let site = reopened(folder);
    let carol = site.learner("carol").await;
    assert_eq!(site.user_id("carol@example.com"), number);
    assert!(carol.is_signed_in().await);
    let browser = site.browser();
    for cookie in cookies {
        browser.set_cookie("english_session", &cookie);
        assert!(!browser.is_signed_in().await);
    }
    browser.signs_in("ann", PASSWORD, true).await.is(302);
}
