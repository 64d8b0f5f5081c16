//! Colours, how they mix, and the families that the painters choose from.
//!
//! Families are curated: random RGB looks like noise, a random choice among colours that go
//! together does not. A small jitter keeps two pictures of one family apart. It owns every colour
//! that is shared by chairs and estates. It must not know shapes.

use crate::choices::SeededRng;

/// An opaque colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Rgb(pub(crate) u8, pub(crate) u8, pub(crate) u8);

pub(crate) const WHITE: Rgb = Rgb(255, 255, 255);
pub(crate) const INK: Rgb = Rgb(38, 42, 54);
/// Light behind a window.
pub(crate) const LAMP: Rgb = Rgb(255, 214, 120);

/// Upholstery and other strong colours.
pub(crate) const STRONG: [Rgb; 12] = [
    Rgb(201, 72, 65),
    Rgb(224, 122, 95),
    Rgb(236, 167, 74),
    Rgb(129, 152, 85),
    Rgb(72, 140, 112),
    Rgb(52, 134, 148),
    Rgb(61, 108, 168),
    Rgb(72, 82, 140),
    Rgb(132, 90, 150),
    Rgb(190, 98, 132),
    Rgb(112, 90, 78),
    Rgb(88, 98, 112),
];

/// Wood, from pale to dark.
pub(crate) const WOOD: [Rgb; 6] = [
    Rgb(222, 184, 135),
    Rgb(203, 155, 102),
    Rgb(176, 122, 76),
    Rgb(146, 97, 62),
    Rgb(110, 72, 50),
    Rgb(84, 60, 48),
];

/// Room walls behind chairs: light, so that every upholstery stands out.
pub(crate) const TINTS: [Rgb; 8] = [
    Rgb(250, 234, 218),
    Rgb(240, 228, 240),
    Rgb(222, 236, 246),
    Rgb(224, 242, 234),
    Rgb(248, 242, 214),
    Rgb(250, 226, 224),
    Rgb(232, 234, 238),
    Rgb(226, 230, 250),
];

/// Foliage.
pub(crate) const LEAVES: [Rgb; 5] = [
    Rgb(94, 158, 92),
    Rgb(64, 132, 92),
    Rgb(128, 170, 82),
    Rgb(84, 140, 120),
    Rgb(206, 142, 78),
];

/// The furthest that [`Rgb::jitter`] moves a channel.
const JITTER: u16 = 9;

impl Rgb {
    /// This colour with `share` of 255 parts replaced by `other`.
    pub(crate) fn mix(self, other: Self, share: u8) -> Self {
        let channel = |own: u8, new: u8| {
            let (rest, share) = (u16::from(u8::MAX - share), u16::from(share));
            let sum = u16::from(own) * rest + u16::from(new) * share;
            u8::try_from((sum + 127) / 255).unwrap_or(u8::MAX)
        };
        Self(
            channel(self.0, other.0),
            channel(self.1, other.1),
            channel(self.2, other.2),
        )
    }

    /// A step towards white.
    pub(crate) fn lighter(self, share: u8) -> Self {
        self.mix(WHITE, share)
    }

    /// A step towards the blueish dark of shadows.
    pub(crate) fn darker(self, share: u8) -> Self {
        self.mix(Self(20, 20, 48), share)
    }

    /// A neighbour of this colour.
    pub(crate) fn jitter(self, choices: &mut SeededRng) -> Self {
        let mut channel = |value: u8| {
            let moved = u16::from(value) + choices.count(0, 2 * JITTER);
            u8::try_from(moved.saturating_sub(JITTER)).unwrap_or(u8::MAX)
        };
        Self(channel(self.0), channel(self.1), channel(self.2))
    }

    /// How unlike two colours are: the squared distance of their channels.
    pub(crate) fn distance(self, other: Self) -> u32 {
        let square = |one: u8, two: u8| u32::from(one.abs_diff(two)).pow(2);
        square(self.0, other.0) + square(self.1, other.1) + square(self.2, other.2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mixing_reaches_both_ends() {
        let (one, two) = (Rgb(1, 2, 3), Rgb(200, 100, 255));
        assert_eq!(one.mix(two, 0), one);
        assert_eq!(one.mix(two, 255), two);
        assert_eq!(
            Rgb(0, 0, 0).mix(Rgb(255, 255, 255), 128),
            Rgb(128, 128, 128)
        );
    }

    #[test]
    fn jitter_stays_near() {
        let mut choices = SeededRng::from_hash(&[1; 32]);
        for _ in 0..100 {
            let Rgb(red, green, blue) = Rgb(0, 128, 255).jitter(&mut choices);
            assert!(red <= 9 && green.abs_diff(128) <= 9 && blue >= 246);
        }
    }
}
