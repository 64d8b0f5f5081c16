//! What was made from one revision of a store's data, cached until the data changes.
//!
//! A revision names one state of the data exactly (`store::Revision`), so what is cached under it is right
//! as long as it is the store's. It begins anew with each revision, and when there is no room left.
//! Values that every viewer may see ([`RevisionCache`]) and values of one viewer each ([`ViewerCache`]) are
//! different types; a reading takes and gives only those that are of its own kind. It must not know what
//! it caches.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, Hash};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{PoisonError, RwLock};

use foldhash::{fast, quality};

use crate::http::Viewer;
use crate::store::Revision;

/// Values by key, of one revision, that every viewer may see.
#[derive(Debug)]
pub struct RevisionCache<K, V> {
    /// Bytes that all values together may have.
    most_bytes: usize,
    entries: RwLock<Entries<K, V>>,
    /// What was made before, where only what is made again is cached.
    made: Option<MadeBefore>,
}

#[derive(Debug)]
struct Entries<K, V> {
    revision: Option<Revision>,
    bytes: usize,
    /// Its hashes are seeded at random: no list of keys that share a place is good for another process.
    values: HashMap<K, V, fast::RandomState>,
}

impl<K: Eq + Hash, V: Clone> RevisionCache<K, V> {
    /// Caches up to so many bytes.
    #[must_use]
    pub fn new(most_bytes: usize) -> Self {
        Self {
            most_bytes,
            entries: RwLock::new(Entries {
                revision: None,
                bytes: 0,
                values: HashMap::default(),
            }),
            made: None,
        }
    }

    /// Caches up to so many bytes of what is made again, and nothing the first time: for values of which
    /// there are so many that most are asked for once. Caching one costs more than its bytes, since memory
    /// that was used a moment ago is warm, and that of the next value is not.
    #[must_use]
    pub fn of_repeated(most_bytes: usize) -> Self {
        Self {
            made: Some(MadeBefore::default()),
            ..Self::new(most_bytes)
        }
    }

    /// What was made from `revision` for `key`.
    pub(super) fn get(&self, revision: Revision, key: &K) -> Option<V> {
        let entries = self.entries.read().unwrap_or_else(PoisonError::into_inner);
        (entries.revision == Some(revision))
            .then(|| entries.values.get(key).cloned())
            .flatten()
    }

    /// Caches what was made from `revision`; key and value hold `bytes` bytes beside what they are
    /// themselves.
    pub(super) fn put(&self, revision: Revision, key: K, value: V, bytes: usize) {
        let bytes = bytes + size_of::<(K, V)>();
        if bytes > self.most_bytes {
            return;
        }
        if let Some(made) = &self.made
            && !made.notes(&key)
        {
            return;
        }
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        let is_same = entries.revision == Some(revision);
        // Two may have made it concurrently.
        if is_same && entries.values.contains_key(&key) {
            return;
        }
        let mut old = HashMap::default();
        if !is_same || entries.bytes + bytes > self.most_bytes {
            old = std::mem::take(&mut entries.values);
            entries.bytes = 0;
            entries.revision = Some(revision);
        }
        entries.values.insert(key, value);
        entries.bytes += bytes;
        // Freeing many takes a while, for which nobody should wait.
        drop(entries);
        drop(old);
    }
}

/// Which keys came before, as far as a table of a fixed size knows: one forgets another, and two may be
/// taken for one. What is cached depends on it, and never what is answered.
#[derive(Debug)]
struct MadeBefore {
    places: Box<[AtomicU32]>,
    /// Of quality: all bits of a hash are used.
    hasher: quality::RandomState,
}

/// Keys that are remembered.
const REMEMBERED: usize = 16 * 1024;

impl Default for MadeBefore {
    fn default() -> Self {
        Self {
            places: (0..REMEMBERED).map(|_| AtomicU32::new(0)).collect(),
            hasher: quality::RandomState::default(),
        }
    }
}

impl MadeBefore {
    /// Notes a key; whether it came before.
    fn notes(&self, key: &impl Hash) -> bool {
        let hash = self.hasher.hash_one(key);
        let (mark, place) = ((hash >> 32) as u32, hash & 0xffff_ffff);
        let place = usize::try_from(place).unwrap_or_default() % self.places.len();
        // 0 is that of no key.
        let mark = mark | 1;
        self.places[place].swap(mark, Ordering::Relaxed) == mark
    }
}

/// Values by viewer and key, of one revision.
#[derive(Debug)]
pub struct ViewerCache<K, V>(RevisionCache<(Viewer, K), V>);

impl<K: Eq + Hash, V: Clone> ViewerCache<K, V> {
    /// Keeps up to so many bytes, of all viewers together.
    #[must_use]
    pub fn new(most_bytes: usize) -> Self {
        Self(RevisionCache::new(most_bytes))
    }

    /// As [`RevisionCache::of_repeated`].
    #[must_use]
    pub fn of_repeated(most_bytes: usize) -> Self {
        Self(RevisionCache::of_repeated(most_bytes))
    }

    /// What was made from `revision` for `viewer` and `key`, or the key again.
    pub(super) fn get(&self, revision: Revision, viewer: Viewer, key: K) -> Result<V, K> {
        let key = (viewer, key);
        self.0.get(revision, &key).ok_or(key.1)
    }

    /// As [`RevisionCache::put`].
    pub(super) fn put(&self, revision: Revision, viewer: Viewer, key: K, value: V, bytes: usize) {
        self.0.put(revision, (viewer, key), value, bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::DigestKey;

    #[test]
    fn values_are_of_one_revision() {
        let [first, second] = [1, 2].map(Revision::of_changes);
        let cache = RevisionCache::new(100);
        cache.put(first, "a", 1, 10);
        assert_eq!(cache.get(first, &"a"), Some(1));
        assert_eq!(cache.get(first, &"b"), None);
        assert_eq!(cache.get(second, &"a"), None);
        cache.put(second, "b", 2, 10);
        assert_eq!(cache.get(first, &"a"), None);
        assert_eq!(cache.get(second, &"b"), Some(2));
        assert_eq!(cache.get(second, &"a"), None);
    }

    #[test]
    fn what_is_made_again_is_cached_and_nothing_before() {
        let [first, second] = [1, 2].map(Revision::of_changes);
        let cache = RevisionCache::of_repeated(100_000);
        for key in 0..100 {
            cache.put(first, key, key, 4);
            assert_eq!(cache.get(first, &key), None);
        }
        for key in 0..100 {
            // In another revision, too: what is asked for does not change with what it is.
            cache.put(second, key, key, 4);
        }
        let cached = (0..100).filter(|key| cache.get(second, key) == Some(*key));
        // Few share a place.
        assert!(cached.count() > 90);
    }

    #[test]
    fn what_is_kept_for_a_viewer_is_found_by_nobody_else() {
        let revision = Revision::of_changes(1);
        let key = DigestKey::random();
        let cache = ViewerCache::new(1000);
        let viewers = [
            Viewer::Anonymous,
            Viewer::user(&key, 1, 0),
            Viewer::user(&key, 2, 0),
            Viewer::user(&key, 1, 1),
        ];
        for (number, viewer) in viewers.into_iter().enumerate() {
            assert_eq!(cache.get(revision, viewer, "a"), Err("a"));
            cache.put(revision, viewer, "a", number, 10);
        }
        for (number, viewer) in viewers.into_iter().enumerate() {
            assert_eq!(cache.get(revision, viewer, "a"), Ok(number));
            assert_eq!(cache.get(revision, viewer, "b"), Err("b"));
        }
    }

    #[test]
    fn there_are_never_more_bytes_than_allowed() {
        const OWN: usize = size_of::<(u64, u64)>();
        let revision = Revision::of_changes(1);
        let cache = RevisionCache::new(10 * (OWN + 4));
        cache.put(revision, 0, 0, 10 * (OWN + 4));
        assert_eq!(cache.get(revision, &0), None);
        for key in 1..=10_u64 {
            cache.put(revision, key, key, 4);
            cache.put(revision, key, key, 4);
        }
        assert!((1..=10).all(|key| cache.get(revision, &key) == Some(key)));
        cache.put(revision, 11, 11, 4);
        assert_eq!(cache.get(revision, &11), Some(11));
        assert!((1..=10).all(|key| cache.get(revision, &key).is_none()));
    }
}
