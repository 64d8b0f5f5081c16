//! Values that have to be computed before they are stored: what an expression may ask for, and what its value
//! becomes in a column.
//!
//! The evaluator knows types of its own; a column takes them as a server would take them. Where that depends on
//! the server, it is an error.

use crate::dump::{
    Computed, SourceText, Value, ValueError, ValueType, convert_computed, convert_leniently,
};
use crate::evaluate::{self, Datum, Formula, Surroundings, Unevaluable};

/// What is settled once for all expressions of an import.
#[derive(Debug, Clone, Copy)]
pub(super) struct Occasion {
    /// Microseconds since 1970, in UTC.
    pub(super) now: i64,
}

/// A place where nothing but literals is known.
struct Nowhere;

impl Surroundings for Nowhere {}

/// What an expression of a definition is: `DEFAULT (…)`.
pub(super) enum Constant {
    Value(Value<'static>),
    /// It has to be computed anew for each row, because it asks a server.
    Anew,
}

/// The value of an expression that names no column.
pub(super) fn constant(source: &SourceText, kind: &ValueType) -> Result<Constant, Unevaluable> {
    let formula = evaluate::parse(source)?;
    match by_server(&formula, false) {
        Some(_) => Ok(Constant::Anew),
        None => stored(&formula.evaluate(&Nowhere)?, kind).map(Constant::Value),
    }
}

/// The first function of an expression that only a server could answer, which may know what time it is; before all
/// others the one whose value is lost.
pub(super) fn by_server(formula: &Formula, knows_time: bool) -> Option<&'static str> {
    let mut found = None;
    formula.functions(&mut |function| {
        if evaluate::needs_server(function.name, knows_time) {
            let loses = function.name == "LOAD_FILE";
            found = found.filter(|_| !loses).or(Some(function.name));
        }
    });
    found
}

/// What a column of `kind` stores for a value, and whether that is because it does not fit.
pub(super) fn fit(datum: &Datum, kind: &ValueType) -> Result<(Value<'static>, bool), Unevaluable> {
    match stored(datum, kind) {
        Ok(value) => Ok((value, false)),
        Err(reason) => Ok((leniently(datum, kind).ok_or(reason)?, true)),
    }
}

/// What a server that is not strict stores for a value that does not fit.
fn leniently(datum: &Datum, kind: &ValueType) -> Option<Value<'static>> {
    match datum {
        Datum::Int(_) | Datum::Unsigned(_) | Datum::Decimal(..) => {
            convert_leniently(Computed::Number(&datum.digits()), kind)
        }
        Datum::Double(number, _) if is_whole(kind) => {
            let digits = number.round_ties_even().to_string();
            convert_leniently(Computed::Number(&digits), kind)
        }
        Datum::Double(..) => convert_leniently(Computed::Number(&datum.digits()), kind),
        Datum::Text(text, _) | Datum::Member(text, ..) => {
            convert_leniently(Computed::Text(text), kind)
        }
        Datum::Bytes(bytes, _) | Datum::Digits(bytes) => {
            convert_leniently(Computed::Bytes(bytes), kind)
        }
        _ => None,
    }
}

/// So many microseconds since 1970 in a column of dates and times.
pub(super) fn moment_value(micros: i64, fraction: usize) -> Value<'static> {
    let now = jiff::Timestamp::from_microsecond(micros).unwrap_or_default();
    let text = now.strftime("%Y-%m-%d %H:%M:%S.%6f").to_string();
    let length = if fraction == 0 {
        19
    } else {
        20 + fraction.min(6)
    };
    Value::Text(text[..length].to_owned().into())
}

/// A value as SQLite takes it.
pub(super) fn value_of(value: Value<'static>) -> rusqlite::types::Value {
    use rusqlite::types;
    match value {
        Value::Integer(number) => types::Value::Integer(number),
        Value::Real(number) => types::Value::Real(number),
        Value::Text(text) => types::Value::Text(text.into_owned()),
        Value::Blob(bytes) => types::Value::Blob(bytes.into_owned()),
        Value::Null | Value::Default | Value::Expression(_) => types::Value::Null,
    }
}

/// A value of SQLite as a batch takes it.
pub(super) fn cell_of(value: rusqlite::types::Value) -> Value<'static> {
    use rusqlite::types;
    match value {
        types::Value::Null => Value::Null,
        types::Value::Integer(number) => Value::Integer(number),
        types::Value::Real(number) => Value::Real(number),
        types::Value::Text(text) => Value::Text(text.into()),
        types::Value::Blob(bytes) => Value::Blob(bytes.into()),
    }
}

fn is_whole(kind: &ValueType) -> bool {
    matches!(
        kind,
        ValueType::Integer | ValueType::Unsigned | ValueType::Bits | ValueType::Year
    )
}

/// Whether a column of `kind` keeps a number as its text.
fn is_shown(kind: &ValueType) -> bool {
    matches!(
        kind,
        ValueType::Text(_) | ValueType::Char(_) | ValueType::Blob | ValueType::FixedBlob(_)
    )
}

/// What a column of `kind` stores for a value.
pub(super) fn stored(datum: &Datum, kind: &ValueType) -> Result<Value<'static>, Unevaluable> {
    let whole = is_whole(kind);
    let converted = match datum {
        Datum::Null(_) => return Ok(Value::Null),
        Datum::Double(number, _) => match kind {
            ValueType::Real => return Ok(Value::Real(*number)),
            // The even one of two neighbours.
            _ if whole => number_in(&number.round_ties_even().to_string(), kind),
            _ => number_in(&datum.digits(), kind),
        },
        // With the decimals and the sign that it has.
        Datum::Decimal(..) if is_shown(kind) => {
            convert_computed(Computed::Text(&datum.digits()), kind)
        }
        Datum::Int(_) | Datum::Unsigned(_) | Datum::Decimal(..) => number_in(&datum.digits(), kind),
        Datum::Member(text, number, _) => {
            if whole || matches!(kind, ValueType::Real | ValueType::Decimal(_)) {
                number_in(&number.to_string(), kind)
            } else {
                convert_computed(Computed::Text(text), kind)
            }
        }
        Datum::Text(text, collation) => {
            let bytes = matches!(
                kind,
                ValueType::Blob | ValueType::FixedBlob(_) | ValueType::Bits
            );
            if bytes && !collation.utf8 && !text.is_ascii() {
                return Err("the bytes of text that is not in UTF-8".to_owned());
            }
            convert_computed(Computed::Text(text), kind)
        }
        Datum::Digits(bytes)
            if *kind != ValueType::Bits
                && (whole || matches!(kind, ValueType::Real | ValueType::Decimal(_))) =>
        {
            let number = bytes.iter().try_fold(0_u64, |sum, &byte| {
                sum.checked_mul(256)
                    .map(|shifted| shifted | u64::from(byte))
            });
            number_in(
                &number.ok_or("a number of more than 64 bits")?.to_string(),
                kind,
            )
        }
        Datum::Bytes(bytes, _) | Datum::Digits(bytes) => {
            convert_computed(Computed::Bytes(bytes), kind)
        }
        Datum::Date(_) | Datum::DateTime(..) | Datum::Time(..) => return moment(datum, kind),
    };
    converted.map_err(|error| format!("a value that does not fit: {error}"))
}

fn number_in(digits: &str, kind: &ValueType) -> Result<Value<'static>, ValueError> {
    convert_computed(Computed::Number(digits), kind)
}

/// What a column stores for a date or time.
fn moment(datum: &Datum, kind: &ValueType) -> Result<Value<'static>, Unevaluable> {
    let fits = match (datum, kind) {
        (_, ValueType::Text(_) | ValueType::Char(_) | ValueType::Any)
        | (Datum::Date(_), ValueType::Date | ValueType::DateTime(_))
        | (Datum::DateTime(..), ValueType::Date) => true,
        (Datum::DateTime(_, micros, _), ValueType::DateTime(fraction))
        | (Datum::Time(micros, _), ValueType::Time(fraction)) => {
            let places = u32::try_from(6_usize.saturating_sub(*fraction)).unwrap_or(0);
            micros % 10_i64.pow(places) == 0
        }
        (
            Datum::Date(_) | Datum::DateTime(_, _, 0) | Datum::Time(_, 0),
            ValueType::Integer | ValueType::Unsigned | ValueType::Real | ValueType::Decimal(_),
        ) => {
            let digits: String = datum
                .digits()
                .chars()
                .filter(|letter| !"-: ".contains(*letter))
                .collect();
            let negative = datum.digits().starts_with('-');
            let signed = if negative {
                format!("-{digits}")
            } else {
                digits
            };
            return number_in(&signed, kind).map_err(|error| error.to_string());
        }
        _ => false,
    };
    if !fits {
        return Err("a date or time in a column of another type".to_owned());
    }
    convert_computed(Computed::Text(&datum.digits()), kind).map_err(|error| error.to_string())
}
