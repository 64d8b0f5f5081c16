//! Addresses of the internet, of four bytes and of sixteen.
//!
//! As a server reads and shows them: forms that another reader would take for the same may be none here, and NULL.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::super::datum::{Datum, DatumKind};
use super::super::formula::Function;
use super::super::{Surroundings, Unevaluable};
use super::strings::plain;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("INET_ATON", (1, 1), inet_aton),
    Function::new("INET_NTOA", (1, 1), |values, _| {
        let number = values[0]
            .to_whole()?
            .and_then(|number| u32::try_from(number).ok());
        Ok(number.map_or(Datum::Null(DatumKind::Text), |number| {
            plain(Ipv4Addr::from_bits(number).to_string())
        }))
    }),
    Function::new("INET6_ATON", (1, 1), inet6_aton),
    Function::new("INET6_NTOA", (1, 1), inet6_ntoa),
    Function::new("IS_IPV4", (1, 1), |values, _| {
        let text = values[0].shown().unwrap_or_default();
        Ok(Datum::Int(four(&text).is_some().into()))
    }),
    Function::new("IS_IPV6", (1, 1), |values, _| {
        let text = values[0].shown().unwrap_or_default();
        Ok(Datum::Int(sixteen(&text).is_some().into()))
    }),
];

/// Up to four numbers, of which missing ones are zeros in front of the last.
fn inet_aton(values: &[Datum], _: &dyn Surroundings) -> Result<Datum, Unevaluable> {
    let null = Datum::Null(DatumKind::Unsigned);
    let Some(text) = values[0].shown() else {
        return Ok(null);
    };
    if text.is_empty() || text.ends_with('.') {
        return Ok(null);
    }
    let part = |part: &str| {
        let digits = if part.is_empty() { "0" } else { part };
        let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse::<u8>().ok().filter(|_| plain)
    };
    let Some(parts) = text.split('.').map(part).collect::<Option<Vec<u8>>>() else {
        return Ok(null);
    };
    let (Some(&last), dots) = (parts.last(), parts.len() - 1) else {
        return Ok(null);
    };
    if dots > 7 {
        return Err("an address of so many numbers".to_owned());
    }
    let mut number = parts[..dots]
        .iter()
        .fold(0_u64, |sum, &part| (sum << 8) + u64::from(part));
    number <<= match dots {
        1 => 16,
        2 => 8,
        _ => 0,
    };
    Ok(Datum::Unsigned((number << 8) + u64::from(last)))
}

fn inet6_aton(values: &[Datum], _: &dyn Surroundings) -> Result<Datum, Unevaluable> {
    let text = values[0].shown().unwrap_or_default();
    let bytes = four(&text).map(|address| address.octets().to_vec());
    let bytes = bytes.or_else(|| Some(sixteen(&text)?.octets().to_vec()));
    Ok(bytes.map_or(Datum::Null(DatumKind::Bytes), Datum::bytes))
}

/// Four numbers of up to three digits.
fn four(text: &str) -> Option<Ipv4Addr> {
    let number = |part: &str| {
        let plain = part.bytes().all(|byte| byte.is_ascii_digit());
        part.parse::<u8>().ok().filter(|_| plain && part.len() < 4)
    };
    let parts: Vec<u8> = text.split('.').map(number).collect::<Option<_>>()?;
    let parts: [u8; 4] = parts.try_into().ok()?;
    Some(Ipv4Addr::from(parts))
}

fn sixteen(text: &str) -> Option<Ipv6Addr> {
    let Some((before, last)) = text.rsplit_once(':').filter(|(_, last)| last.contains('.')) else {
        return text.parse().ok();
    };
    // The last two groups as one of four bytes, which may have zeros in front here.
    let [a, b, c, d] = four(last)?.octets();
    format!("{before}:{a:02x}{b:02x}:{c:02x}{d:02x}")
        .parse()
        .ok()
}

/// The longest run of zeros is left out, the first of two, and one alone as well.
fn inet6_ntoa(values: &[Datum], _: &dyn Surroundings) -> Result<Datum, Unevaluable> {
    let null = Datum::Null(DatumKind::Text);
    let (Datum::Bytes(bytes, _) | Datum::Digits(bytes)) = &values[0] else {
        return Ok(null);
    };
    if let Ok(four) = <[u8; 4]>::try_from(bytes.as_slice()) {
        return Ok(plain(Ipv4Addr::from(four).to_string()));
    }
    let Ok(sixteen) = <[u8; 16]>::try_from(bytes.as_slice()) else {
        return Ok(null);
    };
    let groups = Ipv6Addr::from(sixteen).segments();
    let (mut gap, mut at) = (0..0, 0);
    while at < groups.len() {
        let zeros = groups[at..].iter().take_while(|&&group| group == 0).count();
        if zeros > gap.len() {
            gap = at..at + zeros;
        }
        at += zeros.max(1);
    }
    let hex = |groups: &[u16]| {
        let groups = groups.iter().map(|group| format!("{group:x}"));
        groups.collect::<Vec<_>>().join(":")
    };
    let [.., a, b, c, d] = sixteen;
    Ok(plain(match (gap.start, gap.len(), groups[5]) {
        (0, 6, _) => format!("::{}", Ipv4Addr::new(a, b, c, d)),
        (0, 5, 0xffff) => format!("::ffff:{}", Ipv4Addr::new(a, b, c, d)),
        (_, 0, _) => hex(&groups),
        _ => format!("{}::{}", hex(&groups[..gap.start]), hex(&groups[gap.end..])),
    }))
}
