//! Accounts that go, with all their gradings. A long history goes in pieces, each committed by itself, so that
//! others are not kept from grading: the account is closed at once, and nobody's any more, and what is left of
//! it follows. What was not finished when the server ended is at its next start.
//!
//! The file is whole after each piece: sums are those of the gradings that are left.

use rusqlite::{Connection, OptionalExtension as _};

use crate::apps::english::pieces::{PIECE, PieceWork};
use crate::apps::english::time::now;
use crate::apps::english::{Drill, Result};
use crate::store::StoreError;

const HISTORY: &str = "SELECT gradings FROM user_total WHERE user_id = ?1";
/// No account has such an address, since there are blanks in it; nor a password, without a hash.
const CLOSE: &str = "UPDATE users SET email = 'deleted account ' || id, encrypted_password = '', \
    session_epoch = session_epoch + 1, role = 'learner', mode = NULL, updated_at = ?2 WHERE id = ?1";
/// In the order of addresses those of closed accounts are one beside another.
const CLOSED: &str = "SELECT id FROM users WHERE email >= 'deleted account ' \
    AND email < 'deleted account!' LIMIT 1";
const FORGET: &str =
    "DELETE FROM scores WHERE id IN (SELECT id FROM scores WHERE user_id = ?1 LIMIT ?2)";
const REMOVE: &str = "DELETE FROM users WHERE id = ?1";

/// Statements of this file, for the test that reads plans.
#[cfg(test)]
pub(in crate::apps::english) const STATEMENTS: [&str; 5] = [HISTORY, CLOSE, CLOSED, FORGET, REMOVE];

/// The rest of closed accounts.
pub(in crate::apps::english) const REST: PieceWork = PieceWork {
    what: "a closed account",
    left: CLOSED,
    forget: FORGET,
    remove: REMOVE,
};

/// Has the account of the user `id` go. From then on nobody signs in with it.
pub(in crate::apps::english) async fn close(drill: &Drill, id: i64) -> Result<()> {
    let rest = REST.starter(&drill.store);
    let job = move |connection: &Connection| -> Result<_, StoreError> {
        let mut select = connection.prepare_cached(HISTORY)?;
        let gradings: Option<i64> = select.query_row([id], |row| row.get(0)).optional()?;
        let is_long = gradings.is_some_and(|gradings| gradings > PIECE);
        if is_long {
            connection.prepare_cached(CLOSE)?.execute((id, now()))?;
            rest.start();
        } else {
            connection.prepare_cached(REMOVE)?.execute([id])?;
        }
        Ok(())
    };
    Ok(drill.store.write(job).await?)
}
