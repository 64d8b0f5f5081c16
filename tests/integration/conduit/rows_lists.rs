//! Rows 62 to 75 of the contract's table: lists, favorites, the feed.

use serde_json::{Value, json};

use crate::conduit::site::bake_blog;
use crate::conduit::site::options;
use crate::support::harness::Site;

fn slugs(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// Ann wrote one, two and three; bob wrote four. Dan likes two and four, and eve likes one and two.
async fn with_articles(site: &Site) {
    let (ann, bob) = (site.user("ann").await, site.user("bob").await);
    let (dan, eve) = (site.user("dan").await, site.user("eve").await);
    ann.writes("One", &["x"]).await;
    ann.writes("Two", &["x", "y"]).await;
    ann.writes("Three", &["y"]).await;
    bob.writes("Four", &["x"]).await;
    for (user, slug) in [(&dan, "two"), (&dan, "four"), (&eve, "one"), (&eve, "two")] {
        user.likes(slug).await;
    }
}

#[tokio::test]
async fn row_62_the_newest_come_first() {
    let users = "id,username,email,password,bio,image,created_at,updated_at\n\
        7,ann,a@b,,,,2020-01-01T00:00:00Z,2020-01-01T00:00:00Z\n";
    // Out of order, and two of one millisecond.
    let articles = "id,slug,title,description,body,author_id,created_at,updated_at\n\
        1,new,t,d,b,7,2022-01-01T00:00:00Z,2022-01-01T00:00:00Z\n\
        2,tie-a,t,d,b,7,2021-01-01T00:00:00.5Z,2021-01-01T00:00:00.5Z\n\
        3,old,t,d,b,7,2020-01-01 00:00:00,2020-01-01 00:00:00\n\
        4,tie-b,t,d,b,7,2021-01-01 00:00:00.500000,2021-01-01 00:00:00.5\n";
    let tags = "article_id,tag\n1,x\n2,x\n3,x\n4,x\n";
    let files = [
        ("user.csv", users),
        ("article.csv", articles),
        ("article_tag.csv", tags),
    ];
    let (folder, baked) = bake_blog(&files);
    let site = Site::open(folder, &baked, &options());
    let expected = (slugs(&["new", "tie-b", "tie-a", "old"]), 4);
    for query in ["", "?author=ann", "?tag=x", "?tag=x&author=ann"] {
        assert_eq!(site.listed(query).await, expected, "{query}");
    }
    let bob = site.user("bob").await;
    for slug in ["old", "tie-a", "new", "tie-b"] {
        bob.likes(slug).await;
    }
    bob.follows("ann").await;
    assert_eq!(site.listed("?favorited=bob").await, expected);
    assert_eq!(bob.feed("").await, expected);
    bob.writes("Newest", &[]).await;
    assert_eq!(site.listed("?limit=1").await, (slugs(&["newest"]), 5));
}

#[tokio::test]
async fn row_63_articles_of_lists_have_no_body() {
    let site = Site::of_blog();
    let ann = site.user("ann").await;
    ann.changes(&json!({"bio": "About ann"})).await.is(200);
    let mut article = ann.writes("One", &["a"]).await;
    article.as_object_mut().unwrap().remove("body");
    let list = site.get("/api/articles").await.is(200).value();
    assert_eq!(list, json!({"articles": [article], "articlesCount": 1}));
    assert_eq!(list["articles"][0]["author"]["bio"], "About ann");
}

#[tokio::test]
async fn row_64_pages() {
    let site = Site::of_blog();
    with_articles(&site).await;
    assert_eq!(site.listed("?limit=1").await, (slugs(&["four"]), 4));
    assert_eq!(
        site.listed("?limit=1&offset=1").await,
        (slugs(&["three"]), 4)
    );
    assert_eq!(
        site.listed("?author=ann&limit=1&offset=1").await,
        (slugs(&["two"]), 3)
    );
    assert_eq!(
        site.listed("?tag=x&limit=2&offset=2").await,
        (slugs(&["one"]), 3)
    );
    let both = "?tag=x&author=ann&limit=1&offset=1";
    assert_eq!(site.listed(both).await, (slugs(&["one"]), 2));
}

#[tokio::test]
async fn row_65_pages_that_are_none() {
    let site = Site::of_blog();
    let ann = site.user("ann").await;
    let limit = [("limit", "must be an integer of at least 1")];
    let offset = [("offset", "must be an integer of at least 0")];
    for path in ["/api/articles", "/api/articles/feed"] {
        for wrong in ["0", "-1", "abc", "2.5", ""] {
            let answer = ann.get(&format!("{path}?limit={wrong}")).await;
            answer.is_wrong(422, &limit);
        }
        for wrong in ["-1", "abc", "2.5", ""] {
            let answer = ann.get(&format!("{path}?offset={wrong}")).await;
            answer.is_wrong(422, &offset);
        }
        let answer = ann.get(&format!("{path}?offset=x&limit=x")).await;
        answer.is_wrong(422, &[limit[0], offset[0]]);
    }
    let missing = [("token", "is missing")];
    site.get("/api/articles/feed?limit=0")
        .await
        .is_wrong(401, &missing);
}

#[tokio::test]
async fn row_66_large_pages_and_large_offsets() {
    let site = Site::whole_blog();
    for limit in ["100", "101", "1000", "99999999999999999999"] {
        let (slugs, count) = site.listed(&format!("?limit={limit}")).await;
        assert_eq!((slugs.len(), count), (100, 2_000));
    }
    let (slugs, _) = site.listed("").await;
    assert_eq!(slugs.len(), 20);
    for offset in ["2000", "5000", "99999999999999999999"] {
        assert_eq!(
            site.listed(&format!("?offset={offset}")).await,
            (Vec::new(), 2_000)
        );
    }
    let (slugs, _) = site.listed("?offset=1990").await;
    assert_eq!(slugs.len(), 10);
}

#[tokio::test]
async fn row_67_filters_by_tag_are_exact() {
    let site = Site::of_blog();
    with_articles(&site).await;
    for query in [
        "?tag=X",
        "?tag=none",
        "?author=Ann",
        "?author=nobody",
        "?favorited=nobody",
    ] {
        assert_eq!(site.listed(query).await, (Vec::new(), 0), "{query}");
    }
    for query in ["?tag=", "?author=&tag=", "?favorited=", "?nothing=7"] {
        assert_eq!(site.listed(query).await.1, 4, "{query}");
    }
    assert_eq!(site.listed("?tag=y&tag=x").await.1, 2, "the first counts");
}

#[tokio::test]
async fn row_68_several_filters() {
    let site = Site::of_blog();
    with_articles(&site).await;
    for (query, expected) in [
        ("?tag=x&author=bob", &["four"][..]),
        ("?tag=y&author=bob", &[]),
        ("?tag=x&author=ann", &["two", "one"]),
        ("?author=ann&favorited=dan", &["two"]),
        ("?author=bob&favorited=dan", &["four"]),
        ("?tag=x&favorited=eve", &["two", "one"]),
        ("?tag=y&favorited=eve&author=ann", &["two"]),
        ("?tag=x&favorited=dan&author=nobody", &[]),
        ("?tag=x&author=ann&favorited=eve", &["two", "one"]),
    ] {
        let count = i64::try_from(expected.len()).unwrap();
        assert_eq!(
            site.listed(query).await,
            (slugs(expected), count),
            "{query}"
        );
    }
}

#[tokio::test]
async fn row_69_favorites_are_those_of_one() {
    let site = Site::of_blog();
    with_articles(&site).await;
    assert_eq!(
        site.listed("?favorited=dan").await,
        (slugs(&["four", "two"]), 2)
    );
    assert_eq!(
        site.listed("?favorited=eve").await,
        (slugs(&["two", "one"]), 2)
    );
    assert_eq!(site.listed("?favorited=ann").await, (Vec::new(), 0));
}

#[tokio::test]
async fn row_70_favorited_is_by_article_and_viewer() {
    let site = Site::of_blog();
    let (ann, dan, eve) = (
        site.user("ann").await,
        site.user("dan").await,
        site.user("eve").await,
    );
    for title in ["One", "Two"] {
        ann.writes(title, &[]).await;
    }
    dan.likes("one").await;
    eve.likes("two").await;
    let favorited = |list: &Value| -> Vec<bool> {
        let articles = list["articles"].as_array().unwrap().iter();
        articles
            .map(|article| article["favorited"].as_bool().unwrap())
            .collect()
    };
    for (user, expected) in [
        (&ann, [false, false]),
        (&dan, [false, true]),
        (&eve, [true, false]),
    ] {
        let list = user.get("/api/articles").await.is(200).value();
        assert_eq!(favorited(&list), expected, "{}", user.name);
        assert_eq!(list["articles"][0]["favoritesCount"], 1);
    }
    let list = site.get("/api/articles").await.is(200).value();
    assert_eq!(favorited(&list), [false, false]);
}

#[tokio::test]
async fn row_71_liking_again() {
    let site = Site::of_blog();
    let (ann, bob) = (site.user("ann").await, site.user("bob").await);
    let before = ann.writes("One", &[]).await;
    assert_eq!(bob.unlikes("one").await["favoritesCount"], 0);
    for _ in 0..2 {
        let article = bob.likes("one").await;
        let shown = (&article["favorited"], &article["favoritesCount"]);
        assert_eq!(shown, (&json!(true), &json!(1)));
        assert_eq!(article["updatedAt"], before["updatedAt"]);
    }
    for _ in 0..2 {
        let article = bob.unlikes("one").await;
        let shown = (&article["favorited"], &article["favoritesCount"]);
        assert_eq!(shown, (&json!(false), &json!(0)));
    }
    let article = ann.likes("one").await;
    assert_eq!(article["favoritesCount"], 1, "one's own too");
    for method in [axum::http::Method::POST, axum::http::Method::DELETE] {
        let answer = bob
            .ask(
                method.clone(),
                "/api/articles/unknown/favorite",
                &Value::Null,
            )
            .await;
        answer.is_wrong(404, &[("article", "not found")]);
        let answer = site
            .ask(method, "/api/articles/one/favorite", None, &Value::Null)
            .await;
        answer.is_wrong(401, &[("token", "is missing")]);
    }
}

#[tokio::test]
async fn row_72_liking_three_articles() {
    let site = Site::of_blog();
    let (ann, bob) = (site.user("ann").await, site.user("bob").await);
    for title in ["One", "Two", "Three"] {
        ann.writes(title, &[]).await;
    }
    for slug in ["one", "two", "three"] {
        let article = bob.likes(slug).await;
        let shown = (&article["favorited"], &article["favoritesCount"]);
        assert_eq!(shown, (&json!(true), &json!(1)), "{slug}");
    }
    assert_eq!(site.listed("?favorited=bob").await.1, 3);
}

#[tokio::test]
async fn row_73_the_feed_of_somebody_new() {
    let site = Site::of_blog();
    let ann = site.user("ann").await;
    let answer = ann.get("/api/articles/feed").await;
    assert_eq!(
        answer.is(200).text(),
        r#"{"articles":[],"articlesCount":0}"#
    );
    site.get("/api/articles/feed")
        .await
        .is_wrong(401, &[("token", "is missing")]);
}

#[tokio::test]
async fn row_74_a_page_of_the_feed() {
    let site = Site::of_blog();
    with_articles(&site).await;
    let fay = site.user("fay").await;
    fay.follows("ann").await;
    let list = fay.get("/api/articles/feed?limit=1").await.is(200).value();
    assert_eq!(list["articlesCount"], 3);
    let articles = list["articles"].as_array().unwrap();
    assert_eq!(articles.len(), 1);
    assert_eq!(
        (&articles[0]["slug"], articles[0].get("body")),
        (&json!("three"), None)
    );
    assert_eq!(articles[0]["author"]["following"], true);
    assert_eq!(fay.feed("?offset=1").await, (slugs(&["two", "one"]), 3));
    assert_eq!(fay.feed("?offset=3").await, (Vec::new(), 3));
    assert_eq!(
        fay.feed("?author=bob&tag=none").await.1,
        3,
        "filters are ignored"
    );
}

#[tokio::test]
async fn row_75_what_is_not_in_the_feed() {
    let site = Site::of_blog();
    with_articles(&site).await;
    let fay = site.user("fay").await;
    fay.writes("Own", &[]).await;
    fay.follows("ann").await;
    fay.follows("bob").await;
    assert_eq!(
        fay.feed("").await,
        (slugs(&["four", "three", "two", "one"]), 4)
    );
    fay.unfollows("ann").await;
    assert_eq!(fay.feed("").await, (slugs(&["four"]), 1));
    fay.unfollows("bob").await;
    assert_eq!(fay.feed("").await, (Vec::new(), 0));
}
