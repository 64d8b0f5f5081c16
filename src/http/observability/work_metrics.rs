//! The metrics of the pool for work that takes long.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use crate::http::limits::work::WorkPool;

pub(crate) fn register(registry: &mut Registry, pool: &WorkPool) {
    let figures = pool.figures();
    let mut gauge = |name, help, value: usize| {
        let gauge: Gauge = Gauge::default();
        gauge.set(i64::try_from(value).unwrap_or(i64::MAX));
        registry.register(name, help, gauge);
    };
    gauge(
        "work_running",
        "Pieces of long work (pictures, maps, polygons, packing) that run",
        figures.running,
    );
    gauge(
        "work_waiting",
        "Pieces of long work that wait for their turn",
        figures.waiting,
    );
    let rejected: Counter = Counter::default();
    rejected.inc_by(figures.rejected);
    registry.register(
        "work_rejected",
        "Pieces of long work answered 503 because limits.work_queue others waited",
        rejected,
    );
    registry.register(
        "work_seconds",
        "Time that each piece of long work took, without waiting",
        figures.seconds,
    );
}
