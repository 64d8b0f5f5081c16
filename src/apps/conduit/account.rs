//! Accounts: registering, signing in, and what a user sees and changes of the own one.
//!
//! Passwords are hashed outside of the writer. No answer with a token is stored by anybody, and none of a
//! repeated request is kept: of those a client learns only that they were done.

use std::time::{Instant, SystemTime};

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{Extensions, HeaderMap, StatusCode};
use rusqlite::{Connection, OptionalExtension as _};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::answer::{envelope, json, stored};
use super::member::{Member, presented};
use super::problem::ConduitError;
use super::profile::optional_text;
use super::time::Millis;
use super::validation::{self, FieldReader, Presence};
use super::write::{Terms, Unchanged, WriteTerms, write};
use super::{Blog, BlogState, Result, body};
use crate::apps::answer::text;
use crate::auth::SignIn;
use crate::auth::password::Verified;
use crate::auth::session::ProvenUser;
use crate::config::Secret;
use crate::http::{Client, PrivateResponse};
use crate::store::{Outcome, StoreError};

/// An account as its user sees it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct User<'r> {
    #[schema(value_type = String)]
    email: &'r str,
    /// For the header `Authorization: Token …`.
    #[schema(value_type = String)]
    token: &'r str,
    #[schema(value_type = String)]
    username: &'r str,
    #[schema(value_type = Option<String>, required)]
    bio: Option<&'r str>,
    /// Address of a picture.
    #[schema(value_type = Option<String>, required)]
    image: Option<&'r str>,
}

const USER: &str = "SELECT email, username, bio, image FROM user WHERE id = ?1";
const BY_EMAIL: &str = "SELECT id, session_epoch, password FROM user WHERE email = ?1";
const REHASH: &str = "UPDATE user SET password = ?2 WHERE id = ?1 AND password = ?3";
const USERNAME_TAKEN: &str = "SELECT 1 FROM user WHERE username = ?1 AND id <> ?2";
const EMAIL_TAKEN: &str = "SELECT 1 FROM user WHERE email = ?1 AND id <> ?2";
const INSERT: &str = "INSERT INTO user (username, email, password, bio, image, created_at, updated_at) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6)";

/// What is not given stays: a null by ?5 and ?7. A new password ends the sessions that there are.
const UPDATE: &str = "UPDATE user SET username = ifnull(?2, username), email = ifnull(?3, email), \
    password = ifnull(?4, password), bio = iif(?5, ?6, bio), image = iif(?7, ?8, image), \
    session_epoch = session_epoch + (?4 IS NOT NULL), updated_at = max(?9, updated_at + 1) WHERE id = ?1";

/// Statements of this file, for the test that reads plans.
#[cfg(test)]
pub(super) const STATEMENTS: [&str; 7] = [
    USER,
    BY_EMAIL,
    REHASH,
    USERNAME_TAKEN,
    EMAIL_TAKEN,
    INSERT,
    UPDATE,
];

/// The account of `id` as an answer.
pub(super) fn shown(connection: &Connection, id: i64, token: &str) -> Result<Vec<u8>> {
    let mut select = connection.prepare_cached(USER)?;
    let mut rows = select.query([id])?;
    let row = rows.next()?.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
    let user = User {
        email: text(row, 0)?,
        token,
        username: text(row, 1)?,
        bio: optional_text(row, 2)?,
        image: optional_text(row, 3)?,
    };
    envelope("user", &user)
}

/// What of `username` and `email` somebody else than `id` has.
fn conflicts(
    connection: &Connection,
    id: i64,
    username: Option<&str>,
    email: Option<&str>,
) -> rusqlite::Result<Vec<&'static str>> {
    let mut taken = Vec::new();
    for (key, sql, value) in [
        ("username", USERNAME_TAKEN, username),
        ("email", EMAIL_TAKEN, email),
    ] {
        let Some(value) = value else { continue };
        if connection.prepare_cached(sql)?.exists((value, id))? {
            taken.push(key);
        }
    }
    Ok(taken)
}

fn refuse_conflicts(
    connection: &Connection,
    id: i64,
    username: Option<&str>,
    email: Option<&str>,
) -> Result<(), Unchanged> {
    let taken = conflicts(connection, id, username, email)?;
    if taken.is_empty() {
        Ok(())
    } else {
        Err(ConduitError::taken(taken).into())
    }
}

/// Register
#[utoipa::path(post, path = "/api/users", operation_id = "register", tag = "Conduit",
    params(("Idempotency-Key" = Option<String>, Header),
        ("If-Match" = Option<String>, Header)),
    request_body(content = super::described::NewUserEnvelope, content_type = "application/json"),
    responses(
        (status = 201, description = "The account, with a token.", body = super::described::UserEnvelope),
        (status = 400, response = super::described::NoJson),
        (status = 409, response = super::described::Taken),
        (status = 422, response = super::described::WrongFields),
        (status = 429, response = super::described::TooManyAttempts),
    ))]
pub(super) async fn register(
    State(blog): State<BlogState>,
    terms: Terms,
    headers: HeaderMap,
    extensions: Extensions,
    body: Result<Bytes, BytesRejection>,
) -> Result<Outcome> {
    let body = body?;
    let fields = body::fields(&blog.work, "user", &body).await?;
    let new = NewAccount::read(&fields)?;
    let client = blog.users.client(&extensions, &headers);
    let tokens = blog.tokens.clone();
    let terms = terms.once_in_secret(&blog.digest_key, &body);
    insert(&blog, client, new, terms, move |connection, id| {
        let token = tokens.issue(id, SystemTime::now())?;
        shown(connection, id, &token)
    })
    .await
}

/// An account that somebody wants.
pub(super) struct NewAccount {
    username: String,
    email: String,
    password: Secret,
    bio: Option<String>,
    image: Option<String>,
}

impl NewAccount {
    /// That of a body.
    pub(super) fn read(fields: &Map<String, Value>) -> Result<Self, ConduitError> {
        let mut reader = FieldReader::of(fields);
        let username = reader.text("username", Presence::Required, validation::username);
        let email = reader.text("email", Presence::Required, validation::email);
        let password = reader.text("password", Presence::Required, validation::password);
        let bio = reader.clearable("bio", validation::bio).flatten();
        let image = reader.clearable("image", validation::image).flatten();
        reader.finish()?;
        let (Some(username), Some(email), Some(password)) = (username, email, password) else {
            return Err(ConduitError::invalid(Vec::new()));
        };
        Ok(Self {
            username,
            email,
            password: Secret::from(password.as_str()),
            bio,
            image,
        })
    }
}

/// Stores an account that `client` makes, and answers what `shown` says of its number.
pub(super) async fn insert(
    blog: &Blog,
    client: Client,
    new: NewAccount,
    terms: WriteTerms,
    shown: impl FnOnce(&Connection, i64) -> Result<Vec<u8>> + Send + 'static,
) -> Result<Outcome> {
    let NewAccount {
        username,
        email,
        password,
        bio,
        image,
    } = new;
    let hash = blog
        .users
        .register(client, &password, Instant::now())
        .await?;
    write(blog, terms, move |connection| {
        refuse_conflicts(connection, 0, Some(&username), Some(&email))?;
        let now = Millis::now();
        connection
            .prepare_cached(INSERT)?
            .execute((&username, &email, &hash, &bio, &image, now))?;
        let id = connection.last_insert_rowid();
        Ok(stored(StatusCode::CREATED, shown(connection, id)?))
    })
    .await
}

/// Sign in
///
/// An address that nobody has and a wrong password are answered alike, and take the same time.
#[utoipa::path(post, path = "/api/users/login", operation_id = "login", tag = "Conduit",
    request_body(content = super::described::LoginEnvelope, content_type = "application/json"),
    responses(
        (status = 200, description = "The account, with a token.", body = super::described::UserEnvelope),
        (status = 400, response = super::described::NoJson),
        (status = 401, response = super::described::WrongCredentials),
        (status = 422, response = super::described::WrongFields),
        (status = 429, response = super::described::TooManyAttempts),
    ))]
pub(super) async fn login(
    State(blog): State<BlogState>,
    headers: HeaderMap,
    extensions: Extensions,
    body: Result<Bytes, BytesRejection>,
) -> Result<PrivateResponse> {
    let fields = body::fields(&blog.work, "user", &body?).await?;
    let client = blog.users.client(&extensions, &headers);
    let credentials = Credentials::read(&fields)?;
    let user = sign_in(&blog, client, credentials).await?;
    // Tokens outlive passwords: clients go on with theirs.
    let id = user.ok_or(ConduitError::credentials())?.id;
    let token = blog.tokens.issue(id, SystemTime::now())?;
    let body = blog
        .store
        .read(|connection| shown(connection, id, &token))?;
    Ok(PrivateResponse::not_stored(json(body)))
}

/// What somebody signs in with.
pub(super) struct Credentials {
    email: String,
    password: Secret,
}

impl Credentials {
    /// That of a body.
    pub(super) fn read(fields: &Map<String, Value>) -> Result<Self, ConduitError> {
        let mut reader = FieldReader::of(fields);
        let email = reader.text("email", Presence::Required, validation::trimmed);
        let password = reader.text("password", Presence::Required, validation::anything);
        reader.finish()?;
        Ok(Self {
            email: email.unwrap_or_default(),
            password: Secret::from(password.unwrap_or_default().as_str()),
        })
    }
}

/// The user with these credentials, if they are anybody's.
///
/// # Errors
/// 429 after too many attempts of the account or of `client`.
pub(super) async fn sign_in(
    blog: &Blog,
    client: Client,
    Credentials { email, password }: Credentials,
) -> Result<Option<ProvenUser>> {
    let account = blog.store.read(|connection| -> Result<_> {
        let mut select = connection.prepare_cached(BY_EMAIL)?;
        let account = select.query_row([&email], |row| {
            let (id, epoch) = (row.get(0)?, row.get(1)?);
            Ok((ProvenUser { id, epoch }, row.get::<_, Option<String>>(2)?))
        });
        Ok(account.optional()?)
    })?;
    let stored_hash = account.as_ref().and_then(|(_, hash)| hash.clone());
    let attempt = SignIn {
        client,
        account: &email.to_ascii_lowercase(),
        password: &password,
        stored: stored_hash.as_deref(),
    };
    let verified = blog.users.sign_in(attempt, Instant::now()).await?;
    let (Some((user, _)), Verified::Yes { rehash }) = (account, verified) else {
        return Ok(None);
    };
    if let Some(hash) = rehash {
        keep_hash(blog, user.id, hash, stored_hash).await;
    }
    Ok(Some(user))
}

/// Stores a new hash of the same password. Where that cannot be, as on a full disk, the old one goes on
/// being good; and one that was changed meanwhile stays.
async fn keep_hash(blog: &Blog, id: i64, hash: String, old: Option<String>) {
    let job = move |connection: &Connection| -> Result<_, StoreError> {
        let mut update = connection.prepare_cached(REHASH)?;
        Ok(update.execute((id, hash, old))?)
    };
    if let Err(error) = blog.store.write(job).await {
        tracing::debug!(%error, "a password is not hashed anew");
    }
}

/// The viewer's account
#[utoipa::path(get, path = "/api/user", operation_id = "current_user", tag = "Conduit",
    security(("Token" = [])),
    responses(
        (status = 200, description = "The account, with the token of the request.",
            body = super::described::UserEnvelope),
        (status = 401, response = super::described::WrongToken),
    ))]
pub(super) async fn current(
    State(blog): State<BlogState>,
    member: Member,
    headers: HeaderMap,
) -> Result<PrivateResponse> {
    let token = presented(&headers).unwrap_or_default();
    let body = blog
        .store
        .read(|connection| shown(connection, member.id, token))?;
    Ok(PrivateResponse::not_stored(json(body)))
}

/// What is to change of an account.
pub(super) struct AccountChanges {
    username: Option<String>,
    email: Option<String>,
    password: Option<String>,
    bio: Option<Option<String>>,
    image: Option<Option<String>>,
}

impl AccountChanges {
    /// That of a body.
    pub(super) fn read(fields: &Map<String, Value>) -> Result<Self, ConduitError> {
        let mut reader = FieldReader::of(fields);
        let changes = Self {
            username: reader.text("username", Presence::Optional, validation::username),
            email: reader.text("email", Presence::Optional, validation::email),
            password: reader.text("password", Presence::Optional, validation::password),
            bio: reader.clearable("bio", validation::bio),
            image: reader.clearable("image", validation::image),
        };
        reader.finish()?;
        Ok(changes)
    }

    fn is_empty(&self) -> bool {
        let texts = [&self.username, &self.email, &self.password];
        texts.into_iter().all(Option::is_none) && self.bio.is_none() && self.image.is_none()
    }
}

/// Change the viewer's account
///
/// What is left out stays. `null` and an empty text clear `bio` and `image`. Tokens stay good.
#[utoipa::path(put, path = "/api/user", operation_id = "change_user", tag = "Conduit",
    params(("Idempotency-Key" = Option<String>, Header),
        ("If-Match" = Option<String>, Header)), security(("Token" = [])),
    request_body(content = super::described::UserChangesEnvelope, content_type = "application/json"),
    responses(
        (status = 200, description = "The account, with a new token.",
            body = super::described::UserEnvelope),
        (status = 400, response = super::described::NoJson),
        (status = 401, response = super::described::WrongToken),
        (status = 409, response = super::described::Taken),
        (status = 422, response = super::described::WrongFields),
    ))]
pub(super) async fn change(
    State(blog): State<BlogState>,
    member: Member,
    terms: Terms,
    body: Result<Bytes, BytesRejection>,
) -> Result<Outcome> {
    let body = body?;
    let fields = body::fields(&blog.work, "user", &body).await?;
    let changes = AccountChanges::read(&fields)?;
    let tokens = blog.tokens.clone();
    let terms = terms.once_in_secret(&blog.digest_key, &body);
    apply(&blog, member.id, changes, terms, move |connection, id| {
        let token = tokens.issue(id, SystemTime::now())?;
        shown(connection, id, &token)
    })
    .await
}

/// Changes the account of the user `id`, and answers what `shown` says of it.
pub(super) async fn apply(
    blog: &Blog,
    id: i64,
    changes: AccountChanges,
    terms: WriteTerms,
    shown: impl FnOnce(&Connection, i64) -> Result<Vec<u8>> + Send + 'static,
) -> Result<Outcome> {
    let hash = match &changes.password {
        Some(password) => {
            let password = Secret::from(password.as_str());
            Some(blog.users.passwords().hash(&password).await?)
        }
        None => None,
    };
    write(blog, terms, move |connection| {
        if !changes.is_empty() {
            update(connection, id, &changes, hash.as_deref())?;
        }
        let answer = stored(StatusCode::OK, shown(connection, id)?);
        Unchanged::unless(!changes.is_empty(), answer)
    })
    .await
}

fn update(
    connection: &Connection,
    id: i64,
    changes: &AccountChanges,
    hash: Option<&str>,
) -> Result<(), Unchanged> {
    let AccountChanges {
        username,
        email,
        bio,
        image,
        ..
    } = changes;
    refuse_conflicts(connection, id, username.as_deref(), email.as_deref())?;
    let (has_bio, has_image) = (bio.is_some(), image.is_some());
    connection.prepare_cached(UPDATE)?.execute((
        id,
        username,
        email,
        hash,
        has_bio,
        bio.as_ref().and_then(Option::as_ref),
        has_image,
        image.as_ref().and_then(Option::as_ref),
        Millis::now(),
    ))?;
    Ok(())
}
