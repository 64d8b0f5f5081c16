//! Where the character sets of MySQL and MariaDB differ from those of the Web that `encoding_rs`
//! implements: single characters, and codes that only one side knows.
//!
//! The truth is what a real server converts to utf8mb4; `tests/integration/import/charsets.rs` asks it
//! for every code of every set. Codes that a server itself turns into U+FFFD are left to the Web.

/// What to mend after (characters) and before (codes) decoding with the tables of the Web.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Differences {
    characters: &'static [(char, char)],
    codes: Codes,
}

/// Sets with codes that the Web's tables lack or read otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Codes {
    None,
    Ujis,
    Eucjpms,
    Big5,
}

/// `sjis` and `ujis` follow the standard where `cp932` and `eucjpms` follow Windows.
const JAPANESE: &[(char, char)] = &[
    ('\u{ff3c}', '\\'),
    ('\u{ff5e}', '\u{301c}'),
    ('\u{2225}', '\u{2016}'),
    ('\u{ff0d}', '\u{2212}'),
    ('\u{ffe0}', '\u{00a2}'),
    ('\u{ffe1}', '\u{00a3}'),
    ('\u{ffe2}', '\u{00ac}'),
];

/// The standards have controls where Windows has characters.
const LATIN5: &[(char, char)] = &[
    ('€', '\u{80}'),
    ('‚', '\u{82}'),
    ('ƒ', '\u{83}'),
    ('„', '\u{84}'),
    ('…', '\u{85}'),
    ('†', '\u{86}'),
    ('‡', '\u{87}'),
    ('ˆ', '\u{88}'),
    ('‰', '\u{89}'),
    ('Š', '\u{8a}'),
    ('‹', '\u{8b}'),
    ('Œ', '\u{8c}'),
    ('‘', '\u{91}'),
    ('’', '\u{92}'),
    ('“', '\u{93}'),
    ('”', '\u{94}'),
    ('•', '\u{95}'),
    ('–', '\u{96}'),
    ('—', '\u{97}'),
    ('˜', '\u{98}'),
    ('™', '\u{99}'),
    ('š', '\u{9a}'),
    ('›', '\u{9b}'),
    ('œ', '\u{9c}'),
    ('Ÿ', '\u{9f}'),
];
const TIS620: &[(char, char)] = &[
    ('€', '\u{80}'),
    ('…', '\u{85}'),
    ('‘', '\u{91}'),
    ('’', '\u{92}'),
    ('“', '\u{93}'),
    ('”', '\u{94}'),
    ('•', '\u{95}'),
    ('–', '\u{96}'),
    ('—', '\u{97}'),
];

const EUCJPMS: &[(char, char)] = &[('¦', '￤')];
const KOI8U: &[(char, char)] = &[('∙', '•'), ('ў', '╝'), ('Ў', '╬')];
const GREEK: &[(char, char)] = &[('‘', 'ʽ'), ('’', 'ʼ')];
const HEBREW: &[(char, char)] = &[('\u{af}', '‾')];
const CP866: &[(char, char)] = &[('№', 'ⁿ'), ('¤', '²')];
const GB2312: &[(char, char)] = &[('\u{b7}', '・'), ('—', '―')];
const BIG5: &[(char, char)] = &[
    ('‧', '•'),
    ('﹑', '､'),
    ('\u{af}', '‾'),
    ('～', '∼'),
    ('⊕', '♁'),
    ('⊙', '☉'),
    ('∕', '／'),
    ('﹨', '＼'),
    ('￥', '¥'),
    ('￠', '¢'),
    ('￡', '£'),
];

/// `eucjpms` from 8F F3 F3 on: what IBM added to the Japanese standards, in the order of cp932.
const IBM: [u16; 106] = [
    0x2170, 0x2171, 0x2172, 0x2173, 0x2174, 0x2175, 0x2176, 0x2177, 0x2178, 0x2179, 0x2160, 0x2161,
    0x2162, 0x2163, 0x2164, 0x2165, 0x2166, 0x2167, 0x2168, 0x2169, 0xff07, 0xff02, 0x3231, 0x2116,
    0x2121, 0x70bb, 0x4efc, 0x50f4, 0x51ec, 0x5307, 0x5324, 0xfa0e, 0x548a, 0x5759, 0xfa0f, 0xfa10,
    0x589e, 0x5bec, 0x5cf5, 0x5d53, 0xfa11, 0x5fb7, 0x6085, 0x6120, 0x654e, 0x663b, 0x6665, 0xfa12,
    0xf929, 0x6801, 0xfa13, 0xfa14, 0x6a6b, 0x6ae2, 0x6df8, 0x6df2, 0x7028, 0xfa15, 0xfa16, 0x7501,
    0x7682, 0x769e, 0xfa17, 0x7930, 0xfa18, 0xfa19, 0xfa1a, 0xfa1b, 0x7ae7, 0xfa1c, 0xfa1d, 0x7da0,
    0x7dd6, 0xfa1e, 0x8362, 0xfa1f, 0x85b0, 0xfa20, 0xfa21, 0x8807, 0xfa22, 0x8b7f, 0x8cf4, 0x8d76,
    0xfa23, 0xfa24, 0xfa25, 0x90de, 0xfa26, 0x9115, 0xfa27, 0xfa28, 0x9592, 0xf9dc, 0xfa29, 0x973b,
    0x974d, 0x9751, 0xfa2a, 0xfa2b, 0xfa2c, 0x999e, 0x9ad9, 0x9b72, 0xfa2d, 0x9ed1,
];

/// `big5` from C6 A1 on: first and last of each run of characters.
const BIG5_RUNS: [(u16, u16); 14] = [
    (0x30fe, 0x30fe),
    (0x309d, 0x309e),
    (0x3005, 0x3005),
    (0x3041, 0x3093),
    (0x30a1, 0x30f6),
    (0x0414, 0x0415),
    (0x0401, 0x0401),
    (0x0416, 0x041c),
    (0x0423, 0x042f),
    (0x0430, 0x0435),
    (0x0451, 0x0451),
    (0x0436, 0x044f),
    (0x2460, 0x2469),
    (0x2474, 0x247d),
];

/// Cells of a row of a Japanese standard.
const ROW: u16 = 94;

/// The differences of a set, by its name in small letters.
pub(super) fn of(charset: &str) -> Differences {
    let (characters, codes) = match charset {
        "sjis" => (JAPANESE, Codes::None),
        "ujis" => (JAPANESE, Codes::Ujis),
        "eucjpms" => (EUCJPMS, Codes::Eucjpms),
        "big5" => (BIG5, Codes::Big5),
        "latin5" => (LATIN5, Codes::None),
        "tis620" => (TIS620, Codes::None),
        "koi8u" => (KOI8U, Codes::None),
        "greek" => (GREEK, Codes::None),
        "hebrew" => (HEBREW, Codes::None),
        "cp866" => (CP866, Codes::None),
        "gb2312" => (GB2312, Codes::None),
        _ => (&[][..], Codes::None),
    };
    Differences { characters, codes }
}

impl Differences {
    pub(super) fn has_characters(self) -> bool {
        !self.characters.is_empty()
    }

    /// The server's character for one that the Web's tables gave.
    pub(super) fn character(self, web: char) -> char {
        let found = self.characters.iter().find(|(from, _)| *from == web);
        found.map_or(web, |(_, to)| *to)
    }

    /// The codes in `bytes` that only the server knows: where, how many bytes, which character.
    pub(super) fn codes_in(self, bytes: &[u8]) -> impl Iterator<Item = (usize, usize, char)> {
        let mut at = if self.codes == Codes::None {
            bytes.len()
        } else {
            0
        };
        std::iter::from_fn(move || {
            while at < bytes.len() {
                let start = at;
                let length = self.codes.length(bytes[at]).min(bytes.len() - at);
                at += length;
                if let Some(character) = self.codes.character(&bytes[start..at]) {
                    return Some((start, length, character));
                }
            }
            None
        })
    }
}

impl Codes {
    fn length(self, lead: u8) -> usize {
        match lead {
            0..=0x80 => 1,
            0x8f if self != Self::Big5 => 3,
            _ => 2,
        }
    }

    fn character(self, code: &[u8]) -> Option<char> {
        let unit = match (self, code) {
            (Self::Big5, [lead @ 0xc6..=0xc8, trail]) => big5(*lead, *trail),
            (Self::Ujis, [0x8f, 0xa2, 0xb7]) => Some(u16::from(b'~')),
            (Self::Eucjpms, [0x8f, lead @ (0xf3 | 0xf4), trail @ 0xa1..=0xfe]) => {
                let cell = u16::from(lead - 0xf3) * ROW + u16::from(trail - 0xa1);
                let first = u16::from(0xf3_u8 - 0xa1);
                IBM.get(usize::from(cell.checked_sub(first)?)).copied()
            }
            // What users may define, ten rows twice.
            (Self::Ujis | Self::Eucjpms, [lead @ 0xf5..=0xfe, trail @ 0xa1..=0xfe]) => {
                Some(0xe000 + u16::from(lead - 0xf5) * ROW + u16::from(trail - 0xa1))
            }
            (Self::Ujis | Self::Eucjpms, [0x8f, lead @ 0xf5..=0xfe, trail @ 0xa1..=0xfe]) => {
                Some(0xe3ac + u16::from(lead - 0xf5) * ROW + u16::from(trail - 0xa1))
            }
            _ => None,
        };
        unit.and_then(|unit| char::from_u32(u32::from(unit)))
    }
}

fn big5(lead: u8, trail: u8) -> Option<u16> {
    let cell = match trail {
        0x40..=0x7e => u16::from(trail - 0x40),
        0xa1..=0xfe => u16::from(trail - 0xa1) + 63,
        _ => return None,
    };
    // 157 codes a row; the first row begins with its second part.
    let mut index = (u16::from(lead - 0xc6) * 157 + cell).checked_sub(63)?;
    for (first, last) in BIG5_RUNS {
        let run = last - first + 1;
        if index < run {
            return Some(first + index);
        }
        index -= run;
    }
    None
}
