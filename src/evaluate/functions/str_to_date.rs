//! `STR_TO_DATE`: dates and times read by a format.
//!
//! A text that ends before its format leaves the rest 0. What depends on the server's mode (days that are not, more text
//! than format) and weeks are refused.

use super::super::datum::{Datum, DatumKind};
use super::super::moment::{CalendarDay, Read, SECOND};
use super::super::{Surroundings, Unevaluable};
use super::format::{DAYS, MONTHS};

/// What a format has found so far in a text.
#[derive(Default)]
struct MomentParts {
    year: u16,
    month: u8,
    day: u8,
    day_of_year: i64,
    hour: i64,
    minute: i64,
    second: i64,
    micros: i64,
    afternoon: Option<bool>,
}

pub(super) fn str_to_date(values: &[Datum], _: &dyn Surroundings) -> Result<Datum, Unevaluable> {
    let Some(format) = values[1].shown() else {
        return Ok(Datum::Null(DatumKind::DateTime(0)));
    };
    let uses = |letters: &str| {
        format
            .split('%')
            .skip(1)
            .any(|piece| piece.starts_with(|letter| letters.contains(letter)))
    };
    // The day of a month is no part of a date to a server here.
    let (dated, timed) = (uses("YymcbMjWaw"), uses("HkhIlisSfpTr"));
    let fraction = if uses("f") { 6 } else { 0 };
    let kind = match (dated, timed) {
        (_, false) => DatumKind::Date,
        (false, true) => DatumKind::Time(fraction),
        (true, true) => DatumKind::DateTime(fraction),
    };
    let Some(text) = values[0].shown() else {
        return Ok(Datum::Null(kind));
    };
    let mut found = MomentParts::default();
    let Some(rest) = read(&text, &format, &mut found)? else {
        return Ok(Datum::Null(kind));
    };
    if !rest.trim_start_matches(' ').is_empty() {
        // The server warns and cuts, or fails, by its mode.
        return Err("a text that is longer than its format".to_owned());
    }
    let hour = match found.afternoon {
        Some(_) if !(1..=12).contains(&found.hour) => return Ok(Datum::Null(kind)),
        Some(afternoon) => found.hour % 12 + if afternoon { 12 } else { 0 },
        None => found.hour,
    };
    let micros = ((hour * 60 + found.minute) * 60 + found.second) * SECOND + found.micros;
    if let DatumKind::Time(_) = kind {
        let days = i64::from(found.day) * 24 * 3600 * SECOND;
        return Ok(Datum::Time(days + micros, fraction));
    }
    let Some(day) = found.date()? else {
        return Ok(Datum::Null(kind));
    };
    Ok(if timed {
        Datum::DateTime(day, micros, fraction)
    } else {
        Datum::Date(day)
    })
}

impl MomentParts {
    fn date(&self) -> Result<Option<CalendarDay>, Unevaluable> {
        if self.day_of_year > 0 {
            if self.year == 0 {
                return Ok(None);
            }
            let first = CalendarDay::new(self.year, 1, 1);
            return Ok(CalendarDay::of_number(
                first.number() + self.day_of_year - 1,
            ));
        }
        if self.month == 0 || self.day == 0 {
            return Ok(Some(CalendarDay::new(self.year, self.month, self.day)));
        }
        let date = format!("{:04}-{}-{}", self.year, self.month, self.day);
        match Datum::text(date.clone()).instant() {
            Read::Value((day, ..)) => Ok(Some(day)),
            // Whether there may be such days is a matter of the server's mode.
            Read::Nothing | Read::Unknown => Err(format!("a date written as {date:?}")),
        }
    }
}

/// Reads `text` by `format` as far as both go: what is left of the text, or `None` where it is otherwise.
fn read<'t>(
    text: &'t str,
    format: &str,
    found: &mut MomentParts,
) -> Result<Option<&'t str>, Unevaluable> {
    let mut rest = text;
    let mut letters = format.chars();
    while let Some(letter) = letters.next() {
        rest = rest.trim_start_matches(' ');
        if rest.is_empty() {
            break;
        }
        if letter == ' ' {
            continue;
        }
        let shorter = match (letter, letters.as_str().is_empty()) {
            ('%', false) => piece(rest, letters.next().unwrap_or('%'), found)?,
            _ => rest.strip_prefix(letter),
        };
        let Some(shorter) = shorter else {
            return Ok(None);
        };
        rest = shorter;
    }
    Ok(Some(rest))
}

/// Reads what the format's `letter` stands for.
fn piece<'t>(
    text: &'t str,
    letter: char,
    found: &mut MomentParts,
) -> Result<Option<&'t str>, Unevaluable> {
    let month = |(number, rest)| {
        found.month = number;
        rest
    };
    Ok(match letter {
        'T' => return read(text, "%H:%i:%s", found),
        'r' => return read(text, "%I:%i:%s %p", found),
        'p' => half_day(text, found),
        'M' => named(text, &MONTHS, 9).map(month),
        'b' => named(text, &MONTHS, 3).map(month),
        'W' => named(text, &DAYS, 9).map(|(_, rest)| rest),
        'a' => named(text, &DAYS, 3).map(|(_, rest)| rest),
        // A day with its suffix, whatever that is.
        'D' => match numbered(text, 'd', found)? {
            Some(rest) => Some(rest.get(rest.len().min(2)..).ok_or("a suffix of a day")?),
            None => None,
        },
        '.' => Some(text.trim_start_matches(|letter: char| letter.is_ascii_punctuation())),
        '@' => Some(text.trim_start_matches(|letter: char| letter.is_ascii_alphabetic())),
        '#' => Some(text.trim_start_matches(|letter: char| letter.is_ascii_digit())),
        letter => return numbered(text, letter, found),
    })
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
        'j' => (3, 999),
        'w' => (1, 6),
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
        'j' => found.day_of_year = number,
        'w' => {}
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

fn half_day<'t>(text: &'t str, found: &mut MomentParts) -> Option<&'t str> {
    let half = text.get(..2)?;
    found.afternoon = match half.to_ascii_uppercase().as_str() {
        "AM" => Some(false),
        "PM" => Some(true),
        _ => return None,
    };
    Some(&text[2..])
}

/// The number of the name, of which the first letters that only it has are enough, and what is behind it. Of
/// names no more than `most` letters count.
fn named<'t>(text: &'t str, names: &[&str], most: usize) -> Option<(u8, &'t str)> {
    let length = text.find(|letter: char| !letter.is_alphabetic());
    let (word, rest) = text.split_at(length.unwrap_or(text.len()));
    let cut = |name: &'_ str| name[..name.len().min(most)].to_ascii_lowercase();
    let word = word.to_lowercase();
    let numbered = || names.iter().map(|name| cut(name)).zip(1..);
    if let Some((_, whole)) = numbered().find(|(name, _)| *name == word) {
        return Some((whole, rest));
    }
    let mut begun = numbered().filter(|(name, _)| name.starts_with(&word));
    match (begun.next(), begun.next()) {
        (Some((_, only)), None) => Some((only, rest)),
        _ => None,
    }
}
