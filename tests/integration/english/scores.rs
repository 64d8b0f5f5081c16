//! Gradings: the three kinds with seven routes each, by form and by JSON.

use axum::http::Method;
use ekiben::store::StoreError;
use serde_json::{Value, json};

use crate::english::site::Grade;
use crate::support::browser::{Browser, html};
use crate::support::harness::Site;

/// A kind: where it is, its key, its name, what a right one counts, how often it says a thing.
const KINDS: [(&str, &str, &str, Option<i64>, usize); 3] = [
    ("/scores", "score", "Score", None, 1),
    (
        "/score_eng_writtens",
        "score_eng_written",
        "Score eng written",
        Some(2),
        2,
    ),
    (
        "/score_eng_not_writtens",
        "score_eng_not_written",
        "Score eng not written",
        Some(1),
        2,
    ),
];

/// What the gradings of the file count, in order.
fn vals(site: &Site) -> Vec<(i64, Option<i64>, Option<bool>)> {
    let read = |connection: &rusqlite::Connection| -> Result<_, StoreError> {
        let mut select = connection.prepare("SELECT id, val, passed FROM scores ORDER BY id")?;
        let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        Ok(rows.collect::<rusqlite::Result<Vec<_>>>()?)
    };
    site.store.read(read).unwrap()
}

async fn create(browser: &Browser<'_>, path: &str, body: &Value) -> Value {
    browser.json(Method::POST, path, body).await.is(201).json()
}

#[tokio::test]
async fn each_kind_has_seven_routes_in_json() {
    let site = Site::of_drill();
    let ann = site.learner("ann").await;
    let user = site.user_id("ann@example.com").unwrap();
    for (id, (resource, key, _, val, _)) in (1..).zip(KINDS) {
        let body = json!({key: {"passed": true, "sentence_id": 4, "user_id": user}});
        // A slash behind the address of a form is taken.
        let made = ann.json(Method::POST, &format!("{resource}/"), &body).await;
        let url = format!("http://localhost{resource}/{id}");
        assert_eq!(made.is(201).header("location"), url);
        let made = made.json();
        let at = format!("{resource}/{id}.json");
        let mut expected = json!({
            "id": id, "created_at": made["created_at"], "updated_at": made["updated_at"],
            "url": format!("http://localhost{at}"),
        });
        if resource == "/scores" {
            expected["passed"] = json!(true);
            expected["sentence_id"] = json!(4);
            expected["user_id"] = json!(user);
        }
        assert_eq!(made, expected);
        let time = made["created_at"].as_str().unwrap();
        assert!(time.len() == 24 && time.ends_with('Z'), "{time}");
        assert_eq!(ann.value(&at).await, made);
        assert_eq!(ann.value(&format!("{resource}.json")).await, json!([made]));
        assert_eq!(vals(&site), [(id, val, Some(true))]);
        let changed = ann
            .json(Method::PATCH, &at, &json!({key: {"passed": false}}))
            .await;
        let changed = changed.is(200).json();
        assert_eq!(changed["created_at"], made["created_at"]);
        // Advice 4: what it counts stays.
        assert_eq!(vals(&site), [(id, val, Some(false))]);
        let put = ann
            .json(
                Method::PUT,
                &at,
                &json!({key: {"passed": null, "sentence_id": 5}}),
            )
            .await;
        let _ = put.is(200);
        assert_eq!(vals(&site), [(id, val, None)]);
        for form in ["/new".to_owned(), format!("/{id}/edit")] {
            let page = ann.page(&format!("{resource}{form}")).await;
            assert!(page.contains(&format!("{key}[sentence_id]")), "{page}");
        }
        let _ = ann
            .json(Method::DELETE, &at, &Value::Null)
            .await
            .is_bare(204);
        let _ = ann.get(&at).await.is(404);
        assert_eq!(vals(&site), []);
    }
}

/// The contract, 6: names are in its order.
#[tokio::test]
async fn a_grading_has_its_names_in_their_order() {
    let site = Site::of_drill();
    let ann = site.learner("ann").await;
    for (resource, names) in [
        ("/scores", &["id", "passed", "sentence_id", "user_id"][..]),
        ("/score_eng_writtens", &["id"]),
    ] {
        let body = json!({"passed": true, "sentence_id": 1});
        let made = ann.json(Method::POST, resource, &body).await;
        let list = ann.json(Method::GET, resource, &Value::Null).await;
        let at = format!("{resource}/{}", made.is(201).json()["id"]);
        let one = ann.json(Method::GET, &at, &Value::Null).await;
        for answer in [made, one, list] {
            let text = String::from_utf8_lossy(&answer.body).into_owned();
            let names = names.iter().chain(&["created_at", "updated_at", "url"]);
            let places: Vec<_> = names
                .map(|name| text.find(&format!("\"{name}\":")).unwrap())
                .collect();
            assert!(places.is_sorted(), "{text}");
        }
    }
}

#[tokio::test]
async fn each_kind_has_seven_routes_in_html() {
    let site = Site::of_drill();
    let ann = site.learner("ann").await;
    for (id, (resource, key, name, val, _)) in (1..).zip(KINDS) {
        let (sentence, passed) = (format!("{key}[sentence_id]"), format!("{key}[passed]"));
        assert!(
            ann.page(resource)
                .await
                .contains(&format!("{resource}/new"))
        );
        let page = ann.page(&format!("{resource}/new")).await;
        let typed = [(sentence.as_str(), "2"), (passed.as_str(), "1")];
        let answer = ann.submit(&page, resource, &typed).await;
        let own = format!("{resource}/{id}");
        let to = if key == "score" {
            own.as_str()
        } else {
            "/sentences/2"
        };
        assert_eq!(answer.is(302).header("location"), to);
        let said = ann.page(to).await;
        assert!(
            said.contains(&format!("{name} was successfully created.")),
            "{said}"
        );
        assert_eq!(vals(&site), [(id, val, Some(true))]);
        let shown = ann.page(&own).await;
        assert!(shown.contains("href=\"/sentences/2\"") && shown.contains("true"));
        let page = ann.page(&format!("{own}/edit")).await;
        assert!(page.contains(" checked"));
        let answer = ann.submit(&page, &own, &[(sentence.as_str(), "3")]).await;
        assert_eq!(answer.is(302).header("location"), own);
        let said = ann.page(&own).await;
        assert!(
            said.contains(&format!("{name} was successfully updated.")),
            "{said}"
        );
        assert_eq!(vals(&site), [(id, val, Some(false))]);
        let answer = ann.submit_as("delete", &said, &own, &[]).await;
        assert_eq!(answer.is(302).header("location"), resource);
        let said = ann.page(resource).await;
        assert!(
            said.contains(&format!("{name} was successfully destroyed.")),
            "{said}"
        );
        assert_eq!(vals(&site), []);
    }
}

/// Advice 24: JSON is refused with 422, a form comes back with 200.
#[tokio::test]
async fn a_sentence_that_is_not_there_is_not_graded() {
    let site = Site::of_drill();
    let ann = site.learner("ann").await;
    for (resource, key, _, _, times) in KINDS {
        let errors = json!({"sentence": vec!["must exist"; times]});
        let wrong = [
            json!({"passed": true, "sentence_id": 99}),
            json!({"passed": false}),
        ];
        for body in wrong {
            let refused = ann.json(Method::POST, resource, &json!({key: body})).await;
            assert_eq!(refused.is(422).json(), errors);
        }
        let page = ann.page(&format!("{resource}/new")).await;
        let field = format!("{key}[sentence_id]");
        let answer = ann.submit(&page, resource, &[(&field, "99")]).await;
        let again = html(answer.is(200));
        assert_eq!(
            again.matches("Sentence must exist").count(),
            times,
            "{again}"
        );
        assert!(again.contains("value=\"99\""));
    }
    assert_eq!(vals(&site), []);
}

/// The contract, 6: plain ones need something under their key, the others say what is wrong instead.
#[tokio::test]
async fn a_key_may_be_missing_where_the_original_lets_it() {
    let site = Site::of_drill();
    let ann = site.learner("ann").await;
    for nothing in [json!({}), json!({"score": {}}), json!({"x": 1})] {
        let _ = ann
            .json(Method::POST, "/scores.json", &nothing)
            .await
            .is(400);
        for resource in ["/score_eng_writtens.json", "/score_eng_not_writtens.json"] {
            let refused = ann.json(Method::POST, resource, &nothing).await;
            let errors = json!({"sentence": ["must exist", "must exist"]});
            assert_eq!(refused.is(422).json(), errors);
        }
    }
    let token = ann.token().await;
    let form = ann
        .post("/score_eng_writtens/", &[("authenticity_token", &token)])
        .await;
    assert!(html(form.is(200)).contains("Sentence must exist"));
    let form = ann.post("/scores", &[("authenticity_token", &token)]).await;
    html(form.is(400));
    // JSON may name the attributes alone.
    let made = create(
        &ann,
        "/score_eng_writtens",
        &json!({"sentence_id": "3x", "passed": "0"}),
    )
    .await;
    assert_eq!(
        vals(&site),
        [(made["id"].as_i64().unwrap(), Some(-2), Some(false))]
    );
}

/// Advice 12: a learner's gradings are hers, whatever she says, and nobody else's.
#[tokio::test]
async fn gradings_belong_to_who_makes_them() {
    let site = Site::of_drill();
    let (ann, bob) = (site.learner("ann").await, site.learner("bob").await);
    let (his, hers) = (
        site.user_id("bob@example.com"),
        site.user_id("ann@example.com"),
    );
    let body = json!({"score": {"sentence_id": 1, "user_id": his}});
    let made = create(&ann, "/scores.json", &body).await;
    assert_eq!(made["user_id"], json!(hers));
    let body = json!({"sentence_id": 1, "user_id": his, "passed": true});
    create(&ann, "/score_eng_writtens.json", &body).await;
    assert_eq!(bob.value("/scores.json").await, json!([]));
    assert_eq!(bob.listed("").await[0], (1, 0));
    for path in [
        "/scores/1",
        "/scores/1.json",
        "/score_eng_writtens/2",
        "/scores/2/edit",
    ] {
        let _ = bob.get(path).await.is(404);
    }
    let move_it = json!({"score": {"user_id": his, "passed": true}});
    for method in [Method::PATCH, Method::PUT, Method::DELETE] {
        let _ = bob.json(method, "/scores/1.json", &move_it).await.is(404);
    }
    let moved = ann.json(Method::PATCH, "/scores/1.json", &move_it).await;
    assert_eq!(moved.is(200).json()["user_id"], json!(hers));
    assert_eq!(ann.listed("").await[0], (1, 2));
}

/// The contract, 6: the addresses of a kind know that kind alone, those of all know each.
#[tokio::test]
async fn a_kind_does_not_find_another_s() {
    let site = Site::of_drill();
    let ann = site.learner("ann").await;
    ann.grades(1, Grade::WrittenRight).await;
    ann.grades(1, Grade::SaidWrong).await;
    create(&ann, "/scores.json", &json!({"sentence_id": 1})).await;
    for (resource, other, own) in [
        ("/score_eng_writtens", [2, 3], 1),
        ("/score_eng_not_writtens", [1, 3], 2),
    ] {
        for id in other {
            let path = format!("{resource}/{id}");
            let _ = ann.get(&path).await.is(404);
            let _ = ann.json(Method::DELETE, &path, &Value::Null).await.is(404);
        }
        let list = ann.value(&format!("{resource}.json")).await;
        assert_eq!(list.as_array().unwrap().len(), 1);
        assert_eq!(list[0]["id"], own);
    }
    let all = ann.value("/scores.json").await;
    let ids: Vec<_> = all
        .as_array()
        .unwrap()
        .iter()
        .map(|score| score["id"].clone())
        .collect();
    assert_eq!(ids, [1, 2, 3]);
    assert_eq!(ann.value("/scores/2.json").await["passed"], false);
    // From the list of all, links lead to the routes of their own kind.
    let page = ann.page("/scores").await;
    for address in [
        "/score_eng_writtens/1",
        "/score_eng_not_writtens/2",
        "/scores/3",
    ] {
        assert!(
            page.contains(&format!("href=\"{address}/edit\"")),
            "{address}"
        );
    }
}

/// Advice 5: a plain grading counts nothing and is an attempt.
#[tokio::test]
async fn a_plain_grading_counts_nothing_and_is_an_attempt() {
    let site = Site::of_drill();
    let ann = site.learner("ann").await;
    create(
        &ann,
        "/scores.json",
        &json!({"sentence_id": 6, "passed": true}),
    )
    .await;
    assert_eq!(vals(&site), [(1, None, Some(true))]);
    assert_eq!(ann.listed("?page=2").await, [(6, 0), (7, 0)]);
    let board = ann.page("/dashboard/index").await;
    let tried = board.split("all try index").nth(1).unwrap();
    let tried = tried.split("</table>").next().unwrap();
    assert!(tried.contains(">1</td><td class=\"number\">7</td><td class=\"number\">14.28</td>"));
}

#[tokio::test]
async fn a_grading_can_move_to_another_sentence() {
    let site = Site::of_drill();
    let ann = site.learner("ann").await;
    ann.grades(1, Grade::WrittenRight).await;
    for (sentence, status) in [(2, 200), (99, 422)] {
        let body = json!({"sentence_id": sentence});
        let moved = ann.json(Method::PATCH, "/score_eng_writtens/1.json", &body);
        let _ = moved.await.is(status);
        assert_eq!(ann.listed("").await[..2], [(1, 0), (2, 2)]);
    }
}

/// A list of gradings has 500 at most, and leads on by ids.
#[tokio::test]
async fn long_lists_have_parts() {
    let site = Site::of_drill();
    let ann = site.learner("ann").await;
    let job = |connection: &rusqlite::Connection| -> Result<_, StoreError> {
        let sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1100) \
            INSERT INTO scores (passed, val, sentence_id, user_id, type, created_at, updated_at) \
            SELECT 1, 1, 1 + i % 7, 1, iif(i % 2, 'ScoreEngWritten', 'ScoreEngNotWritten'), \
            '2026-01-01 00:00:00', '2026-01-01 00:00:00' FROM n";
        Ok(connection.execute(sql, [])?)
    };
    assert_eq!(site.store.write(job).await.unwrap(), 1100);
    let part = async |query: &str| {
        let answer = ann.get(&format!("/scores.json{query}")).await;
        let list = answer.is(200).json();
        let list = list.as_array().unwrap();
        let ends = list.first().zip(list.last());
        let ends =
            ends.map(|(first, last)| (first["id"].as_i64().unwrap(), last["id"].as_i64().unwrap()));
        (ends, answer.header("link").to_owned())
    };
    let first = "</scores.json>; rel=\"first\"";
    let (ends, link) = part("").await;
    assert_eq!(ends, Some((1, 500)));
    assert_eq!(
        link,
        format!("{first}, </scores.json?after=500>; rel=\"next\"")
    );
    let (ends, link) = part("?after=500").await;
    assert_eq!(ends, Some((501, 1000)));
    let both = "</scores.json?before=501>; rel=\"prev\", </scores.json?after=1000>; rel=\"next\"";
    assert_eq!(link, format!("{first}, {both}"));
    let (ends, link) = part("?page=3").await;
    assert_eq!(ends, Some((1001, 1100)));
    assert_eq!(
        link,
        format!("{first}, </scores.json?before=1001>; rel=\"prev\"")
    );
    assert_eq!(part("?before=501").await.0, Some((1, 500)));
    assert_eq!(part("?before=501").await.1, part("").await.1);
    // Behind the last part is the last one again, with what leads back.
    for beyond in ["?page=9", "?page=9223372036854775807"] {
        assert_eq!(part(beyond).await, part("?page=3").await);
    }
    for beyond in ["?after=1100", "?after=99999999999"] {
        let (ends, link) = part(beyond).await;
        assert_eq!(ends, Some((601, 1100)));
        let back = "</scores.json?before=601>; rel=\"prev\"";
        assert_eq!(link, format!("{first}, {back}"));
    }
    assert_eq!(part("?before=1").await, part("").await);
    let written = ann.value("/score_eng_writtens.json?after=990").await;
    assert_eq!(written.as_array().unwrap().len(), 55);
    let page = ann.page("/scores?after=50").await;
    assert!(page.contains("?before=51\"") && page.contains("?after=100\""));
}
