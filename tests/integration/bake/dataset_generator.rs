//! The generators give what the repository holds, byte for byte.

use std::fs;
use std::path::Path;

use ekiben::apps::{isuumo, people};

#[test]
fn the_committed_dataset_of_isuumo_is_what_the_generator_makes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("dataset/isuumo");
    let committed = fs::read_to_string(folder.join("SHA256SUMS")).unwrap();
    let generated: String = isuumo::generate::digests(1)
        .into_iter()
        .map(|(name, digest)| format!("{digest}  {name}\n"))
        .collect();
    assert_eq!(committed, generated);
    let mut stored = 0;
    for line in committed.lines() {
        let (digest, name) = line.split_once("  ").unwrap();
        let packed = folder.join(format!("{name}.zst"));
        let path = if packed.exists() {
            packed
        } else {
            folder.join(name)
        };
        let bytes = fs::read(&path).unwrap();
        stored += bytes.len();
        let mut text = Vec::new();
        let mut reader = ekiben::dump::decompress(&bytes[..]).unwrap();
        std::io::Read::read_to_end(&mut reader, &mut text).unwrap();
        assert_eq!(sha256(&text), digest, "{name}");
    }
    assert!(
        stored < 8_000_000,
        "{stored} bytes are too many for a repository"
    );
}

#[test]
fn the_committed_people_are_those_that_the_generator_makes() {
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("dataset/people");
    let generated = tempfile::tempdir().unwrap();
    let mut written = Vec::new();
    people::generate::write_dataset(generated.path(), 1, &mut |name, bytes| {
        written.push((name.to_owned(), bytes));
    })
    .unwrap();
    let names: Vec<_> = written.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["people.csv", "SHA256SUMS"]);
    for (name, bytes) in &written {
        let expected = fs::read(committed.join(name)).unwrap();
        let made = fs::read(generated.path().join(name)).unwrap();
        assert_eq!(made.len() as u64, *bytes, "{name}");
        assert!(made == expected, "{name} is not what is committed");
    }
    let list = fs::read(committed.join("people.csv")).unwrap();
    let sums = fs::read_to_string(committed.join("SHA256SUMS")).unwrap();
    assert_eq!(sums, format!("{}  people.csv\n", sha256(&list)));
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest as _;
    sha2::Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
