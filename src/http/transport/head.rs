//! What is refused of a request by its head, before anything is routed: what a proxy in front could
//! understand otherwise, or what nobody here can read.
//!
//! It must not know routes. What is malformed for every HTTP is hyper's to refuse.

use std::net::Ipv6Addr;

use axum::http::uri::Authority;
use axum::http::{HeaderMap, Method, Request, StatusCode, Uri, Version, header};

/// Why a request with that head is not served.
pub(super) fn flaw<B>(request: &Request<B>) -> Option<StatusCode> {
    // A tunnel is a proxy's to open. Its target has no path that could be routed.
    if request.method() == Method::CONNECT {
        return Some(StatusCode::NOT_IMPLEMENTED);
    }
    if !is_target(request.method(), request.uri()) || !names_one_host(request) {
        return Some(StatusCode::BAD_REQUEST);
    }
    (!has_known_coding(request.headers())).then_some(StatusCode::NOT_IMPLEMENTED)
}

/// RFC 9112, 3.2: a path, or an address of the Web as it is sent to proxies; `*` asks for options of the
/// server as a whole.
fn is_target(method: &Method, uri: &Uri) -> bool {
    let is_of_the_web = matches!(uri.scheme_str(), None | Some("http" | "https"));
    let has_path = uri.path().starts_with('/') || (uri.path() == "*" && method == Method::OPTIONS);
    is_of_the_web && has_path
}

/// RFC 9112, 3.2: one host that can be one. Proxies may route by either of two, and read a user or a path
/// where others read a name. By HTTP/2 it may be given twice, as the same (RFC 9113, 8.3.1).
fn names_one_host<B>(request: &Request<B>) -> bool {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let (host, second) = (hosts.next(), hosts.next());
    if second.is_some() || (host.is_none() && request.version() == Version::HTTP_11) {
        return false;
    }
    let target = request.uri().authority().map(Authority::as_str);
    if !target.is_none_or(is_host_and_port) {
        return false;
    }
    let Some(host) = host.map(axum::http::HeaderValue::as_bytes) else {
        return true;
    };
    let is_same = || target.is_none_or(|target| host.eq_ignore_ascii_case(target.as_bytes()));
    std::str::from_utf8(host).is_ok_and(is_host_and_port)
        && (request.version() != Version::HTTP_2 || is_same())
}

/// Whether it is a host with or without a port (RFC 3986, 3.2.2 and 3.2.3), without a user.
fn is_host_and_port(text: &str) -> bool {
    let port = if let Some(literal) = text.strip_prefix('[') {
        let Some((address, port)) = literal.split_once(']') else {
            return false;
        };
        if address.parse::<Ipv6Addr>().is_err() {
            return false;
        }
        port
    } else {
        let end = text.find(':').unwrap_or(text.len());
        let (name, port) = text.split_at(end);
        if !is_name(name) {
            return false;
        }
        port
    };
    port.is_empty() || port.strip_prefix(':').is_some_and(is_port)
}

fn is_name(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=".contains(&byte);
    let mut rest = name.as_bytes();
    while let Some((byte, behind)) = rest.split_first() {
        rest = match behind {
            [one, two, behind @ ..]
                if *byte == b'%' && one.is_ascii_hexdigit() && two.is_ascii_hexdigit() =>
            {
                behind
            }
            _ if is_plain(*byte) => behind,
            _ => return false,
        };
    }
    true
}

/// The grammar allows none after the colon.
fn is_port(port: &str) -> bool {
    let is_digits = port.bytes().all(|byte| byte.is_ascii_digit());
    port.is_empty() || (is_digits && port.parse::<u16>().is_ok())
}

/// RFC 9112, 6.1: whatever is not `chunked` alone would be handed on undecoded.
fn has_known_coding(headers: &HeaderMap) -> bool {
    let mut lines = headers.get_all(header::TRANSFER_ENCODING).iter();
    let Some(first) = lines.next() else {
        return true;
    };
    let coding = first.as_bytes().trim_ascii();
    lines.next().is_none() && coding.eq_ignore_ascii_case(b"chunked")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_names_and_addresses_with_ports() {
        for host in [
            "x",
            "isu.example",
            "ISU.example:1323",
            "127.0.0.1:1",
            "[::1]",
            "[fd00::2]:443",
            "a_b.example",
            "%E6%A4%85.example",
            "x:",
            "",
        ] {
            assert!(is_host_and_port(host), "{host}");
        }
        for host in [
            "a/b@c:x", "a@b", "a/b", "a?b", "a#b", "a b", "a\\b", "a:b", "a:1:2", "a:65536",
            "a:-1", "a:+1", "::1", "[::1", "[::1]x", "[x]", "[]", "a]", "%", "%4", "%zz", "椅子",
            "a<b>", "a\"b", "http://a",
        ] {
            assert!(!is_host_and_port(host), "{host}");
        }
    }

    fn flaw_of(version: Version, uri: &str, headers: &[(&str, &str)]) -> Option<u16> {
        let mut request = Request::builder().version(version).uri(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        flaw(&request.body(()).unwrap()).map(|status| status.as_u16())
    }

    #[test]
    fn a_request_names_one_host_in_whatever_way() {
        let host = ("host", "a");
        for (version, uri, headers, expected) in [
            (Version::HTTP_11, "/", &[host][..], None),
            (Version::HTTP_11, "http://a/", &[("host", "b")], None),
            (Version::HTTP_11, "http://u@a/", &[host], Some(400)),
            (Version::HTTP_11, "/", &[], Some(400)),
            (Version::HTTP_11, "/", &[host, host], Some(400)),
            (Version::HTTP_10, "/", &[], None),
            (Version::HTTP_10, "/", &[host, host], Some(400)),
            (Version::HTTP_10, "/", &[("host", "a/b@c:x")], Some(400)),
            (Version::HTTP_2, "http://a/", &[], None),
            (Version::HTTP_2, "http://a/", &[("host", "A")], None),
            (Version::HTTP_2, "http://a/", &[("host", "b")], Some(400)),
            (Version::HTTP_2, "http://u@a/", &[], Some(400)),
        ] {
            let found = flaw_of(version, uri, headers);
            assert_eq!(found, expected, "{version:?} {uri} {headers:?}");
        }
    }

    /// Trust 17: what names no path of a site on the Web is not routed.
    #[test]
    fn targets_are_paths_and_addresses_of_the_web() {
        let flaw = |method: &str, target: &str| {
            let request = Request::builder().method(method).uri(target);
            let request = request.header("host", "x").body(()).unwrap();
            flaw(&request).map(|status| status.as_u16())
        };
        for (method, target, expected) in [
            ("GET", "/", None),
            ("GET", "//x", None),
            ("GET", "http://x", None),
            ("GET", "HTTPS://x/?a", None),
            ("OPTIONS", "*", None),
            ("OPTIONS", "http://x", None),
            ("GET", "*", Some(400)),
            ("GET", "x:1", Some(400)),
            ("GET", "ftp://x/api/chair/1", Some(400)),
            ("POST", "ws://x/", Some(400)),
            ("CONNECT", "x:1", Some(501)),
            ("CONNECT", "/", Some(501)),
        ] {
            assert_eq!(flaw(method, target), expected, "{method} {target}");
        }
    }

    #[test]
    fn chunked_alone_is_a_known_coding() {
        let flaw = |codings: &[&str]| {
            let mut headers = vec![("host", "a")];
            headers.extend(codings.iter().map(|coding| ("transfer-encoding", *coding)));
            flaw_of(Version::HTTP_11, "/", &headers)
        };
        for codings in [&[][..], &["chunked"], &["Chunked"], &[" chunked "]] {
            assert_eq!(flaw(codings), None, "{codings:?}");
        }
        for codings in [
            &["foo, chunked"][..],
            &["gzip,chunked"],
            &["gzip", "chunked"],
            &["chunked, chunked"],
            &["chunked;a=b"],
            &["identity"],
            &[""],
        ] {
            assert_eq!(flaw(codings), Some(501), "{codings:?}");
        }
    }
}
