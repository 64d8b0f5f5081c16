//! Pseudo-random numbers whose values never change, for the datasets of the apps.
//!
//! SplitMix64, written out here: crates for random numbers keep the right to change their streams or
//! distributions between versions, and the digests of the datasets depend on every single number.
//! Nothing in here is fit for secrets.

/// A stream of numbers.
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    /// The stream of that name; different names have streams that do not depend on each other.
    pub(crate) fn stream(name: &str) -> Self {
        // FNV-1a spreads the names over the state space.
        let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        Self(hash)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`. The multiply-and-shift has a bias of at most `bound` in 2^64, which no
    /// dataset can show.
    fn below(&mut self, bound: u64) -> u64 {
        let product = u128::from(self.next()) * u128::from(bound);
        u64::try_from(product >> 64).unwrap_or_default()
    }

    /// A number from `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        let drawn = self.below(low.abs_diff(high) + 1);
        low + i64::try_from(drawn).unwrap_or_default()
    }

    pub(crate) fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).unwrap_or_default()
    }

    pub(crate) fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.index(items.len())]
    }

    /// Whether something happens that happens so often in a hundred times.
    pub(crate) fn chance(&mut self, percent: i64) -> bool {
        self.between(1, 100) <= percent
    }

    /// Puts `items` into another order, each as likely as any other (Fisher and Yates).
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.index(last + 1));
        }
    }

    /// A number from 0 to below 1 with 53 bits.
    fn unit(&mut self) -> f64 {
        const STEPS: f64 = 9_007_199_254_740_992.0;
        #[expect(clippy::cast_precision_loss, reason = "53 bits are exact")]
        let drawn = (self.next() >> 11) as f64;
        drawn / STEPS
    }

    /// Approximately standard normal: the sum of twelve uniform numbers less six. It needs nothing but
    /// additions, while logarithms and cosines differ in their last bit between platforms.
    pub(crate) fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_never_change() {
        let first = |name| Random::stream(name).next();
        assert_eq!(
            Random(0).next(),
            0xe220_a839_7b1d_cdaf,
            "the published value for seed 0"
        );
        assert_ne!(first("chair"), first("estate"));
    }

    #[test]
    fn numbers_stay_in_their_bounds() {
        let mut random = Random::stream("bounds");
        let drawn: Vec<_> = (0..10_000).map(|_| random.between(-3, 3)).collect();
        assert_eq!(
            (drawn.iter().min(), drawn.iter().max()),
            (Some(&-3), Some(&3))
        );
    }

    #[test]
    fn chances_happen_as_often_as_they_say() {
        let mut random = Random::stream("chance");
        let happened = (0..10_000).filter(|_| random.chance(30)).count();
        assert!((2_800..=3_200).contains(&happened), "{happened}");
        assert!((0..1_000).all(|_| random.chance(100) && !random.chance(0)));
    }

    #[test]
    fn a_shuffle_keeps_the_items_and_favours_no_order() {
        let mut random = Random::stream("shuffle");
        let mut orders = std::collections::BTreeMap::new();
        for _ in 0..6_000 {
            let mut items = [1, 2, 3];
            random.shuffle(&mut items);
            *orders.entry(items).or_insert(0) += 1;
        }
        assert_eq!(orders.len(), 6, "every order of the three");
        for (order, times) in orders {
            assert!((850..=1_150).contains(&times), "{order:?}: {times}");
            assert_eq!(order.iter().sum::<i32>(), 6);
        }
    }

    #[test]
    fn normal_numbers_have_their_mean_and_spread() {
        let mut random = Random::stream("normal");
        let drawn: Vec<_> = (0..20_000).map(|_| random.normal()).collect();
        let mean = drawn.iter().sum::<f64>() / 20_000.0;
        let variance = drawn.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 20_000.0;
        assert!(
            mean.abs() < 0.03 && (variance - 1.0).abs() < 0.05,
            "{mean} {variance}"
        );
    }
}
