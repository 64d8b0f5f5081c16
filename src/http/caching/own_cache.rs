//! What was made for single users, each kept as long as nothing has changed that the user is shown.
//!
//! Beside every value stands the [`OwnRevision`] that it was made from; in another one it is not found. So
//! what one user writes costs others nothing. Keys hold the user, and a reading finds what is its own user's
//! only. Of two halves the older one goes when the younger is full, and what is used moves to the younger. It
//! must not know what it keeps.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};

use foldhash::fast::RandomState;

use crate::store::{OwnRevision, Store};

/// Whose it is, and what.
type UserKey<K> = (Option<i64>, K);

/// Values by user and key.
#[derive(Debug)]
pub struct OwnCache<K, V> {
    /// Bytes of each half.
    most_bytes: usize,
    halves: Mutex<Halves<UserKey<K>, V>>,
}

/// Its hashes are seeded at random: no list of keys that share a place is good for another process.
type Half<K, V> = HashMap<K, KeptValue<V>, RandomState>;

#[derive(Debug)]
struct Halves<K, V> {
    young: Half<K, V>,
    /// Bytes of the younger half.
    bytes: usize,
    old: Half<K, V>,
}

#[derive(Debug)]
struct KeptValue<V> {
    revision: OwnRevision,
    value: V,
    bytes: usize,
}

impl<K: Eq + Hash, V: Clone> OwnCache<K, V> {
    /// Keeps up to so many bytes, of all users together.
    #[must_use]
    pub fn new(most_bytes: usize) -> Self {
        let halves = Halves {
            young: HashMap::default(),
            bytes: 0,
            old: HashMap::default(),
        };
        Self {
            most_bytes: most_bytes / 2,
            halves: Mutex::new(halves),
        }
    }

    fn get(&self, revision: OwnRevision, user: Option<i64>, key: K) -> Option<V> {
        let key = (user, key);
        let mut halves = self.halves();
        if let Some(kept) = halves.young.get(&key) {
            return (kept.revision == revision).then(|| kept.value.clone());
        }
        let kept = halves.old.remove(&key)?;
        if kept.revision != revision {
            return None;
        }
        let value = kept.value.clone();
        let dropped = self.insert(&mut halves, key, kept);
        drop(halves);
        drop(dropped);
        Some(value)
    }

    /// Keeps what was made from `revision`; key and value hold `bytes` bytes beside what they are themselves.
    fn put(&self, revision: OwnRevision, user: Option<i64>, key: K, value: V, bytes: usize) {
        // Twice in a table, which is never full.
        let bytes = bytes + 2 * size_of::<(UserKey<K>, KeptValue<V>)>();
        if bytes > self.most_bytes {
            return;
        }
        let kept = KeptValue {
            revision,
            value,
            bytes,
        };
        let mut halves = self.halves();
        let dropped = self.insert(&mut halves, (user, key), kept);
        // Freeing many takes a while, for which nobody should wait.
        drop(halves);
        drop(dropped);
    }

    /// Adds to the younger half, which becomes the older one when it is full; what goes then.
    fn insert(
        &self,
        halves: &mut Halves<UserKey<K>, V>,
        key: UserKey<K>,
        kept: KeptValue<V>,
    ) -> Half<UserKey<K>, V> {
        let mut dropped = HashMap::default();
        if halves.bytes + kept.bytes > self.most_bytes {
            let full = std::mem::take(&mut halves.young);
            dropped = std::mem::replace(&mut halves.old, full);
            halves.bytes = 0;
        }
        halves.bytes += kept.bytes;
        if let Some(before) = halves.young.insert(key, kept) {
            halves.bytes -= before.bytes;
        }
        dropped
    }

    fn halves(&self) -> MutexGuard<'_, Halves<UserKey<K>, V>> {
        self.halves.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A read of what one user is shown, that begins in an [`OwnRevision`] and keeps what is made in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnReading {
    user: Option<i64>,
    before: Option<OwnRevision>,
}

impl OwnReading {
    /// To be called before anything is read from `store` for `user`. Whatever is read, also elsewhere and in
    /// several reads, until something is kept is then of one state.
    #[must_use]
    pub fn begin(store: &Store, user: i64) -> Self {
        Self::of(store, Some(user))
    }

    /// The same of what no write of a single user changes, for caches that are not by user.
    #[must_use]
    pub fn begin_common(store: &Store) -> Self {
        Self::of(store, None)
    }

    fn of(store: &Store, user: Option<i64>) -> Self {
        let before = store.own_revision(user);
        Self { user, before }
    }

    /// What is kept for the user under `key` of the state that is read.
    #[must_use]
    pub fn cached<K: Eq + Hash, V: Clone>(&self, cache: &OwnCache<K, V>, key: K) -> Option<V> {
        cache.get(self.before?, self.user, key)
    }

    /// Keeps what was read from `store`, `bytes` as in `RevisionCache`, unless
    /// something has changed meanwhile that the user is shown.
    pub fn keep<K: Eq + Hash, V: Clone>(
        &self,
        store: &Store,
        cache: &OwnCache<K, V>,
        key: K,
        value: V,
        bytes: usize,
    ) {
        if let Some(revision) = self.before
            && store.own_revision(self.user) == Some(revision)
        {
            cache.put(revision, self.user, key, value, bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: usize = 2 * size_of::<(UserKey<u64>, KeptValue<u64>)>();

    fn revision(of_all: u64, own: u64) -> OwnRevision {
        OwnRevision::of_changes([of_all, own])
    }

    #[test]
    fn values_are_of_one_state_of_one_user() {
        let cache = OwnCache::new(10_000);
        cache.put(revision(2, 4), Some(1), 7, 70, 0);
        assert_eq!(cache.get(revision(2, 4), Some(1), 7), Some(70));
        assert_eq!(cache.get(revision(2, 4), Some(1), 8), None);
        assert_eq!(cache.get(revision(2, 4), Some(2), 7), None);
        assert_eq!(cache.get(revision(2, 6), Some(1), 7), None);
        assert_eq!(cache.get(revision(4, 4), Some(1), 7), None);
        cache.put(revision(4, 4), Some(1), 7, 71, 0);
        assert_eq!(cache.get(revision(4, 4), Some(1), 7), Some(71));
        assert_eq!(cache.get(revision(2, 4), Some(1), 7), None);
    }

    #[test]
    fn there_are_never_more_bytes_than_allowed_and_what_is_used_stays() {
        let state = revision(0, 0);
        let cache: OwnCache<u64, u64> = OwnCache::new(20 * (OWN + 4));
        cache.put(state, Some(1), 0, 0, 10 * (OWN + 4));
        assert_eq!(cache.get(state, Some(1), 0), None);
        for key in 1..=100 {
            cache.put(state, Some(1), key, key, 4);
            // In place of itself.
            cache.put(state, Some(1), key, key, 4);
            assert_eq!(cache.get(state, Some(1), 1), Some(1), "{key}");
            let halves = cache.halves();
            assert!(halves.young.len() <= 10 && halves.old.len() <= 10, "{key}");
        }
        let kept = (1..=100).filter(|key| cache.get(state, Some(1), *key).is_some());
        assert!(kept.count() >= 10);
        // A value of another state goes when it is found.
        let other = revision(2, 0);
        assert!((1..=100).all(|key| cache.get(other, Some(1), key).is_none()));
    }
}
