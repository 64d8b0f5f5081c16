//! Dates and times: parts, formats, and moving by an interval.
//!
//! A date is text in both databases. What the end of a month would make different is left out.

use super::{Sql, Translator, Type, Untranslatable};

/// Functions whose value is a part of a date, by the format that gives it.
const DATE_PARTS: &[(&str, &str)] = &[
    ("DAY", "%d"),
    ("DAYOFMONTH", "%d"),
    ("DAYOFYEAR", "%j"),
    ("HOUR", "%H"),
    ("MINUTE", "%M"),
    ("MONTH", "%m"),
    ("SECOND", "%S"),
    ("YEAR", "%Y"),
];

/// What `DATE_FORMAT` writes for a letter: a format of `strftime`, or SQL of its own.
enum FormatPiece {
    Format(&'static str),
    Sql(String),
}

impl Translator<'_> {
    pub(super) fn extract(&mut self) -> Result<Sql, Untranslatable> {
        let unit = self.name()?.to_ascii_uppercase();
        self.expect_word("FROM")?;
        let date = self.expression()?;
        self.expect_symbol(b')')?;
        date_part(&unit, &date.text).ok_or_else(|| format!("EXTRACT({unit} …)"))
    }

    pub(super) fn date_shift(&mut self, sign: &str) -> Result<Sql, Untranslatable> {
        let date = self.expression()?;
        self.expect_symbol(b',')?;
        let sql = if self.skip_word("INTERVAL")? {
            self.shifted(&date, sign)?
        } else {
            let days = self.expression()?.number();
            shifted_by(&date, sign, &days, "day")?
        };
        self.expect_symbol(b')')?;
        Ok(sql)
    }

    /// A date moved by the interval that follows the word `INTERVAL`.
    pub(super) fn shifted(&mut self, date: &Sql, sign: &str) -> Result<Sql, Untranslatable> {
        let count = self.primary_argument()?.number();
        let unit = self.name()?.to_ascii_lowercase();
        shifted_by(date, sign, &count, &unit)
    }
}

/// Functions that may be written without parentheses.
pub(super) fn bare_function(name: &str) -> Option<Sql> {
    match name {
        "CURRENT_TIMESTAMP" | "LOCALTIME" | "LOCALTIMESTAMP" | "UTC_TIMESTAMP" => {
            Some(Sql::new("CURRENT_TIMESTAMP", Type::DateTime))
        }
        "CURRENT_DATE" | "UTC_DATE" => Some(Sql::new("CURRENT_DATE", Type::Date)),
        "CURRENT_TIME" | "UTC_TIME" => Some(Sql::new("CURRENT_TIME", Type::Text)),
        _ => None,
    }
}

fn shifted_by(date: &Sql, sign: &str, count: &str, unit: &str) -> Result<Sql, Untranslatable> {
    let (unit, factor) = match unit {
        "second" | "minute" | "hour" | "day" | "month" | "year" => (unit, 1),
        "week" => ("day", 7),
        "quarter" => ("month", 3),
        other => return Err(format!("INTERVAL … {}", other.to_uppercase())),
    };
    // The end of a month is another day in the two databases.
    if unit == "month" || unit == "year" {
        return Err(format!("INTERVAL … {}", unit.to_uppercase()));
    }
    let keeps_date = unit == "day" && date.value == Type::Date;
    let (function, value) = if keeps_date {
        ("date", Type::Date)
    } else {
        ("datetime", Type::DateTime)
    };
    let sign = if sign == "-" { "-" } else { "" };
    let text = format!(
        "{function}({}, ({sign}{factor} * ({count})) || ' {unit}')",
        date.text
    );
    Ok(Sql::new(text, value))
}

pub(super) fn date_part(unit: &str, date: &str) -> Option<Sql> {
    let (_, format) = DATE_PARTS.iter().find(|(name, _)| *name == unit)?;
    let text = format!("CAST(strftime('{format}', {date}) AS INTEGER)");
    Some(Sql::new(text, Type::Number))
}

/// The call of `name`, if it is a function about dates.
pub(super) fn call(name: &str, texts: &[&str]) -> Option<(String, Type)> {
    if let ("DATE_FORMAT", [date, format]) = (name, texts) {
        return date_format(date, format).map(|sql| (sql, Type::Text));
    }
    Some(match (name, texts) {
        (
            "NOW" | "CURRENT_TIMESTAMP" | "LOCALTIME" | "LOCALTIMESTAMP" | "UTC_TIMESTAMP"
            | "SYSDATE",
            [],
        ) => ("CURRENT_TIMESTAMP".to_owned(), Type::DateTime),
        ("CURDATE" | "CURRENT_DATE" | "UTC_DATE", []) => ("CURRENT_DATE".to_owned(), Type::Date),
        ("CURTIME" | "CURRENT_TIME" | "UTC_TIME", []) => ("CURRENT_TIME".to_owned(), Type::Text),
        ("DATE", [a]) => (format!("date({a})"), Type::Date),
        ("TIME", [a]) => (format!("time({a})"), Type::Text),
        ("TIMESTAMP", [a]) => (format!("datetime({a})"), Type::DateTime),
        ("LAST_DAY", [a]) => (
            format!("date({a}, 'start of month', '+1 month', '-1 day')"),
            Type::Date,
        ),
        ("DATEDIFF", [a, b]) => (
            format!("CAST(julianday(date({a})) - julianday(date({b})) AS INTEGER)"),
            Type::Number,
        ),
        // Days since the year 0.
        ("TO_DAYS", [a]) => (
            format!("CAST(julianday(date({a})) - 1721059.5 AS INTEGER)"),
            Type::Number,
        ),
        ("MONTHNAME", [a]) => (date_format(a, "'%M'")?, Type::Text),
        ("DAYNAME", [a]) => (date_format(a, "'%W'")?, Type::Text),
        ("DAYOFWEEK", [a]) => (
            format!("(CAST(strftime('%w', {a}) AS INTEGER) + 1)"),
            Type::Number,
        ),
        ("WEEKDAY", [a]) => (
            format!("((CAST(strftime('%w', {a}) AS INTEGER) + 6) % 7)"),
            Type::Number,
        ),
        ("QUARTER", [a]) => (
            format!("((CAST(strftime('%m', {a}) AS INTEGER) + 2) / 3)"),
            Type::Number,
        ),
        ("UNIX_TIMESTAMP", [a]) => (
            format!("CAST(strftime('%s', {a}) AS INTEGER)"),
            Type::Number,
        ),
        ("UNIX_TIMESTAMP", []) => ("CAST(strftime('%s') AS INTEGER)".to_owned(), Type::Number),
        ("FROM_UNIXTIME", [a]) => (format!("datetime({a}, 'unixepoch')"), Type::DateTime),
        _ => return None,
    })
}

/// `DATE_FORMAT` with a literal format, as pieces of `strftime` put together.
fn date_format(date: &str, format: &str) -> Option<String> {
    let format = format.strip_prefix('\'')?.strip_suffix('\'')?;
    let mut parts: Vec<String> = Vec::new();
    let mut run = String::new();
    let mut letters = format.chars();
    while let Some(letter) = letters.next() {
        if letter != '%' {
            run.push(letter);
            continue;
        }
        match piece(letters.next()?, date)? {
            FormatPiece::Format(format) => run.push_str(format),
            FormatPiece::Sql(sql) => {
                if !run.is_empty() {
                    parts.push(format!("strftime('{}', {date})", std::mem::take(&mut run)));
                }
                parts.push(sql);
            }
        }
    }
    if !run.is_empty() || parts.is_empty() {
        parts.push(format!("strftime('{run}', {date})"));
    }
    Some(match parts.as_slice() {
        [only] => only.clone(),
        _ => format!("({})", parts.join(" || ")),
    })
}

fn piece(letter: char, date: &str) -> Option<FormatPiece> {
    const MONTHS: &str = "January  February March    April    May      June     July     August   \
                          SeptemberOctober  November December ";
    const DAYS: &str = "Sunday   Monday   Tuesday  WednesdayThursday Friday   Saturday ";
    let number = |format: &str| format!("CAST(strftime('{format}', {date}) AS INTEGER)");
    // Names of nine characters each, one behind the other.
    let name_of = |names: &str, index: String| format!("rtrim(substr('{names}', {index}, 9))");
    let month = name_of(MONTHS, format!("{} * 9 - 8", number("%m")));
    let day = name_of(DAYS, format!("{} * 9 + 1", number("%w")));
    Some(match letter {
        'Y' => FormatPiece::Format("%Y"),
        'm' => FormatPiece::Format("%m"),
        'd' => FormatPiece::Format("%d"),
        'H' => FormatPiece::Format("%H"),
        'i' => FormatPiece::Format("%M"),
        's' | 'S' => FormatPiece::Format("%S"),
        'T' => FormatPiece::Format("%H:%M:%S"),
        'j' => FormatPiece::Format("%j"),
        'w' => FormatPiece::Format("%w"),
        '%' => FormatPiece::Format("%%"),
        'e' => FormatPiece::Sql(number("%d")),
        'c' => FormatPiece::Sql(number("%m")),
        'k' => FormatPiece::Sql(number("%H")),
        'y' => FormatPiece::Sql(format!("substr(strftime('%Y', {date}), 3)")),
        'M' => FormatPiece::Sql(month),
        'b' => FormatPiece::Sql(format!("substr({month}, 1, 3)")),
        'W' => FormatPiece::Sql(day),
        'a' => FormatPiece::Sql(format!("substr({day}, 1, 3)")),
        _ => return None,
    })
}
