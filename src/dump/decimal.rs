//! Decimal numbers as text: brought to a number of decimals without a float in between.
//!
//! The server keeps a DECIMAL with all the decimals of its column and rounds what has more, half
//! away from zero; so does this. It must not lose a digit otherwise.

use std::borrow::Cow;

use super::error::{ValueError, excerpt};

/// Exponents beyond this are no DECIMAL, which has 65 digits at most.
const LARGEST_EXPONENT: u32 = 400;

/// The number in `written` with exactly `scale` decimals. `changed` is set when digits were lost.
pub(super) fn decimal<'a>(
    written: Cow<'a, [u8]>,
    scale: usize,
    changed: &mut bool,
) -> Result<Cow<'a, str>, ValueError> {
    let wrong = |bytes: &[u8]| ValueError::NotDecimal(excerpt(bytes));
    if is_canonical(&written, scale) {
        return match written {
            Cow::Borrowed(bytes) => std::str::from_utf8(bytes)
                .map(Cow::Borrowed)
                .map_err(|_| wrong(bytes)),
            Cow::Owned(bytes) => String::from_utf8(bytes)
                .map(Cow::Owned)
                .map_err(|error| wrong(error.as_bytes())),
        };
    }
    let (text, rounded) = std::str::from_utf8(&written)
        .ok()
        .and_then(|text| rescaled(text.trim_ascii(), scale))
        .ok_or_else(|| wrong(&written))?;
    *changed |= rounded;
    Ok(Cow::Owned(text))
}

/// Digits, and a point with `scale` digits behind it when there are any.
fn is_canonical(bytes: &[u8], scale: usize) -> bool {
    let digits = bytes.strip_prefix(b"-").unwrap_or(bytes);
    let whole = if scale == 0 {
        digits
    } else {
        match digits.len().checked_sub(scale + 1) {
            Some(point) if digits[point] == b'.' => {
                if !digits[point + 1..].iter().all(u8::is_ascii_digit) {
                    return false;
                }
                &digits[..point]
            }
            _ => return false,
        }
    };
    let leading_zero = whole.len() > 1 && whole[0] == b'0';
    let negative_zero = || digits.len() < bytes.len() && !digits.iter().any(|digit| *digit > b'0');
    !whole.is_empty() && whole.iter().all(u8::is_ascii_digit) && !leading_zero && !negative_zero()
}

/// `text` with `scale` decimals, and whether it was rounded for that.
fn rescaled(text: &str, scale: usize) -> Option<(String, bool)> {
    let (negative, unsigned) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
        Some(at) => (&unsigned[..at], unsigned[at + 1..].parse::<i32>().ok()?),
        None => (unsigned, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let mut digits: Vec<u8> = whole.bytes().chain(fraction.bytes()).collect();
    if digits.is_empty()
        || !digits.iter().all(u8::is_ascii_digit)
        || exponent.unsigned_abs() > LARGEST_EXPONENT
    {
        return None;
    }
    // Where the point stands among the digits, which may be before the first or behind the last.
    let point = i32::try_from(whole.len()).ok()? + exponent;
    if point < 1 {
        let zeros = usize::try_from(1 - point).ok()?;
        digits.splice(0..0, std::iter::repeat_n(b'0', zeros));
    }
    let point = usize::try_from(point.max(1)).ok()?;
    let wanted = point + scale;
    let lost = digits.split_off(digits.len().min(wanted));
    digits.resize(wanted, b'0');
    let rounded = lost.iter().any(|&digit| digit != b'0');
    let mut point = point;
    if lost.first().is_some_and(|&digit| digit >= b'5') && carry(&mut digits) {
        point += 1;
    }
    let extra = digits[..point - 1]
        .iter()
        .take_while(|&&digit| digit == b'0')
        .count();
    let digits = String::from_utf8(digits.split_off(extra)).ok()?;
    let (whole, fraction) = digits.split_at(point - extra);
    let sign = if negative && digits.bytes().any(|digit| digit != b'0') {
        "-"
    } else {
        ""
    };
    let point = if scale == 0 { "" } else { "." };
    Some((format!("{sign}{whole}{point}{fraction}"), rounded))
}

/// Adds one in the last place; `true` when the number has grown a digit.
fn carry(digits: &mut Vec<u8>) -> bool {
    for digit in digits.iter_mut().rev() {
        if *digit < b'9' {
            *digit += 1;
            return false;
        }
        *digit = b'0';
    }
    digits.insert(0, b'1');
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scaled(text: &str, scale: usize) -> Option<(String, bool)> {
        let mut changed = false;
        decimal(Cow::Borrowed(text.as_bytes()), scale, &mut changed)
            .ok()
            .map(|text| (text.into_owned(), changed))
    }

    #[test]
    fn keeps_pads_and_rounds_as_the_server() {
        let kept = |text: &str| Some((text.to_owned(), false));
        assert_eq!(
            scaled("12345678901234567890.12", 2),
            kept("12345678901234567890.12")
        );
        assert_eq!(scaled("-0012.50", 2), kept("-12.50"));
        assert_eq!(scaled("-0.00", 2), kept("0.00"));
        assert_eq!(scaled("7", 2), kept("7.00"));
        assert_eq!(scaled(".5", 1), kept("0.5"));
        assert_eq!(scaled("1.10", 1), kept("1.1"));
        assert_eq!(scaled("1e3", 0), kept("1000"));
        assert_eq!(scaled("12.5e-3", 4), kept("0.0125"));
        assert_eq!(scaled("+3", 0), kept("3"));
        let rounded = |text: &str| Some((text.to_owned(), true));
        assert_eq!(scaled("1.005", 2), rounded("1.01"));
        assert_eq!(scaled("-9.99", 1), rounded("-10.0"));
        assert_eq!(scaled("0.4", 0), rounded("0"));
        assert_eq!(scaled("-0.4", 0), rounded("0"));
        assert_eq!(scaled("0.5", 0), rounded("1"));
        for wrong in [
            "",
            "-",
            ".",
            "1.2.3",
            "12abc",
            "1e999999999",
            "1e",
            "0x10",
            "nan",
        ] {
            assert_eq!(scaled(wrong, 2), None, "{wrong}");
        }
    }
}
