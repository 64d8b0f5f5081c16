//! The configuration file as a layer: found, read, parsed.
//!
//! An error names the file and the position in it and never quotes a line, which may hold a secret. It
//! must not know which settings there are.

use std::path::{Path, PathBuf};

use figment::providers::{Format as _, Toml};
use figment::value::{Dict, Map, Value};
use figment::{Metadata, Profile, Provider};

use super::{ConfigError, wording};

/// Looked for in the working directory when no file is named.
const DEFAULT_FILE: &str = "ekiben.toml";

/// What a file holds.
pub(super) struct FileLayer {
    path: PathBuf,
    settings: Dict,
}

impl FileLayer {
    /// Reads the file that is `named`, or the one in the working directory if it is there.
    pub(super) fn read(named: Option<&Path>) -> Result<Option<Self>, ConfigError> {
        let path = named.unwrap_or(Path::new(DEFAULT_FILE));
        if named.is_none() && !path.exists() {
            return Ok(None);
        }
        let wrong = |reason: String| ConfigError::File {
            path: path.display().to_string(),
            reason,
        };
        let text = std::fs::read_to_string(path).map_err(|cause| wrong(cause.to_string()))?;
        let settings = Toml::from_str(&text).map_err(|error| {
            // Its `Display` quotes the line.
            let at = error.span().map_or(0, |span| span.start);
            let before = text.get(..at).unwrap_or_default();
            let line = before.matches('\n').count() + 1;
            wrong(format!(
                "line {line}: {}",
                wording::of_syntax(error.message())
            ))
        })?;
        let path = path.to_owned();
        Ok(Some(Self { path, settings }))
    }
}

impl FileLayer {
    /// Its name, for errors.
    pub(super) fn origin(&self) -> String {
        self.path.display().to_string()
    }

    /// The value of a dotted key.
    pub(super) fn value_mut(&mut self, key: &str) -> Option<&mut Value> {
        let mut keys = key.split('.');
        let first = self.settings.get_mut(keys.next()?);
        keys.fold(first, |value, key| match value? {
            Value::Dict(_, inner) => inner.get_mut(key),
            _ => None,
        })
    }
}

impl Provider for FileLayer {
    fn metadata(&self) -> Metadata {
        Metadata::from("configuration file", self.path.as_path())
    }

    fn data(&self) -> figment::error::Result<Map<Profile, Dict>> {
        Ok(Profile::Default.collect(self.settings.clone()))
    }
}
