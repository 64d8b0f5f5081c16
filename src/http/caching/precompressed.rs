//! Cached responses: compressed once, and named by their bytes.
//!
//! Meant for documents of some kilobytes. They carry their encoding, so the compression layer leaves
//! them alone. It must not be used for anything that a write can change, unless it is made anew then.

use std::io::Write as _;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use data_encoding::HEXLOWER;
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest as _, Sha256};

use super::policy::REVALIDATE;
use crate::http::headers::negotiation::accepted_values;

/// How hard bytes are packed.
struct Effort {
    zstd: i32,
    gzip: Compression,
}

/// For documents that are packed once: the strongest of the usual levels, some milliseconds.
const ONCE: Effort = Effort {
    zstd: 19,
    gzip: Compression::best(),
};

/// For what is packed while a request waits: below a millisecond for a page.
const WHILE_WAITING: Effort = Effort {
    zstd: 3,
    gzip: Compression::new(4),
};

/// A year, which is as long as caches keep anything.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// A document with its encodings.
#[derive(Debug)]
pub struct Precompressed {
    kind: HeaderValue,
    tag: HeaderValue,
    plain: Bytes,
    /// By preference.
    packed: Vec<(HeaderValue, Bytes)>,
}

impl Precompressed {
    /// `body`, of the content type `kind`, with its encodings.
    #[must_use]
    pub fn new(kind: HeaderValue, body: Vec<u8>) -> Self {
        Self::packed(kind, body, &ONCE)
    }

    /// The same, packed fast rather than small: for what is made anew now and then, while somebody
    /// waits for it.
    #[must_use]
    pub fn at_once(kind: HeaderValue, body: Vec<u8>) -> Self {
        Self::packed(kind, body, &WHILE_WAITING)
    }

    fn packed(kind: HeaderValue, body: Vec<u8>, effort: &Effort) -> Self {
        // Both write to memory and have no reason to fail; without one, the other serves.
        let zstd = zstd::bulk::compress(&body, effort.zstd).ok();
        let zstd = zstd.map(|bytes| (HeaderValue::from_static("zstd"), Bytes::from(bytes)));
        let gzip = gzip(&body, effort.gzip).ok();
        let gzip = gzip.map(|bytes| (HeaderValue::from_static("gzip"), Bytes::from(bytes)));
        let packed: Vec<_> = zstd.into_iter().chain(gzip).collect();
        // Of the packed bytes too: another build may pack them otherwise.
        let mut hash = Sha256::new_with_prefix(&body);
        packed.iter().for_each(|(_, bytes)| hash.update(bytes));
        Self {
            kind,
            tag: tag(&hash.finalize()),
            plain: body.into(),
            packed,
        }
    }

    /// `body` as it is: for what is packed in itself, such as pictures.
    #[must_use]
    pub fn unpacked(kind: HeaderValue, body: Bytes) -> Self {
        Self {
            kind,
            tag: tag(&Sha256::digest(&body)),
            plain: body,
            packed: Vec::new(),
        }
    }

    /// 200 with the encoding that the client likes best; with none unless `compress`.
    #[must_use]
    pub fn answer(&self, request: &HeaderMap, compress: bool) -> Response {
        let accepted = Accepted::of(request);
        let packed: &[_] = if compress { &self.packed } else { &[] };
        let best = packed.iter().fold(None, |best, (name, bytes)| {
            let weight = accepted.weight(name.as_bytes());
            let beaten = best.is_some_and(|(_, _, before)| before >= weight);
            if weight == 0 || beaten {
                best
            } else {
                Some((name, bytes, weight))
            }
        });
        let best = best.filter(|(_, _, weight)| *weight >= accepted.weight(b"identity"));
        let body = best.map_or(&self.plain, |(_, bytes, _)| bytes);
        let mut response = Response::new(Body::from(body.clone()));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, self.kind.clone());
        headers.insert(header::CACHE_CONTROL, REVALIDATE);
        headers.insert(header::ETAG, self.tag.clone());
        if !packed.is_empty() {
            headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        }
        if let Some((name, _, _)) = best {
            headers.insert(header::CONTENT_ENCODING, name.clone());
        }
        response
    }

    /// Lets a response be cached without revalidation: for addresses that name the bytes.
    #[must_use]
    pub fn for_ever(mut response: Response) -> Response {
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, FOR_EVER);
        response
    }
}

fn tag(digest: &[u8]) -> HeaderValue {
    let digits = HEXLOWER.encode(&digest[..16]);
    HeaderValue::try_from(format!("\"{digits}\""))
        .unwrap_or_else(|_| HeaderValue::from_static("\"\""))
}

fn gzip(body: &[u8], level: Compression) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), level);
    encoder.write_all(body)?;
    encoder.finish()
}

/// The encodings that a client names, with their weights in thousandths.
struct Accepted<'r>(Vec<(&'r str, u16)>);

impl<'r> Accepted<'r> {
    fn of(request: &'r HeaderMap) -> Self {
        Self(accepted_values(request, &header::ACCEPT_ENCODING).collect())
    }

    /// What the client gives an encoding; nothing means that it does not take it, or does not ask for
    /// it by name in the case of `identity`.
    fn weight(&self, name: &[u8]) -> u16 {
        let of = |wanted: &[u8]| {
            let found = |(given, _): &&(&str, u16)| given.as_bytes().eq_ignore_ascii_case(wanted);
            self.0.iter().find(found).map(|(_, weight)| *weight)
        };
        let any = || of(b"*").filter(|_| name != b"identity");
        of(name).or_else(any).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoding(accepted: &'static str, compress: bool) -> Option<HeaderValue> {
        let json = HeaderValue::from_static("application/json");
        let document = Precompressed::new(json, b"{}".to_vec());
        let mut request = HeaderMap::new();
        request.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(accepted));
        let response = document.answer(&request, compress);
        response.headers().get(header::CONTENT_ENCODING).cloned()
    }

    #[test]
    fn the_client_chooses_and_zstd_wins_among_equals() {
        for (accepted, expected) in [
            ("gzip, deflate, br, zstd", "zstd"),
            ("gzip", "gzip"),
            ("GZIP;q=0.5", "gzip"),
            ("zstd;q=0.5, gzip;q=0.51", "gzip"),
            ("*", "zstd"),
            ("*;q=0.1, zstd;q=0", "gzip"),
            ("br, identity;q=0.5, gzip;q=0.8", "gzip"),
        ] {
            let expected = HeaderValue::from_static(expected);
            assert_eq!(encoding(accepted, true), Some(expected), "{accepted}");
            assert_eq!(encoding(accepted, false), None, "{accepted}");
        }
        for accepted in ["", "br", "gzip;q=0", "identity, gzip;q=0.5", "gzip;q=x"] {
            assert_eq!(encoding(accepted, true), None, "{accepted}");
        }
    }

    #[test]
    fn the_tag_is_that_of_the_bytes() {
        let tag = |body: &[u8]| {
            let kind = HeaderValue::from_static("text/plain");
            Precompressed::new(kind, body.to_vec()).tag
        };
        assert_eq!(tag(b"a"), tag(b"a"));
        assert_ne!(tag(b"a"), tag(b"b"));
    }
}
