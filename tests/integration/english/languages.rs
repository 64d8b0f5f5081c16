//! Pages in Japanese: what is said after forms and of what is wrong with fields is in the language of the page;
//! JSON says it in English.

use axum::http::Method;
use serde_json::json;

use crate::support::browser::{html, unescaped};
use crate::support::harness::{Answer, Site};

#[track_caller]
fn says(answer: &Answer, texts: &[&str], english: &[&str]) {
    let page = unescaped(&html(answer.is(200)));
    for text in texts {
        assert!(page.contains(text), "no {text}: {page}");
    }
    for text in english {
        assert!(!page.contains(text), "{text}: {page}");
    }
}

#[tokio::test]
async fn japanese_pages_say_what_is_wrong_with_fields_in_japanese() {
    let site = Site::of_drill();
    let eve = site.editor("eve").await.speaking("ja");
    let long = "字".repeat(256);
    let page = eve.page("/sentences/new").await;
    let fields = [
        ("sentence[no]", "3000000000"),
        ("sentence[jp]", long.as_str()),
    ];
    let refused = eve.submit(&page, "/sentences", &fields).await;
    let said = [
        "番号（No）は2147483647以下にしてください",
        "日本語（Jp）が長すぎます（255文字まで）",
    ];
    says(&refused, &said, &["must be", "is too long"]);
    let page = eve.page("/scores/new").await;
    let fields = [("score[sentence_id]", "99")];
    let refused = eve.submit(&page, "/scores", &fields).await;
    says(&refused, &["例文がありません"], &["must exist"]);
    let page = eve.page("/words/1").await;
    let fields = [("word[en]", ""), ("word[url]", "javascript:alert(1)")];
    let refused = eve.submit(&page, "/words/1", &fields).await;
    let said = [
        "英語（En）を入力してください",
        "アドレスはhttp://かhttps://で始めてください",
    ];
    says(&refused, &said, &["can't be", "must begin"]);
    // Programs are told in English, whatever language they ask in.
    let sentence = json!({"sentence": {"jp": long}});
    let refused = eve.json(Method::POST, "/sentences", &sentence).await;
    let said = json!({"jp": ["is too long (maximum is 255 characters)"]});
    assert_eq!(refused.is(422).json(), said);
}

#[tokio::test]
async fn japanese_pages_say_what_was_done_in_japanese() {
    let site = Site::of_drill();
    let ann = site.browser().speaking("ja");
    let first = ann.get("/sentences").await;
    assert_eq!(first.is(302).header("location"), "/users/sign_in");
    let led = ann.get("/users/sign_in").await;
    let said = ["続けるには、ログインか新規登録をしてください。"];
    says(&led, &said, &["You need to"]);
    ann.signs_up("ann").await.is(302);
    let welcome = ann.get("/sentences").await;
    says(&welcome, &["ようこそ。登録が完了しました。"], &["Welcome!"]);
    ann.signs_out().await.is(302);
    let bye = ann.get("/").await;
    says(&bye, &["ログアウトしました。"], &["Signed out"]);
    let wrong = ann.signs_in("ann", "battery", false).await;
    let said = ["メールアドレスかパスワードが違います。"];
    says(&wrong, &said, &["Invalid Email"]);
}
