//! Where an app is: at the root of the site, under a path or at a host name of its own.
//!
//! It owns how a path of an app becomes an address and back. It must not know apps or routes.

/// Where one app is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mount {
    /// Without a slash at its end; empty at the root.
    prefix: String,
}

impl Mount {
    /// The address of one of the app's paths, which begins with a slash, as links and redirects have it.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.prefix)
    }

    /// The path under which the app's cookies are sent.
    #[must_use]
    pub fn cookie_path(&self) -> &str {
        if self.prefix.is_empty() {
            "/"
        } else {
            &self.prefix
        }
    }
}
