//! Texts of bytes: hexadecimal, base 64, digests, UUIDs; numbers in other bases.

use std::sync::LazyLock;

use data_encoding::{BASE64, Encoding, HEXLOWER, HEXUPPER};
use sha2::{Digest as _, Sha224, Sha256, Sha384, Sha512};

use super::super::cast::count;
use super::super::datum::{Datum, DatumKind};
use super::super::formula::Function;
use super::super::{Surroundings, Unevaluable, digest};
use super::strings::plain;

/// A server does not mind bits behind the last byte.
static BASE64_OF_SERVER: LazyLock<Encoding> = LazyLock::new(|| {
    let mut lenient = BASE64.specification();
    lenient.check_trailing_bits = false;
    lenient.encoding().unwrap_or(BASE64)
});

/// Characters in a line of what `TO_BASE64` writes.
const LINE: usize = 76;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("HEX", (1, 1), hex),
    Function::new("UNHEX", (1, 1), unhex),
    Function::new("MD5", (1, 1), |values, _| {
        digested(&values[0], |bytes| digest::md5(bytes).to_vec())
    }),
    Function::new("SHA", (1, 1), |values, _| {
        digested(&values[0], |bytes| digest::sha1(bytes).to_vec())
    }),
    Function::new("SHA1", (1, 1), |values, _| {
        digested(&values[0], |bytes| digest::sha1(bytes).to_vec())
    }),
    Function::new("SHA2", (2, 2), sha2),
    Function::new("PASSWORD", (1, 1), password),
    Function::new("CRC32", (1, 1), |values, _| {
        let Some(letters) = values[0].letters()? else {
            return Ok(Datum::Null(DatumKind::Unsigned));
        };
        Ok(Datum::Unsigned(digest::crc32(&letters.bytes()?).into()))
    }),
    Function::new("TO_BASE64", (1, 1), to_base64),
    Function::new("FROM_BASE64", (1, 1), from_base64),
    Function::new("UUID_TO_BIN", (1, 2), uuid_to_bin),
    Function::new("BIN_TO_UUID", (1, 2), bin_to_uuid),
    Function::new("CHAR", (1, usize::MAX), char_bytes),
    Function::new("CONV", (3, 3), |values, _| {
        let bases = values[1].to_whole()?.zip(values[2].to_whole()?);
        bases.map_or(Ok(Datum::Null(DatumKind::Text)), |(from, to)| {
            converted(&values[0], from, to)
        })
    }),
    Function::new("BIN", (1, 1), |values, _| converted(&values[0], 10, 2)),
    Function::new("OCT", (1, 1), |values, _| converted(&values[0], 10, 8)),
];

/// The hash that MySQL 4.1 to 5.7 and MariaDB keep of a password; an empty one stays empty.
fn password(values: &[Datum], _: &dyn Surroundings) -> Result<Datum, Unevaluable> {
    let Some(letters) = values[0].letters()? else {
        return Ok(plain(String::new()));
    };
    let bytes = letters.bytes()?;
    if bytes.is_empty() {
        return Ok(plain(String::new()));
    }
    let twice = digest::sha1(&digest::sha1(&bytes));
    Ok(plain(format!("*{}", HEXUPPER.encode(&twice))))
}

fn hex(values: &[Datum], _: &dyn Surroundings) -> Result<Datum, Unevaluable> {
    let value = &values[0];
    Ok(match value {
        Datum::Null(_) => Datum::Null(DatumKind::Text),
        Datum::Double(number, _) if number.fract() != 0.0 => {
            return Err("HEX of a fraction".to_owned());
        }
        Datum::Int(_) | Datum::Unsigned(_) | Datum::Decimal(..) | Datum::Double(..) => {
            let number = value.to_whole()?.unwrap_or(0);
            let bits = u64::try_from(number)
                .or_else(|_| i64::try_from(number).map(i64::cast_unsigned))
                .map_err(|_| "a number of more than 64 bits".to_owned())?;
            plain(format!("{bits:X}"))
        }
        value => {
            let letters = value.letters()?;
            let bytes = letters.map_or(Ok(Vec::new()), |letters| letters.bytes())?;
            plain(HEXUPPER.encode(&bytes))
        }
    })
}

fn unhex(values: &[Datum], _: &dyn Surroundings) -> Result<Datum, Unevaluable> {
    let null = Datum::Null(DatumKind::Bytes);
    let Some(letters) = values[0].letters()? else {
        return Ok(null);
    };
    let bytes = crate::dump::hex_bytes(&letters.bytes()?);
    Ok(bytes.map_or(null, Datum::bytes))
}

fn digested(value: &Datum, digest: fn(&[u8]) -> Vec<u8>) -> Result<Datum, Unevaluable> {
    let Some(letters) = value.letters()? else {
        return Ok(Datum::Null(DatumKind::Text));
    };
    Ok(plain(HEXLOWER.encode(&digest(&letters.bytes()?))))
}

fn sha2(values: &[Datum], _: &dyn Surroundings) -> Result<Datum, Unevaluable> {
    let digest: fn(&[u8]) -> Vec<u8> = match values[1].to_whole()? {
        Some(224) => |bytes| Sha224::digest(bytes).to_vec(),
        Some(0 | 256) => |bytes| Sha256::digest(bytes).to_vec(),
        Some(384) => |bytes| Sha384::digest(bytes).to_vec(),
        Some(512) => |bytes| Sha512::digest(bytes).to_vec(),
        _ => return Ok(Datum::Null(DatumKind::Text)),
    };
    digested(&values[0], digest)
}

fn to_base64(values: &[Datum], _: &dyn Surroundings) -> Result<Datum, Unevaluable> {
    let Some(letters) = values[0].letters()? else {
        return Ok(Datum::Null(DatumKind::Text));
    };
    let mut text = BASE64.encode(&letters.bytes()?);
    let mut at = LINE;
    while at < text.len() {
        text.insert(at, '\n');
        at += LINE + 1;
    }
    Ok(plain(text))
}

fn from_base64(values: &[Datum], _: &dyn Surroundings) -> Result<Datum, Unevaluable> {
    let null = Datum::Null(DatumKind::Bytes);
    let Some(letters) = values[0].letters()? else {
        return Ok(null);
    };
    let mut digits = letters.bytes()?;
    digits.retain(|byte| !matches!(byte, b' ' | b'\t' | b'\n' | b'\r'));
    // Nothing comes behind the padding.
    let padding = digits.iter().position(|&digit| digit == b'=');
    if padding.is_some_and(|at| at + 2 < digits.len()) {
        return Ok(null);
    }
    let bytes = BASE64_OF_SERVER.decode(&digits);
    Ok(bytes.map_or(null, Datum::bytes))
}

/// The order of a UUID's bytes with its time first, as `UUID_TO_BIN(…, 1)` has them.
fn swapped(bytes: &[u8]) -> Vec<u8> {
    [&bytes[6..8], &bytes[4..6], &bytes[..4], &bytes[8..]].concat()
}

fn unswapped(bytes: &[u8]) -> Vec<u8> {
    [&bytes[4..8], &bytes[2..4], &bytes[..2], &bytes[8..]].concat()
}

fn swaps(values: &[Datum]) -> Result<bool, Unevaluable> {
    match values.get(1) {
        None => Ok(false),
        Some(flag) => Ok(flag.is_true()? == Some(true)),
    }
}

fn uuid_to_bin(values: &[Datum], _: &dyn Surroundings) -> Result<Datum, Unevaluable> {
    let Some(text) = values[0].shown() else {
        return Ok(Datum::Null(DatumKind::Bytes));
    };
    let uuid = uuid::Uuid::parse_str(&text).map_err(|_| "a text that is no UUID".to_owned())?;
    let bytes = uuid.as_bytes().to_vec();
    Ok(Datum::bytes(if swaps(values)? {
        swapped(&bytes)
    } else {
        bytes
    }))
}

fn bin_to_uuid(values: &[Datum], _: &dyn Surroundings) -> Result<Datum, Unevaluable> {
    let Some(letters) = values[0].letters()? else {
        return Ok(Datum::Null(DatumKind::Text));
    };
    let mut bytes = letters.bytes()?;
    if bytes.len() != 16 {
        return Err("a UUID that has not 16 bytes".to_owned());
    }
    if swaps(values)? {
        bytes = unswapped(&bytes);
    }
    let uuid = uuid::Uuid::from_slice(&bytes).map_err(|error| error.to_string())?;
    Ok(plain(uuid.to_string()))
}

/// `CHAR(65, 66)`: the bytes of numbers, without zeros before them.
fn char_bytes(values: &[Datum], _: &dyn Surroundings) -> Result<Datum, Unevaluable> {
    let mut bytes = Vec::new();
    for value in values {
        let Some(number) = count(value)? else {
            continue;
        };
        let number =
            u32::try_from(number).map_err(|_| "CHAR of a number out of range".to_owned())?;
        let all = number.to_be_bytes();
        let zeros = all.iter().take_while(|&&byte| byte == 0).count().min(3);
        bytes.extend_from_slice(&all[zeros..]);
    }
    Ok(Datum::bytes(bytes))
}

fn converted(value: &Datum, from: i128, to: i128) -> Result<Datum, Unevaluable> {
    let null = Datum::Null(DatumKind::Text);
    let base = |base: i128| {
        u32::try_from(base)
            .ok()
            .filter(|base| (2..=36).contains(base))
    };
    let Some(text) = value.letters()? else {
        return Ok(null);
    };
    let (Some(from), Some(to)) = (base(from), base(to)) else {
        return if from < 0 || to < 0 {
            Err("CONV to a negative base".to_owned())
        } else {
            Ok(null)
        };
    };
    let text: String = text.units.iter().collect();
    let text = text.trim_start();
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let end = digits
        .find(|letter: char| !letter.is_digit(from))
        .unwrap_or(digits.len());
    if end == 0 && digits.is_empty() {
        return Err("CONV of an empty text, on which servers differ".to_owned());
    }
    let number = match &digits[..end] {
        "" => 0,
        digits => u64::from_str_radix(digits, from)
            .map_err(|_| "a number of more than 64 bits".to_owned())?,
    };
    let mut number = if negative {
        number.wrapping_neg()
    } else {
        number
    };
    let mut reversed = Vec::new();
    while number > 0 || reversed.is_empty() {
        let digit = u32::try_from(number % u64::from(to)).unwrap_or(0);
        reversed.push(
            char::from_digit(digit, to)
                .unwrap_or('0')
                .to_ascii_uppercase(),
        );
        number /= u64::from(to);
    }
    Ok(plain(reversed.into_iter().rev().collect()))
}
