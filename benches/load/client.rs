//! The closed loop: a fixed number of connections, each with one request under way, on one thread.
//!
//! One read and one write per answer, one poll for many; requests are prebuilt bytes. How busy this
//! thread was stands beside every result, because a client at 100 % measures itself.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use mio::{Events, Poll, Token};

use crate::connection::Connection;
use crate::machine;
use crate::server::Server;

/// A prebuilt request.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) bytes: Vec<u8>,
    pub(crate) is_write: bool,
}

/// Requests in their order, from the first again after the last.
pub(crate) struct Plan {
    requests: Vec<Request>,
    next: usize,
}

impl Plan {
    pub(crate) fn new(requests: Vec<Request>) -> Self {
        assert!(!requests.is_empty(), "nothing to ask");
        Self { requests, next: 0 }
    }

    fn next(&mut self) -> &Request {
        if self.next == self.requests.len() {
            self.next = 0;
        }
        self.next += 1;
        &self.requests[self.next - 1]
    }
}

/// What one turn gave.
#[derive(Debug)]
pub(crate) struct Turn {
    pub(crate) reads_per_second: f64,
    pub(crate) writes_per_second: f64,
    /// Of the reads if there were any, otherwise of the writes; in microseconds.
    pub(crate) p50: f64,
    pub(crate) p99: f64,
    /// Answers in time, of both kinds.
    pub(crate) answers: f64,
    /// Seconds of the server's processor time.
    pub(crate) server_cpu: f64,
    /// Which part of the time this thread was running.
    pub(crate) client_busy: f64,
    /// Which part of a core the server used.
    pub(crate) server_busy: f64,
}

pub(crate) struct Client {
    poll: Poll,
    events: Events,
    connections: Vec<Connection>,
}

/// Nanoseconds from request to answer.
#[derive(Default)]
struct Latencies {
    reads: Vec<u32>,
    writes: Vec<u32>,
}

impl Client {
    pub(crate) fn connect(address: SocketAddr, connections: usize) -> Self {
        let poll = Poll::new().unwrap();
        let connections = (0..connections)
            .map(|index| Connection::open(address, poll.registry(), Token(index)))
            .collect();
        Self {
            poll,
            events: Events::with_capacity(1024),
            connections,
        }
    }

    /// Asks for `time`, then waits for what is under way, which does not count.
    pub(crate) fn turn(&mut self, server: &Server, plan: &mut Plan, time: Duration) -> Turn {
        self.turn_at(|| server.cpu(), plan, time)
    }

    /// The same at a server whose processor time nobody here can tell.
    pub(crate) fn turn_elsewhere(&mut self, plan: &mut Plan, time: Duration) -> Turn {
        self.turn_at(|| Duration::ZERO, plan, time)
    }

    fn turn_at(&mut self, cpu: impl Fn() -> Duration, plan: &mut Plan, time: Duration) -> Turn {
        let (server_before, client_before) = (cpu(), machine::own_cpu());
        let mut latencies = Latencies::default();
        let busy_time = self.ask(plan, time, &mut latencies);
        let server_cpu = cpu().saturating_sub(server_before).as_secs_f64();
        let client_cpu = machine::own_cpu().saturating_sub(client_before);
        let Latencies { reads, writes } = &mut latencies;
        let answers = (reads.len() + writes.len()) as f64;
        let shown = if reads.is_empty() {
            &mut *writes
        } else {
            &mut *reads
        };
        shown.sort_unstable();
        let (p50, p99) = (quantile(shown, 50), quantile(shown, 99));
        Turn {
            reads_per_second: reads.len() as f64 / time.as_secs_f64(),
            writes_per_second: writes.len() as f64 / time.as_secs_f64(),
            p50,
            p99,
            answers,
            server_cpu,
            client_busy: client_cpu.as_secs_f64() / busy_time.as_secs_f64(),
            server_busy: server_cpu / busy_time.as_secs_f64(),
        }
    }

    fn ask(&mut self, plan: &mut Plan, time: Duration, latencies: &mut Latencies) -> Duration {
        let start = Instant::now();
        let end = start + time;
        for connection in &mut self.connections {
            send(connection, plan, start);
        }
        let mut under_way = self.connections.len();
        while under_way > 0 {
            let patience = Some(Duration::from_secs(30));
            if let Err(error) = self.poll.poll(&mut self.events, patience) {
                assert_eq!(error.kind(), std::io::ErrorKind::Interrupted, "{error}");
                continue;
            }
            assert!(!self.events.is_empty(), "no answer for 30 seconds");
            for event in &self.events {
                let connection = &mut self.connections[event.token().0];
                if !connection.waits {
                    continue;
                }
                let Some(head) = connection.receive() else {
                    continue;
                };
                assert!(
                    matches!(head.status, 200 | 201),
                    "{} under load",
                    head.status
                );
                let now = Instant::now();
                if now >= end {
                    under_way -= 1;
                    continue;
                }
                let nanoseconds = now.duration_since(connection.sent).as_nanos();
                let nanoseconds = u32::try_from(nanoseconds).unwrap_or(u32::MAX);
                if connection.is_write {
                    latencies.writes.push(nanoseconds);
                } else {
                    latencies.reads.push(nanoseconds);
                }
                send(connection, plan, now);
            }
        }
        start.elapsed()
    }
}

fn send(connection: &mut Connection, plan: &mut Plan, now: Instant) {
    let request = plan.next();
    connection.is_write = request.is_write;
    connection.send(&request.bytes, now);
}

/// In microseconds, of sorted nanoseconds.
pub(crate) fn quantile(sorted: &[u32], percent: usize) -> f64 {
    let index = sorted.len() * percent / 100;
    sorted
        .get(index)
        .map_or(f64::NAN, |&nanoseconds| f64::from(nanoseconds) / 1000.0)
}
