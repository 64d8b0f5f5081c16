//! Literals as the lexer found them, and the bytes that string literals stand for.
//!
//! A [`Literal`] is a few words of spans, so a row of them is cheap to keep; decoding happens only
//! for the columns that somebody reads. It must not know column types.

use std::borrow::Cow;

use super::charset::Charset;
use super::window::Span;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Literal {
    Null,
    /// The keyword `DEFAULT` in the place of a value.
    Default,
    Bool(bool),
    Text {
        span: Span,
        quote: u8,
        escaped: bool,
        charset: Charset,
    },
    Number {
        span: Span,
        negative: bool,
    },
    Hex(Span),
    Bits(Span),
}

impl Literal {
    /// The bytes of the literal in the dump, for positions; keywords have none.
    pub(super) fn span(self) -> Option<Span> {
        match self {
            Self::Null | Self::Default | Self::Bool(_) => None,
            Self::Text { span, .. }
            | Self::Number { span, .. }
            | Self::Hex(span)
            | Self::Bits(span) => Some(span),
        }
    }
}

/// Resolves backslash escapes and doubled quotes, as MySQL does by default.
pub(super) fn unescape(bytes: &[u8], quote: u8) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(index) = memchr::memchr2(b'\\', quote, rest) {
        out.extend_from_slice(&rest[..index]);
        // The lexer made sure that a byte follows both a backslash and an inner quote.
        let follower = rest.get(index + 1).copied().unwrap_or(rest[index]);
        match (rest[index], follower) {
            (b'\\', b'0') => out.push(0),
            (b'\\', b'b') => out.push(0x08),
            (b'\\', b'n') => out.push(b'\n'),
            (b'\\', b'r') => out.push(b'\r'),
            (b'\\', b't') => out.push(b'\t'),
            (b'\\', b'Z') => out.push(0x1a),
            // These two stay as written: they are escapes for LIKE, not for the string.
            (b'\\', b'%' | b'_') => out.extend_from_slice(&[b'\\', follower]),
            (_, other) => out.push(other),
        }
        rest = rest.get(index + 2..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
    out
}

/// The bytes of a string literal; borrowed unless something had to be unescaped.
pub(super) fn text_bytes(raw: &[u8], quote: u8, escaped: bool) -> Cow<'_, [u8]> {
    if escaped {
        Cow::Owned(unescape(raw, quote))
    } else {
        Cow::Borrowed(raw)
    }
}

/// The bytes of a hexadecimal literal; an odd digit count is padded on the left, as in MySQL.
pub(super) fn hex_bytes(digits: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(digits.len().div_ceil(2));
    let (first, pairs) = digits.split_at(digits.len() % 2);
    for &digit in first {
        out.push(hex_digit(digit)?);
    }
    for pair in pairs.chunks_exact(2) {
        out.push(hex_digit(pair[0])? << 4 | hex_digit(pair[1])?);
    }
    Some(out)
}

/// The bytes of a bit literal, padded on the left to whole bytes.
pub(super) fn bit_bytes(digits: &[u8]) -> Option<Vec<u8>> {
    let (first, bytes) = digits.split_at(digits.len() % 8);
    std::iter::once(first)
        .filter(|head| !head.is_empty())
        .chain(bytes.chunks_exact(8))
        .map(|bits| {
            bits.iter().try_fold(0_u8, |byte, &bit| match bit {
                b'0' => Some(byte << 1),
                b'1' => Some(byte << 1 | 1),
                _ => None,
            })
        })
        .collect()
}

fn hex_digit(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unescapes_as_mysql_does() {
        assert_eq!(
            unescape(br#"a\0\'\"\b\n\r\t\Z\\z"#, b'\''),
            b"a\0'\"\x08\n\r\t\x1a\\z"
        );
        assert_eq!(unescape(br"100\% \_x \q", b'\''), br"100\% \_x q");
        assert_eq!(unescape(b"it''s \"so\"", b'\''), b"it's \"so\"");
        assert_eq!(unescape(b"say \"\"hi\"\"", b'"'), b"say \"hi\"");
    }

    #[test]
    fn pads_hexadecimal_and_bits_on_the_left() {
        assert_eq!(hex_bytes(b"abc"), Some(vec![0x0a, 0xbc]));
        assert_eq!(hex_bytes(b""), Some(vec![]));
        assert_eq!(hex_bytes(b"xy"), None);
        assert_eq!(bit_bytes(b"101"), Some(vec![5]));
        assert_eq!(bit_bytes(b"100000001"), Some(vec![1, 1]));
        assert_eq!(bit_bytes(b"102"), None);
    }
}
