//! What can be wrong with the configuration: always a key, where it was set, and why.

/// A setting that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A key that no setting has.
    #[error("unknown setting `{key}` in {origin}")]
    UnknownKey {
        /// The key, dotted.
        key: String,
        /// The layer that set it.
        origin: String,
    },
    /// A value that does not fit its setting.
    #[error("setting `{key}` in {origin}: {reason}")]
    BadValue {
        /// The key, dotted.
        key: String,
        /// The layer that set it.
        origin: String,
        /// What is wrong.
        reason: String,
    },
    /// A setting that does not fit what the server is to do, found by whoever uses it.
    #[error("setting `{key}`: {reason}")]
    Unusable {
        /// The key, dotted.
        key: String,
        /// What is wrong, and what to do.
        reason: String,
    },
    /// An environment variable that is not text.
    #[error("environment variable {name} is not UTF-8 text")]
    NotText {
        /// Its name.
        name: String,
    },
    /// The configuration file cannot be read.
    #[error("cannot read the configuration file {path}: {reason}")]
    File {
        /// Its path.
        path: String,
        /// Why.
        reason: String,
    },
}

impl ConfigError {
    /// What the user can do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        "See ekiben.example.toml for all settings, and `ekiben serve --print-config` for the \
         effective ones."
    }
}
