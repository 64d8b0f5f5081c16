//! The first user, whom the original's seed makes from three variables: she can sign in, and change sentences.
//!
//! Whoever has the address already is left as she is. It must not know where the variables come from, nor how a
//! password is hashed.

use rusqlite::Connection;

use crate::apps::english::accounts::flaws::{Flaws, check_email, email_of};
use crate::apps::english::mode::WalkMode;
use crate::apps::english::time::now;

/// Nobody twice.
const INSERT: &str = "INSERT INTO users \
    (email, encrypted_password, mode, role, created_at, updated_at) \
    VALUES (?1, ?2, ?3, 'editor', ?4, ?4) ON CONFLICT (email) DO NOTHING";

/// Who can sign in at first.
#[derive(Debug)]
pub struct FirstUser {
    email: String,
    mode: WalkMode,
    hash: String,
}

/// Why somebody cannot be the first user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FirstUserFlaw {
    /// The address is none.
    #[error("must be an e-mail address with one @ and no blanks, 255 characters at most")]
    Email,
    /// There is no such order.
    #[error("must be normal, top or worst")]
    Mode,
}

impl FirstUser {
    /// The user with this address, order and hash of a password.
    ///
    /// # Errors
    /// When there can be none.
    pub fn new(email: &str, mode: Option<&str>, hash: String) -> Result<Self, FirstUserFlaw> {
        let email = email_of(email);
        let mut flaws = Flaws::default();
        check_email(&email, &mut flaws);
        if !flaws.is_empty() {
            return Err(FirstUserFlaw::Email);
        }
        let mode = match mode.filter(|mode| !mode.is_empty()) {
            None => WalkMode::Normal,
            Some(name) => Some(WalkMode::of(name))
                .filter(|mode| mode.name() == name)
                .ok_or(FirstUserFlaw::Mode)?,
        };
        Ok(Self { email, mode, hash })
    }

    /// The address.
    #[must_use]
    pub fn email(&self) -> &str {
        &self.email
    }

    /// Stores the user; whether there was nobody with this address.
    pub(super) fn store(&self, connection: &Connection) -> rusqlite::Result<bool> {
        let values = (&self.email, &self.hash, self.mode, now());
        Ok(connection.execute(INSERT, values)? > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_user_has_an_address_and_an_order() {
        let of = |email, mode| FirstUser::new(email, mode, String::new());
        let user = of(" Ann@Example.com\n", Some("worst")).unwrap();
        assert_eq!(
            (user.email(), user.mode),
            ("ann@example.com", WalkMode::Worst)
        );
        for mode in [None, Some(""), Some("normal")] {
            assert_eq!(of("a@b", mode).unwrap().mode, WalkMode::Normal);
        }
        for odd in ["", "a", "@b", "a@", "a@b@c", "a b@c"] {
            assert_eq!(of(odd, None).unwrap_err(), FirstUserFlaw::Email, "{odd}");
        }
        assert_eq!(of("a@b", Some("Top")).unwrap_err(), FirstUserFlaw::Mode);
    }
}
