//! The project's own Rust files, for tests that read them.

use std::fs;
use std::path::{Path, PathBuf};

/// All Rust files below a folder of the project and their texts, by their paths in that folder. None if the
/// folder does not exist.
#[must_use]
pub(crate) fn rust_files(folder: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let files = below(&root).into_iter();
    let rust = files.filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
    rust.map(|path| {
        let inside = path.strip_prefix(&root).unwrap().to_str().unwrap();
        (inside.to_owned(), fs::read_to_string(&path).unwrap())
    })
    .collect()
}

fn below(path: &Path) -> Vec<PathBuf> {
    if !path.is_dir() {
        return vec![path.to_owned()];
    }
    let entries = fs::read_dir(path).unwrap();
    entries
        .flat_map(|entry| below(&entry.unwrap().path()))
        .collect()
}
