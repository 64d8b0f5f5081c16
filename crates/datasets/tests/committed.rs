//! The generators give what the repository holds, byte for byte: no file more, none less.
//!
//! Packed files are compared by their text. That they are packed alike too, a test beside the generator
//! shows with small ones.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use datasets::{Dataset, Packing};

/// Files below `folder` by their paths in it, but READMEs, which people write.
fn files(folder: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if !path.ends_with("README.md") {
                found.insert(path.strip_prefix(folder).unwrap().to_owned());
            }
        }
    }
    found
}

fn unpacked(name: &Path, bytes: Vec<u8>) -> Vec<u8> {
    if name.extension().is_some_and(|extension| extension == "zst") {
        zstd::decode_all(&bytes[..]).unwrap()
    } else {
        bytes
    }
}

#[track_caller]
fn assert_committed(dataset: Dataset, app: &str) {
    let committed = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../dataset")
        .join(app);
    let made = tempfile::tempdir().unwrap();
    let mut told = BTreeSet::new();
    dataset
        .write(made.path(), 1, Packing::Fast, &mut |file| {
            let length = fs::metadata(made.path().join(&file.name)).unwrap().len();
            assert_eq!(length, file.stored_bytes, "{}", file.name);
            told.insert(PathBuf::from(&file.name));
        })
        .unwrap();
    assert_eq!(files(made.path()), told);
    assert_eq!(files(&committed), told);
    let mut stored = 0;
    for name in told {
        let expected = fs::read(committed.join(&name)).unwrap();
        let written = fs::read(made.path().join(&name)).unwrap();
        stored += expected.len();
        assert!(
            unpacked(&name, written) == unpacked(&name, expected),
            "{} is not what is committed",
            name.display()
        );
    }
    assert!(
        stored < 8_000_000,
        "{stored} bytes are too many for a repository"
    );
}

#[test]
fn isuumo_is_what_the_generator_makes() {
    assert_committed(Dataset::Isuumo, "isuumo");
}

#[test]
fn people_are_those_that_the_generator_makes() {
    assert_committed(Dataset::People, "people");
}

#[test]
fn the_blog_is_what_the_generator_makes() {
    assert_committed(Dataset::Conduit, "conduit");
}

#[test]
fn the_sentences_are_those_that_the_generator_makes() {
    assert_committed(Dataset::English, "english");
}
