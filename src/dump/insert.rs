//! `INSERT` and `REPLACE`: the head of the statement, and one row after the other.
//!
//! A row is parsed into spans and handed out as [`Row`] before the next one is read, so a statement
//! of any length needs the memory of its longest row. It must not know column types: whoever reads
//! a row says which kind each column is.

use std::sync::Arc;

use super::charset::Charset;
use super::cursor::Cursor;
use super::error::{DumpError, Position, Problem};
use super::lexer::Token;
use super::literal::Literal;
use super::session::Session;
use super::value::{Kind, Value, convert};

/// The head of an `INSERT` or `REPLACE`.
#[derive(Debug, Clone)]
pub struct InsertHeader {
    /// The database that the table was qualified with, if any.
    pub database: Option<String>,
    /// The table's name without its database.
    pub table: String,
    /// The columns that the rows give values for: the statement's list, or the table's columns.
    pub columns: Arc<[String]>,
    /// Where the statement starts.
    pub position: Position,
}

/// The `INSERT` being read.
pub(super) struct OpenInsert {
    pub(super) header: InsertHeader,
    pub(super) literals: Vec<Literal>,
    /// Ordinal of the newest row among the table's rows in this input.
    pub(super) row: u64,
    /// Offset of the newest row, for positions.
    pub(super) row_start: usize,
}

/// The parsed head, before the column list is known.
pub(super) struct Head {
    pub(super) database: Option<String>,
    pub(super) table: String,
    pub(super) columns: Option<Vec<String>>,
}

/// Parses from behind the word `INSERT` or `REPLACE` to behind `VALUES`.
pub(super) fn head(cursor: &mut Cursor<'_>) -> Result<Head, Problem> {
    for modifier in ["LOW_PRIORITY", "DELAYED", "HIGH_PRIORITY"] {
        cursor.skip_word(modifier)?;
    }
    if cursor.skip_word("IGNORE")? {
        return Err(Problem::Unsupported("INSERT IGNORE".to_owned()));
    }
    cursor.skip_word("INTO")?;
    let (database, table) = cursor.qualified_name()?;
    let columns = if cursor.skip_symbol(b'(')? {
        Some(cursor.name_list()?)
    } else {
        None
    };
    if !cursor.skip_word("VALUES")? && !cursor.skip_word("VALUE")? {
        let token = cursor.next()?;
        return Err(cursor.unexpected(token, "VALUES"));
    }
    Ok(Head {
        database,
        table,
        columns,
    })
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
        session: &Session,
    ) -> Result<(), Problem> {
        cursor.set_anchor();
        self.literals.clear();
        match cursor.next()? {
            Token::Symbol(b'(') => {}
            Token::End => return Err(Problem::Truncated("an INSERT statement")),
            token => return Err(cursor.unexpected(token, "'(' at the start of a row")),
        }
        self.row += 1;
        self.row_start = cursor.token_start();
        loop {
            self.literals.push(literal(cursor, session)?);
            match cursor.next()? {
                Token::Symbol(b',') => {}
                Token::Symbol(b')') => break,
                Token::End => return Err(Problem::Truncated("a row")),
                token => return Err(cursor.unexpected(token, "',' or ')' after a value")),
            }
        }
        let (expected, found) = (self.header.columns.len(), self.literals.len());
        if expected != found {
            return Err(Problem::ColumnCount { expected, found });
        }
        Ok(())
    }
}

/// Parses what stands behind a row. An `INSERT` without its semicolon at the end of the input is
/// taken for a cut dump: losing rows in silence would be worse than refusing a sloppy file.
pub(super) fn follow(cursor: &mut Cursor<'_>) -> Result<Follow, Problem> {
    match cursor.next()? {
        Token::Symbol(b',') => Ok(Follow::AnotherRow),
        Token::Symbol(b';') => Ok(Follow::EndOfStatement),
        Token::End => Err(Problem::Truncated(
            "an INSERT statement (no ';' at its end)",
        )),
        token if cursor.is_word(token, "ON") => Err(Problem::Unsupported(
            "INSERT … ON DUPLICATE KEY UPDATE".to_owned(),
        )),
        token => Err(cursor.unexpected(token, "',' or ';' after a row")),
    }
}

fn literal(cursor: &mut Cursor<'_>, session: &Session) -> Result<Literal, Problem> {
    let token = cursor.next()?;
    if let Some(literal) = quoted_or_binary(token, session.charset) {
        return Ok(literal);
    }
    match token {
        Token::Number(span) => Ok(Literal::Number {
            span,
            negative: false,
        }),
        Token::Symbol(sign @ (b'-' | b'+')) => match cursor.next()? {
            Token::Number(span) => Ok(Literal::Number {
                span,
                negative: sign == b'-',
            }),
            token => Err(cursor.unexpected(token, "a number after its sign")),
        },
        Token::End => Err(Problem::Truncated("a row")),
        Token::Word(span) => {
            for (keyword, literal) in [
                ("NULL", Literal::Null),
                ("DEFAULT", Literal::Default),
                ("TRUE", Literal::Bool(true)),
                ("FALSE", Literal::Bool(false)),
            ] {
                if cursor.is_word(token, keyword) {
                    return Ok(literal);
                }
            }
            let word = cursor.utf8(span)?;
            introduced(cursor, &word).unwrap_or_else(|| Err(cursor.unexpected(token, "a value")))
        }
        token => Err(cursor.unexpected(token, "a value")),
    }
}

/// A literal behind a character set introducer: `_binary 'x'`, `_utf8mb4 0x41`.
fn introduced(cursor: &mut Cursor<'_>, word: &str) -> Option<Result<Literal, Problem>> {
    let name = word.strip_prefix('_')?;
    let Some(charset) = Charset::from_name(name) else {
        return Some(Err(Problem::Unsupported(format!("character set {name}"))));
    };
    Some(cursor.next().and_then(|token| {
        quoted_or_binary(token, charset)
            .ok_or_else(|| cursor.unexpected(token, "a string after its character set"))
    }))
}

/// The literals that a character set applies to.
fn quoted_or_binary(token: Token, charset: Charset) -> Option<Literal> {
    match token {
        Token::Text {
            span,
            quote,
            escaped,
        } => Some(Literal::Text {
            span,
            quote,
            escaped,
            charset,
        }),
        Token::Hex(span) => Some(Literal::Hex(span)),
        Token::Bits(span) => Some(Literal::Bits(span)),
        _ => None,
    }
}

/// One row of an `INSERT`, valid until the next one is read.
pub struct Row<'a> {
    pub(super) input: &'a str,
    pub(super) cursor: &'a Cursor<'a>,
    pub(super) insert: &'a OpenInsert,
}

impl<'a> Row<'a> {
    /// The number of values, which equals the number of columns of the header.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "the grammar has no empty row")]
    pub fn len(&self) -> usize {
        self.insert.literals.len()
    }

    /// The value at `index` as a value of `kind`.
    ///
    /// # Errors
    /// When the literal does not fit the kind, with the place of the literal.
    ///
    /// # Panics
    /// When `index` is not below [`Row::len`].
    pub fn value(&self, index: usize, kind: Kind) -> Result<Value<'a>, DumpError> {
        let literal = self.insert.literals[index];
        convert(literal, kind, |span| self.cursor.slice(span)).map_err(|reason| {
            let column = self.insert.header.columns[index].clone();
            let start = literal
                .span()
                .map_or(self.insert.row_start, |span| span.start);
            self.error_at(
                self.cursor.position_of(start),
                Problem::Value { column, reason },
            )
        })
    }

    /// An error about this row as a whole, for callers that find one of their own.
    #[must_use]
    pub fn position(&self) -> Position {
        self.cursor.position_of(self.insert.row_start)
    }

    /// Ordinal of the row among the table's rows in this input, counted from 1.
    #[must_use]
    pub fn ordinal(&self) -> u64 {
        self.insert.row
    }

    fn error_at(&self, position: Position, problem: Problem) -> DumpError {
        DumpError {
            input: self.input.to_owned(),
            position,
            table: Some(self.insert.header.table.clone()),
            row: Some(self.insert.row),
            problem,
        }
    }
}
