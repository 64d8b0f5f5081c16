//! What tests stand on: harnesses, datasets, clients, servers to compare with. No test is in here but those
//! of the harness itself.

pub(crate) mod binary;
pub(crate) mod browser;
pub(crate) mod busy_writer;
pub(crate) mod captured_log;
pub(crate) mod cells;
pub(crate) mod client;
pub(crate) mod data_folder;
pub(crate) mod dataset;
pub(crate) mod debian_sqlite;
pub(crate) mod documents;
pub(crate) mod harness;
pub(crate) mod held_route;
pub(crate) mod json_schema;
pub(crate) mod kills;
pub(crate) mod ledger;
pub(crate) mod mail_server;
pub(crate) mod mariadb;
pub(crate) mod patience;
pub(crate) mod raw_socket;
pub(crate) mod schema_folder;
pub(crate) mod small_disk;
pub(crate) mod source_files;
pub(crate) mod terminal;
