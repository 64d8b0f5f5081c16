//! Literals as the lexer found them, and the bytes that string literals stand for.
//!
//! A [`Literal`] is a few words of spans, so a row of them is cheap to keep; decoding happens only
//! for the columns that somebody reads. It must not know column types.

use super::charset::{Charset, DoubleByte};
use super::window::ByteSpan;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Literal {
    Null,
    /// The keyword `DEFAULT` in the place of a value.
    Default,
    Bool(bool),
    Text {
        span: ByteSpan,
        /// How to read the bytes, when they hold a backslash or a doubled quote.
        escaped: Option<Quoting>,
        charset: Charset,
    },
    Number {
        span: ByteSpan,
        negative: bool,
    },
    /// Digits of bytes; in a character set when an introducer says so.
    Hex(ByteSpan, Charset),
    /// The same as a string: `x'35'`.
    QuotedHex(ByteSpan, Charset),
    Bits(ByteSpan, Charset),
    /// Anything else that stands for a value: `NOW()`, `'a' 'b'`, `1 + 1`.
    Expression(ByteSpan),
}

impl Literal {
    /// The bytes of the literal in the dump, for positions; keywords have none.
    pub(super) fn span(self) -> Option<ByteSpan> {
        match self {
            Self::Null | Self::Default | Self::Bool(_) => None,
            Self::Text { span, .. }
            | Self::Number { span, .. }
            | Self::Hex(span, _)
            | Self::QuotedHex(span, _)
            | Self::Bits(span, _)
            | Self::Expression(span) => Some(span),
        }
    }
}

/// How the bytes of a string literal are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Quoting {
    pub(super) quote: u8,
    /// Backslashes escape.
    pub(super) backslash: bool,
    /// The character set's second bytes are not to be taken for backslashes or quotes.
    pub(super) pairs: Option<DoubleByte>,
}

/// Resolves backslash escapes and doubled quotes.
pub(super) fn unescape(bytes: &[u8], quoting: Quoting) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(index) = next_special(rest, quoting) {
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

/// Index of the next backslash that escapes or quote that is doubled.
fn next_special(bytes: &[u8], quoting: Quoting) -> Option<usize> {
    let Quoting {
        quote,
        backslash,
        pairs,
    } = quoting;
    let Some(pairs) = pairs else {
        return if backslash {
            memchr::memchr2(b'\\', quote, bytes)
        } else {
            memchr::memchr(quote, bytes)
        };
    };
    let mut index = 0;
    while let Some(&byte) = bytes.get(index) {
        if byte == quote || (backslash && byte == b'\\') {
            return Some(index);
        }
        let paired = bytes
            .get(index + 1)
            .is_some_and(|&trail| pairs.is_pair(byte, trail));
        index += if paired { 2 } else { 1 };
    }
    None
}

/// The bytes of a hexadecimal literal; an odd digit count is padded on the left, as in MySQL.
pub(crate) fn hex_bytes(digits: &[u8]) -> Option<Vec<u8>> {
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
pub(crate) fn bit_bytes(digits: &[u8]) -> Option<Vec<u8>> {
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

    const PLAIN: Quoting = Quoting {
        quote: b'\'',
        backslash: true,
        pairs: None,
    };

    #[test]
    fn unescapes_as_mysql_does() {
        assert_eq!(
            unescape(br#"a\0\'\"\b\n\r\t\Z\\z"#, PLAIN),
            b"a\0'\"\x08\n\r\t\x1a\\z"
        );
        assert_eq!(unescape(br"100\% \_x \q", PLAIN), br"100\% \_x q");
        assert_eq!(unescape(b"it''s \"so\"", PLAIN), b"it's \"so\"");
        let double = Quoting {
            quote: b'"',
            ..PLAIN
        };
        assert_eq!(unescape(b"say \"\"hi\"\"", double), b"say \"hi\"");
    }

    #[test]
    fn backslashes_may_be_bytes_of_characters_or_nothing_special() {
        let cp932 = Quoting {
            pairs: Some(DoubleByte::Sjis),
            ..PLAIN
        };
        assert_eq!(unescape(b"\x95\x5c\\n''", cp932), b"\x95\x5c\n'");
        let bare = Quoting {
            backslash: false,
            ..PLAIN
        };
        assert_eq!(unescape(br"a\n''", bare), br"a\n'");
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
