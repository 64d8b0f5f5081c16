//! The character sets of text, and their decoding.
//!
//! A dump is bytes: which character set they are in is said by `SET NAMES`, by introducers
//! (`_latin1 'x'`) and, for values that were written as bytes, by the column. Decoding is strict; a
//! byte that does not fit is an error with its place, never a replacement character. The tables are
//! those of `encoding_rs`, mended where the server's differ (`charset_differences`). A set that is
//! not known is refused by name.

use std::borrow::Cow;
use std::ops::Range;

use encoding_rs::Encoding;

use super::byte_sets::ByteSet;
use super::charset_differences::{Differences, of};
use super::error::ValueError;
use super::packed_text::PackedText;

/// A character set of MySQL or MariaDB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charset {
    /// `utf8mb4`, `utf8`, `utf8mb3` and `ascii`: UTF-8 contains them all.
    Utf8,
    /// `binary`: bytes; as text they must be UTF-8 unless the column says otherwise.
    Binary,
    /// None of a server: the column packs its texts to bytes, and the server shows them unpacked.
    Packed(PackedText),
    /// Any other: the tables, and where the server's are others.
    Other(&'static Encoding, Differences),
    /// One of a byte that the Web does not have.
    Byte(&'static ByteSet),
}

/// Character sets whose second bytes may be a backslash or a backquote, so that the lexer has to
/// know them: `表` in cp932 is 0x95 0x5C.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DoubleByte {
    Sjis,
    Gbk,
    Big5,
}

impl Charset {
    /// The character set of a MySQL name, in any case; `None` when it is not supported.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        let encoding = match name.as_str() {
            "utf8" | "utf8mb3" | "utf8mb4" | "ascii" => return Some(Self::Utf8),
            "binary" => return Some(Self::Binary),
            // What MySQL calls latin1 is Windows-1252, with the five unassigned bytes as controls.
            "latin1" => encoding_rs::WINDOWS_1252,
            "latin2" => encoding_rs::ISO_8859_2,
            "latin5" => encoding_rs::WINDOWS_1254,
            "latin7" => encoding_rs::ISO_8859_13,
            "greek" => encoding_rs::ISO_8859_7,
            "hebrew" => encoding_rs::ISO_8859_8,
            "cp866" => encoding_rs::IBM866,
            "cp1250" => encoding_rs::WINDOWS_1250,
            "cp1251" => encoding_rs::WINDOWS_1251,
            "cp1256" => encoding_rs::WINDOWS_1256,
            "cp1257" => encoding_rs::WINDOWS_1257,
            "koi8r" => encoding_rs::KOI8_R,
            "koi8u" => encoding_rs::KOI8_U,
            "macroman" => encoding_rs::MACINTOSH,
            "tis620" => encoding_rs::WINDOWS_874,
            "cp932" | "sjis" => encoding_rs::SHIFT_JIS,
            "eucjpms" | "ujis" => encoding_rs::EUC_JP,
            "gbk" | "gb2312" => encoding_rs::GBK,
            "gb18030" => encoding_rs::GB18030,
            "big5" => encoding_rs::BIG5,
            "euckr" => encoding_rs::EUC_KR,
            "ucs2" | "utf16" => encoding_rs::UTF_16BE,
            "utf16le" => encoding_rs::UTF_16LE,
            name => return ByteSet::named(name).map(Self::Byte),
        };
        Some(Self::Other(encoding, of(&name)))
    }

    /// A set in which statements can be written; `swe7` has letters where they have signs.
    #[must_use]
    pub fn of_client(name: &str) -> Option<Self> {
        Self::from_name(name).filter(|_| !name.eq_ignore_ascii_case("swe7"))
    }

    /// The character set that a collation belongs to: `latin1` of `latin1_swedish_ci`.
    #[must_use]
    pub fn of_collation(collation: &str) -> Option<Self> {
        Self::from_name(collation.split('_').next().unwrap_or(collation))
    }

    /// What the lexer has to know about the set's second bytes.
    pub(super) fn double_byte(self) -> Option<DoubleByte> {
        let Self::Other(encoding, _) = self else {
            return None;
        };
        match encoding.name() {
            "Shift_JIS" => Some(DoubleByte::Sjis),
            "GBK" | "gb18030" => Some(DoubleByte::Gbk),
            "Big5" => Some(DoubleByte::Big5),
            _ => None,
        }
    }

    /// The bytes of a character that a server has in this set.
    pub(super) fn width(self, letter: char) -> usize {
        match self {
            Self::Utf8 | Self::Binary | Self::Packed(_) => letter.len_utf8(),
            Self::Byte(_) => 1,
            Self::Other(encoding, _) if encoding.is_single_byte() => 1,
            Self::Other(encoding, _) if encoding.name().starts_with("UTF-16") => {
                2 * letter.len_utf16()
            }
            Self::Other(..) if letter.is_ascii() => 1,
            Self::Other(encoding, _) => {
                let mut buffer = [0; 4];
                let (bytes, _, unknown) = encoding.encode(letter.encode_utf8(&mut buffer));
                if unknown { 2 } else { bytes.len() }
            }
        }
    }

    /// The bytes of `text`; a character that the set lacks is a question mark.
    pub(crate) fn encode(self, text: &str) -> Vec<u8> {
        let (encoding, differences) = match self {
            Self::Utf8 | Self::Binary | Self::Packed(_) => return text.as_bytes().to_vec(),
            Self::Byte(set) => {
                let code = |letter| set.code(letter).unwrap_or(b'?');
                return text.chars().map(code).collect();
            }
            Self::Other(encoding, differences) => (encoding, differences),
        };
        let mut bytes = Vec::with_capacity(text.len());
        let mut buffer = [0; 4];
        for letter in text.chars() {
            let letter = letter.encode_utf8(&mut buffer);
            let (code, _, unknown) = encoding.encode(letter);
            // Where the server's set is another than the Web's, the code may be another character's.
            let back = decode_with(encoding, differences, &code);
            if unknown || back.is_ok_and(|back| back.as_str() != &*letter) {
                bytes.push(b'?');
            } else {
                bytes.extend_from_slice(&code);
            }
        }
        bytes
    }

    /// The text that `bytes` stand for.
    pub(crate) fn decode(self, bytes: Cow<'_, [u8]>) -> Result<Cow<'_, str>, ValueError> {
        if let Self::Packed(kind) = self
            && let Some(text) = kind.unpacked(&bytes)
        {
            return Ok(Cow::Owned(text));
        }
        match (self, bytes) {
            (Self::Utf8 | Self::Binary | Self::Packed(_), Cow::Borrowed(bytes)) => {
                match simdutf8::basic::from_utf8(bytes) {
                    Ok(text) => Ok(Cow::Borrowed(text)),
                    Err(_) => Err(not_text(bytes, valid_up_to(bytes), "UTF-8")),
                }
            }
            (Self::Utf8 | Self::Binary | Self::Packed(_), Cow::Owned(bytes)) => {
                String::from_utf8(bytes).map(Cow::Owned).map_err(|error| {
                    let offset = error.utf8_error().valid_up_to();
                    not_text(error.as_bytes(), offset, "UTF-8")
                })
            }
            (Self::Byte(set), bytes) => {
                let text = set.decode(&bytes).map(Cow::Owned);
                text.map_err(|offset| not_text(&bytes, offset, set.name()))
            }
            (Self::Other(encoding, differences), bytes) => {
                decode_with(encoding, differences, &bytes).map(Cow::Owned)
            }
        }
    }
}

impl DoubleByte {
    /// Whether `lead` and `trail` are one character.
    pub(super) fn is_pair(self, lead: u8, trail: u8) -> bool {
        match self {
            Self::Sjis => {
                matches!(lead, 0x81..=0x9f | 0xe0..=0xfc)
                    && matches!(trail, 0x40..=0x7e | 0x80..=0xfc)
            }
            Self::Gbk => matches!(lead, 0x81..=0xfe) && matches!(trail, 0x40..=0x7e | 0x80..=0xfe),
            Self::Big5 => matches!(lead, 0xa1..=0xf9) && matches!(trail, 0x40..=0x7e | 0xa1..=0xfe),
        }
    }
}

/// How many bytes are good: asked only when something is wrong.
fn valid_up_to(bytes: &[u8]) -> usize {
    std::str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), str::len)
}

fn decode_with(
    encoding: &'static Encoding,
    differences: Differences,
    bytes: &[u8],
) -> Result<String, ValueError> {
    let mut text = String::with_capacity(bytes.len() + bytes.len() / 2);
    let mut start = 0;
    for (at, length, character) in differences.codes_in(bytes) {
        decode_run(encoding, differences, bytes, start..at, &mut text)?;
        text.push(character);
        start = at + length;
    }
    decode_run(encoding, differences, bytes, start..bytes.len(), &mut text)?;
    Ok(text)
}

/// Decodes `range` of `bytes` to the end of `text`.
fn decode_run(
    encoding: &'static Encoding,
    differences: Differences,
    bytes: &[u8],
    range: Range<usize>,
    text: &mut String,
) -> Result<(), ValueError> {
    let run = &bytes[range.clone()];
    let Some(decoded) = encoding.decode_without_bom_handling_and_without_replacement(run) else {
        let offset = range.start + malformed_at(encoding, run);
        return Err(not_text(bytes, offset, encoding.name()));
    };
    if differences.has_characters() {
        text.extend(
            decoded
                .chars()
                .map(|character| differences.character(character)),
        );
    } else {
        text.push_str(&decoded);
    }
    Ok(())
}

/// Where `bytes` stop making sense: asked only when they do.
fn malformed_at(encoding: &'static Encoding, bytes: &[u8]) -> usize {
    // The longest prefix that does decode ends there.
    let (mut good, mut bad) = (0, bytes.len());
    while good + 1 < bad {
        let middle = good.midpoint(bad);
        let mut decoder = encoding.new_decoder_without_bom_handling();
        let mut out = String::with_capacity(middle * 3 + 16);
        let (result, _) =
            decoder.decode_to_string_without_replacement(&bytes[..middle], &mut out, false);
        if matches!(result, encoding_rs::DecoderResult::Malformed(..)) {
            bad = middle;
        } else {
            good = middle;
        }
    }
    good.min(bytes.len() - 1)
}

fn not_text(bytes: &[u8], offset: usize, charset: &'static str) -> ValueError {
    ValueError::NotText {
        byte: bytes[offset],
        offset,
        charset,
        looks_like: looks_like(bytes),
    }
}

impl ValueError {
    /// Looks for a character set also in the bytes as they are written, whose backslashes may be halves of characters.
    pub(super) fn recognise(&mut self, written: &[u8]) {
        if let Self::NotText {
            looks_like: found, ..
        } = self
        {
            *found = found.or_else(|| looks_like(written));
        }
    }
}

/// The Japanese character set that `bytes` make sense in: kana are in nearly every text, and their codes are
/// hardly ever met by chance. Chinese and Korean have the same codes as EUC's other characters, and are full of narrow
/// kana in cp932.
fn looks_like(bytes: &[u8]) -> Option<&'static str> {
    let is_japanese = |text: &str, name: &str| {
        let kana = text.chars().any(|letter| ('ぁ'..='ヶ').contains(&letter));
        let kanji = text.chars().filter(|letter| ('一'..='龥').contains(letter));
        let narrow = text.chars().any(|letter| ('｡'..='ﾟ').contains(&letter));
        kana || (name == "cp932" && kanji.count() > 1 && !narrow)
    };
    ["cp932", "ujis"].into_iter().find(|name| {
        let Some(Charset::Other(encoding, _)) = Charset::from_name(name) else {
            return false;
        };
        let text = encoding.decode_without_bom_handling_and_without_replacement(bytes);
        text.is_some_and(|text| is_japanese(&text, name))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(name: &str, bytes: &[u8]) -> Result<String, ValueError> {
        let charset = Charset::from_name(name).unwrap();
        charset.decode(Cow::Borrowed(bytes)).map(Cow::into_owned)
    }

    #[test]
    fn decodes_as_mysql_does() {
        assert_eq!(decode("latin1", b"\x80\xe9\x81").unwrap(), "€é\u{81}");
        assert_eq!(decode("cp932", b"\x95\x5c\x81\x60").unwrap(), "表～");
        assert_eq!(decode("sjis", b"\x81\x60").unwrap(), "〜");
        assert_eq!(decode("gbk", b"\xd6\xd0\xe5\x5c").unwrap(), "中錦");
        assert_eq!(decode("ujis", b"\xc6\xfc").unwrap(), "日");
        assert_eq!(decode("UTF8MB4", "🪑".as_bytes()).unwrap(), "🪑");
        assert!(Charset::from_name("klingon").is_none());
    }

    #[test]
    fn names_the_byte_that_does_not_fit() {
        let error = decode("cp932", b"abc\x85\xff").unwrap_err();
        let ValueError::NotText {
            offset, charset, ..
        } = error
        else {
            panic!("{error}")
        };
        assert_eq!(charset, "Shift_JIS");
        assert!((3..=4).contains(&offset), "{offset}");
    }
}
