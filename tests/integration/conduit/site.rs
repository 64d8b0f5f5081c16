//! The harness for the app `conduit`: a blog that is empty, or the built-in one; users who act; and
//! assertions for the contract's errors, which are compared as whole documents.
//!
//! Passwords are hashed as cheaply as can be, since the tests do so all the time. It must not know what the
//! app answers where.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, header};
use ekiben::apps::{self, App};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::harness::{Answer, Options, Site, bake_app, escaped};

/// What tokens are signed with in tests.
pub(crate) const SECRET: &str = "the secret of the tests, 32 bytes at least";

/// The setting for it.
pub(crate) const SETTINGS: &str = "secret = \"the secret of the tests, 32 bytes at least\"\n";

/// Everybody's password.
pub(crate) const PASSWORD: &str = "correct horse";

/// The media type of every answer with a body.
pub(crate) const JSON: &str = "application/json; charset=utf-8";

pub(crate) fn conduit() -> &'static dyn App {
    apps::find("conduit").unwrap()
}

pub(crate) fn options() -> Options {
    let mut options = Options {
        app: conduit(),
        settings: SETTINGS,
        ..Options::default()
    };
    options.config.auth.memory_kib = 8;
    options.config.auth.passes = 1;
    options
}

/// Bakes CSV files, by name; the user file is there without rows if it is not given.
pub(crate) fn bake_blog(files: &[(&str, &str)]) -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let dataset = folder.path().join("conduit");
    fs::create_dir(&dataset).unwrap();
    let nobody = "id,username,email,password,bio,image,created_at,updated_at\n";
    for (name, text) in [("user.csv", nobody)].iter().chain(files) {
        fs::write(dataset.join(name), text).unwrap();
    }
    let baked = folder.path().join("conduit.sqlite");
    bake_app(conduit(), &dataset, &baked).unwrap();
    (folder, baked)
}

fn empty() -> &'static Path {
    static BAKED: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    &BAKED.get_or_init(|| bake_blog(&[])).1
}

impl Site {
    /// A primary over a blog in which is nobody.
    pub(crate) fn of_blog() -> Self {
        Self::of_blog_with(&options())
    }

    pub(crate) fn of_blog_with(options: &Options) -> Self {
        Self::open(TempDir::new().unwrap(), empty(), options)
    }

    /// A primary over the built-in blog.
    pub(crate) fn whole_blog() -> Self {
        let baked = crate::support::harness::whole_conduit();
        Self::open(TempDir::new().unwrap(), baked, &options())
    }

    /// Sends a request with a token, if there is one, and with a body, if it is not null.
    pub(crate) async fn ask(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: &Value,
    ) -> Answer {
        let authorization = token.map(|token| format!("Token {token}"));
        let headers = authorization
            .as_deref()
            .map(|value| ("authorization", value));
        self.ask_with(method, path, headers.as_slice(), body).await
    }

    pub(crate) async fn ask_with(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &Value,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(escaped(path));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = if body.is_null() {
            Body::empty()
        } else {
            request = request.header(header::CONTENT_TYPE, "application/json");
            Body::from(body.to_string())
        };
        self.send(request.body(body).unwrap()).await
    }

    /// Registers somebody with fields over the usual ones.
    pub(crate) async fn try_to_register(&self, fields: &Value) -> Answer {
        self.ask(Method::POST, "/api/users", None, &json!({"user": fields}))
            .await
    }

    pub(crate) async fn log_in(&self, email: &str, password: &str) -> Answer {
        let body = json!({"user": {"email": email, "password": password}});
        self.ask(Method::POST, "/api/users/login", None, &body)
            .await
    }

    /// A token of the API for the user of this name, who is there already.
    pub(crate) async fn token_of(&self, name: &str) -> String {
        let login = self.log_in(&format!("{name}@example.com"), PASSWORD).await;
        let login = login.is(200).value();
        login["user"]["token"].as_str().unwrap().to_owned()
    }

    /// A user of this name, who is registered now.
    pub(crate) async fn user(&self, name: &str) -> Actor<'_> {
        let fields =
            json!({"username": name, "email": format!("{name}@example.com"), "password": PASSWORD});
        let user = self.try_to_register(&fields).await.is(201).value();
        Actor {
            site: self,
            name: name.to_owned(),
            token: user["user"]["token"].as_str().unwrap().to_owned(),
        }
    }

    /// The slugs of a list for nobody in particular, and its count.
    pub(crate) async fn listed(&self, query: &str) -> (Vec<String>, i64) {
        self.get(&format!("/api/articles{query}")).await.list()
    }
}

/// A user who acts.
pub(crate) struct Actor<'s> {
    pub(crate) site: &'s Site,
    pub(crate) name: String,
    pub(crate) token: String,
}

impl Actor<'_> {
    pub(crate) async fn ask(&self, method: Method, path: &str, body: &Value) -> Answer {
        self.site.ask(method, path, Some(&self.token), body).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, &Value::Null).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.ask(Method::POST, path, body).await
    }

    pub(crate) async fn put(&self, path: &str, body: &Value) -> Answer {
        self.ask(Method::PUT, path, body).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.ask(Method::DELETE, path, &Value::Null).await
    }

    /// Writes an article with this title and these tags; the article.
    pub(crate) async fn writes(&self, title: &str, tags: &[&str]) -> Value {
        let answer = self.tries_to_write(&article_with(title, tags)).await;
        answer.is(201).value()["article"].clone()
    }

    pub(crate) async fn tries_to_write(&self, fields: &Value) -> Answer {
        self.post("/api/articles", &json!({"article": fields}))
            .await
    }

    pub(crate) async fn edits(&self, slug: &str, fields: &Value) -> Answer {
        let path = format!("/api/articles/{slug}");
        self.put(&path, &json!({"article": fields})).await
    }

    pub(crate) async fn changes(&self, fields: &Value) -> Answer {
        self.put("/api/user", &json!({"user": fields})).await
    }

    pub(crate) async fn comments(&self, slug: &str, body: &str) -> Value {
        let path = format!("/api/articles/{slug}/comments");
        let answer = self.post(&path, &json!({"comment": {"body": body}})).await;
        answer.is(201).value()["comment"].clone()
    }

    pub(crate) async fn likes(&self, slug: &str) -> Value {
        let path = format!("/api/articles/{slug}/favorite");
        self.post(&path, &Value::Null).await.is(200).value()["article"].clone()
    }

    pub(crate) async fn unlikes(&self, slug: &str) -> Value {
        let path = format!("/api/articles/{slug}/favorite");
        self.delete(&path).await.is(200).value()["article"].clone()
    }

    pub(crate) async fn follows(&self, name: &str) -> bool {
        let path = format!("/api/profiles/{name}/follow");
        self.post(&path, &Value::Null).await.is(200).value()["profile"]["following"]
            .as_bool()
            .unwrap()
    }

    pub(crate) async fn unfollows(&self, name: &str) -> bool {
        let path = format!("/api/profiles/{name}/follow");
        self.delete(&path).await.is(200).value()["profile"]["following"]
            .as_bool()
            .unwrap()
    }

    /// The account, but for its token.
    pub(crate) async fn account(&self) -> Value {
        let mut user = self.get("/api/user").await.is(200).value()["user"].clone();
        user.as_object_mut().unwrap().remove("token");
        user
    }

    pub(crate) async fn feed(&self, query: &str) -> (Vec<String>, i64) {
        self.get(&format!("/api/articles/feed{query}")).await.list()
    }
}

/// An article that can be written.
pub(crate) fn article_with(title: &str, tags: &[&str]) -> Value {
    json!({"title": title, "description": "Short", "body": "Long", "tagList": tags})
}

impl Answer {
    /// The document that it is.
    #[track_caller]
    pub(crate) fn value(&self) -> Value {
        assert_eq!(self.header("content-type"), JSON, "{self}");
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self}"))
    }

    /// A refusal that says one thing of each key, in this order.
    #[track_caller]
    pub(crate) fn is_wrong(&self, status: u16, errors: &[(&str, &str)]) -> &Self {
        self.is(status);
        assert_eq!(self.header("content-type"), JSON, "{self}");
        let errors: Vec<_> = errors
            .iter()
            .map(|(key, text)| format!("{}:[{}]", json!(key), json!(text)))
            .collect();
        let expected = format!("{{\"errors\":{{{}}}}}", errors.join(","));
        assert_eq!(String::from_utf8_lossy(&self.body), expected, "{self}");
        let challenge = if status == 401 { "Token" } else { "" };
        assert_eq!(self.header("www-authenticate"), challenge, "{self}");
        self
    }

    /// The slugs of a list of articles, and how many it has in all.
    #[track_caller]
    pub(crate) fn list(&self) -> (Vec<String>, i64) {
        let list = self.is(200).value();
        let articles = list["articles"].as_array().unwrap();
        let slugs = articles
            .iter()
            .map(|article| article["slug"].as_str().unwrap().to_owned())
            .collect();
        (slugs, list["articlesCount"].as_i64().unwrap())
    }

    /// The text of the body, where the order of keys matters.
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.to_vec()).unwrap()
    }
}

/// The keys of an object in the order of their text.
pub(crate) fn keys(text: &str, keys: &[&str]) -> bool {
    let mut from = 0;
    keys.iter().all(|key| {
        let key = format!("\"{key}\":");
        match text[from..].find(&key) {
            Some(at) => {
                from += at + key.len();
                true
            }
            None => false,
        }
    })
}

/// The values of a header, joined.
pub(crate) fn all(headers: &HeaderMap, name: &str) -> String {
    let values = headers.get_all(name).iter();
    let values: Vec<_> = values.map(|value| value.to_str().unwrap()).collect();
    values.join(", ").to_ascii_lowercase()
}
