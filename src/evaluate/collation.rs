//! Comparing text as the server's collations do, as far as they all agree.
//!
//! Which collation a literal has depends on the server, and collations differ over punctuation, accents
//! and blanks at the end. So a comparison has five outcomes here: what cannot be known is said to be so.

use std::cmp::Ordering;

/// How the texts of an expression are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rule {
    /// Case does not count. Whether blanks at the end do is not known of literals.
    Folded { pads: Option<bool> },
    /// By the numbers of characters: `_bin`.
    Codes { pads: bool },
    /// It is no text but bytes.
    Bytes,
    /// A collation that is not known here, or two that contradict each other.
    Unknown,
}

/// Where a text has its collation from, the weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Strength {
    Number,
    Literal,
    Column,
    Explicit,
}

/// What has made a text, which decides what it is as a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum TextOrigin {
    /// It is a literal or a column.
    Written,
    /// A function: how many decimals it is shown with, as a number, is not known.
    Computed,
    /// A function whose value as a number is not that of its text.
    Moment,
}

/// The collation of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Collation {
    pub(crate) rule: Rule,
    pub(crate) strength: Strength,
    /// Its bytes are UTF-8, on the server too.
    pub(crate) utf8: bool,
    pub(crate) origin: TextOrigin,
}

impl Collation {
    pub(crate) const LITERAL: Self = Self {
        rule: Rule::Folded { pads: None },
        strength: Strength::Literal,
        utf8: true,
        origin: TextOrigin::Written,
    };
    pub(crate) const NUMBER: Self = Self {
        strength: Strength::Number,
        ..Self::LITERAL
    };

    /// Bytes of the expression itself.
    pub(super) const BYTES: Self = Self {
        rule: Rule::Bytes,
        origin: TextOrigin::Computed,
        ..Self::LITERAL
    };

    pub(super) fn is_bytes(self) -> bool {
        self.rule == Rule::Bytes
    }

    /// What a function makes that gives a text of JSON.
    pub(super) const JSON: Self = Self {
        rule: Rule::Codes { pads: true },
        origin: TextOrigin::Computed,
        ..Self::LITERAL
    };

    /// The collation of that name.
    pub(crate) fn named(name: &str) -> Rule {
        let name = name.to_ascii_lowercase();
        let pads = !name.contains("nopad") && !name.contains("0900");
        if name == "binary" || name.ends_with("_bin") {
            return Rule::Codes { pads };
        }
        if name.ends_with("_ci") && !name.contains("as_ci") {
            return Rule::Folded { pads: Some(pads) };
        }
        Rule::Unknown
    }

    /// The collation of what is made of two texts.
    pub(super) fn with(self, other: Self) -> Self {
        let utf8 = self.utf8 && other.utf8;
        let origin = self.origin.max(other.origin);
        let stronger = match self.strength.cmp(&other.strength) {
            Ordering::Greater => self,
            Ordering::Less => other,
            Ordering::Equal => Self {
                rule: self.rule_with(other),
                ..self
            },
        };
        Self {
            utf8,
            origin,
            ..stronger
        }
    }

    /// The rule for two texts that have theirs from the same place.
    fn rule_with(self, other: Self) -> Rule {
        match (self.rule, other.rule) {
            (own, its) if own == its => own,
            (Rule::Bytes, _) | (_, Rule::Bytes) => Rule::Bytes,
            // Which one the connection has is not known, and a server mixes no two of them.
            (Rule::Folded { pads }, Rule::Folded { pads: None })
            | (Rule::Folded { pads: None }, Rule::Folded { pads }) => Rule::Folded { pads },
            // Of one character set: that of the connection.
            (Rule::Codes { pads }, Rule::Folded { pads: None }) if self.utf8 => {
                Rule::Codes { pads }
            }
            (Rule::Folded { pads: None }, Rule::Codes { pads }) if other.utf8 => {
                Rule::Codes { pads }
            }
            _ => Rule::Unknown,
        }
    }
}

/// What is known of the order of two texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compared {
    Ordered(Ordering),
    /// Not equal, but which is greater depends on the collation.
    Different,
    Unknown,
}

pub(super) fn compare(a: &[char], b: &[char], rule: Rule) -> Compared {
    let pads = match rule {
        Rule::Folded { pads } => pads,
        Rule::Codes { pads } => Some(pads),
        Rule::Bytes => Some(false),
        Rule::Unknown => return Compared::Unknown,
    };
    let common = a.len().min(b.len());
    for (&x, &y) in a.iter().zip(b) {
        match characters(x, y, rule) {
            Compared::Ordered(Ordering::Equal) => {}
            other => return other,
        }
    }
    let (longer, order) = if a.len() > b.len() {
        (&a[common..], Ordering::Greater)
    } else {
        (&b[common..], Ordering::Less)
    };
    let Some(next) = longer.iter().find(|&&letter| letter != ' ') else {
        return match pads {
            _ if longer.is_empty() => Compared::Ordered(Ordering::Equal),
            Some(true) => Compared::Ordered(Ordering::Equal),
            Some(false) => Compared::Ordered(order),
            None => Compared::Unknown,
        };
    };
    if longer.first() != Some(&' ') && pads == Some(false) {
        return Compared::Ordered(order);
    }
    // The shorter one counts as filled up with blanks.
    match characters(*next, ' ', rule) {
        Compared::Ordered(Ordering::Greater) => Compared::Ordered(order),
        Compared::Ordered(Ordering::Equal) | Compared::Unknown => Compared::Unknown,
        _ => Compared::Different,
    }
}

/// Whether two characters are the same to a collation, and which comes first.
pub(super) fn characters(a: char, b: char, rule: Rule) -> Compared {
    match rule {
        _ if a == b => Compared::Ordered(Ordering::Equal),
        Rule::Codes { .. } | Rule::Bytes => Compared::Ordered(a.cmp(&b)),
        Rule::Unknown => Compared::Unknown,
        Rule::Folded { .. } => folded(lower(a), lower(b)),
    }
}

fn folded(a: char, b: char) -> Compared {
    if a == b {
        return Compared::Ordered(Ordering::Equal);
    }
    let control = |letter: char| letter.is_control();
    if control(a) || control(b) {
        return Compared::Unknown;
    }
    if a.is_ascii() && b.is_ascii() {
        let known = |letter: char| letter.is_ascii_alphanumeric() || letter == ' ';
        return if known(a) && known(b) {
            Compared::Ordered(a.cmp(&b))
        } else {
            Compared::Different
        };
    }
    if script(a) != LetterGroup::Other && script(b) != LetterGroup::Other {
        let same = script(a) == script(b);
        if !same || matches!(script(a), LetterGroup::Ideograph | LetterGroup::Hangul) {
            return Compared::Different;
        }
    }
    Compared::Unknown
}

/// Characters that no collation takes for one of another group.
#[derive(PartialEq, Eq)]
enum LetterGroup {
    Ascii,
    Greek,
    Cyrillic,
    Kana,
    Ideograph,
    Hangul,
    Other,
}

fn script(letter: char) -> LetterGroup {
    match letter {
        '\0'..='\u{7f}' => LetterGroup::Ascii,
        '\u{391}'..='\u{3c9}' => LetterGroup::Greek,
        '\u{410}'..='\u{44f}' => LetterGroup::Cyrillic,
        '\u{3041}'..='\u{30fa}' => LetterGroup::Kana,
        '\u{4e00}'..='\u{9fff}' => LetterGroup::Ideograph,
        '\u{ac00}'..='\u{d7a3}' => LetterGroup::Hangul,
        _ => LetterGroup::Other,
    }
}

/// The small letter of a character, where that is one character.
pub(super) fn lower(letter: char) -> char {
    single(letter, letter.to_lowercase())
}

/// The capital letter of a character, where that is one character.
pub(super) fn upper(letter: char) -> char {
    single(letter, letter.to_uppercase())
}

fn single(letter: char, mut mapped: impl Iterator<Item = char>) -> char {
    match (mapped.next(), mapped.next()) {
        (Some(only), None) => only,
        _ => letter,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(a: &str, b: &str, rule: Rule) -> Compared {
        let letters = |text: &str| text.chars().collect::<Vec<char>>();
        compare(&letters(a), &letters(b), rule)
    }

    #[test]
    fn what_all_collations_say_is_known_and_nothing_else() {
        let literal = Collation::LITERAL.rule;
        let equal = Compared::Ordered(Ordering::Equal);
        let less = Compared::Ordered(Ordering::Less);
        for (a, b, expected) in [
            ("a", "A", equal),
            ("É", "é", equal),
            ("abc", "abd", less),
            ("ab", "abc", less),
            ("9", "a", less),
            ("a", "a ", Compared::Unknown),
            ("a-b", "a_b", Compared::Different),
            ("é", "e", Compared::Unknown),
            ("active", "日本", Compared::Different),
            ("日", "本", Compared::Different),
        ] {
            assert_eq!(outcome(a, b, literal), expected, "{a} {b}");
        }
        let padded = Collation::named("utf8mb4_general_ci");
        assert_eq!(outcome("a", "a  ", padded), equal);
        assert_eq!(
            outcome("a", "a", Collation::named("klingon_cs")),
            Compared::Unknown
        );
        let codes = Collation::named("utf8mb4_bin");
        assert_eq!(outcome("A", "a ", codes), less);
        let bare = Collation::named("utf8mb4_0900_ai_ci");
        assert_eq!(outcome("a", "a ", bare), less);
    }
}
