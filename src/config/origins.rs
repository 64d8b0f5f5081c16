//! Origins as browsers send them in `Origin`: scheme, host and port, no path.
//!
//! It must not know who may call from them.

/// Any origin.
const ANY: &str = "*";

/// Why `origin` cannot be one that browsers send, if so.
pub(super) fn flaw(origin: &str) -> Option<&'static str> {
    let host = origin
        .strip_prefix("https://")
        .or_else(|| origin.strip_prefix("http://"));
    let is_host = |host: &str| {
        let plain = |byte: u8| byte.is_ascii_graphic() && !b"/?#@*".contains(&byte);
        !host.is_empty() && host.bytes().all(plain)
    };
    if origin == ANY || host.is_some_and(is_host) {
        return None;
    }
    Some("must be * or origins like https://example.com, without a path")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_scheme_host_and_port() {
        for good in ["*", "https://example.com", "http://localhost:3000"] {
            assert_eq!(flaw(good), None, "{good}");
        }
        for bad in [
            "",
            "example.com",
            "https://",
            "https://example.com/",
            "https://*.example.com",
            "https://a b",
            "null",
        ] {
            assert!(flaw(bad).is_some(), "{bad}");
        }
    }
}
