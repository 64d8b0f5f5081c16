//! Secrets that are mounted as files: `admin.token_file` names the file that holds `admin.token`.
//!
//! Every secret setting has such a setting beside it, by its type ([`Secret`](super::Secret)). The path
//! may be shown and the content never; errors name the path alone. It must not know which secrets there
//! are.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use figment::Figment;
use figment::value::Value;

use super::ConfigError;
use super::value_origin::{SingleValue, origin};

/// More than any key or token has. A larger file is not the one that was meant.
const LARGEST_FILE: u64 = 64 * 1024;

/// What older versions printed in place of a secret. Whoever printed a configuration into a file has it
/// there, and would have a token that everybody knows.
const PLACEHOLDER: &str = "(hidden)";

/// The setting that names the file of the secret `key`.
pub(super) fn file_key(key: &str) -> String {
    format!("{key}_file")
}

/// Reads the files that `merged` names into the settings of `secrets`, which are dotted keys.
pub(super) fn read_all(
    mut merged: Figment,
    secrets: &BTreeSet<String>,
) -> Result<Figment, ConfigError> {
    for key in secrets {
        let file_key = file_key(key);
        let wrong = |key: &str, reason: String| ConfigError::BadValue {
            key: key.to_owned(),
            origin: origin(&merged, key),
            reason,
        };
        let Ok(Value::String(_, path)) = merged.find_value(&file_key) else {
            return Err(wrong(&file_key, "must be a path in quotes".to_owned()));
        };
        let given = merged.find_value(key).ok();
        let given = given.as_ref().and_then(Value::as_str).unwrap_or_default();
        if path.is_empty() {
            if given == PLACEHOLDER {
                return Err(wrong(key, no_secret()));
            }
            continue;
        }
        if !given.is_empty() {
            let other = origin(&merged, &file_key);
            let reason = format!("`{file_key}` is given too, in {other}; keep one of the two");
            return Err(wrong(key, reason));
        }
        let secret = read(Path::new(&path)).map_err(|reason| wrong(&file_key, reason))?;
        merged = merged.merge(SingleValue {
            origin: format!("file {path}"),
            key: key.clone(),
            value: secret.into(),
        });
    }
    Ok(merged)
}

fn read(path: &Path) -> Result<String, String> {
    let unreadable = |cause: io::Error| format!("cannot read {}: {cause}", path.display());
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(LARGEST_FILE + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    if bytes.len() as u64 > LARGEST_FILE {
        return Err(format!("{} is larger than 64 KiB", path.display()));
    }
    let Ok(text) = String::from_utf8(bytes) else {
        return Err(format!("{} is not UTF-8 text", path.display()));
    };
    // Editors and `echo` end a file with a line break; what else is there belongs to the secret.
    let secret = text.strip_suffix('\n').unwrap_or(&text);
    let secret = secret.strip_suffix('\r').unwrap_or(secret);
    match secret {
        "" => Err(format!("{} is empty", path.display())),
        PLACEHOLDER => Err(format!("{}: {}", path.display(), no_secret())),
        secret => Ok(secret.to_owned()),
    }
}

fn no_secret() -> String {
    format!("{PLACEHOLDER} stands for a secret that was not shown, and is none")
}
