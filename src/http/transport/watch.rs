//! All connections of one listener: for whom there is room, who goes for others, and who timed out.
//!
//! The [`Watch`] looks at them once a second. So no request sets a timer or reads a clock: it reports the
//! number of the last look. What a client gets is exact to two seconds. It must not know HTTP.

use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use slab::Slab;
use tokio::sync::Notify;

use super::connection::{ClientConnection, Keeps, Reason};

/// How many connections there may be, and how long one may keep the server waiting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionLimits {
    /// Open connections. Beyond that those that keep the server waiting are evicted.
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

impl ConnectionLimits {
    /// What a request may take until its answer was taken.
    pub(crate) fn whole_time(&self) -> Duration {
        self.request_time + self.answer_time
    }
}

/// What the listener counts.
#[derive(Debug, Default)]
pub(crate) struct ConnectionCounts {
    pub(crate) head: AtomicU64,
    pub(crate) idle: AtomicU64,
    pub(crate) answer: AtomicU64,
    pub(crate) crowded: AtomicU64,
    /// What came was not HTTP.
    pub(crate) malformed: AtomicU64,
    /// Turned away with 503, because no other connection could make room.
    pub(crate) refused: AtomicU64,
}

/// Whether there is room for a new connection.
pub(crate) enum Admission {
    Admitted(AdmittedConnection),
    /// Others have to go for it and have not gone yet.
    WhenOneHasLeft,
    /// All are being served.
    Full,
}

/// All connections of a listener.
pub struct Watch {
    limits: ConnectionLimits,
    /// The number of the last look, from 1: 0 says "not" in what connections remember.
    pub(super) now: AtomicU32,
    /// How many connections have been admitted: the clock by which they were active. Nothing but a new
    /// connection makes it matter who was active before whom.
    pub(super) admitted: AtomicU64,
    open: Mutex<Slab<Arc<ClientConnection>>>,
    /// How many of them have been told to go for another.
    pub(super) leaving: AtomicUsize,
    /// One of them has gone.
    pub(crate) left: Notify,
    pub(crate) counts: ConnectionCounts,
}

impl Watch {
    /// None yet; they may take what `limits` say.
    #[must_use]
    pub fn new(limits: ConnectionLimits) -> Arc<Self> {
        Arc::new(Self {
            limits,
            now: AtomicU32::new(1),
            admitted: AtomicU64::new(0),
            open: Mutex::default(),
            leaving: AtomicUsize::new(0),
            left: Notify::new(),
            counts: ConnectionCounts::default(),
        })
    }

    pub(crate) fn limits(&self) -> &ConnectionLimits {
        &self.limits
    }

    /// Connections that are open.
    pub(crate) fn open(&self) -> usize {
        self.lock().len()
    }

    /// Looks at all connections once a second, for ever.
    pub(crate) async fn look(self: Arc<Self>) {
        let mut seconds = tokio::time::interval(Duration::from_secs(1));
        loop {
            seconds.tick().await;
            let now = self.now.fetch_add(1, Ordering::Relaxed) + 1;
            for (_, connection) in &*self.lock() {
                connection.look(now);
            }
        }
    }

    /// Room for a new connection, for which others may have to go.
    pub(crate) fn admit(self: &Arc<Self>) -> Admission {
        let mut open = self.lock();
        let limit = self.limits.connections;
        if let Some(over) = open.len().checked_sub(limit) {
            let is_one_leaving = self.leaving.load(Ordering::Relaxed) > over;
            if !is_one_leaving && !self.evict(&open) {
                return Admission::Full;
            }
            // They are gone once they have been notified.
            if over >= some(limit) {
                return Admission::WhenOneHasLeft;
            }
        }
        self.admitted.fetch_add(1, Ordering::Relaxed);
        let connection = Arc::new(ClientConnection::new(Arc::clone(self)));
        let key = open.insert(Arc::clone(&connection));
        Admission::Admitted(AdmittedConnection { connection, key })
    }

    /// Whether any request has no complete answer yet.
    pub(crate) fn has_requests(&self) -> bool {
        let open = self.lock();
        let mut connections = open.iter().map(|(_, connection)| connection);
        connections.any(|connection| connection.has_requests())
    }

    /// Has all connections end after the requests that are under way.
    pub(crate) fn stop(&self) {
        for (_, connection) in &*self.lock() {
            connection.close(Reason::Stopping);
        }
    }

    /// Evicts some of those that keep the server waiting, in the order of [`Keeps`], the longest first; whether
    /// there were any. Those that were active lately are spared as long as there are others: who has just come
    /// is idle too, and its request is on its way.
    fn evict(&self, open: &Slab<Arc<ClientConnection>>) -> bool {
        let connections = open.iter();
        let mut waited_for: Vec<_> = connections
            .filter_map(|(_, connection)| Some((connection.keeps_waiting()?, connection)))
            .collect();
        let lately = (self.limits.connections / LATELY) as u64;
        let admitted = self.admitted.load(Ordering::Relaxed);
        waited_for.sort_unstable_by_key(|(waiting, _)| {
            let is_spared = admitted - waiting.since < lately;
            let keeps = (!is_spared).then_some(waiting.keeps);
            (is_spared, keeps, waiting.since)
        });
        for (waiting, connection) in waited_for.iter().take(some(open.len())) {
            connection.close(match waiting.keeps {
                Keeps::Idle | Keeps::Head => Reason::Evicted,
                Keeps::Bodies | Keeps::Answers => Reason::GaveWay,
            });
        }
        !waited_for.is_empty()
    }

    fn lock(&self) -> MutexGuard<'_, Slab<Arc<ClientConnection>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection was active lately if since then fewer have been admitted than this part of all.
const LATELY: usize = 4;

/// How many are evicted together, so that a rush does not have all looked at for each that comes.
fn some(connections: usize) -> usize {
    1 + connections / 64
}

/// A connection that counts among all; dropping it makes room.
pub(crate) struct AdmittedConnection {
    pub(crate) connection: Arc<ClientConnection>,
    key: usize,
}

impl Drop for AdmittedConnection {
    fn drop(&mut self) {
        let watch = &self.connection.watch;
        watch.lock().remove(self.key);
        let reason = self.connection.closing().map(|(reason, _)| reason);
        self.connection.leaves(false);
        watch.left.notify_one();
        let counts = &watch.counts;
        let count = match reason {
            Some(Reason::Head) => &counts.head,
            Some(Reason::Idle) => &counts.idle,
            Some(Reason::Answer) => &counts.answer,
            Some(Reason::Evicted | Reason::GaveWay) => &counts.crowded,
            Some(Reason::Stopping) | None => return,
        };
        count.fetch_add(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Version;

    use super::*;
    use crate::http::transport::connection::PendingRequest;

    fn watch() -> Arc<Watch> {
        watch_over(2)
    }

    fn watch_over(connections: usize) -> Arc<Watch> {
        Watch::new(ConnectionLimits {
            connections,
            head_bytes: 8192,
            head_time: Duration::from_secs(5),
            idle_time: Duration::from_secs(20),
            answer_time: Duration::from_secs(10),
            request_time: Duration::from_secs(30),
        })
    }

    /// Room for one more.
    fn admit(watch: &Arc<Watch>) -> Option<AdmittedConnection> {
        match watch.admit() {
            Admission::Admitted(admitted) => Some(admitted),
            Admission::WhenOneHasLeft | Admission::Full => None,
        }
    }

    fn begin(admitted: &AdmittedConnection) -> PendingRequest {
        admitted.connection.begin(Version::HTTP_11)
    }

    #[test]
    fn whoever_is_idle_for_longest_makes_room_and_then_whoever_sends_a_head() {
        let closing =
            |admitted: &AdmittedConnection| admitted.connection.closing().map(|(reason, _)| reason);
        let watch = watch();
        let first = admit(&watch).unwrap();
        first.connection.received(b"G");
        watch.now.fetch_add(1, Ordering::Relaxed);
        let second = admit(&watch).unwrap();
        let third = admit(&watch).unwrap();
        assert_eq!(closing(&second), Some(Reason::Evicted));
        assert_eq!(closing(&first), None);
        drop(second);
        let asked = begin(&third);
        let fourth = admit(&watch).unwrap();
        assert_eq!(closing(&first), Some(Reason::Evicted));
        drop(first);
        let _busy = (asked, begin(&fourth));
        assert!(matches!(watch.admit(), Admission::Full));
        assert_eq!(watch.counts.crowded.load(Ordering::Relaxed), 2);
        drop(third);
        assert!(admit(&watch).is_some());
    }

    #[test]
    fn those_that_are_told_to_go_count_until_they_have() {
        let watch = watch();
        let mut open: Vec<_> = (0..2).map(|_| admit(&watch).unwrap()).collect();
        open.push(admit(&watch).unwrap());
        assert!(admit(&watch).is_none(), "nobody has gone yet");
        open.remove(0);
        assert!(admit(&watch).is_some());
    }

    /// Trust 24: who has just come is idle, and was the first to go for others that wait for ever.
    #[test]
    fn those_that_were_active_lately_are_spared() {
        let closing =
            |admitted: &AdmittedConnection| admitted.connection.closing().map(|(reason, _)| reason);
        let watch = watch_over(8);
        let mut waiting = Vec::new();
        for _ in 0..7 {
            let admitted = admit(&watch).unwrap();
            let asked = begin(&admitted);
            admitted.connection.awaits_body(true);
            waiting.push((admitted, asked));
        }
        waiting[0].0.connection.received(b"more of its body");
        let new = admit(&watch).unwrap();
        let next = admit(&watch).unwrap();
        assert_eq!(closing(&new), None);
        assert_eq!(closing(&waiting[0].0), None);
        assert_eq!(closing(&waiting[1].0), Some(Reason::GaveWay));
        // Where everybody was active lately, whoever was so longest ago goes.
        drop(waiting);
        let mut lately: Vec<_> = (0..6).map(|_| admit(&watch).unwrap()).collect();
        for admitted in &lately {
            admitted.connection.received(b"\r\n");
        }
        new.connection.received(b"\r\n");
        lately.push(admit(&watch).unwrap());
        let gone = lately.iter().filter(|admitted| closing(admitted).is_some());
        assert_eq!(gone.count() + usize::from(closing(&next).is_some()), 1);
        assert_eq!(closing(&new), None);
    }
}
