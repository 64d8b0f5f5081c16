//! Settings into limits: of requests, of connections, of stored responses.
//!
//! The HTTP side and the store take their limits as types of their own and know no setting. It must not
//! decide anything: validation is the configuration's.

use std::time::Duration;

use crate::config::{Config, LimitSettings};
use crate::http::{BodyPace, ClientRate, ConnectionLimits, LayerLimits};
use crate::store::Retention;

/// How long answers of writes with a key are kept.
#[must_use]
pub(super) fn retention(config: &Config) -> Retention {
    const HOUR: u64 = 60 * 60;
    Retention {
        time: Duration::from_secs(HOUR * u64::from(config.store.idempotency_hours)),
        answers: config.store.idempotency_answers,
    }
}

/// The limits of the HTTP side.
#[must_use]
pub fn limits(config: &Config) -> LayerLimits {
    LayerLimits {
        body_bytes: config.limits.body_bytes,
        concurrent_requests: config.limits.concurrent_requests,
        request_time: Duration::from_secs(config.limits.request_seconds),
        arriving_bodies: config.limits.arriving_bodies,
        body_pace: body_pace(&config.limits),
        buffered_bytes: config.limits.buffered_bytes,
        client_rate: client_rate(config),
        compress_above_bytes: config
            .http
            .compression
            .then_some(config.http.compress_above_bytes),
        for_this_machine: config.listen.ip().to_canonical().is_loopback(),
        cors_origins: config.http.cors_origins.clone(),
        server_timing: config.http.server_timing,
        fly_primary: Some(&config.fly.primary_app)
            .filter(|app| !app.is_empty())
            .cloned(),
    }
}

/// A minimum rate, looked at over some seconds so that a pause is forgiven.
fn body_pace(limits: &LimitSettings) -> BodyPace {
    BodyPace {
        time: Duration::from_secs(limits.body_seconds),
        bytes: limits
            .body_bytes_per_second
            .saturating_mul(limits.body_seconds),
    }
}

fn client_rate(config: &Config) -> Option<ClientRate> {
    let requests_per_second = config.limits.client_requests_per_second;
    (requests_per_second > 0.0).then(|| ClientRate {
        requests_per_second,
        burst: config.limits.client_burst,
        trusted_proxies: config.http.trusted_proxies.clone(),
        address_header: config.http.client_address_header,
    })
}

/// The limits of connections.
#[must_use]
pub fn connection_limits(config: &Config) -> ConnectionLimits {
    let limits = &config.limits;
    ConnectionLimits {
        connections: limits.connections,
        head_bytes: limits.head_bytes,
        head_time: Duration::from_secs(limits.head_seconds),
        idle_time: Duration::from_secs(limits.idle_seconds),
        answer_time: Duration::from_secs(limits.answer_seconds),
        request_time: Duration::from_secs(limits.request_seconds),
    }
}
