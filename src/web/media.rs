//! Recordings, as players ask for them: whole, or a part at a time, which is how they jump and how they go on
//! after a break.
//!
//! A part is asked for by `Range`, and with `If-Range` only of the recording that the player has begun. Several
//! parts at once are answered with the whole, which is allowed and what nobody sends here. Where bytes come from
//! is the app's; this must not read anything.

use std::ops::RangeInclusive;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use http_range_header::{RangeUnsatisfiableError, parse_range_header};

use crate::http::HttpError;

/// Caches keep a recording for an hour before they ask whether it is another one.
const AN_HOUR: HeaderValue = HeaderValue::from_static("public, max-age=3600");

/// What is known of a recording before it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Media {
    /// Its media type.
    pub kind: HeaderValue,
    /// Its strong entity tag.
    pub tag: HeaderValue,
    /// Its bytes.
    pub length: u64,
}

/// Which bytes are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AskedBytes {
    /// All of them.
    Whole,
    /// From the first to the last of these.
    Part(RangeInclusive<u64>),
}

impl AskedBytes {
    /// Where they begin, and how many they are, of a recording of `length` bytes.
    #[must_use]
    pub fn place(&self, length: u64) -> (u64, u64) {
        match self {
            Self::Whole => (0, length),
            Self::Part(part) => (*part.start(), part.end() - part.start() + 1),
        }
    }
}

impl Media {
    /// Which of its bytes a request asks for.
    ///
    /// # Errors
    /// 416 when it asks for none that there are.
    pub fn asked(&self, method: &Method, request: &HeaderMap) -> Result<AskedBytes, Box<Response>> {
        // Of several lines, none is meant for sure.
        let mut lines = request.get_all(header::RANGE).iter();
        let range = match (lines.next(), lines.next()) {
            (Some(range), None) if method == Method::GET => range,
            _ => return Ok(AskedBytes::Whole),
        };
        if let Some(begun) = request.get(header::IF_RANGE)
            && begun != self.tag
        {
            return Ok(AskedBytes::Whole);
        }
        let parsed = range.to_str().ok().map(parse_range_header);
        let parts = match parsed {
            Some(Ok(ranges)) => ranges.validate(self.length),
            // Another unit, or nothing that can be read: as if it were not there.
            Some(Err(_)) | None => return Ok(AskedBytes::Whole),
        };
        match parts.as_deref() {
            Ok([part]) => Ok(AskedBytes::Part(part.clone())),
            Err(RangeUnsatisfiableError::Unsatisfiable) => Err(Box::new(self.none_of_that())),
            Ok(_) | Err(_) => Ok(AskedBytes::Whole),
        }
    }

    /// 200 or 206 with the bytes that were asked for.
    #[must_use]
    pub fn answer(self, asked: &AskedBytes, bytes: Bytes) -> Response {
        let mut response = Response::new(Body::from(bytes));
        if let AskedBytes::Part(part) = asked {
            let range = format!("bytes {}-{}/{}", part.start(), part.end(), self.length);
            *response.status_mut() = StatusCode::PARTIAL_CONTENT;
            insert(&mut response, header::CONTENT_RANGE, &range);
        }
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, self.kind);
        headers.insert(header::ETAG, self.tag);
        headers.insert(header::CACHE_CONTROL, AN_HOUR);
        headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        response
    }

    fn none_of_that(&self) -> Response {
        let detail = format!("The recording has {} bytes.", self.length);
        let status = StatusCode::RANGE_NOT_SATISFIABLE;
        let mut response = HttpError::problem(status, detail).into_response();
        let range = format!("bytes */{}", self.length);
        insert(&mut response, header::CONTENT_RANGE, &range);
        response
    }
}

fn insert(response: &mut Response, name: header::HeaderName, text: &str) {
    // Digits and punctuation.
    if let Ok(value) = HeaderValue::try_from(text) {
        response.headers_mut().insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn media() -> Media {
        Media {
            kind: HeaderValue::from_static("audio/mpeg"),
            tag: HeaderValue::from_static("\"a\""),
            length: 100,
        }
    }

    fn asked(headers: &[(header::HeaderName, &str)]) -> Result<(u64, u64), StatusCode> {
        let headers = headers.iter();
        let request = headers
            .map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap()))
            .collect();
        let asked = media().asked(&Method::GET, &request);
        asked
            .map(|asked| asked.place(100))
            .map_err(|response| response.status())
    }

    #[test]
    fn a_part_is_what_its_range_says() {
        for (range, expected) in [
            ("bytes=0-", (0, 100)),
            ("bytes=0-9", (0, 10)),
            ("bytes=90-200", (90, 10)),
            ("bytes=-10", (90, 10)),
            ("bytes=-1000", (0, 100)),
            // Not read, or not answered in parts.
            ("bytes=9-0", (0, 100)),
            ("bytes=a-b", (0, 100)),
            ("lines=0-9", (0, 100)),
            ("bytes=0-9,20-29", (0, 100)),
        ] {
            assert_eq!(asked(&[(header::RANGE, range)]), Ok(expected), "{range}");
        }
        for none in ["bytes=100-", "bytes=200-300", "bytes=-0"] {
            let expected = Err(StatusCode::RANGE_NOT_SATISFIABLE);
            assert_eq!(asked(&[(header::RANGE, none)]), expected, "{none}");
        }
    }

    #[test]
    fn a_part_is_of_what_the_player_has_begun() {
        let part = |begun| asked(&[(header::RANGE, "bytes=10-19"), (header::IF_RANGE, begun)]);
        assert_eq!(part("\"a\""), Ok((10, 10)));
        for other in ["\"b\"", "W/\"a\"", "Sun, 29 Nov 2026 00:00:00 GMT"] {
            assert_eq!(part(other), Ok((0, 100)), "{other}");
        }
        let head = HeaderMap::from_iter([(header::RANGE, HeaderValue::from_static("bytes=0-0"))]);
        let of_head = media().asked(&Method::HEAD, &head).unwrap();
        assert_eq!(of_head, AskedBytes::Whole);
    }

    #[test]
    fn no_recording_has_no_part() {
        let empty = Media {
            length: 0,
            ..media()
        };
        for range in ["bytes=0-", "bytes=-5"] {
            let request = HeaderMap::from_iter([(header::RANGE, range.parse().unwrap())]);
            let asked = empty.asked(&Method::GET, &request);
            let is_none = asked.is_err() || asked.is_ok_and(|asked| asked == AskedBytes::Whole);
            assert!(is_none, "{range}");
        }
    }
}
