//! Bytes to tokens: the lexical grammar of MySQL.
//!
//! It skips blanks and comments, and unwraps version comments (`/*!40101 … */`, `/*M!100616 … */`)
//! by giving their content as if the comment marks were not there. Tokens are spans into the
//! window, nothing is copied. It must not know statements.

use std::io::Read;

use super::error::{Position, Problem};
use super::window::{Span, Window};

/// MariaDB's sandbox mark is a version comment for a server that will never exist.
const NEVER_VERSION: u32 = 999_999;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    /// An unquoted identifier or keyword.
    Word(Span),
    /// A backquoted name without its quotes; a doubled backquote inside stands for one.
    Name(Span),
    /// A string without its quotes. `escaped` when it holds a backslash or a doubled quote.
    Text {
        span: Span,
        quote: u8,
        escaped: bool,
    },
    /// An unsigned number as written: `12`, `1.5`, `1e-3`.
    Number(Span),
    /// The digits of `0x…` or `x'…'`.
    Hex(Span),
    /// The digits of `0b…` or `b'…'`.
    Bits(Span),
    /// Any other single byte.
    Symbol(u8),
    /// The end of the input.
    End,
}

pub(super) struct Lexer<R> {
    window: Window<R>,
    /// Offset of the newest token from the anchor.
    start: usize,
    in_version_comment: bool,
}

impl<R: Read> Lexer<R> {
    pub(super) fn new(input: R) -> Self {
        Self {
            window: Window::new(input),
            start: 0,
            in_version_comment: false,
        }
    }

    pub(super) fn slice(&self, span: Span) -> &[u8] {
        self.window.slice(span)
    }

    /// Forgets all tokens so far; their spans become invalid.
    pub(super) fn set_anchor(&mut self) {
        self.window.set_anchor();
        self.start = 0;
    }

    /// Where the newest token starts.
    pub(super) fn position(&self) -> Position {
        self.window.position(self.start)
    }

    /// Where the bytes of a span start.
    pub(super) fn position_of(&self, offset: usize) -> Position {
        self.window.position(offset)
    }

    /// Offset of the newest token from the anchor.
    pub(super) fn token_start(&self) -> usize {
        self.start
    }

    pub(super) fn next(&mut self) -> Result<Token, Problem> {
        self.skip_blanks_and_comments()?;
        self.start = self.window.offset();
        let Some(byte) = self.window.peek(0)? else {
            return Ok(Token::End);
        };
        match byte {
            b'\'' | b'"' => self.text(byte),
            b'`' => self.quoted_name(),
            b'0'..=b'9' => self.number_or_word(byte),
            b'.' if matches!(self.window.peek(1)?, Some(b'0'..=b'9')) => self.number(),
            b'x' | b'X' if self.window.peek(1)? == Some(b'\'') => self.quoted_digits(Token::Hex),
            b'b' | b'B' if self.window.peek(1)? == Some(b'\'') => self.quoted_digits(Token::Bits),
            byte if is_word_byte(byte) => self.word(1),
            byte => {
                self.window.advance(1);
                Ok(Token::Symbol(byte))
            }
        }
    }

    fn skip_blanks_and_comments(&mut self) -> Result<(), Problem> {
        while let Some(byte) = self.window.peek(0)? {
            match byte {
                b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c => self.window.advance(1),
                b'#' => self.skip_line()?,
                b'-' if self.at_dash_comment()? => self.skip_line()?,
                b'/' if self.window.peek(1)? == Some(b'*') => self.comment()?,
                b'*' if self.in_version_comment && self.window.peek(1)? == Some(b'/') => {
                    self.window.advance(2);
                    self.in_version_comment = false;
                }
                _ => break,
            }
        }
        Ok(())
    }

    /// `--` starts a comment only before a blank, a control character or the end of the input.
    fn at_dash_comment(&mut self) -> Result<bool, Problem> {
        Ok(self.window.peek(1)? == Some(b'-')
            && self.window.peek(2)?.is_none_or(|byte| byte <= b' '))
    }

    fn skip_line(&mut self) -> Result<(), Problem> {
        self.window
            .advance_to(|bytes| memchr::memchr(b'\n', bytes))?;
        Ok(())
    }

    fn comment(&mut self) -> Result<(), Problem> {
        self.start = self.window.offset();
        let mark = match (self.window.peek(2)?, self.window.peek(3)?) {
            (Some(b'!'), _) => 3,
            (Some(b'M'), Some(b'!')) => 4,
            _ => {
                self.window.advance(2);
                return self.skip_comment();
            }
        };
        let mut version = 0_u32;
        let mut length = mark;
        while let Some(digit @ b'0'..=b'9') = self.window.peek(length)? {
            version = version
                .saturating_mul(10)
                .saturating_add(u32::from(digit - b'0'));
            length += 1;
        }
        self.window.advance(length);
        if version >= NEVER_VERSION {
            return self.skip_comment();
        }
        self.in_version_comment = true;
        Ok(())
    }

    fn skip_comment(&mut self) -> Result<(), Problem> {
        loop {
            if !self
                .window
                .advance_to(|bytes| memchr::memchr(b'*', bytes))?
            {
                return Err(Problem::Truncated("a comment"));
            }
            self.window.advance(1);
            if self.window.peek(0)? == Some(b'/') {
                self.window.advance(1);
                return Ok(());
            }
        }
    }

    fn text(&mut self, quote: u8) -> Result<Token, Problem> {
        self.window.advance(1);
        let start = self.window.offset();
        let mut escaped = false;
        loop {
            if !self
                .window
                .advance_to(|bytes| memchr::memchr2(quote, b'\\', bytes))?
            {
                return Err(Problem::Truncated("a string"));
            }
            if self.window.peek(0)? == Some(b'\\') {
                escaped = true;
                if self.window.peek(1)?.is_none() {
                    return Err(Problem::Truncated("a string"));
                }
                self.window.advance(2);
            } else if self.window.peek(1)? == Some(quote) {
                escaped = true;
                self.window.advance(2);
            } else {
                let span = Span {
                    start,
                    end: self.window.offset(),
                };
                self.window.advance(1);
                return Ok(Token::Text {
                    span,
                    quote,
                    escaped,
                });
            }
        }
    }

    fn quoted_name(&mut self) -> Result<Token, Problem> {
        self.window.advance(1);
        let start = self.window.offset();
        loop {
            if !self
                .window
                .advance_to(|bytes| memchr::memchr(b'`', bytes))?
            {
                return Err(Problem::Truncated("a quoted name"));
            }
            if self.window.peek(1)? != Some(b'`') {
                let span = Span {
                    start,
                    end: self.window.offset(),
                };
                self.window.advance(1);
                return Ok(Token::Name(span));
            }
            self.window.advance(2);
        }
    }

    fn quoted_digits(&mut self, token: fn(Span) -> Token) -> Result<Token, Problem> {
        self.window.advance(2);
        let start = self.window.offset();
        if !self
            .window
            .advance_to(|bytes| memchr::memchr(b'\'', bytes))?
        {
            return Err(Problem::Truncated("a string"));
        }
        let span = Span {
            start,
            end: self.window.offset(),
        };
        self.window.advance(1);
        Ok(token(span))
    }

    fn number_or_word(&mut self, first: u8) -> Result<Token, Problem> {
        if first == b'0' && self.window.peek(1)? == Some(b'x') {
            return Ok(Token::Hex(
                self.prefixed_digits(|byte| byte.is_ascii_hexdigit())?,
            ));
        }
        if first == b'0' && self.window.peek(1)? == Some(b'b') {
            return Ok(Token::Bits(
                self.prefixed_digits(|byte| matches!(byte, b'0' | b'1'))?,
            ));
        }
        self.number()
    }

    /// Digits, a fraction, an exponent. What starts like a number and goes on like a name (`2nd`)
    /// is a name, as in MySQL.
    fn number(&mut self) -> Result<Token, Problem> {
        let mut length = 0;
        let mut seen_dot = false;
        let mut seen_exponent = false;
        while let Some(byte) = self.window.peek(length)? {
            match byte {
                b'0'..=b'9' => {}
                b'.' if !seen_dot && !seen_exponent => seen_dot = true,
                b'e' | b'E' if !seen_exponent && self.exponent_follows(length)? => {
                    seen_exponent = true;
                    length += 1;
                }
                byte if is_word_byte(byte) && !seen_dot && !seen_exponent => {
                    return self.word(length);
                }
                _ => break,
            }
            length += 1;
        }
        let start = self.window.offset();
        self.window.advance(length);
        Ok(Token::Number(Span {
            start,
            end: start + length,
        }))
    }

    fn exponent_follows(&mut self, at: usize) -> Result<bool, Problem> {
        Ok(match self.window.peek(at + 1)? {
            Some(b'0'..=b'9') => true,
            Some(b'+' | b'-') => matches!(self.window.peek(at + 2)?, Some(b'0'..=b'9')),
            _ => false,
        })
    }

    /// Consumes a name of which `known` bytes were already looked at.
    fn word(&mut self, known: usize) -> Result<Token, Problem> {
        let start = self.window.offset();
        let length = self.run_length(known, is_word_byte)?;
        self.window.advance(length);
        Ok(Token::Word(Span {
            start,
            end: start + length,
        }))
    }

    /// Consumes a two-byte prefix (`0x`, `0b`) and the digits behind it; spans the digits.
    fn prefixed_digits(&mut self, is_digit: fn(u8) -> bool) -> Result<Span, Problem> {
        const PREFIX: usize = 2;
        let start = self.window.offset();
        let length = self.run_length(PREFIX, is_digit)?;
        self.window.advance(length);
        Ok(Span {
            start: start + PREFIX,
            end: start + length,
        })
    }

    /// How many bytes from here on belong together, the first `known` taken for granted.
    fn run_length(&mut self, known: usize, belongs: fn(u8) -> bool) -> Result<usize, Problem> {
        let mut length = known;
        while self.window.peek(length)?.is_some_and(belongs) {
            length += 1;
        }
        Ok(length)
    }
}

/// Bytes of unquoted names; everything above ASCII belongs to a multi-byte letter.
fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'@' | 0x80..)
}
