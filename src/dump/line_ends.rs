//! Line ends of two bytes (CRLF) inside texts: what a client sends of them.
//!
//! The client reads a file by lines and puts `\n` between them, inside of quotes too, unless it is called with
//! `--binary-mode`. Dump programs write `\r` in texts, so a bare CRLF there is nearly always from a program that
//! has converted the whole file. Texts get what the client sends; bytes are kept, as losing one destroys them.

use std::borrow::Cow;

/// What the client sends of these bytes of a dump.
pub(super) fn sent(bytes: &[u8]) -> Cow<'_, [u8]> {
    if !has_wide(bytes) {
        return Cow::Borrowed(bytes);
    }
    let mut kept = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(at) = memchr::memmem::find(rest, b"\r\n") {
        kept.extend_from_slice(&rest[..at]);
        rest = &rest[at + 1..];
    }
    kept.extend_from_slice(rest);
    Cow::Owned(kept)
}

/// Whether some line ends with two bytes.
pub(super) fn has_wide(bytes: &[u8]) -> bool {
    memchr::memchr_iter(b'\r', bytes).any(|at| bytes.get(at + 1) == Some(&b'\n'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_byte_before_a_line_feed_goes() {
        assert_eq!(&*sent(b"a\r\nb\r\r\n\r\n\rc\r"), b"a\nb\r\n\n\rc\r");
        assert!(matches!(sent(b"a\rb\n"), Cow::Borrowed(_)));
        assert!(has_wide(b"\r\r\n") && !has_wide(b"\n\r"));
    }
}
