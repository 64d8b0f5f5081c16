//! Rows 42 to 61 of the contract's table: writing, changing and removing articles.

use axum::http::Method;
use serde_json::{Value, json};

use crate::conduit::site::{Actor, article_with, keys};
use crate::support::harness::Site;

const BLANK: &str = "can't be blank";
const NO_LIST: &str = "must be an array of strings";

async fn article(user: &Actor<'_>, slug: &str) -> Value {
    let answer = user.get(&format!("/api/articles/{slug}")).await;
    answer.is(200).value()["article"].clone()
}

#[tokio::test]
async fn row_42_an_article_with_tags() {
    let site = Site::of_blog();
    let ann = site.user("ann").await;
    let answer = ann
        .tries_to_write(&article_with("How to", &["b", "a"]))
        .await;
    let article = answer.is(201).value()["article"].clone();
    let all = [
        "article",
        "slug",
        "title",
        "description",
        "body",
        "tagList",
        "createdAt",
        "updatedAt",
        "favorited",
        "favoritesCount",
        "author",
        "username",
        "bio",
        "image",
        "following",
    ];
    assert!(keys(&answer.text(), &all), "{answer}");
    assert_eq!(article["createdAt"], article["updatedAt"]);
    let time = article["createdAt"].as_str().unwrap();
    let form = regex::Regex::new(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$").unwrap();
    assert!(form.is_match(time), "{time}");
    let expected = json!({
        "slug": "how-to", "title": "How to", "description": "Short", "body": "Long",
        "tagList": ["a", "b"], "createdAt": time, "updatedAt": time, "favorited": false,
        "favoritesCount": 0,
        "author": {"username": "ann", "bio": null, "image": null, "following": false}
    });
    assert_eq!(article, expected);
    let read = site.get("/api/articles/how-to").await;
    assert_eq!(read.is(200).value()["article"], expected);
}

#[tokio::test]
async fn row_43_an_article_with_an_empty_field() {
    let site = Site::of_blog();
    let ann = site.user("ann").await;
    for key in ["title", "description", "body"] {
        let mut fields = article_with("Title", &[]);
        fields[key] = json!("");
        ann.tries_to_write(&fields)
            .await
            .is_wrong(422, &[(key, BLANK)]);
        fields[key] = json!(" \n\t ");
        ann.tries_to_write(&fields)
            .await
            .is_wrong(422, &[(key, BLANK)]);
        fields[key] = json!(["x"]);
        ann.tries_to_write(&fields)
            .await
            .is_wrong(422, &[(key, "must be a string")]);
        fields[key] = json!("a\u{0}b");
        ann.tries_to_write(&fields)
            .await
            .is_wrong(422, &[(key, "is invalid")]);
    }
    assert_eq!(site.listed("").await, (Vec::new(), 0));
}

#[tokio::test]
async fn row_44_an_article_of_nothing() {
    let site = Site::of_blog();
    let ann = site.user("ann").await;
    let all = [("title", BLANK), ("description", BLANK), ("body", BLANK)];
    ann.tries_to_write(&json!({})).await.is_wrong(422, &all);
    let long = json!({"title": "x".repeat(201), "description": "x".repeat(1_001),
        "body": "x".repeat(200_001), "tagList": 1});
    let all = [
        ("title", "is too long (maximum is 200 characters)"),
        ("description", "is too long (maximum is 1000 characters)"),
        ("body", "is too long (maximum is 200000 characters)"),
        ("tagList", NO_LIST),
    ];
    ann.tries_to_write(&long).await.is_wrong(422, &all);
    let longest = json!({"title": "題".repeat(200), "description": "要".repeat(1_000),
        "body": "文".repeat(200_000)});
    ann.tries_to_write(&longest).await.is(201);
}

#[tokio::test]
async fn row_45_equal_titles() {
    let site = Site::of_blog();
    let (ann, bob) = (site.user("ann").await, site.user("bob").await);
    let mut slugs = Vec::new();
    for user in [&ann, &ann, &bob] {
        let article = user.writes("Same title", &[]).await;
        slugs.push(article["slug"].as_str().unwrap().to_owned());
    }
    for slug in &slugs {
        assert_eq!(article(&ann, slug).await["slug"], *slug);
    }
    slugs.sort_unstable();
    slugs.dedup();
    assert_eq!(slugs.len(), 3);
}

#[tokio::test]
async fn row_46_titles_of_the_same_words() {
    let site = Site::of_blog();
    let ann = site.user("ann").await;
    let one = ann.writes("Hello World", &[]).await;
    let other = ann.writes("Hello  World!!", &[]).await;
    assert_eq!(one["slug"], "hello-world");
    let form = regex::Regex::new("^hello-world-[0-9a-f]{8}$").unwrap();
    assert!(form.is_match(other["slug"].as_str().unwrap()), "{other}");
}

#[tokio::test]
async fn row_47_an_article_called_feed() {
    let site = Site::of_blog();
    let ann = site.user("ann").await;
    for title in ["feed", "Feed!"] {
        let slug = ann.writes(title, &[]).await["slug"]
            .as_str()
            .unwrap()
            .to_owned();
        assert!(slug.starts_with("feed-"), "{slug}");
        assert_eq!(article(&ann, &slug).await["title"], title);
    }
    let other = ann.writes("Other", &[]).await["slug"]
        .as_str()
        .unwrap()
        .to_owned();
    let renamed = ann
        .edits(&other, &json!({"title": "FEED"}))
        .await
        .is(200)
        .value();
    assert!(
        renamed["article"]["slug"]
            .as_str()
            .unwrap()
            .starts_with("feed-")
    );
}

#[tokio::test]
async fn row_48_titles_without_letters() {
    let site = Site::of_blog();
    let ann = site.user("ann").await;
    for title in ["!!!", "😀", "'"] {
        let slug = ann.writes(title, &[]).await["slug"]
            .as_str()
            .unwrap()
            .to_owned();
        assert!(slug.starts_with("article"), "{slug}");
        assert_eq!(article(&ann, &slug).await["title"], title);
    }
}

#[tokio::test]
async fn row_49_titles_of_other_scripts() {
    let site = Site::of_blog();
    let ann = site.user("ann").await;
    let slug = ann.writes("日本語 題", &[]).await["slug"].clone();
    assert_eq!(slug, "日本語-題");
    let read = site.get("/api/articles/日本語-題").await;
    assert_eq!(read.is(200).value()["article"]["title"], "日本語 題");
    let answer = site.get("/api/articles/%FF%FE").await;
    answer.is_wrong(404, &[("article", "not found")]);
}

#[tokio::test]
async fn row_50_tags_are_trimmed_sorted_and_there_once() {
    let site = Site::of_blog();
    let ann = site.user("ann").await;
    let article = ann.writes("Tagged", &["b", "a", "b", " a ", ""]).await;
    assert_eq!(article["tagList"], json!(["a", "b"]));
    let article = ann.writes("Cases", &["a", "B", "é", "A", "語", "z"]).await;
    assert_eq!(article["tagList"], json!(["A", "B", "a", "z", "é", "語"]));
}

#[tokio::test]
async fn row_51_tag_lists_that_are_none() {
    let site = Site::of_blog();
    let ann = site.user("ann").await;
    for tags in [
        Value::Null,
        json!("x"),
        json!([1]),
        json!([null]),
        json!({}),
        json!(["a", 1]),
    ] {
        let mut fields = article_with("Title", &[]);
        fields["tagList"] = tags;
        ann.tries_to_write(&fields)
            .await
            .is_wrong(422, &[("tagList", NO_LIST)]);
    }
    let long = article_with("Title", &[&"字".repeat(101)]);
    let text = "is too long (maximum is 100 characters)";
    ann.tries_to_write(&long)
        .await
        .is_wrong(422, &[("tagList", text)]);
    ann.writes("Longest", &[&"字".repeat(100)]).await;
    let many: Vec<_> = (0..51).map(|number| number.to_string()).collect();
    let mut fields = article_with("Title", &[]);
    fields["tagList"] = json!(many);
    let text = "is too long (maximum is 50 tags)";
    ann.tries_to_write(&fields)
        .await
        .is_wrong(422, &[("tagList", text)]);
    fields.as_object_mut().unwrap().remove("tagList");
    let answer = ann.tries_to_write(&fields).await;
    assert_eq!(answer.is(201).value()["article"]["tagList"], json!([]));
}

#[tokio::test]
async fn row_52_keys_that_are_the_servers() {
    let site = Site::of_blog();
    let (ann, _bob) = (site.user("ann").await, site.user("bob").await);
    let mut fields = article_with("Title", &[]);
    for (key, value) in [
        ("slug", json!("mine")),
        ("createdAt", json!("2000-01-01T00:00:00.000Z")),
        ("updatedAt", json!("2000-01-01T00:00:00.000Z")),
        ("author", json!({"username": "bob"})),
        ("favoritesCount", json!(9)),
        ("id", json!(9)),
    ] {
        fields[key] = value;
    }
    let article = ann.tries_to_write(&fields).await.is(201).value()["article"].clone();
    assert_eq!(
        (&article["slug"], &article["favoritesCount"]),
        (&json!("title"), &json!(0))
    );
    assert_eq!(article["author"]["username"], "ann");
    assert!(!article["createdAt"].as_str().unwrap().starts_with("2000"));
}

#[tokio::test]
async fn row_53_slugs_are_exact() {
    let site = Site::of_blog();
    site.user("ann").await.writes("Some title", &[]).await;
    for slug in ["Some-title", "SOME-TITLE", "some-titl", "unknown"] {
        let answer = site.get(&format!("/api/articles/{slug}")).await;
        answer.is_wrong(404, &[("article", "not found")]);
    }
}

#[tokio::test]
async fn row_54_another_body() {
    let site = Site::of_blog();
    let ann = site.user("ann").await;
    let before = ann.writes("Some title", &["a"]).await;
    let after = ann.edits("some-title", &json!({"body": "New"})).await;
    let after = after.is(200).value()["article"].clone();
    let times = [&before, &after].map(|article| article["updatedAt"].as_str().unwrap().to_owned());
    assert!(times[1] > times[0], "{times:?}");
    let mut expected = before;
    expected["body"] = json!("New");
    expected["updatedAt"] = json!(times[1]);
    assert_eq!(after, expected);
    assert_eq!(article(&ann, "some-title").await, expected);
}

#[tokio::test]
async fn row_55_another_title() {
    let site = Site::of_blog();
    let ann = site.user("ann").await;
    ann.writes("Old title", &[]).await;
    let answer = ann.edits("old-title", &json!({"title": "New title"})).await;
    assert_eq!(answer.is(200).value()["article"]["slug"], "new-title");
    site.get("/api/articles/old-title")
        .await
        .is_wrong(404, &[("article", "not found")]);
    for title in ["New title", "new TITLE!"] {
        let answer = ann.edits("new-title", &json!({"title": title})).await;
        let article = answer.is(200).value()["article"].clone();
        assert_eq!(
            (&article["slug"], &article["title"]),
            (&json!("new-title"), &json!(title))
        );
    }
    let second = ann.writes("New title", &[]).await["slug"]
        .as_str()
        .unwrap()
        .to_owned();
    let answer = ann.edits(&second, &json!({"title": "New, title"})).await;
    assert_eq!(
        answer.is(200).value()["article"]["slug"],
        *second,
        "the ending stays too"
    );
    let old = ann.writes("Old title", &[]).await;
    assert_eq!(old["slug"], "old-title", "an old slug is free again");
}

#[tokio::test]
async fn row_56_no_title() {
    let site = Site::of_blog();
    let ann = site.user("ann").await;
    let before = ann.writes("Some title", &[]).await;
    for nothing in [json!(""), Value::Null, json!(" ")] {
        for key in ["title", "description", "body"] {
            let answer = ann
                .edits("some-title", &json!({key: nothing, "tagList": ["x"]}))
                .await;
            answer.is_wrong(422, &[(key, BLANK)]);
        }
    }
    assert_eq!(article(&ann, "some-title").await, before);
}

#[tokio::test]
async fn row_57_other_tags() {
    let site = Site::of_blog();
    let ann = site.user("ann").await;
    ann.writes("Some title", &["a", "b"]).await;
    let edit = async |fields: Value| {
        let answer = ann.edits("some-title", &fields).await;
        answer.is(200).value()["article"]["tagList"].clone()
    };
    assert_eq!(edit(json!({"body": "New"})).await, json!(["a", "b"]));
    assert_eq!(
        edit(json!({"tagList": ["q", "b"]})).await,
        json!(["b", "q"])
    );
    for bad in [Value::Null, json!("x"), json!([1])] {
        let answer = ann
            .edits("some-title", &json!({"tagList": bad, "body": "Lost"}))
            .await;
        answer.is_wrong(422, &[("tagList", NO_LIST)]);
    }
    let read = article(&ann, "some-title").await;
    assert_eq!(
        (&read["tagList"], &read["body"]),
        (&json!(["b", "q"]), &json!("New"))
    );
    let tags = site.get("/api/tags").await.is(200).value();
    assert_eq!(tags, json!({"tags": ["b", "q"]}));
    assert_eq!(edit(json!({"tagList": []})).await, json!([]));
    assert_eq!(
        site.get("/api/tags").await.is(200).value(),
        json!({"tags": []})
    );
}

#[tokio::test]
async fn row_58_a_slug_in_the_body() {
    let site = Site::of_blog();
    let ann = site.user("ann").await;
    ann.writes("One", &[]).await;
    let two = ann.writes("Two", &[]).await;
    let answer = ann
        .edits("one", &json!({"slug": "two", "body": "New"}))
        .await;
    let article_one = answer.is(200).value()["article"].clone();
    assert_eq!(
        (&article_one["slug"], &article_one["body"]),
        (&json!("one"), &json!("New"))
    );
    assert_eq!(article(&ann, "two").await, two);
}

#[tokio::test]
async fn row_59_an_article_of_somebody_else() {
    let site = Site::of_blog();
    let (ann, bob) = (site.user("ann").await, site.user("bob").await);
    let before = ann.writes("Title", &[]).await;
    let answer = bob.edits("title", &json!({"body": "New"})).await;
    answer.is_wrong(403, &[("article", "forbidden")]);
    let answer = bob.edits("title", &json!({})).await;
    answer.is_wrong(403, &[("article", "forbidden")]);
    let answer = bob.delete("/api/articles/title").await;
    answer.is_wrong(403, &[("article", "forbidden")]);
    assert_eq!(article(&ann, "title").await, before);
}

#[tokio::test]
async fn row_60_an_article_that_is_not_there() {
    let site = Site::of_blog();
    let ann = site.user("ann").await;
    let not_found = [("article", "not found")];
    let body = json!({"article": {"body": "New"}});
    for path in ["/api/articles/unknown", "/api/articles/%FF"] {
        ann.put(path, &body).await.is_wrong(404, &not_found);
        ann.delete(path).await.is_wrong(404, &not_found);
        let missing = [("token", "is missing")];
        site.ask(Method::PUT, path, None, &body)
            .await
            .is_wrong(401, &missing);
        site.ask(Method::DELETE, path, None, &Value::Null)
            .await
            .is_wrong(401, &missing);
        let invalid = json!({"article": {"body": ""}});
        ann.put(path, &invalid)
            .await
            .is_wrong(422, &[("body", BLANK)]);
        // Who asks is looked at before what is sent.
        site.ask(Method::PUT, path, None, &invalid)
            .await
            .is_wrong(401, &missing);
    }
    let bob = site.user("bob").await;
    ann.writes("Title", &[]).await;
    // What is sent is looked at before whose it is.
    bob.edits("title", &json!({"title": ""}))
        .await
        .is_wrong(422, &[("title", BLANK)]);
}

#[tokio::test]
async fn row_61_removing_an_article_with_all_that_belongs_to_it() {
    let site = Site::of_blog();
    let (ann, bob) = (site.user("ann").await, site.user("bob").await);
    ann.writes("Title", &["sole", "shared"]).await;
    ann.writes("Other", &["shared"]).await;
    bob.comments("title", "Well").await;
    bob.likes("title").await;
    let answer = ann.delete("/api/articles/title").await;
    answer.is_bare(204);
    assert_eq!(answer.header("content-type"), "");
    let not_found = [("article", "not found")];
    site.get("/api/articles/title")
        .await
        .is_wrong(404, &not_found);
    site.get("/api/articles/title/comments")
        .await
        .is_wrong(404, &not_found);
    ann.delete("/api/articles/title")
        .await
        .is_wrong(404, &not_found);
    assert_eq!(
        site.get("/api/tags").await.value(),
        json!({"tags": ["shared"]})
    );
    assert_eq!(site.listed("?favorited=bob").await, (Vec::new(), 0));
    assert_eq!(site.listed("").await, (vec!["other".to_owned()], 1));
}
