//! Times of the dataset: milliseconds since 1970, all of them in the past, and how a file writes them.

/// A day.
pub(super) const DAY: i64 = 24 * 60 * 60 * 1_000;

/// When the first article was written: 2023-01-01.
pub(super) const BEGINNING: i64 = 19_358 * DAY;

/// When the last one was: before 2025-01-01.
pub(super) const END: i64 = 20_089 * DAY - 1;

/// RFC 3339 with milliseconds, in UTC.
pub(super) fn rfc3339(time: i64) -> String {
    let (days, millis) = (time.div_euclid(DAY), time.rem_euclid(DAY));
    let (year, month, day) = date(days);
    let (seconds, millis) = (millis / 1_000, millis % 1_000);
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z")
}

/// The date of a day since 1970, by the rule of the Gregorian calendar with years that begin in March, so
/// that a leap day is the last of its year.
fn date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_with_their_date() {
        assert_eq!(rfc3339(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(rfc3339(951_782_400_007), "2000-02-29T00:00:00.007Z");
        assert_eq!(rfc3339(BEGINNING), "2023-01-01T00:00:00.000Z");
        assert_eq!(rfc3339(END), "2024-12-31T23:59:59.999Z");
    }
}
