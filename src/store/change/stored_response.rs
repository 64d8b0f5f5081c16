//! The response of a write, as it is given and stored for repetitions (`idempotency`).
//!
//! A status, a few headers and a small body. What they mean is the caller's to know; which headers may be
//! among them is the HTTP side's to say, where they are added.

use std::borrow::Cow;

/// What was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredResponse {
    /// Its status.
    pub status: u16,
    /// Its headers beside the media type, by name. Not for anyone to add to, since they are kept.
    pub(crate) headers: Vec<StoredHeader>,
    /// Its body, if it has one.
    pub body: Option<StoredBody>,
}

/// Name and value of a header.
pub(crate) type StoredHeader = (Cow<'static, str>, String);

/// The body of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredBody {
    /// Its media type.
    pub content_type: String,
    /// Up to 64 KiB.
    pub bytes: Vec<u8>,
}

impl StoredResponse {
    /// An answer without headers and body.
    #[must_use]
    pub fn new(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: None,
        }
    }

    /// The same with a body of up to 64 KiB.
    #[must_use]
    pub fn with_body(self, content_type: impl Into<String>, bytes: Vec<u8>) -> Self {
        let body = Some(StoredBody {
            content_type: content_type.into(),
            bytes,
        });
        Self { body, ..self }
    }
}
