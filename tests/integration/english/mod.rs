//! The app `english`: its contract's behaviour by subject, as forms and as JSON.

mod accounts;
mod accounts_safety;
mod closing;
mod data_dump;
mod data_seed;
mod data_streaming;
mod data_voices;
mod forgotten;
mod operating;
pub(crate) mod site;
