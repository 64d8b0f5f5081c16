//! Texts searched, measured and taken for lists.

use std::cmp::Ordering;

use super::super::cast::count;
use super::super::collation::{Collation, Compared, Rule, characters};
use super::super::datum::{Datum, DatumKind, Letters, by_collation, equal};
use super::super::formula::Function;
use super::super::{Surroundings, Unevaluable};
use super::logic::compared_together;
use super::strings::{alike, null_text, together};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("LENGTH", (1, 1), |values, _| measured(&values[0], 1)),
    Function::new("OCTET_LENGTH", (1, 1), |values, _| measured(&values[0], 1)),
    Function::new("BIT_LENGTH", (1, 1), |values, _| measured(&values[0], 8)),
    Function::new("CHAR_LENGTH", (1, 1), |values, _| letters_in(&values[0])),
    Function::new("CHARACTER_LENGTH", (1, 1), |values, _| {
        letters_in(&values[0])
    }),
    Function::new("LOCATE", (2, 3), |values, _| {
        let from = match values.get(2) {
            None => Some(1),
            Some(from) => count(from)?,
        };
        located(&values[1], &values[0], from)
    }),
    Function::new("INSTR", (2, 2), |values, _| {
        located(&values[0], &values[1], Some(1))
    }),
    Function::new("SUBSTRING_INDEX", (3, 3), substring_index),
    Function::new("FIELD", (2, usize::MAX), field),
    Function::new("ELT", (2, usize::MAX), |values, _| {
        let at = count(&values[0])?.and_then(|at| usize::try_from(at).ok());
        elected(&values[1..], at)
    }),
    Function::new("FIND_IN_SET", (2, 2), find_in_set),
    Function::new("MAKE_SET", (2, usize::MAX), make_set),
    Function::new("ASCII", (1, 1), |values, _| first_byte(&values[0])),
    Function::new("ORD", (1, 1), ord),
];

/// The value at a place that counts from 1, as text.
fn elected(values: &[Datum], at: Option<usize>) -> Result<Datum, Unevaluable> {
    let at = at.and_then(|at| at.checked_sub(1));
    let chosen = at.and_then(|at| {
        alike(values)
            .map(|mut all| all.get_mut(at)?.take())
            .transpose()
    });
    Ok(match chosen.transpose()? {
        Some(letters) => match letters.datum() {
            // As a number it is not what its text is.
            Datum::Text(text, _) if at.is_some_and(|at| values[at].kind() != DatumKind::Text) => {
                Datum::moment(text)
            }
            datum => datum,
        },
        None => null_text(values),
    })
}

fn length(number: usize) -> Datum {
    Datum::Int(i64::try_from(number).unwrap_or(i64::MAX))
}

fn measured(value: &Datum, unit: usize) -> Result<Datum, Unevaluable> {
    let Some(letters) = value.letters()? else {
        return Ok(Datum::Null(DatumKind::Int));
    };
    Ok(length(letters.bytes()?.len() * unit))
}

fn letters_in(value: &Datum) -> Result<Datum, Unevaluable> {
    let letters = value.letters()?;
    Ok(letters.map_or(Datum::Null(DatumKind::Int), |letters| {
        length(letters.units.len())
    }))
}

/// Whether `wanted` stands at the start of `text`.
fn begins(text: &[char], wanted: &[char], rule: Rule) -> Result<bool, Unevaluable> {
    if text.len() < wanted.len() {
        return Ok(false);
    }
    let mut unknown = false;
    for (&a, &b) in text.iter().zip(wanted) {
        match characters(a, b, rule) {
            Compared::Ordered(Ordering::Equal) => {}
            Compared::Unknown => unknown = true,
            _ => return Ok(false),
        }
    }
    if unknown {
        Err(by_collation())
    } else {
        Ok(true)
    }
}

fn rule_of(letters: &Letters) -> Rule {
    letters.collation.rule
}

fn located(text: &Datum, wanted: &Datum, from: Option<i64>) -> Result<Datum, Unevaluable> {
    let both = [text.clone(), wanted.clone()];
    let (Some(all), Some(from)) = (together(&both)?, from) else {
        return Ok(Datum::Null(DatumKind::Int));
    };
    let Some(start) = usize::try_from(from).ok().filter(|&from| from > 0) else {
        return Ok(Datum::Int(0));
    };
    let (text, wanted) = (&all[0].units, &all[1].units);
    if wanted.is_empty() && start > 1 {
        return Err("LOCATE of nothing, on which servers differ".to_owned());
    }
    for at in start - 1..=text.len() {
        if begins(&text[at..], wanted, rule_of(&all[0]))? {
            return Ok(length(at + 1));
        }
    }
    Ok(Datum::Int(0))
}

fn substring_index(values: &[Datum], _: &dyn Surroundings) -> Result<Datum, Unevaluable> {
    let both = [values[0].clone(), values[1].clone()];
    let (Some(all), Some(times)) = (together(&both)?, count(&values[2])?) else {
        return Ok(null_text(&both));
    };
    let (text, delimiter) = (&all[0].units, &all[1].units);
    if delimiter.is_empty() || times == 0 {
        let collation = all[0].collation;
        return Ok(Letters {
            units: Vec::new(),
            collation,
        }
        .datum());
    }
    let wanted = usize::try_from(times.unsigned_abs()).unwrap_or(usize::MAX);
    let mut places = Vec::new();
    let mut at = 0;
    // The server searches letter for letter, whatever the collation; from the end for a negative count.
    if times > 0 {
        while at + delimiter.len() <= text.len() {
            if text[at..].starts_with(delimiter) {
                places.push(at);
                at += delimiter.len();
            } else {
                at += 1;
            }
        }
    } else {
        at = text.len();
        while at >= delimiter.len() {
            if text[..at].ends_with(delimiter) {
                places.push(at);
                at -= delimiter.len();
            } else {
                at -= 1;
            }
        }
    }
    let units = match places.get(wanted.saturating_sub(1)) {
        Some(&place) if times > 0 => text[..place].to_vec(),
        Some(&place) => text[place..].to_vec(),
        None => text.clone(),
    };
    Ok(Letters {
        units,
        collation: all[0].collation,
    }
    .datum())
}

/// The place of a value among others, from 1; 0 if it is not there.
fn field(values: &[Datum], _: &dyn Surroundings) -> Result<Datum, Unevaluable> {
    let text = |value: &Datum| matches!(value.kind(), DatumKind::Text | DatumKind::Bytes);
    let fits = |value: &Datum| text(value) || value.kind() == DatumKind::Nothing;
    if values.iter().any(text) && !values.iter().all(fits) {
        return Err("FIELD of text and other types".to_owned());
    }
    compared_together(values, |values| {
        for (place, other) in values[1..].iter().enumerate() {
            if equal(&values[0], other)? == Some(true) {
                return Ok(length(place + 1));
            }
        }
        Ok(Datum::Int(0))
    })
}

fn find_in_set(values: &[Datum], _: &dyn Surroundings) -> Result<Datum, Unevaluable> {
    let Some(all) = together(values)? else {
        return Ok(Datum::Null(DatumKind::Int));
    };
    let (wanted, set) = (&all[0].units, &all[1].units);
    if set.is_empty() || wanted.contains(&',') {
        return Ok(Datum::Int(0));
    }
    for (place, member) in set.split(|&unit| unit == ',').enumerate() {
        if member.len() == wanted.len() && begins(member, wanted, rule_of(&all[0]))? {
            return Ok(length(place + 1));
        }
    }
    Ok(Datum::Int(0))
}

fn make_set(values: &[Datum], _: &dyn Surroundings) -> Result<Datum, Unevaluable> {
    let Some(bits) = values[0].to_whole()? else {
        return Ok(null_text(&values[1..]));
    };
    let all = alike(&values[1..])?;
    let chosen = all.iter().enumerate();
    let chosen = chosen.filter(|(place, _)| bits >> place.min(&64) & 1 == 1);
    let parts: Vec<&[char]> = chosen
        .filter_map(|(_, one)| one.as_ref().map(|one| one.units.as_slice()))
        .collect();
    let collation = all.iter().flatten().next().map_or_else(
        || {
            if null_text(&values[1..]).kind() == DatumKind::Text {
                Collation::LITERAL
            } else {
                Collation::BYTES
            }
        },
        |one| one.collation,
    );
    Ok(Letters {
        units: parts.join(&','),
        collation,
    }
    .datum())
}

fn first_byte(value: &Datum) -> Result<Datum, Unevaluable> {
    let Some(letters) = value.letters()? else {
        return Ok(Datum::Null(DatumKind::Int));
    };
    let first = letters.bytes()?.first().copied().unwrap_or(0);
    Ok(Datum::Int(first.into()))
}

/// The bytes of the first character as a number.
fn ord(values: &[Datum], _: &dyn Surroundings) -> Result<Datum, Unevaluable> {
    let Some(letters) = values[0].letters()? else {
        return Ok(Datum::Null(DatumKind::Int));
    };
    let units = letters.units.iter().take(1).copied().collect();
    let bytes = Letters { units, ..letters }.bytes()?;
    let number = bytes
        .iter()
        .fold(0, |sum, &byte| sum * 256 + i64::from(byte));
    Ok(Datum::Int(number))
}
