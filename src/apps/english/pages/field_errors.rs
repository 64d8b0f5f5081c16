//! What is wrong with the fields of sentences, gradings and words, in the language of a page.
//!
//! Whoever finds it says it in English, as JSON has it; here that text is found among the English ones of the
//! pages, and said by the one of the page's language. It must not know which rules there are.

use super::strings::{DrillStrings, FieldTexts};
use crate::apps::english::pages::language::DrillLanguage;
use crate::apps::english::validation::FieldErrors;
use crate::web::texts::fill;

/// How texts name the field.
const FIELD: &str = "{field} ";

/// Where a number is in a text.
const NUMBER: &str = "{n}";

/// A sentence for each of `errors`.
pub(super) fn explained(errors: &FieldErrors, language: DrillLanguage) -> Vec<String> {
    let t = &DrillStrings::of(language).field;
    errors
        .all()
        .map(|(name, text)| said(name, text, t))
        .collect()
}

/// `text`, which is wrong with the field `name`, by the texts `t`. What they do not have is said as it is.
fn said(name: &str, text: &str, t: &FieldTexts) -> String {
    let english = &DrillStrings::of(DrillLanguage::English).field;
    let name = label(name, t).map_or_else(|| humanized(name), str::to_owned);
    let found = messages(english).into_iter().zip(messages(t));
    let mut found = found.filter_map(|(pattern, said)| Some((number_in(pattern, text)?, said)));
    match found.next() {
        Some((number, said)) => fill(said, &[("field", &name), ("n", number)]),
        None => format!("{name} {text}"),
    }
}

/// What a field is called.
fn label<'t>(name: &str, t: &'t FieldTexts) -> Option<&'t str> {
    Some(match name {
        "no" => &t.no,
        "en" => &t.en,
        "jp" => &t.jp,
        "voice_data" => &t.voice_data,
        "note" => &t.note,
        "url" => &t.url,
        "words" => &t.words,
        "sentence" => &t.sentence,
        "user" => &t.user,
        _ => return None,
    })
}

/// What is said of fields.
fn messages(t: &FieldTexts) -> [&str; 9] {
    [
        &t.blank,
        &t.too_long,
        &t.too_many_bytes,
        &t.too_many,
        &t.too_large,
        &t.too_small,
        &t.nul,
        &t.no_link,
        &t.missing,
    ]
}

/// The number in `text`, if it is what `pattern` says; nothing, if that has none.
fn number_in<'t>(pattern: &str, text: &'t str) -> Option<&'t str> {
    let pattern = pattern.strip_prefix(FIELD)?;
    let Some((before, after)) = pattern.split_once(NUMBER) else {
        return (text == pattern).then_some("");
    };
    let number = text.strip_prefix(before)?.strip_suffix(after)?;
    number.parse::<i64>().is_ok().then_some(number)
}

/// `voice_data` as people read it: `Voice data`.
fn humanized(name: &str) -> String {
    let words = name.replace('_', " ");
    let mut letters = words.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the pages say of what is wrong with fields: name, text.
    fn explain(errors: &[(&str, &str)], language: DrillLanguage) -> Vec<String> {
        let mut all = FieldErrors::default();
        for (name, text) in errors {
            all.add(name, *text);
        }
        explained(&all, language)
    }

    #[test]
    fn english_pages_say_what_json_says() {
        let errors = [
            ("sentence", "must exist"),
            ("sentence", "must exist"),
            ("voice_data", "is too long (maximum is 255 characters)"),
            ("no", "must be greater than or equal to -2147483648"),
            ("some_field", "is odd"),
        ];
        let said = [
            "Sentence must exist",
            "Sentence must exist",
            "Voice data is too long (maximum is 255 characters)",
            "No must be greater than or equal to -2147483648",
            "Some field is odd",
        ];
        assert_eq!(explain(&errors, DrillLanguage::English), said);
    }

    #[test]
    fn japanese_pages_say_it_in_japanese() {
        let errors = [
            ("sentence", "must exist"),
            ("voice_data", "is too long (maximum is 255 characters)"),
            ("url", "is too long (maximum is 1000 bytes)"),
            ("words", "are too many (maximum is 100 of a number)"),
            ("no", "must be less than or equal to 2147483647"),
            ("no", "must be greater than or equal to -2147483648"),
            ("en", "can't be blank"),
            ("en", "has a NUL in it"),
            ("url", "must begin with http:// or https://"),
        ];
        let said = explain(&errors, DrillLanguage::Japanese);
        assert_eq!(said[1], "音声（Voice data）が長すぎます（255文字まで）");
        assert_eq!(said[6], "番号（No）は-2147483648以上にしてください");
        for text in said {
            let is_english = ["must", "is ", "are", "can't", "has"].iter();
            assert!(
                !is_english.clone().any(|word| text.contains(word)),
                "{text}"
            );
        }
    }
}
