//! Dates and times as the server spells them: `2020-01-05`, `2020-01-05 00:00:00.00`, `-838:59:59`.
//!
//! Dumps hold them in just that form, which is passed through at once, zero dates included. Other
//! forms that MySQL reads (`20200105`, `2020-1-5`, `2020-01-05T10:00`) are spelled out. What is not
//! understood is none; what a server that is not strict takes of it, the second half of this file knows.

use std::borrow::Cow;

use super::value_type::ValueType;

type Text<'a> = Cow<'a, str>;

/// The date as the server spells it; `None` if it is none.
pub(super) fn date<'a>(text: Text<'a>, changed: &mut bool) -> Option<Text<'a>> {
    if has_shape(&text, "0000-00-00") {
        is_day(text.as_bytes()).then_some(text)
    } else {
        respelled(&text, |text| Some(parts(text)?.date()), changed)
    }
}

/// The date and time as the server spells them; `None` if they are none.
pub(super) fn date_time<'a>(
    text: Text<'a>,
    fraction: usize,
    changed: &mut bool,
) -> Option<Text<'a>> {
    const SHAPE: &str = "0000-00-00 00:00:00.000000";
    let length = if fraction == 0 {
        19
    } else {
        20 + fraction.min(6)
    };
    if has_shape(&text, &SHAPE[..length]) {
        let bytes = text.as_bytes();
        (is_day(bytes) && &bytes[11..13] < b"24".as_slice() && is_clock(&bytes[13..]))
            .then_some(text)
    } else {
        let spell = |text: &str| {
            let parts = parts(text)?;
            let time = clock(&parts.time, &parts.fraction, fraction)?;
            Some(format!("{} {time}", parts.date()))
        };
        respelled(&text, spell, changed)
    }
}

/// The time as the server spells it; `None` if it is none.
pub(super) fn time<'a>(text: Text<'a>, fraction: usize, changed: &mut bool) -> Option<Text<'a>> {
    const SHAPE: &str = "00:00:00.000000";
    let length = if fraction == 0 {
        8
    } else {
        9 + fraction.min(6)
    };
    let unsigned = text.strip_prefix('-').unwrap_or(&text);
    let three_digits = unsigned.len() > length && unsigned.as_bytes()[0].is_ascii_digit();
    let canonical = if has_shape(unsigned, &SHAPE[..length]) {
        is_clock(&unsigned.as_bytes()[2..])
    } else {
        three_digits
            && has_shape(&unsigned[1..], &SHAPE[..length])
            && &unsigned.as_bytes()[..3] < b"839".as_slice()
            && is_clock(&unsigned.as_bytes()[3..])
    };
    if canonical {
        Some(text)
    } else {
        respelled(&text, |text| spell_time(text, fraction), changed)
    }
}

/// Whether `YYYY-MM-DD` is a day of the calendar; parts of it may be 0.
fn is_day(date: &[u8]) -> bool {
    let (month, day) = (&date[5..7], &date[8..10]);
    if month > b"12".as_slice() {
        return false;
    }
    day <= b"28".as_slice() || {
        let year = date[..4]
            .iter()
            .fold(0, |sum, digit| sum * 10 + u16::from(digit - b'0'));
        day <= longest_month(year, month)
    }
}

/// The last day of a month, in two digits.
fn longest_month(year: u16, month: &[u8]) -> &'static [u8] {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        b"02" if leap => b"29",
        b"02" => b"28",
        b"04" | b"06" | b"09" | b"11" => b"30",
        _ => b"31",
    }
}

/// Whether minutes and seconds of `:MM:SS` are below 60.
fn is_clock(rest: &[u8]) -> bool {
    rest[1] < b'6' && rest[4] < b'6'
}

/// Whether `text` has digits where `shape` has, and its other characters where they are.
fn has_shape(text: &str, shape: &str) -> bool {
    text.len() == shape.len()
        && text
            .bytes()
            .zip(shape.bytes())
            .all(|(byte, wanted)| match wanted {
                b'0' => byte.is_ascii_digit(),
                _ => byte == wanted,
            })
}

fn respelled<'a>(
    text: &str,
    spell: impl Fn(&str) -> Option<String>,
    changed: &mut bool,
) -> Option<Text<'a>> {
    let spelled = spell(text.trim())?;
    *changed |= spelled != text;
    Some(Cow::Owned(spelled))
}

/// A date and time in pieces, each of its usual length.
pub(super) struct Parts {
    year: String,
    month: String,
    day: String,
    pub(super) time: [String; 3],
    pub(super) fraction: String,
}

impl Parts {
    pub(super) fn with_fraction(self, fraction: String) -> Self {
        Self { fraction, ..self }
    }

    pub(super) fn date(&self) -> String {
        format!("{}-{}-{}", self.year, self.month, self.day)
    }
}

fn parts(text: &str) -> Option<Parts> {
    let (text, fraction) = text.split_once('.').unwrap_or((text, ""));
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mut numbers: Vec<&str> = if text == "0" {
        vec!["0000", "0", "0"]
    } else if text.bytes().all(|byte| byte.is_ascii_digit()) {
        // A date that goes on with a point is none.
        if text.len() <= 8 && !fraction.is_empty() {
            return None;
        }
        packed(text)?
    } else {
        if !text.starts_with(|letter: char| letter.is_ascii_digit()) || has_early_gap(text) {
            return None;
        }
        text.split(|character: char| !character.is_ascii_digit())
            .filter(|number| !number.is_empty())
            .collect()
    };
    let delimiters_known = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || b"-/:. T".contains(&byte));
    if !delimiters_known || !(3..=6).contains(&numbers.len()) {
        return None;
    }
    numbers.resize(6, "0");
    let two = |index: usize| -> Option<String> {
        let number: u8 = numbers[index].parse().ok()?;
        let limit = [0, 12, 31, 23, 59, 59][index];
        (number <= limit).then(|| format!("{number:02}"))
    };
    let year = match numbers[0].len() {
        4 => numbers[0].to_owned(),
        2 => {
            let century = if numbers[0] < "70" { "20" } else { "19" };
            format!("{century}{}", numbers[0])
        }
        _ => return None,
    };
    Some(Parts {
        year,
        month: two(1)?,
        day: two(2)?,
        time: [two(3)?, two(4)?, two(5)?],
        fraction: fraction.to_owned(),
    })
    .filter(|parts| is_day(parts.date().as_bytes()))
}

/// Whether there is a blank or a second delimiter in front of the day, where a server takes none.
fn has_early_gap(text: &str) -> bool {
    let mut delimiters = 0;
    let mut within = false;
    for byte in text.bytes() {
        let is_digit = byte.is_ascii_digit();
        delimiters += usize::from(within && !is_digit);
        if !is_digit && delimiters < 3 && (byte == b' ' || !within) {
            return true;
        }
        within = is_digit;
    }
    false
}

/// `YYYYMMDD`, `YYMMDD`, and both with `HHMMSS` behind; the last part may have one digit.
fn packed(text: &str) -> Option<Vec<&str>> {
    let year = match text.len() {
        8 | 14 => 4,
        5..=13 => 2,
        _ => return None,
    };
    let mut numbers = vec![&text[..year]];
    let part = |at: usize| &text[at..text.len().min(at + 2)];
    numbers.extend((year..text.len()).step_by(2).map(part));
    Some(numbers)
}

/// `HH:MM:SS` with `wanted` digits of fraction; `None` when digits would have to be dropped.
pub(super) fn clock(time: &[String; 3], fraction: &str, wanted: usize) -> Option<String> {
    let kept = fraction.trim_end_matches('0');
    if kept.len() > wanted {
        return None;
    }
    let mut spelled = time.join(":");
    if wanted > 0 {
        spelled.push('.');
        spelled.push_str(&format!("{kept:0<wanted$}"));
    }
    Some(spelled)
}

fn spell_time(text: &str, wanted: usize) -> Option<String> {
    let (sign, unsigned) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text),
    };
    let (clock_text, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !fraction.is_empty() && !digits(fraction) {
        return None;
    }
    let fields: Vec<String> = if digits(clock_text) {
        // HHMMSS from the right: 1112 is 00:11:12.
        let padded = format!("{clock_text:0>6}");
        let split = padded.len() - 4;
        [
            &padded[..split],
            &padded[split..split + 2],
            &padded[split + 2..],
        ]
        .map(str::to_owned)
        .to_vec()
    } else {
        clock_text.split(':').map(str::to_owned).collect()
    };
    if !fields.iter().all(|field| digits(field)) || !(2..=3).contains(&fields.len()) {
        return None;
    }
    let number = |index: usize| {
        fields
            .get(index)
            .map_or(Ok(0), |field| field.parse::<u16>())
    };
    let (hours, minutes, seconds) = (number(0).ok()?, number(1).ok()?, number(2).ok()?);
    if hours > 838 || minutes > 59 || seconds > 59 {
        return None;
    }
    let time = [hours, minutes, seconds].map(|number| format!("{number:02}"));
    Some(format!("{sign}{}", clock(&time, fraction, wanted)?))
}

/// Whether a date as the server spells it is a day that its month does not have.
pub(crate) fn is_impossible_day(text: &str) -> bool {
    text.get(..10)
        .is_some_and(|date| has_shape(date, "0000-00-00") && !is_day(date.as_bytes()))
}

/// The date that a server takes of `text`; zeros where there is none.
pub(super) fn leading_date(text: &str) -> String {
    leading_parts(text).map_or_else(|| "0000-00-00".to_owned(), |parts| parts.date())
}

/// The date and time that a server takes of `text`; zeros where there are none.
pub(super) fn leading_date_time(text: &str, wanted: usize) -> String {
    match leading_parts(text) {
        Some(parts) => format!(
            "{} {}",
            parts.date(),
            cut_clock(&parts.time, &parts.fraction, wanted)
        ),
        None => format!(
            "0000-00-00 {}",
            cut_clock(&["00", "00", "00"].map(str::to_owned), "", wanted)
        ),
    }
}

/// `HH:MM:SS` with `wanted` digits of fraction; those behind are cut.
pub(super) fn cut_clock(time: &[String; 3], fraction: &str, wanted: usize) -> String {
    let kept = &fraction[..fraction.len().min(wanted)];
    clock(time, kept, wanted).unwrap_or_default()
}

/// The numbers at the start of `text`, as far as single delimiters are between them.
fn leading_parts(text: &str) -> Option<Parts> {
    let text = text.trim_start();
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let first = digits(text);
    // A server keeps such a day with `ALLOW_INVALID_DATES`, and its dumps have it.
    let (plain, behind) = text.split_once('.').unwrap_or((text, ""));
    let spelled = has_shape(plain, "0000-00-00 00:00:00") || has_shape(text, "0000-00-00");
    let spelled = spelled && behind.bytes().all(|byte| byte.is_ascii_digit());
    if spelled && &text[5..7] <= "12" && &text[8..10] <= "31" {
        let clock = plain.get(11..).unwrap_or("00:00:00");
        if clock < "24" && is_clock(&clock.as_bytes()[2..]) {
            let fields = [&clock[..2], &clock[3..5], &clock[6..8]];
            return Some(Parts {
                year: text[..4].to_owned(),
                month: text[5..7].to_owned(),
                day: text[8..10].to_owned(),
                time: fields.map(str::to_owned),
                fraction: behind.to_owned(),
            });
        }
    }
    if let 5..=14 = first {
        return packed_parts(text, first);
    }
    let mut numbers = Vec::new();
    let mut rest = text;
    let mut fraction = "";
    loop {
        let length = digits(rest);
        if length == 0 {
            break;
        }
        let number = &rest[..length];
        numbers.push(match number.trim_start_matches('0') {
            _ if numbers.is_empty() && length <= 4 => number,
            // Zeros before a number do not count.
            short if !numbers.is_empty() && short.len() <= 2 => &number[length - length.min(2)..],
            _ => return None,
        });
        rest = &rest[length..];
        if numbers.len() == 6 {
            if let Some(behind) = rest.strip_prefix('.') {
                fraction = &behind[..digits(behind)];
            }
            break;
        }
        let behind_day = numbers.len() >= 3;
        let delimiter = |letter: char| {
            letter.is_ascii_punctuation() || letter == 'T' || (letter == ' ' && behind_day)
        };
        match rest.strip_prefix(delimiter) {
            Some(behind) => rest = behind.trim_start_matches(' '),
            None => break,
        }
    }
    if numbers.len() < 3 {
        return None;
    }
    let year = numbers[0];
    let year = if year.len() == 2 {
        year.to_owned()
    } else {
        format!("{year:0>4}")
    };
    let date = format!("{year}-{}-{}", numbers[1], numbers[2]);
    let time = numbers[3..].join(":");
    parts(format!("{date} {time}").trim_end()).map(|parts| Parts {
        fraction: fraction.to_owned(),
        ..parts
    })
}

/// The parts of `text` that begins with so many digits: a date and perhaps a time, without delimiters or with a T
/// between the two.
fn packed_parts(text: &str, first: usize) -> Option<Parts> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let (mut packed, mut rest) = (text[..first].to_owned(), &text[first..]);
    if let (6 | 8, Some(clock)) = (first, rest.strip_prefix('T')) {
        match digits(clock) {
            0 => {}
            6 => {
                packed.push_str(&clock[..6]);
                rest = &clock[6..];
            }
            _ => return None,
        }
    }
    let fraction = match rest.strip_prefix('.') {
        Some(behind) if packed.len() > 8 => &behind[..digits(behind)],
        // More digits: the first ones are no date, but a year that is too long.
        _ if rest.get(1..).is_some_and(|behind| digits(behind) > 0) => return None,
        _ => "",
    };
    parts(&packed).map(|parts| Parts {
        fraction: fraction.to_owned(),
        ..parts
    })
}

/// The parts of `YYYYMMDDhhmmss`.
pub(super) fn packed_moment(digits: &str) -> Option<Parts> {
    parts(digits)
}

/// The time in `parts` with `wanted` digits of fraction.
pub(super) fn time_of_parts(parts: &Parts, wanted: usize) -> String {
    cut_clock(&parts.time, &parts.fraction, wanted)
}

/// The zero of a column of dates or times.
pub(super) fn leading_zero(kind: &ValueType) -> String {
    match kind {
        ValueType::DateTime(wanted) => leading_date_time("", *wanted),
        ValueType::Time(wanted) => leading_time("", *wanted),
        _ => leading_date(""),
    }
}

/// The time that a server takes of `text`; zeros where there is none.
pub(super) fn leading_time(text: &str, wanted: usize) -> String {
    const LONGEST: u64 = 838 * 3600 + 59 * 60 + 59;
    let text = text.trim_start();
    let text = text.strip_prefix('+').unwrap_or(text);
    let is_date = text
        .trim_start_matches(|letter: char| letter.is_ascii_digit())
        .starts_with(['-', '/', '.'])
        && text.starts_with(|letter: char| letter.is_ascii_digit())
        && !has_early_gap(text);
    let date_end = text.find(['-', '/']);
    let has_clock = date_end.is_some() && date_end < text.find(':');
    let numbers = text.split(|letter: char| !letter.is_ascii_digit());
    let has_hour =
        numbers.filter(|number| !number.is_empty()).count() > 3 && text.contains([' ', 'T']);
    if is_date && (has_clock || has_hour) {
        return leading_date_time(text, wanted)[11..].to_owned();
    }
    let packed = text.bytes().take_while(u8::is_ascii_digit).count();
    let is_date_time = matches!(packed, 12 | 14)
        || matches!(packed, 6 | 8) && text.as_bytes().get(packed) == Some(&b'T');
    if is_date_time {
        return leading_date_time(text, wanted)[11..].to_owned();
    }
    let (sign, unsigned) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text),
    };
    let end =
        unsigned.find(|letter: char| !letter.is_ascii_digit() && letter != ':' && letter != ' ');
    let mut clock_text = unsigned[..end.unwrap_or(unsigned.len())].trim_end();
    let behind = end.map_or("", |end| &unsigned[end..]);
    // What looks like an exponent is no time at all.
    if let Some(exponent) = behind.strip_prefix(['e', 'E'])
        && exponent
            .trim_start_matches(['-', '+'])
            .starts_with(|letter: char| letter.is_ascii_digit())
    {
        clock_text = "";
    }
    let fraction = end
        .and_then(|end| unsigned[end..].strip_prefix('.'))
        .unwrap_or("");
    let fraction = &fraction[..fraction.bytes().take_while(u8::is_ascii_digit).count()];
    let mut days = 0;
    if let Some((before, behind)) = clock_text.split_once(' ') {
        days = before.parse().unwrap_or(0);
        clock_text = behind.trim_start().split(' ').next().unwrap_or("");
    }
    let fields: Vec<u64> = clock_text
        .split(':')
        .map(|field| field.parse().unwrap_or(0))
        .collect();
    let [hours, minutes, seconds] = match fields[..] {
        [hours] if days > 0 => [hours, 0, 0],
        [packed] => [packed / 10_000, packed / 100 % 100, packed % 100],
        [hours, minutes] => [hours, minutes, 0],
        [hours, minutes, seconds, ..] => [hours, minutes, seconds],
        [] => [0, 0, 0],
    };
    if minutes > 59 || seconds > 59 {
        return cut_clock(&["00", "00", "00"].map(str::to_owned), "", wanted);
    }
    let hours = 24_u64
        .saturating_mul(days)
        .saturating_add(hours)
        .min(LONGEST);
    let total = hours * 3600 + minutes * 60 + seconds;
    let (total, fraction) = if total > LONGEST {
        (LONGEST, "999999")
    } else {
        (total, fraction)
    };
    let time = [total / 3600, total / 60 % 60, total % 60].map(|number| format!("{number:02}"));
    let sign = if total == 0 && fraction.bytes().all(|digit| digit == b'0') {
        ""
    } else {
        sign
    };
    format!("{sign}{}", cut_clock(&time, fraction, wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_server_writes_passes_through() {
        let mut changed = false;
        for value in ["2020-01-05", "0000-00-00", "2020-00-15"] {
            assert_eq!(date(value.into(), &mut changed).unwrap(), value);
        }
        for (value, fraction) in [
            ("2020-01-05 10:11:12", 0),
            ("0000-00-00 00:00:00", 0),
            ("2020-01-05 10:11:12.123456", 6),
        ] {
            assert_eq!(
                date_time(value.into(), fraction, &mut changed).unwrap(),
                value
            );
        }
        for (value, fraction) in [("-838:59:59", 0), ("00:00:00", 0), ("101:00:00.50", 2)] {
            assert_eq!(time(value.into(), fraction, &mut changed).unwrap(), value);
        }
        assert!(!changed);
    }

    #[test]
    fn other_forms_are_spelled_out_and_said_to_be() {
        let spelled = |text: &str| {
            let mut changed = false;
            let found = date_time(text.into(), 2, &mut changed)?;
            Some((found.into_owned(), changed))
        };
        let respelled = |text: &str| Some((text.to_owned(), true));
        assert_eq!(spelled("20200105"), respelled("2020-01-05 00:00:00.00"));
        assert_eq!(
            spelled("2020-1-5T1:02"),
            respelled("2020-01-05 01:02:00.00")
        );
        assert_eq!(
            spelled("70/1/5 1:2:3.4"),
            respelled("1970-01-05 01:02:03.40")
        );
        assert_eq!(spelled("tomorrow"), None);
        assert_eq!(spelled("2020-13-05"), None);
        assert_eq!(spelled("2023-02-29 00:00:00.00"), None);
        assert_eq!(spelled("2024-02-29 24:00:00.00"), None);
        let mut changed = false;
        assert_eq!(time("1112".into(), 0, &mut changed).unwrap(), "00:11:12");
        assert_eq!(time("-1:2".into(), 1, &mut changed).unwrap(), "-01:02:00.0");
        assert_eq!(time("later".into(), 0, &mut changed), None);
        assert_eq!(time("839:00:00".into(), 0, &mut changed), None);
        for (written, taken) in [
            ("01/02/2020", "0000-00-00 00:00:00"),
            ("2020-01-025", "2020-01-25 00:00:00"),
            ("2020-01-02 100:11:12", "0000-00-00 00:00:00"),
            ("31-12-20", "2031-12-20 00:00:00"),
            ("12020-01-02", "0000-00-00 00:00:00"),
            ("20200101T100000", "2020-01-01 10:00:00"),
            ("200101T100000", "2020-01-01 10:00:00"),
            ("20200101T1000", "0000-00-00 00:00:00"),
            ("20200101 10:11:12", "0000-00-00 00:00:00"),
            ("20200101 x", "2020-01-01 00:00:00"),
        ] {
            assert_eq!(leading_date_time(written, 0), taken, "{written}");
        }
        let packed = "20200101101112.1239";
        assert_eq!(leading_date_time(packed, 3), "2020-01-01 10:11:12.123");
        assert_eq!(leading_time("20200101101112", 0), "10:11:12");
        for written in ["2020 01 02", "-10:11:12", "20200102.5"] {
            assert_eq!(
                date_time(written.into(), 2, &mut changed),
                None,
                "{written}"
            );
        }
        assert_eq!(leading_time("2020-01-02 10-11-12", 0), "10:11:12");
        assert_eq!(leading_time("+10:11", 0), "10:11:00");
        assert_eq!(leading_time("1e3", 0), "00:00:00");
        assert_eq!(
            date("2020-01-05 10:00:00".into(), &mut changed).unwrap(),
            "2020-01-05"
        );
    }
}
