//! Function calls: the ones that mean the same in SQLite, or can be said so that they do.
//!
//! A function that is not listed is an error with its name. The types of the arguments decide whether a listed one is
//! the same for every row; where it is not, the reason is an error. docs/import.md has them all.
//!
//! A part of the one recursive descent that `expression`, `primary`, `function` and `query` are: they call each
//! other, as the grammar does.

use super::arithmetic::{computed, floor, rounded, truncated};
use super::compare::{TextUse, unified};
use super::sql::Sql;
use super::types::{Fold, TextType, Type};
use super::{Translator, Untranslatable};
use crate::dump::Token;

impl Translator<'_> {
    /// Translates a call from its opening parenthesis on.
    pub(super) fn call(&mut self, name: &str) -> Result<Sql, Untranslatable> {
        self.expect_symbol(b'(')?;
        let sql = match name {
            "CAST" => self.cast(),
            "CONVERT" => self.convert(),
            "TRIM" => self.trim(),
            "EXTRACT" => self.extract(),
            "POSITION" => self.position(),
            "SUBSTRING" | "SUBSTR" | "MID" => self.substring(),
            "GROUP_CONCAT" => self.group_concat(),
            "COUNT" | "SUM" | "AVG" | "MIN" | "MAX" | "ANY_VALUE" => self.aggregate(name),
            "DATE_ADD" | "ADDDATE" => self.date_shift("+"),
            "DATE_SUB" | "SUBDATE" => self.date_shift("-"),
            _ => {
                let arguments = self.arguments()?;
                if let (true, "UNHEX", [digits]) = (self.at_import, name, arguments.as_slice()) {
                    // New in SQLite 3.41: not for what stays in the file.
                    return Ok(Sql::new(format!("unhex({})", digits.text), Type::Blob));
                }
                self.plain_call(name, &arguments)
            }
        }?;
        if self.at_word(&["OVER"])? {
            return self.over(&sql);
        }
        Ok(sql)
    }

    /// Arguments up to the closing parenthesis.
    pub(super) fn arguments(&mut self) -> Result<Vec<Sql>, Untranslatable> {
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

    fn plain_call(&mut self, name: &str, arguments: &[Sql]) -> Result<Sql, Untranslatable> {
        let texts: Vec<&str> = arguments.iter().map(|sql| sql.text.as_str()).collect();
        if let Some(text) = super::spatial::call(name, &texts) {
            return Ok(Sql::new(text, Type::Blob));
        }
        if let ([], Some(sql)) = (arguments, super::aggregate::rank(name)) {
            return Ok(sql);
        }
        if let Some(sql) = self.choice(name, arguments)? {
            return Ok(sql);
        }
        if let Some(sql) = self.about_text(name, arguments)? {
            return Ok(sql);
        }
        if let Some(sql) = about_numbers(name, arguments)? {
            return Ok(sql);
        }
        if let Some(sql) = super::json::call(name, arguments)? {
            if let ("JSON_EXTRACT", [json, ..]) = (name, arguments) {
                self.compares(json, TextUse::Documents);
            }
            return Ok(sql);
        }
        let dated = super::dates::call(name, arguments)?;
        dated.ok_or_else(|| format!("the function {name}"))
    }

    /// Functions that give one of their arguments.
    fn choice(&mut self, name: &str, arguments: &[Sql]) -> Result<Option<Sql>, Untranslatable> {
        let whole = |text: String, values: &[Sql], value: Type| chosen(text, values, value);
        Ok(Some(match (name, arguments) {
            ("IF", [condition, rest @ ..]) if rest.len() == 2 => {
                let (values, value) = unified(rest)?;
                let text = format!(
                    "iif({}, {}, {})",
                    condition.condition()?,
                    values[0].text,
                    values[1].text
                );
                whole(text, &values, value)
            }
            ("IFNULL" | "NVL" | "COALESCE", [_, _, ..]) => {
                let (values, value) = unified(arguments)?;
                let call = if values.len() == 2 {
                    "ifnull"
                } else {
                    "coalesce"
                };
                whole(format!("{call}({})", listed(&values)), &values, value)
            }
            ("NULLIF", [a, b]) => {
                let (first, second) = self.pair(a, b, TextUse::Equality)?;
                let own = match a.value {
                    Type::Exact { .. } => a.scaled()?.sql(),
                    _ => a.clone(),
                };
                let text = format!("iif({first} = {second}, NULL, {})", own.text);
                whole(text, std::slice::from_ref(&own), own.value)
            }
            ("ISNULL", [a]) => Sql::new(format!("({} IS NULL)", a.text), Type::TRUTH),
            ("GREATEST" | "LEAST", [_, _, ..]) => {
                let (values, value) = unified(arguments)?;
                if value.text().is_some()
                    || !(value.exact().is_some()
                        || matches!(
                            value,
                            Type::Date | Type::DateTime(_) | Type::Real | Type::Nothing
                        ))
                {
                    return Err(format!("{name} of {}", value.called()));
                }
                // Digits that are stored would be compared as text.
                let values = values.iter().map(|sql| match sql.value {
                    Type::Exact { .. } => sql.scaled().map(super::sql::Scaled::sql),
                    _ => Ok(sql.clone()),
                });
                let values: Vec<Sql> = values.collect::<Result<_, _>>()?;
                let call = if name == "LEAST" { "min" } else { "max" };
                whole(format!("{call}({})", listed(&values)), &values, value)
            }
            ("FIELD", [wanted, others @ ..]) if !others.is_empty() => self.field(wanted, others)?,
            _ => return Ok(None),
        }))
    }

    /// The place of a value among others, from 1; 0 if it is not there.
    fn field(&mut self, wanted: &Sql, others: &[Sql]) -> Result<Sql, Untranslatable> {
        let mut places = String::new();
        // Of a mixture, a server compares all as floating point numbers.
        let textual = |sql: &Sql| sql.value.text().is_some();
        if others
            .iter()
            .any(|other| textual(other) != textual(wanted) && !other.is_null())
        {
            return Err("FIELD of values of different types".to_owned());
        }
        let wanted = wanted.beside(others)?;
        for (other, place) in others.iter().zip(1..) {
            let (own, other) = self.pair(&wanted, other, TextUse::Equality)?;
            places += &format!(" WHEN {own} = {other} THEN {place}");
        }
        Ok(Sql::new(format!("(CASE{places} ELSE 0 END)"), Type::COUNT))
    }

    /// Functions about texts, most of which take other values as they are shown.
    fn about_text(&mut self, name: &str, arguments: &[Sql]) -> Result<Option<Sql>, Untranslatable> {
        let parts: Vec<&Sql> = arguments.iter().collect();
        let of_parts = |text: String| Sql::text_of(text, &parts);
        Ok(Some(match (name, arguments) {
            ("CHAR_LENGTH" | "CHARACTER_LENGTH", [a]) => {
                Sql::new(format!("length({})", bytes_or_text(a)?), Type::COUNT)
            }
            ("LENGTH" | "OCTET_LENGTH", [a]) => {
                in_utf8(a, name)?;
                let text = bytes_or_text(a)?;
                Sql::new(format!("length(CAST({text} AS BLOB))"), Type::COUNT)
            }
            ("LOWER" | "LCASE" | "UPPER" | "UCASE", [a]) => {
                let text = a.as_text()?;
                self.compares(a, TextUse::Case);
                let call = if name.starts_with('L') {
                    "lower"
                } else {
                    "upper"
                };
                of_parts(format!("{call}({text})"))
            }
            ("LTRIM" | "RTRIM", [a]) => of_parts(format!(
                "{}({}, ' ')",
                name.to_ascii_lowercase(),
                a.as_text()?
            )),
            ("REPLACE", [a, from, to]) => {
                let (text, part, other) = (a.as_text()?, from.as_text()?, to.as_text()?);
                // A NULL that nothing is replaced by does not count on some servers.
                if to.string().is_none() {
                    return Err("REPLACE by what may be NULL".to_owned());
                }
                of_parts(format!("replace({text}, {part}, {other})"))
            }
            ("LEFT", [a, n]) => {
                let call = format!("substr({}, 1, {})", bytes_or_text(a)?, count(n)?);
                part_of(a, &[n], call)?
            }
            ("RIGHT", [a, n]) => {
                let (text, size) = (bytes_or_text(a)?, count(n)?);
                let call = format!(
                    "(CASE WHEN {size} <= 0 THEN substr({text}, 1, 0) ELSE substr({text}, - {size}) END)"
                );
                part_of(a, &[n], call)?
            }
            ("LOCATE", [needle, text]) | ("INSTR", [text, needle]) => self.place(text, needle)?,
            ("CONCAT", [_, ..]) => {
                let texts: Vec<String> = arguments
                    .iter()
                    .map(Sql::as_text)
                    .collect::<Result<_, _>>()?;
                match texts.as_slice() {
                    [only] => {
                        of_parts(arguments[0].cast_to_text().unwrap_or_else(|_| only.clone()))
                    }
                    _ => of_parts(format!("({})", texts.join(" || "))),
                }
            }
            ("CONCAT_WS", [separator, rest @ ..]) if !rest.is_empty() => {
                let texts: Vec<String> = rest.iter().map(Sql::as_text).collect::<Result<_, _>>()?;
                of_parts(joined(&separator.as_text()?, &texts))
            }
            ("REPEAT", [a, n]) => {
                let times = n
                    .constant()
                    .filter(|&times| (0..10_000).contains(&times))
                    .ok_or("REPEAT of a number of times that is not a constant")?;
                of_parts(format!(
                    "replace(substr(hex(zeroblob({times})), 1, {times}), '0', {})",
                    a.as_text()?
                ))
            }
            ("HEX", [a]) => return hex(a).map(Some),
            ("CONV", _) => match conv(arguments) {
                Some(number) => Sql::new(number, Type::INTEGER),
                None => return Ok(None),
            },
            ("UUID", []) => Sql::new(uuid(), Type::LITERAL),
            _ => return Ok(None),
        }))
    }

    /// Where a text stands in another one, from 1; 0 if it does not.
    fn place(&mut self, text: &Sql, needle: &Sql) -> Result<Sql, Untranslatable> {
        let both = Sql::text_of("", &[text, needle]);
        both.of_one_collation()?;
        let (a, b) = (text.as_text()?, needle.as_text()?);
        let call = if both
            .value
            .text()
            .is_some_and(|own| own.fold == Fold::Binary)
        {
            format!("instr({a}, {b})")
        } else {
            self.compares(text, TextUse::Case);
            self.compares(needle, TextUse::Case);
            format!("instr(lower({a}), lower({b}))")
        };
        Ok(Sql::new(call, Type::COUNT))
    }

    fn position(&mut self) -> Result<Sql, Untranslatable> {
        // The argument's own IN must not be taken for the operator.
        let needle = self.primary_argument()?;
        self.expect_word("IN")?;
        let text = self.expression()?;
        self.expect_symbol(b')')?;
        self.place(&text, &needle)
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
            if first.string().is_none_or(|text| text.chars().count() != 1) {
                return Err("TRIM of more than one character".to_owned());
            }
            let call = format!("{function}({}, {})", text.as_text()?, first.text);
            return Ok(Sql::text_of(call, &[&text]));
        }
        self.expect_symbol(b')')?;
        Ok(Sql::text_of(
            format!("{function}({}, ' ')", first.as_text()?),
            &[&first],
        ))
    }

    fn substring(&mut self) -> Result<Sql, Untranslatable> {
        let text = self.expression()?;
        let by_words = self.skip_word("FROM")?;
        if !by_words {
            self.expect_symbol(b',')?;
        }
        let start = self.expression()?;
        let more = if by_words {
            self.skip_word("FOR")?
        } else {
            self.skip_symbol(b',')?
        };
        let length = if more { Some(self.expression()?) } else { None };
        self.expect_symbol(b')')?;
        let own = bytes_or_text(&text)?;
        // In SQLite a length below zero takes what stands before.
        let (length, nothing) = match length
            .as_ref()
            .map(|length| (count(length), length.constant()))
        {
            None => (String::new(), "0".to_owned()),
            Some((sql, Some(0..))) => (format!(", {}", sql?), "0".to_owned()),
            Some((sql, _)) => {
                let sql = sql?;
                (format!(", max({sql}, 0)"), format!("0 * {sql}"))
            }
        };
        let sql = count(&start)?;
        let part = format!("substr({own}, {sql}{length})");
        let nothing = format!("substr({own}, 1, {nothing})");
        // MySQL has nothing at 0 and in front of the beginning.
        let call = match start.constant() {
            Some(1..) => part,
            Some(0) => nothing,
            Some(_) => format!("(CASE WHEN length({own}) < -{sql} THEN {nothing} ELSE {part} END)"),
            None => format!(
                "(CASE WHEN {sql} = 0 OR length({own}) < -{sql} THEN {nothing} ELSE {part} END)"
            ),
        };
        part_of(&text, &[&start], call)
    }

    /// A literal or a name: what may stand where an expression would take too much.
    pub(super) fn primary_argument(&mut self) -> Result<Sql, Untranslatable> {
        let token = self.next()?;
        match token {
            Token::Number(_) | Token::Text { .. } => self.literal(token),
            Token::Symbol(b'-') => {
                let token = self.next()?;
                super::arithmetic::negative(&self.literal(token)?)
            }
            Token::Word(_) | Token::Name { .. } => {
                let name = self.name_of(token)?;
                self.column(name)
            }
            _ => Err("an interval that is computed".to_owned()),
        }
    }
}

/// The choice of one of `values`, which are of one type.
pub(super) fn chosen(text: String, values: &[Sql], value: Type) -> Sql {
    let scaled = values
        .iter()
        .find(|value| value.form == super::sql::SqlForm::Scaled);
    Sql {
        form: scaled.map_or(super::sql::SqlForm::Plain, |value| value.form.clone()),
        columns: values
            .iter()
            .flat_map(|value| value.columns.clone())
            .collect(),
        ..Sql::new(text, value)
    }
}

fn listed(values: &[Sql]) -> String {
    values
        .iter()
        .map(|value| value.text.as_str())
        .collect::<Vec<_>>()
        .join(", ")
}

/// Bytes as they are, all else as text.
fn bytes_or_text(sql: &Sql) -> Result<String, Untranslatable> {
    match sql.value {
        Type::Blob => Ok(sql.text.clone()),
        _ => sql.as_text(),
    }
}

/// `call` as a part of it. SQLite has NULL for a part of no bytes at all.
fn part_of(sql: &Sql, counts: &[&Sql], call: String) -> Result<Sql, Untranslatable> {
    if sql.value != Type::Blob {
        return Ok(Sql::text_of(call, &[sql]));
    }
    if counts.iter().any(|count| count.constant().is_none()) {
        return Err("a part of bytes that is not counted by a constant".to_owned());
    }
    Ok(Sql::new(
        format!("ifnull({call}, {})", sql.text),
        Type::Blob,
    ))
}

/// A number of characters.
fn count(sql: &Sql) -> Result<String, Untranslatable> {
    match sql.value {
        Type::Whole { .. } | Type::Nothing => Ok(sql.text.clone()),
        other => Err(format!("{} as a number of characters", other.called())),
    }
}

/// The bytes of a text that is not UTF-8 on the server are others here.
fn in_utf8(sql: &Sql, name: &str) -> Result<(), Untranslatable> {
    match sql.value.text() {
        Some(TextType { utf8: false, .. }) => Err(format!("{name} of a text that is not in UTF-8")),
        _ => Ok(()),
    }
}

/// `CONCAT_WS`, which leaves out what is NULL; SQLite has its own from 3.44 on.
fn joined(separator: &str, parts: &[String]) -> String {
    let parts = parts
        .iter()
        .map(|part| format!("iif({part} IS NULL, '', {separator} || {part})"));
    let all = parts.collect::<Vec<_>>().join(" || ");
    format!("substr({all}, length({separator}) + 1)")
}

/// `HEX`: of a number its digits, of all else its bytes.
fn hex(sql: &Sql) -> Result<Sql, Untranslatable> {
    in_utf8(sql, "HEX")?;
    let text = &sql.text;
    let call = match sql.value {
        Type::Nothing => return Ok(sql.clone()),
        value if value.is_whole() => format!("printf('%X', {text})"),
        Type::Text(_) | Type::Choice(_) | Type::Blob | Type::Date | Type::DateTime(_) => {
            format!("hex({text})")
        }
        other => return Err(format!("HEX of {}", other.called())),
    };
    Ok(Sql::new(
        format!("(CASE WHEN {text} IS NOT NULL THEN {call} END)"),
        Type::LITERAL,
    ))
}

/// `CONV` of literal digits to decimal: how Adminer writes BIT.
fn conv(arguments: &[Sql]) -> Option<String> {
    let [digits, base, to] = arguments else {
        return None;
    };
    let base = u32::try_from(base.constant()?)
        .ok()
        .filter(|base| (2..=36).contains(base))?;
    let digits = digits.string().unwrap_or(&digits.text);
    let number = i64::from_str_radix(digits, base).ok()?;
    (to.constant() == Some(10)).then(|| number.to_string())
}

/// Functions about numbers.
fn about_numbers(name: &str, arguments: &[Sql]) -> Result<Option<Sql>, Untranslatable> {
    let places = |sql: &Sql| {
        let places = sql.constant().and_then(|places| u32::try_from(places).ok());
        places
            .filter(|&places| places < 16)
            .ok_or_else(|| format!("{name} to decimals that are not a small constant"))
    };
    Ok(Some(match (name, arguments) {
        (_, [a, ..])
            if a.is_null()
                && matches!(
                    name,
                    "ROUND" | "TRUNCATE" | "FLOOR" | "CEIL" | "CEILING" | "ABS" | "SIGN" | "MOD"
                ) =>
        {
            a.clone()
        }
        ("ROUND", [a]) => rounded(a, 0)?,
        ("ROUND", [a, n]) => rounded(a, places(n)?)?,
        ("TRUNCATE", [a, n]) => truncated(a, places(n)?)?,
        ("FLOOR", [a]) => floor(a, false)?,
        ("CEIL" | "CEILING", [a]) => floor(a, true)?,
        ("MOD", [a, b]) => computed(a, "%", b)?,
        ("ABS", [a]) => match a.value {
            Type::Whole { digits, .. } => Sql::new(
                format!("abs({})", a.text),
                Type::Whole {
                    digits,
                    signed: false,
                },
            ),
            Type::Real => Sql::new(format!("abs({})", a.text), Type::Real),
            _ => {
                let scaled = a.scaled()?;
                Sql::scaled_of(format!("abs({})", scaled.text), scaled.digits, scaled.scale)
            }
        },
        ("SIGN", [a]) => {
            let number = if a.value == Type::Real {
                a.text.clone()
            } else {
                a.scaled()?.text
            };
            Sql::new(format!("(({number} > 0) - ({number} < 0))"), Type::INTEGER)
        }
        ("RAND", []) => Sql::new(
            "((random() & 9007199254740991) / 9007199254740992.0)",
            Type::Real,
        ),
        _ => return Ok(None),
    }))
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
