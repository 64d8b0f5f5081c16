//! The syntax of keys: a string of RFC 9651 by the draft, often sent without the quotes.
//!
//! It must not know whose key it is or what it is for.

use axum::http::HeaderValue;

/// The longest key in bytes; the usual ones, UUIDs, have 36.
pub(crate) const LONGEST: usize = 255;

/// What [`key_in`] takes, as a pattern of JSON Schema.
pub(crate) const PATTERN: &str = r#"^([!#-+\--:<-\[\]-~]{1,255}|"([ !#-\[\]-~]|\\["\\]){1,255}"(; *[a-z*][a-z0-9_.*-]*(=(-?([0-9]{1,15}|[0-9]{1,12}\.[0-9]{1,3})|"([ !#-\[\]-~]|\\["\\])*"|[A-Za-z*][!#$%&'*+.^_`|~0-9A-Za-z:/-]*|:[A-Za-z0-9+/=]*:|\?[01]|@-?[0-9]{1,15}))?)*)$"#;

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

/// The content of a string that its first quote was taken from. Parameters may follow the last one; what
/// they say is nothing that the draft knows, and is passed over as RFC 9651 has it.
fn unquoted(text: &str) -> Option<String> {
    let (content, rest) = string(text)?;
    are_parameters(rest).then_some(content)
}

/// The content of such a string, and what follows.
fn string(text: &str) -> Option<(String, &str)> {
    let mut content = String::with_capacity(text.len());
    let mut rest = text.chars();
    loop {
        match rest.next()? {
            '"' => return Some((content, rest.as_str())),
            '\\' => content.push(rest.next().filter(|escaped| r#""\"#.contains(*escaped))?),
            plain @ ' '..='~' => content.push(plain),
            _ => return None,
        }
    }
}

/// RFC 9651, 3.1.2: `;name` and `;name=value`, any number of them.
fn are_parameters(mut text: &str) -> bool {
    while !text.is_empty() {
        let Some(rest) = text.strip_prefix(';') else {
            return false;
        };
        let rest = rest.trim_start_matches(' ');
        let starts = rest.starts_with(|c: char| c.is_ascii_lowercase() || c == '*');
        let is_key = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_-.*".contains(c);
        let rest = rest.trim_start_matches(is_key);
        let rest = match rest.strip_prefix('=') {
            Some(value) => bare_item(value),
            None => Some(rest),
        };
        let (true, Some(rest)) = (starts, rest) else {
            return false;
        };
        text = rest;
    }
    true
}

/// What follows a value of RFC 9651, 3.3, which `text` begins with.
fn bare_item(text: &str) -> Option<&str> {
    let first = text.chars().next()?;
    let behind = &text[first.len_utf8()..];
    match first {
        '"' => string(behind).map(|(_, rest)| rest),
        '?' => behind.strip_prefix(['0', '1']),
        '@' => number(behind, false),
        ':' => {
            let is_base64 = |c: char| c.is_ascii_alphanumeric() || "+/=".contains(c);
            behind.trim_start_matches(is_base64).strip_prefix(':')
        }
        '-' | '0'..='9' => number(text, true),
        '*' | 'A'..='Z' | 'a'..='z' => {
            let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+.^_`|~:/-".contains(c);
            Some(behind.trim_start_matches(is_token))
        }
        _ => None,
    }
}

/// What follows an integer, or a decimal where that may be.
fn number(text: &str, may_be_decimal: bool) -> Option<&str> {
    let text = text.strip_prefix('-').unwrap_or(text);
    let (whole, rest) = digits(text);
    match rest.strip_prefix('.').filter(|_| may_be_decimal) {
        None => (1..=15).contains(&whole).then_some(rest),
        Some(rest) => {
            let (fraction, rest) = digits(rest);
            let fits = (1..=12).contains(&whole) && (1..=3).contains(&fraction);
            fits.then_some(rest)
        }
    }
}

/// How many digits a text begins with, and what follows.
fn digits(text: &str) -> (usize, &str) {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    (text.len() - rest.len(), rest)
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

    /// Trust 27: a string with parameters is a string of RFC 9651.
    #[test]
    fn parameters_of_a_key_are_passed_over() {
        for parameters in PARAMETERS {
            let key = format!("\"k\"{parameters}");
            assert_eq!(read(&key).as_deref(), Some("k"), "{key}");
        }
        for parameters in NO_PARAMETERS {
            let key = format!("\"k\"{parameters}");
            assert_eq!(read(&key), None, "{key}");
        }
    }

    const PARAMETERS: [&str; 12] = [
        ";a=1",
        ";a",
        "; a=1;  *b-c.d_e=-12.5",
        ";a=\"x;\\\"y\"",
        ";a=token/x:y",
        ";a=:aGk=:",
        ";a=?1;b=?0",
        ";a=@1659578233",
        ";a=123456789012345",
        ";a=123456789012.123",
        ";a;a;a",
        ";a=*",
    ];

    const NO_PARAMETERS: [&str; 20] = [
        ";",
        ";a=",
        ";A=1",
        ";1a=1",
        " ;a=1",
        ";a =1",
        ";a= 1",
        ";a=1234567890123456",
        ";a=1.",
        ";a=1.1234",
        ";a=?2",
        ";a=:x",
        ";a=@1.5",
        ";a=\"x",
        ";a=,",
        ";a=(1)",
        ", \"l\"",
        ";a=1,",
        ";a=--1",
        "x",
    ];

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
        texts.extend(
            PARAMETERS
                .iter()
                .chain(&NO_PARAMETERS)
                .map(|with| format!("\"k\"{with}")),
        );
        texts.extend(["", "\"\"", "\"a", "\"a\"b", "椅子"].map(str::to_owned));
        for text in texts {
            let text = text.trim();
            assert_eq!(pattern.is_match(text), read(text).is_some(), "{text}");
        }
    }
}
