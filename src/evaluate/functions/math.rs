//! Rounding, signs, roots, logarithms and angles.

use super::super::datum::{Datum, DatumKind, Shown};
use super::super::exact::{Exact, MOST_SCALE};
use super::super::formula::Function;
use super::super::{Surroundings, Unevaluable};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("ABS", (1, 1), |values, _| absolute(&values[0])),
    Function::new("SIGN", (1, 1), |values, _| {
        let sign = values[0].to_f64()?;
        Ok(sign.map_or(Datum::Null(DatumKind::Int), |number| {
            Datum::Int(i64::from(number > 0.0) - i64::from(number < 0.0))
        }))
    }),
    Function::new("ROUND", (1, 2), |values, _| places(values, true)),
    Function::new("TRUNCATE", (2, 2), |values, _| places(values, false)),
    Function::new("FLOOR", (1, 1), |values, _| whole(&values[0], false)),
    Function::new("CEIL", (1, 1), |values, _| whole(&values[0], true)),
    Function::new("CEILING", (1, 1), |values, _| whole(&values[0], true)),
    Function::new("SQRT", (1, 1), |values, _| {
        real(&values[0], |number| (number >= 0.0).then(|| number.sqrt()))
    }),
    Function::new("RADIANS", (1, 1), |values, _| {
        real(&values[0], |number| {
            Some(number * (std::f64::consts::PI / 180.0))
        })
    }),
    Function::new("DEGREES", (1, 1), |values, _| {
        real(&values[0], |number| {
            Some(number * (180.0 / std::f64::consts::PI))
        })
    }),
    Function::new("EXP", (1, 1), |values, _| {
        real(&values[0], |number| Some(number.exp()))
    }),
    Function::new("LN", (1, 1), |values, _| real(&values[0], logarithm)),
    Function::new("LOG2", (1, 1), |values, _| {
        real(&values[0], |number| {
            (number > 0.0).then(|| number.ln() / std::f64::consts::LN_2)
        })
    }),
    Function::new("LOG10", (1, 1), |values, _| {
        real(&values[0], |number| (number > 0.0).then(|| number.log10()))
    }),
    Function::new("LOG", (1, 2), |values, _| match values {
        [base, number] => two(base, number, |base, number| {
            let is_base = base > 0.0 && base.to_bits() != 1_f64.to_bits();
            (is_base && number > 0.0).then(|| number.ln() / base.ln())
        }),
        _ => real(&values[0], logarithm),
    }),
    // Shown with six decimals, and computed with all.
    Function::new("PI", (0, 0), |_, _| {
        Ok(Datum::Double(std::f64::consts::PI, Shown::Fixed(6)))
    }),
    Function::new("SIN", (1, 1), |values, _| {
        real(&values[0], |number| Some(number.sin()))
    }),
    Function::new("COS", (1, 1), |values, _| {
        real(&values[0], |number| Some(number.cos()))
    }),
    Function::new("TAN", (1, 1), |values, _| {
        real(&values[0], |number| Some(number.tan()))
    }),
    Function::new("COT", (1, 1), |values, _| {
        real(&values[0], |number| Some(1.0 / number.tan()))
    }),
    Function::new("ASIN", (1, 1), |values, _| {
        real(&values[0], |number| {
            (number.abs() <= 1.0).then(|| number.asin())
        })
    }),
    Function::new("ACOS", (1, 1), |values, _| {
        real(&values[0], |number| {
            (number.abs() <= 1.0).then(|| number.acos())
        })
    }),
    Function::new("ATAN", (1, 2), arc_tangent),
    Function::new("ATAN2", (2, 2), arc_tangent),
    Function::new("POW", (2, 2), |values, _| power(values)),
    Function::new("POWER", (2, 2), |values, _| power(values)),
];

fn logarithm(number: f64) -> Option<f64> {
    (number > 0.0).then(|| number.ln())
}

/// A function of a floating point number, with NULL where it has no value.
fn real(value: &Datum, compute: fn(f64) -> Option<f64>) -> Result<Datum, Unevaluable> {
    match value.to_f64()?.and_then(compute) {
        Some(number) => Datum::double(number),
        None => Ok(Datum::Null(DatumKind::Double)),
    }
}

/// A function of two floating point numbers, as `real`.
fn two(
    first: &Datum,
    second: &Datum,
    compute: fn(f64, f64) -> Option<f64>,
) -> Result<Datum, Unevaluable> {
    let numbers = first.to_f64()?.zip(second.to_f64()?);
    match numbers.and_then(|(first, second)| compute(first, second)) {
        Some(number) => Datum::double(number),
        None => Ok(Datum::Null(DatumKind::Double)),
    }
}

fn arc_tangent(values: &[Datum], _: &dyn Surroundings) -> Result<Datum, Unevaluable> {
    match values {
        [y, x] => two(y, x, |y, x| Some(y.atan2(x))),
        _ => real(&values[0], |number| Some(number.atan())),
    }
}

fn power(values: &[Datum]) -> Result<Datum, Unevaluable> {
    match values[0].to_f64()?.zip(values[1].to_f64()?) {
        Some((base, exponent)) => Datum::double(base.powf(exponent)),
        None => Ok(Datum::Null(DatumKind::Double)),
    }
}

fn absolute(value: &Datum) -> Result<Datum, Unevaluable> {
    Ok(match value.numeric()? {
        Datum::Int(number) => Datum::Int(
            number
                .checked_abs()
                .ok_or("a number of more than 64 bits")?,
        ),
        Datum::Double(number, shown) => Datum::Double(number.abs(), shown),
        Datum::Decimal(number, scale) if number.is_negative() => {
            Datum::Decimal(number.negated(), scale)
        }
        number => number,
    })
}

/// The number of a value that is to be rounded, which dates are in a way of their own.
pub(super) fn number(value: &Datum) -> Result<Datum, Unevaluable> {
    if matches!(
        value.kind(),
        DatumKind::Date | DatumKind::DateTime(_) | DatumKind::Time(_)
    ) {
        return Err("a date that is rounded".to_owned());
    }
    value.numeric()
}

/// `ROUND` and `TRUNCATE`.
fn places(values: &[Datum], rounds: bool) -> Result<Datum, Unevaluable> {
    let number = number(&values[0])?;
    let wanted = match values.get(1) {
        None => 0,
        Some(places) => places.to_whole()?.ok_or("decimals that are NULL")?,
    };
    let kept = |places: i128| usize::try_from(places.max(0)).unwrap_or(usize::MAX);
    if kept(wanted) > MOST_SCALE {
        return Err(format!("more than {MOST_SCALE} decimals"));
    }
    let scale = match number.kind() {
        DatumKind::Decimal(_) => kept(wanted),
        _ => 0,
    };
    let exact = |number: &Exact| {
        if wanted < 0 {
            let power = usize::try_from(-wanted).unwrap_or(usize::MAX);
            return if power > 80 {
                Exact::of_i128(0)
            } else {
                number.to_power(power, rounds)
            };
        }
        if rounds {
            number.rounded(scale)
        } else {
            number.truncated(scale)
        }
    };
    match &number {
        Datum::Null(DatumKind::Nothing) => Ok(Datum::Null(DatumKind::Decimal(kept(wanted)))),
        Datum::Null(DatumKind::Decimal(_)) => Ok(Datum::Null(DatumKind::Decimal(scale))),
        Datum::Null(_) => Ok(number),
        Datum::Decimal(own, _) => Datum::decimal(exact(own), scale),
        Datum::Double(own, _) => {
            // The server shows zeros for the digits that it does not have.
            let shown = if own.abs() < 1e15 {
                Shown::Fixed(kept(wanted))
            } else {
                Shown::Unknown
            };
            Ok(rounded_double(*own, wanted, rounds)?.shown_as(shown))
        }
        _ if wanted >= 0 => Ok(number),
        _ => {
            let own = Exact::of_i128(number.to_whole()?.unwrap_or(0));
            let rounded = exact(&own)
                .to_i128()
                .ok_or("a number of more than 64 bits")?;
            Datum::whole(rounded, number.kind() == DatumKind::Unsigned)
        }
    }
}

/// As the server's own code does it, step by step.
fn rounded_double(number: f64, places: i128, rounds: bool) -> Result<Datum, Unevaluable> {
    let Ok(power) = i32::try_from(places.unsigned_abs().min(400)) else {
        return Datum::double(number);
    };
    let factor = 10_f64.powi(power);
    if places >= 0 && (power > 15 || !(number * factor).is_finite()) {
        return Err("rounding to more digits than a floating point number has".to_owned());
    }
    let scaled = if places < 0 {
        number / factor
    } else {
        number * factor
    };
    let cut = if rounds {
        scaled.round_ties_even()
    } else {
        scaled.trunc()
    };
    let back = if places < 0 {
        cut * factor
    } else {
        cut / factor
    };
    Datum::double(if back == 0.0 { 0.0 } else { back })
}

fn whole(value: &Datum, up: bool) -> Result<Datum, Unevaluable> {
    Ok(match number(value)? {
        Datum::Null(DatumKind::Decimal(_)) => Datum::Null(DatumKind::Int),
        Datum::Decimal(number, _) => {
            let whole = number
                .whole(up)
                .to_i128()
                .ok_or("a number of more than 64 bits")?;
            Datum::whole(whole, false)?
        }
        Datum::Double(number, _) => {
            let whole = if up { number.ceil() } else { number.floor() };
            let shown = if whole.abs() < 1e15 {
                Shown::Fixed(0)
            } else {
                Shown::Unknown
            };
            Datum::Double(if whole == 0.0 { 0.0 } else { whole }, shown)
        }
        number => number,
    })
}
