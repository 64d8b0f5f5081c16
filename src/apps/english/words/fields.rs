//! Words as forms and bodies give them: one, or a list of them; and what is wrong with them.

use super::lookup::is_web_address;
use super::store::NewWord;
use crate::apps::english::parameters::{Nested, Parameters};
use crate::apps::english::validation::{FieldErrors, LONGEST};

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

    fn check(&self, errors: &mut FieldErrors) {
        let too_long = |most: usize, unit: &str| format!("is too long (maximum is {most} {unit})");
        let characters = self.en.chars().count();
        if self.en.is_empty() {
            errors.add("en", "can't be blank");
        } else if characters > LONGEST {
            errors.add("en", too_long(LONGEST, "characters"));
        }
        if self.note.chars().count() > LONGEST_NOTE {
            errors.add("note", too_long(LONGEST_NOTE, "characters"));
        }
        if self.url.len() > LONGEST_URL {
            errors.add("url", too_long(LONGEST_URL, "bytes"));
        } else if !self.url.is_empty() && !is_web_address(&self.url) {
            errors.add("url", "must begin with http:// or https://");
        }
        let has_nul = [&self.en, &self.note]
            .iter()
            .any(|text| text.contains('\0'));
        if has_nul {
            errors.add("en", "has a NUL in it");
        }
    }
}

/// The words that a request gives: those of a list, or the one that it is. None at all are none, too.
///
/// # Errors
/// What is wrong with any of them.
pub(super) fn words_in(parameters: &Parameters) -> Result<Option<Vec<NewWord>>, FieldErrors> {
    let words: Vec<_> = match parameters.listed(LIST) {
        Some(list) => list.into_iter().map(NewWord::of).collect(),
        None => match parameters.required(KEY, &NAMES) {
            Ok(word) => vec![NewWord::of(word)],
            Err(_) => return Ok(None),
        },
    };
    let mut errors = FieldErrors::default();
    words.iter().for_each(|word| word.check(&mut errors));
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
