//! `limits`: what clients may ask for, all of it bounded by default.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

pub(super) const AT_LEAST_ONE: &str = "must be at least 1";

/// What is read of a socket at a time; a head is no less.
const SMALLEST_HEAD: usize = 8 * 1024;

/// Requests a second that make sense for one client, where that is limited at all.
const CLIENT_RATES: RangeInclusive<f64> = 0.001..=1_000_000.0;

/// What a client may ask for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LimitSettings {
    /// Largest request body in bytes, uploads aside.
    pub body_bytes: usize,
    /// Largest upload in bytes.
    pub upload_bytes: usize,
    /// Concurrent requests; more are rejected (503).
    pub concurrent_requests: usize,
    /// Seconds that one request gets.
    pub request_seconds: u64,
    /// Requests of each app that may wait for bytes of their bodies; beyond that the slowest are
    /// answered 503.
    pub arriving_bodies: usize,
    /// Seconds over which the pace of a body is looked at.
    pub body_seconds: u64,
    /// Bytes a second that a body has to bring in the mean of such a time; otherwise it is answered 408.
    pub body_bytes_per_second: u64,
    /// Bytes of request and response bodies in memory, small ones aside; more are
    /// answered 503.
    pub buffered_bytes: usize,
    /// Threads for work that takes long, such as pictures; 0 for one for each two cores.
    pub work_threads: usize,
    /// Pieces of such work that may wait for their turn; more are answered 503.
    pub work_queue: usize,
    /// Requests that one client may send each second in the long run; 0 for any number.
    pub client_requests_per_second: f64,
    /// Requests that one client may send in a burst after a pause, when there is a limit.
    pub client_burst: u32,
    /// Open connections; beyond that those without a request for longest are evicted.
    pub connections: usize,
    /// Largest head of a request in bytes.
    pub head_bytes: usize,
    /// Seconds that a client gets to send the head of a request.
    pub head_seconds: u64,
    /// Seconds for which a connection may be idle.
    pub idle_seconds: u64,
    /// Seconds that a client gets to take an answer.
    pub answer_seconds: u64,
}

impl Default for LimitSettings {
    fn default() -> Self {
        Self {
            body_bytes: 1024 * 1024,
            upload_bytes: 32 * 1024 * 1024,
            concurrent_requests: 1024,
            request_seconds: 30,
            arriving_bodies: 4096,
            body_seconds: 10,
            body_bytes_per_second: 1024,
            buffered_bytes: 128 * 1024 * 1024,
            work_threads: 0,
            work_queue: 128,
            client_requests_per_second: 0.0,
            client_burst: 100,
            connections: 16_384,
            head_bytes: 32 * 1024,
            head_seconds: 15,
            idle_seconds: 75,
            answer_seconds: 60,
        }
    }
}

impl LimitSettings {
    /// What cannot work, as (key, reason).
    pub(super) fn flaw(&self) -> Option<(&'static str, &'static str)> {
        let zeros = [
            ("limits.body_bytes", self.body_bytes == 0),
            ("limits.upload_bytes", self.upload_bytes == 0),
            ("limits.concurrent_requests", self.concurrent_requests == 0),
            ("limits.request_seconds", self.request_seconds == 0),
            ("limits.arriving_bodies", self.arriving_bodies == 0),
            ("limits.body_seconds", self.body_seconds == 0),
            ("limits.work_queue", self.work_queue == 0),
            ("limits.client_burst", self.client_burst == 0),
            ("limits.connections", self.connections == 0),
            ("limits.head_seconds", self.head_seconds == 0),
            ("limits.idle_seconds", self.idle_seconds == 0),
            ("limits.answer_seconds", self.answer_seconds == 0),
        ];
        if let Some((key, _)) = zeros.iter().find(|(_, is_zero)| *is_zero) {
            return Some((key, AT_LEAST_ONE));
        }
        let rate = self.client_requests_per_second;
        if rate != 0.0 && !CLIENT_RATES.contains(&rate) {
            return Some((
                "limits.client_requests_per_second",
                "must be 0, for no limit, or from 0.001 to 1000000",
            ));
        }
        if self.head_bytes < SMALLEST_HEAD {
            return Some(("limits.head_bytes", "must be at least 8192"));
        }
        if self.buffered_bytes < self.upload_bytes.max(self.body_bytes) {
            let reason = "must hold one body of limits.upload_bytes and of limits.body_bytes";
            return Some(("limits.buffered_bytes", reason));
        }
        None
    }
}
