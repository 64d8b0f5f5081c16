//! What the clients of one listener are doing, and which of them timed out.
//!
//! A [`ClientConnection`] is notified by its socket and its requests; the [`Watch`] over all of a
//! listener looks at them once a second. So no request sets a timer or reads a clock: it reports the
//! number of the last look. What a client gets is exact to two seconds. It must not know HTTP
//! beyond where requests begin and end, and with which version.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::http::Version;
use slab::Slab;
use tokio::sync::Notify;

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

/// Why a connection was closed by this side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reason {
    /// The head of a request did not end.
    Head,
    /// No request for a while.
    Idle,
    /// The client does not take its answers.
    Answer,
    /// It had no request, and another needed its slot.
    Evicted,
    /// It kept the server waiting with a request, and another needed its slot.
    GaveWay,
    /// The server stops.
    Stopping,
}

impl Reason {
    /// Whether it is one whatever the connection does meanwhile.
    fn is_immediate(self) -> bool {
        matches!(self, Self::Head | Self::Answer | Self::GaveWay)
    }
}

/// How long a client has to agree to an end, in looks: those of HTTP/2 are asked to.
const GRACE: u32 = 2;

/// How a connection is to be closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Close {
    /// Behind the requests that are under way.
    Gracefully,
    /// Now.
    AtOnce,
}

/// What the listener counts.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub(crate) head: AtomicU64,
    pub(crate) idle: AtomicU64,
    pub(crate) answer: AtomicU64,
    pub(crate) crowded: AtomicU64,
    /// What came was not HTTP.
    pub(crate) malformed: AtomicU64,
    /// Turned away with 503, because no other connection could make room.
    pub(crate) refused: AtomicU64,
}

/// Whether there is a slot for a new connection.
pub(crate) enum Admission {
    Slot(ConnectionSlot),
    /// Others have to go for it and have not gone yet.
    WhenOneHasLeft,
    /// All are being served.
    Full,
}

/// What a connection keeps the server waiting for. Those that wait for more give way later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Keeps {
    /// A request to begin.
    Idle,
    /// The head of a request.
    Head,
    /// The bodies of all its requests.
    Bodies,
    /// Its answers to be taken.
    Answers,
}

/// All connections of a listener.
pub struct Watch {
    limits: ConnectionLimits,
    /// The number of the last look, from 1: 0 says "not" in what connections remember.
    now: AtomicU32,
    open: Mutex<Slab<Arc<ClientConnection>>>,
    /// How many of them have been told to go for another.
    leaving: AtomicUsize,
    /// One of them has gone.
    pub(crate) left: Notify,
    pub(crate) counts: Counts,
}

impl Watch {
    /// None yet; they may take what `limits` say.
    #[must_use]
    pub fn new(limits: ConnectionLimits) -> Arc<Self> {
        Arc::new(Self {
            limits,
            now: AtomicU32::new(1),
            open: Mutex::default(),
            leaving: AtomicUsize::new(0),
            left: Notify::new(),
            counts: Counts::default(),
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

    /// A slot for a new connection, for which others may have to go.
    pub(crate) fn admit(self: &Arc<Self>) -> Admission {
        let mut open = self.lock();
        let limit = self.limits.connections;
        if let Some(over) = open.len().checked_sub(limit) {
            let is_one_leaving = self.leaving.load(Ordering::Relaxed) > over;
            if !is_one_leaving && !evict(&open) {
                return Admission::Full;
            }
            // They are gone once they have been notified.
            if over >= some(limit) {
                return Admission::WhenOneHasLeft;
            }
        }
        let connection = Arc::new(ClientConnection::new(Arc::clone(self)));
        let key = open.insert(Arc::clone(&connection));
        Admission::Slot(ConnectionSlot { connection, key })
    }

    /// Whether any request has no complete answer yet.
    pub(crate) fn has_requests(&self) -> bool {
        let open = self.lock();
        let mut connections = open.iter().map(|(_, connection)| connection);
        connections.any(|connection| !connection.requests().is_empty())
    }

    /// Has all connections end after the requests that are under way.
    pub(crate) fn stop(&self) {
        for (_, connection) in &*self.lock() {
            connection.close(Reason::Stopping);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Slab<Arc<ClientConnection>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How many are evicted together, so that a rush does not have all looked at for each that comes.
fn some(connections: usize) -> usize {
    1 + connections / 64
}

/// Evicts some of those that keep the server waiting, in the order of [`Keeps`], the longest first; whether
/// there were any.
fn evict(open: &Slab<Arc<ClientConnection>>) -> bool {
    let waited_for = |(_, connection): (usize, &Arc<ClientConnection>)| {
        Some((connection.keeps_waiting()?, Arc::clone(connection)))
    };
    let mut waited_for: Vec<_> = open.iter().filter_map(waited_for).collect();
    waited_for.sort_unstable_by_key(|(keeps, _)| *keeps);
    for ((keeps, _), connection) in waited_for.iter().take(some(open.len())) {
        connection.close(match keeps {
            Keeps::Idle | Keeps::Head => Reason::Evicted,
            Keeps::Bodies | Keeps::Answers => Reason::GaveWay,
        });
    }
    !waited_for.is_empty()
}

/// A connection's slot among all; dropping it frees it.
pub(crate) struct ConnectionSlot {
    pub(crate) connection: Arc<ClientConnection>,
    key: usize,
}

impl Drop for ConnectionSlot {
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

/// What one client is doing. Times are numbers of looks; 0 says that it is not so.
pub(crate) struct ClientConnection {
    watch: Arc<Watch>,
    /// Since when there is no request.
    idle: AtomicU32,
    /// Since when a head is being received.
    head: AtomicU32,
    /// Since when not all that was written could be sent.
    blocked: AtomicU32,
    /// Whether its requests are of HTTP/2, which has more to say than heads.
    is_http_2: AtomicBool,
    /// When each request that has no complete answer yet began.
    requests: Mutex<Vec<u32>>,
    /// How many bodies of requests are waited for.
    awaited: AtomicUsize,
    /// Whether a request was answered before its body had come.
    leaves_body: AtomicBool,
    /// Whether it was told to go for another.
    is_leaving: AtomicBool,
    /// Why it is to be closed, and since when.
    closing: Mutex<Option<(Reason, u32)>>,
    told: Notify,
}

impl ClientConnection {
    fn new(watch: Arc<Watch>) -> Self {
        let now = watch.now.load(Ordering::Relaxed);
        Self {
            watch,
            idle: AtomicU32::new(now),
            head: AtomicU32::new(0),
            blocked: AtomicU32::new(0),
            is_http_2: AtomicBool::new(false),
            requests: Mutex::default(),
            awaited: AtomicUsize::new(0),
            leaves_body: AtomicBool::new(false),
            is_leaving: AtomicBool::new(false),
            closing: Mutex::default(),
            told: Notify::new(),
        }
    }

    fn now(&self) -> u32 {
        self.watch.now.load(Ordering::Relaxed)
    }

    /// Bytes came in.
    pub(crate) fn received(&self, bytes: &[u8]) {
        let waits = self.idle.load(Ordering::Relaxed) != 0
            && self.head.load(Ordering::Relaxed) == 0
            && !self.is_http_2.load(Ordering::Relaxed);
        // Some clients of HTTP/1.1 send an empty line behind a body.
        if waits && !bytes.iter().all(|byte| b"\r\n".contains(byte)) {
            self.head.store(self.now(), Ordering::Relaxed);
        }
    }

    /// Not everything could be sent.
    pub(crate) fn blocked(&self) {
        if self.blocked.load(Ordering::Relaxed) == 0 {
            self.blocked.store(self.now(), Ordering::Relaxed);
        }
    }

    /// Everything was sent.
    pub(crate) fn flushed(&self) {
        if self.blocked.load(Ordering::Relaxed) != 0 {
            self.blocked.store(0, Ordering::Relaxed);
        }
    }

    /// A head is complete. The request lasts until what is returned is dropped.
    pub(crate) fn begin(self: &Arc<Self>, version: Version) -> PendingRequest {
        let began = self.now();
        if version == Version::HTTP_2 {
            self.is_http_2.store(true, Ordering::Relaxed);
        }
        let mut requests = self.requests();
        requests.push(began);
        self.head.store(0, Ordering::Relaxed);
        self.idle.store(0, Ordering::Relaxed);
        drop(requests);
        let connection = Arc::clone(self);
        PendingRequest { connection, began }
    }

    /// A body of its requests is waited for, or is no longer.
    pub(crate) fn awaits_body(&self, is_awaited: bool) {
        if is_awaited {
            self.awaited.fetch_add(1, Ordering::Relaxed);
        } else {
            self.awaited.fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// Whether the client may be sending what nobody reads any more: the rest of a body, or of what was no
    /// head.
    pub(crate) fn is_unread(&self) -> bool {
        self.leaves_body.load(Ordering::Relaxed) || self.head.load(Ordering::Relaxed) != 0
    }

    /// What it keeps the server waiting for, and since when; `None` when the server is to do something.
    fn keeps_waiting(&self) -> Option<(Keeps, u32)> {
        let closing = self.closing().map(|(reason, _)| reason);
        if closing.is_some_and(Reason::is_immediate) {
            return None;
        }
        let blocked = self.blocked.load(Ordering::Relaxed);
        if blocked != 0 {
            // A moment is what the network takes.
            let is_long = self.now().saturating_sub(blocked) >= GRACE;
            return is_long.then_some((Keeps::Answers, blocked));
        }
        let idle = self.idle.load(Ordering::Relaxed);
        if idle != 0 {
            // One that was told to go, and had a request by then, goes with its end.
            if closing.is_some() {
                return None;
            }
            let head = self.head.load(Ordering::Relaxed);
            let head = (head != 0).then_some((Keeps::Head, head));
            return Some(head.unwrap_or((Keeps::Idle, idle)));
        }
        let requests = self.requests();
        let is_all = self.awaited.load(Ordering::Relaxed) >= requests.len();
        let oldest = requests.iter().min().filter(|_| is_all)?;
        Some((Keeps::Bodies, *oldest))
    }

    /// Closes it if it timed out by `now`.
    fn look(&self, now: u32) {
        match self.overdue(now) {
            Some(reason) => self.close(reason),
            None if self.closing().is_some() => self.told.notify_one(),
            None => {}
        }
    }

    /// Why it timed out by `now`, if it did.
    fn overdue(&self, now: u32) -> Option<Reason> {
        let limits = self.watch.limits();
        let is_over = |since: u32, time: Duration| {
            since != 0 && u64::from(now.saturating_sub(since)) > time.as_secs()
        };
        let blocked = self.blocked.load(Ordering::Relaxed);
        // Requests of HTTP/2 end one by one, by the time that the listener gives each.
        let oldest = self
            .requests()
            .first()
            .copied()
            .filter(|_| !self.is_http_2.load(Ordering::Relaxed));
        if is_over(blocked, limits.answer_time) || is_over(oldest.unwrap_or(0), limits.whole_time())
        {
            Some(Reason::Answer)
        } else if is_over(self.head.load(Ordering::Relaxed), limits.head_time) {
            Some(Reason::Head)
        } else if blocked == 0 && is_over(self.idle.load(Ordering::Relaxed), limits.idle_time) {
            Some(Reason::Idle)
        } else {
            None
        }
    }

    /// Has it closed for `reason`, unless it is about to be for another.
    pub(super) fn close(&self, reason: Reason) {
        let now = self.now();
        let mut closing = self.closing.lock().unwrap_or_else(PoisonError::into_inner);
        if closing.is_none() || reason.is_immediate() {
            *closing = Some((reason, now));
        }
        drop(closing);
        if matches!(reason, Reason::Evicted | Reason::GaveWay) {
            self.leaves(true);
        }
        self.told.notify_one();
    }

    /// Whether a new connection can count on its slot.
    fn leaves(&self, leaves: bool) {
        if self.is_leaving.swap(leaves, Ordering::Relaxed) == leaves {
            return;
        }
        let leaving = &self.watch.leaving;
        if leaves {
            leaving.fetch_add(1, Ordering::Relaxed);
        } else {
            leaving.fetch_sub(1, Ordering::Relaxed);
        }
    }

    fn closing(&self) -> Option<(Reason, u32)> {
        *self.closing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Completes when it is to be closed, and again at each look as long as it is not.
    pub(crate) async fn told(&self) -> Close {
        loop {
            self.told.notified().await;
            let Some((reason, since)) = self.closing() else {
                continue;
            };
            if reason == Reason::Evicted {
                // What the system has received meanwhile comes first.
                tokio::task::yield_now().await;
            }
            let is_asked = !self.requests().is_empty() || self.blocked.load(Ordering::Relaxed) != 0;
            let is_patient = self.now() - since < GRACE;
            return match reason {
                reason if reason.is_immediate() => Close::AtOnce,
                // A request that came meanwhile is answered, however long that takes.
                _ if is_asked => {
                    self.leaves(false);
                    Close::Gracefully
                }
                Reason::Idle | Reason::Stopping if is_patient => Close::Gracefully,
                _ => Close::AtOnce,
            };
        }
    }

    /// What came was not HTTP.
    pub(crate) fn malformed(&self) {
        self.watch.counts.malformed.fetch_add(1, Ordering::Relaxed);
    }

    fn requests(&self) -> MutexGuard<'_, Vec<u32>> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request that has no complete answer yet.
pub(crate) struct PendingRequest {
    connection: Arc<ClientConnection>,
    began: u32,
}

impl PendingRequest {
    /// It is being answered before its body has come.
    pub(crate) fn leaves_body(&self) {
        let leaves_body = &self.connection.leaves_body;
        leaves_body.store(true, Ordering::Relaxed);
    }
}

impl Drop for PendingRequest {
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

    /// A slot for one more.
    fn admit(watch: &Arc<Watch>) -> Option<ConnectionSlot> {
        match watch.admit() {
            Admission::Slot(slot) => Some(slot),
            Admission::WhenOneHasLeft | Admission::Full => None,
        }
    }

    /// What the watch says of `connection` so many seconds from now.
    fn after(watch: &Watch, connection: &ClientConnection, seconds: u32) -> Option<Reason> {
        let now = watch.now.load(Ordering::Relaxed) + seconds;
        connection.overdue(now)
    }

    #[test]
    fn each_phase_has_its_time() {
        let watch = watch();
        let place = admit(&watch).unwrap();
        let connection = &place.connection;
        assert_eq!(after(&watch, connection, 20), None);
        assert_eq!(after(&watch, connection, 21), Some(Reason::Idle));
        connection.received(b"G");
        assert_eq!(after(&watch, connection, 5), None);
        assert_eq!(after(&watch, connection, 6), Some(Reason::Head));
        let asked = connection.begin(Version::HTTP_11);
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
        let place = admit(&watch).unwrap();
        place.connection.received(b"G");
        watch.now.fetch_add(4, Ordering::Relaxed);
        place.connection.received(b"E");
        assert_eq!(after(&watch, &place.connection, 2), Some(Reason::Head));
    }

    fn begin(place: &ConnectionSlot) -> PendingRequest {
        place.connection.begin(Version::HTTP_11)
    }

    #[test]
    fn empty_lines_are_no_head() {
        let watch = watch();
        let place = admit(&watch).unwrap();
        place.connection.received(b"\r\n");
        assert_eq!(after(&watch, &place.connection, 6), None);
    }

    #[test]
    fn frames_of_http_2_are_no_head_once_it_asked() {
        let watch = watch();
        let place = admit(&watch).unwrap();
        let connection = &place.connection;
        connection.received(b"PRI * HTTP/2.0");
        assert_eq!(after(&watch, connection, 6), Some(Reason::Head));
        let (first, second) = (
            connection.begin(Version::HTTP_2),
            connection.begin(Version::HTTP_2),
        );
        watch.now.fetch_add(100, Ordering::Relaxed);
        assert_eq!(after(&watch, connection, 0), None);
        drop(first);
        assert!(connection.keeps_waiting().is_none());
        drop(second);
        connection.received(b"a ping");
        assert_eq!(after(&watch, connection, 20), None);
        assert_eq!(after(&watch, connection, 21), Some(Reason::Idle));
    }

    /// How the connection is to be closed, after so many looks.
    async fn told(watch: &Watch, connection: &ClientConnection, looks: u32) -> Close {
        watch.now.fetch_add(looks, Ordering::Relaxed);
        connection.look(watch.now.load(Ordering::Relaxed));
        connection.told().await
    }

    #[tokio::test]
    async fn whoever_does_not_agree_to_an_end_is_cut_off_unless_there_is_a_request() {
        let watch = watch();
        let place = admit(&watch).unwrap();
        let connection = &place.connection;
        watch.stop();
        assert_eq!(connection.told().await, Close::Gracefully);
        assert_eq!(told(&watch, connection, 1).await, Close::Gracefully);
        let asked = connection.begin(Version::HTTP_2);
        assert_eq!(told(&watch, connection, 1).await, Close::Gracefully);
        drop(asked);
        assert_eq!(told(&watch, connection, 1).await, Close::AtOnce);
    }

    #[test]
    fn whoever_is_idle_for_longest_makes_room_and_then_whoever_sends_a_head() {
        let closing = |place: &ConnectionSlot| place.connection.closing().map(|(reason, _)| reason);
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
    fn those_that_are_told_to_go_hold_their_places_until_they_have() {
        let watch = watch();
        let mut open: Vec<_> = (0..2).map(|_| admit(&watch).unwrap()).collect();
        open.push(admit(&watch).unwrap());
        assert!(admit(&watch).is_none(), "nobody has gone yet");
        open.remove(0);
        assert!(admit(&watch).is_some());
    }
}
