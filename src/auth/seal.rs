//! Values that go through a client's hands and come back unread and unchanged: encrypted and signed.
//!
//! XChaCha20-Poly1305 with a random nonce for each value; the nonce is long enough for that. What is sealed
//! for one use does not open for another, since each has a key of its own. It must not know what is inside.

use std::io;

use chacha20poly1305::aead::{Aead as _, KeyInit as _};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use data_encoding::BASE64URL_NOPAD;

use super::password::fill;

const NONCE_BYTES: usize = 24;

/// Characters of the longest text that is tried.
pub(super) const LONGEST_SEALED: usize = 512;

/// Seals with one key.
#[derive(Clone)]
pub(super) struct Seal(XChaCha20Poly1305);

impl Seal {
    pub(super) fn new(key: [u8; 32]) -> Self {
        Self(XChaCha20Poly1305::new(&key.into()))
    }

    /// `plain` as a text that fits a cookie and an address.
    ///
    /// # Errors
    /// When the system has no random numbers.
    pub(super) fn seal(&self, plain: &[u8]) -> io::Result<String> {
        let mut nonce = [0; NONCE_BYTES];
        fill(&mut nonce)?;
        let sealed = self.0.encrypt(&XNonce::from(nonce), plain);
        let sealed = sealed.map_err(|_| io::Error::other("cannot encrypt"))?;
        Ok(BASE64URL_NOPAD.encode(&[&nonce[..], &sealed].concat()))
    }

    /// What was sealed; `None` for everything else.
    pub(super) fn open(&self, text: &str) -> Option<Vec<u8>> {
        if text.len() > LONGEST_SEALED {
            return None;
        }
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE_BYTES>()?;
        self.0.decrypt(&XNonce::from(*nonce), sealed).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sealed_opens_with_its_key_only() {
        let (one, other) = (Seal::new([1; 32]), Seal::new([2; 32]));
        for plain in [&b""[..], b"x", &[0; 200]] {
            let text = one.seal(plain).unwrap();
            assert_eq!(one.open(&text).as_deref(), Some(plain));
            assert_eq!(other.open(&text), None);
            assert_ne!(text, one.seal(plain).unwrap(), "the nonce is another one");
        }
    }

    #[test]
    fn nothing_that_was_changed_opens() {
        let seal = Seal::new([1; 32]);
        let text = seal.seal(b"user 7").unwrap();
        for index in 0..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[index] = if bytes[index] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).unwrap();
            assert_eq!(seal.open(&changed), None, "{index}");
            assert_eq!(seal.open(&text[..index]), None, "{index}");
        }
        let longer = format!("{text}A");
        for text in ["", "A", "é", &longer, &"A".repeat(5000)] {
            assert_eq!(seal.open(text), None, "{text}");
        }
    }
}
