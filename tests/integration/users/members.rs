//! A small app with users: accounts in memory, and every way in that `auth` has.
//!
//! It is mounted as any app is, over the file of people, which it does not read. Names are accounts as they
//! are. `POST /members` makes one, `/sign-in` gives a token and a session, `/me` says who asks, `/password`
//! sets a new one and raises the epoch of sessions, `/forgotten` and `/reset` do so without the old one,
//! `/form` is what only a form of the session may send.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{Extensions, HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use ekiben::apps::{AppData, MountContext, MountError, Mounted, ServedApp};
use ekiben::auth::password::{Length, PasswordRule, Verified};
use ekiben::auth::reset::ResetTokens;
use ekiben::auth::session::{ProvenUser, Session, Sessions};
use ekiben::auth::token::{TokenFault, Tokens, credential};
use ekiben::auth::{SignIn, Users};
use ekiben::config::Secret;
use ekiben::http::{HttpError, Routes};
use ekiben::web::cookie::CookieScope;
use ekiben::web::form::FormFields;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::harness::{Answer, Options, Site, whole_people};

/// The app. Its name is that of the file that it is served over.
pub(crate) struct Members;

#[derive(Clone, Default, Serialize, Deserialize)]
pub(crate) struct MemberSettings {
    secret: Secret,
}

struct Club {
    users: Users,
    tokens: Tokens,
    sessions: Sessions,
    resets: ResetTokens,
    accounts: Mutex<HashMap<String, Account>>,
}

#[derive(Clone)]
struct Account {
    id: i64,
    hash: String,
    epoch: i64,
}

#[derive(Deserialize)]
struct Credentials {
    name: String,
    password: Secret,
    #[serde(default)]
    remember: bool,
}

type Shared = State<Arc<Club>>;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

impl AppData for Members {
    fn name(&self) -> &'static str {
        "people"
    }

    fn variables(&self) -> &'static [(&'static str, &'static str)] {
        &[("CLUB_SECRET", "people.secret")]
    }
}

impl ServedApp for Members {
    type Settings = MemberSettings;

    fn mount(&self, context: MountContext<MemberSettings>) -> Result<Mounted, MountError> {
        let setup = context.users.for_app("people", &context.settings.secret)?;
        let is_https = context.public_url.is_some_and(|url| url.is_https());
        let scope = CookieScope::new(context.mount.cookie_path(), is_https);
        let opened = setup.clone();
        let mounted = Mounted::fallible(routes(), Default::default(), move |_store| {
            let users = opened.open()?;
            Ok(Arc::new(Club {
                tokens: users.tokens(DAY)?,
                sessions: users.sessions(scope),
                resets: users.reset_tokens(DAY),
                users,
                accounts: Mutex::default(),
            }))
        });
        Ok(mounted.with_users(&setup))
    }
}

fn routes() -> Routes<Arc<Club>> {
    Routes::new()
        .route("/members", post(register))
        .route("/import", post(import))
        .route("/sign-in", post(sign_in))
        .route("/sign-out", post(sign_out))
        .route("/me", get(me))
        .route("/password", post(password))
        .route("/forgotten", post(forgotten))
        .route("/reset", post(reset))
        .route("/form", get(form_token).post(form))
        .route("/plain", get(async || "plain"))
}

impl Club {
    fn account(&self, name: &str) -> Option<Account> {
        self.accounts.lock().unwrap().get(name).cloned()
    }

    fn add(&self, name: &str, hash: String) -> StatusCode {
        let mut accounts = self.accounts.lock().unwrap();
        let id = i64::try_from(accounts.len()).unwrap() + 1;
        if accounts.contains_key(name) {
            return StatusCode::CONFLICT;
        }
        let account = Account { id, hash, epoch: 0 };
        accounts.insert(name.to_owned(), account);
        StatusCode::CREATED
    }

    /// A new hash of the account with this id; its epoch from then on.
    fn change(&self, id: i64, hash: String) -> i64 {
        let mut accounts = self.accounts.lock().unwrap();
        let account = accounts.values_mut().find(|account| account.id == id);
        let account = account.unwrap();
        account.hash = hash;
        account.epoch += 1;
        account.epoch
    }

    fn by_id(&self, id: i64) -> Option<(String, Account)> {
        let accounts = self.accounts.lock().unwrap();
        let found = accounts.iter().find(|(_, account)| account.id == id);
        found.map(|(name, account)| (name.clone(), account.clone()))
    }

    fn session(&self, headers: &HeaderMap) -> Option<(Session, String)> {
        let session = self.sessions.read(headers, SystemTime::now())?;
        let (name, account) = self.by_id(session.user())?;
        (account.epoch == session.epoch()).then_some((session, name))
    }
}

fn unauthorized(why: &str) -> HttpError {
    HttpError::unauthorized(HeaderValue::from_static("Token"), why)
}

async fn register(
    State(club): Shared,
    extensions: Extensions,
    headers: HeaderMap,
    Json(given): Json<Credentials>,
) -> Result<StatusCode, HttpError> {
    let rule = PasswordRule {
        shortest: 8,
        longest: Length::Bytes(1024),
        takes_blanks: true,
    };
    if rule.check(&given.password).is_err() {
        return Err(HttpError::bare(StatusCode::UNPROCESSABLE_ENTITY));
    }
    let client = club.users.client(&extensions, &headers);
    let hash = club
        .users
        .register(client, &given.password, Instant::now())
        .await?;
    Ok(club.add(&given.name, hash))
}

/// Stores `password` as the hash of an account, as an import does.
async fn import(State(club): Shared, Json(given): Json<Credentials>) -> StatusCode {
    club.add(&given.name, given.password.expose().to_owned())
}

async fn sign_in(
    State(club): Shared,
    extensions: Extensions,
    headers: HeaderMap,
    Json(given): Json<Credentials>,
) -> Result<Response, HttpError> {
    let account = club.account(&given.name);
    let attempt = SignIn {
        client: club.users.client(&extensions, &headers),
        account: &given.name,
        password: &given.password,
        stored: account.as_ref().map(|account| account.hash.as_str()),
    };
    let verified = club.users.sign_in(attempt, Instant::now()).await?;
    let (Verified::Yes { rehash }, Some(account)) = (verified, account) else {
        return Err(unauthorized("wrong"));
    };
    let was_rehashed = rehash.is_some();
    if let Some(hash) = rehash {
        let mut accounts = club.accounts.lock().unwrap();
        accounts.get_mut(&given.name).unwrap().hash = hash;
    }
    let now = SystemTime::now();
    let token = club.tokens.issue(account.id, now)?;
    let user = ProvenUser {
        id: account.id,
        epoch: account.epoch,
    };
    let session = Session::begin(user, given.remember, now).unwrap();
    let mut response = Json(json!({"token": token, "rehashed": was_rehashed})).into_response();
    club.sessions.set(&mut response, &session)?;
    Ok(response)
}

async fn sign_out(State(club): Shared) -> Result<Response, HttpError> {
    let mut response = StatusCode::NO_CONTENT.into_response();
    club.sessions.end(&mut response)?;
    Ok(response)
}

async fn me(State(club): Shared, headers: HeaderMap) -> Result<Json<Value>, HttpError> {
    let name = match credential(&headers, &["Token", "Bearer"]) {
        Some(token) => {
            let claims = club.tokens.verify(token, SystemTime::now());
            let claims = claims.map_err(|fault| {
                unauthorized(match fault {
                    TokenFault::Invalid => "is invalid",
                    TokenFault::Expired => "has expired",
                })
            })?;
            club.by_id(claims.user).map(|(name, _)| name)
        }
        None => club.session(&headers).map(|(_, name)| name),
    };
    let name = name.ok_or_else(|| unauthorized("is missing"))?;
    Ok(Json(json!({ "name": name })))
}

async fn password(
    State(club): Shared,
    headers: HeaderMap,
    Json(given): Json<Credentials>,
) -> Result<Response, HttpError> {
    let (session, _) = club
        .session(&headers)
        .ok_or_else(|| unauthorized("no session"))?;
    let hash = club.users.passwords().hash(&given.password).await?;
    let epoch = club.change(session.user(), hash);
    let session = club
        .sessions
        .gone_on(&session, epoch, SystemTime::now())
        .unwrap();
    let mut response = StatusCode::NO_CONTENT.into_response();
    club.sessions.set(&mut response, &session)?;
    Ok(response)
}

/// The token that a mail would bring.
async fn forgotten(State(club): Shared, name: String) -> Result<String, HttpError> {
    let account = club
        .account(&name)
        .ok_or_else(|| HttpError::bare(StatusCode::NOT_FOUND))?;
    club.resets
        .issue(account.id, &account.hash, SystemTime::now())
}

/// The field `name` is the token.
async fn reset(
    State(club): Shared,
    Json(given): Json<Credentials>,
) -> Result<StatusCode, HttpError> {
    let request = club.resets.read(&given.name, SystemTime::now());
    let account = request.and_then(|request| {
        let (_, account) = club.by_id(request.user())?;
        request.is_for(&account.hash).then_some(account)
    });
    let account = account.ok_or_else(|| HttpError::bare(StatusCode::GONE))?;
    let hash = club.users.passwords().hash(&given.password).await?;
    club.change(account.id, hash);
    Ok(StatusCode::NO_CONTENT)
}

async fn form_token(State(club): Shared, headers: HeaderMap) -> Result<String, HttpError> {
    let (session, _) = club
        .session(&headers)
        .ok_or_else(|| unauthorized("no session"))?;
    Ok(club.sessions.form_token(&session).text().to_owned())
}

async fn form(
    State(club): Shared,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, HttpError> {
    let (session, _) = club
        .session(&headers)
        .ok_or_else(|| unauthorized("no session"))?;
    let fields = FormFields::parse(&body)?;
    club.sessions.form_token(&session).check(&fields)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Options of a site of members, whose hashes cost next to nothing.
pub(crate) fn options() -> Options {
    let mut options = Options {
        app: &Members,
        ..Options::default()
    };
    options.config.auth.memory_kib = 8;
    options.config.auth.passes = 1;
    options
}

/// A site of members.
pub(crate) fn club(options: &Options) -> Site {
    club_in(TempDir::new().unwrap(), options)
}

/// A site of members over the files in `folder`.
pub(crate) fn club_in(folder: TempDir, options: &Options) -> Site {
    Site::open(folder, whole_people(), options)
}

impl Site {
    pub(crate) async fn credentials(&self, path: &str, name: &str, password: &str) -> Answer {
        let given = json!({"name": name, "password": password});
        self.post_json(path, &given.to_string()).await
    }

    /// The same from a client at `peer`, which says in a proxy's header that it is for `client`.
    pub(crate) async fn credentials_from(
        &self,
        (peer, client): (&str, &str),
        path: &str,
        (name, password): (&str, &str),
    ) -> Answer {
        let given = json!({"name": name, "password": password}).to_string();
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/json")
            .header("x-forwarded-for", client);
        let mut request = request.body(Body::from(given)).unwrap();
        let peer = std::net::SocketAddr::new(peer.parse().unwrap(), 50_000);
        request.extensions_mut().insert(ConnectInfo(peer));
        self.send(request).await
    }

    /// Asks with one more header.
    pub(crate) async fn with_header(
        &self,
        method: Method,
        path: &str,
        (name, value): (&str, &str),
        body: &str,
    ) -> Answer {
        let kind = if body.starts_with('{') {
            "application/json"
        } else {
            "application/x-www-form-urlencoded"
        };
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::CONTENT_TYPE, kind)
            .header(name, value);
        self.send(request.body(Body::from(body.to_owned())).unwrap())
            .await
    }

    pub(crate) async fn me(&self, token: &str) -> Answer {
        let credential = format!("Token {token}");
        self.with_header(Method::GET, "/me", ("authorization", &credential), "")
            .await
    }

    pub(crate) async fn me_by_cookie(&self, cookie: &str) -> Answer {
        self.with_header(Method::GET, "/me", ("cookie", cookie), "")
            .await
    }
}

impl Answer {
    /// The token of a sign-in.
    #[track_caller]
    pub(crate) fn token(&self) -> String {
        self.is(200).json()["token"].as_str().unwrap().to_owned()
    }

    /// The cookie that it sets, as a client sends it back.
    #[track_caller]
    pub(crate) fn cookie(&self) -> String {
        let line = self.header("set-cookie");
        assert!(!line.is_empty(), "{self}");
        line.split(';').next().unwrap().to_owned()
    }
}
