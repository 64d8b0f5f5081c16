//! Which rows are south or west of some lines, so that a box's rows are found without a look at all places.
//!
//! The lines lie so that as many rows are between any two of them. Of a box, two sets of each coordinate leave what
//! is in the bands that it touches; whoever asks looks at these rows' places. It must not know which coordinate it
//! is about.

use super::bits::Bits;

/// Bands of a coordinate at most: a bit of each row for each, a third of what its places take.
const MOST_BANDS: usize = 64;

/// The bands of one coordinate.
#[derive(Debug, Clone, Default)]
pub(super) struct Bands {
    /// The lines between them, in order.
    lines: Vec<f64>,
    /// The rows below each line.
    below: Vec<Bits>,
}

impl Bands {
    /// Those of rows with these coordinates.
    pub(super) fn of(coordinates: &[f64]) -> Self {
        let mut lines = coordinates.to_vec();
        lines.sort_unstable_by(f64::total_cmp);
        let place = |line: usize| line * lines.len() / MOST_BANDS;
        let mut lines: Vec<f64> = (1..MOST_BANDS)
            .filter_map(|n| lines.get(place(n)).copied())
            .collect();
        lines.dedup();
        let mut below = vec![Bits::none(coordinates.len()); lines.len()];
        for (row, coordinate) in coordinates.iter().enumerate() {
            // What is above the last line is in no set.
            if let Some(first) = below.get_mut(band(&lines, *coordinate)) {
                first.put(row, true);
            }
        }
        for line in 1..below.len() {
            let (before, from_here) = below.split_at_mut(line);
            from_here[0].add_all(&before[line - 1]);
        }
        Self { lines, below }
    }

    /// Whether there are any.
    pub(super) fn are_drawn(&self) -> bool {
        !self.lines.is_empty()
    }

    /// Rows that are certainly below `least`.
    pub(super) fn below(&self, least: f64) -> Option<&Bits> {
        let line = band(&self.lines, least).checked_sub(1)?;
        self.below.get(line)
    }

    /// Rows among which are all up to `most`; `None` for all there are.
    pub(super) fn up_to(&self, most: f64) -> Option<&Bits> {
        self.below.get(band(&self.lines, most))
    }
}

/// The first line that is above a coordinate.
fn band(lines: &[f64], coordinate: f64) -> usize {
    lines.partition_point(|line| *line <= coordinate)
}

#[cfg(test)]
mod tests {
    use fastrand::Rng;

    use super::*;

    #[test]
    fn no_row_of_a_range_is_left_out_and_few_others_are_in() {
        let mut random = Rng::with_seed(1);
        // Many of one value, too.
        let coordinates: Vec<f64> = (0..3_000)
            .map(|row| {
                if row % 5 == 0 {
                    7.0
                } else {
                    f64::from(random.u32(..1_000)) / 10.0
                }
            })
            .collect();
        let bands = Bands::of(&coordinates);
        for _ in 0..500 {
            let least = f64::from(random.u32(..1_100)) / 10.0 - 5.0;
            let most = least + f64::from(random.u32(..300)) / 10.0;
            let (below, up_to) = (bands.below(least), bands.up_to(most));
            let mut others = 0;
            for (row, coordinate) in coordinates.iter().enumerate() {
                let is_found =
                    !below.is_some_and(|set| set.has(row)) && up_to.is_none_or(|set| set.has(row));
                let is_in = (least..=most).contains(coordinate);
                assert!(is_found || !is_in, "{coordinate} in {least} to {most}");
                others += usize::from(is_found && !is_in && *coordinate != 7.0);
            }
            assert!(others <= 2 * 3_000 / MOST_BANDS, "{others}");
        }
    }

    #[test]
    fn none_and_one_have_no_bands_to_tell_apart() {
        assert!(Bands::of(&[]).up_to(0.0).is_none());
        let one = Bands::of(&[5.0]);
        assert!(one.up_to(5.0).is_none() && one.below(5.0).is_some_and(|set| !set.has(0)));
        assert!(one.below(4.9).is_none() && one.up_to(4.9).is_some_and(|set| !set.has(0)));
    }
}
