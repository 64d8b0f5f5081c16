//! A body that is kept and sent again and again: plain, and packed once in each encoding that somebody asked for.

use std::sync::Arc;

use axum::body::Bytes;
use axum::http::HeaderValue;
use axum::response::Response;
use tokio::sync::OnceCell;

use super::ReadyBody;
use super::coding::Coding;
use crate::http::headers::response_headers::ok;
use crate::http::limits::work::WorkPool;

/// From so many bytes on, packing takes longer than others should wait: some 1 ms.
const PACKED_APART: usize = 64 * 1024;

/// A body, and what it is packed.
#[derive(Debug, Clone)]
pub struct KeptBody(Arc<Forms>);

#[derive(Debug)]
struct Forms {
    plain: Bytes,
    gzip: OnceCell<Bytes>,
    zstd: OnceCell<Bytes>,
}

impl KeptBody {
    /// Keeps `plain`.
    #[must_use]
    pub fn new(plain: impl Into<Bytes>) -> Self {
        Self(Arc::new(Forms {
            plain: plain.into(),
            gzip: OnceCell::new(),
            zstd: OnceCell::new(),
        }))
    }

    /// As it is without an encoding.
    #[must_use]
    pub fn plain(&self) -> &Bytes {
        &self.0.plain
    }

    /// Bytes that it holds at most, once it is packed in all encodings: what does not become smaller is not kept.
    #[must_use]
    pub fn most_bytes(&self) -> usize {
        3 * self.0.plain.len()
    }

    /// 200 with this body, in the encoding that its client likes best.
    #[must_use]
    pub fn answer(&self, kind: HeaderValue) -> Response {
        let mut response = ok(kind, self.0.plain.clone());
        let ready = ReadyBody::Kept(self.clone());
        response.extensions_mut().insert(ready);
        response
    }

    /// The body in an encoding.
    pub(super) async fn packed(&self, coding: Coding, work: &WorkPool) -> Option<Bytes> {
        let cell = match coding {
            Coding::Gzip => &self.0.gzip,
            Coding::Zstd => &self.0.zstd,
        };
        if let Some(packed) = cell.get() {
            return Some(packed.clone());
        }
        let plain = self.0.plain.clone();
        let packed = if plain.len() < PACKED_APART {
            coding.pack(&plain)
        } else {
            let pack = move || coding.pack(&plain);
            work.run_in_turn(pack).await.ok()?
        };
        // Packing writes to memory and has no reason to fail.
        let packed = Bytes::from(packed.ok()?);
        if packed.len() <= self.0.plain.len() {
            // Two may have made it concurrently.
            drop(cell.set(packed.clone()));
        }
        Some(packed)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use flate2::read::GzDecoder;

    use super::*;

    fn unpacked(coding: Coding, packed: &[u8]) -> Vec<u8> {
        let mut unpacked = Vec::new();
        match coding {
            Coding::Zstd => zstd::stream::copy_decode(packed, &mut unpacked).map(drop),
            Coding::Gzip => GzDecoder::new(packed).read_to_end(&mut unpacked).map(drop),
        }
        .unwrap();
        unpacked
    }

    #[tokio::test]
    async fn what_does_not_become_smaller_is_not_kept() {
        let work = WorkPool::new(1, 1);
        for (plain, is_kept) in [(vec![b'a'; 5_000], true), (b"abc".to_vec(), false)] {
            let body = KeptBody::new(plain.clone());
            for coding in [Coding::Gzip, Coding::Zstd] {
                let packed = body.packed(coding, &work).await.unwrap();
                assert_eq!(unpacked(coding, &packed), plain);
                let again = body.packed(coding, &work).await.unwrap();
                assert_eq!(again.as_ptr() == packed.as_ptr(), is_kept, "{coding:?}");
            }
        }
    }

    #[tokio::test]
    async fn large_bodies_are_packed_in_the_pool() {
        let body = KeptBody::new(vec![b'a'; PACKED_APART]);
        let packed = body.packed(Coding::Gzip, &WorkPool::new(1, 1)).await;
        assert!(packed.unwrap().len() < 1_000);
    }
}
