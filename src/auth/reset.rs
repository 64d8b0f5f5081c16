//! Tokens by which somebody who forgot a password sets a new one: good for a time, and once.
//!
//! Nothing is stored for one. It names the user and the hash of the password that is to be replaced, so it
//! is void as soon as that hash is another one. How it reaches its user is the app's matter; no app sends
//! any yet. Times are arguments, so that tests need no clock.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::clock::seconds;
use super::keys::{AppKey, Purpose};
use super::seal::Seal;
use crate::http::HttpError;

const MARK_BYTES: usize = 16;

/// Issues and reads reset tokens. Clones are the same one.
#[derive(Clone)]
pub struct ResetTokens(Arc<(Seal, Duration)>);

/// What a reset token says that is not too old.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResetRequest {
    user: i64,
    mark: [u8; MARK_BYTES],
}

impl ResetTokens {
    pub(super) fn new(key: &AppKey, lifetime: Duration) -> Self {
        let seal = Seal::new(key.derive(Purpose::Resets));
        Self(Arc::new((seal, lifetime)))
    }

    /// A token for `user`, whose password has the hash `stored`.
    ///
    /// # Errors
    /// 500 when the system has no random numbers.
    pub fn issue(&self, user: i64, stored: &str, now: SystemTime) -> Result<String, HttpError> {
        let (seal, lifetime) = &*self.0;
        let end = seconds(now).saturating_add(lifetime.as_secs());
        let plain = [&user.to_be_bytes()[..], &end.to_be_bytes(), &mark(stored)].concat();
        seal.seal(&plain).map_err(HttpError::internal)
    }

    /// What `token` says, if it was issued here and is not too old at `now`. Whether it still counts tells
    /// [`ResetRequest::is_for`].
    #[must_use]
    pub fn read(&self, token: &str, now: SystemTime) -> Option<ResetRequest> {
        let plain = self.0.0.open(token)?;
        let (&user, rest) = plain.split_first_chunk()?;
        let (&end, rest) = rest.split_first_chunk()?;
        let mark = rest.try_into().ok()?;
        let user = i64::from_be_bytes(user);
        (u64::from_be_bytes(end) > seconds(now)).then_some(ResetRequest { user, mark })
    }
}

impl ResetRequest {
    /// Whose password is to be replaced.
    #[must_use]
    pub fn user(&self) -> i64 {
        self.user
    }

    /// Whether the user's hash is still the one that the token was issued for.
    #[must_use]
    pub fn is_for(&self, stored: &str) -> bool {
        self.mark.ct_eq(&mark(stored)).into()
    }
}

fn mark(stored: &str) -> [u8; MARK_BYTES] {
    let digest: [u8; 32] = Sha256::digest(stored).into();
    let mut mark = [0; MARK_BYTES];
    mark.copy_from_slice(&digest[..MARK_BYTES]);
    mark
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Secret;

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    fn tokens(secret: &str) -> ResetTokens {
        let key = AppKey::new("english", Secret::from(secret));
        ResetTokens::new(&key, Duration::from_secs(600))
    }

    #[test]
    fn a_token_is_good_for_a_time_and_for_one_hash() {
        let tokens = tokens("s");
        let token = tokens.issue(7, "$argon2id$old", at(1000)).unwrap();
        let request = tokens.read(&token, at(1599)).unwrap();
        assert_eq!(request.user(), 7);
        assert!(request.is_for("$argon2id$old"));
        assert!(!request.is_for("$argon2id$new"), "it was used");
        assert_eq!(tokens.read(&token, at(1600)), None);
        assert_eq!(self::tokens("t").read(&token, at(1000)), None);
        assert_eq!(tokens.read("", at(1000)), None);
    }

    #[test]
    fn what_is_sealed_for_another_use_is_no_token() {
        let key = AppKey::new("english", Secret::from("s"));
        let session = Seal::new(key.derive(Purpose::Sessions))
            .seal(&[0xff; 32])
            .unwrap();
        assert_eq!(tokens("s").read(&session, at(0)), None);
        // The same bytes sealed for this use are one.
        let reset = Seal::new(key.derive(Purpose::Resets))
            .seal(&[0xff; 32])
            .unwrap();
        assert!(tokens("s").read(&reset, at(0)).is_some());
    }
}
