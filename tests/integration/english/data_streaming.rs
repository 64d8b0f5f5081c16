//! `GET /streaming/sentences`: a learner's order for the service that streams it, and the links to that service.

use axum::http::Method;
use serde_json::{Value, json};

use crate::english::site::{SETTINGS, options};
use crate::support::harness::{Answer, Site};

const TOKEN: &str = "a token of the service";

fn site() -> Site {
    let mut options = options();
    let settings = format!("{SETTINGS}streaming_token = {TOKEN:?}\n");
    options.settings = settings.leak();
    Site::of_drill_with(&options)
}

/// Grades sentences of a learner: by number, and what it counts.
async fn graded(site: &Site, user: i64, gradings: &'static [(i64, i64)]) {
    let job = move |connection: &rusqlite::Connection| {
        for (no, val) in gradings {
            let insert = "INSERT INTO scores (passed, val, sentence_id, user_id, type, created_at, updated_at)
                SELECT 1, ?2, id, ?3, 'ScoreEngWritten', '2026-01-01 00:00:00', '2026-01-01 00:00:00'
                FROM sentences WHERE no = ?1";
            connection.execute(insert, (no, val, user))?;
        }
        Ok::<_, ekiben::store::StoreError>(())
    };
    site.store.write(job).await.unwrap();
}

async fn sets_mode(site: &Site, user: i64, mode: &'static str) {
    let job = move |connection: &rusqlite::Connection| {
        let update = "UPDATE users SET mode = ?2 WHERE id = ?1";
        Ok::<_, ekiben::store::StoreError>(connection.execute(update, (user, mode))?)
    };
    site.store.write(job).await.unwrap();
}

async fn by_service(site: &Site, query: &str, authorization: &str) -> Answer {
    let path = format!("/streaming/sentences{query}");
    let headers = [("authorization", authorization)];
    site.browser()
        .json_with(Method::GET, &path, &headers, &Value::Null)
        .await
}

#[tokio::test]
async fn a_learner_reads_the_own_order() {
    let site = site();
    let browser = site.learner("ann").await;
    let ann = site.user_id("ann@example.com").unwrap();
    graded(&site, ann, &[(3, 2), (5, -2)]).await;
    let list = async |path: &str| browser.json(Method::GET, path, &Value::Null).await;
    let scores = |order: &[i64]| -> Value {
        let score = |no: &i64| match no {
            3 => 2,
            5 => -2,
            _ => 0,
        };
        let sentences = order.iter().map(|no| json!({"no": no, "score": score(no)}));
        json!({"sentences": sentences.collect::<Vec<_>>()})
    };
    for (mode, order) in [
        ("normal", [1, 2, 3, 4, 5, 6, 7]),
        ("top", [3, 1, 2, 4, 6, 7, 5]),
        ("worst", [5, 1, 2, 4, 6, 7, 3]),
    ] {
        sets_mode(&site, ann, mode).await;
        let own = list("/streaming/sentences").await;
        assert_eq!(own.is(200).json(), scores(&order), "{mode}");
        assert_eq!(own.header("content-type"), "application/json");
        assert_eq!(own.header("cache-control"), "no-store");
        let named = list(&format!("/streaming/sentences?user_id={ann}")).await;
        assert_eq!(named.is(200).json(), scores(&order), "{mode}");
    }
    site.learner("bob").await;
    let bob = site.user_id("bob@example.com").unwrap();
    for (query, status) in [
        (format!("?user_id={bob}"), 403),
        ("?user_id=999".to_owned(), 403),
        ("?user_id=x".to_owned(), 400),
    ] {
        list(&format!("/streaming/sentences{query}"))
            .await
            .is(status);
    }
}

#[tokio::test]
async fn the_service_reads_everybody_by_its_token() {
    let site = site();
    site.learner("ann").await;
    let ann = site.user_id("ann@example.com").unwrap();
    graded(&site, ann, &[(7, 1)]).await;
    sets_mode(&site, ann, "top").await;
    let bearer = format!("Bearer {TOKEN}");
    let list = by_service(&site, &format!("?user_id={ann}"), &bearer).await;
    let list = list.is(200).json();
    assert_eq!(list["sentences"][0], json!({"no": 7, "score": 1}));
    assert_eq!(list["sentences"].as_array().unwrap().len(), 7);
    by_service(&site, "?user_id=999", &bearer).await.is(404);
    by_service(&site, "", &bearer).await.is(400);
    for wrong in ["Bearer a token of the servic", "Basic abc", "Bearer "] {
        let refused = by_service(&site, &format!("?user_id={ann}"), wrong).await;
        assert_eq!(refused.is(401).header("www-authenticate"), "Bearer");
        let error: Value = serde_json::from_slice(&refused.body).unwrap();
        assert!(error["error"].is_string());
    }
    // Without a token that is set, none is right.
    let closed = Site::of_drill();
    for bearer in ["Bearer ", &bearer] {
        by_service(&closed, "?user_id=1", bearer).await.is(401);
    }
}

/// Advice 21: links are there for learners, where addresses are.
#[tokio::test]
async fn the_footer_links_to_the_service() {
    let mut options = options();
    let addresses =
        "streaming_global = \"https://stream.example/\"\nstreaming_local = \"http://10.0.0.1:8\"\n";
    options.settings = format!("{SETTINGS}{addresses}").leak();
    let site = Site::of_drill_with(&options);
    let browser = site.learner("ann").await;
    let ann = site.user_id("ann@example.com").unwrap();
    let page = browser.page("/").await;
    for (base, location) in [
        ("https://stream.example", "global"),
        ("http://10.0.0.1:8", "local"),
    ] {
        let link = format!(
            "<a href=\"{base}/?user_id={ann}&#38;location={location}\">streaming({location})</a>"
        );
        assert!(page.contains(&link), "{link}\n{page}");
    }
    assert!(!site.browser().page("/").await.contains("stream.example"));
    let without = Site::of_drill();
    assert!(
        !without
            .learner("ann")
            .await
            .page("/")
            .await
            .contains("streaming(")
    );
}
