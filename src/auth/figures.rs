//! What an app with users counts: sign-ins, accounts, tokens and sessions by what became of them.
//!
//! The counts are atomics, read when somebody looks at the metrics. Names and labels stand here and in the
//! dashboard. Nothing in them tells one user from another.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::http::CounterSource;

/// The counts of one app.
#[derive(Debug, Default)]
pub struct UserFigures {
    sign_ins: OutcomeCounts<{ SIGN_INS.len() }>,
    accounts: OutcomeCounts<{ SIGN_INS.len() }>,
    tokens: OutcomeCounts<{ TOKENS.len() }>,
    sessions: OutcomeCounts<{ TOKENS.len() }>,
    rehashed: AtomicU64,
}

/// What became of an attempt to sign in, or to make an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AttemptOutcome {
    Accepted,
    Refused,
    Throttled,
    Overloaded,
}

/// What became of a token or a session that a request presented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenOutcome {
    Accepted,
    Invalid,
    Expired,
}

/// By [`AttemptOutcome`].
const SIGN_INS: [&str; 4] = ["accepted", "refused", "throttled", "overloaded"];

/// By [`TokenOutcome`].
const TOKENS: [&str; 3] = ["accepted", "invalid", "expired"];

/// Counts by an outcome.
#[derive(Debug)]
struct OutcomeCounts<const N: usize>([AtomicU64; N]);

impl<const N: usize> Default for OutcomeCounts<N> {
    fn default() -> Self {
        Self(std::array::from_fn(|_| AtomicU64::new(0)))
    }
}

impl<const N: usize> OutcomeCounts<N> {
    fn count(&self, outcome: usize) {
        self.0[outcome].fetch_add(1, Ordering::Relaxed);
    }

    fn named(&self, names: [&'static str; N]) -> Vec<(&'static str, u64)> {
        let counts = self.0.iter().map(|count| count.load(Ordering::Relaxed));
        names.into_iter().zip(counts).collect()
    }
}

impl UserFigures {
    pub(super) fn sign_in(&self, outcome: AttemptOutcome) {
        self.sign_ins.count(outcome as usize);
    }

    pub(super) fn account(&self, outcome: AttemptOutcome) {
        self.accounts.count(outcome as usize);
    }

    pub(super) fn token(&self, outcome: TokenOutcome) {
        self.tokens.count(outcome as usize);
    }

    pub(super) fn session(&self, outcome: TokenOutcome) {
        self.sessions.count(outcome as usize);
    }

    pub(super) fn rehashed(&self) {
        self.rehashed.fetch_add(1, Ordering::Relaxed);
    }

    /// The counts as metrics.
    #[must_use]
    pub fn counters(self: &Arc<Self>) -> Vec<CounterSource> {
        let of = |name, help, read: fn(&Self) -> Vec<(&'static str, u64)>| {
            let figures = Arc::clone(self);
            CounterSource::new(name, help, "outcome", move || read(&figures))
        };
        vec![
            of(
                "auth_sign_ins",
                "Sign-ins with a password, by what became of them",
                |figures| figures.sign_ins.named(SIGN_INS),
            ),
            of(
                "auth_registrations",
                "New accounts and passwords that were hashed, by what became of them",
                |figures| figures.accounts.named(SIGN_INS),
            ),
            of(
                "auth_tokens",
                "Tokens that requests presented, by what became of them",
                |figures| figures.tokens.named(TOKENS),
            ),
            of(
                "auth_sessions",
                "Session cookies that requests presented, by what became of them",
                |figures| figures.sessions.named(TOKENS),
            ),
            of(
                "auth_rehashes",
                "Passwords whose hash was replaced at a sign-in, because it was of an older kind",
                |figures| vec![("replaced", figures.rehashed.load(Ordering::Relaxed))],
            ),
        ]
    }
}
