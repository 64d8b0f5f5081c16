//! Where a learner stands: how many sentences she tried and how many she knows, the best and the worst ones,
//! and what she did on each of the last days. Sums are the schema's; nothing is added up here.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan as _};
use rusqlite::{Connection, OptionalExtension as _};

use super::kind::Kind;
use super::mode::WalkMode;
use super::order::Order;
use super::sentence::{self, Sentence};

const TOTALS: &str =
    "SELECT tried, written_good, not_written_good FROM user_total WHERE user_id = ?1";
/// The same of sentences that are removed, which the totals still count.
const REMOVED: &str = "SELECT count(*) FILTER (WHERE attempts > 0), \
        count(*) FILTER (WHERE written > 0), count(*) FILTER (WHERE not_written > 0) \
    FROM progress WHERE user_id = ?1 AND sentence_id IN (SELECT id FROM removed_sentence)";
const DAYS_SINCE: &str = "SELECT day, gradings, passed, val FROM user_day \
    WHERE user_id = ?1 AND day >= ?2 AND day <= ?3 ORDER BY day";

/// Statements of this file, for the test that reads plans.
#[cfg(test)]
pub(super) const STATEMENTS: [&str; 3] = [TOTALS, REMOVED, DAYS_SINCE];

/// Sentences among the best, and among the worst.
const LISTED: i64 = 5;

/// Days that are shown.
pub(super) const DAYS: i32 = 60;

/// A count of all sentences.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Share {
    pub(super) count: i64,
    pub(super) all: i64,
}

impl Share {
    /// Percent with two digits at most, cut off and not rounded, as Ruby prints a float: `33.33`, `50.0`. It is
    /// reckoned in whole numbers, so that 29 of 100 are 29.0 and not 28.99. Of nothing it is `0.0`.
    pub(super) fn percent(self) -> String {
        let hundredths = match self.all {
            0 => 0,
            all => i128::from(self.count) * 10_000 / i128::from(all),
        };
        let (whole, fraction) = (hundredths / 100, hundredths % 100);
        match fraction % 10 {
            0 => format!("{whole}.{}", fraction / 10),
            _ => format!("{whole}.{fraction:02}"),
        }
    }
}

/// What was done on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Day {
    pub(super) date: Date,
    pub(super) gradings: i64,
    /// Those that were right.
    pub(super) passed: i64,
    /// What they count together.
    pub(super) points: i64,
}

/// What the dashboard shows of a learner.
pub(super) struct Dashboard {
    /// Sentences with an attempt.
    pub(super) tried: Share,
    /// Sentences that are known, by kind. Of all kinds it is what the two have together, so that one which is
    /// known both ways counts twice (advice 6).
    pub(super) known: [(Kind, Share); 3],
    pub(super) best: Vec<(Sentence, i64)>,
    pub(super) worst: Vec<(Sentence, i64)>,
    /// The last days, today being the last one, those without gradings among them.
    pub(super) days: Vec<Day>,
}

impl Dashboard {
    /// That of `user` at the time `now`.
    pub(super) fn read(
        connection: &Connection,
        user: i64,
        now: Timestamp,
    ) -> rusqlite::Result<Self> {
        let totals = |sql| -> rusqlite::Result<(i64, i64, i64)> {
            let mut select = connection.prepare_cached(sql)?;
            let totals =
                select.query_row([user], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
            Ok(totals.optional()?.unwrap_or_default())
        };
        let (counted, removed) = (totals(TOTALS)?, totals(REMOVED)?);
        let (tried, written) = (counted.0 - removed.0, counted.1 - removed.1);
        let not_written = counted.2 - removed.2;
        let top = Order::of(connection, user, WalkMode::Top)?;
        let all = top.sentences;
        let share = |count| Share { count, all };
        let worst = Order::of(connection, user, WalkMode::Worst)?;
        Ok(Self {
            tried: share(tried),
            known: [
                (Kind::Any, share(written + not_written)),
                (Kind::NotWritten, share(not_written)),
                (Kind::Written, share(written)),
            ],
            best: sentence::first(connection, top.page(0, LISTED)?)?,
            worst: sentence::first(connection, worst.page(0, LISTED)?)?,
            days: days(connection, user, now)?,
        })
    }
}

/// The last days of a learner, in UTC.
fn days(connection: &Connection, user: i64, now: Timestamp) -> rusqlite::Result<Vec<Day>> {
    let today = now.to_zoned(TimeZone::UTC).date();
    let span: Span = (DAYS - 1).days();
    let first = today.saturating_sub(span);
    let mut select = connection.prepare_cached(DAYS_SINCE)?;
    let bounds = (user, first.to_string(), today.to_string());
    let found = select.query_map(bounds, |row| {
        let day: String = row.get(0)?;
        Ok((day, row.get(1)?, row.get(2)?, row.get(3)?))
    })?;
    let mut found = found
        .collect::<rusqlite::Result<Vec<(String, i64, i64, i64)>>>()?
        .into_iter()
        .peekable();
    let dates = first.series(1.day()).take_while(|date| *date <= today);
    let days = dates.map(|date| {
        let text = date.to_string();
        let done = found.next_if(|(day, ..)| *day == text);
        let (_, gradings, passed, points) = done.unwrap_or_default();
        Day {
            date,
            gradings,
            passed,
            points,
        }
    });
    Ok(days.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Advice 8: cut off at two digits, as a float; no sentences are no division.
    #[test]
    fn percentages_are_cut_off() {
        let percent = |count, all| Share { count, all }.percent();
        for (count, all, text) in [
            (1, 3, "33.33"),
            (2, 3, "66.66"),
            (1, 2, "50.0"),
            (3, 3, "100.0"),
            (4, 3, "133.33"),
            (1, 8, "12.5"),
            (1, 1000, "0.1"),
            (1, 2000, "0.05"),
            (1, 100_000, "0.0"),
            (29, 100, "29.0"),
            (0, 5, "0.0"),
            (0, 0, "0.0"),
        ] {
            assert_eq!(percent(count, all), text, "{count} of {all}");
        }
    }
}
