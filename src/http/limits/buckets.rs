//! Token buckets by key, in a table whose size never changes.
//!
//! A bucket is one point in time, the one at which it is full again: taking a token moves it on by the
//! time that a token takes to come back, and is refused when it would lie further ahead than the whole
//! bucket takes (GCRA, the virtual scheduling of ATM networks). Memory and the work per request are bounded
//! whoever asks; nothing cleans up. Times are arguments, so that tests need no clock. It must not know what
//! a key stands for.

use std::hash::{BuildHasher as _, Hash, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Positions at which one key's bucket can lie.
pub(crate) const WAYS: usize = 8;

/// A table of sets; the hash of a key says in which one its bucket lies.
pub(crate) struct Buckets<K> {
    sets: Box<[Mutex<[Bucket<K>; WAYS]>]>,
    /// Seeded at random, so that nobody can choose keys that share a set.
    hasher: RandomState,
    /// Time in which a token comes back.
    token: Duration,
    /// Time in which an empty bucket becomes full.
    depth: Duration,
    /// When the table was made: what lies there is full.
    begin: Instant,
}

#[derive(Debug, Clone, Copy)]
struct Bucket<K> {
    key: Option<K>,
    full_at: Instant,
}

impl<K: Copy + Eq + Hash> Buckets<K> {
    /// Buckets of `burst` tokens, each of which comes back in `token`; `WAYS` keys in each of `sets` are
    /// counted concurrently.
    pub(crate) fn new(token: Duration, burst: u32, sets: usize) -> Self {
        let begin = Instant::now();
        let unused = Bucket {
            key: None,
            full_at: begin,
        };
        Self {
            sets: (0..sets).map(|_| Mutex::new([unused; WAYS])).collect(),
            hasher: RandomState::new(),
            token,
            depth: token.saturating_mul(burst),
            begin,
        }
    }

    /// What they take of memory.
    #[cfg(test)]
    pub(crate) fn bytes(&self) -> usize {
        size_of_val(&*self.sets)
    }

    /// Takes a token from the bucket of `key` at `now`; if there is none, the error is the time until
    /// there is one.
    pub(crate) fn take(&self, key: K, now: Instant) -> Result<(), Duration> {
        let mut set = self.set(&key);
        let bucket = bucket_of(&mut set, key, now);
        self.wait(bucket, now)?;
        bucket.full_at = bucket.full_at.max(now) + self.token;
        Ok(())
    }

    /// Whether the bucket of `key` has a token at `now`, which stays there; if not, the error is the time
    /// until there is one.
    pub(crate) fn check(&self, key: K, now: Instant) -> Result<(), Duration> {
        let set = self.set(&key);
        let known = set.iter().find(|bucket| bucket.key == Some(key));
        known.map_or(Ok(()), |bucket| self.wait(bucket, now))
    }

    /// Takes a token whether there is one or not: what is owed comes back before anything else, up to twice
    /// the time that an empty bucket takes.
    pub(crate) fn charge(&self, key: K, now: Instant) {
        let mut set = self.set(&key);
        let bucket = bucket_of(&mut set, key, now);
        let full_at = bucket.full_at.max(now) + self.token;
        bucket.full_at = full_at.min(now + 2 * self.depth);
    }

    /// Gives all tokens back.
    pub(crate) fn forget(&self, key: K) {
        let mut set = self.set(&key);
        if let Some(bucket) = set.iter_mut().find(|bucket| bucket.key == Some(key)) {
            bucket.key = None;
            // What is over is taken by the next newcomer.
            bucket.full_at = self.begin;
        }
    }

    fn set(&self, key: &K) -> MutexGuard<'_, [Bucket<K>; WAYS]> {
        let sets = self.sets.len() as u64;
        let index = usize::try_from(self.hasher.hash_one(key) % sets).unwrap_or_default();
        self.sets[index]
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// The time until a token is there.
    fn wait(&self, bucket: &Bucket<K>, now: Instant) -> Result<(), Duration> {
        let full_at = bucket.full_at.max(now) + self.token;
        let wait = full_at.saturating_duration_since(now + self.depth);
        if wait.is_zero() { Ok(()) } else { Err(wait) }
    }
}

/// The bucket of a key. A new key gets the place of the bucket that is full or becomes so first: one
/// that is full says nothing that a new one would not say. Where none is, the key that is furthest
/// from its limit is forgotten, so that strangers in any number cannot free one that is over it.
fn bucket_of<K: Copy + Eq>(set: &mut [Bucket<K>; WAYS], key: K, now: Instant) -> &mut Bucket<K> {
    let mut place = 0;
    for (index, bucket) in set.iter().enumerate() {
        if bucket.key == Some(key) {
            return &mut set[index];
        }
        if bucket.full_at < set[place].full_at {
            place = index;
        }
    }
    set[place] = Bucket {
        key: Some(key),
        full_at: now,
    };
    &mut set[place]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// More than a set, in many of them.
    const TRACKED: usize = 65_536;

    const SECOND: Duration = Duration::from_secs(1);

    /// A token each two seconds, three at most.
    fn slow(sets: usize) -> (Buckets<u32>, Instant) {
        (Buckets::new(2 * SECOND, 3, sets), Instant::now())
    }

    #[test]
    fn a_burst_is_served_and_then_the_rate() {
        let (buckets, start) = slow(1);
        let take = |seconds: u32| buckets.take(1, start + seconds * SECOND);
        for _ in 0..3 {
            assert_eq!(take(0), Ok(()));
        }
        assert_eq!(take(0), Err(2 * SECOND));
        assert_eq!(take(1), Err(SECOND), "refusals take nothing");
        assert_eq!(take(2), Ok(()));
        assert_eq!(take(2), Err(2 * SECOND));
        assert_eq!(take(6), Ok(()));
        assert_eq!(take(6), Ok(()));
        assert_eq!(take(7), Err(SECOND));
    }

    #[test]
    fn a_bucket_never_holds_more_than_the_burst() {
        let (buckets, start) = slow(1);
        let late = start + 1_000_000 * SECOND;
        for _ in 0..3 {
            assert_eq!(buckets.take(1, late), Ok(()));
        }
        assert_eq!(buckets.take(1, late), Err(2 * SECOND));
    }

    #[test]
    fn clients_do_not_share_tokens() {
        let (buckets, start) = slow(1);
        for number in 0..8 {
            for _ in 0..3 {
                assert_eq!(buckets.take(number, start), Ok(()));
            }
        }
        for number in 0..8 {
            assert!(buckets.take(number, start).is_err(), "{number}");
        }
    }

    #[test]
    fn a_new_client_takes_the_place_of_a_full_bucket() {
        let (buckets, start) = slow(1);
        for number in 0..8 {
            let requests = if number == 5 { 1 } else { 3 };
            for _ in 0..requests {
                buckets.take(number, start).unwrap();
            }
        }
        // Only number 5 has all its tokens again.
        let later = start + 3 * SECOND;
        buckets.take(100, later).unwrap();
        let full = |bucket: &Bucket<u32>| bucket.full_at <= later;
        let set = buckets.sets[0].lock().unwrap();
        assert!(set.iter().all(|bucket| bucket.key != Some(5)));
        assert!(!set.iter().any(full));
    }

    #[test]
    fn no_number_of_strangers_frees_a_client_that_is_over_its_limit() {
        let buckets = Buckets::new(SECOND, 3, TRACKED / WAYS);
        let start = Instant::now();
        let greedy = u32::MAX;
        while buckets.take(greedy, start).is_ok() {}
        for number in 0..u32::try_from(4 * TRACKED).unwrap() {
            assert_eq!(buckets.take(number, start), Ok(()), "a stranger");
        }
        assert_eq!(buckets.take(greedy, start), Err(SECOND));
    }

    #[test]
    fn what_is_owed_comes_back_first_and_has_an_end() {
        let (buckets, start) = slow(1);
        let at = |seconds: u32| start + seconds * SECOND;
        assert_eq!(buckets.check(1, at(0)), Ok(()));
        for _ in 0..5 {
            buckets.charge(1, at(0));
        }
        // Two are owed: they take four seconds, and a token two more.
        assert_eq!(buckets.check(1, at(0)), Err(6 * SECOND));
        assert_eq!(buckets.check(2, at(0)), Ok(()), "another's");
        assert_eq!(buckets.check(1, at(5)), Err(SECOND));
        assert_eq!(buckets.check(1, at(6)), Ok(()));
        for _ in 0..100 {
            buckets.charge(1, at(6));
        }
        assert_eq!(buckets.check(1, at(6)), Err(8 * SECOND));
        buckets.forget(1);
        assert_eq!(buckets.check(1, at(6)), Ok(()));
        assert_eq!(buckets.take(1, at(6)), Ok(()));
    }
}
