//! Dates and times that are written as numbers: `20200105`, `101`, `20200105101112.5`, `1e3`.
//!
//! A server finds the century and the missing zeros by the size of the number. It must not know texts, which it reads
//! otherwise.

use super::temporal::{Parts, clock, cut_clock, leading_zero, packed_moment, time_of_parts};
use super::value_type::ValueType;

/// `8385959`: the longest time.
const LONGEST_TIME: u64 = 8_385_959;

/// A number in its parts.
struct WrittenNumber {
    negative: bool,
    whole: u64,
    fraction: String,
}

impl WrittenNumber {
    /// `None` where it has too many digits.
    fn of(digits: &str) -> Option<Self> {
        let (negative, unsigned) = match digits.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, digits),
        };
        let spelled = if unsigned.contains(['e', 'E']) {
            let number: f64 = unsigned.parse().ok()?;
            format!("{:.0}", number.trunc())
        } else {
            unsigned.to_owned()
        };
        let (whole, fraction) = spelled.split_once('.').unwrap_or((&spelled, ""));
        let whole = if whole.is_empty() { "0" } else { whole };
        Some(Self {
            negative,
            whole: whole.parse().ok()?,
            fraction: fraction.to_owned(),
        })
    }

    fn moment(&self) -> Option<Parts> {
        if self.negative && self.whole > 0 {
            return None;
        }
        let (digits, has_time) = fourteen(self.whole)?;
        let parts = packed_moment(&format!("{digits:014}"))?;
        // Decimals behind a date are no time.
        let fraction = if has_time {
            self.fraction.clone()
        } else {
            String::new()
        };
        Some(parts.with_fraction(fraction))
    }
}

/// The number as `YYYYMMDDhhmmss`, and whether it had the time; `None` in the gaps between the forms.
fn fourteen(number: u64) -> Option<(u64, bool)> {
    const DAY: u64 = 1_000_000;
    Some(match number {
        0 => (0, false),
        101..=691_231 => ((number + 20_000_000) * DAY, false),
        700_101..=991_231 => ((number + 19_000_000) * DAY, false),
        10_000_101..=99_991_231 => (number * DAY, false),
        101_000_000..=691_231_235_959 => (number + 20_000_000_000_000, true),
        700_101_000_000..=991_231_235_959 => (number + 19_000_000_000_000, true),
        991_231_235_960..=99_991_231_235_959 => (number, true),
        _ => return None,
    })
}

/// The value in a column of `kind`; `None` where something of it would be lost.
pub(super) fn exact(digits: &str, kind: &ValueType) -> Option<String> {
    let written = WrittenNumber::of(digits)?;
    match kind {
        ValueType::Time(wanted) => {
            if written.whole > LONGEST_TIME {
                return None;
            }
            let time = time_parts(written.whole)?;
            let spelled = clock(&time, &written.fraction, *wanted)?;
            let is_zero = spelled.bytes().all(|byte| !(b'1'..=b'9').contains(&byte));
            let sign = if written.negative && !is_zero {
                "-"
            } else {
                ""
            };
            Some(format!("{sign}{spelled}"))
        }
        ValueType::DateTime(wanted) => {
            let parts = written.moment()?;
            let time = clock(&parts.time, &parts.fraction, *wanted)?;
            Some(format!("{} {time}", parts.date()))
        }
        _ => Some(written.moment()?.date()),
    }
}

/// What a server that is not strict takes of the number.
pub(super) fn leniently(digits: &str, kind: &ValueType) -> String {
    let written = WrittenNumber::of(digits);
    match kind {
        ValueType::Time(wanted) => {
            let negative = digits.starts_with('-');
            let longest = || {
                let time = ["838", "59", "59"].map(str::to_owned);
                let sign = if negative { "-" } else { "" };
                format!("{sign}{}", cut_clock(&time, "999999", *wanted))
            };
            let Some(written) = written else {
                return longest();
            };
            match written.whole {
                0..=LONGEST_TIME => {
                    let spelled = time_parts(written.whole)
                        .map(|time| cut_clock(&time, &written.fraction, *wanted));
                    let is_zero =
                        |text: &str| !text.contains(|letter| ('1'..='9').contains(&letter));
                    match spelled {
                        Some(text) if negative && !is_zero(&text) => format!("-{text}"),
                        Some(text) => text,
                        None => leading_zero(kind),
                    }
                }
                // As long as a date, or a date and time.
                10_000_000..=99_999_999_999_999 if !negative => written.moment().map_or_else(
                    || leading_zero(kind),
                    |parts| time_of_parts(&parts, *wanted),
                ),
                number if number < 10_000_000 && time_parts(number).is_none() => leading_zero(kind),
                _ => longest(),
            }
        }
        ValueType::DateTime(wanted) => match written.and_then(|written| written.moment()) {
            Some(parts) => format!("{} {}", parts.date(), time_of_parts(&parts, *wanted)),
            None => leading_zero(kind),
        },
        _ => match written.and_then(|written| written.moment()) {
            Some(parts) => parts.date(),
            None => leading_zero(kind),
        },
    }
}

/// Hours, minutes and seconds of `HHMMSS`.
fn time_parts(number: u64) -> Option<[String; 3]> {
    let fields = [number / 10_000, number / 100 % 100, number % 100];
    let known = fields[1] < 60 && fields[2] < 60;
    known.then(|| fields.map(|field| format!("{field:02}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_says_what_is_missing() {
        let (date, time) = (ValueType::Date, ValueType::Time(0));
        let moment = ValueType::DateTime(1);
        for (digits, kind, taken) in [
            ("101", &date, "2000-01-01"),
            ("100", &date, "0000-00-00"),
            ("1e3", &date, "2000-10-00"),
            ("70101", &date, "2007-01-01"),
            ("20200102.9", &moment, "2020-01-02 00:00:00.0"),
            ("20200102101112.59", &moment, "2020-01-02 10:11:12.5"),
            ("20200102", &time, "00:00:00"),
            ("99999999999999999999", &time, "838:59:59"),
            ("-0", &time, "00:00:00"),
            ("-1e3", &time, "-00:10:00"),
            ("8385960", &time, "00:00:00"),
            ("9000000", &time, "838:59:59"),
            ("1000000000000", &date, "0100-00-00"),
        ] {
            assert_eq!(leniently(digits, kind), taken, "{digits}");
        }
        assert_eq!(exact("20200102101112.59", &moment), None);
        assert_eq!(exact("101112", &time).as_deref(), Some("10:11:12"));
    }
}
