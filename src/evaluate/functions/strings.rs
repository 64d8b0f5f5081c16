//! Texts put together, cut and changed. Bytes are handled as characters of their numbers.

use super::super::Unevaluable;
use super::super::cast::count;
use super::super::collation::{Collation, Rule, Strength, TextOrigin, lower, upper};
use super::super::datum::{Datum, DatumKind, Letters};
use super::super::formula::Function;
use super::super::{LONGEST, Surroundings};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("CONCAT", (1, usize::MAX), concat),
    Function::new("CONCAT_WS", (2, usize::MAX), joined),
    Function::new("SUBSTRING", (2, 3), substring),
    Function::new("LEFT", (2, 2), |values, _| {
        cut(values, |units, length| units[..length].to_vec())
    }),
    Function::new("RIGHT", (2, 2), |values, _| {
        cut(values, |units, length| {
            units[units.len() - length..].to_vec()
        })
    }),
    Function::new("LPAD", (2, 3), |values, _| padded(values, true)),
    Function::new("RPAD", (2, 3), |values, _| padded(values, false)),
    Function::new("TRIM", (2, 3), trim),
    Function::new("LTRIM", (1, 1), |values, _| {
        changed(&values[0], |units| trimmed(units, &[' '], true, false))
    }),
    Function::new("RTRIM", (1, 1), |values, _| {
        changed(&values[0], |units| trimmed(units, &[' '], false, true))
    }),
    Function::new("REPEAT", (2, 2), |values, _| {
        let Some((letters, times)) = with_count(values)? else {
            return Ok(Datum::Null(DatumKind::Text));
        };
        let times = usize::try_from(times).unwrap_or(0);
        bounded(letters.units.len().saturating_mul(times))?;
        let units = letters.units.repeat(times);
        Ok(Letters { units, ..letters }.datum())
    }),
    Function::new("SPACE", (1, 1), |values, _| {
        let Some(times) = count(&values[0])? else {
            return Ok(Datum::Null(DatumKind::Text));
        };
        let times = usize::try_from(times).unwrap_or(0);
        bounded(times)?;
        Ok(plain(" ".repeat(times)))
    }),
    Function::new("REVERSE", (1, 1), |values, _| {
        changed(&values[0], |units| units.iter().rev().copied().collect())
    }),
    Function::new("REPLACE", (3, 3), replace),
    Function::new("INSERT", (4, 4), insert),
    Function::new("UPPER", (1, 1), |values, _| cased(&values[0], upper)),
    Function::new("UCASE", (1, 1), |values, _| cased(&values[0], upper)),
    Function::new("LOWER", (1, 1), |values, _| cased(&values[0], lower)),
    Function::new("LCASE", (1, 1), |values, _| cased(&values[0], lower)),
    Function::new("QUOTE", (1, 1), quote),
];

fn bounded(length: usize) -> Result<(), Unevaluable> {
    if length > LONGEST {
        return Err(format!("a value of more than {LONGEST} characters"));
    }
    Ok(())
}

/// The texts of all values, as bytes if one of them is bytes; `None` if one is NULL.
pub(super) fn together(values: &[Datum]) -> Result<Option<Vec<Letters>>, Unevaluable> {
    Ok(alike(values)?.into_iter().collect())
}

/// As `together`, with `None` for each NULL, which may be one of bytes.
pub(super) fn alike(values: &[Datum]) -> Result<Vec<Option<Letters>>, Unevaluable> {
    let mut all = Letters {
        units: Vec::new(),
        collation: Collation::NUMBER,
    };
    let mut letters = Vec::with_capacity(values.len());
    for value in values {
        let one = value.letters()?;
        match &one {
            Some(one) => all = all.beside(one)?,
            None if value.kind() == DatumKind::Bytes => {
                all.collation = all.collation.with(Collation::BYTES);
            }
            None => {}
        }
        letters.push(one);
    }
    let same = letters
        .into_iter()
        .map(|one| one.map(|one| one.beside(&all)).transpose());
    same.collect()
}

/// The type of a text made of all values.
pub(super) fn null_text(values: &[Datum]) -> Datum {
    let bytes = values.iter().any(|value| value.kind() == DatumKind::Bytes);
    Datum::Null(if bytes {
        DatumKind::Bytes
    } else {
        DatumKind::Text
    })
}

fn concat(values: &[Datum], _: &dyn Surroundings) -> Result<Datum, Unevaluable> {
    let Some(all) = together(values)? else {
        return Ok(null_text(values));
    };
    let collation = all[0].collation;
    let units: Vec<char> = all.into_iter().flat_map(|one| one.units).collect();
    bounded(units.len())?;
    Ok(settled(Letters { units, collation }))
}

/// A text that was made is no number's any more.
fn settled(letters: Letters) -> Datum {
    let collation = Collation {
        strength: letters.collation.strength.max(Strength::Literal),
        origin: TextOrigin::Computed,
        ..letters.collation
    };
    Letters {
        collation,
        ..letters
    }
    .datum()
}

fn joined(values: &[Datum], _: &dyn Surroundings) -> Result<Datum, Unevaluable> {
    if values[0].is_null() {
        return Ok(null_text(values));
    }
    let all: Vec<Letters> = alike(values)?.into_iter().flatten().collect();
    let collation = all[0].collation;
    let parts: Vec<&[char]> = all[1..].iter().map(|one| one.units.as_slice()).collect();
    let units = parts.join(all[0].units.as_slice());
    bounded(units.len())?;
    Ok(settled(Letters { units, collation }))
}

/// A text, and a number of characters of it.
fn with_count(values: &[Datum]) -> Result<Option<(Letters, i64)>, Unevaluable> {
    Ok(values[0].letters()?.zip(count(&values[1])?))
}

fn substring(values: &[Datum], _: &dyn Surroundings) -> Result<Datum, Unevaluable> {
    let length = match values.get(2) {
        None => Some(i64::MAX),
        Some(length) => count(length)?,
    };
    let (Some((letters, from)), Some(length)) = (with_count(values)?, length) else {
        return Ok(null_text(&values[..1]));
    };
    let size = i64::try_from(letters.units.len()).unwrap_or(i64::MAX);
    let start = match from {
        1.. => from - 1,
        0 => size,
        _ => size.saturating_add(from),
    };
    let range = if (0..size).contains(&start) && length > 0 {
        let end = start.saturating_add(length).min(size);
        usize::try_from(start).unwrap_or(0)..usize::try_from(end).unwrap_or(0)
    } else {
        0..0
    };
    let units = letters.units[range].to_vec();
    Ok(settled(Letters { units, ..letters }))
}

/// So many characters from one end of a text.
fn cut(values: &[Datum], take: fn(&[char], usize) -> Vec<char>) -> Result<Datum, Unevaluable> {
    let Some((letters, length)) = with_count(values)? else {
        return Ok(null_text(&values[..1]));
    };
    let length = usize::try_from(length)
        .unwrap_or(0)
        .min(letters.units.len());
    let units = take(&letters.units, length);
    Ok(settled(Letters { units, ..letters }))
}

fn padded(values: &[Datum], left: bool) -> Result<Datum, Unevaluable> {
    let filling = values.get(2).cloned().unwrap_or_else(|| Datum::ascii(" "));
    let both = [values[0].clone(), filling];
    let (Some(all), Some(length)) = (together(&both)?, count(&values[1])?) else {
        return Ok(null_text(&both));
    };
    let Ok(length) = usize::try_from(length) else {
        return Ok(null_text(&both));
    };
    bounded(length)?;
    let text = &all[0].units;
    let missing = length.saturating_sub(text.len());
    if missing > 0 && all[1].units.is_empty() {
        return Err("padding with an empty text, on which servers differ".to_owned());
    }
    let filling: Vec<char> = all[1].units.iter().copied().cycle().take(missing).collect();
    let kept = text[..text.len().min(length)].to_vec();
    let units = if left {
        [filling, kept].concat()
    } else {
        [kept, filling].concat()
    };
    Ok(settled(Letters {
        units,
        collation: all[0].collation,
    }))
}

/// Changes the characters of a text.
fn changed(value: &Datum, change: impl Fn(&[char]) -> Vec<char>) -> Result<Datum, Unevaluable> {
    let Some(letters) = value.letters()? else {
        return Ok(null_text(std::slice::from_ref(value)));
    };
    let units = change(&letters.units);
    Ok(settled(Letters { units, ..letters }))
}

fn trimmed(units: &[char], what: &[char], start: bool, end: bool) -> Vec<char> {
    let mut rest = units;
    while start && !what.is_empty() {
        let Some(shorter) = rest.strip_prefix(what) else {
            break;
        };
        rest = shorter;
    }
    while end && !what.is_empty() {
        let Some(shorter) = rest.strip_suffix(what) else {
            break;
        };
        rest = shorter;
    }
    rest.to_vec()
}

fn trim(values: &[Datum], _: &dyn Surroundings) -> Result<Datum, Unevaluable> {
    let mode = values[0].shown().unwrap_or_default();
    let what = values.get(2).cloned().unwrap_or_else(|| Datum::ascii(" "));
    let both = [values[1].clone(), what];
    let Some(all) = together(&both)? else {
        return Ok(null_text(&both));
    };
    let (start, end) = (mode != "TRAILING", mode != "LEADING");
    let units = trimmed(&all[0].units, &all[1].units, start, end);
    Ok(settled(Letters {
        units,
        collation: all[0].collation,
    }))
}

fn replace(values: &[Datum], _: &dyn Surroundings) -> Result<Datum, Unevaluable> {
    if values[2].is_null() && !values[0].is_null() && !values[1].is_null() {
        return Err("REPLACE by NULL, which is NULL on some servers only".to_owned());
    }
    let Some(all) = together(values)? else {
        return Ok(null_text(values));
    };
    let [text, from, to] = all.as_slice() else {
        return Ok(null_text(values));
    };
    let mut units = Vec::with_capacity(text.units.len());
    let mut rest = text.units.as_slice();
    while let Some((first, behind)) = rest.split_first() {
        match rest.strip_prefix(from.units.as_slice()) {
            Some(shorter) if !from.units.is_empty() => {
                units.extend_from_slice(&to.units);
                rest = shorter;
            }
            _ => {
                units.push(*first);
                rest = behind;
            }
        }
        bounded(units.len())?;
    }
    Ok(settled(Letters {
        units,
        collation: text.collation,
    }))
}

fn insert(values: &[Datum], _: &dyn Surroundings) -> Result<Datum, Unevaluable> {
    let both = [values[0].clone(), values[3].clone()];
    let numbers = count(&values[1])?.zip(count(&values[2])?);
    let (Some(all), Some((at, length))) = (together(&both)?, numbers) else {
        return Ok(null_text(&both));
    };
    let (text, new) = (&all[0].units, &all[1].units);
    let size = text.len();
    let start = usize::try_from(at.saturating_sub(1)).unwrap_or(usize::MAX);
    if start >= size {
        return Ok(settled(all[0].clone()));
    }
    let removed = usize::try_from(length).unwrap_or(size);
    let end = start.saturating_add(removed).min(size);
    let units = [&text[..start], new, &text[end..]].concat();
    Ok(settled(Letters {
        units,
        collation: all[0].collation,
    }))
}

/// The letters whose case the server changes as Unicode does; a test compares each with a server.
fn is_known(unit: char) -> bool {
    !matches!(unit, 'ı' | 'ŉ' | 'ſ' | 'ǰ' | 'ǅ' | 'ǈ' | 'ǋ' | 'ǲ' | 'İ')
        && (unit < '\u{180}'
            || matches!(unit, 'Α'..='Ρ' | 'Σ'..='Ω' | 'α'..='ρ' | 'σ'..='ω' | 'А'..='я' | 'ѐ'..='џ' | 'Ѐ'..='Џ')
            || (unit.is_alphabetic() && !unit.is_lowercase() && !unit.is_uppercase())
            || !unit.is_alphabetic())
}

fn cased(value: &Datum, change: fn(char) -> char) -> Result<Datum, Unevaluable> {
    let Some(letters) = value.letters()? else {
        return Ok(Datum::Null(DatumKind::Text));
    };
    if letters.collation.is_bytes() {
        return Ok(letters.datum());
    }
    if let Some(letter) = letters.units.iter().find(|&&unit| !is_known(unit)) {
        return Err(format!("the case of the letter {letter}"));
    }
    let units = letters.units.iter().map(|&unit| change(unit)).collect();
    Ok(settled(Letters { units, ..letters }))
}

fn quote(values: &[Datum], _: &dyn Surroundings) -> Result<Datum, Unevaluable> {
    let Some(letters) = values[0].letters()? else {
        return Ok(Datum::text("NULL"));
    };
    let mut units = vec!['\''];
    for &unit in &letters.units {
        match unit {
            '\'' | '\\' => units.extend(['\\', unit]),
            '\0' => units.extend(['\\', '0']),
            '\u{1a}' => units.extend(['\\', 'Z']),
            unit => units.push(unit),
        }
    }
    units.push('\'');
    Ok(settled(Letters { units, ..letters }))
}

/// A literal's collation for text that is made of nothing.
pub(super) fn plain(text: String) -> Datum {
    Datum::Text(
        text,
        Collation {
            rule: Rule::Folded { pads: None },
            strength: Strength::Literal,
            utf8: true,
            origin: TextOrigin::Computed,
        },
    )
}
