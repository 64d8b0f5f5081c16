//! Which characters a column has: those of its character set.
//!
//! A server stores a question mark for any other one, or refuses it where it is strict. It must not know how values
//! are read; a [`super::Charset`] says that. Sets of more than a byte are taken from what their codes are read as.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use super::charset::Charset;
use super::definition::{ColumnDefinition, TableDefinition};
use super::value_type::charset_name;

/// The characters that a column can hold.
#[derive(Debug, Clone)]
pub enum Repertoire {
    /// All, or it is not known which.
    All,
    /// Those of `utf8mb3` and `ucs2`: up to U+FFFF.
    Basic,
    /// Those of `ascii`.
    Ascii,
    /// These.
    Letters(Arc<LetterSet>),
}

/// Characters up to U+FFFF.
#[derive(Debug)]
pub struct LetterSet {
    /// A bit for each.
    bits: Box<[u64; 1024]>,
    /// First bytes in UTF-8 of which it has all characters: of `latin1`, that of `À` to `ÿ`.
    whole: RangeInclusive<u8>,
}

/// The sets that were asked for so far, by name.
static KNOWN: LazyLock<Mutex<BTreeMap<String, Arc<LetterSet>>>> = LazyLock::new(Mutex::default);

impl Repertoire {
    /// That of a column of `table`.
    #[must_use]
    pub fn of(column: &ColumnDefinition, table: &TableDefinition) -> Self {
        let type_name = column.column_type.name.as_str();
        if ["JSON", "UUID", "INET4", "INET6", "XMLTYPE"].contains(&type_name) {
            return Self::All;
        }
        let name = charset_name(column, table);
        match name.as_str() {
            "ascii" => Self::Ascii,
            "utf8" | "utf8mb3" | "ucs2" => Self::Basic,
            _ => LetterSet::of(&name).map_or(Self::All, Self::Letters),
        }
    }

    /// Whether it has all of the other one.
    #[must_use]
    pub fn holds(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::All, _) | (_, Self::Ascii) | (Self::Basic, Self::Basic | Self::Letters(_)) => {
                true
            }
            (Self::Letters(own), Self::Letters(other)) => Arc::ptr_eq(own, other),
            _ => false,
        }
    }

    /// Whether every character of a text is one of these.
    #[must_use]
    pub fn has_text(&self, text: &str) -> bool {
        match self {
            Self::All => true,
            Self::Basic => is_basic(text),
            Self::Ascii => text.is_ascii(),
            Self::Letters(letters) => letters.has_all(text),
        }
    }

    /// What is stored of a text that has characters beyond these; nothing where it has none.
    #[must_use]
    pub fn cut(&self, text: &str) -> Option<String> {
        let has = |letter: char| match self {
            Self::All => true,
            Self::Basic => u32::from(letter) <= 0xffff,
            Self::Ascii => letter.is_ascii(),
            Self::Letters(letters) => letters.has(letter),
        };
        let shown = |letter| if has(letter) { letter } else { '?' };
        (!self.has_text(text)).then(|| text.chars().map(shown).collect())
    }
}

/// Whether no character of a text is beyond U+FFFF.
fn is_basic(text: &str) -> bool {
    // These have a first byte of their own.
    let first_of_four = 0xf0;
    let most = |piece: &[u8]| piece.iter().fold(0, |most, &byte| byte.max(most));
    text.as_bytes()
        .chunks(PIECE)
        .all(|piece| most(piece) < first_of_four)
}

impl LetterSet {
    /// Those of a character set; nothing of one that has all, or is not read here.
    fn of(name: &str) -> Option<Arc<Self>> {
        let charset = Charset::from_name(name)?;
        if !matches!(charset, Charset::Other(..) | Charset::Byte(_))
            || ["utf16", "utf16le", "gb18030"].contains(&name)
        {
            return None;
        }
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || Arc::new(Self::read(name, charset));
        Some(Arc::clone(known.entry(name.to_owned()).or_insert_with(new)))
    }

    /// What the codes of a set are read as.
    fn read(name: &str, charset: Charset) -> Self {
        let mut letters = Self {
            bits: Box::new([0; 1024]),
            whole: NONE,
        };
        letters.add(charset, &[0x00..=0xff]);
        for codes in codes(name) {
            letters.add(charset, codes);
        }
        for at in lacking(name).iter().flat_map(|&(first, last)| first..=last) {
            letters.set(at, false);
        }
        if name == "ujis" {
            // Codes for characters of one's own, which the Web does not have.
            for at in 0xe000..=0xe3ab {
                letters.set(at, true);
            }
        }
        letters.whole = letters.whole_leads();
        letters
    }

    /// The longest run of first bytes of two whose characters are all there.
    fn whole_leads(&self) -> RangeInclusive<u8> {
        let is_whole = |lead: &u8| self.bits[usize::from(lead & 0x1f)] == u64::MAX;
        let mut longest = NONE;
        for first in (0xc2..=0xdf).filter(is_whole) {
            let last = (first..=0xdf).take_while(is_whole).last().unwrap_or(first);
            if longest == NONE || last - first > longest.end() - longest.start() {
                longest = first..=last;
            }
        }
        longest
    }

    fn set(&mut self, at: u16, known: bool) {
        let (word, bit) = (&mut self.bits[usize::from(at >> 6)], 1 << (at & 63));
        if known {
            *word |= bit;
        } else {
            *word &= !bit;
        }
    }

    /// Adds the characters of codes, whose bytes are in these ranges.
    fn add(&mut self, charset: Charset, bytes: &[RangeInclusive<u8>]) {
        let mut codes: Vec<Vec<u8>> = vec![Vec::new()];
        for range in bytes {
            let longer = |code: Vec<u8>| {
                let ends = range.clone();
                ends.map(move |byte| [code.as_slice(), &[byte]].concat())
            };
            codes = codes.into_iter().flat_map(longer).collect();
        }
        for code in codes {
            let Ok(text) = charset.decode(Cow::Borrowed(&code)) else {
                continue;
            };
            let mut letters = text.chars();
            if let (Some(letter), None) = (letters.next(), letters.next())
                && let Ok(at) = u16::try_from(u32::from(letter))
            {
                self.set(at, true);
            }
        }
    }

    /// Whether it has all characters of a text.
    fn has_all(&self, text: &str) -> bool {
        let mut rest = text;
        while !rest.is_empty() {
            let (piece, behind) = rest.split_at(rest.floor_char_boundary(PIECE));
            if !self.has_first_bytes(piece.as_bytes())
                && !piece.chars().all(|letter| self.has(letter))
            {
                return false;
            }
            rest = behind;
        }
        true
    }

    /// Whether all characters beyond ASCII begin as those of which all are there. Without a branch, for many bytes in
    /// one instruction; nearly all texts need no more.
    fn has_first_bytes(&self, piece: &[u8]) -> bool {
        let extremes = piece.iter().fold((u8::MAX, 0), |(least, most), &byte| {
            // What begins no character becomes larger than what does.
            (byte.wrapping_sub(FIRST).min(least), byte.max(most))
        });
        extremes.0 >= self.whole.start() - FIRST && extremes.1 <= *self.whole.end()
    }

    fn has(&self, letter: char) -> bool {
        u16::try_from(u32::from(letter))
            .is_ok_and(|at| self.bits[usize::from(at >> 6)] >> (at & 63) & 1 == 1)
    }
}

/// So many bytes are looked at together.
const PIECE: usize = 128;

/// Bytes from here on begin a character that is not ASCII.
const FIRST: u8 = 0xc0;

/// No first byte of any character.
const NONE: RangeInclusive<u8> = 0xff..=0xff;

/// The codes of more than a byte that a server has in a set.
fn codes(name: &str) -> &'static [&'static [RangeInclusive<u8>]] {
    match name {
        "cp932" => &[&[0x81..=0xfc, 0x40..=0xfc]],
        // Without what Windows adds.
        "sjis" => &[
            &[0x81..=0x84, 0x40..=0xfc],
            &[0x88..=0x9f, 0x40..=0xfc],
            &[0xe0..=0xea, 0x40..=0xfc],
        ],
        "ujis" => &[
            &[0x8e..=0x8e, 0xa1..=0xdf],
            &[0xa1..=0xa8, 0xa1..=0xfe],
            &[0xb0..=0xf4, 0xa1..=0xfe],
            &[0x8f..=0x8f, 0xa1..=0xfe, 0xa1..=0xfe],
        ],
        "eucjpms" => &[
            &[0x8e..=0x8e, 0xa1..=0xdf],
            &[0xa1..=0xfe, 0xa1..=0xfe],
            &[0x8f..=0x8f, 0xa1..=0xfe, 0xa1..=0xfe],
        ],
        "gbk" => &[
            &[0x81..=0xa0, 0x40..=0xfe],
            &[0xa1..=0xa9, 0xa1..=0xfe],
            &[0xb0..=0xf7, 0xa1..=0xfe],
            &[0xa8..=0xfe, 0x40..=0xa0],
        ],
        "gb2312" => &[&[0xa1..=0xa9, 0xa1..=0xfe], &[0xb0..=0xf7, 0xa1..=0xfe]],
        "big5" => &[&[0xa1..=0xc7, 0x40..=0xfe], &[0xc9..=0xf9, 0x40..=0xfe]],
        "euckr" => &[&[0x81..=0xfe, 0x41..=0xfe]],
        _ => &[],
    }
}

/// Characters that the codes of a set have on the Web and not on a server: first and last of each run.
fn lacking(name: &str) -> &'static [(u16, u16)] {
    match name {
        "greek" => &[(0x37a, 0x37a), (0x20ac, 0x20ac), (0x20af, 0x20af)],
        "cp1250" => &[
            (0x81, 0x81),
            (0x83, 0x83),
            (0x88, 0x88),
            (0x90, 0x90),
            (0x98, 0x98),
        ],
        "cp1251" => &[(0x98, 0x98)],
        "cp1256" => &[
            (0x679, 0x679),
            (0x688, 0x688),
            (0x691, 0x691),
            (0x6a9, 0x6a9),
            (0x6ba, 0x6ba),
            (0x6be, 0x6be),
            (0x6c1, 0x6c1),
            (0x6d2, 0x6d2),
        ],
        "cp1257" => &[(0x80, 0x9f)],
        "tis620" => &[(0xa0, 0xa0)],
        "cp932" | "sjis" => &[(0x80, 0x80)],
        "gbk" => &[
            (0x1f9, 0x1f9),
            (0x1e3f, 0x1e3f),
            (0x20ac, 0x20ac),
            (0x2e80, 0x2fff),
            (0x303e, 0x303e),
            (0x3400, 0x4dbf),
            (0x9fb4, 0x9fbb),
            (0xe000, 0xf8ff),
            (0xfe10, 0xfe19),
        ],
        "gb2312" => &[
            (0x144, 0x144),
            (0x148, 0x148),
            (0x1f9, 0x1f9),
            (0x251, 0x251),
            (0x261, 0x261),
            (0x1e3f, 0x1e3f),
            (0x20ac, 0x20ac),
            (0x2170, 0x2179),
            (0xe000, 0xf8ff),
            (0xfe10, 0xfe4f),
        ],
        "big5" => &[
            (0x2cd, 0x2cd),
            (0x20ac, 0x20ac),
            (0x2400, 0x2421),
            (0x2551, 0x255d),
            (0x255f, 0x2560),
            (0x2562, 0x2569),
            (0x256b, 0x256c),
            (0x2574, 0x2574),
            (0xffe3, 0xffe3),
            (0xffed, 0xffed),
        ],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_looked_through_as_letter_by_letter() {
        for name in [
            "latin1", "cp1251", "koi8r", "greek", "cp932", "gbk", "euckr",
        ] {
            let set = LetterSet::of(name).unwrap();
            let mut known = String::new();
            for letter in ('\u{80}'..='\u{1ffff}').step_by(17) {
                let has = set.has(letter);
                // At every place of a piece, and over the end of one.
                let before = "x".repeat(PIECE - 4 + known.len() % 7);
                assert_eq!(
                    set.has_all(&format!("{before}{letter}é")),
                    has && set.has('é'),
                    "{name} {letter:?}"
                );
                assert_eq!(
                    set.has_all(&format!("{before}{letter}")),
                    has,
                    "{name} {letter:?}"
                );
                if has {
                    known.push(letter);
                }
            }
            assert!(set.has_all(&known) && known.chars().count() > 5, "{name}");
        }
        let whole = LetterSet::of("latin1").unwrap().whole.clone();
        assert_eq!(whole, 0xc3..=0xc3);
    }
}
