//! What a server that is not strict stores for a literal that does not fit: the number or date that the literal
//! begins with, or the zero of the column.
//!
//! Dump programs set `sql_mode` so that the server does this. It is asked only after the ordinary conversion has
//! refused a literal; whoever asks has to say that the value is another one than the dump's.

use std::borrow::Cow;

use super::decimal::decimal;
use super::numbered_moment;
use super::temporal;
use super::value::{Value, from_u64, short_year};
use super::value_type::ValueType;

/// The value of `text` in a column of `kind`; `None` if the server would refuse it too.
pub(super) fn value(text: &[u8], kind: &ValueType) -> Option<Value<'static>> {
    let written = String::from_utf8_lossy(text);
    let number = leading_number(&written);
    Some(match kind {
        ValueType::Integer => Value::Integer(whole(&joined(&written, number))?.clamped()),
        ValueType::Year => Value::Integer(year(&written, number)?),
        ValueType::Unsigned => {
            let number = whole(&joined(&written, number))?;
            from_u64(u64::try_from(number.0).unwrap_or(if number.0 < 0 { 0 } else { u64::MAX }))
        }
        ValueType::Real => {
            let real: f64 = number.parse().unwrap_or(0.0);
            Value::Real(real.clamp(f64::MIN, f64::MAX))
        }
        ValueType::Decimal(scale) => {
            let digits = if number.is_empty() { "0" } else { number };
            let digits = decimal(Cow::Borrowed(digits.as_bytes()), *scale, &mut false);
            Value::Text(Cow::Owned(digits.ok()?.into_owned()))
        }
        ValueType::Date => Value::Text(temporal::leading_date(&written).into()),
        ValueType::DateTime(fraction) => {
            Value::Text(temporal::leading_date_time(&written, *fraction).into())
        }
        ValueType::Time(fraction) => {
            Value::Text(temporal::leading_time(&written, *fraction).into())
        }
        // Blanks and zeros behind the end are cut without a word on a server, too.
        ValueType::FixedBlob(length) => Value::Blob(text.get(..*length)?.to_vec().into()),
        ValueType::Enum(..) => Value::Text(Cow::Borrowed("")),
        ValueType::Set(members, _) => Value::Text(members.some(&written).0.into()),
        // A negative whole number gives its bits, another one none; what is too long gives all.
        ValueType::Bits => from_u64(match number.parse::<i64>() {
            Ok(number @ ..0) => number.cast_unsigned(),
            _ if number.starts_with('-') => 0,
            _ => u64::MAX,
        }),
        ValueType::Text(_) | ValueType::Char(_) | ValueType::Blob | ValueType::Any => {
            return None;
        }
    })
}

/// The zero date in the place of one whose month or day is zero; `changed` is set then.
pub(super) fn without_zero_parts<'v>(
    value: Value<'v>,
    kind: &ValueType,
    changed: &mut bool,
) -> Value<'v> {
    match value {
        Value::Text(text)
            if matches!(kind, ValueType::Date | ValueType::DateTime(_))
                && (text.get(5..7) == Some("00") || text.get(8..10) == Some("00"))
                && !text.starts_with("0000-00-00") =>
        {
            *changed = true;
            Value::Text(text.replace(|byte: char| byte.is_ascii_digit(), "0").into())
        }
        value => value,
    }
}

/// The value of a number in a column of `kind`.
pub(super) fn number(digits: &str, kind: &ValueType) -> Option<Value<'static>> {
    match kind {
        ValueType::Date | ValueType::DateTime(_) | ValueType::Time(_) => {
            Some(Value::Text(numbered_moment::leniently(digits, kind).into()))
        }
        _ => value(digits.as_bytes(), kind),
    }
}

/// The year that a text with this number at its beginning is.
fn year(written: &str, number: &str) -> Option<i64> {
    if number.is_empty() {
        return Some(0);
    }
    let whole = whole(&joined(written, number))?.clamped();
    Some(match whole {
        0 if written.len() == 4 => 0,
        _ => short_year(whole).unwrap_or(2000),
    })
}

/// More digits have no room in the number that a server gathers them in.
const MOST_JOINED: usize = 19;

/// The number that a text begins with, as a server reads it for a whole one: in front of a second point it overlooks
/// the first, so that `1.2.3` is 12.
fn joined<'n>(written: &str, number: &'n str) -> Cow<'n, str> {
    let start = written.trim_start_matches(BLANKS);
    let behind = start.strip_prefix(number).unwrap_or("");
    let plain = number.len() <= MOST_JOINED && !number.contains(['e', 'E']);
    if plain && number.contains('.') && behind.starts_with('.') {
        return Cow::Owned(number.replace('.', ""));
    }
    Cow::Borrowed(number)
}

/// The value of a literal of bytes in a column of `kind`: numbers are made of their bits.
pub(super) fn bytes(bytes: &[u8], kind: &ValueType) -> Option<Value<'static>> {
    let numeric = matches!(
        kind,
        ValueType::Integer | ValueType::Unsigned | ValueType::Real | ValueType::Decimal(_)
    );
    let number = match (bytes.len(), kind) {
        // More than 64 bits are the largest number.
        (9.., ValueType::Unsigned) => u64::MAX,
        (9.., _) if numeric => i64::MAX.cast_unsigned(),
        (..=8, ValueType::Integer | ValueType::Unsigned | ValueType::Real) => bytes
            .iter()
            .fold(0_u64, |sum, &byte| sum << 8 | u64::from(byte)),
        _ => return value(bytes, kind),
    };
    value(number.to_string().as_bytes(), kind)
}

/// A whole number, however large.
struct Whole(i128);

impl Whole {
    fn clamped(&self) -> i64 {
        let end = if self.0 < 0 { i64::MIN } else { i64::MAX };
        i64::try_from(self.0).unwrap_or(end)
    }
}

/// Rounded half away from zero; a number of very many digits is as large as one can be.
fn whole(number: &str) -> Option<Whole> {
    if number.is_empty() {
        return Some(Whole(0));
    }
    let digits = decimal(Cow::Borrowed(number.as_bytes()), 0, &mut false);
    let end = if number.starts_with('-') {
        i128::MIN
    } else {
        i128::MAX
    };
    Some(Whole(digits.ok()?.parse().unwrap_or(end)))
}

/// What may stand before a number.
const BLANKS: [char; 6] = [' ', '\t', '\n', '\r', '\u{b}', '\u{c}'];

/// The number that `text` begins with, blanks before it aside; empty if there is none.
pub(crate) fn leading_number(text: &str) -> &str {
    let start = text.trim_start_matches(BLANKS);
    let bytes = start.as_bytes();
    let digits = |from: usize| {
        let rest = bytes.get(from..).unwrap_or_default();
        rest.iter().take_while(|byte| byte.is_ascii_digit()).count()
    };
    let sign = usize::from(matches!(bytes.first(), Some(b'-' | b'+')));
    let whole = digits(sign);
    let mut end = sign + whole;
    let mut fraction = 0;
    if bytes.get(end) == Some(&b'.') {
        fraction = digits(end + 1);
        if whole + fraction > 0 {
            end += 1 + fraction;
        }
    }
    if whole + fraction == 0 {
        return "";
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'-' | b'+')));
        let exponent = digits(end + 1 + sign);
        if exponent > 0 {
            end += 1 + sign + exponent;
        }
    }
    &start[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, kind: &ValueType) -> String {
        match value(text.as_bytes(), kind) {
            Some(Value::Integer(number)) => number.to_string(),
            Some(Value::Text(text)) => text.into_owned(),
            Some(Value::Real(number)) => number.to_string(),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn takes_what_a_server_takes() {
        for (text, kind, expected) in [
            ("12px", ValueType::Integer, "12"),
            ("1.5abc", ValueType::Integer, "2"),
            ("px", ValueType::Integer, "0"),
            ("10.1.2.3", ValueType::Integer, "101"),
            (" -1.2.3", ValueType::Integer, "-12"),
            ("1.7.x", ValueType::Unsigned, "17"),
            ("1.7x.2", ValueType::Integer, "2"),
            ("1.2e3.5", ValueType::Integer, "1200"),
            ("1.23456789012345678901.5", ValueType::Integer, "1"),
            (
                "99999999999999999999",
                ValueType::Integer,
                "9223372036854775807",
            ),
            ("-5", ValueType::Unsigned, "0"),
            ("20x", ValueType::Year, "2020"),
            ("x", ValueType::Year, "0"),
            (
                "99999999999999999999",
                ValueType::Unsigned,
                "18446744073709551615",
            ),
            ("", ValueType::Decimal(2), "0.00"),
            ("1.5abc", ValueType::Decimal(2), "1.50"),
            ("1.5x", ValueType::Real, "1.5"),
            ("", ValueType::Date, "0000-00-00"),
            ("2024-01-05x", ValueType::Date, "2024-01-05"),
            ("2024-02-31", ValueType::Date, "2024-02-31"),
            ("2024-2-31", ValueType::Date, "0000-00-00"),
            (
                "2024-01-05T10:11:12Z",
                ValueType::DateTime(0),
                "2024-01-05 10:11:12",
            ),
            (
                "2024-01-05 10:11:12.96",
                ValueType::DateTime(1),
                "2024-01-05 10:11:12.9",
            ),
            ("2024-13-01", ValueType::DateTime(0), "0000-00-00 00:00:00"),
            ("1 10:00:00", ValueType::Time(0), "34:00:00"),
            ("25:61:00", ValueType::Time(0), "00:00:00"),
            ("-900:00:00", ValueType::Time(0), "-838:59:59"),
            ("10:11:12.9", ValueType::Time(0), "10:11:12"),
        ] {
            assert_eq!(shown(text, &kind), expected, "{text} as {kind:?}");
        }
        let members = || std::sync::Arc::new(vec!["x".to_owned(), "y".to_owned()].into());
        let set = ValueType::Set(members(), super::super::Charset::Utf8);
        assert_eq!(shown("y,z,X", &set), "x,y");
    }
}
