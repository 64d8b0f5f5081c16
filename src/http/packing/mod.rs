//! Answers that are packed without going through all of their bytes each time.
//!
//! A handler hangs the way to pack its answer on the response ([`ReadyBody`]), and the guard of its app has
//! [`Packer`] put the packed bytes in place of the plain ones, for clients that take them. The layer that packs
//! streams leaves them alone then. So handlers know nothing of encodings; tags, `Vary` and conditional
//! requests are as for every other answer, and so is what counts as held in memory. Only public answers may
//! be packed here: what holds a secret beside what a client sent must not tell by its length what the secret
//! is.
//!
//! # Layout
//! - [`KeptBody`]: a body that is kept, packed once in each encoding
//! - `coding`: which encoding a client gets

pub(super) mod coding;
pub(super) mod kept_body;

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;

use self::coding::{AcceptedCodings, Coding};
pub use self::kept_body::KeptBody;
use super::headers::negotiation::vary_by;
use super::limits::work::WorkPool;

/// In the extensions of a response: how its body is packed.
#[derive(Debug, Clone)]
pub(super) struct ReadyBody(KeptBody);

/// Packs answers that say how.
#[derive(Debug, Clone)]
pub(super) struct Packer {
    /// Those that have so many bytes.
    pub(super) above: u16,
    pub(super) work: WorkPool,
}

impl Packer {
    /// The response in the encoding that its client likes best.
    pub(super) async fn pack(&self, accepted: AcceptedCodings, mut response: Response) -> Response {
        let Some(ReadyBody(body)) = response.extensions_mut().remove() else {
            return response;
        };
        let Some(coding) = accepted.best() else {
            return response;
        };
        let is_small = body.plain().len() < usize::from(self.above);
        if is_small || response.status() != StatusCode::OK {
            return response;
        }
        match body.packed(coding, &self.work).await {
            Some(packed) => with_body(response, coding, packed),
            None => response,
        }
    }
}

fn with_body(mut response: Response, coding: Coding, packed: Bytes) -> Response {
    let headers = response.headers_mut();
    vary_by(headers, &["accept-encoding"]);
    headers.remove(header::CONTENT_LENGTH);
    headers.insert(
        header::CONTENT_ENCODING,
        HeaderValue::from_static(coding.name()),
    );
    *response.body_mut() = Body::from(packed);
    response
}
