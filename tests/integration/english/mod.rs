//! The app `english`: its contract's behaviour by subject, as forms and as JSON.

mod accounts;
mod accounts_safety;
mod closing;
mod dashboard;
mod data_dump;
mod data_seed;
mod data_streaming;
mod data_voices;
mod data_words;
mod forgotten;
mod kept_pages;
mod languages;
mod operating;
mod programs;
mod removal;
mod scores;
mod sentence_page;
mod sentences;
mod sentences_edit;
pub(crate) mod site;
