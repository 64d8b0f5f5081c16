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
        let mut count = 0;
        let mut page = Vec::with_capacity(limit.min(64));
        for (block, first) in self.0.chunks(BLOCK).enumerate() {
            let mut words = [0_u64; BLOCK];
            words[..first.len()].copy_from_slice(first);
            for other in others {
                let other = &other.0[block * BLOCK..];
                words
                    .iter_mut()
                    .zip(other)
                    .for_each(|(word, other)| *word &= other);
            }
            let found = words.iter().map(|word| word.count_ones()).sum::<u32>() as usize;
            if page.len() < limit && count + found > offset {
                let found = positions(block * BLOCK, words).skip(offset.saturating_sub(count));
                page.extend(found.take(limit - page.len()));
            }
            count += found;
        }
        (count, page)
    }
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
