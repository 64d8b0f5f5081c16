//! Function calls: the ones that mean the same in SQLite, under their names there.
//!
//! A function that is not listed is an error with its name. Where the two databases disagree in a
//! corner (rounding, NULL, units) the translation follows MySQL or is left out.
//!
//! A part of the one recursive descent that `expression`, `primary`, `function` and `query` are: they call each
//! other, as the grammar does.

use super::{Sql, Translator, Type, Untranslatable};
use crate::dump::Token;
use crate::file::sql::quoted;

/// Functions that have the same name, arguments and meaning, and the type of their values.
const SAME: &[(&str, Type)] = &[
    ("ABS", Type::Number),
    ("COALESCE", Type::Unknown),
    ("HEX", Type::Text),
    ("IFNULL", Type::Unknown),
    ("INSTR", Type::Number),
    ("JSON_ARRAY", Type::Text),
    ("JSON_EXTRACT", Type::Unknown),
    ("JSON_OBJECT", Type::Text),
    ("JSON_QUOTE", Type::Text),
    ("LOWER", Type::Text),
    ("LTRIM", Type::Text),
    ("NULLIF", Type::Unknown),
    ("REPLACE", Type::Text),
    ("RTRIM", Type::Text),
    ("SIGN", Type::Number),
    ("UPPER", Type::Text),
    ("AVG", Type::Number),
    ("SUM", Type::Number),
    ("ROW_NUMBER", Type::Number),
    ("RANK", Type::Number),
    ("DENSE_RANK", Type::Number),
];

impl Translator<'_> {
    /// Translates a call from its opening parenthesis on.
    pub(super) fn call(&mut self, name: &str) -> Result<Sql, Untranslatable> {
        self.expect_symbol(b'(')?;
        let sql = match name {
            "CAST" => self.cast(),
            "CONVERT" => self.convert(),
            "TRIM" => self.trim(),
            "VALUES" | "VALUE" => self.new_value(),
            "EXTRACT" => self.extract(),
            "POSITION" => self.position(),
            "SUBSTRING" | "SUBSTR" | "MID" => self.substring(),
            "GROUP_CONCAT" => self.group_concat(),
            "COUNT" | "SUM" | "AVG" | "MIN" | "MAX" => self.aggregate(name),
            "DATE_ADD" | "ADDDATE" => self.date_shift("+"),
            "DATE_SUB" | "SUBDATE" => self.date_shift("-"),
            _ => {
                let arguments = self.arguments()?;
                if let (true, "UNHEX", [digits]) = (self.at_import, name, arguments.as_slice()) {
                    // New in SQLite 3.41: not for what stays in the file.
                    return Ok(Sql::new(format!("unhex({})", digits.text), Type::Blob));
                }
                plain_call(name, arguments)
            }
        }?;
        if self.at_word(&["OVER"])? {
            return self.over(&sql);
        }
        Ok(sql)
    }

    /// Arguments up to the closing parenthesis.
    fn arguments(&mut self) -> Result<Vec<Sql>, Untranslatable> {
        let mut arguments = Vec::new();
        if self.skip_symbol(b')')? {
            return Ok(arguments);
        }
        loop {
            arguments.push(self.expression()?);
            if !self.skip_symbol(b',')? {
                self.expect_symbol(b')')?;
                return Ok(arguments);
            }
        }
    }

    fn cast(&mut self) -> Result<Sql, Untranslatable> {
        let value = self.expression()?;
        self.expect_word("AS")?;
        let sql = self.cast_to(value)?;
        self.expect_symbol(b')')?;
        Ok(sql)
    }

    fn convert(&mut self) -> Result<Sql, Untranslatable> {
        let value = self.expression()?;
        let sql = if self.skip_word("USING")? {
            self.name()?;
            Sql::new(value.text, Type::Text)
        } else {
            self.expect_symbol(b',')?;
            self.cast_to(value)?
        };
        self.expect_symbol(b')')?;
        Ok(sql)
    }

    fn cast_to(&mut self, value: Sql) -> Result<Sql, Untranslatable> {
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
        let cast = |sql: &str, value: Type, text: String| {
            Sql::new(format!("CAST({text} AS {sql})"), value)
        };
        Ok(match name.as_str() {
            // MySQL rounds here and SQLite cuts.
            "SIGNED" | "UNSIGNED" => cast(
                "INTEGER",
                Type::Number,
                format!("round({})", value.number()),
            ),
            "CHAR" | "NCHAR" | "CHARACTER" => match arguments.first() {
                Some(length) => Sql::new(
                    format!("substr(CAST({} AS TEXT), 1, {})", value.text, length.text),
                    Type::Text,
                ),
                None => cast("TEXT", Type::Text, value.text),
            },
            "BINARY" => cast("BLOB", Type::Blob, value.text),
            "DOUBLE" | "FLOAT" | "REAL" => cast("REAL", Type::Number, value.number()),
            "DECIMAL" => {
                let scale = arguments.get(1).map_or("0", |scale| scale.text.as_str());
                Sql::new(format!("round({}, {scale})", value.number()), Type::Number)
            }
            "DATE" => Sql::new(format!("date({})", value.text), Type::Date),
            "DATETIME" => Sql::new(format!("datetime({})", value.text), Type::DateTime),
            "TIME" => Sql::new(format!("time({})", value.text), Type::Text),
            "JSON" => Sql::new(format!("json({})", value.text), Type::Text),
            other => return Err(format!("CAST AS {other}")),
        })
    }

    fn trim(&mut self) -> Result<Sql, Untranslatable> {
        let mut function = "trim";
        for (word, name) in [
            ("BOTH", "trim"),
            ("LEADING", "ltrim"),
            ("TRAILING", "rtrim"),
        ] {
            if self.skip_word(word)? {
                function = name;
            }
        }
        let from_only = self.skip_word("FROM")?;
        let first = self.expression()?;
        if !from_only && self.skip_word("FROM")? {
            let text = self.expression()?;
            self.expect_symbol(b')')?;
            // SQLite takes a set of characters, MySQL a string: the same for one character.
            if first.text.chars().count() != "'x'".len() {
                return Err("TRIM of more than one character".to_owned());
            }
            let call = format!("{function}({}, {})", text.text, first.text);
            return Ok(Sql::new(call, Type::Text));
        }
        self.expect_symbol(b')')?;
        Ok(Sql::new(
            format!("{function}({}, ' ')", first.text),
            Type::Text,
        ))
    }

    fn position(&mut self) -> Result<Sql, Untranslatable> {
        // The argument's own IN must not be taken for the operator.
        let needle = self.primary_argument()?;
        self.expect_word("IN")?;
        let text = self.expression()?;
        self.expect_symbol(b')')?;
        let call = format!("instr({}, {})", text.text, needle.text);
        Ok(Sql::new(call, Type::Number))
    }

    fn substring(&mut self) -> Result<Sql, Untranslatable> {
        let text = self.expression()?;
        let by_words = self.skip_word("FROM")?;
        if !by_words {
            self.expect_symbol(b',')?;
        }
        let mut call = format!("substr({}, {}", text.text, self.expression()?.number());
        let more = if by_words {
            self.skip_word("FOR")?
        } else {
            self.skip_symbol(b',')?
        };
        if more {
            call += &format!(", {}", self.expression()?.number());
        }
        self.expect_symbol(b')')?;
        Ok(Sql::new(call + ")", Type::Text))
    }

    fn aggregate(&mut self, name: &str) -> Result<Sql, Untranslatable> {
        let distinct = if self.skip_word("DISTINCT")? {
            "DISTINCT "
        } else {
            ""
        };
        let arguments = self.arguments()?;
        let [argument] =
            <[Sql; 1]>::try_from(arguments).map_err(|_| format!("{name} of several columns"))?;
        let value = if name == "COUNT" || argument.value == Type::Digits {
            Type::Number
        } else {
            argument.value
        };
        let inner = if name == "COUNT" {
            argument.text
        } else {
            argument.number()
        };
        let call = format!("{}({distinct}{inner})", name.to_ascii_lowercase());
        let value = if matches!(name, "SUM" | "AVG") {
            Type::Number
        } else {
            value
        };
        Ok(Sql::new(call, value))
    }

    fn group_concat(&mut self) -> Result<Sql, Untranslatable> {
        let distinct = self.skip_word("DISTINCT")?;
        let value = self.expression()?;
        if self.skip_word("ORDER")? {
            // Older versions would not even open a file with it.
            return Err("GROUP_CONCAT(… ORDER BY …), which SQLite has from 3.44 on".to_owned());
        }
        let mut separator = "','".to_owned();
        if self.skip_word("SEPARATOR")? {
            separator = self.expression()?.text;
        }
        self.expect_symbol(b')')?;
        if distinct && separator != "','" {
            return Err("GROUP_CONCAT(DISTINCT … SEPARATOR …)".to_owned());
        }
        let call = if distinct {
            format!("group_concat(DISTINCT {})", value.text)
        } else {
            format!("group_concat({}, {separator})", value.text)
        };
        Ok(Sql::new(call, Type::Text))
    }

    fn over(&mut self, function: &Sql) -> Result<Sql, Untranslatable> {
        self.expect_word("OVER")?;
        self.expect_symbol(b'(')?;
        let mut window = Vec::new();
        if self.skip_word("PARTITION")? {
            self.expect_word("BY")?;
            let mut parts = vec![self.expression()?.text];
            while self.skip_symbol(b',')? {
                parts.push(self.expression()?.text);
            }
            window.push(format!("PARTITION BY {}", parts.join(", ")));
        }
        if self.skip_word("ORDER")? {
            self.expect_word("BY")?;
            window.push(format!("ORDER BY {}", self.order_items(true)?));
        }
        self.expect_symbol(b')')
            .map_err(|_| "the frame of a window".to_owned())?;
        let text = format!("{} OVER ({})", function.text, window.join(" "));
        Ok(Sql::new(text, function.value))
    }

    /// A literal or a name: what may stand where an expression would take too much.
    pub(super) fn primary_argument(&mut self) -> Result<Sql, Untranslatable> {
        let token = self.next()?;
        match token {
            Token::Number(_) | Token::Text { .. } => self.literal(token),
            Token::Word(_) | Token::Name { .. } => {
                let name = self.name_of(token)?;
                Ok(Sql::new(quoted(&name), Type::Unknown))
            }
            _ => Err("an interval that is computed".to_owned()),
        }
    }

    /// `VALUES(n)` in `ON DUPLICATE KEY UPDATE`: the new row's, whatever was assigned already.
    fn new_value(&mut self) -> Result<Sql, Untranslatable> {
        let mut name = self.name()?;
        while self.skip_symbol(b'.')? {
            name = self.name()?;
        }
        self.expect_symbol(b')')?;
        let columns = self.scopes.first().and_then(|scope| scope.tables.first());
        let columns = columns.map_or(&[][..], |table| table.columns.as_slice());
        let known = columns
            .iter()
            .find(|(column, _)| column.eq_ignore_ascii_case(&name));
        let value = known.map_or(Type::Unknown, |(_, value)| *value);
        Ok(Sql::new(format!("excluded.{}", quoted(&name)), value))
    }

    /// `DEFAULT` or `DEFAULT(other)` in place of a value for `column`: whose default that is.
    pub(super) fn default_keyword(
        &mut self,
        column: &str,
    ) -> Result<Option<String>, Untranslatable> {
        if !self.skip_word("DEFAULT")? {
            return Ok(None);
        }
        if !self.skip_symbol(b'(')? {
            return Ok(Some(column.to_owned()));
        }
        let named = self.name()?;
        self.expect_symbol(b')')?;
        Ok(Some(named))
    }
}

fn plain_call(name: &str, arguments: Vec<Sql>) -> Result<Sql, Untranslatable> {
    if let Some((_, value)) = SAME.iter().find(|(same, _)| *same == name) {
        let value = match value {
            // What comes out is what went in.
            Type::Unknown => arguments.first().map_or(Type::Unknown, |first| first.value),
            known => *known,
        };
        let computes = matches!(name, "ABS" | "SIGN");
        let texts: Vec<String> = arguments
            .into_iter()
            .map(|argument| {
                if computes {
                    argument.number()
                } else {
                    argument.text
                }
            })
            .collect();
        let call = format!("{}({})", name.to_ascii_lowercase(), texts.join(", "));
        return Ok(Sql::new(call, value));
    }
    let texts: Vec<&str> = arguments.iter().map(|sql| sql.text.as_str()).collect();
    if let [only] = texts[..]
        && let Some(sql) = super::dates::date_part(name, only)
    {
        return Ok(sql);
    }
    if let Some(text) = super::spatial::call(name, &texts) {
        return Ok(Sql::new(text, Type::Blob));
    }
    let known = renamed(name, &texts)
        .or_else(|| super::json::call(name, &texts))
        .or_else(|| super::dates::call(name, &texts));
    if let Some((text, value)) = known {
        return Ok(Sql::new(text, value));
    }
    let numbers: Vec<String> = arguments.into_iter().map(Sql::number).collect();
    let numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
    computed(name, &numbers).ok_or_else(|| format!("the function {name}"))
}

/// Functions about text, and about nothing else.
fn renamed(name: &str, texts: &[&str]) -> Option<(String, Type)> {
    Some(match (name, texts) {
        ("CHAR_LENGTH" | "CHARACTER_LENGTH", [a]) => (format!("length({a})"), Type::Number),
        ("LENGTH" | "OCTET_LENGTH", [a]) => (format!("length(CAST({a} AS BLOB))"), Type::Number),
        ("LCASE", [a]) => (format!("lower({a})"), Type::Text),
        ("UCASE", [a]) => (format!("upper({a})"), Type::Text),
        ("LEFT", [a, n]) => (format!("substr({a}, 1, {n})"), Type::Text),
        ("RIGHT", [a, n]) => (
            format!("CASE WHEN {n} > 0 THEN substr({a}, - {n}) ELSE '' END"),
            Type::Text,
        ),
        ("LOCATE", [needle, text]) => (format!("instr({text}, {needle})"), Type::Number),
        ("CONCAT", [_, ..]) => (format!("({})", texts.join(" || ")), Type::Text),
        ("CONCAT_WS", [separator, rest @ ..]) => (joined(separator, rest), Type::Text),
        ("REPEAT", [a, n]) => (
            format!("replace(substr(hex(zeroblob({n})), 1, {n}), '0', {a})"),
            Type::Text,
        ),
        ("FIELD", [wanted, others @ ..]) => (field(wanted, others), Type::Number),
        ("IF", [c, a, b]) => (format!("iif({c}, {a}, {b})"), Type::Unknown),
        ("ISNULL", [a]) => (format!("({a} IS NULL)"), Type::Number),
        ("ANY_VALUE" | "MIN" | "MAX", [a]) => (format!("max({a})"), Type::Unknown),
        ("CONV", _) => (conv(texts)?, Type::Number),
        ("UUID", []) => (uuid(), Type::Text),
        _ => return None,
    })
}

/// `CONCAT_WS`, which leaves out what is NULL; SQLite has its own from 3.44 on.
fn joined(separator: &str, parts: &[&str]) -> String {
    let parts = parts
        .iter()
        .map(|part| format!("iif({part} IS NULL, '', {separator} || {part})"));
    let all = parts.collect::<Vec<_>>().join(" || ");
    format!("substr({all}, length({separator}) + 1)")
}

/// The place of a value among others, from 1; 0 if it is not there.
fn field(wanted: &str, others: &[&str]) -> String {
    let places = others.iter().zip(1..);
    let places: Vec<String> = places
        .map(|(other, place)| format!(" WHEN {other} THEN {place}"))
        .collect();
    format!("(CASE {wanted}{} ELSE 0 END)", places.concat())
}

/// `CONV` of literal digits to decimal: how Adminer writes BIT.
fn conv(texts: &[&str]) -> Option<String> {
    let [digits, base, "10"] = texts else {
        return None;
    };
    let base = base.parse().ok().filter(|base| (2..=36).contains(base))?;
    let digits = digits.trim_matches('\'');
    i64::from_str_radix(digits, base)
        .ok()
        .map(|number| number.to_string())
}

/// Functions about numbers, their arguments as numbers.
fn computed(name: &str, numbers: &[&str]) -> Option<Sql> {
    let text = match (name, numbers) {
        ("ROUND", [a]) => format!("round({a})"),
        ("ROUND", [a, places]) => format!("round({a}, {places})"),
        ("FLOOR", [a]) => format!("(CAST({a} AS INTEGER) - ({a} < CAST({a} AS INTEGER)))"),
        ("CEIL" | "CEILING", [a]) => {
            format!("(CAST({a} AS INTEGER) + ({a} > CAST({a} AS INTEGER)))")
        }
        ("TRUNCATE", [a, "0"]) => format!("CAST({a} AS INTEGER)"),
        ("MOD", [a, b]) => format!("({a} % {b})"),
        ("GREATEST", [_, _, ..]) => format!("max({})", numbers.join(", ")),
        ("LEAST", [_, _, ..]) => format!("min({})", numbers.join(", ")),
        ("RAND", []) => "((random() & 9007199254740991) / 9007199254740992.0)".to_owned(),
        _ => return None,
    };
    Some(Sql::new(text, Type::Number))
}

/// A random UUID of version 4; MySQL's are of version 1, and neither is to be foreseen.
fn uuid() -> String {
    let hex = |bytes: u32| format!("hex(randomblob({bytes}))");
    format!(
        "lower({} || '-' || {} || '-4' || substr({}, 2) || '-' || substr('89ab', 1 + (random() & 3), \
         1) || substr({}, 2) || '-' || {})",
        hex(4),
        hex(2),
        hex(2),
        hex(2),
        hex(6)
    )
}
