//! Passwords: how they are hashed, and whether one is that of a stored hash.
//!
//! Hashes are argon2id strings (PHC format, RFC 9106), computed in the pool for work that takes long, so
//! that memory and threads are bounded and no other request waits. Where there is no account, or one that
//! has no password, the same work is done: the time does not say which accounts exist. Hashes of bcrypt
//! come with imported data; they are verified, and replaced on a primary. It must not know what an account is.

use std::fmt;
use std::io;
use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};
use axum::http::StatusCode;

use super::imported;
use crate::config::{AuthSettings, Mode, Secret};
use crate::http::{HttpError, WorkPool};

/// Bytes of the longest password that is hashed. Longer ones belong to no account.
pub const LONGEST_PASSWORD: usize = 1024;

/// What `hash` of a salt needs to be: bytes, from the system's random numbers.
const SALT_BYTES: usize = 16;

/// Memory of the costliest stored hash that is verified, in KiB. One that was made with more, by whoever
/// could write the data, would take the server's memory.
const MOST_MEMORY_KIB: u32 = 1024 * 1024;

/// Passes times lanes of the costliest stored hash that is verified.
const MOST_PASSES: u32 = 100;

/// What a hash costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordCost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
}

/// Hashes and verifies passwords. Clones are the same one.
#[derive(Debug, Clone)]
pub struct Passwords(Arc<Hashing>);

struct Hashing {
    work: WorkPool,
    cost: PasswordCost,
    mode: Mode,
    /// What is verified where there is no hash: one that no password is known for.
    decoy: String,
}

/// What a password is to a stored hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verified {
    /// It is the password.
    Yes {
        /// What should be stored in place of the hash, which is of an older kind or cost; nothing on a
        /// replica, which stores none.
        rehash: Option<String>,
    },
    /// It is not, or there is none.
    No,
}

/// What new passwords of an app may be, whoever sets them: users, operators, a seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordRule {
    /// Characters at least.
    pub shortest: usize,
    /// The most of it, within [`LONGEST_PASSWORD`].
    pub longest: Length,
    /// Whether it may have nothing in it but blanks.
    pub takes_blanks: bool,
}

/// How long a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    /// In characters.
    Characters(usize),
    /// In bytes of UTF-8.
    Bytes(usize),
}

/// Why a new password is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordFlaw {
    /// There is nothing in it but blanks.
    #[error("must not be blank")]
    Blank,
    /// It has too few characters.
    #[error("is too short: it must have at least {minimum} characters")]
    TooShort {
        /// Characters at least.
        minimum: usize,
    },
    /// It has too many.
    #[error("is too long: it may have {maximum}")]
    TooLong {
        /// The most.
        maximum: Length,
    },
}

impl Length {
    /// Whether `text` is longer.
    fn is_exceeded_by(self, text: &str) -> bool {
        match self {
            Self::Characters(most) => text.chars().count() > most,
            Self::Bytes(most) => text.len() > most,
        }
    }
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Characters(most) => write!(f, "{most} characters"),
            Self::Bytes(most) => write!(f, "{most} bytes"),
        }
    }
}

impl PasswordRule {
    /// Whether `password` may be somebody's new one.
    ///
    /// # Errors
    /// Why not.
    pub fn check(self, password: &Secret) -> Result<(), PasswordFlaw> {
        let text = password.expose();
        for maximum in [self.longest, Length::Bytes(LONGEST_PASSWORD)] {
            if maximum.is_exceeded_by(text) {
                return Err(PasswordFlaw::TooLong { maximum });
            }
        }
        // Of nothing at all it is said how much there must be.
        if !self.takes_blanks && !text.is_empty() && text.trim().is_empty() {
            return Err(PasswordFlaw::Blank);
        }
        if text.chars().count() < self.shortest {
            let minimum = self.shortest;
            return Err(PasswordFlaw::TooShort { minimum });
        }
        Ok(())
    }
}

impl Passwords {
    /// Hashes at `cost` in `work`. In another mode than that of a primary no stored hash is replaced.
    ///
    /// # Errors
    /// When argon2 does not take the cost, or the system has no random numbers.
    pub fn new(work: WorkPool, cost: PasswordCost, mode: Mode) -> io::Result<Self> {
        // Its hash is random instead of computed: it costs no less to compare with.
        let mut output = [0; Params::DEFAULT_OUTPUT_LEN];
        fill(&mut output)?;
        let decoy = PasswordHash {
            hash: Some(output.as_slice().try_into().map_err(io::Error::other)?),
            ..cost.blank()?
        };
        Ok(Self(Arc::new(Hashing {
            work,
            cost,
            mode,
            decoy: decoy.to_string(),
        })))
    }

    /// The hash of a new password, to be stored.
    ///
    /// # Errors
    /// 422 for one beyond [`LONGEST_PASSWORD`], 503 with `Retry-After` when too much work waits.
    pub async fn hash(&self, password: &Secret) -> Result<String, HttpError> {
        let (hashing, password) = (Arc::clone(&self.0), password.clone());
        if password.expose().len() > LONGEST_PASSWORD {
            let detail = "The password is too long.";
            return Err(HttpError::problem(StatusCode::UNPROCESSABLE_ENTITY, detail));
        }
        let hashed = self.0.work.run_behind(move || hashing.cost.hash(&password));
        hashed.await?.map_err(HttpError::internal)
    }

    /// Whether `password` is the one that `stored` was made of. `None`, and what is no hash, costs the same
    /// and is nobody's password.
    ///
    /// # Errors
    /// 503 with `Retry-After` when too much work waits.
    pub async fn verify(
        &self,
        password: &Secret,
        stored: Option<&str>,
    ) -> Result<Verified, HttpError> {
        let (hashing, password) = (Arc::clone(&self.0), password.clone());
        let stored = stored.map(str::to_owned);
        let verified = self
            .0
            .work
            .run_behind(move || hashing.verify(&password, stored.as_deref()));
        verified.await?.map_err(HttpError::internal)
    }
}

impl Hashing {
    fn verify(&self, password: &Secret, stored: Option<&str>) -> io::Result<Verified> {
        let bytes = password.expose().as_bytes();
        let is_possible = bytes.len() <= LONGEST_PASSWORD;
        // What is too long is cut, so that it costs what others cost, and never right.
        let bytes = &bytes[..bytes.len().min(LONGEST_PASSWORD)];
        let stored = stored.unwrap_or_default();
        if imported::is_bcrypt(stored) {
            let is_right = imported::verify(bytes, stored) && is_possible;
            return self.result(is_right, true, password);
        }
        let known = PasswordHash::new(stored).ok();
        let known = known.and_then(|hash| Some((params_of(&hash)?, hash)));
        let Some((params, hash)) = known else {
            let decoy = PasswordHash::new(&self.decoy).map_err(io::Error::other)?;
            let _never = Argon2::default().verify_password(bytes, &decoy);
            return Ok(Verified::No);
        };
        let is_equal = Argon2::default().verify_password(bytes, &hash).is_ok();
        let is_old = !self.cost.is_of(&params);
        self.result(is_equal && is_possible, is_old, password)
    }

    fn result(&self, is_right: bool, is_old: bool, password: &Secret) -> io::Result<Verified> {
        if !is_right {
            return Ok(Verified::No);
        }
        let is_replaced = is_old && self.mode == Mode::Primary;
        let rehash = is_replaced.then(|| self.cost.hash(password)).transpose()?;
        Ok(Verified::Yes { rehash })
    }
}

impl PasswordCost {
    /// The configured cost.
    #[must_use]
    pub fn of(settings: &AuthSettings) -> Self {
        Self {
            memory_kib: settings.memory_kib,
            passes: settings.passes,
        }
    }

    /// The hash of `password` with a new salt. It takes long: handlers use [`Passwords::hash`].
    ///
    /// # Errors
    /// When there is not enough memory, or the system has no random numbers.
    pub fn hash(self, password: &Secret) -> io::Result<String> {
        let mut salt = [0; SALT_BYTES];
        fill(&mut salt)?;
        let hash = Argon2::new(Algorithm::Argon2id, Version::V0x13, self.params()?)
            .hash_password_with_salt(password.expose().as_bytes(), &salt);
        Ok(hash.map_err(io::Error::other)?.to_string())
    }

    fn params(self) -> io::Result<Params> {
        Params::new(self.memory_kib, self.passes, 1, None).map_err(io::Error::other)
    }

    /// A hash of this cost with a salt and no output.
    fn blank(self) -> io::Result<PasswordHash> {
        let mut salt = [0; SALT_BYTES];
        fill(&mut salt)?;
        Ok(PasswordHash {
            algorithm: Algorithm::Argon2id.ident(),
            version: Some(Version::V0x13.into()),
            params: (&self.params()?).try_into().map_err(io::Error::other)?,
            salt: Some(salt.as_slice().try_into().map_err(io::Error::other)?),
            hash: None,
        })
    }

    fn is_of(self, params: &Params) -> bool {
        let given = (params.m_cost(), params.t_cost(), params.p_cost());
        given == (self.memory_kib, self.passes, 1)
    }
}

/// The parameters of a stored hash, if it is one of argon2id that is not too dear to verify.
fn params_of(hash: &PasswordHash) -> Option<Params> {
    let is_known = hash.algorithm == Algorithm::Argon2id.ident() && hash.hash.is_some();
    let params = Params::try_from(hash).ok().filter(|_| is_known)?;
    let passes = params.t_cost().saturating_mul(params.p_cost());
    (params.m_cost() <= MOST_MEMORY_KIB && passes <= MOST_PASSES).then_some(params)
}

impl fmt::Debug for Hashing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Hashing").field(&self.cost).finish()
    }
}

/// Random bytes of the system.
pub(super) fn fill(bytes: &mut [u8]) -> io::Result<()> {
    getrandom::fill(bytes).map_err(|error| io::Error::other(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As cheap as argon2 takes.
    const CHEAP: PasswordCost = PasswordCost {
        memory_kib: 8,
        passes: 1,
    };

    fn passwords(cost: PasswordCost) -> Passwords {
        Passwords::new(WorkPool::new(1, 4), cost, Mode::Primary).unwrap()
    }

    fn is_right(verified: &Verified) -> bool {
        matches!(verified, Verified::Yes { .. })
    }

    #[tokio::test]
    async fn only_the_same_password_is_right_and_two_hashes_of_it_differ() {
        let passwords = passwords(CHEAP);
        let secret = Secret::from("correct horse 電池");
        let stored = passwords.hash(&secret).await.unwrap();
        assert!(
            stored.starts_with("$argon2id$v=19$m=8,t=1,p=1$"),
            "{stored}"
        );
        assert_ne!(stored, passwords.hash(&secret).await.unwrap());
        let right = passwords.verify(&secret, Some(&stored)).await.unwrap();
        assert_eq!(right, Verified::Yes { rehash: None });
        for wrong in [
            "",
            "correct horse 電",
            "correct horse 電池 ",
            "Correct horse 電池",
        ] {
            let wrong = passwords.verify(&wrong.into(), Some(&stored)).await;
            assert_eq!(wrong.unwrap(), Verified::No);
        }
    }

    /// Made by Python's argon2-cffi, which has the reference implementation.
    #[tokio::test]
    async fn hashes_of_other_implementations_are_verified() {
        let stored = "$argon2id$v=19$m=64,t=2,p=2$EdrXYgYf3OL6TTXV2qLfxQ$EQrygYJ5Bsf0GrgCiXHTPm2szsGbyFOdChDgP3hRloc";
        let verified = passwords(CHEAP)
            .verify(&"password".into(), Some(stored))
            .await;
        assert!(is_right(&verified.unwrap()));
    }

    #[tokio::test]
    async fn hashes_of_another_cost_are_verified_and_replaced() {
        let passwords = passwords(CHEAP);
        let secret = Secret::from("password");
        for cost in [(16, 1), (8, 2)] {
            let (memory_kib, passes) = cost;
            let older = PasswordCost { memory_kib, passes }.hash(&secret).unwrap();
            let Verified::Yes {
                rehash: Some(newer),
            } = passwords.verify(&secret, Some(&older)).await.unwrap()
            else {
                panic!("{older} is not replaced");
            };
            let again = passwords.verify(&secret, Some(&newer)).await.unwrap();
            assert_eq!(again, Verified::Yes { rehash: None });
            let wrong = passwords.verify(&"Password".into(), Some(&older)).await;
            assert_eq!(wrong.unwrap(), Verified::No);
        }
    }

    #[tokio::test]
    async fn what_is_no_hash_is_nobodys_password() {
        let passwords = passwords(CHEAP);
        let own = passwords.hash(&"x".into()).await.unwrap();
        let of_other_kind = own.replace("argon2id", "argon2i");
        let without_output = own.rsplit_once('$').unwrap().0;
        let dear = own.replace("m=8", "m=4294967295");
        let slow = own.replace("t=1", "t=4294967295");
        let unusable = ["", "!", "x", "$", "$2b$", &dear, &slow];
        for stored in [None]
            .into_iter()
            .chain(unusable.map(Some))
            .chain([Some(&of_other_kind[..]), Some(without_output)])
        {
            for password in ["", "x", "!"] {
                let verified = passwords.verify(&password.into(), stored).await.unwrap();
                assert_eq!(verified, Verified::No, "{stored:?} {password:?}");
            }
        }
    }

    /// Counted instead of timed: both go through argon2 with the configured cost once.
    #[tokio::test]
    async fn no_account_costs_what_an_account_costs() {
        let passwords = passwords(PasswordCost {
            memory_kib: 4096,
            passes: 3,
        });
        let stored = passwords.hash(&"right".into()).await.unwrap();
        let decoy = PasswordHash::new(&passwords.0.decoy).unwrap();
        let real = PasswordHash::new(&stored).unwrap();
        assert_eq!(decoy.params, real.params);
        assert_eq!(decoy.algorithm, real.algorithm);
        assert_eq!(decoy.version, real.version);
        let lengths = [&decoy, &real].map(|hash| {
            let (salt, output) = (hash.salt.unwrap(), hash.hash.unwrap());
            (salt.len(), output.len())
        });
        assert_eq!(lengths[0], lengths[1]);
    }

    #[tokio::test]
    async fn a_password_beyond_the_limit_is_not_hashed_and_never_right() {
        let passwords = passwords(CHEAP);
        let longest = "x".repeat(LONGEST_PASSWORD);
        let stored = passwords.hash(&longest.as_str().into()).await.unwrap();
        let longer = Secret::from(format!("{longest}x").as_str());
        let refused = passwords.hash(&longer).await.unwrap_err();
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let verified = passwords.verify(&longer, Some(&stored)).await.unwrap();
        assert_eq!(
            verified,
            Verified::No,
            "although it begins with the right one"
        );
        let verified = passwords
            .verify(&longest.as_str().into(), Some(&stored))
            .await;
        assert!(is_right(&verified.unwrap()));
    }

    #[tokio::test]
    async fn a_full_pool_refuses_with_a_time_to_come_back() {
        let work = WorkPool::new(1, 0);
        let passwords = Passwords::new(work.clone(), CHEAP, Mode::Primary).unwrap();
        let (hold, held) = std::sync::mpsc::channel::<()>();
        let mut running = std::pin::pin!(work.run(move || {
            let _ended = held.recv();
        }));
        assert!(futures_pending(&mut running).await);
        for refused in [
            passwords.hash(&"x".into()).await.map(drop),
            passwords.verify(&"x".into(), None).await.map(drop),
        ] {
            assert_eq!(
                refused.unwrap_err().status(),
                StatusCode::SERVICE_UNAVAILABLE
            );
        }
        drop(hold);
        running.await.unwrap();
        assert!(passwords.hash(&"x".into()).await.is_ok());
    }

    async fn futures_pending<F: Future>(future: &mut std::pin::Pin<&mut F>) -> bool {
        std::future::poll_fn(|context| {
            std::task::Poll::Ready(future.as_mut().poll(context).is_pending())
        })
        .await
    }

    #[test]
    fn new_passwords_are_counted_in_characters_and_bytes() {
        let rule = PasswordRule {
            shortest: 8,
            longest: Length::Bytes(5000),
            takes_blanks: true,
        };
        assert_eq!(rule.check(&"電池電池電池電池".into()), Ok(()));
        let short = rule.check(&"電池電池電池電".into());
        assert_eq!(short, Err(PasswordFlaw::TooShort { minimum: 8 }));
        assert_eq!(rule.check(&"x".repeat(1024).as_str().into()), Ok(()));
        let long = rule.check(&"x".repeat(1025).as_str().into());
        assert_eq!(
            long,
            Err(PasswordFlaw::TooLong {
                maximum: Length::Bytes(1024)
            })
        );
    }

    #[test]
    fn no_password_is_printed() {
        let passwords = passwords(CHEAP);
        let printed = format!("{passwords:?}");
        assert!(!printed.contains("$argon2"), "{printed}");
    }
}
