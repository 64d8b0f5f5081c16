//! `site.public_url`: the address by which clients reach the site, which only the operator knows.
//!
//! Behind a proxy a server sees neither the scheme nor the host nor the prefix that its clients use. It
//! must not know what is made of them.

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize as _, Deserializer, Serializer};

use super::origins;

/// A scheme, a host, perhaps a port, and perhaps a path that all addresses of the site begin with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    origin: String,
    prefix: String,
}

impl PublicUrl {
    /// Scheme, host and port, as browsers send it in `Origin`.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Host and port, as clients send it in `Host`.
    #[must_use]
    pub fn host(&self) -> &str {
        let parts = self.origin.split_once("://");
        parts.map_or("", |(_, host)| host)
    }

    /// Whether clients use TLS, so that cookies can be kept to it.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.origin.starts_with("https://")
    }

    /// What paths begin with: empty, or like `/shop`, without a slash at its end.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let wrong = |what: &str| format!("{text:?} {what}, like https://example.com/prefix");
        if text.contains(['?', '#']) {
            return Err(wrong("must be a URL without query and fragment"));
        }
        let after_scheme = text.find("://").map_or(0, |at| at + "://".len());
        let rest = text.get(after_scheme..).unwrap_or_default();
        let (_, prefix) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let origin = text.strip_suffix(prefix).unwrap_or(text);
        if after_scheme == 0 || !origins::is_origin(origin) || !has_plain_host(origin) {
            return Err(wrong("must be a URL with http or https and a host"));
        }
        let prefix = prefix.strip_suffix('/').unwrap_or(prefix);
        if !prefix.split('/').skip(1).all(is_segment) {
            let what = "may have only letters, digits and -._~ between the slashes of its path";
            return Err(wrong(what));
        }
        Ok(Self {
            origin: origins::as_sent(origin),
            prefix: prefix.to_owned(),
        })
    }
}

/// Without a slash at its end, so that a path can be put behind it.
impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.origin, self.prefix)
    }
}

/// Whether a part of a path reads the same wherever it is written, so that it needs no escapes.
pub(super) fn is_segment(segment: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    !matches!(segment, "" | "." | "..") && segment.bytes().all(is_plain)
}

/// Stricter than browsers: what stands here gets into pages and headers.
fn has_plain_host(origin: &str) -> bool {
    let host = origin.rsplit('/').next().unwrap_or_default();
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte);
    // The port stands behind the brackets of an IPv6 address, if there are any.
    let (address, rest) = host.split_at(host.rfind(']').map_or(0, |at| at + 1));
    let (name, port) = rest.split_once(':').unwrap_or((rest, "0"));
    let has_name = address.is_empty() != name.is_empty();
    has_name && host.bytes().all(is_plain) && port.parse::<u16>().is_ok()
}

#[expect(clippy::ref_option, reason = "the signature that serde wants")]
pub(super) fn serialize<S: Serializer>(url: &Option<PublicUrl>, to: S) -> Result<S::Ok, S::Error> {
    match url {
        Some(url) => to.collect_str(url),
        None => to.serialize_str(""),
    }
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<PublicUrl>, D::Error> {
    let text = String::deserialize(from)?;
    if text.is_empty() {
        return Ok(None);
    }
    PublicUrl::parse(&text).map(Some).map_err(D::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_an_origin_and_a_prefix() {
        for (text, shown, host, prefix) in [
            (
                "https://example.com",
                "https://example.com",
                "example.com",
                "",
            ),
            (
                "http://example.com/",
                "http://example.com",
                "example.com",
                "",
            ),
            (
                "http://localhost:3000",
                "http://localhost:3000",
                "localhost:3000",
                "",
            ),
            (
                "https://[::1]:8443/a",
                "https://[::1]:8443/a",
                "[::1]:8443",
                "/a",
            ),
            (
                "https://a.example/b/c-1/",
                "https://a.example/b/c-1",
                "a.example",
                "/b/c-1",
            ),
        ] {
            let url = PublicUrl::parse(text).unwrap();
            assert_eq!(url.to_string(), shown);
            assert_eq!((url.host(), url.prefix()), (host, prefix));
            assert_eq!(url.is_https(), text.starts_with("https"));
            assert_eq!(url.to_string(), format!("{}{}", url.origin(), url.prefix()));
        }
    }

    #[test]
    fn everything_else_is_refused_and_quoted() {
        for wrong in [
            "example.com",
            "ftp://example.com",
            "https://",
            "https:///a",
            "https://user@example.com",
            "https://example.com:port",
            "https://example.com:99999",
            "https://:443",
            "https://a:1:2",
            "https://[::1]a",
            "https://\"onload=",
            "https://example.com/?a=b",
            "https://example.com#a",
            "https://example.com//a",
            "https://example.com/a//",
            "https://example.com/../a",
            "https://example.com/a b",
            "https://example.com/%2e",
            "*",
        ] {
            let reason = PublicUrl::parse(wrong).unwrap_err();
            assert!(reason.contains(&format!("{wrong:?}")), "{reason}");
        }
    }
}
