//! Typed values: what a literal becomes in a column of a given kind.
//!
//! The result is what the server would store: numbers in quotes are numbers, decimals have all
//! their digits, two digits of a year are four. Where that differs from what was written, `changed`
//! says so; a literal that does not fit at all is an error. It must not know where the value stands;
//! [`super::DumpRow`] adds that.

use std::borrow::Cow;

use super::charset::Charset;
use super::cursor::SourceText;
use super::decimal::decimal;
use super::error::{ValueError, excerpt};
use super::lenient;
use super::literal::{Literal, bit_bytes, hex_bytes, unescape};
use super::members::MemberList;
use super::numbered_moment;
use super::temporal;
use super::value_type::ValueType;
use super::window::ByteSpan;

/// A value, borrowed from the reader's buffer where it can be.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// SQL NULL, in a column of any kind.
    Null,
    /// A 64-bit integer.
    Integer(i64),
    /// A finite floating point number.
    Real(f64),
    /// Text.
    Text(Cow<'a, str>),
    /// Bytes.
    Blob(Cow<'a, [u8]>),
    /// The keyword `DEFAULT`.
    Default,
    /// Something that has to be computed first.
    Expression(Box<SourceText>),
}

/// Converts `literal`, whose spans `bytes_of` resolves, and `text_of` those of texts, to a value of `kind`.
pub(super) fn convert<'a>(
    literal: Literal,
    kind: &ValueType,
    bytes_of: impl Fn(ByteSpan) -> &'a [u8],
    text_of: impl Fn(ByteSpan) -> Cow<'a, [u8]>,
    changed: &mut bool,
) -> Result<Value<'a>, ValueError> {
    match literal {
        Literal::Null => Ok(Value::Null),
        Literal::Default => Ok(Value::Default),
        Literal::Bool(flag) => number(if flag { b"1" } else { b"0" }, false, kind, changed),
        Literal::Number { span, negative } => number(bytes_of(span), negative, kind, changed),
        Literal::Text {
            span,
            escaped,
            charset,
        } => {
            let raw = text_of(span);
            let bytes = match escaped {
                Some(quoting) => Cow::Owned(unescape(&raw, quoting)),
                None => raw,
            };
            string(bytes, charset, kind, changed)
        }
        Literal::Hex(span, charset) => binary(bytes_of(span), charset, hex_bytes, kind, changed),
        Literal::QuotedHex(span, charset) => {
            let digits = bytes_of(span);
            let bytes = hex_bytes(digits).ok_or_else(|| ValueError::NotBits(excerpt(digits)))?;
            // Text, also where a number is wanted: so MariaDB has it.
            *changed |= kind.is_number();
            string(Cow::Owned(bytes), charset, kind, changed)
        }
        Literal::Bits(span, charset) => binary(bytes_of(span), charset, bit_bytes, kind, changed),
        Literal::Expression(span) => Err(ValueError::Expression(excerpt(bytes_of(span)))),
    }
}

/// A value that was computed, by the form in which a literal of it would be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Computed<'a> {
    /// Digits of a number, with an exponent or without.
    Number(&'a str),
    /// Text.
    Text(&'a str),
    /// Bytes, which are text in the column's character set or a number in digits.
    Bytes(&'a [u8]),
}

/// Converts a text, as if it had been written as a literal.
///
/// # Errors
/// When it does not fit the kind.
pub fn convert_text(text: &str, kind: &ValueType) -> Result<Value<'static>, ValueError> {
    convert_computed(Computed::Text(text), kind)
}

/// Converts a value that was computed, as if it had been written as a literal.
///
/// # Errors
/// When it does not fit the kind.
pub fn convert_computed(
    computed: Computed<'_>,
    kind: &ValueType,
) -> Result<Value<'static>, ValueError> {
    let changed = &mut false;
    let value = match computed {
        Computed::Number(digits) => match digits.strip_prefix('-') {
            Some(unsigned) => number(unsigned.as_bytes(), true, kind, changed)?,
            None => number(digits.as_bytes(), false, kind, changed)?,
        },
        Computed::Text(text) => string(text.as_bytes().into(), Charset::Utf8, kind, changed)?,
        Computed::Bytes(bytes) => string(bytes.into(), Charset::Binary, kind, changed)?,
    };
    Ok(match value {
        Value::Text(text) => Value::Text(Cow::Owned(text.into_owned())),
        Value::Blob(bytes) => Value::Blob(Cow::Owned(bytes.into_owned())),
        Value::Integer(number) => Value::Integer(number),
        Value::Real(number) => Value::Real(number),
        Value::Null | Value::Default | Value::Expression(_) => Value::Null,
    })
}

/// What a server that is not strict stores for a computed value that does not fit; `None` if it would refuse it.
#[must_use]
pub fn convert_leniently(computed: Computed<'_>, kind: &ValueType) -> Option<Value<'static>> {
    match computed {
        Computed::Number(digits) => lenient::number(digits, kind),
        Computed::Text(text) => lenient::value(text.as_bytes(), kind),
        Computed::Bytes(bytes) => lenient::value(bytes, kind),
    }
}

fn number<'a>(
    digits: &'a [u8],
    negative: bool,
    kind: &ValueType,
    changed: &mut bool,
) -> Result<Value<'a>, ValueError> {
    if *kind == ValueType::Integer && !negative {
        if let Some(number) = few_digits(digits) {
            return Ok(Value::Integer(number));
        }
        if !digits.contains(&b'e') && !digits.contains(&b'E') {
            return integer(digits, changed).map(Value::Integer);
        }
    }
    let written = if negative {
        let signed = std::iter::once(b'-').chain(digits.iter().copied());
        Cow::Owned(signed.collect())
    } else {
        Cow::Borrowed(digits)
    };
    let exponent = written.contains(&b'e') || written.contains(&b'E');
    let written = match exact_digits(&written).filter(|_| !exponent) {
        Some(kept) => {
            *changed = true;
            Cow::Owned(kept)
        }
        None => written,
    };
    match kind {
        ValueType::Integer | ValueType::Unsigned if exponent => {
            // A floating point number, of which the server takes the even one of two neighbours.
            let whole = real(&written, &mut false)?.round_ties_even().to_string();
            *changed |= whole.as_bytes() != digits;
            string(Cow::Owned(whole.into_bytes()), Charset::Utf8, kind, changed)
        }
        ValueType::Enum(members, _) => Ok(Value::Text(Cow::Owned(member(members, &written)?))),
        ValueType::Set(members, _) => Ok(Value::Text(Cow::Owned(subset(members, &written)?))),
        ValueType::Bits if exponent => {
            let number = real(&written, &mut false)?;
            *changed = true;
            if number >= 9_223_372_036_854_775_808.0 {
                return Ok(from_u64(1 << 63));
            }
            unsigned(number.trunc().to_string().as_bytes(), changed)
        }
        ValueType::Bits => unsigned(&written, changed),
        // The string '0' is the year 2000, but the number is none.
        ValueType::Year => {
            let whole = if exponent {
                let number = real(&written, &mut false)?.trunc().to_string();
                integer(number.as_bytes(), changed)?
            } else {
                integer(&written, changed)?
            };
            let year = short_year(whole).unwrap_or(0);
            *changed |= year != whole || exponent;
            Ok(Value::Integer(year))
        }
        ValueType::Date | ValueType::DateTime(_) | ValueType::Time(_) => {
            let text = numbered_moment::exact(ascii(&written), kind);
            *changed = true;
            let text = text.ok_or_else(|| ValueError::NotMoment(excerpt(&written)))?;
            Ok(Value::Text(text.into()))
        }
        ValueType::Any => any_number(&written),
        ValueType::Text(_) | ValueType::Char(_) => {
            Ok(Value::Text(shown_number(&written, changed)?))
        }
        ValueType::Blob | ValueType::FixedBlob(_) => {
            let shown = shown_number(&written, changed)?.into_owned().into_bytes();
            string(Cow::Owned(shown), Charset::Binary, kind, changed)
        }
        _ => string(written, Charset::Utf8, kind, changed),
    }
}

fn string<'a>(
    bytes: Cow<'a, [u8]>,
    charset: Charset,
    kind: &ValueType,
    changed: &mut bool,
) -> Result<Value<'a>, ValueError> {
    match kind {
        ValueType::Unsigned => unsigned(&bytes, changed),
        ValueType::Bits => big_endian(&bytes),
        ValueType::Real => real(&bytes, changed).map(Value::Real),
        ValueType::Decimal(scale) => decimal(bytes, *scale, changed).map(Value::Text),
        ValueType::Year => year(&bytes, changed),
        ValueType::Integer => integer(&bytes, changed).map(Value::Integer),
        ValueType::Date => {
            let text = text(bytes, charset, Charset::Utf8)?;
            let found = temporal::date(text.clone(), changed);
            moment(found, &text)
        }
        ValueType::DateTime(fraction) => {
            let text = text(bytes, charset, Charset::Utf8)?;
            let found = temporal::date_time(text.clone(), *fraction, changed);
            moment(found, &text)
        }
        ValueType::Time(fraction) => {
            let text = text(bytes, charset, Charset::Utf8)?;
            let found = temporal::time(text.clone(), *fraction, changed);
            moment(found, &text)
        }
        ValueType::Text(own) => text(bytes, charset, *own).map(Value::Text),
        ValueType::Char(own) => text(bytes, charset, *own).map(|text| Value::Text(trimmed(text))),
        ValueType::Enum(members, own) => {
            let text = text(bytes, charset, *own)?;
            spelled(members, text, changed).map(Value::Text)
        }
        ValueType::Set(members, own) => {
            let text = text(bytes, charset, *own)?;
            ordered(members, text, changed).map(Value::Text)
        }
        ValueType::Blob => Ok(Value::Blob(bytes)),
        ValueType::FixedBlob(length) => fixed(bytes, *length).map(Value::Blob),
        ValueType::Any if charset == Charset::Binary => Ok(Value::Blob(bytes)),
        ValueType::Any => text(bytes, charset, Charset::Utf8).map(Value::Text),
    }
}

/// Text: what was written as bytes is in the column's character set, the rest in the session's.
fn text(
    bytes: Cow<'_, [u8]>,
    charset: Charset,
    column: Charset,
) -> Result<Cow<'_, str>, ValueError> {
    if charset == Charset::Binary {
        return column.decode(bytes);
    }
    charset.decode(bytes)
}

fn moment<'a>(found: Option<Cow<'a, str>>, written: &str) -> Result<Value<'a>, ValueError> {
    let found = found.map(Value::Text);
    found.ok_or_else(|| ValueError::NotMoment(excerpt(written.as_bytes())))
}

fn trimmed(text: Cow<'_, str>) -> Cow<'_, str> {
    if !text.ends_with(' ') {
        return text;
    }
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim_end_matches(' ')),
        Cow::Owned(text) => Cow::Owned(text.trim_end_matches(' ').to_owned()),
    }
}

/// Hexadecimal and bit literals: bytes in text and blob columns, big-endian numbers elsewhere.
fn binary<'a>(
    digits: &[u8],
    charset: Charset,
    decode: fn(&[u8]) -> Option<Vec<u8>>,
    kind: &ValueType,
    changed: &mut bool,
) -> Result<Value<'a>, ValueError> {
    let bytes = decode(digits).ok_or_else(|| ValueError::NotBits(excerpt(digits)))?;
    match kind {
        ValueType::Integer
        | ValueType::Unsigned
        | ValueType::Real
        | ValueType::Decimal(_)
        | ValueType::Year => {
            let number = match big_endian(&bytes)? {
                Value::Integer(number) => number.to_string(),
                Value::Text(digits) => digits.into_owned(),
                _ => return Err(ValueError::NotBits(excerpt(digits))),
            };
            string(
                Cow::Owned(number.into_bytes()),
                Charset::Utf8,
                kind,
                changed,
            )
        }
        _ => string(Cow::Owned(bytes), charset, kind, changed),
    }
}

/// The number that bytes stand for, the first one the highest.
fn big_endian<'a>(bytes: &[u8]) -> Result<Value<'a>, ValueError> {
    let number = bytes.iter().try_fold(0_u64, |sum, &byte| {
        sum.checked_mul(256)
            .map(|shifted| shifted | u64::from(byte))
    });
    let number = number.ok_or_else(|| ValueError::NotBits(excerpt(bytes)))?;
    Ok(from_u64(number))
}

pub(super) fn from_u64<'a>(number: u64) -> Value<'a> {
    match i64::try_from(number) {
        Ok(number) => Value::Integer(number),
        Err(_) => Value::Text(Cow::Owned(number.to_string())),
    }
}

fn unsigned<'a>(bytes: &[u8], changed: &mut bool) -> Result<Value<'a>, ValueError> {
    match ascii(bytes).parse::<u64>() {
        Ok(number) => Ok(from_u64(number)),
        Err(_) => match integer(bytes, changed)? {
            0.. => integer(bytes, changed).map(Value::Integer),
            _ => Err(ValueError::NotInteger(excerpt(bytes))),
        },
    }
}

fn integer(bytes: &[u8], changed: &mut bool) -> Result<i64, ValueError> {
    if let Some(number) = few_digits(bytes) {
        return Ok(number);
    }
    let text = ascii(bytes);
    if let Ok(number) = text.parse() {
        return Ok(number);
    }
    if bytes.is_empty() {
        *changed = true;
        return Ok(0);
    }
    // `1e3` and `12.00` are integers to MySQL, and `1.5` is rounded.
    let wrong = || ValueError::NotInteger(excerpt(bytes));
    let mut rounded = false;
    let whole = decimal(Cow::Borrowed(text.as_bytes()), 0, &mut rounded).map_err(|_| wrong())?;
    *changed |= rounded;
    whole.parse().map_err(|_| wrong())
}

/// Unsigned numbers of up to 18 digits, which cannot overflow; nearly all are.
#[inline]
fn few_digits(bytes: &[u8]) -> Option<i64> {
    if bytes.is_empty() || bytes.len() > 18 {
        return None;
    }
    let mut number = 0_i64;
    for &byte in bytes {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        number = number * 10 + i64::from(digit);
    }
    Some(number)
}

fn real(bytes: &[u8], changed: &mut bool) -> Result<f64, ValueError> {
    if bytes.is_empty() {
        *changed = true;
        return Ok(0.0);
    }
    match ascii(bytes).parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(number),
        _ => Err(ValueError::NotReal(excerpt(bytes))),
    }
}

/// A year that is written as text: `0` is 2000, and four zeros are none.
fn year<'a>(bytes: &[u8], changed: &mut bool) -> Result<Value<'a>, ValueError> {
    let whole = integer(bytes, changed)?;
    let spelled = match whole {
        0 if bytes.is_empty() || bytes.len() == 4 => 0,
        _ => short_year(whole).unwrap_or(2000),
    };
    *changed |= spelled != whole || bytes.len() != 4;
    Ok(Value::Integer(spelled))
}

/// A year whose number may have two digits; 0 is none.
pub(super) fn short_year(number: i64) -> Option<i64> {
    match number {
        0 => None,
        1..70 => Some(2000 + number),
        70..100 => Some(1900 + number),
        _ => Some(number),
    }
}

/// Digits of a server's exact number: nine words of nine. What has more before the point is its largest number, and
/// fewer are left behind it.
const WORD: usize = 9;
const WORDS: usize = 9;
/// Digits of the largest number.
const MOST_DIGITS: usize = 65;

/// What a server reads of a number that is written with very many digits; nothing where it reads all.
fn exact_digits(written: &[u8]) -> Option<Vec<u8>> {
    if written.len() <= WORD * (WORDS - 1) {
        return None;
    }
    let text = ascii(written);
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let whole = whole.trim_start_matches('0');
    let words = whole.len().div_ceil(WORD).max(1);
    let kept = if words > WORDS {
        format!("{sign}{}", "9".repeat(MOST_DIGITS))
    } else {
        let room = (WORDS - words) * WORD;
        if fraction.len() <= room {
            return None;
        }
        let whole = if whole.is_empty() { "0" } else { whole };
        let point = if room > 0 { "." } else { "" };
        format!("{sign}{whole}{point}{}", &fraction[..room])
    };
    Some(kept.into_bytes())
}

/// A number in a text column, as the server shows it: `007` is 7, and `1e3` is 1000.
fn shown_number<'a>(written: &[u8], changed: &mut bool) -> Result<Cow<'a, str>, ValueError> {
    let wrong = || ValueError::NotReal(excerpt(written));
    let text = ascii(written);
    let shown = if text.contains(['e', 'E']) {
        let number = real(written, &mut false)?;
        // The server writes an exponent where there would be more digits.
        let size = number.abs();
        let has_fraction = size > 1.0 && size < 1e16 && number.fract() != 0.0;
        if number == 0.0 || (1e-15..1e15).contains(&size) || has_fraction {
            number.to_string()
        } else {
            format!("{number:e}")
        }
    } else {
        let scale = text
            .split_once('.')
            .map_or(0, |(_, fraction)| fraction.len());
        decimal(Cow::Borrowed(text.as_bytes()), scale, &mut false)
            .map_err(|_| wrong())?
            .into_owned()
    };
    *changed |= shown != text;
    Ok(Cow::Owned(shown))
}

/// A number without a type: an integer or a float if that loses nothing, its digits otherwise.
fn any_number<'a>(written: &[u8]) -> Result<Value<'a>, ValueError> {
    let text = ascii(written);
    if let Ok(number) = text.parse() {
        return Ok(Value::Integer(number));
    }
    let number = real(written, &mut false)?;
    // With an exponent it is a floating point number; other digits are kept as they are.
    if text.contains(['e', 'E']) || number.to_string() == text {
        return Ok(Value::Real(number));
    }
    Ok(Value::Text(Cow::Owned(text.to_owned())))
}

fn ascii(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes)
        .map(str::trim_ascii)
        .unwrap_or_default()
}

fn fixed(bytes: Cow<'_, [u8]>, length: usize) -> Result<Cow<'_, [u8]>, ValueError> {
    let found = bytes.len();
    match found.cmp(&length) {
        std::cmp::Ordering::Equal => Ok(bytes),
        std::cmp::Ordering::Greater => Err(ValueError::TooLong { length, found }),
        std::cmp::Ordering::Less => {
            let mut padded = bytes.into_owned();
            padded.resize(length, 0);
            Ok(Cow::Owned(padded))
        }
    }
}

/// The member of an ENUM with this number; 0 is the empty text that stands for a wrong value.
fn member(members: &[String], written: &[u8]) -> Result<String, ValueError> {
    let wrong = || ValueError::NotInteger(excerpt(written));
    let index = usize::try_from(cut_number(written).ok_or_else(wrong)?).map_err(|_| wrong())?;
    if index == 0 {
        return Ok(String::new());
    }
    members.get(index - 1).cloned().ok_or_else(wrong)
}

/// The members of a SET that a number stands for.
fn subset(members: &MemberList, written: &[u8]) -> Result<String, ValueError> {
    let wrong = || ValueError::NotInteger(excerpt(written));
    let number = cut_number(written).ok_or_else(wrong)?;
    let negative = || i64::try_from(number).ok().map(i64::cast_unsigned);
    let bits = u64::try_from(number).ok().or_else(negative);
    Ok(members.joined(bits.ok_or_else(wrong)?))
}

/// A number without its decimals.
fn cut_number(written: &[u8]) -> Option<i128> {
    let text = ascii(written);
    let whole = text.split_once('.').map_or(text, |(whole, _)| whole);
    if text.contains(['e', 'E']) {
        let number = real(written, &mut false).ok()?;
        #[expect(clippy::cast_possible_truncation, reason = "that is what is asked for")]
        return Some(number as i128);
    }
    match whole {
        "" | "-" | "+" => Some(0),
        whole => whole.parse().ok(),
    }
}

/// An ENUM's value in the spelling of its definition.
fn spelled<'a>(
    members: &MemberList,
    text: Cow<'a, str>,
    changed: &mut bool,
) -> Result<Cow<'a, str>, ValueError> {
    if text.is_empty() || members.iter().any(|member| *member == text) {
        return Ok(text);
    }
    *changed = true;
    let member = members.one(&text).map(str::to_owned);
    let wrong = || ValueError::NotMember(excerpt(text.as_bytes()));
    member.map(Cow::Owned).ok_or_else(wrong)
}

/// A SET's members, each once, in the order and spelling of its definition.
fn ordered<'a>(
    members: &MemberList,
    text: Cow<'a, str>,
    changed: &mut bool,
) -> Result<Cow<'a, str>, ValueError> {
    if text.is_empty() || members.iter().any(|member| *member == text) {
        return Ok(text);
    }
    let (known, all) = members.some(&text);
    if !all {
        return Err(ValueError::NotMember(excerpt(text.as_bytes())));
    }
    if known == text {
        return Ok(text);
    }
    *changed = true;
    Ok(Cow::Owned(known))
}
