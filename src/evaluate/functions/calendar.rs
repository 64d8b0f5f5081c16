//! Computing with dates and times: intervals, differences, weeks.

use super::super::cast::{CastType, spelling};
use super::super::datum::{Datum, DatumKind};
use super::super::formula::Function;
use super::super::moment::{CalendarDay, DAY, Read, SECOND, is_leap};
use super::super::{Surroundings, Unevaluable};
use super::date::{instant, numbers_in, whole_day};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("DATE_ADD", (3, 3), |values, _| moved(values, 1)),
    Function::new("DATE_SUB", (3, 3), |values, _| moved(values, -1)),
    Function::new("TIMESTAMPADD", (3, 3), |values, _| {
        let moving = [values[2].clone(), values[1].clone(), values[0].clone()];
        moved(&moving, 1)
    }),
    Function::new("DATEDIFF", (2, 2), |values, _| {
        let days = whole_day(&values[0])?.zip(whole_day(&values[1])?);
        Ok(days.map_or(Datum::Null(DatumKind::Int), |(a, b)| {
            Datum::Int(a.0.number() - b.0.number())
        }))
    }),
    Function::new("TIMESTAMPDIFF", (3, 3), timestamp_difference),
    Function::new("TIMEDIFF", (2, 2), time_difference),
    Function::new("ADDTIME", (2, 2), |values, _| with_time(values, 1)),
    Function::new("SUBTIME", (2, 2), |values, _| with_time(values, -1)),
    Function::new("WEEK", (1, 2), |values, _| {
        let mode = match values.get(1) {
            None => Some(0),
            Some(mode) => mode.to_whole()?,
        };
        weeks(&values[0], mode, false)
    }),
    Function::new("WEEKOFYEAR", (1, 1), |values, _| {
        weeks(&values[0], Some(3), false)
    }),
    Function::new("YEARWEEK", (1, 2), |values, _| {
        let mode = match values.get(1) {
            None => Some(0),
            Some(mode) => mode.to_whole()?,
        };
        weeks(&values[0], mode.map(|mode| mode | 2), true)
    }),
];

/// What a date is moved by.
enum Interval {
    Months(i64),
    Days(i64),
    Micros(i64),
}

fn interval(amount: &Datum, unit: &str) -> Result<Option<Interval>, Unevaluable> {
    const PARTS: &[(&str, [i64; 5])] = &[
        // How many of the last fields there are, in days, hours, minutes, seconds, microseconds.
        ("DAY_HOUR", [1, 1, 0, 0, 0]),
        ("DAY_MINUTE", [1, 1, 1, 0, 0]),
        ("DAY_SECOND", [1, 1, 1, 1, 0]),
        ("HOUR_MINUTE", [0, 1, 1, 0, 0]),
        ("HOUR_SECOND", [0, 1, 1, 1, 0]),
        ("MINUTE_SECOND", [0, 0, 1, 1, 0]),
    ];
    const SIZES: [i64; 5] = [DAY, 3600 * SECOND, 60 * SECOND, SECOND, 1];
    if amount.is_null() {
        return Ok(None);
    }
    if let Some((_, parts)) = PARTS.iter().find(|(name, _)| *name == unit) {
        let text = amount.shown().ok_or("bytes as an interval")?;
        let negative = text.trim_start().starts_with('-');
        let numbers = numbers_in(&text);
        let sizes = SIZES.iter().zip(parts).filter(|(_, used)| **used == 1);
        let sizes: Vec<i64> = sizes.map(|(size, _)| *size).collect();
        if numbers.len() > sizes.len() || text.contains('.') {
            return Err(format!("INTERVAL {text:?} {unit}"));
        }
        // The last field is always there.
        let used = &sizes[sizes.len() - numbers.len()..];
        let products = numbers
            .iter()
            .zip(used)
            .map(|(number, size)| number.saturating_mul(*size));
        let total = products.fold(0, i64::saturating_add);
        return Ok(Some(Interval::Micros(if negative {
            -total
        } else {
            total
        })));
    }
    if unit == "YEAR_MONTH" {
        let text = amount.shown().ok_or("bytes as an interval")?;
        let negative = text.trim_start().starts_with('-');
        let total = match numbers_in(&text)[..] {
            [months] => months,
            [years, months] => years.saturating_mul(12).saturating_add(months),
            _ => return Err(format!("INTERVAL {text:?} {unit}")),
        };
        return Ok(Some(Interval::Months(if negative {
            -total
        } else {
            total
        })));
    }
    if unit == "SECOND"
        && amount
            .to_exact()?
            .is_some_and(|number| number.rounded(0).compare(&number).is_ne())
    {
        return Err("INTERVAL of a part of a second".to_owned());
    }
    let Some(number) = amount
        .to_whole()?
        .and_then(|number| i64::try_from(number).ok())
    else {
        return Ok(None);
    };
    let micros = |size: i64| Interval::Micros(number.saturating_mul(size));
    Ok(Some(match unit {
        "YEAR" => Interval::Months(number.saturating_mul(12)),
        "QUARTER" => Interval::Months(number.saturating_mul(3)),
        "MONTH" => Interval::Months(number),
        "WEEK" => Interval::Days(number.saturating_mul(7)),
        "DAY" => Interval::Days(number),
        "HOUR" => micros(3600 * SECOND),
        "MINUTE" => micros(60 * SECOND),
        "SECOND" => micros(SECOND),
        "MICROSECOND" => Interval::Micros(number),
        unit => return Err(format!("INTERVAL … {unit}")),
    }))
}

/// `DATE_ADD` and `DATE_SUB`.
fn moved(values: &[Datum], sign: i64) -> Result<Datum, Unevaluable> {
    let unit = values[2].shown().unwrap_or_default();
    let keeps_date = matches!(
        unit.as_str(),
        "YEAR" | "QUARTER" | "MONTH" | "WEEK" | "DAY" | "YEAR_MONTH"
    );
    let date = &values[0];
    let kind = match date.kind() {
        DatumKind::Date if keeps_date => DatumKind::Date,
        DatumKind::Date => DatumKind::DateTime(if unit.contains("MICRO") { 6 } else { 0 }),
        DatumKind::DateTime(_) if unit.contains("MICRO") => DatumKind::DateTime(6),
        DatumKind::DateTime(fraction) => DatumKind::DateTime(fraction),
        DatumKind::Text | DatumKind::Nothing => DatumKind::Text,
        _ => return Err("an interval added to what is no date".to_owned()),
    };
    let fractional = matches!(
        values[1].kind(),
        DatumKind::Text | DatumKind::Double | DatumKind::Decimal(1..)
    );
    if unit == "SECOND" && fractional {
        return Err("INTERVAL of seconds that may have a fraction".to_owned());
    }
    let Some((day, micros, fraction)) = whole_day(date)? else {
        return Ok(Datum::Null(kind));
    };
    let Some(interval) = interval(&values[1], &unit)? else {
        return Ok(Datum::Null(kind));
    };
    let (day, micros) = match interval {
        Interval::Months(months) => (
            day.plus_months(sign * months.clamp(-120_000, 120_000)),
            micros,
        ),
        Interval::Days(days) => (moved_day(day, days.saturating_mul(sign)), micros),
        Interval::Micros(more) => {
            let total = micros.saturating_add(more.saturating_mul(sign));
            (moved_day(day, total.div_euclid(DAY)), total.rem_euclid(DAY))
        }
    };
    let Some(day) = day.filter(|day| day.year > 0) else {
        return Ok(Datum::Null(kind));
    };
    let moved = match kind {
        DatumKind::Date => return Ok(Datum::Date(day)),
        DatumKind::DateTime(fraction) => return Ok(Datum::DateTime(day, micros, fraction)),
        _ if keeps_date && !has_time(date) => Datum::Date(day),
        _ if micros % SECOND != 0 || fraction > 0 => Datum::DateTime(day, micros, 6),
        _ => Datum::DateTime(day, micros, 0),
    };
    Ok(Datum::moment(moved.shown().unwrap_or_default()))
}

fn has_time(value: &Datum) -> bool {
    value
        .shown()
        .is_some_and(|text| text.contains(':') || text.len() > 12)
}

fn moved_day(day: CalendarDay, days: i64) -> Option<CalendarDay> {
    CalendarDay::of_number(day.number().saturating_add(days))
}

fn timestamp_difference(values: &[Datum], _: &dyn Surroundings) -> Result<Datum, Unevaluable> {
    let null = Datum::Null(DatumKind::Int);
    let unit = values[0].shown().unwrap_or_default();
    let Some((from, to)) = whole_day(&values[1])?.zip(whole_day(&values[2])?) else {
        return Ok(null);
    };
    let micros = |(day, micros, _): (CalendarDay, i64, usize)| day.number() * DAY + micros;
    let difference = micros(to) - micros(from);
    let months = || {
        let (early, late, sign) = if difference < 0 {
            (to, from, -1)
        } else {
            (from, to, 1)
        };
        let count = |day: CalendarDay| i64::from(day.year) * 12 + i64::from(day.month);
        let whole = count(late.0) - count(early.0);
        let incomplete = (late.0.day, late.1) < (early.0.day, early.1);
        sign * (whole - i64::from(incomplete))
    };
    Ok(Datum::Int(match unit.as_str() {
        "YEAR" => months() / 12,
        "QUARTER" => months() / 3,
        "MONTH" => months(),
        "WEEK" => difference / (7 * DAY),
        "DAY" => difference / DAY,
        "HOUR" => difference / (3600 * SECOND),
        "MINUTE" => difference / (60 * SECOND),
        "SECOND" => difference / SECOND,
        "MICROSECOND" => difference,
        unit => return Err(format!("TIMESTAMPDIFF({unit}, …)")),
    }))
}

fn time_difference(values: &[Datum], _: &dyn Surroundings) -> Result<Datum, Unevaluable> {
    let (a, b) = (&values[0], &values[1]);
    let dated = |value: &Datum| match value {
        Datum::Text(text, _) => text.contains(['-', '/']) && !text.starts_with('-'),
        value => matches!(value.kind(), DatumKind::Date | DatumKind::DateTime(_)),
    };
    if a.is_null() || b.is_null() {
        return Ok(Datum::Null(DatumKind::Time(0)));
    }
    let timed = |value: &Datum| {
        matches!(
            value.kind(),
            DatumKind::Text | DatumKind::DateTime(_) | DatumKind::Time(_)
        )
    };
    if !timed(a) || !timed(b) || bare_date(a) || bare_date(b) {
        return Err(spelling(a));
    }
    if dated(a) != dated(b) {
        return Ok(Datum::Null(DatumKind::Time(0)));
    }
    let (difference, fraction) = if dated(a) {
        let Some((a, b)) = instant(a)?.zip(instant(b)?) else {
            return Err(spelling(a));
        };
        let days = a.0.number() - b.0.number();
        (days * DAY + a.1 - b.1, a.2.max(b.2))
    } else {
        match (a.time(), b.time()) {
            (Read::Value(a), Read::Value(b)) => (a.0 - b.0, a.1.max(b.1)),
            _ => return Err(spelling(a)),
        }
    };
    if difference.abs() >= 839 * 3600 * SECOND {
        return Err("a time beyond 838 hours".to_owned());
    }
    let fraction = if fraction > 0 && matches!((a, b), (Datum::Text(..), _) | (_, Datum::Text(..)))
    {
        6
    } else {
        fraction
    };
    Ok(Datum::Time(difference, fraction))
}

/// `ADDTIME` and `SUBTIME`, of dates with times and of times.
pub(super) fn with_time(values: &[Datum], sign: i64) -> Result<Datum, Unevaluable> {
    let more = match values[1].time() {
        Read::Value((micros, 0)) => micros * sign,
        Read::Nothing => return Ok(Datum::Null(values[0].kind())),
        _ => return Err(spelling(&values[1])),
    };
    match &values[0] {
        Datum::Null(kind) => Ok(Datum::Null(*kind)),
        Datum::DateTime(day, micros, fraction) => {
            let total = micros + more;
            let day = moved_day(*day, total.div_euclid(DAY));
            Ok(
                day.map_or(Datum::Null(DatumKind::DateTime(*fraction)), |day| {
                    Datum::DateTime(day, total.rem_euclid(DAY), *fraction)
                }),
            )
        }
        Datum::Time(micros, fraction) => {
            let total = micros + more;
            if total.abs() >= 839 * 3600 * SECOND {
                return Err("a time beyond 838 hours".to_owned());
            }
            Ok(Datum::Time(total, *fraction))
        }
        Datum::Text(..) if bare_date(&values[0]) => Err(spelling(&values[0])),
        Datum::Text(..) => {
            let kind = if has_date(&values[0]) {
                CastType::DateTime(None)
            } else {
                CastType::Time(None)
            };
            let value = kind.apply(values[0].clone())?;
            let moved = with_time(&[value, values[1].clone()], sign)?;
            Ok(moved
                .shown()
                .map_or(Datum::Null(DatumKind::Text), Datum::moment))
        }
        _ => Err("a time added to what is none".to_owned()),
    }
}

/// Text of a date without a time, which is read as a time.
fn bare_date(value: &Datum) -> bool {
    matches!(value, Datum::Text(text, _) if text.contains(['-', '/']) && !text.contains(':'))
}

fn has_date(value: &Datum) -> bool {
    value
        .shown()
        .is_some_and(|text| text.contains(['-', '/']) && !text.starts_with('-'))
}

/// The number of the week, as the server's modes count them, and the year that it is of.
pub(super) fn week(day: CalendarDay, mode: i128) -> (i64, i64) {
    let mut mode = mode & 7;
    if mode & 1 == 0 {
        mode ^= 4;
    }
    let (monday_first, mut of_year, by_weekday) = (mode & 1 == 1, mode & 2 == 2, mode & 4 == 4);
    let days_in = |year: i64| {
        let leap = u16::try_from(year).is_ok_and(|year| year > 0 && is_leap(year));
        if leap { 366 } else { 365 }
    };
    let mut year = i64::from(day.year);
    let mut first = CalendarDay::new(day.year, 1, 1).number();
    let mut weekday = (first + 5 + i64::from(!monday_first)) % 7;
    let late = |weekday: i64| {
        if by_weekday {
            weekday != 0
        } else {
            weekday >= 4
        }
    };
    if day.month == 1 && i64::from(day.day) <= 7 - weekday {
        if !of_year && late(weekday) {
            return (0, year);
        }
        of_year = true;
        if late(weekday) {
            year -= 1;
            let days = days_in(year);
            first -= days;
            weekday = (weekday + 53 * 7 - days) % 7;
        }
    }
    let days = if late(weekday) {
        day.number() - (first + 7 - weekday)
    } else {
        day.number() - (first - weekday)
    };
    if of_year && days >= 52 * 7 {
        let next = (weekday + days_in(year)) % 7;
        if !late(next) {
            return (1, year + 1);
        }
    }
    (days / 7 + 1, year)
}

fn weeks(value: &Datum, mode: Option<i128>, with_year: bool) -> Result<Datum, Unevaluable> {
    let Some(((day, ..), mode)) = whole_day(value)?.zip(mode) else {
        return Ok(Datum::Null(DatumKind::Int));
    };
    let (number, year) = week(day, mode);
    Ok(Datum::Int(if with_year {
        year * 100 + number
    } else {
        number
    }))
}
