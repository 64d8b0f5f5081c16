//! The integration tests: behaviour through the boundary, in one binary.
//!
//! Most tests talk to the real router in process ([`support::harness::Site`]); those about sockets, signals and
//! files run the real binary ([`support::binary::Process`]). The harness is hermetic: every test has its own
//! folder and port, nothing outside it is read, and waiting is always for a condition.
//!
//! Tests that need the reference dumps read them from `EKIBEN_REFERENCE_DATA` and say "skipped" when it
//! is not set (see [`support::harness::reference_data`]).

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::print_stderr, reason = "a skipped test says so")]

use std::fs;
use std::path::Path;

mod bake;
mod cli;
mod conduit;
mod english;
mod import;
mod isuumo;
mod people;
mod service;
mod store;
mod support;
mod users;
mod walls;

/// Every file of every folder is a module of it: a forgotten one would be a test that never runs.
#[test]
fn no_test_file_is_forgotten() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/integration");
    let entries = |folder: &Path| -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    };
    let main = include_str!("main.rs");
    for name in entries(&root).iter().filter(|name| *name != "main.rs") {
        let room = name.strip_suffix(".rs").unwrap_or(name);
        assert!(
            main.contains(&format!("mod {room};")),
            "{room} is forgotten"
        );
        if name.ends_with(".rs") {
            continue;
        }
        let modules = fs::read_to_string(root.join(room).join("mod.rs")).unwrap();
        for name in entries(&root.join(room)) {
            let module = name.strip_suffix(".rs").unwrap_or(&name);
            let is_there = module == "mod" || modules.contains(&format!("mod {module};"));
            assert!(is_there, "{room}/{name} is forgotten");
        }
    }
}
