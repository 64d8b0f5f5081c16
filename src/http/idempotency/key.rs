//! The syntax of keys: a string of RFC 9651 by the draft, often sent without the quotes.
//!
//! It must not know whose key it is or what it is for.

use axum::http::HeaderValue;

/// The longest key in bytes; the usual ones, UUIDs, have 36.
pub(crate) const LONGEST: usize = 255;

/// What [`key_in`] takes, as a pattern of JSON Schema.
pub(crate) const PATTERN: &str = r#"^([!#-+\--:<-\[\]-~]{1,255}|"([ !#-\[\]-~]|\\["\\]){1,255}")$"#;

/// The key in a header, which is a string of RFC 9651 by the draft and often sent without the quotes.
pub(super) fn key_in(value: &HeaderValue) -> Option<String> {
    let text = value.to_str().ok()?;
    let key = match text.strip_prefix('"') {
        Some(quoted) => unquoted(quoted)?,
        None if text.bytes().all(is_plain) => text.to_owned(),
        None => return None,
    };
    (1..=LONGEST).contains(&key.len()).then_some(key)
}

/// Excluded is what would make a list, parameters or half a string of it.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_graphic() && !b"\"\\,;".contains(&byte)
}

/// The content of a string that its first quote was taken from; nothing may follow the last one.
fn unquoted(text: &str) -> Option<String> {
    let mut content = String::with_capacity(text.len());
    let mut rest = text.chars();
    loop {
        match rest.next()? {
            '"' => break,
            '\\' => content.push(rest.next().filter(|escaped| r#""\"#.contains(*escaped))?),
            plain @ ' '..='~' => content.push(plain),
            _ => return None,
        }
    }
    rest.next().is_none().then_some(content)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        key_in(&HeaderValue::from_bytes(text.as_bytes()).unwrap())
    }

    #[test]
    fn keys_are_strings_with_or_without_quotes() {
        let uuid = "8e03978e-40d5-43dd-bc93-6894a57f9324";
        assert_eq!(read(uuid).as_deref(), Some(uuid));
        assert_eq!(read(&format!("\"{uuid}\"")).as_deref(), Some(uuid));
        assert_eq!(read("order:7/a+b=").as_deref(), Some("order:7/a+b="));
        assert_eq!(
            read(r#""a, b; \"c\" \\""#).as_deref(),
            Some(r#"a, b; "c" \"#)
        );
        let longest = "k".repeat(LONGEST);
        assert_eq!(read(&longest), Some(longest.clone()));
        assert_eq!(read(&format!("\"{longest}\"")), Some(longest));
    }

    #[test]
    fn malformed_keys_are_refused() {
        let long = "k".repeat(LONGEST + 1);
        let long_quoted = format!("\"{long}\"");
        let malformed = [
            "",
            "\"\"",
            "\"",
            "\"a",
            "a\"",
            "\"a\"b",
            "\"a\";b=1",
            "\"a\", \"b\"",
            "a, b",
            "a,b",
            "a;b",
            "a b",
            "a\\b",
            "\"a\\b\"",
            "\"a\\",
            "a\tb",
            "\"a\tb\"",
            "椅子",
            "\"椅子\"",
            &long,
            &long_quoted,
        ];
        for text in malformed {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn the_pattern_takes_what_is_taken() {
        let pattern = regex::Regex::new(PATTERN).unwrap();
        let longest = "k".repeat(LONGEST);
        let long = "k".repeat(LONGEST + 1);
        let escaped = format!("\"{}\"", r"\\".repeat(LONGEST));
        let mut texts = vec![longest, long, escaped, r#""a, b; \"c\" \\""#.to_owned()];
        let pairs = (b' '..=b'~').map(char::from);
        texts.extend(
            pairs.flat_map(|c| [format!("a{c}"), format!("\"{c}\""), format!("\"\\{c}\"")]),
        );
        texts.extend(["", "\"\"", "\"a", "\"a\"b", "椅子"].map(str::to_owned));
        for text in texts {
            let text = text.trim();
            assert_eq!(pattern.is_match(text), read(text).is_some(), "{text}");
        }
    }
}
