//! Values as Python writes them, which the original's messages quote.

use super::json::JsonValue;

/// Characters of a value that a message quotes at most: a body may be a megabyte.
const QUOTED: usize = 1_000;

/// `repr(value)`, cut off where it is long.
pub(super) fn repr(value: &JsonValue) -> String {
    let mut out = String::new();
    write(value, &mut out);
    if let Some((cut, _)) = out.char_indices().nth(QUOTED) {
        out.truncate(cut);
        out.push('…');
    }
    out
}

fn write(value: &JsonValue, out: &mut String) {
    if is_enough(out) {
        return;
    }
    match value {
        JsonValue::Null => out.push_str("None"),
        JsonValue::Bool(true) => out.push_str("True"),
        JsonValue::Bool(false) => out.push_str("False"),
        JsonValue::Integer(number) => out.push_str(&number.to_string()),
        // What is not quoted need not be written.
        JsonValue::LongInteger(digits) => out.extend(digits.chars().take(QUOTED + 1)),
        JsonValue::Float(number) => out.push_str(&float_repr(*number)),
        JsonValue::Text(text) => string(text, out),
        JsonValue::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().take(QUOTED).enumerate() {
                separate(index, out);
                write(item, out);
            }
            out.push(']');
        }
        JsonValue::Object(fields) => {
            out.push('{');
            for (index, (key, item)) in fields.iter().take(QUOTED).enumerate() {
                separate(index, out);
                string(key, out);
                out.push_str(": ");
                write(item, out);
            }
            out.push('}');
        }
    }
}

/// Whether there is more than will be quoted: a character has four bytes at most.
fn is_enough(out: &str) -> bool {
    out.len() > 4 * QUOTED
}

fn separate(index: usize, out: &mut String) {
    if index > 0 {
        out.push_str(", ");
    }
}

/// The shortest digits that give the number, as Rust finds them too; an exponent has a sign and two
/// digits, and is used from 1e16 and below 1e-4 on.
fn float_repr(float: f64) -> String {
    let size = float.abs();
    if float == 0.0 || float.is_infinite() || (1e-4..1e16).contains(&size) {
        return format!("{float:?}");
    }
    let text = format!("{float:e}");
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (sign, exponent) = match exponent.strip_prefix('-') {
        Some(exponent) => ('-', exponent),
        None => ('+', exponent),
    };
    format!("{digits}e{sign}{exponent:0>2}")
}

/// In single quotes, unless it holds such and no double ones.
fn string(text: &str, out: &mut String) {
    let quote = if text.contains('\'') && !text.contains('"') {
        '"'
    } else {
        '\''
    };
    out.push(quote);
    // What is not quoted need not be written.
    for character in text.chars().take(QUOTED + 1) {
        match character {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c == quote => {
                out.push('\\');
                out.push(c);
            }
            c if is_printable(c) => out.push(c),
            c => out.push_str(&match u32::from(c) {
                code @ ..=0xff => format!("\\x{code:02x}"),
                code @ ..=0xffff => format!("\\u{code:04x}"),
                code => format!("\\U{code:08x}"),
            }),
        }
    }
    out.push(quote);
}

fn is_printable(character: char) -> bool {
    let is_space = character.is_whitespace() && character != ' ';
    // Rust escapes in messages what is not printable, as Python does; also a mark that has no letter
    // before it, which here it is given.
    let text: String = ['a', character].iter().collect();
    let is_escaped = text.escape_debug().skip(1).take(2).eq("\\u".chars());
    !is_space && !is_escaped
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn repr_of(text: &str) -> String {
        repr(&JsonValue::parse(text.as_bytes()).unwrap())
    }

    #[test]
    fn values_are_written_as_python_does() {
        for (value, expected) in [
            (json!(null), "None"),
            (json!([true, false]), "[True, False]"),
            (json!({"a": [{"b": null}]}), "{'a': [{'b': None}]}"),
            (json!("20"), "'20'"),
            (json!("it's"), "\"it's\""),
            (json!("both ' and \""), "'both \\' and \"'"),
            (
                json!("a\\b\n\u{7f}\u{200b}é椅"),
                "'a\\\\b\\n\\x7f\\u200bé椅'",
            ),
            (json!("e\u{301}"), "'e\u{301}'"),
            (json!("\u{301}"), "'\u{301}'"),
            (json!("\u{a0}"), "'\\xa0'"),
            (json!(-7), "-7"),
            (
                json!(18_446_744_073_709_551_615_u64),
                "18446744073709551615",
            ),
        ] {
            assert_eq!(repr_of(&value.to_string()), expected);
        }
    }

    #[test]
    fn numbers_have_their_exponents_as_python_does() {
        for (text, expected) in [
            ("8.0", "8.0"),
            ("1.5e3", "1500.0"),
            ("1e15", "1000000000000000.0"),
            ("1e16", "1e+16"),
            ("1.25e100", "1.25e+100"),
            ("0.0001", "0.0001"),
            ("0.00001", "1e-05"),
            ("-0.0", "-0.0"),
            ("1e400", "inf"),
            ("-1e400", "-inf"),
        ] {
            assert_eq!(repr_of(text), expected, "{text}");
        }
    }

    #[test]
    fn long_values_are_cut_off() {
        for text in [
            json!("椅".repeat(5_000)).to_string(),
            "7".repeat(5_000),
            json!(vec!["7"; 5_000]).to_string(),
        ] {
            let long = repr_of(&text);
            assert_eq!(long.chars().count(), QUOTED + 1);
            assert!(long.ends_with('…'));
        }
    }

    #[test]
    fn nothing_is_rounded_and_nothing_changes_places() {
        for (text, expected) in [
            ("18446744073709551616", "18446744073709551616"),
            ("-9223372036854775809", "-9223372036854775809"),
            ("-0", "0"),
            (
                r#"{"z": 1, "a": {"y": [1e2], "b": 12345678901234567890123}, "z": 2}"#,
                "{'z': 2, 'a': {'y': [100.0], 'b': 12345678901234567890123}}",
            ),
        ] {
            assert_eq!(repr_of(text), expected);
        }
    }
}
