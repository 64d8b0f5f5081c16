//! `/metrics`: what it counts, exactly, and that the dashboard asks for nothing else.

use std::fs;
use std::sync::mpsc::channel;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request};
use ekiben::store::StoreError;
use serde_json::Value;

use crate::service::processes::serve;
use crate::support::client::Client;
use crate::support::dataset::Dataset;
use crate::support::harness::{Site, poll_once};
use crate::users::members::{club, options};

impl Site {
    /// The lines of `/metrics`.
    pub(crate) async fn metrics(&self) -> String {
        let answer = self.operate(Method::GET, "/metrics").await;
        assert!(
            answer
                .is(200)
                .header("content-type")
                .starts_with("application/openmetrics-text")
        );
        let text = String::from_utf8(answer.body.to_vec()).unwrap();
        assert!(
            text.ends_with("# EOF\n") && text.matches("# EOF").count() == 1,
            "{text}"
        );
        text
    }

    /// Metrics of the app, by name and more labels.
    async fn of_app(&self) -> impl Fn(&str, &str) -> f64 {
        let metrics = self.metrics().await;
        move |name, labels| {
            let labels = format!(r#"{{{labels}app="isuumo"}}"#);
            value(&metrics, &format!("ekiben_{name}{labels}"))
        }
    }
}

/// The value of a metric with these labels, given as they are written.
#[track_caller]
pub(crate) fn value(metrics: &str, name_and_labels: &str) -> f64 {
    let line = metrics
        .lines()
        .find_map(|line| line.strip_prefix(name_and_labels));
    let value = line.unwrap_or_else(|| panic!("no {name_and_labels} in:\n{metrics}"));
    value.trim().parse().unwrap()
}

#[tokio::test]
async fn metrics_count_what_was_asked_and_what_was_written() {
    let site = Site::new(&Dataset::tiny());
    for _ in 0..3 {
        site.get("/api/chair/1").await.is(200);
    }
    site.get("/api/chair/999999").await.is(404);
    site.get("/no/such/place").await.is(404);
    for path in ["/livez", "/about", "/version"] {
        site.get(path).await.is(200);
    }
    site.get("/initialize").await.is(405);
    assert_eq!(site.buy(1).await, 200);
    let metrics = site.metrics().await;
    let requests = |labels: &str| {
        value(
            &metrics,
            &format!("ekiben_http_request_duration_seconds_count{{{labels}}}"),
        )
    };
    let chair = r#"app="isuumo",route="/api/chair/{id}",method="GET""#;
    assert_eq!(requests(&format!(r#"{chair},status="200""#)), 3.0);
    assert_eq!(requests(&format!(r#"{chair},status="404""#)), 1.0);
    assert_eq!(
        requests(r#"app="-",route="-",method="GET",status="404""#),
        1.0
    );
    for route in ["/livez", "/about", "/version"] {
        let labels = format!(r#"app="-",route="{route}",method="GET",status="200""#);
        assert_eq!(requests(&labels), 1.0);
    }
    let refused = r#"app="isuumo",route="/initialize",method="GET",status="405""#;
    assert_eq!(requests(refused), 1.0);
    assert_eq!(value(&metrics, "ekiben_http_requests_in_flight"), 0.0);
    let of_app = |name: &str| value(&metrics, &format!(r#"ekiben_{name}{{app="isuumo"}}"#));
    assert_eq!(of_app("store_generation"), 1.0);
    assert_eq!(of_app("store_readers"), of_app("store_idle_readers"));
    assert!(of_app("store_log_bytes") > 0.0 && of_app("store_file_bytes") > 4096.0);
    assert_eq!(of_app("store_waiting_writes"), 0.0);
    assert!(value(&metrics, "process_resident_memory_bytes") > 1e6);
    assert!(value(&metrics, "process_resident_file_bytes") > 1e5);
    assert!(value(&metrics, "process_cpu_seconds_total") > 0.0);
    assert!(value(&metrics, "process_major_page_faults_total") >= 0.0);
    let digest = &site.store.provenance().dataset_digest;
    let labels = format!(r#"app="isuumo",mode="primary",dataset="{digest}""#);
    assert_eq!(value(&metrics, &format!("ekiben_dataset{{{labels}}}")), 1.0);
}

#[tokio::test]
async fn histograms_count_each_commit_and_each_reader_that_was_taken() {
    let site = Site::new(&Dataset::tiny());
    for _ in 0..2 {
        assert_eq!(site.buy(1).await, 200);
    }
    three_writes_in_one_commit(&site).await;
    let before = site.of_app().await;
    let sizes =
        |name: &str, labels: &str| before(&format!("store_writes_per_commit_{name}"), labels);
    assert_eq!((sizes("count", ""), sizes("sum", "")), (3.0, 5.0));
    for (bound, count) in [("1.0", 2.0), ("2.0", 2.0), ("4.0", 3.0), ("+Inf", 3.0)] {
        assert_eq!(sizes("bucket", &format!(r#"le="{bound}","#)), count);
    }
    assert_eq!(before("store_commit_seconds_count", ""), 3.0);
    assert_eq!(before("store_commit_seconds_bucket", r#"le="+Inf","#), 3.0);
    assert!(before("store_commit_seconds_sum", "") > 0.0);
    assert_eq!(before("store_failed_commits_total", ""), 0.0);

    for _ in 0..7 {
        site.store.read(|_| Ok::<_, StoreError>(())).unwrap();
    }
    let after = site.of_app().await;
    let more = |name: &str, labels: &str| after(name, labels) - before(name, labels);
    assert_eq!(more("store_checkout_seconds_count", ""), 7.0);
    assert_eq!(more("store_checkout_seconds_bucket", r#"le="+Inf","#), 7.0);
    assert!(more("store_checkout_seconds_sum", "") > 0.0);
    assert_eq!(more("store_commit_seconds_count", ""), 0.0);
}

/// The first holds the writer up until the others wait behind it.
async fn three_writes_in_one_commit(site: &Site) {
    let (go, gone) = channel::<()>();
    let mut first = Box::pin(site.store.write(move |_| {
        gone.recv().unwrap();
        Ok::<_, StoreError>(())
    }));
    assert!(poll_once(first.as_mut()).await.is_none());
    let mut others = [(); 2].map(|()| Box::pin(site.store.write(|_| Ok::<_, StoreError>(()))));
    for other in &mut others {
        assert!(poll_once(other.as_mut()).await.is_none());
    }
    go.send(()).unwrap();
    first.await.unwrap();
    for other in others {
        other.await.unwrap();
    }
}

/// Every name that looks like one of ours in the dashboard's queries is a metric that there is.
#[tokio::test]
async fn the_dashboard_uses_only_metrics_that_exist() {
    let site = Site::new(&Dataset::tiny());
    // Connections are counted by what listens.
    let (address, _stop, _serving) = serve(&site, Duration::ZERO).await;
    let mut client = Client::connect(address).await.unwrap();
    client.get("/livez").await.unwrap();
    site.get("/api/chair/1").await.is(200);
    // Those of users are there where an app has some.
    let of_users = club(&options()).metrics().await;
    let metrics = [site.metrics().await, of_users].concat();
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/deploy/grafana/ekiben.json");
    let dashboard: Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    let panels = dashboard["panels"].as_array().unwrap().iter();
    let targets = panels.flat_map(|panel| panel["targets"].as_array().unwrap());
    let mut names = 0;
    for target in targets {
        let query = target["expr"].as_str().unwrap();
        let words = query.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        for name in words.filter(|word| word.starts_with("ekiben_") || word.starts_with("process_"))
        {
            let starts = |line: &str| {
                line.strip_prefix(name)
                    .is_some_and(|rest| rest.starts_with(['{', ' ']))
            };
            assert!(
                metrics.lines().any(starts),
                "{name} of {query:?} is no metric"
            );
            names += 1;
        }
    }
    assert!(names > 20, "only {names} metrics in the dashboard");
}

#[tokio::test]
async fn no_client_makes_up_label_values() {
    let site = Site::new(&Dataset::tiny());
    let send = |method: &str, path: &str| {
        let request = Request::builder().method(method).uri(path);
        site.send(request.body(Body::empty()).unwrap())
    };
    send("BREW", "/coffee").await.is(404);
    send("GET", "/coffee").await.is(404);
    let metrics = site.metrics().await;
    assert!(
        !metrics.contains("BREW") && !metrics.contains("coffee"),
        "{metrics}"
    );
    assert!(metrics.contains(r#"method="other""#));
}
