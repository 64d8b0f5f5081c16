//! What texts of clients were found to say: tokens whose signature was found right, session cookies that were
//! opened. So neither is computed for each request.
//!
//! A table whose size never changes: a text's place follows from its hash, and a new one takes the place
//! of the one that was there. Only texts that were verified get in, so nobody without one fills it. It
//! keeps no times of its own: whoever asks looks at the expiry. It must not verify anything.

use std::fmt;
use std::hash::BuildHasher as _;
use std::sync::{Mutex, PoisonError};

use foldhash::quality::RandomState;
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
            hasher: RandomState::default(),
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
        is_equal(known.as_bytes(), text.as_bytes()).then(|| value.clone())
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

/// Takes the same time wherever the two differ, as long as compilers see no reason to stop early. The library's
/// comparison of slices goes byte by byte, which for a token took half of all that its verification takes; here all
/// bytes are folded into one.
fn is_equal(one: &[u8], other: &[u8]) -> bool {
    let pairs = one.iter().zip(other);
    let difference = pairs.fold(0, |found, (one, other)| found | (one ^ other));
    one.len() == other.len() && difference.ct_eq(&0_u8).into()
}

impl<V> fmt::Debug for KnownTexts<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KnownTexts(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_equal_when_every_byte_is() {
        let text: Vec<u8> = (0..=255).collect();
        assert!(is_equal(&text, &text) && is_equal(b"", b""));
        for length in 0..text.len() {
            assert!(!is_equal(&text[..length], &text), "{length}");
            let mut other = text.clone();
            other[length] ^= 0x80;
            assert!(!is_equal(&other, &text), "{length}");
        }
    }
}
