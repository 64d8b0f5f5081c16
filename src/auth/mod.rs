//! Who asks: passwords, tokens, sessions, and how many attempts there are. For every app with users.
//!
//! An app brings its accounts; what it takes to tell that somebody is one of them is here. It may use
//! `http`, `web`, `config` and `file`, and knows no app and no table. Nothing secret is in what it logs,
//! counts or prints: secrets are types that do not show themselves.
//!
//! # Layout
//! - [`UserContext`], [`UserSetup`], [`Users`]: all of it for one app; start there
//! - [`address`]: what the address of an account looks like
//! - [`password`]: argon2id in the pool for long work; `imported`: bcrypt of other systems
//! - [`token`]: JWT, HS256 only (`hs256`); `known`: those that were verified, and sessions that were opened
//! - [`session`]: the cookie of a site; [`visitor`]: who visits its pages; [`reset`]: new passwords for
//!   forgotten ones; `seal`: how cookie and token are kept from being read or made up
//! - `throttle`: attempts per account and client
//! - [`keys`]: the secret of an app and the keys derived from it; `key_file`: a primary's own
//! - [`figures`]: what is counted; `clock`: seconds

pub mod address;
mod clock;
pub mod figures;
mod hs256;
mod imported;
mod key_file;
pub mod keys;
mod known;
pub mod password;
pub mod reset;
mod seal;
pub mod session;
mod throttle;
pub mod token;
mod users;
pub mod visitor;

pub use users::{SignIn, UserContext, UserSetup, Users};
