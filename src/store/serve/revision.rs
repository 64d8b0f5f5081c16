//! Revisions: each names one state of the data that readers can see.
//!
//! Two reads in the same revision show the same data, whatever process and time they are in; so what
//! is made from a read can be named by its revision. That holds because the writer counts twice for
//! each commit that reads can show: before SQLite may show it to anyone, and when all readers were notified
//! and what is derived from it is in its place. In between there is no revision. A read shows one
//! revision when that is the store's before it begins and after it ends ([`crate::store::Store::revision`]).
//!
//! Where a write says that one user's reads alone show it, the others' states go on: an [`OwnRevision`] names
//! what one user's reads show, by the last change that all may see and the last of the user's own.

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

/// One state of what the reads of one user show, which is the same in many revisions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnRevision {
    pub(in crate::store) lineage: u64,
    pub(in crate::store) generation: u64,
    /// The last change that all may see, and the last of the user's own.
    pub(in crate::store) changes: [u64; 2],
}

impl OwnRevision {
    /// Some revision, for tests of what depends on one.
    #[cfg(test)]
    pub(crate) fn of_changes(changes: [u64; 2]) -> Self {
        Self {
            lineage: 0,
            generation: 0,
            changes,
        }
    }
}

/// Whose reads show what a group of writes changes.
#[derive(Debug, Default)]
pub(in crate::store) struct Audience {
    /// Whether all may.
    is_all: bool,
    /// The users who do, if it is not all.
    users: Vec<i64>,
}

impl Audience {
    pub(in crate::store) fn all() -> Self {
        Self {
            is_all: true,
            users: Vec::new(),
        }
    }

    pub(in crate::store) fn add_all(&mut self) {
        self.is_all = true;
    }

    pub(in crate::store) fn add(&mut self, user: i64) {
        self.users.push(user);
    }

    pub(in crate::store) fn is_empty(&self) -> bool {
        !self.is_all && self.users.is_empty()
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
    /// The number of the last one that all may see: odd while it is under way, as `count` is.
    of_all: AtomicU64,
    /// The same of users, some of whom share a place: then one takes changes of the other for their own.
    of_users: Box<[AtomicU64]>,
}

/// Places for the changes of single users: 16 KiB a generation.
const USER_PLACES: i64 = 2_048;

impl Default for ChangeCounter {
    fn default() -> Self {
        Self {
            count: AtomicU64::new(0),
            is_pending: AtomicBool::new(false),
            since: AtomicU64::new(now()),
            of_all: AtomicU64::new(0),
            of_users: (0..USER_PLACES).map(|_| AtomicU64::new(0)).collect(),
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
    /// Reads of these may show the change from here on.
    pub(in crate::store) fn begin(&self, audience: &Audience) {
        let number = self.count.fetch_add(1, Ordering::SeqCst) + 1;
        self.note(audience, number);
        // Whoever sees anything of what follows sees the number too.
        fence(Ordering::SeqCst);
    }

    /// All reads that start from here on show the change, or none does because it failed.
    pub(in crate::store) fn end(&self, audience: &Audience) {
        // A state that is read now is not older than this.
        self.since.store(now(), Ordering::SeqCst);
        let number = self.count.fetch_add(1, Ordering::SeqCst) + 1;
        self.note(audience, number);
    }

    fn note(&self, audience: &Audience, number: u64) {
        if audience.is_all {
            self.of_all.store(number, Ordering::SeqCst);
            return;
        }
        for user in &audience.users {
            self.place(*user).store(number, Ordering::SeqCst);
        }
    }

    fn place(&self, user: i64) -> &AtomicU64 {
        // Those who came one behind the other have a place each.
        let place = user.rem_euclid(USER_PLACES);
        &self.of_users[usize::try_from(place).unwrap_or_default()]
    }

    /// The numbers of the last changes that reads of `user` may show, or those of everybody, unless one is
    /// under way.
    pub(in crate::store) fn settled_for(&self, user: Option<i64>) -> Option<[u64; 2]> {
        // What was read before was read before.
        fence(Ordering::Acquire);
        let of_all = self.of_all.load(Ordering::SeqCst);
        let own = user.map_or(0, |user| self.place(user).load(Ordering::SeqCst));
        let changes = [of_all, own];
        let is_settled = changes.iter().all(|last| last.is_multiple_of(2));
        is_settled.then_some(changes)
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
        changes.begin(&Audience::all());
        assert_eq!(changes.settled(), None);
        changes.end(&Audience::all());
        assert_ne!(changes.settled().unwrap(), before);
    }

    #[test]
    fn changes_of_one_user_are_no_changes_for_others() {
        let changes = ChangeCounter::default();
        let settled = || [Some(1), Some(2), Some(3), None].map(|user| changes.settled_for(user));
        let mut audience = Audience::default();
        assert!(audience.is_empty());
        audience.add(1);
        audience.add(3);
        let (before, revision) = (settled(), changes.settled());
        changes.begin(&audience);
        assert_eq!(settled(), [None, before[1], None, before[3]]);
        assert_eq!(changes.settled(), None);
        changes.end(&audience);
        let after = settled();
        assert!(after[0].is_some() && after[0] != before[0]);
        assert_eq!([after[1], after[3]], [before[1], before[3]]);
        assert!(after[2].is_some() && after[2] != before[2]);
        assert_ne!(changes.settled(), revision);
        // What all may see, each does, whoever wrote beside it.
        audience.add_all();
        changes.begin(&audience);
        assert_eq!(settled(), [None; 4]);
        changes.end(&audience);
        for (last, before) in settled().into_iter().zip(after) {
            assert!(last.is_some() && last != before);
        }
    }

    #[test]
    fn lineages_of_primaries_differ() {
        assert_ne!(new_lineage(), new_lineage());
    }
}
