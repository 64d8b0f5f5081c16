//! Rows 76 to 87 of the contract's table: comments, tags, what is around all routes.

use axum::body::Body;
use axum::http::{Method, Request};
use serde_json::{Value, json};

use crate::conduit::site::{all, keys, options};
use crate::support::harness::Site;

const BLANK: &str = "can't be blank";

#[tokio::test]
async fn row_76_a_comment() {
    let site = Site::of_blog();
    let ann = site.user("ann").await;
    ann.writes("One", &[]).await;
    let path = "/api/articles/one/comments";
    let answer = ann
        .post(path, &json!({"comment": {"body": " Well ", "id": 7}}))
        .await;
    let comment = answer.is(201).value()["comment"].clone();
    let order = [
        "comment",
        "id",
        "createdAt",
        "updatedAt",
        "body",
        "author",
        "username",
        "bio",
        "image",
        "following",
    ];
    assert!(keys(&answer.text(), &order), "{answer}");
    assert_eq!(
        (&comment["id"], &comment["body"]),
        (&json!(1), &json!(" Well "))
    );
    assert_eq!(comment["createdAt"], comment["updatedAt"]);
    for body in [
        json!({"body": ""}),
        json!({"body": null}),
        json!({}),
        json!({"body": "\n "}),
    ] {
        let answer = ann.post(path, &json!({"comment": body})).await;
        answer.is_wrong(422, &[("body", BLANK)]);
    }
    let long = json!({"comment": {"body": "字".repeat(10_001)}});
    let text = "is too long (maximum is 10000 characters)";
    ann.post(path, &long).await.is_wrong(422, &[("body", text)]);
    let list = site.get(path).await.is(200).value();
    assert_eq!(list, json!({"comments": [comment]}));
}

#[tokio::test]
async fn row_77_a_comment_on_nothing_and_by_nobody() {
    let site = Site::of_blog();
    let ann = site.user("ann").await;
    let body = json!({"comment": {"body": "Well"}});
    let path = "/api/articles/unknown/comments";
    ann.post(path, &body)
        .await
        .is_wrong(404, &[("article", "not found")]);
    site.get(path)
        .await
        .is_wrong(404, &[("article", "not found")]);
    let missing = [("token", "is missing")];
    site.ask(Method::POST, path, None, &body)
        .await
        .is_wrong(401, &missing);
    let wrong = json!({"comment": {"body": ""}});
    ann.post(path, &wrong)
        .await
        .is_wrong(422, &[("body", BLANK)]);
}

#[tokio::test]
async fn row_78_comments_are_seen_by_somebody() {
    let site = Site::of_blog();
    let (ann, bob) = (site.user("ann").await, site.user("bob").await);
    ann.writes("One", &[]).await;
    for (user, text) in [(&ann, "first"), (&bob, "second"), (&ann, "third")] {
        user.comments("one", text).await;
    }
    bob.follows("ann").await;
    let path = "/api/articles/one/comments";
    let seen = |list: Value| -> Vec<(String, bool)> {
        let comments = list["comments"].as_array().unwrap().iter();
        let seen = comments.map(|comment| {
            let following = comment["author"]["following"].as_bool().unwrap();
            (comment["body"].as_str().unwrap().to_owned(), following)
        });
        seen.collect()
    };
    let expected = |following: [bool; 3]| -> Vec<(String, bool)> {
        let texts = ["first", "second", "third"].map(str::to_owned);
        texts.into_iter().zip(following).collect()
    };
    let anonymous = seen(site.get(path).await.is(200).value());
    assert_eq!(anonymous, expected([false; 3]));
    assert_eq!(
        seen(bob.get(path).await.is(200).value()),
        expected([true, false, true])
    );
    assert_eq!(
        seen(ann.get(path).await.is(200).value()),
        expected([false; 3])
    );
}

#[tokio::test]
async fn row_79_removing_the_first_of_two_comments() {
    let site = Site::of_blog();
    let ann = site.user("ann").await;
    ann.writes("One", &[]).await;
    let [first, second] = [
        ann.comments("one", "a").await,
        ann.comments("one", "b").await,
    ];
    let answer = ann
        .delete(&format!("/api/articles/one/comments/{}", first["id"]))
        .await;
    answer.is_bare(204);
    let list = site.get("/api/articles/one/comments").await.value();
    assert_eq!(list, json!({"comments": [second]}));
}

#[tokio::test]
async fn row_80_a_comment_of_somebody_else() {
    let site = Site::of_blog();
    let (ann, bob, eve) = (
        site.user("ann").await,
        site.user("bob").await,
        site.user("eve").await,
    );
    ann.writes("One", &[]).await;
    let comment = bob.comments("one", "a").await;
    let path = format!("/api/articles/one/comments/{}", comment["id"]);
    // Not even the article's author removes it.
    for user in [&ann, &eve] {
        user.delete(&path)
            .await
            .is_wrong(403, &[("comment", "forbidden")]);
    }
    let missing = [("token", "is missing")];
    site.ask(Method::DELETE, &path, None, &Value::Null)
        .await
        .is_wrong(401, &missing);
    let list = site.get("/api/articles/one/comments").await.value();
    assert_eq!(list, json!({"comments": [comment]}));
}

#[tokio::test]
async fn row_81_a_comment_that_is_not_there() {
    let site = Site::of_blog();
    let ann = site.user("ann").await;
    ann.writes("One", &[]).await;
    ann.writes("Two", &[]).await;
    let id = ann.comments("one", "a").await["id"].to_string();
    let not_found = [("comment", "not found")];
    for wrong in [
        "999",
        "abc",
        "0",
        "-1",
        "1.0",
        "%FF",
        "99999999999999999999999",
        "+1",
    ] {
        let answer = ann
            .delete(&format!("/api/articles/one/comments/{wrong}"))
            .await;
        // What is no UTF-8 names neither.
        let key = if wrong == "%FF" {
            [("article", "not found")]
        } else {
            not_found
        };
        answer.is_wrong(404, &key);
    }
    let of_two = ann
        .delete(&format!("/api/articles/two/comments/{id}"))
        .await;
    of_two.is_wrong(404, &not_found);
    let path = format!("/api/articles/one/comments/{id}");
    ann.delete(&path).await.is(204);
    ann.delete(&path).await.is_wrong(404, &not_found);
}

#[tokio::test]
async fn row_82_a_comment_on_an_article_that_is_not_there() {
    let site = Site::of_blog();
    let ann = site.user("ann").await;
    ann.writes("One", &[]).await;
    let id = ann.comments("one", "a").await["id"].to_string();
    for id in [id.as_str(), "abc"] {
        let answer = ann
            .delete(&format!("/api/articles/unknown/comments/{id}"))
            .await;
        answer.is_wrong(404, &[("article", "not found")]);
    }
}

#[tokio::test]
async fn row_83_numbers_of_comments_are_never_used_again() {
    let site = Site::of_blog();
    let ann = site.user("ann").await;
    ann.writes("One", &[]).await;
    let mut last = 0;
    for _ in 0..3 {
        let id = ann.comments("one", "a").await["id"].as_i64().unwrap();
        assert!(id > last, "{id} after {last}");
        last = id;
        ann.delete(&format!("/api/articles/one/comments/{id}"))
            .await
            .is(204);
    }
}

#[tokio::test]
async fn row_84_tags_in_use() {
    let site = Site::whole_blog();
    let ann = site.user("ann").await;
    ann.writes("Fresh", &["a fresh tag"]).await;
    let tags = site.get("/api/tags").await.is(200).value();
    let tags = tags["tags"].as_array().unwrap();
    assert_eq!(tags.len(), 151);
    assert!(tags.contains(&json!("a fresh tag")));
    assert_eq!(tags[0], "writing", "the one of most articles comes first");
    ann.delete("/api/articles/fresh").await.is(204);
    let tags = site.get("/api/tags").await.is(200).value();
    assert_eq!(tags["tags"].as_array().unwrap().len(), 150);
}

#[tokio::test]
async fn row_85_preflights() {
    let mut options = options();
    options.config.http.cors_origins = vec!["http://localhost:4100".to_owned()];
    let site = Site::of_blog_with(&options);
    let ask = async |origin: &str, method: &str, path: &str| {
        let request = Request::options(path)
            .header("origin", origin)
            .header("access-control-request-method", method)
            .header(
                "access-control-request-headers",
                "authorization,content-type",
            );
        site.send(request.body(Body::empty()).unwrap()).await
    };
    for (method, path) in [
        ("PUT", "/api/user"),
        ("DELETE", "/api/articles/one"),
        ("POST", "/api/articles"),
        ("GET", "/api/articles/feed"),
    ] {
        let answer = ask("http://localhost:4100", method, path).await;
        answer.is(200);
        assert_eq!(
            answer.header("access-control-allow-origin"),
            "http://localhost:4100"
        );
        let methods = all(&answer.headers, "access-control-allow-methods");
        assert!(methods.contains(&method.to_lowercase()), "{answer}");
        let headers = all(&answer.headers, "access-control-allow-headers");
        assert!(headers.contains("authorization") && headers.contains("content-type"));
        let answer = ask("http://elsewhere.example", method, path).await;
        assert_eq!(answer.is(200).header("access-control-allow-origin"), "");
    }
    let request = Request::get("/api/user").header("origin", "http://localhost:4100");
    let answer = site.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(
        answer.is(401).header("access-control-allow-origin"),
        "http://localhost:4100"
    );
}

#[tokio::test]
async fn row_86_slashes_nothing_and_other_methods() {
    let site = Site::of_blog();
    let ann = site.user("ann").await;
    ann.writes("One", &["a"]).await;
    for path in [
        "/api/articles/",
        "/api/articles/one/",
        "/api/tags/",
        "/api/profiles/ann/",
        "/api/user/",
        "/api/articles/feed/",
        "/api/articles/one/comments/",
    ] {
        ann.get(path).await.is(200);
    }
    ann.post("/api/articles/one/favorite/", &Value::Null)
        .await
        .is(200);
    for path in [
        "/api/nope",
        "/api",
        "/api/",
        "/api/articles/one/two/three",
        "/api//articles",
    ] {
        site.get(path)
            .await
            .is_wrong(404, &[("resource", "not found")]);
    }
    for (method, path, allow) in [
        (Method::PATCH, "/api/user", &["GET", "HEAD", "PUT"][..]),
        (Method::GET, "/api/users", &["POST"]),
        (Method::DELETE, "/api/tags", &["GET", "HEAD"]),
        (Method::PUT, "/api/articles", &["GET", "HEAD", "POST"]),
        (
            Method::GET,
            "/api/articles/one/favorite",
            &["DELETE", "POST"],
        ),
        (
            Method::POST,
            "/api/articles/one",
            &["DELETE", "GET", "HEAD", "PUT"],
        ),
    ] {
        let answer = site.ask(method, path, None, &Value::Null).await;
        answer.is_wrong(405, &[("method", "not allowed")]);
        assert_eq!(answer.allowed(), allow, "{path}");
    }
    let head = site
        .ask(Method::HEAD, "/api/articles/one", None, &Value::Null)
        .await;
    assert!(head.is(200).body.is_empty());
    let answer = site
        .ask(Method::OPTIONS, "/api/articles", None, &Value::Null)
        .await;
    assert_eq!(answer.is(200).allowed(), ["GET", "HEAD", "POST"]);
}

const BEHIND_A_PROXY: &str = "secret = \"the secret of the tests, 32 bytes at least\"\n\
    [site]\npublic_url = \"https://example.org/flask\"\n";

#[tokio::test]
async fn row_87_below_a_prefix() {
    for proxy_strips in [false, true] {
        let mut options = options();
        let prefix = if proxy_strips {
            options.settings = BEHIND_A_PROXY;
            ""
        } else {
            let mount = ekiben::config::Mount::try_from("/flask".to_owned()).unwrap();
            options.config.mounts.insert("conduit".to_owned(), mount);
            "/flask"
        };
        let site = Site::of_blog_with(&options);
        let path = |rest: &str| format!("{prefix}/api{rest}");
        let user = json!({"user": {"username": "ann", "email": "a@b", "password": "12345678"}});
        let answer = site.ask(Method::POST, &path("/users"), None, &user).await;
        let user = answer.is(201).value();
        let token = user["user"]["token"].as_str().unwrap().to_owned();
        let article = json!({"article": {"title": "One", "description": "d", "body": "b"}});
        let answer = site
            .ask(Method::POST, &path("/articles"), Some(&token), &article)
            .await;
        assert_eq!(answer.is(201).header("location"), "");
        for rest in ["/articles", "/articles/one", "/tags", "/profiles/ann"] {
            let answer = site.get(&path(rest)).await;
            let text = answer.is(200).text();
            assert!(!text.contains("flask") && !text.contains("://"), "{answer}");
        }
        site.get(&path("/nope"))
            .await
            .is_wrong(404, &[("resource", "not found")]);
    }
}
