//! Where to listen, as people write it: `127.0.0.1:1323`, `localhost:1323`, `:1323`, `1323`, `0.0.0.0`.
//!
//! A layer may give the address, the port or both; what it leaves out comes from the layers below. So an
//! image can say "every interface" and leave the port to the platform. No name is looked up: settings are
//! checked without a network, and `localhost` is loopback wherever it is asked for (RFC 6761). It must not
//! open anything.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::str::FromStr;

use figment::value::Value;

use super::settings::{Config, DEFAULT_ADMIN, METRICS, OFF};
use super::wording::found;

/// Every interface of IPv4; `[::]` takes both.
const EVERY: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);

const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// What one layer says of where to listen: an address, a port or both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListenParts {
    ip: Option<IpAddr>,
    port: Option<u16>,
}

impl FromStr for ListenParts {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = |ip, port| Self { ip, port };
        if let Ok(address) = text.parse::<SocketAddr>() {
            return Ok(parts(Some(address.ip()), Some(address.port())));
        }
        if let Some(ip) = host(text) {
            return Ok(parts(Some(ip), None));
        }
        let (before, port) = match text.rsplit_once(':') {
            // The colon of an IPv6 address separates no port.
            Some((before, port)) if !before.contains(':') || before.ends_with(']') => {
                (Some(before), port)
            }
            Some(_) => return Err(format!("{text:?} {NO_ADDRESS}")),
            None => (None, text),
        };
        let ip = match before {
            None => None,
            Some("") => Some(EVERY),
            Some(name) => Some(host(name).ok_or_else(|| format!("{text:?} {NO_ADDRESS}"))?),
        };
        let is_number = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
        match port.parse() {
            Ok(port) if is_number => Ok(parts(ip, Some(port))),
            _ if is_number => Err(format!("{text:?}: a port is at most 65535")),
            _ => Err(format!("{text:?} {NO_ADDRESS}")),
        }
    }
}

const NO_ADDRESS: &str = "is not an address to listen on: write it like 127.0.0.1:1323, localhost:1323, \
                          :1323 for every IPv4 interface, [::]:1323 for IPv6 too, or 1323";

/// An address without a port. Names are not looked up, `localhost` aside.
fn host(text: &str) -> Option<IpAddr> {
    if text.eq_ignore_ascii_case("localhost") {
        return Some(LOOPBACK);
    }
    if text == "*" {
        return Some(EVERY);
    }
    let inner = text
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    match inner {
        Some(inner) => inner.parse().ok().filter(IpAddr::is_ipv6),
        None => text.parse().ok(),
    }
}

/// So that reading it gives the same parts.
impl fmt::Display for ListenParts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.ip, self.port) {
            (Some(ip), Some(port)) => SocketAddr::new(ip, port).fmt(f),
            (Some(ip), None) => ip.fmt(f),
            (None, Some(port)) => port.fmt(f),
            (None, None) => Ok(()),
        }
    }
}

/// What the layers so far say of the listeners.
pub(super) struct ListenLayers {
    public: KnownAddress,
    admin: KnownAddress,
    metrics: KnownAddress,
}

struct KnownAddress {
    /// As far as a layer gave one.
    ip: Option<IpAddr>,
    /// Where none did.
    default: IpAddr,
    port: u16,
}

impl KnownAddress {
    fn at(address: SocketAddr) -> Self {
        Self {
            ip: None,
            default: address.ip(),
            port: address.port(),
        }
    }

    fn address(&self) -> SocketAddr {
        SocketAddr::new(self.ip.unwrap_or(self.default), self.port)
    }

    /// What a layer says, with what it leaves out filled in.
    fn complete(&mut self, value: &Value) -> Result<Value, String> {
        let text = match value {
            Value::String(_, text) => text.clone(),
            Value::Num(_, number) => match (number.to_u128(), number.to_i128()) {
                (Some(whole), _) => whole.to_string(),
                (_, Some(whole)) => whole.to_string(),
                _ => return Err(format!("a number with a fraction {NO_ADDRESS}")),
            },
            other => return Err(format!("{} {NO_ADDRESS}", found(&other.to_actual()))),
        };
        let parts: ListenParts = text.parse()?;
        self.ip = parts.ip.or(self.ip);
        self.port = parts.port.unwrap_or(self.port);
        Ok(self.address().to_string().into())
    }
}

impl ListenLayers {
    pub(super) fn new(defaults: &Config) -> Self {
        Self {
            public: KnownAddress::at(defaults.listen),
            admin: KnownAddress::at(defaults.admin.listen.unwrap_or(DEFAULT_ADMIN)),
            metrics: KnownAddress::at(METRICS),
        }
    }

    /// The value that a layer has for `key`, with what it leaves out filled in, where `key` is one of the
    /// listeners; any other value as it is.
    pub(super) fn complete(&mut self, key: &str, value: Value) -> Result<Value, String> {
        let completed = match key {
            "listen" => return self.public.complete(&value),
            "admin.listen" | "metrics.listen" if value.as_str() == Some(OFF) => return Ok(value),
            "admin.listen" => self.admin.complete(&value),
            "metrics.listen" => self.metrics.complete(&value),
            _ => return Ok(value),
        };
        completed.map_err(|reason| format!("{reason}, or {OFF:?} for none"))
    }

    /// The public address with the port that a platform gives. Platforms ask from outside: on every
    /// interface, unless a layer named one.
    pub(super) fn port_of_platform(&mut self, port: u16) -> Value {
        self.public.default = EVERY;
        self.public.port = port;
        self.public.address().to_string().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_an_address_a_port_or_both() {
        for (text, same) in [
            ("127.0.0.1:1323", "127.0.0.1:1323"),
            ("localhost:1323", "127.0.0.1:1323"),
            ("LOCALHOST:0", "127.0.0.1:0"),
            (":1323", "0.0.0.0:1323"),
            ("*:1323", "0.0.0.0:1323"),
            ("1323", "1323"),
            ("0.0.0.0", "0.0.0.0"),
            ("localhost", "127.0.0.1"),
            ("[::1]:80", "[::1]:80"),
            ("[::]", "::"),
            ("::1", "::1"),
        ] {
            let parts: ListenParts = text.parse().unwrap();
            assert_eq!(parts.to_string(), same, "{text}");
            assert_eq!(same.parse(), Ok(parts), "{same}");
        }
    }

    #[test]
    fn everything_else_is_refused_and_quoted() {
        for (text, said) in [
            ("", "write it like"),
            (":", "write it like"),
            ("localhost:", "write it like"),
            ("http://localhost:1323", "write it like"),
            ("example.org:80", "write it like"),
            ("127.0.0.1:http", "write it like"),
            ("127.0.0.1:+80", "write it like"),
            ("127.0.0.1:80:80", "write it like"),
            ("1.2.3:80", "write it like"),
            ("[127.0.0.1]:80", "write it like"),
            ("::1:x", "write it like"),
            ("-1", "write it like"),
            ("65536", "at most 65535"),
            (":99999999", "at most 65535"),
        ] {
            let reason = text.parse::<ListenParts>().unwrap_err();
            let quoted = reason.starts_with(&format!("{text:?}"));
            assert!(quoted && reason.contains(said), "{text}: {reason}");
        }
    }
}
