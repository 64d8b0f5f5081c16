//! Dates and times taken apart and put together.

use super::super::cast::{CastType, spelling};
use super::super::datum::{Datum, DatumKind};
use super::super::formula::Function;
use super::super::moment::{CalendarDay, DAY, Instant, Read, SECOND};
use super::super::number;
use super::super::{Surroundings, Unevaluable};
use super::calendar::with_time;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("DATE", (1, 1), |values, _| {
        CastType::Date.apply(values[0].clone())
    }),
    Function::new("CONVERT_TZ", (3, 3), convert_zone),
    Function::new("TIMESTAMP", (1, 2), |values, _| {
        let fraction = match values[0].instant() {
            Read::Value((.., fraction)) => fraction,
            _ => 0,
        };
        let moment = CastType::DateTime(Some(fraction)).apply(values[0].clone())?;
        match values.get(1) {
            Some(time) => with_time(&[moment, time.clone()], 1),
            None => Ok(moment),
        }
    }),
    Function::new("TIME", (1, 1), |values, _| {
        let fraction = match values[0].time() {
            Read::Value((_, fraction)) => fraction,
            _ => 0,
        };
        CastType::Time(Some(fraction)).apply(values[0].clone())
    }),
    Function::new("YEAR", (1, 1), |values, _| part(&values[0], "YEAR")),
    Function::new("QUARTER", (1, 1), |values, _| part(&values[0], "QUARTER")),
    Function::new("MONTH", (1, 1), |values, _| part(&values[0], "MONTH")),
    Function::new("DAY", (1, 1), |values, _| part(&values[0], "DAY")),
    Function::new("DAYOFMONTH", (1, 1), |values, _| part(&values[0], "DAY")),
    Function::new("HOUR", (1, 1), |values, _| part(&values[0], "HOUR")),
    Function::new("MINUTE", (1, 1), |values, _| part(&values[0], "MINUTE")),
    Function::new("SECOND", (1, 1), |values, _| part(&values[0], "SECOND")),
    Function::new("MICROSECOND", (1, 1), |values, _| {
        part(&values[0], "MICROSECOND")
    }),
    Function::new("EXTRACT", (2, 2), |values, _| {
        let unit = values[0].shown().unwrap_or_default();
        let wide = ["HOUR", "MINUTE", "SECOND", "MICROSECOND"].contains(&unit.as_str());
        match &values[1] {
            Datum::Null(_) | Datum::Date(_) | Datum::DateTime(..) => {}
            Datum::Time(..) if wide => {}
            Datum::Text(text, _) if !wide && text.contains(['-', '/']) => {}
            value => return Err(spelling(value)),
        }
        part(&values[1], &unit)
    }),
    Function::new("DAYOFYEAR", (1, 1), |values, _| {
        of_day(&values[0], CalendarDay::of_year)
    }),
    Function::new("DAYOFWEEK", (1, 1), |values, _| {
        of_day(&values[0], |day| (day.weekday() + 1) % 7 + 1)
    }),
    Function::new("WEEKDAY", (1, 1), |values, _| {
        of_day(&values[0], CalendarDay::weekday)
    }),
    Function::new("TO_DAYS", (1, 1), |values, _| {
        of_day(&values[0], CalendarDay::number)
    }),
    Function::new("LAST_DAY", (1, 1), |values, _| {
        let day = whole_day(&values[0])?;
        Ok(day.map_or(Datum::Null(DatumKind::Date), |(day, ..)| {
            Datum::Date(day.last_of_month())
        }))
    }),
    Function::new("FROM_DAYS", (1, 1), |values, _| {
        let number = values[0]
            .to_whole()?
            .and_then(|number| i64::try_from(number).ok());
        match number.map(CalendarDay::of_number) {
            None => Ok(Datum::Null(DatumKind::Date)),
            Some(Some(day)) => Ok(Datum::Date(day)),
            Some(None) => Err("a day outside the calendar".to_owned()),
        }
    }),
    Function::new("MAKEDATE", (2, 2), make_date),
    Function::new("MAKETIME", (3, 3), make_time),
    Function::new("SEC_TO_TIME", (1, 1), |values, _| {
        let Some(seconds) = values[0].to_exact()? else {
            return Ok(Datum::Null(DatumKind::Time(0)));
        };
        match seconds.to_i128() {
            Some(whole) if seconds.scale() == 0 => time_of(whole, 0),
            _ => Err("SEC_TO_TIME of a fraction".to_owned()),
        }
    }),
    Function::new("TIME_TO_SEC", (1, 1), |values, _| match values[0].time() {
        Read::Value((micros, 0)) => Ok(Datum::Int(micros / SECOND)),
        Read::Nothing if values[0].is_null() => Ok(Datum::Null(DatumKind::Int)),
        _ => Err(spelling(&values[0])),
    }),
];

/// A value as a day with a time; `None` for NULL.
pub(super) fn instant(value: &Datum) -> Result<Option<Instant>, Unevaluable> {
    match value.instant() {
        Read::Value(instant) => Ok(Some(instant)),
        Read::Nothing => Ok(None),
        Read::Unknown => Err(spelling(value)),
    }
}

/// The same, of which no part of the day is 0.
pub(super) fn whole_day(value: &Datum) -> Result<Option<Instant>, Unevaluable> {
    match instant(value)? {
        Some((day, ..)) if !day.is_whole() => Err("a date with a part that is 0".to_owned()),
        found => Ok(found),
    }
}

fn of_day(value: &Datum, compute: fn(CalendarDay) -> i64) -> Result<Datum, Unevaluable> {
    let day = whole_day(value)?;
    Ok(day.map_or(Datum::Null(DatumKind::Int), |(day, ..)| {
        Datum::Int(compute(day))
    }))
}

fn part(value: &Datum, unit: &str) -> Result<Datum, Unevaluable> {
    let null = Datum::Null(DatumKind::Int);
    let of_clock = |micros: i64| {
        let micros = micros.abs();
        Some(match unit {
            "HOUR" => micros / (3600 * SECOND),
            "MINUTE" => micros / (60 * SECOND) % 60,
            "SECOND" => micros / SECOND % 60,
            "MICROSECOND" => micros % SECOND,
            _ => return None,
        })
    };
    if of_clock(0).is_some() {
        return match value.time() {
            Read::Value((micros, _)) => Ok(of_clock(micros).map_or(null, Datum::Int)),
            Read::Nothing => Ok(null),
            Read::Unknown => Err(spelling(value)),
        };
    }
    let Some((day, ..)) = instant(value)? else {
        return Ok(null);
    };
    let month = i64::from(day.month);
    Ok(Datum::Int(match unit {
        "YEAR" => i64::from(day.year),
        "QUARTER" => (month + 2) / 3,
        "MONTH" => month,
        "DAY" => i64::from(day.day),
        "YEAR_MONTH" => i64::from(day.year) * 100 + month,
        unit => return Err(format!("EXTRACT({unit} …)")),
    }))
}

/// So many seconds as a TIME.
pub(super) fn time_of(seconds: i128, fraction: usize) -> Result<Datum, Unevaluable> {
    match i64::try_from(seconds) {
        Ok(seconds) if seconds.unsigned_abs() < 839 * 3600 => {
            Ok(Datum::Time(seconds * SECOND, fraction))
        }
        _ => Err("a time beyond 838 hours".to_owned()),
    }
}

fn make_date(values: &[Datum], _: &dyn Surroundings) -> Result<Datum, Unevaluable> {
    let null = Datum::Null(DatumKind::Date);
    let Some((year, days)) = values[0].to_whole()?.zip(values[1].to_whole()?) else {
        return Ok(null);
    };
    let year = match u16::try_from(year) {
        Ok(year) if year < 70 => year + 2000,
        Ok(year) if year < 100 => year + 1900,
        Ok(year) if year <= 9999 => year,
        _ => return Ok(null),
    };
    let Some(days) = i64::try_from(days)
        .ok()
        .filter(|days| (1..=DAY).contains(days))
    else {
        return Ok(null);
    };
    let number = CalendarDay::new(year, 1, 1).number() + days - 1;
    Ok(CalendarDay::of_number(number).map_or(null, Datum::Date))
}

fn make_time(values: &[Datum], _: &dyn Surroundings) -> Result<Datum, Unevaluable> {
    let mut numbers = [0; 3];
    for (number, value) in numbers.iter_mut().zip(values) {
        if matches!(
            value.kind(),
            DatumKind::Decimal(_) | DatumKind::Double | DatumKind::Text
        ) {
            return Err("MAKETIME of what is no whole number".to_owned());
        }
        match value.to_whole()? {
            Some(whole) => *number = whole,
            None => return Ok(Datum::Null(DatumKind::Time(0))),
        }
    }
    let [hours, minutes, seconds] = numbers;
    if !(0..60).contains(&minutes) || !(0..60).contains(&seconds) {
        return Ok(Datum::Null(DatumKind::Time(0)));
    }
    let total = hours.abs() * 3600 + minutes * 60 + seconds;
    time_of(if hours < 0 { -total } else { total }, 0)
}

/// The whole numbers that stand in a text, as intervals of several units are written.
pub(super) fn numbers_in(text: &str) -> Vec<i64> {
    let pieces = text.split(|letter: char| !letter.is_ascii_digit());
    let digits = pieces.filter(|piece| !piece.is_empty());
    digits
        .filter_map(|piece| number::integer(piece).and_then(|number| i64::try_from(number).ok()))
        .collect()
}

/// The last second of a TIMESTAMP.
const LAST: i64 = 2_147_483_647;

/// `CONVERT_TZ` between offsets: zones by name are tables of a server.
fn convert_zone(values: &[Datum], _: &dyn Surroundings) -> Result<Datum, Unevaluable> {
    let (from, to) = (offset(&values[1])?, offset(&values[2])?);
    let Some((day, micros, fraction)) = instant(&values[0])? else {
        return Ok(Datum::Null(DatumKind::DateTime(0)));
    };
    let (Some(from), Some(to)) = (from, to) else {
        return Ok(Datum::Null(DatumKind::DateTime(fraction)));
    };
    if !day.is_whole() {
        return Ok(Datum::Null(DatumKind::DateTime(fraction)));
    }
    let epoch = CalendarDay::new(1970, 1, 1).number();
    let seconds = (day.number() - epoch) * 86_400 + micros.div_euclid(SECOND) - from;
    if seconds > LAST {
        return Err("CONVERT_TZ of a time behind those of a TIMESTAMP".to_owned());
    }
    // What no TIMESTAMP holds is left as it is.
    let shift = if seconds < 1 { 0 } else { to - from };
    let total = micros + shift * SECOND;
    let day = CalendarDay::of_number(day.number() + total.div_euclid(DAY));
    let day = day.ok_or("a date outside the calendar")?;
    Ok(Datum::DateTime(day, total.rem_euclid(DAY), fraction))
}

/// An offset from UTC, in seconds.
fn offset(zone: &Datum) -> Result<Option<i64>, Unevaluable> {
    let Some(text) = zone.shown() else {
        return Ok(None);
    };
    let parts = text.get(1..).and_then(|digits| digits.split_once(':'));
    let read = |part: &str| -> Option<i64> {
        let digits = (1..=2).contains(&part.len()) && part.bytes().all(|it| it.is_ascii_digit());
        digits.then(|| part.parse().ok()).flatten()
    };
    let parts = parts.and_then(|(hours, minutes)| Some((read(hours)?, read(minutes)?)));
    let sign = match text.as_bytes().first() {
        Some(b'+') => 1,
        Some(b'-') => -1,
        _ => 0,
    };
    match parts {
        Some((hours @ 0..=12, minutes @ 0..=59)) if sign != 0 => {
            Ok(Some(sign * (hours * 3600 + minutes * 60)))
        }
        _ => Err(format!("the time zone {text:?}")),
    }
}
