//! Pages that are put together from kept texts, packed by what was learned from such texts ([`PageCodes`]).
//!
//! Each text is looked through once. A page then costs a look at the anchors of its texts and a table for each
//! byte that is new: about half of what the fastest general packer takes, for 1.2 times the bytes of gzip's
//! level 6. It must not know whose texts they are.

use std::cell::RefCell;
use std::io;
use std::sync::Arc;

use axum::body::Bytes;
use axum::http::HeaderValue;
use axum::response::Response;
use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};

use super::ReadyBody;
use super::coding::Coding;
use super::deflate::{DeflateCodes, SymbolCounts};
use super::phrases::{Anchor, Phrases};
use super::repetitions;
use crate::http::headers::response_headers::ok;
use crate::http::limits::work::WorkPool;

/// Larger pages are packed while they are sent, in pieces: this is 0.2 ms.
const LARGEST: usize = 128 * 1024;

/// Texts of the pages that are learned from.
const USUAL: usize = 25;

/// What pages of one kind have in common.
#[derive(Debug)]
pub struct PageCodes {
    phrases: Phrases,
    codes: DeflateCodes,
    /// What it is known by.
    mark: Arc<str>,
}

/// A page that is packed, and what it was packed by: the same page may be packed otherwise by others, and is
/// something else to whoever compares tags then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackedPage {
    pub(super) bytes: Bytes,
    pub(super) mark: Option<Arc<str>>,
}

impl PageCodes {
    /// Learns from some texts of the kind, some milliseconds for hundreds of them.
    #[must_use]
    pub fn learn(texts: &[&[u8]]) -> Self {
        let phrases = Phrases::learn(texts);
        let mut counts = SymbolCounts::default();
        for texts in texts.chunks(USUAL) {
            let mut page = Vec::new();
            let mut places = Vec::new();
            for text in texts {
                places.push((page.len(), phrases.anchors(text)));
                page.extend_from_slice(text);
            }
            let places = places.iter().map(|(start, anchors)| (*start, &anchors[..]));
            repetitions::send(&page, places, phrases.len(), &mut counts);
            counts.end();
        }
        let codes = DeflateCodes::new(&counts);
        let mut digest = Sha256::new();
        phrases.digest(&mut digest);
        digest.update(codes.head());
        let mark = HEXLOWER.encode(&digest.finalize()[..6]).into();
        Self {
            phrases,
            codes,
            mark,
        }
    }

    /// Where a text has what others have, too.
    #[must_use]
    pub fn anchors(&self, text: &[u8]) -> Vec<Anchor> {
        self.phrases.anchors(text)
    }

    /// `page` as gzip. `texts` are where texts begin in it, with their anchors; without, it becomes larger.
    pub fn gzip<'a>(
        &self,
        page: &[u8],
        texts: impl Iterator<Item = (usize, &'a [Anchor])>,
    ) -> PackedPage {
        let bytes = self.codes.gzip(page, |writer| {
            repetitions::send(page, texts, self.phrases.len(), writer);
        });
        PackedPage {
            bytes: bytes.into(),
            mark: Some(Arc::clone(&self.mark)),
        }
    }
}

/// A page whose texts are kept by somebody who knows what they have in common.
pub trait PackablePage: Send + Sync {
    /// Whether there is something to be learned first, and by whoever asks: it is told to one only, until that
    /// one has ended.
    fn begin_to_learn(&self) -> bool;

    /// Learns it, which takes some milliseconds.
    fn learn(&self);

    /// Whoever began has learned, or given up.
    fn end_learning(&self);

    /// The page, of which these are the bytes, as gzip; nothing where too little is known.
    fn gzip(&self, page: &[u8]) -> Option<PackedPage>;
}

/// 200 with a page, in the encoding that its client likes best.
#[must_use]
pub fn packable_page(
    kind: HeaderValue,
    page: Vec<u8>,
    packable: Arc<dyn PackablePage>,
) -> Response {
    let page = Bytes::from(page);
    let mut response = ok(kind, page.clone());
    if page.len() <= LARGEST {
        let ready = ReadyBody::Page(page, packable);
        response.extensions_mut().insert(ready);
    }
    response
}

/// `page` in an encoding; nothing where it is to be packed while it is sent.
pub(super) async fn packed(
    page: &Bytes,
    packable: &Arc<dyn PackablePage>,
    coding: Coding,
    work: &WorkPool,
) -> Option<PackedPage> {
    if coding == Coding::Zstd {
        return zstd(page).ok().map(PackedPage::usual);
    }
    if packable.begin_to_learn() {
        let lesson = Lesson(Arc::clone(packable));
        work.run_in_turn(move || lesson.0.learn()).await.ok()?;
    }
    packable.gzip(page)
}

impl PackedPage {
    /// As it is sent.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// As everybody packs it.
    pub(super) fn usual(bytes: impl Into<Bytes>) -> Self {
        Self {
            bytes: bytes.into(),
            mark: None,
        }
    }
}

/// Somebody learns. It ends also where a client goes before it is its turn.
struct Lesson(Arc<dyn PackablePage>);

impl Drop for Lesson {
    fn drop(&mut self) {
        self.0.end_learning();
    }
}

/// At the level that is fastest and still packs letters; what it needs is kept by the thread.
fn zstd(page: &[u8]) -> io::Result<Vec<u8>> {
    thread_local! {
        static PACKER: RefCell<Option<zstd::bulk::Compressor<'static>>> = const { RefCell::new(None) };
    }
    PACKER.with_borrow_mut(|packer| match packer {
        Some(packer) => packer.compress(page),
        None => packer
            .insert(zstd::bulk::Compressor::new(1)?)
            .compress(page),
    })
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use flate2::read::GzDecoder;

    use super::*;

    fn text(number: usize) -> String {
        let words = [
            "椅子",
            "机",
            "本棚",
            "静かな部屋です。",
            "駅から近く、日当たりもよい。",
        ];
        let word = |place: usize| words[number / (place + 1) % words.len()];
        let digest = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        format!(
            "{{\"id\":{number},\"name\":\"{}\",\"description\":\"{}{}\",\"thumbnail\":\"/images/{digest:x}.png\"}}",
            word(0),
            word(1),
            word(2)
        )
    }

    #[test]
    fn pages_come_out_again_and_are_small() {
        let texts: Vec<String> = (0..500).map(text).collect();
        let known: Vec<&[u8]> = texts.iter().step_by(3).map(String::as_bytes).collect();
        let codes = PageCodes::learn(&known);
        assert_eq!(PageCodes::learn(&known).mark, codes.mark);
        assert_ne!(PageCodes::learn(&known[1..]).mark, codes.mark);
        for size in [0, 1, 2, 25, 100] {
            let mut page = b"{\"count\":500,\"list\":[".to_vec();
            let mut places = Vec::new();
            for text in texts.iter().skip(17).take(size) {
                places.push((page.len(), codes.anchors(text.as_bytes())));
                page.extend_from_slice(text.as_bytes());
                page.push(b',');
            }
            let places = places.iter().map(|(start, anchors)| (*start, &anchors[..]));
            let packed = codes.gzip(&page, places).bytes;
            let mut unpacked = Vec::new();
            GzDecoder::new(&packed[..])
                .read_to_end(&mut unpacked)
                .unwrap();
            assert!(unpacked == page);
            if size >= 25 {
                assert!(3 * packed.len() < page.len(), "{}", packed.len());
            }
        }
    }

    #[test]
    fn what_is_unlike_anything_that_was_learned_comes_out_too() {
        for known in [&[][..], &[&b""[..], b"x"], &[&[0xff; 1000][..], &[0; 9]]] {
            let codes = PageCodes::learn(known);
            let page: Vec<u8> = (0..=255).cycle().take(1_000).collect();
            let anchors = codes.anchors(&page);
            let packed = codes.gzip(&page, [(0, &anchors[..])].into_iter()).bytes;
            let mut unpacked = Vec::new();
            GzDecoder::new(&packed[..])
                .read_to_end(&mut unpacked)
                .unwrap();
            assert!(unpacked == page);
        }
    }
}
