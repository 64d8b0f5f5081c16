//! The harness: an app over its own freshly baked file, asked in process through the real router.
//!
//! [`Site::new`] bakes a [`Dataset`] into a folder of its own, opens it as a primary and builds the same
//! router that the binary serves, layers included. [`Answer`]s carry everything that came back; their
//! assertions point at the test's line and print the whole answer.

use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::body::{Body, Bytes, HttpBody as _};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use axum::response::Response;
use ekiben::apps::{self, App};
use ekiben::bake::{Recipe, bake};
use ekiben::config::{Config, Durability, Layers, Mode, Sources};
use ekiben::file::Folder;
use ekiben::http::{BoundRoutes, SiteRouter, Watch};
use ekiben::load::{LoadError, Report, Silent};
use ekiben::serving::{self, Built};
use ekiben::store::{Store, StoreOptions};
use http_body_util::BodyExt as _;
use serde_json::Value;
use tempfile::TempDir;
use tower::{Service, ServiceExt as _};

use crate::support::dataset::Dataset;

pub(crate) const BAKE_TIME: &str = "2026-01-02T03:04:05Z";

/// The folder of the reference dumps, or `None` with the word "skipped" on standard error.
pub(crate) fn reference_data() -> Option<PathBuf> {
    let folder = std::env::var_os("EKIBEN_REFERENCE_DATA").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("skipped: EKIBEN_REFERENCE_DATA is not set");
    }
    folder
}

pub(crate) fn isuumo() -> &'static dyn App {
    apps::find("isuumo").unwrap()
}

pub(crate) fn people() -> &'static dyn App {
    apps::find("people").unwrap()
}

/// Bakes a folder of ISUUMO's dumps to `out` with the built-in schema.
pub(crate) fn bake_folder(dumps: &Path, out: &Path) -> Result<Report, LoadError> {
    bake_app(isuumo(), dumps, out)
}

/// Bakes a folder of an app's files to `out` with the built-in schema.
pub(crate) fn bake_app(
    app: &'static dyn App,
    folder: &Path,
    out: &Path,
) -> Result<Report, LoadError> {
    let config = Config::default();
    let recipe = Recipe {
        app: app.name(),
        schema: &apps::schema(app, &config)?,
        dataset: &Folder::Disk(folder.to_owned()),
        csv: app.csv_tables(),
        documents: app.documents(),
        default_documents: &apps::built_in_dataset(app),
        bake_time: BAKE_TIME,
    };
    bake(&recipe, out, &mut Silent)
}

/// Where the project's own datasets are baked to.
fn whole_folder() -> &'static Path {
    static FOLDER: OnceLock<TempDir> = OnceLock::new();
    FOLDER.get_or_init(|| TempDir::new().unwrap()).path()
}

/// The project's own dataset, baked once for all tests of this binary.
pub(crate) fn whole_dataset() -> &'static Path {
    static BAKED: OnceLock<PathBuf> = OnceLock::new();
    BAKED.get_or_init(|| {
        let path = whole_folder().join("isuumo.sqlite");
        let dataset = concat!(env!("CARGO_MANIFEST_DIR"), "/dataset/isuumo");
        bake_folder(Path::new(dataset), &path).unwrap();
        path
    })
}

/// The passengers of the project's own dataset, baked once for all tests of this binary.
pub(crate) fn whole_people() -> &'static Path {
    static BAKED: OnceLock<PathBuf> = OnceLock::new();
    BAKED.get_or_init(|| {
        let path = whole_folder().join("people.sqlite");
        let dataset = concat!(env!("CARGO_MANIFEST_DIR"), "/dataset/people");
        bake_app(people(), Path::new(dataset), &path).unwrap();
        path
    })
}

/// The blog of the project's own dataset, baked once for all tests of this binary.
pub(crate) fn whole_conduit() -> &'static Path {
    static BAKED: OnceLock<PathBuf> = OnceLock::new();
    BAKED.get_or_init(|| {
        let path = whole_folder().join("conduit.sqlite");
        let dataset = concat!(env!("CARGO_MANIFEST_DIR"), "/dataset/conduit");
        bake_app(apps::find("conduit").unwrap(), Path::new(dataset), &path).unwrap();
        path
    })
}

/// The sentences of the project's own dataset, baked once for all tests of this binary.
pub(crate) fn whole_english() -> &'static Path {
    static BAKED: OnceLock<PathBuf> = OnceLock::new();
    BAKED.get_or_init(|| {
        let path = whole_folder().join("english.sqlite");
        let dataset = concat!(env!("CARGO_MANIFEST_DIR"), "/dataset/english");
        bake_app(apps::find("english").unwrap(), Path::new(dataset), &path).unwrap();
        path
    })
}

/// How a [`Site`] differs from the usual one.
pub(crate) struct Options {
    pub(crate) app: &'static dyn App,
    pub(crate) mode: Mode,
    pub(crate) config: Config,
    /// Settings of the app's section as TOML lines.
    pub(crate) settings: &'static str,
    /// Routes of no app.
    pub(crate) beside: Router,
}

impl Default for Options {
    fn default() -> Self {
        let mut config = Config::default();
        // The tests' files are thrown away; syncing each write would only slow them down.
        config.store.durability = Durability::Normal;
        Self {
            app: isuumo(),
            mode: Mode::Primary,
            config,
            settings: "",
            beside: Router::new(),
        }
    }
}

impl Options {
    /// The configuration of a server that keeps its files in `folder`.
    fn layers(&self, folder: &Path, baked_dir: &Path) -> Layers {
        let mut config = self.config.clone();
        config.mode = self.mode;
        config.data_dir = folder.join("data");
        config.baked_dir = baked_dir.to_owned();
        config.worker_threads = 4;
        config.store.offloaded_readers = 4;
        let file = folder.join("test.toml");
        std::fs::write(&file, format!("[{}]\n{}", self.app.name(), self.settings)).unwrap();
        // The app's own last: a test may bring one of the same name.
        let defaults = apps::ALL
            .iter()
            .chain([&self.app])
            .map(|app| (app.name().to_owned(), app.default_settings()));
        let sources = Sources {
            defaults: config,
            app_defaults: defaults.collect(),
            file: Some(file),
            ..Sources::default()
        };
        Layers::load(&sources).unwrap()
    }

    /// Why `apps` cannot be mounted as these settings have it.
    pub(crate) fn conflict(&self, apps: &[&'static dyn App]) -> String {
        let folder = TempDir::new().unwrap();
        let layers = self.layers(folder.path(), folder.path());
        serving::mount(apps, &layers).err().unwrap().to_string()
    }

    /// Why the app cannot be opened in `folder` over its baked file.
    pub(crate) fn refusal(&self, folder: &Path, baked: &Path) -> String {
        let layers = self.layers(folder, baked.parent().unwrap());
        let opened = serving::mount(&[self.app], &layers).unwrap().open();
        opened.err().unwrap().to_string()
    }
}

/// An app over its own data.
pub(crate) struct Site {
    pub(crate) store: Arc<Store>,
    pub(crate) router: SiteRouter,
    pub(crate) site: Arc<ekiben::http::Site>,
    /// The connections of the server that serves it, if one does.
    pub(crate) connections: OnceLock<Arc<Watch>>,
    /// Dropped last: the files of everything above.
    pub(crate) folder: TempDir,
}

impl Site {
    /// A primary over a freshly baked `dataset`.
    pub(crate) fn new(dataset: &Dataset) -> Self {
        Self::with(dataset, &Options::default())
    }

    pub(crate) fn with(dataset: &Dataset, options: &Options) -> Self {
        let folder = TempDir::new().unwrap();
        dataset.write(&folder.path().join("dumps"));
        let baked = folder.path().join("isuumo.sqlite");
        bake_folder(&folder.path().join("dumps"), &baked).unwrap();
        Self::open(folder, &baked, options)
    }

    /// A primary over the project's whole dataset.
    pub(crate) fn whole() -> Self {
        Self::open(
            TempDir::new().unwrap(),
            whole_dataset(),
            &Options::default(),
        )
    }

    /// Every app over the project's whole datasets: `--app all`.
    pub(crate) fn of_every_app(options: &Options) -> Self {
        for baked in [
            whole_dataset(),
            whole_people(),
            whole_conduit(),
            whole_english(),
        ] {
            assert_eq!(baked.parent(), Some(whole_folder()));
        }
        Self::of(apps::ALL, TempDir::new().unwrap(), whole_folder(), options)
    }

    /// The app of `options` over its baked file.
    pub(crate) fn open(folder: TempDir, baked: &Path, options: &Options) -> Self {
        let name = baked.file_stem().unwrap();
        assert_eq!(name, options.app.name(), "a baked file has its app's name");
        Self::of(&[options.app], folder, baked.parent().unwrap(), options)
    }

    /// A site of several apps over the files in `baked_dir`; `store` is that of the first.
    pub(crate) fn of(
        apps: &[&'static dyn App],
        folder: TempDir,
        baked_dir: &Path,
        options: &Options,
    ) -> Self {
        let layers = options.layers(folder.path(), baked_dir);
        let mounted = serving::mount(apps, &layers).unwrap();
        // No app has a route that would match theirs, so they need not be named.
        let beside = BoundRoutes::new(options.beside.clone(), Vec::new());
        let Built { site, router } = mounted.beside(beside).open().unwrap();
        Self {
            store: Arc::clone(&site.apps()[0].store),
            router,
            site,
            connections: OnceLock::new(),
            folder,
        }
    }

    /// Ends it; the folder with its files, to be opened again.
    pub(crate) fn close(self) -> TempDir {
        self.folder
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(request(Method::GET, path).body(Body::empty()).unwrap())
            .await
    }

    pub(crate) async fn post(&self, path: &str, kind: &str, body: impl Into<Body>) -> Answer {
        let request = request(Method::POST, path).header(header::CONTENT_TYPE, kind);
        self.send(request.body(body.into()).unwrap()).await
    }

    pub(crate) async fn post_json(&self, path: &str, body: &str) -> Answer {
        self.post(path, "application/json", body.to_owned()).await
    }

    pub(crate) async fn buy(&self, id: i64) -> StatusCode {
        let path = format!("/api/chair/buy/{id}");
        self.post_json(&path, r#"{"email":"a b@example.com"}"#)
            .await
            .status
    }

    /// Uploads a CSV as the form part `chairs` or `estates`.
    pub(crate) async fn upload(&self, part: &str, csv: &str) -> Answer {
        let form = format!(
            "--X\r\nContent-Disposition: form-data; name=\"{part}\"; filename=\"{part}.csv\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n{csv}\r\n--X--\r\n"
        );
        let path = format!("/api/{}", part.trim_end_matches('s'));
        self.post(&path, "multipart/form-data; boundary=X", form)
            .await
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        ask(self.router.clone(), request).await
    }
}

/// Asks routes something.
pub(crate) async fn ask<R>(routes: R, request: Request<Body>) -> Answer
where
    R: Service<Request<Body>, Response = Response<Body>, Error = Infallible>,
{
    let asked = format!("{} {}", request.method(), request.uri());
    let is_head = *request.method() == Method::HEAD;
    let response = routes.oneshot(request).await.unwrap();
    let (mut parts, body) = response.into_parts();
    // What a connection says, of each version of HTTP, where nothing else has.
    if let Some(length) = body.size_hint().exact()
        && length > 0
        && !is_head
    {
        let headers = &mut parts.headers;
        headers
            .entry(header::CONTENT_LENGTH)
            .or_insert_with(|| length.into());
    }
    let body = body.collect().await.unwrap().to_bytes();
    Answer {
        asked,
        status: parts.status,
        headers: parts.headers,
        body,
    }
}

pub(crate) fn store_options(folder: &Path, baked: &Path, options: &Options) -> StoreOptions {
    let layers = options.layers(folder, baked.parent().unwrap());
    StoreOptions {
        baked: baked.to_owned(),
        ..serving::store_options(options.app, layers.config()).unwrap()
    }
}

fn request(method: Method, path: &str) -> axum::http::request::Builder {
    Request::builder().method(method).uri(escaped(path))
}

/// Paths in tests are readable; what has to be escaped is escaped here.
pub(crate) fn escaped(path: &str) -> String {
    let mut escaped = String::new();
    for byte in path.bytes() {
        match byte {
            0x21..=0x7e => escaped.push(char::from(byte)),
            other => escaped.push_str(&format!("%{other:02X}")),
        }
    }
    escaped
}

/// What came back.
#[must_use = "assert something about the answer"]
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) asked: String,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    #[track_caller]
    pub(crate) fn is(&self, status: u16) -> &Self {
        assert_eq!(self.status.as_u16(), status, "{self}");
        self
    }

    /// The status with an empty body, as the contract has it for errors.
    #[track_caller]
    pub(crate) fn is_bare(&self, status: u16) -> &Self {
        assert!(
            self.is(status).body.is_empty(),
            "the body should be empty: {self}"
        );
        self
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.header("content-type"), "application/json", "{self}");
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self}"))
    }

    /// The problem document that it is.
    #[track_caller]
    pub(crate) fn json_of_a_problem(&self) -> Value {
        assert_eq!(
            self.header("content-type"),
            "application/problem+json",
            "{self}"
        );
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// The ids of the list `key`, in their order; a JSON null is no list.
    #[track_caller]
    pub(crate) fn ids(&self, key: &str) -> Vec<i64> {
        let json = self.is(200).json();
        let list = json[key]
            .as_array()
            .unwrap_or_else(|| panic!("no list {key}: {self}"));
        list.iter()
            .map(|item| item["id"].as_i64().unwrap())
            .collect()
    }
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let body = String::from_utf8_lossy(&self.body);
        write!(
            f,
            "\n{} -> {}\n{:?}\n{body}",
            self.asked, self.status, self.headers
        )
    }
}

/// Lets a future run until it waits for something; its output if it did not wait.
pub(crate) async fn poll_once<F: Future>(mut future: std::pin::Pin<&mut F>) -> Option<F::Output> {
    std::future::poll_fn(|context| {
        std::task::Poll::Ready(match future.as_mut().poll(context) {
            std::task::Poll::Ready(output) => Some(output),
            std::task::Poll::Pending => None,
        })
    })
    .await
}
