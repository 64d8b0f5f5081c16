//! Fuzz target: a whole import into a file. It must not decide what an input goes through.
#![no_main]

#[path = "../drive.rs"]
mod drive;

use std::sync::LazyLock;

use tempfile::TempDir;

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| drive::folder().expect("a folder"));

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    // An error is an answer, unless it says of itself that it should not happen.
    if let Err(error) = drive::import(input, FOLDER.path()) {
        assert!(!drive::is_our_fault(&error), "{error}");
    }
});
