//! Where estates are and how wide their doors are, column by column, in the order of the pages.
//!
//! Going through them in that order finds the most popular first and ends when the page is full. Sets tell which
//! rows are near a box (`bands`), for 64 rows with a few operations; only these are looked at.

use rusqlite::Row;

use super::bands::Bands;
use super::bits::{BLOCK, positions};

/// The columns; indexes are positions.
#[derive(Debug, Clone, Default)]
pub(in crate::apps::isuumo) struct Places {
    /// Latitude and longitude, beside each other: those that are looked at lie far from one another, and each comes
    /// from memory that is not warm.
    locations: Vec<(f64, f64)>,
    /// Of latitudes and longitudes, once the rows are in their order.
    bands: [Bands; 2],
    /// The doors' sides, the shorter first.
    doors: Vec<[i32; 2]>,
}

impl Places {
    /// Adds a row: its latitude, longitude and the sides of its door, from the column `first` on.
    pub(super) fn push(&mut self, row: &Row<'_>, first: usize) -> rusqlite::Result<()> {
        self.locations.push((row.get(first)?, row.get(first + 1)?));
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
            locations: order().map(|index| self.locations[index]).collect(),
            bands: <[Bands; 2]>::default(),
            doors: order().map(|index| self.doors[index]).collect(),
        }
    }

    /// To be called when all are there, in their order.
    pub(super) fn draw_bands(&mut self) {
        let (latitudes, longitudes): (Vec<_>, Vec<_>) = self.locations.iter().copied().unzip();
        self.bands = [latitudes, longitudes].map(|coordinates| Bands::of(&coordinates));
    }

    /// Latitude and longitude.
    pub(in crate::apps::isuumo) fn location(&self, position: usize) -> (f64, f64) {
        self.locations[position]
    }

    /// All latitudes and longitudes.
    pub(in crate::apps::isuumo) fn locations(&self) -> impl Iterator<Item = (f64, f64)> {
        self.locations.iter().copied()
    }

    /// Positions of those in a box of south, north, west and east, its borders included.
    pub(in crate::apps::isuumo) fn in_box(
        &self,
        [south, north, west, east]: [f64; 4],
    ) -> impl Iterator<Item = usize> {
        self.near([south, north, west, east])
            .filter(move |&position| {
                let (latitude, longitude) = self.location(position);
                (south..=north).contains(&latitude) && (west..=east).contains(&longitude)
            })
    }

    /// Positions of those in a box and of some around it.
    fn near(&self, [south, north, west, east]: [f64; 4]) -> impl Iterator<Item = usize> {
        let [latitudes, longitudes] = &self.bands;
        debug_assert!(
            self.is_empty() || latitudes.are_drawn(),
            "without bands all are near"
        );
        let inside = [latitudes.up_to(north), longitudes.up_to(east)];
        let outside = [latitudes.below(south), longitudes.below(west)];
        let words = self.locations.len().div_ceil(64);
        (0..words).step_by(BLOCK).flat_map(move |first| {
            // Those that there are: sets have no others, and there may be no set.
            let mut near = [0; BLOCK];
            let rows = self.locations.len() - first * 64;
            let whole = (rows / 64).min(BLOCK);
            near[..whole].fill(u64::MAX);
            if whole < BLOCK {
                near[whole] = (1 << (rows % 64)) - 1;
            }
            for set in inside.into_iter().flatten() {
                let words = near.iter_mut().zip(set.words_from(first));
                words.for_each(|(near, word)| *near &= word);
            }
            for set in outside.into_iter().flatten() {
                let words = near.iter_mut().zip(set.words_from(first));
                words.for_each(|(near, word)| *near &= !word);
            }
            positions(first, near)
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
    use fastrand::Rng;

    use super::*;

    #[test]
    fn a_box_holds_its_borders() {
        let mut places = Places::default();
        for index in 0..200_u32 {
            let location = (f64::from(index), f64::from(index % 10));
            places.locations.push(location);
            places.doors.push([10, 20]);
        }
        let expected: Vec<usize> = (60..=130).filter(|n| matches!(n % 10, 3 | 4)).collect();
        places.draw_bands();
        let found: Vec<usize> = places.in_box([60.0, 130.0, 3.0, 4.0]).collect();
        assert_eq!(found, expected);
        assert_eq!(places.with_door([10, 20]).count(), 200);
        assert_eq!(places.with_door([11, 20]).count(), 0);
    }

    #[test]
    fn boxes_hold_what_a_look_at_every_place_finds() {
        let mut random = Rng::with_seed(2);
        for rows in [0, 1, 63, 64, 65, 2_047, 2_048, 2_049, 5_000] {
            let mut places = Places::default();
            let mut somewhere = || f64::from(random.u32(..200)) / 10.0;
            for _ in 0..rows {
                places.locations.push((somewhere(), somewhere()));
                places.doors.push([1, 2]);
            }
            places.draw_bands();
            for _ in 0..200 {
                let (south, west) = (somewhere() - 1.0, somewhere() - 1.0);
                let (north, east) = (south + somewhere(), west + somewhere());
                let is_in = |(_, (latitude, longitude)): &(usize, (f64, f64))| {
                    (south..=north).contains(latitude) && (west..=east).contains(longitude)
                };
                let expected = places.locations().enumerate().filter(is_in);
                let expected: Vec<usize> = expected.map(|(position, _)| position).collect();
                let found: Vec<usize> = places.in_box([south, north, west, east]).collect();
                assert_eq!(found, expected, "{rows}");
            }
        }
    }
}
