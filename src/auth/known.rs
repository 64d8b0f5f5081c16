//! What texts of clients were found to say: tokens whose signature was found right, session cookies that were
//! opened. So neither is computed for each request.
//!
//! A table whose size never changes: a text's place follows from its hash, and a new one takes the place
//! of the one that was there. Only texts that were verified get in, so nobody without one fills it. It
//! keeps no times of its own: whoever asks looks at the expiry. It must not verify anything.

use std::fmt;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Mutex, PoisonError};

use subtle::ConstantTimeEq as _;

/// Texts that each table knows at most: some 2 MiB of tokens or sessions.
pub(super) const KNOWN_TEXTS: usize = 8192;

/// A place, and the text in it with what it says.
type Place<V> = Mutex<Option<(Box<str>, V)>>;

pub(super) struct KnownTexts<V> {
    places: Box<[Place<V>]>,
    /// Seeded at random, so that nobody can choose texts that share a place.
    hasher: RandomState,
}

impl<V> Default for KnownTexts<V> {
    fn default() -> Self {
        Self {
            places: (0..KNOWN_TEXTS).map(|_| Mutex::default()).collect(),
            hasher: RandomState::new(),
        }
    }
}

impl<V: Clone> KnownTexts<V> {
    pub(super) fn get(&self, text: &str) -> Option<V> {
        let place = self
            .place(text)
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let (known, value) = place.as_ref()?;
        let is_equal: bool = known.as_bytes().ct_eq(text.as_bytes()).into();
        is_equal.then(|| value.clone())
    }

    pub(super) fn insert(&self, text: &str, value: V) {
        let mut place = self
            .place(text)
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *place = Some((text.into(), value));
    }

    fn place(&self, text: &str) -> &Place<V> {
        let hash = self.hasher.hash_one(text);
        let index = usize::try_from(hash % KNOWN_TEXTS as u64).unwrap_or_default();
        &self.places[index]
    }
}

impl<V> fmt::Debug for KnownTexts<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KnownTexts(hidden)")
    }
}
