//! What is wrong with a value, in the words of a configuration file and not of the program.
//!
//! The library that merges the layers speaks of the types of the program: "expected usize". It must not
//! know which settings there are.

use figment::error::{Actual, Kind};

/// What every wish for a whole number begins with.
const WHOLE: &str = "a whole number";

const TOO_LARGE: &str = "the number is too large";

/// What the parser of TOML says of a number with too many digits, and what a user is told.
pub(super) fn of_syntax(message: &str) -> &str {
    match message.trim_end() {
        "number too large to fit in target type" => TOO_LARGE,
        other => other,
    }
}

/// Whether it is a whole number that no setting is as large as.
fn is_large(actual: &Actual) -> bool {
    match actual {
        Actual::Unsigned(value) => *value > u128::from(u64::MAX),
        // What not even the parser's largest number holds is text to it.
        Actual::Str(text) => {
            let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            is_number && text.parse::<u64>().is_err()
        }
        // As large as these it is a number with too many digits.
        Actual::Float(value) => *value > 1.8e19 && value.fract() == 0.0,
        _ => false,
    }
}

/// Why a value does not fit.
pub(super) fn reason(kind: &Kind) -> String {
    match kind {
        Kind::InvalidType(actual, expected) | Kind::InvalidValue(actual, expected) => {
            let wanted = wanted(expected);
            match actual {
                _ if wanted.starts_with(WHOLE) && is_large(actual) => TOO_LARGE.to_owned(),
                Actual::Float(value) if wanted.starts_with(WHOLE) && value.fract() == 0.0 => {
                    format!(
                        "must be {wanted}, without a point or an exponent, not {}",
                        found(actual)
                    )
                }
                _ => format!("must be {wanted}, not {}", found(actual)),
            }
        }
        Kind::UnknownVariant(found, known) => {
            format!("must be one of {}, not {found:?}", known.join(", "))
        }
        Kind::ISizeOutOfRange(_) | Kind::USizeOutOfRange(_) => TOO_LARGE.to_owned(),
        Kind::InvalidLength(length, expected) => {
            format!("must be {}, not of length {length}", wanted(expected))
        }
        Kind::Message(message) => message.clone(),
        other => other.to_string(),
    }
}

fn wanted(expected: &str) -> String {
    let below = |bits: u32| format!("a whole number from 0 to {}", u64::MAX >> (64 - bits));
    match expected {
        "u8" => below(8),
        "u16" => below(16),
        "u32" => below(32),
        "u64" | "u128" | "usize" => "a whole number, 0 or more".to_owned(),
        "i8" | "i16" | "i32" | "i64" | "i128" | "isize" => "a whole number".to_owned(),
        "f32" | "f64" => "a number".to_owned(),
        "a boolean" => "true or false".to_owned(),
        "a string" | "a borrowed string" | "a character" | "path string" => {
            "text in quotes".to_owned()
        }
        "a sequence" => "a list".to_owned(),
        "a map" => "a section with settings".to_owned(),
        expected if expected.starts_with("struct ") => "a section with settings".to_owned(),
        expected if expected.starts_with("enum ") || expected.starts_with("variant ") => {
            "one of its words in quotes".to_owned()
        }
        other => other.to_owned(),
    }
}

/// What stands there instead.
pub(super) fn found(actual: &Actual) -> String {
    match actual {
        Actual::Bool(value) => value.to_string(),
        Actual::Unsigned(value) => value.to_string(),
        Actual::Signed(value) => value.to_string(),
        // As a fraction, as it was written: 1000.0 and not 1000.
        Actual::Float(value) => format!("{value:?}"),
        Actual::Char(value) => format!("{:?}", value.to_string()),
        Actual::Str(text) => format!("{text:?}"),
        Actual::Seq => "a list".to_owned(),
        Actual::Map => "a section".to_owned(),
        Actual::Unit | Actual::Option => "nothing".to_owned(),
        _ => "something else".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use crate::config::layers::{leaves, values};
    use crate::config::{Layers, Sources};

    /// Trust 25: whatever the type of a setting and the value, the message has no word of the program's.
    #[test]
    fn no_message_names_a_type_of_the_program() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ekiben.toml");
        let layers = Layers::load(&Sources::default()).unwrap();
        let keys = leaves(&values(&layers.merged).unwrap()).into_keys();
        let program = regex::Regex::new(
            "(?-u)\\b([ui](8|16|32|64|128|size)|f64|struct|enum|untagged|variant|bool|seq|sequence|signed|unsigned|unit|invalid type|Given)\\b",
        )
        .unwrap();
        let mut refused = 0;
        for key in keys {
            for value in [
                "true",
                "-1",
                "1.5",
                "70000000000000000000.5",
                "\"zzz zzz\"",
                "[[1]]",
                "[true]",
            ] {
                std::fs::write(&file, format!("{key} = {value}\n")).unwrap();
                let sources = Sources {
                    file: Some(file.clone()),
                    ..Sources::default()
                };
                let Err(error) = Layers::load(&sources) else {
                    continue;
                };
                let said = error.to_string();
                assert!(!program.is_match(&said), "{key} = {value}: {said}");
                assert!(said.contains(&key), "{key} = {value}: {said}");
                refused += 1;
            }
        }
        assert!(refused > 150, "{refused}");
        for (variable, text, end) in [
            (
                "WORKER_THREADS",
                "many",
                "must be a whole number, 0 or more, not \"many\"",
            ),
            (
                "HTTP__COMPRESS_ABOVE_BYTES",
                "70000",
                "must be a whole number from 0 to 65535, not 70000",
            ),
            (
                "MODE",
                "boss",
                "must be one of primary, replica, not \"boss\"",
            ),
            (
                "HTTP__COMPRESSION",
                "maybe",
                "must be true or false, not \"maybe\"",
            ),
        ] {
            let sources = Sources {
                environment: vec![(format!("EKIBEN_{variable}"), text.to_owned())],
                ..Sources::default()
            };
            let said = Layers::load(&sources).unwrap_err().to_string();
            assert!(said.ends_with(end), "{said}");
        }
    }
}
