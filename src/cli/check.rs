//! `ekiben check`: asks a running server's readiness.

use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, ToSocketAddrs as _};
use std::time::{Duration, Instant};

use axum::http::{StatusCode, Uri};
use serde::Serialize;

use super::arguments::CheckArguments;
use super::failure::Failure;
use super::output::{json, say, say_as};
use super::settings;

/// A server that does not answer within this is not ready.
const PATIENCE: Duration = Duration::from_secs(5);

/// Nothing that answers like this needs more for its status.
const LONGEST_STATUS_LINE: usize = 1_024;

pub(super) fn run(arguments: &CheckArguments) -> Result<(), Failure> {
    let uri = match &arguments.url {
        Some(url) => parse(url)?,
        None => {
            let layers = settings::load(&arguments.config)?;
            parse(&format!("http://{}", reachable(layers.config().listen)))?
        }
    };
    let not_ready = |reason: String, status: Option<StatusCode>| -> Result<(), Failure> {
        if arguments.form.json {
            say(&json(&Answered::new(&uri, status, Some(&reason)))?)?;
        }
        Err(Failure::other(format!("{uri}: {reason}")))
    };
    match ask(&uri, Instant::now() + PATIENCE) {
        Ok(status @ StatusCode::OK) => {
            let result = Answered::new(&uri, Some(status), None);
            say_as(arguments.form, &result, || format!("{uri}: ready"))
        }
        Ok(status) => not_ready(format!("not ready ({status})"), Some(status)),
        // A socket whose time is over would block.
        Err(cause) if matches!(cause.kind(), ErrorKind::TimedOut | ErrorKind::WouldBlock) => {
            not_ready(format!("no answer within {} s", PATIENCE.as_secs()), None)
        }
        Err(cause) => not_ready(cause.to_string(), None),
    }
}

/// The result for programs, which a server that is not ready has too.
#[derive(Serialize)]
struct Answered<'a> {
    url: String,
    ready: bool,
    /// Of the answer, if there was one.
    status: Option<u16>,
    /// Why it is not ready.
    reason: Option<&'a str>,
}

impl<'a> Answered<'a> {
    fn new(uri: &Uri, status: Option<StatusCode>, reason: Option<&'a str>) -> Self {
        Self {
            url: uri.to_string(),
            ready: reason.is_none(),
            status: status.map(|status| status.as_u16()),
            reason,
        }
    }
}

/// Completes a URL with `/readyz` when it has no path of its own.
fn parse(url: &str) -> Result<Uri, Failure> {
    let wrong = |reason: &str| Failure::usage(format!("{url}: {reason}"));
    let uri: Uri = with_scheme(url).parse().map_err(|_| wrong("not a URL"))?;
    if uri.scheme_str() != Some("http") {
        return Err(wrong("only http:// URLs can be checked"));
    }
    let authority = uri.authority().ok_or_else(|| wrong("it names no server"))?;
    let host_and_port = authority.as_str().rsplit('@').next().unwrap_or_default();
    let port = host_and_port.strip_prefix(authority.host());
    if !port.is_some_and(|port| port.is_empty() || authority.port_u16().is_some()) {
        return Err(wrong("a port is a number, 65535 at most"));
    }
    let path = match uri.path_and_query().map_or("/", |path| path.as_str()) {
        "" | "/" => "/readyz",
        path => path,
    };
    format!("http://{authority}{path}")
        .parse()
        .map_err(|_| wrong("not a URL"))
}

/// `HOST:PORT`, `:PORT` and `PORT` as people write them for a server that they run: as URLs.
fn with_scheme(url: &str) -> String {
    let is_port = |text: &str| text.parse::<u16>().is_ok();
    match url.strip_prefix(':').unwrap_or(url) {
        port if is_port(port) => format!("http://localhost:{port}"),
        _ if url.contains("://") => url.to_owned(),
        _ if url.parse::<Ipv6Addr>().is_ok() => format!("http://[{url}]"),
        _ => format!("http://{url}"),
    }
}

/// Where a server that listens on `listen` can be reached from the same machine.
fn reachable(listen: SocketAddr) -> SocketAddr {
    match listen.ip() {
        ip if !ip.is_unspecified() => listen,
        _ => SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), listen.port()),
    }
}

/// The status of an answer that comes by then. One line is all that is wanted of it: a library for clients would be
/// sixty kilobytes of each image.
fn ask(uri: &Uri, by: Instant) -> io::Result<StatusCode> {
    let mut stream = connect(uri, by)?;
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    let host = authority.rsplit('@').next().unwrap_or_default();
    let path = uri.path();
    stream.set_write_timeout(Some(left(by)?))?;
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    )?;
    let mut head = Vec::new();
    while head.len() < LONGEST_STATUS_LINE && !head.contains(&b'\n') {
        stream.set_read_timeout(Some(left(by)?))?;
        let mut some = [0; 64];
        match stream.read(&mut some) {
            Ok(0) => break,
            Ok(count) => head.extend_from_slice(some.get(..count).unwrap_or_default()),
            Err(cause) if cause.kind() == ErrorKind::Interrupted => {}
            Err(cause) => return Err(cause),
        }
    }
    if head.is_empty() {
        return Err(io::Error::other(
            "the connection was closed without an answer",
        ));
    }
    status(&head).ok_or_else(|| io::Error::other("the answer is not HTTP"))
}

/// The first address that takes a connection.
fn connect(uri: &Uri, by: Instant) -> io::Result<TcpStream> {
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
    let mut failure = io::Error::other("the name has no address");
    for address in (host, uri.port_u16().unwrap_or(80)).to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, left(by)?) {
            Ok(stream) => return Ok(stream),
            Err(cause) => failure = cause,
        }
    }
    Err(failure)
}

/// The time that is left, which is not nothing.
fn left(by: Instant) -> io::Result<Duration> {
    let left = by.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Err(ErrorKind::TimedOut.into());
    }
    Ok(left)
}

/// That of a status line of HTTP/1: `HTTP/1.1 200 OK`.
fn status(head: &[u8]) -> Option<StatusCode> {
    let code = head.strip_prefix(b"HTTP/1.")?.get(1..)?;
    let code = code.strip_prefix(b" ")?;
    let is_over = code.get(3).is_none_or(|next| b" \r\n".contains(next));
    StatusCode::from_bytes(code.get(..3)?)
        .ok()
        .filter(|_| is_over)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_read_from_its_line() {
        let read = |head: &str| status(head.as_bytes()).map(|status| status.as_u16());
        for head in [
            "HTTP/1.1 200 OK\r\n",
            "HTTP/1.0 200\r\n",
            "HTTP/1.1 200\n",
            "HTTP/1.1 200 ",
        ] {
            assert_eq!(read(head), Some(200), "{head:?}");
        }
        assert_eq!(read("HTTP/1.1 503 Service Unavailable\r\n"), Some(503));
        for head in [
            "",
            "HTTP/1.1 20",
            "HTTP/1.1 2000\r\n",
            "HTTP/2 200\r\n",
            "SSH-2.0-x\r\n",
            "HTTP/1.1 abc\r\n",
        ] {
            assert_eq!(read(head), None, "{head:?}");
        }
    }

    #[test]
    fn urls_are_completed() {
        let parsed = |url: &str| parse(url).map(|uri| uri.to_string()).ok();
        assert_eq!(parsed("http://a:1").as_deref(), Some("http://a:1/readyz"));
        assert_eq!(
            parsed("http://a:1/livez").as_deref(),
            Some("http://a:1/livez")
        );
        for (url, whole) in [
            ("a:1", "http://a:1/readyz"),
            ("10.0.0.7:1323", "http://10.0.0.7:1323/readyz"),
            ("a", "http://a/readyz"),
            ("a:1/livez", "http://a:1/livez"),
            (":1323", "http://localhost:1323/readyz"),
            ("1323", "http://localhost:1323/readyz"),
            ("[::1]:80", "http://[::1]:80/readyz"),
            ("::1", "http://[::1]/readyz"),
        ] {
            assert_eq!(parsed(url).as_deref(), Some(whole), "{url}");
        }
        for wrong in ["https://a", "", "a b", "a:x", "http://", "ftp://a"] {
            assert_eq!(parsed(wrong), None, "{wrong}");
        }
    }
}
