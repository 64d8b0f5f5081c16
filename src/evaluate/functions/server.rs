//! What only a server could say: the time, who asks, what is random. It is settled once, by the importer,
//! which notes it.

use super::super::cast::spelling;
use super::super::datum::{Datum, DatumKind};
use super::super::formula::Function;
use super::super::moment::{CalendarDay, DAY, SECOND};
use super::super::{Surroundings, Unevaluable};
use super::date::instant;
use super::format::formatted;
use super::strings::plain;

/// Days from the year 0 to 1970-01-01.
const EPOCH: i64 = 719_528;
/// The last second of a TIMESTAMP.
const LAST: i64 = 2_147_483_647;

/// What the functions are compared with.
const VERSION: &str = "10.11.11-MariaDB";

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("NOW", (0, 1), now),
    Function::new("CURRENT_TIMESTAMP", (0, 1), now),
    Function::new("LOCALTIME", (0, 1), now),
    Function::new("LOCALTIMESTAMP", (0, 1), now),
    Function::new("SYSDATE", (0, 1), |values, surroundings| {
        let clock = surroundings.clock()?;
        moment(values, clock.wall + clock.zone)
    }),
    Function::new("UTC_TIMESTAMP", (0, 1), |values, surroundings| {
        moment(values, surroundings.clock()?.now)
    }),
    Function::new("CURDATE", (0, 0), today),
    Function::new("CURRENT_DATE", (0, 0), today),
    Function::new("UTC_DATE", (0, 0), |_, surroundings| {
        Ok(Datum::Date(calendar(surroundings.clock()?.now)?.0))
    }),
    Function::new("CURTIME", (0, 0), clock_time),
    Function::new("CURRENT_TIME", (0, 0), clock_time),
    Function::new("UTC_TIME", (0, 0), |_, surroundings| {
        let (_, micros) = calendar(surroundings.clock()?.now)?;
        Ok(Datum::Time(micros - micros % SECOND, 0))
    }),
    Function::new("UNIX_TIMESTAMP", (0, 1), unix_timestamp),
    Function::new("FROM_UNIXTIME", (1, 2), from_unixtime),
    Function::new("UUID", (0, 0), |_, surroundings| {
        let bytes = surroundings.random();
        let uuid = uuid::Builder::from_random_bytes(bytes.to_ne_bytes()).into_uuid();
        Ok(plain(uuid.to_string()))
    }),
    Function::new("RAND", (0, 0), |_, surroundings| {
        let bits = surroundings.random() >> 75;
        #[expect(clippy::cast_precision_loss, reason = "53 bits are exact")]
        let number = bits as f64 / 9_007_199_254_740_992.0;
        Datum::double(number)
    }),
    Function::new("USER", (0, 0), |_, _| {
        Ok(plain("root@localhost".to_owned()))
    }),
    Function::new("CURRENT_USER", (0, 0), |_, _| {
        Ok(plain("root@localhost".to_owned()))
    }),
    Function::new("SESSION_USER", (0, 0), |_, _| {
        Ok(plain("root@localhost".to_owned()))
    }),
    Function::new("SYSTEM_USER", (0, 0), |_, _| {
        Ok(plain("root@localhost".to_owned()))
    }),
    Function::new("VERSION", (0, 0), |_, _| Ok(plain(VERSION.to_owned()))),
    Function::new("CONNECTION_ID", (0, 0), |_, _| Ok(Datum::Unsigned(1))),
    // Of a file that is not there: nothing outside the dump is read.
    Function::new("LOAD_FILE", (1, 1), |_, _| {
        Ok(Datum::Null(DatumKind::Bytes))
    }),
    Function::new("DATABASE", (0, 0), database),
    Function::new("SCHEMA", (0, 0), database),
    Function::new("LAST_INSERT_ID", (0, 1), last_insert_id),
];

/// Whether a function's value depends on the server or, unless a script has said what time it is, on the moment, so
/// that the importer's is another one.
pub(crate) fn needs_server(name: &str, time_is_known: bool) -> bool {
    let of_server = matches!(
        name,
        "SYSDATE"
            | "UUID"
            | "RAND"
            | "USER"
            | "CURRENT_USER"
            | "SESSION_USER"
            | "SYSTEM_USER"
            | "VERSION"
            | "CONNECTION_ID"
            | "LOAD_FILE"
    );
    let known = matches!(name, "LAST_INSERT_ID" | "DATABASE" | "SCHEMA");
    of_server
        || (!known && !time_is_known && FUNCTIONS.iter().any(|function| function.name == name))
}

/// The day and the microseconds of it, of so many microseconds since 1970.
fn of_epoch(micros: i64) -> Option<(CalendarDay, i64)> {
    let day = CalendarDay::of_number(EPOCH + micros.div_euclid(DAY))?;
    Some((day, micros.rem_euclid(DAY)))
}

fn calendar(micros: i64) -> Result<(CalendarDay, i64), Unevaluable> {
    of_epoch(micros).ok_or_else(|| "the time, which is outside the calendar".to_owned())
}

fn present(surroundings: &dyn Surroundings) -> Result<(CalendarDay, i64), Unevaluable> {
    let clock = surroundings.clock()?;
    calendar(clock.now + clock.zone)
}

fn now(values: &[Datum], surroundings: &dyn Surroundings) -> Result<Datum, Unevaluable> {
    let clock = surroundings.clock()?;
    moment(values, clock.now + clock.zone)
}

fn moment(values: &[Datum], micros: i64) -> Result<Datum, Unevaluable> {
    let wanted = match values.first() {
        None => Some(0),
        Some(digits) => digits.to_whole()?,
    };
    let fraction = wanted
        .and_then(|digits| usize::try_from(digits).ok())
        .filter(|&digits| digits <= 6);
    let fraction = fraction.ok_or("NOW with more than six digits")?;
    let (day, micros) = calendar(micros)?;
    let unit = 10_i64.pow(u32::try_from(6 - fraction).unwrap_or(0));
    Ok(Datum::DateTime(day, micros - micros % unit, fraction))
}

fn today(_: &[Datum], surroundings: &dyn Surroundings) -> Result<Datum, Unevaluable> {
    Ok(Datum::Date(present(surroundings)?.0))
}

fn clock_time(_: &[Datum], surroundings: &dyn Surroundings) -> Result<Datum, Unevaluable> {
    let (_, micros) = present(surroundings)?;
    Ok(Datum::Time(micros - micros % SECOND, 0))
}

fn database(_: &[Datum], surroundings: &dyn Surroundings) -> Result<Datum, Unevaluable> {
    Ok(surroundings
        .database()?
        .map_or(Datum::Null(DatumKind::Text), plain))
}

/// With an argument: that is the value, and the one of the calls behind this one.
fn last_insert_id(values: &[Datum], surroundings: &dyn Surroundings) -> Result<Datum, Unevaluable> {
    let Some(value) = values.first() else {
        return Ok(Datum::Unsigned(surroundings.last_insert_id()?));
    };
    let Some(number) = value.to_whole()? else {
        surroundings.keep_insert_id(0)?;
        return Ok(Datum::Null(DatumKind::Unsigned));
    };
    let number = u64::try_from(number).map_err(|_| "LAST_INSERT_ID of a number below 0")?;
    surroundings.keep_insert_id(number)?;
    Ok(Datum::Unsigned(number))
}

/// In UTC, as dump programs write their times, unless the session has another zone.
fn unix_timestamp(values: &[Datum], surroundings: &dyn Surroundings) -> Result<Datum, Unevaluable> {
    let Some(value) = values.first() else {
        return Ok(Datum::Int(surroundings.clock()?.now.div_euclid(SECOND)));
    };
    match instant(value)? {
        None if value.is_null() => Ok(Datum::Null(DatumKind::Int)),
        None => Err(spelling(value)),
        Some((_, _, 1..)) => Err("UNIX_TIMESTAMP of a fraction".to_owned()),
        Some((day, micros, _)) => {
            let zone = surroundings.clock().map_or(0, |clock| clock.zone) / SECOND;
            let seconds = (day.number() - EPOCH) * 86_400 + micros / SECOND - zone;
            if !(0..=LAST).contains(&seconds) {
                return Err(spelling(value));
            }
            Ok(Datum::Int(seconds))
        }
    }
}

fn from_unixtime(values: &[Datum], surroundings: &dyn Surroundings) -> Result<Datum, Unevaluable> {
    let kind = if values.len() > 1 {
        DatumKind::Text
    } else {
        DatumKind::DateTime(0)
    };
    if values[0].kind().numeric() != DatumKind::Int && !values[0].is_null() {
        return Err("FROM_UNIXTIME of what is no whole number".to_owned());
    }
    let Some(seconds) = values[0].to_whole()? else {
        return Ok(Datum::Null(kind));
    };
    let seconds = i64::try_from(seconds)
        .ok()
        .filter(|seconds| (0..=LAST).contains(seconds));
    let zone = surroundings.clock().map_or(0, |clock| clock.zone);
    let Some((day, micros)) = seconds.and_then(|seconds| of_epoch(seconds * SECOND + zone)) else {
        return Err("FROM_UNIXTIME of a number out of range".to_owned());
    };
    match values.get(1) {
        Some(format) => formatted(Some(day), micros, format),
        None => Ok(Datum::DateTime(day, micros, 0)),
    }
}
