//! On Fly.io: a replica has its writes sent to the app of the primary by a header on their refusals.

use axum::body::Body;
use axum::http::Request;
use ekiben::apps::App;
use ekiben::config::Mode;
use tempfile::TempDir;

use crate::support::dataset::Dataset;
use crate::support::harness::{Answer, Options, Site};

const SECRET: &str = "secret = \"0123456789abcdef0123456789abcdef\"";

/// A replica, or a primary, of an app over its own dataset, that knows an app on Fly.
fn site(app: &'static dyn App, mode: Mode, primary_app: &str) -> Site {
    let mut options = Options {
        app,
        mode,
        settings: if app.name() == "conduit" { SECRET } else { "" },
        ..Options::default()
    };
    options.config.fly.primary_app = primary_app.to_owned();
    match app.name() {
        "isuumo" => Site::with(&Dataset::tiny(), &options),
        name => {
            let folder = TempDir::new().unwrap();
            let dataset = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("dataset")
                .join(name);
            let baked = folder.path().join(format!("{name}.sqlite"));
            crate::support::harness::bake_app(app, &dataset, &baked).unwrap();
            Site::open(folder, &baked, &options)
        }
    }
}

async fn write(site: &Site, path: &str, kind: &str, body: &str) -> Answer {
    let request = Request::post(path)
        .header("content-type", kind)
        .header("accept", "application/json, text/html;q=0.9")
        .header("content-length", body.len());
    site.send(request.body(Body::from(body.to_owned())).unwrap())
        .await
}

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

/// An app and what changes something in it: path, content type, body.
const WRITES: [(&str, &str, &str, &str); 4] = [
    (
        "isuumo",
        "/api/chair/buy/1",
        JSON,
        "{\"email\": \"a@b.example\"}",
    ),
    ("isuumo", "/chair/1/buy", FORM, "email=a%40b.example"),
    (
        "people",
        "/people",
        JSON,
        "{\"survived\": true, \"passengerClass\": 1, \"name\": \"Ann\", \"sex\": \"female\", \"age\": 3, \
         \"siblingsOrSpousesAboard\": 0, \"parentsOrChildrenAboard\": 0, \"fare\": 1}",
    ),
    (
        "conduit",
        "/api/users",
        JSON,
        "{\"user\": {\"username\": \"ann\", \"email\": \"a@b.example\", \"password\": \"correct horse\"}}",
    ),
];

fn app(name: &str) -> &'static dyn App {
    ekiben::apps::find(name).unwrap()
}

#[tokio::test]
async fn a_replicas_refusal_names_the_app_of_the_primary() {
    for (name, path, kind, body) in WRITES {
        let replica = site(app(name), Mode::Replica, "shop-primary");
        let refused = write(&replica, path, kind, body).await;
        assert_eq!(refused.status.as_u16(), 503, "{name} {path}");
        assert_eq!(
            refused.header("fly-replay"),
            "app=shop-primary",
            "{name} {path}"
        );
    }
}

#[tokio::test]
async fn nothing_else_is_replayed() {
    let replica = site(app("isuumo"), Mode::Replica, "shop-primary");
    for path in ["/api/chair/1", "/api/chair/0", "/nothing", "/readyz"] {
        assert_eq!(replica.get(path).await.header("fly-replay"), "", "{path}");
    }
    // Fly keeps 1 MB of a body; what it does not have, the primary would not get.
    let large = "x".repeat(1_000_001);
    let body = format!("{{\"email\": \"{large}\"}}");
    let refused = write(&replica, "/api/chair/buy/1", JSON, &body).await;
    assert_eq!(refused.header("fly-replay"), "");
    let chunked = Request::post("/api/chair/buy/1")
        .header("content-type", JSON)
        .header("transfer-encoding", "chunked");
    let chunked = chunked
        .body(Body::from("{\"email\": \"a@b.example\"}"))
        .unwrap();
    let refused = replica.send(chunked).await;
    assert_eq!(refused.is(503).header("fly-replay"), "");
    // A replica that knows no app, and a primary that does.
    let alone = site(app("isuumo"), Mode::Replica, "");
    let (_, path, kind, body) = WRITES[0];
    let refused = write(&alone, path, kind, body).await;
    assert_eq!(refused.is(503).header("fly-replay"), "");
    let primary = site(app("isuumo"), Mode::Primary, "shop-primary");
    let done = write(&primary, path, kind, body).await;
    assert_eq!(done.is(200).header("fly-replay"), "");
}
