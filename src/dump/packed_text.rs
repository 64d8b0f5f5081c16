//! Texts that a server packs to bytes, and that may be written as these: UUIDs and addresses.
//!
//! It must not check the texts themselves, which are kept as they are written.

use std::net::{Ipv4Addr, Ipv6Addr};

/// What a column packs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PackedText {
    /// `UUID`: 16 bytes.
    Uuid,
    /// `INET6`: 16 bytes.
    Inet6,
    /// `INET4`: 4 bytes.
    Inet4,
}

impl PackedText {
    /// The kind of a type's name.
    pub(super) fn of(type_name: &str) -> Option<Self> {
        match type_name {
            "UUID" => Some(Self::Uuid),
            "INET6" => Some(Self::Inet6),
            "INET4" => Some(Self::Inet4),
            _ => None,
        }
    }

    /// The text that `bytes` stand for, as a server shows it; `None` if they are not so many, and text themselves.
    pub(super) fn unpacked(self, bytes: &[u8]) -> Option<String> {
        match self {
            Self::Uuid => {
                let digits: [u8; 16] = bytes.try_into().ok()?;
                let number = format!("{:032x}", u128::from_be_bytes(digits));
                let parts = [0..8, 8..12, 12..16, 16..20, 20..32];
                Some(parts.map(|part| number[part].to_owned()).join("-"))
            }
            Self::Inet6 => {
                let octets: [u8; 16] = bytes.try_into().ok()?;
                let address = Ipv6Addr::from(octets);
                Some(match address.segments() {
                    [0, 0, 0, 0, 0, 0, high, _] if high != 0 => {
                        let [.., a, b, c, d] = octets;
                        format!("::{}", Ipv4Addr::new(a, b, c, d))
                    }
                    _ => address.to_string(),
                })
            }
            Self::Inet4 => {
                let octets: [u8; 4] = bytes.try_into().ok()?;
                Some(Ipv4Addr::from(octets).to_string())
            }
        }
    }
}
