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
//! - `coding`: which encoding a client gets
//! - [`KeptBody`]: a body that is kept, packed once in each encoding
//! - [`PackablePage`]: a page that is put together from kept texts; [`PageCodes`]: what such texts have in common
//! - `phrases`: where texts have something in common; `repetitions`: what a page repeats by that
//! - `deflate`: how that is written as gzip, by `prefix_codes`

pub(super) mod coding;
mod deflate;
pub(super) mod kept_body;
pub(super) mod page;
mod phrases;
mod prefix_codes;
mod repetitions;

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;

use self::coding::{AcceptedCodings, Coding};
pub use self::kept_body::KeptBody;
pub use self::page::{PackablePage, PackedPage, PageCodes, packable_page};
pub use self::phrases::Anchor;
use super::caching::validators::with_suffix;
use super::headers::negotiation::vary_by_encoding;
use super::limits::work::WorkPool;

/// In the extensions of a response: how its body is packed.
#[derive(Clone)]
pub(super) enum ReadyBody {
    Kept(KeptBody),
    Page(Bytes, Arc<dyn PackablePage>),
}

impl ReadyBody {
    fn plain(&self) -> &Bytes {
        match self {
            Self::Kept(body) => body.plain(),
            Self::Page(page, _) => page,
        }
    }

    /// What a client gets who likes both encodings alike: what is kept in whatever is smaller, pages in what is
    /// faster.
    fn preferred(&self) -> Coding {
        match self {
            Self::Kept(_) => Coding::Zstd,
            Self::Page(..) => Coding::Gzip,
        }
    }

    async fn packed(&self, coding: Coding, work: &WorkPool) -> Option<PackedPage> {
        match self {
            Self::Kept(body) => body.packed(coding, work).await.map(PackedPage::usual),
            Self::Page(page, packable) => page::packed(page, packable, coding, work).await,
        }
    }
}

/// Packs answers that say how.
#[derive(Debug, Clone)]
pub(super) struct Packer {
    /// Those that have so many bytes.
    pub(super) above: u16,
    pub(super) work: WorkPool,
}

impl Packer {
    /// Whether the response says how it is packed.
    pub(super) fn is_for(response: &Response) -> bool {
        response.extensions().get::<ReadyBody>().is_some()
    }

    /// The response in the encoding that its client likes best.
    pub(super) async fn pack(&self, accepted: AcceptedCodings, mut response: Response) -> Response {
        let Some(body) = response.extensions_mut().remove::<ReadyBody>() else {
            return response;
        };
        let Some(coding) = accepted.best(body.preferred()) else {
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

fn with_body(mut response: Response, coding: Coding, packed: PackedPage) -> Response {
    let headers = response.headers_mut();
    // The same tag means the same bytes, whoever packed them and when.
    if let (Some(mark), Some(tag)) = (&packed.mark, headers.get(header::ETAG)) {
        let tag = with_suffix(tag, mark.as_bytes());
        headers.insert(header::ETAG, tag);
    }
    vary_by_encoding(headers);
    headers.remove(header::CONTENT_LENGTH);
    headers.insert(
        header::CONTENT_ENCODING,
        HeaderValue::from_static(coding.name()),
    );
    *response.body_mut() = Body::from(packed.bytes);
    response
}
