//! The listener for operators: metrics, the token, reload, and what happens on signals.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{Method, Request};
use ekiben::http::admin;
use ekiben::store::Mode;
use serde_json::Value;
use tempfile::TempDir;

use crate::binary::{Process, run};
use crate::client::Client;
use crate::dataset::{CHAIR, Chair, Dataset};
use crate::harness::{Answer, Options, Site, ask, bake_folder};

const RELOAD: &str = "/admin/reload";

impl Site {
    /// Asks as an operator would, without a token being configured.
    async fn operate(&self, method: Method, path: &str) -> Answer {
        let request = Request::builder().method(method).uri(path);
        let routes = admin::routes(Arc::clone(&self.site), "");
        ask(routes, request.body(Body::empty()).unwrap()).await
    }

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
    assert_eq!(value(&metrics, "ekiben_http_requests_in_flight"), 0.0);
    let of_app = |name: &str| value(&metrics, &format!(r#"ekiben_{name}{{app="isuumo"}}"#));
    assert_eq!(of_app("store_generation"), 1.0);
    assert_eq!(
        (of_app("store_commits_total"), of_app("store_writes_total")),
        (1.0, 1.0)
    );
    assert!(of_app("store_commit_seconds_total") > 0.0);
    assert!(of_app("store_checkouts_total") >= 1.0);
    assert_eq!(of_app("store_readers"), of_app("store_idle_readers"));
    assert!(of_app("store_log_bytes") > 0.0 && of_app("store_file_bytes") > 4096.0);
    assert_eq!(of_app("store_waiting_writes"), 0.0);
    assert!(value(&metrics, "process_resident_memory_bytes") > 1e6);
    assert!(value(&metrics, "process_cpu_seconds_total") > 0.0);
    let digest = &site.store.provenance().dataset_digest;
    let labels = format!(r#"app="isuumo",mode="primary",dataset="{digest}""#);
    assert_eq!(value(&metrics, &format!("ekiben_dataset{{{labels}}}")), 1.0);
}

/// Every name that looks like one of ours in the dashboard's queries is a metric that there is.
#[tokio::test]
async fn the_dashboard_uses_only_metrics_that_exist() {
    let site = Site::new(&Dataset::tiny());
    site.get("/api/chair/1").await.is(200);
    let metrics = site.metrics().await;
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

#[tokio::test]
async fn a_token_is_asked_for_where_there_is_one() {
    let site = Site::new(&Dataset::tiny());
    let asked = async |authorization: Option<&str>| {
        let mut request = Request::get("/metrics");
        if let Some(value) = authorization {
            request = request.header("authorization", value);
        }
        let routes = admin::routes(Arc::clone(&site.site), "s3cret");
        ask(routes, request.body(Body::empty()).unwrap()).await
    };
    for wrong in [
        None,
        Some(""),
        Some("s3cret"),
        Some("Bearer"),
        Some("Bearer "),
        Some("Bearer s3cre"),
    ] {
        let answer = asked(wrong).await;
        assert_eq!(answer.is(401).header("www-authenticate"), "Bearer");
        assert!(!String::from_utf8_lossy(&answer.body).contains("s3cret"));
    }
    asked(Some("Bearer s3cret")).await.is(200);
    // None of it is on the public port.
    site.get("/metrics").await.is(404);
    site.post(RELOAD, "text/plain", "").await.is(404);
}

#[test]
fn an_address_that_others_can_reach_needs_a_token() {
    let folder = TempDir::new().unwrap();
    let write = |text: &str| fs::write(folder.path().join("ekiben.toml"), text).unwrap();
    write("[admin]\nlisten = \"0.0.0.0:1\"\n");
    run(folder.path(), &["serve", "--print-config"])
        .exits(3)
        .says("admin.listen")
        .says("only with admin.token");
    write("[admin]\nlisten = \"0.0.0.0:1\"\ntoken = \"s3cret\"\n");
    let shown = run(folder.path(), &["serve", "--print-config"]);
    shown.exits(0).says("(hidden)");
    assert!(!shown.stdout.contains("s3cret"));
    write("[admin]\nlisten = \"nowhere\"\n");
    run(folder.path(), &["serve", "--print-config"])
        .exits(3)
        .says("neither an address with a port nor");
}

/// Bakes a dataset with one chair of that price, and its own first word of the features.
fn bake_price(folder: &Path, price: i64) -> std::path::PathBuf {
    let dumps = folder.join("dumps");
    let dataset = Dataset::of_chairs([Chair {
        id: 1,
        price,
        ..CHAIR
    }]);
    dataset.write(&dumps);
    let baked = folder.join("data/isuumo.sqlite");
    bake_folder(&dumps, &baked).unwrap();
    baked
}

#[tokio::test]
async fn a_replica_takes_up_a_newly_baked_file() {
    let folder = TempDir::new().unwrap();
    let baked = bake_price(folder.path(), 100);
    let options = Options {
        mode: Mode::Replica,
        ..Options::default()
    };
    let site = Site::open(folder, &baked, &options);
    assert_eq!(site.get("/api/chair/1").await.json()["price"], 100);
    let held = site.store.generation();
    bake_price(site.folder.path(), 200);
    // The documents are of the generation too.
    let conditions = site.get("/api/chair/search/condition").await.json();
    let document = site.folder.path().join("dumps/chair_condition.json");
    let mut other = conditions.clone();
    other["color"]["list"] = serde_json::json!(["無"]);
    fs::write(document, other.to_string()).unwrap();
    bake_folder(&site.folder.path().join("dumps"), &baked).unwrap();
    assert_eq!(
        site.get("/api/chair/1").await.json()["price"],
        100,
        "not yet"
    );
    let reloaded = site.operate(Method::POST, RELOAD).await;
    assert_eq!(reloaded.is(200).json()[0]["generation"], 1);
    assert_eq!(site.get("/api/chair/1").await.json()["price"], 200);
    assert_eq!(site.get("/api/chair/search/condition").await.json(), other);
    // A request that was under way has what it began with.
    let old = held.read(|connection| {
        let select = "SELECT price FROM chair";
        Ok::<i64, ekiben::store::StoreError>(connection.query_row(select, [], |row| row.get(0))?)
    });
    assert_eq!(old.unwrap(), 100);
    // What cannot be served is refused, and the old goes on.
    fs::write(&baked, b"no database").unwrap();
    site.operate(Method::POST, RELOAD).await.is(500);
    assert_eq!(site.get("/api/chair/1").await.json()["price"], 200);
    assert_eq!(site.store.generation().number(), 1);
}

#[tokio::test]
async fn a_primary_does_not_drop_writes_for_a_reload() {
    let site = Site::new(&Dataset::tiny());
    let answer = site.operate(Method::POST, RELOAD).await;
    assert_eq!(
        answer.is(409).header("content-type"),
        "application/problem+json"
    );
    assert_eq!(site.store.generation().number(), 1);
}

#[tokio::test]
async fn the_binary_reloads_on_sighup_and_says_unready_before_it_stops() {
    let folder = TempDir::new().unwrap();
    bake_price(folder.path(), 100);
    let config = "[admin]\nlisten = \"127.0.0.1:0\"\n[shutdown]\ndelay_seconds = 3600\n";
    fs::write(folder.path().join("ekiben.toml"), config).unwrap();
    let mut server = Process::start(folder.path(), &["--mode", "replica"]);
    let mut public = Client::connect(server.address).await.unwrap();
    let mut operator = Client::connect(server.admin.unwrap()).await.unwrap();
    let (status, metrics) = operator.get("/metrics").await.unwrap();
    assert!(
        status == 200 && metrics.contains("ekiben_store_generation"),
        "{metrics}"
    );
    let baked = bake_price(folder.path(), 200);
    let good = fs::read(&baked).unwrap();
    // Another file takes the name, as a bake does it; what is served stays as it is.
    let replace = |bytes: &[u8]| {
        let next = baked.with_extension("next");
        fs::write(&next, bytes).unwrap();
        fs::rename(&next, &baked).unwrap();
    };
    replace(b"no database");
    server.hang_up();
    server.wait_for_log("cannot serve");
    replace(&good);
    server.hang_up();
    server.wait_for_log("\"reloaded\"");
    let (_, chair) = public.get("/api/chair/1").await.unwrap();
    assert!(chair.contains("\"price\":200"), "{chair}");
    assert_eq!(public.get("/readyz").await.unwrap().0, 200);
    server.terminate();
    server.wait_for_log("stopping");
    // Within the delay: requests are taken, also on new connections, but probes are told.
    let mut late = Client::connect(server.address).await.unwrap();
    assert_eq!(late.get("/readyz").await.unwrap().0, 503);
    assert_eq!(late.get("/api/chair/1").await.unwrap().0, 200);
    assert_eq!(operator.get("/readyz").await.unwrap().0, 503);
}
