//! Where an app is: at the root of the site, under a path or at a host name of its own.
//!
//! It owns how a setting becomes a [`Mount`], and how a path of an app becomes an address. It must not
//! know apps or routes: whether two apps are in each other's way is found where they are mounted.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::public_url::is_segment;

/// Where one app is. A clone is cheap: pages have one each.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Mount {
    /// The host name, in lower case; `None` for whichever no app has to itself.
    host: Option<Arc<str>>,
    /// What its paths begin with, without a slash at the end; empty at the root.
    prefix: Arc<str>,
    /// What a proxy in front takes away before that: the prefix of `site.public_url`.
    outside: Arc<str>,
}

impl Mount {
    /// The same behind a proxy that takes `prefix` away from the addresses that clients use.
    #[must_use]
    pub fn behind(self, prefix: &str) -> Self {
        let outside = prefix.into();
        Self { outside, ..self }
    }

    /// The address of one of the app's paths, which begins with a slash, as links, redirects and forms
    /// have it.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        [&*self.outside, &*self.prefix, path].concat()
    }

    /// The address of a path of the site's own, such as `/docs`.
    #[must_use]
    pub fn site_url(&self, path: &str) -> String {
        [&*self.outside, path].concat()
    }

    /// The `Path` of the app's cookies.
    #[must_use]
    pub fn cookie_path(&self) -> String {
        self.url("/")
    }

    /// The host name, if the app has one to itself.
    #[must_use]
    pub fn host(&self) -> Option<&str> {
        self.host.as_deref()
    }

    /// What the server sees paths begin with, without a slash at the end.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The root of its host.
    #[must_use]
    pub fn root_of_host(&self) -> Self {
        Self {
            host: self.host.clone(),
            ..Self::default()
        }
    }

    fn parse(text: &str) -> Result<Self, String> {
        if text == "/" {
            return Ok(Self::default());
        }
        if let Some(path) = text.strip_prefix('/') {
            if !path.split('/').all(is_segment) {
                return Err(format!(
                    "{text:?} is not a path like /shop: letters, digits and -._~ between slashes, none at the end"
                ));
            }
            return Ok(Self {
                prefix: text.into(),
                ..Self::default()
            });
        }
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        let is_label = |label: &str| !label.is_empty() && label.bytes().all(is_name);
        if !text.split('.').all(is_label) {
            return Err(format!(
                "{text:?} is neither a path like /shop nor a host name like shop.example.org, without scheme and port"
            ));
        }
        Ok(Self {
            host: Some(text.to_ascii_lowercase().into()),
            ..Self::default()
        })
    }
}

/// As the setting has it.
impl fmt::Display for Mount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.host, &*self.prefix) {
            (Some(host), _) => f.write_str(host),
            (None, "") => f.write_str("/"),
            (None, prefix) => f.write_str(prefix),
        }
    }
}

impl TryFrom<String> for Mount {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text)
    }
}

impl From<Mount> for String {
    fn from(mount: Mount) -> Self {
        mount.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mount_is_the_root_a_path_or_a_host() {
        for (text, host, url, cookie_path) in [
            ("/", None, "/docs", "/"),
            ("/english", None, "/english/docs", "/english/"),
            ("/a/b-1", None, "/a/b-1/docs", "/a/b-1/"),
            ("EN.example.org", Some("en.example.org"), "/docs", "/"),
            ("localhost", Some("localhost"), "/docs", "/"),
        ] {
            let mount = Mount::parse(text).unwrap();
            assert_eq!(mount.host(), host);
            assert_eq!(mount.url("/docs"), url);
            assert_eq!(mount.cookie_path(), cookie_path);
            assert_eq!(mount.to_string(), text.to_ascii_lowercase());
        }
    }

    #[test]
    fn behind_a_proxy_addresses_begin_with_its_prefix() {
        let mount = Mount::parse("/english").unwrap().behind("/flask");
        assert_eq!(mount.url("/a"), "/flask/english/a");
        assert_eq!(mount.site_url("/docs"), "/flask/docs");
        assert_eq!(mount.prefix(), "/english");
    }

    #[test]
    fn everything_else_is_refused_and_quoted() {
        for wrong in [
            "",
            "//",
            "/english/",
            "/a//b",
            "/../a",
            "/a b",
            "/{id}",
            "/a?b",
            "https://a.example",
            "a.example:80",
            "a.example/b",
            "a..example",
            "*",
        ] {
            let reason = Mount::parse(wrong).unwrap_err();
            assert!(reason.contains(&format!("{wrong:?}")), "{reason}");
        }
    }
}
