//! The line about each request: what is in it, when it is there, and what is never in it.

use std::fs;
use std::path::Path;

use axum::body::Body;
use axum::http::{Method, Request};
use ekiben::http::REQUEST_LOG;
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt as _;

use crate::support::binary::Process;
use crate::support::busy_writer::BusyWriter;
use crate::support::captured_log::CapturedLog;
use crate::support::client::Client;
use crate::support::dataset::{CHAIR, Chair, Dataset};
use crate::support::harness::{Options, Site, poll_once};
use crate::support::patience::Patience;

const TRACEPARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

/// A server over one chair, with these settings of `[log]`.
fn serve(folder: &Path, log: &str) -> Process {
    Dataset::tiny().write(&folder.join("dumps/isuumo"));
    let config = format!(
        "dataset_dir = \"dumps\"\n[admin]\nlisten = \"127.0.0.1:0\"\ntoken = \"s3cret\"\n[log]\n{log}\n"
    );
    fs::write(folder.join("ekiben.toml"), config).unwrap();
    Process::start(folder, &[])
}

fn get(path: &str) -> axum::http::request::Builder {
    Request::get(path).header("x-request-id", "mine-1")
}

#[tokio::test]
async fn a_line_has_all_that_operators_ask_for() {
    let folder = TempDir::new().unwrap();
    let mut server = serve(folder.path(), "filter = \"info\"");
    let mut client = Client::connect(server.address).await.unwrap();
    let request = get("/api/chair/1").header("traceparent", TRACEPARENT);
    let (_, body) = client
        .send(request.body(Body::empty()).unwrap())
        .await
        .unwrap();
    let mut line = server.wait_for_log("\"mine-1\"");
    let fields = line.as_object_mut().unwrap();
    let mut take = |name: &str| fields.remove(name).unwrap();
    let (elapsed, sent) = (take("elapsed_us"), take("sent_us"));
    assert!(elapsed.as_u64().unwrap() <= sent.as_u64().unwrap());
    assert!(take("timestamp").is_string());
    let expected = json!({
        "level": "INFO", "target": REQUEST_LOG, "message": "request",
        "id": "mine-1", "traceparent": TRACEPARENT,
        "method": "GET", "route": "/api/chair/{id}", "status": 200, "bytes": body.len(),
    });
    assert_eq!(line, expected);

    // Without a trace there is none in the line, nor with one that is not valid.
    for invalid in ["", "00-0-0-01"] {
        let request = get("/nothing").header("traceparent", invalid);
        let (status, body) = client
            .send(request.body(Body::empty()).unwrap())
            .await
            .unwrap();
        let line = server.wait_for_log("\"mine-1\"");
        assert_eq!((status.as_u16(), &line["status"]), (404, &json!(404)));
        assert_eq!(
            (&line["route"], &line["bytes"]),
            (&json!("-"), &json!(body.len()))
        );
        assert!(line.get("traceparent").is_none(), "{line}");
    }
}

/// Trust 34: what a client is at fault for is no failure of ours, whatever status its contract has for it.
#[tokio::test]
async fn only_failures_on_our_side_are_logged_unless_asked_for() {
    let folder = TempDir::new().unwrap();
    let server = serve(folder.path(), "");
    let mut client = Client::connect(server.address).await.unwrap();
    assert_eq!(client.get("/api/chair/1").await.unwrap().0, 200);
    // Rows that are there already, too long, or no CSV.
    let row = "1,椅子,d,/t.png,1,1,1,1,c,f,k,1,1\n";
    let long = row.replace('d', &"長".repeat(5_000));
    for fault in [row, &long, "\"", &row.replace("1,1,1,1,c", "1,1,1,-1,c")] {
        let (status, _) = client.upload("chairs", fault).await.unwrap();
        assert_eq!(status, 500);
    }
    let lock = folder.path().join("data/isuumo.primary.lock");
    fs::rename(&lock, lock.with_extension("away")).unwrap();
    let (status, _) = client.upload("chairs", row).await.unwrap();
    assert_eq!(status, 503);
    server.terminate();
    let (code, log) = server.wait();
    assert_eq!(code, Some(0));
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .filter(|line: &Value| line["target"] == REQUEST_LOG)
        .collect();
    let [line] = &lines[..] else {
        panic!("not one line: {log}");
    };
    assert_eq!(line["level"], "ERROR");
    assert_eq!(line["message"], "request failed");
    assert_eq!(line["status"], 503);
    let cause = line["cause"].as_str().unwrap();
    assert!(cause.contains("is no longer the file"), "{cause}");
    assert!(line["id"].is_string() && line["sent_us"].is_u64(), "{line}");
}

fn of_many_chairs() -> Site {
    // Features that do not repeat, so that they cannot be packed to nothing.
    let chairs = (1..=2000).map(|id| Chair {
        id,
        price: id,
        ..CHAIR
    });
    Site::new(&Dataset::of_chairs(chairs))
}

const ALL: &str = "/api/chair/search?kind=%E5%BA%A7%E6%A4%85%E5%AD%90&page=0&perPage=2000";

#[tokio::test]
async fn bytes_are_those_that_were_sent() {
    let site = of_many_chairs();
    let log = CapturedLog::begin();
    let send = async |method: Method, headers: &[(&str, &str)]| {
        let mut request = Request::builder().method(method).uri(ALL);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        site.send(request.body(Body::empty()).unwrap()).await
    };
    let plain = send(Method::GET, &[]).await;
    let packed = send(Method::GET, &[("accept-encoding", "gzip")]).await;
    assert_eq!(packed.header("content-encoding"), "gzip");
    let tag = plain.header("etag");
    let known = send(Method::GET, &[("if-none-match", tag)]).await;
    known.is(304);
    send(Method::HEAD, &[]).await.is(200);
    let lines = log.lines(REQUEST_LOG);
    let bytes: Vec<_> = lines.iter().map(|line| &line["bytes"]).collect();
    let (plain, packed) = (plain.body.len(), packed.body.len());
    assert!(packed < plain);
    assert_eq!(bytes, [plain, packed, 0, 0]);
    assert!(lines.iter().all(|line| line.get("cut_off").is_none()));
}

/// Trust 0: the line is there whatever else the process logs.
#[tokio::test]
async fn a_body_that_is_cut_off_counts_as_far_as_it_went() {
    let site = of_many_chairs();
    let log = CapturedLog::begin();
    let request = get(ALL).header("accept-encoding", "gzip");
    let request = request.body(Body::empty()).unwrap();
    let response = site.router.clone().oneshot(request).await.unwrap();
    assert_eq!(log.lines(REQUEST_LOG), [Value::Null; 0], "it is being sent");
    let mut body = response.into_body();
    let frame = body.frame().await.unwrap().unwrap();
    let sent = frame.data_ref().unwrap().len();
    drop(body);
    let lines = log.lines(REQUEST_LOG);
    let [line] = &lines[..] else {
        panic!("not one line: {}", log.text());
    };
    assert_eq!(
        (&line["bytes"], &line["cut_off"]),
        (&json!(sent), &json!(true))
    );
    assert_eq!(line["status"], 200);
}

/// An address that is found wherever a part of it is.
const ADDRESS: &str = "kotori.hanabi@momiji.example";
const ESCAPED: &str = "kotori.hanabi%40momiji.example";

/// Requests with the address wherever a client can put something.
fn telltales() -> Vec<Request<Body>> {
    let mut requests = Vec::new();
    let mut add = |request: axum::http::request::Builder, body: String| {
        requests.push(request.body(Body::from(body)).unwrap());
    };
    let wild = "/api/chair/search?page=0&perPage=9&features=%25";
    for address in [ADDRESS, ESCAPED] {
        for path in [
            format!("/{address}"),
            format!("/api/chair/{address}"),
            format!("/images/chair/{address}"),
            format!("/api/chair/1?email={address}"),
            format!("/api/estate/search?page={address}&perPage={address}&features={address}"),
            format!("{wild}{address}%25"),
        ] {
            add(Request::get(&path), String::new());
            add(Request::post(&path), address.to_owned());
        }
        for path in [
            "/api/chair/buy/1",
            "/api/estate/req_doc/9",
            "/api/estate/nazotte",
        ] {
            for body in [
                format!(r#"{{"email":"{address}"}}"#),
                format!(r#"{{"{address}":"{address}"}}"#),
                address.to_owned(),
            ] {
                let post = Request::post(path).header("content-type", "application/json");
                add(post, body);
            }
        }
        for rows in [
            format!("1,{address},d,/t.png,1,1,1,1,c,f,k,1,1\n"),
            format!(
                "3,{address},{address},{address},1,1,1,1,{},f,k,1,1\n",
                address.repeat(9)
            ),
            format!("{address}\n"),
        ] {
            let form = format!(
                "--{address}\r\nContent-Disposition: form-data; name=\"chairs\"; \
                 filename=\"{address}\"\r\n\r\n{rows}\r\n--{address}--\r\n"
            );
            let kind = format!("multipart/form-data; boundary=\"{address}\"");
            add(
                Request::post("/api/chair").header("content-type", kind),
                form,
            );
        }
        for header in [
            "accept-encoding",
            "authorization",
            "content-type",
            "cookie",
            "forwarded",
            "from",
            "if-none-match",
            "origin",
            "referer",
            "traceparent",
            "tracestate",
            "user-agent",
            "x-forwarded-for",
            "x-request-id",
            "x-real-ip",
            "kotori.hanabi",
        ] {
            add(
                Request::get("/api/chair/1").header(header, address),
                String::new(),
            );
        }
        let traced = format!("01{}-{address}", &TRACEPARENT[2..]);
        add(
            Request::get("/api/chair/1").header("traceparent", traced),
            String::new(),
        );
    }
    add(Request::get("/").method(ESCAPED), String::new());
    requests
}

#[tokio::test]
async fn no_address_gets_into_the_log_wherever_it_is_sent() {
    let folder = TempDir::new().unwrap();
    let everything = "filter = \"ekiben=trace\"\nslow_query_milliseconds = 1";
    let server = serve(folder.path(), everything);
    let mut sent = 0;
    for request in telltales() {
        let asked = format!("{request:?}");
        let mut client = Client::connect(server.address).await.unwrap();
        let (status, _) = client.send(request).await.unwrap();
        assert!(status.as_u16() >= 200, "{asked}");
        sent += 1;
    }
    let mut operator = Client::connect(server.admin.unwrap()).await.unwrap();
    for path in ["/metrics", "/admin/reload", "/nothing"] {
        let request = Request::get(format!("{path}?{ADDRESS}")).header("authorization", ADDRESS);
        let (status, _) = operator
            .send(request.body(Body::empty()).unwrap())
            .await
            .unwrap();
        assert!(matches!(status.as_u16(), 401 | 404), "{path}: {status}");
    }
    server.terminate();
    let (_, log) = server.wait();
    assert_eq!(log.matches("\"message\":\"request").count(), sent, "{log}");
    assert!(log.contains("\"cause\":"), "{log}");
    for part in ["kotori", "hanabi", "momiji"] {
        assert!(!log.contains(part), "{part} in:\n{log}");
    }
}

/// Trust 13: a reset is in the log, with the request's id, whatever is left out of it.
#[tokio::test]
async fn a_reset_has_a_line_with_the_requests_id() {
    let folder = TempDir::new().unwrap();
    let mut server = serve(folder.path(), "");
    let mut client = Client::connect(server.address).await.unwrap();
    let request = Request::post("/initialize").header("x-request-id", "reset-1");
    let request = request.body(Body::empty()).unwrap();
    assert_eq!(client.send(request).await.unwrap().0, 200);
    let line = server.wait_for_log("reset to the baked data");
    assert_eq!(line["level"], "INFO");
    assert_eq!(line["id"], "reset-1");
    assert_eq!(line["route"], "/initialize");
}

/// Trust 13: what is refused for overload is told in one line with counts.
#[tokio::test]
async fn refusals_for_overload_have_a_line_with_counts() {
    let log = CapturedLog::begin();
    let mut options = Options::default();
    options.config.limits.concurrent_requests = 1;
    let site = Site::with(&Dataset::tiny(), &options);
    let busy = BusyWriter::begin(&site.store).await;
    let mut purchase = Box::pin(site.buy(1));
    assert!(poll_once(purchase.as_mut()).await.is_none());
    for _ in 0..7 {
        site.get("/api/chair/1").await.is(503);
    }
    let lines = || log.lines("ekiben::http::observability::refusals");
    let mut looks = tokio::time::interval(std::time::Duration::from_millis(20));
    let patience = Patience::for_("the line with the counts");
    while patience.waits_while(lines().is_empty()) {
        looks.tick().await;
    }
    let lines = lines();
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert_eq!(lines[0]["level"], "WARN");
    assert_eq!(lines[0]["refused"], 7);
    assert_eq!(
        lines[0]["reasons"],
        "7 x Too many requests are being served."
    );
    busy.end().await;
    assert_eq!(purchase.await, 200);
}
