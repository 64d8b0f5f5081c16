//! The metrics of the public listener's connections.

use std::sync::atomic::{AtomicU64, Ordering};

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use crate::http::transport::watch::Watch;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Closed {
    reason: &'static str,
}

pub(crate) fn register(registry: &mut Registry, watch: &Watch) {
    let open: Gauge = Gauge::default();
    open.set(i64::try_from(watch.open()).unwrap_or(i64::MAX));
    registry.register("http_connections", "Open connections", open);
    let total = |count: &AtomicU64| count.load(Ordering::Relaxed);
    let closed = Family::<Closed, Counter>::default();
    let counts = &watch.counts;
    let reasons = [
        ("head", &counts.head),
        ("idle", &counts.idle),
        ("answer", &counts.answer),
        ("crowded", &counts.crowded),
        ("malformed", &counts.malformed),
    ];
    for (reason, count) in reasons {
        closed
            .get_or_create(&Closed { reason })
            .inc_by(total(count));
    }
    registry.register(
        "http_closed_connections",
        "Connections that the server closed: the head of a request took too long, nothing was asked, \
         an answer was not taken, another needed the room, or it was no HTTP",
        closed,
    );
    let refused: Counter = Counter::default();
    refused.inc_by(total(&counts.refused));
    registry.register(
        "http_refused_connections",
        "Connections turned away with 503 because all others were being served",
        refused,
    );
}
