//! The slots of one app: how many of its requests are worked on at once.
//!
//! A slot is given back while a request waits for bytes of its body, so that nobody holds one who has only
//! announced something. It must not know what waits, nor for how long.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// An app none of whose requests ends for so long, while others are rejected, is stuck rather than busy.
const STUCK: Duration = Duration::from_secs(5);

/// All slots of an app.
#[derive(Debug, Clone)]
pub(crate) struct Slots {
    permits: Arc<Semaphore>,
    all: usize,
    /// Since when none was free when one was wanted, and none was taken: see [`now`]; 0 for never.
    full_since: Arc<AtomicU64>,
}

impl Slots {
    pub(crate) fn new(all: usize) -> Self {
        let all = all.min(Semaphore::MAX_PERMITS);
        Self {
            permits: Arc::new(Semaphore::new(all)),
            all,
            full_since: Arc::default(),
        }
    }

    /// One that is free.
    pub(crate) fn take(&self) -> Option<Slot> {
        let permit = self.permit()?;
        Some(Slot {
            slots: self.clone(),
            permit: Mutex::new(Some(permit)),
        })
    }

    fn permit(&self) -> Option<OwnedSemaphorePermit> {
        let permit = Arc::clone(&self.permits).try_acquire_owned().ok();
        let is_set = self.full_since.load(Ordering::Relaxed) != 0;
        match &permit {
            Some(_) if is_set => self.full_since.store(0, Ordering::Relaxed),
            None if !is_set => self.full_since.store(now(), Ordering::Relaxed),
            _ => {}
        }
        permit
    }

    /// Slots that are taken.
    pub(crate) fn taken(&self) -> usize {
        self.all - self.permits.available_permits()
    }

    /// Whether requests have been rejected for a while in which none of the others ended.
    pub(crate) fn are_stuck(&self) -> bool {
        self.are_stuck_at(now())
    }

    fn are_stuck_at(&self, now: u64) -> bool {
        let since = self.full_since.load(Ordering::Relaxed);
        let is_long = since != 0 && now.saturating_sub(since) >= milliseconds(STUCK);
        // One may have become free that nobody has wanted since.
        is_long && self.permits.available_permits() == 0
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
    slots: Slots,
    permit: Mutex<Option<OwnedSemaphorePermit>>,
}

impl Slot {
    /// Leaves it to others, until it is taken again.
    pub(crate) fn give_back(&self) {
        *self.permit.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Whether it is held, or was to be had again.
    pub(crate) fn take_again(&self) -> bool {
        let mut permit = self.permit.lock().unwrap_or_else(PoisonError::into_inner);
        if permit.is_none() {
            *permit = self.slots.permit();
        }
        permit.is_some()
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
        slots.full_since.store(now(), Ordering::Relaxed);
        let later = now() + milliseconds(STUCK);
        assert!(!slots.are_stuck_at(later));
        let _slot = slots.take().unwrap();
        assert!(!slots.are_stuck_at(later));
    }
}
