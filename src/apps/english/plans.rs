//! How the app's statements are run: their plans, and how many steps of SQLite's machine pages take, over a
//! drill of 2,000 sentences and one of 100,000. Steps are the same on every machine, however busy it is.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use rusqlite::Connection;

use super::accounts::{closing, operators, users};
use super::dashboard::Dashboard;
use super::kind::Kind;
use super::mode::WalkMode;
use super::order::{self, Order};
use super::score::{self, ScoreList, ScorePart};
use super::sentence::{self, SentencesInOrder};
use super::{dashboard, learner, mode, removal, user_conf, words};

const TABLES: &str = include_str!("../../../schema/english/tables.sql");
const DERIVED: &str = include_str!("../../../schema/english/derived.sql");
const INDEXES: &str = include_str!("../../../schema/english/indexes.sql");
const CHECKS: &str = include_str!("../../../schema/english/checks.sql");

/// Gradings of a sentence that was graded, by the first learner. A fifth of the sentences was not.
const GRADINGS: i64 = 5;

/// Made by arithmetic: so many sentences, a learner with a history, and one without.
fn drill(sentences: i64) -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    let rows = format!(
        "INSERT INTO users (id, email, mode, created_at, updated_at)
           VALUES (1, 'a@x', 'top', '2026-01-01 00:00:00', '2026-01-01 00:00:00'),
                  (2, 'b@x', 'normal', '2026-01-01 00:00:00', '2026-01-01 00:00:00');
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {sentences})
         INSERT INTO sentences (id, no, en, jp, created_at, updated_at)
           SELECT i, i, 'English', '日本語', '2026-01-01 00:00:00', '2026-01-01 00:00:00' FROM n;
         WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {gradings}),
           one(i, sentence, luck) AS (
             SELECT i, 1 + i * 7919 % {sentences}, i * 48271 % 2147483647 / 65536 % 3 FROM n)
         INSERT INTO scores (passed, val, sentence_id, user_id, type, created_at, updated_at)
           SELECT luck > 0, iif(i % 2, 2, 1) * iif(luck > 0, 1, -1), sentence, 1,
                  iif(i % 2, 'ScoreEngWritten', 'ScoreEngNotWritten'),
                  date('2026-03-01', format('-%d days', i % 90)) || ' 12:00:00', '2026-03-01 12:00:00'
           FROM one WHERE sentence % 5;",
        gradings = sentences * GRADINGS,
    );
    for script in [TABLES, &rows, DERIVED, INDEXES, "ANALYZE"] {
        connection.execute_batch(script).unwrap();
    }
    connection
        .pragma_update(None, "foreign_keys", true)
        .unwrap();
    assert_consistent(&connection);
    connection
}

/// No check of the schema complains.
#[track_caller]
fn assert_consistent(connection: &Connection) {
    for check in CHECKS.split(';').filter(|check| check.contains("SELECT")) {
        let mut check = connection.prepare(check).unwrap();
        let complaints = check.query_map([], |row| row.get::<_, String>(0)).unwrap();
        let complaints: Vec<_> = complaints.map(Result::unwrap).collect();
        assert_eq!(complaints, [""; 0]);
    }
}

fn plan(connection: &Connection, sql: &str) -> Vec<String> {
    let mut explain = connection
        .prepare(&format!("EXPLAIN QUERY PLAN {sql}"))
        .unwrap();
    let steps = explain.raw_query().mapped(|row| row.get::<_, String>(3));
    steps.map(Result::unwrap).collect()
}

/// There is one total, and hardly ever a sentence that is not gone yet.
const SMALL: [&str; 3] = ["SCAN total", "SCAN r", "SCAN removed_sentence"];

#[test]
fn every_statement_finds_its_rows_by_an_index() {
    let connection = drill(20_000);
    let statements = [
        &dashboard::STATEMENTS[..],
        &closing::STATEMENTS,
        &operators::STATEMENTS,
        &users::STATEMENTS,
        &learner::STATEMENTS,
        &mode::STATEMENTS,
        &order::STATEMENTS,
        &removal::STATEMENTS,
        &score::STATEMENTS,
        &sentence::STATEMENTS,
        &user_conf::STATEMENTS,
        &words::STATEMENTS,
    ];
    for sql in statements.concat() {
        for step in plan(&connection, sql) {
            let is_scan = step.starts_with("SCAN") && !SMALL.contains(&step.as_str());
            assert!(!is_scan, "{sql}\n{step}");
            assert!(!step.contains("TEMP B-TREE"), "{sql}\n{step}");
        }
    }
}

/// Steps of SQLite's machine that `work` takes.
fn steps(connection: &Connection, work: impl FnOnce(&Connection)) -> u64 {
    let steps = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&steps);
    let count = move || {
        counted.fetch_add(1, Ordering::Relaxed);
        false
    };
    connection.progress_handler(1, Some(count)).unwrap();
    work(connection);
    connection
        .progress_handler(0, None::<fn() -> bool>)
        .unwrap();
    steps.load(Ordering::Relaxed)
}

const MODES: [WalkMode; 3] = [WalkMode::Normal, WalkMode::Top, WalkMode::Worst];

/// The steps of a page of sentences at `place` of 100, and of what is beside its first one.
fn page(connection: &Connection, user: i64, mode: WalkMode, place: i64) -> u64 {
    steps(connection, |connection| {
        let all = Order::of(connection, user, mode).unwrap().sentences;
        let page = (all / sentence::PER_PAGE * place / 100).max(1);
        let list = SentencesInOrder::read(connection, user, mode, page).unwrap();
        let order = Order::of(connection, user, mode).unwrap();
        let beside = order.neighbours(list.rows[0].0.id).unwrap().unwrap();
        assert_ne!(beside.previous, beside.next);
    })
}

/// The most steps of any page: to find its place, 256 rows of a block at most are passed over, and a count for
/// each block before it.
const MOST: u64 = 15_000;

#[test]
fn pages_cost_little_whatever_the_drill_holds() {
    let (small, large) = (drill(2_000), drill(100_000));
    let who = [1, 2].into_iter();
    for (user, mode) in who.flat_map(|user| MODES.map(|mode| (user, mode))) {
        let (few, many) = (page(&small, user, mode, 0), page(&large, user, mode, 0));
        assert!(
            many < few + few / 5,
            "user {user}, {mode:?}: {few} steps, then {many}"
        );
        for place in [25, 50, 75, 100] {
            let many = page(&large, user, mode, place);
            assert!(many < MOST, "user {user}, {mode:?}, {place}: {many} steps");
        }
    }
    let now: Timestamp = "2026-03-01T18:00:00Z".parse().unwrap();
    let board = |connection: &Connection| {
        steps(connection, |connection| {
            let board = Dashboard::read(connection, 1, now).unwrap();
            assert_eq!(board.days.len(), 60);
            assert!(board.days.iter().filter(|day| day.gradings > 0).count() > 30);
            assert_eq!((board.best.len(), board.worst.len()), (5, 5));
        })
    };
    same("the dashboard", board(&small), board(&large));
    for kind in [Kind::Any, Kind::Written] {
        let list = |connection: &Connection, part| {
            steps(connection, |connection| {
                let list = ScoreList::read(connection, kind, 1, part, 50).unwrap();
                assert_eq!(list.rows.len(), 50);
            })
        };
        for part in [
            ScorePart::Page(1),
            ScorePart::After(5_000),
            ScorePart::Before(7_000),
        ] {
            let costs = (list(&small, part), list(&large, part));
            same(&format!("{kind:?}, {part:?}"), costs.0, costs.1);
        }
        for page in [2_000, 4_000] {
            let many = list(&large, ScorePart::Page(page));
            assert!(many < MOST, "{kind:?}, page {page}: {many} steps");
        }
    }
    let grade = |connection: &Connection| {
        steps(connection, |connection| {
            score::insert(connection, Kind::Written, 1, 7, Some(true)).unwrap();
        })
    };
    same("a grading", grade(&small), grade(&large));
    assert_consistent(&large);
}

/// Pages by number are those of a plain count, also where gradings have gone, and where one comes whose id
/// is among them.
#[test]
fn a_list_of_gradings_has_its_pages_wherever_gradings_went() {
    let connection = drill(1_000);
    let changes = "DELETE FROM scores WHERE id % 3 = 0 AND id < 2500;
        DELETE FROM scores WHERE id BETWEEN 1000 AND 2100;
        INSERT INTO scores (id, val, sentence_id, user_id, type, created_at, updated_at)
          SELECT 1500 + value, 1, 2, 1, 'ScoreEngWritten', '2026-03-01 12:00:00', '2026-03-01 12:00:00'
          FROM json_each('[1, 2, 7]');
        DELETE FROM scores WHERE id IN (1, 2, 4)";
    connection.execute_batch(changes).unwrap();
    assert_consistent(&connection);
    for kind in [Kind::Any, Kind::Written, Kind::NotWritten] {
        let sql = "SELECT id FROM scores WHERE user_id = 1 AND ?1 IN ('Score', type) ORDER BY id";
        let mut select = connection.prepare(sql).unwrap();
        let ids = select.query_map([kind.class()], |row| row.get(0)).unwrap();
        let ids: Vec<i64> = ids.map(Result::unwrap).collect();
        let list = |part| ScoreList::read(&connection, kind, 1, part, 50).unwrap();
        for (page, expected) in (1..).zip(ids.chunks(50)) {
            let found = list(ScorePart::Page(page));
            let shown: Vec<_> = found.rows.iter().map(|score| score.id).collect();
            assert_eq!(shown, expected, "{kind:?}, page {page}");
            assert_eq!(found.has_previous, expected.first() != ids.first());
            assert_eq!(found.has_next, expected.last() != ids.last());
        }
        let last = i64::try_from(ids.chunks(50).len()).unwrap();
        for beyond in [last + 1, 9_999, i64::MAX] {
            assert_eq!(
                list(ScorePart::Page(beyond)),
                list(ScorePart::Page(last)),
                "{beyond}"
            );
        }
        let nothing = ScoreList::read(&connection, kind, 2, ScorePart::Page(7), 50).unwrap();
        assert!(nothing.rows.is_empty() && !nothing.has_previous && !nothing.has_next);
    }
}

/// A score that no sentence has any more costs nothing.
#[test]
fn a_sentence_that_is_graded_often_leaves_no_counts_behind() {
    let connection = drill(2_000);
    let pages = |connection: &Connection| {
        MODES.map(|mode| page(connection, 2, mode, 0) + page(connection, 2, mode, 50))
    };
    let few = pages(&connection);
    let gradings = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
        INSERT INTO scores (val, sentence_id, user_id, type, created_at, updated_at)
        SELECT 2, 300, 2, 'ScoreEngWritten', '2026-03-01 12:00:00', '2026-03-01 12:00:00' FROM n";
    connection.execute_batch(gradings).unwrap();
    for (few, many) in few.into_iter().zip(pages(&connection)) {
        assert!(many < few + few / 2, "{few} steps, then {many}");
    }
    assert_consistent(&connection);
    connection
        .execute("DELETE FROM scores WHERE user_id = 2", [])
        .unwrap();
    assert_consistent(&connection);
}

#[track_caller]
fn same(what: &str, few: u64, many: u64) {
    assert!(many < few + few / 5, "{what}: {few} steps, then {many}");
}
