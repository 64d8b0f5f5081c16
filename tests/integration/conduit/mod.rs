//! The app `conduit`: the contract's rows by number, feeds, what belongs to one viewer, a model, its data,
//! and its site.

pub(crate) mod client_script;
pub(crate) mod crash;
mod links;
pub(crate) mod model;
pub(crate) mod operating;
mod pages_forms;
mod pages_reading;
mod pages_safety;
pub(crate) mod rows_accounts;
pub(crate) mod rows_articles;
pub(crate) mod rows_comments;
pub(crate) mod rows_lists;
pub(crate) mod rows_tokens;
pub(crate) mod site;
pub(crate) mod visitors;
