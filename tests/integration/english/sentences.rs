//! The list of sentences, the search by a number, and one sentence as JSON.

use axum::http::Method;
use ekiben::store::StoreError;
use serde_json::json;

use crate::english::site::Grade;
use crate::support::browser::{html, unescaped};
use crate::support::harness::Site;

/// Numbers that are no ids: 30 is sentence 1, 10 sentence 2, twice 20 sentences 3 and 4, none sentence 5.
const ODD: &str =
    "no,jp,en,voice_data\n30,三十,thirty,\n10,十,ten,\n20,二十,twenty,\n20,にじゅう,twenty!,\n";

async fn set(site: &Site, sql: &'static str) {
    let job = move |connection: &rusqlite::Connection| -> Result<_, StoreError> {
        Ok(connection.execute(sql, [])?)
    };
    assert!(site.store.write(job).await.unwrap() > 0, "{sql}");
}

/// Advice 1 and 3: whoever has just signed up sees every sentence, with the score 0, and has tried none.
#[tokio::test]
async fn a_new_learner_sees_every_sentence() {
    let site = Site::of_drill();
    let ann = site.learner("ann").await;
    let page = unescaped(&ann.page("/sentences").await);
    for (no, jp) in [(1, "私は学生です。"), (5, "お腹が空きました。")] {
        let row = format!(
            "<tr><td class=\"number\">{no}</td><td lang=\"ja\">{jp}</td><td class=\"number\">0</td>"
        );
        assert!(page.contains(&row), "{page}");
    }
    assert!(page.contains("href=\"/sentences/5\"") && !page.contains("明日会いましょう。"));
    assert!(page.contains("rel=\"next\" href=\"/sentences?page=2\""));
    let second = ann.page("/sentences?page=2").await;
    assert!(
        second.contains("明日会いましょう。")
            && second.contains("rel=\"prev\" href=\"/sentences\"")
    );
    assert!(ann.page("/sentences/7").await.contains("data-score>0<"));
    let board = ann.page("/dashboard/index").await;
    assert!(board.contains(
        "<td class=\"number\">0</td><td class=\"number\">7</td><td class=\"number\">0.0</td>"
    ));
}

/// Advice 15: pages that are not there are the first or the last one, with 200.
#[tokio::test]
async fn pages_are_clamped() {
    let site = Site::of_drill();
    let ann = site.learner("ann").await;
    for first in ["", "?page=1", "?page=0", "?page=-1", "?page=abc", "?page="] {
        assert_eq!(ann.listed(first).await[0].0, 1, "{first}");
    }
    for last in [
        "?page=2",
        "?page=2x",
        "?page=3",
        "?page=99999999999999999999",
    ] {
        assert_eq!(ann.listed(last).await, [(6, 0), (7, 0)], "{last}");
        let page = ann.page(&format!("/sentences{last}")).await;
        assert!(page.contains("明日会いましょう。"), "{last}");
    }
}

/// Advice 16: the list as JSON, with scores.
#[tokio::test]
async fn the_list_is_json_too() {
    let site = Site::of_drill();
    let ann = site.learner("ann").await;
    ann.grades(2, Grade::WrittenRight).await;
    let answer = ann.get("/sentences.json").await;
    let list = answer.is(200).json();
    assert_eq!(list.as_array().unwrap().len(), 5);
    let second = json!({
        "id": 2, "no": 2, "en": "This is a pen.", "jp": "これはペンです。", "voice_data": null,
        "created_at": "2026-01-01T00:00:00.000Z", "updated_at": "2026-01-01T00:00:00.000Z",
        "url": "http://localhost/sentences/2.json", "score": 2,
    });
    assert_eq!(list[1], second);
    let link = "</sentences.json?page=1>; rel=\"first\", </sentences.json?page=2>; rel=\"next\", \
        </sentences.json?page=2>; rel=\"last\"";
    assert_eq!(answer.header("link"), link);
    assert!(!answer.header("etag").is_empty());
    assert_eq!(answer.header("cache-control"), "private, no-cache");
    let by_header = ann.value("/sentences").await;
    assert_eq!(by_header, list);
}

#[tokio::test]
async fn top_and_worst_order_by_score_then_number() {
    let site = Site::of_drill();
    let ann = site.learner("ann").await;
    for (id, grade) in [
        (6, Grade::WrittenRight),
        (3, Grade::SaidRight),
        (1, Grade::SaidRight),
        (2, Grade::WrittenWrong),
        (5, Grade::SaidWrong),
    ] {
        ann.grades(id, grade).await;
    }
    let normal = [(1, 1), (2, -2), (3, 1), (4, 0), (5, -1)];
    assert_eq!(ann.listed("").await, normal);
    ann.toggles_mode().await;
    assert_eq!(
        ann.listed("").await,
        [(6, 2), (1, 1), (3, 1), (4, 0), (7, 0)]
    );
    assert_eq!(ann.listed("?page=2").await, [(5, -1), (2, -2)]);
    assert!(ann.page("/sentences").await.contains("<b>top</b>"));
    ann.toggles_mode().await;
    assert_eq!(
        ann.listed("").await,
        [(2, -2), (5, -1), (4, 0), (7, 0), (1, 1)]
    );
    ann.toggles_mode().await;
    assert_eq!(ann.listed("").await, normal);
    // Somebody else has an order and scores of her own.
    let bob = site.learner("bob").await;
    assert_eq!(
        bob.listed("").await,
        [(1, 0), (2, 0), (3, 0), (4, 0), (5, 0)]
    );
}

/// Advice 11: a mode that is none counts as normal, and the button makes it that.
#[tokio::test]
async fn an_unknown_mode_counts_as_normal() {
    let site = Site::of_drill();
    let ann = site.learner("ann").await;
    ann.grades(5, Grade::WrittenRight).await;
    for odd in [
        "UPDATE users SET mode = 'best'",
        "UPDATE users SET mode = NULL",
    ] {
        set(&site, odd).await;
        assert_eq!(ann.listed("").await[0], (1, 0));
        ann.page("/sentences/5").await;
        ann.page("/dashboard/index").await;
        ann.toggles_mode().await;
        assert!(ann.page("/sentences").await.contains("<b>normal</b>"));
    }
    let answer = ann
        .json(Method::PUT, "/user_conf/toggle_mode", &json!({}))
        .await;
    assert_eq!(answer.is(200).json(), json!({"mode": "top"}));
    assert!(ann.page("/sentences").await.contains("<b>top</b>"));
}

/// Advice 9 and 14: a search is for numbers, and addresses have ids; where there is no such number it leads
/// to 1, or nowhere.
#[tokio::test]
async fn a_search_goes_to_the_first_sentence_with_a_number() {
    let site = Site::of_drill_over(&[("sentences.csv", ODD)]);
    let ann = site.learner("ann").await;
    let found = async |query: &str| {
        let answer = ann.get(&format!("/sentences/search{query}")).await;
        answer.header("location").to_owned()
    };
    assert_eq!(found("?no=10").await, "/sentences/2");
    assert_eq!(found("?no=30").await, "/sentences/1");
    // Advice 10: of two with the same number the first one.
    assert_eq!(found("?no=20abc").await, "/sentences/3");
    // There is no 1 to fall back to.
    let _ = ann.get("/sentences/search?no=77").await.is(404);
    set(&site, "UPDATE sentences SET no = 1 WHERE id = 4").await;
    for fallback in [
        "",
        "?no=",
        "?no=abc",
        "?no=77",
        "?no=-5",
        "?no=99999999999999999999",
    ] {
        assert_eq!(found(fallback).await, "/sentences/4", "{fallback}");
    }
    set(&site, "UPDATE sentences SET no = 0 WHERE id = 3").await;
    set(&site, "UPDATE sentences SET no = NULL WHERE id = 2").await;
    assert_eq!(found("?no=abc").await, "/sentences/3");
    assert_eq!(found("?no=0").await, "/sentences/3");
    assert_eq!(found("").await, "/sentences/2");
    assert_eq!(found("?no=").await, "/sentences/2");
}

/// Advice 13: where there are no sentences there is nothing to find, and all pages are there all the same.
#[tokio::test]
async fn no_sentences_are_no_failure() {
    let site = Site::of_drill_over(&[("sentences.csv", "no,jp,en,voice_data\n")]);
    let ann = site.learner("ann").await;
    let answer = ann.get("/sentences/search?no=1").await;
    html(answer.is(404));
    assert!(
        ann.page("/sentences")
            .await
            .contains("There are no sentences yet.")
    );
    assert_eq!(ann.value("/sentences.json?page=3").await, json!([]));
    let board = ann.page("/dashboard/index").await;
    assert_eq!(board.matches("<td class=\"number\">0.0</td>").count(), 4);
}

#[tokio::test]
async fn a_search_has_no_form_but_a_page() {
    let site = Site::of_drill();
    let ann = site.learner("ann").await;
    let _ = ann.get("/sentences/search.json?no=1").await.is(406);
    let headers = [("accept", "application/json")];
    let json = ann.send(
        Method::GET,
        "/sentences/search?no=1",
        &headers,
        String::new(),
    );
    let _ = json.await.is(406);
}

/// Advice 25: as much of an id is read as is a number.
#[tokio::test]
async fn one_sentence_is_json_too() {
    let site = Site::of_drill();
    let ann = site.learner("ann").await;
    let first = json!({
        "id": 1, "no": 1, "en": "I am a student.", "jp": "私は学生です。", "voice_data": "/voice/001.mp3",
        "created_at": "2026-01-01T00:00:00.000Z", "updated_at": "2026-01-01T00:00:00.000Z",
        "url": "http://localhost/sentences/1.json",
    });
    for path in [
        "/sentences/1.json",
        "/sentences/1",
        "/sentences/1%2F3",
        "/sentences/1-x/",
    ] {
        assert_eq!(ann.value(path).await, first, "{path}");
    }
    let page = ann.page("/sentences/1%2F-3").await;
    assert!(page.contains("私は学生です。"));
    for nothing in [
        "8",
        "8.json",
        "x",
        "-1",
        "99999999999999999999",
        "9223372036854775807",
    ] {
        let _ = ann.get(&format!("/sentences/{nothing}")).await.is(404);
    }
}

/// As with Rails, a slash behind an address changes nothing.
#[tokio::test]
async fn a_slash_behind_an_address_is_taken() {
    let site = Site::of_drill();
    let ed = site.editor("ed").await;
    for path in [
        "/accesses/hello/",
        "/accesses/goodbye/",
        "/dashboard/index/",
        "/users/edit/",
        "/sentences/",
        "/sentences/1/",
        "/sentences/new/",
        "/sentences/1/edit/",
        "/scores/",
        "/scores/new/",
        "/words/1/",
        "/streaming/sentences/",
    ] {
        let _ = ed.get(path).await.is(200);
    }
    for path in ["/users/sign_in/", "/users/sign_up/", "/users/password/new/"] {
        let _ = site.browser().get(path).await.is(200);
    }
    for path in ["/user_conf/toggle_mode/", "/user_conf/toggle_mode.json"] {
        let toggled = ed.json(Method::PUT, path, &json!({})).await;
        let _ = toggled.is(200);
    }
    let found = ed.get("/sentences/search/?no=2").await;
    assert_eq!(found.is(302).header("location"), "/sentences/2");
    // The last of a parameter counts, everywhere.
    let found = ed.get("/sentences/search?no=2&no=3").await;
    assert_eq!(found.is(302).header("location"), "/sentences/3");
    let own = site.user_id("ed@example.com").unwrap();
    let path = format!("/streaming/sentences?user_id=999&user_id={own}");
    let _ = ed.get(&path).await.is(200);
}

/// The contract, 6: whoever is not signed in is led to the sign-in, a program is told 401.
#[tokio::test]
async fn sentences_are_for_learners() {
    let site = Site::of_drill();
    let nobody = site.browser();
    for path in [
        "/sentences",
        "/sentences/1",
        "/sentences/new",
        "/sentences/1/edit",
        "/sentences/search?no=1",
        "/dashboard/index",
        "/scores",
        "/score_eng_writtens/1",
        "/score_eng_not_writtens/new",
    ] {
        let answer = nobody.get(path).await;
        assert_eq!(
            answer.is(302).header("location"),
            "/users/sign_in",
            "{path}"
        );
    }
    for path in [
        "/sentences.json",
        "/sentences/1.json",
        "/scores.json",
        "/score_eng_writtens/1.json",
    ] {
        let answer = nobody.get(path).await;
        let error = json!({"error": "You need to sign in or sign up before continuing."});
        assert_eq!(answer.is(401).json(), error, "{path}");
    }
    for path in [
        "/sentences.json",
        "/scores.json",
        "/score_eng_not_writtens.json",
    ] {
        let answer = nobody
            .json(Method::POST, path, &json!({"sentence_id": 1}))
            .await;
        let _ = answer.is(401);
    }
    for (method, path) in [
        (Method::PUT, "/user_conf/toggle_mode"),
        (Method::DELETE, "/sentences/1.json"),
        (Method::PATCH, "/scores/1.json"),
    ] {
        let answer = nobody.json(method, path, &json!({})).await;
        let _ = answer.is(401);
    }
    for page in ["/", "/accesses/hello", "/accesses/goodbye"] {
        nobody.page(page).await;
    }
}
