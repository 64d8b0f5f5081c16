//! Which host a request asks: one answer for routing, for addresses in pages and for what is refused.
//!
//! The target's host counts before the header `Host` (RFC 9112, 3.2.2); HTTP/2 has it in the target
//! (`:authority`). What cannot be a host was refused before (`transport/head.rs`). It must not know which
//! hosts are ours.

use std::net::IpAddr;

use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, Uri, header};

use crate::config::{Mount, PublicUrl};

/// The longest host with a port that is repeated in an answer.
const LONGEST: usize = 100;

/// The host that a client asks, perhaps with a port, as it was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AskedHost<'r>(&'r str);

impl<'r> AskedHost<'r> {
    /// `None` where a request names none, as those of no browser and no HTTP/1.1 may. What is no text is a
    /// host without a name.
    pub(crate) fn of(uri: &'r Uri, headers: &'r HeaderMap) -> Option<Self> {
        let target = uri.authority().map(Authority::as_str);
        let text = |host: &'r HeaderValue| host.to_str().unwrap_or_default();
        let header = || headers.get(header::HOST).map(text);
        target.or_else(header).map(Self)
    }

    /// With the port, if there is one.
    pub(crate) fn as_str(self) -> &'r str {
        self.0
    }

    /// In lower case, without port and without the dot of the root.
    pub(crate) fn name(self) -> String {
        self.bare().trim_end_matches('.').to_ascii_lowercase()
    }

    /// Whether it is an address, for which nobody's name can stand.
    pub(crate) fn is_address(self) -> bool {
        self.address().is_some()
    }

    /// Whether it names this machine wherever it is resolved (RFC 6761, 6.3).
    pub(crate) fn is_loopback(self) -> bool {
        let name = self.name();
        name == "localhost"
            || name.ends_with(".localhost")
            || self.address().is_some_and(|address| address.is_loopback())
    }

    fn address(self) -> Option<IpAddr> {
        let address: IpAddr = self.bare().parse().ok()?;
        Some(address.to_canonical())
    }

    /// Without the port, and without the brackets of an IPv6 address.
    fn bare(self) -> &'r str {
        let bare = match self.0.strip_prefix('[') {
            Some(literal) => literal.split(']').next(),
            None => self.0.split(':').next(),
        };
        bare.unwrap_or_default()
    }
}

impl<'r> From<&'r str> for AskedHost<'r> {
    /// Of a name or an address as a request would have it.
    fn from(host: &'r str) -> Self {
        Self(host)
    }
}

/// The host that a client asks, if it reads the same in a page and in a shell.
pub(super) fn plain_host(uri: &Uri, headers: &HeaderMap) -> Option<String> {
    let host = AskedHost::of(uri, headers)?.as_str();
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
    let is_short = (1..=LONGEST).contains(&host.len());
    (is_short && host.bytes().all(is_plain)).then(|| host.to_ascii_lowercase())
}

/// The whole address of `path` of an app, as the client of a request reaches it: at the public address, if
/// that is known and the app has no host of its own; else at the host that was asked. For answers that name
/// addresses to their own client only: whoever makes a host up fools nobody else.
#[must_use]
pub fn whole_address(
    mount: &Mount,
    public_url: Option<&PublicUrl>,
    (uri, headers): (&Uri, &HeaderMap),
    path: &str,
) -> String {
    let path = mount.url(path);
    match (public_url, mount.host()) {
        (Some(url), None) => format!("{}{path}", url.origin()),
        (_, own) => {
            let is_https = public_url.is_some_and(PublicUrl::is_https);
            let scheme = if is_https { "https" } else { "http" };
            let asked = plain_host(uri, headers);
            let host = asked.as_deref().or(own).unwrap_or("localhost");
            format!("{scheme}://{host}{path}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Trust 4: whoever asks which host is meant gets the same answer.
    #[test]
    fn the_target_says_more_than_the_header() {
        let header = HeaderValue::from_static("b.example:1");
        let headers = HeaderMap::from_iter([(header::HOST, header)]);
        for (uri, headers, expected) in [
            ("/", &headers, Some("b.example:1")),
            ("http://a.example/", &headers, Some("a.example")),
            ("http://a.example/", &HeaderMap::new(), Some("a.example")),
            ("/", &HeaderMap::new(), None),
        ] {
            let uri = Uri::from_static(uri);
            let asked = AskedHost::of(&uri, headers);
            assert_eq!(asked.map(AskedHost::as_str), expected, "{uri}");
        }
        let no_text = HeaderValue::from_bytes(b"\xe6").unwrap();
        let headers = HeaderMap::from_iter([(header::HOST, no_text)]);
        let uri = Uri::from_static("/");
        assert_eq!(AskedHost::of(&uri, &headers), Some(AskedHost("")));
    }

    /// Trust 4: names of this machine are those that nobody can point elsewhere.
    #[test]
    fn names_of_this_machine_and_addresses() {
        for (host, name, is_loopback, is_address) in [
            ("localhost:1323", "localhost", true, false),
            ("LOCALHOST.", "localhost", true, false),
            ("shop.localhost", "shop.localhost", true, false),
            ("127.8.9.1:80", "127.8.9.1", true, true),
            ("[::1]:1324", "::1", true, true),
            ("[::ffff:127.0.0.1]", "::ffff:127.0.0.1", true, true),
            ("[::2]", "::2", false, true),
            ("10.0.0.1", "10.0.0.1", false, true),
            ("Isu.example.:80", "isu.example", false, false),
            (
                "localhost.evil.example",
                "localhost.evil.example",
                false,
                false,
            ),
            ("evillocalhost", "evillocalhost", false, false),
            (
                "127.0.0.1.evil.example",
                "127.0.0.1.evil.example",
                false,
                false,
            ),
            ("", "", false, false),
        ] {
            let asked = AskedHost(host);
            assert_eq!(asked.name(), name);
            assert_eq!(asked.is_loopback(), is_loopback, "{host}");
            assert_eq!(asked.is_address(), is_address, "{host}");
        }
    }

    #[test]
    fn whole_addresses_have_the_public_host_or_the_one_that_was_asked() {
        let of = |mount: &str, public: Option<&str>, host: &'static str| {
            let mount = Mount::try_from(mount.to_owned()).unwrap();
            let public = public.map(|url| PublicUrl::parse(url).unwrap());
            let mount = mount.behind(public.as_ref().map_or("", PublicUrl::prefix));
            let headers = HeaderMap::from_iter([(header::HOST, HeaderValue::from_static(host))]);
            let asked = (&Uri::from_static("/x"), &headers);
            whole_address(&mount, public.as_ref(), asked, "/sentences/1")
        };
        assert_eq!(
            of("/", None, "A.example:8"),
            "http://a.example:8/sentences/1"
        );
        assert_eq!(of("/drill", None, "a"), "http://a/drill/sentences/1");
        assert_eq!(of("/", None, "a<b"), "http://localhost/sentences/1");
        let public = Some("https://box.example/all");
        let whole = "https://box.example/all/drill/sentences/1";
        assert_eq!(of("/drill", public, "evil.example"), whole);
        let own = "https://drill.example/all/sentences/1";
        assert_eq!(of("drill.example", public, "drill.example"), own);
    }
}
