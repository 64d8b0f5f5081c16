//! The slots of one app: how many of its requests are worked on at once.
//!
//! A slot is given back while a request waits for bytes of its body, so that nobody holds one who has only
//! announced something. It must not know what waits, nor for how long.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

/// An app none of whose requests ends for so long, while others are rejected, is stuck rather than busy.
const STUCK: Duration = Duration::from_secs(5);

/// All slots of an app. Nobody waits for one, so they are a number and no semaphore.
#[derive(Debug, Clone)]
pub(crate) struct Slots(Arc<SlotCount>);

#[derive(Debug)]
struct SlotCount {
    all: usize,
    taken: AtomicUsize,
    /// Since when none was free when one was wanted, and none was taken: see [`now`]; 0 for never.
    full_since: AtomicU64,
}

impl Slots {
    pub(crate) fn new(all: usize) -> Self {
        Self(Arc::new(SlotCount {
            all,
            taken: AtomicUsize::new(0),
            full_since: AtomicU64::new(0),
        }))
    }

    /// One that is free.
    pub(crate) fn take(&self) -> Option<Slot> {
        self.0.take().then(|| Slot {
            slots: Arc::clone(&self.0),
            is_held: AtomicBool::new(true),
        })
    }

    /// Slots that are taken.
    pub(crate) fn taken(&self) -> usize {
        self.0.taken.load(Ordering::Relaxed)
    }

    /// Whether requests have been rejected for a while in which none of the others ended.
    pub(crate) fn are_stuck(&self) -> bool {
        self.are_stuck_at(now())
    }

    fn are_stuck_at(&self, now: u64) -> bool {
        let since = self.0.full_since.load(Ordering::Relaxed);
        let is_long = since != 0 && now.saturating_sub(since) >= milliseconds(STUCK);
        // One may have become free that nobody has wanted since.
        is_long && self.taken() >= self.0.all
    }
}

impl SlotCount {
    /// Whether one was free, which is then taken.
    fn take(&self) -> bool {
        let one_more = |taken: usize| (taken < self.all).then_some(taken + 1);
        let relaxed = Ordering::Relaxed;
        let taken = self.taken.fetch_update(Ordering::AcqRel, relaxed, one_more);
        let is_free = taken.is_ok();
        let is_set = self.full_since.load(relaxed) != 0;
        match is_free {
            true if is_set => self.full_since.store(0, relaxed),
            false if !is_set => self.full_since.store(now(), relaxed),
            _ => {}
        }
        is_free
    }

    fn give_back(&self) {
        self.taken.fetch_sub(1, Ordering::AcqRel);
    }
}

/// Milliseconds since the first call, from 1.
fn now() -> u64 {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    milliseconds(START.elapsed()) + 1
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// What one request has of them; free again when it is dropped.
#[derive(Debug)]
pub(crate) struct Slot {
    slots: Arc<SlotCount>,
    is_held: AtomicBool,
}

impl Slot {
    /// Leaves it to others, until it is taken again.
    pub(crate) fn give_back(&self) {
        if self.is_held.swap(false, Ordering::Relaxed) {
            self.slots.give_back();
        }
    }

    /// Whether it is held, or was to be had again.
    pub(crate) fn take_again(&self) -> bool {
        if self.is_held.load(Ordering::Relaxed) {
            return true;
        }
        let is_free = self.slots.take();
        // Two may have taken it again at once.
        if is_free && self.is_held.swap(true, Ordering::Relaxed) {
            self.slots.give_back();
        }
        is_free
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.give_back();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_that_was_given_back_is_anybodys() {
        let slots = Slots::new(1);
        let waiting = slots.take().unwrap();
        assert!(slots.take().is_none());
        waiting.give_back();
        let other = slots.take().unwrap();
        assert!(!waiting.take_again());
        assert_eq!(slots.taken(), 1);
        drop(other);
        assert!(waiting.take_again());
        assert!(waiting.take_again());
        assert_eq!(slots.taken(), 1);
        drop(waiting);
        assert_eq!(slots.taken(), 0);
    }

    #[test]
    fn slots_are_stuck_when_none_becomes_free_for_a_while() {
        let slots = Slots::new(1);
        let slot = slots.take().unwrap();
        assert!(slots.take().is_none());
        let later = now() + milliseconds(STUCK);
        assert!(!slots.are_stuck());
        assert!(slots.are_stuck_at(later));
        slot.give_back();
        assert!(!slots.are_stuck_at(later));
        assert!(slot.take_again());
        assert!(!slots.are_stuck_at(later));
        assert!(slots.take().is_none());
        let later = now() + milliseconds(STUCK);
        assert!(slots.are_stuck_at(later));
        drop(slot);
        assert!(!slots.are_stuck_at(later));
    }

    #[test]
    fn slots_are_not_stuck_when_one_became_free_beside_a_refusal() {
        let slots = Slots::new(1);
        // What the refusal notes last, when the slot is back already.
        slots.0.full_since.store(now(), Ordering::Relaxed);
        let later = now() + milliseconds(STUCK);
        assert!(!slots.are_stuck_at(later));
        let _slot = slots.take().unwrap();
        assert!(!slots.are_stuck_at(later));
    }

    #[test]
    fn no_more_are_taken_at_once_than_there_are() {
        let (slots, at_once) = (Slots::new(3), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..5_000 {
                        let Some(slot) = slots.take() else { continue };
                        assert!(at_once.fetch_add(1, Ordering::SeqCst) < 3);
                        at_once.fetch_sub(1, Ordering::SeqCst);
                        slot.give_back();
                        if slot.take_again() {
                            assert!(at_once.fetch_add(1, Ordering::SeqCst) < 3);
                            at_once.fetch_sub(1, Ordering::SeqCst);
                        }
                    }
                });
            }
        });
        assert_eq!(slots.taken(), 0);
    }
}
