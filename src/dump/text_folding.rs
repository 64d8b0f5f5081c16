//! Which texts of a column a server may take for the same: by case, accents, width, kana, signs that do not count and
//! blanks at the end, as its collation does.
//!
//! It serves to say that a server merges rows. Where a collation is not known letter by letter, rather too many texts are
//! the same here than too few. It must not decide what is stored.

use super::alike_letters::push_alike;
use super::definition::{ColumnDefinition, TableDefinition};
use super::language_letters::LanguageLetters;

/// What a collation does with letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    /// All characters count.
    Exact,
    /// Only case does not.
    Case,
    /// `latin1_swedish_ci`, which is the usual one of `latin1`, and the Danish one.
    Northern,
    /// As in Unicode.
    Letters,
    /// As in Unicode, but accents count.
    Accents,
    /// As in Unicode, with `ß` as one letter.
    General,
    /// As in Unicode, with the rules of a language.
    Tailored(&'static LanguageLetters),
    /// Of a set of one byte a letter, where accents do not count or do, perhaps with the rules of a language.
    Small(Option<&'static LanguageLetters>),
    /// `ä` is `ae`.
    PhoneBook,
}

/// Which texts of a column are the same to its collation, as far as that is known here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextFolding {
    family: Family,
    /// Blanks at the end do not count.
    pads: bool,
    /// All characters above U+FFFF are the same.
    joins_high: bool,
    /// ASCII letters of either case may be two.
    splits_ascii: bool,
}

/// The names that decide how the texts of a column are compared, in small letters.
pub(super) struct CollationNames {
    /// Empty if nothing says it.
    pub(super) collation: String,
    pub(super) set: String,
}

impl CollationNames {
    pub(super) fn of(column: &ColumnDefinition, table: &TableDefinition) -> Self {
        let charset = column.charset.as_deref();
        let of_table = || table.collation.as_deref().filter(|_| charset.is_none());
        let collation = column.collation.as_deref().or_else(of_table);
        let collation = collation.unwrap_or_default().to_ascii_lowercase();
        let of_collation = || collation.split('_').next().filter(|set| !set.is_empty());
        let set = charset
            .or_else(of_collation)
            .or(table.charset.as_deref())
            .unwrap_or("utf8mb4")
            .to_ascii_lowercase();
        // Bytes have one collation.
        let collation = if set == "binary" {
            set.clone()
        } else {
            collation
        };
        Self { collation, set }
    }
}

/// Whether all characters count to a collation.
pub(super) fn is_exact(collation: &str) -> bool {
    collation == "binary" || ["_bin", "_cs"].iter().any(|end| collation.ends_with(end))
}

impl Family {
    fn of(collation: &str, set: &str) -> Self {
        let has = |part: &str| collation.contains(part);
        let is_unicode = set.starts_with("utf") || set.starts_with("ucs");
        let is_of_case = ["koi8r", "koi8u", "cp1251", "hebrew", "cp866", "tis620"].contains(&set);
        if is_exact(collation) {
            Self::Exact
        } else if has("german2") || has("de_pb") {
            Self::PhoneBook
        } else if is_unicode {
            let rest = collation.split('_').nth(1).unwrap_or_default();
            match rest {
                "" | "general" => Self::General,
                _ if has("_as_") => Self::Accents,
                _ => LanguageLetters::of(collation).map_or(Self::Letters, Self::Tailored),
            }
        } else if set == "latin1" && (collation.is_empty() || has("swedish") || has("danish")) {
            Self::Northern
        } else if is_of_case || (set == "latin1" && has("general")) {
            Self::Case
        } else {
            Self::Small(LanguageLetters::of_small_set(collation, set))
        }
    }

    fn folded(self, text: &str) -> String {
        if self == Self::Exact {
            return text.to_owned();
        }
        let mut folded = String::with_capacity(text.len());
        let is_plain = |byte: &u8| (b' '..=b'~').contains(byte);
        let mut rest = text;
        while !rest.is_empty() {
            // Runs of ASCII stand for themselves, unless two letters of a language are one.
            let plain = match self {
                Self::Tailored(_) => 0,
                _ => rest.bytes().take_while(is_plain).count(),
            };
            let (run, behind) = rest.split_at(plain);
            let start = folded.len();
            folded.push_str(run);
            folded[start..].make_ascii_lowercase();
            let mut letters = behind.chars();
            if let Some(letter) = letters.next() {
                self.push_folded(&mut folded, letter);
            }
            rest = letters.as_str();
        }
        folded
    }

    /// Appends what stands for a letter of any case.
    fn push_folded(self, folded: &mut String, letter: char) {
        for letter in letter.to_lowercase() {
            match (self, letter) {
                (Self::Case, _) | (Self::Accents, '\u{300}'..='\u{36f}') => folded.push(letter),
                (Self::Northern, 'ü') => folded.push('y'),
                (Self::Northern, 'ð') => folded.push('d'),
                (Self::Northern, 'å') => folded.push('['),
                (Self::Northern, 'ä' | 'æ') => folded.push('\\'),
                (Self::Northern, 'ö' | 'ø') => folded.push(']'),
                (Self::General | Self::Small(_), 'ß') => folded.push('s'),
                // Marks count, and which form of a Hebrew letter it is.
                (Self::General, '\u{345}') => push_alike(folded, 'ι'),
                (Self::General, '\u{300}'..='\u{36f}' | '\u{5da}'..='\u{5e6}') => {
                    folded.push(letter);
                }
                (Self::PhoneBook, 'ä' | 'æ') => folded.push_str("ae"),
                (Self::PhoneBook, 'ö' | 'œ') => folded.push_str("oe"),
                (Self::PhoneBook, 'ü') => folded.push_str("ue"),
                // Letters and their accents, but for kana and for what is as wide as a Chinese character.
                (Self::Accents, _)
                    if letter.is_alphabetic()
                        && !matches!(letter, '\u{2000}'..='\u{4dff}' | '\u{fb00}'..) =>
                {
                    folded.push(letter);
                }
                (Self::Tailored(language), _) => language.push(folded, letter),
                (Self::Small(language), _) => push_of_small_set(folded, letter, language),
                _ => push_alike(folded, letter),
            }
        }
    }
}

/// Appends a letter that some sets of one byte a letter take for another one, and others do not.
fn push_of_small_set(
    folded: &mut String,
    letter: char,
    language: Option<&'static LanguageLetters>,
) {
    match (letter, language) {
        ('æ', None) => folded.push('a'),
        ('œ', _) => folded.push('o'),
        ('ð' | 'đ', _) => folded.push('d'),
        ('ł', _) => folded.push('l'),
        ('ı', _) => folded.push('i'),
        (_, Some(language)) => language.push(folded, letter),
        _ => push_alike(folded, letter),
    }
}

impl TextFolding {
    /// That of `column`.
    #[must_use]
    pub fn of(column: &ColumnDefinition, table: &TableDefinition) -> Self {
        let CollationNames { collation, set } = CollationNames::of(column, table);
        let is_new = ["520", "uca", "0900"]
            .iter()
            .any(|version| collation.contains(version));
        Self {
            family: Family::of(&collation, &set),
            pads: !["nopad", "0900"]
                .iter()
                .any(|kind| collation.contains(kind))
                && collation != "binary",
            joins_high: !is_new,
            splits_ascii: collation.contains("turkish"),
        }
    }

    /// Whether only the same characters are the same.
    #[must_use]
    pub fn is_exact(self) -> bool {
        self.family == Family::Exact
    }

    /// Whether texts that are not the same may be: by their letters, or by blanks at the end.
    #[must_use]
    pub fn merges(self) -> bool {
        !self.is_exact() || self.pads
    }

    /// Whether two texts of ASCII that differ in case may be two.
    #[must_use]
    pub fn splits_ascii(self) -> bool {
        self.splits_ascii
    }

    /// What is the same for all texts that are the same.
    #[must_use]
    pub fn folded(self, text: &str) -> String {
        let joins = self.joins_high && !matches!(self.family, Family::Exact | Family::Case);
        let mut folded = if joins && text.chars().any(|letter| letter > '\u{ffff}') {
            let joined = |letter| {
                if letter > '\u{ffff}' {
                    '\u{fffd}'
                } else {
                    letter
                }
            };
            self.family
                .folded(&text.chars().map(joined).collect::<String>())
        } else {
            self.family.folded(text)
        };
        if self.pads {
            folded.truncate(folded.trim_end_matches(' ').len());
        }
        folded
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_the_same_as_their_collation_says() {
        for (collation, a, b, same) in [
            ("utf8mb4_general_ci", "Élan ", "elan", true),
            ("utf8mb4_general_ci", "ß", "S", true),
            ("utf8mb4_general_ci", "ß", "ss", false),
            ("utf8mb4_general_ci", "😀", "😁", true),
            ("utf8mb4_unicode_ci", "ß", "ss", true),
            ("utf8mb4_unicode_ci", "ハ", "ぱ", true),
            ("utf8mb4_unicode_ci", "Ａ１", "a1", true),
            ("utf8mb4_unicode_ci", "Ἀ", "α", true),
            ("utf8mb4_unicode_ci", "x\u{200b}", "x", true),
            ("utf8mb4_unicode_ci", "日", "本", false),
            ("utf8mb4_unicode_520_ci", "😀", "😁", false),
            ("utf8mb4_unicode_nopad_ci", "x ", "x", false),
            ("utf8mb4_bin", "a", "A", false),
            ("utf8mb4_danish_ci", "Å", "aa", true),
            ("utf8mb4_danish_ci", "å", "a", false),
            ("utf8mb4_spanish_ci", "pingüino", "PINGUINO", true),
            ("utf8mb4_spanish_ci", "año", "ano", false),
            ("utf8mb4_spanish_ci", "but", "bit", false),
            ("utf8mb4_es_0900_ai_ci", "pingüino", "pinguino", true),
            ("utf8mb4_polish_ci", "Łódź", "lodz", false),
            ("utf8mb4_czech_ci", "ĵŵŷ", "jwy", true),
            ("utf8mb4_swedish_ci", "müller", "myller", true),
            ("utf8mb4_uca1400_swedish_ai_ci", "müller", "myller", true),
            ("utf8mb4_hungarian_ci", "ü", "ű", true),
            ("utf8mb4_hungarian_ci", "ü", "u", false),
            ("utf8mb4_lithuanian_ci", "y", "i", true),
            ("utf8mb4_roman_ci", "jvvenis", "iuuenis", true),
            ("utf8mb4_de_pb_0900_ai_ci", "ü", "ue", true),
            ("utf8mb4_general_ci", "לך", "לכ", false),
            ("utf8mb4_general_ci", "e\u{301}", "e\u{300}", false),
            ("latin1_german1_ci", "ü", "u", true),
            ("latin1_german1_ci", "ü", "i", false),
            ("cp1250_general_ci", "ű", "u", true),
            ("dec8_swedish_ci", "ü", "y", true),
            ("latin1_swedish_ci", "ü", "Y", true),
            ("latin1_swedish_ci", "å", "a", false),
            ("latin1_german2_ci", "ä", "ae", true),
            ("cp1251_general_ci", "й", "и", false),
            ("utf8mb4_uca1400_as_ci", "①É", "1é", true),
            ("utf8mb4_uca1400_as_ci", "é", "e", false),
        ] {
            let set = collation.split('_').next().unwrap();
            let family = Family::of(collation, set);
            let folding = TextFolding {
                family,
                pads: !collation.contains("nopad"),
                joins_high: !collation.contains("520"),
                splits_ascii: false,
            };
            assert_eq!(
                folding.folded(a) == folding.folded(b),
                same,
                "{collation} {a} {b}"
            );
        }
    }
}
