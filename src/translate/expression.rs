//! Operators and literals, by MySQL's precedence.
//!
//! Every operation is put in parentheses, because SQLite's precedence differs. Comparisons and
//! arithmetic see numbers where a column keeps digits as text.
//!
//! A part of the one recursive descent that `expression`, `primary`, `function` and `query` are: they call each
//! other, as the grammar does.

use super::json::unquoted;
use super::{Catalog, DEEPEST, NoTables, Scope, Sql, Translator, Type, Untranslatable};
use crate::dump::{Cursor, DumpProblem, SourceText, Token};

pub(super) fn reason(problem: DumpProblem) -> Untranslatable {
    match problem {
        DumpProblem::Unexpected { found, .. } => {
            format!("syntax that is not translated, at {found}")
        }
        problem => problem.to_string(),
    }
}

impl<'s> Translator<'s> {
    pub(super) fn new(source: &'s SourceText, catalog: &'s dyn Catalog) -> Self {
        Self {
            cursor: Cursor::over(source),
            catalog,
            scopes: Vec::new(),
            common: Vec::new(),
            common_columns: Vec::new(),
            columns: Vec::new(),
            pipes_as_concat: source.modes.pipes_as_concat,
            queries: true,
            at_import: false,
            depth: 0,
            tokens: 0,
        }
    }

    /// A translator of something that is no query, with the names of `scope`.
    pub(super) fn over_values(source: &'s SourceText, scope: &Scope) -> Self {
        Self {
            scopes: vec![scope.clone()],
            queries: false,
            ..Self::new(source, &NoTables)
        }
    }

    pub(super) fn expression(&mut self) -> Result<Sql, Untranslatable> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err("deeper nesting than is read".to_owned());
        }
        let sql = self.or()?;
        self.depth -= 1;
        Ok(sql)
    }

    fn or(&mut self) -> Result<Sql, Untranslatable> {
        let mut left = self.xor()?;
        loop {
            let pipes = !self.pipes_as_concat && self.at_pipes()?;
            if pipes || self.skip_word("OR")? {
                if pipes {
                    self.skip_pipes()?;
                }
                let right = self.xor()?;
                left = logic(left, "OR", right);
            } else {
                return Ok(left);
            }
        }
    }

    fn xor(&mut self) -> Result<Sql, Untranslatable> {
        let mut left = self.and()?;
        while self.skip_word("XOR")? {
            let right = self.and()?;
            let text = format!("(({} <> 0) <> ({} <> 0))", left.number(), right.number());
            left = Sql::new(text, Type::Number);
        }
        Ok(left)
    }

    fn and(&mut self) -> Result<Sql, Untranslatable> {
        let mut left = self.not()?;
        loop {
            let ampersands = self.peek()? == Token::Symbol(b'&');
            if ampersands {
                // A single one was taken by `bits`.
                self.next()?;
                self.expect_symbol(b'&')?;
            } else if !self.skip_word("AND")? {
                return Ok(left);
            }
            let right = self.not()?;
            left = logic(left, "AND", right);
        }
    }

    fn not(&mut self) -> Result<Sql, Untranslatable> {
        if self.skip_word("NOT")? {
            self.depth += 1;
            if self.depth > DEEPEST {
                return Err("deeper nesting than is read".to_owned());
            }
            let inner = self.not()?;
            self.depth -= 1;
            return Ok(Sql::new(format!("(NOT {})", inner.number()), Type::Number));
        }
        self.comparison()
    }

    fn comparison(&mut self) -> Result<Sql, Untranslatable> {
        let mut left = self.bits()?;
        loop {
            if let Some(operator) = self.comparison_operator()? {
                if self.at_word(&["ALL", "ANY", "SOME"])? {
                    return Err("ALL or ANY".to_owned());
                }
                let right = self.bits()?;
                left = compare(&left, operator, &right)?;
            } else if self.skip_word("IS")? {
                left = self.is(left)?;
            } else if self.at_word(&["NOT", "BETWEEN", "IN", "LIKE", "REGEXP", "RLIKE"])? {
                let not = if self.skip_word("NOT")? { "NOT " } else { "" };
                left = self.set_comparison(&left, not)?;
            } else {
                return Ok(left);
            }
        }
    }

    fn comparison_operator(&mut self) -> Result<Option<&'static str>, Untranslatable> {
        Ok(match self.peek()? {
            Token::Symbol(b'=') => {
                self.next()?;
                Some("=")
            }
            Token::Symbol(b'<') => {
                self.next()?;
                if self.skip_symbol(b'=')? {
                    Some(if self.skip_symbol(b'>')? { "IS" } else { "<=" })
                } else if self.skip_symbol(b'>')? {
                    Some("<>")
                } else if self.skip_symbol(b'<')? {
                    return Err("a shift beside a comparison".to_owned());
                } else {
                    Some("<")
                }
            }
            Token::Symbol(b'>') => {
                self.next()?;
                Some(if self.skip_symbol(b'=')? { ">=" } else { ">" })
            }
            Token::Symbol(b'!') => {
                self.next()?;
                self.expect_symbol(b'=')?;
                Some("<>")
            }
            _ => None,
        })
    }

    fn is(&mut self, left: Sql) -> Result<Sql, Untranslatable> {
        let not = if self.skip_word("NOT")? { "NOT " } else { "" };
        let text = if self.skip_word("NULL")? || self.skip_word("UNKNOWN")? {
            format!("({} IS {not}NULL)", left.text)
        } else if self.skip_word("TRUE")? {
            format!("({} IS {not}TRUE)", left.number())
        } else if self.skip_word("FALSE")? {
            format!("({} IS {not}FALSE)", left.number())
        } else {
            return Err("an unknown form of IS".to_owned());
        };
        Ok(Sql::new(text, Type::Number))
    }

    fn set_comparison(&mut self, left: &Sql, not: &str) -> Result<Sql, Untranslatable> {
        let text = if self.skip_word("BETWEEN")? {
            let low = self.bits()?;
            self.expect_word("AND")?;
            let high = self.bits()?;
            format!(
                "({} {not}BETWEEN {} AND {})",
                left.beside(low.value)?,
                low.beside(left.value)?,
                high.beside(left.value)?
            )
        } else if self.skip_word("IN")? {
            let (list, value) = self.in_list(left.value)?;
            format!("({} {not}IN ({list}))", left.beside(value)?)
        } else if self.skip_word("LIKE")? {
            self.like(left, not)?
        } else {
            return Err("REGEXP".to_owned());
        };
        Ok(Sql::new(text, Type::Number))
    }

    /// What stands behind `IN`, for a value of type `left`, and the type of it.
    fn in_list(&mut self, left: Type) -> Result<(String, Type), Untranslatable> {
        self.expect_symbol(b'(')?;
        if self.at_word(&["SELECT", "WITH"])? {
            let outer = std::mem::take(&mut self.columns);
            let query = self.query()?;
            let inner = std::mem::replace(&mut self.columns, outer);
            self.expect_symbol(b')')?;
            let digits = |value: &Type| *value == Type::Digits;
            return match inner.first().map_or(Type::Unknown, |(_, value)| *value) {
                // One side would be text and the other a number.
                value if digits(&value) != digits(&left) && value != Type::Unknown => {
                    Err("IN over a query of exact decimals".to_owned())
                }
                value => Ok((query, value)),
            };
        }
        let mut values = Vec::new();
        let mut found = Type::Unknown;
        loop {
            let value = self.expression()?;
            values.push(value.beside(left)?);
            if found == Type::Unknown || value.value == Type::Number {
                found = value.value;
            }
            if !self.skip_symbol(b',')? {
                self.expect_symbol(b')')?;
                return Ok((values.join(", "), found));
            }
        }
    }

    /// The escape character is a backslash in MySQL unless another one is named.
    fn like(&mut self, left: &Sql, not: &str) -> Result<String, Untranslatable> {
        let pattern = self.bits()?;
        let escape = if self.skip_word("ESCAPE")? {
            self.bits()?.text
        } else {
            "'\\'".to_owned()
        };
        let escape = if escape == "''" {
            String::new()
        } else {
            format!(" ESCAPE {escape}")
        };
        Ok(format!(
            "({} {not}LIKE {}{escape})",
            left.text, pattern.text
        ))
    }

    /// `|`, which binds its operands least of those about bits.
    fn bits(&mut self) -> Result<Sql, Untranslatable> {
        let mut left = self.bit_and()?;
        loop {
            if self.peek()? != Token::Symbol(b'|') {
                return Ok(left);
            }
            if !self.at_pipes()? {
                self.next()?;
                let right = self.bit_and()?;
                left = arithmetic(left, "|", right)?;
            } else if self.pipes_as_concat {
                self.skip_pipes()?;
                let right = self.bit_and()?;
                left = Sql::new(format!("({} || {})", left.text, right.text), Type::Text);
            } else {
                return Ok(left);
            }
        }
    }

    fn bit_and(&mut self) -> Result<Sql, Untranslatable> {
        let mut left = self.shift()?;
        while self.peek()? == Token::Symbol(b'&') && !self.at_double(b'&')? {
            self.next()?;
            let right = self.shift()?;
            left = arithmetic(left, "&", right)?;
        }
        Ok(left)
    }

    fn shift(&mut self) -> Result<Sql, Untranslatable> {
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
            let right = self.sum()?;
            left = arithmetic(left, operator, right)?;
        }
    }

    fn sum(&mut self) -> Result<Sql, Untranslatable> {
        let mut left = self.product()?;
        loop {
            let operator = match self.peek()? {
                Token::Symbol(b'+') => "+",
                Token::Symbol(b'-') if !self.at_arrow()? => "-",
                _ => return Ok(left),
            };
            self.next()?;
            if self.skip_word("INTERVAL")? {
                left = self.shifted(&left, operator)?;
            } else {
                let right = self.product()?;
                left = arithmetic(left, operator, right)?;
            }
        }
    }

    fn product(&mut self) -> Result<Sql, Untranslatable> {
        let mut left = self.power()?;
        loop {
            let operator = match self.peek()? {
                Token::Symbol(b'*') => "*",
                Token::Symbol(b'/') => "/",
                Token::Symbol(b'%') => "%",
                token if self.cursor.is_word(token, "DIV") => "DIV",
                token if self.cursor.is_word(token, "MOD") => "%",
                _ => return Ok(left),
            };
            self.next()?;
            let right = self.power()?;
            left = match operator {
                // A division of integers has a fraction in MySQL.
                "/" => {
                    let text = format!("(CAST({} AS REAL) / {})", left.number(), right.number());
                    Sql::new(text, Type::Number)
                }
                "DIV" => {
                    let quotient = format!("{} / {}", left.number(), right.number());
                    Sql::new(format!("CAST(({quotient}) AS INTEGER)"), Type::Number)
                }
                operator => arithmetic(left, operator, right)?,
            };
        }
    }

    fn power(&mut self) -> Result<Sql, Untranslatable> {
        let mut left = self.unary()?;
        while self.skip_symbol(b'^')? {
            let (a, b) = (left.number(), self.unary()?.number());
            left = Sql::new(format!("(({a} | {b}) - ({a} & {b}))"), Type::Number);
        }
        Ok(left)
    }

    fn unary(&mut self) -> Result<Sql, Untranslatable> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err("deeper nesting than is read".to_owned());
        }
        let sql = match self.peek()? {
            Token::Symbol(b'-') => {
                self.next()?;
                let inner = self.unary()?;
                Sql::new(format!("(- {})", inner.number()), Type::Number)
            }
            Token::Symbol(b'+') => {
                self.next()?;
                self.unary()?
            }
            Token::Symbol(b'~') => return Err("the bits of ~, of which MySQL has 64".to_owned()),
            Token::Symbol(b'!') => {
                self.next()?;
                let inner = self.unary()?;
                Sql::new(format!("(NOT {})", inner.number()), Type::Number)
            }
            token if self.cursor.is_word(token, "BINARY") => {
                self.next()?;
                let inner = self.unary()?;
                Sql::new(format!("({} COLLATE BINARY)", inner.text), inner.value)
            }
            _ => self.postfix()?,
        };
        self.depth -= 1;
        Ok(sql)
    }

    /// A primary expression with `COLLATE`, `->` and `->>` behind it.
    fn postfix(&mut self) -> Result<Sql, Untranslatable> {
        let mut sql = self.primary()?;
        loop {
            if self.skip_word("COLLATE")? {
                let collation = self.name()?;
                let own = if collation.ends_with("_ci") {
                    "NOCASE"
                } else {
                    "BINARY"
                };
                sql = Sql::new(format!("({} COLLATE {own})", sql.text), sql.value);
            } else if self.at_arrow()? {
                self.next()?;
                self.next()?;
                let unquotes = self.skip_symbol(b'>')?;
                let path = self.primary()?;
                sql = if unquotes {
                    let extract = format!("json_extract({}, {})", sql.text, path.text);
                    Sql::new(unquoted(&extract), Type::Text)
                } else {
                    Sql::new(format!("({} -> {})", sql.text, path.text), Type::Unknown)
                };
            } else {
                return Ok(sql);
            }
        }
    }
}

fn logic(left: Sql, operator: &'static str, right: Sql) -> Sql {
    Sql::joined(left, operator, right, Type::Number)
}

fn compare(left: &Sql, operator: &str, right: &Sql) -> Result<Sql, Untranslatable> {
    let (first, second) = (left.beside(right.value)?, right.beside(left.value)?);
    Ok(Sql::new(
        format!("({first} {operator} {second})"),
        Type::Number,
    ))
}

fn arithmetic(left: Sql, operator: &'static str, right: Sql) -> Result<Sql, Untranslatable> {
    if left.value == Type::Choice || right.value == Type::Choice {
        return Err("the number of an ENUM's or SET's member".to_owned());
    }
    Ok(logic(left, operator, right))
}
