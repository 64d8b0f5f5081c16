//! What differs between the classes of the ship: whom they carry, what they cost, who is saved.
//!
//! Counts of women and men, and roughly the chances, are those of the Titanic; fares and ages are rules of
//! our own.

use super::words::{ISLANDS, NORTH, NamePool, SOUTH};

/// Whom a class carries and what it costs.
pub(super) struct Class {
    pub(super) number: u8,
    /// Women and men, children among them.
    pub(super) aboard: (usize, usize),
    /// Usual single fares in pence.
    pub(super) usual: &'static [i64],
    /// Between what the fares of suites are, if there are any.
    pub(super) suites: Option<(i64, i64)>,
    /// Between what all other single fares are.
    pub(super) fares: (i64, i64),
    pub(super) children_percent: i64,
    /// Ages of adults: the youngest, and how much older the oldest can be. There are fewer with each year.
    pub(super) adults: (i64, i64),
    /// Chances of women, men and children to survive, in percent.
    pub(super) saved: (i64, i64, i64),
    /// Groups of names, each as often as it is drawn.
    pub(super) names: &'static [&'static NamePool],
}

pub(super) static CLASSES: [Class; 3] = [
    Class {
        number: 1,
        aboard: (94, 122),
        usual: &[6_360, 7_200, 8_526, 9_504, 12_480, 13_306],
        suites: Some((36_000, 122_880)),
        fares: (6_000, 19_200),
        children_percent: 3,
        adults: (18, 62),
        saved: (97, 35, 90),
        names: &[
            &ISLANDS, &ISLANDS, &ISLANDS, &ISLANDS, &ISLANDS, &ISLANDS, &NORTH, &SOUTH,
        ],
    },
    Class {
        number: 2,
        aboard: (76, 108),
        usual: &[2_520, 2_880, 3_120, 3_120, 3_660, 6_240],
        suites: None,
        fares: (2_400, 4_800),
        children_percent: 11,
        adults: (16, 48),
        saved: (91, 11, 95),
        names: &[&ISLANDS, &ISLANDS, &ISLANDS, &ISLANDS, &NORTH, &SOUTH],
    },
    Class {
        number: 3,
        aboard: (144, 343),
        usual: &[1_716, 1_866, 1_900, 1_900, 1_944, 2_033, 2_160],
        suites: None,
        fares: (1_560, 2_700),
        children_percent: 12,
        adults: (15, 42),
        saved: (49, 12, 40),
        names: &[&ISLANDS, &ISLANDS, &NORTH, &NORTH, &SOUTH],
    },
];
