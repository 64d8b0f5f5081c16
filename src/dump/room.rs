//! How much a column has room for: the range of its numbers, the length of its texts.
//!
//! A server that is not strict cuts what is longer and takes the nearest number that fits. A dump that a server
//! made holds nothing of the kind, so the questions asked of each value are the cheapest there are. It must not
//! know how values are read: a [`super::ValueType`] says that.

use super::charset::Charset;
use super::definition::{ColumnDefinition, TableDefinition};
use super::temporal::is_impossible_day;
use super::value::Value;
use super::value_type::{ValueType, charset_name};

/// The largest number of 32 bits, as servers show it.
const LARGEST_FLOAT: f64 = 3.402_82e38;
/// Half of the smallest number of 32 bits: this and what is nearer to zero is 0 in them.
const LOST_IN_FLOAT: f64 = 7.006_492_321_624_085e-46;
/// Bytes of a `VARCHAR`; one that could be longer is a `MEDIUMTEXT` to a server that is not strict.
const LONGEST_VARCHAR: usize = 65_535;
/// Bytes of `TINYTEXT`, `TEXT` and `MEDIUMTEXT`.
const TEXT_BYTES: [usize; 3] = [255, 65_535, 16_777_215];
/// The days between which every `TIMESTAMP` is, in any time zone: of servers that count with 32 bits unsigned.
const STAMPS: [&str; 2] = ["1969-12-31", "2106-02-08"];

/// What a column has room for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Room {
    /// All that its [`ValueType`] can be.
    Boundless,
    /// Whole numbers from the first to the second.
    Whole(i64, i64),
    /// Exact numbers.
    Digits {
        /// Digits before the point.
        whole: usize,
        /// Digits behind it.
        scale: usize,
        /// Negative ones are not among them.
        unsigned: bool,
    },
    /// Floating point numbers.
    Real {
        /// The largest one.
        most: f64,
        /// How many decimals they are rounded to.
        decimals: Option<usize>,
        /// Negative ones are not among them.
        unsigned: bool,
    },
    /// The years from 1901 to 2155, and 0.
    Year,
    /// Numbers below this power of two.
    Bits(u32),
    /// Moments that a `TIMESTAMP` can be.
    Stamp,
    /// So many characters.
    Characters(usize),
    /// So many characters, of which blanks at the end are not stored.
    Padded(usize),
    /// So many bytes of text in the column's character set; in one that is not read here, so many characters, which
    /// have a byte at least: too much is never cut.
    Text(usize, Option<Charset>),
    /// So many bytes.
    Bytes(usize),
}

/// What is left of a value that has no room.
#[derive(Debug, PartialEq)]
pub struct Cut {
    /// What is stored.
    pub value: Value<'static>,
    /// A strict server takes the value too: only blanks or decimals are lost.
    pub silent: bool,
}

impl Room {
    /// The room of a column of `table`.
    #[must_use]
    pub fn of(column: &ColumnDefinition, table: &TableDefinition) -> Self {
        let own = &column.column_type;
        let argument =
            |index: usize| -> Option<usize> { own.arguments.get(index)?.trim().parse().ok() };
        let unsigned = own.unsigned || own.zerofill;
        match (own.name.as_str(), ValueType::of(column, table)) {
            ("YEAR", Some(ValueType::Year)) => Self::Year,
            (_, Some(ValueType::Integer)) => whole(&own.name, unsigned),
            (_, Some(ValueType::Bits)) => {
                let bits = u32::try_from(argument(0).unwrap_or(1)).unwrap_or(64);
                if bits < 64 {
                    Self::Bits(bits)
                } else {
                    Self::Boundless
                }
            }
            (_, Some(ValueType::Decimal(scale))) => {
                let precision = argument(0).filter(|&digits| digits > 0).unwrap_or(10);
                Self::Digits {
                    whole: precision.saturating_sub(scale),
                    scale,
                    unsigned,
                }
            }
            (name, Some(ValueType::Real)) => real(name, argument(0), argument(1), unsigned),
            ("TIMESTAMP", Some(ValueType::DateTime(_))) => Self::Stamp,
            (name, Some(ValueType::Text(_) | ValueType::Char(_))) => {
                text(name, argument(0), Width::of(column, table))
            }
            (name, Some(ValueType::Blob)) => bytes(name, argument(0)),
            _ => Self::Boundless,
        }
    }

    /// The rooms of a table's columns in their order.
    #[must_use]
    pub fn of_table(table: &TableDefinition) -> Vec<Self> {
        table
            .columns
            .iter()
            .map(|column| Self::of(column, table))
            .collect()
    }

    /// Whether all that has room in `other` has room in this.
    #[must_use]
    pub fn holds(&self, other: &Self) -> bool {
        match (*self, *other) {
            (own, other) if own == other => true,
            (Self::Boundless, _) => true,
            (Self::Whole(least, most), Self::Whole(from, to)) => least <= from && to <= most,
            (
                Self::Characters(most) | Self::Padded(most),
                Self::Characters(other) | Self::Padded(other),
            )
            | (Self::Bytes(most), Self::Bytes(other)) => other <= most,
            (Self::Text(most, charset), Self::Text(other, others)) => {
                other <= most && charset == others
            }
            (Self::Bits(bits), Self::Bits(other)) => other <= bits,
            (
                Self::Digits {
                    whole,
                    scale,
                    unsigned,
                },
                Self::Digits {
                    whole: digits,
                    scale: decimals,
                    unsigned: positive,
                },
            ) => digits <= whole && scale == decimals && (positive || !unsigned),
            _ => false,
        }
    }

    /// What a server that is not strict makes of `value`; `None` where it has room, as nearly all values do.
    #[inline]
    #[must_use]
    pub fn cut(&self, value: &Value<'_>) -> Option<Cut> {
        let fits = match (*self, value) {
            (Self::Whole(least, most), &Value::Integer(number)) => {
                least <= number && number <= most
            }
            // Bytes are at least as many as characters, and in UTF-16 not more than twice as many: few texts are
            // counted.
            (Self::Characters(most) | Self::Padded(most), Value::Text(text)) => text.len() <= most,
            (Self::Text(most, _), Value::Text(text)) => text.len() <= most / 2,
            (Self::Bytes(most), Value::Blob(bytes)) => bytes.len() <= most,
            (
                Self::Digits {
                    whole,
                    scale,
                    unsigned,
                },
                Value::Text(digits),
            ) => {
                let absolute = digits.strip_prefix('-').unwrap_or(digits);
                let point = usize::from(scale > 0);
                absolute.len() <= whole.max(1) + point + scale
                    && (whole > 0 || absolute.starts_with('0'))
                    && !(unsigned && absolute.len() < digits.len())
            }
            (Self::Real { .. } | Self::Year | Self::Bits(_) | Self::Stamp, _) => false,
            _ => true,
        };
        if fits { None } else { self.cut_slowly(value) }
    }

    fn cut_slowly(&self, value: &Value<'_>) -> Option<Cut> {
        match (*self, value) {
            (Self::Whole(least, most), &Value::Integer(number)) => {
                noted(Value::Integer(number.clamp(least, most)))
            }
            (
                Self::Digits {
                    whole,
                    scale,
                    unsigned,
                },
                Value::Text(digits),
            ) => noted(Value::Text(
                nearest_digits(digits, whole, scale, unsigned).into(),
            )),
            (
                Self::Real {
                    most,
                    decimals,
                    unsigned,
                },
                &Value::Real(number),
            ) => {
                let rounded = match decimals {
                    Some(decimals) => rounded(number, decimals),
                    None if most <= LARGEST_FLOAT && number.abs() <= LOST_IN_FLOAT => 0.0,
                    None => number,
                };
                let least = if unsigned { 0.0 } else { -most };
                let silent = (least..=most).contains(&rounded);
                let value = Value::Real(rounded.clamp(least, most));
                (value != Value::Real(number)).then_some(Cut { value, silent })
            }
            (Self::Year, &Value::Integer(year)) if year != 0 && !(1901..=2155).contains(&year) => {
                noted(Value::Integer(0))
            }
            (Self::Bits(bits), Value::Integer(number)) if number >> bits != 0 => {
                noted(Value::Integer(i64::MAX >> (63 - bits)))
            }
            // A number above 2^63-1.
            (Self::Bits(bits), Value::Text(_)) => noted(Value::Integer(i64::MAX >> (63 - bits))),
            (Self::Stamp, Value::Text(text)) => {
                let day = text.get(..STAMPS[0].len())?;
                let is_day = !day[5..].contains("00") && !is_impossible_day(day);
                let known = **text == *zero_moment(text)
                    || (is_day && STAMPS[0] <= day && day <= STAMPS[1]);
                if known {
                    None
                } else {
                    noted(Value::Text(zero_moment(text).into()))
                }
            }
            (Self::Characters(most), Value::Text(text)) => {
                let (end, _) = text.char_indices().nth(most)?;
                Some(shortened(text, end))
            }
            (Self::Padded(most), Value::Text(text)) => {
                let (end, _) = text.char_indices().nth(most)?;
                let Cut { value, silent } = shortened(text, end);
                let value = match value {
                    Value::Text(kept) => Value::Text(kept.trim_end_matches(' ').to_owned().into()),
                    value => value,
                };
                Some(Cut { value, silent })
            }
            (Self::Text(most, charset), Value::Text(text)) => {
                let mut taken = 0;
                let over = |&(_, letter): &(usize, char)| {
                    taken += charset.map_or(1, |charset| charset.width(letter));
                    taken > most
                };
                let (end, _) = text.char_indices().find(over)?;
                Some(shortened(text, end))
            }
            (Self::Bytes(most), Value::Blob(bytes)) => {
                noted(Value::Blob(bytes[..most].to_vec().into()))
            }
            _ => None,
        }
    }
}

/// `text` with zeros for its digits.
fn zero_moment(text: &str) -> String {
    let zero = |letter: char| if letter.is_ascii_digit() { '0' } else { letter };
    text.chars().map(zero).collect()
}

fn noted(value: Value<'static>) -> Option<Cut> {
    Some(Cut {
        value,
        silent: false,
    })
}

fn shortened(text: &str, end: usize) -> Cut {
    let (kept, lost) = text.split_at(end);
    Cut {
        value: Value::Text(kept.to_owned().into()),
        silent: lost
            .chars()
            .all(|letter| letter.is_ascii_whitespace() || letter == '\u{b}'),
    }
}

fn whole(name: &str, unsigned: bool) -> Room {
    let bits = match name {
        "TINYINT" | "INT1" | "BOOL" | "BOOLEAN" => 8,
        "SMALLINT" | "INT2" => 16,
        "MEDIUMINT" | "MIDDLEINT" | "INT3" => 24,
        "INT" | "INTEGER" | "INT4" => 32,
        _ => return Room::Boundless,
    };
    if unsigned {
        Room::Whole(0, (1 << bits) - 1)
    } else {
        Room::Whole(-(1 << (bits - 1)), (1 << (bits - 1)) - 1)
    }
}

fn real(name: &str, length: Option<usize>, decimals: Option<usize>, unsigned: bool) -> Room {
    let short = match (name, length, decimals) {
        // One argument is the number of bits.
        ("FLOAT", Some(bits), None) => bits <= 24,
        ("FLOAT" | "FLOAT4", ..) => true,
        _ => false,
    };
    let largest = if short { LARGEST_FLOAT } else { f64::MAX };
    let power = |digits: usize| 10_f64.powi(i32::try_from(digits).unwrap_or(i32::MAX));
    let (most, decimals) = match (length, decimals) {
        (Some(length), Some(decimals)) => {
            let most = power(length.saturating_sub(decimals)) - 1.0 / power(decimals);
            (most.min(largest), Some(decimals))
        }
        _ => (largest, None),
    };
    if !short && !unsigned && decimals.is_none() {
        return Room::Boundless;
    }
    Room::Real {
        most,
        decimals,
        unsigned,
    }
}

/// The decimals are rounded for themselves, the even one of two neighbours, as servers do it; what they show of that
/// has no more decimals.
fn rounded(number: f64, decimals: usize) -> f64 {
    let power = 10_f64.powi(i32::try_from(decimals).unwrap_or(i32::MAX));
    let rounded = number.floor() + ((number - number.floor()) * power).round_ties_even() / power;
    format!("{rounded:.decimals$}").parse().unwrap_or(rounded)
}

/// The number of the column that is next to `digits`, which has no room there.
fn nearest_digits(digits: &str, whole: usize, scale: usize, unsigned: bool) -> String {
    let negative = digits.starts_with('-');
    let digit = if negative && unsigned { "0" } else { "9" };
    let before = if whole == 0 || (negative && unsigned) {
        "0".to_owned()
    } else {
        digit.repeat(whole)
    };
    let sign = if negative && !unsigned { "-" } else { "" };
    let point = if scale == 0 { "" } else { "." };
    format!("{sign}{before}{point}{}", digit.repeat(scale))
}

/// How wide the characters of a column are in its own character set.
#[derive(Clone, Copy)]
struct Width {
    /// `None` for a set that is not read here.
    charset: Option<Charset>,
    /// Bytes of the widest one.
    widest: usize,
}

impl Width {
    fn of(column: &ColumnDefinition, table: &TableDefinition) -> Self {
        let name = charset_name(column, table);
        let widest = match name.as_str() {
            "utf8mb4" | "utf16" | "utf16le" | "utf32" | "gb18030" => 4,
            "utf8" | "utf8mb3" | "ujis" | "eucjpms" => 3,
            "ucs2" | "sjis" | "cp932" | "gbk" | "gb2312" | "big5" | "euckr" => 2,
            _ => 1,
        };
        let charset = Charset::from_name(&name);
        Self { charset, widest }
    }
}

fn text(name: &str, length: Option<usize>, width: Width) -> Room {
    let Width { charset, widest } = width;
    match (name, length) {
        ("TINYTEXT", _) => Room::Text(TEXT_BYTES[0], charset),
        ("TEXT", None) => Room::Text(TEXT_BYTES[1], charset),
        ("TEXT", Some(length)) => match smallest(length.saturating_mul(widest)) {
            Some(bytes) => Room::Text(bytes, charset),
            None => Room::Boundless,
        },
        ("MEDIUMTEXT" | "LONG" | "LONG VARCHAR", _) => Room::Text(TEXT_BYTES[2], charset),
        ("LONGTEXT" | "CLOB" | "JSON" | "UUID" | "INET4" | "INET6" | "XMLTYPE", _) => {
            Room::Boundless
        }
        (_, Some(length)) if length.saturating_mul(widest) > LONGEST_VARCHAR => {
            Room::Text(TEXT_BYTES[2], charset)
        }
        ("CHAR" | "CHARACTER" | "NCHAR" | "NATIONAL CHAR" | "NATIONAL CHARACTER", length) => {
            Room::Padded(length.unwrap_or(1))
        }
        (_, Some(length)) => Room::Characters(length),
        _ => Room::Boundless,
    }
}

fn bytes(name: &str, length: Option<usize>) -> Room {
    match (name, length) {
        ("TINYBLOB" | "TINYTEXT", _) => Room::Bytes(TEXT_BYTES[0]),
        ("BLOB" | "TEXT", Some(length)) => smallest(length).map_or(Room::Boundless, Room::Bytes),
        ("BLOB" | "TEXT", None) => Room::Bytes(TEXT_BYTES[1]),
        ("MEDIUMBLOB" | "MEDIUMTEXT" | "LONG VARBINARY" | "LONG VARCHAR" | "LONG", _) => {
            Room::Bytes(TEXT_BYTES[2])
        }
        ("VARBINARY" | "RAW", Some(length)) => Room::Bytes(if length > LONGEST_VARCHAR {
            TEXT_BYTES[2]
        } else {
            length
        }),
        (name, Some(length)) if name.contains("CHAR") => Room::Bytes(if length > LONGEST_VARCHAR {
            TEXT_BYTES[2]
        } else {
            length
        }),
        _ => Room::Boundless,
    }
}

/// The bytes of the smallest type that has room for `bytes`.
fn smallest(bytes: usize) -> Option<usize> {
    TEXT_BYTES.into_iter().find(|&most| bytes <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(room: Room, value: &Value<'static>) -> Option<(Value<'static>, bool)> {
        room.cut(value).map(|cut| (cut.value, cut.silent))
    }

    #[test]
    fn numbers_become_the_nearest_that_fits() {
        let byte = Room::Whole(-128, 127);
        assert_eq!(left(byte, &Value::Integer(127)), None);
        assert_eq!(
            left(byte, &Value::Integer(300)),
            Some((Value::Integer(127), false))
        );
        assert_eq!(
            left(Room::Bits(63), &Value::Text("9223372036854775808".into())),
            Some((Value::Integer(i64::MAX), false))
        );
        assert_eq!(
            left(Room::Year, &Value::Integer(1900)),
            Some((Value::Integer(0), false))
        );
        for (digits, whole, scale, unsigned, expected) in [
            ("999.99", 3, 2, false, None),
            ("1000.00", 3, 2, false, Some("999.99")),
            ("-1000.00", 3, 2, false, Some("-999.99")),
            ("-1.00", 3, 2, true, Some("0.00")),
            ("0.999", 0, 3, false, None),
            ("1.000", 0, 3, false, Some("0.999")),
            ("-1.000", 0, 3, false, Some("-0.999")),
            ("100", 2, 0, false, Some("99")),
        ] {
            let room = Room::Digits {
                whole,
                scale,
                unsigned,
            };
            let expected = expected.map(|text| (Value::Text(text.into()), false));
            assert_eq!(
                left(room, &Value::Text(digits.into())),
                expected,
                "{digits}"
            );
        }
        let real = Room::Real {
            most: 999.99,
            decimals: Some(2),
            unsigned: false,
        };
        assert_eq!(left(real, &Value::Real(1.24)), None);
        assert_eq!(left(real, &Value::Real(-0.1)), None);
        assert_eq!(
            left(real, &Value::Real(1.239)),
            Some((Value::Real(1.24), true))
        );
        assert_eq!(
            left(real, &Value::Real(-1000.0)),
            Some((Value::Real(-999.99), false))
        );
    }

    #[test]
    fn texts_are_cut_between_characters() {
        let text = |text: &'static str| Value::Text(text.into());
        assert_eq!(left(Room::Characters(3), &text("日本語")), None);
        assert_eq!(
            left(Room::Characters(3), &text("日本語x")),
            Some((text("日本語"), false))
        );
        assert_eq!(
            left(Room::Characters(3), &text("ab   ")),
            Some((text("ab "), true))
        );
        assert_eq!(
            left(Room::Padded(3), &text("ab cd")),
            Some((text("ab"), false))
        );
        let utf16 = Charset::from_name("utf16");
        for (bytes, charset, cut) in [
            (6, Some(Charset::Utf8), "日本"),
            (6, utf16, "日本語"),
            (5, Charset::from_name("gbk"), "日本"),
            // Not known here: a byte at least.
            (3, None, "日本語"),
        ] {
            let expected = Some((text(cut), false));
            assert_eq!(
                left(Room::Text(bytes, charset), &text("日本語字")),
                expected,
                "{charset:?}"
            );
        }
        assert_eq!(left(Room::Text(8, utf16), &text("日本語字")), None);
        let bytes = Value::Blob(vec![1, 2, 3].into());
        assert_eq!(
            left(Room::Bytes(2), &bytes),
            Some((Value::Blob(vec![1, 2].into()), false))
        );
    }
}
