//! Settings that are lists: in the file as lists, in a variable separated by commas.
//!
//! It must not know what the elements are.

use std::fmt;

use serde::de::{Error, SeqAccess, Visitor};

enum Given {
    List(Vec<String>),
    Commas(String),
}

struct ListOrText;

impl<'de> Visitor<'de> for ListOrText {
    type Value = Given;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of texts in quotes")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Given, E> {
        Ok(Given::Commas(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Given, A::Error> {
        let mut names = Vec::new();
        while let Some(name) = list.next_element()? {
            names.push(name);
        }
        Ok(Given::List(names))
    }
}

/// A list, or a text with its elements separated by commas, in brackets and quotes or without. All
/// elements are text: none of ours holds a comma.
pub(super) fn list_or_commas<'de, D: serde::Deserializer<'de>>(
    source: D,
) -> Result<Vec<String>, D::Error> {
    let text = match source.deserialize_any(ListOrText)? {
        Given::List(names) => return Ok(names),
        Given::Commas(text) => text,
    };
    let text = text.trim();
    let inner = text
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    let elements = inner.unwrap_or(text).split(',').map(|element| {
        let element = element.trim();
        let unquoted = element
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'));
        unquoted.unwrap_or(element).to_owned()
    });
    Ok(elements.filter(|element| !element.is_empty()).collect())
}
