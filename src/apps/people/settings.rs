//! The settings of the `[people]` section.

use serde::{Deserialize, Serialize};

/// Settings of this app; see `ekiben.example.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeopleSettings {
    /// Largest `limit` of a page.
    pub max_limit: usize,
    /// Most people in a list that is asked for without `limit`; the contract knows no bound, a server
    /// needs one.
    pub max_rows: usize,
}

impl Default for PeopleSettings {
    fn default() -> Self {
        Self {
            max_limit: 1_000,
            max_rows: 100_000,
        }
    }
}
