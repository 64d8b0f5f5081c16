//! Crash safety: the real binary under purchases and uploads from several clients at once is killed
//! with SIGKILL again and again; what it answered is there after each restart, once.
//!
//! The moment of each kill is a random number of answers, by a seed that is printed. Some kills hit a
//! reset instead, and the durability changes from start to start. `EKIBEN_CRASH_KILLS=200` kills so
//! often instead of 20 times, `EKIBEN_CRASH_SEED` repeats a run's choices (not its timing):
//!
//! `EKIBEN_CRASH_KILLS=200 cargo test --test integration crash:: -- --nocapture`

use std::env;
use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};

use fastrand::Rng;
use tempfile::TempDir;
use tokio::sync::Notify;
use tokio::task::JoinSet;

use crate::binary::Process;
use crate::client::Client;
use crate::dataset::{CHAIR, Chair, Dataset};
use crate::harness::bake_folder;
use crate::ledger::{Entry, Fates, State, Write, compare, generation, observe};

const BUYERS: usize = 6;
const UPLOADERS: usize = 3;
const CHAIRS: i64 = 24;

/// One kill in so many hits a reset.
const EACH_RESET: u64 = 7;

/// A kill comes after so many answers at most; a reset is given so many answers of another client.
const MOST_ANSWERS: usize = 80;
const MOST_BESIDE_RESET: usize = 400;

/// Counts answers and tells when it is time.
struct Countdown {
    left: AtomicUsize,
    over: Notify,
}

impl Countdown {
    fn from(answers: usize) -> Arc<Self> {
        let left = AtomicUsize::new(answers);
        let over = Notify::new();
        Arc::new(Self { left, over })
    }

    fn answered(&self) {
        if self.left.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.over.notify_one();
        }
    }
}

fn number(name: &str) -> Option<u64> {
    let value = env::var(name).ok()?;
    Some(value.parse().unwrap_or_else(|_| panic!("{name}: {value}")))
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
    mut next: impl FnMut() -> Write + Send,
) -> Vec<Entry> {
    let mut entries = Vec::new();
    let Ok(mut client) = Client::connect(address).await else {
        return entries;
    };
    loop {
        let write = next();
        let status = write.send(&mut client).await.ok().map(|(status, _)| status);
        entries.push(Entry { write, status });
        if status.is_none() {
            return entries;
        }
        countdown.answered();
    }
}

/// Has clients write until the countdown is over, and kills the server in the middle of it.
async fn kill_during_writes(
    server: Process,
    countdown: &Arc<Countdown>,
    uploads: &Arc<AtomicI64>,
    rng: &mut Rng,
) -> Vec<Entry> {
    let mut clients = JoinSet::new();
    for _ in 0..BUYERS {
        let mut rng = rng.fork();
        let next = move || Write::Purchase(rng.i64(1..=CHAIRS));
        clients.spawn(write_on(server.address, Arc::clone(countdown), next));
    }
    for _ in 0..UPLOADERS {
        let uploads = Arc::clone(uploads);
        let next = move || Write::upload(uploads.fetch_add(1, Ordering::Relaxed));
        clients.spawn(write_on(server.address, Arc::clone(countdown), next));
    }
    let mut entries = Vec::new();
    tokio::select! {
        () = countdown.over.notified() => {}
        ended = clients.join_next() => panic!("a client ended before the kill: {ended:?}"),
    }
    server.kill();
    while let Some(done) = clients.join_next().await {
        entries.extend(done.unwrap());
    }
    entries
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
    let kills = number("EKIBEN_CRASH_KILLS").unwrap_or(20);
    let seed = number("EKIBEN_CRASH_SEED").unwrap_or_else(|| fastrand::u64(..));
    eprintln!("EKIBEN_CRASH_SEED={seed}");
    let mut rng = Rng::with_seed(seed);
    let (folder, baked) = baked_folder();
    let data = folder.path().join("data");
    let uploads = Arc::new(AtomicI64::new(0));
    let mut known = baked.clone();
    let mut sum = Fates::default();
    let (mut resets, mut answered_resets, mut folded) = (0, 0, 0);
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
        let entries = kill_during_writes(server, &countdown, &uploads, &mut rng).await;
        let restarted = Process::start(folder.path(), &[]);
        let now = observe(&data);
        let fates = compare(&known, &now, &entries);
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
         {folded}; writes: {sum:?}"
    );
    assert!(
        sum.answered > 0 && sum.unanswered > 0,
        "no kill hit anything"
    );
    let server = Process::start(folder.path(), &[]);
    server.terminate();
    let (code, log) = server.wait();
    assert_eq!(code, Some(0), "{log}");
    assert_eq!(observe(&data), known);
}
