//! `CAST` and `CONVERT`.
//!
//! A part of the one recursive descent that `expression`, `primary`, `function` and `query` are: they call each
//! other, as the grammar does. What a conversion gives depends on the type of what is converted.

use super::sql::{Sql, SqlForm, power};
use super::types::{EXACT_DIGITS, TextType, Type, WHOLE_DIGITS};
use super::{Translator, Untranslatable};
use crate::dump::Token;

impl Translator<'_> {
    pub(super) fn cast(&mut self) -> Result<Sql, Untranslatable> {
        let value = self.expression()?;
        self.expect_word("AS")?;
        let sql = self.cast_to(&value)?;
        self.expect_symbol(b')')?;
        Ok(sql)
    }

    pub(super) fn convert(&mut self) -> Result<Sql, Untranslatable> {
        let value = self.expression()?;
        let sql = if self.skip_word("USING")? {
            let charset = self.name()?.to_ascii_lowercase();
            if charset != "utf8mb4" {
                return Err(format!("CONVERT USING {charset}"));
            }
            Sql::text_of(value.cast_to_text()?, &[&value])
        } else {
            self.expect_symbol(b',')?;
            self.cast_to(&value)?
        };
        self.expect_symbol(b')')?;
        Ok(sql)
    }

    fn cast_to(&mut self, value: &Sql) -> Result<Sql, Untranslatable> {
        let name = self.name()?.to_ascii_uppercase();
        let mut arguments = Vec::new();
        if self.skip_symbol(b'(')? {
            arguments = self.arguments()?;
        }
        while self.at_word(&["INTEGER", "CHARACTER", "CHARSET", "SET", "INT"])? {
            self.next()?;
            if let Token::Word(_) | Token::Name { .. } = self.peek()? {
                self.next()?;
            }
        }
        if self.skip_word("ARRAY")? {
            return Err("the type ARRAY, of multi-valued indexes".to_owned());
        }
        if value.is_null() {
            return Ok(value.clone());
        }
        let length = arguments.first().and_then(Sql::constant);
        let other = || Err(format!("CAST AS {name} of {}", value.value.called()));
        Ok(match (name.as_str(), value.value) {
            ("SIGNED" | "UNSIGNED" | "INTEGER" | "INT", kind) => {
                return whole(value, kind, &name).map_or_else(other, Ok);
            }
            ("CHAR" | "NCHAR" | "CHARACTER" | "VARCHAR", _) => {
                let text = value.cast_to_text()?;
                match length {
                    Some(length) => Sql::text_of(format!("substr({text}, 1, {length})"), &[value]),
                    None => Sql::text_of(text, &[value]),
                }
            }
            ("BINARY", Type::Text(TextType { utf8: true, .. })) if length.is_none() => {
                Sql::new(format!("CAST({} AS BLOB)", value.text), Type::Blob)
            }
            ("BINARY", Type::Blob) if length.is_none() => value.clone(),
            ("DOUBLE", Type::Text(_)) => {
                Sql::new(format!("CAST({} AS REAL)", value.text), Type::Real)
            }
            ("DOUBLE", _) => Sql::new(value.real()?, Type::Real),
            ("DECIMAL" | "DEC" | "NUMERIC", kind) if kind.exact().is_some() => {
                let digits = length
                    .and_then(|digits| u32::try_from(digits).ok())
                    .unwrap_or(10);
                let scale = arguments.get(1).and_then(Sql::constant).unwrap_or(0);
                exact(value, digits, u32::try_from(scale).unwrap_or(0))?
            }
            ("DATE", Type::Date) => value.clone(),
            ("DATE", Type::DateTime(_)) => {
                Sql::new(format!("substr({}, 1, 10)", value.text), Type::Date)
            }
            ("DATETIME", Type::Date) if arguments.is_empty() => Sql::new(
                format!("({} || ' 00:00:00')", value.text),
                Type::DateTime(0),
            ),
            ("DATETIME", Type::DateTime(0)) if arguments.is_empty() => value.clone(),
            ("TIME", Type::DateTime(0)) if arguments.is_empty() => {
                Sql::new(format!("substr({}, 12)", value.text), Type::Time)
            }
            _ => return other(),
        })
    }
}

/// A whole number of 64 bits.
fn whole(value: &Sql, kind: Type, name: &str) -> Option<Sql> {
    let signed = name != "UNSIGNED";
    let as_whole = Type::Whole {
        digits: WHOLE_DIGITS,
        signed,
    };
    match kind {
        _ if kind.is_whole() && (signed || kind.is_unsigned()) => Some(Sql {
            value: match kind {
                Type::Whole { digits, .. } => Type::Whole { digits, signed },
                _ => as_whole,
            },
            form: SqlForm::Plain,
            ..value.clone()
        }),
        Type::Exact { digits, .. } if signed && digits <= EXACT_DIGITS => {
            let rounded = value.scaled().ok()?.with_scale(0);
            Some(Sql::new(rounded.text, as_whole))
        }
        // The digits that a text begins with, in both.
        Type::Text(_) if signed => Some(Sql::new(
            format!("CAST({} AS INTEGER)", value.text),
            as_whole,
        )),
        _ => None,
    }
}

/// An exact number, which becomes the nearest that has room.
fn exact(value: &Sql, digits: u32, scale: u32) -> Result<Sql, Untranslatable> {
    if digits > EXACT_DIGITS || scale > digits {
        return Err(format!(
            "a DECIMAL of {digits} digits, of which SQLite computes with {EXACT_DIGITS}"
        ));
    }
    let scaled = value.scaled()?.with_scale(scale);
    let most = power(digits).parse::<i64>().unwrap_or(i64::MAX) - 1;
    if scaled.digits <= digits {
        return Ok(Sql::scaled_of(scaled.text, digits, scale));
    }
    Ok(Sql::scaled_of(
        format!("max(-{most}, min({most}, {}))", scaled.text),
        digits,
        scale,
    ))
}
