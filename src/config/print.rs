//! The effective configuration as TOML, each value with the layer it comes from.

use std::fmt::Write as _;

use figment::value::{Dict, Value};

use super::layers::{leaves, origin};
use super::{ConfigError, Layers};

/// What `ekiben serve --print-config` shows; it can be used as a configuration file.
///
/// # Errors
/// When the layers cannot be read any more.
pub fn print(layers: &Layers) -> Result<String, ConfigError> {
    let merged = &layers.merged;
    let all = merged
        .extract::<Dict>()
        .map_err(|error| ConfigError::BadValue {
            key: error.path.join("."),
            origin: origin(merged, ""),
            reason: error.kind.to_string(),
        })?;
    let leaves = leaves(&all);
    let width = leaves
        .iter()
        .map(|(key, value)| last(key).len() + shown(key, value).len() + 3)
        .max()
        .unwrap_or_default();
    let mut text = String::new();
    let mut section = "";
    // Keys without a section come first, as TOML wants it.
    let (tables, top): (Vec<_>, Vec<_>) = leaves.iter().partition(|(key, _)| key.contains('.'));
    for (key, value) in top.into_iter().chain(tables) {
        let here = key.rsplit_once('.').map_or("", |(section, _)| section);
        if here != section {
            section = here;
            let _infallible = writeln!(text, "\n[{section}]");
        }
        let setting = format!("{} = {}", last(key), shown(key, value));
        let _infallible = writeln!(text, "{setting:width$}  # {}", origin(merged, key));
    }
    Ok(text)
}

fn last(key: &str) -> &str {
    key.rsplit_once('.').map_or(key, |(_, last)| last)
}

/// A value as TOML; secrets stay secret.
fn shown(key: &str, value: &Value) -> String {
    match toml(value) {
        secret if last(key) == "token" && secret != "\"\"" => "\"(hidden)\"".to_owned(),
        other => other,
    }
}

fn toml(value: &Value) -> String {
    match value {
        Value::String(_, text) => format!("{text:?}"),
        Value::Char(_, letter) => format!("\"{letter}\""),
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
