//! What texts of one kind have in common, learned from some of them: beginnings that several have, and where they
//! are in a text ([`Anchor`]).
//!
//! A text is looked through once, when it is kept. What repeats in a page of many texts is then found by a
//! look at a few places of each. What is learned decides how small pages become and how fast, and never what
//! is in them. It must not know what the texts mean.

use std::cmp::Reverse;
use std::collections::HashMap;

use sha2::{Digest as _, Sha256};

/// Bytes that a beginning is known by.
pub(super) const KNOWN_BY: usize = 8;

/// Beginnings that are known at most, of which those in most texts stay.
const MOST: usize = 4_096;

/// A beginning counts from one text in so many on.
const ONE_IN: usize = 50;

/// Of the beginnings in so many bytes one is an anchor: the same one wherever these bytes come again.
const WINDOW: usize = 10;

/// A place in a text where something begins that other texts have, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Anchor {
    /// Bytes from the beginning of the text.
    pub(super) at: u16,
    /// Which of the known beginnings it is.
    pub(super) number: u16,
}

/// Known beginnings.
#[derive(Debug)]
pub(super) struct Phrases {
    numbers: HashMap<u64, u16>,
}

impl Phrases {
    pub(super) fn learn(texts: &[&[u8]]) -> Self {
        // In how many texts, and in which last.
        let mut counts: HashMap<u64, (usize, usize)> = HashMap::new();
        for (number, text) in texts.iter().enumerate() {
            for (_, beginning) in beginnings(text) {
                let (count, last) = counts.entry(beginning).or_insert((0, usize::MAX));
                if *last != number {
                    *count += 1;
                    *last = number;
                }
            }
        }
        let least = (texts.len() / ONE_IN).max(2);
        let mut common: Vec<(usize, u64)> = counts
            .into_iter()
            .filter(|(_, (count, _))| *count >= least)
            .map(|(beginning, (count, _))| (count, beginning))
            .collect();
        common.sort_unstable_by(|a, b| b.cmp(a));
        common.truncate(MOST);
        let numbers = common.into_iter().zip(0..);
        Self {
            numbers: numbers
                .map(|((_, beginning), number)| (beginning, number))
                .collect(),
        }
    }

    /// Has `digest` read all of them.
    pub(super) fn digest(&self, digest: &mut Sha256) {
        let mut all: Vec<_> = self.numbers.iter().collect();
        all.sort_unstable();
        for (beginning, number) in all {
            digest.update(beginning.to_le_bytes());
            digest.update(number.to_le_bytes());
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.numbers.len()
    }

    /// Where `text` has some of them.
    pub(super) fn anchors(&self, text: &[u8]) -> Vec<Anchor> {
        let known: Vec<(u64, Anchor)> = beginnings(text)
            .filter_map(|(at, beginning)| {
                let number = *self.numbers.get(&beginning)?;
                let at = u16::try_from(at).ok()?;
                Some((scattered(beginning), Anchor { at, number }))
            })
            .collect();
        let mut anchors: Vec<Anchor> = Vec::new();
        for (index, (_, first)) in known.iter().enumerate() {
            let end = usize::from(first.at) + WINDOW;
            let window = known[index..].iter();
            let window = window.take_while(|(_, other)| usize::from(other.at) < end);
            // The last of equals, so that the next window has the same one if it can.
            let least = window.min_by_key(|(order, other)| (*order, Reverse(other.at)));
            let least = least.map(|(_, least)| *least);
            if anchors.last().copied() != least {
                anchors.extend(least);
            }
        }
        anchors
    }
}

/// Where a text has a beginning, which is never within a character.
fn beginnings(text: &[u8]) -> impl Iterator<Item = (usize, u64)> {
    let windows = text.windows(KNOWN_BY).enumerate();
    let windows = windows.filter(|(_, bytes)| bytes[0] & 0xc0 != 0x80);
    windows.map(|(at, bytes)| (at, word(bytes)))
}

fn word(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .rev()
        .fold(0, |word, byte| word << 8 | u64::from(*byte))
}

/// An order that has nothing to do with the alphabet's.
fn scattered(beginning: u64) -> u64 {
    let mixed = beginning.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed ^ mixed >> 29
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anchors_are_the_same_wherever_a_text_has_the_same_bytes() {
        let common = "の部屋です。昼下がりには木もれ日が";
        let texts = ["川沿い", "市場の裏手", "x", "電車の走る高架"];
        let texts = texts.map(|text| format!("{text}{common}{text}"));
        let phrases = Phrases::learn(&texts.each_ref().map(String::as_bytes));
        let numbers = texts.each_ref().map(|text| {
            let anchors = phrases.anchors(text.as_bytes());
            for pair in anchors.windows(2) {
                assert!(pair[0].at < pair[1].at);
            }
            let numbers: Vec<u16> = anchors.iter().map(|anchor| anchor.number).collect();
            numbers
        });
        assert!(numbers[0].len() > 1);
        assert!(
            numbers.windows(2).all(|pair| pair[0] == pair[1]),
            "{numbers:?}"
        );
        assert_eq!(phrases.anchors(b"nothing of it"), []);
    }

    #[test]
    fn what_is_far_into_a_text_is_left_out() {
        let text = [vec![b' '; 70_000], b"0123456789".to_vec()].concat();
        let phrases = Phrases::learn(&[&text, &text]);
        let last = phrases.anchors(&text).pop().unwrap();
        assert!(usize::from(last.at) < text.len());
    }
}
