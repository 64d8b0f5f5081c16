//! `docs/conduit-client.sh`: what a front end sends in a visit, with the real curl against the real binary on
//! its built-in blog, at the root and behind a prefix, twice in a row.

use std::fs;
use std::process::Command;

use tempfile::TempDir;

use crate::support::binary::Process;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/conduit-client.sh");

/// As a machine has it that nobody has set up, but for the cost of hashes.
const TOML: &str = "apps = [\"conduit\"]\nadmin.listen = \"off\"\nlog.format = \"json\"\n\
    store.durability = \"normal\"\n[auth]\nmemory_kib = 8\npasses = 1\n";

#[test]
fn a_front_end_gets_what_it_asks_for_twice_in_a_row_behind_a_prefix_too() {
    for (mount, prefix) in [("", ""), ("[mounts]\nconduit = \"/blog\"\n", "/blog")] {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("ekiben.toml"), format!("{TOML}{mount}")).unwrap();
        let server = Process::start(folder.path(), &[]);
        let api = format!("{}{prefix}/api", server.url());
        for _ in 0..2 {
            let visit = Command::new(SCRIPT).arg(&api).output().unwrap();
            let said = String::from_utf8(visit.stdout).unwrap();
            let complaints = String::from_utf8(visit.stderr).unwrap();
            assert!(visit.status.success(), "{said}{complaints}");
            assert_eq!(said.lines().count(), 20, "{said}");
        }
        let mut elsewhere = Command::new(SCRIPT);
        elsewhere.arg(format!("{api}/nowhere"));
        assert_eq!(elsewhere.output().unwrap().status.code(), Some(1));
    }
}
