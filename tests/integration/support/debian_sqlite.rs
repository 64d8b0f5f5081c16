//! The SQLite that imported files are promised to: Debian's program `sqlite3`, 3.40, and not the newer one that
//! is compiled in.
//!
//! CI installs it; elsewhere the tests say "skipped" when there is none, or another version.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

/// What its version begins with.
const PROMISED: &str = "3.40.";

/// Whether the promised program is here; says so when it is not.
pub(crate) fn is_here() -> bool {
    let output = Command::new("sqlite3").arg("--version").output();
    let found = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    let here = found
        .as_ref()
        .is_ok_and(|found| found.starts_with(PROMISED));
    if !here {
        assert!(
            std::env::var_os("CI").is_none(),
            "CI must have Debian's sqlite3 {PROMISED}x installed, and has {found:?}"
        );
        eprintln!("skipped: there is no sqlite3 {PROMISED}x here");
    }
    here
}

/// Runs `sql` on `database`; what the program complains of if it does.
pub(crate) fn run(database: &Path, sql: &str) -> Result<String, String> {
    let mut program = Command::new("sqlite3")
        .args(["-batch", "-bail"])
        .arg(database)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // It may have ended before it has read all.
    drop(program.stdin.take().unwrap().write_all(sql.as_bytes()));
    let done = program.wait_with_output().unwrap();
    let complaint = String::from_utf8_lossy(&done.stderr).into_owned();
    if done.status.success() && complaint.is_empty() {
        Ok(String::from_utf8_lossy(&done.stdout).into_owned())
    } else {
        Err(complaint)
    }
}
