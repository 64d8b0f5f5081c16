//! Three users and somebody unknown, doing anything in any order, against a blog in plain code: each answer
//! is what the plain code says to this viewer, by whatever tag or key was asked.
//!
//! Times are compared by no model; rows of the contract do that. A failure prints the seed of its order.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::Method;
use fastrand::Rng;
use serde_json::{Value, json};

use crate::conduit::site::Actor;
use crate::support::harness::{Answer, Site};

const NAMES: [&str; 3] = ["ann", "bob", "cy"];
const TAGS: [&str; 3] = ["x", "y", "z"];
const TURNS: usize = 1500;

/// Who asks: one of [`NAMES`] by number, or nobody.
type Viewer = Option<usize>;

struct Comment {
    id: i64,
    body: String,
    author: usize,
}

struct Article {
    slug: String,
    body: String,
    tags: BTreeSet<&'static str>,
    author: usize,
    favorites: BTreeSet<usize>,
    comments: Vec<Comment>,
}

/// What was asked under a key, and the answer.
struct Done {
    path: String,
    body: Value,
    status: u16,
    answer: Value,
}

#[derive(Default)]
struct Blog {
    /// In the order of their creation.
    articles: Vec<Article>,
    /// Who follows whom.
    follows: BTreeSet<(usize, usize)>,
    bios: [Option<String>; 3],
    /// By owner and key.
    keys: BTreeMap<(usize, String), Done>,
    /// What was answered with a tag, by viewer and path.
    tags: BTreeMap<(Viewer, String, String), Value>,
    /// Slugs that were ever given.
    slugs: Vec<String>,
    /// How often a tag was still good, and how often a key was known.
    unchanged: usize,
    replayed: usize,
}

impl Blog {
    fn profile(&self, whose: usize, viewer: Viewer) -> Value {
        let following = viewer.is_some_and(|viewer| self.follows.contains(&(viewer, whose)));
        json!({"username": NAMES[whose], "bio": self.bios[whose], "image": null, "following": following})
    }

    fn article(&self, article: &Article, viewer: Viewer) -> Value {
        json!({
            "slug": article.slug,
            "title": "T",
            "description": "D",
            "body": article.body,
            "tagList": article.tags,
            "favorited": viewer.is_some_and(|viewer| article.favorites.contains(&viewer)),
            "favoritesCount": article.favorites.len(),
            "author": self.profile(article.author, viewer),
        })
    }

    fn comment(&self, comment: &Comment, viewer: Viewer) -> Value {
        json!({"id": comment.id, "body": comment.body, "author": self.profile(comment.author, viewer)})
    }

    /// The newest first: a page of those that `wanted` takes.
    fn list(&self, viewer: Viewer, page: usize, wanted: impl Fn(&Article) -> bool) -> Value {
        let all: Vec<_> = self.articles.iter().rev().filter(|a| wanted(a)).collect();
        let page = all.iter().skip(page * 2).take(2).map(|article| {
            let mut shown = self.article(article, viewer);
            shown.as_object_mut().unwrap().remove("body");
            shown
        });
        json!({"articles": page.collect::<Vec<_>>(), "articlesCount": all.len()})
    }

    /// All tags, the most used first.
    fn tags(&self) -> Value {
        let uses = |tag: &str| {
            self.articles
                .iter()
                .filter(|a| a.tags.contains(tag))
                .count()
        };
        let mut tags: Vec<_> = TAGS.iter().filter(|tag| uses(tag) > 0).collect();
        tags.sort_by_key(|tag| std::cmp::Reverse(uses(tag)));
        json!({"tags": tags})
    }

    fn at(&self, slug: &str) -> Option<&Article> {
        self.articles.iter().find(|article| article.slug == slug)
    }

    fn place(&self, slug: &str) -> Option<usize> {
        self.articles
            .iter()
            .position(|article| article.slug == slug)
    }

    /// A slug that is or was, or never was.
    fn some_slug(&self, random: &mut Rng) -> String {
        let known = random.choice(&self.slugs).cloned();
        known.unwrap_or_else(|| "never".to_owned())
    }

    /// A path, and the status and body that `viewer` finds there.
    fn look(&self, viewer: Viewer, random: &mut Rng) -> (String, u16, Value) {
        let (name, tag) = (random.usize(..3), TAGS[random.usize(..3)]);
        let page = random.usize(..2);
        let paged = format!("limit=2&offset={}", page * 2);
        let list = |query: String, list| (format!("/api/articles{query}{paged}"), 200, list);
        match random.u8(..8) {
            0 => list("?".to_owned(), self.list(viewer, page, |_| true)),
            1 => list(
                format!("?author={}&", NAMES[name]),
                self.list(viewer, page, |article| article.author == name),
            ),
            2 => list(
                format!("?favorited={}&tag={tag}&", NAMES[name]),
                self.list(viewer, page, |article| {
                    article.favorites.contains(&name) && article.tags.contains(tag)
                }),
            ),
            3 => match viewer {
                Some(reader) => list(
                    "/feed?".to_owned(),
                    self.list(viewer, page, |article| {
                        self.follows.contains(&(reader, article.author))
                    }),
                ),
                None => {
                    let missing = json!({"errors": {"token": ["is missing"]}});
                    ("/api/articles/feed".to_owned(), 401, missing)
                }
            },
            4 => {
                let profile = json!({"profile": self.profile(name, viewer)});
                (format!("/api/profiles/{}", NAMES[name]), 200, profile)
            }
            5 => ("/api/tags".to_owned(), 200, self.tags()),
            part => {
                let slug = self.some_slug(random);
                let path = format!("/api/articles/{slug}");
                let Some(article) = self.at(&slug) else {
                    return (path, 404, no_article());
                };
                if part == 6 {
                    return (path, 200, json!({"article": self.article(article, viewer)}));
                }
                let comments = article.comments.iter().map(|c| self.comment(c, viewer));
                let comments = json!({"comments": comments.collect::<Vec<_>>()});
                (format!("{path}/comments"), 200, comments)
            }
        }
    }
}

fn no_article() -> Value {
    json!({"errors": {"article": ["not found"]}})
}

/// A document without its times.
fn timeless(mut document: Value) -> Value {
    match &mut document {
        Value::Object(fields) => {
            fields.retain(|key, _| !["createdAt", "updatedAt"].contains(&key.as_str()));
            for value in fields.values_mut() {
                *value = timeless(value.take());
            }
        }
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| *item = timeless(item.take())),
        _ => {}
    }
    document
}

/// Somebody reads something, and somebody else or the same the same right after, by tags that were given
/// there.
async fn read(site: &Site, users: &[Actor<'_>; 3], blog: &mut Blog, random: &mut Rng) {
    let place = random.fork();
    for _ in 0..2 {
        let viewer = random.usize(..4);
        let viewer = (viewer < 3).then_some(viewer);
        let (path, status, expected) = blog.look(viewer, &mut place.clone());
        let token = viewer.map(|viewer| users[viewer].token.as_str());
        let tags = blog.tags.keys().filter(|(_, at, _)| *at == path);
        let tags: Vec<_> = tags.map(|(_, _, tag)| tag.clone()).collect();
        let tag = match random.u8(..3) {
            0 => None,
            1 => tags.last().cloned(),
            _ => random.choice(&tags).cloned(),
        };
        let answer = ask(site, &path, token, tag.as_deref()).await;
        // Tags of what everybody sees alike are everybody's.
        let viewer = viewer.filter(|_| path != "/api/tags");
        if answer.status == 304 {
            let given = blog.tags.get(&(viewer, path, tag.unwrap()));
            assert_eq!(given, Some(&expected), "{answer}");
            blog.unchanged += 1;
            continue;
        }
        assert_eq!(timeless(answer.is(status).value()), expected, "{answer}");
        let tag = answer.header("etag").to_owned();
        if status == 200 {
            assert!(!tag.is_empty(), "{answer}");
            blog.tags.insert((viewer, path, tag), expected);
        }
    }
}

async fn ask(site: &Site, path: &str, token: Option<&str>, tag: Option<&str>) -> Answer {
    let authorization = token.map(|token| format!("Token {token}"));
    let mut headers = Vec::new();
    headers.extend(
        authorization
            .as_deref()
            .map(|value| ("authorization", value)),
    );
    headers.extend(tag.map(|tag| ("if-none-match", tag)));
    site.ask_with(Method::GET, path, &headers, &Value::Null)
        .await
}

/// Sends a POST under a key, perhaps one that was used before. The answer, if it was done now.
async fn post(
    (owner, actor): (usize, &Actor<'_>),
    blog: &mut Blog,
    random: &mut Rng,
    path: &str,
    body: &Value,
) -> Option<Answer> {
    let key = format!("k{}", random.u8(..250));
    let send = async |path: &str, body: &Value| {
        let authorization = format!("Token {}", actor.token);
        let headers = [
            ("authorization", authorization.as_str()),
            ("idempotency-key", &key),
        ];
        actor
            .site
            .ask_with(Method::POST, path, &headers, body)
            .await
    };
    let Some(done) = blog.keys.get(&(owner, key.clone())) else {
        let answer = send(path, body).await;
        assert_eq!(answer.header("idempotency-replayed"), "", "{answer}");
        let done = Done {
            path: path.to_owned(),
            body: body.clone(),
            status: answer.status.as_u16(),
            answer: answer.value(),
        };
        blog.keys.insert((owner, key), done);
        return Some(answer);
    };
    let again = send(&done.path, &done.body).await;
    assert_eq!(again.is(done.status).value(), done.answer, "{again}");
    assert_eq!(again.header("idempotency-replayed"), "true", "{again}");
    blog.replayed += 1;
    if (done.path.as_str(), &done.body) != (path, body) {
        send(path, body).await.is(422);
    }
    None
}

async fn write_article(user: (usize, &Actor<'_>), blog: &mut Blog, random: &mut Rng) {
    let tags: BTreeSet<_> = (0..random.usize(..3))
        .map(|_| TAGS[random.usize(..3)])
        .collect();
    let body = format!("b{}", random.u8(..3));
    let fields = json!({"title": "T", "description": "D", "body": body, "tagList": tags});
    let document = json!({"article": fields});
    let Some(answer) = post(user, blog, random, "/api/articles", &document).await else {
        return;
    };
    let shown = answer.is(201).value()["article"].clone();
    let slug = shown["slug"].as_str().unwrap().to_owned();
    assert!(blog.at(&slug).is_none(), "{answer}");
    let (favorites, comments) = (BTreeSet::new(), Vec::new());
    let author = user.0;
    blog.slugs.push(slug.clone());
    blog.articles.push(Article {
        slug,
        body,
        tags,
        author,
        favorites,
        comments,
    });
    let written = blog.articles.last().unwrap();
    assert_eq!(
        timeless(shown),
        blog.article(written, Some(author)),
        "{answer}"
    );
}

async fn change_article(
    user: (usize, &Actor<'_>),
    blog: &mut Blog,
    random: &mut Rng,
    delete: bool,
) {
    let (number, actor) = user;
    let slug = blog.some_slug(random);
    let body = format!("c{}", random.u8(..3));
    let answer = if delete {
        actor.delete(&format!("/api/articles/{slug}")).await
    } else {
        actor.edits(&slug, &json!({"body": body})).await
    };
    let Some(place) = blog.place(&slug) else {
        assert_eq!(answer.is(404).value(), no_article());
        return;
    };
    if blog.articles[place].author != number {
        let forbidden = json!({"errors": {"article": ["forbidden"]}});
        assert_eq!(answer.is(403).value(), forbidden);
    } else if delete {
        answer.is(204);
        blog.articles.remove(place);
    } else {
        blog.articles[place].body = body;
        let expected = json!({"article": blog.article(&blog.articles[place], Some(number))});
        assert_eq!(timeless(answer.is(200).value()), expected);
    }
}

async fn favorite(user: (usize, &Actor<'_>), blog: &mut Blog, random: &mut Rng, much: bool) {
    let (number, actor) = user;
    let slug = blog.some_slug(random);
    let path = format!("/api/articles/{slug}/favorite");
    let method = if much { Method::POST } else { Method::DELETE };
    let answer = actor.ask(method, &path, &Value::Null).await;
    let Some(place) = blog.place(&slug) else {
        assert_eq!(answer.is(404).value(), no_article());
        return;
    };
    let favorites = &mut blog.articles[place].favorites;
    if much {
        favorites.insert(number);
    } else {
        favorites.remove(&number);
    }
    let expected = json!({"article": blog.article(&blog.articles[place], Some(number))});
    assert_eq!(timeless(answer.is(200).value()), expected);
}

async fn follow(user: (usize, &Actor<'_>), blog: &mut Blog, random: &mut Rng, much: bool) {
    let (number, actor) = user;
    let whom = random.usize(..3);
    let path = format!("/api/profiles/{}/follow", NAMES[whom]);
    let method = if much { Method::POST } else { Method::DELETE };
    let answer = actor.ask(method, &path, &Value::Null).await;
    if much && whom != number {
        blog.follows.insert((number, whom));
    } else {
        blog.follows.remove(&(number, whom));
    }
    let expected = json!({"profile": blog.profile(whom, Some(number))});
    assert_eq!(answer.is(200).value(), expected);
}

async fn write_comment(user: (usize, &Actor<'_>), blog: &mut Blog, random: &mut Rng) {
    let slug = blog.some_slug(random);
    let body = format!("comment {}", random.u8(..3));
    let document = json!({"comment": {"body": body}});
    let path = format!("/api/articles/{slug}/comments");
    let Some(answer) = post(user, blog, random, &path, &document).await else {
        return;
    };
    let Some(place) = blog.place(&slug) else {
        assert_eq!(answer.is(404).value(), no_article());
        return;
    };
    let shown = answer.is(201).value()["comment"].clone();
    let (id, author) = (shown["id"].as_i64().unwrap(), user.0);
    let comments = &mut blog.articles[place].comments;
    assert!(comments.iter().all(|other| other.id < id), "{answer}");
    comments.push(Comment { id, body, author });
    let written = blog.articles[place].comments.last().unwrap();
    assert_eq!(
        timeless(shown),
        blog.comment(written, Some(author)),
        "{answer}"
    );
}

async fn delete_comment(user: (usize, &Actor<'_>), blog: &mut Blog, random: &mut Rng) {
    let (number, actor) = user;
    let slug = blog.some_slug(random);
    let Some(place) = blog.place(&slug) else {
        return;
    };
    let comments = &mut blog.articles[place].comments;
    let chosen = random.usize(..comments.len() + 1);
    let id = comments.get(chosen).map_or(999_999, |comment| comment.id);
    let answer = actor
        .delete(&format!("/api/articles/{slug}/comments/{id}"))
        .await;
    match comments.get(chosen).map(|comment| comment.author) {
        None => answer.is(404),
        Some(author) if author != number => answer.is(403),
        Some(_) => {
            comments.remove(chosen);
            answer.is(204)
        }
    };
}

async fn change_bio(user: (usize, &Actor<'_>), blog: &mut Blog, random: &mut Rng) {
    let (number, actor) = user;
    let bio = random.bool().then(|| format!("bio {}", random.u8(..3)));
    actor.changes(&json!({"bio": bio})).await.is(200);
    blog.bios[number] = bio;
    assert_eq!(actor.account().await["bio"], json!(blog.bios[number]));
}

#[tokio::test]
async fn three_users_never_see_what_is_anothers_whatever_the_order() {
    let seed = fastrand::u64(..);
    eprintln!("seed {seed}");
    let mut random = Rng::with_seed(seed);
    let site = Site::of_blog();
    let users = [
        site.user("ann").await,
        site.user("bob").await,
        site.user("cy").await,
    ];
    let mut blog = Blog::default();
    for _ in 0..TURNS {
        if random.u8(..5) < 3 {
            read(&site, &users, &mut blog, &mut random).await;
            continue;
        }
        let number = random.usize(..3);
        let user = (number, &users[number]);
        match random.u8(..12) {
            0 | 1 => write_article(user, &mut blog, &mut random).await,
            2 | 3 => write_comment(user, &mut blog, &mut random).await,
            4 => change_article(user, &mut blog, &mut random, true).await,
            5 => change_article(user, &mut blog, &mut random, false).await,
            6 | 7 => favorite(user, &mut blog, &mut random, true).await,
            8 => favorite(user, &mut blog, &mut random, false).await,
            9 => {
                let much = random.u8(..3) > 0;
                follow(user, &mut blog, &mut random, much).await;
            }
            10 => delete_comment(user, &mut blog, &mut random).await,
            _ => change_bio(user, &mut blog, &mut random).await,
        }
    }
    // Otherwise nothing was shown of tags and keys.
    assert!(
        blog.unchanged > 10 && blog.replayed > 10,
        "{} and {}",
        blog.unchanged,
        blog.replayed
    );
    assert!(blog.slugs.len() > 50);
}
