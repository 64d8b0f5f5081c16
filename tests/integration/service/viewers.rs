//! Several viewers at one address: tags, 304s, cached responses and idempotency keys of one never serve
//! another, whatever order requests come in. Plain code says what each viewer must see.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use axum::body::{Body, Bytes};
use axum::http::{Method, Request};
use fastrand::Rng;
use tokio::task::JoinSet;

use super::viewers_app::{NotesSite, shown};
use crate::support::harness::Answer;

/// A viewer as it appears in requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Client {
    /// Id and epoch.
    user: Option<(i64, i64)>,
    by_cookie: bool,
}

const fn client(user: Option<(i64, i64)>, by_cookie: bool) -> Client {
    Client { user, by_cookie }
}

const NOBODY: Client = client(None, false);
const ANN: Client = client(Some((1, 0)), false);
const BOB: Client = client(Some((2, 0)), true);
/// The same user as [`ANN`], after signing out everywhere.
const ANN_AGAIN: Client = client(Some((1, 1)), true);

impl Client {
    fn owner(self) -> Option<i64> {
        self.user.map(|(id, _)| id)
    }

    async fn send(
        self,
        site: &NotesSite,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if let Some((id, epoch)) = self.user {
            request = if self.by_cookie {
                request.header("cookie", format!("session={id}.{epoch}"))
            } else {
                request.header("authorization", format!("Token {id}.{epoch}"))
            };
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        site.send(request.body(Body::from(body.to_owned())).unwrap())
            .await
    }

    async fn get(self, site: &NotesSite, path: &str) -> Answer {
        self.send(site, Method::GET, path, &[], "").await
    }

    async fn add(self, site: &NotesSite, key: &str, text: &str) -> Answer {
        let headers: &[_] = if key.is_empty() {
            &[]
        } else {
            &[("idempotency-key", key)]
        };
        self.send(site, Method::POST, "/notes", headers, text).await
    }
}

/// What plain code knows of notes and keys.
#[derive(Default)]
struct Model {
    notes: BTreeMap<Option<i64>, Vec<String>>,
    /// By owner and key: the text that it came with first, and where that led.
    keys: HashMap<(Option<i64>, String), (String, String)>,
    /// Every tag that was sent at an address: to whom (nobody in particular, if public), with what.
    sent: BTreeMap<(&'static str, String), (Option<Client>, Bytes)>,
}

impl Model {
    fn of(&self, owner: Option<i64>) -> &[String] {
        self.notes.get(&owner).map_or(&[], Vec::as_slice)
    }

    fn total(&self) -> usize {
        self.notes.values().map(Vec::len).sum()
    }

    /// Some of the tags that anybody was sent at `path`.
    fn some_tags(&self, path: &str, random: &mut Rng) -> Vec<String> {
        let tags = self.sent.keys().filter(|(at, _)| *at == path);
        let tags = tags.filter(|_| random.u8(0..4) == 0);
        let mut tags: Vec<String> = tags.map(|(_, tag)| tag.clone()).collect();
        // Newer ones matter more than many.
        tags.truncate(40);
        tags
    }
}

#[track_caller]
fn is_private(answer: &Answer) {
    assert_eq!(
        answer.header("cache-control"),
        "private, no-cache",
        "{answer}"
    );
    assert!(
        varies(answer, "cookie") && varies(answer, "authorization"),
        "{answer}"
    );
}

#[track_caller]
fn is_stored_by_nobody(answer: &Answer) {
    assert_eq!(answer.header("cache-control"), "no-store", "{answer}");
    assert_eq!(answer.header("etag"), "", "{answer}");
}

fn varies(answer: &Answer, by: &str) -> bool {
    let all = answer.headers.get_all("vary").iter();
    all.flat_map(|value| value.to_str().unwrap().split(','))
        .any(|name| name.trim().eq_ignore_ascii_case(by))
}

/// One conditional read of an address that `model` knows the content of.
async fn look(
    client: Client,
    site: &NotesSite,
    model: &Mutex<Model>,
    random: &mut Rng,
    others_write: bool,
) {
    let path = ["/notes", "/notes/total"][random.usize(..2)];
    let viewer = (path == "/notes").then_some(client);
    let (known, expected) = {
        let model = model.lock().unwrap();
        let owner = client.owner();
        let expected = match viewer {
            Some(_) => shown(owner, model.of(owner)),
            None => model.total().to_string(),
        };
        (model.some_tags(path, random), expected)
    };
    let method = [Method::GET, Method::GET, Method::HEAD][random.usize(..3)].clone();
    let conditional = known.join(", ");
    let headers: &[_] = match known.is_empty() {
        true => &[],
        false => &[("if-none-match", conditional.as_str())],
    };
    let answer = client.send(site, method.clone(), path, headers, "").await;
    let tag = answer.header("etag").to_owned();
    if viewer.is_some() {
        is_private(&answer);
    } else {
        assert_eq!(answer.header("cache-control"), "no-cache", "{answer}");
        assert!(!varies(&answer, "cookie"), "{answer}");
    }
    // Of what others write meanwhile only the total tells.
    let is_certain = viewer.is_some() || !others_write;
    let mut model = model.lock().unwrap();
    if answer.status == 304 {
        let (to, body) = &model.sent[&(path, tag)];
        assert_eq!(*to, viewer, "a tag of somebody else: {answer}");
        assert!(!is_certain || *body == expected, "old: {answer}");
        return;
    }
    answer.is(200);
    assert!(!known.contains(&tag), "known and sent again: {answer}");
    if method == Method::HEAD {
        return;
    }
    assert!(
        !is_certain || answer.body == expected,
        "{expected}: {answer}"
    );
    if tag.is_empty() {
        assert!(others_write, "nothing ran into it: {answer}");
        return;
    }
    let sent = (viewer, answer.body.clone());
    let known = model
        .sent
        .entry((path, tag))
        .or_insert_with(|| sent.clone());
    assert_eq!(*known, sent, "one tag, two responses: {answer}");
}

/// One write, with one of few keys that all viewers use, or without.
async fn write(client: Client, site: &NotesSite, model: &Mutex<Model>, random: &mut Rng) {
    let key = ["", "a", "b", "c", "d", "e"][random.usize(..6)].to_owned();
    let text = ["x", "y"][random.usize(..2)].to_owned();
    let answer = client.add(site, &key, &text).await;
    let owner = client.owner();
    let mut model = model.lock().unwrap();
    if let Some((first, location)) = model.keys.get(&(owner, key.clone())) {
        if *first == text {
            assert_eq!(answer.is(303).header("location"), location, "{answer}");
            assert_eq!(answer.header("idempotency-replayed"), "true", "{answer}");
        } else {
            answer.is(422);
        }
        return;
    }
    let notes = model.notes.entry(owner).or_default();
    notes.push(text.clone());
    let location = format!("/notes#{}", notes.len());
    assert_eq!(answer.is(303).header("location"), location, "{answer}");
    assert_eq!(answer.header("idempotency-replayed"), "", "{answer}");
    is_stored_by_nobody(&answer);
    if !key.is_empty() {
        model.keys.insert((owner, key), (text, location));
    }
}

#[tokio::test]
async fn viewers_never_mix_whatever_the_order() {
    let seed = fastrand::u64(..);
    eprintln!("seed {seed}");
    let mut random = Rng::with_seed(seed);
    let site = NotesSite::new().await;
    let model = Mutex::new(Model::default());
    let mut looks = 0;
    for _ in 0..1500 {
        let client = [NOBODY, ANN, BOB, ANN_AGAIN][random.usize(..4)];
        if random.u8(..8) == 0 {
            write(client, &site, &model, &mut random).await;
        } else {
            looks += 1;
            look(client, &site, &model, &mut random, false).await;
        }
    }
    let model = model.into_inner().unwrap();
    assert!(model.total() > 10 && model.keys.len() > 10);
    // Otherwise it was not shown that what is kept is kept apart.
    let reads = site.reads.load(Ordering::Relaxed);
    assert!(reads < looks, "{reads} reads for {looks} looks");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn viewers_never_mix_while_all_of_them_write() {
    let site = Arc::new(NotesSite::new().await);
    let model = Arc::new(Mutex::new(Model::default()));
    let mut clients = JoinSet::new();
    for client in [NOBODY, ANN, BOB] {
        let (site, model) = (Arc::clone(&site), Arc::clone(&model));
        clients.spawn(async move {
            let mut random = Rng::new();
            for turn in 0..200 {
                if turn % 4 == 0 {
                    write(client, &site, &model, &mut random).await;
                }
                look(client, &site, &model, &mut random, true).await;
            }
        });
    }
    while let Some(done) = clients.join_next().await {
        done.unwrap();
    }
    assert!(model.lock().unwrap().sent.len() > 10);
}

#[tokio::test]
async fn a_tag_is_of_its_viewer_and_of_the_encoding() {
    let site = NotesSite::new().await;
    let mut tags = Vec::new();
    for client in [NOBODY, ANN, BOB, ANN_AGAIN] {
        let answer = client.get(&site, "/notes").await;
        is_private(answer.is(200));
        let tag = answer.header("etag").to_owned();
        let again = [("if-none-match", tag.as_str())];
        let unchanged = client.send(&site, Method::GET, "/notes", &again, "").await;
        is_private(unchanged.is_bare(304));
        assert_eq!(unchanged.header("etag"), tag);
        for other in [NOBODY, ANN, BOB, ANN_AGAIN] {
            let asked = other.send(&site, Method::GET, "/notes", &again, "").await;
            assert_eq!(asked.status == 304, other == client, "{other:?}: {asked}");
        }
        tags.push(tag);
    }
    // One store, one revision: but for the viewer they are the same.
    let revision = |tag: &str| tag.split('-').next().unwrap().to_owned();
    assert!(tags.iter().all(|tag| revision(tag) == revision(&tags[0])));
    assert!(tags[0].ends_with("-anonymous\""), "{tags:?}");
}

#[tokio::test]
async fn a_key_and_an_answer_of_somebody_else_are_out_of_reach() {
    let site = NotesSite::new().await;
    let first = ANN.add(&site, "k", "mine").await;
    assert_eq!(first.is(303).header("location"), "/notes#1");
    for other in [BOB, NOBODY] {
        let answer = other.add(&site, "k", "mine").await;
        assert_eq!(
            answer.is(303).header("idempotency-replayed"),
            "",
            "{answer}"
        );
        other.add(&site, "k", "another").await.is(422);
    }
    // What the key in the table looks like is no way in either.
    for key in ["1\\nk", "\"1\\nk\"", "\"1 k\"", "1%0Ak"] {
        let answer = NOBODY.add(&site, key, "mine").await;
        assert_eq!(answer.header("idempotency-replayed"), "", "{answer}");
    }
    // Kept for the user, however they signed in, and across a restart.
    let site = NotesSite::open(site.close()).await;
    for client in [ANN, ANN_AGAIN] {
        let answer = client.add(&site, "k", "mine").await;
        assert_eq!(answer.is(303).header("idempotency-replayed"), "true");
        assert_eq!(answer.header("location"), "/notes#1");
    }
}

#[tokio::test]
async fn a_token_is_given_once_and_never_in_the_file() {
    let site = NotesSite::new().await;
    let sign_in = async |password| {
        let key = [("idempotency-key", "k")];
        NOBODY
            .send(&site, Method::POST, "/sessions", &key, password)
            .await
    };
    let first = sign_in("password").await;
    assert_eq!(first.is(201).body, "token-of-this-session");
    let again = sign_in("password").await;
    assert_eq!(again.is(409).header("idempotency-replayed"), "true");
    assert!(!String::from_utf8_lossy(&again.body).contains("token-of-this-session"));
    sign_in("guess").await.is(422);
    site.store.close();
    let plain = sha2_of("POST\n/sessions\npassword");
    let data = site.folder.path().join("data");
    let mut bytes = 0;
    for file in std::fs::read_dir(data).unwrap() {
        let content = std::fs::read(file.unwrap().path()).unwrap();
        bytes += content.len();
        for secret in [&b"token-of-this-session"[..], &plain] {
            let found = content.windows(secret.len()).any(|window| window == secret);
            assert!(!found, "a secret is in the file");
        }
    }
    assert!(bytes > 4096, "no file was looked at");
}

fn sha2_of(text: &str) -> [u8; 32] {
    use sha2::Digest as _;
    sha2::Sha256::digest(text).into()
}

#[tokio::test]
async fn a_form_that_is_sent_twice_does_a_thing_once() {
    let site = NotesSite::new().await;
    let page = ANN.get(&site, "/notes/form").await;
    is_stored_by_nobody(page.is(200));
    let key = String::from_utf8(page.body.to_vec()).unwrap();
    assert_ne!(
        ANN.get(&site, "/notes/form").await.body,
        key,
        "a fresh one each time"
    );
    let send = async |client: Client, key: &str| {
        let body = format!("text=from+a+form{key}");
        client
            .send(&site, Method::POST, "/notes/form", &[], &body)
            .await
    };
    let keyed = format!("&key={key}");
    for replayed in ["", "true"] {
        let answer = send(ANN, &keyed).await;
        assert_eq!(answer.is(303).header("idempotency-replayed"), replayed);
        assert_eq!(answer.header("location"), "/notes#1");
    }
    assert_eq!(
        send(BOB, &keyed)
            .await
            .is(303)
            .header("idempotency-replayed"),
        ""
    );
    // Without one it is done each time; with one that no page made up, not at all.
    for number in [2, 3] {
        let location = format!("/notes#{number}");
        assert_eq!(send(ANN, "").await.is(303).header("location"), location);
    }
    send(ANN, "&key=a+b").await.is(400);
    send(ANN, "&key=%0A").await.is(400);
}

#[tokio::test]
async fn what_is_called_public_by_mistake_is_stored_by_nobody() {
    let site = NotesSite::new().await;
    ANN.add(&site, "", "secret").await.is(303);
    for (path, client) in [
        ("/careless", ANN),
        ("/careless", NOBODY),
        ("/cookie", NOBODY),
    ] {
        let answer = client.get(&site, path).await;
        is_stored_by_nobody(answer.is(200));
        assert!(varies(&answer, "cookie") && varies(&answer, "authorization"));
        // There is no tag to be known.
        let any = [("if-none-match", "*")];
        client
            .send(&site, Method::GET, path, &any, "")
            .await
            .is(200);
    }
}

#[tokio::test]
async fn wrong_credentials_are_told_how_to_authenticate() {
    let site = NotesSite::new().await;
    let wrong = [("authorization", "Token who")];
    let answer = NOBODY.send(&site, Method::GET, "/notes", &wrong, "").await;
    assert_eq!(answer.is(401).header("www-authenticate"), "Token");
    is_stored_by_nobody(&answer);
}
