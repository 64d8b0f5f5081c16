//! Purchases, and reads while there are purchases and uploads.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use ekiben::dump::decompress;
use fastrand::Rng;

use crate::arguments::Arguments;
use crate::client::{Client, Plan, Request, Turn};
use crate::exchange::{Exchange, post};
use crate::reads::read;
use crate::results::{Figure, Sample};
use crate::server::Server;
use crate::source::Source;
use crate::workload::Endpoint;

/// A durability with the purchases a second that it should allow.
pub(crate) type Durable = (&'static str, f64);

pub(crate) const FULL: Durable = ("full", 2_000.0);
pub(crate) const NORMAL: Durable = ("normal", 20_000.0);

/// Of the requests of the mixed load, one in this many is a purchase.
const BUY_EVERY: usize = 20;
/// Long enough for several uploads, one a second.
const MIXED_TIME: Duration = Duration::from_secs(3);
const MIXED_ROUNDS: u32 = 3;

/// Only purchases, each of a chair that is still there; all of them back after each round.
pub(crate) fn buys(
    server: &Server,
    client: &mut Client,
    source: &Source,
    arguments: &Arguments,
    (durability, target): Durable,
) -> Vec<Figure> {
    eprintln!("buy, durability {durability} …");
    let mut turns = Vec::new();
    for _ in 0..arguments.rounds() {
        server.reset();
        let mut plan = Plan::new(purchases(source, 0, 200_000));
        turns.push(client.turn(server, &mut plan, arguments.time()));
    }
    server.reset();
    let of = |value: fn(&Turn) -> f64| Sample::of(turns.iter().map(value));
    let name = |what| format!("buy, durability {durability}{what}");
    vec![
        Figure::new(name(""), "/s", of(|turn| turn.writes_per_second)).at_least(target),
        Figure::new(name(", p99"), "ms", of(|turn| turn.p99 / 1000.0)),
    ]
}

/// As many purchases of each chair as leave `left` of it, in random order: none is refused. At most
/// `count` of them: a larger dataset has millions.
fn purchases(source: &Source, left: usize, count: usize) -> Vec<Request> {
    let buy = |id: i64| Request {
        bytes: post(
            &format!("/api/chair/buy/{id}"),
            "application/json",
            br#"{"email":"load@example.com"}"#,
        ),
        is_write: true,
    };
    let chairs = source.chairs.iter();
    let each = chairs.flat_map(|&(id, stock)| std::iter::repeat_n(id, stock.saturating_sub(left)));
    let mut ids: Vec<i64> = each.collect();
    Rng::with_seed(1).shuffle(&mut ids);
    ids.truncate(count);
    ids.into_iter().map(buy).collect()
}

/// All reads in equal parts, alone and beside writes.
pub(crate) fn mixed(
    server: &Server,
    client: &mut Client,
    source: &Source,
    endpoints: &[Endpoint],
    arguments: &Arguments,
) -> Vec<Figure> {
    eprintln!("mixed …");
    let reads = all_reads(endpoints);
    let time = MIXED_TIME.max(arguments.time());
    let uploads = uploads(source);
    let (mut ratios, mut p99s, mut rates) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..MIXED_ROUNDS {
        server.reset();
        let alone = client.turn(server, &mut Plan::new(reads.clone()), time);
        let mut plan = Plan::new(with_purchases(&reads, source));
        let stop = AtomicBool::new(false);
        let beside = std::thread::scope(|scope| {
            scope.spawn(|| upload_each_second(server.address, &uploads, &stop));
            let turn = client.turn(server, &mut plan, time);
            stop.store(true, Ordering::Relaxed);
            turn
        });
        ratios.push(beside.reads_per_second / alone.reads_per_second);
        p99s.push(beside.p99 / alone.p99);
        rates.push(alone.reads_per_second);
    }
    server.reset();
    vec![
        Figure::new("reads of all kinds alone", "/s", Sample::of(rates)),
        Figure::new("reads beside writes, to alone", "x", Sample::of(ratios)).at_least(0.85),
        Figure::new("their p99, to alone", "x", Sample::of(p99s)),
    ]
}

/// The same number of each endpoint's requests, in random order.
pub(crate) fn all_reads(endpoints: &[Endpoint]) -> Vec<Request> {
    const OF_EACH: usize = 1_000;
    let each = endpoints.iter().flat_map(|endpoint| {
        let requests = endpoint.requests.iter().cycle();
        requests.take(OF_EACH).cloned().map(read)
    });
    let mut requests: Vec<Request> = each.collect();
    Rng::with_seed(2).shuffle(&mut requests);
    requests
}

/// A purchase behind every 19 reads. None buys the last of a chair, which would fail the reads of it.
fn with_purchases(reads: &[Request], source: &Source) -> Vec<Request> {
    // More than any turn gets to.
    const PURCHASES: usize = 20_000;
    let mut reads = reads.iter().cycle();
    let mut mixed = Vec::new();
    for buy in purchases(source, 1, PURCHASES) {
        mixed.extend(reads.by_ref().take(BUY_EVERY - 1).cloned());
        mixed.push(buy);
    }
    mixed
}

/// Posts one prebuilt upload a second until told to stop.
fn upload_each_second(server: SocketAddr, uploads: &[Vec<u8>], stop: &AtomicBool) {
    let start = Instant::now();
    let mut exchange = Exchange::with(server);
    for (upload, second) in uploads.iter().zip(0_u64..) {
        while start.elapsed() < Duration::from_millis(500 + 1000 * second) {
            if stop.load(Ordering::Relaxed) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        assert_eq!(exchange.ask(upload).status, 201, "an upload");
    }
}

/// The dataset's upload batches as requests, chairs and estates in turn, with ids that are free.
fn uploads(source: &Source) -> Vec<Vec<u8>> {
    let after = |last: Option<i64>| last.unwrap_or_default() + 1;
    let mut chair = after(source.chairs.last().map(|chair| chair.0));
    let mut estate = after(source.estates.last().map(|estate| estate.0));
    let batches = (0..20).flat_map(|batch| [("chair", batch), ("estate", batch)]);
    let upload = |(subject, batch): (&str, u8)| {
        let id = if subject == "chair" {
            &mut chair
        } else {
            &mut estate
        };
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/dataset/isuumo/uploads");
        let file = File::open(format!("{folder}/{subject}_{batch:02}.csv.zst")).unwrap();
        let mut csv = String::new();
        decompress(file).unwrap().read_to_string(&mut csv).unwrap();
        let mut rows = String::new();
        for row in csv.lines() {
            let (_, values) = row.split_once(',').unwrap();
            rows.push_str(&format!("{id},{values}\n"));
            *id += 1;
        }
        let body = format!(
            "--X\r\nContent-Disposition: form-data; name=\"{subject}s\"; \
             filename=\"{subject}s.csv\"\r\n\r\n{rows}\r\n--X--\r\n"
        );
        let kind = "multipart/form-data; boundary=X";
        post(&format!("/api/{subject}"), kind, body.as_bytes())
    };
    batches.map(upload).collect()
}

/// What bounds durable writes: how often this disk syncs a small write, one after another.
pub(crate) fn disk_syncs(folder: &Path) -> Figure {
    let mut file = File::create(folder.join("syncs")).unwrap();
    let rounds = (0..3).map(|_| {
        let (start, mut syncs) = (Instant::now(), 0_u32);
        while start.elapsed() < Duration::from_millis(300) {
            file.write_all(&[0; 4096]).unwrap();
            file.sync_data().unwrap();
            syncs += 1;
        }
        f64::from(syncs) / start.elapsed().as_secs_f64()
    });
    Figure::new("this disk's syncs of 4 KiB", "/s", Sample::of(rounds))
}
