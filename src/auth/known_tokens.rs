//! Tokens whose signature was found right, so that it is not computed for each request.
//!
//! A table whose size never changes: a token's place follows from its hash, and a new one takes the place
//! of the one that was there. Only tokens that were verified get in, so nobody without one fills it. It
//! keeps no times of its own: whoever asks looks at the expiry. It must not verify anything.

use std::fmt;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Mutex, PoisonError};

use subtle::ConstantTimeEq as _;

use super::token::TokenClaims;

/// Tokens that are known at most: some 2 MiB.
pub(super) const KNOWN_TOKENS: usize = 8192;

/// A place, and the token in it with what it says.
type Place = Mutex<Option<(Box<str>, TokenClaims)>>;

pub(super) struct KnownTokens {
    places: Box<[Place]>,
    /// Seeded at random, so that nobody can choose tokens that share a place.
    hasher: RandomState,
}

impl Default for KnownTokens {
    fn default() -> Self {
        Self {
            places: (0..KNOWN_TOKENS).map(|_| Mutex::default()).collect(),
            hasher: RandomState::new(),
        }
    }
}

impl KnownTokens {
    pub(super) fn get(&self, token: &str) -> Option<TokenClaims> {
        let place = self
            .place(token)
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let (known, claims) = place.as_ref()?;
        let is_equal: bool = known.as_bytes().ct_eq(token.as_bytes()).into();
        is_equal.then_some(*claims)
    }

    pub(super) fn insert(&self, token: &str, claims: TokenClaims) {
        let mut place = self
            .place(token)
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *place = Some((token.into(), claims));
    }

    fn place(&self, token: &str) -> &Place {
        let hash = self.hasher.hash_one(token);
        let index = usize::try_from(hash % KNOWN_TOKENS as u64).unwrap_or_default();
        &self.places[index]
    }
}

impl fmt::Debug for KnownTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KnownTokens(hidden)")
    }
}
