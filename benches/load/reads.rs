//! One endpoint beside its ceiling, in interleaved rounds.
//!
//! The ceiling answers, request by request, a body of the size that the endpoint answers there: mixes
//! of large and small answers are compared with the same mix. Clients that accept an encoding, and a static
//! server beside, take part in the rounds when they are asked for.

use std::time::Duration;

use crate::arguments::Arguments;
use crate::beside::Beside;
use crate::client::{Client, Plan, Request, Turn};
use crate::exchange::{Exchange, get};
use crate::packed::{self, PackedRequests, PackedWith};
use crate::results::{BesideRead, PackedRead, Read, Sample};
use crate::server::Server;
use crate::workload::Endpoint;

const WARM_UP: Duration = Duration::from_millis(200);

/// Whom a turn asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Ceiling,
    Endpoint,
    Packed,
    Beside,
}

/// What the sides gave, round by round.
struct Sides {
    asked: Vec<(Side, Plan)>,
    turns: Vec<(Side, Turn)>,
}

impl Sides {
    fn of(&self, side: Side) -> Vec<&Turn> {
        let turns = self.turns.iter().filter(|(of, _)| *of == side);
        turns.map(|(_, turn)| turn).collect()
    }

    /// A turn of each of them; the first is `first`.
    fn round(
        &mut self,
        first: usize,
        time: Duration,
        mut ask: impl FnMut(Side, &mut Plan, Duration) -> Turn,
    ) {
        let sides = self.asked.len();
        for index in (first..first + sides).map(|index| index % sides) {
            let (side, plan) = &mut self.asked[index];
            self.turns.push((*side, ask(*side, plan, time)));
        }
    }
}

pub(crate) fn measure(
    server: &Server,
    client: &mut Client,
    mut beside: Option<&mut Beside>,
    endpoint: &Endpoint,
    arguments: &Arguments,
) -> Read {
    eprintln!("{} …", endpoint.name);
    let (sizes, has_equal_headers) = look(server, endpoint);
    if !has_equal_headers {
        eprintln!("{}: the ceiling's headers differ", endpoint.name);
    }
    let with = arguments.compressed;
    let packed = with.map(|with| (with, packed::look(server, endpoint, with)));
    let bytes = sizes.iter().sum::<usize>() as f64 / sizes.len() as f64;
    let at_ceiling = |bytes: &usize| get(&format!("/ceiling/{bytes}"));
    let mut asked = vec![
        (Side::Ceiling, plan(sizes.iter().map(at_ceiling))),
        (Side::Endpoint, plan(endpoint.requests.iter().cloned())),
    ];
    if let Some((_, packed)) = &packed {
        let requests = packed.requests.iter().cloned();
        asked.push((Side::Packed, plan(requests)));
    }
    if let Some(beside) = &beside {
        let whole = sizes.iter().sum::<usize>() / sizes.len();
        asked.push((Side::Beside, beside.plan(whole)));
    }
    let turns = Vec::new();
    let mut sides = Sides { asked, turns };
    let mut ask = |side, plan: &mut Plan, time| match (side, &mut beside) {
        (Side::Beside, Some(beside)) => beside.client.turn_elsewhere(plan, time),
        _ => client.turn(server, plan, time),
    };
    sides.round(0, WARM_UP, &mut ask);
    sides.turns.clear();
    for round in 0..arguments.rounds() {
        // Taking turns in being first, none has all of a drift of the machine.
        sides.round(round as usize, arguments.time(), &mut ask);
    }
    let mut row = row(endpoint, &sides, bytes, has_equal_headers);
    row.packed = packed.map(|(with, requests)| packed_row(&sides, with, &requests));
    row.beside = beside.map(|_| beside_row(&sides));
    row
}

fn plan(requests: impl Iterator<Item = Vec<u8>>) -> Plan {
    Plan::new(requests.map(read).collect())
}

pub(crate) fn read(bytes: Vec<u8>) -> Request {
    Request {
        bytes,
        is_write: false,
    }
}

/// Asks everything once: the sizes of the answers, and whether the ceiling's look the same.
fn look(server: &Server, endpoint: &Endpoint) -> (Vec<usize>, bool) {
    let mut exchange = Exchange::with(server.address);
    let mut headers = Vec::new();
    let sizes = endpoint.requests.iter().map(|request| {
        let answer = exchange.ask(request);
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(request));
        headers = answer.form();
        answer.body.len()
    });
    let sizes: Vec<usize> = sizes.collect();
    let last = sizes[sizes.len() - 1];
    let ceiling = exchange.ask(&get(&format!("/ceiling/{last}")));
    assert_eq!(ceiling.body.len(), last, "the ceiling's body");
    (sizes, ceiling.form() == headers)
}

fn row(endpoint: &Endpoint, sides: &Sides, bytes: f64, has_equal_headers: bool) -> Read {
    let (turns, ceilings) = (&sides.of(Side::Endpoint)[..], &sides.of(Side::Ceiling)[..]);
    let rounds = || turns.iter().zip(ceilings);
    let mean = |turns: &[&Turn], value: fn(&Turn) -> f64| {
        turns.iter().map(|turn| value(turn)).sum::<f64>() / turns.len() as f64
    };
    Read {
        name: endpoint.name.to_owned(),
        target: endpoint.target,
        per_second: rates(turns),
        ceiling_per_second: rates(ceilings),
        ratio: ratios(turns, ceilings),
        p50: Sample::of(turns.iter().map(|turn| turn.p50)),
        p99: Sample::of(turns.iter().map(|turn| turn.p99)),
        ceiling_p99: Sample::of(ceilings.iter().map(|turn| turn.p99)),
        p99_ratio: Sample::of(rounds().map(|(one, top)| one.p99 / top.p99)),
        cpu: cpu_of_thousand(turns),
        ceiling_cpu: cpu_of_thousand(ceilings),
        bytes,
        client_busy: mean(turns, |turn| turn.client_busy),
        ceiling_client_busy: mean(ceilings, |turn| turn.client_busy),
        server_busy: mean(turns, |turn| turn.server_busy),
        ceiling_server_busy: mean(ceilings, |turn| turn.server_busy),
        has_equal_headers,
        packed: None,
        beside: None,
    }
}

/// What is packed beside what is plain.
fn packed_row(sides: &Sides, with: PackedWith, requests: &PackedRequests) -> PackedRead {
    let turns = &sides.of(Side::Packed)[..];
    PackedRead {
        with,
        per_second: rates(turns),
        ratio: ratios(turns, &sides.of(Side::Endpoint)),
        cpu: cpu_of_thousand(turns),
        bytes: requests.bytes,
        to_level_six: requests.to_level_six,
    }
}

/// What is plain beside the static file.
fn beside_row(sides: &Sides) -> BesideRead {
    let files = &sides.of(Side::Beside)[..];
    BesideRead {
        per_second: rates(files),
        ratio: ratios(&sides.of(Side::Endpoint), files),
    }
}

fn rates(turns: &[&Turn]) -> Sample {
    Sample::of(turns.iter().map(|turn| turn.reads_per_second))
}

/// Round by round.
fn ratios(turns: &[&Turn], to: &[&Turn]) -> Sample {
    let rounds = turns.iter().zip(to);
    Sample::of(rounds.map(|(one, other)| one.reads_per_second / other.reads_per_second))
}

/// Over all rounds: the kernel counts processor time in steps that are long beside one round.
fn cpu_of_thousand(turns: &[&Turn]) -> f64 {
    let cpu: f64 = turns.iter().map(|turn| turn.server_cpu).sum();
    let answers: f64 = turns.iter().map(|turn| turn.answers).sum();
    cpu / answers.max(1.0) * 1000.0
}
