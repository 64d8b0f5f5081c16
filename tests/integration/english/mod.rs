//! The app `english`: its contract's behaviour by subject, as forms and as JSON.

mod accounts;
mod accounts_safety;
pub(crate) mod site;
