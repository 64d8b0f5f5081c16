//! How many requests one client may send: a token bucket for each.
//!
//! A bucket is one point in time, the one at which it is full again: a request moves it on by the
//! time that a token takes to come back, and is refused when it would lie further ahead than the whole
//! bucket takes (GCRA, the virtual scheduling of ATM networks). Buckets lie in a table whose size never
//! changes, so memory and the work per request are bounded whoever asks; nothing cleans up. Times are
//! arguments, so that tests need no clock. It must not know what was asked for.

use std::hash::{BuildHasher as _, RandomState};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::Request;
use ipnet::IpNet;

use super::client_address::{Client, Proxies};
use crate::config::AddressHeader;
use crate::http::HttpError;

/// Clients that are counted concurrently.
const TRACKED_CLIENTS: usize = 65_536;

/// Positions at which one client's bucket can lie.
const WAYS: usize = 8;

/// What each client may send.
#[derive(Debug, Clone)]
pub struct ClientRate {
    /// Requests a second in the long run; above 0.
    pub requests_per_second: f64,
    /// Requests in a burst after a pause.
    pub burst: u32,
    /// Proxies whose word on their client's address counts.
    pub trusted_proxies: Vec<IpNet>,
    /// The header in which they give it.
    pub address_header: AddressHeader,
}

/// Counts requests by client.
pub(crate) struct RateLimit {
    proxies: Proxies,
    buckets: Buckets,
}

impl RateLimit {
    pub(crate) fn new(rate: &ClientRate) -> Self {
        let token = Duration::from_secs_f64(rate.requests_per_second.recip());
        let proxies = Proxies::new(rate.trusted_proxies.clone(), rate.address_header);
        Self {
            proxies,
            buckets: Buckets::new(token, rate.burst, TRACKED_CLIENTS / WAYS),
        }
    }

    /// Counts `request`.
    ///
    /// # Errors
    /// When its client has sent too many.
    pub(crate) fn count(&self, request: &Request, now: Instant) -> Result<(), HttpError> {
        let (client, peer) = self.proxies.client(request);
        self.buckets
            .take(client, now)
            .map_err(|wait| refusal(client, peer, wait))
    }
}

/// At debug level, because addresses are personal data: operators see with it whom they count.
fn refusal(client: Client, peer: IpAddr, wait: Duration) -> HttpError {
    tracing::debug!(%client, %peer, "too many requests of one client");
    HttpError::too_many_requests(wait)
}

/// A table of sets; a client's hash says in which one its bucket lies.
struct Buckets {
    sets: Box<[Mutex<[Bucket; WAYS]>]>,
    /// Seeded at random, so that nobody can choose addresses that share a set.
    hasher: RandomState,
    /// Time in which a token comes back.
    token: Duration,
    /// Time in which an empty bucket becomes full.
    depth: Duration,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    client: Option<Client>,
    full_at: Instant,
}

impl Buckets {
    fn new(token: Duration, burst: u32, sets: usize) -> Self {
        let unused = Bucket {
            client: None,
            full_at: Instant::now(),
        };
        Self {
            sets: (0..sets).map(|_| Mutex::new([unused; WAYS])).collect(),
            hasher: RandomState::new(),
            token,
            depth: token * burst,
        }
    }

    /// Takes a token from the client's bucket at `now`; if there is none, the error is the time until
    /// there is one.
    fn take(&self, client: Client, now: Instant) -> Result<(), Duration> {
        let sets = self.sets.len() as u64;
        let index = usize::try_from(self.hasher.hash_one(client) % sets).unwrap_or_default();
        let mut set = self.sets[index]
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let bucket = bucket_of(&mut set, client, now);
        let full_at = bucket.full_at.max(now) + self.token;
        let wait = full_at.saturating_duration_since(now + self.depth);
        if !wait.is_zero() {
            return Err(wait);
        }
        bucket.full_at = full_at;
        Ok(())
    }
}

/// The client's bucket. A new client gets the position of the bucket that is full or becomes so first: one
/// that is full says nothing that a new one would not say. Where none is, the client that is furthest
/// from its limit is forgotten, so that strangers in any number cannot free one that is over it.
fn bucket_of(set: &mut [Bucket; WAYS], client: Client, now: Instant) -> &mut Bucket {
    let mut position = 0;
    for (index, bucket) in set.iter().enumerate() {
        if bucket.client == Some(client) {
            return &mut set[index];
        }
        if bucket.full_at < set[position].full_at {
            position = index;
        }
    }
    set[position] = Bucket {
        client: Some(client),
        full_at: now,
    };
    &mut set[position]
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn client(number: u32) -> Client {
        Client::at(IpAddr::V4(number.into()))
    }

    /// A token each two seconds, three at most.
    fn slow(sets: usize) -> (Buckets, Instant) {
        (Buckets::new(2 * SECOND, 3, sets), Instant::now())
    }

    #[test]
    fn a_burst_is_served_and_then_the_rate() {
        let (buckets, start) = slow(1);
        let take = |seconds: u32| buckets.take(client(1), start + seconds * SECOND);
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
            assert_eq!(buckets.take(client(1), late), Ok(()));
        }
        assert_eq!(buckets.take(client(1), late), Err(2 * SECOND));
    }

    #[test]
    fn clients_do_not_share_tokens() {
        let (buckets, start) = slow(1);
        for number in 0..8 {
            for _ in 0..3 {
                assert_eq!(buckets.take(client(number), start), Ok(()));
            }
        }
        for number in 0..8 {
            assert!(buckets.take(client(number), start).is_err(), "{number}");
        }
    }

    #[test]
    fn a_new_client_takes_the_place_of_a_full_bucket() {
        let (buckets, start) = slow(1);
        for number in 0..8 {
            let requests = if number == 5 { 1 } else { 3 };
            for _ in 0..requests {
                buckets.take(client(number), start).unwrap();
            }
        }
        // Only number 5 has all its tokens again.
        let later = start + 3 * SECOND;
        buckets.take(client(100), later).unwrap();
        let full = |bucket: &Bucket| bucket.full_at <= later;
        let set = buckets.sets[0].lock().unwrap();
        assert!(set.iter().all(|bucket| bucket.client != Some(client(5))));
        assert!(!set.iter().any(full));
    }

    #[test]
    fn no_number_of_strangers_frees_a_client_that_is_over_its_limit() {
        let buckets = Buckets::new(SECOND, 3, TRACKED_CLIENTS / WAYS);
        let start = Instant::now();
        let greedy = client(u32::MAX);
        while buckets.take(greedy, start).is_ok() {}
        for number in 0..u32::try_from(4 * TRACKED_CLIENTS).unwrap() {
            assert_eq!(buckets.take(client(number), start), Ok(()), "a stranger");
        }
        assert_eq!(buckets.take(greedy, start), Err(SECOND));
    }

    #[test]
    fn memory_is_a_few_megabytes_at_most() {
        let set = size_of::<Mutex<[Bucket; WAYS]>>();
        assert!(set * TRACKED_CLIENTS / WAYS <= 3 << 20);
    }
}
