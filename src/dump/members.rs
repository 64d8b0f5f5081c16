//! The members of an ENUM or SET, and which of them a text or number means.
//!
//! A text is compared as the column's collation does it, as far as that is known here: by its bytes, without case, or
//! without case and accents. It must not know how values are stored.

use std::ops::Deref;

use super::definition::{ColumnDefinition, TableDefinition};
use super::text_folding::{CollationNames, is_exact};

/// Which texts are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Folding {
    /// Those of the same characters.
    Exact,
    /// Those that differ in case.
    Case,
    /// Those that differ in case or accents, but for letters that are of their own in the north.
    Western,
    /// Those that differ in case or accents.
    Letters,
}

/// The names of an ENUM or SET, in the order of its definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberList {
    names: Vec<String>,
    folding: Folding,
}

impl Deref for MemberList {
    type Target = [String];

    fn deref(&self) -> &[String] {
        &self.names
    }
}

impl From<Vec<String>> for MemberList {
    fn from(names: Vec<String>) -> Self {
        Self {
            names,
            folding: Folding::Case,
        }
    }
}

/// Letters of the Latin alphabet with what is left of them without an accent.
const ACCENTS: &[(&str, char)] = &[
    ("àáâãäåāăą", 'a'),
    ("çćĉċč", 'c'),
    ("ď", 'd'),
    ("èéêëēĕėęě", 'e'),
    ("ĝğġģ", 'g'),
    ("ĥ", 'h'),
    ("ìíîïĩīĭį", 'i'),
    ("ĵ", 'j'),
    ("ķ", 'k'),
    ("ĺļľ", 'l'),
    ("ñńņň", 'n'),
    ("òóôõöōŏő", 'o'),
    ("ŕŗř", 'r'),
    ("śŝşš", 's'),
    ("ţť", 't'),
    ("ùúûüũūŭůűų", 'u'),
    ("ŵ", 'w'),
    ("ýÿŷ", 'y'),
    ("źżž", 'z'),
];

impl Folding {
    fn of(column: &ColumnDefinition, table: &TableDefinition) -> Self {
        let CollationNames { collation, set } = CollationNames::of(column, table);
        if is_exact(&collation) {
            Self::Exact
        } else if set == "latin1" {
            Self::Western
        } else if collation.contains("_as_") || !(set.starts_with("utf") || set == "ucs2") {
            Self::Case
        } else {
            Self::Letters
        }
    }

    fn folded(self, text: &str) -> String {
        match self {
            Folding::Exact => text.to_owned(),
            Folding::Case => text.to_lowercase(),
            Folding::Western => {
                let letters = text.to_lowercase();
                let plain = letters.chars().map(|letter| match letter {
                    'ä' | 'å' | 'ö' | 'ü' => letter,
                    _ => without_accent(letter),
                });
                plain.collect()
            }
            Folding::Letters => text.to_lowercase().chars().map(without_accent).collect(),
        }
    }
}

impl MemberList {
    /// The members of `column`. Blanks at the end of a name are not part of it.
    pub(super) fn of(column: &ColumnDefinition, table: &TableDefinition) -> Self {
        let names = column.column_type.arguments.iter();
        let names = names.map(|member| member.trim_end_matches(' ').to_owned());
        Self {
            names: names.collect(),
            folding: Folding::of(column, table),
        }
    }

    fn folded(&self, text: &str) -> String {
        self.folding.folded(text)
    }

    /// The place of the member that `text` names.
    fn place(&self, text: &str) -> Option<usize> {
        // Nearly always the spelling is the definition's.
        let exact = self.names.iter().position(|member| member == text);
        exact.or_else(|| {
            let folded = self.folded(text);
            self.names
                .iter()
                .position(|member| self.folded(member) == folded)
        })
    }

    /// The member of an ENUM that `text` names, or whose number it is.
    pub(super) fn one(&self, text: &str) -> Option<&str> {
        let text = text.trim_end_matches(' ');
        let place = self.place(text).or_else(|| {
            // Digits that are no member are the number of one.
            let number: usize = text.trim_start_matches([' ', '\t', '\n']).parse().ok()?;
            number.checked_sub(1)
        });
        self.names.get(place?).map(String::as_str)
    }

    /// The members of a SET that `text` names or that it is a number of, and whether it says nothing else.
    pub(super) fn some(&self, text: &str) -> (String, bool) {
        let named = text.trim_end_matches(' ');
        let (mut bits, mut all, mut any) = (0_u64, true, false);
        for part in named.split(',') {
            match self.place(part) {
                Some(place) if place < 64 => {
                    bits |= 1 << place;
                    any = true;
                }
                _ => all = false,
            }
        }
        let number = text.trim_start_matches([' ', '\t', '\n']);
        let number = number
            .parse::<u64>()
            .ok()
            .or_else(|| number.parse().ok().map(i64::cast_unsigned));
        if let (false, Some(number)) = (all || any, number) {
            return (self.joined(number), number & !self.every() == 0);
        }
        (self.joined(bits), all || named.is_empty())
    }

    /// The bits of all members.
    fn every(&self) -> u64 {
        u64::MAX >> (64 - self.names.len().clamp(1, 64))
    }

    /// The members whose bits are set, with commas between.
    pub(super) fn joined(&self, bits: u64) -> String {
        let mut joined = String::new();
        for (place, member) in (0..64).zip(&self.names) {
            if bits >> place & 1 == 0 {
                continue;
            }
            // In front of the first letter a server writes no comma.
            if !joined.is_empty() {
                joined.push(',');
            }
            joined.push_str(member);
        }
        joined
    }
}

fn without_accent(letter: char) -> char {
    if letter.is_ascii() {
        return letter;
    }
    let found = ACCENTS.iter().find(|(letters, _)| letters.contains(letter));
    found.map_or(letter, |&(_, plain)| plain)
}
