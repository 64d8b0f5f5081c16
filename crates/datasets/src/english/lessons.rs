//! The sentences that the project wrote, subject by subject. A line is `Japanese|English|word:meaning;…`, one
//! that begins with `#` names a subject. Whoever adds a sentence adds it at the end: numbers stay.

use super::WrittenSentence;

const LISTS: [&str; 3] = [
    include_str!("sentences_1.txt"),
    include_str!("sentences_2.txt"),
    include_str!("sentences_3.txt"),
];

/// All of them, in the order of their numbers.
pub(super) fn sentences() -> Vec<WrittenSentence> {
    let lines = LISTS.iter().flat_map(|list| list.lines());
    lines.filter_map(sentence).collect()
}

/// The sentence of a line, if it is one.
fn sentence(line: &str) -> Option<WrittenSentence> {
    let (jp, rest) = line.split_once('|')?;
    let (en, words) = rest.split_once('|')?;
    let words = words.split(';').filter_map(|word| word.split_once(':'));
    Some(WrittenSentence {
        jp: jp.to_owned(),
        en: en.to_owned(),
        words: words
            .map(|(word, meaning)| (word.to_owned(), meaning.to_owned()))
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_subject_or_a_sentence() {
        for line in LISTS.iter().flat_map(|list| list.lines()) {
            let words = line
                .rsplit('|')
                .next()
                .map(|words| words.split(';').count());
            let read = sentence(line).map(|sentence| sentence.words.len());
            assert!(line.starts_with("# ") || read == words, "{line}");
        }
    }
}
