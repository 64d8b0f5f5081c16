//! How editors make, change and remove sentences, by form and by JSON.

use axum::http::Method;
use serde_json::{Value, json};

use crate::english::site::Grade;
use crate::support::browser::{Browser, html, unescaped};
use crate::support::harness::Site;

const NO: &str = "sentence[no]";
const EN: &str = "sentence[en]";
const JP: &str = "sentence[jp]";
const VOICE: &str = "sentence[voice_data]";

/// What a page that an answer leads to says once.
async fn notice(browser: &Browser<'_>, to: &str) -> String {
    let page = browser.page(to).await;
    let said = page
        .split_once("role=\"status\">")
        .map_or("", |(_, rest)| rest);
    said.split('<').next().unwrap().to_owned()
}

/// Advice 2: a new sentence is in the list at once, and its page is there.
#[tokio::test]
async fn an_editor_makes_a_sentence_by_form() {
    let site = Site::of_drill();
    let eve = site.editor("eve").await;
    let ann = site.learner("ann").await;
    let page = eve.page("/sentences/new").await;
    let typed = [
        (NO, "8"),
        (EN, "Tom & \"Ann\""),
        (JP, "<i>新</i>"),
        (VOICE, "/voice/008.mp3"),
    ];
    let answer = eve.submit(&page, "/sentences", &typed).await;
    assert_eq!(answer.is(302).header("location"), "/sentences/8");
    assert_eq!(
        notice(&eve, "/sentences/8").await,
        "Sentence was successfully created."
    );
    assert_eq!(notice(&eve, "/sentences/8").await, "");
    // Pressing twice is one sentence; typing another one is another.
    let again = eve.submit(&page, "/sentences", &typed).await;
    assert_eq!(again.is(302).header("location"), "/sentences/8");
    let other = eve.submit(&page, "/sentences", &[(NO, "9")]).await;
    assert_eq!(other.is(302).header("location"), "/sentences/9");
    assert_eq!(
        ann.listed("?page=2").await,
        [(6, 0), (7, 0), (8, 0), (9, 0)]
    );
    let shown = ann.page("/sentences/8").await;
    assert!(!shown.contains("<i>") && unescaped(&shown).contains("<i>新</i>"));
    assert!(!ann.page("/sentences/9").await.contains("<audio"));
}

/// Advice 24: a form that was refused comes back with 200, with what was typed and what is wrong.
#[tokio::test]
async fn a_refused_form_comes_back() {
    let site = Site::of_drill();
    let eve = site.editor("eve").await;
    let page = eve.page("/sentences/new").await;
    let long = "字".repeat(256);
    let answer = eve
        .submit(&page, "/sentences", &[(NO, "3000000000"), (JP, &long)])
        .await;
    let again = unescaped(&html(answer.is(200)));
    assert!(
        again.contains("No must be less than or equal to 2147483647"),
        "{again}"
    );
    assert!(again.contains("Jp is too long (maximum is 255 characters)"));
    assert!(again.contains(&long) && again.contains("value=\"3000000000\""));
    let page = eve.page("/sentences/3/edit").await;
    assert!(unescaped(&page).contains("value=\"It is raining.\""));
    let answer = eve
        .submit(&page, "/sentences/3", &[(EN, &"x".repeat(256))])
        .await;
    let again = html(answer.is(200));
    assert!(again.contains("value=\"patch\"") && again.contains("雨が降っています。"));
    assert_eq!(eve.value("/sentences/3.json").await["en"], "It is raining.");
}

#[tokio::test]
async fn an_editor_changes_and_removes_a_sentence_by_form() {
    let site = Site::of_drill();
    let eve = site.editor("eve").await;
    let page = eve.page("/sentences/3/edit").await;
    let answer = eve
        .submit(&page, "/sentences/3", &[(NO, ""), (EN, "It rains.")])
        .await;
    assert_eq!(answer.is(302).header("location"), "/sentences/3");
    assert_eq!(
        notice(&eve, "/sentences/3").await,
        "Sentence was successfully updated."
    );
    let changed = eve.value("/sentences/3.json").await;
    assert_eq!(
        (&changed["no"], &changed["en"]),
        (&Value::Null, &json!("It rains."))
    );
    assert_eq!(changed["jp"], "雨が降っています。");
    eve.grades(3, Grade::SaidRight).await;
    let page = eve.page("/sentences/3").await;
    let answer = eve.submit_as("delete", &page, "/sentences/3", &[]).await;
    assert_eq!(answer.is(302).header("location"), "/sentences");
    assert_eq!(
        notice(&eve, "/sentences").await,
        "Sentence was successfully destroyed."
    );
    let _ = eve.get("/sentences/3").await.is(404);
    // Its gradings went with it.
    assert_eq!(eve.value("/scores.json").await, json!([]));
}

#[tokio::test]
async fn an_editor_makes_changes_and_removes_a_sentence_by_json() {
    let site = Site::of_drill();
    let eve = site.editor("eve").await;
    let body =
        json!({"sentence": {"no": 8, "en": "Yes.", "jp": "はい。", "voice_data": null, "x": 1}});
    let made = eve.json(Method::POST, "/sentences.json", &body).await;
    assert_eq!(
        made.is(201).header("location"),
        "http://localhost/sentences/8"
    );
    let made = made.json();
    assert_eq!(made["url"], "http://localhost/sentences/8.json");
    assert_eq!(eve.value("/sentences/8.json").await, made);
    // Attributes may stand alone, where no key is.
    let bare = json!({"no": "9", "en": "No.\r\n", "unknown": true});
    let bare = eve
        .json(Method::POST, "/sentences", &bare)
        .await
        .is(201)
        .json();
    assert_eq!(
        (&bare["no"], &bare["en"], &bare["jp"]),
        (&json!(9), &json!("No."), &Value::Null)
    );
    let patched = eve
        .json(
            Method::PATCH,
            "/sentences/9.json",
            &json!({"jp": "いいえ。"}),
        )
        .await;
    let patched = patched.is(200).json();
    assert_eq!(
        (&patched["en"], &patched["jp"]),
        (&json!("No."), &json!("いいえ。"))
    );
    assert_eq!(patched["created_at"], bare["created_at"]);
    let put = eve
        .json(
            Method::PUT,
            "/sentences/9",
            &json!({"sentence": {"no": null}}),
        )
        .await;
    assert_eq!(put.is(200).json()["no"], Value::Null);
    let gone = eve
        .json(Method::DELETE, "/sentences/9.json", &Value::Null)
        .await;
    let _ = gone.is_bare(204);
    let _ = eve
        .json(Method::DELETE, "/sentences/9.json", &Value::Null)
        .await
        .is(404);
    let _ = eve
        .json(Method::PATCH, "/sentences/9.json", &json!({"no": 1}))
        .await
        .is(404);
}

#[tokio::test]
async fn nothing_given_is_400() {
    let site = Site::of_drill();
    let eve = site.editor("eve").await;
    for nothing in [
        json!({}),
        json!({"x": 1}),
        json!({"sentence": {}}),
        json!({"sentence": "x"}),
    ] {
        let _ = eve
            .json(Method::POST, "/sentences.json", &nothing)
            .await
            .is(400);
        let _ = eve
            .json(Method::PATCH, "/sentences/1.json", &nothing)
            .await
            .is(400);
    }
    let token = eve.token().await;
    let form = eve
        .post("/sentences", &[("authenticity_token", &token), ("no", "1")])
        .await;
    html(form.is(400));
    assert_eq!(eve.listed("?page=2").await.len(), 2);
}

/// Advice 29: 255 characters of any kind, four bytes each if need be.
#[tokio::test]
async fn texts_have_255_characters() {
    let site = Site::of_drill();
    let eve = site.editor("eve").await;
    let most = "🍱".repeat(255);
    let made = eve
        .json(
            Method::POST,
            "/sentences.json",
            &json!({"en": most, "jp": "a\u{1f371}b"}),
        )
        .await;
    assert_eq!(made.is(201).json()["en"], most.as_str());
    let long =
        json!({"no": -3_000_000_000i64, "en": "a".repeat(256), "voice_data": "v".repeat(300)});
    let refused = eve.json(Method::POST, "/sentences.json", &long).await;
    let errors = json!({
        "no": ["must be greater than or equal to -2147483648"],
        "en": ["is too long (maximum is 255 characters)"],
        "voice_data": ["is too long (maximum is 255 characters)"],
    });
    assert_eq!(refused.is(422).json(), errors);
    let nul = format!("a\0{}", "b".repeat(255));
    let _ = eve
        .json(Method::PUT, "/sentences/1.json", &json!({"jp": nul}))
        .await
        .is(422);
}

/// Advice 19: a text ends where its line does.
#[tokio::test]
async fn line_ends_are_no_part_of_a_text() {
    let site = Site::of_drill();
    let eve = site.editor("eve").await;
    let body = json!({"en": "One.\n", "jp": "一。\r\n"});
    let made = eve
        .json(Method::POST, "/sentences.json", &body)
        .await
        .is(201)
        .json();
    assert_eq!((&made["en"], &made["jp"]), (&json!("One."), &json!("一。")));
}

#[tokio::test]
async fn learners_change_no_sentences() {
    let site = Site::of_drill();
    let ann = site.learner("ann").await;
    for path in ["/sentences/new", "/sentences/1/edit"] {
        html(ann.get(path).await.is(403));
    }
    let body = json!({"en": "Mine"});
    let _ = ann
        .json(Method::POST, "/sentences.json", &body)
        .await
        .is(403);
    for method in [Method::PATCH, Method::PUT, Method::DELETE] {
        let _ = ann.json(method, "/sentences/1.json", &body).await.is(403);
    }
    let page = ann.page("/sentences/1").await;
    assert!(!page.contains("/sentences/1/edit") && !page.contains("class=\"removal\""));
    assert!(!ann.page("/sentences").await.contains("/sentences/new"));
    assert_eq!(
        ann.value("/sentences/1.json").await["en"],
        "I am a student."
    );
}

#[tokio::test]
async fn what_comes_from_elsewhere_changes_nothing() {
    let site = Site::of_drill();
    let eve = site.editor("eve").await;
    let body = json!({"en": "Forged"});
    for headers in [
        &[][..],
        &[("x-csrf-token", "0123456789abcdef0123456789abcdef")],
    ] {
        for (method, path) in [
            (Method::POST, "/sentences.json"),
            (Method::PATCH, "/sentences/1.json"),
            (Method::DELETE, "/sentences/1.json"),
            (Method::POST, "/scores.json"),
            (Method::POST, "/score_eng_writtens/"),
            (Method::PUT, "/user_conf/toggle_mode"),
        ] {
            let _ = eve.json_with(method, path, headers, &body).await.is(422);
        }
    }
    let form = eve.post("/sentences/1", &[("_method", "delete")]).await;
    html(form.is(422));
    assert_eq!(
        eve.value("/sentences/1.json").await["en"],
        "I am a student."
    );
}

#[tokio::test]
async fn a_key_makes_one_sentence_of_two_requests() {
    let site = Site::of_drill();
    let eve = site.editor("eve").await;
    let token = eve.token().await;
    let headers = [("x-csrf-token", token.as_str()), ("idempotency-key", "k1")];
    let body = json!({"en": "Once"});
    let first = eve
        .json_with(Method::POST, "/sentences.json", &headers, &body)
        .await;
    let again = eve
        .json_with(Method::POST, "/sentences.json", &headers, &body)
        .await;
    assert_eq!(first.is(201).json(), again.is(201).json());
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(again.header("location"), "http://localhost/sentences/8");
    let other = json!({"en": "Other"});
    let _ = eve
        .json_with(Method::POST, "/sentences.json", &headers, &other)
        .await
        .is(422);
    let tag = eve.get("/sentences/8.json").await.header("etag").to_owned();
    let stale = [("x-csrf-token", token.as_str()), ("if-match", "\"x\"")];
    let _ = eve
        .json_with(Method::PATCH, "/sentences/8.json", &stale, &other)
        .await
        .is(412);
    assert!(!tag.is_empty());
}

/// A number that is too large is not another one, as a text either.
#[tokio::test]
async fn a_number_too_large_is_refused_as_a_text_too() {
    let site = Site::of_drill();
    let eve = site.editor("eve").await;
    for (no, wrong) in [
        (
            json!("99999999999999999999"),
            "must be less than or equal to 2147483647",
        ),
        (
            json!("-99999999999999999999"),
            "must be greater than or equal to -2147483648",
        ),
        (json!(1e300), "must be less than or equal to 2147483647"),
    ] {
        let body = json!({"sentence": {"no": no}});
        let refused = eve.json(Method::POST, "/sentences.json", &body).await;
        assert_eq!(refused.is(422).json(), json!({"no": [wrong]}));
    }
    let page = eve.page("/sentences/new").await;
    let typed = [(NO, "99999999999999999999")];
    let answer = eve.submit(&page, "/sentences", &typed).await;
    assert!(html(answer.is(200)).contains("No must be less than or equal to 2147483647"));
    let body = json!({"sentence_id": "99999999999999999999"});
    let refused = eve.json(Method::POST, "/scores.json", &body).await;
    assert_eq!(refused.is(422).json(), json!({"sentence": ["must exist"]}));
    assert_eq!(eve.listed("?page=2").await.len(), 2);
}

#[tokio::test]
async fn a_text_has_no_nul_in_it() {
    let site = Site::of_drill();
    let eve = site.editor("eve").await;
    for name in ["en", "jp", "voice_data"] {
        let body = json!({"sentence": {name: "a\0b"}});
        for (method, path) in [
            (Method::POST, "/sentences.json"),
            (Method::PATCH, "/sentences/1.json"),
        ] {
            let refused = eve.json(method, path, &body).await;
            assert_eq!(refused.is(422).json(), json!({name: ["has a NUL in it"]}));
        }
    }
}

/// Pressing a button of removal twice is one removal, and no page that is not there.
#[tokio::test]
async fn a_removal_pressed_twice_leads_where_the_first_one_did() {
    let site = Site::of_drill();
    let eve = site.editor("eve").await;
    eve.grades(2, Grade::SaidRight).await;
    for (resource, to) in [
        ("/score_eng_not_writtens/1", "/score_eng_not_writtens"),
        ("/sentences/2", "/sentences"),
    ] {
        let page = eve.page(resource).await;
        for _ in 0..2 {
            let answer = eve.submit_as("delete", &page, resource, &[]).await;
            assert_eq!(answer.is(302).header("location"), to);
        }
        let _ = eve.get(resource).await.is(404);
    }
    let add = json!([{"en": "a"}, {"en": "b"}]);
    let added = eve
        .json(Method::POST, "/words/3", &add)
        .await
        .is(201)
        .json();
    let page = eve.page("/words/3").await;
    let word = format!("/words/3/{}", added[0]["id"]);
    for _ in 0..2 {
        let answer = eve.submit_as("delete", &page, &word, &[]).await;
        assert_eq!(answer.is(302).header("location"), "/words/3");
    }
    // And one mode.
    let page = eve.page("/users/edit").await;
    for _ in 0..2 {
        let answer = eve.submit_as("put", &page, "/user_conf/toggle_mode", &[]);
        assert_eq!(answer.await.is(302).header("location"), "/users/edit");
    }
    let page = eve.page("/users/edit").await;
    assert!(page.contains("<td>top</td>"), "{page}");
}

/// The words of a number go with its last sentence, and along with it to another number.
#[tokio::test]
async fn words_are_not_left_for_the_next_sentence_of_a_number() {
    let site = Site::of_drill();
    let eve = site.editor("eve").await;
    let words = async |no: i64| {
        let path = format!("/words/{no}.json");
        let answer = eve.json(Method::GET, &path, &Value::Null).await;
        if answer.status == 404 {
            return 0;
        }
        answer.is(200).json().as_array().unwrap().len()
    };
    let add = async |no: i64| {
        let word = json!({"en": "word"});
        let path = format!("/words/{no}");
        eve.json(Method::POST, &path, &word).await.is(201);
    };
    let make = async |no: i64| {
        let made = eve
            .json(Method::POST, "/sentences.json", &json!({"no": no}))
            .await;
        made.is(201).json()["id"].as_i64().unwrap()
    };
    let remove = async |id: i64| {
        let path = format!("/sentences/{id}.json");
        eve.json(Method::DELETE, &path, &Value::Null).await.is(204);
    };
    add(5).await;
    let twin = make(5).await;
    remove(5).await;
    assert_eq!(words(5).await, 1, "the other sentence has them");
    remove(twin).await;
    assert_eq!(words(5).await, 0);
    let next = make(5).await;
    assert_eq!(words(5).await, 0);
    add(5).await;
    let path = format!("/sentences/{next}.json");
    eve.json(Method::PATCH, &path, &json!({"no": 50}))
        .await
        .is(200);
    assert_eq!((words(5).await, words(50).await), (0, 1));
    // Those of another number stay with it.
    add(6).await;
    eve.json(Method::PATCH, &path, &json!({"no": 6}))
        .await
        .is(200);
    assert_eq!((words(50).await, words(6).await), (1, 1));
}
