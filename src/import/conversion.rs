//! What a value becomes when an `ALTER` gives its column another type.
//!
//! The stored cell is first what the server has in the old column (a `FLOAT` has fewer digits, `ZEROFILL` shows
//! zeros, a member of an `ENUM` has a number), then what a literal of that would be in the new one. Which rows are
//! converted, and when, is `rebuild`'s.

use rusqlite::types::ValueRef;

use super::computed::value_of;
use super::layout::implicit_default;
use crate::dump::{
    Charset, ColumnDefinition, Computed, Repertoire, Room, TableDefinition, Value, ValueType,
    convert_computed, convert_leniently,
};
use crate::evaluate::Datum;

/// A column before a change and after it.
pub(super) struct Conversion {
    old: OldColumn,
    kind: ValueType,
    room: Room,
    letters: Repertoire,
    /// The new column has all characters of the old one.
    keeps_letters: bool,
    /// Its value in place of NULL.
    filler: Option<Value<'static>>,
    /// The column is TEXT that holds numbers.
    digits: bool,
    /// The new column has four bytes of a floating point number.
    single: bool,
}

/// A column as it was.
struct OldColumn {
    kind: ValueType,
    /// Four bytes of a floating point number.
    single: bool,
    /// Digits behind the point of a floating point number, where its type says them.
    decimals: Option<usize>,
    /// Digits that a number is filled up to.
    filled: usize,
    bits: u32,
}

/// A converted value.
pub(super) struct Converted {
    pub(super) value: rusqlite::types::Value,
    /// It is another one than before, or by rules that may be another server's.
    pub(super) changed: bool,
}

/// The value of an old column, by the form in which it would be written.
enum WrittenCell {
    Number(String),
    Text(String),
    Bytes(Vec<u8>),
}

impl OldColumn {
    fn of(column: &ColumnDefinition, table: &TableDefinition) -> Option<Self> {
        let kind = ValueType::of(column, table)?;
        let own = &column.column_type;
        let argument = |index: usize| own.arguments.get(index)?.trim().parse::<usize>().ok();
        let real = kind == ValueType::Real;
        let most = argument(0).unwrap_or(0);
        let single = real
            && matches!(own.name.as_str(), "FLOAT" | "FLOAT4")
            && (own.arguments.len() > 1 || most < 25);
        Some(Self {
            single,
            decimals: argument(1).filter(|_| real),
            filled: if own.zerofill && !real { most } else { 0 },
            bits: u32::try_from(argument(0).unwrap_or(1)).unwrap_or(64),
            kind,
        })
    }

    /// The cell as it would be written for a column of `kind`; `None` for NULL.
    fn written(&self, cell: ValueRef<'_>, kind: &ValueType) -> Option<WrittenCell> {
        let texts = matches!(
            kind,
            ValueType::Text(_) | ValueType::Char(_) | ValueType::Blob | ValueType::FixedBlob(_)
        );
        Some(match cell {
            ValueRef::Null => return None,
            ValueRef::Integer(number) => self.whole(&number.to_string(), kind, texts),
            ValueRef::Real(number) => self.real(number, kind, texts),
            ValueRef::Blob(bytes) => WrittenCell::Bytes(bytes.to_vec()),
            ValueRef::Text(text) => {
                let text = String::from_utf8_lossy(text).into_owned();
                self.text(text, kind, texts)
            }
        })
    }

    fn whole(&self, digits: &str, kind: &ValueType, texts: bool) -> WrittenCell {
        if self.kind == ValueType::Bits && matches!(kind, ValueType::Blob | ValueType::FixedBlob(_))
        {
            let number: u64 = digits.parse().unwrap_or(0);
            let bytes = usize::try_from(self.bits.div_ceil(8)).unwrap_or(8).min(8);
            return WrittenCell::Bytes(number.to_be_bytes()[8 - bytes..].to_vec());
        }
        let width = match self.kind {
            ValueType::Year => 4,
            _ => self.filled,
        };
        if texts {
            return WrittenCell::Text(format!("{digits:0>width$}"));
        }
        WrittenCell::Number(digits.to_owned())
    }

    fn real(&self, number: f64, kind: &ValueType, texts: bool) -> WrittenCell {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "the server has as few digits"
        )]
        let own = if self.single {
            f64::from(number as f32)
        } else {
            number
        };
        let whole = matches!(
            kind,
            ValueType::Integer | ValueType::Unsigned | ValueType::Bits | ValueType::Year
        );
        if whole {
            // The even one of two neighbours.
            return WrittenCell::Number(own.round_ties_even().to_string());
        }
        let shown = |number: f64| Datum::double(number).map(|datum| datum.digits());
        match self.decimals {
            Some(decimals) if texts => WrittenCell::Text(format!("{number:.decimals$}")),
            None if texts && self.single => {
                // Six digits.
                let rounded: f64 = format!("{own:.5e}").parse().unwrap_or(own);
                WrittenCell::Text(shown(rounded).unwrap_or_default())
            }
            _ => WrittenCell::Number(shown(own).unwrap_or_default()),
        }
    }

    fn text(&self, text: String, kind: &ValueType, texts: bool) -> WrittenCell {
        let numeric = matches!(
            kind,
            ValueType::Integer
                | ValueType::Unsigned
                | ValueType::Bits
                | ValueType::Real
                | ValueType::Decimal(_)
        );
        match &self.kind {
            ValueType::Unsigned | ValueType::Bits => self.whole(&text, kind, texts),
            ValueType::Decimal(_) if texts => WrittenCell::Text(text),
            ValueType::Decimal(_) => WrittenCell::Number(text),
            ValueType::Enum(members, _) if numeric => {
                let at = members.iter().position(|member| *member == text);
                WrittenCell::Number(at.map_or(0, |at| at + 1).to_string())
            }
            ValueType::Set(members, _) if numeric => {
                let bit = |part: &str| {
                    (0_u32..)
                        .zip(members.iter())
                        .find(|(_, member)| *member == part)
                };
                let bits = text.split(',').filter_map(bit).map(|(at, _)| at);
                let number = bits.fold(0_u64, |sum, at| sum | 1_u64.checked_shl(at).unwrap_or(0));
                WrittenCell::Number(number.to_string())
            }
            ValueType::Date | ValueType::DateTime(_) | ValueType::Time(_) => {
                moment(&text, &self.kind, kind, numeric)
            }
            ValueType::Text(charset) | ValueType::Char(charset)
                if matches!(kind, ValueType::Blob | ValueType::FixedBlob(_)) =>
            {
                WrittenCell::Bytes(charset.encode(&text))
            }
            _ => WrittenCell::Text(text),
        }
    }
}

/// A date or time as it would be written for a column of `kind`.
fn moment(text: &str, was: &ValueType, kind: &ValueType, numeric: bool) -> WrittenCell {
    let (day, clock) = match was {
        ValueType::Date => (text, "00:00:00"),
        ValueType::Time(_) => ("", text),
        _ => text.split_once(' ').unwrap_or((text, "00:00:00")),
    };
    let whole = |clock: &str| clock.split('.').next().unwrap_or_default().to_owned();
    // Digits of a fraction are cut, not rounded.
    let cut = |clock: &str, fraction: usize| match clock.split_once('.') {
        Some((whole, digits)) if fraction > 0 => {
            format!("{whole}.{}", &digits[..fraction.min(digits.len())])
        }
        _ => whole(clock),
    };
    let is_time = matches!(was, ValueType::Time(_));
    match kind {
        ValueType::Date if !is_time => WrittenCell::Text(day.to_owned()),
        ValueType::DateTime(fraction) if !is_time => {
            WrittenCell::Text(format!("{day} {}", cut(clock, *fraction)))
        }
        ValueType::Time(fraction) => WrittenCell::Text(cut(clock, *fraction)),
        ValueType::Year if !is_time => WrittenCell::Number(day.chars().take(4).collect()),
        _ if numeric => {
            let fractional = matches!(kind, ValueType::Real | ValueType::Decimal(_));
            let shown = match was {
                ValueType::Date => day.to_owned(),
                _ if fractional => text.to_owned(),
                _ => whole(text),
            };
            WrittenCell::Number(shown.replace(['-', ':', ' '], "").trim().to_owned()).signed(text)
        }
        _ => WrittenCell::Text(text.to_owned()),
    }
}

impl WrittenCell {
    /// With the sign that `text` begins with.
    fn signed(self, text: &str) -> Self {
        match self {
            Self::Number(digits) if text.starts_with('-') => Self::Number(format!("-{digits}")),
            written => written,
        }
    }

    fn computed(&self) -> Computed<'_> {
        match self {
            Self::Number(digits) => Computed::Number(digits),
            Self::Text(text) => Computed::Text(text),
            Self::Bytes(bytes) => Computed::Bytes(bytes),
        }
    }
}

impl Conversion {
    /// From a column of one table to one of another.
    pub(super) fn new(
        was: (&ColumnDefinition, &TableDefinition),
        is: (&ColumnDefinition, &TableDefinition),
        digits: bool,
    ) -> Option<Self> {
        let kind = ValueType::of(is.0, is.1)?;
        let letters = Repertoire::of(is.0, is.1);
        Some(Self {
            old: OldColumn::of(was.0, was.1)?,
            room: Room::of(is.0, is.1),
            keeps_letters: letters.holds(&Repertoire::of(was.0, was.1)),
            letters,
            filler: is.0.not_null.then(|| implicit_default(&kind)),
            single: OldColumn::of(is.0, is.1)?.single,
            kind,
            digits,
        })
    }

    /// Every value stays what it is.
    pub(super) fn is_none(&self, was: Room) -> bool {
        let text = |kind: &ValueType| matches!(kind, ValueType::Text(_));
        let char = |kind: &ValueType| matches!(kind, ValueType::Char(_));
        let members = match (&self.old.kind, &self.kind) {
            (ValueType::Enum(old, _), ValueType::Enum(new, _))
            | (ValueType::Set(old, _), ValueType::Set(new, _)) => new.starts_with(old),
            _ => false,
        };
        let same = self.old.kind == self.kind
            || members
            || text(&self.kind) && (text(&self.old.kind) || char(&self.old.kind))
            || char(&self.kind) && char(&self.old.kind);
        // More digits are there than a FLOAT shows.
        let double = self.kind == ValueType::Real && self.old.single && !self.single;
        same && self.room.holds(&was) && !double && self.keeps_letters
    }

    /// What becomes of a cell.
    pub(super) fn value(&self, cell: ValueRef<'_>) -> Converted {
        let Some(written) = self.old.written(cell, &self.kind) else {
            let filler = self.filler.clone();
            return Converted {
                changed: filler.is_some(),
                value: self.stored(filler.unwrap_or(Value::Null)),
            };
        };
        let (value, unfit) = match (&written, &self.kind) {
            (WrittenCell::Bytes(bytes), ValueType::Text(charset) | ValueType::Char(charset)) => {
                self.decoded(bytes, *charset)
            }
            _ => match convert_computed(written.computed(), &self.kind) {
                Ok(value) => (value, false),
                Err(_) => {
                    let value = convert_leniently(written.computed(), &self.kind);
                    (value.unwrap_or_else(|| implicit_default(&self.kind)), true)
                }
            },
        };
        let (value, unfit) = match self.room.cut(&value) {
            Some(cut) => (cut.value, unfit || !cut.silent),
            None => (value, unfit),
        };
        let known = match &value {
            Value::Text(text) if !self.keeps_letters => self.letters.cut(text),
            _ => None,
        };
        let unfit = unfit || known.is_some();
        let value = known.map_or(value, |known| Value::Text(known.into()));
        Converted {
            value: self.stored(value),
            changed: unfit,
        }
    }

    fn decoded(&self, bytes: &[u8], charset: Charset) -> (Value<'static>, bool) {
        let decoded = charset.decode(bytes.to_vec().into());
        let (text, unfit) = match decoded {
            Ok(text) => (text.into_owned(), false),
            Err(_) => {
                let shown =
                    String::from_utf8_lossy(bytes).replace(char::REPLACEMENT_CHARACTER, "?");
                (shown, true)
            }
        };
        match convert_computed(Computed::Text(&text), &self.kind) {
            Ok(value) => (value, unfit),
            Err(_) => (Value::Text(text.into()), true),
        }
    }

    fn stored(&self, value: Value<'static>) -> rusqlite::types::Value {
        match value_of(value) {
            rusqlite::types::Value::Integer(number) if self.digits => {
                rusqlite::types::Value::Text(number.to_string())
            }
            value => value,
        }
    }
}
