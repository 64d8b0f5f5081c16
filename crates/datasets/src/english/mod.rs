//! Sentences for the app `english`: 320 of them, from Japanese to English, with what their words mean.
//!
//! They were written for the project, graded from greetings to what takes two readings, sixteen to a subject.
//! What a larger dataset has beyond them is put together by rule, as exercises are. It must not know how the app
//! shows them.
//!
//! # Layout
//! - `lessons`: the sentences as they were written (`sentences_1.txt` and so on); `drills`: those made by rule
//! - this file: both as packed CSV files

mod drills;
mod lessons;

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use crate::sums;
use crate::written::{Packing, Written, store_packed};

/// How many of the first sentences somebody reads aloud: the app carries these recordings.
const RECORDED: usize = 12;

/// A sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
struct WrittenSentence {
    jp: String,
    en: String,
    /// Words and their meanings, in the order in which they come.
    words: Vec<(String, String)>,
}

/// Writes the dataset into `folder`, with `scale` times the sentences of the built-in one; reports to `wrote`
/// about each file.
///
/// # Errors
/// When a file cannot be written.
pub(crate) fn write_dataset(
    folder: &Path,
    scale: u32,
    packing: Packing,
    wrote: &mut dyn FnMut(&Written),
) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let sentences = sentences(scale);
    let mut digests = Vec::new();
    for (name, write) in SHEETS {
        let (file, digest) = store_packed(folder, name, packing, |out| write(&sentences, out))?;
        digests.push((name.to_owned(), digest));
        wrote(&file);
    }
    wrote(&Written {
        name: sums::NAME.to_owned(),
        stored_bytes: sums::write(folder, digests)?,
    });
    Ok(())
}

/// Writes a file.
type WriteSheet = fn(&[WrittenSentence], &mut dyn Write) -> io::Result<()>;

const SHEETS: [(&str, WriteSheet); 2] = [
    ("sentences.csv", write_sentences),
    ("words.csv", write_words),
];

/// All sentences, so that a smaller dataset is the beginning of a larger one.
fn sentences(scale: u32) -> Vec<WrittenSentence> {
    let mut all = lessons::sentences();
    let more = all.len() * usize::try_from(scale.saturating_sub(1)).unwrap_or(usize::MAX);
    all.extend(drills::sentences().take(more));
    all
}

fn write_sentences(sentences: &[WrittenSentence], out: &mut dyn Write) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(["no", "jp", "en", "voice_data"])?;
    for (no, WrittenSentence { jp, en, .. }) in (1..).zip(sentences) {
        let voice = if no <= RECORDED {
            format!("/voice/lesson-{no:03}.mp3")
        } else {
            String::new()
        };
        csv.write_record([&no.to_string(), jp, en, &voice])?;
    }
    csv.flush()
}

fn write_words(sentences: &[WrittenSentence], out: &mut dyn Write) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(["no", "en", "note", "url"])?;
    for (no, sentence) in (1..).zip(sentences) {
        let no: usize = no;
        for (en, note) in &sentence.words {
            csv.write_record([&no.to_string(), en, note, ""])?;
        }
    }
    csv.flush()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn sentences_and_words_fit_the_app() {
        for sentence in sentences(4) {
            for text in [&sentence.jp, &sentence.en] {
                let is_trimmed = text.trim() == text && !text.contains("::");
                assert!(
                    is_trimmed && (1..=255).contains(&text.chars().count()),
                    "{text:?}"
                );
            }
            assert!(sentence.en.is_ascii(), "{sentence:?}");
            assert!((1..=4).contains(&sentence.words.len()), "{sentence:?}");
            for (en, note) in &sentence.words {
                assert!(!en.is_empty() && !note.is_empty(), "{sentence:?}");
            }
        }
    }

    #[test]
    fn there_are_three_hundred_at_least_and_none_comes_twice() {
        let sentences = sentences(3);
        assert!(sentences.len() >= 900, "{}", sentences.len());
        for text in [
            |s: &WrittenSentence| s.jp.clone(),
            |s: &WrittenSentence| s.en.clone(),
        ] {
            let different: BTreeSet<_> = sentences.iter().map(text).collect();
            assert_eq!(different.len(), sentences.len());
        }
    }

    #[test]
    fn a_larger_dataset_begins_with_the_smaller_one() {
        let (one, three) = (sentences(1), sentences(3));
        assert_eq!(one[..], three[..one.len()]);
        assert_eq!(three.len(), 3 * one.len());
    }

    /// Short ones come first: a learner is not met by what takes two readings.
    #[test]
    fn sentences_grow_longer() {
        let sentences = lessons::sentences();
        let mean = |some: &[WrittenSentence]| {
            some.iter().map(|sentence| sentence.en.len()).sum::<usize>() / some.len()
        };
        let quarter = sentences.len() / 4;
        let (first, last) = (mean(&sentences[..quarter]), mean(&sentences[3 * quarter..]));
        assert!(4 * last > 5 * first, "{first} {last}");
    }
}
