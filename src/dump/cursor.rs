//! Tokens with one token of look-ahead, and the small questions that every statement asks of them.
//!
//! It sits between the lexer and the parsers of statements. It turns names into text and captures
//! expressions as [`SourceText`]; it must not know what a statement is.

use std::borrow::Cow;
use std::io::Read;

use super::charset::Charset;
use super::error::{DumpProblem, Position, excerpt};
use super::lexer::{INSIDE, Lexer, Token, is_word_byte};
use super::line_ends;
use super::literal::{Quoting, unescape};
use super::session::{Modes, SqlSession};
use super::window::{ByteSpan, Window};

/// The input of a reader: any source of unpacked bytes.
pub(crate) type InputBytes<'i> = Box<dyn Read + Send + 'i>;

/// Characters of a statement that a message repeats.
const MOST_SHOWN: usize = 100;

/// An expression or query as the dump wrote it, to be translated by whoever needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceText {
    /// The text between its first and its last token.
    pub text: String,
    /// The SQL modes that it was written under.
    pub modes: Modes,
    /// The character set that its strings were written in; the text here is UTF-8.
    pub charset: Charset,
    /// Where it starts.
    pub position: Position,
}

impl SourceText {
    /// What stands in front of the first of `words`, for a message: without quotes, and not all of a long one.
    pub(crate) fn shown_to(&self, words: &[&str]) -> String {
        let source = Cursor::over(self).source_to(words);
        let text = source.map_or_else(|_| String::new(), |source| source.text);
        let parts: Vec<&str> = text.split_whitespace().collect();
        let shown = parts.join(" ").replace('`', "");
        match shown.char_indices().nth(MOST_SHOWN) {
            Some((end, _)) => format!("{}…", &shown[..end]),
            None => shown,
        }
    }
}

pub(crate) struct Cursor<'i> {
    lexer: Lexer<InputBytes<'i>>,
    /// A token that was looked at, with its offsets.
    peeked: Option<(Token, usize, usize)>,
    /// Offsets of the token that was consumed last.
    start: usize,
    end: usize,
    charset: Charset,
    /// The text is what a client would send.
    is_sent: bool,
}

impl<'i> Cursor<'i> {
    pub(super) fn new(input: InputBytes<'i>) -> Self {
        Self::of(Lexer::new(Window::new(input)))
    }

    /// Has the text, of which nothing was read, stand at `position`.
    pub(super) fn begin_at(&mut self, position: Position) {
        self.lexer.window.begin_at(position);
    }

    /// Reads the tokens of a captured [`SourceText`].
    pub(crate) fn over(source: &'i SourceText) -> Self {
        let bytes = source.text.as_bytes();
        let mut lexer = Lexer::new(Window::with_capacity(
            Box::new(bytes) as InputBytes<'i>,
            bytes.len() + 1,
        ));
        lexer.configure(source.modes, None);
        // The source may have begun inside version comments, whose ends it then holds.
        lexer.version_depth = INSIDE;
        Self {
            is_sent: true,
            ..Self::of(lexer)
        }
    }

    fn of(lexer: Lexer<InputBytes<'i>>) -> Self {
        Self {
            lexer,
            peeked: None,
            start: 0,
            end: 0,
            charset: Charset::Utf8,
            is_sent: false,
        }
    }

    /// Takes over what the session changes about tokens; not to be called while one is peeked.
    pub(super) fn configure(&mut self, session: &SqlSession) {
        debug_assert!(self.peeked.is_none(), "a peeked token was read the old way");
        self.charset = session.charset;
        self.lexer
            .configure(session.modes, session.charset.double_byte());
    }

    pub(super) fn lexer(&mut self) -> &mut Lexer<InputBytes<'i>> {
        &mut self.lexer
    }

    /// Whether rows may take the fast road: nothing peeked, ordinary strings.
    pub(super) fn is_plain(&self) -> bool {
        self.peeked.is_none() && self.lexer.is_plain()
    }

    /// Whether clients send statements with something else than `;`.
    pub(super) fn has_own_delimiter(&self) -> bool {
        self.lexer.has_own_delimiter()
    }

    /// Whether the newest token, a [`Token::Delimiter`], ends what a client sends at once.
    pub(super) fn sends(&self) -> bool {
        self.lexer.sends()
    }

    /// Whether a dump program's header came without the line that ends its dumps.
    pub(super) fn is_dump_open(&self) -> bool {
        self.lexer.marks.open_dump
    }

    pub(crate) fn next(&mut self) -> Result<Token, DumpProblem> {
        let (token, start, end) = match self.peeked.take() {
            Some(peeked) => peeked,
            None => self.read()?,
        };
        (self.start, self.end) = (start, end);
        Ok(token)
    }

    pub(crate) fn peek(&mut self) -> Result<Token, DumpProblem> {
        if let Some((token, ..)) = self.peeked {
            return Ok(token);
        }
        let read = self.read()?;
        self.peeked = Some(read);
        Ok(read.0)
    }

    fn read(&mut self) -> Result<(Token, usize, usize), DumpProblem> {
        let token = self.lexer.next()?;
        Ok((token, self.lexer.token_start(), self.lexer.window.offset()))
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

    /// Offset of the token that was consumed last.
    pub(super) fn token_start(&self) -> usize {
        self.start
    }

    pub(crate) fn slice(&self, span: ByteSpan) -> &[u8] {
        self.lexer.slice(span)
    }

    pub(super) fn quoting(&self, quote: u8) -> Quoting {
        Quoting {
            quote,
            backslash: !self.lexer.modes().no_backslash_escapes,
            pairs: self.lexer.double_byte(),
        }
    }

    /// Whether `token` is the unquoted word `keyword`, in any case.
    pub(crate) fn is_word(&self, token: Token, keyword: &str) -> bool {
        matches!(token, Token::Word(span) if self.slice(span).eq_ignore_ascii_case(keyword.as_bytes()))
    }

    /// Whether the next token is one of the words `keywords`.
    pub(crate) fn at_word(&mut self, keywords: &[&str]) -> Result<bool, DumpProblem> {
        let token = self.peek()?;
        Ok(keywords.iter().any(|keyword| self.is_word(token, keyword)))
    }

    /// Consumes the next token if it is the word `keyword`.
    pub(crate) fn skip_word(&mut self, keyword: &str) -> Result<bool, DumpProblem> {
        let token = self.peek()?;
        let found = self.is_word(token, keyword);
        if found {
            self.next()?;
        }
        Ok(found)
    }

    /// Consumes the next tokens if the first is the word `first`; the others must then follow.
    pub(crate) fn skip_words(
        &mut self,
        first: &str,
        others: &[&'static str],
    ) -> Result<bool, DumpProblem> {
        if !self.skip_word(first)? {
            return Ok(false);
        }
        for other in others {
            self.expect_word(other)?;
        }
        Ok(true)
    }

    /// Consumes the next token if it is the symbol `byte`.
    pub(crate) fn skip_symbol(&mut self, byte: u8) -> Result<bool, DumpProblem> {
        let found = self.peek()? == Token::Symbol(byte);
        if found {
            self.next()?;
        }
        Ok(found)
    }

    pub(crate) fn expect_symbol(
        &mut self,
        byte: u8,
        expected: &'static str,
    ) -> Result<(), DumpProblem> {
        match self.next()? {
            Token::Symbol(found) if found == byte => Ok(()),
            token => Err(self.unexpected(token, expected)),
        }
    }

    pub(crate) fn expect_word(&mut self, keyword: &'static str) -> Result<(), DumpProblem> {
        let token = self.next()?;
        if self.is_word(token, keyword) {
            Ok(())
        } else {
            Err(self.unexpected(token, keyword))
        }
    }

    /// A name, quoted or not.
    pub(crate) fn name(&mut self, expected: &'static str) -> Result<String, DumpProblem> {
        let token = self.next()?;
        self.name_of(token, expected)
    }

    /// The name that `token` is.
    pub(crate) fn name_of(
        &self,
        token: Token,
        expected: &'static str,
    ) -> Result<String, DumpProblem> {
        match token {
            Token::Word(span) => self.text(span),
            Token::Name { span, quote } => {
                let quote = char::from(quote);
                let doubled: String = [quote, quote].iter().collect();
                Ok(self.text(span)?.replace(&doubled, &quote.to_string()))
            }
            token => Err(self.unexpected(token, expected)),
        }
    }

    /// A table's name and the database that qualifies it.
    pub(super) fn qualified_name(&mut self) -> Result<(Option<String>, String), DumpProblem> {
        let first = self.name("a table name")?;
        if self.skip_symbol(b'.')? {
            return Ok((Some(first), self.name("a table name")?));
        }
        Ok((None, first))
    }

    /// Comma-separated names up to the closing parenthesis, the opening one already consumed. A
    /// column may be qualified with its table, which is dropped.
    pub(super) fn name_list(&mut self) -> Result<Vec<String>, DumpProblem> {
        let mut names = Vec::new();
        if self.skip_symbol(b')')? {
            return Ok(names);
        }
        loop {
            let mut name = self.name("a column name")?;
            while self.skip_symbol(b'.')? {
                name = self.name("a column name")?;
            }
            names.push(name);
            match self.next()? {
                Token::Symbol(b',') => {}
                Token::Symbol(b')') => return Ok(names),
                token => return Err(self.unexpected(token, "',' or ')' in a list of columns")),
            }
        }
    }

    /// A string's text.
    pub(crate) fn string(&mut self, expected: &'static str) -> Result<String, DumpProblem> {
        match self.next()? {
            Token::Text {
                span,
                quote,
                escaped,
            } => self.string_of(span, quote, escaped),
            token => Err(self.unexpected(token, expected)),
        }
    }

    pub(crate) fn string_of(
        &self,
        span: ByteSpan,
        quote: u8,
        escaped: bool,
    ) -> Result<String, DumpProblem> {
        let text = self.charset.decode(self.bytes_of(span, quote, escaped));
        text.map(Cow::into_owned)
            .map_err(|reason| DumpProblem::Text(excerpt(self.slice(span)), reason))
    }

    /// A string's bytes, for what is not in the character set of the dump.
    pub(super) fn bytes_of(&self, span: ByteSpan, quote: u8, escaped: bool) -> Cow<'_, [u8]> {
        let sent = self.sent(span);
        if escaped {
            Cow::Owned(unescape(&sent, self.quoting(quote)))
        } else {
            sent
        }
    }

    /// The bytes that a client sends of these.
    pub(super) fn sent(&self, span: ByteSpan) -> Cow<'_, [u8]> {
        let bytes = self.slice(span);
        match self.has_returns() {
            true => line_ends::sent(bytes),
            false => Cow::Borrowed(bytes),
        }
    }

    /// Whether a server makes the zero date of one with a month or day of zero.
    pub(super) fn zeroes_days(&self) -> bool {
        self.lexer.modes().zeroes_days
    }

    /// Whether line ends may be of two bytes, of which a client sends one.
    pub(super) fn has_returns(&self) -> bool {
        !self.is_sent && self.lexer.window.has_returns()
    }

    /// Whether a string without an introducer is `N'…'`, whose bytes are UTF-8 whatever `SET NAMES` says.
    pub(crate) fn is_national(&self, span: ByteSpan) -> bool {
        let ahead = self.slice(ByteSpan {
            start: span.start.saturating_sub(3),
            end: span.start,
        });
        // `THEN'…'` ends in that letter, too.
        match *ahead {
            [before, b'n' | b'N', b'\''] => !is_word_byte(before),
            [b'n' | b'N', b'\''] => true,
            _ => false,
        }
    }

    /// Consumes a parenthesised group whose opening parenthesis is the next token.
    pub(crate) fn skip_group(&mut self) -> Result<(), DumpProblem> {
        self.expect_symbol(b'(', "'('")?;
        self.skip_open_group()
    }

    /// Consumes the rest of a group whose opening parenthesis is already consumed.
    pub(super) fn skip_open_group(&mut self) -> Result<(), DumpProblem> {
        let mut depth = 1_usize;
        while depth > 0 {
            match self.next()? {
                Token::Symbol(b'(') => depth += 1,
                Token::Symbol(b')') => depth -= 1,
                Token::End | Token::Delimiter => {
                    return Err(DumpProblem::Truncated("a parenthesised list"));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Consumes a parenthesised group and gives what stands between the parentheses.
    pub(super) fn group(&mut self) -> Result<SourceText, DumpProblem> {
        self.expect_symbol(b'(', "'('")?;
        self.peek()?;
        let start = self.peeked.map_or(self.end, |(_, start, _)| start);
        self.skip_open_group()?;
        self.source_at(ByteSpan {
            start,
            end: self.start.max(start),
        })
    }

    /// Consumes what `consume` consumes, and gives where it stands.
    pub(super) fn source_span(
        &mut self,
        consume: impl FnOnce(&mut Self) -> Result<(), DumpProblem>,
    ) -> Result<ByteSpan, DumpProblem> {
        self.peek()?;
        let start = self.peeked.map_or(self.end, |(_, start, _)| start);
        self.end = start;
        consume(self)?;
        Ok(ByteSpan {
            start,
            end: self.end,
        })
    }

    /// Consumes what `consume` consumes, and gives its text.
    pub(super) fn source_of(
        &mut self,
        consume: impl FnOnce(&mut Self) -> Result<(), DumpProblem>,
    ) -> Result<SourceText, DumpProblem> {
        let span = self.source_span(consume)?;
        self.source_at(span)
    }

    /// Whether the digits of a token stand in quotes: `x'1f'`, and not `0x1f`.
    pub(crate) fn in_quotes(&self, digits: ByteSpan) -> bool {
        let before = ByteSpan {
            start: digits.start.saturating_sub(1),
            end: digits.start,
        };
        self.slice(before) == b"'"
    }

    /// The byte behind the next token.
    pub(crate) fn byte_behind(&mut self) -> Result<Option<u8>, DumpProblem> {
        self.peek()?;
        self.lexer.window.peek(0)
    }

    /// The byte behind the token that was consumed last.
    pub(super) fn byte_ahead(&mut self) -> Result<Option<u8>, DumpProblem> {
        debug_assert!(
            self.peeked.is_none(),
            "it is behind a token that was looked at"
        );
        self.lexer.window.peek(0)
    }

    /// Consumes tokens up to one of `words` outside parentheses, or an unmatched closing one, and
    /// gives their text.
    pub(crate) fn source_to(&mut self, words: &[&str]) -> Result<SourceText, DumpProblem> {
        self.source_until(|cursor, token| {
            matches!(token, Token::Delimiter | Token::Symbol(b')'))
                || words.iter().any(|word| cursor.is_word(token, word))
        })
    }

    /// Consumes tokens until `ends` says so of one outside parentheses, and gives their text.
    pub(super) fn source_until(
        &mut self,
        ends: impl Fn(&Self, Token) -> bool,
    ) -> Result<SourceText, DumpProblem> {
        self.source_of(|cursor| {
            loop {
                let token = cursor.peek()?;
                if token == Token::End || ends(cursor, token) {
                    return Ok(());
                }
                if token == Token::Symbol(b'(') {
                    cursor.skip_group()?;
                } else {
                    cursor.next()?;
                }
            }
        })
    }

    /// Offset of the next token.
    pub(crate) fn next_start(&mut self) -> Result<usize, DumpProblem> {
        self.peek()?;
        Ok(self.peeked.map_or(self.end, |(_, start, _)| start))
    }

    /// The text from there to the end of the token that was consumed last.
    pub(crate) fn source_from(&self, start: usize) -> Result<SourceText, DumpProblem> {
        self.source_at(ByteSpan {
            start,
            end: self.end.max(start),
        })
    }

    pub(super) fn source_at(&self, span: ByteSpan) -> Result<SourceText, DumpProblem> {
        Ok(SourceText {
            text: self.text(span)?,
            modes: self.lexer.modes(),
            charset: self.charset,
            position: self.position_of(span.start),
        })
    }

    /// Where the token that was consumed last starts and ends.
    pub(crate) fn offsets(&self) -> (usize, usize) {
        (self.start, self.end)
    }

    /// Consumes everything up to and including the end of the statement; the last one of a file
    /// may lack its semicolon.
    pub(super) fn skip_statement(&mut self) -> Result<(), DumpProblem> {
        loop {
            match self.next()? {
                Token::Delimiter | Token::End => return Ok(()),
                _ => self.forget(),
            }
        }
    }

    /// Forgets the tokens that were consumed, unless one behind them was looked at.
    pub(super) fn forget(&mut self) {
        if self.peeked.is_none() {
            self.set_anchor();
        }
    }

    /// Bytes of the dump outside strings as text.
    pub(crate) fn text(&self, span: ByteSpan) -> Result<String, DumpProblem> {
        self.charset
            .decode(self.sent(span))
            .map(Cow::into_owned)
            .map_err(|reason| DumpProblem::Text(excerpt(self.slice(span)), reason))
    }

    pub(crate) fn unexpected(&self, token: Token, expected: &'static str) -> DumpProblem {
        let found = match token {
            Token::End => return DumpProblem::Truncated("a statement"),
            Token::Delimiter => "the end of the statement".to_owned(),
            Token::Symbol(byte) => format!("{:?}", char::from(byte)),
            Token::Text { span, .. } => format!("the string {:?}", excerpt(self.slice(span))),
            Token::Word(span)
            | Token::Name { span, .. }
            | Token::Number(span)
            | Token::Hex(span)
            | Token::Bits(span) => format!("{:?}", excerpt(self.slice(span))),
        };
        DumpProblem::Unexpected { expected, found }
    }
}
