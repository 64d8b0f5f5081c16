//! The settings of the `[isuumo]` section.

use serde::{Deserialize, Serialize};

/// Settings of this app; see `ekiben.example.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IsuumoSettings {
    /// Answer crawlers with 503, as the contest's rules allow.
    pub shed_bots: bool,
    /// Largest `perPage` of a search; the contract knows no bound, a server needs one.
    pub max_per_page: i64,
    /// Most vertices of a nazotte polygon.
    pub max_vertices: usize,
    /// Most elements of a `features` parameter.
    pub max_features: usize,
}

impl Default for IsuumoSettings {
    fn default() -> Self {
        Self {
            shed_bots: false,
            max_per_page: 50_000,
            max_vertices: 1_000,
            max_features: 50,
        }
    }
}
