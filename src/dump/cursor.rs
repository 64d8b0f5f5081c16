//! Tokens with one token of look-ahead, and the small questions that every statement asks of them.
//!
//! It sits between the lexer and the parsers of statements. It turns names into text; it must not
//! know what a statement is.

use std::io::Read;

use super::error::{Position, Problem, excerpt};
use super::lexer::{Lexer, Token};
use super::window::Span;

/// The input of a reader: any source of unpacked bytes.
pub(super) type Input<'i> = Box<dyn Read + Send + 'i>;

pub(super) struct Cursor<'i> {
    lexer: Lexer<Input<'i>>,
    peeked: Option<Token>,
}

impl<'i> Cursor<'i> {
    pub(super) fn new(input: Input<'i>) -> Self {
        Self {
            lexer: Lexer::new(input),
            peeked: None,
        }
    }

    pub(super) fn next(&mut self) -> Result<Token, Problem> {
        match self.peeked.take() {
            Some(token) => Ok(token),
            None => self.lexer.next(),
        }
    }

    pub(super) fn peek(&mut self) -> Result<Token, Problem> {
        let token = self.next()?;
        self.peeked = Some(token);
        Ok(token)
    }

    /// Forgets the tokens so far; not to be called while a token is peeked.
    pub(super) fn set_anchor(&mut self) {
        debug_assert!(self.peeked.is_none(), "a peeked token would lose its bytes");
        self.lexer.set_anchor();
    }

    /// Where the newest token starts.
    pub(super) fn position(&self) -> Position {
        self.lexer.position()
    }

    pub(super) fn position_of(&self, offset: usize) -> Position {
        self.lexer.position_of(offset)
    }

    pub(super) fn token_start(&self) -> usize {
        self.lexer.token_start()
    }

    pub(super) fn slice(&self, span: Span) -> &[u8] {
        self.lexer.slice(span)
    }

    /// Whether `token` is the unquoted word `keyword`, in any case.
    pub(super) fn is_word(&self, token: Token, keyword: &str) -> bool {
        matches!(token, Token::Word(span) if self.slice(span).eq_ignore_ascii_case(keyword.as_bytes()))
    }

    /// Consumes the next token if it is the word `keyword`.
    pub(super) fn skip_word(&mut self, keyword: &str) -> Result<bool, Problem> {
        let token = self.peek()?;
        let found = self.is_word(token, keyword);
        if found {
            self.peeked = None;
        }
        Ok(found)
    }

    /// Consumes the next token if it is the symbol `byte`.
    pub(super) fn skip_symbol(&mut self, byte: u8) -> Result<bool, Problem> {
        let found = self.peek()? == Token::Symbol(byte);
        if found {
            self.peeked = None;
        }
        Ok(found)
    }

    pub(super) fn expect_symbol(
        &mut self,
        byte: u8,
        expected: &'static str,
    ) -> Result<(), Problem> {
        match self.next()? {
            Token::Symbol(found) if found == byte => Ok(()),
            token => Err(self.unexpected(token, expected)),
        }
    }

    pub(super) fn expect_word(&mut self, keyword: &'static str) -> Result<(), Problem> {
        let token = self.next()?;
        if self.is_word(token, keyword) {
            Ok(())
        } else {
            Err(self.unexpected(token, keyword))
        }
    }

    /// A name, quoted or not.
    pub(super) fn name(&mut self, expected: &'static str) -> Result<String, Problem> {
        match self.next()? {
            Token::Word(span) => self.utf8(span),
            Token::Name(span) => Ok(self.utf8(span)?.replace("``", "`")),
            token => Err(self.unexpected(token, expected)),
        }
    }

    /// A table's name and the database that qualifies it.
    pub(super) fn qualified_name(&mut self) -> Result<(Option<String>, String), Problem> {
        let first = self.name("a table name")?;
        if self.skip_symbol(b'.')? {
            return Ok((Some(first), self.name("a table name")?));
        }
        Ok((None, first))
    }

    /// Comma-separated names up to the closing parenthesis, the opening one already consumed.
    pub(super) fn name_list(&mut self) -> Result<Vec<String>, Problem> {
        let mut names = Vec::new();
        loop {
            names.push(self.name("a column name")?);
            match self.next()? {
                Token::Symbol(b',') => {}
                Token::Symbol(b')') => return Ok(names),
                token => return Err(self.unexpected(token, "',' or ')' in a list of columns")),
            }
        }
    }

    /// Consumes a parenthesised group whose opening parenthesis is the next token.
    pub(super) fn skip_group(&mut self) -> Result<(), Problem> {
        self.expect_symbol(b'(', "'('")?;
        let mut depth = 1_usize;
        while depth > 0 {
            match self.next()? {
                Token::Symbol(b'(') => depth += 1,
                Token::Symbol(b')') => depth -= 1,
                Token::End => return Err(Problem::Truncated("a parenthesised list")),
                _ => {}
            }
        }
        Ok(())
    }

    /// Consumes everything up to and including the semicolon.
    pub(super) fn skip_statement(&mut self) -> Result<(), Problem> {
        loop {
            match self.next()? {
                Token::Symbol(b';') => return Ok(()),
                Token::End => return Err(Problem::Truncated("a statement (no ';' at its end)")),
                _ => self.set_anchor(),
            }
        }
    }

    pub(super) fn utf8(&self, span: Span) -> Result<String, Problem> {
        let bytes = self.slice(span);
        std::str::from_utf8(bytes)
            .map(str::to_owned)
            .map_err(|_| Problem::Unsupported(format!("the name {:?}, not UTF-8,", excerpt(bytes))))
    }

    pub(super) fn unexpected(&self, token: Token, expected: &'static str) -> Problem {
        let found = match token {
            Token::End => return Problem::Truncated("a statement"),
            Token::Symbol(byte) => format!("{:?}", char::from(byte)),
            Token::Text { span, .. } => format!("the string {:?}", excerpt(self.slice(span))),
            Token::Word(span)
            | Token::Name(span)
            | Token::Number(span)
            | Token::Hex(span)
            | Token::Bits(span) => format!("{:?}", excerpt(self.slice(span))),
        };
        Problem::Unexpected { expected, found }
    }
}
