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
    for app in fs::read_dir("dataset")? {
        let app = app?;
        if !app.file_type()?.is_dir() {
            continue;
        }
        copy_files(&app.path(), &carried.join(app.file_name()))?;
    }
    Ok(())
}

/// Copies the files of a folder, not those of folders below it.
fn copy_files(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for file in fs::read_dir(from)? {
        let file = file?;
        if file.file_type()?.is_file() {
            fs::copy(file.path(), to.join(file.file_name()))?;
        }
    }
    Ok(())
}
