//! Entity tags: how responses get them, and how requests that know them are answered.
//!
//! A response from the data is named by the revision that it was read in (`reading`), one that is cached
//! ready by its bytes. Both tags are strong: at one address, the same tag means the same bytes. So a tag
//! also names its viewer, where there is one, and its encoding, which is added here, outside of
//! compression.
//!
//! A request with `If-None-Match` is answered as any other is, and only then, if the response has a tag
//! that the client knows, is its body left out. So a 304 is as fresh as the response that it stands for,
//! and an error is never taken for something that the client has. `If-Match` is answered in the same way: 412
//! where the response has another tag. It must not hash bodies.

use std::cell::RefCell;
use std::pin::Pin;
use std::sync::LazyLock;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use data_encoding::HEXLOWER;
use hyper::body::{Frame, SizeHint};
use sha2::{Digest as _, Sha256};

use super::preconditions::{Preconditions, TagList};
use crate::store::Revision;

/// Bytes of the longest text of a tag: quotes, three numbers with dots between them, a mark with a hyphen.
const LONGEST: usize = 2 + 3 * 16 + 2 + 1 + 2 * MARK;

/// Bytes of the longest mark behind a revision.
const MARK: usize = 16;

/// `"LINEAGE.GENERATION.CHANGES"` in hexadecimal. Written by hand: every answer has one, and `format!`
/// would cost more than all other headers together.
pub(super) fn tag(revision: Revision) -> HeaderValue {
    as_made_last(revision, TagOwner::Everybody)
}

/// The same with a hyphen and `mark` behind it.
pub(super) fn marked_tag(revision: Revision, mark: &[u8; MARK]) -> HeaderValue {
    as_made_last(revision, TagOwner::Marked(*mark))
}

/// The same with a hyphen and `name` behind it.
pub(super) fn named_tag(revision: Revision, name: &'static [u8; 9]) -> HeaderValue {
    as_made_last(revision, TagOwner::Named(name))
}

/// Whose response a tag is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TagOwner {
    Everybody,
    Named(&'static [u8; 9]),
    Marked([u8; MARK]),
}

impl TagOwner {
    fn tag(self, revision: Revision) -> HeaderValue {
        let mut text = TagText::of(revision);
        match self {
            Self::Everybody => {}
            Self::Named(name) => {
                text.push(b'-');
                name.iter().for_each(|byte| text.push(*byte));
            }
            Self::Marked(mark) => {
                text.push(b'-');
                for byte in mark {
                    text.push_digits(u64::from(byte), 2);
                }
            }
        }
        text.end()
    }
}

/// The tag, as it was made the last time if that was the same. Most responses follow one of the same revision and
/// owner, and a tag that is there costs a tenth of one that is made.
fn as_made_last(revision: Revision, owner: TagOwner) -> HeaderValue {
    thread_local! {
        static LAST: RefCell<Option<(Revision, TagOwner, HeaderValue)>> = const { RefCell::new(None) };
    }
    LAST.with_borrow_mut(|last| match last {
        Some((of, whose, tag)) if *of == revision && *whose == owner => tag.clone(),
        _ => {
            let tag = owner.tag(revision);
            *last = Some((revision, owner, tag.clone()));
            tag
        }
    })
}

/// A tag that is being written.
struct TagText {
    bytes: [u8; LONGEST],
    length: usize,
}

impl TagText {
    /// Without its last quote.
    fn of(revision: Revision) -> Self {
        let mut text = Self {
            bytes: [b'"'; LONGEST],
            length: 1,
        };
        for (index, number) in revision.numbers().into_iter().enumerate() {
            if index > 0 {
                text.push(b'.');
            }
            let digits = (64 - number.leading_zeros()).div_ceil(4).max(1);
            text.push_digits(number, digits);
        }
        text
    }

    fn push(&mut self, byte: u8) {
        self.bytes[self.length] = byte;
        self.length += 1;
    }

    fn push_digits(&mut self, number: u64, digits: u32) {
        for place in (0..digits).rev() {
            let digit = number >> (4 * place) & 0xf;
            self.push(b"0123456789abcdef"[usize::try_from(digit).unwrap_or_default()]);
        }
    }

    fn end(mut self) -> HeaderValue {
        self.push(b'"');
        HeaderValue::from_bytes(&self.bytes[..self.length])
            .unwrap_or_else(|_| HeaderValue::from_static("\"\""))
    }
}

/// The tag of something else of the same revision: `"x"` becomes `"x-suffix"`.
pub(in crate::http) fn with_suffix(tag: &HeaderValue, suffix: &[u8]) -> HeaderValue {
    let plain = tag.as_bytes().strip_suffix(b"\"").unwrap_or_default();
    let tag = [plain, b"-", suffix, b"\""].concat();
    HeaderValue::from_maybe_shared(Bytes::from(tag))
        .unwrap_or_else(|_| HeaderValue::from_static("\"\""))
}

/// The tag of answers that depend on nothing but their address and the build.
#[must_use]
pub fn tag_of_build() -> HeaderValue {
    static TAG: LazyLock<HeaderValue> = LazyLock::new(|| {
        let digest = Sha256::digest(crate::release::identity());
        let digits = HEXLOWER.encode(&digest[..8]);
        HeaderValue::try_from(format!("\"{digits}\""))
            .unwrap_or_else(|_| HeaderValue::from_static("\"\""))
    });
    TAG.clone()
}

/// What a request says of answers that its client has.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// `If-None-Match`: which need not be sent.
    none_of: Vec<HeaderValue>,
    /// `If-Match`: which alone may be sent.
    one_of: Option<TagList>,
}

impl Known {
    pub(crate) fn to(request: &Request) -> Self {
        if *request.method() != Method::GET && *request.method() != Method::HEAD {
            return Self::default();
        }
        let headers = request.headers();
        let mut known = Self::default();
        // Most requests have neither, which is found sooner than that there is no list.
        if headers.contains_key(header::IF_NONE_MATCH) {
            let none_of = headers.get_all(header::IF_NONE_MATCH).iter();
            known.none_of = none_of.cloned().collect();
        }
        if headers.contains_key(header::IF_MATCH) {
            known.one_of = TagList::of(headers, header::IF_MATCH);
        }
        known
    }

    /// Completes the answer's tag, and leaves its body out where the client has it.
    pub(crate) fn answer(&self, mut response: Response) -> Response {
        if ![StatusCode::OK, StatusCode::PARTIAL_CONTENT].contains(&response.status()) {
            response.headers_mut().remove(header::ETAG);
            return response;
        }
        if let Some(tag) = encoded_tag(response.headers()) {
            response.headers_mut().insert(header::ETAG, tag);
        }
        let tag = response.headers().get(header::ETAG);
        if self.one_of.as_ref().is_some_and(|tags| !tags.names(tag)) {
            return Preconditions::failed_read().into_response();
        }
        match tag {
            Some(tag) if self.has(tag) => not_modified(response),
            _ => response,
        }
    }

    fn has(&self, tag: &HeaderValue) -> bool {
        self.none_of.iter().any(|known| {
            // Tags cannot hold quotes, so one with its quotes is found only where it is meant.
            // `W/` before it is no difference: the comparison is the weak one.
            known == "*" || memchr::memmem::find(known.as_bytes(), tag.as_bytes()).is_some()
        })
    }
}

/// The tag of an answer that was encoded: `"x"` becomes `"x-gzip"`.
fn encoded_tag(headers: &HeaderMap) -> Option<HeaderValue> {
    let encoding = headers.get(header::CONTENT_ENCODING)?;
    let tag = headers.get(header::ETAG)?;
    Some(with_suffix(tag, encoding.as_bytes()))
}

/// 304 with the headers that a 200 would have had, those about the body aside.
fn not_modified(response: Response) -> Response {
    let (mut parts, _body) = response.into_parts();
    parts.status = StatusCode::NOT_MODIFIED;
    for about_body in [
        header::CONTENT_TYPE,
        header::CONTENT_ENCODING,
        header::CONTENT_LENGTH,
        header::CONTENT_RANGE,
    ] {
        parts.headers.remove(about_body);
    }
    Response::from_parts(parts, Body::new(Nothing))
}

/// An empty body that does not say its size: a `Content-Length` of 0 would be that of the answer which a
/// 304 stands for, and is not allowed beside a 204.
pub(crate) struct Nothing;

impl hyper::body::Body for Nothing {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Poll::Ready(None)
    }

    fn is_end_stream(&self) -> bool {
        true
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(values: &[&'static str]) -> Known {
        let values = values.iter().map(|v| HeaderValue::from_static(v));
        Known {
            none_of: values.collect(),
            one_of: None,
        }
    }

    #[test]
    fn tags_name_their_revision_and_their_viewer() {
        let revision = Revision::of_numbers([u64::MAX, 0, 0x1c]);
        assert_eq!(tag(revision), "\"ffffffffffffffff.0.1c\"");
        let mark: Vec<u8> = (0xf8..=0xff).chain(0..8).collect();
        let marked = marked_tag(revision, &mark.try_into().unwrap());
        let expected = "\"ffffffffffffffff.0.1c-f8f9fafbfcfdfeff0001020304050607\"";
        assert_eq!(marked, expected);
        let named = named_tag(revision, b"anonymous");
        assert_eq!(named, "\"ffffffffffffffff.0.1c-anonymous\"");
        let longest = Revision::of_numbers([u64::MAX; 3]);
        assert_eq!(marked_tag(longest, &[0; MARK]).len(), LONGEST);
    }

    #[test]
    fn tags_are_found_in_lists_and_as_wholes() {
        let tag = HeaderValue::from_static("\"a.1.2\"");
        for values in [
            &["\"a.1.2\""][..],
            &["W/\"a.1.2\""],
            &["\"b\", \"a.1.2\" ,\"c\""],
            &["\"b\"", "\"a.1.2\""],
            &["*"],
        ] {
            assert!(known(values).has(&tag), "{values:?}");
        }
        for values in [
            &[][..],
            &["a.1.2"],
            &["\"a.1.2-gzip\""],
            &["\"aa.1.2\""],
            &["\"a.1.2"],
            &["\"b*\""],
        ] {
            assert!(!known(values).has(&tag), "{values:?}");
        }
    }
}
