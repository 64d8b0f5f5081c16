//! Operators and literals, by MySQL's precedence.
//!
//! Every operation is put in parentheses, because SQLite's precedence differs. Comparisons and
//! arithmetic see numbers where a column keeps digits as text.

use super::function::bare_function;
use super::{Catalog, DEEPEST, Reason, Sql, Translator, Type};
use crate::bake::input::hex;
use crate::bake::target::{literal, quoted};
use crate::dump::{Cursor, Problem, Source, Token};

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

#[expect(clippy::needless_pass_by_value, reason = "it is given to map_err")]
pub(super) fn reason(problem: Problem) -> Reason {
    problem.to_string()
}

impl<'s> Translator<'s> {
    pub(super) fn new(source: &'s Source, catalog: &'s dyn Catalog) -> Self {
        Self {
            cursor: Cursor::over(source),
            catalog,
            scopes: Vec::new(),
            common: Vec::new(),
            pipes_as_concat: source.modes.pipes_as_concat,
            depth: 0,
        }
    }

    pub(super) fn expression(&mut self) -> Result<Sql, Reason> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err("deeper nesting than is read".to_owned());
        }
        let sql = self.or()?;
        self.depth -= 1;
        Ok(sql)
    }

    fn or(&mut self) -> Result<Sql, Reason> {
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

    fn xor(&mut self) -> Result<Sql, Reason> {
        let mut left = self.and()?;
        while self.skip_word("XOR")? {
            let right = self.and()?;
            let text = format!("(({} <> 0) <> ({} <> 0))", left.number(), right.number());
            left = Sql::new(text, Type::Number);
        }
        Ok(left)
    }

    fn and(&mut self) -> Result<Sql, Reason> {
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

    fn not(&mut self) -> Result<Sql, Reason> {
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

    fn comparison(&mut self) -> Result<Sql, Reason> {
        let mut left = self.bits()?;
        loop {
            if let Some(operator) = self.comparison_operator()? {
                if self.at_word(&["ALL", "ANY", "SOME"])? {
                    return Err("ALL or ANY".to_owned());
                }
                let right = self.bits()?;
                left = compare(left, operator, right);
            } else if self.skip_word("IS")? {
                left = self.is(left)?;
            } else if self.at_word(&["NOT", "BETWEEN", "IN", "LIKE", "REGEXP", "RLIKE"])? {
                let not = if self.skip_word("NOT")? { "NOT " } else { "" };
                left = self.set_comparison(left, not)?;
            } else {
                return Ok(left);
            }
        }
    }

    fn comparison_operator(&mut self) -> Result<Option<&'static str>, Reason> {
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

    fn is(&mut self, left: Sql) -> Result<Sql, Reason> {
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

    fn set_comparison(&mut self, left: Sql, not: &str) -> Result<Sql, Reason> {
        let text = if self.skip_word("BETWEEN")? {
            let low = self.bits()?;
            self.expect_word("AND")?;
            let high = self.bits()?;
            format!(
                "({} {not}BETWEEN {} AND {})",
                left.number(),
                low.number(),
                high.number()
            )
        } else if self.skip_word("IN")? {
            let list = self.in_list()?;
            format!("({} {not}IN ({list}))", left.number())
        } else if self.skip_word("LIKE")? {
            self.like(&left, not)?
        } else {
            return Err("REGEXP".to_owned());
        };
        Ok(Sql::new(text, Type::Number))
    }

    fn in_list(&mut self) -> Result<String, Reason> {
        self.expect_symbol(b'(')?;
        if self.at_word(&["SELECT", "WITH"])? {
            let query = self.query()?;
            self.expect_symbol(b')')?;
            return Ok(query);
        }
        let mut values = Vec::new();
        loop {
            values.push(self.expression()?.number());
            if !self.skip_symbol(b',')? {
                self.expect_symbol(b')')?;
                return Ok(values.join(", "));
            }
        }
    }

    /// The escape character is a backslash in MySQL unless another one is named.
    fn like(&mut self, left: &Sql, not: &str) -> Result<String, Reason> {
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

    /// `|`, `&`, `<<`, `>>`: each level binds its own operators only.
    fn bits(&mut self) -> Result<Sql, Reason> {
        let mut left = self.sum()?;
        loop {
            let operator = match self.peek()? {
                Token::Symbol(b'|') if self.pipes_as_concat && self.at_pipes()? => {
                    self.skip_pipes()?;
                    let right = self.sum()?;
                    left = Sql::new(format!("({} || {})", left.text, right.text), Type::Text);
                    continue;
                }
                Token::Symbol(b'|') if !self.at_pipes()? => "|",
                Token::Symbol(b'&') if !self.at_double(b'&')? => "&",
                Token::Symbol(b'<') if self.at_double(b'<')? => "<<",
                Token::Symbol(b'>') if self.at_double(b'>')? => ">>",
                _ => return Ok(left),
            };
            for _ in 0..operator.len() {
                self.next()?;
            }
            let right = self.sum()?;
            left = arithmetic(left, operator, right);
        }
    }

    fn sum(&mut self) -> Result<Sql, Reason> {
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
                left = arithmetic(left, operator, right);
            }
        }
    }

    fn product(&mut self) -> Result<Sql, Reason> {
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
                operator => arithmetic(left, operator, right),
            };
        }
    }

    fn power(&mut self) -> Result<Sql, Reason> {
        let mut left = self.unary()?;
        while self.skip_symbol(b'^')? {
            let (a, b) = (left.number(), self.unary()?.number());
            left = Sql::new(format!("(({a} | {b}) - ({a} & {b}))"), Type::Number);
        }
        Ok(left)
    }

    fn unary(&mut self) -> Result<Sql, Reason> {
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
    fn postfix(&mut self) -> Result<Sql, Reason> {
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
                let arrow = if self.skip_symbol(b'>')? { "->>" } else { "->" };
                let path = self.primary()?;
                let text = format!("({} {arrow} {})", sql.text, path.text);
                sql = Sql::new(text, Type::Unknown);
            } else {
                return Ok(sql);
            }
        }
    }

    fn primary(&mut self) -> Result<Sql, Reason> {
        let token = self.next()?;
        match token {
            Token::Number(span) => {
                let digits = self.cursor.text(span).map_err(reason)?;
                Ok(Sql::new(digits, Type::Number))
            }
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
                Ok(Sql::new(literal(&text), Type::Text))
            }
            Token::Hex(span) => {
                let digits = self.cursor.text(span).map_err(reason)?;
                let padding = if digits.len() % 2 == 1 { "0" } else { "" };
                Ok(Sql::new(format!("x'{padding}{digits}'"), Type::Blob))
            }
            Token::Bits(span) => {
                let digits = self.cursor.text(span).map_err(reason)?;
                let number = i64::from_str_radix(&digits, 2)
                    .map_err(|_| "a bit literal of more than 63 bits".to_owned())?;
                Ok(Sql::new(number.to_string(), Type::Number))
            }
            Token::Symbol(b'(') => self.parenthesised(),
            Token::Symbol(b'*') => Ok(Sql::new("*", Type::Unknown)),
            Token::Symbol(b'?') => Err("a parameter".to_owned()),
            Token::Name { .. } | Token::Word(_) => self.word(token),
            token => Err(reason(self.cursor.unexpected(token, "an expression"))),
        }
    }

    fn parenthesised(&mut self) -> Result<Sql, Reason> {
        if self.at_word(&["SELECT", "WITH"])? {
            let query = self.query()?;
            self.expect_symbol(b')')?;
            return Ok(Sql::new(format!("({query})"), Type::Unknown));
        }
        let inner = self.expression()?;
        if self.skip_symbol(b',')? {
            let mut row = vec![inner.number()];
            loop {
                row.push(self.expression()?.number());
                if !self.skip_symbol(b',')? {
                    self.expect_symbol(b')')?;
                    return Ok(Sql::new(format!("({})", row.join(", ")), Type::Unknown));
                }
            }
        }
        self.expect_symbol(b')')?;
        Ok(inner)
    }

    /// A keyword, a function or a column.
    fn word(&mut self, token: Token) -> Result<Sql, Reason> {
        let name = self.name_of(token)?;
        if let Token::Word(_) = token {
            let upper = name.to_ascii_uppercase();
            match upper.as_str() {
                "NULL" => return Ok(Sql::new("NULL", Type::Unknown)),
                "TRUE" => return Ok(Sql::new("1", Type::Number)),
                "FALSE" => return Ok(Sql::new("0", Type::Number)),
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
            if matches!(self.peek()?, Token::Hex(_) | Token::Bits(_)) && name.starts_with('_') {
                return self.primary();
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
    fn with_adjacent(&mut self, mut text: String) -> Result<String, Reason> {
        while let Token::Text { .. } = self.peek()? {
            text += &self.cursor.string("a string").map_err(reason)?;
        }
        Ok(text)
    }

    /// `_utf8mb4'x'`, `DATE'2020-01-01'`.
    fn introduced(&mut self, word: &str) -> Result<Sql, Reason> {
        let text = self.cursor.string("a string").map_err(reason)?;
        let text = self.with_adjacent(text)?;
        Ok(match word {
            "_BINARY" => Sql::new(format!("x'{}'", hex(text.as_bytes())), Type::Blob),
            "DATE" => Sql::new(literal(&text), Type::Date),
            "TIMESTAMP" => Sql::new(literal(&text), Type::DateTime),
            _ => Sql::new(literal(&text), Type::Text),
        })
    }

    fn column(&mut self, first: String) -> Result<Sql, Reason> {
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
        Ok(Sql::new(
            match table {
                Some(table) => format!("{}.{}", quoted(&table), quoted(&name)),
                None => quoted(&name),
            },
            Type::Unknown,
        ))
    }

    fn case(&mut self) -> Result<Sql, Reason> {
        let mut text = "CASE".to_owned();
        if !self.at_word(&["WHEN"])? {
            text += &format!(" {}", self.expression()?.number());
        }
        let mut value = None;
        while self.skip_word("WHEN")? {
            let condition = self.expression()?.number();
            self.expect_word("THEN")?;
            let result = self.expression()?;
            value = value.or(Some(result.value));
            text += &format!(" WHEN {condition} THEN {}", result.text);
        }
        if self.skip_word("ELSE")? {
            text += &format!(" ELSE {}", self.expression()?.text);
        }
        self.expect_word("END")?;
        Ok(Sql::new(
            format!("({text} END)"),
            value.unwrap_or(Type::Unknown),
        ))
    }

    fn exists(&mut self) -> Result<Sql, Reason> {
        self.expect_symbol(b'(')?;
        let query = self.query()?;
        self.expect_symbol(b')')?;
        Ok(Sql::new(format!("EXISTS ({query})"), Type::Number))
    }
}

fn logic(left: Sql, operator: &str, right: Sql) -> Sql {
    let text = format!("({} {operator} {})", left.number(), right.number());
    Sql::new(text, Type::Number)
}

fn compare(left: Sql, operator: &str, right: Sql) -> Sql {
    // Text beside text is compared as text; digits beside anything are a number.
    let text = format!("({} {operator} {})", left.number(), right.number());
    Sql::new(text, Type::Number)
}

fn arithmetic(left: Sql, operator: &str, right: Sql) -> Sql {
    logic(left, operator, right)
}
