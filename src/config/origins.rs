//! Origins as browsers send them in `Origin`: scheme, host and port, no path.
//!
//! It must not know who may call from them.

/// Any origin.
const ANY: &str = "*";

/// Whether a browser can send `origin`, or it is `*` for any.
pub(super) fn is_origin_or_any(origin: &str) -> bool {
    origin == ANY || is_origin(origin)
}

/// `origin` as browsers send it: in lower case, and without a port that its scheme means anyway.
pub(super) fn as_sent(origin: &str) -> String {
    let origin = origin.to_ascii_lowercase();
    let usual = match origin.starts_with("https://") {
        true => ":443",
        false => ":80",
    };
    origin.strip_suffix(usual).unwrap_or(&origin).to_owned()
}

/// Whether a browser can send `origin`.
pub(super) fn is_origin(origin: &str) -> bool {
    let host = origin
        .strip_prefix("https://")
        .or_else(|| origin.strip_prefix("http://"));
    let is_host = |host: &str| {
        let plain = |byte: u8| byte.is_ascii_graphic() && !b"/?#@*".contains(&byte);
        !host.is_empty() && host.bytes().all(plain)
    };
    host.is_some_and(is_host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_scheme_host_and_port() {
        for good in ["*", "https://example.com", "http://localhost:3000"] {
            assert!(is_origin_or_any(good), "{good}");
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
            assert!(!is_origin_or_any(bad), "{bad}");
        }
    }
}
