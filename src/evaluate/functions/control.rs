//! Functions that choose among values; the type of what they give is that of all choices together.

use std::cmp::Ordering;

use super::super::collation::{Collation, TextOrigin};
use super::super::datum::{Datum, DatumKind, Shown, equal, order};
use super::super::formula::Function;
use super::super::{Surroundings, Unevaluable};
use super::logic::compared_together;
use super::strings::alike;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("IF", (3, 3), |values, _| {
        let chosen = if values[0].is_true()? == Some(true) {
            1
        } else {
            2
        };
        as_all(&values[1..], chosen - 1)
    }),
    Function::new("CASE", (1, usize::MAX), case),
    Function::new("IFNULL", (2, 2), first_known),
    Function::new("NVL", (2, 2), first_known),
    Function::new("COALESCE", (1, usize::MAX), first_known),
    Function::new("NULLIF", (2, 2), |values, _| {
        let value = &values[0];
        if equal(value, &values[1])? == Some(true) {
            return Ok(Datum::Null(value.kind()));
        }
        Ok(value.clone())
    }),
    Function::new("GREATEST", (2, usize::MAX), |values, _| {
        extreme(values, Ordering::Greater)
    }),
    Function::new("LEAST", (2, usize::MAX), |values, _| {
        extreme(values, Ordering::Less)
    }),
    Function::new("ANY_VALUE", (1, 1), |values, _| Ok(values[0].clone())),
];

fn case(values: &[Datum], _: &dyn Surroundings) -> Result<Datum, Unevaluable> {
    let (pairs, otherwise) = values.as_chunks::<2>();
    let mut results: Vec<Datum> = pairs.iter().map(|[_, result]| result.clone()).collect();
    results.extend(otherwise.iter().cloned());
    let mut chosen = results.len() - 1;
    for (at, [condition, _]) in pairs.iter().enumerate() {
        if condition.is_true()? == Some(true) {
            chosen = at;
            break;
        }
    }
    as_all(&results, chosen)
}

fn first_known(values: &[Datum], _: &dyn Surroundings) -> Result<Datum, Unevaluable> {
    let known = values.iter().position(|value| !value.is_null());
    as_all(values, known.unwrap_or(0))
}

/// The value at `chosen` in the type that all have in common.
fn as_all(values: &[Datum], chosen: usize) -> Result<Datum, Unevaluable> {
    let mut kind = DatumKind::Nothing;
    for value in values {
        kind = common(kind, value.kind())?;
    }
    let value = values[chosen].clone();
    // Bits stay a number where one is needed.
    if values.iter().all(|value| matches!(value, Datum::Digits(_))) {
        return Ok(value);
    }
    Ok(match (kind, value) {
        (kind, Datum::Null(_)) => Datum::Null(kind),
        (DatumKind::Decimal(scale), value) => match value.to_exact()? {
            Some(number) => Datum::decimal(number, scale)?,
            None => Datum::Null(kind),
        },
        (DatumKind::Double, value) => match value.to_f64()? {
            Some(number) => Datum::Double(number, shown_of_all(values)),
            None => Datum::Null(kind),
        },
        (DatumKind::Unsigned, Datum::Int(number)) => Datum::whole(number.into(), true)?,
        (DatumKind::Text | DatumKind::Bytes, _) => match alike(values)?[chosen].take() {
            Some(letters) => letters.datum(),
            None => Datum::Null(kind),
        },
        (DatumKind::DateTime(fraction), value) => match value.instant() {
            super::super::moment::Read::Value((day, micros, _)) => {
                Datum::DateTime(day, micros, fraction)
            }
            _ => Datum::Null(kind),
        },
        (DatumKind::Time(fraction), Datum::Time(micros, _)) => Datum::Time(micros, fraction),
        (_, value) => value,
    })
}

/// How a floating point number is shown that is one of these values.
fn shown_of_all(values: &[Datum]) -> Shown {
    let plain = |value: &Datum| matches!(value, Datum::Double(_, Shown::Plain));
    if values.iter().any(plain) {
        Shown::Plain
    } else {
        Shown::Unknown
    }
}

fn common(a: DatumKind, b: DatumKind) -> Result<DatumKind, Unevaluable> {
    use DatumKind::{Bytes, Date, DateTime, Decimal, Double, Int, Nothing, Text, Time, Unsigned};
    Ok(match (a, b) {
        (Nothing, kind) | (kind, Nothing) => kind,
        (Bytes, _) | (_, Bytes) => Bytes,
        (Date, Date) => Date,
        (Date, DateTime(fraction)) | (DateTime(fraction), Date) => DateTime(fraction),
        (DateTime(own), DateTime(its)) => DateTime(own.max(its)),
        (Time(own), Time(its)) => Time(own.max(its)),
        (Date | DateTime(_), Time(_)) | (Time(_), Date | DateTime(_)) => {
            return Err("a choice between a date and a time".to_owned());
        }
        (Text | Date | DateTime(_) | Time(_), _) | (_, Text | Date | DateTime(_) | Time(_)) => Text,
        (Double, _) | (_, Double) => Double,
        (Decimal(own), Decimal(its)) => Decimal(own.max(its)),
        (Decimal(scale), _) | (_, Decimal(scale)) => Decimal(scale),
        (Int, Int) => Int,
        (Unsigned, Unsigned) => Unsigned,
        (Int, Unsigned) | (Unsigned, Int) => Decimal(0),
    })
}

fn extreme(values: &[Datum], wanted: Ordering) -> Result<Datum, Unevaluable> {
    let text = |value: &Datum| matches!(value.kind(), DatumKind::Text | DatumKind::Bytes);
    let mixed =
        values.iter().any(text) && !values.iter().all(|value| text(value) || value.is_null());
    if mixed {
        return Err("GREATEST or LEAST of text and other types".to_owned());
    }
    if let Some(at) = values.iter().position(Datum::is_null) {
        return as_all(values, at);
    }
    let chosen = compared_together(values, |values| {
        let mut chosen = 0;
        for at in 1..values.len() {
            if order(&values[at], &values[chosen])? == Some(wanted) {
                chosen = at;
            }
        }
        i64::try_from(chosen)
            .map(Datum::Int)
            .map_err(|_| "that many values".to_owned())
    })?;
    let chosen = chosen.to_whole()?.and_then(|at| usize::try_from(at).ok());
    match as_all(values, chosen.unwrap_or(0))? {
        // As a number it is chosen by numbers.
        Datum::Text(text, collation) => {
            let origin = TextOrigin::Moment;
            Ok(Datum::Text(
                text,
                Collation {
                    origin,
                    ..collation
                },
            ))
        }
        datum => Ok(datum),
    }
}
