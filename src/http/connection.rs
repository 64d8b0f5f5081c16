//! What the clients of one listener are doing, and who of them has had enough time.
//!
//! A [`Connection`] is told by its socket and its requests what happens; the [`Watch`] over all of a
//! listener looks at them once a second. So no request sets a timer or asks for the time: what it tells
//! is the number of the last look. What a client gets is exact to two seconds. It must not know HTTP
//! beyond where requests begin and end.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use slab::Slab;
use tokio::sync::Notify;

/// How many connections there may be, and how long one may keep the server waiting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionLimits {
    /// Connections at once. Beyond that the one that is idle for longest makes room.
    pub connections: usize,
    /// Bytes of a request's head.
    pub head_bytes: usize,
    /// From the first byte of a head to its last.
    pub head_time: Duration,
    /// Between requests.
    pub idle_time: Duration,
    /// From when a client does not take what it is sent until it has taken all of it.
    pub answer_time: Duration,
    /// What a request may take until it has its answer, which somebody else sees to.
    pub request_time: Duration,
}

/// Why a connection was closed by this side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    /// The head of a request did not end.
    Head,
    /// No request for a while.
    Idle,
    /// The client does not take its answers.
    Answer,
    /// It was idle, and another needed its place.
    Crowded,
    /// The server stops.
    Stopping,
}

/// What the listener counts.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) head: AtomicU64,
    pub(super) idle: AtomicU64,
    pub(super) answer: AtomicU64,
    pub(super) crowded: AtomicU64,
    /// Turned away with 503, because no other connection was idle.
    pub(super) refused: AtomicU64,
}

/// All connections of a listener.
pub(super) struct Watch {
    limits: ConnectionLimits,
    /// The number of the last look, from 1: 0 says "not" in what connections remember.
    now: AtomicU32,
    open: Mutex<Slab<Arc<Connection>>>,
    pub(super) counts: Counts,
}

impl Watch {
    pub(super) fn new(limits: ConnectionLimits) -> Arc<Self> {
        Arc::new(Self {
            limits,
            now: AtomicU32::new(1),
            open: Mutex::default(),
            counts: Counts::default(),
        })
    }

    pub(super) fn limits(&self) -> &ConnectionLimits {
        &self.limits
    }

    /// Connections that are open.
    pub(super) fn open(&self) -> usize {
        self.lock().len()
    }

    /// Looks at all connections once a second, for ever.
    pub(super) async fn look(self: Arc<Self>) {
        let mut seconds = tokio::time::interval(Duration::from_secs(1));
        loop {
            seconds.tick().await;
            let now = self.now.fetch_add(1, Ordering::Relaxed) + 1;
            for (_, connection) in &*self.lock() {
                if let Some(reason) = connection.overdue(now, &self.limits) {
                    connection.close(reason);
                }
            }
        }
    }

    /// A place for a new connection; `None` when all are taken by clients that are being served.
    pub(super) fn admit(self: &Arc<Self>) -> Option<Place> {
        let mut open = self.lock();
        if open.len() >= self.limits.connections && !make_room(&open) {
            self.counts.refused.fetch_add(1, Ordering::Relaxed);
            return None;
        }
        let connection = Arc::new(Connection::new(Arc::clone(self)));
        let key = open.insert(Arc::clone(&connection));
        Some(Place { connection, key })
    }

    /// Has all connections end after the requests that are under way.
    pub(super) fn stop(&self) {
        for (_, connection) in &*self.lock() {
            connection.close(Reason::Stopping);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Slab<Arc<Connection>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Closes those that are idle for longest: some at once, so that a crowd does not have them all looked
/// at for each that comes.
fn make_room(open: &Slab<Arc<Connection>>) -> bool {
    let mut idle: Vec<_> = open
        .iter()
        .filter_map(|(_, connection)| Some((connection.idle_since()?, connection)))
        .collect();
    idle.sort_unstable_by_key(|(since, _)| *since);
    let some = 1 + open.len() / 64;
    for (_, connection) in idle.iter().take(some) {
        connection.close(Reason::Crowded);
    }
    !idle.is_empty()
}

/// A connection's place among all; dropping it gives it back.
pub(super) struct Place {
    pub(super) connection: Arc<Connection>,
    key: usize,
}

impl Drop for Place {
    fn drop(&mut self) {
        let watch = &self.connection.watch;
        watch.lock().remove(self.key);
        let counts = &watch.counts;
        let count = match self.connection.closing() {
            Some(Reason::Head) => &counts.head,
            Some(Reason::Idle) => &counts.idle,
            Some(Reason::Answer) => &counts.answer,
            Some(Reason::Crowded) => &counts.crowded,
            Some(Reason::Stopping) | None => return,
        };
        count.fetch_add(1, Ordering::Relaxed);
    }
}

/// What one client is doing. Times are numbers of looks; 0 says that it is not so.
pub(super) struct Connection {
    watch: Arc<Watch>,
    /// Since when there is no request.
    idle: AtomicU32,
    /// Since when a head is being received.
    head: AtomicU32,
    /// Since when not all that was written could be sent.
    blocked: AtomicU32,
    /// Whether it speaks HTTP/2, which has more to say than heads.
    is_http_2: AtomicBool,
    /// When each request that has no complete answer yet began.
    requests: Mutex<Vec<u32>>,
    closing: Mutex<Option<Reason>>,
    told: Notify,
}

impl Connection {
    fn new(watch: Arc<Watch>) -> Self {
        let now = watch.now.load(Ordering::Relaxed);
        Self {
            watch,
            idle: AtomicU32::new(now),
            head: AtomicU32::new(0),
            blocked: AtomicU32::new(0),
            is_http_2: AtomicBool::new(false),
            requests: Mutex::default(),
            closing: Mutex::default(),
            told: Notify::new(),
        }
    }

    fn now(&self) -> u32 {
        self.watch.now.load(Ordering::Relaxed)
    }

    /// Bytes came in.
    pub(super) fn received(&self, bytes: &[u8]) {
        if self.idle.load(Ordering::Relaxed) == 0 || self.head.load(Ordering::Relaxed) != 0 {
            return;
        }
        // No method of HTTP/1.1 begins so; what does is the preface of HTTP/2.
        if bytes.starts_with(b"PRI") {
            self.is_http_2.store(true, Ordering::Relaxed);
        }
        if !self.is_http_2.load(Ordering::Relaxed) {
            self.head.store(self.now(), Ordering::Relaxed);
        }
    }

    /// Not everything could be sent.
    pub(super) fn blocked(&self) {
        if self.blocked.load(Ordering::Relaxed) == 0 {
            self.blocked.store(self.now(), Ordering::Relaxed);
        }
    }

    /// Everything was sent.
    pub(super) fn flushed(&self) {
        if self.blocked.load(Ordering::Relaxed) != 0 {
            self.blocked.store(0, Ordering::Relaxed);
        }
    }

    /// A head is complete. The request lasts until what is returned is dropped.
    pub(super) fn begin(self: &Arc<Self>) -> Asked {
        let began = self.now();
        let mut requests = self.requests();
        requests.push(began);
        self.head.store(0, Ordering::Relaxed);
        self.idle.store(0, Ordering::Relaxed);
        drop(requests);
        let connection = Arc::clone(self);
        Asked { connection, began }
    }

    /// Since when there has been nothing to do; `None` while there is something.
    fn idle_since(&self) -> Option<u32> {
        let idle = self.idle.load(Ordering::Relaxed);
        let is_idle = idle != 0
            && self.head.load(Ordering::Relaxed) == 0
            && self.blocked.load(Ordering::Relaxed) == 0
            && self.closing().is_none();
        is_idle.then_some(idle)
    }

    /// Why it has had enough time by `now`, if it has.
    fn overdue(&self, now: u32, limits: &ConnectionLimits) -> Option<Reason> {
        let is_over = |since: u32, time: Duration| {
            since != 0 && u64::from(now.saturating_sub(since)) > time.as_secs()
        };
        let blocked = self.blocked.load(Ordering::Relaxed);
        let oldest = self.requests().iter().copied().min().unwrap_or(0);
        // HTTP/2 has clients stop an answer without stopping the socket.
        let unanswered = limits.request_time + limits.answer_time;
        if is_over(blocked, limits.answer_time) || is_over(oldest, unanswered) {
            Some(Reason::Answer)
        } else if is_over(self.head.load(Ordering::Relaxed), limits.head_time) {
            Some(Reason::Head)
        } else if blocked == 0 && is_over(self.idle.load(Ordering::Relaxed), limits.idle_time) {
            Some(Reason::Idle)
        } else {
            None
        }
    }

    fn close(&self, reason: Reason) {
        *self.closing.lock().unwrap_or_else(PoisonError::into_inner) = Some(reason);
        self.told.notify_one();
    }

    fn closing(&self) -> Option<Reason> {
        *self.closing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Completes when it is to be closed, and every time that somebody says so again.
    pub(super) async fn told(&self) -> Reason {
        loop {
            self.told.notified().await;
            if let Some(reason) = self.closing() {
                return reason;
            }
        }
    }

    fn requests(&self) -> MutexGuard<'_, Vec<u32>> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request that has no complete answer yet.
pub(super) struct Asked {
    connection: Arc<Connection>,
    began: u32,
}

impl Drop for Asked {
    fn drop(&mut self) {
        let connection = &self.connection;
        let mut requests = connection.requests();
        // One that began with the same look is as good.
        if let Some(place) = requests.iter().position(|began| *began == self.began) {
            requests.swap_remove(place);
        }
        if requests.is_empty() {
            connection.idle.store(connection.now(), Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn watch() -> Arc<Watch> {
        Watch::new(ConnectionLimits {
            connections: 2,
            head_bytes: 8192,
            head_time: Duration::from_secs(5),
            idle_time: Duration::from_secs(20),
            answer_time: Duration::from_secs(10),
            request_time: Duration::from_secs(30),
        })
    }

    /// What the watch says of `connection` so many seconds from now.
    fn after(watch: &Watch, connection: &Connection, seconds: u32) -> Option<Reason> {
        let now = watch.now.load(Ordering::Relaxed) + seconds;
        connection.overdue(now, &watch.limits)
    }

    #[test]
    fn each_phase_has_its_time() {
        let watch = watch();
        let place = watch.admit().unwrap();
        let connection = &place.connection;
        assert_eq!(after(&watch, connection, 20), None);
        assert_eq!(after(&watch, connection, 21), Some(Reason::Idle));
        connection.received(b"G");
        assert_eq!(after(&watch, connection, 5), None);
        assert_eq!(after(&watch, connection, 6), Some(Reason::Head));
        let asked = connection.begin();
        connection.received(b"some of the body");
        assert_eq!(after(&watch, connection, 40), None);
        assert_eq!(after(&watch, connection, 41), Some(Reason::Answer));
        connection.blocked();
        assert_eq!(after(&watch, connection, 11), Some(Reason::Answer));
        drop(asked);
        assert_eq!(after(&watch, connection, 11), Some(Reason::Answer));
        connection.flushed();
        assert_eq!(after(&watch, connection, 11), None);
        assert_eq!(after(&watch, connection, 21), Some(Reason::Idle));
    }

    #[test]
    fn a_byte_more_gives_a_head_no_more_time() {
        let watch = watch();
        let place = watch.admit().unwrap();
        place.connection.received(b"G");
        watch.now.fetch_add(4, Ordering::Relaxed);
        place.connection.received(b"E");
        assert_eq!(after(&watch, &place.connection, 2), Some(Reason::Head));
    }

    #[test]
    fn frames_of_http_2_are_no_head() {
        let watch = watch();
        let place = watch.admit().unwrap();
        let connection = &place.connection;
        connection.received(b"PRI * HTTP/2.0");
        assert_eq!(after(&watch, connection, 6), None);
        drop(connection.begin());
        connection.received(b"a ping");
        assert_eq!(after(&watch, connection, 20), None);
        assert_eq!(after(&watch, connection, 21), Some(Reason::Idle));
    }

    #[test]
    fn the_oldest_of_several_requests_counts() {
        let watch = watch();
        let place = watch.admit().unwrap();
        let connection = &place.connection;
        let first = connection.begin();
        watch.now.fetch_add(30, Ordering::Relaxed);
        let second = connection.begin();
        assert_eq!(after(&watch, connection, 11), Some(Reason::Answer));
        drop(first);
        assert_eq!(after(&watch, connection, 11), None);
        drop(second);
        assert!(connection.idle_since().is_some());
    }

    #[test]
    fn whoever_is_idle_for_longest_makes_room_and_nobody_else() {
        let watch = watch();
        let first = watch.admit().unwrap();
        watch.now.fetch_add(1, Ordering::Relaxed);
        let second = watch.admit().unwrap();
        let third = watch.admit().unwrap();
        assert_eq!(first.connection.closing(), Some(Reason::Crowded));
        assert_eq!(second.connection.closing(), None);
        drop(first);
        let _busy = (second.connection.begin(), third.connection.begin());
        assert!(watch.admit().is_none());
        assert_eq!(watch.counts.refused.load(Ordering::Relaxed), 1);
        assert_eq!(watch.counts.crowded.load(Ordering::Relaxed), 1);
        drop(second);
        assert!(watch.admit().is_some());
    }
}
