//! The character sets of text literals, and their decoding.
//!
//! A dump is bytes: which character set they are in is said by `SET NAMES` and by introducers
//! (`_binary 'x'`). Decoding is strict; a byte that does not fit is an error with its place, never
//! a replacement character. A set that is not known here is refused by name when it is chosen.

use std::borrow::Cow;

use super::error::ValueError;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Charset {
    /// `utf8mb4`, `utf8`, `utf8mb3` and `ascii`: UTF-8 contains them all.
    Utf8,
    /// `binary`: bytes; as text they must still be UTF-8.
    Binary,
}

impl Charset {
    /// The character set of a MySQL name, in any case; `None` when it is not supported.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "utf8" | "utf8mb3" | "utf8mb4" | "ascii" => Some(Self::Utf8),
            "binary" => Some(Self::Binary),
            _ => None,
        }
    }

    /// The text that `bytes` stand for.
    pub(super) fn decode(self, bytes: Cow<'_, [u8]>) -> Result<Cow<'_, str>, ValueError> {
        match (self, bytes) {
            (Self::Utf8 | Self::Binary, Cow::Borrowed(bytes)) => std::str::from_utf8(bytes)
                .map(Cow::Borrowed)
                .map_err(|error| not_text(bytes, error.valid_up_to())),
            (Self::Utf8 | Self::Binary, Cow::Owned(bytes)) => String::from_utf8(bytes)
                .map(Cow::Owned)
                .map_err(|error| not_text(error.as_bytes(), error.utf8_error().valid_up_to())),
        }
    }
}

fn not_text(bytes: &[u8], offset: usize) -> ValueError {
    ValueError::NotText {
        byte: bytes[offset],
        offset,
        charset: "UTF-8",
    }
}
