//! What is known of a list's rows for packing pages of them: what they have in common, learned from those that
//! are kept, and where each of them has it.
//!
//! It goes with the list's rows as JSON, and stays right as long as those do. There is a limit on the bytes;
//! pages with rows beyond it are packed while they are sent. It must not know how rows are written.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use crate::http::{Anchor, PackedPage, PageCodes};

/// Bytes of anchors that are kept of one list at most.
const BUDGET: usize = 6 * 1024 * 1024;

/// Rows that are learned from.
const LEARNED_FROM: usize = 512;

type Anchors = Arc<[Anchor]>;

/// What is known of the rows of one list, by position.
#[derive(Debug, Default)]
pub(super) struct PackedRows {
    is_learning: AtomicBool,
    learned: OnceLock<Learned>,
    /// Bytes of anchors.
    used: AtomicUsize,
}

#[derive(Debug)]
struct Learned {
    codes: Arc<PageCodes>,
    anchors: Vec<OnceLock<Anchors>>,
}

impl PackedRows {
    /// Whether nobody learns or has learned; whoever is told so is expected to, and to end.
    pub(super) fn begin(&self) -> bool {
        let is_open = || !self.is_learning.swap(true, Ordering::AcqRel);
        self.learned.get().is_none() && is_open()
    }

    /// Whoever began has learned, or given up.
    pub(super) fn end(&self) {
        self.is_learning.store(false, Ordering::Release);
    }

    /// Learns from some of the rows that are kept of all `length`.
    pub(super) fn learn<'r>(&self, kept: impl Iterator<Item = &'r [u8]>, length: usize) {
        let rows: Vec<&[u8]> = kept.take(LEARNED_FROM).collect();
        self.set(Arc::new(PageCodes::learn(&rows)), length);
    }

    fn set(&self, codes: Arc<PageCodes>, length: usize) -> &Learned {
        self.learned.get_or_init(|| Learned {
            codes,
            anchors: (0..length).map(|_| OnceLock::new()).collect(),
        })
    }

    /// `page` as gzip: behind `start` bytes the rows at `positions`, as `row` has them, with a byte behind each.
    /// Nothing where nothing was learned, or there was no room for all of the rows: what was learned and the page
    /// alone decide on the bytes, since a tag stands for them.
    pub(super) fn gzip<'r>(
        &self,
        page: &[u8],
        start: usize,
        positions: &[usize],
        row: impl Fn(usize) -> Option<&'r [u8]>,
    ) -> Option<PackedPage> {
        let learned = self.learned.get()?;
        let mut next = start;
        let mut texts = Vec::with_capacity(positions.len());
        for &position in positions {
            let row = row(position)?;
            texts.push((next, &**self.anchors(learned, position, row)?));
            next += row.len() + 1;
        }
        Some(learned.codes.gzip(page, texts.into_iter()))
    }

    /// Where a row has what others have, if there is room for it.
    fn anchors<'s>(
        &self,
        learned: &'s Learned,
        position: usize,
        row: &[u8],
    ) -> Option<&'s Anchors> {
        let slot = learned.anchors.get(position)?;
        if slot.get().is_none() && self.used.load(Ordering::Relaxed) < BUDGET {
            self.keep(slot, learned.codes.anchors(row).into());
        }
        slot.get()
    }

    fn keep(&self, slot: &OnceLock<Anchors>, anchors: Anchors) {
        let bytes = size_of_val(&*anchors);
        if slot.set(anchors).is_ok() {
            self.used.fetch_add(bytes, Ordering::Relaxed);
        }
    }

    /// Takes over all that another list has, whose rows are now among `length` at the positions that `moved`
    /// gives.
    pub(super) fn take_over(
        &self,
        other: &Self,
        length: usize,
        moved: impl Iterator<Item = (usize, usize)>,
    ) {
        let Some(before) = other.learned.get() else {
            return;
        };
        let learned = self.set(Arc::clone(&before.codes), length);
        for (from, to) in moved {
            if let Some(anchors) = before.anchors[from].get() {
                self.keep(&learned.anchors[to], Arc::clone(anchors));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    fn row(number: usize) -> String {
        format!(
            "{{\"id\":{number},\"name\":\"椅子{}\",\"kind\":\"座椅子\"}}",
            number % 7
        )
    }

    /// A page of the first ten rows but one, and the rows.
    fn packed(rows: &PackedRows) -> Option<PackedPage> {
        let kept: Vec<String> = (0..10).map(row).collect();
        let page = format!("[{}]", kept[1..].join(","));
        let positions: Vec<usize> = (1..10).collect();
        let kept = |position: usize| kept.get(position).map(String::as_bytes);
        let packed = rows.gzip(page.as_bytes(), 1, &positions, kept)?;
        let mut unpacked = String::new();
        let mut reader = flate2::read::GzDecoder::new(packed.bytes());
        reader.read_to_string(&mut unpacked).unwrap();
        assert_eq!(unpacked, page);
        Some(packed)
    }

    #[test]
    fn what_was_learned_goes_along_with_the_rows() {
        let before = PackedRows::default();
        assert_eq!(packed(&before), None);
        assert!(before.begin() && !before.begin());
        before.end();
        assert!(before.begin(), "the first gave up");
        let kept: Vec<String> = (0..100).map(row).collect();
        before.learn(kept.iter().map(String::as_bytes), 10);
        before.end();
        assert!(!before.begin());
        let first = packed(&before).unwrap();
        let used = before.used.load(Ordering::Relaxed);
        assert!(used > 0);
        assert_eq!(packed(&before).as_ref(), Some(&first));
        assert_eq!(before.used.load(Ordering::Relaxed), used);
        // Row 5 has gone; those behind it moved up, and a new one is the last.
        let after = PackedRows::default();
        let moved = (0..5)
            .map(|at| (at, at))
            .chain((6..10).map(|at| (at, at - 1)));
        after.take_over(&before, 10, moved);
        assert!(!after.begin());
        let learned = after.learned.get().unwrap();
        assert!(learned.anchors[8].get() == before.learned.get().unwrap().anchors[9].get());
        assert!(learned.anchors[9].get().is_none());
        assert!(after.used.load(Ordering::Relaxed) < used);
    }

    #[test]
    fn pages_with_rows_beyond_the_limit_are_not_packed_here() {
        let rows = PackedRows::default();
        let kept: Vec<String> = (0..100).map(row).collect();
        rows.learn(kept.iter().map(String::as_bytes), 10);
        rows.used.store(BUDGET, Ordering::Relaxed);
        assert_eq!(packed(&rows), None);
        rows.used.store(BUDGET - 1, Ordering::Relaxed);
        // There was room for the first row alone.
        assert_eq!(packed(&rows), None);
        rows.used.store(0, Ordering::Relaxed);
        assert!(packed(&rows).is_some());
    }
}
