//! Dates, times of day and spans of time: calendar, text, numbers.
//!
//! What is read from text is what every server reads alike; a spelling that they read differently, or
//! only with a warning, is not known here.

/// Microseconds of a second, and of a day.
pub(super) const SECOND: i64 = 1_000_000;
pub(super) const DAY: i64 = 86_400 * SECOND;
/// The longest TIME: 838:59:59.999999.
const LONGEST_TIME: i64 = 839 * 3600 * SECOND - 1;

/// A day of the calendar; parts of it may be 0, as in `0000-00-00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct CalendarDay {
    pub(crate) year: u16,
    pub(crate) month: u8,
    pub(crate) day: u8,
}

/// What text is as a date or time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Read<T> {
    Value(T),
    /// It is none, which is NULL.
    Nothing,
    Unknown,
}

impl CalendarDay {
    pub(super) fn new(year: u16, month: u8, day: u8) -> Self {
        Self { year, month, day }
    }

    /// `YYYY-MM-DD`, as columns hold it.
    pub(super) fn stored(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '-');
        let year = parts.next()?.parse().ok()?;
        Some(Self::new(
            year,
            parts.next()?.parse().ok()?,
            parts.next()?.parse().ok()?,
        ))
    }

    /// Whether no part of it is 0.
    pub(super) fn is_whole(self) -> bool {
        self.month > 0 && self.day > 0
    }

    /// Whether the calendar has it; days of month 0 are not counted.
    fn exists(self) -> bool {
        self.month <= 12 && self.day <= length(self.year, self.month)
    }

    /// Days since the day before 0000-01-01, which is MySQL's `TO_DAYS`.
    pub(super) fn number(self) -> i64 {
        let year = i64::from(self.year);
        let months = 1..self.month;
        let before: i64 = months
            .map(|month| i64::from(length(self.year, month)))
            .sum();
        // 0 is a year of 365 days to MySQL.
        let past = (year - 1).max(0);
        let leaps = past / 4 - past / 100 + past / 400;
        365 * year + leaps + before + i64::from(self.day)
    }

    /// The day of this number, from 0001-01-01 to 9999-12-31.
    pub(super) fn of_number(number: i64) -> Option<Self> {
        if !(366..=3_652_424).contains(&number) {
            return None;
        }
        let mut year = u16::try_from(number / 366).ok()?;
        while year < 9999 && Self::new(year + 1, 1, 1).number() <= number {
            year += 1;
        }
        let mut rest = number - Self::new(year, 1, 1).number();
        let mut month = 1;
        while rest >= i64::from(length(year, month)) {
            rest -= i64::from(length(year, month));
            month += 1;
        }
        Some(Self::new(year, month, u8::try_from(rest + 1).ok()?))
    }

    /// 0 for a Monday.
    pub(super) fn weekday(self) -> i64 {
        (self.number() + 5) % 7
    }

    /// The day so many months later, or the last of that month.
    pub(super) fn plus_months(self, months: i64) -> Option<Self> {
        let total = i64::from(self.year) * 12 + i64::from(self.month) - 1 + months;
        let year = u16::try_from(total.div_euclid(12))
            .ok()
            .filter(|&year| year <= 9999)?;
        let month = u8::try_from(total.rem_euclid(12) + 1).ok()?;
        Some(Self::new(year, month, self.day.min(length(year, month))))
    }

    pub(super) fn last_of_month(self) -> Self {
        Self::new(self.year, self.month, length(self.year, self.month))
    }

    /// Of its year, from 1.
    pub(super) fn of_year(self) -> i64 {
        self.number() - Self::new(self.year, 1, 1).number() + 1
    }

    pub(super) fn to_text(self) -> String {
        format!("{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }

    /// `YYYYMMDD` as a number.
    pub(super) fn digits(self) -> i64 {
        i64::from(self.year) * 10_000 + i64::from(self.month) * 100 + i64::from(self.day)
    }
}

pub(super) fn is_leap(year: u16) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

fn length(year: u16, month: u8) -> u8 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// `HH:MM:SS` with `fraction` digits behind, of microseconds that may be negative.
pub(super) fn clock(micros: i64, fraction: usize) -> String {
    let sign = if micros < 0 { "-" } else { "" };
    let micros = micros.unsigned_abs();
    let seconds = micros / 1_000_000;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let mut text = format!("{sign}{hours:02}:{minutes:02}:{seconds:02}");
    if fraction > 0 {
        let digits = format!("{:06}", micros % 1_000_000);
        text.push('.');
        text.push_str(&digits[..fraction.min(6)]);
    }
    text
}

/// `HHMMSS` as a number, without the fraction.
pub(super) fn clock_digits(micros: i64) -> i64 {
    let seconds = micros / SECOND;
    seconds / 3600 * 10_000 + seconds / 60 % 60 * 100 + seconds % 60
}

/// Whether a number is a time of day or a span, `HHMMSS`, as it is written.
pub(super) fn is_clock(number: i64) -> bool {
    (0..=8_385_959).contains(&number) && number / 100 % 100 < 60 && number % 100 < 60
}

/// A day, microseconds of the day, and the digits of its fraction.
pub(super) type Instant = (CalendarDay, i64, usize);

/// Reads a date, with a time or without.
pub(super) fn read_instant(text: &str) -> Read<Instant> {
    match read_compared(text) {
        // Whether these are dates is a matter of the server's mode.
        Read::Value((day, ..)) if !day.is_whole() => Read::Unknown,
        read => read,
    }
}

/// Reads a date as one that others are compared with: parts of it may be 0, whatever the server's mode.
pub(super) fn read_compared(text: &str) -> Read<Instant> {
    let text = text.trim();
    if !text.starts_with(|letter: char| letter.is_ascii_digit()) {
        return Read::Nothing;
    }
    let (text, fraction) = match text.rsplit_once('.') {
        Some((rest, digits)) if is_digits(digits) && (rest.contains(':') || is_digits(rest)) => {
            (rest, digits)
        }
        _ => (text, ""),
    };
    let Some(numbers) = parts(text) else {
        return Read::Unknown;
    };
    if fraction.len() > 6 || (!fraction.is_empty() && numbers.len() < 6) {
        return Read::Unknown;
    }
    let at = |index: usize| numbers.get(index).copied().unwrap_or(0);
    let (Ok(year), Ok(month), Ok(day)) = (
        u16::try_from(at(0)),
        u8::try_from(at(1)),
        u8::try_from(at(2)),
    ) else {
        return Read::Unknown;
    };
    let day = CalendarDay::new(year, month, day);
    if !day.exists() || at(3) > 23 || at(4) > 59 || at(5) > 59 {
        return Read::Nothing;
    }
    let has_century = text.get(..4).is_some_and(is_digits) && !matches!(text.len(), 6 | 12);
    if !day.is_whole() && !has_century {
        return Read::Unknown;
    }
    let seconds = i64::from(at(3) * 3600 + at(4) * 60 + at(5));
    let micros: i64 = format!("{fraction:0<6}").parse().unwrap_or(0);
    Read::Value((day, seconds * SECOND + micros, fraction.len()))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The numbers of a date and time, from the year on; a year of two digits is spelled out.
fn parts(text: &str) -> Option<Vec<u32>> {
    let pieces: Vec<&str> = if is_digits(text) {
        let year = match text.len() {
            8 | 14 => 4,
            6 | 12 => 2,
            _ => return None,
        };
        let rest = (year..text.len()).step_by(2).map(|at| &text[at..at + 2]);
        std::iter::once(&text[..year]).chain(rest).collect()
    } else {
        let (date, time) = match text.find(['T', ' ']) {
            Some(at) => (&text[..at], text[at + 1..].trim_start()),
            None => (text, ""),
        };
        let date: Vec<&str> = date.split(['-', '/', '.']).collect();
        let time: Vec<&str> = time.split(':').filter(|_| !time.is_empty()).collect();
        if date.len() != 3 || time.len() == 1 || time.len() > 3 {
            return None;
        }
        date.into_iter().chain(time).collect()
    };
    let usual = |(index, piece): (usize, &&str)| {
        is_digits(piece) && (piece.len() <= 2 || (index == 0 && piece.len() == 4))
    };
    if !pieces.iter().enumerate().all(usual) || pieces[0].len() % 2 == 1 {
        return None;
    }
    let mut numbers: Vec<u32> = pieces
        .iter()
        .filter_map(|piece| piece.parse().ok())
        .collect();
    if pieces[0].len() == 2 {
        numbers[0] += if numbers[0] < 70 { 2000 } else { 1900 };
    }
    Some(numbers)
}

/// Reads a time: microseconds, and the digits of its fraction.
pub(super) fn read_time(text: &str) -> Read<(i64, usize)> {
    let text = text.trim();
    if text.contains(['-', '/']) && !text.starts_with('-') {
        return match read_instant(text) {
            // A date alone is read as if it were a time.
            Read::Value((_, micros, fraction)) if text.contains(':') => {
                Read::Value((micros, fraction))
            }
            _ => Read::Unknown,
        };
    }
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    if (!fraction.is_empty() && !is_digits(fraction)) || fraction.len() > 6 {
        return Read::Unknown;
    }
    let (days, whole) = match whole.split_once(' ') {
        Some((days, rest)) if is_digits(days) && days.len() < 3 => {
            (days.parse().unwrap_or(0), rest)
        }
        _ => (0, whole),
    };
    let numbers: Vec<i64> = if is_digits(whole) && whole.len() <= 7 && days == 0 {
        let number: i64 = whole.parse().unwrap_or(0);
        vec![number / 10_000, number / 100 % 100, number % 100]
    } else {
        let pieces: Vec<&str> = whole.split(':').collect();
        let short = |piece: &&str| is_digits(piece) && piece.len() < 5;
        if !(2..=3).contains(&pieces.len()) || !pieces.iter().all(short) {
            return Read::Unknown;
        }
        pieces
            .iter()
            .filter_map(|piece| piece.parse().ok())
            .collect()
    };
    let at = |index: usize| numbers.get(index).copied().unwrap_or(0);
    if at(1) > 59 || at(2) > 59 {
        return Read::Nothing;
    }
    let fractional: i64 = format!("{fraction:0<6}").parse().unwrap_or(0);
    let seconds = (days * 24 + at(0)) * 3600 + at(1) * 60 + at(2);
    let micros = seconds.saturating_mul(SECOND).saturating_add(fractional);
    if micros > LONGEST_TIME {
        return Read::Unknown;
    }
    Read::Value((if negative { -micros } else { micros }, fraction.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_days_as_the_server() {
        for (day, number, weekday) in [
            (CalendarDay::new(1, 1, 1), 366, 0),
            (CalendarDay::new(1970, 1, 1), 719_528, 3),
            (CalendarDay::new(2024, 2, 29), 739_310, 3),
            (CalendarDay::new(2000, 12, 31), 730_850, 6),
            (CalendarDay::new(9999, 12, 31), 3_652_424, 4),
        ] {
            assert_eq!(day.number(), number, "{day:?}");
            assert_eq!(CalendarDay::of_number(number), Some(day));
            assert_eq!(day.weekday(), weekday, "{day:?}");
        }
        let end = CalendarDay::new(2024, 1, 31);
        assert_eq!(end.plus_months(1), Some(CalendarDay::new(2024, 2, 29)));
        assert_eq!(end.plus_months(-14), Some(CalendarDay::new(2022, 11, 30)));
    }

    #[test]
    fn reads_what_all_servers_read_alike() {
        let day = CalendarDay::new(2024, 3, 9);
        assert_eq!(read_instant("2024-3-9"), Read::Value((day, 0, 0)));
        assert_eq!(read_instant("20240309"), Read::Value((day, 0, 0)));
        assert_eq!(
            read_instant("24/03/09 1:02:03.5"),
            Read::Value((day, 3_723_500_000, 1))
        );
        assert_eq!(read_instant("2020-02-31"), Read::Nothing);
        assert_eq!(read_instant("tomorrow"), Read::Nothing);
        assert_eq!(read_instant("2020-01-05x"), Read::Unknown);
        assert_eq!(read_instant("0000-00-00"), Read::Unknown);
        assert_eq!(read_time("-1:02:03.25"), Read::Value((-3_723_250_000, 2)));
        assert_eq!(read_time("1112"), Read::Value((672 * SECOND, 0)));
        assert_eq!(
            read_time("2 01:00:00"),
            Read::Value((49 * 3600 * SECOND, 0))
        );
        assert_eq!(read_time("10:61:00"), Read::Nothing);
        assert_eq!(clock(-3_723_250_000, 2), "-01:02:03.25");
    }
}
