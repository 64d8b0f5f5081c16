//! How many attempts there are: failed sign-ins of an account and of a client, new accounts of a client, mails
//! to an account and for a client.
//!
//! Only failures count against an account or a client, so whoever knows the password is never kept out by
//! using it often; those that run concurrently may exceed the number, and are then owed (`Buckets`). An
//! account is counted whether it exists or not, so that a refusal tells nothing about that. Memory is
//! bounded. Times are arguments, so that tests need no clock. It must not know what a password is.

use std::hash::{BuildHasher as _, RandomState};
use std::time::{Duration, Instant};

use crate::http::{Buckets, Client, HttpError, WAYS};

/// Accounts, and clients, that are counted concurrently.
const TRACKED_ATTEMPTS: usize = 16_384;

/// How many attempts there are within `window`; 0 for any number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct AttemptLimits {
    pub(super) account_failures: u32,
    pub(super) client_failures: u32,
    pub(super) client_registrations: u32,
    pub(super) account_mails: u32,
    pub(super) client_mails: u32,
    pub(super) window: Duration,
}

/// Counts attempts.
pub(super) struct Throttle {
    accounts: Option<Buckets<Account>>,
    clients: Option<Buckets<Client>>,
    registrations: Option<Buckets<Client>>,
    mails_to_accounts: Option<Buckets<Account>>,
    mails_for_clients: Option<Buckets<Client>>,
    /// Seeded at random, so that nobody finds names that count as one.
    hashers: [RandomState; 2],
}

/// Stands for the name of an account.
type Account = [u64; 2];

impl Throttle {
    pub(super) fn new(limits: AttemptLimits) -> Self {
        let sets = TRACKED_ATTEMPTS / WAYS;
        let window = limits.window;
        fn buckets<K: Copy + Eq + std::hash::Hash>(
            number: u32,
            window: Duration,
            sets: usize,
        ) -> Option<Buckets<K>> {
            (number > 0).then(|| Buckets::new(window / number, number, sets))
        }
        Self {
            accounts: buckets(limits.account_failures, window, sets),
            clients: buckets(limits.client_failures, window, sets),
            registrations: buckets(limits.client_registrations, window, sets),
            mails_to_accounts: buckets(limits.account_mails, window, sets),
            mails_for_clients: buckets(limits.client_mails, window, sets),
            hashers: [RandomState::new(), RandomState::new()],
        }
    }

    /// Whether `client` may try to sign in as `account`.
    ///
    /// # Errors
    /// 429 with `Retry-After`.
    pub(super) fn check(
        &self,
        client: Client,
        account: &str,
        now: Instant,
    ) -> Result<(), HttpError> {
        let account = self.account(account);
        let of_account = self
            .accounts
            .as_ref()
            .map(|buckets| buckets.check(account, now));
        let of_client = self
            .clients
            .as_ref()
            .map(|buckets| buckets.check(client, now));
        let waits = [of_account, of_client].into_iter().flatten();
        let longest = waits.filter_map(Result::err).max();
        longest.map_or(Ok(()), |wait| {
            tracing::debug!(%client, "too many failed sign-ins");
            Err(HttpError::too_many_attempts(wait))
        })
    }

    /// An attempt failed.
    pub(super) fn failed(&self, client: Client, account: &str, now: Instant) {
        if let Some(buckets) = &self.accounts {
            buckets.charge(self.account(account), now);
        }
        if let Some(buckets) = &self.clients {
            buckets.charge(client, now);
        }
    }

    /// Somebody proved to be the owner of `account`: what others tried before is no longer held against it.
    pub(super) fn succeeded(&self, account: &str) {
        if let Some(buckets) = &self.accounts {
            buckets.forget(self.account(account));
        }
    }

    /// Counts an account that `client` makes, or an address that it gives one.
    ///
    /// # Errors
    /// 429 with `Retry-After`.
    pub(super) fn register(&self, client: Client, now: Instant) -> Result<(), HttpError> {
        let taken = self
            .registrations
            .as_ref()
            .map(|buckets| buckets.take(client, now));
        taken.unwrap_or(Ok(())).map_err(|wait| {
            tracing::debug!(%client, "too many new accounts or addresses");
            HttpError::too_many_attempts(wait)
        })
    }

    /// Counts a mail to `account` that `client` asks for; whether it is to be sent. An account that gets no more
    /// is nothing that a client is told.
    ///
    /// # Errors
    /// 429 with `Retry-After` when the client has asked for too many.
    pub(super) fn mail(
        &self,
        client: Client,
        account: &str,
        now: Instant,
    ) -> Result<bool, HttpError> {
        let clients = self.mails_for_clients.as_ref();
        let of_client = clients.map_or(Ok(()), |buckets| buckets.take(client, now));
        of_client.map_err(|wait| {
            tracing::debug!(%client, "too many mails");
            HttpError::too_many_attempts(wait)
        })?;
        let accounts = self.mails_to_accounts.as_ref();
        let of_account =
            accounts.map_or(Ok(()), |buckets| buckets.take(self.account(account), now));
        Ok(of_account.is_ok())
    }

    fn account(&self, name: &str) -> Account {
        [0, 1].map(|index: usize| self.hashers[index].hash_one(name))
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use axum::http::{StatusCode, header};
    use axum::response::IntoResponse as _;

    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    fn throttle() -> (Throttle, Instant) {
        let limits = AttemptLimits {
            account_failures: 2,
            client_failures: 4,
            client_registrations: 3,
            account_mails: 2,
            client_mails: 4,
            window: 12 * MINUTE,
        };
        (Throttle::new(limits), Instant::now())
    }

    fn client(number: u32) -> Client {
        Client::at(IpAddr::V4(number.into()))
    }

    fn refusal(error: HttpError) -> String {
        let response = error.into_response();
        assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
        let seconds = response.headers()[header::RETRY_AFTER].to_str().unwrap();
        seconds.to_owned()
    }

    #[test]
    fn an_account_has_so_many_failures_from_wherever_they_come() {
        let (throttle, start) = throttle();
        for number in 0..2 {
            throttle.check(client(number), "alice", start).unwrap();
            throttle.failed(client(number), "alice", start);
        }
        let refused = throttle.check(client(9), "alice", start).unwrap_err();
        assert_eq!(refusal(refused), "360", "one comes back in six minutes");
        throttle.check(client(9), "bob", start).unwrap();
        let later = start + 6 * MINUTE;
        throttle.check(client(9), "alice", later).unwrap();
        throttle.failed(client(9), "alice", later);
        assert!(throttle.check(client(9), "alice", later).is_err());
    }

    #[test]
    fn a_client_has_so_many_failures_at_whatever_account() {
        let (throttle, start) = throttle();
        for name in ["a", "b", "c", "d"] {
            throttle.check(client(1), name, start).unwrap();
            throttle.failed(client(1), name, start);
        }
        let refused = throttle.check(client(1), "e", start).unwrap_err();
        assert_eq!(refusal(refused), "180");
        throttle.check(client(2), "e", start).unwrap();
    }

    #[test]
    fn success_costs_nothing_and_frees_the_account_but_not_the_client() {
        let (throttle, start) = throttle();
        for _ in 0..100 {
            throttle.check(client(1), "alice", start).unwrap();
            throttle.succeeded("alice");
        }
        for name in ["alice", "alice", "x", "y"] {
            throttle.failed(client(1), name, start);
        }
        assert!(throttle.check(client(2), "alice", start).is_err());
        throttle.succeeded("alice");
        assert!(throttle.check(client(2), "alice", start).is_ok());
        assert!(throttle.check(client(1), "alice", start).is_err());
    }

    #[test]
    fn concurrent_failures_beyond_the_number_are_owed() {
        let (throttle, start) = throttle();
        for _ in 0..3 {
            throttle.check(client(1), "alice", start).unwrap();
        }
        for _ in 0..3 {
            throttle.failed(client(1), "alice", start);
        }
        let refused = throttle.check(client(1), "alice", start).unwrap_err();
        assert_eq!(refusal(refused), "720");
    }

    #[test]
    fn new_accounts_are_counted_whatever_becomes_of_them() {
        let (throttle, start) = throttle();
        for _ in 0..3 {
            throttle.register(client(1), start).unwrap();
        }
        let refused = throttle.register(client(1), start).unwrap_err();
        assert_eq!(refusal(refused), "240");
        throttle.register(client(2), start).unwrap();
        throttle.check(client(1), "alice", start).unwrap();
    }

    #[test]
    fn an_account_gets_no_more_mails_in_silence_and_a_client_is_told() {
        let (throttle, start) = throttle();
        let sent = |number, name| throttle.mail(client(number), name, start);
        assert!(sent(1, "alice").unwrap() && sent(2, "alice").unwrap());
        assert!(!sent(3, "alice").unwrap(), "whoever asks");
        assert!(sent(1, "bob").unwrap());
        assert!(sent(1, "carol").unwrap() && sent(1, "dave").unwrap());
        assert_eq!(refusal(sent(1, "eve").unwrap_err()), "180");
    }

    #[test]
    fn zero_is_any_number() {
        let throttle = Throttle::new(AttemptLimits {
            account_failures: 0,
            client_failures: 0,
            client_registrations: 0,
            account_mails: 0,
            client_mails: 0,
            window: MINUTE,
        });
        let now = Instant::now();
        for _ in 0..1000 {
            throttle.failed(client(1), "alice", now);
            throttle.register(client(1), now).unwrap();
            assert!(throttle.mail(client(1), "alice", now).unwrap());
        }
        throttle.check(client(1), "alice", now).unwrap();
    }
}
