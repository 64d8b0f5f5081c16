//! The settings of the `[conduit]` section.

use serde::{Deserialize, Serialize};

use crate::config::Secret;

/// Settings of this app; see `ekiben.example.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConduitSettings {
    /// What tokens are signed with, 32 bytes at least. Without one a primary makes a key, once.
    pub secret: Secret,
    /// Days for which a token is good.
    pub token_days: u32,
    /// Articles of a page at most; a larger `limit` is taken as this.
    pub max_limit: usize,
    /// Tags that the list of tags holds at most.
    pub max_tags: usize,
    /// Comments that an article takes.
    pub max_comments: u32,
    /// Bytes that the comments of an article may have together.
    pub max_comment_bytes: u64,
}

impl Default for ConduitSettings {
    fn default() -> Self {
        Self {
            secret: Secret::default(),
            token_days: 60,
            max_limit: 100,
            max_tags: 10_000,
            max_comments: 100_000,
            max_comment_bytes: 16 * 1024 * 1024,
        }
    }
}

impl ConduitSettings {
    /// What is wrong with them.
    pub(super) fn flaw(&self) -> Option<&'static str> {
        [
            (
                self.token_days == 0,
                "conduit.token_days must be at least 1",
            ),
            (self.max_limit == 0, "conduit.max_limit must be at least 1"),
            (self.max_tags == 0, "conduit.max_tags must be at least 1"),
        ]
        .into_iter()
        .find_map(|(is_wrong, flaw)| is_wrong.then_some(flaw))
    }
}
