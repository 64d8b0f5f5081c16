//! The integration tests: behaviour through the boundary, in one binary.
//!
//! Most tests talk to the real router in process ([`harness::Site`]); those about sockets, signals and
//! files run the real binary ([`binary::Process`]). The harness is hermetic: every test has its own
//! folder and port, nothing outside it is read, and waiting is always for a condition.
//!
//! Tests that need the reference dumps read them from `EKIBEN_REFERENCE_DATA` and say "skipped" when it
//! is not set (see [`harness::reference_data`]).

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::print_stderr, reason = "a skipped test says so")]

mod binary;
mod captured_log;
mod cells;
mod client;
mod data_folder;
mod dataset;
mod harness;
mod json_schema;
mod ledger;
mod mariadb;
mod mutation;
mod people_site;
mod random_schema;
mod random_sql;
mod random_types;
mod random_values;
mod raw_socket;
mod schema_folder;
mod small_disk;

mod admin;
mod api_description;
mod api_pages;
mod backup;
mod backup_refusals;
mod bake_csv;
mod bake_files;
mod bake_inputs;
mod bake_oracle;
mod command_line;
mod connections;
mod crash;
mod dataset_generator;
mod documents;
mod freshness;
mod full_disk;
mod group_commit;
mod hostile_requests;
mod http_base;
mod http_manners;
mod http_sockets;
mod http_validators;
mod idempotency;
mod idempotency_durability;
mod idempotency_retention;
mod import_cases;
mod import_charsets;
mod import_memory;
mod import_oracle;
mod import_random;
mod import_robustness;
mod import_streams;
mod import_truncation;
mod inspect_health;
mod isuumo_contract;
mod isuumo_edge_cases;
mod isuumo_edge_cases_writes;
mod isuumo_uploads;
mod metrics;
mod migration_refusals;
mod migrations;
mod operations_document;
mod overload;
mod pages;
mod pages_escaping;
mod pages_forms;
mod people_contract;
mod people_edge_cases;
mod people_edge_cases_data;
mod people_lists;
mod people_model;
mod people_pages;
mod people_reads;
mod rate_limit;
mod reference;
mod refusals;
mod request_log;
mod seed;
mod serving;
mod slow_queries;
mod store_generations;
mod store_revisions;
mod two_apps;
mod upload_memory;
mod writes_under_load;

/// Every file of this folder is a module above: a forgotten one would be a test that never runs.
#[test]
fn no_test_file_is_forgotten() {
    let main = include_str!("main.rs");
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/integration");
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let module = name.strip_suffix(".rs").unwrap_or("main");
        assert!(
            module == "main" || main.contains(&format!("mod {module};")),
            "{name} is forgotten"
        );
    }
}
