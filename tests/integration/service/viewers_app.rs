//! A small app with users, for `viewers`: everybody has notes, and sees their own.
//!
//! Who asks comes in `Authorization: Token USER.EPOCH` or in the cookie `session`, without any proof. It
//! is mounted through the router of all apps; its table is beside the tables of a baked file.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use ekiben::config::Mount;
use ekiben::http::{
    AppRoutes, BoundRoutes, DigestKey, Entrance, FormKey, HttpError, IdempotencyKey,
    PrivateResponse, PublicResponse, Reading, RevisionCache, SiteRouter, Viewer, ViewerCache,
    WorkPool, assemble, serve_as,
};
use ekiben::store::{Once, Outcome, Store, StoreError, StoredResponse};
use rusqlite::Connection;
use tempfile::TempDir;
use utoipa::openapi::OpenApi;

use crate::support::harness::{self, Options, people, store_options, whole_people};

/// What stands for nobody in the table.
const NOBODY: i64 = -1;

/// The app's state.
struct Notes {
    store: Arc<Store>,
    key: DigestKey,
    lists: ViewerCache<&'static str, Bytes>,
    totals: RevisionCache<&'static str, Bytes>,
    /// How often something was read that could have been kept.
    reads: Arc<AtomicUsize>,
}

impl AsRef<Store> for Notes {
    fn as_ref(&self) -> &Store {
        &self.store
    }
}

type Shared = State<Arc<Notes>>;

/// The app, served.
pub(crate) struct NotesSite {
    pub(crate) store: Arc<Store>,
    router: SiteRouter,
    pub(crate) reads: Arc<AtomicUsize>,
    pub(crate) folder: TempDir,
}

impl NotesSite {
    pub(crate) async fn new() -> Self {
        Self::open(TempDir::new().unwrap()).await
    }

    /// Over the files in `folder`, as they were left there.
    pub(crate) async fn open(folder: TempDir) -> Self {
        let options = Options {
            app: people(),
            ..Options::default()
        };
        let opened = Store::open(store_options(folder.path(), whole_people(), &options));
        let store = Arc::new(opened.unwrap());
        let table = "CREATE TABLE IF NOT EXISTS note (owner INTEGER NOT NULL, text TEXT NOT NULL)";
        let make = move |c: &Connection| Ok::<_, StoreError>(c.execute(table, [])?);
        store.write(make).await.unwrap();
        let reads = Arc::<AtomicUsize>::default();
        let notes = Notes {
            store: Arc::clone(&store),
            // The same after a restart.
            key: DigestKey::derived(b"secret of the tests"),
            lists: ViewerCache::new(1 << 20),
            totals: RevisionCache::new(1 << 20),
            reads: Arc::clone(&reads),
        };
        let app = AppRoutes {
            name: "notes",
            store: Arc::clone(&store),
            mount: Mount::default(),
            routes: routes(Arc::new(notes)),
            description: OpenApi::default(),
            not_found: None,
            entrance: Entrance::default(),
            counters: Vec::new(),
            counts_clients: false,
        };
        let limits = ekiben::serving::limits(&options.config);
        let work = WorkPool::new(1, 1);
        let (_, router) = assemble(vec![app], BoundRoutes::default(), &[], work, None, &limits);
        Self {
            store,
            router,
            reads,
            folder,
        }
    }

    /// Ends it; the folder with its files, to be opened again.
    pub(crate) fn close(self) -> TempDir {
        self.folder
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> harness::Answer {
        harness::ask(self.router.clone(), request).await
    }
}

fn routes(notes: Arc<Notes>) -> BoundRoutes {
    let router = Router::new()
        .route("/notes", get(list).post(add))
        .route("/notes/total", get(total))
        .route("/notes/form", get(form).post(add_by_form))
        .route("/sessions", post(sign_in))
        .route("/careless", get(careless))
        .route("/cookie", get(cookie))
        .layer(from_fn_with_state(Arc::clone(&notes), authenticate))
        .with_state(notes);
    let paths = [
        "/notes",
        "/notes/total",
        "/notes/form",
        "/sessions",
        "/careless",
        "/cookie",
    ];
    BoundRoutes::new(router, paths.map(str::to_owned).into())
}

async fn authenticate(State(notes): Shared, request: Request, next: Next) -> Response {
    match viewer(&notes.key, request.headers()) {
        Some(viewer) => serve_as(viewer, request, next).await,
        None => HttpError::unauthorized(HeaderValue::from_static("Token"), "Who is that?")
            .into_response(),
    }
}

/// `None` for credentials that cannot be read.
fn viewer(key: &DigestKey, headers: &HeaderMap) -> Option<Viewer> {
    let (given, prefix) = match headers.get(header::AUTHORIZATION) {
        Some(token) => (token, "Token "),
        None => match headers.get(header::COOKIE) {
            Some(cookie) => (cookie, "session="),
            None => return Some(Viewer::Anonymous),
        },
    };
    let user = given.to_str().ok()?.strip_prefix(prefix)?;
    let (id, epoch) = user.split_once('.')?;
    Some(Viewer::user(key, id.parse().ok()?, epoch.parse().ok()?))
}

/// What `GET /notes` shows.
pub(crate) fn shown(owner: Option<i64>, notes: &[String]) -> String {
    format!("notes of {owner:?}: {}", notes.join(", "))
}

async fn list(State(notes): Shared, viewer: Viewer) -> Result<PrivateResponse, HttpError> {
    let reading = Reading::begin_for(&notes.store, viewer);
    if let Ok(body) = reading.cached(&notes.lists, "list") {
        return Ok(reading.answer(body.into_response()));
    }
    let body = Bytes::from(read_list(&notes, viewer)?);
    reading.keep(&notes.lists, "list", body.clone(), body.len());
    Ok(reading.answer(body.into_response()))
}

fn read_list(notes: &Notes, viewer: Viewer) -> Result<String, HttpError> {
    notes.reads.fetch_add(1, Ordering::Relaxed);
    let owner = viewer.user_id();
    let texts = notes.store.read(|connection| {
        let mut select =
            connection.prepare_cached("SELECT text FROM note WHERE owner = ?1 ORDER BY rowid")?;
        let texts = select.query_map([owner.unwrap_or(NOBODY)], |row| row.get(0))?;
        Ok::<_, HttpError>(texts.collect::<rusqlite::Result<Vec<String>>>()?)
    })?;
    Ok(shown(owner, &texts))
}

async fn total(State(notes): Shared) -> Result<PublicResponse, HttpError> {
    let reading = Reading::begin(&notes.store);
    if let Some(body) = reading.cached(&notes.totals, &"total") {
        return Ok(reading.answer(body.into_response()));
    }
    notes.reads.fetch_add(1, Ordering::Relaxed);
    let total: i64 = notes.store.read(|connection| {
        let count = "SELECT count(*) FROM note";
        Ok::<_, HttpError>(connection.query_row(count, [], |row| row.get(0))?)
    })?;
    let body = Bytes::from(total.to_string());
    reading.keep(&notes.totals, "total", body.clone(), body.len());
    Ok(reading.answer(body.into_response()))
}

async fn add(
    State(notes): Shared,
    viewer: Viewer,
    key: IdempotencyKey,
    body: String,
) -> Result<Outcome, HttpError> {
    let once = key.once(body.as_bytes());
    insert(&notes, viewer, once, body).await
}

/// Adds a note; 303 to it by its number among the owner's.
async fn insert(
    notes: &Notes,
    viewer: Viewer,
    once: Once,
    text: String,
) -> Result<Outcome, HttpError> {
    let owner = viewer.user_id().unwrap_or(NOBODY);
    let work = move |connection: &Connection| {
        once.apply(connection, |connection| {
            connection.execute("INSERT INTO note VALUES (?1, ?2)", (owner, &text))?;
            let count = "SELECT count(*) FROM note WHERE owner = ?1";
            let number: i64 = connection.query_row(count, [owner], |row| row.get(0))?;
            Ok::<_, StoreError>(StoredResponse::see_other(format!("/notes#{number}")))
        })
    };
    Ok(notes.store.write(work).await?)
}

async fn form() -> PrivateResponse {
    PrivateResponse::not_stored(FormKey::fresh().into_response())
}

async fn add_by_form(
    State(notes): Shared,
    viewer: Viewer,
    key: FormKey,
    body: Bytes,
) -> Result<Outcome, HttpError> {
    let form: BTreeMap<String, String> = form_urlencoded::parse(&body).into_owned().collect();
    let once = key.once(form.get("key").map(String::as_str), b"")?;
    insert(&notes, viewer, once, form["text"].clone()).await
}

/// The body is a password; the answer holds a token.
async fn sign_in(
    State(notes): Shared,
    key: IdempotencyKey,
    body: String,
) -> Result<Outcome, HttpError> {
    let once = key.once_in_secret(&notes.key, body.as_bytes());
    let work = move |connection: &Connection| {
        once.apply(connection, |_| {
            let token = b"token-of-this-session".to_vec();
            Ok::<_, StoreError>(
                StoredResponse::from(StatusCode::CREATED).with_body("text/plain", token),
            )
        })
    };
    Ok(notes.store.write(work).await?)
}

/// Calls public what depends on the viewer.
async fn careless(State(notes): Shared, viewer: Viewer) -> Result<PublicResponse, HttpError> {
    let reading = Reading::begin(&notes.store);
    let body = read_list(&notes, viewer)?;
    Ok(reading.answer(body.into_response()))
}

/// Calls public what is the same for all, but for a cookie.
async fn cookie(State(notes): Shared) -> PublicResponse {
    let cookie = [(header::SET_COOKIE, "session=7.0")];
    Reading::begin(&notes.store).answer((cookie, "welcome").into_response())
}
