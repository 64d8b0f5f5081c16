//! The cursor's questions, with reasons instead of problems.
//!
//! Every token of an expression or query is taken through here, and counted.

use super::expression::reason;
use super::{Translator, Untranslatable};
use crate::dump::Token;

impl Translator<'_> {
    pub(super) fn next(&mut self) -> Result<Token, Untranslatable> {
        self.tokens += 1;
        if self.tokens > super::MOST_TOKENS {
            return Err(format!(
                "more than {} words and symbols",
                super::MOST_TOKENS
            ));
        }
        self.cursor.next().map_err(reason)
    }

    pub(super) fn peek(&mut self) -> Result<Token, Untranslatable> {
        self.cursor.peek().map_err(reason)
    }

    pub(super) fn name(&mut self) -> Result<String, Untranslatable> {
        self.cursor.name("a name").map_err(reason)
    }

    pub(super) fn name_of(&mut self, token: Token) -> Result<String, Untranslatable> {
        self.cursor.name_of(token, "a name").map_err(reason)
    }

    pub(super) fn at_word(&mut self, words: &[&str]) -> Result<bool, Untranslatable> {
        self.cursor.at_word(words).map_err(reason)
    }

    pub(super) fn skip_word(&mut self, word: &str) -> Result<bool, Untranslatable> {
        self.cursor.skip_word(word).map_err(reason)
    }

    pub(super) fn skip_symbol(&mut self, byte: u8) -> Result<bool, Untranslatable> {
        self.cursor.skip_symbol(byte).map_err(reason)
    }

    pub(super) fn expect_word(&mut self, word: &'static str) -> Result<(), Untranslatable> {
        self.cursor.expect_word(word).map_err(reason)
    }

    pub(super) fn expect_symbol(&mut self, byte: u8) -> Result<(), Untranslatable> {
        self.cursor
            .expect_symbol(byte, "another symbol")
            .map_err(reason)
    }

    pub(super) fn expect_end(&mut self) -> Result<(), Untranslatable> {
        match self.next()? {
            Token::End | Token::Delimiter => Ok(()),
            token => Err(reason(self.cursor.unexpected(token, "the end"))),
        }
    }

    /// Whether the next two bytes are both `byte`.
    pub(super) fn at_double(&mut self, byte: u8) -> Result<bool, Untranslatable> {
        Ok(self.peek()? == Token::Symbol(byte)
            && self.cursor.byte_behind().map_err(reason)? == Some(byte))
    }

    pub(super) fn at_pipes(&mut self) -> Result<bool, Untranslatable> {
        self.at_double(b'|')
    }

    pub(super) fn skip_pipes(&mut self) -> Result<(), Untranslatable> {
        self.next()?;
        self.next()?;
        Ok(())
    }

    pub(super) fn at_arrow(&mut self) -> Result<bool, Untranslatable> {
        Ok(self.peek()? == Token::Symbol(b'-')
            && self.cursor.byte_behind().map_err(reason)? == Some(b'>'))
    }
}
