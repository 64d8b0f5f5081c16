//! The rows of users: found by address, made, changed, and the sessions that belong to them.
//!
//! A write that finds the row other than it was looked at changes nothing. It must not know who asks.

use std::time::Instant;

use rusqlite::{Connection, OptionalExtension as _, Row};
use serde::Serialize;
use utoipa::ToSchema;

use super::flaws::{Field, Flaw, Flaws};
use crate::apps::english::mode::WalkMode;
use crate::apps::english::time::{in_json, now};
use crate::apps::english::{Drill, Result};
use crate::auth::SignIn;
use crate::auth::password::Verified;
use crate::auth::session::ProvenUser;
use crate::config::Secret;
use crate::http::{Client, HttpError};
use crate::store::StoreError;

const ACCOUNT: &str = "SELECT email, mode, role, created_at, updated_at FROM users WHERE id = ?1";
const BY_EMAIL: &str = "SELECT id, session_epoch, encrypted_password FROM users WHERE email = ?1";
const HASH: &str = "SELECT encrypted_password FROM users WHERE id = ?1";
const REHASH: &str =
    "UPDATE users SET encrypted_password = ?2 WHERE id = ?1 AND encrypted_password = ?3";
const TAKEN: &str = "SELECT 1 FROM users WHERE email = ?1 AND id <> ?2";
const INSERT: &str = "INSERT INTO users (email, encrypted_password, mode, created_at, updated_at) \
    VALUES (?1, ?2, ?3, ?4, ?4) RETURNING id, session_epoch";
const END_SESSIONS: &str = "UPDATE users SET session_epoch = session_epoch + 1 WHERE id = ?1";
/// What is null stays. A new password ends the sessions that there are, by ?5.
const UPDATE: &str = "UPDATE users SET email = ifnull(?3, email), \
    encrypted_password = ifnull(?4, encrypted_password), session_epoch = session_epoch + ?5, \
    updated_at = ?6 WHERE id = ?1 AND encrypted_password = ?2 RETURNING id, session_epoch";

/// Statements of this file, for the test that reads plans.
#[cfg(test)]
pub(in crate::apps::english) const STATEMENTS: [&str; 8] = [
    ACCOUNT,
    BY_EMAIL,
    HASH,
    REHASH,
    TAKEN,
    INSERT,
    END_SESSIONS,
    UPDATE,
];

/// An account as its user sees it.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::apps::english) struct Account {
    id: i64,
    email: String,
    /// In which order the sentences are walked: normal, top or worst.
    mode: &'static str,
    /// What the account may change beside itself: nothing (learner), or sentences and words (editor).
    role: String,
    created_at: String,
    updated_at: String,
}

/// Why nothing was stored.
#[derive(Debug, thiserror::Error)]
pub(in crate::apps::english) enum Unsaved {
    /// Somebody else has the address.
    #[error("the address is taken")]
    Taken,
    /// The account has another password by now, or is gone.
    #[error("the account has changed")]
    Changed,
    #[error(transparent)]
    Failed(HttpError),
}

impl From<HttpError> for Unsaved {
    fn from(error: HttpError) -> Self {
        Self::Failed(error)
    }
}

impl From<StoreError> for Unsaved {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<rusqlite::Error> for Unsaved {
    fn from(error: rusqlite::Error) -> Self {
        Self::Failed(error.into())
    }
}

impl Unsaved {
    /// What a field can be told of it. `changed` is what it means that the account has changed.
    ///
    /// # Errors
    /// What no field can mend.
    pub(in crate::apps::english) fn flaws(self, changed: (Field, Flaw)) -> Result<Flaws> {
        match self {
            Self::Taken => Ok((Field::Email, Flaw::Taken).into()),
            Self::Changed => Ok(changed.into()),
            Self::Failed(error) => Err(error),
        }
    }
}

/// What of an account is to be changed; what is none stays.
#[derive(Debug, Default)]
pub(in crate::apps::english) struct Changes {
    pub(in crate::apps::english) email: Option<String>,
    /// The hash of the password. Whatever was mailed to reset the old one is void then.
    pub(in crate::apps::english) hash: Option<String>,
    /// Whether the sessions that there are end.
    pub(in crate::apps::english) ends_sessions: bool,
}

/// The account of a user.
pub(in crate::apps::english) fn account(drill: &Drill, id: i64) -> Result<Option<Account>> {
    drill.store.read(|connection| -> Result<_> {
        let mut select = connection.prepare_cached(ACCOUNT)?;
        let account = select.query_row([id], |row| {
            Ok(Account {
                id,
                email: row.get(0)?,
                mode: row.get::<_, WalkMode>(1)?.name(),
                role: row.get(2)?,
                created_at: in_json(row.get_ref(3)?.as_str()?),
                updated_at: in_json(row.get_ref(4)?.as_str()?),
            })
        });
        Ok(account.optional()?)
    })
}

/// Whoever has an address, if that is proven, and the hash that a password is held against.
pub(in crate::apps::english) fn by_email(
    drill: &Drill,
    email: &str,
) -> Result<Option<(ProvenUser, String)>> {
    drill.store.read(|connection| -> Result<_> {
        let mut select = connection.prepare_cached(BY_EMAIL)?;
        let found = select.query_row([email], |row| Ok((proven(row)?, row.get(2)?)));
        Ok(found.optional()?)
    })
}

/// A user by the first two columns.
fn proven(row: &Row<'_>) -> rusqlite::Result<ProvenUser> {
    Ok(ProvenUser {
        id: row.get(0)?,
        epoch: row.get(1)?,
    })
}

/// The hash of a user.
pub(in crate::apps::english) fn hash_of(drill: &Drill, id: i64) -> Result<Option<String>> {
    drill.store.read(|connection| -> Result<_> {
        let mut select = connection.prepare_cached(HASH)?;
        Ok(select.query_row([id], |row| row.get(0)).optional()?)
    })
}

/// The user with this address and password, if they are anybody's.
///
/// # Errors
/// 429 after too many attempts of the account or of `client`.
pub(in crate::apps::english) async fn sign_in(
    drill: &Drill,
    client: Client,
    email: &str,
    password: &Secret,
) -> Result<Option<ProvenUser>> {
    let account = by_email(drill, email)?;
    let stored = account.as_ref().map(|(_, hash)| hash.as_str());
    let attempt = SignIn {
        client,
        account: email,
        password,
        stored,
    };
    let verified = drill.users.sign_in(attempt, Instant::now()).await?;
    let (Some((user, old)), Verified::Yes { rehash }) = (account, verified) else {
        return Ok(None);
    };
    if let Some(hash) = rehash {
        keep_hash(drill, user.id, hash, old).await;
    }
    Ok(Some(user))
}

/// Stores a new hash of the same password. Where that cannot be, as on a replica, the old one goes on
/// being good; and one that was changed meanwhile stays.
async fn keep_hash(drill: &Drill, id: i64, hash: String, old: String) {
    let job = move |connection: &Connection| -> Result<_, StoreError> {
        let mut update = connection.prepare_cached(REHASH)?;
        Ok(update.execute((id, hash, old))?)
    };
    if let Err(error) = drill.store.write(job).await {
        tracing::debug!(%error, "a password is not hashed anew");
    }
}

/// Makes an account; its user.
pub(in crate::apps::english) async fn insert(
    drill: &Drill,
    email: String,
    hash: String,
) -> Result<ProvenUser, Unsaved> {
    let job = move |connection: &Connection| {
        refuse_taken(connection, 0, &email)?;
        let mut insert = connection.prepare_cached(INSERT)?;
        Ok(insert.query_row((&email, &hash, WalkMode::Normal, now()), proven)?)
    };
    drill.store.write(job).await
}

/// Changes the account of the user `id`, whose hash is `known`; the user as she is then.
pub(in crate::apps::english) async fn update(
    drill: &Drill,
    id: i64,
    known: String,
    changes: Changes,
) -> Result<ProvenUser, Unsaved> {
    let job = move |connection: &Connection| {
        let Changes {
            email,
            hash,
            ends_sessions,
        } = changes;
        if let Some(email) = &email {
            refuse_taken(connection, id, email)?;
        }
        let row = (id, known, email, hash, i64::from(ends_sessions), now());
        let mut update = connection.prepare_cached(UPDATE)?;
        let changed = update.query_row(row, proven).optional()?;
        changed.ok_or(Unsaved::Changed)
    };
    drill.store.write(job).await
}

/// Ends all sessions of a user.
pub(in crate::apps::english) async fn end_sessions(drill: &Drill, id: i64) -> Result<()> {
    let job = move |connection: &Connection| -> Result<_, StoreError> {
        Ok(connection.prepare_cached(END_SESSIONS)?.execute([id])?)
    };
    drill.store.write(job).await?;
    Ok(())
}

fn refuse_taken(connection: &Connection, id: i64, email: &str) -> Result<(), Unsaved> {
    if connection.prepare_cached(TAKEN)?.exists((email, id))? {
        return Err(Unsaved::Taken);
    }
    Ok(())
}
