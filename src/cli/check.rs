//! `ekiben check`: asks a running server's readiness.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode, Uri, header};
use hyper_util::rt::TokioIo;
use serde::Serialize;
use tokio::net::TcpStream;

use super::arguments::CheckArguments;
use super::failure::Failure;
use super::output::{json, say, say_as};
use super::settings;

/// A server that does not answer within this is not ready.
const PATIENCE: Duration = Duration::from_secs(5);

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
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|cause| Failure::other(format!("{uri}: {cause}")))?;
    let asked = runtime.block_on(async { tokio::time::timeout(PATIENCE, ask(&uri)).await });
    match asked {
        Ok(Ok(status @ StatusCode::OK)) => {
            let result = Answered::new(&uri, Some(status), None);
            say_as(arguments.form, &result, || format!("{uri}: ready"))
        }
        Ok(Ok(status)) => not_ready(format!("not ready ({status})"), Some(status)),
        Ok(Err(cause)) => not_ready(cause.to_string(), None),
        Err(_elapsed) => not_ready(format!("no answer within {} s", PATIENCE.as_secs()), None),
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

async fn ask(uri: &Uri) -> Result<StatusCode, Box<dyn std::error::Error + Send + Sync>> {
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
    let stream = TcpStream::connect((host, uri.port_u16().unwrap_or(80))).await?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    // The connection's own failure shows in the answer that does not come.
    drop(tokio::spawn(connection));
    let request = Request::get(uri.path())
        .header(
            header::HOST,
            uri.authority().map_or("", |authority| authority.as_str()),
        )
        .header(header::CONNECTION, "close")
        .body(Body::empty())?;
    Ok(sender.send_request(request).await?.status())
}

#[cfg(test)]
mod tests {
    use super::*;

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
