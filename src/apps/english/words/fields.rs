//! Words as forms and bodies give them: one, or a list of them; and what is wrong with them.

use super::lookup::is_web_address;
use super::store::NewWord;
use crate::apps::english::parameters::{Nested, Parameters};
use crate::apps::english::validation::{FieldErrors, LONGEST, nul};

/// The key under which one word may stand.
const KEY: &str = "word";

/// The key under which a list may stand; it may be the whole body, too.
const LIST: &str = "words";

/// What can be given of a word.
const NAMES: [&str; 3] = ["en", "note", "url"];

/// Characters of the longest meaning.
const LONGEST_NOTE: usize = 1_000;

/// Bytes of the longest address.
const LONGEST_URL: usize = 2_000;

impl NewWord {
    fn of(given: Nested<'_>) -> Self {
        let text = |name| given.text(name).unwrap_or_default().trim().to_owned();
        Self {
            en: text("en"),
            note: text("note"),
            url: text("url"),
        }
    }

    /// Adds what is wrong with it. One of a list has its place there before its names.
    fn check(&self, place: Option<usize>, errors: &mut FieldErrors) {
        let mut wrong = |name: &str, text: String| match place {
            Some(place) => errors.add(&format!("{LIST}[{place}].{name}"), text),
            None => errors.add(name, text),
        };
        let too_long = |most: usize, unit: &str| format!("is too long (maximum is {most} {unit})");
        let characters = self.en.chars().count();
        if self.en.is_empty() {
            wrong("en", "can't be blank".to_owned());
        } else if characters > LONGEST {
            wrong("en", too_long(LONGEST, "characters"));
        }
        if self.note.chars().count() > LONGEST_NOTE {
            wrong("note", too_long(LONGEST_NOTE, "characters"));
        }
        if self.url.len() > LONGEST_URL {
            wrong("url", too_long(LONGEST_URL, "bytes"));
        } else if !self.url.is_empty() && !is_web_address(&self.url) {
            wrong("url", "must begin with http:// or https://".to_owned());
        }
        for (name, text) in [("en", &self.en), ("note", &self.note)] {
            if let Some(text) = nul(text) {
                wrong(name, text.to_owned());
            }
        }
    }
}

/// The words that a request gives: those of a list, or the one that it is. None at all are none, too.
///
/// # Errors
/// What is wrong with any of them.
pub(super) fn words_in(parameters: &Parameters) -> Result<Option<Vec<NewWord>>, FieldErrors> {
    let list = parameters.listed(LIST);
    let is_list = list.is_some();
    let words: Vec<_> = match list {
        Some(list) => list.into_iter().map(NewWord::of).collect(),
        None => match parameters.required(KEY, &NAMES) {
            Ok(word) => vec![NewWord::of(word)],
            Err(_) => return Ok(None),
        },
    };
    let mut errors = FieldErrors::default();
    for (place, word) in words.iter().enumerate() {
        word.check(is_list.then_some(place), &mut errors);
    }
    if errors.is_empty() {
        Ok(Some(words))
    } else {
        Err(errors)
    }
}

/// What of a word was typed, whatever is wrong with it, to be shown again.
pub(super) fn typed(parameters: &Parameters) -> NewWord {
    let word = parameters.under(KEY);
    word.map_or_else(NewWord::default, NewWord::of)
}
