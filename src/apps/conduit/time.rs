//! Times: milliseconds since 1970, written in UTC with three digits of a second and `Z`.

use std::time::{SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use rusqlite::ToSql;
use rusqlite::types::{FromSql, FromSqlResult, ToSqlOutput, ValueRef};
use serde::{Serialize, Serializer};

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

impl Serialize for Millis {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let time = Timestamp::from_millisecond(self.0).unwrap_or(Timestamp::MAX);
        to.collect_str(&format_args!("{time:.3}"))
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
    use super::*;

    #[test]
    fn times_always_have_three_digits_and_a_zone() {
        let written = |time| serde_json::to_string(&Millis(time)).unwrap();
        assert_eq!(written(1_455_765_776_637), r#""2016-02-18T03:22:56.637Z""#);
        assert_eq!(written(1_577_836_800_000), r#""2020-01-01T00:00:00.000Z""#);
    }

    #[test]
    fn what_changes_is_later_than_before() {
        assert_eq!(Millis(7).next(Millis(7)), Millis(8));
        assert_eq!(Millis(7).next(Millis(3)), Millis(8));
        assert_eq!(Millis(7).next(Millis(70)), Millis(70));
    }
}
