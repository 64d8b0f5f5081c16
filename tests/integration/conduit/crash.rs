//! Crash safety of a blog: the real binary under favorites, follows and comments of several users is killed
//! with SIGKILL again and again. What was answered is there after each restart, and once.
//!
//! Each user's client waits for each answer, so only its last request may have been done without one. It is
//! repeated after the restart under its key; then nothing is left to chance. How many
//! kills there are, 10 without a word, is said as for the purchases (`support/kills.rs`).

use std::collections::BTreeSet;
use std::fs;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use fastrand::Rng;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::task::JoinSet;

use crate::conduit::site::{PASSWORD, bake_blog};
use crate::support::binary::Process;
use crate::support::client::{Client, Failure};
use crate::support::kills::{Countdown, kills};

const USERS: usize = 5;
const ARTICLES: usize = 6;

/// A kill comes after so many answers at most.
const MOST_ANSWERS: usize = 200;

const TOML: &str = "apps = [\"conduit\"]\nadmin.listen = \"off\"\nlog.format = \"json\"\n\
    conduit.secret = \"a secret of the crash test of 32 bytes\"\n[auth]\nmemory_kib = 8\npasses = 1\n";

/// What a user asks for.
#[derive(Debug, Clone)]
enum Wish {
    Favorite(usize, bool),
    Follow(usize, bool),
    Comment(usize, String),
}

/// A wish under its key.
type Asked = (String, Wish);

/// A user, and what the blog has to say to them.
#[derive(Clone)]
struct User {
    number: usize,
    token: String,
    favorites: BTreeSet<usize>,
    follows: BTreeSet<usize>,
    /// Article and text of each.
    comments: BTreeSet<(usize, String)>,
    /// Requests so far: makes keys and texts that are used once.
    asked: usize,
}

impl User {
    async fn register(client: &mut Client, number: usize) -> Self {
        let name = name(number);
        let email = format!("{name}@example.com");
        let user = json!({"user": {"username": name, "email": email, "password": PASSWORD}});
        let answer = client.post("/api/users", "application/json", user.to_string());
        let (status, body) = answer.await.unwrap();
        assert_eq!(status, StatusCode::CREATED, "{body}");
        Self {
            number,
            token: document(&body)["user"]["token"]
                .as_str()
                .unwrap()
                .to_owned(),
            favorites: BTreeSet::new(),
            follows: BTreeSet::new(),
            comments: BTreeSet::new(),
            asked: 0,
        }
    }

    fn next(&mut self, random: &mut Rng) -> Asked {
        self.asked += 1;
        let (number, asked) = (self.number, self.asked);
        let wish = match random.u8(..3) {
            0 => Wish::Favorite(random.usize(..ARTICLES), random.bool()),
            1 => Wish::Follow((number + random.usize(1..USERS)) % USERS, random.bool()),
            _ => Wish::Comment(random.usize(..ARTICLES), format!("{number} says {asked}")),
        };
        (format!("key-{number}-{asked}"), wish)
    }

    /// It was done.
    fn note(&mut self, wish: &Wish) {
        match wish {
            Wish::Favorite(article, true) => self.favorites.insert(*article),
            Wish::Favorite(article, false) => self.favorites.remove(article),
            Wish::Follow(whom, true) => self.follows.insert(*whom),
            Wish::Follow(whom, false) => self.follows.remove(whom),
            Wish::Comment(article, text) => self.comments.insert((*article, text.clone())),
        };
    }

    async fn send(
        &self,
        client: &mut Client,
        (method, path): (Method, &str),
        key: Option<&str>,
        body: Body,
    ) -> Result<(StatusCode, String), Failure> {
        let authorization = format!("Token {}", self.token);
        let mut request = Request::builder().method(method).uri(path);
        request = request.header("authorization", authorization);
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        client.send(request.body(body)?).await
    }

    async fn ask(&self, client: &mut Client, (key, wish): &Asked) -> Result<(), Failure> {
        let switch = |on: &bool| if *on { Method::POST } else { Method::DELETE };
        let (method, path, body) = match wish {
            Wish::Favorite(article, on) => {
                let path = format!("/api/articles/{}/favorite", slug(*article));
                (switch(on), path, Body::empty())
            }
            Wish::Follow(whom, on) => {
                let path = format!("/api/profiles/{}/follow", name(*whom));
                (switch(on), path, Body::empty())
            }
            Wish::Comment(article, text) => {
                let path = format!("/api/articles/{}/comments", slug(*article));
                let body = json!({"comment": {"body": text}}).to_string();
                (Method::POST, path, Body::from(body))
            }
        };
        let (status, answer) = self.send(client, (method, &path), Some(key), body).await?;
        assert!(status.is_success(), "{status} {answer}");
        Ok(())
    }

    async fn get(&self, client: &mut Client, path: &str) -> Value {
        let answer = self.send(client, (Method::GET, path), None, Body::empty());
        let (status, body) = answer.await.unwrap();
        assert_eq!(status, StatusCode::OK, "{body}");
        document(&body)
    }

    /// Whether the blog says just this to this user.
    async fn agrees(&self, client: &mut Client) -> bool {
        let mut found = BTreeSet::new();
        let own = name(self.number);
        for article in 0..ARTICLES {
            let path = format!("/api/articles/{}", slug(article));
            let shown = self.get(client, &path).await;
            if shown["article"]["favorited"] != json!(self.favorites.contains(&article)) {
                return false;
            }
            let comments = self.get(client, &format!("{path}/comments")).await;
            for comment in comments["comments"].as_array().unwrap() {
                if comment["author"]["username"] == json!(own) {
                    let text = comment["body"].as_str().unwrap().to_owned();
                    assert!(found.insert((article, text)), "twice: {comment}");
                }
            }
        }
        for whom in (0..USERS).filter(|whom| *whom != self.number) {
            let path = format!("/api/profiles/{}", name(whom));
            let shown = self.get(client, &path).await;
            if shown["profile"]["following"] != json!(self.follows.contains(&whom)) {
                return false;
            }
        }
        found == self.comments
    }
}

fn name(user: usize) -> String {
    format!("user{user}")
}

fn slug(article: usize) -> String {
    format!("article-{article}")
}

fn document(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// A blog with articles of somebody who has no account that can be used.
fn blog() -> TempDir {
    let users = "id,username,email,password,bio,image,created_at,updated_at\n\
        1,author,author@example.com,,,,2020-01-01T00:00:00Z,2020-01-01T00:00:00Z\n";
    let mut articles =
        "id,slug,title,description,body,author_id,created_at,updated_at\n".to_owned();
    for article in 0..ARTICLES {
        let (id, slug) = (article + 1, slug(article));
        let time = "2020-01-01T00:00:00Z";
        articles.push_str(&format!("{id},{slug},T,D,B,1,{time},{time}\n"));
    }
    let files = [("user.csv", users), ("article.csv", articles.as_str())];
    let (folder, baked) = bake_blog(&files);
    fs::create_dir(folder.path().join("data")).unwrap();
    fs::rename(baked, folder.path().join("data/conduit.sqlite")).unwrap();
    folder
}

/// Writes until the server is gone; the user as answered, and what was not answered.
async fn write_on(
    mut user: User,
    address: SocketAddr,
    mut random: Rng,
    countdown: Arc<Countdown>,
) -> (User, Asked) {
    let mut client = Client::connect(address).await.unwrap();
    loop {
        let asked = user.next(&mut random);
        if user.ask(&mut client, &asked).await.is_err() {
            return (user, asked);
        }
        user.note(&asked.1);
        countdown.answered();
    }
}

/// Has everybody write, and kills the server in the middle of it.
async fn kill_during_writes(
    server: Process,
    users: Vec<User>,
    random: &mut Rng,
) -> Vec<(User, Asked)> {
    let countdown = Countdown::from(random.usize(1..=MOST_ANSWERS));
    let mut clients = JoinSet::new();
    for user in users {
        let countdown = Arc::clone(&countdown);
        clients.spawn(write_on(user, server.address, random.fork(), countdown));
    }
    tokio::select! {
        () = countdown.is_over() => {}
        ended = clients.join_next() => panic!("a client ended before the kill: {:?}", ended.is_some()),
    }
    server.kill();
    clients.join_all().await
}

/// Checks what everybody sees after a restart, before and after what was not answered is repeated; whether
/// it had been done, for each.
async fn settle(server: &Process, users: Vec<(User, Asked)>) -> (Vec<User>, usize) {
    let mut client = Client::connect(server.address).await.unwrap();
    let mut settled = Vec::new();
    let mut done = 0;
    for (user, asked) in users {
        let mut after = user.clone();
        after.note(&asked.1);
        let was_done = after.agrees(&mut client).await;
        assert!(
            was_done || user.agrees(&mut client).await,
            "lost: {asked:?}"
        );
        done += usize::from(was_done);
        for _ in 0..2 {
            after.ask(&mut client, &asked).await.unwrap();
            assert!(after.agrees(&mut client).await, "doubled: {asked:?}");
        }
        settled.push(after);
    }
    for article in 0..ARTICLES {
        let path = format!("/api/articles/{}", slug(article));
        let shown = settled[0].get(&mut client, &path).await;
        let favorites = settled
            .iter()
            .filter(|user| user.favorites.contains(&article));
        assert_eq!(shown["article"]["favoritesCount"], json!(favorites.count()));
    }
    (settled, done)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sigkill_at_random_moments_loses_and_doubles_nothing_that_was_answered() {
    let (kills, mut random) = kills(10);
    let folder = blog();
    let start = |random: &mut Rng| {
        let durability = ["full", "normal"][random.usize(..2)];
        let toml = format!("store.durability = \"{durability}\"\n{TOML}");
        fs::write(folder.path().join("ekiben.toml"), toml).unwrap();
        Process::start(folder.path(), &[])
    };
    let mut server = start(&mut random);
    let mut client = Client::connect(server.address).await.unwrap();
    let mut users = Vec::new();
    for number in 0..USERS {
        users.push(User::register(&mut client, number).await);
    }
    let mut done = 0;
    for _ in 0..kills {
        let unsettled = kill_during_writes(server, users, &mut random).await;
        server = start(&mut random);
        let (settled, found) = settle(&server, unsettled).await;
        users = settled;
        done += found;
    }
    let asked: usize = users.iter().map(|user| user.asked).sum();
    eprintln!("{kills} kills under {asked} writes, {done} of the unanswered had been done");
    assert!(users.iter().any(|user| !user.comments.is_empty()));
}
