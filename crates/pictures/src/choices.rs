//! The decisions that are read out of a hash.
//!
//! All 256 bits are folded into the state of a SplitMix64 generator; painters then ask it one
//! question after the other. It owns the order of the answers, which is why a question that is
//! added in the middle of a painter changes every later one. It must not know what is decided.

const FNV_PRIME: u64 = 0x0100_0000_01b3;
const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const GOLDEN_GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;

/// A stream of decisions; equal hashes give equal streams.
pub(crate) struct SeededRng {
    state: u64,
}

impl SeededRng {
    pub(crate) fn from_hash(hash: &[u8; 32]) -> Self {
        let state = hash.iter().fold(FNV_OFFSET, |state, byte| {
            (state ^ u64::from(*byte)).wrapping_mul(FNV_PRIME)
        });
        Self { state }
    }

    /// 16 bits: enough for every question here, and they convert to `f32` and `usize` exactly.
    fn draw(&mut self) -> u16 {
        self.state = self.state.wrapping_add(GOLDEN_GAMMA);
        let mut bits = self.state;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let [high, low, ..] = (bits ^ (bits >> 31)).to_be_bytes();
        u16::from_be_bytes([high, low])
    }

    /// A number from `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * (f32::from(self.draw()) / f32::from(u16::MAX))
    }

    /// A whole number from `low` to `high`, both included.
    pub(crate) fn count(&mut self, low: u16, high: u16) -> u16 {
        low + self.draw() % (high - low + 1)
    }

    /// Whether something that happens `percent` times in a hundred happens now.
    pub(crate) fn chance(&mut self, percent: u16) -> bool {
        self.draw() % 100 < percent
    }

    /// One of the options, all equally likely.
    pub(crate) fn pick<T: Copy, const N: usize>(&mut self, options: &[T; N]) -> T {
        const { assert!(N > 0) };
        options[usize::from(self.draw()) % N]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_stay_in_range_and_reach_both_ends() {
        let mut choices = SeededRng::from_hash(&[3; 32]);
        let counts: Vec<u16> = (0..200).map(|_| choices.count(2, 5)).collect();
        assert_eq!(counts.iter().min(), Some(&2));
        assert_eq!(counts.iter().max(), Some(&5));
        assert!((0..200).all(|_| (1.0..=2.0).contains(&choices.between(1.0, 2.0))));
        assert!((0..200).all(|_| !choices.chance(0) && choices.chance(100)));
    }

    #[test]
    fn equal_hashes_give_equal_streams() {
        let mut one = SeededRng::from_hash(&[7; 32]);
        let mut two = SeededRng::from_hash(&[7; 32]);
        assert!((0..50).all(|_| one.draw() == two.draw()));
    }
}
