//! The listener for operators: the token, reload, and what happens on signals.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{Method, Request};
use ekiben::config::{Mode, Secret};
use ekiben::http::admin;
use tempfile::TempDir;

use crate::support::binary::{Process, run};
use crate::support::client::Client;
use crate::support::dataset::{CHAIR, Chair, Dataset};
use crate::support::harness::{Answer, Options, Site, ask, bake_folder};

const RELOAD: &str = "/admin/reload";

impl Site {
    /// Asks as an operator would, without a token being configured.
    pub(crate) async fn operate(&self, method: Method, path: &str) -> Answer {
        let request = Request::builder().method(method).uri(path);
        let connections = self.connections.get().cloned();
        let routes = admin::routes(Arc::clone(&self.site), connections, &Secret::default());
        ask(routes, request.body(Body::empty()).unwrap()).await
    }
}

#[tokio::test]
async fn a_token_is_asked_for_where_there_is_one() {
    let site = Site::new(&Dataset::tiny());
    let asked = async |authorization: Option<&str>| {
        let mut request = Request::get("/metrics");
        if let Some(value) = authorization {
            request = request.header("authorization", value);
        }
        let routes = admin::routes(Arc::clone(&site.site), None, &"s3cret".into());
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
    // Trust 17: the scheme's name has no case.
    for given in ["Bearer s3cret", "bearer s3cret", "BEARER  s3cret"] {
        asked(Some(given)).await.is(200);
    }
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
    shown.exits(0).says("\n# token is set, and not shown ");
    assert!(!shown.stdout.contains("s3cret"));
    write("[admin]\nlisten = \"nowhere\"\n");
    run(folder.path(), &["serve", "--print-config"])
        .exits(3)
        .says("is not an address to listen on")
        .says("\"off\" for none");
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
    // Trust 11: the operator is told why.
    let refused = site.operate(Method::POST, RELOAD).await;
    let detail = refused.is(500).json_of_a_problem()["detail"].to_string();
    assert!(
        detail.contains("isuumo goes on as it was: cannot serve"),
        "{detail}"
    );
    assert!(detail.contains("Bake the file anew"), "{detail}");
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

/// For scrapers that send no token, inside a network: metrics, and nothing else of what operators have.
#[tokio::test]
async fn metrics_can_have_an_address_of_their_own_without_a_token() {
    let folder = TempDir::new().unwrap();
    bake_price(folder.path(), 100);
    let config = "[admin]\nlisten = \"127.0.0.1:0\"\ntoken = \"s3cret\"\n[metrics]\nlisten = \"127.0.0.1:0\"\n";
    fs::write(folder.path().join("ekiben.toml"), config).unwrap();
    let server = Process::start(folder.path(), &["--mode", "replica"]);
    let told = server.before.lines().find_map(|line| {
        let line: serde_json::Value = serde_json::from_str(line).ok()?;
        line["metrics"].as_str()?.parse().ok()
    });
    let mut scraper = Client::connect(told.unwrap()).await.unwrap();
    let (status, metrics) = scraper.get("/metrics").await.unwrap();
    assert_eq!(status, 200);
    assert!(metrics.contains("ekiben_store_generation"), "{metrics}");
    for path in ["/", "/readyz", "/version", "/api/chair/1"] {
        assert_eq!(scraper.get(path).await.unwrap().0, 404, "{path}");
    }
    let refused = scraper.post(RELOAD, "", String::new()).await.unwrap();
    assert_eq!(refused.0, 404);
    let mut operator = Client::connect(server.admin.unwrap()).await.unwrap();
    assert_eq!(operator.get("/metrics").await.unwrap().0, 401);
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
    // Trust 11: whoever asks by HTTP is told why, and the log has it too.
    let refused = operator.post(RELOAD, "", String::new()).await.unwrap();
    assert!(
        refused.0 == 500 && refused.1.contains("cannot serve"),
        "{refused:?}"
    );
    let line = server.wait_for_log("not reloaded");
    assert!(line["cause"].to_string().contains("cannot serve"), "{line}");
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
