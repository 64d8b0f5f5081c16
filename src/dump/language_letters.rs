//! Letters that the collations of a language take for others than Unicode does, or for letters of their own: as
//! MariaDB's collations of that language have them, old and new, and MySQL's under the short name.
//!
//! Letters that it does not name are those of `alike_letters`. It must not know which column a text is of.

use super::alike_letters::push_alike;

/// The letters of a language.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct LanguageLetters {
    /// What a collation's name may have for it.
    names: &'static [&'static str],
    /// Small letters in groups of the same; the first stands for all, and may be the only one.
    groups: &'static [&'static str],
    /// Two letters that are the first of them.
    pair: Option<(char, char)>,
    /// A letter that is spelled out.
    spelled: Option<(char, &'static str)>,
}

const PLAIN: LanguageLetters = LanguageLetters {
    names: &[],
    groups: &[],
    pair: None,
    spelled: None,
};

const fn letters(
    names: &'static [&'static str],
    groups: &'static [&'static str],
) -> LanguageLetters {
    LanguageLetters {
        names,
        groups,
        ..PLAIN
    }
}

static LANGUAGES: &[LanguageLetters] = &[
    letters(
        &["icelandic", "is"],
        &["á", "äæ", "å", "é", "í", "ð", "ó", "öø", "ú", "ý"],
    ),
    // MySQL's takes `y` for `i`.
    letters(
        &["latvian", "lv"],
        &["iy", "č", "ģ", "ķ", "ļ", "ņ", "ŗ", "š", "ž"],
    ),
    letters(&["romanian", "ro"], &["â", "î", "ă", "şș", "ţț"]),
    letters(&["slovenian", "sl"], &["č", "š", "ž"]),
    letters(
        &["polish", "pl"],
        &["ó", "ą", "ć", "ę", "ł", "ń", "ś", "ź", "ż"],
    ),
    letters(&["estonian", "et"], &["ä", "õ", "ö", "ü", "š", "ž"]),
    letters(&["spanish", "spanish2", "es", "gl"], &["ñ"]),
    letters(&["swedish"], &["yü", "äæ", "å", "öø"]),
    letters(&["sv"], &["yü", "vw", "äæ", "å", "öø"]),
    letters(&["turkish", "tr"], &["ç", "ö", "ü", "ğ", "ş"]),
    letters(&["czech", "cs"], &["č", "ř", "š", "ž"]),
    LanguageLetters {
        spelled: Some(('å', "aa")),
        ..letters(&["danish", "da", "nb", "nn"], &["yüű", "äæ", "öøő"])
    },
    LanguageLetters {
        pair: Some(('c', 'h')),
        ..letters(&["lithuanian", "lt"], &["iy", "č", "š", "ž"])
    },
    letters(&["slovak", "sk"], &["ä", "ô", "č", "š", "ž"]),
    letters(&["roman", "la"], &["ij", "uv"]),
    letters(&["esperanto", "eo"], &["ĉ", "ĝ", "ĥ", "ĵ", "ŝ", "ŭ"]),
    letters(&["hungarian", "hu"], &["öő", "üű"]),
    letters(
        &["vietnamese", "vi"],
        &[
            "âấầẩẫậ",
            "êếềểễệ",
            "ôốồổỗộ",
            "ăắằẳẵặ",
            "đ",
            "ơớờởỡợ",
            "ưứừửữự",
        ],
    ),
    letters(&["croatian", "hr", "bs", "sr"], &["ć", "č", "đ", "š", "ž"]),
];

impl LanguageLetters {
    /// Those of the language that the name of a collation of Unicode has.
    pub(super) fn of(collation: &str) -> Option<&'static Self> {
        let mut parts = collation.split('_').skip(1);
        parts.find_map(|part| LANGUAGES.iter().find(|one| one.names.contains(&part)))
    }

    /// Those of a collation of a set with one byte a letter, of which most go by their set and not by their language.
    pub(super) fn of_small_set(collation: &str, set: &str) -> Option<&'static Self> {
        let known = ["swedish", "hungarian", "turkish"];
        let collation = match (collation, set) {
            ("", "dec8" | "swe7") => "dec8_swedish_ci",
            ("", "latin5") => "latin5_turkish_ci",
            _ => collation,
        };
        let is_known = collation.split('_').any(|part| known.contains(&part));
        is_known.then(|| Self::of(collation)).flatten()
    }

    /// Appends what stands for all letters that are the same as `letter`, which is a small one.
    pub(super) fn push(&self, folded: &mut String, letter: char) {
        match (self.pair, self.spelled) {
            (Some((first, second)), _) if letter == second && folded.ends_with(first) => return,
            (_, Some((own, text))) if letter == own => return folded.push_str(text),
            _ => {}
        }
        match self.groups.iter().find(|group| group.contains(letter)) {
            Some(group) => folded.extend(group.chars().next()),
            None => push_alike(folded, letter),
        }
    }
}
