//! Ekiben (駅弁): an application and its data in one box.
//!
//! A MySQL dump goes in at build time, and a single binary with a read-optimised SQLite file comes
//! out. One idea runs through it: bake at build time, serve at run time. ARCHITECTURE.md says why,
//! and names the invariants that the modules refer to.
//!
//! # Layout
//! - [`cli`]: the subcommands; start at [`cli::run`]
//! - [`config`]: layered settings
//! - [`dump`]: reads MySQL dumps: bytes in, tables and typed rows out
//! - [`mod@file`]: the format of a box, which all below stand on
//! - [`load`]: rows into SQLite; `evaluate`: MySQL's expressions to their values; `translate`: to SQLite's,
//!   and queries
//! - [`bake`]: an app's file; [`import`]: any dump to a file of its own, with the feature of that name
//! - [`store`]: opens them for serving: readers, the writer, generations
//! - [`apps`]: the apps over a store
//! - [`http`]: what all apps share on the way to the client
//! - [`web`]: what the pages of apps share; [`auth`]: who asks; [`mail`]: letters to users, by a queue (`absent`:
//!   what stands there in a build whose apps send none)
//! - [`deploy`]: the files with which platforms run an app
//! - [`release`]: which build this is
//! - [`serving`]: from a configuration to stores, routes and threads

// A build of fewer apps, or without the importer, has no use for all that they share. The build of everything shows
// what nobody uses.
#![cfg_attr(
    not(all(
        feature = "isuumo",
        feature = "people",
        feature = "conduit",
        feature = "english",
        feature = "import"
    )),
    allow(
        dead_code,
        unused_imports,
        unused_macros,
        unfulfilled_lint_expectations
    )
)]

pub mod apps;
pub mod auth;
pub mod bake;
pub mod cli;
pub mod config;
pub mod deploy;
pub mod dump;
#[cfg(feature = "import")]
pub(crate) mod evaluate;
pub mod file;
pub mod http;
#[cfg(feature = "import")]
pub mod import;
pub mod load;
#[cfg(feature = "english")]
pub mod mail;
#[cfg(not(feature = "english"))]
#[path = "mail/absent.rs"]
pub mod mail;
pub mod release;
pub mod serving;
pub mod store;
#[cfg(feature = "import")]
pub(crate) mod translate;
pub mod web;
