//! Lists of IP addresses and networks, as settings have them: `10.1.2.3`, `10.0.0.0/8`, `fd00::/8`.
//!
//! Strict, because who is trusted depends on it: an address with a prefix that does not cover it all is
//! as likely a wrong address as a wrong prefix.

use std::net::IpAddr;

use ipnet::IpNet;
use serde::de::Error as _;
use serde::{Deserializer, Serializer};

use super::lists::list_or_commas;

#[expect(clippy::ptr_arg, reason = "the signature that serde wants")]
pub(super) fn serialize<S: Serializer>(networks: &Vec<IpNet>, to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(networks.iter().map(IpNet::to_string))
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<IpNet>, D::Error> {
    let texts = list_or_commas(from)?;
    let networks = texts
        .iter()
        .map(|text| parse(text).map_err(D::Error::custom));
    networks.collect()
}

fn parse(text: &str) -> Result<IpNet, String> {
    if let Ok(address) = text.parse::<IpAddr>() {
        return Ok(address.to_canonical().into());
    }
    let Ok(network) = text.parse::<IpNet>() else {
        return Err(format!(
            "{text:?} is neither an IP address nor a network like 10.0.0.0/8"
        ));
    };
    if network != network.trunc() {
        let meant = network.trunc();
        return Err(format!(
            "{text:?} has bits behind its prefix: {meant} is the network, {} the address",
            network.addr()
        ));
    }
    if network.addr().to_canonical() != network.addr() {
        return Err(format!("{text:?} is to be written as an IPv4 network"));
    }
    Ok(network)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_networks_are_read() {
        for (text, expected) in [
            ("10.1.2.3", "10.1.2.3/32"),
            ("10.0.0.0/8", "10.0.0.0/8"),
            ("0.0.0.0/0", "0.0.0.0/0"),
            ("::1", "::1/128"),
            ("fd00::/8", "fd00::/8"),
            ("::/0", "::/0"),
            ("::ffff:10.1.2.3", "10.1.2.3/32"),
        ] {
            assert_eq!(
                parse(text).map(|network| network.to_string()).unwrap(),
                expected
            );
        }
    }

    #[test]
    fn everything_else_is_refused_by_name() {
        for (text, said) in [
            ("", "neither"),
            ("proxy.example", "neither"),
            ("10.0.0.0/33", "neither"),
            ("10.0.0/8", "neither"),
            ("10.1.2.3:80", "neither"),
            ("fe80::1%eth0", "neither"),
            (
                "10.1.2.3/8",
                "10.0.0.0/8 is the network, 10.1.2.3 the address",
            ),
            ("::ffff:10.0.0.0/104", "IPv4"),
        ] {
            let reason = parse(text).unwrap_err();
            assert!(
                reason.contains(said) && reason.contains(&format!("{text:?}")),
                "{reason}"
            );
        }
    }
}
