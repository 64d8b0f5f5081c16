//! Who asks: the address of the client behind a request, as its limits count it.
//!
//! The peer of the connection, unless that is a proxy that the configuration trusts; then what the
//! proxy says in the configured header. What others say of themselves never counts. It must not decide
//! what a client may do.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::{Extensions, HeaderMap, HeaderName, HeaderValue};
use ipnet::IpNet;

use crate::config::AddressHeader;

/// The proxies whose word counts.
#[derive(Debug, Clone)]
pub struct Proxies {
    trusted: Vec<IpNet>,
    header: HeaderName,
}

/// Whom requests are counted for: an IPv4 address, or an IPv6 network of 64 bits, which is what one
/// customer of a provider has at least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Client(IpAddr);

impl Client {
    /// The client at an address.
    #[must_use]
    pub fn at(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
            }
            v4 @ IpAddr::V4(_) => v4,
        })
    }
}

impl fmt::Display for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            IpAddr::V4(address) => write!(f, "{address}"),
            IpAddr::V6(network) => write!(f, "{network}/64"),
        }
    }
}

impl Proxies {
    /// Proxies in the networks `trusted`, which name their client in `header`.
    #[must_use]
    pub fn new(trusted: Vec<IpNet>, header: AddressHeader) -> Self {
        Self {
            trusted,
            header: HeaderName::from_static(header.name()),
        }
    }

    /// The client that sent a request with these extensions and headers, and the peer that it came from.
    #[must_use]
    pub fn client(&self, extensions: &Extensions, headers: &HeaderMap) -> (Client, IpAddr) {
        let peer = extensions.get::<ConnectInfo<SocketAddr>>();
        // Only a request that came over no socket has no peer. All of them count as one client rather
        // than as none.
        let peer = peer.map_or(Ipv4Addr::UNSPECIFIED.into(), |info| info.0.ip());
        let peer = peer.to_canonical();
        (Client::at(self.address(peer, headers)), peer)
    }

    /// Walks the header from its end, where the proxy nearest to us wrote: what a trusted one wrote
    /// counts, what stands before an address that is not trusted is anybody's invention.
    fn address(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut address = peer;
        if !self.trusts(peer) {
            return address;
        }
        for entry in headers.get_all(&self.header).iter().rev().flat_map(entries) {
            let Some(next) = parse(entry) else {
                // "unknown", or garbage: the last proxy that said something is who asks.
                return address;
            };
            address = next;
            if !self.trusts(address) {
                return address;
            }
        }
        address
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.trusted
            .iter()
            .any(|network| network.contains(&address))
    }
}

/// The elements of a list from its end; empty ones are none (RFC 9110, section 5.6.1).
fn entries(line: &HeaderValue) -> impl Iterator<Item = &[u8]> {
    let elements = line.as_bytes().rsplit(|&byte| byte == b',');
    elements
        .map(<[u8]>::trim_ascii)
        .filter(|element| !element.is_empty())
}

/// An address, with or without brackets and a port.
fn parse(entry: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(entry).ok()?;
    let in_brackets = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    let address = text
        .parse()
        .ok()
        .or_else(|| Some(text.parse::<SocketAddr>().ok()?.ip()))
        .or_else(|| in_brackets().map(IpAddr::V6));
    address.map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use axum::extract::Request;

    use super::*;

    const HEADER: &str = "x-forwarded-for";

    fn proxies(header: AddressHeader) -> Proxies {
        let trusted = ["10.0.0.0/8", "192.0.2.1/32", "fd00::/8"];
        let trusted = trusted.map(|network| network.parse().unwrap());
        Proxies::new(trusted.to_vec(), header)
    }

    fn client(proxies: &Proxies, peer: &str, headers: &[(&str, &[u8])]) -> String {
        let mut request = Request::new(axum::body::Body::empty());
        for (name, value) in headers {
            let name = HeaderName::try_from(*name).unwrap();
            let value = HeaderValue::from_bytes(value).unwrap();
            request.headers_mut().append(name, value);
        }
        let peer = SocketAddr::new(peer.parse().unwrap(), 5);
        request.extensions_mut().insert(ConnectInfo(peer));
        let (client, _) = proxies.client(request.extensions(), request.headers());
        client.to_string()
    }

    /// Who asks, by peer and lines of `X-Forwarded-For`.
    #[test]
    fn the_list_counts_as_far_as_trusted_proxies_wrote_it() {
        let proxies = proxies(AddressHeader::XForwardedFor);
        for (peer, lines, expected) in [
            // No list.
            ("203.0.113.1", &[][..], "203.0.113.1"),
            ("10.0.0.1", &[], "10.0.0.1"),
            ("10.0.0.1", &["", " , "], "10.0.0.1"),
            // From those who are not trusted.
            ("203.0.113.1", &["198.51.100.1"], "203.0.113.1"),
            ("192.0.2.2", &["198.51.100.1"], "192.0.2.2"),
            ("fe80::1", &["198.51.100.1"], "fe80::/64"),
            // One proxy, and what the client made up before it.
            ("10.0.0.1", &["198.51.100.1"], "198.51.100.1"),
            ("10.0.0.1", &["1.1.1.1, 198.51.100.1"], "198.51.100.1"),
            (
                "10.0.0.1",
                &["1.1.1.1,10.0.0.9,198.51.100.1"],
                "198.51.100.1",
            ),
            ("10.0.0.1", &["x\u{e9}'\"; , 198.51.100.1"], "198.51.100.1"),
            // Several proxies, in one line and in several.
            (
                "10.0.0.1",
                &["1.1.1.1, 198.51.100.1, 192.0.2.1"],
                "198.51.100.1",
            ),
            (
                "10.0.0.1",
                &["1.1.1.1, 198.51.100.1", "192.0.2.1, 10.2.3.4"],
                "198.51.100.1",
            ),
            (
                "10.0.0.1",
                &["198.51.100.1,", " ,10.2.3.4, "],
                "198.51.100.1",
            ),
            // Proxies all the way: the first of them asks.
            ("10.0.0.1", &["10.7.7.7, 192.0.2.1"], "10.7.7.7"),
            // Ports, brackets, IPv6, IPv4 written as IPv6.
            ("10.0.0.1", &["198.51.100.1:4711"], "198.51.100.1"),
            ("10.0.0.1", &["2001:db8:1:2:3:4:5:6"], "2001:db8:1:2::/64"),
            ("10.0.0.1", &["[2001:db8:1:2:3:4:5:6]"], "2001:db8:1:2::/64"),
            (
                "10.0.0.1",
                &["[2001:db8:1:2:3:4:5:6]:443"],
                "2001:db8:1:2::/64",
            ),
            ("10.0.0.1", &["::ffff:198.51.100.1"], "198.51.100.1"),
            ("10.0.0.1", &["1.1.1.1, ::ffff:10.0.0.2"], "1.1.1.1"),
            ("::ffff:10.0.0.1", &["198.51.100.1"], "198.51.100.1"),
            ("fd00::1", &["198.51.100.1, [fd00::2]:80"], "198.51.100.1"),
            // Garbage ends the walk at the last good one.
            ("10.0.0.1", &["unknown"], "10.0.0.1"),
            ("10.0.0.1", &["198.51.100.1, unknown"], "10.0.0.1"),
            ("10.0.0.1", &["198.51.100.1, _hidden, 10.2.3.4"], "10.2.3.4"),
            ("10.0.0.1", &["198.51.100.1, 10.2.3.4:99999"], "10.0.0.1"),
            ("10.0.0.1", &["198.51.100.1, 010.2.3.4"], "10.0.0.1"),
            ("10.0.0.1", &["198.51.100.1, [10.2.3.4]"], "10.0.0.1"),
            ("10.0.0.1", &["198.51.100.1, fd00::1%eth0"], "10.0.0.1"),
            ("10.0.0.1", &["198.51.100.1, \u{fc}"], "10.0.0.1"),
        ] {
            let headers: Vec<_> = lines
                .iter()
                .map(|line| (HEADER, line.as_bytes()))
                .chain([("fly-client-ip", &b"9.9.9.9"[..])])
                .collect();
            let found = client(&proxies, peer, &headers);
            assert_eq!(found, expected, "{peer} with {lines:?}");
        }
    }

    #[test]
    fn only_the_configured_header_counts() {
        let proxies = proxies(AddressHeader::FlyClientIp);
        let headers = [
            ("fly-client-ip", &b"198.51.100.1"[..]),
            (HEADER, &b"1.1.1.1"[..]),
        ];
        assert_eq!(client(&proxies, "10.0.0.1", &headers), "198.51.100.1");
        assert_eq!(client(&proxies, "203.0.113.1", &headers), "203.0.113.1");
        assert_eq!(client(&proxies, "10.0.0.1", &headers[1..]), "10.0.0.1");
    }

    #[test]
    fn bytes_that_are_no_text_are_garbage() {
        let proxies = proxies(AddressHeader::XForwardedFor);
        let found = client(&proxies, "10.0.0.1", &[(HEADER, b"1.1.1.1, \xff\xfe")]);
        assert_eq!(found, "10.0.0.1");
    }

    #[test]
    fn a_request_over_no_socket_counts_for_one_client() {
        let proxies = proxies(AddressHeader::XForwardedFor);
        let (client, _) = proxies.client(&Extensions::new(), &HeaderMap::new());
        assert_eq!(client.to_string(), "0.0.0.0");
    }
}
