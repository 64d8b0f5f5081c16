//! Revisions: each names one state of the data that readers can see.
//!
//! Two reads in the same revision show the same data, whatever process and time they are in; so what
//! is made from a read can be named by its revision. That holds because the writer counts twice for
//! each commit that reads can show: before SQLite may show it to anyone, and when all readers were notified
//! and what is derived from it is in its place. In between there is no revision. A read shows one
//! revision when that is the store's before it begins and after it ends ([`crate::store::Store::revision`]).

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering, fence};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sha2::{Digest as _, Sha256};

use crate::file::provenance::Provenance;
use crate::release;

/// One state of a store's data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Revision {
    /// Which data: see [`lineage_of_baked`] and [`new_lineage`].
    pub(in crate::store) lineage: u64,
    pub(in crate::store) generation: u64,
    pub(in crate::store) changes: u64,
}

impl Revision {
    /// Some revision, for tests of what depends on one.
    #[cfg(test)]
    pub(crate) fn of_changes(changes: u64) -> Self {
        Self::of_numbers([0, 0, changes])
    }

    /// That of these numbers.
    #[cfg(test)]
    pub(crate) fn of_numbers([lineage, generation, changes]: [u64; 3]) -> Self {
        Self {
            lineage,
            generation,
            changes,
        }
    }

    /// Its three numbers, which together no other state has.
    #[must_use]
    pub fn numbers(&self) -> [u64; 3] {
        [self.lineage, self.generation, self.changes]
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [lineage, generation, changes] = self.numbers();
        write!(f, "{lineage:x}.{generation:x}.{changes:x}")
    }
}

/// The lineage of a primary: its own, and another one after each start, since commits are counted
/// anew.
pub(in crate::store) fn new_lineage() -> u64 {
    release::random()
}

/// The lineage of a file that never changes: the same for all replicas that serve it with the same
/// build, before and after a restart.
pub(in crate::store) fn lineage_of_baked(provenance: &Provenance) -> u64 {
    let mut hash = Sha256::new();
    hash.update(release::identity());
    // All of it: another bake of the same inputs may be by another importer.
    hash.update(format!("{provenance:?}"));
    let digest = hash.finalize();
    digest
        .iter()
        .take(8)
        .fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// Counts the changes of one generation: even while none is under way.
#[derive(Debug)]
pub(in crate::store) struct ChangeCounter {
    count: AtomicU64,
    /// Whether the writer's transaction holds something that reads will show.
    is_pending: AtomicBool,
    /// When the last one ended, or else when the counting began, in milliseconds since 1970.
    since: AtomicU64,
}

impl Default for ChangeCounter {
    fn default() -> Self {
        Self {
            count: AtomicU64::new(0),
            is_pending: AtomicBool::new(false),
            since: AtomicU64::new(now()),
        }
    }
}

/// Milliseconds since 1970, by the wall clock, and never less than have passed: a state that is taken for
/// younger than it is makes a condition fail, one that is taken for older would let it hold.
fn now() -> u64 {
    let passed = SystemTime::now().duration_since(UNIX_EPOCH);
    let passed = passed.unwrap_or_default() + Duration::from_millis(1);
    u64::try_from(passed.as_millis()).unwrap_or(u64::MAX)
}

impl ChangeCounter {
    /// Reads may show the change from here on.
    pub(in crate::store) fn begin(&self) {
        self.count.fetch_add(1, Ordering::SeqCst);
        // Whoever sees anything of what follows sees the number too.
        fence(Ordering::SeqCst);
    }

    /// All reads that start from here on show the change, or none does because it failed.
    pub(in crate::store) fn end(&self) {
        // A state that is read now is not older than this.
        self.since.store(now(), Ordering::SeqCst);
        self.count.fetch_add(1, Ordering::SeqCst);
    }

    /// The number, unless a change is under way.
    pub(in crate::store) fn settled(&self) -> Option<u64> {
        // What was read before was read before.
        fence(Ordering::Acquire);
        let changes = self.count.load(Ordering::SeqCst);
        changes.is_multiple_of(2).then_some(changes)
    }

    /// Whether the writer's transaction holds something that reads will show; for the writer's thread,
    /// which nobody else's answer would concern.
    pub(in crate::store) fn set_pending(&self, is_pending: bool) {
        self.is_pending.store(is_pending, Ordering::Relaxed);
    }

    /// What [`Self::set_pending`] said last.
    pub(in crate::store) fn is_pending(&self) -> bool {
        self.is_pending.load(Ordering::Relaxed)
    }

    /// When reads began to show what they show.
    pub(in crate::store) fn since(&self) -> SystemTime {
        let passed = Duration::from_millis(self.since.load(Ordering::SeqCst));
        UNIX_EPOCH
            .checked_add(passed)
            .unwrap_or_else(SystemTime::now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_no_number_while_a_change_is_under_way_and_another_one_afterwards() {
        let changes = ChangeCounter::default();
        let before = changes.settled().unwrap();
        changes.begin();
        assert_eq!(changes.settled(), None);
        changes.end();
        assert_ne!(changes.settled().unwrap(), before);
    }

    #[test]
    fn lineages_of_primaries_differ() {
        assert_ne!(new_lineage(), new_lineage());
    }
}
