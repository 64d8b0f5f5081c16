//! Dates and numbers written by a format.
//!
//! `str_to_date` reads what is written so. It must not know where values come from.

use super::super::Surroundings;
use super::super::Unevaluable;
use super::super::cast::spelling;
use super::super::datum::{Datum, DatumKind};
use super::super::formula::Function;
use super::super::moment::{CalendarDay, Read, SECOND};
use super::calendar::week;
use super::date::{instant, whole_day};
use super::math::number;
use super::strings::plain;

pub(super) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
pub(super) const DAYS: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("DATE_FORMAT", (2, 2), |values, _| {
        let Some((day, micros, _)) = instant(&values[0])? else {
            return Ok(Datum::Null(DatumKind::Text));
        };
        formatted(Some(day), micros, &values[1])
    }),
    Function::new("TIME_FORMAT", (2, 2), |values, _| match values[0].time() {
        Read::Value((micros, _)) => formatted(None, micros, &values[1]),
        Read::Nothing => Ok(Datum::Null(DatumKind::Text)),
        Read::Unknown => Err(spelling(&values[0])),
    }),
    Function::new("MONTHNAME", (1, 1), |values, _| {
        let day = whole_day(&values[0])?;
        let name = day.and_then(|(day, ..)| MONTHS.get(usize::from(day.month) - 1));
        Ok(name.map_or(Datum::Null(DatumKind::Text), |name| {
            plain((*name).to_owned())
        }))
    }),
    Function::new("DAYNAME", (1, 1), |values, _| {
        let day = whole_day(&values[0])?;
        Ok(day.map_or(Datum::Null(DatumKind::Text), |(day, ..)| {
            plain(day_name(day).to_owned())
        }))
    }),
    Function::new("STR_TO_DATE", (2, 2), super::str_to_date::str_to_date),
    Function::new("FORMAT", (2, 2), number_format),
];

fn day_name(day: CalendarDay) -> &'static str {
    usize::try_from(day.weekday())
        .ok()
        .and_then(|at| DAYS.get(at))
        .copied()
        .unwrap_or("")
}

/// Writes a date or time by the letters of a format.
pub(super) fn formatted(
    day: Option<CalendarDay>,
    micros: i64,
    format: &Datum,
) -> Result<Datum, Unevaluable> {
    let Some(format) = format.shown() else {
        return Ok(Datum::Null(DatumKind::Text));
    };
    let mut text = String::new();
    let mut letters = format.chars();
    while let Some(letter) = letters.next() {
        if letter != '%' {
            text.push(letter);
            continue;
        }
        match letters.next() {
            None => text.push('%'),
            Some(letter) => text += &piece(letter, day, micros)?,
        }
    }
    Ok(plain(text))
}

fn piece(letter: char, day: Option<CalendarDay>, micros: i64) -> Result<String, Unevaluable> {
    if micros < 0 {
        return Err("the format of a negative time".to_owned());
    }
    let seconds = micros / SECOND;
    let (hours, minutes, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let of_half_day = (hours + 11) % 12 + 1;
    let half = if hours % 24 < 12 { "AM" } else { "PM" };
    Ok(match letter {
        'H' => format!("{hours:02}"),
        'k' => hours.to_string(),
        'h' | 'I' => format!("{of_half_day:02}"),
        'l' => of_half_day.to_string(),
        'i' => format!("{minutes:02}"),
        's' | 'S' => format!("{second:02}"),
        'f' => format!("{:06}", micros % SECOND),
        'p' => half.to_owned(),
        'r' => format!("{of_half_day:02}:{minutes:02}:{second:02} {half}"),
        'T' => format!("{hours:02}:{minutes:02}:{second:02}"),
        '%' => "%".to_owned(),
        letter => match day {
            Some(day) => date_piece(letter, day)?,
            None => return Err(format!("%{letter} of a time")),
        },
    })
}

fn date_piece(letter: char, day: CalendarDay) -> Result<String, Unevaluable> {
    let needs_whole = matches!(
        letter,
        'a' | 'W' | 'b' | 'M' | 'j' | 'U' | 'u' | 'V' | 'v' | 'w' | 'X' | 'x'
    );
    if needs_whole && !day.is_whole() {
        return Err("the format of a date with a part that is 0".to_owned());
    }
    let month = || {
        MONTHS
            .get(usize::from(day.month).wrapping_sub(1))
            .copied()
            .unwrap_or("")
    };
    let name = || day_name(day);
    let in_year = |mode| week(day, mode);
    Ok(match letter {
        'Y' => format!("{:04}", day.year),
        'y' => format!("{:02}", day.year % 100),
        'm' => format!("{:02}", day.month),
        'c' => day.month.to_string(),
        'd' => format!("{:02}", day.day),
        'e' => day.day.to_string(),
        'D' => format!("{}{}", day.day, ordinal(day.day)),
        'M' => month().to_owned(),
        'b' => month().chars().take(3).collect(),
        'W' => name().to_owned(),
        'a' => name().chars().take(3).collect(),
        'j' => format!("{:03}", day.of_year()),
        'w' => ((day.weekday() + 1) % 7).to_string(),
        'U' => format!("{:02}", in_year(0).0),
        'u' => format!("{:02}", in_year(1).0),
        'V' => format!("{:02}", in_year(2).0),
        'v' => format!("{:02}", in_year(3).0),
        'X' => format!("{:04}", in_year(2).1),
        'x' => format!("{:04}", in_year(3).1),
        letter => letter.to_string(),
    })
}

fn ordinal(day: u8) -> &'static str {
    match (day, day % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    }
}

/// `FORMAT(1234.5, 2)`: with commas between thousands.
fn number_format(values: &[Datum], _: &dyn Surroundings) -> Result<Datum, Unevaluable> {
    let places = values[1]
        .to_whole()?
        .map(|places| usize::try_from(places.max(0)).unwrap_or(0));
    let (Some(number), Some(places)) = (number(&values[0])?.to_exact()?, places) else {
        return Ok(Datum::Null(DatumKind::Text));
    };
    if matches!(values[0].numeric()?, Datum::Double(..)) {
        return Err("FORMAT of a floating point number".to_owned());
    }
    let text = number.to_text(places.min(30));
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text.as_str()),
    };
    let (whole, fraction) = match digits.find('.') {
        Some(at) => digits.split_at(at),
        None => (digits, ""),
    };
    let mut grouped = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    Ok(plain(format!("{sign}{grouped}{fraction}")))
}
