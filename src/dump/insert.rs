//! `INSERT` and `REPLACE`: the head of the statement, one row after the other, and what may stand
//! behind the rows.
//!
//! A row is parsed into spans and handed out as [`DumpRow`] before the next one is read, so a statement
//! of any length needs the memory of its longest row. It must not know column types: whoever reads
//! a row says which kind each column is.

use std::sync::Arc;

use super::charset::Charset;
use super::cursor::{Cursor, SourceText};
use super::error::{DumpError, DumpProblem, Position};
use super::lenient;
use super::lexer::Token;
use super::line_ends;
use super::literal::{Literal, bit_bytes, hex_bytes, unescape};
use super::row_scan;
use super::session::SqlSession;
use super::through_views::NamedView;
use super::value::{Value, convert};
use super::value_type::ValueType;
use super::window::ByteSpan;

/// What happens to a row whose key is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OnConflict {
    /// The row is an error.
    Fail,
    /// `INSERT IGNORE`: the row is left out.
    Ignore,
    /// `REPLACE`: the row takes the place of the older ones.
    Replace,
}

/// The head of an `INSERT` or `REPLACE`.
#[derive(Debug, Clone)]
pub struct InsertHeader {
    /// The database that the rows go to, if the dump says it.
    pub database: Option<String>,
    /// The table's name without its database.
    pub table: String,
    /// The columns that the rows give values for: the statement's list, or the table's columns.
    /// `None` when neither is known.
    pub columns: Option<Arc<[String]>>,
    /// What happens to a row whose key is there already.
    pub on_conflict: OnConflict,
    /// 0 in an `AUTO_INCREMENT` column is 0, not the next number.
    pub zero_is_zero: bool,
    /// Foreign keys are checked, and their actions done.
    pub checks_keys: bool,
    /// Where the statement starts.
    pub position: Position,
}

/// `ON DUPLICATE KEY UPDATE`, which stands behind the rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upsert {
    /// The name that the new row was given with `AS`.
    pub alias: Option<String>,
    /// Names that its columns were given.
    pub alias_columns: Vec<String>,
    /// The assignments.
    pub assignments: SourceText,
}

/// The `INSERT` being read.
pub(super) struct OpenInsert {
    pub(super) header: InsertHeader,
    pub(super) literals: Vec<Literal>,
    /// Ordinal of the newest row among the table's rows in this input.
    pub(super) row: u64,
    /// Offset of the newest row, for positions.
    pub(super) row_start: usize,
    /// Values in a row; `None` until the first row has said it.
    pub(super) width: Option<usize>,
    /// The statement is `INSERT … SET`, whose one row is read with its head.
    pub(super) is_set_form: bool,
    /// The newest row has been read, so that a comma or the end follows.
    pub(super) row_read: bool,
    pub(super) upsert: Option<Upsert>,
    /// The view that the statement names.
    pub(super) view: Option<Box<NamedView>>,
    /// Which of the values are for columns of bytes, where a server stores texts as others.
    pub(super) converted: Vec<usize>,
}

/// The parsed head, before the column list is known.
pub(super) struct Head {
    pub(super) database: Option<String>,
    pub(super) table: String,
    pub(super) columns: Option<Vec<String>>,
    pub(super) on_conflict: OnConflict,
    pub(super) rows: RowsForm,
}

/// How the rows are written.
pub(super) enum RowsForm {
    /// `VALUES (…), (…)`, with or without `ROW`.
    Values,
    /// `SET a = 1, b = 2`: these literals, one for each column.
    Set(Vec<Literal>),
    /// `SELECT …` or `TABLE t`, which comes now; the parenthesis in front of it may be read already.
    Query { opened: bool },
}

/// Parses from behind the word `INSERT` or `REPLACE` to behind `VALUES`.
pub(super) fn head(
    cursor: &mut Cursor<'_>,
    session: &SqlSession,
    mut on_conflict: OnConflict,
) -> Result<Head, DumpProblem> {
    for modifier in ["LOW_PRIORITY", "DELAYED", "HIGH_PRIORITY"] {
        cursor.skip_word(modifier)?;
    }
    if cursor.skip_word("IGNORE")? {
        on_conflict = OnConflict::Ignore;
    }
    cursor.skip_word("INTO")?;
    let (database, table) = cursor.qualified_name()?;
    if cursor.skip_word("PARTITION")? {
        cursor.skip_group()?;
    }
    let mut columns = None;
    if cursor.skip_symbol(b'(')? {
        if cursor.at_word(&["SELECT", "WITH"])? {
            return Ok(Head {
                database,
                table,
                columns,
                on_conflict,
                rows: RowsForm::Query { opened: true },
            });
        }
        columns = Some(cursor.name_list()?);
    }
    let rows = if cursor.skip_word("VALUES")? || cursor.skip_word("VALUE")? {
        RowsForm::Values
    } else if cursor.skip_word("SET")? {
        let (names, literals) = assignments(cursor, session)?;
        columns = Some(names);
        RowsForm::Set(literals)
    } else if cursor.at_word(&["SELECT", "TABLE", "WITH"])? || cursor.peek()? == Token::Symbol(b'(')
    {
        RowsForm::Query { opened: false }
    } else {
        let token = cursor.next()?;
        return Err(cursor.unexpected(token, "VALUES"));
    };
    Ok(Head {
        database,
        table,
        columns,
        on_conflict,
        rows,
    })
}

fn assignments(
    cursor: &mut Cursor<'_>,
    session: &SqlSession,
) -> Result<(Vec<String>, Vec<Literal>), DumpProblem> {
    let (mut names, mut literals) = (Vec::new(), Vec::new());
    loop {
        names.push(cursor.name("a column name")?);
        cursor.expect_symbol(b'=', "'=' behind the column")?;
        literals.push(literal(cursor, session)?);
        if !cursor.skip_symbol(b',')? {
            return Ok((names, literals));
        }
    }
}

/// What follows a row.
pub(super) enum Follow {
    AnotherRow,
    EndOfStatement,
}

impl OpenInsert {
    /// Parses one row, from its opening to its closing parenthesis.
    pub(super) fn read_row(
        &mut self,
        cursor: &mut Cursor<'_>,
        session: &SqlSession,
    ) -> Result<(), DumpProblem> {
        self.literals.clear();
        cursor.set_anchor();
        if cursor.is_plain()
            && let Some(start) = row_scan::scan(cursor.lexer(), session.charset, &mut self.literals)
        {
            self.row += 1;
            self.row_start = start;
            return self.check_width();
        }
        self.read_row_by_tokens(cursor, session)
    }

    fn read_row_by_tokens(
        &mut self,
        cursor: &mut Cursor<'_>,
        session: &SqlSession,
    ) -> Result<(), DumpProblem> {
        self.literals.clear();
        cursor.skip_word("ROW")?;
        match cursor.next()? {
            Token::Symbol(b'(') => {}
            Token::End => return Err(DumpProblem::Truncated("an INSERT statement")),
            token => return Err(cursor.unexpected(token, "'(' at the start of a row")),
        }
        self.row += 1;
        self.row_start = cursor.token_start();
        if cursor.skip_symbol(b')')? {
            return self.check_width();
        }
        loop {
            self.literals.push(literal(cursor, session)?);
            match cursor.next()? {
                Token::Symbol(b',') => {}
                Token::Symbol(b')') => break,
                Token::End => return Err(DumpProblem::Truncated("a row")),
                token => return Err(cursor.unexpected(token, "',' or ')' after a value")),
            }
        }
        self.check_width()
    }

    /// Whether a text of the newest row becomes other bytes on a server; asks no more once one was.
    pub(super) fn meets_converted(&mut self, cursor: &Cursor<'_>) -> bool {
        let is_other = |literal: &Literal| match *literal {
            Literal::Text { span, charset, .. } => {
                charset != Charset::Binary && !cursor.slice(span).is_ascii()
            }
            Literal::Expression(span) => !cursor.slice(span).is_ascii(),
            _ => false,
        };
        let literals = &self.literals;
        let mut texts = self.converted.iter().filter_map(|&at| literals.get(at));
        let met = texts.any(is_other);
        if met {
            self.converted.clear();
        }
        met
    }

    fn check_width(&mut self) -> Result<(), DumpProblem> {
        let found = self.literals.len();
        // `() VALUES ()` and, with a list known from the table, `VALUES ()` are all defaults.
        if found == 0 {
            return Ok(());
        }
        let expected = *self.width.get_or_insert(found);
        if expected != found {
            return Err(DumpProblem::ColumnCount { expected, found });
        }
        Ok(())
    }
}

/// Parses what stands behind a row. A statement that ends with the file may lack its semicolon: a
/// cut dump is known by the missing line at its end, or by the cut row.
pub(super) fn follow(
    cursor: &mut Cursor<'_>,
    upsert: &mut Option<Upsert>,
) -> Result<Follow, DumpProblem> {
    match cursor.next()? {
        Token::Symbol(b',') => Ok(Follow::AnotherRow),
        Token::Delimiter | Token::End => Ok(Follow::EndOfStatement),
        token if cursor.is_word(token, "AS") => {
            let alias = cursor.name("the name of the new row")?;
            let mut alias_columns = Vec::new();
            if cursor.skip_symbol(b'(')? {
                alias_columns = cursor.name_list()?;
            }
            cursor.expect_word("ON")?;
            on_duplicate(cursor, Some(alias), alias_columns, upsert)
        }
        token if cursor.is_word(token, "ON") => on_duplicate(cursor, None, Vec::new(), upsert),
        // Which only the client is shown.
        token if cursor.is_word(token, "RETURNING") => {
            cursor.skip_statement()?;
            Ok(Follow::EndOfStatement)
        }
        token => Err(cursor.unexpected(token, "',' or ';' after a row")),
    }
}

fn on_duplicate(
    cursor: &mut Cursor<'_>,
    alias: Option<String>,
    alias_columns: Vec<String>,
    upsert: &mut Option<Upsert>,
) -> Result<Follow, DumpProblem> {
    for word in ["DUPLICATE", "KEY", "UPDATE"] {
        cursor.expect_word(word)?;
    }
    let assignments = cursor.source_until(|cursor, token| {
        token == Token::Delimiter || cursor.is_word(token, "RETURNING")
    })?;
    cursor.skip_statement()?;
    *upsert = Some(Upsert {
        alias,
        alias_columns,
        assignments,
    });
    Ok(Follow::EndOfStatement)
}

/// A value. What is no plain literal is kept as an expression, for whoever can compute it.
fn literal(cursor: &mut Cursor<'_>, session: &SqlSession) -> Result<Literal, DumpProblem> {
    cursor.peek()?;
    let mut found = None;
    let source = cursor.source_span(|cursor| {
        found = simple(cursor, session)?;
        while !matches!(
            cursor.peek()?,
            Token::Symbol(b',' | b')') | Token::Delimiter | Token::End
        ) && !cursor.at_word(&["ON", "AS", "RETURNING"])?
        {
            found = None;
            if cursor.peek()? == Token::Symbol(b'(') {
                cursor.skip_group()?;
            } else {
                cursor.next()?;
            }
        }
        Ok(())
    })?;
    if source.start == source.end {
        let token = cursor.next()?;
        return Err(cursor.unexpected(token, "a value"));
    }
    Ok(found.unwrap_or(Literal::Expression(source)))
}

/// One literal, if one stands there; what was consumed otherwise is part of an expression.
fn simple(cursor: &mut Cursor<'_>, session: &SqlSession) -> Result<Option<Literal>, DumpProblem> {
    let token = cursor.peek()?;
    let charset = match token {
        Token::Text { span, .. } if cursor.is_national(span) => session.introduced(Charset::Utf8),
        _ => session.charset,
    };
    if let Some(literal) = quoted_or_binary(cursor, token, charset, Charset::Binary) {
        cursor.next()?;
        return Ok(Some(literal));
    }
    match token {
        Token::Number(span) => {
            cursor.next()?;
            Ok(Some(Literal::Number {
                span,
                negative: false,
            }))
        }
        Token::Symbol(sign @ (b'-' | b'+')) => {
            cursor.next()?;
            let Token::Number(span) = cursor.peek()? else {
                return Ok(None);
            };
            cursor.next()?;
            Ok(Some(Literal::Number {
                span,
                negative: sign == b'-',
            }))
        }
        Token::Word(span) => {
            for (keyword, literal) in [
                ("NULL", Literal::Null),
                ("DEFAULT", Literal::Default),
                ("TRUE", Literal::Bool(true)),
                ("FALSE", Literal::Bool(false)),
            ] {
                if cursor.is_word(token, keyword) {
                    cursor.next()?;
                    return Ok(Some(literal));
                }
            }
            let word = cursor.text(span)?;
            let Some(name) = word.strip_prefix('_') else {
                return Ok(None);
            };
            cursor.next()?;
            let charset = Charset::from_name(name)
                .ok_or_else(|| DumpProblem::Unsupported(format!("character set {name}")))?;
            let charset = session.introduced(charset);
            let token = cursor.peek()?;
            let literal = quoted_or_binary(cursor, token, charset, charset);
            if literal.is_some() {
                cursor.next()?;
            }
            Ok(literal)
        }
        // `\N`, an old spelling of NULL.
        Token::Symbol(b'\\') => {
            cursor.next()?;
            let null = matches!(cursor.peek()?, Token::Word(span) if cursor.slice(span) == b"N");
            if null {
                cursor.next()?;
            }
            Ok(null.then_some(Literal::Null))
        }
        Token::Symbol(b'{') => braced(cursor, session),
        _ => Ok(None),
    }
}

/// `{ts '2024-01-05 10:00:00'}`: how ODBC writes dates and times.
fn braced(cursor: &mut Cursor<'_>, session: &SqlSession) -> Result<Option<Literal>, DumpProblem> {
    cursor.next()?;
    if !cursor.at_word(&["D", "T", "TS"])? {
        return Ok(None);
    }
    cursor.next()?;
    let token = cursor.peek()?;
    let literal = quoted_or_binary(cursor, token, session.charset, Charset::Binary);
    if literal.is_some() {
        cursor.next()?;
        cursor.expect_symbol(b'}', "'}' behind a date or time")?;
    }
    Ok(literal)
}

/// The literals that a character set applies to: that of strings, and that of digits.
fn quoted_or_binary(
    cursor: &Cursor<'_>,
    token: Token,
    charset: Charset,
    of_digits: Charset,
) -> Option<Literal> {
    match token {
        Token::Text {
            span,
            quote,
            escaped,
        } => Some(Literal::Text {
            span,
            escaped: escaped.then(|| cursor.quoting(quote)),
            charset,
        }),
        Token::Hex(span) => {
            let before = ByteSpan {
                start: span.start.saturating_sub(1),
                end: span.start,
            };
            Some(if cursor.slice(before) == b"'" {
                Literal::QuotedHex(span, of_digits)
            } else {
                Literal::Hex(span, of_digits)
            })
        }
        Token::Bits(span) => Some(Literal::Bits(span, of_digits)),
        _ => None,
    }
}

/// One row of an `INSERT`, valid until the next one is read.
pub struct DumpRow<'a> {
    pub(super) input: &'a str,
    pub(super) cursor: &'a Cursor<'a>,
    pub(super) insert: &'a OpenInsert,
}

impl<'a> DumpRow<'a> {
    /// The number of values: that of the header's columns, or 0 for a row of defaults only.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a row without values is a row")]
    pub fn len(&self) -> usize {
        self.insert.literals.len()
    }

    /// The value at `index` as a value of `kind`. `changed` is set when the value is not stored as
    /// it was written, but as the server would store it: rounded, padded, spelled out.
    ///
    /// # Errors
    /// When the literal does not fit the kind, with the place of the literal.
    ///
    /// # Panics
    /// When `index` is not below [`DumpRow::len`].
    pub fn value(
        &self,
        index: usize,
        kind: &ValueType,
        changed: &mut bool,
    ) -> Result<Value<'a>, DumpError> {
        let literal = self.insert.literals[index];
        let bytes_of = |span| self.cursor.slice(span);
        if let Literal::Expression(span) = literal {
            return match self.cursor.source_at(span) {
                Ok(source) => Ok(Value::Expression(Box::new(source))),
                Err(problem) => Err(self.error_at(self.cursor.position_of(span.start), problem)),
            };
        }
        let text_of = |span| match self.keeps_line_ends(index, kind) {
            true => bytes_of(span).into(),
            false => self.cursor.sent(span),
        };
        let converted = convert(literal, kind, bytes_of, text_of, changed);
        let zeroed = |value| match self.cursor.zeroes_days() {
            true => lenient::without_zero_parts(value, kind, changed),
            false => value,
        };
        converted.map(zeroed).map_err(|mut reason| {
            if let Literal::Text { span, .. } = literal {
                reason.recognise(bytes_of(span));
            }
            let columns = self.insert.header.columns.as_ref();
            let column =
                columns.map_or_else(|| (index + 1).to_string(), |columns| columns[index].clone());
            let start = literal
                .span()
                .map_or(self.insert.row_start, |span| span.start);
            self.error_at(
                self.cursor.position_of(start),
                DumpProblem::Value { column, reason },
            )
        })
    }

    /// Whether the text at `index` has line ends of two bytes (CRLF), of which clients send one.
    #[must_use]
    pub fn has_wide_line_ends(&self, index: usize) -> bool {
        self.cursor.has_returns()
            && matches!(self.insert.literals[index], Literal::Text { span, .. }
                if line_ends::has_wide(self.cursor.slice(span)))
    }

    /// Whether the text at `index` is bytes in a column of `kind`, which stay as they are written.
    #[must_use]
    pub fn keeps_line_ends(&self, index: usize, kind: &ValueType) -> bool {
        let Literal::Text { charset, .. } = self.insert.literals[index] else {
            return false;
        };
        charset == Charset::Binary || matches!(kind, ValueType::Blob | ValueType::FixedBlob(_))
    }

    /// What a server that is not strict stores for the literal at `index`, which does not fit the kind; `None`
    /// if it would refuse it too.
    #[must_use]
    pub fn lenient_value(&self, index: usize, kind: &ValueType) -> Option<Value<'static>> {
        match *self.insert.literals.get(index)? {
            Literal::Number { span, negative } => {
                let sign: &[u8] = if negative { b"-" } else { b"" };
                let digits = [sign, self.cursor.slice(span)].concat();
                lenient::number(&String::from_utf8_lossy(&digits), kind)
            }
            Literal::Bool(flag) => lenient::number(if flag { "1" } else { "0" }, kind),
            Literal::Text {
                span,
                escaped,
                charset,
            } => {
                let raw = self.cursor.sent(span);
                let bytes = match escaped {
                    Some(quoting) => unescape(&raw, quoting).into(),
                    None => raw,
                };
                match kind {
                    ValueType::FixedBlob(_) => return lenient::value(&bytes, kind),
                    // More bytes than there are bits.
                    ValueType::Bits => return lenient::value(b"", kind),
                    _ => {}
                }
                lenient::value(charset.decode(bytes).ok()?.as_bytes(), kind)
            }
            Literal::Hex(span, _) => lenient::bytes(&hex_bytes(self.cursor.slice(span))?, kind),
            Literal::QuotedHex(span, _) => {
                lenient::value(&hex_bytes(self.cursor.slice(span))?, kind)
            }
            Literal::Bits(span, _) => lenient::bytes(&bit_bytes(self.cursor.slice(span))?, kind),
            _ => None,
        }
    }

    /// Where the row starts.
    #[must_use]
    pub fn position(&self) -> Position {
        self.cursor.position_of(self.insert.row_start)
    }

    /// Ordinal of the row among the table's rows in this input, counted from 1.
    #[must_use]
    pub fn ordinal(&self) -> u64 {
        self.insert.row
    }

    fn error_at(&self, position: Position, problem: DumpProblem) -> DumpError {
        DumpError {
            input: self.input.to_owned(),
            position,
            table: Some(self.insert.header.table.clone()),
            row: Some(self.insert.row),
            problem,
        }
    }
}
