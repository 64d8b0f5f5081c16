//! Dates and times: parts, formats, and moving by an interval.
//!
//! A date is text in both databases, and its parts are parts of the text, also of those that are no days
//! (`0000-00-00`). What has to know the calendar is NULL for them, as on a server. Texts are not taken for dates here:
//! a server reads many spellings.

use super::compare::TextUse;
use super::sql::Sql;
use super::types::Type;
use super::{Translator, Untranslatable};

impl Translator<'_> {
    pub(super) fn extract(&mut self) -> Result<Sql, Untranslatable> {
        let unit = self.name()?.to_ascii_uppercase();
        self.expect_word("FROM")?;
        let date = self.expression()?;
        self.expect_symbol(b')')?;
        let unit = if unit == "DAY" {
            "DAYOFMONTH".to_owned()
        } else {
            unit
        };
        part(&unit, &date)?.ok_or_else(|| format!("EXTRACT({unit} …)"))
    }

    pub(super) fn date_shift(&mut self, sign: &str) -> Result<Sql, Untranslatable> {
        let date = self.expression()?;
        self.expect_symbol(b',')?;
        let sql = if self.skip_word("INTERVAL")? {
            self.moved(&date, sign)?
        } else {
            let days = self.expression()?;
            moved_by(&date, sign, &days, "day")?
        };
        self.expect_symbol(b')')?;
        Ok(sql)
    }

    /// A date moved by the interval that follows the word `INTERVAL`.
    pub(super) fn moved(&mut self, date: &Sql, sign: &str) -> Result<Sql, Untranslatable> {
        let count = if self.skip_symbol(b'(')? {
            let count = self.expression()?;
            self.expect_symbol(b')')?;
            count
        } else {
            self.primary_argument()?
        };
        let unit = self.name()?.to_ascii_lowercase();
        self.compares(&count, TextUse::Equality);
        moved_by(date, sign, &count, &unit)
    }
}

/// Functions that may be written without parentheses.
pub(super) fn bare_function(name: &str) -> Option<Sql> {
    match name {
        "CURRENT_TIMESTAMP" | "LOCALTIME" | "LOCALTIMESTAMP" | "UTC_TIMESTAMP" => {
            Some(Sql::new("CURRENT_TIMESTAMP", Type::DateTime(0)))
        }
        "CURRENT_DATE" | "UTC_DATE" => Some(Sql::new("CURRENT_DATE", Type::Date)),
        "CURRENT_TIME" | "UTC_TIME" => Some(Sql::new("CURRENT_TIME", Type::Time)),
        _ => None,
    }
}

fn moment(sql: &Sql) -> Result<&str, Untranslatable> {
    match sql.value {
        Type::Date | Type::DateTime(_) | Type::Nothing => Ok(&sql.text),
        other => Err(format!("{} as a date", other.called())),
    }
}

/// The last day of the month of which `start` is the first; that of the last one has no next.
fn last_day(start: &str) -> String {
    format!("ifnull(date({start}, '+1 month', '-1 day'), date({start}, '+30 days'))")
}

/// `value`, which is about the calendar, of days that are in it and NULL of others.
fn of_days(date: &str, value: &str) -> String {
    format!("(CASE WHEN date({date}) = substr({date}, 1, 10) THEN {value} END)")
}

fn moved_by(date: &Sql, sign: &str, count: &Sql, unit: &str) -> Result<Sql, Untranslatable> {
    let (unit, factor) = match unit {
        "second" | "minute" | "hour" | "day" | "month" | "year" => (unit, 1),
        "week" => ("day", 7),
        "quarter" => ("month", 3),
        other => return Err(format!("INTERVAL … {}", other.to_uppercase())),
    };
    if !matches!(count.value, Type::Whole { .. } | Type::Nothing) {
        return Err(format!("{} as an INTERVAL", count.value.called()));
    }
    let own = moment(date)?;
    let count = format!("({sign}{factor} * {})", count.text);
    let of_time = matches!(unit, "second" | "minute" | "hour");
    Ok(match (unit, date.value) {
        ("month" | "year", Type::Date | Type::DateTime(_)) => {
            // The last day of a month that is too short, where SQLite goes on into the next one.
            let months = if unit == "year" {
                format!("(12 * {count})")
            } else {
                count
            };
            let last = last_day(&format!("{own}, 'start of month', {months} || ' months'"));
            let moved = format!("min(date({own}, {months} || ' months'), {last})");
            let moved = match date.value {
                Type::Date => moved,
                _ => format!("{moved} || substr({own}, 11)"),
            };
            Sql::new(of_days(own, &moved), date.value)
        }
        ("day", Type::Date) => Sql::new(
            of_days(own, &format!("date({own}, {count} || ' day')")),
            Type::Date,
        ),
        (_, Type::DateTime(0)) => Sql::new(
            of_days(own, &format!("datetime({own}, {count} || ' {unit}')")),
            Type::DateTime(0),
        ),
        (_, Type::Date) if of_time => Sql::new(
            of_days(own, &format!("datetime({own}, {count} || ' {unit}')")),
            Type::DateTime(0),
        ),
        (_, other) => return Err(format!("an INTERVAL beside {}", other.called())),
    })
}

/// The part of a date or time that a function gives.
fn part(name: &str, date: &Sql) -> Result<Option<Sql>, Untranslatable> {
    let (start, length, of_time) = match name {
        "YEAR" => (1, 4, false),
        "MONTH" => (6, 2, false),
        "DAY" | "DAYOFMONTH" => (9, 2, false),
        "HOUR" => (12, 2, true),
        "MINUTE" => (15, 2, true),
        "SECOND" => (18, 2, true),
        _ => return Ok(None),
    };
    let own = moment(date)?;
    let value = Type::Whole {
        digits: length,
        signed: false,
    };
    Ok(Some(match date.value {
        // A date has no time, which is midnight.
        Type::Date if of_time => Sql::new(format!("({own} IS NULL AND NULL)"), value),
        _ => Sql::new(
            format!("CAST(substr({own}, {start}, {length}) AS INTEGER)"),
            value,
        ),
    }))
}

/// The call of `name`, if it is a function about dates.
pub(super) fn call(name: &str, arguments: &[Sql]) -> Result<Option<Sql>, Untranslatable> {
    if let [date] = arguments
        && let Some(sql) = part(name, date)?
    {
        return Ok(Some(sql));
    }
    let whole = |digits: u32| Type::Whole {
        digits,
        signed: true,
    };
    Ok(Some(match (name, arguments) {
        ("DATE_FORMAT", [date, format]) => {
            let written = format
                .string()
                .ok_or("DATE_FORMAT with a format that is computed")?;
            let text = date_format(moment(date)?, date.value, written);
            Sql::new(
                text.ok_or_else(|| format!("the format {written:?}"))?,
                Type::LITERAL,
            )
        }
        (
            "NOW" | "CURRENT_TIMESTAMP" | "LOCALTIME" | "LOCALTIMESTAMP" | "UTC_TIMESTAMP"
            | "SYSDATE",
            [],
        ) => Sql::new("CURRENT_TIMESTAMP", Type::DateTime(0)),
        ("CURDATE" | "CURRENT_DATE" | "UTC_DATE", []) => Sql::new("CURRENT_DATE", Type::Date),
        ("CURTIME" | "CURRENT_TIME" | "UTC_TIME", []) => Sql::new("CURRENT_TIME", Type::Time),
        ("DATE", [a]) => Sql::new(format!("substr({}, 1, 10)", moment(a)?), Type::Date),
        ("TIME", [a]) if a.value == Type::DateTime(0) => {
            Sql::new(format!("substr({}, 12)", a.text), Type::Time)
        }
        ("TIMESTAMP", [a]) if a.value == Type::Date => {
            Sql::new(format!("({} || ' 00:00:00')", a.text), Type::DateTime(0))
        }
        ("TIMESTAMP", [a]) if matches!(a.value, Type::DateTime(_)) => a.clone(),
        ("LAST_DAY", [a]) => {
            let date = moment(a)?;
            let last = last_day(&format!("{date}, 'start of month'"));
            Sql::new(of_days(date, &last), Type::Date)
        }
        ("DATEDIFF", [a, b]) => {
            let (a, b) = (moment(a)?, moment(b)?);
            let days = format!("CAST(julianday(date({a})) - julianday(date({b})) AS INTEGER)");
            Sql::new(of_days(a, &of_days(b, &days)), whole(7))
        }
        // Days since the year 0.
        ("TO_DAYS", [a]) => {
            let date = moment(a)?;
            let days = format!("CAST(julianday(date({date})) - 1721059.5 AS INTEGER)");
            Sql::new(of_days(date, &days), whole(7))
        }
        ("DAYOFYEAR" | "DAYOFWEEK" | "WEEKDAY", [a]) => {
            let date = moment(a)?;
            let value = match name {
                "DAYOFYEAR" => format!("CAST(strftime('%j', {date}) AS INTEGER)"),
                "DAYOFWEEK" => format!("strftime('%w', {date}) + 1"),
                _ => format!("(strftime('%w', {date}) + 6) % 7"),
            };
            Sql::new(of_days(date, &value), whole(3))
        }
        ("QUARTER", [a]) => {
            let month = format!("CAST(substr({}, 6, 2) AS INTEGER)", moment(a)?);
            Sql::new(format!("(({month} + 2) / 3)"), whole(1))
        }
        ("MONTHNAME" | "DAYNAME", [a]) => {
            let format = if name == "DAYNAME" { "%W" } else { "%M" };
            let text = date_format(moment(a)?, a.value, format);
            Sql::new(text.unwrap_or_default(), Type::LITERAL)
        }
        ("UNIX_TIMESTAMP", [a]) if matches!(a.value, Type::Date | Type::DateTime(0)) => {
            let date = &a.text;
            let seconds = format!("CAST(strftime('%s', {date}) AS INTEGER)");
            // What is outside is NULL on a MariaDB and 0 on a MySQL.
            let range = format!("{date} BETWEEN '1970-01-01' AND '2038-01-19 03:14:07'");
            let text = format!("(CASE WHEN {range} THEN {} END)", of_days(date, &seconds));
            Sql::new(text, whole(10))
        }
        ("UNIX_TIMESTAMP", []) => Sql::new("CAST(strftime('%s') AS INTEGER)", whole(10)),
        ("FROM_UNIXTIME", [a]) if matches!(a.value, Type::Whole { .. }) => {
            let text = &a.text;
            let moment = format!("datetime({text}, 'unixepoch')");
            Sql::new(
                format!("(CASE WHEN {text} BETWEEN 0 AND 2147483647 THEN {moment} END)"),
                Type::DateTime(0),
            )
        }
        _ => return Ok(None),
    }))
}

/// `DATE_FORMAT` with a literal format, as pieces put together.
fn date_format(date: &str, kind: Type, format: &str) -> Option<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut run = String::new();
    let mut letters = format.chars();
    while let Some(letter) = letters.next() {
        if letter != '%' {
            run.push(letter);
            continue;
        }
        let piece = match letters.next()? {
            '%' => {
                run.push('%');
                continue;
            }
            letter => piece(letter, date, kind)?,
        };
        if !run.is_empty() {
            parts.push(crate::file::sql::literal(&std::mem::take(&mut run)));
        }
        parts.push(piece);
    }
    if parts.is_empty() {
        // Nothing of the date is in it, but its NULL.
        parts.push(format!("substr({date}, 1, 0)"));
    }
    if !run.is_empty() {
        parts.push(crate::file::sql::literal(&run));
    }
    Some(match parts.as_slice() {
        [only] => format!("CAST({only} AS TEXT)"),
        _ => format!("({})", parts.join(" || ")),
    })
}

/// What `DATE_FORMAT` writes for a letter.
fn piece(letter: char, date: &str, kind: Type) -> Option<String> {
    const MONTHS: &str = "January  February March    April    May      June     July     August   \
                          SeptemberOctober  November December ";
    const DAYS: &str = "Sunday   Monday   Tuesday  WednesdayThursday Friday   Saturday ";
    let of_time = kind != Type::Date;
    let digits = |start: u32| {
        if of_time || start < 12 {
            format!("substr({date}, {start}, 2)")
        } else {
            // NULL where the date is.
            format!("('00' || substr({date}, 1, 0))")
        }
    };
    let number = |start: u32| format!("CAST({} AS INTEGER)", digits(start));
    // Names of nine characters each, one behind the other; the month 0 has none.
    let month = format!(
        "nullif(rtrim(substr('         {MONTHS}', {} * 9 + 1, 9)), '')",
        number(6)
    );
    let day = of_days(
        date,
        &format!("rtrim(substr('{DAYS}', strftime('%w', {date}) * 9 + 1, 9))"),
    );
    Some(match letter {
        'Y' => format!("substr({date}, 1, 4)"),
        'y' => format!("substr({date}, 3, 2)"),
        'm' => digits(6),
        'd' => digits(9),
        'H' => digits(12),
        'i' => digits(15),
        's' | 'S' => digits(18),
        'T' => format!(
            "{} || ':' || {} || ':' || {}",
            digits(12),
            digits(15),
            digits(18)
        ),
        'j' => of_days(date, &format!("strftime('%j', {date})")),
        'w' => of_days(date, &format!("strftime('%w', {date})")),
        'e' => number(9),
        'c' => number(6),
        'k' => number(12),
        'M' => month,
        'b' => format!("substr({month}, 1, 3)"),
        'W' => day,
        'a' => format!("substr({day}, 1, 3)"),
        _ => return None,
    })
}
