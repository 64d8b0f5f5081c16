//! Where a value comes from: layers of one value with their origin, and the origin of any value in words.
//!
//! It must not know which settings there are.

use figment::value::{Dict, Map, Value};
use figment::{Figment, Metadata, Profile, Provider};

/// How the origin of a value begins that comes from the command line.
pub(super) const FLAG: &str = "flag";

/// A layer of one key.
pub(super) struct SingleValue {
    pub(super) origin: String,
    pub(super) key: String,
    pub(super) value: Value,
}

impl Provider for SingleValue {
    fn metadata(&self) -> Metadata {
        Metadata::named(self.origin.clone())
    }

    fn data(&self) -> figment::error::Result<Map<Profile, Dict>> {
        let nested = figment::util::nest(&self.key, self.value.clone());
        Ok(Profile::Default.collect(nested.into_dict().unwrap_or_default()))
    }
}

/// The layer that a key's value comes from, in words.
pub(super) fn origin(merged: &Figment, key: &str) -> String {
    let metadata = merged.find_metadata(key);
    metadata.map_or_else(|| "the configuration".to_owned(), in_words)
}

pub(super) fn in_words(metadata: &Metadata) -> String {
    match &metadata.source {
        Some(figment::Source::File(path)) => path.display().to_string(),
        Some(figment::Source::Code(_)) => "the defaults".to_owned(),
        _ => metadata.name.to_string(),
    }
}
