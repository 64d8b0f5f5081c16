//! Where estates are and how wide their doors are, column by column, in the order of the pages.
//!
//! Going through all of them in that order finds the most popular first and ends when the page is
//! full; it looks at little memory, in a way that the processor can do for several rows at once.

use rusqlite::Row;

/// Rows that are looked at together; a bit each.
const AT_ONCE: usize = 64;

/// The columns; indexes are positions.
#[derive(Debug, Clone, Default)]
pub(in crate::apps::isuumo) struct Places {
    latitudes: Vec<f64>,
    longitudes: Vec<f64>,
    /// The doors' sides, the shorter first.
    doors: Vec<[i32; 2]>,
}

impl Places {
    /// Adds a row: its latitude, longitude and the sides of its door, from the column `first` on.
    pub(super) fn push(&mut self, row: &Row<'_>, first: usize) -> rusqlite::Result<()> {
        self.latitudes.push(row.get(first)?);
        self.longitudes.push(row.get(first + 1)?);
        self.doors.push([row.get(first + 2)?, row.get(first + 3)?]);
        Ok(())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.doors.is_empty()
    }

    /// The same places in another order: the first is that which had the first of these indexes.
    pub(super) fn ordered(&self, order: &[u32]) -> Self {
        let order = || order.iter().map(|&index| index as usize);
        Self {
            latitudes: order().map(|index| self.latitudes[index]).collect(),
            longitudes: order().map(|index| self.longitudes[index]).collect(),
            doors: order().map(|index| self.doors[index]).collect(),
        }
    }

    /// Latitude and longitude.
    pub(in crate::apps::isuumo) fn location(&self, position: usize) -> (f64, f64) {
        (self.latitudes[position], self.longitudes[position])
    }

    /// All latitudes and longitudes.
    pub(in crate::apps::isuumo) fn locations(&self) -> impl Iterator<Item = (f64, f64)> {
        let longitudes = self.longitudes.iter().copied();
        self.latitudes.iter().copied().zip(longitudes)
    }

    /// Positions of those in a box of south, north, west and east, its borders included.
    pub(in crate::apps::isuumo) fn in_box(
        &self,
        [south, north, west, east]: [f64; 4],
    ) -> impl Iterator<Item = usize> {
        let chunks = self.latitudes.chunks(AT_ONCE);
        let chunks = chunks.zip(self.longitudes.chunks(AT_ONCE)).enumerate();
        chunks.flat_map(move |(chunk, (latitudes, longitudes))| {
            let mut is_in = [false; AT_ONCE];
            let places = latitudes.iter().zip(longitudes);
            for (is_in, (latitude, longitude)) in is_in.iter_mut().zip(places) {
                *is_in = (*latitude >= south)
                    & (*latitude <= north)
                    & (*longitude >= west)
                    & (*longitude <= east);
            }
            let mut bits = 0_u64;
            for (index, is_in) in is_in.into_iter().enumerate() {
                bits |= u64::from(is_in) << index;
            }
            std::iter::from_fn(move || {
                (bits != 0).then(|| {
                    let index = bits.trailing_zeros() as usize;
                    bits &= bits - 1;
                    chunk * AT_ONCE + index
                })
            })
        })
    }

    /// Positions of those whose door has at least these sides, the shorter first.
    pub(in crate::apps::isuumo) fn with_door(
        &self,
        [short, long]: [i64; 2],
    ) -> impl Iterator<Item = usize> {
        let wide_enough =
            move |door: &[i32; 2]| i64::from(door[0]) >= short && i64::from(door[1]) >= long;
        let doors = self.doors.iter().enumerate();
        doors.filter_map(move |(position, door)| wide_enough(door).then_some(position))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_holds_its_borders() {
        let mut places = Places::default();
        for index in 0..200_u32 {
            places.latitudes.push(f64::from(index));
            places.longitudes.push(f64::from(index % 10));
            places.doors.push([10, 20]);
        }
        let found: Vec<usize> = places.in_box([60.0, 130.0, 3.0, 4.0]).collect();
        let expected: Vec<usize> = (60..=130).filter(|n| matches!(n % 10, 3 | 4)).collect();
        assert_eq!(found, expected);
        assert_eq!(places.with_door([10, 20]).count(), 200);
        assert_eq!(places.with_door([11, 20]).count(), 0);
    }
}
