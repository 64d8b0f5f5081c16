//! Prefix codes of a limited length by how often symbols occur (Huffman), as DEFLATE has them.
//!
//! It must not know what the symbols mean.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// The lengths in bits of codes for symbols that occur as often as `counts` says, none above `longest`. Every
/// symbol gets a code, since what will be written is not known.
pub(super) fn lengths(counts: &[u32], longest: u8) -> Vec<u8> {
    let mut lengths = unlimited(counts);
    limit(&mut lengths, longest);
    lengths
}

/// Huffman's: the two rarest become one until one is left.
fn unlimited(counts: &[u32]) -> Vec<u8> {
    let weights = counts.iter().map(|&count| u64::from(count.max(1)));
    let mut heap: BinaryHeap<_> = weights.zip(0..counts.len()).map(Reverse).collect();
    let mut parents = vec![0; counts.len()];
    while let (Some(Reverse((first, a))), Some(Reverse((second, b)))) = (heap.pop(), heap.pop()) {
        let joined = parents.len();
        parents.push(joined);
        parents[a] = joined;
        parents[b] = joined;
        if heap.is_empty() {
            break;
        }
        heap.push(Reverse((first + second, joined)));
    }
    // Whatever was joined comes before what it became; the root is the last.
    let mut depths = vec![0_u8; parents.len()];
    for node in (0..parents.len().saturating_sub(1)).rev() {
        depths[node] = depths[parents[node]].saturating_add(1);
    }
    depths.truncate(counts.len());
    depths
}

/// Shortens codes that are too long, and changes others until all together fill the room, as decoders demand.
fn limit(lengths: &mut [u8], longest: u8) {
    let room = 1_u64 << longest;
    let taken = |length: u8| room >> length;
    for length in lengths.iter_mut() {
        *length = (*length).min(longest);
    }
    let mut used: u64 = lengths.iter().map(|&length| taken(length)).sum();
    // What is lengthened is as long as can be, which loses least.
    for length in (1..longest).rev() {
        for one in lengths.iter_mut().filter(|one| **one == length) {
            if used > room {
                used -= taken(length + 1);
                *one += 1;
            }
        }
    }
    for length in (2..=longest).rev() {
        for one in lengths.iter_mut().filter(|one| **one == length) {
            if used + taken(length) <= room {
                used += taken(length);
                *one -= 1;
            }
        }
    }
}

/// The codes of these lengths in DEFLATE's order (RFC 1951, 3.2.2), their first bit in the lowest place.
pub(super) fn codes(lengths: &[u8]) -> Vec<u16> {
    let mut next = 0_u16;
    let mut codes = vec![0; lengths.len()];
    for length in 1..=15 {
        for (code, _) in codes
            .iter_mut()
            .zip(lengths)
            .filter(|(_, of)| **of == length)
        {
            *code = next.reverse_bits() >> (16 - length);
            next = next.wrapping_add(1);
        }
        next <<= 1;
    }
    codes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_fill_their_room_and_none_is_too_long() {
        let mut random = fastrand::Rng::with_seed(1);
        for longest in [5, 7, 9, 12, 15] {
            for steepness in 0..20 {
                let symbols = random.usize(2..=1 << (longest - 1).min(8));
                let count = |_| 1_u32.checked_shl(random.u32(0..=steepness)).unwrap_or(1);
                let counts: Vec<u32> = (0..symbols).map(count).collect();
                let lengths = lengths(&counts, longest);
                assert!(lengths.iter().all(|length| (1..=longest).contains(length)));
                let used: u64 = lengths.iter().map(|length| (1 << longest) >> length).sum();
                assert_eq!(used, 1 << longest, "{counts:?}");
            }
        }
    }

    #[test]
    fn what_is_frequent_is_short() {
        assert_eq!(lengths(&[8, 4, 2, 1, 1], 15), [1, 2, 3, 4, 4]);
        assert_eq!(lengths(&[8, 4, 2, 1, 1], 3), [1, 3, 3, 3, 3]);
        // RFC 1951, 3.2.2: 010, 011, 100, 101, 110, 00, 1110, 1111, the first bit lowest here.
        let expected = [0b010, 0b110, 0b001, 0b101, 0b011, 0b00, 0b0111, 0b1111];
        assert_eq!(codes(&[3, 3, 3, 3, 3, 2, 4, 4]), expected);
    }
}
