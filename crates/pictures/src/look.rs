//! What a chair's picture shows of the chair beside its name: kind, colour and proportions.
//!
//! A name is shared by chairs of every kind, so a picture drawn from it alone shows some chair. With
//! a look it shows one like the chair in question. Looks are written as `floor-navy-wide`, one way
//! each, so that a picture has one address. It owns those words and which kinds there are. It must not
//! know shapes, nor what the data calls anything.

use std::fmt;

use crate::canvas::Stretch;
use crate::palette::Rgb;

/// A kind of chair, as it is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ChairKind {
    Gaming,
    Ergonomic,
    Floor,
    Dining,
    Lounge,
    Hanging,
}

/// Kinds that a look can ask for, and their words. The others are drawn for names alone.
const KINDS: [(&str, ChairKind); 4] = [
    ("gaming", ChairKind::Gaming),
    ("ergonomic", ChairKind::Ergonomic),
    ("floor", ChairKind::Floor),
    ("hanging", ChairKind::Hanging),
];

/// Colours of chairs, likewise.
const COLOURS: [(&str, Rgb); 12] = [
    ("black", Rgb(58, 58, 66)),
    ("white", Rgb(230, 226, 216)),
    ("red", Rgb(200, 58, 50)),
    ("blue", Rgb(56, 104, 182)),
    ("green", Rgb(74, 142, 82)),
    ("yellow", Rgb(236, 196, 66)),
    ("purple", Rgb(126, 82, 160)),
    ("pink", Rgb(234, 146, 176)),
    ("orange", Rgb(232, 138, 54)),
    ("lightblue", Rgb(142, 206, 232)),
    ("navy", Rgb(44, 60, 112)),
    ("beige", Rgb(218, 196, 158)),
];

/// Proportions, by the least width in hundredths of the height, and how far they pull the shape.
/// They only hint: a chair that is drawn six times as wide as high looks like none.
const BUILDS: [(i64, &str, Stretch); 3] = [
    (0, "tall", Stretch { x: 0.86, y: 1.04 }),
    (75, "even", Stretch { x: 1.0, y: 1.0 }),
    (134, "wide", Stretch { x: 1.12, y: 0.9 }),
];

/// Places in the three tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Look {
    kind: u8,
    colour: u8,
    build: u8,
}

impl Look {
    /// The look of a chair of this size, if the words for its kind and colour are among those of looks.
    #[must_use]
    pub fn of(kind: &str, colour: &str, width: i64, height: i64) -> Option<Self> {
        let share = width.saturating_mul(100) / height.max(1);
        Some(Self {
            kind: place(&KINDS, |(word, _)| *word == kind)?,
            colour: place(&COLOURS, |(word, _)| *word == colour)?,
            build: last(&BUILDS, |(least, ..)| share >= *least)?,
        })
    }

    /// Reads a look as it is written in addresses.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut words = text.split('-');
        let (kind, colour, build) = (words.next()?, words.next()?, words.next()?);
        let look = Self {
            kind: place(&KINDS, |(word, _)| *word == kind)?,
            colour: place(&COLOURS, |(word, _)| *word == colour)?,
            build: place(&BUILDS, |(_, word, _)| *word == build)?,
        };
        words.next().is_none().then_some(look)
    }

    pub(crate) fn kind(self) -> ChairKind {
        KINDS[usize::from(self.kind)].1
    }

    pub(crate) fn colour(self) -> Rgb {
        COLOURS[usize::from(self.colour)].1
    }

    pub(crate) fn stretch(self) -> Stretch {
        let stretch = BUILDS[usize::from(self.build)].2;
        // What hangs from the ceiling has to reach it.
        match self.kind() {
            ChairKind::Hanging => Stretch { y: 1.0, ..stretch },
            _ => stretch,
        }
    }
}

impl fmt::Display for Look {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, colour) = (
            KINDS[usize::from(self.kind)].0,
            COLOURS[usize::from(self.colour)].0,
        );
        write!(f, "{kind}-{colour}-{}", BUILDS[usize::from(self.build)].1)
    }
}

fn place<T>(table: &[T], is_it: impl FnMut(&T) -> bool) -> Option<u8> {
    let place = table.iter().position(is_it)?;
    u8::try_from(place).ok()
}

fn last<T>(table: &[T], is_it: impl FnMut(&T) -> bool) -> Option<u8> {
    let place = table.iter().rposition(is_it)?;
    u8::try_from(place).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_are_read_as_they_are_written() {
        for (width, height, written) in [
            (30, 200, "floor-navy-tall"),
            (100, 100, "floor-navy-even"),
            (200, 30, "floor-navy-wide"),
            (i64::MAX, 0, "floor-navy-wide"),
        ] {
            let look = Look::of("floor", "navy", width, height).unwrap();
            assert_eq!(look.to_string(), written);
            assert_eq!(Look::parse(written), Some(look));
        }
        for wrong in [
            "",
            "floor",
            "floor-navy",
            "floor-navy-wide-",
            "Floor-navy-wide",
            "floor--wide",
            "navy-floor-wide",
        ] {
            assert_eq!(Look::parse(wrong), None, "{wrong}");
        }
        assert_eq!(Look::of("floor", "black", -5, 10), None);
        assert_eq!(Look::of("dining", "black", 60, 80), None);
        assert_eq!(Look::of("floor", "rainbow", 60, 80), None);
    }
}
