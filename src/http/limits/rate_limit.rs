//! How many requests one client may send: a token bucket for each (`buckets`).
//!
//! Times are arguments, so that tests need no clock. It must not know what was asked for.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use axum::extract::Request;
use ipnet::IpNet;

use super::buckets::{Buckets, WAYS};
use super::client_address::{Client, Proxies};
use crate::config::AddressHeader;
use crate::http::HttpError;

/// Clients that are counted concurrently.
const TRACKED_CLIENTS: usize = 65_536;

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
    buckets: Buckets<Client>,
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
        let (client, peer) = self.proxies.client(request.extensions(), request.headers());
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_a_few_megabytes_at_most() {
        let limit = RateLimit::new(&ClientRate {
            requests_per_second: 1.0,
            burst: 1,
            trusted_proxies: Vec::new(),
            address_header: AddressHeader::XForwardedFor,
        });
        assert!(limit.buckets.bytes() <= 3 << 20);
    }
}
