//! `/metrics`: what operators watch, in the `OpenMetrics` text that Prometheus reads.
//!
//! Requests are counted as they end, by app, route template, method and status, so that a client
//! cannot make up label values. Everything else is asked for when somebody looks: it costs nothing
//! meanwhile (the other files of this folder). The names stand only in them; the
//! dashboard in `deploy/grafana/` uses them.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use axum::http::{Method, StatusCode};
use foldhash::fast::RandomState;
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder};
use prometheus_client::metrics::family::{Family, MetricConstructor};
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use super::{app_metrics, connection_metrics, process_metrics, store_metrics, work_metrics};
use crate::http::Site;
use crate::http::route_template::RouteTemplate;
use crate::http::transport::watch::Watch;

/// Seconds; most answers take less than the first, and the limits on time lie beyond the last.
const BUCKETS: [f64; 12] = [
    0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5,
];

/// The content type of [`Metrics::text`].
pub(crate) const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Requests so far, by what they asked and what they got.
#[derive(Debug, Clone)]
pub(crate) struct Metrics {
    requests: Family<RequestLabels, Histogram, DurationBuckets>,
    /// Those of `requests`, to be found in a third of the time: the library's table hashes as if clients could
    /// choose the labels.
    found: Arc<RwLock<HashMap<RequestLabels, Histogram, RandomState>>>,
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            requests: Family::new_with_constructor(DurationBuckets),
            found: Arc::default(),
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct DurationBuckets;

impl MetricConstructor<Histogram> for DurationBuckets {
    fn new_metric(&self) -> Histogram {
        Histogram::new(BUCKETS)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    app: &'static str,
    route: Route,
    method: &'static str,
    status: u16,
}

/// A route template; `None` where no route matched.
#[derive(Debug, Clone)]
struct Route(Option<RouteTemplate>);

impl Route {
    fn as_str(&self) -> &str {
        self.0.as_ref().map_or("-", RouteTemplate::as_str)
    }
}

impl PartialEq for Route {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Route {}

impl Hash for Route {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl EncodeLabelValue for Route {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> Result<(), std::fmt::Error> {
        self.as_str().encode(encoder)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Build {
    version: &'static str,
    sqlite: &'static str,
}

impl Metrics {
    /// A request was answered.
    pub(crate) fn answered(
        &self,
        app: &'static str,
        route: Option<RouteTemplate>,
        method: &Method,
        status: StatusCode,
        time: Duration,
    ) {
        let request = RequestLabels {
            app,
            route: Route(route),
            method: method_name(method),
            status: status.as_u16(),
        };
        let found = self.found.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(times) = found.get(&request) {
            times.observe(time.as_secs_f64());
            return;
        }
        drop(found);
        let times = self.requests.get_or_create(&request).clone();
        times.observe(time.as_secs_f64());
        let mut found = self.found.write().unwrap_or_else(PoisonError::into_inner);
        found.insert(request, times);
    }

    /// All metrics of `site` as text.
    pub(crate) fn text(&self, site: &Site, connections: Option<&Watch>) -> String {
        let mut registry = Registry::with_prefix("ekiben");
        registry.register_with_unit(
            "http_request_duration",
            "Time to answer, without sending the body; its count is the number of requests",
            Unit::Seconds,
            self.requests.clone(),
        );
        let mut gauge = |name, help, value: usize| {
            let gauge: Gauge = Gauge::default();
            gauge.set(i64::try_from(value).unwrap_or(i64::MAX));
            registry.register(name, help, gauge);
        };
        gauge(
            "http_requests_in_flight",
            "Requests being served",
            site.in_flight(),
        );
        gauge(
            "http_requests_arriving",
            "Requests that wait for bytes of their bodies",
            site.arriving(),
        );
        let build = Family::<Build, Gauge>::default();
        let versions = Build {
            version: env!("CARGO_PKG_VERSION"),
            sqlite: rusqlite::version(),
        };
        build.get_or_create(&versions).set(1);
        registry.register("build", "Always 1; the labels tell the build", build);
        if let Some(watch) = connections {
            connection_metrics::register(&mut registry, watch);
        }
        store_metrics::register(&mut registry, site.apps());
        work_metrics::register(&mut registry, site.work());
        app_metrics::register(&mut registry, site.apps());
        let mut process = Registry::default();
        process_metrics::register(&mut process);
        let mut text = String::new();
        // Writing to a string cannot fail. Two registries, since the prefix is not for both.
        let written = prometheus_client::encoding::text::encode_registry(&mut text, &registry)
            .and_then(|()| encode(&mut text, &process));
        debug_assert!(written.is_ok(), "a metric cannot be written");
        text
    }
}

/// Methods that clients made up share a name.
pub(crate) fn method_name(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        "PATCH" => "PATCH",
        _ => "other",
    }
}
