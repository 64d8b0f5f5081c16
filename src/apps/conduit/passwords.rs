//! Passwords as operators set them: accounts of the built-in data have none.
//!
//! Users change their own through `account`. It must not know how a password is asked for or hashed.

use rusqlite::Connection;

use crate::auth::password::{LONGEST_PASSWORD, Length, PasswordRule};

/// What passwords of this app are.
pub const PASSWORD_RULE: PasswordRule = PasswordRule {
    shortest: 8,
    longest: Length::Bytes(LONGEST_PASSWORD),
    takes_blanks: true,
};

const HAS: &str = "SELECT 1 FROM user WHERE username = ?1";
const SET: &str =
    "UPDATE user SET password = ?2, session_epoch = session_epoch + 1 WHERE username = ?1";

/// Statements of this file, for the test that reads plans.
#[cfg(test)]
pub(super) const STATEMENTS: [&str; 2] = [HAS, SET];

/// Whether there is a user called `username`, whatever its case.
///
/// # Errors
/// When the data cannot be read.
pub fn has_user(connection: &Connection, username: &str) -> rusqlite::Result<bool> {
    connection.prepare(HAS)?.exists([username])
}

/// Gives the user called `username` the password whose hash is `hash`, and ends the sessions that there are;
/// whether there is such a user. Case does not matter, as no two names differ in nothing else.
///
/// # Errors
/// When the row cannot be changed.
pub fn set_password(connection: &Connection, username: &str, hash: &str) -> rusqlite::Result<bool> {
    let mut update = connection.prepare_cached(SET)?;
    Ok(update.execute((username, hash))? > 0)
}
