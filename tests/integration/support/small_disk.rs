//! A small disk of a test's own: a tmpfs of some MB in a mount namespace, which goes with the test.
//!
//! The test that wants one runs itself again in the namespace. That takes root or user namespaces;
//! where neither is to be had the test says "skipped", except in CI, which must have one.

use std::env;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// Set in the second run, to where the disk is.
const VARIABLE: &str = "EKIBEN_TEST_SMALL_DISK";

/// In the second run, the folder of the disk. In the first one, `None`, when the second has passed.
///
/// `test` is the full name of the test that calls this.
#[track_caller]
pub(crate) fn small_disk(test: &str, megabytes: u32) -> Option<PathBuf> {
    if let Some(folder) = env::var_os(VARIABLE) {
        return Some(folder.into());
    }
    let folder = TempDir::new().unwrap();
    let mount = format!("mount -t tmpfs -o size={megabytes}m tmpfs \"${VARIABLE}\"");
    if !in_namespace(folder.path(), &mount)
        .status()
        .is_ok_and(|status| status.success())
    {
        assert!(
            env::var_os("CI").is_none(),
            "CI must be able to mount a tmpfs"
        );
        eprintln!("skipped: no mount namespace is to be had here");
        return None;
    }
    let again = format!("{mount} && exec \"$0\" --exact {test} --nocapture");
    let output = in_namespace(folder.path(), &again)
        .arg(env::current_exe().unwrap())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let told = String::from_utf8_lossy(&output.stderr);
    eprint!("{told}");
    assert!(output.status.success(), "in the namespace:\n{said}{told}");
    assert!(
        said.contains("1 passed"),
        "{test} is not the test's name:\n{said}"
    );
    None
}

fn in_namespace(folder: &Path, script: &str) -> Command {
    let mut command = Command::new("unshare");
    command.args(["--mount", "--map-root-user", "sh", "-c", script]);
    command.env(VARIABLE, folder);
    command
}

/// What takes the space that a test wants to be gone.
pub(crate) struct Filler {
    path: PathBuf,
}

impl Filler {
    /// Takes all but `left` bytes.
    pub(crate) fn on(disk: &Path, left: u64) -> Self {
        let path = disk.join("filler");
        let mut file = File::options()
            .create(true)
            .append(true)
            .open(&path)
            .unwrap();
        while file.write_all(&[0; 4096]).is_ok() {}
        let length = file.metadata().unwrap().len();
        file.set_len(length.saturating_sub(left)).unwrap();
        Self { path }
    }

    pub(crate) fn remove(self) {
        fs::remove_file(self.path).unwrap();
    }
}
