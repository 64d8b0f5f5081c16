//! Settings that are lists: in the file as lists, in a variable separated by commas.
//!
//! It must not know what the elements are.

use serde::Deserialize;

/// A list, or a text with its elements separated by commas, in brackets and quotes or without. All
/// elements are text: none of ours holds a comma.
pub(super) fn list_or_commas<'de, D: serde::Deserializer<'de>>(
    source: D,
) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Given {
        List(Vec<String>),
        Commas(String),
    }
    let text = match Given::deserialize(source)? {
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
