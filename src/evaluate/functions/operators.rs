//! Arithmetic and bits.

use super::super::datum::{Datum, DatumKind, Shown};
use super::super::exact::Exact;
use super::super::formula::Function;
use super::super::{Surroundings, Unevaluable};

/// Decimals that a division adds to those of its dividend.
const MORE_DECIMALS: usize = 4;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("+", (2, 2), |values, _| sum(&values[0], &values[1])),
    Function::new("-", (2, 2), |values, _| difference(&values[0], &values[1])),
    Function::new("*", (2, 2), |values, _| product(&values[0], &values[1])),
    Function::new("/", (2, 2), |values, _| quotient(&values[0], &values[1])),
    Function::new("DIV", (2, 2), |values, _| {
        whole_quotient(&values[0], &values[1])
    }),
    Function::new("MOD", (2, 2), |values, _| remainder(&values[0], &values[1])),
    Function::new("NEG", (1, 1), |values, _| negated(&values[0])),
    Function::new("&", (2, 2), |values, _| bits(values, |a, b| a & b)),
    Function::new("|", (2, 2), |values, _| bits(values, |a, b| a | b)),
    Function::new("^", (2, 2), |values, _| bits(values, |a, b| a ^ b)),
    Function::new("<<", (2, 2), |values, _| shifted(values, u64::checked_shl)),
    Function::new(">>", (2, 2), |values, _| shifted(values, u64::checked_shr)),
    Function::new("~", (1, 1), inverted),
    Function::new("BIT_COUNT", (1, 1), |values, _| {
        let number = bits_of(&values[0])?;
        Ok(number.map_or(Datum::Null(DatumKind::Int), |number| {
            Datum::Int(number.count_ones().into())
        }))
    }),
];

/// The type that arithmetic takes a value for.
fn number_kind(value: &Datum) -> DatumKind {
    match value {
        Datum::Digits(_) => DatumKind::Unsigned,
        value => value.kind().numeric(),
    }
}

/// The type in which two numbers are computed with.
fn common(a: &Datum, b: &Datum) -> DatumKind {
    use DatumKind::{Decimal, Double, Int, Nothing, Unsigned};
    match (number_kind(a), number_kind(b)) {
        (Nothing, kind) | (kind, Nothing) => kind,
        (Double, _) | (_, Double) => Double,
        (Decimal(own), Decimal(its)) => Decimal(own.max(its)),
        (Decimal(scale), _) | (_, Decimal(scale)) => Decimal(scale),
        (Int, Int) => Int,
        _ => Unsigned,
    }
}

/// How the result of two numbers is shown, one of which is a floating point number.
fn shown(a: &Datum, b: &Datum) -> Result<Shown, Unevaluable> {
    let plain = |value: Datum| matches!(value, Datum::Double(_, Shown::Plain));
    Ok(if plain(a.numeric()?) || plain(b.numeric()?) {
        Shown::Plain
    } else {
        Shown::Unknown
    })
}

/// Computes with whichever type two numbers have in common.
fn computed(
    a: &Datum,
    b: &Datum,
    kind: DatumKind,
    whole: fn(i128, i128) -> Option<i128>,
    exact: fn(&Exact, &Exact) -> Exact,
    float: fn(f64, f64) -> f64,
) -> Result<Datum, Unevaluable> {
    if a.is_null() || b.is_null() {
        return Ok(Datum::Null(kind));
    }
    match kind {
        DatumKind::Double => match (a.to_f64()?, b.to_f64()?) {
            (Some(x), Some(y)) => Ok(Datum::double(float(x, y))?.shown_as(shown(a, b)?)),
            _ => Ok(Datum::Null(kind)),
        },
        DatumKind::Decimal(scale) => match (a.to_exact()?, b.to_exact()?) {
            (Some(a), Some(b)) => Datum::decimal(exact(&a, &b), scale),
            _ => Ok(Datum::Null(kind)),
        },
        _ => match (a.numeric()?.to_whole()?, b.numeric()?.to_whole()?) {
            (Some(a), Some(b)) => {
                let number = whole(a, b).ok_or("a number of more than 64 bits")?;
                Datum::whole(number, kind == DatumKind::Unsigned)
            }
            _ => Ok(Datum::Null(kind)),
        },
    }
}

pub(super) fn sum(a: &Datum, b: &Datum) -> Result<Datum, Unevaluable> {
    computed(
        a,
        b,
        common(a, b),
        i128::checked_add,
        Exact::plus,
        |a, b| a + b,
    )
}

pub(super) fn difference(a: &Datum, b: &Datum) -> Result<Datum, Unevaluable> {
    computed(
        a,
        b,
        common(a, b),
        i128::checked_sub,
        Exact::minus,
        |a, b| a - b,
    )
}

fn product(a: &Datum, b: &Datum) -> Result<Datum, Unevaluable> {
    let kind = match common(a, b) {
        DatumKind::Decimal(_) => {
            DatumKind::Decimal(number_kind(a).scale() + number_kind(b).scale())
        }
        kind => kind,
    };
    computed(a, b, kind, i128::checked_mul, Exact::times, |a, b| a * b)
}

fn quotient(a: &Datum, b: &Datum) -> Result<Datum, Unevaluable> {
    if common(a, b) == DatumKind::Double {
        let null = Datum::Null(DatumKind::Double);
        return match (a.to_f64()?, b.to_f64()?) {
            (Some(_), Some(0.0)) => Ok(null),
            (Some(x), Some(y)) => Ok(Datum::double(x / y)?.shown_as(shown(a, b)?)),
            _ => Ok(null),
        };
    }
    let scale = number_kind(a).scale() + MORE_DECIMALS;
    let null = Datum::Null(DatumKind::Decimal(scale));
    let (Some(a), Some(b)) = (a.to_exact()?, b.to_exact()?) else {
        return Ok(null);
    };
    match a.divided_by(&b, MORE_DECIMALS) {
        Some(quotient) => Datum::decimal(quotient, scale),
        None => Ok(null),
    }
}

fn whole_quotient(a: &Datum, b: &Datum) -> Result<Datum, Unevaluable> {
    let unsigned = [a, b]
        .iter()
        .any(|value| number_kind(value) == DatumKind::Unsigned);
    let kind = if unsigned {
        DatumKind::Unsigned
    } else {
        DatumKind::Int
    };
    let (Some(a), Some(b)) = (a.to_exact()?, b.to_exact()?) else {
        return Ok(Datum::Null(kind));
    };
    let Some(quotient) = a.divided_by(&b, 0) else {
        return Ok(Datum::Null(kind));
    };
    let whole = quotient.truncated(0).to_i128();
    Datum::whole(whole.ok_or("a number of more than 64 bits")?, unsigned)
}

fn remainder(a: &Datum, b: &Datum) -> Result<Datum, Unevaluable> {
    let kind = match common(a, b) {
        DatumKind::Unsigned if number_kind(a) == DatumKind::Int => DatumKind::Int,
        kind => kind,
    };
    match kind {
        DatumKind::Double => match (a.to_f64()?, b.to_f64()?) {
            (Some(x), Some(y)) if y != 0.0 => Ok(Datum::double(x % y)?.shown_as(shown(a, b)?)),
            _ => Ok(Datum::Null(kind)),
        },
        DatumKind::Decimal(scale) => match (a.to_exact()?, b.to_exact()?) {
            (Some(a), Some(b)) => match a.remainder(&b) {
                Some(rest) => Datum::decimal(rest, scale),
                None => Ok(Datum::Null(kind)),
            },
            _ => Ok(Datum::Null(kind)),
        },
        _ => match (a.numeric()?.to_whole()?, b.numeric()?.to_whole()?) {
            (Some(a), Some(b)) if b != 0 => Datum::whole(a % b, kind == DatumKind::Unsigned),
            _ => Ok(Datum::Null(kind)),
        },
    }
}

fn negated(value: &Datum) -> Result<Datum, Unevaluable> {
    Ok(match value.numeric()? {
        Datum::Null(DatumKind::Unsigned) => Datum::Null(DatumKind::Int),
        Datum::Null(kind) => Datum::Null(kind),
        Datum::Double(number, shown) => Datum::Double(-number, shown),
        Datum::Decimal(number, scale) => Datum::Decimal(number.negated(), scale),
        number => match number.to_whole()?.map(|number| -number) {
            Some(number) => match i64::try_from(number) {
                Ok(number) => Datum::Int(number),
                Err(_) => Datum::decimal(Exact::of_i128(number), 0)?,
            },
            None => Datum::Null(DatumKind::Int),
        },
    })
}

/// The 64 bits of a number, negative ones in two's complement.
fn bits_of(value: &Datum) -> Result<Option<u64>, Unevaluable> {
    if let Datum::Bytes(..) = value {
        return Err("bits of bytes, which are numbers on some servers only".to_owned());
    }
    if let Datum::Double(number, _) = value
        && (number.fract() != 0.0 || number.abs() > 9e15)
    {
        return Err("the bits of a fraction".to_owned());
    }
    let Some(number) = value.to_whole()? else {
        return Ok(None);
    };
    if let Ok(number) = u64::try_from(number) {
        return Ok(Some(number));
    }
    let negative = i64::try_from(number).map_err(|_| "a number of more than 64 bits".to_owned())?;
    Ok(Some(negative.cast_unsigned()))
}

fn bits(values: &[Datum], compute: fn(u64, u64) -> u64) -> Result<Datum, Unevaluable> {
    Ok(match (bits_of(&values[0])?, bits_of(&values[1])?) {
        (Some(a), Some(b)) => Datum::Unsigned(compute(a, b)),
        _ => Datum::Null(DatumKind::Unsigned),
    })
}

fn shifted(values: &[Datum], shift: fn(u64, u32) -> Option<u64>) -> Result<Datum, Unevaluable> {
    let Some((number, places)) = bits_of(&values[0])?.zip(bits_of(&values[1])?) else {
        return Ok(Datum::Null(DatumKind::Unsigned));
    };
    // The server takes 32 bits of it.
    let places = i32::try_from(places).map_err(|_| "a shift by so many places".to_owned())?;
    let number = shift(number, places.unsigned_abs()).unwrap_or(0);
    Ok(Datum::Unsigned(number))
}

fn inverted(values: &[Datum], _: &dyn Surroundings) -> Result<Datum, Unevaluable> {
    let number = bits_of(&values[0])?;
    Ok(number.map_or(Datum::Null(DatumKind::Unsigned), |number| {
        Datum::Unsigned(!number)
    }))
}
