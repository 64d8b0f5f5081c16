//! W3C Trace Context: which trace a request says it belongs to.
//!
//! <https://www.w3.org/TR/trace-context/>. A `traceparent` that comes in is kept for the request log;
//! none is made, since nothing further is called: the request id names the request where no trace does.

use axum::http::{HeaderMap, HeaderName, HeaderValue};

pub(crate) const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// `VERSION-TRACEID-PARENTID-FLAGS`, as version 00 has it; later ones may go on after a dash.
const LENGTH: usize = 55;

/// A valid `traceparent`.
#[derive(Debug, Clone)]
pub(crate) struct Traceparent(HeaderValue);

impl Traceparent {
    /// That of a request; an invalid one counts as none.
    pub(crate) fn of(headers: &HeaderMap) -> Option<Self> {
        let value = headers.get(TRACEPARENT)?;
        is_valid(value.as_bytes()).then(|| Self(value.clone()))
    }

    /// The part that is known, which is hexadecimal digits and dashes.
    pub(crate) fn as_str(&self) -> &str {
        let text = self.0.to_str().unwrap_or_default();
        text.get(..LENGTH).unwrap_or_default()
    }
}

fn is_valid(value: &[u8]) -> bool {
    let Some((known, rest)) = value.split_at_checked(LENGTH) else {
        return false;
    };
    let is_hex = |part: &[u8]| part.iter().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    let is_id = |part: &[u8]| is_hex(part) && part.iter().any(|digit| *digit != b'0');
    let mut parts = known.split(|byte| *byte == b'-');
    let mut part = |length: usize| parts.next().filter(|part| part.len() == length);
    let (Some(version), Some(trace), Some(parent), Some(flags)) =
        (part(2), part(32), part(16), part(2))
    else {
        return false;
    };
    let is_known = match version {
        b"ff" => false,
        b"00" => rest.is_empty(),
        _ => rest.first().is_none_or(|byte| *byte == b'-'),
    };
    is_known && is_hex(version) && is_id(trace) && is_id(parent) && is_hex(flags)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(value: &str) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert(TRACEPARENT, HeaderValue::from_str(value).unwrap());
        Traceparent::of(&headers).map(|parent| parent.as_str().to_owned())
    }

    #[test]
    fn valid_ones_are_kept_as_far_as_they_are_known() {
        let valid = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        assert_eq!(kept(valid).unwrap(), valid);
        let later = valid.replacen("00", "cc", 1);
        assert_eq!(kept(&later).unwrap(), later);
        assert_eq!(kept(&format!("{later}-a@b.example")).unwrap(), later);
    }

    #[test]
    fn invalid_ones_are_ignored() {
        let valid = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        for (from, to) in [
            ("00-4bf", "ff-4bf"),
            ("00-4bf", "0g-4bf"),
            ("4bf9", "4BF9"),
            ("4bf92f3577b34da6a3ce929d0e0e4736", &"0".repeat(32)),
            ("00f067aa0ba902b7", &"0".repeat(16)),
            ("-01", "-0"),
            ("-01", "-01-"),
            ("-01", "-01-more"),
            ("-01", "-0@"),
            ("-00f0", "0-0f0"),
            ("00-4bf", "01-4bf_"),
            (valid, ""),
            (valid, "-"),
        ] {
            let invalid = valid.replacen(from, to, 1);
            assert_ne!(invalid, valid);
            assert_eq!(kept(&invalid), None, "{invalid}");
        }
        let later = valid.replacen("00", "01", 1) + "more";
        assert_eq!(kept(&later), None);
        assert_eq!(Traceparent::of(&HeaderMap::new()).map(|p| p.0), None);
    }
}
