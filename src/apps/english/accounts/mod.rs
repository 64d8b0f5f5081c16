//! Accounts: what may be written into one, how it is stored, and how it goes.
//!
//! Passwords are hashed outside of the writer. How an account looks on pages and in JSON is `pages`' to know.
//!
//! # Layout
//! - `users`: the rows; `flaws`: what is wrong with what was given
//! - `closing`: accounts that go
//! - `operators`: what `ekiben english` does

pub(super) mod closing;
pub(super) mod flaws;
pub(super) mod operators;
pub(super) mod users;

pub use self::flaws::PASSWORD_RULE;
pub use self::operators::{Role, grant, has_account, set_password};
