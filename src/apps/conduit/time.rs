//! Times: milliseconds since 1970, written in UTC with three digits of a second and `Z`.

use std::time::{SystemTime, UNIX_EPOCH};

use rusqlite::ToSql;
use rusqlite::types::{FromSql, FromSqlResult, ToSqlOutput, ValueRef};
use serde::{Serialize, Serializer};

use crate::apps::answer::PlainText;

/// A time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Millis(pub(super) i64);

impl Millis {
    /// By the wall clock.
    pub(super) fn now() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        let since = since.unwrap_or_default().as_millis();
        Self(i64::try_from(since).unwrap_or(i64::MAX))
    }

    /// When something that was changed at `self` was changed now: later, whatever the clock says.
    pub(super) fn next(self, now: Self) -> Self {
        now.max(Self(self.0.saturating_add(1)))
    }
}

/// Bytes of a time as text.
const LENGTH: usize = "2016-02-18T03:22:56.637Z".len();

impl Millis {
    /// As answers have it. By hand: an article has two times, and whatever formats times in general takes
    /// longer than the article's row. What is beyond the year 9999 is its end.
    fn text(self) -> [u8; LENGTH] {
        const DAY: i64 = 24 * 60 * 60 * 1000;
        const LAST: i64 = 253_402_300_799_999;
        let time = self.0.clamp(0, LAST);
        let (year, month, day) = civil(time / DAY);
        let time = time % DAY;
        let mut text = *b"0000-00-00T00:00:00.000Z";
        for (value, digits) in [
            (year, 0..4),
            (month, 5..7),
            (day, 8..10),
            (time / 3_600_000, 11..13),
            (time / 60_000 % 60, 14..16),
            (time / 1000 % 60, 17..19),
            (time % 1000, 20..23),
        ] {
            let mut value = value;
            for digit in text[digits].iter_mut().rev() {
                *digit = b'0' + u8::try_from(value % 10).unwrap_or_default();
                value /= 10;
            }
        }
        text
    }
}

/// Year, month and day of the day with this number since 1970, from 0 on. Years are taken from March on, so
/// that a leap day is the last of its year: <https://howardhinnant.github.io/date_algorithms.html>.
fn civil(day: i64) -> (i64, i64, i64) {
    /// Days of 400 years, after which the calendar repeats itself.
    const ERA: i64 = 146_097;
    /// From the first of March of the year 0 to 1970.
    const EPOCH: i64 = 719_468;
    let (era, of_era) = ((day + EPOCH) / ERA, (day + EPOCH) % ERA);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    let year = year + 400 * era + i64::from(month <= 2);
    (year, month, day)
}

impl PlainText for Millis {
    fn plain_text(&self) -> impl AsRef<[u8]> {
        self.text()
    }
}

impl Serialize for Millis {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let text = self.text();
        to.serialize_str(std::str::from_utf8(&text).unwrap_or_default())
    }
}

impl FromSql for Millis {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_i64().map(Self)
    }
}

impl ToSql for Millis {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.0.into())
    }
}

#[cfg(test)]
mod tests {
    use fastrand::Rng;
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn times_always_have_three_digits_and_a_zone() {
        let written = |time| serde_json::to_string(&Millis(time)).unwrap();
        assert_eq!(written(1_455_765_776_637), r#""2016-02-18T03:22:56.637Z""#);
        assert_eq!(written(1_577_836_800_000), r#""2020-01-01T00:00:00.000Z""#);
    }

    #[test]
    fn times_are_those_of_the_calendar() {
        let mut random = Rng::with_seed(1);
        let any = |_| random.i64(0..=253_402_300_799_999);
        let mut times: Vec<i64> = (0..20_000).map(any).collect();
        for year in 1970..=9999_i16 {
            let march = jiff::civil::date(year, 3, 1).to_zoned(jiff::tz::TimeZone::UTC);
            let march = march.unwrap().timestamp().as_millisecond();
            times.extend([march - 1, march]);
        }
        for time in times {
            let expected = Timestamp::from_millisecond(time).unwrap();
            let written = String::from_utf8(Millis(time).text().to_vec()).unwrap();
            assert_eq!(written, format!("{expected:.3}"));
        }
        assert_eq!(Millis(i64::MAX).text(), *b"9999-12-31T23:59:59.999Z");
    }

    #[test]
    fn what_changes_is_later_than_before() {
        assert_eq!(Millis(7).next(Millis(7)), Millis(8));
        assert_eq!(Millis(7).next(Millis(3)), Millis(8));
        assert_eq!(Millis(7).next(Millis(70)), Millis(70));
    }
}
