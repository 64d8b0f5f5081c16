//! Slow statements are counted, and logged with their SQL and plan but without values.

use std::fs;
use std::path::Path;
use std::time::Duration;

use ekiben::store::{SLOW_QUERY_LOG, Store, StoreError, StoreOptions};
use rusqlite::Connection;
use serde_json::Value;
use tempfile::TempDir;

use crate::support::binary::Process;
use crate::support::captured_log::CapturedLog;
use crate::support::client::Client;
use crate::support::dataset::{CHAIR, Chair, Dataset};
use crate::support::harness::{Options, bake_folder, store_options};

const SECRET: &str = "kotori@example.com";

/// Counts to its first parameter, one by one.
const COUNT: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1) \
                     SELECT count(*) FROM n WHERE ?2 <> ''";

const MILLISECOND: Duration = Duration::from_millis(1);

/// Counting so far takes longer than that on any machine.
const MILLIONS: i64 = 2_000_000;

fn count_to(number: i64) -> impl FnOnce(&Connection) -> Result<i64, StoreError> {
    move |connection| {
        let parameters = rusqlite::params![number, SECRET];
        Ok(connection.query_row(COUNT, parameters, |row| row.get(0))?)
    }
}

fn options(folder: &Path, slow_query: Option<Duration>) -> StoreOptions {
    let baked = folder.join("isuumo.sqlite");
    Dataset::tiny().write(&folder.join("dumps"));
    bake_folder(&folder.join("dumps"), &baked).unwrap();
    StoreOptions {
        slow_query,
        ..store_options(folder, &baked, &Options::default())
    }
}

/// The lines about `sql`; with so low a threshold others may be slow too.
fn lines_about(log: &CapturedLog, sql: &str) -> Vec<Value> {
    let mut lines = log.lines(SLOW_QUERY_LOG);
    lines.retain(|line| line["sql"] == sql);
    lines
}

#[test]
fn a_slow_read_is_logged_with_its_plan_and_without_values() {
    let folder = TempDir::new().unwrap();
    let store = Store::open(options(folder.path(), Some(MILLISECOND))).unwrap();
    let log = CapturedLog::begin();
    let before = store.figures().slow_queries;
    assert_eq!(store.read(count_to(MILLIONS)).unwrap(), MILLIONS);
    let lines = lines_about(&log, COUNT);
    let [line] = &lines[..] else {
        panic!("not one line: {}", log.text());
    };
    assert_eq!(line["level"], "WARN");
    assert_eq!(line["message"], "slow query");
    assert_eq!(line["app"], "isuumo");
    assert_eq!(line["suppressed"], 0);
    assert!(line["milliseconds"].as_u64().unwrap() >= 1);
    let plan = line["plan"].as_str().unwrap();
    assert!(
        plan.contains("CO-ROUTINE n\n  SETUP\n    SCAN CONSTANT ROW"),
        "{plan}"
    );
    assert!(plan.ends_with("\nSCAN n"), "{plan}");
    assert!(!log.text().contains("kotori"), "{}", log.text());
    assert!(store.figures().slow_queries > before);
}

#[test]
fn a_read_that_is_interrupted_is_slow_too() {
    let folder = TempDir::new().unwrap();
    let mut options = options(folder.path(), Some(MILLISECOND));
    options.read_time = Duration::from_millis(20);
    let store = Store::open(options).unwrap();
    let log = CapturedLog::begin();
    let error = store.read(count_to(i64::MAX)).unwrap_err();
    assert!(error.is_interrupted(), "{error}");
    let lines = lines_about(&log, COUNT);
    assert!(
        lines.len() == 1 && lines[0]["plan"].is_string(),
        "{}",
        log.text()
    );
}

#[tokio::test]
async fn what_is_below_the_threshold_is_not_slow_and_without_one_nothing_is() {
    for slow_query in [Some(Duration::from_secs(3600)), None] {
        let folder = TempDir::new().unwrap();
        let store = Store::open(options(folder.path(), slow_query)).unwrap();
        let log = CapturedLog::begin();
        assert_eq!(store.read(count_to(MILLIONS)).unwrap(), MILLIONS);
        let write = |connection: &Connection| {
            let parameters = rusqlite::params![MILLIONS, SECRET];
            let count: i64 = connection.query_row(COUNT, parameters, |row| row.get(0))?;
            Ok::<_, StoreError>(count)
        };
        assert_eq!(store.write(write).await.unwrap(), MILLIONS);
        assert_eq!(store.figures().slow_queries, 0);
        assert_eq!(log.lines(SLOW_QUERY_LOG), [Value::Null; 0]);
    }
}

/// The app's own SQL, on the writer: a trigger makes purchases slow.
#[tokio::test]
async fn a_slow_write_of_the_binary_is_logged_and_counted() {
    const TRIGGER: &str = "CREATE TRIGGER slow AFTER UPDATE ON chair BEGIN
      SELECT count(*) FROM chair a, chair b, chair c WHERE a.price + b.price = c.price; END;";
    let folder = TempDir::new().unwrap();
    let schema = folder.path().join("schema/isuumo");
    fs::create_dir_all(&schema).unwrap();
    let built_in = concat!(env!("CARGO_MANIFEST_DIR"), "/schema/isuumo");
    for file in fs::read_dir(built_in).unwrap().map(Result::unwrap) {
        fs::copy(file.path(), schema.join(file.file_name())).unwrap();
    }
    let derived = fs::read_to_string(schema.join("derived.sql")).unwrap();
    fs::write(schema.join("derived.sql"), derived + TRIGGER).unwrap();
    // 8,000,000 rows to go through.
    let chairs = (1..=200).map(|id| Chair { id, ..CHAIR });
    Dataset::of_chairs(chairs).write(&folder.path().join("dumps/isuumo"));
    let config = "schema_dir = \"schema\"\ndataset_dir = \"dumps\"\n\
                  [admin]\nlisten = \"127.0.0.1:0\"\n[log]\nslow_query_milliseconds = 1\n";
    fs::write(folder.path().join("ekiben.toml"), config).unwrap();
    let mut server = Process::start(folder.path(), &[]);
    let mut client = Client::connect(server.address).await.unwrap();
    let body = format!("{{\"email\":\"{SECRET}\"}}");
    let buy = client.post("/api/chair/buy/77", "application/json", body);
    assert_eq!(buy.await.unwrap().0, 200);
    let line = server.wait_for_log("UPDATE chair");
    assert_eq!(line["target"], SLOW_QUERY_LOG);
    assert_eq!(
        line["sql"],
        "UPDATE chair SET stock = stock - 1 WHERE id = ?1 AND stock > 0"
    );
    let plan = line["plan"].as_str().unwrap();
    assert!(
        plan.starts_with("SEARCH chair USING INTEGER PRIMARY KEY (rowid=?)"),
        "{plan}"
    );
    let mut operator = Client::connect(server.admin.unwrap()).await.unwrap();
    let (_, metrics) = operator.get("/metrics").await.unwrap();
    let total = "ekiben_store_slow_queries_total{app=\"isuumo\"} ";
    let total = metrics.lines().find_map(|line| line.strip_prefix(total));
    assert!(total.unwrap().parse::<u64>().unwrap() >= 1, "{metrics}");
}
