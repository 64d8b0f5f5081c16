//! Sets of positions, a bit each.

/// Words that are intersected and counted together, several in one step of the processor.
pub(super) const BLOCK: usize = 32;

/// A set of positions below a number that all sets of a list share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::apps::isuumo) struct Bits(Box<[u64]>);

impl Bits {
    /// The empty set of positions below `length`.
    pub(super) fn none(length: usize) -> Self {
        Self(vec![0; length.div_ceil(64)].into())
    }

    pub(super) fn put(&mut self, position: usize, is_in: bool) {
        let bit = 1 << (position % 64);
        let word = &mut self.0[position / 64];
        if is_in {
            *word |= bit;
        } else {
            *word &= !bit;
        }
    }

    pub(super) fn has(&self, position: usize) -> bool {
        self.0[position / 64] >> (position % 64) & 1 == 1
    }

    pub(super) fn add_all(&mut self, other: &Self) {
        for (word, more) in self.0.iter_mut().zip(&other.0) {
            *word |= more;
        }
    }

    /// The words from the one with index `first` on.
    pub(super) fn words_from(&self, first: usize) -> &[u64] {
        &self.0[first..]
    }

    /// Bytes that it takes.
    pub(super) fn bytes(&self) -> usize {
        size_of_val(&*self.0)
    }

    /// The positions that are in this set and in all of `others`.
    pub(super) fn intersection(&self, others: &[&Self]) -> Self {
        let mut all = self.clone();
        for other in others {
            for (word, other) in all.0.iter_mut().zip(&other.0) {
                *word &= other;
            }
        }
        all
    }

    /// How many positions are in this set and in all of `others`, and from the one with index
    /// `offset` on up to `limit` of them, in order.
    pub(super) fn common(
        &self,
        others: &[&Self],
        offset: usize,
        limit: usize,
    ) -> (usize, Vec<usize>) {
        let mut count = BitCount::default();
        let mut page = PagePositions {
            before: offset,
            limit,
            found: Vec::with_capacity(limit.min(64)),
        };
        for block in 0..self.0.len().div_ceil(BLOCK) {
            let words = self.common_block(others, block);
            count.add(&words);
            page.take(block * BLOCK, &words);
        }
        (count.total(), page.found)
    }

    /// A block of the words of the intersection, with zeros behind the last.
    fn common_block(&self, others: &[&Self], block: usize) -> [u64; BLOCK] {
        let start = block * BLOCK;
        let mut words = [0; BLOCK];
        if let Some(first) = self.0.get(start..start + BLOCK) {
            // Of known length, so that several words go in one step.
            words.copy_from_slice(first);
            for other in others {
                let other = &other.0[start..start + BLOCK];
                for (word, other) in words.iter_mut().zip(other) {
                    *word &= other;
                }
            }
            return words;
        }
        for (word, first) in words.iter_mut().zip(&self.0[start..]) {
            *word = *first;
        }
        for other in others {
            for (word, other) in words.iter_mut().zip(&other.0[start..]) {
                *word &= other;
            }
        }
        words
    }
}

/// Positions of a page, taken from words in their order.
struct PagePositions {
    /// Positions that are still to come before the page.
    before: usize,
    limit: usize,
    found: Vec<usize>,
}

impl PagePositions {
    /// Takes what it needs of words from the one with index `first` on.
    fn take(&mut self, first: usize, words: &[u64]) {
        if self.found.len() >= self.limit {
            return;
        }
        for (&word, index) in words.iter().zip(first..) {
            let mut word = word;
            if word != 0 && self.before > 0 {
                let ones = word.count_ones() as usize;
                if ones <= self.before {
                    self.before -= ones;
                    continue;
                }
                for _ in 0..self.before {
                    word &= word - 1;
                }
                self.before = 0;
            }
            while word != 0 {
                self.found.push(index * 64 + word.trailing_zeros() as usize);
                if self.found.len() == self.limit {
                    return;
                }
                word &= word - 1;
            }
        }
    }
}

/// Words that are worked on at once, as the processor has registers for them.
type Lanes = [u64; 4];

/// How many bits are in many words: by adders of bits, each of which takes three words to two (the method of Harley
/// and Seal). Bits are counted in one word of eight; a count takes twelve instructions where the processor cannot be
/// assumed to have one for it.
#[derive(Default)]
struct BitCount {
    ones: Lanes,
    twos: Lanes,
    fours: Lanes,
    eights: usize,
}

impl BitCount {
    fn add(&mut self, words: &[u64; BLOCK]) {
        let (lanes, _none) = words.as_chunks();
        let [a, b, c, d, e, f, g, h] = lanes else {
            return;
        };
        let twos_a = carry(&mut self.ones, a, b);
        let twos_b = carry(&mut self.ones, c, d);
        let fours_a = carry(&mut self.twos, &twos_a, &twos_b);
        let twos_a = carry(&mut self.ones, e, f);
        let twos_b = carry(&mut self.ones, g, h);
        let fours_b = carry(&mut self.twos, &twos_a, &twos_b);
        let eights = carry(&mut self.fours, &fours_a, &fours_b);
        self.eights += ones_in(&eights);
    }

    fn total(&self) -> usize {
        let [fours, twos, ones] = [&self.fours, &self.twos, &self.ones].map(ones_in);
        8 * self.eights + 4 * fours + 2 * twos + ones
    }
}

/// Adds two bits to that in each place of `sum`, which keeps the lower bit of the result; the upper one is returned.
fn carry(sum: &mut Lanes, one: &Lanes, other: &Lanes) -> Lanes {
    std::array::from_fn(|lane| {
        let (before, one, other) = (sum[lane], one[lane], other[lane]);
        let half = before ^ one;
        sum[lane] = half ^ other;
        (before & one) | (half & other)
    })
}

fn ones_in(lanes: &Lanes) -> usize {
    lanes.iter().map(|word| word.count_ones()).sum::<u32>() as usize
}

/// The positions of the bits in words from the one with index `first` on.
pub(super) fn positions(
    first: usize,
    words: impl IntoIterator<Item = u64>,
) -> impl Iterator<Item = usize> {
    words.into_iter().zip(first..).flat_map(|(word, index)| {
        let rest = |word: &u64| Some(word & (word - 1)).filter(|word| *word != 0);
        let words = std::iter::successors(Some(word).filter(|word| *word != 0), rest);
        words.map(move |word| index * 64 + word.trailing_zeros() as usize)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(positions: &[usize]) -> Bits {
        let mut bits = Bits::none(9_000);
        for &position in positions {
            bits.put(position, true);
        }
        bits
    }

    #[test]
    fn pages_of_an_intersection() {
        let all = set(&(0..9_000).collect::<Vec<_>>());
        let thirds = set(&(0..9_000).filter(|n| n % 3 == 0).collect::<Vec<_>>());
        let even = set(&(0..9_000).filter(|n| n % 2 == 0).collect::<Vec<_>>());
        let sixths: Vec<usize> = (0..9_000).filter(|n| n % 6 == 0).collect();
        for (offset, limit) in [
            (0, 5),
            (3, 7),
            (330, 100),
            (1_490, 10),
            (1_495, 10),
            (1_500, 1),
            (0, 0),
            (0, 1),
            (1_499, 1),
            (9_000, 3),
            (0, 9_999),
        ] {
            let (count, page) = all.common(&[&thirds, &even], offset, limit);
            assert_eq!(count, sixths.len());
            let expected: Vec<usize> = sixths.iter().copied().skip(offset).take(limit).collect();
            assert_eq!(page, expected, "{offset} {limit}");
        }
    }

    /// Of every length around a block, and of words with every number of bits.
    #[test]
    fn counts_are_those_of_the_bits() {
        let around = |block: usize| block * 64 * BLOCK - 66..block * 64 * BLOCK + 66;
        for length in (0..70).chain(around(1)).chain(around(2)) {
            let mut one = Bits::none(length);
            let mut other = Bits::none(length);
            let mut expected = Vec::new();
            for position in 0..length {
                let in_one = position * 7 % 11 < 8;
                // As many in a word as its number says.
                let in_other = position % 64 <= position / 64 % 65;
                one.put(position, in_one);
                other.put(position, in_other);
                if in_one && in_other {
                    expected.push(position);
                }
            }
            for (offset, limit) in [(0, 0), (0, 1), (0, 5_000), (7, 30), (90, 10), (1_000, 40)] {
                let (count, page) = one.common(&[&other], offset, limit);
                assert_eq!(count, expected.len(), "{length} {limit}");
                let expected = expected.iter().copied().skip(offset).take(limit);
                assert_eq!(
                    page,
                    expected.collect::<Vec<_>>(),
                    "{length} {offset} {limit}"
                );
            }
        }
    }

    #[test]
    fn taking_out_and_uniting() {
        let mut bits = set(&[1, 64, 199]);
        bits.put(64, false);
        bits.add_all(&set(&[2, 128]));
        assert_eq!(bits, set(&[1, 2, 128, 199]));
    }
}
