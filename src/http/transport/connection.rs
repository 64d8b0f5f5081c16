//! What one client is doing, for how long it has kept the server waiting, and how it is to be closed.
//!
//! A [`ClientConnection`] is notified by its socket and its requests, and asked by the [`Watch`] over all of
//! a listener. It must not know HTTP beyond where requests begin and end, and with which version.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::http::Version;
use tokio::sync::Notify;

use super::watch::Watch;

/// Why a connection was closed by this side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reason {
    /// The head of a request did not end.
    Head,
    /// No request for a while.
    Idle,
    /// The client does not take its answers.
    Answer,
    /// It had no request, and another needed its room.
    Evicted,
    /// It kept the server waiting with a request, and another needed its room.
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

/// What a connection keeps the server waiting for. Those that wait for more give way later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Keeps {
    /// A request to begin.
    Idle,
    /// The head of a request.
    Head,
    /// The bodies of all its requests.
    Bodies,
    /// Its answers to be taken.
    Answers,
}

/// What a connection keeps the server waiting for, and since when by [`Watch::admitted`].
#[derive(Debug, Clone, Copy)]
pub(super) struct Waiting {
    pub(super) keeps: Keeps,
    pub(super) since: u64,
}

/// A request that has no complete answer yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Begun {
    at: u32,
    /// When its answer was there, of which the client has not taken all.
    answered: u32,
}

/// What one client is doing. Times are numbers of looks; 0 says that it is not so.
pub(crate) struct ClientConnection {
    pub(super) watch: Arc<Watch>,
    /// When it last did something that was waited for, by [`Watch::admitted`].
    active: AtomicU64,
    /// Since when there is no request.
    idle: AtomicU32,
    /// Since when a head is being received.
    head: AtomicU32,
    /// Since when not all that was written could be sent.
    blocked: AtomicU32,
    /// Whether its requests are of HTTP/2, which has more to say than heads.
    is_http_2: AtomicBool,
    /// Those that have no complete answer yet.
    requests: Mutex<Vec<Begun>>,
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
    pub(super) fn new(watch: Arc<Watch>) -> Self {
        let now = watch.now.load(Ordering::Relaxed);
        let active = AtomicU64::new(watch.admitted.load(Ordering::Relaxed));
        Self {
            watch,
            active,
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

    fn is_active(&self) {
        let admitted = self.watch.admitted.load(Ordering::Relaxed);
        self.active.store(admitted, Ordering::Relaxed);
    }

    /// Bytes came in.
    pub(crate) fn received(&self, bytes: &[u8]) {
        // A head is waited for as a whole: a byte more is no progress.
        if self.head.load(Ordering::Relaxed) != 0 {
            return;
        }
        self.is_active();
        let waits =
            self.idle.load(Ordering::Relaxed) != 0 && !self.is_http_2.load(Ordering::Relaxed);
        // Some clients of HTTP/1.1 send an empty line behind a body.
        if waits && !bytes.iter().all(|byte| b"\r\n".contains(byte)) {
            self.head.store(self.now(), Ordering::Relaxed);
        }
    }

    /// Not everything could be sent.
    pub(crate) fn blocked(&self) {
        if self.blocked.load(Ordering::Relaxed) == 0 {
            self.is_active();
            self.blocked.store(self.now(), Ordering::Relaxed);
        }
    }

    /// Everything was sent.
    pub(crate) fn flushed(&self) {
        if self.blocked.load(Ordering::Relaxed) != 0 {
            self.is_active();
            self.blocked.store(0, Ordering::Relaxed);
        }
    }

    /// A head is complete. The request lasts until what is returned is dropped.
    pub(crate) fn begin(self: &Arc<Self>, version: Version) -> PendingRequest {
        let begun = Begun {
            at: self.now(),
            answered: 0,
        };
        if version == Version::HTTP_2 {
            self.is_http_2.store(true, Ordering::Relaxed);
        }
        let mut requests = self.requests();
        requests.push(begun);
        self.head.store(0, Ordering::Relaxed);
        self.idle.store(0, Ordering::Relaxed);
        drop(requests);
        let connection = Arc::clone(self);
        PendingRequest { connection, begun }
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

    /// What it keeps the server waiting for; `None` when the server is to do something.
    pub(super) fn keeps_waiting(&self) -> Option<Waiting> {
        // Read before the rest: what happens meanwhile may be overlooked, but is not taken for old.
        let since = self.active.load(Ordering::Relaxed);
        let keeps = self.keeps()?;
        Some(Waiting { keeps, since })
    }

    fn keeps(&self) -> Option<Keeps> {
        let closing = self.closing().map(|(reason, _)| reason);
        if closing.is_some_and(Reason::is_immediate) {
            return None;
        }
        let blocked = self.blocked.load(Ordering::Relaxed);
        if blocked != 0 {
            // A moment is what the network takes.
            let is_long = self.now().saturating_sub(blocked) >= GRACE;
            return is_long.then_some(Keeps::Answers);
        }
        let idle = self.idle.load(Ordering::Relaxed);
        if idle != 0 {
            // One that was told to go, and had a request by then, goes with its end.
            if closing.is_some() {
                return None;
            }
            let has_begun = self.head.load(Ordering::Relaxed) != 0;
            return Some(if has_begun { Keeps::Head } else { Keeps::Idle });
        }
        let requests = self.requests();
        // Over HTTP/2, an answer can wait for its client without a byte that could not be sent.
        let is_stopped = |request: &&Begun| {
            request.answered != 0 && self.now().saturating_sub(request.answered) >= GRACE
        };
        let stopped = requests.iter().filter(is_stopped).count();
        let awaited = self.awaited.load(Ordering::Relaxed);
        if requests.is_empty() || awaited + stopped < requests.len() {
            return None;
        }
        let is_for_bodies = stopped == 0;
        Some(if is_for_bodies {
            Keeps::Bodies
        } else {
            Keeps::Answers
        })
    }

    /// Closes it if it timed out by `now`.
    pub(super) fn look(&self, now: u32) {
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
            .map(|request| request.at)
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

    /// It need not go for another after all, unless it is to be closed for another reason by now.
    fn stays(&self) {
        let mut closing = self.closing.lock().unwrap_or_else(PoisonError::into_inner);
        let stays = |(reason, _): &mut (Reason, u32)| *reason == Reason::GaveWay;
        closing.take_if(stays);
        drop(closing);
        self.leaves(false);
    }

    /// Whether a new connection can count on its room.
    pub(super) fn leaves(&self, leaves: bool) {
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

    pub(super) fn closing(&self) -> Option<(Reason, u32)> {
        *self.closing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Completes when it is to be closed, and again at each look as long as it is not.
    pub(crate) async fn told(&self) -> Close {
        loop {
            self.told.notified().await;
            let Some((reason, since)) = self.closing() else {
                continue;
            };
            if matches!(reason, Reason::Evicted | Reason::GaveWay) {
                // What the system has received meanwhile comes first.
                let active = self.active.load(Ordering::Relaxed);
                tokio::task::yield_now().await;
                if reason == Reason::GaveWay && self.active.load(Ordering::Relaxed) != active {
                    self.stays();
                    continue;
                }
            }
            let is_asked = self.has_requests() || self.blocked.load(Ordering::Relaxed) != 0;
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

    /// Whether any of its requests has no complete answer yet.
    pub(super) fn has_requests(&self) -> bool {
        !self.requests().is_empty()
    }

    fn requests(&self) -> MutexGuard<'_, Vec<Begun>> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request that has no complete answer yet.
pub(crate) struct PendingRequest {
    connection: Arc<ClientConnection>,
    begun: Begun,
}

impl PendingRequest {
    /// Its answer is there: the rest is for the client to take.
    pub(crate) fn is_answered(&mut self) {
        let now = self.connection.now();
        let mut requests = self.connection.requests();
        if let Some(request) = requests.iter_mut().find(|other| **other == self.begun) {
            request.answered = now;
            self.begun.answered = now;
        }
    }

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
        // One of the same looks is as good.
        if let Some(position) = requests.iter().position(|other| *other == self.begun) {
            requests.swap_remove(position);
        }
        if requests.is_empty() {
            connection.is_active();
            connection.idle.store(connection.now(), Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::watch::{Admission, AdmittedConnection, ConnectionLimits};
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

    /// Room for one more.
    fn admit(watch: &Arc<Watch>) -> Option<AdmittedConnection> {
        match watch.admit() {
            Admission::Admitted(admitted) => Some(admitted),
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
        let admitted = admit(&watch).unwrap();
        let connection = &admitted.connection;
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
        let admitted = admit(&watch).unwrap();
        admitted.connection.received(b"G");
        watch.now.fetch_add(4, Ordering::Relaxed);
        admitted.connection.received(b"E");
        assert_eq!(after(&watch, &admitted.connection, 2), Some(Reason::Head));
    }

    #[test]
    fn empty_lines_are_no_head() {
        let watch = watch();
        let admitted = admit(&watch).unwrap();
        admitted.connection.received(b"\r\n");
        assert_eq!(after(&watch, &admitted.connection, 6), None);
    }

    #[test]
    fn frames_of_http_2_are_no_head_once_it_asked() {
        let watch = watch();
        let admitted = admit(&watch).unwrap();
        let connection = &admitted.connection;
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
        let admitted = admit(&watch).unwrap();
        let connection = &admitted.connection;
        watch.stop();
        assert_eq!(connection.told().await, Close::Gracefully);
        assert_eq!(told(&watch, connection, 1).await, Close::Gracefully);
        let asked = connection.begin(Version::HTTP_2);
        assert_eq!(told(&watch, connection, 1).await, Close::Gracefully);
        drop(asked);
        assert_eq!(told(&watch, connection, 1).await, Close::AtOnce);
    }

    #[tokio::test]
    async fn whoever_goes_on_when_it_has_to_go_for_another_stays() {
        let watch = watch();
        let admitted = admit(&watch).unwrap();
        let connection = &admitted.connection;
        let _asked = connection.begin(Version::HTTP_11);
        connection.close(Reason::GaveWay);
        watch.admitted.fetch_add(1, Ordering::Relaxed);
        let goes_on = async {
            connection.received(b"more of its body");
            for _ in 0..3 {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            biased;
            _ = connection.told() => panic!("it is to be closed"),
            () = goes_on => {}
        }
        assert!(connection.closing().is_none());
        assert_eq!(watch.leaving.load(Ordering::Relaxed), 0);
        connection.close(Reason::GaveWay);
        assert_eq!(connection.told().await, Close::AtOnce);
    }

    #[test]
    fn an_answer_that_http_2_holds_back_is_waited_for() {
        let watch = watch();
        let admitted = admit(&watch).unwrap();
        let connection = &admitted.connection;
        let keeps = || connection.keeps_waiting().map(|waiting| waiting.keeps);
        let (mut first, second) = (
            connection.begin(Version::HTTP_2),
            connection.begin(Version::HTTP_2),
        );
        first.is_answered();
        watch.now.fetch_add(GRACE, Ordering::Relaxed);
        assert_eq!(keeps(), None, "the other is being served");
        connection.awaits_body(true);
        assert_eq!(keeps(), Some(Keeps::Answers));
        drop(first);
        assert_eq!(keeps(), Some(Keeps::Bodies));
        connection.awaits_body(false);
        drop(second);
        assert_eq!(keeps(), Some(Keeps::Idle));
    }
}
