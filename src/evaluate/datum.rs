//! Values with the types of MySQL, and what one type is as another.
//!
//! A NULL has a type too: what an expression gives as a whole depends on all its branches, also on those
//! that are not taken. Conversions that a server would only make with an error are not made.

use std::cmp::Ordering;

use super::Unevaluable;
use super::collation::{Collation, Compared, Strength, TextOrigin, compare};
use super::exact::Exact;
use super::moment::{self, CalendarDay, Instant, Read, clock, clock_digits};
use super::number;

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Datum {
    Null(DatumKind),
    Int(i64),
    Unsigned(u64),
    /// An exact number, and how many of its decimals are shown.
    Decimal(Exact, usize),
    Double(f64, Shown),
    Text(String, Collation),
    Bytes(Vec<u8>, Strength),
    /// `0x1f`, `b'101'`: bytes that are a number where one is needed.
    Digits(Vec<u8>),
    /// A member of an ENUM or SET, and its number; only columns are one.
    Member(String, u64, Collation),
    Date(CalendarDay),
    /// A day, microseconds of it, and the digits of its fraction.
    DateTime(CalendarDay, i64, usize),
    /// Microseconds, and the digits of its fraction.
    Time(i64, usize),
}

/// The decimals of an exact number in a user variable: it is shown with its own.
const OF_VARIABLE: usize = 1000;
/// The decimals of what is computed with such a number: as many as servers have at most, which differ.
const OF_COMPUTED_VARIABLE: usize = 1001;

/// How a floating point number is shown as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shown {
    /// With as many digits as it has.
    Plain,
    /// With so many decimals.
    Fixed(usize),
    Unknown,
}

/// The type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DatumKind {
    /// NULL and nothing else.
    Nothing,
    Int,
    Unsigned,
    Decimal(usize),
    Double,
    Text,
    Bytes,
    Date,
    DateTime(usize),
    Time(usize),
}

/// A text as characters, or bytes, each as the character of its number.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Letters {
    pub(super) units: Vec<char>,
    pub(super) collation: Collation,
}

impl Letters {
    pub(super) fn datum(self) -> Datum {
        if self.collation.is_bytes() {
            return Datum::Bytes(self.bytes_of_units(), self.collation.strength);
        }
        Datum::Text(self.units.into_iter().collect(), self.collation)
    }

    fn bytes_of_units(&self) -> Vec<u8> {
        let byte = |unit: &char| u8::try_from(u32::from(*unit)).unwrap_or(b'?');
        self.units.iter().map(byte).collect()
    }

    /// The text as the server has it in memory.
    pub(super) fn bytes(&self) -> Result<Vec<u8>, Unevaluable> {
        if self.collation.is_bytes() {
            return Ok(self.bytes_of_units());
        }
        if !self.collation.utf8 && !self.units.iter().all(char::is_ascii) {
            return Err("the bytes of text that is not in UTF-8".to_owned());
        }
        Ok(self.units.iter().collect::<String>().into_bytes())
    }

    /// The same as bytes where `other` is bytes that are as strong, or as text where that is stronger than bytes.
    pub(super) fn beside(self, other: &Self) -> Result<Self, Unevaluable> {
        let collation = self.collation.with(other.collation);
        let units = match (self.collation.is_bytes(), collation.is_bytes()) {
            (true, false) => self.characters()?,
            (false, true) => of_bytes(&self.bytes()?, collation.strength).units,
            _ => self.units,
        };
        Ok(Self { units, collation })
    }

    /// The characters of a text, and of bytes that are taken for text in UTF-8.
    pub(super) fn characters(&self) -> Result<Vec<char>, Unevaluable> {
        if !self.collation.is_bytes() {
            return Ok(self.units.clone());
        }
        let text = String::from_utf8(self.bytes_of_units());
        let text = text.map_err(|_| "bytes that are no text".to_owned())?;
        Ok(text.chars().collect())
    }

    pub(super) fn compared(&self, other: &Self) -> Result<Compared, Unevaluable> {
        let (own, its) = (self.clone().beside(other)?, other.clone().beside(self)?);
        Ok(compare(&own.units, &its.units, own.collation.rule))
    }
}

pub(super) fn of_bytes(bytes: &[u8], strength: Strength) -> Letters {
    Letters {
        units: bytes.iter().map(|&byte| char::from(byte)).collect(),
        collation: Collation {
            strength,
            ..Collation::BYTES
        },
    }
}

impl Datum {
    pub(crate) const NULL: Self = Self::Null(DatumKind::Nothing);

    /// A text that is a time or another value where a number is needed.
    pub(super) fn moment(text: String) -> Self {
        Self::Text(
            text,
            Collation {
                origin: TextOrigin::Moment,
                ..Collation::LITERAL
            },
        )
    }

    /// Bytes that an expression has made.
    pub(crate) const fn bytes(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes, Strength::Literal)
    }

    /// A text of the expression itself.
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into(), Collation::LITERAL)
    }

    pub(super) fn ascii(text: impl Into<String>) -> Self {
        Self::Text(text.into(), Collation::NUMBER)
    }

    pub(super) fn truth(known: Option<bool>) -> Self {
        known.map_or(Self::Null(DatumKind::Int), |truth| {
            Self::Int(i64::from(truth))
        })
    }

    /// A whole number of whichever type has room for it.
    pub(super) fn whole(number: i128, unsigned: bool) -> Result<Self, Unevaluable> {
        let fitted = if unsigned {
            u64::try_from(number).ok().map(Self::Unsigned)
        } else {
            i64::try_from(number).ok().map(Self::Int)
        };
        fitted.ok_or_else(|| "a number of more than 64 bits".to_owned())
    }

    pub(super) fn decimal(number: Exact, scale: usize) -> Result<Self, Unevaluable> {
        if scale >= OF_VARIABLE && number.fits() {
            return Ok(Self::Decimal(number, OF_COMPUTED_VARIABLE));
        }
        if scale > super::exact::MOST_SCALE || !number.rounded(scale).fits() {
            return Err("a number of more than 65 digits".to_owned());
        }
        Ok(Self::Decimal(number, scale))
    }

    pub(crate) fn double(number: f64) -> Result<Self, Unevaluable> {
        if number.is_finite() {
            return Ok(Self::Double(number, Shown::Plain));
        }
        Err("a number that is not finite".to_owned())
    }

    /// A floating point number with another way to show it.
    pub(super) fn shown_as(self, shown: Shown) -> Self {
        match self {
            Self::Double(number, _) => Self::Double(number, shown),
            other => other,
        }
    }

    /// A date as a column holds it: `YYYY-MM-DD`, parts of which may be 0.
    pub(crate) fn stored_date(text: &str) -> Option<Self> {
        CalendarDay::stored(text).map(Self::Date)
    }

    /// A date and time as a column holds them.
    pub(crate) fn stored_time(text: &str, fraction: usize) -> Option<Self> {
        let day = CalendarDay::stored(text.get(..10)?)?;
        match moment::read_time(text.get(11..)?) {
            Read::Value((micros, _)) => Some(Self::DateTime(day, micros, fraction)),
            _ => None,
        }
    }

    /// A span of time as a column holds it.
    pub(crate) fn stored_span(text: &str, fraction: usize) -> Option<Self> {
        match moment::read_time(text) {
            Read::Value((micros, _)) => Some(Self::Time(micros, fraction)),
            _ => None,
        }
    }

    /// A number of 32 bits as a column holds it.
    pub(crate) fn stored_single(number: f64) -> Result<Self, Unevaluable> {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "as many bits as the column has"
        )]
        let single = number as f32;
        Ok(Self::double(single.into())?.shown_as(Shown::Unknown))
    }

    /// What a function gives: one of an ENUM is its text.
    pub(super) fn of_function(self) -> Self {
        match self {
            Self::Member(text, _, collation) => Self::Text(text, collation),
            Self::Decimal(number, OF_VARIABLE) => Self::Decimal(number, OF_COMPUTED_VARIABLE),
            other => other,
        }
    }

    /// The value as a user variable holds it: there are no dates among them.
    pub(crate) fn of_variable(self) -> Self {
        match self {
            Self::Date(_) | Self::DateTime(..) | Self::Time(..) | Self::Member(..) => {
                Self::text(self.shown().unwrap_or_default()).of_variable()
            }
            Self::Null(DatumKind::Date | DatumKind::DateTime(_) | DatumKind::Time(_)) => {
                Self::Null(DatumKind::Text)
            }
            Self::Decimal(number, _) => Self::Decimal(number, OF_VARIABLE),
            Self::Null(DatumKind::Decimal(_)) => Self::Null(DatumKind::Decimal(OF_VARIABLE)),
            Self::Digits(bytes) | Self::Bytes(bytes, Strength::Literal) => {
                Self::Bytes(bytes, Strength::Column)
            }
            Self::Text(text, collation) => {
                let strength = collation.strength.max(Strength::Column);
                let collation = Collation {
                    strength,
                    ..collation
                };
                Self::Text(text, collation)
            }
            datum => datum,
        }
    }

    pub(crate) fn is_null(&self) -> bool {
        matches!(self, Self::Null(_))
    }

    pub(crate) fn kind(&self) -> DatumKind {
        match self {
            Self::Null(kind) => *kind,
            Self::Int(_) => DatumKind::Int,
            Self::Unsigned(_) => DatumKind::Unsigned,
            Self::Decimal(_, scale) => DatumKind::Decimal(*scale),
            Self::Double(..) => DatumKind::Double,
            Self::Text(..) | Self::Member(..) => DatumKind::Text,
            Self::Bytes(..) | Self::Digits(_) => DatumKind::Bytes,
            Self::Date(_) => DatumKind::Date,
            Self::DateTime(.., fraction) => DatumKind::DateTime(*fraction),
            Self::Time(_, fraction) => DatumKind::Time(*fraction),
        }
    }

    /// The value as text or bytes; `None` for NULL.
    pub(super) fn letters(&self) -> Result<Option<Letters>, Unevaluable> {
        match self {
            Self::Bytes(bytes, strength) => return Ok(Some(of_bytes(bytes, *strength))),
            Self::Digits(bytes) => return Ok(Some(of_bytes(bytes, Strength::Literal))),
            _ => {}
        }
        if let Self::Double(_, Shown::Unknown) = self {
            return Err("a floating point number as text".to_owned());
        }
        if let Self::Decimal(_, OF_COMPUTED_VARIABLE) = self {
            return Err("the decimals of what is computed with a variable".to_owned());
        }
        let collation = match self {
            Self::Text(_, collation) | Self::Member(.., collation) => *collation,
            _ => Collation::NUMBER,
        };
        Ok(self.shown().map(|text| Letters {
            units: text.chars().collect(),
            collation,
        }))
    }

    /// The value as the server shows it; bytes have no text.
    pub(crate) fn shown(&self) -> Option<String> {
        Some(match self {
            Self::Null(_) | Self::Bytes(..) | Self::Digits(_) => return None,
            Self::Int(number) => number.to_string(),
            Self::Unsigned(number) => number.to_string(),
            Self::Decimal(_, OF_VARIABLE..) => self.digits(),
            Self::Decimal(number, scale) => number.to_text(*scale),
            Self::Double(number, Shown::Fixed(places)) => format!("{number:.places$}"),
            Self::Double(number, _) => number::shown(*number),
            Self::Text(text, _) | Self::Member(text, ..) => text.clone(),
            Self::Date(day) => day.to_text(),
            Self::DateTime(day, micros, fraction) => {
                format!("{} {}", day.to_text(), clock(*micros, *fraction))
            }
            Self::Time(micros, fraction) => clock(*micros, *fraction),
        })
    }

    /// A number or time with the digits that a column is given, which may be others than those of its text;
    /// nothing for other types.
    pub(crate) fn digits(&self) -> String {
        match self {
            Self::Decimal(number, _) => number.to_text(number.scale()),
            Self::Double(number, _) => number::shown(*number),
            _ => self.shown().unwrap_or_default(),
        }
    }

    /// The number that the value is in arithmetic: `Int`, `Unsigned`, `Decimal`, `Double` or NULL.
    pub(super) fn numeric(&self) -> Result<Self, Unevaluable> {
        Ok(match self {
            Self::Null(kind) => Self::Null(kind.numeric()),
            Self::Text(text, collation) => {
                let shown = match collation.origin {
                    TextOrigin::Written => Shown::Plain,
                    TextOrigin::Computed => Shown::Unknown,
                    TextOrigin::Moment => return Err("a computed time as a number".to_owned()),
                };
                Self::double(number::double(text))?.shown_as(shown)
            }
            // `x'10'` is a number on MySQL and text on MariaDB.
            Self::Bytes(..) => return Err("bytes as a number".to_owned()),
            Self::Digits(bytes) => {
                Self::Unsigned(number::of_bytes(bytes).ok_or("a number of more than 64 bits")?)
            }
            #[expect(
                clippy::cast_precision_loss,
                reason = "a floating point number to the server too"
            )]
            Self::Member(_, number, _) => Self::Double(*number as f64, Shown::Unknown),
            Self::Date(day) => Self::Int(day.digits()),
            Self::DateTime(day, micros, fraction) => {
                let whole = day.digits() * 1_000_000 + clock_digits(*micros);
                moment_number(whole, *micros, *fraction)?
            }
            Self::Time(micros, fraction) => {
                moment_number(clock_digits(*micros), *micros, *fraction)?
            }
            number => number.clone(),
        })
    }

    pub(super) fn to_f64(&self) -> Result<Option<f64>, Unevaluable> {
        Ok(match self.numeric()? {
            #[expect(clippy::cast_precision_loss, reason = "as the server's own conversion")]
            Self::Int(number) => Some(number as f64),
            #[expect(clippy::cast_precision_loss, reason = "as the server's own conversion")]
            Self::Unsigned(number) => Some(number as f64),
            Self::Decimal(number, _) => Some(number.to_f64()),
            Self::Double(number, _) => Some(number),
            _ => None,
        })
    }

    /// The value as an exact number; `None` for NULL.
    pub(super) fn to_exact(&self) -> Result<Option<Exact>, Unevaluable> {
        let too_long = || "a number of more than 65 digits".to_owned();
        if let Self::Text(text, collation) = self
            && collation.origin != TextOrigin::Moment
        {
            return number::exact(text).map(Some).ok_or_else(too_long);
        }
        Ok(match self.numeric()? {
            Self::Int(number) => Some(Exact::of_i128(number.into())),
            Self::Unsigned(number) => Some(Exact::of_i128(number.into())),
            Self::Decimal(number, _) => Some(number),
            Self::Double(number, _) => {
                Some(number::exact(&number::shown(number)).ok_or_else(too_long)?)
            }
            _ => None,
        })
    }

    /// The value as a whole number, where a function takes one: rounded, and of text its first digits.
    pub(super) fn to_whole(&self) -> Result<Option<i128>, Unevaluable> {
        let too_long = || "a number of more than 64 bits".to_owned();
        if let Self::Text(text, collation) = self
            && collation.origin != TextOrigin::Moment
        {
            if number::leading(text).contains(['.', 'e', 'E']) {
                return Err("text with a fraction or an exponent as a whole number".to_owned());
            }
            return number::integer(text).map(Some).ok_or_else(too_long);
        }
        Ok(Some(match self.numeric()? {
            Self::Int(number) => number.into(),
            Self::Unsigned(number) => number.into(),
            Self::Decimal(number, _) => number.to_i128().ok_or_else(too_long)?,
            Self::Double(number, _) => number::to_whole(number).ok_or_else(too_long)?,
            _ => return Ok(None),
        }))
    }

    /// Whether the value is true; `None` for NULL.
    pub(crate) fn is_true(&self) -> Result<Option<bool>, Unevaluable> {
        Ok(match self.numeric()? {
            Self::Decimal(number, _) => Some(!number.is_zero()),
            number => number.to_f64()?.map(|number| number != 0.0),
        })
    }

    /// The value as a day with a time; `Nothing` for NULL and for what is none.
    pub(super) fn instant(&self) -> Read<Instant> {
        match self {
            Self::Null(_) => Read::Nothing,
            Self::Date(day) => Read::Value((*day, 0, 0)),
            Self::DateTime(day, micros, fraction) => Read::Value((*day, *micros, *fraction)),
            Self::Text(text, _) => moment::read_instant(text),
            Self::Int(number) if *number > 0 => {
                let text = number.to_string();
                if matches!(text.len(), 8 | 14) {
                    moment::read_instant(&text)
                } else {
                    Read::Unknown
                }
            }
            _ => Read::Unknown,
        }
    }

    /// The value as a day with a time, beside which another is compared: parts of it may be 0.
    fn compared_day(&self) -> Read<Instant> {
        match self {
            Self::Int(0) => Read::Value((CalendarDay::new(0, 0, 0), 0, 0)),
            Self::Int(number) if *number > 0 => moment::read_compared(&number.to_string()),
            Self::Text(text, _) => moment::read_compared(text),
            other => other.instant(),
        }
    }

    /// The value as a span of time.
    pub(super) fn time(&self) -> Read<(i64, usize)> {
        match self {
            Self::Null(_) => Read::Nothing,
            Self::Time(micros, fraction) | Self::DateTime(_, micros, fraction) => {
                Read::Value((*micros, *fraction))
            }
            Self::Date(_) => Read::Value((0, 0)),
            Self::Text(text, _) => moment::read_time(text),
            _ => Read::Unknown,
        }
    }
}

fn moment_number(whole: i64, micros: i64, fraction: usize) -> Result<Datum, Unevaluable> {
    if fraction == 0 {
        return Ok(Datum::Int(whole));
    }
    let digits = clock(micros.abs() % moment::SECOND, fraction);
    let sign = if micros < 0 && whole == 0 { "-" } else { "" };
    let behind = digits.rsplit_once('.').map_or("", |(_, digits)| digits);
    let number = Exact::parse(&format!("{sign}{whole}.{behind}"));
    Datum::decimal(number.ok_or("a time as a number")?, fraction)
}

impl DatumKind {
    /// The type that arithmetic takes it for.
    pub(super) fn numeric(self) -> Self {
        match self {
            Self::Text | Self::Bytes => Self::Double,
            Self::Date | Self::DateTime(0) | Self::Time(0) => Self::Int,
            Self::DateTime(fraction) | Self::Time(fraction) => Self::Decimal(fraction),
            kind => kind,
        }
    }

    /// How many digits it has behind the point.
    pub(super) fn scale(self) -> usize {
        match self {
            Self::Decimal(scale) => scale,
            _ => 0,
        }
    }
}

/// Compares numbers and texts as an operator does; `None` if one is NULL.
pub(super) fn compared(a: &Datum, b: &Datum) -> Result<Option<Compared>, Unevaluable> {
    use Datum::{Bytes, Date, DateTime, Digits, Int, Member, Text, Time};
    if a.is_null() || b.is_null() {
        return Ok(None);
    }
    let ordered = |order: Ordering| Ok(Some(Compared::Ordered(order)));
    match (a, b) {
        (
            Text(..) | Bytes(..) | Member(..) | Digits(_),
            Text(..) | Bytes(..) | Member(..) | Digits(_),
        ) => {
            let (Some(own), Some(its)) = (a.letters()?, b.letters()?) else {
                return Ok(None);
            };
            own.compared(&its).map(Some)
        }
        (Date(_) | DateTime(..), Date(_) | DateTime(..) | Text(..) | Int(_))
        | (Text(..) | Int(_), Date(_) | DateTime(..)) => match (a.compared_day(), b.compared_day())
        {
            (Read::Value(own), Read::Value(its)) => ordered((own.0, own.1).cmp(&(its.0, its.1))),
            _ => Err("a comparison with what is no date".to_owned()),
        },
        (Time(..), Time(..) | Text(..)) | (Text(..), Time(..)) => match (a.time(), b.time()) {
            (Read::Value(own), Read::Value(its)) => ordered(own.0.cmp(&its.0)),
            _ => Err("a comparison with what is no time".to_owned()),
        },
        (Time(..), Int(number)) | (Int(number), Time(..)) if moment::is_clock(*number) => {
            numbers(a, b).map(|order| order.map(Compared::Ordered))
        }
        (Date(_) | DateTime(..) | Time(..), _) | (_, Date(_) | DateTime(..) | Time(..)) => {
            Err("a comparison of a date with another type".to_owned())
        }
        _ => numbers(a, b).map(|order| order.map(Compared::Ordered)),
    }
}

fn numbers(a: &Datum, b: &Datum) -> Result<Option<Ordering>, Unevaluable> {
    if let (Datum::Int(own), Datum::Int(its)) = (a, b) {
        return Ok(Some(own.cmp(its)));
    }
    let (own, its) = (a.numeric()?, b.numeric()?);
    if matches!(own, Datum::Double(..)) || matches!(its, Datum::Double(..)) {
        let (Some(own), Some(its)) = (own.to_f64()?, its.to_f64()?) else {
            return Ok(None);
        };
        return Ok(own.partial_cmp(&its));
    }
    let (Some(own), Some(its)) = (own.to_exact()?, its.to_exact()?) else {
        return Ok(None);
    };
    Ok(Some(own.compare(&its)))
}

/// Whether two values are equal; `None` if one is NULL.
pub(crate) fn equal(a: &Datum, b: &Datum) -> Result<Option<bool>, Unevaluable> {
    match compared(a, b)? {
        None => Ok(None),
        Some(Compared::Ordered(order)) => Ok(Some(order == Ordering::Equal)),
        Some(Compared::Different) => Ok(Some(false)),
        Some(Compared::Unknown) => Err(by_collation()),
    }
}

/// The order of two values; `None` if one is NULL.
pub(crate) fn order(a: &Datum, b: &Datum) -> Result<Option<Ordering>, Unevaluable> {
    match compared(a, b)? {
        None => Ok(None),
        Some(Compared::Ordered(order)) => Ok(Some(order)),
        Some(Compared::Different | Compared::Unknown) => Err(by_collation()),
    }
}

pub(super) fn by_collation() -> Unevaluable {
    "a comparison that depends on the server's collation".to_owned()
}
