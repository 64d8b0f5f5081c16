//! Which build this process runs: the version and, where the build was told, the commit.
//!
//! It separates what clients cache, since another build may write the same rows in other bytes.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::sync::LazyLock;

/// The commit that the binary was built from, where the build was told.
#[must_use]
pub fn commit() -> Option<&'static str> {
    option_env!("EKIBEN_BUILD_COMMIT").filter(|commit| !commit.is_empty())
}

/// A text that no other build has. Without a commit there is nothing that separates builds of one version
/// apart, so it is another one in each process.
#[must_use]
pub fn identity() -> &'static str {
    static IDENTITY: LazyLock<String> = LazyLock::new(|| {
        let version = env!("CARGO_PKG_VERSION");
        match commit() {
            Some(commit) => format!("{version} {commit}"),
            None => format!("{version} {:016x}", random()),
        }
    });
    &IDENTITY
}

/// 64 bits from the system's source of randomness, by way of the keys of a hash map.
#[must_use]
pub fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}
