//! The smallest parts of an expression: literals, columns, `CASE`, `EXISTS`, parentheses.
//!
//! Names that mean nothing here are errors; calls are `function`'s.
//!
//! A part of the one recursive descent that `expression`, `primary`, `function` and `query` are: they call each
//! other, as the grammar does.

use data_encoding::HEXLOWER;

use super::compare::{TextUse, unified};
use super::dates::bare_function;
use super::expression::reason;
use super::function::chosen;
use super::sql::{Sql, SqlForm};
use super::types::Type;
use super::{Translator, Untranslatable};
use crate::dump::{Charset, Token, hex_bytes};
use crate::file::sql::{literal, quoted};

/// Words that end an expression inside a query.
const STOPS: &[&str] = &[
    "AND",
    "AS",
    "ASC",
    "BETWEEN",
    "CROSS",
    "DESC",
    "DIV",
    "ELSE",
    "END",
    "FOR",
    "FROM",
    "FORCE",
    "GROUP",
    "HAVING",
    "IGNORE",
    "IN",
    "INNER",
    "IS",
    "JOIN",
    "LEFT",
    "LIKE",
    "LIMIT",
    "LOCK",
    "MOD",
    "NATURAL",
    "NOT",
    "OFFSET",
    "ON",
    "OR",
    "ORDER",
    "REGEXP",
    "RIGHT",
    "RLIKE",
    "SEPARATOR",
    "STRAIGHT_JOIN",
    "THEN",
    "UNION",
    "USE",
    "USING",
    "WHEN",
    "WHERE",
    "WINDOW",
    "WITH",
    "XOR",
];

impl Translator<'_> {
    pub(super) fn primary(&mut self) -> Result<Sql, Untranslatable> {
        let token = self.next()?;
        match token {
            Token::Number(_) | Token::Text { .. } => self.literal(token),
            Token::Hex(span) => {
                let digits = self.cursor.text(span).map_err(reason)?;
                let padding = if digits.len() % 2 == 1 { "0" } else { "" };
                Ok(Sql::new(format!("x'{padding}{digits}'"), Type::Blob))
            }
            Token::Bits(span) => {
                let digits = self.cursor.text(span).map_err(reason)?;
                let number = i64::from_str_radix(&digits, 2)
                    .map_err(|_| "a bit literal of more than 63 bits".to_owned())?;
                Ok(Sql::new(number.to_string(), Type::Bits))
            }
            Token::Symbol(b'(') => self.parenthesised(),
            Token::Symbol(b'*') => Ok(Sql::new("*", Type::Unknown)),
            Token::Symbol(b'?') => Err("a parameter".to_owned()),
            Token::Name { .. } | Token::Word(_) => self.word(token),
            token => Err(reason(self.cursor.unexpected(token, "an expression"))),
        }
    }

    /// A number or a string, and the strings behind it that belong to it.
    pub(super) fn literal(&mut self, token: Token) -> Result<Sql, Untranslatable> {
        match token {
            Token::Number(span) => number(self.cursor.text(span).map_err(reason)?),
            Token::Text {
                span,
                quote,
                escaped,
            } => {
                let text = self
                    .cursor
                    .string_of(span, quote, escaped)
                    .map_err(reason)?;
                let text = self.with_adjacent(text)?;
                Ok(string(text))
            }
            token => Err(reason(self.cursor.unexpected(token, "a literal"))),
        }
    }

    fn parenthesised(&mut self) -> Result<Sql, Untranslatable> {
        if self.at_word(&["SELECT", "WITH"])? {
            let outer = std::mem::take(&mut self.columns);
            let query = self.value_query()?;
            let inner = std::mem::replace(&mut self.columns, outer);
            self.expect_symbol(b')')?;
            let (value, columns) = match inner.into_iter().next() {
                Some(column) => (column.value, column.sources),
                None => (Type::Unknown, Vec::new()),
            };
            return Ok(Sql {
                columns,
                ..Sql::new(format!("({query})"), value)
            });
        }
        let inner = self.expression()?;
        if self.skip_symbol(b',')? {
            return Err("a row of several values".to_owned());
        }
        self.expect_symbol(b')')?;
        Ok(inner)
    }

    /// A keyword, a function or a column.
    fn word(&mut self, token: Token) -> Result<Sql, Untranslatable> {
        let name = self.name_of(token)?;
        if let Token::Word(_) = token {
            let upper = name.to_ascii_uppercase();
            match upper.as_str() {
                "NULL" => return Ok(Sql::new("NULL", Type::Nothing)),
                "TRUE" => return Ok(Sql::new("1", Type::TRUTH)),
                "FALSE" => return Ok(Sql::new("0", Type::TRUTH)),
                "CASE" => return self.case(),
                "EXISTS" => return self.exists(),
                "INTERVAL" => return Err("INTERVAL before a date".to_owned()),
                _ if upper.starts_with('@') => return Err(format!("the variable {name}")),
                _ => {}
            }
            if let Token::Text { .. } = self.peek()?
                && (name.starts_with('_') || ["DATE", "TIME", "TIMESTAMP"].contains(&&*upper))
            {
                return self.introduced(&upper);
            }
            if let Token::Hex(span) = self.peek()?
                && let Some(charset) = name.strip_prefix('_')
            {
                self.next()?;
                let bytes = hex_bytes(self.cursor.slice(span)).unwrap_or_default();
                return introduced_bytes(charset, bytes);
            }
            if self.peek()? == Token::Symbol(b'(') {
                return self.call(&upper);
            }
            if let Some(sql) = bare_function(&upper) {
                return Ok(sql);
            }
            if STOPS.contains(&upper.as_str()) {
                return Err(format!("{upper} where a value should be"));
            }
        } else if self.peek()? == Token::Symbol(b'(') {
            return Err(format!("the stored function {name}"));
        }
        self.column(name)
    }

    /// Adjacent strings are one.
    fn with_adjacent(&mut self, mut text: String) -> Result<String, Untranslatable> {
        while let Token::Text { .. } = self.peek()? {
            text += &self.cursor.string("a string").map_err(reason)?;
        }
        Ok(text)
    }

    /// `_utf8mb4'x'`, `DATE'2020-01-01'`.
    fn introduced(&mut self, word: &str) -> Result<Sql, Untranslatable> {
        let text = self.cursor.string("a string").map_err(reason)?;
        let text = self.with_adjacent(text)?;
        Ok(match word {
            "_BINARY" => Sql::new(
                format!("x'{}'", HEXLOWER.encode(text.as_bytes())),
                Type::Blob,
            ),
            "DATE" if text.len() == 10 => Sql::new(literal(&text), Type::Date),
            "TIMESTAMP" if text.len() == 19 => Sql::new(literal(&text), Type::DateTime(0)),
            "DATE" | "TIMESTAMP" | "TIME" => return Err(format!("{word}{}", literal(&text))),
            _ => string(text),
        })
    }

    pub(super) fn column(&mut self, first: String) -> Result<Sql, Untranslatable> {
        let mut parts = vec![first];
        while self.skip_symbol(b'.')? {
            if self.skip_symbol(b'*')? {
                let table = parts.pop().unwrap_or_default();
                return Ok(Sql::new(format!("{}.*", quoted(&table)), Type::Unknown));
            }
            parts.push(self.name()?);
        }
        let name = parts.pop().unwrap_or_default();
        let table = parts.pop();
        for scope in self.scopes.iter().rev() {
            if let Some(sql) = scope.resolve(table.as_deref(), &name) {
                return Ok(sql);
            }
        }
        if self.scopes.iter().all(|scope| scope.tables.is_empty()) {
            return Err(format!("the unknown name {name}"));
        }
        // A column of a derived table, or the alias of a select item.
        let mut known = self.columns.iter();
        let known = known.find(|column| column.name.eq_ignore_ascii_case(&name));
        let known = known.map_or_else(|| Sql::new("", Type::Unknown), super::KnownColumn::sql);
        let text = match table {
            Some(table) => format!("{}.{}", quoted(&table), quoted(&name)),
            None => quoted(&name),
        };
        Ok(Sql { text, ..known })
    }

    fn case(&mut self) -> Result<Sql, Untranslatable> {
        let subject = if self.at_word(&["WHEN"])? {
            None
        } else {
            Some(self.expression()?)
        };
        let (mut wanted, mut results) = (Vec::new(), Vec::new());
        while self.skip_word("WHEN")? {
            wanted.push(self.expression()?);
            self.expect_word("THEN")?;
            results.push(self.expression()?);
        }
        if self.skip_word("ELSE")? {
            results.push(self.expression()?);
        }
        self.expect_word("END")?;
        let subject = subject.map(|subject| subject.beside(&wanted)).transpose()?;
        let mut conditions = Vec::new();
        for wanted in &wanted {
            conditions.push(match &subject {
                Some(subject) => {
                    let (own, other) = self.pair(subject, wanted, TextUse::Equality)?;
                    format!("{own} = {other}")
                }
                None => wanted.condition()?,
            });
        }
        let (values, value) = unified(&results)?;
        let mut text = "(CASE".to_owned();
        for (condition, value) in conditions.iter().zip(&values) {
            text += &format!(" WHEN {condition} THEN {}", value.text);
        }
        if let Some(other) = values.get(conditions.len()) {
            text += &format!(" ELSE {}", other.text);
        }
        Ok(chosen(text + " END)", &values, value))
    }

    fn exists(&mut self) -> Result<Sql, Untranslatable> {
        self.expect_symbol(b'(')?;
        let outer = std::mem::take(&mut self.columns);
        let query = self.value_query()?;
        self.columns = outer;
        self.expect_symbol(b')')?;
        Ok(Sql::new(format!("EXISTS ({query})"), Type::TRUTH))
    }
}

/// A number as it is written: whole, exact or floating point.
fn number(digits: String) -> Result<Sql, Untranslatable> {
    if digits.contains(['e', 'E']) {
        return Ok(Sql::new(digits, Type::Real));
    }
    let length = digits.bytes().filter(u8::is_ascii_digit).count();
    let length = u32::try_from(length).unwrap_or(u32::MAX);
    if let Some((whole, fraction)) = digits.split_once('.') {
        let scale = u32::try_from(fraction.len()).unwrap_or(u32::MAX);
        if length > super::types::EXACT_DIGITS {
            return Err(format!("a number of {length} digits"));
        }
        let whole = if whole.is_empty() { "0" } else { whole };
        let written = if fraction.is_empty() {
            whole.to_owned()
        } else {
            format!("{whole}.{fraction}")
        };
        let value = Type::Exact {
            digits: length.max(scale + 1),
            scale,
        };
        return Ok(Sql {
            form: SqlForm::Literal(written),
            ..Sql::new(digits, value)
        });
    }
    match digits.parse::<i64>() {
        Ok(_) => Ok(Sql::new(
            digits,
            Type::Whole {
                digits: length,
                signed: false,
            },
        )),
        Err(_) => Err("a number above 2^63-1".to_owned()),
    }
}

/// A string literal.
fn string(text: String) -> Sql {
    Sql {
        text: literal(&text),
        form: SqlForm::Literal(text),
        ..Sql::new("", Type::LITERAL)
    }
}

/// `_latin1 0xE9`: text of the character set, or bytes.
fn introduced_bytes(charset: &str, bytes: Vec<u8>) -> Result<Sql, Untranslatable> {
    match Charset::from_name(charset) {
        None => Err(format!("the character set {charset}")),
        Some(Charset::Binary) => Ok(Sql::new(
            format!("x'{}'", HEXLOWER.encode(&bytes)),
            Type::Blob,
        )),
        Some(charset) => {
            let text = charset
                .decode(bytes.into())
                .map_err(|error| error.to_string())?;
            Ok(string(text.into_owned()))
        }
    }
}
