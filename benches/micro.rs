//! What the parts of a request cost, without sockets: the dump lexer, a prebuilt body, a point read
//! (also with the limit on each client's requests), a search, a nazotte, the verification of a token.
//!
//! `cargo bench --bench micro [NAME]`. Requests go through the router that the binary serves, layers
//! included, on one thread. Absolute times: compare them within one run, and machines with
//! `--bench load`.

#![expect(
    clippy::unwrap_used,
    reason = "a benchmark may stop at anything unexpected"
)]

use std::io::Read as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::LazyLock;
use std::time::{Duration, SystemTime};

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Method, Request, header};
use divan::Bencher;
use divan::counter::BytesCount;
use ekiben::apps::{self, App as _, AppData as _, isuumo::Isuumo};
use ekiben::auth::UserContext;
use ekiben::auth::token::Tokens;
use ekiben::bake::{Recipe, bake};
use ekiben::config::{Config, Layers, Secret, Sources};
use ekiben::dump::{DumpReader, decompress};
use ekiben::file::Folder;
use ekiben::http::{SiteRouter, WorkPool};
use ekiben::load::Silent;
use ekiben::serving;
use http_body_util::BodyExt as _;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tower::ServiceExt as _;

const DATASET: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/dataset/isuumo");

fn main() {
    divan::main();
}

/// The project's dataset as a primary serves it.
struct Served {
    runtime: Runtime,
    router: SiteRouter,
    /// The same with a limit on each client's requests, which nobody reaches.
    limited: SiteRouter,
    _files: TempDir,
}

static SERVED: LazyLock<Served> = LazyLock::new(|| {
    let files = TempDir::new().unwrap();
    let baked = files.path().join("isuumo.sqlite");
    let recipe = Recipe {
        app: Isuumo.name(),
        schema: &apps::schema(&Isuumo, &Config::default()).unwrap(),
        dataset: &Folder::Disk(DATASET.into()),
        csv: Isuumo.csv_tables(),
        documents: Isuumo.documents(),
        default_documents: &apps::built_in_dataset(&Isuumo),
        bake_time: "2026-01-01T00:00:00Z",
    };
    bake(&recipe, &baked, &mut Silent).unwrap();
    let mut config = Config {
        baked_dir: files.path().to_owned(),
        ..Config::default()
    };
    let router = router(&config, files.path().join("unlimited"));
    config.limits.client_requests_per_second = 1e6;
    config.limits.client_burst = u32::MAX;
    config.http.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()];
    Served {
        runtime: tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap(),
        router,
        limited: self::router(&config, files.path().join("limited")),
        _files: files,
    }
});

/// A site of its own, with its copy in `data_dir`.
fn router(config: &Config, data_dir: PathBuf) -> SiteRouter {
    let sources = Sources {
        app_defaults: [("isuumo".to_owned(), Isuumo.default_settings())].into(),
        defaults: Config {
            data_dir,
            ..config.clone()
        },
        ..Sources::default()
    };
    let layers = Layers::load(&sources).unwrap();
    serving::build(&[&Isuumo], &layers).unwrap().router
}

impl Served {
    /// Sends a request and reads its answer to the end. A function of its own, so that callgrind can
    /// count its instructions alone (docs/performance.md).
    #[inline(never)]
    fn answer(&self, method: &Method, path: &str, body: &'static str) -> usize {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body))
            .unwrap();
        self.send(&self.router, request)
    }

    fn send(&self, router: &SiteRouter, request: Request<Body>) -> usize {
        self.runtime.block_on(async {
            let response = router.clone().oneshot(request).await.unwrap();
            assert!(response.status().is_success(), "{}", response.status());
            response
                .into_body()
                .collect()
                .await
                .unwrap()
                .to_bytes()
                .len()
        })
    }
}

/// Statements and rows of the chairs' dump, without looking at values.
#[divan::bench]
fn dump_lexer(bencher: Bencher<'_, '_>) {
    let packed = std::fs::read(format!("{DATASET}/2_chair.sql.zst")).unwrap();
    let schema = std::fs::read(format!("{DATASET}/0_schema.sql")).unwrap();
    let mut dump = schema;
    decompress(std::io::Cursor::new(packed))
        .unwrap()
        .read_to_end(&mut dump)
        .unwrap();
    bencher
        .counter(BytesCount::of_slice(&dump))
        .bench_local(|| {
            let mut reader = DumpReader::new("bench", &dump[..]);
            let mut rows = 0_usize;
            while reader.next_statement().unwrap().is_some() {
                while reader.next_row().unwrap().is_some() {
                    rows += 1;
                }
            }
            rows
        });
}

/// A prebuilt body: what every request costs.
#[divan::bench]
fn prebuilt(bencher: Bencher<'_, '_>) {
    let served = &*SERVED;
    bencher.bench_local(|| served.answer(&Method::GET, "/api/chair/search/condition", ""));
}

#[divan::bench]
fn point_read(bencher: Bencher<'_, '_>) {
    let served = &*SERVED;
    bencher.bench_local(|| served.answer(&Method::GET, "/api/chair/14750", ""));
}

/// A point read that comes through a proxy, for one of 1,000 clients, without and with the limit.
#[divan::bench(args = [false, true])]
fn proxied_point_read(bencher: Bencher<'_, '_>, limited: bool) {
    let served = &*SERVED;
    let router = [&served.router, &served.limited][usize::from(limited)];
    let mut number = 0_u32;
    bencher.bench_local(|| {
        number = (number + 1) % 1000;
        let client = format!("203.0.{}.{}", number / 256, number % 256);
        let request = Request::get("/api/chair/14750").header("x-forwarded-for", client);
        let mut request = request.body(Body::empty()).unwrap();
        let peer = SocketAddr::from(([127, 0, 0, 1], 50_000));
        request.extensions_mut().insert(ConnectInfo(peer));
        served.send(router, request)
    });
}

#[divan::bench]
fn search(bencher: Bencher<'_, '_>) {
    let served = &*SERVED;
    let path = "/api/chair/search?priceRangeId=2&heightRangeId=1&page=1&perPage=25";
    bencher.bench_local(|| served.answer(&Method::GET, path, ""));
}

/// A square of half a degree around Nagoya, where there are many.
#[divan::bench]
fn nazotte(bencher: Bencher<'_, '_>) {
    let served = &*SERVED;
    let square = r#"{"coordinates":[{"latitude":34.9,"longitude":136.6},{"latitude":35.4,"longitude":136.6},{"latitude":35.4,"longitude":137.1},{"latitude":34.9,"longitude":137.1},{"latitude":34.9,"longitude":136.6}]}"#;
    bencher.bench_local(|| served.answer(&Method::POST, "/api/estate/nazotte", square));
}

/// Issues and verifies tokens as the blog does.
fn tokens() -> Tokens {
    let context = UserContext::new(&Config::default(), WorkPool::new(1, 1));
    let secret = Secret::from("a secret of thirty-two bytes or so");
    let users = context.for_app("conduit", &secret).unwrap();
    users
        .open()
        .unwrap()
        .tokens(Duration::from_secs(60))
        .unwrap()
}

/// As nearly all are: by a client that asked before.
#[divan::bench]
fn known_token(bencher: Bencher<'_, '_>) {
    let (tokens, now) = (tokens(), SystemTime::now());
    let token = tokens.issue(1, now).unwrap();
    bencher.bench_local(|| tokens.verify(&token, now).unwrap().user);
}

/// Of clients that come for the first time.
#[divan::bench]
fn unknown_token(bencher: Bencher<'_, '_>) {
    let (tokens, now) = (tokens(), SystemTime::now());
    let mut user = 0;
    bencher
        .with_inputs(|| {
            user += 1;
            tokens.issue(user, now).unwrap()
        })
        .bench_local_values(|token| tokens.verify(&token, now).unwrap().user);
}
