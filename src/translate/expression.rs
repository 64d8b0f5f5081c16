//! Operators and literals, by MySQL's precedence.
//!
//! Every operation is put in parentheses, because SQLite's precedence differs. What two values are brought to before
//! they are compared is `compare`'s, and what is computed of them `arithmetic`'s.
//!
//! A part of the one recursive descent that `expression`, `primary`, `function` and `query` are: they call each
//! other, as the grammar does.

use std::collections::BTreeSet;

use super::arithmetic::{bitwise, computed, divided, negative, shifted, whole_quotient};
use super::compare::{ComparedClass, TextUse};
use super::item_name::ListUse;
use super::sql::SqlForm;
use super::types::{Fold, TextType, Type};
use super::{Catalog, DEEPEST, NoTables, Scope, Sql, Translator, Untranslatable};
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
            compared: BTreeSet::new(),
            pipes_as_concat: source.modes.pipes_as_concat,
            queries: true,
            at_import: false,
            list_use: ListUse::View,
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
                left = logic(&left, "OR", &right)?;
            } else {
                return Ok(left);
            }
        }
    }

    fn xor(&mut self) -> Result<Sql, Untranslatable> {
        let mut left = self.and()?;
        while self.skip_word("XOR")? {
            let right = self.and()?;
            let text = format!(
                "(({} <> 0) <> ({} <> 0))",
                left.condition()?,
                right.condition()?
            );
            left = Sql::new(text, Type::TRUTH);
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
            left = logic(&left, "AND", &right)?;
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
            return Ok(Sql::new(
                format!("(NOT {})", inner.condition()?),
                Type::TRUTH,
            ));
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
                let how = match operator {
                    "=" | "<>" | "IS" => TextUse::Equality,
                    _ => TextUse::Order,
                };
                if how == TextUse::Order
                    && matches!(
                        (left.value, right.value),
                        (Type::Choice(_), _) | (_, Type::Choice(_))
                    )
                {
                    return Err("the order of an ENUM's or SET's members".to_owned());
                }
                let (first, second) = self.pair(&left, &right, how)?;
                left = Sql::new(format!("({first} {operator} {second})"), Type::TRUTH);
            } else if self.skip_word("IS")? {
                left = self.is(&left)?;
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

    fn is(&mut self, left: &Sql) -> Result<Sql, Untranslatable> {
        let not = if self.skip_word("NOT")? { "NOT " } else { "" };
        let text = if self.skip_word("NULL")? || self.skip_word("UNKNOWN")? {
            format!("({} IS {not}NULL)", left.text)
        } else if self.skip_word("TRUE")? {
            format!("({} IS {not}TRUE)", left.condition()?)
        } else if self.skip_word("FALSE")? {
            format!("({} IS {not}FALSE)", left.condition()?)
        } else {
            return Err("an unknown form of IS".to_owned());
        };
        Ok(Sql::new(text, Type::TRUTH))
    }

    fn set_comparison(&mut self, left: &Sql, not: &str) -> Result<Sql, Untranslatable> {
        let text = if self.skip_word("BETWEEN")? {
            let low = self.bits()?;
            self.expect_word("AND")?;
            let high = self.bits()?;
            if matches!(left.value, Type::Choice(_)) {
                return Err("the order of an ENUM's or SET's members".to_owned());
            }
            if low.value.text().is_some() != high.value.text().is_some()
                && !low.is_null()
                && !high.is_null()
            {
                return Err("BETWEEN values of different types".to_owned());
            }
            let left = left.beside(&[low.clone(), high.clone()])?;
            let (above, low) = self.pair(&left, &low, TextUse::Order)?;
            let (below, high) = self.pair(&left, &high, TextUse::Order)?;
            if above == below {
                format!("({above} {not}BETWEEN {low} AND {high})")
            } else {
                let within = format!("({above} >= {low} AND {below} <= {high})");
                if not.is_empty() {
                    within
                } else {
                    format!("(NOT {within})")
                }
            }
        } else if self.skip_word("IN")? {
            self.in_list(left, not)?
        } else if self.skip_word("LIKE")? {
            self.like(left, not)?
        } else {
            return Err("REGEXP".to_owned());
        };
        Ok(Sql::new(text, Type::TRUTH))
    }

    /// `left IN (…)`.
    fn in_list(&mut self, left: &Sql, not: &str) -> Result<String, Untranslatable> {
        self.expect_symbol(b'(')?;
        if self.at_word(&["SELECT", "WITH"])? {
            return self.in_query(left, not);
        }
        let mut wanted = Vec::new();
        let mut first = None;
        loop {
            let value = self.expression()?;
            // Of a mixture, a server compares all in a type of its own choice.
            let class = match value.string() {
                Some(text) if left.value.exact().is_some() && text.parse::<i64>().is_ok() => {
                    Some(ComparedClass::Exact)
                }
                _ => ComparedClass::of(value.value),
            };
            if class.is_some() && first.is_some() && class != first {
                return Err("IN over values of different types".to_owned());
            }
            first = first.or(class);
            wanted.push(value);
            if !self.skip_symbol(b',')? {
                break;
            }
        }
        self.expect_symbol(b')')?;
        let left = &left.beside(&wanted)?;
        let (mut values, mut pairs) = (Vec::new(), Vec::new());
        let mut same: Option<String> = None;
        for value in &wanted {
            let (own, value) = self.pair(left, value, TextUse::Equality)?;
            pairs.push(format!("{own} = {value}"));
            if same.get_or_insert_with(|| own.clone()) != &own {
                values.clear();
            }
            values.push(value);
        }
        // `IN` takes the collation of its left side.
        if values.len() == pairs.len() && left.string().is_none() {
            let own = same.unwrap_or_default();
            return Ok(format!("({own} {not}IN ({}))", values.join(", ")));
        }
        let any = pairs.join(" OR ");
        Ok(if not.is_empty() {
            format!("({any})")
        } else {
            format!("(NOT ({any}))")
        })
    }

    /// `left IN (SELECT …)`: values of one type, which need no conversion.
    fn in_query(&mut self, left: &Sql, not: &str) -> Result<String, Untranslatable> {
        let outer = std::mem::take(&mut self.columns);
        let query = self.value_query()?;
        let inner = std::mem::replace(&mut self.columns, outer);
        self.expect_symbol(b')')?;
        let value = inner.first().map_or(Type::Unknown, |column| column.value);
        let alike = match (left.value, value) {
            // Of two kinds, a MariaDB says 0 where NULL is among the values.
            (own @ Type::Whole { .. }, Type::Whole { .. }) => own == value,
            (Type::Text(own), Type::Text(other))
                if own.fold == other.fold || own.fold == Fold::Weak =>
            {
                let sources = inner.first().map(|column| column.sources.clone());
                let column = Sql {
                    columns: sources.unwrap_or_default(),
                    ..Sql::new("", value)
                };
                self.compares(left, TextUse::Equality);
                self.compares(&column, TextUse::Equality);
                true
            }
            (own, other) => {
                own == other
                    && matches!(
                        own,
                        Type::Date | Type::DateTime(_) | Type::Exact { .. } | Type::Blob
                    )
            }
        };
        if !alike {
            return Err(format!(
                "IN over a query of {} for {}",
                value.called(),
                left.value.called()
            ));
        }
        let own = match left.value {
            Type::Text(_) => self.collated(left, TextUse::Equality),
            _ => left.shown()?,
        };
        Ok(format!("({own} {not}IN ({query}))"))
    }

    /// `|`, which binds its operands least of those about bits.
    pub(super) fn bits(&mut self) -> Result<Sql, Untranslatable> {
        let mut left = self.bit_and()?;
        loop {
            if self.peek()? != Token::Symbol(b'|') {
                return Ok(left);
            }
            if !self.at_pipes()? {
                self.next()?;
                let right = self.bit_and()?;
                left = bitwise(&left, "|", &right)?;
            } else if self.pipes_as_concat {
                self.skip_pipes()?;
                let right = self.bit_and()?;
                let text = format!("({} || {})", left.as_text()?, right.as_text()?);
                left = Sql::text_of(text, &[&left, &right]);
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
            left = bitwise(&left, "&", &right)?;
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
            left = shifted(&left, operator, &right)?;
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
                left = self.moved(&left, operator)?;
            } else {
                let right = self.product()?;
                left = computed(&left, operator, &right)?;
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
                "/" => divided(&left, &right)?,
                "DIV" => whole_quotient(&left, &right)?,
                operator => computed(&left, operator, &right)?,
            };
        }
    }

    fn power(&mut self) -> Result<Sql, Untranslatable> {
        let mut left = self.unary()?;
        while self.skip_symbol(b'^')? {
            let right = self.unary()?;
            let (either, both) = (bitwise(&left, "|", &right)?, bitwise(&left, "&", &right)?);
            left = Sql::new(format!("({} - {})", either.text, both.text), either.value);
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
                negative(&inner)?
            }
            Token::Symbol(b'+') => {
                self.next()?;
                self.unary()?
            }
            Token::Symbol(b'~') => return Err("the bits of ~, of which MySQL has 64".to_owned()),
            Token::Symbol(b'!') => {
                self.next()?;
                let inner = self.unary()?;
                Sql::new(format!("(NOT {})", inner.condition()?), Type::TRUTH)
            }
            token if self.cursor.is_word(token, "BINARY") => {
                self.next()?;
                let inner = self.unary()?;
                match inner.value {
                    Type::Text(TextType { utf8: true, .. }) => {
                        Sql::new(format!("CAST({} AS BLOB)", inner.text), Type::Blob)
                    }
                    Type::Blob => inner,
                    other => return Err(format!("BINARY of {}", other.called())),
                }
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
                let collation = self.name()?.to_ascii_lowercase();
                let fold = if collation.ends_with("_bin") || collation == "binary" {
                    Fold::Binary
                } else if collation.ends_with("_ci") && !collation.contains("_as_") {
                    Fold::Case
                } else {
                    return Err(format!("the collation {collation}"));
                };
                let Some(own) = sql
                    .value
                    .text()
                    .filter(|_| matches!(sql.value, Type::Text(_)))
                else {
                    return Err(format!("COLLATE of {}", sql.value.called()));
                };
                let name = if fold == Fold::Case {
                    "NOCASE"
                } else {
                    "BINARY"
                };
                sql = Sql {
                    text: format!("({} COLLATE {name})", sql.text),
                    value: Type::Text(TextType { fold, ..own }),
                    form: SqlForm::Plain,
                    ..sql
                };
            } else if self.at_arrow()? {
                self.next()?;
                self.next()?;
                let unquotes = self.skip_symbol(b'>')?;
                let path = self.primary()?;
                self.compares(&sql, TextUse::Documents);
                let extracted = super::json::extracted(&sql, &path)?;
                sql = if unquotes {
                    super::json::unquoted(&extracted)?
                } else {
                    extracted
                };
            } else {
                return Ok(sql);
            }
        }
    }
}

fn logic(left: &Sql, operator: &'static str, right: &Sql) -> Result<Sql, Untranslatable> {
    let condition = Sql {
        text: left.condition()?,
        ..left.clone()
    };
    Ok(Sql::joined(
        &condition,
        operator,
        &right.condition()?,
        Type::TRUTH,
    ))
}
