//! Dates and times as the server spells them: `2020-01-05`, `2020-01-05 00:00:00.00`, `-838:59:59`.
//!
//! Dumps hold them in just that form, which is passed through at once, zero dates included. Other
//! forms that MySQL reads (`20200105`, `2020-1-5`, `2020-01-05T10:00`) are spelled out; what is not
//! understood stays as it was written, for a value is never guessed.

use std::borrow::Cow;

type Text<'a> = Cow<'a, str>;

pub(super) fn date<'a>(text: Text<'a>, changed: &mut bool) -> Text<'a> {
    if has_shape(&text, "0000-00-00") {
        text
    } else {
        respelled(text, |text| Some(parts(text)?.date()), changed)
    }
}

pub(super) fn date_time<'a>(text: Text<'a>, fraction: usize, changed: &mut bool) -> Text<'a> {
    const SHAPE: &str = "0000-00-00 00:00:00.000000";
    let length = if fraction == 0 {
        19
    } else {
        20 + fraction.min(6)
    };
    if has_shape(&text, &SHAPE[..length]) {
        text
    } else {
        let spell = |text: &str| {
            let parts = parts(text)?;
            let time = clock(&parts.time, &parts.fraction, fraction)?;
            Some(format!("{} {time}", parts.date()))
        };
        respelled(text, spell, changed)
    }
}

pub(super) fn time<'a>(text: Text<'a>, fraction: usize, changed: &mut bool) -> Text<'a> {
    const SHAPE: &str = "00:00:00.000000";
    let length = if fraction == 0 {
        8
    } else {
        9 + fraction.min(6)
    };
    let unsigned = text.strip_prefix('-').unwrap_or(&text);
    let three_digits = unsigned.len() > length && unsigned.as_bytes()[0].is_ascii_digit();
    let canonical = has_shape(unsigned, &SHAPE[..length])
        || (three_digits && has_shape(&unsigned[1..], &SHAPE[..length]));
    if canonical {
        text
    } else {
        respelled(text, |text| spell_time(text, fraction), changed)
    }
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
    text: Text<'a>,
    spell: impl Fn(&str) -> Option<String>,
    changed: &mut bool,
) -> Text<'a> {
    match spell(text.trim()) {
        Some(spelled) if spelled != text => {
            *changed = true;
            Cow::Owned(spelled)
        }
        _ => text,
    }
}

/// A date and time in pieces, each of its usual length.
struct Parts {
    year: String,
    month: String,
    day: String,
    time: [String; 3],
    fraction: String,
}

impl Parts {
    fn date(&self) -> String {
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
        packed(text)?
    } else {
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
}

/// `YYYYMMDD`, `YYMMDD`, and both with `HHMMSS` behind.
fn packed(text: &str) -> Option<Vec<&str>> {
    let year = match text.len() {
        8 | 14 => 4,
        6 | 12 => 2,
        _ => return None,
    };
    let mut numbers = vec![&text[..year]];
    numbers.extend((year..text.len()).step_by(2).map(|at| &text[at..at + 2]));
    Some(numbers)
}

/// `HH:MM:SS` with `wanted` digits of fraction; `None` when digits would have to be dropped.
fn clock(time: &[String; 3], fraction: &str, wanted: usize) -> Option<String> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_server_writes_passes_through() {
        let mut changed = false;
        for value in ["2020-01-05", "0000-00-00", "2020-00-15"] {
            assert_eq!(date(value.into(), &mut changed), value);
        }
        for (value, fraction) in [
            ("2020-01-05 10:11:12", 0),
            ("0000-00-00 00:00:00", 0),
            ("2020-01-05 10:11:12.123456", 6),
        ] {
            assert_eq!(date_time(value.into(), fraction, &mut changed), value);
        }
        for (value, fraction) in [("-838:59:59", 0), ("00:00:00", 0), ("101:00:00.50", 2)] {
            assert_eq!(time(value.into(), fraction, &mut changed), value);
        }
        assert!(!changed);
    }

    #[test]
    fn other_forms_are_spelled_out_and_said_to_be() {
        let spelled = |text: &str| {
            let mut changed = false;
            let found = date_time(text.into(), 2, &mut changed);
            (found.into_owned(), changed)
        };
        assert_eq!(spelled("20200105"), ("2020-01-05 00:00:00.00".into(), true));
        assert_eq!(
            spelled("2020-1-5T1:02"),
            ("2020-01-05 01:02:00.00".into(), true)
        );
        assert_eq!(
            spelled("70/1/5 1:2:3.4"),
            ("1970-01-05 01:02:03.40".into(), true)
        );
        assert_eq!(spelled("tomorrow"), ("tomorrow".into(), false));
        assert_eq!(spelled("2020-13-05"), ("2020-13-05".into(), false));
        let mut changed = false;
        assert_eq!(time("1112".into(), 0, &mut changed), "00:11:12");
        assert_eq!(time("-1:2".into(), 1, &mut changed), "-01:02:00.0");
        assert_eq!(time("later".into(), 0, &mut changed), "later");
        assert_eq!(
            date("2020-01-05 10:00:00".into(), &mut changed),
            "2020-01-05"
        );
    }
}
