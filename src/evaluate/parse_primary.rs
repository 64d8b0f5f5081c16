//! The parser of expressions: literals, names, `CASE`, and calls with a syntax of their own.

use super::cast::CastType;
use super::collation::Collation;
use super::datum::Datum;
use super::exact::Exact;
use super::formula::{Aggregate, Formula};
use super::parse::{FormulaParser, known, reason};
use super::query::{ALL_OF_TABLE, SelectQuery};
use super::{Unevaluable, functions};
use crate::dump::{Charset, Token, bit_bytes, hex_bytes};

impl FormulaParser<'_> {
    pub(super) fn primary(&mut self) -> Result<Formula, Unevaluable> {
        let token = self.next()?;
        let datum = match token {
            Token::Number(span) => number(&self.cursor.text(span).map_err(reason)?)?,
            Token::Text {
                span,
                quote,
                escaped,
            } => {
                let text = self
                    .cursor
                    .string_of(span, quote, escaped)
                    .map_err(reason)?;
                if self.cursor.is_national(span) {
                    return self.national(text);
                }
                let text = self.with_adjacent(text)?;
                self.text_datum(text)
            }
            Token::Hex(span) => {
                let bytes =
                    hex_bytes(self.cursor.slice(span)).ok_or("a wrong hexadecimal literal")?;
                if self.cursor.in_quotes(span) {
                    Datum::bytes(bytes)
                } else {
                    Datum::Digits(bytes)
                }
            }
            Token::Bits(span) => {
                let bytes = bit_bytes(self.cursor.slice(span)).ok_or("a wrong bit literal")?;
                Datum::Digits(bytes)
            }
            Token::Symbol(b'(') => {
                if self.at_word(&["SELECT", "WITH"])? {
                    return self.query().map(Formula::Query);
                }
                let inner = self.expression()?;
                if self.peek()? == Token::Symbol(b',') {
                    return Err("a row of values".to_owned());
                }
                self.expect_symbol(b')')?;
                return Ok(inner);
            }
            // `\N`, an old spelling of NULL.
            Token::Symbol(b'\\') => match self.next()? {
                Token::Word(span) if self.cursor.slice(span) == b"N" => Datum::NULL,
                token => return Err(reason(self.cursor.unexpected(token, "N"))),
            },
            Token::Symbol(b'{') => return self.braced(),
            Token::Name { .. } => {
                let name = self.cursor.name_of(token, "a name").map_err(reason)?;
                if self.peek()? == Token::Symbol(b'(') {
                    return Err(format!("the stored function {name}"));
                }
                return self.column(name);
            }
            Token::Word(_) => return self.word(token),
            token => return Err(reason(self.cursor.unexpected(token, "an expression"))),
        };
        Ok(Formula::Value(datum))
    }

    /// `{ts '…'}`, as ODBC writes moments; around anything else the braces mean nothing.
    fn braced(&mut self) -> Result<Formula, Unevaluable> {
        let name = self.cursor.name("a name").map_err(reason)?;
        let kind = match name.to_ascii_uppercase().as_str() {
            "D" => "DATE",
            "T" => "TIME",
            "TS" => "TIMESTAMP",
            _ => "",
        };
        let is_text = matches!(self.peek()?, Token::Text { .. });
        let inner = if is_text && !kind.is_empty() {
            self.moment(kind)?
        } else {
            self.expression()?
        };
        self.expect_symbol(b'}')?;
        Ok(inner)
    }

    /// The text behind `DATE`, `TIME` or `TIMESTAMP`, of which all digits are kept.
    fn moment(&mut self, kind: &str) -> Result<Formula, Unevaluable> {
        let text = self.cursor.string("a string").map_err(reason)?;
        let digits = Some(fraction_digits(&text));
        let to = match kind {
            "DATE" => CastType::Date,
            "TIME" => CastType::Time(digits),
            _ => CastType::DateTime(digits),
        };
        Formula::Value(Datum::text(text)).cast(to)
    }

    /// A text of the expression, in the character set of the session.
    fn text_datum(&self, text: String) -> Datum {
        let utf8 = self.charset == Charset::Utf8;
        Datum::Text(
            text,
            Collation {
                utf8,
                ..Collation::LITERAL
            },
        )
    }

    /// Adjacent strings are one.
    fn with_adjacent(&mut self, mut text: String) -> Result<String, Unevaluable> {
        while let Token::Text { .. } = self.peek()? {
            text += &self.cursor.string("a string").map_err(reason)?;
        }
        Ok(text)
    }

    /// A keyword, a function, a variable or a column.
    fn word(&mut self, token: Token) -> Result<Formula, Unevaluable> {
        let name = self.cursor.name_of(token, "a name").map_err(reason)?;
        let upper = name.to_ascii_uppercase();
        match upper.as_str() {
            "NULL" => return Ok(Formula::Value(Datum::NULL)),
            "TRUE" => return Ok(Formula::Truth(true)),
            "FALSE" => return Ok(Formula::Truth(false)),
            "CASE" => return self.case(),
            "DEFAULT" => return self.default(),
            "EXISTS" => {
                self.expect_symbol(b'(')?;
                return self.query().map(Formula::Exists);
            }
            "SELECT" => return Err("a query".to_owned()),
            "INTERVAL" => return self.interval_first(),
            _ if upper.starts_with("@@") => return Err(format!("the variable {name}")),
            _ if upper.starts_with('@') => {
                return self.variable(name[1..].to_ascii_lowercase());
            }
            _ => {}
        }
        match self.peek()? {
            Token::Text { .. } if name.starts_with('_') => return self.introduced(&name[1..]),
            Token::Text { .. } if ["DATE", "TIME", "TIMESTAMP"].contains(&upper.as_str()) => {
                return self.moment(&upper);
            }
            Token::Hex(span) if name.starts_with('_') => {
                self.next()?;
                let bytes = hex_bytes(self.cursor.slice(span)).unwrap_or_default();
                return introduced_bytes(&name[1..], bytes);
            }
            Token::Symbol(b'(') => return self.function(&upper),
            _ => {}
        }
        let bare = [
            "CURRENT_TIMESTAMP",
            "CURRENT_DATE",
            "CURRENT_TIME",
            "CURRENT_USER",
            "LOCALTIME",
            "LOCALTIMESTAMP",
            "UTC_TIMESTAMP",
            "UTC_DATE",
            "UTC_TIME",
        ];
        if bare.contains(&upper.as_str()) {
            return known(&upper, Vec::new());
        }
        self.column(name)
    }

    /// A user variable, or its new value.
    fn variable(&mut self, name: String) -> Result<Formula, Unevaluable> {
        if name.is_empty() {
            return Err("a variable with a quoted name".to_owned());
        }
        if self.skip_symbol(b':')? {
            self.expect_symbol(b'=')?;
            let value = self.expression()?;
            return Ok(Formula::Assign(name, Box::new(value)));
        }
        Ok(Formula::Variable(name))
    }

    /// A query, to its closing parenthesis.
    pub(super) fn query(&mut self) -> Result<Box<SelectQuery>, Unevaluable> {
        let selection = self.nested_selection()?;
        self.expect_symbol(b')')?;
        if !selection.into.is_empty() {
            return Err("INTO in a part of a statement".to_owned());
        }
        Ok(Box::new(selection))
    }

    /// `COUNT(*)`, `MAX(a)`, behind the opening parenthesis.
    fn aggregated(&mut self, aggregate: Aggregate) -> Result<Formula, Unevaluable> {
        if self.at_word(&["DISTINCT"])? {
            return Err("DISTINCT".to_owned());
        }
        let argument = if aggregate == Aggregate::Count && self.skip_symbol(b'*')? {
            None
        } else {
            Some(Box::new(self.expression()?))
        };
        self.expect_symbol(b')')?;
        if self.at_word(&["OVER"])? {
            return Err("a window".to_owned());
        }
        Ok(Formula::Aggregate(aggregate, argument))
    }

    /// `N'x'`: a string whose bytes are UTF-8.
    fn national(&mut self, text: String) -> Result<Formula, Unevaluable> {
        let text = self.with_adjacent(text)?;
        if self.charset == Charset::Utf8 || text.is_ascii() {
            return Ok(Formula::Value(self.text_datum(text)));
        }
        Err("text of the character set utf8mb3".to_owned())
    }

    /// `_utf8mb4'x'`: a string whose bytes are in that character set.
    fn introduced(&mut self, charset: &str) -> Result<Formula, Unevaluable> {
        let text = self.cursor.string("a string").map_err(reason)?;
        let text = self.with_adjacent(text)?;
        let own = Charset::from_name(charset);
        if own == Some(self.charset)
            || (own.is_some_and(|own| own != Charset::Binary) && text.is_ascii())
        {
            return Ok(Formula::Value(self.text_datum(text)));
        }
        if self.charset == Charset::Utf8 || text.is_ascii() {
            return introduced_bytes(charset, text.into_bytes());
        }
        Err(format!("text of the character set {charset}"))
    }

    fn column(&mut self, first: String) -> Result<Formula, Unevaluable> {
        let mut parts = vec![first];
        while self.skip_symbol(b'.')? {
            if self.skip_symbol(b'*')? {
                return Ok(Formula::Column(parts.pop(), ALL_OF_TABLE.to_owned()));
            }
            parts.push(self.name()?);
        }
        let name = parts.pop().unwrap_or_default();
        Ok(Formula::Column(parts.pop(), name))
    }

    /// `DEFAULT`, `DEFAULT(name)`.
    fn default(&mut self) -> Result<Formula, Unevaluable> {
        if self.peek()? != Token::Symbol(b'(') {
            return Ok(Formula::Default(None));
        }
        self.column_in_parentheses().map(Some).map(Formula::Default)
    }

    /// `(name)`, `(table.name)`
    fn column_in_parentheses(&mut self) -> Result<String, Unevaluable> {
        self.expect_symbol(b'(')?;
        let mut name = self.name()?;
        while self.skip_symbol(b'.')? {
            name = self.name()?;
        }
        self.expect_symbol(b')')?;
        Ok(name)
    }

    /// `CASE`, as `IF` in `IF`.
    fn case(&mut self) -> Result<Formula, Unevaluable> {
        let subject = if self.at_word(&["WHEN"])? {
            None
        } else {
            Some(self.expression()?)
        };
        let mut arguments = Vec::new();
        while self.skip_word("WHEN")? {
            arguments.push(self.expression()?);
            self.expect_word("THEN")?;
            arguments.push(self.expression()?);
        }
        if let Some(subject) = subject {
            compare_with(&subject, &mut arguments)?;
        }
        arguments.push(if self.skip_word("ELSE")? {
            self.expression()?
        } else {
            Formula::Value(Datum::NULL)
        });
        self.expect_word("END")?;
        known("CASE", arguments)
    }

    /// `INTERVAL 1 DAY + date`.
    fn interval_first(&mut self) -> Result<Formula, Unevaluable> {
        if self.peek()? == Token::Symbol(b'(') {
            return Err("the function INTERVAL".to_owned());
        }
        let amount = self.expression()?;
        let unit = self.name()?.to_ascii_uppercase();
        self.expect_symbol(b'+')?;
        let date = self.primary()?;
        let unit = Formula::Value(Datum::text(unit));
        known("DATE_ADD", vec![date, amount, unit])
    }

    /// A call, from its opening parenthesis on.
    fn function(&mut self, name: &str) -> Result<Formula, Unevaluable> {
        if let "VALUES" | "VALUE" = name {
            return self.column_in_parentheses().map(Formula::Proposed);
        }
        self.expect_symbol(b'(')?;
        match name {
            "CAST" => {
                let value = self.expression()?;
                self.expect_word("AS")?;
                self.cast_to(value)
            }
            "CONVERT" => {
                let value = self.expression()?;
                if self.skip_word("USING")? {
                    let charset = self.name()?;
                    self.expect_symbol(b')')?;
                    return value.cast(CastType::Using(charset));
                }
                self.expect_symbol(b',')?;
                self.cast_to(value)
            }
            "TRIM" => self.trim(),
            "POSITION" => {
                // The argument's own IN must not be taken for the operator.
                let needle = self.primary()?;
                self.expect_word("IN")?;
                let text = self.expression()?;
                self.expect_symbol(b')')?;
                known("LOCATE", vec![needle, text])
            }
            "EXTRACT" => {
                let unit = self.unit()?;
                self.expect_word("FROM")?;
                let date = self.expression()?;
                self.expect_symbol(b')')?;
                known(name, vec![unit, date])
            }
            "TIMESTAMPDIFF" | "TIMESTAMPADD" => {
                let mut arguments = vec![self.unit()?];
                self.expect_symbol(b',')?;
                arguments.extend(self.arguments(&[])?);
                known(name, arguments)
            }
            "DATE_ADD" | "ADDDATE" | "DATE_SUB" | "SUBDATE" => self.date_shift(name),
            "SUBSTRING" | "SUBSTR" | "MID" => {
                let arguments = self.arguments(&["FROM", "FOR"])?;
                known("SUBSTRING", arguments)
            }
            "CHAR" => self.characters(),
            "GROUP_CONCAT" => self.texts_of_rows(),
            "COUNT" | "MIN" | "MAX" | "SUM" => match Aggregate::named(name) {
                Some(aggregate) => self.aggregated(aggregate),
                None => Err(format!("the function {name}")),
            },
            _ if functions::find(name).is_some() => {
                let arguments = self.arguments(&[])?;
                // How many decimals the whole has depends on them.
                let constant = |argument: &Formula| match argument {
                    Formula::Value(_) | Formula::Truth(_) => true,
                    Formula::Call(function, inner, _) => {
                        function.name == "NEG" && matches!(inner[..], [Formula::Value(_)])
                    }
                    _ => false,
                };
                if ["ROUND", "TRUNCATE", "FORMAT"].contains(&name)
                    && !arguments.get(1).is_none_or(constant)
                {
                    return Err(format!("{name} to decimals that are computed"));
                }
                known(name, arguments)
            }
            _ => Err(format!("the function {name}")),
        }
    }

    fn unit(&mut self) -> Result<Formula, Unevaluable> {
        let unit = self.name()?.to_ascii_uppercase();
        Ok(Formula::Value(Datum::text(unit)))
    }

    /// Arguments up to the closing parenthesis, with one of `separators` between them.
    fn arguments(&mut self, separators: &[&str]) -> Result<Vec<Formula>, Unevaluable> {
        let mut arguments = Vec::new();
        if self.skip_symbol(b')')? {
            return Ok(arguments);
        }
        loop {
            arguments.push(self.expression()?);
            if self.at_word(separators)? {
                self.next()?;
            } else if !self.skip_symbol(b',')? {
                self.expect_symbol(b')')?;
                return Ok(arguments);
            }
        }
    }

    fn date_shift(&mut self, name: &str) -> Result<Formula, Unevaluable> {
        let function = if name.ends_with("SUB") || name.starts_with("SUB") {
            "DATE_SUB"
        } else {
            "DATE_ADD"
        };
        let date = self.expression()?;
        self.expect_symbol(b',')?;
        let shifted = if self.skip_word("INTERVAL")? {
            self.interval(function, date)?
        } else {
            let unit = Formula::Value(Datum::text("DAY"));
            known(function, vec![date, self.expression()?, unit])?
        };
        self.expect_symbol(b')')?;
        Ok(shifted)
    }

    fn trim(&mut self) -> Result<Formula, Unevaluable> {
        let mut mode = "BOTH";
        for word in ["BOTH", "LEADING", "TRAILING"] {
            if self.skip_word(word)? {
                mode = word;
            }
        }
        let mode = Formula::Value(Datum::text(mode));
        let from_only = self.skip_word("FROM")?;
        let first = self.expression()?;
        let arguments = if !from_only && self.skip_word("FROM")? {
            vec![mode, self.expression()?, first]
        } else {
            vec![mode, first]
        };
        self.expect_symbol(b')')?;
        known("TRIM", arguments)
    }

    /// `CHAR(65, 66 USING utf8mb4)`.
    fn characters(&mut self) -> Result<Formula, Unevaluable> {
        let mut arguments = Vec::new();
        loop {
            arguments.push(self.expression()?);
            if self.skip_word("USING")? {
                let charset = self.name()?;
                self.expect_symbol(b')')?;
                return known("CHAR", arguments)?.cast(CastType::Using(charset));
            }
            if !self.skip_symbol(b',')? {
                self.expect_symbol(b')')?;
                return known("CHAR", arguments);
            }
        }
    }

    /// The type of a `CAST`, and the closing parenthesis.
    fn cast_to(&mut self, value: Formula) -> Result<Formula, Unevaluable> {
        let name = self.name()?.to_ascii_uppercase();
        let mut lengths = Vec::new();
        if self.skip_symbol(b'(')? {
            loop {
                let Token::Number(span) = self.next()? else {
                    return Err("an unknown length".to_owned());
                };
                let digits = self.cursor.text(span).map_err(reason)?;
                lengths.push(digits.parse().map_err(|_| "an unknown length".to_owned())?);
                if !self.skip_symbol(b',')? {
                    self.expect_symbol(b')')?;
                    break;
                }
            }
        }
        let mut charset = None;
        if self.skip_word("CHARACTER")? {
            self.expect_word("SET")?;
            charset = Some(self.name()?);
        } else if self.skip_word("CHARSET")? {
            charset = Some(self.name()?);
        }
        let _ = self.skip_word("INTEGER")? || self.skip_word("INT")?;
        self.expect_symbol(b')')?;
        let to = CastType::named(&name, &lengths)?;
        let cast = value.cast(to)?;
        match charset {
            Some(charset) => cast.cast(CastType::Using(charset)),
            None => Ok(cast),
        }
    }
}

/// How many digits of a second a text has.
fn fraction_digits(text: &str) -> usize {
    let behind = text.rsplit_once(':').map_or("", |(_, seconds)| seconds);
    let digits = behind.split_once('.').map_or("", |(_, digits)| digits);
    digits.bytes().take_while(u8::is_ascii_digit).count().min(6)
}

fn number(digits: &str) -> Result<Datum, Unevaluable> {
    if digits.contains(['e', 'E']) {
        let number = digits.parse().map_err(|_| "a wrong number".to_owned())?;
        return Datum::double(number);
    }
    if let Ok(number) = digits.parse() {
        return Ok(Datum::Int(number));
    }
    if let Ok(number) = digits.parse() {
        return Ok(Datum::Unsigned(number));
    }
    let number = Exact::parse(digits).ok_or("a wrong number")?;
    let scale = number.scale();
    Datum::decimal(number, scale)
}

/// `_latin1 0xE9`: text of the character set, or bytes.
fn introduced_bytes(charset: &str, bytes: Vec<u8>) -> Result<Formula, Unevaluable> {
    let own = Charset::from_name(charset).ok_or_else(|| format!("the character set {charset}"))?;
    if own == Charset::Binary {
        return Ok(Formula::Value(Datum::bytes(bytes)));
    }
    let text = own
        .decode(bytes.into())
        .map_err(|error| error.to_string())?;
    let collation = Collation {
        utf8: own == Charset::Utf8,
        ..Collation::LITERAL
    };
    Ok(Formula::Value(Datum::Text(text.into_owned(), collation)))
}

/// Makes conditions of what stands behind `CASE a`'s `WHEN`s, the first of each two in `arguments`.
fn compare_with(subject: &Formula, arguments: &mut [Formula]) -> Result<(), Unevaluable> {
    let is_written = |wanted: &Formula| matches!(wanted, Formula::Value(_));
    let wanted: Vec<Formula> = arguments.iter().step_by(2).cloned().collect();
    for (at, argument) in arguments.iter_mut().step_by(2).enumerate() {
        // What is written out does not change how the others are compared.
        let others = wanted.iter().enumerate();
        let others = others.filter(|&(other, wanted)| other != at && !is_written(wanted));
        let own = [subject.clone(), wanted[at].clone()];
        let all = own
            .into_iter()
            .chain(others.map(|(_, wanted)| wanted.clone()));
        *argument = Formula::call(&functions::WHEN, all.collect())?;
    }
    Ok(())
}
