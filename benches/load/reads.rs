//! One endpoint beside its ceiling, in interleaved rounds.
//!
//! The ceiling answers, request by request, a body of the size that the endpoint answers there: mixes
//! of large and small answers are compared with the same mix.

use std::time::Duration;

use crate::arguments::Arguments;
use crate::client::{Client, Plan, Request, Turn};
use crate::exchange::{Exchange, get};
use crate::results::{Read, Sample};
use crate::server::Server;
use crate::workload::Endpoint;

const WARM_UP: Duration = Duration::from_millis(200);

pub(crate) fn measure(
    server: &Server,
    client: &mut Client,
    endpoint: &Endpoint,
    arguments: &Arguments,
) -> Read {
    eprintln!("{} …", endpoint.name);
    let (sizes, has_equal_headers) = look(server, endpoint);
    if !has_equal_headers {
        eprintln!("{}: the ceiling's headers differ", endpoint.name);
    }
    let mut plan = Plan::new(endpoint.requests.iter().cloned().map(read).collect());
    let at_ceiling = |bytes: &usize| read(get(&format!("/ceiling/{bytes}")));
    let mut ceiling_plan = Plan::new(sizes.iter().map(at_ceiling).collect());
    client.turn(server, &mut ceiling_plan, WARM_UP);
    client.turn(server, &mut plan, WARM_UP);
    let (mut turns, mut ceilings) = (Vec::new(), Vec::new());
    for round in 0..arguments.rounds() {
        // Taking turns in being first, neither has all of a drift of the machine.
        let mut ceiling = |client: &mut Client| {
            ceilings.push(client.turn(server, &mut ceiling_plan, arguments.time()));
        };
        if round % 2 == 0 {
            ceiling(client);
        }
        turns.push(client.turn(server, &mut plan, arguments.time()));
        if round % 2 == 1 {
            ceiling(client);
        }
    }
    let bytes = sizes.iter().sum::<usize>() as f64 / sizes.len() as f64;
    row(endpoint, &turns, &ceilings, bytes, has_equal_headers)
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

fn row(
    endpoint: &Endpoint,
    turns: &[Turn],
    ceilings: &[Turn],
    bytes: f64,
    has_equal_headers: bool,
) -> Read {
    let rounds = || turns.iter().zip(ceilings);
    let mean = |turns: &[Turn], value: fn(&Turn) -> f64| {
        turns.iter().map(value).sum::<f64>() / turns.len() as f64
    };
    Read {
        name: endpoint.name.to_owned(),
        target: endpoint.target,
        per_second: Sample::of(turns.iter().map(|turn| turn.reads_per_second)),
        ceiling_per_second: Sample::of(ceilings.iter().map(|turn| turn.reads_per_second)),
        ratio: Sample::of(rounds().map(|(one, top)| one.reads_per_second / top.reads_per_second)),
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
    }
}

/// Over all rounds: the kernel counts processor time in steps that are long beside one round.
fn cpu_of_thousand(turns: &[Turn]) -> f64 {
    let cpu: f64 = turns.iter().map(|turn| turn.server_cpu).sum();
    let answers: f64 = turns.iter().map(|turn| turn.answers).sum();
    cpu / answers.max(1.0) * 1000.0
}
