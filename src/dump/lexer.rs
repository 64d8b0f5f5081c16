//! Bytes to tokens: the lexical grammar of MySQL.
//!
//! It skips blanks and comments (`trivia`), and unwraps version comments (`/*!40101 … */`,
//! `/*M!100616 … */`) by giving their content as if the comment marks were not there. Tokens are
//! spans into the window, nothing is copied. What SQL modes, character sets and `DELIMITER` change
//! about tokens is set from outside. It must not know statements.

use std::io::Read;

use super::charset::DoubleByte;
use super::error::{DumpProblem, Position};
use super::session::Modes;
use super::window::{ByteSpan, Window};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token {
    /// An unquoted identifier or keyword.
    Word(ByteSpan),
    /// A quoted name without its quotes; a doubled quote inside stands for one.
    Name { span: ByteSpan, quote: u8 },
    /// A string without its quotes. `escaped` when it holds a backslash or a doubled quote.
    Text {
        span: ByteSpan,
        quote: u8,
        escaped: bool,
    },
    /// An unsigned number as written: `12`, `1.5`, `1e-3`.
    Number(ByteSpan),
    /// The digits of `0x…` or `x'…'`.
    Hex(ByteSpan),
    /// The digits of `0b…` or `b'…'`.
    Bits(ByteSpan),
    /// Any other single byte.
    Symbol(u8),
    /// The end of a statement: `;`, what `DELIMITER` chose, or the client's `\g` and `\G`.
    Delimiter,
    /// The end of the input.
    End,
}

/// How deep in version comments a text is that may have begun inside some.
pub(super) const INSIDE: u32 = u32::MAX / 2;

pub(super) struct Lexer<R> {
    pub(super) window: Window<R>,
    /// Offset of the newest token from the anchor.
    start: usize,
    /// How many version comments are open around the next token.
    pub(super) version_depth: u32,
    pub(super) marks: Marks,
    modes: Modes,
    double_byte: Option<DoubleByte>,
    /// Empty for the ordinary semicolon.
    delimiter: Vec<u8>,
    /// The newest token is the end of what a client sends at once.
    sends: bool,
}

/// What the comments of a dump program say about the file.
#[derive(Debug, Clone, Default)]
pub(super) struct Marks {
    /// The header of mysqldump or mariadb-dump came, and no `Dump completed` after it.
    pub(super) open_dump: bool,
    /// Where comments say that the dump program failed at something.
    pub(super) complaints: Vec<Position>,
}

impl<R: Read> Lexer<R> {
    pub(super) fn new(window: Window<R>) -> Self {
        Self {
            window,
            start: 0,
            version_depth: 0,
            marks: Marks::default(),
            modes: Modes::default(),
            double_byte: None,
            delimiter: Vec::new(),
            sends: false,
        }
    }

    /// Takes over what SQL modes and the character set change about tokens.
    pub(super) fn configure(&mut self, modes: Modes, double_byte: Option<DoubleByte>) {
        self.modes = modes;
        self.double_byte = double_byte;
    }

    /// Whether strings are what they are by default, so that the fast road of rows may be taken.
    pub(super) fn is_plain(&self) -> bool {
        self.double_byte.is_none() && !self.modes.no_backslash_escapes && self.delimiter.is_empty()
    }

    pub(super) fn double_byte(&self) -> Option<DoubleByte> {
        self.double_byte
    }

    pub(super) fn modes(&self) -> Modes {
        self.modes
    }

    pub(super) fn slice(&self, span: ByteSpan) -> &[u8] {
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

    /// Marks where an error is to be placed: at this offset.
    pub(super) fn start_at(&mut self, offset: usize) {
        self.start = offset;
    }

    pub(super) fn next(&mut self) -> Result<Token, DumpProblem> {
        self.skip_trivia()?;
        self.start = self.window.offset();
        let Some(byte) = self.window.peek(0)? else {
            return match self.version_depth {
                0 | INSIDE.. => Ok(Token::End),
                _ => Err(DumpProblem::Truncated("a comment")),
            };
        };
        if !self.delimiter.is_empty() && self.at_delimiter(0)? {
            self.window.advance(self.delimiter.len());
            self.sends = true;
            return Ok(Token::Delimiter);
        }
        match byte {
            b';' => {
                self.window.advance(1);
                self.sends = self.delimiter.is_empty();
                Ok(Token::Delimiter)
            }
            b'\\' if matches!(self.window.peek(1)?, Some(b'g' | b'G')) => {
                self.window.advance(2);
                self.sends = true;
                Ok(Token::Delimiter)
            }
            b'"' if self.modes.ansi_quotes => self.quoted_name(byte),
            b'\'' | b'"' => self.text(byte),
            b'`' => self.quoted_name(byte),
            b'0'..=b'9' => self.number_or_word(byte),
            b'.' if matches!(self.window.peek(1)?, Some(b'0'..=b'9')) => self.number(),
            b'x' | b'X' if self.window.peek(1)? == Some(b'\'') => self.quoted_digits(Token::Hex),
            b'b' | b'B' if self.window.peek(1)? == Some(b'\'') => self.quoted_digits(Token::Bits),
            b'n' | b'N' if self.window.peek(1)? == Some(b'\'') => {
                self.window.advance(1);
                self.text(b'\'')
            }
            b'\\' if self.window.peek(1)? == Some(b'\'') => self.escaped_text(),
            byte if is_word_byte(byte) => self.word(0),
            byte => {
                self.window.advance(1);
                Ok(Token::Symbol(byte))
            }
        }
    }

    /// Whether clients send statements with something else than `;`.
    pub(super) fn has_own_delimiter(&self) -> bool {
        !self.delimiter.is_empty()
    }

    /// Whether the newest token, a [`Token::Delimiter`], ends what a client sends at once. With a delimiter
    /// of its own that may be several statements with semicolons between, which the server runs one by one.
    pub(super) fn sends(&self) -> bool {
        self.sends
    }

    /// Consumes the argument of the client command `DELIMITER`, which may stand in quotes, and with it the
    /// rest of its line.
    pub(super) fn set_delimiter(&mut self) -> Result<(), DumpProblem> {
        const LONGEST: usize = 64;
        let mut line = Vec::new();
        while let Some(byte) = self.window.peek(line.len())?.filter(|&byte| byte != b'\n') {
            line.push(byte);
            if line.len() > LONGEST {
                break;
            }
        }
        self.window.advance(line.len());
        self.skip_line()?;
        let line = line.trim_ascii();
        let ends = |byte: &u8| match line.first() {
            Some(quote @ (b'"' | b'\'' | b'`')) => byte == quote,
            _ => byte.is_ascii_whitespace(),
        };
        let start = usize::from(matches!(line.first(), Some(b'"' | b'\'' | b'`')));
        let argument = line.get(start..).unwrap_or_default();
        let end = argument.iter().position(ends).unwrap_or(argument.len());
        let delimiter = &argument[..end];
        if delimiter.is_empty() || line.len() > LONGEST || delimiter.contains(&b'\\') {
            return Err(DumpProblem::Unexpected {
                expected: "a delimiter on the same line",
                found: format!("{:?}", String::from_utf8_lossy(delimiter)),
            });
        }
        self.delimiter = if delimiter == b";" {
            Vec::new()
        } else {
            delimiter.to_vec()
        };
        Ok(())
    }

    fn at_delimiter(&mut self, ahead: usize) -> Result<bool, DumpProblem> {
        for index in 0..self.delimiter.len() {
            if self.window.peek(ahead + index)? != Some(self.delimiter[index]) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn text(&mut self, quote: u8) -> Result<Token, DumpProblem> {
        self.window.advance(1);
        let start = self.window.offset();
        let mut escaped = false;
        loop {
            let Some(found) = self.next_in_text(quote)? else {
                return Err(DumpProblem::Truncated("a string"));
            };
            if found == b'\\' {
                escaped = true;
                if self.window.peek(1)?.is_none() {
                    return Err(DumpProblem::Truncated("a string"));
                }
                self.window.advance(2);
            } else if self.window.peek(1)? == Some(quote) {
                escaped = true;
                self.window.advance(2);
            } else {
                let span = self.span_from(start);
                self.window.advance(1);
                return Ok(Token::Text {
                    span,
                    quote,
                    escaped,
                });
            }
        }
    }

    /// `\'x\'`: how some versions of MySQL 8 write the strings of stored expressions.
    fn escaped_text(&mut self) -> Result<Token, DumpProblem> {
        const QUOTE: &[u8] = b"\\'";
        self.window.advance(QUOTE.len());
        let start = self.window.offset();
        while self
            .window
            .advance_to(|bytes| memchr::memchr(b'\\', bytes))?
        {
            if self.window.starts_with(QUOTE)? {
                let span = self.span_from(start);
                self.window.advance(QUOTE.len());
                let escaped = self.window.slice(span).contains(&b'\\');
                return Ok(Token::Text {
                    span,
                    quote: b'\'',
                    escaped,
                });
            }
            self.window.advance(1);
            if self.window.peek(0)?.is_some() {
                self.window.advance(1);
            }
        }
        Err(DumpProblem::Truncated("a string"))
    }

    /// Moves to the next quote or backslash of a string and gives it.
    fn next_in_text(&mut self, quote: u8) -> Result<Option<u8>, DumpProblem> {
        if let Some(pairs) = self.double_byte {
            return self.next_among_pairs(pairs, quote, !self.modes.no_backslash_escapes);
        }
        let found = if self.modes.no_backslash_escapes {
            self.window
                .advance_to(|bytes| memchr::memchr(quote, bytes))?
        } else {
            self.window
                .advance_to(|bytes| memchr::memchr2(quote, b'\\', bytes))?
        };
        if found { self.window.peek(0) } else { Ok(None) }
    }

    fn next_among_pairs(
        &mut self,
        pairs: DoubleByte,
        quote: u8,
        backslash: bool,
    ) -> Result<Option<u8>, DumpProblem> {
        while let Some(byte) = self.window.peek(0)? {
            if byte == quote || (backslash && byte == b'\\') {
                return Ok(Some(byte));
            }
            let trail = self.window.peek(1)?;
            let paired = byte >= 0x80 && trail.is_some_and(|trail| pairs.is_pair(byte, trail));
            self.window.advance(if paired { 2 } else { 1 });
        }
        Ok(None)
    }

    fn quoted_name(&mut self, quote: u8) -> Result<Token, DumpProblem> {
        self.window.advance(1);
        let start = self.window.offset();
        loop {
            let found = match self.double_byte {
                Some(pairs) => self.next_among_pairs(pairs, quote, false)?.is_some(),
                None => self
                    .window
                    .advance_to(|bytes| memchr::memchr(quote, bytes))?,
            };
            if !found {
                return Err(DumpProblem::Truncated("a quoted name"));
            }
            if self.window.peek(1)? != Some(quote) {
                let span = self.span_from(start);
                self.window.advance(1);
                return Ok(Token::Name { span, quote });
            }
            self.window.advance(2);
        }
    }

    fn quoted_digits(&mut self, token: fn(ByteSpan) -> Token) -> Result<Token, DumpProblem> {
        self.window.advance(2);
        let start = self.window.offset();
        if !self
            .window
            .advance_to(|bytes| memchr::memchr(b'\'', bytes))?
        {
            return Err(DumpProblem::Truncated("a string"));
        }
        let span = self.span_from(start);
        self.window.advance(1);
        let token = token(span);
        if matches!(token, Token::Hex(_)) && !(span.end - span.start).is_multiple_of(2) {
            return Err(DumpProblem::Unexpected {
                expected: "two hexadecimal digits for each byte",
                found: "an odd number of them".to_owned(),
            });
        }
        Ok(token)
    }

    fn number_or_word(&mut self, first: u8) -> Result<Token, DumpProblem> {
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
    fn number(&mut self) -> Result<Token, DumpProblem> {
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
        Ok(Token::Number(self.span_from(start)))
    }

    fn exponent_follows(&mut self, at: usize) -> Result<bool, DumpProblem> {
        Ok(match self.window.peek(at + 1)? {
            Some(b'0'..=b'9') => true,
            Some(b'+' | b'-') => matches!(self.window.peek(at + 2)?, Some(b'0'..=b'9')),
            _ => false,
        })
    }

    /// Consumes a name of which `known` bytes were already looked at.
    fn word(&mut self, known: usize) -> Result<Token, DumpProblem> {
        let start = self.window.offset();
        let mut length = known;
        while let Some(byte) = self.window.peek(length)?.filter(|&byte| is_word_byte(byte)) {
            if !self.delimiter.is_empty() && self.at_delimiter(length)? {
                break;
            }
            length += 1;
            // The second byte of a character may look like a symbol.
            if let (Some(pairs), Some(trail)) = (self.double_byte, self.window.peek(length)?)
                && pairs.is_pair(byte, trail)
            {
                length += 1;
            }
        }
        self.window.advance(length);
        Ok(Token::Word(self.span_from(start)))
    }

    /// Consumes a two-byte prefix (`0x`, `0b`) and the digits behind it; spans the digits.
    fn prefixed_digits(&mut self, is_digit: fn(u8) -> bool) -> Result<ByteSpan, DumpProblem> {
        const PREFIX: usize = 2;
        let start = self.window.offset() + PREFIX;
        let mut length = PREFIX;
        while self.window.peek(length)?.is_some_and(is_digit) {
            length += 1;
        }
        self.window.advance(length);
        Ok(self.span_from(start))
    }

    fn span_from(&self, start: usize) -> ByteSpan {
        ByteSpan {
            start,
            end: self.window.offset(),
        }
    }
}

/// Bytes of unquoted names; everything above ASCII belongs to a multi-byte letter.
pub(super) fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'@' | 0x80..)
}
