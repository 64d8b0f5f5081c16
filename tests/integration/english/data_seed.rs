//! `ekiben seed english`: sentences of the original's list, and the first user.

use std::fs;
use std::path::Path;

use rusqlite::Connection;
use serde_json::Value;
use tempfile::TempDir;

use crate::support::binary::{Finished, ekiben, finish, run};
use crate::support::data_folder::contents;

const LIST: &str = "\u{feff}1::おはよう。::Good morning.\r\n\r\n2::こんばんは。::Good evening.::more\n1234::夜::Night";

const FIRST: [(&str, &str); 2] = [
    ("INIT_USER_EMAIL", " Ann@Example.com"),
    ("INIT_USER_PASSWD", "correct horse"),
];

fn seed_with(folder: &Path, variables: &[(&str, &str)], arguments: &[&str]) -> Finished {
    let mut command = ekiben(folder);
    command.args(["seed", "english"]).args(arguments);
    command.envs(variables.iter().copied());
    // As cheap as can be.
    command.envs([
        ("EKIBEN_AUTH__MEMORY_KIB", "8"),
        ("EKIBEN_AUTH__PASSES", "1"),
    ]);
    finish(&command.output().unwrap())
}

fn seed(folder: &Path, arguments: &[&str]) -> Finished {
    seed_with(folder, &[], arguments)
}

fn open(folder: &Path, generation: u64) -> Connection {
    let name = format!("data/english.primary.{generation}.sqlite");
    let path = folder.join(name);
    assert!(path.exists(), "{}", path.display());
    let connection = Connection::open(path).unwrap();
    connection
        .pragma_update(None, "foreign_keys", true)
        .unwrap();
    connection
}

fn rows(connection: &Connection, select: &str) -> Vec<String> {
    let mut select = connection.prepare(select).unwrap();
    let rows = select.query_map([], |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

/// Somebody who has graded the first two sentences.
const GRADED: &str = "INSERT INTO users (id, email, mode, created_at, updated_at) \
        VALUES (7, 'bob@example.com', 'worst', '2026-01-01 00:00:00', '2026-01-01 00:00:00');
    INSERT INTO scores (passed, val, sentence_id, user_id, type, created_at, updated_at)
        SELECT 1, 2, id, 7, 'ScoreEngWritten', '2026-01-02 00:00:00', '2026-01-02 00:00:00'
        FROM sentences ORDER BY no LIMIT 2;
    INSERT INTO words (sentence_no, en, note) VALUES (1, 'morning', '朝'), (2, 'evening', '夕方')";

const SENTENCES: &str =
    "SELECT format('%d %s %s %s', no, jp, en, voice_data) FROM sentences ORDER BY no, id";

#[test]
fn the_list_takes_the_place_of_the_built_in_sentences() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("list.txt"), LIST).unwrap();
    seed(folder.path(), &["list.txt"])
        .exits(0)
        .says("3 sentences from list.txt: ")
        .says("generation 1");
    let connection = open(folder.path(), 1);
    let expected = [
        "1 おはよう。 Good morning. /voice/001.mp3",
        "2 こんばんは。 Good evening. /voice/002.mp3",
        "1234 夜 Night /voice/1234.mp3",
    ];
    assert_eq!(rows(&connection, SENTENCES), expected);
    assert!(rows(&connection, "SELECT en FROM words").is_empty());
    let inspected = run(folder.path(), &["inspect", "data/english.primary.1.sqlite"]);
    inspected.exits(0).says("list.txt");
}

/// Advice 18: the original destroyed users and history each time.
#[test]
fn users_and_scores_stay_and_so_do_other_sentences() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("list.txt"), LIST).unwrap();
    seed(folder.path(), &["list.txt"]).exits(0);
    open(folder.path(), 1).execute_batch(GRADED).unwrap();
    let ids = "SELECT id FROM sentences ORDER BY id";
    let ids = |generation| -> Vec<i64> {
        let connection = open(folder.path(), generation);
        let mut select = connection.prepare(ids).unwrap();
        let ids = select.query_map([], |row| row.get(0)).unwrap();
        ids.map(Result::unwrap).collect()
    };
    let before = ids(1);
    let changed =
        "1::おはよう。::Good morning!\n2::こんばんは。::Good evening.\n3::昼::Noon\n3::正午::Noon!";
    fs::write(folder.path().join("changed.txt"), changed).unwrap();
    seed(folder.path(), &["changed.txt"])
        .exits(0)
        .says("2 added, 1 changed, 0 removed")
        .says("line 4: the number 3 is that of line 3 too; both are kept");
    let connection = open(folder.path(), 2);
    let expected = [
        "1 おはよう。 Good morning! /voice/001.mp3",
        "2 こんばんは。 Good evening. /voice/002.mp3",
        "3 昼 Noon /voice/003.mp3",
        "3 正午 Noon! /voice/003.mp3",
        "1234 夜 Night /voice/1234.mp3",
    ];
    assert_eq!(rows(&connection, SENTENCES), expected);
    assert_eq!(ids(2)[..3], before[..]);
    let progress = "SELECT format('%d %d', no, score) FROM progress ORDER BY no";
    assert_eq!(rows(&connection, progress), ["1 2", "2 2"]);
    assert_eq!(rows(&connection, "SELECT mode FROM users"), ["worst"]);
    drop(connection);
    // The same again changes nothing, duplicates included.
    seed(folder.path(), &["changed.txt"])
        .exits(0)
        .says("0 added, 0 changed, 0 removed");
    // What is not in the list goes with its scores, and words of another text with it.
    let one = "2::おやすみ。::Good night.\n1234::夜::The night";
    fs::write(folder.path().join("one.txt"), one).unwrap();
    let sentence = "UPDATE sentences SET voice_data = '/voice/mine.ogg' WHERE no IN (2, 1234)";
    open(folder.path(), 3).execute_batch(sentence).unwrap();
    seed(folder.path(), &["one.txt", "--replace"])
        .exits(0)
        .says("0 added, 2 changed, 3 removed");
    let connection = open(folder.path(), 4);
    let expected = [
        "2 おやすみ。 Good night. /voice/002.mp3",
        "1234 夜 The night /voice/mine.ogg",
    ];
    assert_eq!(rows(&connection, SENTENCES), expected);
    assert_eq!(rows(&connection, progress), ["2 2"]);
    // The words of 1 went with its sentence, those of 2 with its texts.
    assert!(rows(&connection, "SELECT en FROM words").is_empty());
    assert_eq!(
        rows(&connection, "SELECT email FROM users"),
        ["bob@example.com"]
    );
}

/// The words of a number go with its last sentence, or they would be those of whichever comes next.
#[test]
fn words_go_with_the_sentences_that_a_list_replaces() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("list.txt"), LIST).unwrap();
    seed(folder.path(), &["list.txt"]).exits(0);
    open(folder.path(), 1).execute_batch(GRADED).unwrap();
    // One that is removed, and not gone yet, has none, and goes.
    let removed = "INSERT INTO words (sentence_no, en) VALUES (1234, 'night');
        INSERT INTO removed_sentence SELECT id FROM sentences WHERE no = 1234";
    open(folder.path(), 1).execute_batch(removed).unwrap();
    fs::write(
        folder.path().join("one.txt"),
        "2::こんばんは。::Good evening.",
    )
    .unwrap();
    seed(folder.path(), &["one.txt", "--replace"])
        .exits(0)
        .says("1 removed");
    let connection = open(folder.path(), 2);
    assert_eq!(rows(&connection, "SELECT en FROM words"), ["evening"]);
    assert_eq!(rows(&connection, SENTENCES).len(), 1);
}

/// Advice 17 and 19: nothing is passed over in silence, and what fails leaves everything as it was.
#[test]
fn odd_lines_are_told_by_number_and_left_out_or_refused() {
    let folder = TempDir::new().unwrap();
    let odd = format!(
        "1::a::b\nx::a::b\n\n3::c\n4::d::{}\n5::e::f\n",
        "y".repeat(256)
    );
    fs::write(folder.path().join("odd.txt"), odd).unwrap();
    seed(folder.path(), &["odd.txt", "--strict"])
        .exits(4)
        .says("odd.txt: 3 lines are no sentences")
        .says("odd.txt: line 2: \"x\" is no number");
    assert!(!folder.path().join("data").exists());
    let seeded = seed(folder.path(), &["odd.txt", "--json"]);
    seeded
        .exits(0)
        .says("odd.txt: line 4: a field is missing")
        .says("odd.txt: line 5: the English has 256 characters");
    let result: Value = serde_json::from_str(&seeded.stdout).unwrap();
    assert_eq!((&result["rows"], &result["added"]), (&2.into(), &2.into()));
    let lines = result["odd_lines"].as_array().unwrap();
    let lines: Vec<_> = lines
        .iter()
        .map(|odd| odd["line"].as_u64().unwrap())
        .collect();
    assert_eq!(lines, [2, 4, 5]);
    let before = contents(&folder.path().join("data"));
    seed(folder.path(), &[]).exits(2).says("SENTENCE_FILE_PATH");
    seed(folder.path(), &["none.txt"]).exits(4).says("none.txt");
    fs::write(folder.path().join("empty.txt"), "\n\n").unwrap();
    seed(folder.path(), &["empty.txt"])
        .exits(4)
        .says("empty.txt holds no sentence");
    assert!(contents(&folder.path().join("data")) == before);
    // The original's variable for the path.
    seed_with(folder.path(), &[("SENTENCE_FILE_PATH", "odd.txt")], &[])
        .exits(0)
        .says("2 sentences from odd.txt, 3 lines left out");
    run(folder.path(), &["seed", "people", "odd.txt", "--strict"])
        .exits(2)
        .says("--strict are not for people");
}

#[test]
fn the_first_user_is_made_once_as_an_editor() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("list.txt"), LIST).unwrap();
    let users = "SELECT format('%s %s %s', email, mode, role) FROM users ORDER BY id";
    seed_with(folder.path(), &FIRST, &["list.txt"])
        .exits(0)
        .says("ann@example.com can sign in, as an editor");
    assert_eq!(
        rows(&open(folder.path(), 1), users),
        ["ann@example.com normal editor"]
    );
    let hash = "SELECT encrypted_password FROM users";
    let hashed = rows(&open(folder.path(), 1), hash);
    assert!(hashed[0].starts_with("$argon2id$"), "{hashed:?}");
    // Another password for the same address is none of a seed's business.
    fs::write(folder.path().join("secret"), "another password\n").unwrap();
    let again = [
        ("INIT_USER_EMAIL", "ann@example.com"),
        ("INIT_USER_PASSWD_FILE", "secret"),
        ("INIT_USER_MODE", "top"),
    ];
    seed_with(folder.path(), &again, &["list.txt"])
        .exits(0)
        .says("ann@example.com was there before");
    assert_eq!(rows(&open(folder.path(), 2), hash), hashed);
    open(folder.path(), 2).execute_batch(GRADED).unwrap();
    seed_with(folder.path(), &again, &["list.txt", "--replace-users"])
        .exits(0)
        .says("2 users are no more, nor their scores");
    let connection = open(folder.path(), 3);
    assert_eq!(rows(&connection, users), ["ann@example.com top editor"]);
    for sums in ["scores", "progress", "user_day", "score_count"] {
        let count = format!("SELECT CAST(count(*) AS TEXT) FROM {sums}");
        assert_eq!(rows(&connection, &count), ["0"], "{sums}");
    }
    assert_ne!(rows(&connection, hash), hashed);
}

/// Whether those are gone that are not in the list: the built-in ones, and others where that is asked for.
#[test]
fn the_result_says_whether_other_sentences_are_gone() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("list.txt"), LIST).unwrap();
    for (arguments, replaced) in [
        (&["list.txt", "--json", "--replace"][..], true),
        (&["list.txt", "--json"], false),
        (&["list.txt", "--json", "--replace"], true),
    ] {
        let seeded = seed(folder.path(), arguments);
        let result: Value = serde_json::from_str(&seeded.exits(0).stdout).unwrap();
        assert_eq!(result["replaced"], replaced, "{result}");
    }
}

#[test]
fn a_first_user_who_cannot_be_is_refused_before_anything_is_changed() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("list.txt"), LIST).unwrap();
    let [email, password] = FIRST;
    let long = "p".repeat(300);
    let cases: [(&[(&str, &str)], &str); 12] = [
        (&[email], "INIT_USER_EMAIL is set without a password"),
        (
            &[password],
            "INIT_USER_PASSWD is set without INIT_USER_EMAIL",
        ),
        (
            &[("INIT_USER_PASSWD_FILE", "secret")],
            "INIT_USER_PASSWD_FILE is set without INIT_USER_EMAIL",
        ),
        (
            &[("INIT_USER_MODE", "top")],
            "INIT_USER_MODE is set without INIT_USER_EMAIL",
        ),
        (
            &[email, ("INIT_USER_PASSWD", &long)],
            "the password that INIT_USER_PASSWD says is too long: it may have 128 characters",
        ),
        (
            &[email, ("INIT_USER_PASSWD", "       ")],
            "the password that INIT_USER_PASSWD says must not be blank",
        ),
        (
            &[("INIT_USER_EMAIL", "<x>@y"), password],
            "INIT_USER_EMAIL must be an e-mail address",
        ),
        (
            &[email, ("INIT_USER_PASSWD", "short")],
            "at least 6 characters",
        ),
        (
            &[("INIT_USER_EMAIL", "ann"), password],
            "INIT_USER_EMAIL must be an e-mail address",
        ),
        (
            &[email, password, ("INIT_USER_MODE", "best")],
            "INIT_USER_MODE must be normal, top or worst",
        ),
        (
            &[email, password, ("INIT_USER_PASSWD_FILE", "x")],
            "are both set",
        ),
        (
            &[email, ("INIT_USER_PASSWD_FILE", "none")],
            "none: cannot be read",
        ),
    ];
    for (variables, says) in cases {
        let refused = seed_with(folder.path(), variables, &["list.txt"]);
        assert!([Some(2), Some(4)].contains(&refused.code), "{refused:?}");
        assert!(!refused.says(says).stderr.contains("correct horse"));
    }
    seed(folder.path(), &["list.txt", "--replace-users"])
        .exits(2)
        .says("would leave nobody who can sign in");
    assert!(!folder.path().join("data").exists());
}
