//! How the app's statements are run: their plans, and how many steps of SQLite's machine they take, over a
//! blog of 2,000 articles and one of 100,000. Steps are the same on every machine, however busy it is. All of
//! it is compiled for tests only.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rusqlite::Connection;

use super::links::ViewerLinks;
use super::query::{ArticleFilter, PageRange};
use super::{
    account, article, comments, edit, favorite, feed, links, lists, member, passwords, profile,
    tags,
};

const TABLES: &str = include_str!("../../../schema/conduit/tables.sql");
const DERIVED: &str = include_str!("../../../schema/conduit/derived.sql");
const INDEXES: &str = include_str!("../../../schema/conduit/indexes.sql");
const CHECKS: &str = include_str!("../../../schema/conduit/checks.sql");

/// The users of every blog. The first half of the articles is those of the first ten.
const USERS: i64 = 1_000;

/// A blog with so many articles, made by arithmetic. User 1 follows 500 others, user 2 follows 50.
fn blog(articles: i64) -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    let rows = format!(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {USERS})
         INSERT INTO user (id, username, email, created_at, updated_at)
           SELECT i, 'user' || i, 'u' || i || '@x', 0, 0 FROM n;
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {articles})
         INSERT INTO article SELECT i,
           CASE WHEN i % 2 THEN 1 + i / 2 % 10 ELSE 1 + i / 2 * 7919 % {USERS} END,
           1000000 + i * 7919 % 100003, 2000000000, 'a' || i, 'Title', 'Description', 'Body' FROM n;
         INSERT INTO article_tag (article_id, tag) SELECT id, 'tag' || id % 150 FROM article;
         INSERT INTO article_tag (article_id, tag) SELECT id, 'all' FROM article WHERE id % 3 = 0;
         INSERT INTO favorite (article_id, user_id) SELECT id, 1 + id * 31 % {USERS} FROM article;
         INSERT INTO favorite (article_id, user_id)
           SELECT id, 3 FROM article WHERE id % 2 = 0 AND id * 31 % {USERS} <> 2;
         INSERT INTO comment SELECT id, id, 1 + id % {USERS}, 0, 0, 'Well' FROM article;
         INSERT INTO follow SELECT 1, id FROM user WHERE id BETWEEN 2 AND 501;
         INSERT INTO follow SELECT 2, id FROM user WHERE id BETWEEN 3 AND 52;"
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

/// The statements of each file, but for those of lists.
fn fixed_statements() -> [&'static [&'static str]; 11] {
    [
        &account::STATEMENTS,
        &article::STATEMENTS,
        &comments::STATEMENTS,
        &edit::STATEMENTS,
        &favorite::STATEMENTS,
        &feed::STATEMENTS,
        &links::STATEMENTS,
        &member::STATEMENTS,
        &passwords::STATEMENTS,
        &profile::STATEMENTS,
        &tags::STATEMENTS,
    ]
}

#[test]
fn every_statement_finds_its_rows_by_an_index() {
    let connection = blog(100_000);
    let [alone, several] = lists::statements();
    let fixed = fixed_statements().concat().into_iter().map(str::to_owned);
    for sql in fixed.chain(alone).chain(several.clone()) {
        for step in plan(&connection, &sql) {
            // A whole index is walked where a list has no filter, and only as far as its page.
            let is_walk = step.starts_with("SCAN") && step.contains("USING COVERING INDEX");
            let is_page = sql.contains("LIMIT");
            assert!(
                !step.starts_with("SCAN") || is_walk && is_page,
                "{sql}\n{step}"
            );
            assert!(!step.contains("TEMP B-TREE"), "{sql}\n{step}");
        }
    }
    // Lists never look at an article to find their page.
    let lists = lists::statements().concat();
    for sql in lists.iter().filter(|sql| sql.contains("ORDER BY")) {
        let plan = plan(&connection, sql);
        assert!(plan[0].contains("USING COVERING INDEX"), "{sql}\n{plan:?}");
        let of_articles = plan.iter().filter(|step| step.contains(" article "));
        for step in of_articles {
            assert!(step.contains("COVERING INDEX"), "{sql}\n{plan:?}");
        }
    }
}

/// Whose token was good is taken for somebody who is there, as long as the generation lasts (`member`).
#[test]
fn no_statement_removes_a_user() {
    let statements = fixed_statements().concat();
    let written = statements.iter().chain(&[TABLES, DERIVED]);
    for sql in written {
        let words: Vec<_> = sql.split_whitespace().collect();
        let removes = words
            .windows(3)
            .any(|words| words == ["DELETE", "FROM", "user"]);
        assert!(!removes, "{sql}");
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

const PAGE: PageRange = PageRange {
    limit: 20,
    offset: 0,
};

fn list(connection: &Connection, filter: &ArticleFilter) -> u64 {
    steps(connection, |connection| {
        let found = lists::find(connection, filter, PAGE).unwrap();
        article::list(
            connection,
            &found.ids,
            found.count,
            &ViewerLinks::LookedUp(7),
        )
        .unwrap();
    })
}

fn feed(connection: &Connection, reader: i64) -> u64 {
    steps(connection, |connection| {
        let found = feed::find(connection, reader, PAGE).unwrap();
        assert_eq!(found.ids.len(), PAGE.limit);
        article::list(
            connection,
            &found.ids,
            found.count,
            &ViewerLinks::LookedUp(reader),
        )
        .unwrap();
    })
}

#[test]
fn pages_cost_the_same_whatever_the_blog_holds() {
    let (small, large) = (blog(2_000), blog(100_000));
    let name = |name: &str| Some(name.to_owned());
    let none = ArticleFilter::default();
    let by_tag = ArticleFilter {
        tag: name("all"),
        ..none.clone()
    };
    let by_author = ArticleFilter {
        author: name("user1"),
        ..none.clone()
    };
    let by_fan = ArticleFilter {
        favorited: name("user3"),
        ..none.clone()
    };
    for filter in [none, by_tag, by_author, by_fan] {
        let (few, many) = (list(&small, &filter), list(&large, &filter));
        assert!(many < few + few / 5, "{filter:?}: {few} steps, then {many}");
    }
    for reader in [1, 2] {
        let (few, many) = (feed(&small, reader), feed(&large, reader));
        assert!(
            many < few + few / 2,
            "reader {reader}: {few} steps, then {many}"
        );
    }
    // Of 450 authors more, a page costs one row each.
    let more = feed(&large, 1) - feed(&large, 2);
    assert!(more < 450 * 20, "{more} steps");
    let newest = |connection: &Connection, id: i64| {
        steps(connection, |connection| {
            let delete = "DELETE FROM article WHERE id = ?1";
            connection.execute(delete, [id]).unwrap();
        })
    };
    let (few, many) = (newest(&small, 7), newest(&large, 7));
    assert!(
        many < few * 2,
        "removing an article: {few} steps, then {many}"
    );
    assert_consistent(&large);
}

/// A feed is what one query over all articles finds, page by page.
#[test]
fn feeds_are_merged_as_one_query_would_find_them() {
    const NAIVE: &str = "SELECT id FROM article
        WHERE author_id IN (SELECT followed_id FROM follow WHERE follower_id = ?1)
        ORDER BY created_at DESC, id DESC";
    let connection = blog(2_000);
    for reader in [1, 2, 3] {
        let mut naive = connection.prepare(NAIVE).unwrap();
        let expected = naive.query_map([reader], |row| row.get(0)).unwrap();
        let expected: Vec<i64> = expected.map(Result::unwrap).collect();
        for (limit, offset) in [(20, 0), (7, 13), (100, 150), (100, 10_000), (1, 0)] {
            let page = PageRange { limit, offset };
            let found = feed::find(&connection, reader, page).unwrap();
            let expected_page = expected.iter().skip(offset).take(limit).copied();
            assert_eq!(
                found.ids,
                expected_page.collect::<Vec<_>>(),
                "{reader} {page:?}"
            );
            assert_eq!(usize::try_from(found.count).unwrap(), expected.len());
        }
    }
}

/// The triggers keep every count, whatever comes and goes.
#[test]
fn counts_are_those_of_the_rows() {
    let connection = blog(500);
    for statement in [
        "INSERT INTO user (username, email, created_at, updated_at) VALUES ('new', 'new@x', 0, 0)",
        "INSERT INTO article (author_id, created_at, updated_at, slug, title, description, body)
         VALUES (1001, 5, 5, 'x', 't', 'd', 'b'), (1001, 9, 9, 'y', 't', 'd', 'b'),
                (1001, 7, 7, 'z', 't', 'd', 'b')",
        "INSERT INTO favorite (article_id, user_id) VALUES (501, 1001), (502, 1001)",
        "INSERT INTO article_tag (article_id, tag) VALUES (501, 'new'), (502, 'new'), (502, 'all')",
        "INSERT INTO follow VALUES (1001, 1), (1, 1001)",
        "INSERT INTO comment (article_id, author_id, created_at, updated_at, body)
         VALUES (501, 1001, 0, 0, '字')",
        "DELETE FROM article WHERE slug = 'y'",
        "DELETE FROM favorite WHERE article_id = 501",
        "DELETE FROM follow WHERE follower_id = 1001",
        "DELETE FROM comment WHERE article_id IN (501, 3)",
        "DELETE FROM article WHERE author_id = 4",
        "DELETE FROM user WHERE id IN (5, 1001)",
    ] {
        connection.execute(statement, []).unwrap();
        assert_consistent(&connection);
    }
}
