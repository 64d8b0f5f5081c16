//! The metrics of stores, made from their figures when somebody looks.
//!
//! The store counts and knows nothing of Prometheus; here its figures get their names, one value or
//! histogram for each app.

use prometheus_client::encoding::{EncodeLabelSet, EncodeMetric, MetricEncoder, NoLabelSet};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Metric, Registry};

use crate::config::Mode;
use crate::http::Served;
use crate::store::{Distribution, Figures};

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct AppLabels {
    app: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct DataLabels {
    app: &'static str,
    mode: &'static str,
    dataset: String,
}

pub(crate) fn register(registry: &mut Registry, apps: &[Served]) {
    datasets(registry, apps);
    let apps = apps.iter().map(|app| (app.name, app.store.figures()));
    let mut stores = PerApp {
        apps: apps.collect(),
        registry,
    };
    stores.gauge("store_generation", "The generation that is served", |f| {
        f.generation
    });
    reading(&mut stores);
    writing(&mut stores);
    stores.total(
        "store_slow_queries",
        "SQL statements that took log.slow_query_milliseconds or longer",
        |f| f.slow_queries,
    );
    stores.total(
        "store_checkpoints",
        "Checkpoints of the write-ahead log (WAL)",
        |f| f.checkpoints,
    );
    stores.gauge(
        "store_log_bytes",
        "Size of the write-ahead log (WAL)",
        |f| f.log_bytes,
    );
    stores.gauge("store_file_bytes", "Size of the file", |f| f.file_bytes);
}

fn datasets(registry: &mut Registry, apps: &[Served]) {
    let data = Family::<DataLabels, Gauge>::default();
    for app in apps {
        let mode = match app.store.mode() {
            Mode::Primary => "primary",
            Mode::Replica => "replica",
        };
        let dataset = app.store.provenance().dataset_digest;
        let labels = DataLabels {
            app: app.name,
            mode,
            dataset,
        };
        data.get_or_create(&labels).set(1);
    }
    registry.register("dataset", "Always 1; the labels name what is served", data);
}

fn reading(stores: &mut PerApp<'_>) {
    stores.gauge("store_readers", "Open readers", |f| f.readers.into());
    stores.gauge("store_idle_readers", "Idle readers", |f| {
        f.idle_readers.into()
    });
    stores.histogram(
        "store_checkout_seconds",
        "Time to get a reader from the pool; its count is the number of readers taken",
        |f| &f.checkouts,
    );
}

fn writing(stores: &mut PerApp<'_>) {
    stores.gauge(
        "store_waiting_writes",
        "Writes that wait for the writer, or are in pieces that it does one by one",
        |f| f.waiting_writes as u64,
    );
    stores.histogram(
        "store_commit_seconds",
        "Time of a commit, until readers were notified of it; its count is the number of commits",
        |f| &f.commits,
    );
    stores.histogram(
        "store_writes_per_commit",
        "Writes that were committed together; its sum is the number of writes",
        |f| &f.writes,
    );
    stores.total(
        "store_failed_commits",
        "Groups of writes that could not be committed",
        |f| f.failed_commits,
    );
}

/// One value for each app.
struct PerApp<'a> {
    registry: &'a mut Registry,
    apps: Vec<(&'static str, Figures)>,
}

impl PerApp<'_> {
    fn each<M: Default + Clone + Metric>(
        &mut self,
        name: &str,
        help: &str,
        set: impl Fn(&M, &Figures),
    ) where
        Family<AppLabels, M>: Metric,
    {
        let family = Family::<AppLabels, M>::default();
        for (app, figures) in &self.apps {
            set(&family.get_or_create(&AppLabels { app }), figures);
        }
        self.registry.register(name, help, family);
    }

    fn gauge(&mut self, name: &str, help: &str, value: impl Fn(&Figures) -> u64) {
        self.each(name, help, |gauge: &Gauge, figures| {
            gauge.set(i64::try_from(value(figures)).unwrap_or(i64::MAX));
        });
    }

    fn total(&mut self, name: &str, help: &str, value: impl Fn(&Figures) -> u64) {
        self.each(name, help, |counter: &Counter, figures| {
            counter.inc_by(value(figures));
        });
    }

    fn histogram(&mut self, name: &str, help: &str, of: impl Fn(&Figures) -> &Distribution) {
        let apps = self.apps.iter();
        let counted = apps.map(|(app, figures)| (AppLabels { app }, of(figures).clone()));
        let counted = Distributions(counted.collect());
        self.registry.register(name, help, counted);
    }
}

/// Histograms that were counted elsewhere.
#[derive(Debug)]
struct Distributions(Vec<(AppLabels, Distribution)>);

impl EncodeMetric for Distributions {
    fn encode(&self, mut encoder: MetricEncoder<'_>) -> Result<(), std::fmt::Error> {
        for (app, counted) in &self.0 {
            let Distribution { buckets, sum } = counted;
            encoder.encode_family(app)?.encode_histogram::<NoLabelSet>(
                *sum,
                counted.count(),
                buckets,
                None,
            )?;
        }
        Ok(())
    }

    fn metric_type(&self) -> MetricType {
        MetricType::Histogram
    }
}
