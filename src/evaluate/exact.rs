//! Exact decimal numbers, with the digits and the rounding of the server's DECIMAL.
//!
//! A number keeps the digits that the server keeps while it computes, which may be more than it shows:
//! a division goes on to whole groups of nine digits. Numbers of more than 65 digits are none.

use std::cmp::Ordering;

/// The most digits of a DECIMAL.
const MOST_DIGITS: usize = 65;
/// Digits behind the point that all servers keep: MySQL has 30, MariaDB 38.
pub(super) const MOST_SCALE: usize = 30;
/// The server computes with groups of so many digits.
const GROUP: usize = 9;

/// A number as digits, the highest first and without leading zeros, the last `scale` of which are
/// behind the point.
///
/// The scale is the one that the server has for this very value, which text columns show: a sum that is
/// nothing has none, and some divisions leave a zero that is negative.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Exact {
    negative: bool,
    digits: Vec<u8>,
    scale: usize,
}

impl Exact {
    fn new(negative: bool, mut digits: Vec<u8>, scale: usize) -> Self {
        let zeros = digits.iter().take_while(|&&digit| digit == 0).count();
        digits.drain(..zeros);
        Self {
            negative,
            digits,
            scale,
        }
    }

    /// What the server makes of a number that turns out to be nothing: a zero without decimals.
    fn nothing() -> Self {
        Self::new(false, Vec::new(), 0)
    }

    /// Digits with at most one point, and a sign.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (negative, unsigned) = match text.as_bytes().first()? {
            b'-' => (true, &text[1..]),
            b'+' => (false, &text[1..]),
            _ => (false, text),
        };
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        let digits: Vec<u8> = whole.bytes().chain(fraction.bytes()).collect();
        if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let digits = digits.iter().map(|digit| digit - b'0').collect();
        let number = Self::new(negative, digits, fraction.len());
        Some(if number.is_zero() {
            Self {
                negative: false,
                ..number
            }
        } else {
            number
        })
    }

    pub(super) fn of_i128(number: i128) -> Self {
        let digits = number.unsigned_abs().to_string();
        let digits = digits.bytes().map(|digit| digit - b'0').collect();
        Self::new(number < 0, digits, 0)
    }

    pub(super) fn scale(&self) -> usize {
        self.scale
    }

    pub(super) fn is_zero(&self) -> bool {
        self.digits.is_empty()
    }

    pub(super) fn is_negative(&self) -> bool {
        self.negative
    }

    /// Whether the server has a DECIMAL of so many digits.
    pub(super) fn fits(&self) -> bool {
        let whole = self.digits.len().saturating_sub(self.scale);
        whole + self.scale <= MOST_DIGITS && self.scale <= MOST_SCALE
    }

    pub(super) fn negated(mut self) -> Self {
        self.negative = !self.negative && !self.is_zero();
        self
    }

    /// Digits of the same number with `scale` of them behind the point, which is not less than now.
    fn scaled_up(&self, scale: usize) -> Vec<u8> {
        // Zero has no digits, whatever its scale.
        if self.is_zero() {
            return Vec::new();
        }
        let mut digits = self.digits.clone();
        digits.resize(self.digits.len() + scale - self.scale, 0);
        digits
    }

    pub(super) fn plus(&self, other: &Self) -> Self {
        self.plus_signed(other, other.negative)
    }

    pub(super) fn minus(&self, other: &Self) -> Self {
        self.plus_signed(other, !other.negative)
    }

    /// The sum with the digits of `other`, which are negative or not.
    fn plus_signed(&self, other: &Self, negative: bool) -> Self {
        let scale = self.scale.max(other.scale);
        let (a, b) = (self.scaled_up(scale), other.scaled_up(scale));
        if self.negative == negative {
            return Self::new(negative, sum(&a, &b), scale);
        }
        match compare(&a, &b) {
            Ordering::Less => Self::new(negative, difference(&b, &a), scale),
            Ordering::Equal => Self::nothing(),
            Ordering::Greater => Self::new(self.negative, difference(&a, &b), scale),
        }
    }

    pub(super) fn times(&self, other: &Self) -> Self {
        let mut product = vec![0_u32; self.digits.len() + other.digits.len()];
        for (i, &a) in self.digits.iter().enumerate() {
            for (j, &b) in other.digits.iter().enumerate() {
                product[i + j + 1] += u32::from(a) * u32::from(b);
            }
        }
        let mut carry = 0;
        let mut digits = vec![0_u8; product.len()];
        for (digit, sum) in digits.iter_mut().zip(&product).rev() {
            let sum = sum + carry;
            *digit = u8::try_from(sum % 10).unwrap_or(0);
            carry = sum / 10;
        }
        let scale = self.scale + other.scale;
        let product = Self::new(self.negative != other.negative, digits, scale);
        if product.negative && product.is_zero() {
            return Self::nothing();
        }
        product
    }

    /// The quotient with the digits that the server computes; `None` for a division by zero.
    pub(super) fn divided_by(&self, other: &Self, more: usize) -> Option<Self> {
        if self.is_zero() && !other.is_zero() {
            return Some(Self::nothing());
        }
        let (own, its) = (
            self.scale.next_multiple_of(GROUP),
            other.scale.next_multiple_of(GROUP),
        );
        let grown = own - self.scale + its - other.scale;
        let scale = (own + its + more.saturating_sub(grown)).next_multiple_of(GROUP);
        let (quotient, _) = division(
            &self.scaled_up(self.scale.max(other.scale) + scale),
            &other.scaled_up(self.scale.max(other.scale)),
        )?;
        Some(Self::new(self.negative != other.negative, quotient, scale))
    }

    /// The remainder, with the sign of the dividend.
    pub(super) fn remainder(&self, other: &Self) -> Option<Self> {
        let scale = self.scale.max(other.scale);
        let (_, rest) = division(&self.scaled_up(scale), &other.scaled_up(scale))?;
        let rest = Self::new(self.negative, rest, scale);
        if self.is_zero() || (rest.is_zero() && scale == 0) {
            return Some(Self::nothing());
        }
        Some(rest)
    }

    /// The number with `scale` digits behind the point, rounded half away from zero.
    pub(super) fn rounded(&self, scale: usize) -> Self {
        self.with_scale(scale, true)
    }

    /// The number with `scale` digits behind the point; those behind are cut off.
    pub(super) fn truncated(&self, scale: usize) -> Self {
        self.with_scale(scale, false)
    }

    fn with_scale(&self, scale: usize, rounds: bool) -> Self {
        if scale >= self.scale {
            return Self::new(self.negative, self.scaled_up(scale), scale);
        }
        let lost = self.scale - scale;
        let kept = self.digits.len().saturating_sub(lost);
        let mut digits = self.digits[..kept].to_vec();
        let next = match self.digits.len() < lost {
            true => 0,
            false => self.digits.get(kept).copied().unwrap_or(0),
        };
        if rounds && next >= 5 {
            digits = sum(&digits, &[1]);
        }
        let negative = self.negative && digits.iter().any(|&digit| digit != 0);
        Self::new(negative, digits, scale)
    }

    /// Rounded or cut to tens, hundreds and so on before the point.
    pub(super) fn to_power(&self, power: usize, rounds: bool) -> Self {
        let mut moved = self.clone();
        moved.scale += power;
        let mut whole = moved.with_scale(0, rounds);
        if !whole.is_zero() {
            whole.digits.resize(whole.digits.len() + power, 0);
        }
        whole
    }

    /// The next whole number that is not greater, or not smaller.
    pub(super) fn whole(&self, up: bool) -> Self {
        let cut = self.truncated(0);
        if self.negative != up && cut.compare(self) != Ordering::Equal {
            let one = Self::new(!up, vec![1], 0);
            return cut.plus(&one);
        }
        Self {
            negative: cut.negative && !cut.is_zero(),
            ..cut
        }
    }

    /// As the server compares, to which a negative zero is less than zero.
    pub(super) fn compare(&self, other: &Self) -> Ordering {
        let scale = self.scale.max(other.scale);
        let size = compare(&self.scaled_up(scale), &other.scaled_up(scale));
        match (self.negative, other.negative) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => size,
            (true, true) => size.reverse(),
        }
    }

    /// The digits with a point, `scale` of them behind it.
    pub(super) fn to_text(&self, scale: usize) -> String {
        let number = self.rounded(scale);
        let mut text: String = number
            .digits
            .iter()
            .map(|&digit| char::from(b'0' + digit))
            .collect();
        if text.len() <= scale {
            text.insert_str(0, &"0".repeat(scale + 1 - text.len()));
        }
        if scale > 0 {
            text.insert(text.len() - scale, '.');
        }
        if number.negative {
            text.insert(0, '-');
        }
        text
    }

    /// The nearest double.
    pub(super) fn to_f64(&self) -> f64 {
        self.to_text(self.scale).parse().unwrap_or(0.0)
    }

    /// The number rounded to a whole one, if it is not too large.
    pub(super) fn to_i128(&self) -> Option<i128> {
        self.to_text(0).parse().ok()
    }
}

fn compare(a: &[u8], b: &[u8]) -> Ordering {
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

fn sum(a: &[u8], b: &[u8]) -> Vec<u8> {
    let length = a.len().max(b.len()) + 1;
    let mut digits = vec![0; length];
    let mut carry = 0;
    for place in 0..length {
        let at = |digits: &[u8]| digits.iter().rev().nth(place).copied().unwrap_or(0);
        let total = at(a) + at(b) + carry;
        digits[length - 1 - place] = total % 10;
        carry = total / 10;
    }
    digits
}

/// `a - b`, where `a` is not smaller.
fn difference(a: &[u8], b: &[u8]) -> Vec<u8> {
    let mut digits = a.to_vec();
    let mut borrow = 0;
    for place in 0..a.len() {
        let own = a[a.len() - 1 - place] + 10;
        let less = b.iter().rev().nth(place).copied().unwrap_or(0) + borrow;
        let rest = own - less;
        digits[a.len() - 1 - place] = rest % 10;
        borrow = u8::from(rest < 10);
    }
    digits
}

fn trimmed(digits: &[u8]) -> &[u8] {
    let zeros = digits.iter().take_while(|&&digit| digit == 0).count();
    &digits[zeros..]
}

/// Quotient and remainder of whole numbers; `None` for a division by zero.
fn division(a: &[u8], b: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let b = trimmed(b);
    if b.is_empty() {
        return None;
    }
    let mut rest: Vec<u8> = Vec::new();
    let mut quotient = Vec::with_capacity(a.len());
    for &digit in a {
        rest.push(digit);
        rest = trimmed(&rest).to_vec();
        let mut times = 0;
        while compare(&rest, b) != Ordering::Less {
            rest = trimmed(&difference(&rest, b)).to_vec();
            times += 1;
        }
        quotient.push(times);
    }
    Some((quotient, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(text: &str) -> Exact {
        Exact::parse(text).unwrap()
    }

    #[test]
    fn computes_every_digit() {
        let large = exact("12345678901234567.89").plus(&exact("1"));
        assert_eq!(large.to_text(2), "12345678901234568.89");
        assert_eq!(exact("1").plus(&exact("-2.50")).to_text(2), "-1.50");
        assert_eq!(exact("-1.5").times(&exact("0.20")).to_text(3), "-0.300");
        assert_eq!(
            exact("7.5").remainder(&exact("-2")).unwrap().to_text(1),
            "1.5"
        );
        assert_eq!(exact("0.05").plus(&exact("-0.05")), exact("0"));
        assert_eq!(exact("-2").compare(&exact("-1.99")), Ordering::Less);
        assert_eq!(exact("0.00").compare(&exact("0")), Ordering::Equal);
        assert_eq!(exact("0").compare(&exact("0.05")), Ordering::Less);
        assert_eq!(exact("0").plus(&exact("-0.05")).to_text(2), "-0.05");
    }

    #[test]
    fn divides_to_groups_of_nine_digits() {
        let third = exact("1").divided_by(&exact("3"), 4).unwrap();
        assert_eq!(third.to_text(third.scale()), "0.333333333");
        assert_eq!(third.times(&exact("3")).to_text(4), "1.0000");
        assert_eq!(exact("1").divided_by(&exact("0.0"), 4), None);
    }

    #[test]
    fn nothing_has_the_scale_and_the_sign_of_the_server() {
        for (number, shown) in [
            (exact("1.50").minus(&exact("1.5")), "0"),
            (exact("0").minus(&exact("0.00")), "0"),
            (exact("0.0").plus(&exact("0.00")), "0.00"),
            (exact("0").times(&exact("-0.05")), "0"),
            (exact("0.5").times(&exact("0.00")), "0.000"),
            (exact("0.00").divided_by(&exact("2"), 4).unwrap(), "0"),
            (exact("0.00").remainder(&exact("2.5")).unwrap(), "0"),
            (exact("-1").remainder(&exact("0.1")).unwrap(), "-0.0"),
            (exact("-4").remainder(&exact("2")).unwrap(), "0"),
            (exact("-0.04").rounded(1), "0.0"),
            (exact("-0.0"), "0.0"),
        ] {
            assert_eq!(number.to_text(number.scale()), shown);
        }
        let negative = exact("-1").remainder(&exact("0.1")).unwrap();
        assert_eq!(negative.rounded(2).to_text(2), "-0.00");
        assert_eq!(negative.compare(&exact("0")), Ordering::Less);
        assert_eq!(negative.clone().negated().to_text(1), "0.0");
        assert_eq!(negative.plus(&exact("0")).scale(), 0);
    }

    #[test]
    fn rounds_half_away_from_zero() {
        for (number, scale, rounded, cut) in [
            ("1.005", 2, "1.01", "1.00"),
            ("-2.5", 0, "-3", "-2"),
            ("0.4", 0, "0", "0"),
            ("0.05", 0, "0", "0"),
            ("9.99", 1, "10.0", "9.9"),
        ] {
            assert_eq!(exact(number).rounded(scale).to_text(scale), rounded);
            assert_eq!(exact(number).truncated(scale).to_text(scale), cut);
        }
        assert_eq!(exact("125").to_power(1, true).to_text(0), "130");
        assert_eq!(exact("49").to_power(2, true).to_text(0), "0");
        for (number, down, up) in [("-1.5", "-2", "-1"), ("1.2", "1", "2"), ("3.0", "3", "3")] {
            assert_eq!(exact(number).whole(false).to_text(0), down);
            assert_eq!(exact(number).whole(true).to_text(0), up);
        }
    }
}
