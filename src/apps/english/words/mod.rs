//! What the words of a sentence mean: kept in the file, or known by a service beside it.
//!
//! Words belong to a number, as in the service that the original asked, not to a row: they may be there before
//! their sentence, and stay when it goes.
//!
//! # Layout
//! - [`lookup`]: the table of a sentence's page; `service`: who is asked
//! - [`routes`]: reading and changing them; `fields`: what is given; `store`: the rows

mod fields;
mod lookup;
pub(super) mod routes;
mod service;
mod store;

pub(super) use self::lookup::{WordLookup, WordTable};
pub(super) use self::service::WordService;
#[cfg(test)]
pub(super) use self::store::STATEMENTS;
pub(super) use self::store::{NewWord, StoredWord};
