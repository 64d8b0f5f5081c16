//! The effective configuration as TOML, each value with the layer it comes from.
//!
//! What is printed can be used as a configuration file. A secret that is set is a comment in it, so that
//! nothing printed in its place becomes the secret.

use std::fmt::Write as _;

use figment::value::Value;

use super::layers::{leaves, values};
use super::{ConfigError, Layers};

/// What `ekiben serve --print-config` shows; it can be used as a configuration file.
///
/// # Errors
/// When the layers cannot be read any more.
pub fn print(layers: &Layers) -> Result<String, ConfigError> {
    let leaves = leaves(&values(&layers.merged)?);
    let settings: Vec<_> = leaves
        .iter()
        .map(|(key, value)| (key.as_str(), setting(layers, key, value)))
        .collect();
    let lengths = settings.iter().map(|(_, setting)| setting.chars().count());
    let width = lengths.max().unwrap_or_default();
    let mut text = String::new();
    let mut section = "";
    // Keys without a section come first, as TOML wants it.
    let (tables, top): (Vec<_>, Vec<_>) = settings.iter().partition(|(key, _)| key.contains('.'));
    for (key, setting) in top.into_iter().chain(tables) {
        let here = key.rsplit_once('.').map_or("", |(section, _)| section);
        if here != section {
            section = here;
            let _infallible = writeln!(text, "\n[{section}]");
        }
        // A path may hold line breaks, and what follows one would be a setting.
        let origin = layers.origin(key).replace(char::is_control, " ");
        let _infallible = writeln!(text, "{setting:width$}  # {origin}");
    }
    Ok(text)
}

/// `key = value`, or a comment in place of a secret.
fn setting(layers: &Layers, key: &str, value: &Value) -> String {
    let name = key.rsplit_once('.').map_or(key, |(_, last)| last);
    if layers.secrets.contains(key) && value.as_str().is_some_and(|secret| !secret.is_empty()) {
        return format!("# {name} is set, and not shown");
    }
    format!("{name} = {}", toml(value))
}

fn toml(value: &Value) -> String {
    match value {
        Value::String(_, text) => quoted_text(text),
        Value::Char(_, letter) => quoted_text(letter.encode_utf8(&mut [0; 4])),
        Value::Bool(_, flag) => flag.to_string(),
        Value::Num(_, number) => number
            .to_u128()
            .map(|whole| whole.to_string())
            .or_else(|| number.to_i128().map(|whole| whole.to_string()))
            .or_else(|| number.to_f64().map(|real| real.to_string()))
            .unwrap_or_default(),
        Value::Array(_, items) => {
            format!(
                "[{}]",
                items.iter().map(toml).collect::<Vec<_>>().join(", ")
            )
        }
        Value::Empty(..) | Value::Dict(..) => "\"\"".to_owned(),
    }
}

/// A text as a basic string of TOML.
fn quoted_text(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            control if control.is_control() => {
                let _infallible = write!(quoted, "\\u{:04X}", u32::from(control));
            }
            plain => quoted.push(plain),
        }
    }
    quoted.push('"');
    quoted
}
