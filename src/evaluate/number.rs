//! Numbers in text, and text of floating point numbers, as the server reads and shows them.
//!
//! Text is a number as far as it begins with one: `'12px'` is 12 and `'px'` is 0.

use super::exact::Exact;
pub(super) use crate::dump::leading_number as leading;

/// Text as a floating point number.
pub(super) fn double(text: &str) -> f64 {
    leading(text).parse().unwrap_or(0.0)
}

/// Text as a whole number: its first digits, whatever follows. `None` where there are too many.
pub(super) fn integer(text: &str) -> Option<i128> {
    let number = leading(text);
    let end = number.find(['.', 'e', 'E']).unwrap_or(number.len());
    match &number[..end] {
        "" | "-" | "+" => Some(0),
        digits => digits.parse().ok(),
    }
}

/// Text as an exact number; `None` if it has more digits than the server keeps.
pub(super) fn exact(text: &str) -> Option<Exact> {
    let number = leading(text);
    if number.is_empty() {
        return Some(Exact::of_i128(0));
    }
    let (mantissa, exponent) = match number.find(['e', 'E']) {
        Some(at) => (&number[..at], number[at + 1..].parse::<i32>().ok()?),
        None => (number, 0),
    };
    if exponent.unsigned_abs() > 60 {
        return None;
    }
    let factor = "0".repeat(exponent.unsigned_abs() as usize);
    let mantissa = Exact::parse(mantissa)?;
    let moved = if exponent < 0 {
        mantissa.times(&Exact::parse(&format!("0.{}1", &factor[1..]))?)
    } else {
        mantissa.times(&Exact::parse(&format!("1{factor}"))?)
    };
    moved.fits().then_some(moved)
}

/// A floating point number as text: the fewest digits that are this number, with an exponent where
/// there would be more than fifteen zeros. Sixteen digits before the point are written out where others follow it.
pub(super) fn shown(number: f64) -> String {
    if number == 0.0 {
        return "0".to_owned();
    }
    let size = number.abs();
    if (1e-15..1e15).contains(&size) || (size < 1e16 && number.fract() != 0.0 && size > 1.0) {
        return number.to_string();
    }
    format!("{number:e}")
}

/// The whole number next to `number`, the even one of two.
pub(super) fn to_whole(number: f64) -> Option<i128> {
    let rounded = number.round_ties_even();
    if rounded.abs() > 1e30 {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "whole and small enough")]
    let whole = rounded as i128;
    Some(whole)
}

/// The number that bytes stand for, the first one the highest.
pub(super) fn of_bytes(bytes: &[u8]) -> Option<u64> {
    bytes.iter().try_fold(0_u64, |sum, &byte| {
        sum.checked_mul(256)
            .map(|shifted| shifted | u64::from(byte))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_a_number_as_far_as_it_is_one() {
        for (text, number) in [
            ("12px", "12"),
            (" -1.5e3x", "-1.5e3"),
            ("1e", "1"),
            (".5", ".5"),
            ("5.", "5."),
            (".", ""),
            ("px", ""),
            ("+7", "+7"),
        ] {
            assert_eq!(leading(text), number, "{text}");
        }
        assert_eq!(integer("12.7"), Some(12));
        assert_eq!(integer("-3e5"), Some(-3));
        assert_eq!(exact("1.5e2").unwrap().to_text(1), "150.0");
        assert_eq!(exact("15e-1").unwrap().to_text(1), "1.5");
    }

    #[test]
    fn shows_the_fewest_digits() {
        for (number, text) in [
            (0.1 + 0.2, "0.30000000000000004"),
            (1e15, "1e15"),
            (1e15 + 0.125, "1000000000000000.1"),
            (1e14, "100000000000000"),
            (1e-15, "0.000000000000001"),
            (1e-16, "1e-16"),
            (-1.5, "-1.5"),
            (123_456_789_012_345_680.0, "1.2345678901234568e17"),
        ] {
            assert_eq!(shown(number), text);
        }
    }
}
