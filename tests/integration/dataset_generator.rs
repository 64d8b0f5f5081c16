//! The generator gives what the repository holds, byte for byte.

use std::fs;
use std::path::Path;

use ekiben::apps::isuumo::generate;

#[test]
fn the_committed_dataset_is_what_the_generator_makes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("dataset/isuumo");
    let committed = fs::read_to_string(folder.join("SHA256SUMS")).unwrap();
    let generated: String = generate::digests(1)
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

fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest as _;
    sha2::Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
