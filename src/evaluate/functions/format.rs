//! Dates and numbers written by a format, and dates read by one.

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
const DAYS: [&str; 7] = [
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
    Function::new("STR_TO_DATE", (2, 2), str_to_date),
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

/// What a format has found so far in a text.
#[derive(Default)]
struct MomentParts {
    year: u16,
    month: u8,
    day: u8,
    hour: i64,
    minute: i64,
    second: i64,
    micros: i64,
    afternoon: Option<bool>,
}

fn str_to_date(values: &[Datum], _: &dyn Surroundings) -> Result<Datum, Unevaluable> {
    let Some(format) = values[1].shown() else {
        return Ok(Datum::Null(DatumKind::DateTime(0)));
    };
    let uses = |letters: &str| {
        format
            .split('%')
            .skip(1)
            .any(|piece| piece.starts_with(|letter| letters.contains(letter)))
    };
    let (dated, timed) = (uses("YymcdebMD"), uses("HkhIlisSfpTr"));
    let fraction = if uses("f") { 6 } else { 0 };
    let kind = match (dated, timed) {
        (true, false) => DatumKind::Date,
        (false, true) => DatumKind::Time(fraction),
        _ => DatumKind::DateTime(fraction),
    };
    let Some(text) = values[0].shown() else {
        return Ok(Datum::Null(kind));
    };
    let Some(found) = read(&text, &format)? else {
        return Ok(Datum::Null(kind));
    };
    let hour = match found.afternoon {
        Some(_) if !(1..=12).contains(&found.hour) => return Ok(Datum::Null(kind)),
        Some(afternoon) => found.hour % 12 + if afternoon { 12 } else { 0 },
        None => found.hour,
    };
    let micros = ((hour * 60 + found.minute) * 60 + found.second) * SECOND + found.micros;
    if !dated && timed {
        return Ok(Datum::Time(micros, fraction));
    }
    let date = format!("{:04}-{}-{}", found.year, found.month, found.day);
    match Datum::text(date.clone()).instant() {
        Read::Value((day, ..)) if timed => Ok(Datum::DateTime(day, micros, fraction)),
        Read::Value((day, ..)) => Ok(Datum::Date(day)),
        // Whether there may be such days is a matter of the server's mode.
        Read::Nothing | Read::Unknown => Err(format!("a date written as {date:?}")),
    }
}

/// Reads `text` by `format`; `None` where it is otherwise.
fn read(text: &str, format: &str) -> Result<Option<MomentParts>, Unevaluable> {
    let mut found = MomentParts::default();
    let mut rest = text.trim_start_matches(' ');
    let mut letters = format.chars();
    while let Some(letter) = letters.next() {
        rest = rest.trim_start_matches(' ');
        if letter == ' ' {
            continue;
        }
        if letter != '%' {
            let Some(shorter) = rest.strip_prefix(letter) else {
                return Ok(None);
            };
            rest = shorter;
            continue;
        }
        let shorter = match letters.next() {
            Some('T') => timed(rest, &mut found),
            Some('p') => half_day(rest, &mut found),
            Some(letter @ ('M' | 'b')) => month_name(rest, letter == 'b', &mut found),
            Some(letter) => numbered(rest, letter, &mut found)?,
            None => return Err("a format that ends with %".to_owned()),
        };
        let Some(shorter) = shorter else {
            return Ok(None);
        };
        rest = shorter;
    }
    if rest.trim_start().is_empty() {
        return Ok(Some(found));
    }
    // The server warns and cuts, or fails, by its mode.
    Err("a text that is longer than its format".to_owned())
}

/// Up to `most` digits, as a number.
fn digits(text: &str, most: usize) -> Option<(i64, usize, &str)> {
    let length = text
        .bytes()
        .take(most)
        .take_while(u8::is_ascii_digit)
        .count();
    let number = text[..length].parse().ok()?;
    Some((number, length, &text[length..]))
}

fn numbered<'t>(
    text: &'t str,
    letter: char,
    found: &mut MomentParts,
) -> Result<Option<&'t str>, Unevaluable> {
    let (most, largest) = match letter {
        'Y' => (4, 9999),
        'y' => (2, 99),
        'm' | 'c' | 'h' | 'I' | 'l' => (2, 12),
        'd' | 'e' => (2, 31),
        'H' | 'k' => (2, 23),
        'i' | 's' | 'S' => (2, 59),
        'f' => (6, 999_999),
        letter => return Err(format!("%{letter} in STR_TO_DATE")),
    };
    let Some((number, length, rest)) = digits(text, most) else {
        return Ok(None);
    };
    if number > largest {
        return Ok(None);
    }
    let small = u8::try_from(number).unwrap_or(0);
    match letter {
        'Y' if length == 4 => found.year = u16::try_from(number).unwrap_or(0),
        'Y' | 'y' if length <= 2 => {
            let century = if number < 70 { 2000 } else { 1900 };
            found.year = u16::from(small) + century;
        }
        'Y' => return Err("a year of three digits".to_owned()),
        'm' | 'c' => found.month = small,
        'd' | 'e' => found.day = small,
        'H' | 'k' => found.hour = number,
        'h' | 'I' | 'l' => {
            if number == 0 {
                return Ok(None);
            }
            found.hour = number;
            found.afternoon.get_or_insert(false);
        }
        'i' => found.minute = number,
        'f' => found.micros = number * 10_i64.pow(u32::try_from(6 - length).unwrap_or(0)),
        _ => found.second = number,
    }
    Ok(Some(rest))
}

fn timed<'t>(text: &'t str, found: &mut MomentParts) -> Option<&'t str> {
    let (hour, _, rest) = digits(text, 2)?;
    let (minute, _, rest) = digits(rest.strip_prefix(':')?, 2)?;
    let (second, _, rest) = digits(rest.strip_prefix(':')?, 2)?;
    (found.hour, found.minute, found.second) = (hour, minute, second);
    (hour < 24 && minute < 60 && second < 60).then_some(rest)
}

fn half_day<'t>(text: &'t str, found: &mut MomentParts) -> Option<&'t str> {
    let half = text.get(..2)?;
    found.afternoon = match half.to_ascii_uppercase().as_str() {
        "AM" => Some(false),
        "PM" => Some(true),
        _ => return None,
    };
    Some(&text[2..])
}

fn month_name<'t>(text: &'t str, short: bool, found: &mut MomentParts) -> Option<&'t str> {
    let length = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let word = text[..length].to_ascii_lowercase();
    let is_it = |name: &&str| {
        let name = name.to_ascii_lowercase();
        if short {
            name[..3] == word
        } else {
            name == word
        }
    };
    let month = MONTHS.iter().position(is_it)?;
    found.month = u8::try_from(month + 1).ok()?;
    Some(&text[length..])
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
