//! Words: read by everybody who is signed in, changed by editors, as JSON and on a page.

use axum::http::Method;
use serde_json::{Value, json};

use crate::english::site::options;
use crate::support::browser::html;
use crate::support::harness::Site;

const WORDS: &str = "no,en,note,url\n\
    1,student,学生,https://example.com/student\n\
    7,<b>,太字,\n\
    1,am,…である,javascript:alert(1)\n";

fn site() -> Site {
    Site::of_drill_over(&[("words.csv", WORDS)])
}

/// The words of a number without their ids.
async fn words(browser: &crate::support::browser::Browser<'_>, no: i64) -> Value {
    let path = format!("/words/{no}.json");
    let mut list = browser
        .json(Method::GET, &path, &Value::Null)
        .await
        .is(200)
        .json();
    for word in list.as_array_mut().unwrap() {
        assert!(word.as_object_mut().unwrap().remove("id").unwrap().is_i64());
    }
    list
}

fn word(en: &str, note: &str, url: &str) -> Value {
    json!({"en": en, "note": note, "url": url})
}

#[tokio::test]
async fn the_words_of_a_number_are_a_list_in_their_order() {
    let site = site();
    let ann = site.learner("ann").await;
    let expected = [
        word("student", "学生", "https://example.com/student"),
        word("am", "…である", "javascript:alert(1)"),
    ];
    assert_eq!(words(&ann, 1).await, json!(expected));
    // The service that the original asked knew no pages.
    let list = ann
        .send(Method::GET, "/words/1", &[("accept", "*/*")], String::new())
        .await;
    assert_eq!(list.is(200).header("content-type"), "application/json");
    let tag = list.header("etag").to_owned();
    let known = [("accept", "*/*"), ("if-none-match", tag.as_str())];
    ann.send(Method::GET, "/words/1", &known, String::new())
        .await
        .is(304);
    for none in [
        "/words/2.json",
        "/words/99999999999999999999.json",
        "/words/x.json",
    ] {
        ann.json(Method::GET, none, &Value::Null).await.is(404);
    }
    let stranger = site.browser();
    let refused = stranger
        .json(Method::GET, "/words/1.json", &Value::Null)
        .await;
    refused.is(401);
    let led = stranger.get("/words/1").await;
    assert_eq!(led.is(302).header("location"), "/users/sign_in");
}

#[tokio::test]
async fn editors_add_replace_and_remove_words() {
    let site = site();
    let ed = site.editor("ed").await;
    let added = ed
        .json(Method::POST, "/words/2", &word("pen", " ペン ", ""))
        .await;
    let added = added.is(201).json();
    assert_eq!(added.as_array().unwrap().len(), 1);
    // As the original's script sent them: the word alone.
    ed.json(Method::POST, "/words/2.json", &json!({"en": "this"}))
        .await
        .is(201);
    let more = json!([word("is", "である", "http://a.example/"), {"en": "a"}]);
    ed.json(Method::POST, "/words/2", &more).await.is(201);
    let expected = json!([
        word("pen", "ペン", ""),
        word("this", "", ""),
        word("is", "である", "http://a.example/"),
        word("a", "", "")
    ]);
    assert_eq!(words(&ed, 2).await, expected);
    let id = added[0]["id"].as_i64().unwrap();
    for status in [204, 404] {
        ed.json(Method::DELETE, &format!("/words/2/{id}"), &Value::Null)
            .await
            .is(status);
    }
    // Not by the address of another number.
    let list = ed
        .json(Method::GET, "/words/2.json", &Value::Null)
        .await
        .json();
    let path = format!("/words/1/{}", list[0]["id"]);
    ed.json(Method::DELETE, &path, &Value::Null).await.is(404);
    let new = json!([word("pen", "ペン", ""), word("a", "一つの", "")]);
    ed.json(Method::PUT, "/words/2", &new).await.is(200);
    assert_eq!(words(&ed, 2).await, new);
    ed.json(
        Method::PUT,
        "/words/2",
        &json!({"words": [word("pen", "", "")]}),
    )
    .await
    .is(200);
    assert_eq!(words(&ed, 2).await, json!([word("pen", "", "")]));
    ed.json(Method::DELETE, "/words/2", &Value::Null)
        .await
        .is(204);
    ed.json(Method::DELETE, "/words/2", &Value::Null)
        .await
        .is(404);
    ed.json(Method::GET, "/words/2.json", &Value::Null)
        .await
        .is(404);
    // Before there is a sentence of that number.
    ed.json(Method::POST, "/words/4000", &word("later", "", ""))
        .await
        .is(201);
    assert_eq!(words(&ed, 4000).await, json!([word("later", "", "")]));
}

#[tokio::test]
async fn words_are_checked_and_changed_by_editors_alone() {
    let site = site();
    let ann = site.learner("ann").await;
    for (method, path) in [
        (Method::POST, "/words/1"),
        (Method::PUT, "/words/1"),
        (Method::DELETE, "/words/1"),
        (Method::DELETE, "/words/1/1"),
    ] {
        ann.json(method.clone(), path, &json!([{"en": "x"}]))
            .await
            .is(403);
        let without = ann
            .json_with(method.clone(), path, &[], &json!([{"en": "x"}]))
            .await;
        without.is(422);
        let stranger = site.browser();
        stranger
            .json(method, path, &json!([{"en": "x"}]))
            .await
            .is(401);
    }
    let ed = site.editor("ed").await;
    let long = |length| "あ".repeat(length);
    for (given, field, text) in [
        (json!({"en": " "}), "en", "can't be blank"),
        (json!({"note": "x"}), "en", "can't be blank"),
        (
            json!({"en": long(256)}),
            "en",
            "is too long (maximum is 255 characters)",
        ),
        (
            json!({"en": "x", "note": long(1001)}),
            "note",
            "is too long (maximum is 1000 characters)",
        ),
        (
            json!({"en": "x", "url": "javascript:alert(1)"}),
            "url",
            "must begin with http:// or https://",
        ),
        (
            json!([{"en": "x"}, {"en": "y", "url": "//z"}]),
            "words[1].url",
            "must begin with http:// or https://",
        ),
        (
            json!(vec![json!({"en": "x"}); 99]),
            "words",
            "are too many (maximum is 100 of a number)",
        ),
    ] {
        let refused = ed.json(Method::POST, "/words/1", &given).await;
        assert_eq!(refused.is(422).json()[field][0], text, "{given}");
    }
    for nothing in [json!({"other": 1}), json!([]), json!({"words": []})] {
        ed.json(Method::POST, "/words/1", &nothing).await.is(400);
    }
    let nul = json!({"en": "x", "note": "a\0b"});
    let refused = ed.json(Method::POST, "/words/1", &nul);
    assert_eq!(
        refused.await.is(422).json(),
        json!({"note": ["has a NUL in it"]})
    );
    // In the place of all there may be none.
    ed.json(Method::POST, "/words/8", &json!({"en": "x"}))
        .await
        .is(201);
    let none = ed.json(Method::PUT, "/words/8", &json!([])).await;
    assert_eq!(none.is(200).json(), json!([]));
    ed.get("/words/8.json").await.is(404);
    // A number that no sentence can have has neither a form nor words.
    for none in ["3000000000", "99999999999", "-99999999999", "x", "-"] {
        let path = format!("/words/{none}");
        ed.get(&path).await.is(404);
        for method in [Method::POST, Method::PUT, Method::DELETE] {
            ed.json(method, &path, &json!([{"en": "x"}])).await.is(404);
        }
    }
    // One below 0 is a number like others.
    let path = "/words/-5";
    let page = html(ed.get(path).await.is(200));
    let answer = ed.submit(&page, path, &[("word[en]", "below")]).await;
    assert_eq!(answer.is(302).header("location"), path);
    assert_eq!(words(&ed, -5).await, json!([word("below", "", "")]));
    let id = ed.json(Method::GET, path, &Value::Null).await.json()[0]["id"].clone();
    let one = format!("{path}/{id}");
    ed.json(Method::DELETE, &one, &Value::Null).await.is(204);
    assert_eq!(words(&ed, 1).await.as_array().unwrap().len(), 2);
    let largest = json!({"en": long(255), "note": long(1000), "url": format!("https://a/{}", "x".repeat(1990))});
    ed.json(Method::POST, "/words/3", &largest).await.is(201);
}

#[tokio::test]
async fn a_word_with_a_key_is_added_once() {
    let site = site();
    let ed = site.editor("ed").await;
    let token = ed.token().await;
    let headers = [
        ("x-csrf-token", token.as_str()),
        ("idempotency-key", "\"a key of the client\""),
    ];
    let mut bodies = Vec::new();
    for _ in 0..2 {
        let added = ed
            .json_with(Method::POST, "/words/2", &headers, &word("pen", "", ""))
            .await;
        bodies.push(added.is(201).json());
    }
    assert_eq!(bodies[0], bodies[1]);
    assert_eq!(words(&ed, 2).await, json!([word("pen", "", "")]));
}

#[tokio::test]
async fn editors_change_words_on_a_page() {
    let site = site();
    let ed = site.editor("ed").await;
    let page = ed.page("/words/7").await;
    assert!(
        page.contains("&#60;b&#62;") && page.contains("太字"),
        "{page}"
    );
    let typed = [
        ("word[en]", "said"),
        ("word[note]", "言った"),
        ("word[url]", "https://example.com/say"),
    ];
    let added = ed.submit(&page, "/words/7", &typed).await;
    assert_eq!(added.is(302).header("location"), "/words/7");
    let page = ed.page("/words/7").await;
    assert!(page.contains("Word was successfully created."), "{page}");
    assert!(
        page.contains("<a href=\"https://example.com/say\" rel=\"noreferrer\">said</a>"),
        "{page}"
    );
    // The same form twice is one word.
    ed.submit(&page, "/words/7", &[("word[en]", "twice")])
        .await
        .is(302);
    ed.submit(&page, "/words/7", &[("word[en]", "twice")])
        .await
        .is(302);
    assert_eq!(words(&ed, 7).await.as_array().unwrap().len(), 3);
    // Advice 24: a failed form is shown again with 200.
    let failed = [("word[en]", ""), ("word[note]", "x<y")];
    let failed = html(ed.submit(&page, "/words/7", &failed).await.is(200));
    assert!(failed.contains("En can&#39;t be blank"), "{failed}");
    assert!(failed.contains("value=\"x&#60;y\""), "{failed}");
    let list = ed
        .json(Method::GET, "/words/7.json", &Value::Null)
        .await
        .json();
    let action = format!("/words/7/{}", list[0]["id"]);
    let removed = ed.submit(&page, &action, &[]).await;
    assert_eq!(removed.is(302).header("location"), "/words/7");
    assert!(
        ed.page("/words/7")
            .await
            .contains("Word was successfully destroyed.")
    );
    assert_eq!(words(&ed, 7).await[0]["en"], "said");
    // One who learns reads, and finds nothing where there is nothing.
    let ann = site.learner("ann").await;
    let page = ann.page("/words/1").await;
    assert!(
        page.contains("student") && !page.contains("<button class=\"button\">Create"),
        "{page}"
    );
    assert!(!page.contains("href=\"javascript"), "{page}");
    ann.get("/words/2").await.is(404);
    ed.get("/words/2").await.is(200);
}

/// A service of words that answers everything with `response`; its address.
async fn service(response: &'static str) -> String {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = [0; 4096];
            let _length = stream.read(&mut request).await.unwrap();
            stream.write_all(response.as_bytes()).await.unwrap();
        }
    });
    url
}

/// The page of the first sentence where words come from the service at `url`.
async fn page_with(url: &str) -> String {
    let mut options = options();
    options.settings = format!("{}words_url = {url:?}\n", options.settings).leak();
    let site = Site::of_drill_with(&options);
    let ann = site.learner("ann").await;
    ann.page("/sentences/1").await
}

/// Advice 22 and 23: the page is there in time, with a row for each state, and what the service says is text.
#[tokio::test]
async fn the_page_of_a_sentence_shows_the_words_of_a_service_or_why_there_are_none() {
    let none = service("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n").await;
    let page = page_with(&none).await;
    assert!(page.contains("NO WORDS REGISTERD"), "{page}");
    for broken in [
        "HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nnull",
        "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n[]",
    ] {
        let page = page_with(&service(broken).await).await;
        let row = "<a href=\"http://google.com\" rel=\"noreferrer\">data collecting now</a>";
        assert!(page.contains(row), "{broken}: {page}");
    }
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let gone = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let odd = service("HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\n<html>").await;
    for away in [gone, odd] {
        let page = page_with(&away).await;
        assert!(
            page.contains("Woops!!") && page.contains("failed with WMS"),
            "{page}"
        );
        assert!(page.contains("cannot be reached"), "{page}");
    }
    let words = r#"[{"en":"<script>x</script>","note":"<b>&","url":"javascript:x"},{"en":"am","url":"https://a.example/"}]"#;
    let answer = format!(
        "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{words}",
        words.len()
    );
    let page = page_with(&service(answer.leak()).await).await;
    assert!(
        page.contains("&#60;script&#62;x&#60;/script&#62;"),
        "{page}"
    );
    assert!(
        page.contains("&#60;b&#62;&#38;") && !page.contains("javascript:"),
        "{page}"
    );
    assert!(
        page.contains("<a href=\"https://a.example/\" rel=\"noreferrer\">am</a>"),
        "{page}"
    );
}

/// Advice 23: what the service says of a sentence is said of that alone.
#[tokio::test]
async fn one_odd_answer_does_not_take_the_words_of_others_away() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 1024];
            let length = stream.read(&mut request).await.unwrap();
            let body = match request[..length].starts_with(b"GET /words/1 ") {
                true => "<html>",
                false => r#"[{"en":"pen"}]"#,
            };
            let length = body.len();
            let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{body}");
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    let mut options = options();
    options.settings = format!("{}words_url = {url:?}\n", options.settings).leak();
    let site = Site::of_drill_with(&options);
    let ann = site.learner("ann").await;
    for _ in 0..2 {
        assert!(ann.page("/sentences/1").await.contains("Woops!!"));
        assert!(ann.page("/sentences/2").await.contains(">pen<"));
    }
}

#[tokio::test]
async fn the_page_of_a_sentence_shows_the_words_of_its_number() {
    let site = site();
    let ed = site.editor("ed").await;
    let page = ed.page("/sentences/1").await;
    assert!(
        page.contains("<a href=\"https://example.com/student\" rel=\"noreferrer\">student</a>"),
        "{page}"
    );
    assert!(
        page.contains("…である") && !page.contains("javascript:"),
        "{page}"
    );
    assert!(page.contains("<a href=\"/words/1\">"), "{page}");
    let ann = site.learner("ann").await;
    let page = ann.page("/sentences/2").await;
    assert!(
        page.contains("NO WORDS REGISTERD") && !page.contains("/words/2"),
        "{page}"
    );
}
