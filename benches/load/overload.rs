//! More long reads than the server can do: what those get that it takes, and what the others get.
//!
//! An open loop: requests come at their times, whether answers do or not, and the time of an answer
//! counts from when its request was due. A long read is a search that SQLite answers by reading a whole
//! table. What the server can do is measured first, by a closed loop.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use mio::{Events, Poll, Token};

use crate::client::{Client, Plan, quantile};
use crate::connection::Connection;
use crate::exchange::get;
use crate::reads::read;
use crate::results::{Figure, Sample};
use crate::server::Server;

/// More than are ever under way: what the server takes waits in a queue of 16.
const CONNECTIONS: usize = 1024;
const TIME: Duration = Duration::from_secs(3);
const ROUNDS: usize = 3;

/// Requests a second, in parts of what the server can do.
const LOADS: [(&str, f64); 4] = [("0.5x", 0.5), ("1x", 1.0), ("2x", 2.0), ("10x", 10.0)];

/// A condition that no set in memory answers.
const LONG_READ: &str = "/api/chair/search?page=0&perPage=25&features=%25%E3%81%99";

pub(crate) fn measure(server: &Server) -> Vec<Figure> {
    eprintln!("overload …");
    let request = get(LONG_READ);
    let capacity = capacity(server, &request);
    let mut figures = vec![Figure::new("long reads", "/s", Sample::of([capacity]))];
    let mut open = OpenLoop::connect(server.address);
    for (name, load) in LOADS {
        let rounds = (0..ROUNDS).map(|_| open.turn(&request, capacity * load));
        let rounds: Vec<Outcome> = rounds.collect();
        let of = |value: fn(&Outcome) -> f64| Sample::of(rounds.iter().map(value));
        let figure = |what, unit, value| {
            Figure::new(format!("long reads at {name} of that, {what}"), unit, value)
        };
        figures.push(figure("answered", "/s", of(|round| round.answered)));
        figures.push(figure("shed", "/s", of(|round| round.shed)));
        figures.push(figure("p99 of answers", "ms", of(|round| round.p99)));
        figures.push(figure("p99 of 503s", "ms", of(|round| round.shed_p99)));
    }
    figures
}

/// Long reads a second when each waits for the one before, on as many connections as there are threads.
fn capacity(server: &Server, request: &[u8]) -> f64 {
    let mut client = Client::connect(server.address, 2);
    let mut plan = Plan::new(vec![read(request.to_vec())]);
    client.turn(server, &mut plan, Duration::from_millis(300));
    client.turn(server, &mut plan, TIME).reads_per_second
}

struct Outcome {
    /// A second.
    answered: f64,
    shed: f64,
    /// Milliseconds.
    p99: f64,
    shed_p99: f64,
}

struct OpenLoop {
    poll: Poll,
    events: Events,
    connections: Vec<Connection>,
    idle: Vec<usize>,
}

impl OpenLoop {
    fn connect(address: SocketAddr) -> Self {
        let poll = Poll::new().unwrap();
        let open = |index| Connection::open(address, poll.registry(), Token(index));
        let connections = (0..CONNECTIONS).map(open).collect();
        Self {
            poll,
            events: Events::with_capacity(CONNECTIONS),
            connections,
            idle: (0..CONNECTIONS).collect(),
        }
    }

    /// Asks so many times a second, then waits for what is under way.
    fn turn(&mut self, request: &[u8], per_second: f64) -> Outcome {
        let (start, pause) = (Instant::now(), Duration::from_secs_f64(1.0 / per_second));
        let mut due = start;
        // Requests that no connection was left for: their time goes on.
        let mut late = VecDeque::new();
        let (mut answers, mut sheds) = (Vec::new(), Vec::new());
        loop {
            let now = Instant::now();
            while due <= now && due < start + TIME {
                late.push_back(due);
                due += pause;
            }
            while let Some(at) = late.pop_front() {
                let Some(index) = self.idle.pop() else {
                    late.push_front(at);
                    break;
                };
                self.connections[index].send(request, at);
            }
            let is_over = due >= start + TIME;
            if is_over && self.idle.len() == CONNECTIONS {
                break;
            }
            let patience = if is_over {
                Duration::from_secs(30)
            } else {
                due.saturating_duration_since(now)
            };
            self.receive(patience, &mut answers, &mut sheds);
        }
        let seconds = TIME.as_secs_f64();
        let p99 = |times: &mut Vec<u32>| {
            times.sort_unstable();
            quantile(times, 99) / 1000.0
        };
        Outcome {
            answered: answers.len() as f64 / seconds,
            shed: sheds.len() as f64 / seconds,
            p99: p99(&mut answers),
            shed_p99: p99(&mut sheds),
        }
    }

    fn receive(&mut self, patience: Duration, answers: &mut Vec<u32>, sheds: &mut Vec<u32>) {
        if let Err(error) = self.poll.poll(&mut self.events, Some(patience)) {
            assert_eq!(error.kind(), std::io::ErrorKind::Interrupted, "{error}");
            return;
        }
        for event in &self.events {
            let Token(index) = event.token();
            let connection = &mut self.connections[index];
            if !connection.waits {
                continue;
            }
            let Some(head) = connection.receive() else {
                continue;
            };
            let nanoseconds = connection.sent.elapsed().as_nanos();
            let nanoseconds = u32::try_from(nanoseconds).unwrap_or(u32::MAX);
            match head.status {
                200 => answers.push(nanoseconds),
                503 => sheds.push(nanoseconds),
                other => panic!("{other} under overload"),
            }
            self.idle.push(index);
        }
    }
}
