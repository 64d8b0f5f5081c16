//! A dump of the original's MySQL database bakes as it is, with all that its database let in.

use std::fs;

use axum::http::Method;
use ekiben::store::StoreError;
use rusqlite::Connection;
use serde_json::Value;
use tempfile::TempDir;

use crate::english::site::{english, options};
use crate::support::harness::{Site, bake_app};
use crate::support::mariadb::MariaDb;

/// The original's database, whose name has a slash in it.
const DATABASE: &str = "db/development_eng";

/// The tables as `db/schema.rb` makes them, and those that Rails adds.
const TABLES: &str = "
CREATE TABLE users (
  id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
  email varchar(255) NOT NULL DEFAULT '',
  encrypted_password varchar(255) NOT NULL DEFAULT '',
  reset_password_token varchar(255) DEFAULT NULL,
  reset_password_sent_at datetime DEFAULT NULL,
  remember_created_at datetime DEFAULT NULL,
  created_at datetime(6) NOT NULL,
  updated_at datetime(6) NOT NULL,
  mode varchar(255) DEFAULT NULL,
  UNIQUE KEY index_users_on_email (email),
  UNIQUE KEY index_users_on_reset_password_token (reset_password_token)
) ENGINE=InnoDB DEFAULT CHARSET=utf8;
CREATE TABLE sentences (
  id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
  no int(11) DEFAULT NULL,
  en varchar(255) DEFAULT NULL,
  jp varchar(255) DEFAULT NULL,
  voice_data varchar(255) DEFAULT NULL,
  created_at datetime(6) NOT NULL,
  updated_at datetime(6) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=CHARSET_OF_TEXTS;
CREATE TABLE scores (
  id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
  passed tinyint(1) DEFAULT NULL,
  val int(11) DEFAULT NULL,
  sentence_id int(11) DEFAULT NULL,
  user_id int(11) DEFAULT NULL,
  created_at datetime(6) NOT NULL,
  updated_at datetime(6) NOT NULL,
  type varchar(255) DEFAULT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8;
CREATE TABLE schema_migrations (version varchar(255) NOT NULL PRIMARY KEY) DEFAULT CHARSET=utf8;
CREATE TABLE ar_internal_metadata (
  `key` varchar(255) NOT NULL PRIMARY KEY,
  value varchar(255) DEFAULT NULL,
  created_at datetime(6) NOT NULL,
  updated_at datetime(6) NOT NULL
) DEFAULT CHARSET=utf8;
INSERT INTO schema_migrations VALUES ('20191214072517'), ('20200101050938');
INSERT INTO ar_internal_metadata VALUES ('environment', 'development', NOW(6), NOW(6));";

const ROWS: &str = r"
INSERT INTO users VALUES
  (1, 'ann@example.com', 'HASH', NULL, NULL, NULL, '2020-01-02 03:04:05.678901', '2020-01-02 03:04:05.678901', 'normal'),
  (3, 'bob@example.com', 'HASH', 'a digest', '2020-02-01 00:00:00', '2020-02-02 00:00:00', '2020-01-03 00:00:00', '2020-01-03 00:00:00', 'worst'),
  (4, 'cy@example.com', '', NULL, NULL, NULL, '2020-01-04 00:00:00', '2020-01-04 00:00:00', NULL),
  (5, 'dee@example.com', 'HASH', NULL, NULL, NULL, '2020-01-05 00:00:00', '2020-01-05 00:00:00', 'sideways');
INSERT INTO sentences VALUES
  (1, 1, 'I am a student.\n', '私は学生です。\r\n', '/voice/001.mp3\n', '2020-01-01 00:00:00.000001', '2020-01-01 00:00:00.000001'),
  (2, 2, 'It\'s \\ \'quoted\'\t<b>', 'タブ', '/voice/002.mp3', '2020-01-01 00:00:00', '2020-01-01 00:00:00'),
  (3, 2, 'the same number', NULL, NULL, '2020-01-01 00:00:00', '2020-01-01 00:00:00'),
  (4, 0, NULL, NULL, '/voice/000.mp3', '2020-01-01 00:00:00', '2020-01-01 00:00:00'),
  (5, NULL, '', '', '', '2020-01-01 00:00:00', '2020-01-01 00:00:00'),
  (9, 1000, REPEAT('z', 255), REPEAT('あ', 255), '/voice/1000.mp3', '2020-01-01 00:00:00', '2020-01-01 00:00:00');
INSERT INTO scores (passed, val, sentence_id, user_id, type, created_at, updated_at) VALUES
  (0, 0, 1, 1, NULL, '2020-01-01 00:00:00', '2020-01-01 00:00:00'),
  (0, 0, 2, 1, 'Score', '2020-01-01 00:00:00', '2020-01-01 00:00:00'),
  (1, 2, 1, 1, 'ScoreEngWritten', '2020-01-06 23:59:59.999999', '2020-01-06 23:59:59.999999'),
  (0, -2, 2, 1, 'ScoreEngWritten', '2020-01-07 00:00:00', '2020-01-07 00:00:00'),
  (1, 1, 2, 1, 'ScoreEngNotWritten', '2020-01-07 00:00:01', '2020-01-07 00:00:01'),
  (NULL, -1, 3, 1, 'ScoreEngNotWritten', '2020-01-07 00:00:02', '2020-01-07 00:00:02'),
  (1, NULL, 4, 3, NULL, '2020-01-08 00:00:00', '2020-01-08 00:00:00'),
  (1, 1, 5, 3, 'ScoreEngNotWritten', '2020-01-08 00:00:00', '2020-01-08 00:00:00'),
  (1, 2, 9, 5, 'ScoreEngWritten', '2020-01-09 00:00:00', '2020-01-09 00:00:00'),
  (1, 2, 1, 2, 'ScoreEngWritten', '2020-01-09 00:00:00', '2020-01-09 00:00:00'),
  (1, 2, 7, 1, 'ScoreEngWritten', '2020-01-09 00:00:00', '2020-01-09 00:00:00'),
  (1, 2, NULL, 1, 'ScoreEngWritten', '2020-01-09 00:00:00', '2020-01-09 00:00:00'),
  (1, 2, 1, NULL, 'ScoreEngWritten', '2020-01-09 00:00:00', '2020-01-09 00:00:00');";

/// Sums of the gradings whose user and sentence are there, in both dialects.
const SUMS: &str = "SELECT s.user_id, s.sentence_id, COALESCE(SUM(s.val), 0),
    COALESCE(SUM(CASE WHEN s.type = 'ScoreEngWritten' THEN s.val END), 0),
    COALESCE(SUM(CASE WHEN s.type = 'ScoreEngNotWritten' THEN s.val END), 0), COUNT(*)
    FROM scores s JOIN users u ON u.id = s.user_id JOIN sentences t ON t.id = s.sentence_id
    GROUP BY s.user_id, s.sentence_id ORDER BY s.user_id, s.sentence_id";

/// Texts in a form that is the same in both.
const TEXTS: &str =
    "SELECT id, COALESCE(no, 'none'), CASE WHEN en IS NULL THEN 'none' ELSE HEX(en) END,
    CASE WHEN jp IS NULL THEN 'none' ELSE HEX(jp) END,
    CASE WHEN voice_data IS NULL THEN 'none' ELSE HEX(voice_data) END FROM sentences ORDER BY id";

/// Advice 19: the texts without the ends of their lines.
fn trimmed(mut texts: Vec<Vec<String>>) -> Vec<Vec<String>> {
    for text in texts.iter_mut().flat_map(|row| &mut row[2..]) {
        while let Some(begin) = text.strip_suffix("0A").or_else(|| text.strip_suffix("0D")) {
            *text = begin.to_owned();
        }
    }
    texts
}

fn rows(connection: &Connection, select: &str) -> Vec<Vec<String>> {
    let mut select = connection.prepare(select).unwrap();
    let columns = select.column_count();
    let rows = select.query_map([], |row| {
        (0..columns)
            .map(|index| {
                Ok(match row.get::<_, rusqlite::types::Value>(index)? {
                    rusqlite::types::Value::Integer(number) => number.to_string(),
                    rusqlite::types::Value::Text(text) => text,
                    other => format!("{other:?}"),
                })
            })
            .collect()
    });
    rows.unwrap().map(Result::unwrap).collect()
}

/// The original's database with its rows, dumped: the server, and the dump as a file of `folder`.
fn dumped(folder: &TempDir, charset: &str, more: &str) -> Option<MariaDb> {
    let db = MariaDb::start()?;
    // The cost of Devise, whose hashes begin so.
    let hash = bcrypt::hash_with_result("correct horse", 11).unwrap();
    let hash = hash.format_for_version(bcrypt::Version::TwoA);
    db.load(&format!(
        "CREATE DATABASE `{DATABASE}` DEFAULT CHARSET utf8"
    ));
    let tables = TABLES.replace("CHARSET_OF_TEXTS", charset);
    let rows = format!(
        "SET NAMES utf8mb4;{tables}{}{more}",
        ROWS.replace("HASH", &hash)
    );
    db.load_into(DATABASE, rows.as_bytes()).unwrap();
    let dataset = folder.path().join("english");
    fs::create_dir(&dataset).unwrap();
    fs::write(dataset.join("dump.sql"), db.dump(&[DATABASE])).unwrap();
    Some(db)
}

fn baked(folder: &TempDir) -> Connection {
    let out = folder.path().join("english.sqlite");
    bake_app(english(), &folder.path().join("english"), &out).unwrap();
    Connection::open(out).unwrap()
}

#[test]
fn a_dump_of_the_original_bakes_as_it_is() {
    let folder = TempDir::new().unwrap();
    let Some(db) = dumped(&folder, "utf8", "") else {
        return;
    };
    let connection = baked(&folder);
    let of_db = |select: &str| db.query(&format!("USE `{DATABASE}`; {select}"));
    let progress =
        "SELECT user_id, sentence_id, score, written, not_written, gradings FROM progress
        ORDER BY user_id, sentence_id";
    let sums = of_db(SUMS);
    assert_eq!(sums.len(), 6);
    assert_eq!(rows(&connection, progress), sums);
    assert_eq!(rows(&connection, SUMS), sums);
    assert_eq!(rows(&connection, TEXTS), trimmed(of_db(TEXTS)));
    let first = "SELECT en, jp, voice_data FROM sentences WHERE id = 1";
    let expected = [["I am a student.", "私は学生です。", "/voice/001.mp3"]];
    assert_eq!(rows(&connection, first), expected);
    // Advice 26: what was left of users and sentences that are gone, is gone; the seed's rows are no attempt.
    assert_eq!(rows(&connection, "SELECT count(*) FROM scores"), [["9"]]);
    let totals = "SELECT user_id, tried, written_good, not_written_good, gradings FROM user_total";
    let expected = [
        ["1", "3", "1", "1", "6"],
        ["3", "2", "0", "1", "2"],
        ["4", "0", "0", "0", "0"],
        ["5", "1", "1", "0", "1"],
    ];
    assert_eq!(rows(&connection, totals), expected);
    let days = "SELECT day, gradings, passed, val FROM user_day WHERE user_id = 1 ORDER BY day";
    let expected = [
        ["2020-01-06", "1", "1", "2"],
        ["2020-01-07", "3", "1", "-2"],
    ];
    assert_eq!(rows(&connection, days), expected);
    let users =
        "SELECT id, email, encrypted_password, COALESCE(mode, 'none') FROM users ORDER BY id";
    let found = rows(&connection, users);
    assert_eq!(found, of_db(users));
    assert!(found[0][2].starts_with("$2a$11$"), "{found:?}");
    // Nobody becomes an editor by being imported, and no token of the original is good here.
    let roles =
        "SELECT DISTINCT role, reset_password_token IS NULL AND reset_password_sent_at IS NULL
        AND remember_created_at IS NULL FROM users";
    assert_eq!(rows(&connection, roles), [["learner", "1"]]);
    let time = "SELECT created_at FROM users WHERE id = 1";
    assert_eq!(rows(&connection, time), [["2020-01-02 03:04:05.678901"]]);
}

/// Advice 29: what the original's character set refused, a newer database may hold.
#[test]
fn emoji_and_the_numbers_of_rows_come_along() {
    let folder = TempDir::new().unwrap();
    let emoji =
        "INSERT INTO sentences VALUES (20, 20, 'Cheers! 🍻', '乾杯🍻', NULL, NOW(6), NOW(6));
        DELETE FROM scores WHERE id > 8; DELETE FROM sentences WHERE id = 1;";
    let Some(db) = dumped(&folder, "utf8mb4", emoji) else {
        return;
    };
    let connection = baked(&folder);
    let of_db = |select: &str| db.query(&format!("USE `{DATABASE}`; {select}"));
    assert_eq!(rows(&connection, TEXTS), trimmed(of_db(TEXTS)));
    assert_eq!(
        rows(&connection, "SELECT en FROM sentences WHERE id = 20"),
        [["Cheers! 🍻"]]
    );
    let insert = "INSERT INTO sentences (no, created_at, updated_at)
        VALUES (21, '2026-01-01 00:00:00', '2026-01-01 00:00:00')";
    connection.execute(insert, []).unwrap();
    assert_eq!(connection.last_insert_rowid(), 21);
}

/// Users of the original sign in with the passwords that they have, and their hashes are replaced.
#[tokio::test]
async fn users_of_the_original_sign_in() {
    let folder = TempDir::new().unwrap();
    let Some(_db) = dumped(&folder, "utf8", "") else {
        return;
    };
    drop(baked(&folder));
    let own = TempDir::new().unwrap();
    let site = Site::open(own, &folder.path().join("english.sqlite"), &options());
    let browser = site.browser();
    browser.signs_in("ann", "wrong horse", false).await.is(200);
    assert!(!browser.is_signed_in().await);
    browser
        .signs_in("ann", "correct horse", false)
        .await
        .is(302);
    assert!(browser.is_signed_in().await);
    let hash = site.store.read(|connection| {
        let select = "SELECT encrypted_password FROM users WHERE id = 1";
        Ok::<String, StoreError>(connection.query_row(select, [], |row| row.get(0))?)
    });
    assert!(hash.unwrap().starts_with("$argon2id$"));
    let list = browser
        .json(Method::GET, "/streaming/sentences", &Value::Null)
        .await;
    let list = list.is(200).json();
    let scores: Vec<_> = list["sentences"].as_array().unwrap().iter().collect();
    let scores = scores
        .iter()
        .map(|sentence| sentence["score"].as_i64().unwrap());
    assert_eq!(scores.collect::<Vec<_>>(), [0, 0, 2, -1, -1, 0]);
    // An account without a password has none that is right.
    site.browser().signs_in("cy", "", false).await.is(200);
}
