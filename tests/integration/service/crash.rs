//! Crash safety: the real binary under purchases and uploads from several clients at once is killed
//! with SIGKILL again and again; what it answered is there after each restart, once. Clients that give keys
//! repeat everything after the restart: what was answered is answered the same, and all of it is there
//! exactly once, also what was not answered. Every fourth upload is stored in pieces: of one that a kill hits
//! in the middle nothing may be left.
//!
//! The moment of each kill is a random number of answers, by a seed that is printed. Some kills hit a
//! reset instead, and the durability changes from start to start. `EKIBEN_CRASH_KILLS=200` kills so
//! often instead of 20 times, `EKIBEN_CRASH_SEED` repeats a run's choices (`support/kills.rs`):
//!
//! `EKIBEN_CRASH_KILLS=200 cargo test --test integration service::crash:: -- --nocapture`

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use fastrand::Rng;
use tempfile::TempDir;
use tokio::task::JoinSet;

use crate::support::binary::Process;
use crate::support::client::Client;
use crate::support::dataset::{CHAIR, Chair, Dataset};
use crate::support::harness::bake_folder;
use crate::support::kills::{Countdown, kills};
use crate::support::ledger::{
    Entry, Fates, State, Write, compare, generation, has_part_of_an_upload, observe,
};

const BUYERS: usize = 6;
const UPLOADERS: usize = 3;
const CHAIRS: i64 = 24;

/// One kill in so many hits a reset.
const EACH_RESET: u64 = 7;

/// In one kill of so many, clients give no keys.
const EACH_WITHOUT_KEYS: u64 = 4;

/// Clients that repeat at once.
const REPEATERS: usize = 8;

/// A kill comes after so many answers at most; a reset is given so many answers of another client.
const MOST_ANSWERS: usize = 80;
const MOST_BESIDE_RESET: usize = 400;

/// Numbers that are given once in a test.
#[derive(Default)]
struct Numbers {
    uploads: AtomicI64,
    keys: AtomicU64,
}

impl Numbers {
    fn upload(&self) -> Write {
        Write::upload(self.uploads.fetch_add(1, Ordering::Relaxed))
    }

    fn key(&self) -> u64 {
        self.keys.fetch_add(1, Ordering::Relaxed)
    }
}

/// Every third chair is soon sold out, which changes what is derived; the others never are.
fn chairs() -> impl Iterator<Item = Chair> {
    (1..=CHAIRS).map(|id| Chair {
        id,
        stock: if id % 3 == 0 { id } else { 1_000_000 },
        ..CHAIR
    })
}

fn baked_folder() -> (TempDir, State) {
    let folder = TempDir::new().unwrap();
    let dumps = folder.path().join("dumps");
    Dataset::of_chairs(chairs()).write(&dumps);
    bake_folder(&dumps, &folder.path().join("data/isuumo.sqlite")).unwrap();
    let state = chairs().map(|chair| (chair.id, chair.stock)).collect();
    (folder, state)
}

/// Sends what `next` gives until the server is gone.
async fn write_on(
    address: SocketAddr,
    countdown: Arc<Countdown>,
    mut next: impl FnMut() -> Entry + Send,
) -> Vec<Entry> {
    let mut entries = Vec::new();
    let Ok(mut client) = Client::connect(address).await else {
        return entries;
    };
    loop {
        let mut entry = next();
        let asked = entry.ask(&mut client).await;
        entries.push(entry);
        if asked.is_err() {
            return entries;
        }
        countdown.answered();
    }
}

/// Has clients write until the countdown is over, and kills the server in the middle of it.
async fn kill_during_writes(
    server: Process,
    countdown: &Arc<Countdown>,
    numbers: &Arc<Numbers>,
    with_keys: bool,
    rng: &mut Rng,
) -> Vec<Entry> {
    let mut clients = JoinSet::new();
    for _ in 0..BUYERS {
        let (mut rng, numbers) = (rng.fork(), Arc::clone(numbers));
        let next = move || {
            let purchase = Write::Purchase(rng.i64(1..=CHAIRS));
            Entry::of(purchase, with_keys.then(|| numbers.key()))
        };
        clients.spawn(write_on(server.address, Arc::clone(countdown), next));
    }
    for _ in 0..UPLOADERS {
        let numbers = Arc::clone(numbers);
        let next = move || Entry::of(numbers.upload(), with_keys.then(|| numbers.key()));
        clients.spawn(write_on(server.address, Arc::clone(countdown), next));
    }
    let mut entries = Vec::new();
    tokio::select! {
        () = countdown.is_over() => {}
        ended = clients.join_next() => panic!("a client ended before the kill: {ended:?}"),
    }
    server.kill();
    while let Some(done) = clients.join_next().await {
        entries.extend(done.unwrap());
    }
    entries
}

/// Has clients repeat everything; the entries with the answers that came now.
async fn repeat(address: SocketAddr, entries: &[Entry]) -> Vec<Entry> {
    let mut clients = JoinSet::new();
    for own in entries.chunks(entries.len().div_ceil(REPEATERS)) {
        let mut own = own.to_vec();
        clients.spawn(async move {
            let mut client = Client::connect(address).await.unwrap();
            for entry in &mut own {
                entry.ask(&mut client).await.unwrap();
            }
            own
        });
    }
    clients.join_all().await.concat()
}

/// Kills the server some answers of another client after a reset was asked for; whether the reset was
/// answered.
async fn kill_during_reset(server: Process, answers: usize) -> bool {
    let mut client = Client::connect(server.address).await.unwrap();
    let mut other = Client::connect(server.address).await.unwrap();
    let reset = tokio::spawn(async move {
        let reset = client.post("/initialize", "application/json", String::new());
        reset.await.is_ok_and(|(status, _)| status == 200)
    });
    for _ in 0..answers {
        other.get("/livez").await.unwrap();
    }
    server.kill();
    reset.await.unwrap()
}

fn start(folder: &Path, rng: &mut Rng) -> Process {
    let durability = ["full", "normal"][rng.usize(0..2)];
    let settings = format!("[store]\ndurability = \"{durability}\"\n");
    fs::write(folder.join("ekiben.toml"), settings).unwrap();
    Process::start(folder, &[])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sigkill_at_random_moments_loses_nothing_that_was_answered() {
    let (kills, mut rng) = kills(20);
    let (folder, baked) = baked_folder();
    let data = folder.path().join("data");
    let numbers = Arc::new(Numbers::default());
    let mut known = baked.clone();
    let mut sum = Fates::default();
    let (mut resets, mut answered_resets, mut folded, mut repeated) = (0, 0, 0, 0);
    let mut parts = 0;
    let length = || generation(&data).metadata().unwrap().len();
    for kill in 0..kills {
        let server = start(folder.path(), &mut rng);
        if kill % EACH_RESET == 0 {
            let answered = kill_during_reset(server, rng.usize(0..=MOST_BESIDE_RESET)).await;
            let restarted = Process::start(folder.path(), &[]);
            let now = observe(&data);
            assert!(now == baked || now == known && !answered, "half a reset");
            known = now;
            resets += 1;
            answered_resets += usize::from(answered);
            restarted.kill();
            continue;
        }
        let before = length();
        let countdown = Countdown::from(rng.usize(1..=MOST_ANSWERS));
        let with_keys = kill % EACH_WITHOUT_KEYS != 1;
        let entries = kill_during_writes(server, &countdown, &numbers, with_keys, &mut rng).await;
        parts += usize::from(has_part_of_an_upload(&data));
        let restarted = Process::start(folder.path(), &[]);
        let mut now = observe(&data);
        let fates = compare(&known, &now, &entries);
        if with_keys {
            // Then all is answered, which leaves nothing to chance.
            let answered = repeat(restarted.address, &entries).await;
            assert_eq!(answered.len(), entries.len());
            now = observe(&data);
            assert_eq!(compare(&known, &now, &answered).unanswered, 0);
            repeated += fates.unanswered;
        }
        known = now;
        // Only the log's folding into the file makes it grow: no server comes to its proper end.
        folded += usize::from(length() > before);
        sum.answered += fates.answered;
        sum.unanswered += fates.unanswered;
        sum.stored += fates.stored;
        // What the file has, the server shows.
        let last = known.last_key_value().unwrap().0;
        let mut client = Client::connect(restarted.address).await.unwrap();
        let (status, _) = client.get(&format!("/api/chair/{last}")).await.unwrap();
        assert_eq!(status.as_u16(), if known[last] > 0 { 200 } else { 404 });
        restarted.kill();
    }
    eprintln!(
        "{kills} kills, {resets} in a reset ({answered_resets} answered), the log was folded before \
         {folded}, {parts} left a part of an upload; writes: {sum:?}, repeated of the unanswered: {repeated}"
    );
    assert!(
        sum.answered > 0 && sum.unanswered > 0 && repeated > 0,
        "no kill hit anything"
    );
    let server = Process::start(folder.path(), &[]);
    server.terminate();
    let (code, log) = server.wait();
    assert_eq!(code, Some(0), "{log}");
    assert_eq!(observe(&data), known);
}
