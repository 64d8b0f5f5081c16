//! How values are distributed: counts between fixed bounds, as Prometheus wants them.
//!
//! Counted with relaxed atomics, two for each value, where the work is done. It must not know what is
//! made of the counts.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Counts values by the smallest of its bounds that is not below them.
#[derive(Debug)]
pub(in crate::store) struct Histogram<const N: usize> {
    bounds: [u64; N],
    counts: [AtomicU64; N],
    beyond: AtomicU64,
    sum: AtomicU64,
}

/// What a histogram has counted so far.
#[derive(Debug, Clone, PartialEq)]
pub struct Distribution {
    /// Upper bounds, which belong to their bucket, and the values in it; the last is infinity.
    pub buckets: Vec<(f64, u64)>,
    /// All values together.
    pub sum: f64,
}

impl Distribution {
    /// How many values there were.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.buckets.iter().map(|(_, count)| count).sum()
    }
}

impl<const N: usize> Histogram<N> {
    /// `bounds` rise.
    pub(in crate::store) fn new(bounds: [u64; N]) -> Self {
        Self {
            bounds,
            counts: std::array::from_fn(|_| AtomicU64::new(0)),
            beyond: AtomicU64::new(0),
            sum: AtomicU64::new(0),
        }
    }

    pub(in crate::store) fn observe(&self, value: u64) {
        // From the lowest: nearly all values are in the first buckets.
        let bucket = self.bounds.iter().position(|bound| value <= *bound);
        let bucket = bucket.and_then(|index| self.counts.get(index));
        bucket
            .unwrap_or(&self.beyond)
            .fetch_add(1, Ordering::Relaxed);
        self.sum.fetch_add(value, Ordering::Relaxed);
    }

    /// In nanoseconds, as its bounds.
    pub(in crate::store) fn observe_time(&self, time: Duration) {
        self.observe(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX));
    }

    /// So far, with values in units of `unit`.
    pub(in crate::store) fn distribution(&self, unit: u64) -> Distribution {
        let scaled = |value: u64| value as f64 / unit as f64;
        let counted = |count: &AtomicU64| count.load(Ordering::Relaxed);
        let bounds = self.bounds.iter().copied().map(scaled);
        let counts = self.counts.iter().map(counted);
        let beyond = (f64::INFINITY, counted(&self.beyond));
        Distribution {
            buckets: bounds.zip(counts).chain([beyond]).collect(),
            sum: scaled(counted(&self.sum)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_counted_once_and_a_bound_belongs_to_its_bucket() {
        let histogram = Histogram::new([1_000, 1_000_000]);
        for nanoseconds in [0, 1_000, 1_001, 1_000_001, 5_000_000] {
            histogram.observe_time(Duration::from_nanos(nanoseconds));
        }
        let distribution = histogram.distribution(1_000_000_000);
        let expected = [(0.000_001, 2), (0.001, 1), (f64::INFINITY, 2)];
        assert_eq!(distribution.buckets, expected);
        assert_eq!(distribution.count(), 5);
        assert_eq!(distribution.sum, 0.006_002_002);
    }
}
