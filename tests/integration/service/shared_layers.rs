//! What all apps share: health, version, request ids, limits, compression, errors.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Method, Request};
use ekiben::config::Mode;
use ekiben::http::{HttpError, REQUEST_LOG};

use crate::support::busy_writer::BusyWriter;
use crate::support::captured_log::CapturedLog;
use crate::support::dataset::Dataset;
use crate::support::harness::{BAKE_TIME, Options, Site, poll_once};

#[tokio::test]
async fn live_ready_and_draining() {
    let site = Site::new(&Dataset::tiny());
    site.get("/livez").await.is(200);
    let ready = site.get("/readyz").await.is(200).json();
    assert_eq!(ready["status"], "ready");
    assert_eq!(ready["apps"][0]["generation"], 1);
    site.site.drain();
    assert_eq!(
        site.get("/readyz").await.is(503).json()["status"],
        "draining"
    );
    site.get("/livez").await.is(200);
}

#[tokio::test]
async fn version_tells_build_and_provenance() {
    let site = Site::new(&Dataset::tiny());
    let version = site.get("/version").await.is(200).json();
    assert_eq!(version["name"], "ekiben");
    assert_eq!(version["version"], env!("CARGO_PKG_VERSION"));
    let app = &version["apps"]["isuumo"];
    assert_eq!(app["mode"], "primary");
    assert_eq!(app["provenance"]["bake_time"], BAKE_TIME);
    assert_eq!(
        app["provenance"]["rows"],
        serde_json::json!({"chair": 1, "estate": 1})
    );
    assert_eq!(
        app["provenance"]["dataset_digest"].as_str().unwrap().len(),
        64
    );
}

#[tokio::test]
async fn request_ids_come_back() {
    let site = Site::new(&Dataset::tiny());
    let request = Request::get("/livez").header("x-request-id", "mine-1");
    let answer = site.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.header("x-request-id"), "mine-1");
    let (first, second) = (site.get("/livez").await, site.get("/nothing").await);
    assert!(!first.header("x-request-id").is_empty());
    assert_ne!(first.header("x-request-id"), second.header("x-request-id"));
}

#[tokio::test]
async fn errors_outside_contracts_are_problem_documents() {
    let site = Site::new(&Dataset::tiny());
    for (answer, status, title) in [
        (site.get("/nothing").await, 404, "Not Found"),
        (
            site.post("/livez", "text/plain", "").await,
            405,
            "Method Not Allowed",
        ),
        (
            site.post("/api/chair/1", "text/plain", "").await,
            405,
            "Method Not Allowed",
        ),
    ] {
        answer.is(status);
        assert_eq!(answer.header("content-type"), "application/problem+json");
        let problem: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(problem["title"], title);
        assert_eq!(problem["status"], status);
    }
}

#[tokio::test]
async fn bodies_above_the_limit_are_413() {
    let mut options = Options::default();
    options.config.limits.body_bytes = 100;
    let site = Site::with(&Dataset::tiny(), &options);
    let body = format!(r#"{{"email":"{}"}}"#, "x".repeat(100));
    site.post_json("/api/chair/buy/1", &body).await.is(413);
    site.post_json("/api/estate/nazotte", &body).await.is(413);
}

#[tokio::test]
async fn beyond_the_concurrency_limit_is_503_with_retry_after() {
    let mut options = Options::default();
    options.config.limits.concurrent_requests = 1;
    let site = Site::with(&Dataset::tiny(), &options);
    let busy = BusyWriter::begin(&site.store).await;
    let mut running = Box::pin(site.buy(1));
    assert!(poll_once(running.as_mut()).await.is_none());
    let answer = site.get("/api/chair/1").await;
    assert_eq!(answer.is(503).header("retry-after"), "1");
    site.get("/readyz").await.is(200);
    busy.end().await;
    assert_eq!(running.await, 200);
    site.get("/api/chair/1").await.is(200);
}

#[tokio::test(start_paused = true)]
async fn a_request_that_takes_too_long_is_503() {
    let site = Site::new(&Dataset::tiny());
    let busy = BusyWriter::begin(&site.store).await;
    let answer = site.post_json("/api/chair/buy/1", r#"{"email":"a"}"#).await;
    // A write may have been queued, so the client is not told to repeat it.
    assert_eq!(answer.is(503).header("retry-after"), "");
    assert!(
        String::from_utf8_lossy(&answer.body).contains("longer than 30 seconds"),
        "{answer}"
    );
    busy.end().await;
}

#[tokio::test]
async fn large_answers_are_compressed_for_those_who_accept_it() {
    let estates = (1..=20).map(|id| crate::support::dataset::Estate {
        id,
        ..crate::support::dataset::ESTATE
    });
    let site = Site::new(&Dataset::of_estates(estates));
    let get = async |path: &str, encoding: &str| {
        let request = Request::get(path).header("accept-encoding", encoding);
        site.send(request.body(Body::empty()).unwrap()).await
    };
    let plain = site.get("/api/estate/low_priced").await;
    assert_eq!(plain.is(200).header("content-encoding"), "");
    for encoding in ["gzip", "zstd"] {
        let packed = get("/api/estate/low_priced", encoding).await;
        assert_eq!(packed.is(200).header("content-encoding"), encoding);
        let mut unpacked = Vec::new();
        let mut reader = ekiben::dump::decompress(&packed.body[..]).unwrap();
        std::io::Read::read_to_end(&mut reader, &mut unpacked).unwrap();
        assert_eq!(unpacked, plain.body);
    }
    assert_eq!(
        get("/api/estate/1", "gzip")
            .await
            .is(200)
            .header("content-encoding"),
        "",
        "too small"
    );
}

#[tokio::test]
async fn a_replica_reads_and_refuses_writes() {
    let options = Options {
        mode: Mode::Replica,
        ..Options::default()
    };
    let site = Site::with(&Dataset::tiny(), &options);
    site.get("/api/chair/1").await.is(200);
    site.get("/readyz").await.is(200);
    assert_eq!(site.buy(1).await, 503);
    site.upload("chairs", "2,n,d,t,1,1,1,1,c,,k,1,1\n")
        .await
        .is(503);
    // Its data is the baked one at all times, so there is nothing to put back.
    site.post_json("/initialize", "").await.is(200);
    let files: Vec<_> = site
        .folder
        .path()
        .read_dir()
        .unwrap()
        .map(|f| f.unwrap().file_name())
        .collect();
    assert!(
        !files.iter().any(|name| name == "data"),
        "a replica writes nothing: {files:?}"
    );
}

#[tokio::test]
async fn head_is_answered_like_get_without_a_body() {
    let site = Site::new(&Dataset::tiny());
    let request = Request::head("/api/chair/1").body(Body::empty()).unwrap();
    let answer = site.send(request).await;
    answer.is_bare(200);
}

#[tokio::test]
async fn a_panic_is_a_500_without_its_message() {
    async fn panics() {
        panic!("a test panics on purpose");
    }
    let routes = axum::Router::new().route("/panic", axum::routing::get(panics));
    let options = Options {
        beside: routes,
        ..Options::default()
    };
    let site = Site::with(&Dataset::tiny(), &options);
    let answer = site.get("/panic").await;
    assert_eq!(
        answer.is(500).header("content-type"),
        "application/problem+json"
    );
    assert!(
        !String::from_utf8_lossy(&answer.body).contains("on purpose"),
        "{answer}"
    );
    site.get("/livez").await.is(200);
    let metrics = site.operate(Method::GET, "/metrics").await;
    let metrics = String::from_utf8(metrics.body.to_vec()).unwrap();
    let counted = metrics.lines().find(|line| {
        line.contains("duration_seconds_count") && line.contains("/panic") && line.contains("500")
    });
    assert!(
        counted.is_some_and(|line| line.ends_with(" 1")),
        "{metrics}"
    );
}

#[derive(Debug, thiserror::Error)]
#[error("the inside gave way")]
struct Inside;

#[derive(Debug, thiserror::Error)]
#[error("the middle was lost")]
struct Middle(#[source] Inside);

#[derive(Debug, thiserror::Error)]
#[error("the outside failed")]
struct Outside(#[source] Middle);

/// What a job of the writer said when it panicked, and all that led to an error, is for the log alone.
#[tokio::test]
async fn causes_reach_the_log_as_a_whole_and_no_client() {
    let other = Site::new(&Dataset::tiny());
    let store = Arc::clone(&other.store);
    let panics = axum::routing::get(async move || {
        let work =
            |_: &rusqlite::Connection| -> Result<(), HttpError> { panic!("the job fell over") };
        store.write(work).await
    });
    let fails = axum::routing::get(async || {
        let cause = Outside(Middle(Inside));
        Err::<(), _>(HttpError::internal(cause))
    });
    let options = Options {
        beside: axum::Router::new()
            .route("/panics", panics)
            .route("/fails", fails),
        ..Options::default()
    };
    let site = Site::with(&Dataset::tiny(), &options);
    for (path, said) in [
        ("/panics", "a query panicked: the job fell over"),
        (
            "/fails",
            "the outside failed: the middle was lost: the inside gave way",
        ),
    ] {
        let log = CapturedLog::begin();
        let answer = site.get(path).await;
        answer.is(500);
        let lines = log.lines(REQUEST_LOG);
        assert_eq!(lines.len(), 1, "{}", log.text());
        assert_eq!(lines[0]["cause"], said);
        for cause in said.split(": ") {
            assert!(!answer.to_string().contains(cause), "{answer}");
        }
    }
}
