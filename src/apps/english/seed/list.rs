//! The original's list of sentences: a line each, `no::jp::en`. Whatever follows a third `::` is not read.
//!
//! Lines that cannot be a sentence are kept with their numbers and what is odd about them; what becomes of the
//! others then is for the caller to say. A byte order mark, the ends of lines of Windows and empty lines are
//! nothing to speak of.

use std::collections::HashMap;
use std::io::Read as _;

use crate::apps::english::validation::LONGEST;
use crate::file::provenance::Input;
use crate::file::{FileError, FolderFile};
use crate::load::input::{Opened, open, unpacked_name};

/// Bytes of the longest list that is read: some millions of sentences.
const MOST_BYTES: u64 = 512 * 1024 * 1024;

/// A list as it was read.
#[derive(Debug)]
pub struct SentenceList {
    /// The sentences in the order of their lines.
    pub(super) sentences: Vec<ListedSentence>,
    /// The lines that are none.
    pub odd: Vec<OddLine>,
    /// Lines that are sentences, though something about them is worth a word.
    pub remarkable: Vec<OddLine>,
    /// What was read.
    pub(super) input: Input,
}

/// A sentence of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ListedSentence {
    pub(super) no: i32,
    pub(super) jp: String,
    pub(super) en: String,
}

/// A line, and what is odd about it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct OddLine {
    /// Its number, from 1.
    pub line: usize,
    /// Why, in a few words.
    pub reason: String,
}

impl SentenceList {
    /// Reads a list, plain or packed.
    ///
    /// # Errors
    /// When the file cannot be read, or is too large to be one.
    pub fn read(file: &FolderFile) -> Result<Self, FileError> {
        let input = |cause| FileError::Input {
            name: file.shown.clone(),
            cause,
        };
        let Opened {
            bytes: unpacked,
            meter,
            ..
        } = open(file)?;
        let mut bytes = Vec::new();
        let most = unpacked.take(MOST_BYTES + 1).read_to_end(&mut bytes);
        if most.map_err(input)? as u64 > MOST_BYTES {
            return Err(input(std::io::Error::other("it is too large to be a list")));
        }
        let (size, sha256) = meter.finish();
        let mut list = Self {
            sentences: Vec::new(),
            odd: Vec::new(),
            remarkable: Vec::new(),
            input: Input {
                name: unpacked_name(&file.name).to_owned(),
                bytes: size,
                sha256,
            },
        };
        list.take(&bytes);
        Ok(list)
    }

    /// How many sentences it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.sentences.len()
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sentences.is_empty()
    }

    fn take(&mut self, bytes: &[u8]) {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let mut first_lines = HashMap::new();
        for (line, bytes) in (1..).zip(bytes.split(|byte| *byte == b'\n')) {
            if bytes.trim_ascii().is_empty() {
                continue;
            }
            match sentence(bytes) {
                Ok(sentence) => {
                    let no = sentence.no;
                    let first = *first_lines.entry(no).or_insert(line);
                    if first != line {
                        let reason =
                            format!("the number {no} is that of line {first} too; both are kept");
                        self.remarkable.push(OddLine { line, reason });
                    }
                    if let Some(mark) = direction_mark(&sentence) {
                        let mark = code_point(mark);
                        let reason = format!(
                            "there is a mark in it that turns texts around, {mark}; it is kept"
                        );
                        self.remarkable.push(OddLine { line, reason });
                    }
                    self.sentences.push(sentence);
                }
                Err(reason) => self.odd.push(OddLine { line, reason }),
            }
        }
    }
}

/// The sentence of a line, or what is odd about it.
fn sentence(line: &[u8]) -> Result<ListedSentence, String> {
    let line = std::str::from_utf8(line).map_err(|_| "it is no UTF-8".to_owned())?;
    let line = line.trim_end();
    if let Some(control) = line.chars().find(|c| c.is_control() && *c != '\t') {
        return Err(match control {
            '\0' => "there is a NUL in it".to_owned(),
            '\r' => "there is a carriage return in it: lines end with a line feed".to_owned(),
            control => format!(
                "there is a control character in it, {}",
                code_point(control)
            ),
        });
    }
    let mut fields = line.split("::");
    let no = fields.next().unwrap_or_default().trim();
    let (Some(jp), Some(en)) = (fields.next(), fields.next()) else {
        return Err("a field is missing: it must be no::jp::en".to_owned());
    };
    let Ok(number) = no.parse() else {
        return Err(format!("{:?} is no number of a sentence", shortened(no)));
    };
    for (name, text) in [("Japanese", jp), ("English", en)] {
        let characters = text.chars().count();
        if text.trim().is_empty() {
            return Err(format!("the {name} is missing"));
        }
        if characters > LONGEST {
            return Err(format!(
                "the {name} has {characters} characters; {LONGEST} are the most"
            ));
        }
    }
    Ok(ListedSentence {
        no: number,
        jp: jp.to_owned(),
        en: en.to_owned(),
    })
}

/// A mark of direction in a sentence, which shows its texts in another order than they have.
fn direction_mark(sentence: &ListedSentence) -> Option<char> {
    let is_mark = |c: &char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    sentence.jp.chars().chain(sentence.en.chars()).find(is_mark)
}

fn code_point(character: char) -> String {
    format!("U+{:04X}", u32::from(character))
}

fn shortened(text: &str) -> String {
    text.chars().take(20).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(bytes: &[u8]) -> SentenceList {
        let mut list = SentenceList {
            sentences: Vec::new(),
            odd: Vec::new(),
            remarkable: Vec::new(),
            input: Input {
                name: String::new(),
                bytes: 0,
                sha256: String::new(),
            },
        };
        list.take(bytes);
        list
    }

    /// Advice 19 and 20: what the original stored as it stood, or cut.
    #[test]
    fn ends_of_lines_marks_and_blank_lines_are_nothing() {
        let list = list(
            "\u{feff}1::おはよう。::Good morning. \r\n\r\n \n2:: 夜 ::At night::more::x\n7::a::b"
                .as_bytes(),
        );
        let read: Vec<_> = list
            .sentences
            .iter()
            .map(|s| (s.no, &*s.jp, &*s.en))
            .collect();
        let expected = [
            (1, "おはよう。", "Good morning."),
            (2, " 夜 ", "At night"),
            (7, "a", "b"),
        ];
        assert_eq!(read, expected);
        assert!(list.odd.is_empty() && list.remarkable.is_empty());
    }

    #[test]
    fn what_cannot_be_seen_is_told() {
        // The ends of lines of an old Macintosh.
        let list = list(
            "1::a::b\r2::c::d\n3::\u{1b}[2J::b\n4::a\u{7}::b\n5::a\tc::b\u{202e}c\n6::a::b\u{85}c"
                .as_bytes(),
        );
        let odd: Vec<_> = list
            .odd
            .iter()
            .map(|odd| (odd.line, &*odd.reason))
            .collect();
        let expected = [
            (
                1,
                "there is a carriage return in it: lines end with a line feed",
            ),
            (2, "there is a control character in it, U+001B"),
            (3, "there is a control character in it, U+0007"),
            (5, "there is a control character in it, U+0085"),
        ];
        assert_eq!(odd, expected);
        let reason = "there is a mark in it that turns texts around, U+202E; it is kept".to_owned();
        assert_eq!(list.remarkable, [OddLine { line: 4, reason }]);
        assert_eq!(list.len(), 1);
    }

    #[test]
    fn odd_lines_are_told_with_their_numbers() {
        let long = format!("9::あ::{}", "x".repeat(256));
        let lines: &[&[u8]] = &[
            b"1::a::b",
            b"x::a::b",
            b"2::a",
            b"3",
            b"4::::b",
            b"5::a:: ",
            b"99999999999::a::b",
            b"6::\xff::b",
            b"7::a\0::b",
            long.as_bytes(),
            b"1::c::d",
            b"",
        ];
        let list = list(&lines.join(&b'\n'));
        let odd: Vec<_> = list
            .odd
            .iter()
            .map(|odd| (odd.line, odd.reason.as_str()))
            .collect();
        let expected = [
            (2, "\"x\" is no number of a sentence"),
            (3, "a field is missing: it must be no::jp::en"),
            (4, "a field is missing: it must be no::jp::en"),
            (5, "the Japanese is missing"),
            (6, "the English is missing"),
            (7, "\"99999999999\" is no number of a sentence"),
            (8, "it is no UTF-8"),
            (9, "there is a NUL in it"),
            (10, "the English has 256 characters; 255 are the most"),
        ];
        assert_eq!(odd, expected);
        assert_eq!(list.len(), 2);
        let reason = "the number 1 is that of line 1 too; both are kept".to_owned();
        assert_eq!(list.remarkable, [OddLine { line: 11, reason }]);
    }
}
