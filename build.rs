//! Puts the dataset that the binary carries into one folder, and has cargo compile anew when any file
//! that it carries changes: `include_dir!` can do neither. Only the files of an app's own folder are
//! carried, which a bake reads; the upload batches below it are for people and benchmarks.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=schema");
    println!("cargo::rerun-if-changed=dataset");
    for app in fs::read_dir("src/apps")? {
        let app = app?.path();
        for folder in ["pages/assets", "voices"].map(|folder| app.join(folder)) {
            if folder.is_dir() {
                println!("cargo::rerun-if-changed={}", folder.display());
            }
        }
    }
    println!("cargo::rerun-if-env-changed=EKIBEN_BUILD_COMMIT");
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?);
    let carried = out.join("dataset");
    if carried.exists() {
        fs::remove_dir_all(&carried)?;
    }
    fs::create_dir_all(&carried)?;
    for app in fs::read_dir("dataset")? {
        let app = app?;
        if app.file_type()?.is_dir() && has(&app.file_name().to_string_lossy()) {
            copy_files(&app.path(), &carried.join(app.file_name()))?;
        }
    }
    Ok(())
}

/// Whether the build has a feature.
fn has(feature: &str) -> bool {
    env::var_os(format!("CARGO_FEATURE_{}", feature.to_uppercase())).is_some()
}

/// Copies the files of a folder, not those of folders below it. A build that carries no data has the documents
/// all the same: they stand for those that dumps of others lack.
fn copy_files(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for file in fs::read_dir(from)? {
        let file = file?;
        let is_document = file.path().extension().is_some_and(|kind| kind == "json");
        if file.file_type()?.is_file() && (is_document || has("datasets")) {
            fs::copy(file.path(), to.join(file.file_name()))?;
        }
    }
    Ok(())
}
