//! The settings of the `[english]` section.

use serde::{Deserialize, Serialize};

use crate::config::Secret;

/// Settings of this app; see `ekiben.example.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnglishSettings {
    /// What sessions are sealed with, 32 bytes at least. Without one a primary makes a key, once.
    pub secret: Secret,
    /// Whether anybody can make an account.
    pub sign_up: bool,
}

impl Default for EnglishSettings {
    fn default() -> Self {
        Self {
            secret: Secret::default(),
            sign_up: true,
        }
    }
}

impl EnglishSettings {
    /// What is wrong with them.
    pub(super) fn flaw(&self) -> Option<&'static str> {
        None
    }
}
