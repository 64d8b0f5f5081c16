//! How numbers and dates read.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::strings::BlogStrings;
use crate::web::numbers::NumberFormat;

/// `12,345`, as both languages write it.
pub(super) fn number(number: i64) -> String {
    NumberFormat::ENGLISH.integer(number)
}

/// A time, for machines and for people.
pub(super) struct Date {
    pub(super) machine: String,
    pub(super) shown: String,
}

impl Date {
    /// That of a time as the API writes it; people are shown its day in UTC.
    pub(super) fn of(t: &BlogStrings, time: &str) -> Self {
        let day = time.parse::<Timestamp>().ok();
        let day = day.map(|time| time.to_zoned(TimeZone::UTC).strftime(&t.date).to_string());
        Self {
            machine: time.to_owned(),
            shown: day.unwrap_or_else(|| time.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apps::conduit::pages::language::BlogLanguage;

    #[test]
    fn dates_are_days() {
        for (language, shown) in [
            (BlogLanguage::English, "February 8, 2016"),
            (BlogLanguage::Japanese, "2016年2月8日"),
        ] {
            let date = Date::of(BlogStrings::of(language), "2016-02-08T23:22:56.637Z");
            assert_eq!(date.shown, shown);
            assert_eq!(date.machine, "2016-02-08T23:22:56.637Z");
        }
        assert_eq!(number(1234), "1,234");
    }
}
