//! The drill: pages of learners with long histories, in each of the three orders, and gradings.
//!
//! Learners and what they have graded are put into the baked file before a server opens it, ten gradings of
//! every sentence for those who read; they sign in over HTTP. The drill is below a path of its own, since
//! pages belong to one app an address. It must not know how the app is made.

use std::path::Path;

use ekiben::auth::password::PasswordCost;
use ekiben::web::csrf::FormToken;
use fastrand::Rng;
use rusqlite::{Connection, params};
use serde_json::json;

use crate::arguments::Arguments;
use crate::client::{Client, Plan, Request, Turn};
use crate::exchange::{Exchange, post};
use crate::results::{Figure, Sample};
use crate::server::Server;
use crate::workload::Endpoint;

/// Where the drill is on the server with the ceiling.
pub(crate) const PREFIX: &str = "/english";

const PASSWORD: &str = "correct horse battery";
/// The orders, each with a learner who reads.
const MODES: [&str; 3] = ["normal", "top", "worst"];
/// Learners who grade, one for each connection.
const GRADERS: usize = 32;
/// Gradings that a reader has of each sentence.
const GRADINGS: i64 = 10;
/// Distinct addresses of an endpoint.
const PAGES: usize = 3_000;
/// Sentences that are graded, at most.
const GRADED: usize = 2_000;
/// As the pages have them.
const SENTENCES_OF_A_PAGE: usize = 5;

/// The pages with the least ratios to the ceiling that are good enough, in the order of the table.
const READS: [(&str, f64); 3] = [
    ("page of a sentence", 0.50),
    ("page of sentences", 0.50),
    ("dashboard", 0.50),
];
/// What else is measured.
const WRITES: &str = "gradings";

/// Who learns, and what.
pub(crate) struct Drill {
    sentences: Vec<i64>,
    /// The cookies of those who read.
    readers: Vec<String>,
    graders: Vec<Grader>,
}

struct Grader {
    cookie: String,
    token: String,
}

impl Drill {
    /// Whether any of it is to be measured.
    pub(crate) fn is_wanted(arguments: &Arguments) -> bool {
        let reads = READS.iter().map(|(name, _)| *name);
        reads.chain([WRITES]).any(|name| arguments.wants(name))
    }

    /// Puts the learners and what they graded into the baked file.
    pub(crate) fn prepare(baked: &Path) {
        const USER: &str = "INSERT INTO users (email, encrypted_password, mode, created_at, updated_at) \
             VALUES (?1, ?2, ?3, '2026-01-01 00:00:00', '2026-01-01 00:00:00') RETURNING id";
        // As many of each kind, right and wrong in no order, over a hundred days.
        const GRADINGS_OF_ALL: &str = "WITH RECURSIVE round(n) AS \
               (SELECT 0 UNION ALL SELECT n + 1 FROM round WHERE n + 1 < ?2) \
             INSERT INTO scores (passed, val, sentence_id, user_id, type, created_at, updated_at) \
             SELECT passed, iif(passed, 1, -1) * (1 + written), id, ?1, \
               iif(written, 'ScoreEngWritten', 'ScoreEngNotWritten'), time, time \
             FROM (SELECT id, n % 2 AS written, abs(id * 40503 + n * 65537 + ?1 * 7919) % 97 % 3 > 0 AS passed, \
               datetime('2026-01-01', format('+%d days', n * 10)) AS time FROM round, sentences)";
        let mut file = Connection::open(baked.with_file_name("english.sqlite")).unwrap();
        let cost = PasswordCost {
            memory_kib: 8,
            passes: 1,
        };
        let hash = cost.hash(&PASSWORD.into()).unwrap();
        let work = file.transaction().unwrap();
        let user = |email: String, mode: &str| -> i64 {
            let id = work.query_row(USER, params![email, hash, mode], |row| row.get(0));
            id.unwrap()
        };
        for mode in MODES {
            let id = user(email(mode), mode);
            work.execute(GRADINGS_OF_ALL, [id, GRADINGS]).unwrap();
        }
        for number in 0..GRADERS {
            user(email(&grader(number)), MODES[0]);
        }
        work.commit().unwrap();
        file.execute_batch("ANALYZE").unwrap();
    }

    pub(crate) fn with(baked: &Path, server: &Server) -> Self {
        let file = Connection::open(baked.with_file_name("english.sqlite")).unwrap();
        let mut rows = file
            .prepare("SELECT id FROM sentences ORDER BY id")
            .unwrap();
        let ids = rows.query_map([], |row| row.get(0)).unwrap();
        let mut exchange = Exchange::with(server.address);
        let mut sign_in = |name: &str| sign_in(&mut exchange, name);
        Self {
            sentences: ids.collect::<Result<_, _>>().unwrap(),
            readers: MODES.iter().map(|mode| sign_in(mode).cookie).collect(),
            graders: (0..GRADERS).map(|n| sign_in(&grader(n))).collect(),
        }
    }

    /// The reads, in the order of the table.
    pub(crate) fn reads(&self) -> Vec<Endpoint> {
        let random = &mut Rng::with_seed(5);
        let mut sentences = self.sentences.clone();
        random.shuffle(&mut sentences);
        let sentences = sentences.iter().map(|id| format!("/sentences/{id}"));
        let last = self.sentences.len().div_ceil(SENTENCES_OF_A_PAGE);
        let list = |_| format!("/sentences?page={}", random.usize(1..=last));
        let lists: Vec<_> = (0..PAGES).map(list).collect();
        let requests = [
            self.by_turns(sentences.take(PAGES)),
            self.by_turns(lists),
            self.by_turns(vec!["/dashboard/index".to_owned(); MODES.len()]),
        ];
        let endpoints = READS.into_iter().zip(requests);
        endpoints
            .map(|((name, target), requests)| Endpoint {
                name,
                target,
                requests,
            })
            .collect()
    }

    /// Pages, each asked for by one reader after the other.
    fn by_turns(&self, paths: impl IntoIterator<Item = String>) -> Vec<Vec<u8>> {
        let asked = paths.into_iter().zip(self.readers.iter().cycle());
        asked.map(|(path, cookie)| page(&path, cookie)).collect()
    }

    /// What else is wanted: gradings, acknowledged when they are on the disk.
    pub(crate) fn others(&self, server: &Server, arguments: &Arguments) -> Vec<Figure> {
        if !arguments.wants(WRITES) {
            return Vec::new();
        }
        eprintln!("{WRITES} …");
        let mut client = Client::connect(server.address, arguments.connections);
        let mut random = Rng::with_seed(6);
        let each = self.sentences.iter().take(GRADED);
        let mut requests: Vec<_> = each
            .flat_map(|id| {
                let by = self.graders.iter();
                let passed = id % 3 > 0;
                by.map(move |grader| grader.grades(*id, passed))
            })
            .collect();
        random.shuffle(&mut requests);
        let mut plan = Plan::new(requests);
        let turns: Vec<_> = (0..arguments.rounds())
            .map(|_| client.turn(server, &mut plan, arguments.time()))
            .collect();
        let of = |value: fn(&Turn) -> f64| Sample::of(turns.iter().map(value));
        let rate = of(|turn| turn.writes_per_second);
        let p99 = of(|turn| turn.p99 / 1000.0);
        vec![
            Figure::new("gradings, durability full", "/s", rate).at_least(8_000.0),
            Figure::new("gradings, durability full, p99", "ms", p99),
        ]
    }
}

impl Grader {
    fn grades(&self, sentence: i64, passed: bool) -> Request {
        let Self { cookie, token } = self;
        let score = json!({"passed": passed, "sentence_id": sentence});
        let body = json!({"score_eng_written": score}).to_string();
        let path = format!("{PREFIX}/score_eng_writtens.json");
        let headers = format!("Cookie: {cookie}\r\nX-CSRF-Token: {token}");
        Request {
            bytes: with_headers(post(&path, "application/json", body.as_bytes()), &headers),
            is_write: true,
        }
    }
}

fn page(path: &str, cookie: &str) -> Vec<u8> {
    let request = crate::exchange::get(&format!("{PREFIX}{path}"));
    with_headers(request, &format!("Accept: text/html\r\nCookie: {cookie}"))
}

/// `request` with more headers.
fn with_headers(request: Vec<u8>, headers: &str) -> Vec<u8> {
    let request = String::from_utf8(request).unwrap();
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    format!("{head}\r\n{headers}\r\n\r\n{body}").into_bytes()
}

/// Signs a learner in, as a program does.
fn sign_in(exchange: &mut Exchange, name: &str) -> Grader {
    let seed = "0123456789abcdef0123456789abcdef";
    let token = FormToken::of_seed(seed.as_bytes());
    let user = json!({"user": {"email": email(name), "password": PASSWORD}}).to_string();
    let path = format!("{PREFIX}/users/sign_in.json");
    let headers = format!("Cookie: form_seed={seed}\r\nX-CSRF-Token: {}", token.text());
    let request = post(&path, "application/json", user.as_bytes());
    let answer = exchange.ask(&with_headers(request, &headers));
    assert_eq!(
        answer.status,
        201,
        "{}",
        String::from_utf8_lossy(&answer.body)
    );
    let cookie = answer.values("set-cookie").find_map(|line| {
        let pair = line.split(';').next()?;
        pair.starts_with("english_session=")
            .then(|| pair.to_owned())
    });
    let token = answer.values("x-csrf-token").next().unwrap();
    Grader {
        cookie: cookie.unwrap(),
        token: token.to_owned(),
    }
}

fn grader(number: usize) -> String {
    format!("grader{number}")
}

fn email(name: &str) -> String {
    format!("{name}@example.com")
}
