//! Sentences that are removed, with all that was graded of them.

use std::path::Path;

use axum::http::Method;
use ekiben::store::StoreError;
use serde_json::{Value, json};

use crate::english::site::{Grade, options};
use crate::support::harness::Site;
use crate::support::patience::Patience;

/// Gradings of a sentence: more than go at once.
const MANY: i64 = 3_000;

async fn run(site: &Site, sql: &'static str, values: (i64, i64)) {
    let job = move |connection: &rusqlite::Connection| {
        Ok::<_, StoreError>(connection.execute(sql, values)?)
    };
    site.store.write(job).await.unwrap();
}

/// Has the first learner grade a sentence many times.
async fn graded(site: &Site, sentence: i64) {
    let sql = "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < ?2) \
        INSERT INTO scores (passed, val, sentence_id, user_id, type, created_at, updated_at) \
        SELECT 1, 2, ?1, 1, 'ScoreEngWritten', '2026-01-01 00:00:00', '2026-01-01 00:00:00' FROM n";
    run(site, sql, (sentence, MANY)).await;
}

fn count(site: &Site, sql: &str) -> i64 {
    let count = site
        .store
        .read(|connection| Ok::<_, StoreError>(connection.query_row(sql, [], |row| row.get(0))?));
    count.unwrap()
}

const LEFT: &str = "SELECT (SELECT count(*) FROM scores WHERE sentence_id = 3) \
    + (SELECT count(*) FROM progress WHERE sentence_id = 3) \
    + (SELECT count(*) FROM sentences WHERE id = 3) + (SELECT count(*) FROM removed_sentence)";

async fn until_gone(site: &Site) {
    let patience = Patience::for_("the end of a sentence");
    while patience.waits_while(count(site, LEFT) > 0) {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_sentence_with_many_gradings_goes_at_once_and_they_in_pieces() {
    let site = Site::of_drill();
    let (eve, ann) = (site.editor("eve").await, site.learner("ann").await);
    graded(&site, 3).await;
    eve.grades(2, Grade::SaidRight).await;
    eve.json(Method::DELETE, "/sentences/3.json", &Value::Null)
        .await
        .is_bare(204);
    // Nobody waits for the rest: not whoever grades, nor whoever looks.
    let _ = eve
        .json(Method::DELETE, "/sentences/3.json", &Value::Null)
        .await
        .is(404);
    ann.grades(4, Grade::SaidWrong).await;
    until_gone(&site).await;
    assert_eq!(count(&site, "SELECT count(*) FROM scores"), 2);
    assert_eq!(
        eve.listed("").await,
        [(1, 0), (2, 1), (4, 0), (5, 0), (6, 0)]
    );
}

/// As the first of its pieces leaves it, a sentence is nowhere, and what it counted counts no more.
#[tokio::test]
async fn nobody_is_shown_half_a_removed_sentence() {
    let site = Site::of_drill();
    let (eve, ann) = (site.editor("eve").await, site.learner("ann").await);
    graded(&site, 3).await;
    ann.grades(3, Grade::SaidWrong).await;
    for browser in [&eve, &ann] {
        browser.grades(2, Grade::SaidRight).await;
    }
    run(
        &site,
        "INSERT INTO removed_sentence SELECT ?1 WHERE ?2",
        (3, 1),
    )
    .await;
    for browser in [&eve, &ann] {
        for path in ["/sentences/3", "/sentences/3.json"] {
            let _ = browser.get(path).await.is(404);
        }
        let led = browser.get("/sentences/search?no=3").await;
        assert_eq!(led.is(302).header("location"), "/sentences/1");
        let body = json!({"sentence_id": 3, "passed": true});
        let refused = browser.json(Method::POST, "/scores.json", &body).await;
        assert_eq!(refused.is(422).json(), json!({"sentence": ["must exist"]}));
        let board = browser.page("/dashboard/index").await;
        let tried = board.split("all try index").nth(1).unwrap();
        let tried = tried.split("</table>").next().unwrap();
        assert!(
            tried.contains(">1</td><td class=\"number\">6</td>"),
            "{tried}"
        );
        assert!(!board.contains("雨が降っています。"));
        for order in [
            [(1, 0), (2, 1), (4, 0), (5, 0), (6, 0)],
            [(2, 1), (1, 0), (4, 0), (5, 0), (6, 0)],
            [(1, 0), (4, 0), (5, 0), (6, 0), (7, 0)],
        ] {
            assert_eq!(browser.listed("").await, order);
            let rest = browser.listed("?page=2").await.len();
            assert_eq!(rest, 1);
            let page = browser.page("/sentences/2").await;
            assert!(!page.contains("/sentences/3\""));
            browser.toggles_mode().await;
        }
    }
    for method in [Method::PATCH, Method::DELETE] {
        let _ = eve
            .json(method, "/sentences/3.json", &json!({"no": 9}))
            .await
            .is(404);
    }
    // What was left when the server ended goes after its next start.
    let folder = site.close();
    let site = Site::open(folder, Path::new("english.sqlite"), &options());
    until_gone(&site).await;
    assert_eq!(count(&site, "SELECT count(*) FROM scores"), 2);
}
