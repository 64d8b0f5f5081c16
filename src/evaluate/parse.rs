//! The parser of expressions: operators, by MySQL's precedence.
//!
//! It builds a [`Formula`]; what it does not know is an error with its name. Literals, names and the calls
//! with a syntax of their own are `parse_primary`'s.

use super::cast::CastType;
use super::datum::Datum;
use super::formula::Formula;
use super::query::SelectQuery;
use super::{Unevaluable, functions};
use crate::dump::{Charset, Cursor, DumpProblem, SourceText, Token};

/// Nesting beyond this is refused, so that hostile input cannot exhaust the stack.
const DEEPEST: usize = 60;
/// Longer expressions are refused.
const MOST_TOKENS: usize = 20_000;

pub(super) struct FormulaParser<'s> {
    pub(super) cursor: Cursor<'s>,
    pub(super) charset: Charset,
    pipes_as_concat: bool,
    /// A backslash is no escape, in patterns either.
    bare_backslashes: bool,
    depth: usize,
    tokens: usize,
}

pub(super) fn reason(problem: DumpProblem) -> Unevaluable {
    match problem {
        DumpProblem::Unexpected { found, .. } => {
            format!("syntax that is not known, at {found}")
        }
        problem => problem.to_string(),
    }
}

/// Calls the function or operator `name`, which is known.
pub(super) fn known(name: &str, arguments: Vec<Formula>) -> Result<Formula, Unevaluable> {
    let function = functions::find(name).ok_or_else(|| format!("the function {name}"))?;
    Formula::call(function, arguments)
}

impl<'s> FormulaParser<'s> {
    pub(super) fn new(source: &'s SourceText) -> Self {
        Self {
            cursor: Cursor::over(source),
            charset: source.charset,
            pipes_as_concat: source.modes.pipes_as_concat,
            bare_backslashes: source.modes.no_backslash_escapes,
            depth: 0,
            tokens: 0,
        }
    }

    pub(super) fn whole(mut self) -> Result<Formula, Unevaluable> {
        let formula = self.expression()?;
        match self.next()? {
            Token::End | Token::Delimiter => Ok(formula),
            token => Err(reason(self.cursor.unexpected(token, "the end"))),
        }
    }

    pub(super) fn expression(&mut self) -> Result<Formula, Unevaluable> {
        self.nested(Self::or)
    }

    /// A query inside of an expression or of another query.
    pub(super) fn nested_selection(&mut self) -> Result<SelectQuery, Unevaluable> {
        self.nested(Self::selection)
    }

    fn nested<T>(
        &mut self,
        parse: fn(&mut Self) -> Result<T, Unevaluable>,
    ) -> Result<T, Unevaluable> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err("deeper nesting than is read".to_owned());
        }
        let formula = parse(self)?;
        self.depth -= 1;
        Ok(formula)
    }

    fn or(&mut self) -> Result<Formula, Unevaluable> {
        let mut left = self.xor()?;
        loop {
            if !self.pipes_as_concat && self.at_double(b'|')? {
                self.next()?;
                self.next()?;
            } else if !self.skip_word("OR")? {
                return Ok(left);
            }
            left = known("OR", vec![left, self.xor()?])?;
        }
    }

    fn xor(&mut self) -> Result<Formula, Unevaluable> {
        let mut left = self.and()?;
        while self.skip_word("XOR")? {
            left = known("XOR", vec![left, self.and()?])?;
        }
        Ok(left)
    }

    fn and(&mut self) -> Result<Formula, Unevaluable> {
        let mut left = self.not()?;
        loop {
            if self.at_double(b'&')? {
                self.next()?;
                self.next()?;
            } else if !self.skip_word("AND")? {
                return Ok(left);
            }
            left = known("AND", vec![left, self.not()?])?;
        }
    }

    fn not(&mut self) -> Result<Formula, Unevaluable> {
        if self.skip_word("NOT")? {
            let inner = self.nested(Self::not)?;
            return known("NOT", vec![inner]);
        }
        self.comparison()
    }

    fn comparison(&mut self) -> Result<Formula, Unevaluable> {
        let mut left = self.bit_or()?;
        loop {
            if let Some(operator) = self.comparison_operator()? {
                if self.at_word(&["ALL", "ANY", "SOME"])? {
                    return Err("ALL or ANY".to_owned());
                }
                left = known(operator, vec![left, self.bit_or()?])?;
            } else if self.skip_word("IS")? {
                left = self.is(left)?;
            } else if self.at_word(&["NOT", "BETWEEN", "IN", "LIKE", "REGEXP", "RLIKE"])? {
                let not = self.skip_word("NOT")?;
                left = self.set_comparison(left)?;
                if not {
                    left = known("NOT", vec![left])?;
                }
            } else {
                return Ok(left);
            }
        }
    }

    fn comparison_operator(&mut self) -> Result<Option<&'static str>, Unevaluable> {
        let Token::Symbol(first @ (b'=' | b'<' | b'>' | b'!')) = self.peek()? else {
            return Ok(None);
        };
        self.next()?;
        Ok(Some(match first {
            b'=' => "=",
            b'!' => {
                self.expect_symbol(b'=')?;
                "<>"
            }
            b'<' if self.skip_symbol(b'=')? => {
                if self.skip_symbol(b'>')? {
                    "<=>"
                } else {
                    "<="
                }
            }
            b'<' if self.skip_symbol(b'>')? => "<>",
            b'<' => "<",
            _ if self.skip_symbol(b'=')? => ">=",
            _ => ">",
        }))
    }

    fn is(&mut self, left: Formula) -> Result<Formula, Unevaluable> {
        let not = self.skip_word("NOT")?;
        let name = if self.skip_word("NULL")? || self.skip_word("UNKNOWN")? {
            "ISNULL"
        } else if self.skip_word("TRUE")? {
            "IS TRUE"
        } else if self.skip_word("FALSE")? {
            "IS FALSE"
        } else {
            return Err("an unknown form of IS".to_owned());
        };
        let is = known(name, vec![left])?;
        if not { known("NOT", vec![is]) } else { Ok(is) }
    }

    fn set_comparison(&mut self, left: Formula) -> Result<Formula, Unevaluable> {
        if self.skip_word("BETWEEN")? {
            let low = self.bit_or()?;
            self.expect_word("AND")?;
            let high = self.bit_or()?;
            return known("BETWEEN", vec![left, low, high]);
        }
        if self.skip_word("IN")? {
            self.expect_symbol(b'(')?;
            if self.at_word(&["SELECT", "WITH"])? {
                let query = self.query()?;
                if query.limit.is_some() {
                    return Err("IN over a query with a LIMIT".to_owned());
                }
                return left.among(query);
            }
            let mut arguments = vec![left];
            loop {
                arguments.push(self.expression()?);
                if !self.skip_symbol(b',')? {
                    self.expect_symbol(b')')?;
                    return known("IN", arguments);
                }
            }
        }
        if self.skip_word("LIKE")? {
            let mut arguments = vec![left, self.bit_or()?];
            if self.skip_word("ESCAPE")? {
                arguments.push(self.bit_or()?);
            } else if self.bare_backslashes {
                arguments.push(Formula::Value(Datum::text("")));
            }
            return known("LIKE", arguments);
        }
        Err("REGEXP".to_owned())
    }

    fn bit_or(&mut self) -> Result<Formula, Unevaluable> {
        let mut left = self.bit_and()?;
        loop {
            if self.peek()? != Token::Symbol(b'|') {
                return Ok(left);
            }
            if self.at_double(b'|')? {
                if !self.pipes_as_concat {
                    return Ok(left);
                }
                self.next()?;
                self.next()?;
                left = known("CONCAT", vec![left, self.bit_and()?])?;
            } else {
                self.next()?;
                left = known("|", vec![left, self.bit_and()?])?;
            }
        }
    }

    fn bit_and(&mut self) -> Result<Formula, Unevaluable> {
        let mut left = self.shift()?;
        while self.peek()? == Token::Symbol(b'&') && !self.at_double(b'&')? {
            self.next()?;
            left = known("&", vec![left, self.shift()?])?;
        }
        Ok(left)
    }

    fn shift(&mut self) -> Result<Formula, Unevaluable> {
        let mut left = self.sum()?;
        loop {
            let operator = if self.at_double(b'<')? {
                "<<"
            } else if self.at_double(b'>')? {
                ">>"
            } else {
                return Ok(left);
            };
            self.next()?;
            self.next()?;
            left = known(operator, vec![left, self.sum()?])?;
        }
    }

    fn sum(&mut self) -> Result<Formula, Unevaluable> {
        let mut left = self.product()?;
        loop {
            let (operator, function) = match self.peek()? {
                Token::Symbol(b'+') => ("+", "DATE_ADD"),
                Token::Symbol(b'-') => ("-", "DATE_SUB"),
                _ => return Ok(left),
            };
            self.next()?;
            left = if self.skip_word("INTERVAL")? {
                self.interval(function, left)?
            } else {
                known(operator, vec![left, self.product()?])?
            };
        }
    }

    /// A date moved by what follows the word `INTERVAL`.
    pub(super) fn interval(
        &mut self,
        function: &str,
        date: Formula,
    ) -> Result<Formula, Unevaluable> {
        let amount = self.expression()?;
        let unit = self.name()?.to_ascii_uppercase();
        known(
            function,
            vec![date, amount, Formula::Value(Datum::text(unit))],
        )
    }

    fn product(&mut self) -> Result<Formula, Unevaluable> {
        let mut left = self.power()?;
        loop {
            let operator = match self.peek()? {
                Token::Symbol(b'*') => "*",
                Token::Symbol(b'/') => "/",
                Token::Symbol(b'%') => "MOD",
                token if self.cursor.is_word(token, "DIV") => "DIV",
                token if self.cursor.is_word(token, "MOD") => "MOD",
                _ => return Ok(left),
            };
            self.next()?;
            left = known(operator, vec![left, self.power()?])?;
        }
    }

    fn power(&mut self) -> Result<Formula, Unevaluable> {
        let mut left = self.unary()?;
        while self.skip_symbol(b'^')? {
            left = known("^", vec![left, self.unary()?])?;
        }
        Ok(left)
    }

    fn unary(&mut self) -> Result<Formula, Unevaluable> {
        self.nested(Self::signed)
    }

    fn signed(&mut self) -> Result<Formula, Unevaluable> {
        let name = match self.peek()? {
            Token::Symbol(b'-') => "NEG",
            Token::Symbol(b'~') => "~",
            Token::Symbol(b'!') => "NOT",
            Token::Symbol(b'+') => {
                self.next()?;
                return self.unary();
            }
            token if self.cursor.is_word(token, "BINARY") => {
                self.next()?;
                return self.unary()?.cast(CastType::Binary(None));
            }
            _ => return self.postfix(),
        };
        self.next()?;
        known(name, vec![self.unary()?])
    }

    fn postfix(&mut self) -> Result<Formula, Unevaluable> {
        let mut formula = self.primary()?;
        while self.skip_word("COLLATE")? {
            let name = self.name()?;
            formula = formula.cast(CastType::Collate(name))?;
        }
        Ok(formula)
    }

    pub(super) fn next(&mut self) -> Result<Token, Unevaluable> {
        self.tokens += 1;
        if self.tokens > MOST_TOKENS {
            return Err(format!("more than {MOST_TOKENS} words and symbols"));
        }
        self.cursor.next().map_err(reason)
    }

    pub(super) fn peek(&mut self) -> Result<Token, Unevaluable> {
        self.cursor.peek().map_err(reason)
    }

    pub(super) fn name(&mut self) -> Result<String, Unevaluable> {
        self.cursor.name("a name").map_err(reason)
    }

    pub(super) fn at_word(&mut self, words: &[&str]) -> Result<bool, Unevaluable> {
        self.cursor.at_word(words).map_err(reason)
    }

    pub(super) fn skip_word(&mut self, word: &str) -> Result<bool, Unevaluable> {
        self.cursor.skip_word(word).map_err(reason)
    }

    pub(super) fn skip_symbol(&mut self, byte: u8) -> Result<bool, Unevaluable> {
        self.cursor.skip_symbol(byte).map_err(reason)
    }

    pub(super) fn expect_symbol(&mut self, byte: u8) -> Result<(), Unevaluable> {
        self.cursor.expect_symbol(byte, "a symbol").map_err(reason)
    }

    pub(super) fn expect_word(&mut self, word: &'static str) -> Result<(), Unevaluable> {
        self.cursor.expect_word(word).map_err(reason)
    }

    /// Whether the next two bytes are both `byte`.
    fn at_double(&mut self, byte: u8) -> Result<bool, Unevaluable> {
        Ok(self.peek()? == Token::Symbol(byte)
            && self.cursor.byte_behind().map_err(reason)? == Some(byte))
    }
}
