//! A page as what it repeats and what is new in it, found by the anchors of its texts.
//!
//! Repetitions are compared byte by byte, so that whatever anchors say, the page comes out again. It must not
//! know how either is written.

use super::phrases::{Anchor, KNOWN_BY};

/// Bytes that a decoder looks back at most.
const FARTHEST: usize = 32 * 1024;

/// Where a page goes, from its beginning to its end.
pub(super) trait PageSink {
    /// New bytes.
    fn literals(&mut self, bytes: &[u8]);

    /// `length` bytes that were there `distance` bytes before.
    fn copy(&mut self, length: usize, distance: usize);
}

/// Sends `page` to `sink`. `texts` are where texts begin in it, with their anchors, which are below `known`.
pub(super) fn send<'a>(
    page: &[u8],
    texts: impl Iterator<Item = (usize, &'a [Anchor])>,
    known: usize,
    sink: &mut impl PageSink,
) {
    // The place behind the one where a beginning came last.
    let mut last = vec![0; known];
    let mut sent = 0;
    let anchors = texts.flat_map(|(start, anchors)| {
        let places = anchors.iter();
        places.map(move |anchor| (start + usize::from(anchor.at), anchor.number))
    });
    for (at, number) in anchors {
        let Some(last) = last.get_mut(usize::from(number)) else {
            continue;
        };
        let before = std::mem::replace(last, at + 1);
        let is_new = (sent..page.len()).contains(&at);
        let Some(before) = before
            .checked_sub(1)
            .filter(|before| is_new && *before < at && at - before <= FARTHEST)
        else {
            continue;
        };
        let ahead = same_ahead(page, at, before);
        if ahead < KNOWN_BY {
            continue;
        }
        let behind = same_behind(page, at, before, at - sent);
        sink.literals(&page[sent..at - behind]);
        sink.copy(behind + ahead, at - before);
        sent = at + ahead;
    }
    sink.literals(&page[sent..]);
}

/// How many bytes from `at` on are those from `before` on.
fn same_ahead(page: &[u8], at: usize, before: usize) -> usize {
    let mut same = 0;
    while let (Some(one), Some(other)) = (word(page, at + same), word(page, before + same)) {
        let differing = one ^ other;
        if differing != 0 {
            return same + (differing.trailing_zeros() / 8) as usize;
        }
        same += size_of::<u64>();
    }
    let pairs = page[at + same..].iter().zip(&page[before + same..]);
    same + pairs.take_while(|(one, other)| one == other).count()
}

/// How many bytes before `at` are those before `before`, up to `most`.
fn same_behind(page: &[u8], at: usize, before: usize, most: usize) -> usize {
    let words = before
        .checked_sub(size_of::<u64>())
        .and_then(|start| word(page, start))
        .zip(word(page, at.saturating_sub(size_of::<u64>())));
    // At once, since it is less nearly always: anchors are close to each other.
    if let Some((one, other)) = words
        && one != other
    {
        return most.min(((one ^ other).leading_zeros() / 8) as usize);
    }
    let pairs = page[at - most..at]
        .iter()
        .rev()
        .zip(page[..before].iter().rev());
    pairs.take_while(|(one, other)| one == other).count()
}

fn word(page: &[u8], at: usize) -> Option<u64> {
    let bytes = page.get(at..at + size_of::<u64>())?;
    Some(u64::from_le_bytes(bytes.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The page again, from what was sent.
    #[derive(Default)]
    struct Again {
        page: Vec<u8>,
        copied: usize,
    }

    impl PageSink for Again {
        fn literals(&mut self, bytes: &[u8]) {
            self.page.extend_from_slice(bytes);
        }

        fn copy(&mut self, length: usize, distance: usize) {
            assert!((1..=FARTHEST).contains(&distance) && length > 0);
            for _ in 0..length {
                self.page.push(self.page[self.page.len() - distance]);
            }
            self.copied += length;
        }
    }

    #[test]
    fn the_page_comes_out_whatever_the_anchors_say() {
        let mut random = fastrand::Rng::with_seed(7);
        let mut copied = 0;
        for round in 0..2_000 {
            let letters = random.u8(1..=4);
            let length = random.usize(0..if round % 100 == 0 { 50_000 } else { 300 });
            let page: Vec<u8> = (0..length).map(|_| b'a' + random.u8(0..letters)).collect();
            let mut places: Vec<u16> = (0..random.usize(0..=length.min(60)))
                .map(|_| u16::try_from(random.usize(0..length)).unwrap())
                .collect();
            places.sort_unstable();
            let number = |at| Anchor {
                at,
                number: random.u16(0..6),
            };
            let anchors: Vec<Anchor> = places.into_iter().map(number).collect();
            let mut again = Again::default();
            // Numbers that nobody knows are passed over.
            send(&page, [(0, &anchors[..])].into_iter(), 5, &mut again);
            assert_eq!(again.page, page);
            copied += again.copied;
        }
        assert!(copied > 10_000);
    }

    #[test]
    fn a_repetition_is_found_as_a_whole() {
        let page = b"{\"name\":\"first one\"},{\"name\":\"second one\"}";
        let anchors = [0, 21].map(|at| Anchor { at, number: 0 });
        let mut again = Again::default();
        send(page, [(0, &anchors[..])].into_iter(), 1, &mut again);
        assert_eq!(again.page, page);
        assert_eq!(again.copied, "{\"name\":\"".len());
    }
}
