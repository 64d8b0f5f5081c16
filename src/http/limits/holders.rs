//! Who keeps something of the server while the server waits for them: clients whose bodies are on their way,
//! and clients that are being sent a response. When others need it, the slowest give way.
//!
//! It owns what "slow" is. It must not know what is held, nor what becomes of the request.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;

use slab::Slab;
use tokio::time::Instant;

use crate::http::transport::cut_off::CutOff;

/// What a client is taken to do, in bytes a second, until it has shown what it does: nobody gives way for
/// being new.
const BENEFIT_OF_DOUBT: f64 = 1_048_576.0;

/// Bytes a second below which a client may have to give way to one that does more.
const SLOW: f64 = 32_768.0;

/// What a client does, in bytes a second: the mean of all its time, in which a second counts e times as much
/// as the one before it.
#[derive(Debug)]
struct Pace {
    rate: f64,
    at: Instant,
}

impl Pace {
    fn begin() -> Self {
        Self {
            rate: BENEFIT_OF_DOUBT,
            at: Instant::now(),
        }
    }

    fn at(&self, now: Instant) -> f64 {
        self.rate * (-now.saturating_duration_since(self.at).as_secs_f64()).exp()
    }

    #[expect(clippy::cast_precision_loss, reason = "an estimate")]
    fn add(&mut self, bytes: usize) {
        let now = Instant::now();
        *self = Self {
            rate: self.at(now) + bytes as f64,
            at: now,
        };
    }
}

/// What one client keeps: given back when it is dropped or has to go.
#[derive(Debug)]
pub(crate) struct Holder {
    /// What all hold together.
    held: Arc<AtomicUsize>,
    bytes: AtomicUsize,
    pace: Mutex<Pace>,
    /// Whether it is the client that is waited for. What waits for the server cannot be given up by the
    /// client's fault.
    is_awaited: AtomicBool,
    has_to_go: AtomicBool,
    /// What it held when it was told to go.
    given_up: AtomicUsize,
    /// Locked while it is told to go, or allowed to stay.
    waker: Mutex<Option<Waker>>,
    cut_off: Option<CutOff>,
}

impl Holder {
    /// One that holds nothing of `held` yet, and `is_awaited` as long as it does not say otherwise. When it
    /// has to go, `cut_off` is done, and whoever waits for it is woken.
    pub(crate) fn new(held: Arc<AtomicUsize>, is_awaited: bool, cut_off: Option<CutOff>) -> Self {
        Self {
            held,
            bytes: AtomicUsize::new(0),
            pace: Mutex::new(Pace::begin()),
            is_awaited: AtomicBool::new(is_awaited),
            has_to_go: AtomicBool::new(false),
            given_up: AtomicUsize::new(0),
            waker: Mutex::default(),
            cut_off,
        }
    }

    /// `bytes` came from the client, or went to it.
    pub(crate) fn moved(&self, bytes: usize) {
        lock(&self.pace).add(bytes);
    }

    /// Holds `bytes` more, if all then hold no more than `limit`.
    pub(crate) fn hold(&self, bytes: usize, limit: usize) -> bool {
        let before = self.held.fetch_add(bytes, Ordering::Relaxed);
        if bytes > 0 && before.saturating_add(bytes) > limit {
            self.held.fetch_sub(bytes, Ordering::Relaxed);
            return false;
        }
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        true
    }

    /// What it holds.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Holds nothing any more; what it held.
    fn let_go(&self) -> usize {
        let bytes = self.bytes.swap(0, Ordering::Relaxed);
        self.held.fetch_sub(bytes, Ordering::Relaxed);
        bytes
    }

    /// The client is waited for. Whether it may be: it may have had to go meanwhile.
    pub(crate) fn waits(&self, waker: &Waker) -> bool {
        lock(&self.waker).replace(waker.clone());
        self.is_awaited.store(true, Ordering::Relaxed);
        !self.has_to_go()
    }

    /// The client is no longer waited for.
    pub(crate) fn goes_on(&self) {
        self.is_awaited.store(false, Ordering::Relaxed);
    }

    /// Whether it gave way to others.
    pub(crate) fn has_to_go(&self) -> bool {
        self.has_to_go.load(Ordering::Relaxed)
    }

    /// The client has done something by the time that it is asked to go: a busy server may not have looked.
    /// Whether it may stay, which it may not when others have got what it held.
    pub(crate) fn stays(&self, limit: usize) -> bool {
        let _told = lock(&self.waker);
        if !self.has_to_go() {
            return true;
        }
        let stays = self.hold(self.given_up.load(Ordering::Relaxed), limit);
        self.has_to_go.store(!stays, Ordering::Relaxed);
        stays
    }

    fn is_awaited(&self) -> bool {
        self.is_awaited.load(Ordering::Relaxed) && !self.has_to_go()
    }

    /// Has it give way; what it held.
    fn give_way(&self) -> usize {
        let mut waker = lock(&self.waker);
        let bytes = self.let_go();
        self.given_up.store(bytes, Ordering::Relaxed);
        self.has_to_go.store(true, Ordering::Relaxed);
        let waker = waker.take();
        if let Some(cut_off) = &self.cut_off {
            cut_off.cut();
        }
        if let Some(waker) = waker {
            waker.wake();
        }
        bytes
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        self.let_go();
    }
}

/// All of one kind.
#[derive(Debug, Default)]
pub(crate) struct Holders(Mutex<Slab<Arc<Holder>>>);

impl Holders {
    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        lock(&self.0).len()
    }

    /// One more, until what is returned is dropped.
    pub(crate) fn join(self: &Arc<Self>, holder: Arc<Holder>) -> Membership {
        let key = lock(&self.0).insert(holder);
        Membership {
            holders: Arc::clone(self),
            key,
        }
    }

    /// Has the slowest give way if there are as many as `limit`, those aside that have been told to.
    pub(crate) fn thin_out(&self, limit: usize) {
        let all = lock(&self.0);
        if all.len() < limit {
            return;
        }
        let staying = all.iter().filter(|(_, holder)| !holder.has_to_go());
        if staying.count() < limit {
            return;
        }
        // Several together, so that a rush does not have all looked at for each that comes.
        let many = 1 + limit / 64;
        let mut slow = awaited(&all);
        slow.sort_unstable_by(|(one, _), (other, _)| one.total_cmp(other));
        for (_, holder) in slow.iter().take(many) {
            holder.give_way();
        }
    }

    /// Has those give way that are slow, the largest first, until `bytes` are free; how many are.
    pub(crate) fn free(&self, bytes: usize) -> usize {
        let all = lock(&self.0);
        let mut slow = awaited(&all);
        slow.retain(|(pace, _)| *pace < SLOW);
        slow.sort_by_cached_key(|(_, holder)| holder.bytes.load(Ordering::Relaxed));
        let mut free = 0;
        while free < bytes
            && let Some((_, holder)) = slow.pop()
        {
            free += holder.give_way();
        }
        free
    }
}

/// Those whose client is waited for, with their paces.
fn awaited(all: &Slab<Arc<Holder>>) -> Vec<(f64, &Holder)> {
    let now = Instant::now();
    let holders = all.iter().map(|(_, holder)| &**holder);
    let holders = holders.filter(|holder| holder.is_awaited());
    holders
        .map(|holder| (lock(&holder.pace).at(now), holder))
        .collect()
}

/// That a holder is one of them.
#[derive(Debug)]
pub(crate) struct Membership {
    holders: Arc<Holders>,
    key: usize,
}

impl Drop for Membership {
    fn drop(&mut self) {
        lock(&self.holders.0).try_remove(self.key);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn holder(bytes: usize) -> Arc<Holder> {
        let holder = Arc::new(Holder::new(Arc::default(), true, None));
        assert!(holder.hold(bytes, bytes));
        holder
    }

    #[tokio::test(start_paused = true)]
    async fn the_slowest_give_way_whatever_they_sent_before() {
        let holders = Arc::new(Holders::default());
        let (fast, stalled) = (holder(10), holder(20));
        stalled.moved(30_000_000);
        let _both = [
            holders.join(Arc::clone(&fast)),
            holders.join(Arc::clone(&stalled)),
        ];
        holders.thin_out(3);
        assert!(!stalled.has_to_go());
        tokio::time::sleep(Duration::from_secs(20)).await;
        fast.moved(100_000);
        let new = holder(5);
        let _third = holders.join(Arc::clone(&new));
        holders.thin_out(3);
        assert!(stalled.has_to_go());
        assert_eq!(stalled.held.load(Ordering::Relaxed), 0);
        assert!(!fast.has_to_go() && !new.has_to_go());
    }

    #[tokio::test(start_paused = true)]
    async fn bytes_are_taken_from_those_who_do_little_with_many() {
        let holders = Arc::new(Holders::default());
        let (small, large, fast, unawaited) = (holder(10), holder(1_000), holder(5_000), holder(9));
        unawaited.goes_on();
        let all = [&small, &large, &fast, &unawaited];
        let _all = all.map(|holder| holders.join(Arc::clone(holder)));
        assert_eq!(holders.free(100), 0, "nobody is slow yet");
        for _ in 0..100 {
            tokio::time::sleep(Duration::from_millis(100)).await;
            large.moved(100);
            fast.moved(10_000);
        }
        assert_eq!(holders.free(100), 1_000);
        assert!(large.has_to_go());
        assert_eq!(holders.free(100), 10);
        assert!(small.has_to_go());
        assert_eq!(holders.free(100), 0);
        assert!(!fast.has_to_go() && !unawaited.has_to_go());
    }

    #[test]
    fn whoever_goes_on_in_time_stays_with_what_it_held() {
        let held = Arc::new(AtomicUsize::new(0));
        let one = || Arc::new(Holder::new(Arc::clone(&held), true, None));
        let holders = Arc::new(Holders::default());
        let first = one();
        assert!(first.hold(10, 15));
        let _membership = holders.join(Arc::clone(&first));
        holders.thin_out(1);
        assert!(first.has_to_go() && held.load(Ordering::Relaxed) == 0);
        assert!(first.stays(15) && !first.has_to_go());
        assert_eq!(held.load(Ordering::Relaxed), 10);
        holders.thin_out(1);
        let second = one();
        assert!(second.hold(10, 15));
        assert!(!first.stays(15), "another has its bytes");
        assert_eq!(held.load(Ordering::Relaxed), 10);
    }

    #[test]
    fn nobody_goes_for_those_that_are_going() {
        let holders = Arc::new(Holders::default());
        let all: Vec<_> = (0..3).map(|_| holder(1)).collect();
        let _all: Vec<_> = all
            .iter()
            .map(|one| holders.join(Arc::clone(one)))
            .collect();
        for _ in 0..3 {
            holders.thin_out(3);
        }
        let gone = all.iter().filter(|holder| holder.has_to_go());
        assert_eq!(gone.count(), 1);
    }

    #[test]
    fn whoever_leaves_is_none_of_them() {
        let holders = Arc::new(Holders::default());
        let membership = holders.join(holder(1));
        assert_eq!(holders.len(), 1);
        drop(membership);
        assert_eq!(holders.len(), 0);
    }
}
