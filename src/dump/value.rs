//! Typed values: what a literal becomes in a column of a given kind.
//!
//! The four kinds are the storage classes that a baked file uses. A literal that does not fit is an
//! error, never a coerced value: numbers in quotes are numbers, `12abc` is not. It must not know
//! where the value stands; [`super::Row`] adds that.

use std::borrow::Cow;

use super::charset::Charset;
use super::error::{ValueError, excerpt};
use super::literal::{Literal, bit_bytes, hex_bytes, text_bytes};
use super::window::Span;

/// How a column stores its values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// 64-bit signed integers.
    Integer,
    /// 64-bit floating point, finite.
    Real,
    /// Text in UTF-8.
    Text,
    /// Bytes.
    Blob,
}

/// A value of one of the kinds, borrowed from the reader's buffer where it can be.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// SQL NULL, in a column of any kind.
    Null,
    /// For [`Kind::Integer`].
    Integer(i64),
    /// For [`Kind::Real`].
    Real(f64),
    /// For [`Kind::Text`].
    Text(Cow<'a, str>),
    /// For [`Kind::Blob`].
    Blob(Cow<'a, [u8]>),
}

/// Converts `literal`, whose spans `bytes_of` resolves, to a value of `kind`.
pub(super) fn convert<'a>(
    literal: Literal,
    kind: Kind,
    bytes_of: impl Fn(Span) -> &'a [u8],
) -> Result<Value<'a>, ValueError> {
    match literal {
        Literal::Null => Ok(Value::Null),
        Literal::Default => Err(ValueError::UnresolvedDefault),
        Literal::Bool(flag) => number(if flag { b"1" } else { b"0" }, false, kind),
        Literal::Number { span, negative } => number(bytes_of(span), negative, kind),
        Literal::Text {
            span,
            quote,
            escaped,
            charset,
        } => text(text_bytes(bytes_of(span), quote, escaped), charset, kind),
        Literal::Hex(span) => binary(bytes_of(span), hex_bytes, kind),
        Literal::Bits(span) => binary(bytes_of(span), bit_bytes, kind),
    }
}

fn number(digits: &[u8], negative: bool, kind: Kind) -> Result<Value<'_>, ValueError> {
    if !negative {
        return text(Cow::Borrowed(digits), Charset::Utf8, kind);
    }
    let signed: Vec<u8> = std::iter::once(b'-')
        .chain(digits.iter().copied())
        .collect();
    text(Cow::Owned(signed), Charset::Utf8, kind)
}

fn text(bytes: Cow<'_, [u8]>, charset: Charset, kind: Kind) -> Result<Value<'_>, ValueError> {
    match kind {
        Kind::Integer => integer(&bytes).map(Value::Integer),
        Kind::Real => real(&bytes).map(Value::Real),
        Kind::Text => charset.decode(bytes).map(Value::Text),
        Kind::Blob => Ok(Value::Blob(bytes)),
    }
}

/// Hexadecimal and bit literals: bytes in text and blob columns, big-endian numbers elsewhere.
fn binary<'a>(
    digits: &[u8],
    decode: fn(&[u8]) -> Option<Vec<u8>>,
    kind: Kind,
) -> Result<Value<'a>, ValueError> {
    let malformed = || ValueError::NotBits(excerpt(digits));
    let bytes = decode(digits).ok_or_else(malformed)?;
    match kind {
        Kind::Text => Charset::Utf8.decode(Cow::Owned(bytes)).map(Value::Text),
        Kind::Blob => Ok(Value::Blob(Cow::Owned(bytes))),
        Kind::Integer | Kind::Real => {
            let number = bytes.iter().try_fold(0_i64, |sum, &byte| {
                sum.checked_mul(256)
                    .map(|shifted| shifted | i64::from(byte))
            });
            let number = number.ok_or_else(malformed)?;
            if kind == Kind::Integer {
                return Ok(Value::Integer(number));
            }
            real(number.to_string().as_bytes()).map(Value::Real)
        }
    }
}

fn integer(bytes: &[u8]) -> Result<i64, ValueError> {
    let text = std::str::from_utf8(bytes)
        .map(str::trim_ascii)
        .unwrap_or_default();
    if let Ok(number) = text.parse() {
        return Ok(number);
    }
    whole(text).ok_or_else(|| ValueError::NotInteger(excerpt(bytes)))
}

/// `1e3` and `12.00` are integers to MySQL when nothing is lost.
fn whole(text: &str) -> Option<i64> {
    /// Above 2^53 a float no longer holds every integer.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let number: f64 = text.parse().ok()?;
    (number.fract() == 0.0 && number.abs() <= EXACT).then(|| {
        #[expect(clippy::cast_possible_truncation, reason = "whole and within 2^53")]
        let whole = number as i64;
        whole
    })
}

fn real(bytes: &[u8]) -> Result<f64, ValueError> {
    let text = std::str::from_utf8(bytes)
        .map(str::trim_ascii)
        .unwrap_or_default();
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(number),
        _ => Err(ValueError::NotReal(excerpt(bytes))),
    }
}
