//! Digests of a dataset's files, in the format of `sha256sum`.
//!
//! They are of the text as a bake reads it: how hard a file is packed may change, what is in it must
//! not. Which files there are is each app's own.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};

/// The file that holds them.
pub(crate) const NAME: &str = "SHA256SUMS";

/// SHA-256, in hexadecimal, of what `write` writes to `out`.
///
/// # Errors
/// Those of `write` and of `out`.
pub(crate) fn digest(
    out: &mut dyn Write,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<String> {
    let mut hashing = HashingWriter {
        out,
        hash: Sha256::new(),
    };
    write(&mut hashing)?;
    Ok(HEXLOWER.encode(&hashing.hash.finalize()))
}

/// Writes names with their digests into `folder`; gives the size of the file.
///
/// # Errors
/// When it cannot be written.
pub(crate) fn write(
    folder: &Path,
    digests: impl IntoIterator<Item = (String, String)>,
) -> io::Result<u64> {
    let lines: String = digests
        .into_iter()
        .map(|(name, digest)| format!("{digest}  {name}\n"))
        .collect();
    fs::write(folder.join(NAME), &lines)?;
    Ok(lines.len() as u64)
}

struct HashingWriter<'o> {
    out: &'o mut dyn Write,
    hash: Sha256,
}

impl Write for HashingWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = self.out.write(bytes)?;
        self.hash.update(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_of_all_that_was_written() {
        let (mut one, mut two) = (Vec::new(), Vec::new());
        let whole = digest(&mut one, |out| out.write_all(b"abc")).unwrap();
        let pieces = digest(&mut two, |out| {
            out.write_all(b"a").and_then(|()| out.write_all(b"bc"))
        })
        .unwrap();
        assert_eq!((&one[..], &two[..]), (&b"abc"[..], &b"abc"[..]));
        assert_eq!(
            whole, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            "the published value for abc"
        );
        assert_eq!(whole, pieces);
    }
}
