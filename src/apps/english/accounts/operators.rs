//! What operators do with accounts: new passwords, and who may change sentences. Whoever signs up is a learner;
//! the only editors beside those that are made here are first users, whom an operator's seed makes.
//!
//! It must not know how a password is asked for or hashed.

use rusqlite::Connection;

use super::flaws::email_of;

/// What an account may change beside itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Nothing.
    Learner,
    /// Sentences and words.
    Editor,
}

impl Role {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Learner => "learner",
            Self::Editor => "editor",
        }
    }
}

const HAS: &str = "SELECT 1 FROM users WHERE email = ?1";
const SET: &str = "UPDATE users SET encrypted_password = ?2, session_epoch = session_epoch + 1, \
    updated_at = ?3 WHERE email = ?1";
const GRANT: &str = "UPDATE users SET role = ?2, updated_at = ?3 WHERE email = ?1";

/// Statements of this file, for the test that reads plans.
#[cfg(test)]
pub(in crate::apps::english) const STATEMENTS: [&str; 3] = [HAS, SET, GRANT];

/// Whether there is an account with the address `email`.
///
/// # Errors
/// When the data cannot be read.
pub fn has_account(connection: &Connection, email: &str) -> rusqlite::Result<bool> {
    connection.prepare(HAS)?.exists([email_of(email)])
}

/// Gives the account with the address `email` the password whose hash is `hash`, and ends the sessions that
/// there are; whether there is such an account.
///
/// # Errors
/// When the row cannot be changed.
pub fn set_password(connection: &Connection, email: &str, hash: &str) -> rusqlite::Result<bool> {
    let mut update = connection.prepare_cached(SET)?;
    let now = crate::apps::english::time::now();
    Ok(update.execute((email_of(email), hash, now))? > 0)
}

/// Gives the account with the address `email` a role; whether there is such an account.
///
/// # Errors
/// When the row cannot be changed.
pub fn grant(connection: &Connection, email: &str, role: Role) -> rusqlite::Result<bool> {
    let mut update = connection.prepare_cached(GRANT)?;
    let now = crate::apps::english::time::now();
    Ok(update.execute((email_of(email), role.name(), now))? > 0)
}
