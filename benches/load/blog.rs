//! The blog: what readers with and without a token ask, what users write, and reads beside sign-ins.
//!
//! Readers are registered over HTTP when they are needed, and follow 50 and 500 authors if there are so
//! many; names, slugs and tags come from the baked file. It must not know how the app is made.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use fastrand::Rng;
use rusqlite::{Connection, OpenFlags};
use serde_json::{Value, json};

use crate::arguments::Arguments;
use crate::client::{Client, Plan, Request, Turn};
use crate::exchange::{Exchange, get, post};
use crate::results::{Figure, Sample};
use crate::server::Server;
use crate::workload::Endpoint;
use crate::writes;

/// Users who write, one for each connection.
const WRITERS: usize = 32;
/// Connections that sign in without pause.
const SIGN_INS: usize = 8;
const PASSWORD: &str = "correct horse battery";
/// Distinct addresses of a list.
const LISTS: usize = 1_000;

/// Articles or people that are written about, at most: one request of each writer for each is made before.
const WRITTEN: usize = 2_000;

/// Articles that are read: as many in a blog of any size, as with the addresses of lists.
const READ: usize = 2_000;

/// The reads with the least ratios to the ceiling that are good enough, in the order of the table. In a blog
/// that has many more, all are read as well, each in its turn: none is kept then, and has to be made from its rows.
/// How much slower that is has no target.
const READS: [(&str, f64); 11] = [
    ("article, anybody", 0.85),
    ("article, with a token", 0.70),
    ("all articles in turn, anybody", 0.0),
    ("all articles in turn, with a token", 0.0),
    ("articles, newest", 0.70),
    ("articles by tag", 0.70),
    ("articles by author", 0.70),
    ("articles by favorite", 0.70),
    ("tags of the blog", 0.95),
    ("feed, 50 authors", 0.50),
    ("feed, 500 authors", 0.35),
];
/// What else is measured.
const WRITES: &str = "blog writes";
const SIGN_IN: &str = "sign-ins";

/// What the blog holds, and users of ours.
pub(crate) struct Blog {
    slugs: Vec<String>,
    /// Those who have written, the most busy first.
    authors: Vec<String>,
    tags: Vec<String>,
    /// Those who like something.
    fans: Vec<String>,
    /// Tokens of readers who follow 50 and 500 authors, if there are so many.
    readers: Vec<String>,
    writers: Vec<String>,
}

impl Blog {
    /// Whether any of it is to be measured: users cost time and change the file.
    pub(crate) fn is_wanted(arguments: &Arguments) -> bool {
        let reads = READS.iter().map(|(name, _)| *name);
        reads
            .chain([WRITES, SIGN_IN])
            .any(|name| arguments.wants(name))
    }

    pub(crate) fn with(baked: &Path, server: &Server) -> Self {
        let file = baked.with_file_name("conduit.sqlite");
        let file = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
        let texts = |sql: &str| -> Vec<String> {
            let mut rows = file.prepare(sql).unwrap();
            let texts = rows.query_map([], |row| row.get(0)).unwrap();
            texts.collect::<Result<_, _>>().unwrap()
        };
        let authors = texts(
            "SELECT username FROM article JOIN user ON user.id = author_id GROUP BY author_id \
             ORDER BY count(*) DESC, author_id",
        );
        let mut exchange = Exchange::with(server.address);
        let mut user = |name: String| register(&mut exchange, &name);
        let writers = (0..WRITERS).map(|n| user(format!("writer{n}"))).collect();
        let sizes = [50, 500];
        let sizes = sizes.into_iter().filter(|size| *size <= authors.len());
        let readers: Vec<_> = sizes
            .map(|size| (size, user(format!("reader{size}"))))
            .collect();
        for (size, token) in &readers {
            for author in spread(&authors, *size) {
                let path = format!("/api/profiles/{}/follow", escaped(author));
                assert_eq!(
                    exchange.ask(&with_token("POST", &path, token, "")).status,
                    200
                );
            }
        }
        Self {
            slugs: texts("SELECT slug FROM article ORDER BY id"),
            tags: texts("SELECT tag FROM article_tag GROUP BY tag ORDER BY tag"),
            fans: texts("SELECT username FROM user WHERE id IN (SELECT user_id FROM favorite)"),
            authors,
            readers: readers.into_iter().map(|(_, token)| token).collect(),
            writers,
        }
    }

    /// The reads, in the order of the table.
    pub(crate) fn reads(&self) -> Vec<Endpoint> {
        let random = &mut Rng::with_seed(3);
        let article = |slug: &String| format!("/api/articles/{}", escaped(slug));
        let read = || spread(&self.slugs, self.slugs.len().min(READ)).map(article);
        // There is room for some thousands: none of many more is there when it is its turn again.
        let many = if self.slugs.len() > 5 * READ {
            self.slugs.as_slice()
        } else {
            &[]
        };
        let all = || many.iter().map(article);
        // A blog with fewer authors has no readers.
        let token = self.readers.first().unwrap_or(&self.writers[0]);
        let with_token = |path: String| with_token("GET", &path, token, "");
        let mut requests = vec![
            read().map(|path| get(&path)).collect(),
            read().map(with_token).collect(),
            all().map(|path| get(&path)).collect(),
            all().map(with_token).collect(),
            Self::lists(&[], "", random),
            Self::lists(&self.tags, "tag", random),
            Self::lists(&self.authors, "author", random),
            Self::lists(&self.fans, "favorited", random),
            vec![get("/api/tags")],
        ];
        requests.extend(self.readers.iter().map(|token| {
            let pages = (0..5).map(|page| format!("/api/articles/feed?offset={}", page * 20));
            let pages = pages.map(|path| self::with_token("GET", &path, token, ""));
            pages.collect()
        }));
        let endpoints = READS.into_iter().zip(requests);
        let endpoints = endpoints.filter(|(_, requests)| !requests.is_empty());
        endpoints
            .map(|((name, target), requests)| Endpoint {
                name,
                target,
                requests,
            })
            .collect()
    }

    /// First pages of 20, with a filter of one of `values` if there are any; else pages.
    fn lists(values: &[String], filter: &str, random: &mut Rng) -> Vec<Vec<u8>> {
        let path = |_| {
            if values.is_empty() {
                return format!("/api/articles?offset={}", random.usize(..50) * 20);
            }
            let value = escaped(&values[random.usize(..values.len())]);
            format!("/api/articles?{filter}={value}")
        };
        let mut paths: Vec<_> = (0..LISTS).map(path).collect();
        paths.sort_unstable();
        paths.dedup();
        random.shuffle(&mut paths);
        paths.iter().map(|path| get(path)).collect()
    }

    /// What else is wanted.
    pub(crate) fn others(&self, server: &Server, arguments: &Arguments) -> Vec<Figure> {
        let mut figures = Vec::new();
        if arguments.wants(WRITES) {
            figures.extend(self.writes(server, arguments));
        }
        if arguments.wants(SIGN_IN) {
            figures.extend(self.sign_ins(server, arguments));
        }
        figures
    }

    /// Writes that all change something, each kind for itself, acknowledged when they are on the disk.
    fn writes(&self, server: &Server, arguments: &Arguments) -> Vec<Figure> {
        let mut client = Client::connect(server.address, arguments.connections);
        let comment = json!({"comment": {"body": "I read this with pleasure."}}).to_string();
        let favorite = |slug: &String| format!("/api/articles/{}/favorite", escaped(slug));
        let comments = |slug: &String| format!("/api/articles/{}/comments", escaped(slug));
        let follow = |name: &String| format!("/api/profiles/{}/follow", escaped(name));
        let slugs = || spread(&self.slugs, self.slugs.len().min(WRITTEN));
        let authors = spread(&self.authors, self.authors.len().min(WRITTEN));
        let mut once = self.each("POST", slugs().map(comments), &comment);
        Rng::with_seed(4).shuffle(&mut once);
        let kinds = [
            ("favorite", self.there_and_back(slugs().map(favorite))),
            ("follow", self.there_and_back(authors.map(follow))),
            ("comment", once),
        ];
        let mut figures = Vec::new();
        for (name, requests) in kinds {
            eprintln!("{name} …");
            let mut plan = Plan::new(requests);
            let turns: Vec<_> = (0..arguments.rounds())
                .map(|_| client.turn(server, &mut plan, arguments.time()))
                .collect();
            let of = |value: fn(&Turn) -> f64| Sample::of(turns.iter().map(value));
            let rate = of(|turn| turn.writes_per_second);
            figures.push(
                Figure::new(format!("{name}, durability full"), "/s", rate).at_least(10_000.0),
            );
            let p99 = of(|turn| turn.p99 / 1000.0);
            figures.push(Figure::new(
                format!("{name}, durability full, p99"),
                "ms",
                p99,
            ));
        }
        figures
    }

    /// Something at each of `paths` by each writer.
    fn each(&self, method: &str, paths: impl Iterator<Item = String>, body: &str) -> Vec<Request> {
        let paths: Vec<_> = paths.collect();
        let of = |path: &String, token: &String| Request {
            bytes: with_token(method, path, token, body),
            is_write: true,
        };
        let by_path = paths.iter();
        by_path
            .flat_map(|path| self.writers.iter().map(move |token| of(path, token)))
            .collect()
    }

    /// The same, and then all of it undone.
    fn there_and_back(&self, paths: impl Iterator<Item = String> + Clone) -> Vec<Request> {
        let mut requests = self.each("POST", paths.clone(), "");
        requests.extend(self.each("DELETE", paths, ""));
        requests
    }

    /// All reads alone and beside users who sign in without pause.
    fn sign_ins(&self, server: &Server, arguments: &Arguments) -> Vec<Figure> {
        const TIME: Duration = Duration::from_secs(2);
        eprintln!("sign-ins …");
        let reads = writes::all_reads(&self.reads());
        let mut client = Client::connect(server.address, arguments.connections);
        let (mut ratios, mut rates, mut live) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..5 {
            let alone = client.turn(server, &mut Plan::new(reads.clone()), TIME);
            let (stop, done) = (AtomicBool::new(false), AtomicUsize::new(0));
            let (beside, slow) = std::thread::scope(|scope| {
                for number in 0..SIGN_INS {
                    let (stop, done) = (&stop, &done);
                    scope.spawn(move || sign_in_on(server, number, stop, done));
                }
                let probe = scope.spawn(|| probe(server, &stop));
                let turn = client.turn(server, &mut Plan::new(reads.clone()), TIME);
                stop.store(true, Ordering::Relaxed);
                (turn, probe.join().unwrap())
            });
            ratios.push(beside.reads_per_second / alone.reads_per_second);
            rates.push(done.into_inner() as f64 / TIME.as_secs_f64());
            live.push(slow);
        }
        vec![
            Figure::new("sign-ins beside reads", "/s", Sample::of(rates)),
            Figure::new("reads beside sign-ins, to alone", "x", Sample::of(ratios)).at_least(0.90),
            Figure::new("/livez beside both, p99", "ms", Sample::of(live)).at_most(20.0),
        ]
    }
}

/// A new user's token.
fn register(exchange: &mut Exchange, name: &str) -> String {
    let user = json!({"username": name, "email": email(name), "password": PASSWORD});
    let body = json!({"user": user}).to_string();
    let answer = exchange.ask(&post("/api/users", "application/json", body.as_bytes()));
    assert_eq!(
        answer.status,
        201,
        "{}",
        String::from_utf8_lossy(&answer.body)
    );
    let document: Value = serde_json::from_slice(&answer.body).unwrap();
    document["user"]["token"].as_str().unwrap().to_owned()
}

fn email(name: &str) -> String {
    format!("{name}@example.com")
}

/// So many of them, from the first to the last.
fn spread(all: &[String], count: usize) -> impl Iterator<Item = &String> + Clone {
    (0..count).map(move |index| &all[index * all.len() / count])
}

fn with_token(method: &str, path: &str, token: &str, body: &str) -> Vec<u8> {
    let length = match (method, body.len()) {
        ("GET", _) => String::new(),
        (_, length) => format!("Content-Length: {length}\r\n"),
    };
    format!(
        "{method} {path} HTTP/1.1\r\nHost: ekiben\r\nAuthorization: Token {token}\r\n{length}\r\n{body}"
    )
    .into_bytes()
}

fn escaped(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes())
        .collect::<String>()
        .replace('+', "%20")
}

fn sign_in_on(server: &Server, number: usize, stop: &AtomicBool, done: &AtomicUsize) {
    let mut exchange = Exchange::with(server.address);
    let user = json!({"email": email(&format!("writer{number}")), "password": PASSWORD});
    let body = json!({"user": user}).to_string();
    let request = post("/api/users/login", "application/json", body.as_bytes());
    while !stop.load(Ordering::Relaxed) {
        let status = exchange.ask(&request).status;
        assert!([200, 503].contains(&status), "a sign-in: {status}");
        done.fetch_add(usize::from(status == 200), Ordering::Relaxed);
    }
}

/// The 99th percentile of `/livez` until told to stop, in milliseconds.
fn probe(server: &Server, stop: &AtomicBool) -> f64 {
    let mut exchange = Exchange::with(server.address);
    let mut times = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let start = Instant::now();
        exchange.get("/livez");
        times.push(start.elapsed().as_secs_f64() * 1000.0);
        std::thread::sleep(Duration::from_millis(5));
    }
    times.sort_unstable_by(f64::total_cmp);
    times[times.len() * 99 / 100]
}
