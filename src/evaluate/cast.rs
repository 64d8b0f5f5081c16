//! `CAST`, `CONVERT`, `COLLATE`: a value as another type.

use super::Unevaluable;
use super::collation::{Collation, Strength, TextOrigin};
use super::datum::{Datum, DatumKind, Letters};
use super::moment::Read;
use super::number;
use crate::dump::Charset;

/// What a value is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CastType {
    Signed,
    Unsigned,
    Char(Option<usize>),
    Binary(Option<usize>),
    Decimal(usize, usize),
    Double,
    Date,
    DateTime(Option<usize>),
    Time(Option<usize>),
    /// `COLLATE name`.
    Collate(String),
    /// `CONVERT(… USING name)`.
    Using(String),
}

impl CastType {
    pub(super) fn named(name: &str, lengths: &[usize]) -> Result<Self, Unevaluable> {
        let first = lengths.first().copied();
        Ok(match name {
            "SIGNED" | "INTEGER" | "INT" => Self::Signed,
            "UNSIGNED" => Self::Unsigned,
            "CHAR" | "NCHAR" | "CHARACTER" | "VARCHAR" => Self::Char(first),
            "BINARY" | "VARBINARY" => Self::Binary(first),
            "DECIMAL" | "DEC" | "NUMERIC" => {
                Self::Decimal(first.unwrap_or(10), lengths.get(1).copied().unwrap_or(0))
            }
            "DOUBLE" if first.is_none() => Self::Double,
            "DATE" => Self::Date,
            "DATETIME" => Self::DateTime(first),
            "TIME" => Self::Time(first),
            other => return Err(format!("CAST AS {other}")),
        })
    }

    pub(super) fn apply(&self, value: Datum) -> Result<Datum, Unevaluable> {
        match self {
            Self::Signed => whole(&value, false),
            Self::Unsigned => whole(&value, true),
            Self::Char(length) => characters(&value, *length),
            Self::Binary(length) => binary(&value, *length),
            Self::Decimal(precision, scale) => decimal(&value, *precision, *scale),
            Self::Double => value
                .to_f64()?
                .map_or(Ok(Datum::Null(DatumKind::Double)), Datum::double),
            Self::Date => match value.instant() {
                Read::Value((day, ..)) => Ok(Datum::Date(day)),
                Read::Nothing => Ok(Datum::Null(DatumKind::Date)),
                Read::Unknown => Err(spelling(&value)),
            },
            Self::DateTime(length) => {
                let wanted = length.unwrap_or(0);
                match value.instant() {
                    Read::Value((day, micros, _)) => {
                        Ok(Datum::DateTime(day, fitted(micros, wanted)?, wanted))
                    }
                    Read::Nothing => Ok(Datum::Null(DatumKind::DateTime(wanted))),
                    Read::Unknown => Err(spelling(&value)),
                }
            }
            Self::Time(length) => {
                let wanted = length.unwrap_or(0);
                match value.time() {
                    Read::Value((micros, _)) => Ok(Datum::Time(fitted(micros, wanted)?, wanted)),
                    Read::Nothing => Ok(Datum::Null(DatumKind::Time(wanted))),
                    Read::Unknown => Err(spelling(&value)),
                }
            }
            Self::Collate(name) => collate(value, name),
            Self::Using(charset) => using(&value, charset),
        }
    }
}

/// Why a value cannot be taken for a date or time.
pub(super) fn spelling(value: &Datum) -> Unevaluable {
    match value.shown() {
        Some(text) => format!("a date or time written as {text:?}"),
        None => "bytes as a date or time".to_owned(),
    }
}

/// Microseconds of which none are behind the digits that are kept: servers differ in rounding.
fn fitted(micros: i64, fraction: usize) -> Result<i64, Unevaluable> {
    let places = u32::try_from(6 - fraction.min(6)).unwrap_or(0);
    if micros % 10_i64.pow(places) != 0 {
        return Err("a fraction of a second that is cut".to_owned());
    }
    Ok(micros)
}

fn whole(value: &Datum, unsigned: bool) -> Result<Datum, Unevaluable> {
    let kind = if unsigned {
        DatumKind::Unsigned
    } else {
        DatumKind::Int
    };
    if matches!(value, Datum::DateTime(.., 1..) | Datum::Time(_, 1..)) {
        return Err("a time with a fraction as a whole number".to_owned());
    }
    let number = match value {
        Datum::Text(text, collation) if collation.origin != TextOrigin::Moment => {
            Some(number::integer(text).ok_or("a number of more than 64 bits")?)
        }
        value => value.to_whole()?,
    };
    let Some(number) = number else {
        return Ok(Datum::Null(kind));
    };
    let exact = matches!(
        value,
        Datum::Int(_) | Datum::Unsigned(_) | Datum::Text(..) | Datum::Digits(_)
    );
    match (unsigned, u64::try_from(number), i64::try_from(number)) {
        (true, Ok(number), _) => Ok(Datum::Unsigned(number)),
        (false, _, Ok(number)) => Ok(Datum::Int(number)),
        // The same bits, read the other way.
        (true, _, Ok(number)) if exact => Ok(Datum::Unsigned(number.cast_unsigned())),
        (false, Ok(number), _) if exact => Ok(Datum::Int(number.cast_signed())),
        _ => Err("a number of more than 64 bits".to_owned()),
    }
}

fn characters(value: &Datum, length: Option<usize>) -> Result<Datum, Unevaluable> {
    let Some(letters) = value.letters()? else {
        return Ok(Datum::Null(DatumKind::Text));
    };
    let text = letters.characters()?;
    let kept = text.iter().take(length.unwrap_or(usize::MAX)).collect();
    let collation = if letters.collation.is_bytes() {
        Collation::LITERAL
    } else {
        letters.collation
    };
    Ok(Datum::Text(
        kept,
        Collation {
            strength: collation.strength.max(Strength::Column),
            origin: TextOrigin::Computed,
            ..collation
        },
    ))
}

fn binary(value: &Datum, length: Option<usize>) -> Result<Datum, Unevaluable> {
    let Some(letters) = value.letters()? else {
        return Ok(Datum::Null(DatumKind::Bytes));
    };
    let mut bytes = letters.bytes()?;
    if length.is_some() && !letters.collation.is_bytes() && !bytes.is_ascii() {
        return Err("CAST AS BINARY of so many characters".to_owned());
    }
    if let Some(length) = length.filter(|&length| length <= super::LONGEST) {
        bytes.resize(length, 0);
    }
    Ok(Datum::Bytes(bytes, Strength::Column))
}

fn decimal(value: &Datum, precision: usize, scale: usize) -> Result<Datum, Unevaluable> {
    let Some(number) = value.to_exact()? else {
        return Ok(Datum::Null(DatumKind::Decimal(scale)));
    };
    let rounded = number.rounded(scale);
    let digits = rounded
        .to_text(scale)
        .bytes()
        .filter(u8::is_ascii_digit)
        .count();
    // A zero before the point is none of the digits.
    let leading = usize::from(
        rounded
            .to_text(scale)
            .trim_start_matches('-')
            .starts_with("0."),
    );
    if digits - leading > precision {
        return Err(format!(
            "a number that has no room in DECIMAL({precision},{scale})"
        ));
    }
    Datum::decimal(rounded, scale)
}

fn collate(value: Datum, name: &str) -> Result<Datum, Unevaluable> {
    match value {
        Datum::Null(kind) => Ok(Datum::Null(kind)),
        Datum::Text(text, collation) => Ok(Datum::Text(
            text,
            Collation {
                rule: Collation::named(name),
                strength: Strength::Explicit,
                ..collation
            },
        )),
        _ => Err("COLLATE of what is no text".to_owned()),
    }
}

fn using(value: &Datum, name: &str) -> Result<Datum, Unevaluable> {
    let unknown = || format!("the character set {name}");
    let Some(letters) = value.letters()? else {
        return Ok(Datum::Null(DatumKind::Text));
    };
    let charset = Charset::from_name(name).ok_or_else(unknown)?;
    if charset == Charset::Binary {
        return Ok(Datum::Bytes(letters.bytes()?, Strength::Column));
    }
    if letters.collation.is_bytes() {
        let bytes = letters.bytes()?;
        let text = charset
            .decode(bytes.into())
            .map_err(|error| error.to_string())?;
        let utf8 = charset == Charset::Utf8;
        return Ok(Datum::Text(
            text.into_owned(),
            Collation {
                utf8,
                strength: Strength::Column,
                ..Collation::LITERAL
            },
        ));
    }
    let narrow = !name.eq_ignore_ascii_case("utf8mb4");
    let fits = |&unit: &char| {
        unit.is_ascii() || (charset == Charset::Utf8 && (!narrow || unit <= '\u{ffff}'))
    };
    if !letters.units.iter().all(fits) {
        return Err(format!("text converted to {name}"));
    }
    let collation = Collation {
        utf8: true,
        rule: Collation::LITERAL.rule,
        strength: Strength::Column,
        origin: TextOrigin::Computed,
    };
    Ok(Letters {
        collation,
        ..letters
    }
    .datum())
}

/// A whole number for what counts characters; the server cuts what is out of range.
pub(super) fn count(value: &Datum) -> Result<Option<i64>, Unevaluable> {
    let number = value.to_whole()?;
    let clamp = |number: i128| {
        i64::try_from(number).unwrap_or(if number < 0 { i64::MIN } else { i64::MAX })
    };
    Ok(number.map(clamp))
}
