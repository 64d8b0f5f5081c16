//! The end of a compound statement: the body of a trigger or routine, `IF … END IF` and the like.
//!
//! Nothing of it is carried out, so only its end is looked for. A semicolon ends it outside of its blocks, as
//! on the server, whatever the clients' delimiter is: what stands behind is the next statement. The words that
//! open a block count where a statement may begin, because each of them is something else elsewhere: a
//! function (`IF`, `REPEAT`), a part of another statement (`FOR`), a column (`end`).

use super::cursor::Cursor;
use super::error::DumpProblem;
use super::lexer::Token;

/// Statements that a body may consist of: behind such a word its head is over.
const VERBS: &[&str] = &[
    "ALTER", "CALL", "CREATE", "DELETE", "DROP", "EXECUTE", "GET", "INSERT", "KILL", "REPLACE",
    "RESIGNAL", "RETURN", "SELECT", "SIGNAL", "TRUNCATE", "UPDATE", "VALUES", "WITH",
];

/// Those of them that change the rows of the table behind them.
const WRITERS: &[&str] = &["DELETE", "INSERT", "REPLACE", "UPDATE"];

/// What is open, and is closed by an `END`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Block {
    /// `BEGIN`.
    Begin,
    /// The value `CASE … END`.
    Value,
    /// `IF`, `LOOP`, `WHILE`, `FOR` and the statement `CASE`, whose word is repeated behind the `END`.
    Repeated,
    /// `REPEAT`, which ends with a condition.
    Repeat,
}

/// The words that open a block where a statement may begin.
pub(super) const OPENERS: &[&str] = &["IF", "CASE", "LOOP", "WHILE", "REPEAT", "FOR"];

impl Block {
    /// The block that `word`, one of [`OPENERS`] or `BEGIN`, opens.
    pub(super) fn of(word: &str) -> Self {
        match word {
            "BEGIN" => Self::Begin,
            "REPEAT" => Self::Repeat,
            _ => Self::Repeated,
        }
    }
}

/// Where in a body the next token stands.
pub(super) struct Body {
    open: Vec<Block>,
    /// A statement may begin here.
    at_statement: bool,
    /// In the head of a routine, which its first statement ends without a mark.
    in_head: bool,
    /// In a `DECLARE`, whose `HANDLER` has a statement without a mark too.
    declares: bool,
    parentheses: usize,
    before: Before,
    /// The tables that its statements change, each once.
    pub(super) written: Vec<String>,
}

/// What the token before was, as far as it changes what a word means.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    Dot,
    CharacterSet,
    Other,
}

impl Body {
    /// Behind `CREATE PROCEDURE p` and the like.
    pub(super) fn of_routine() -> Self {
        Self {
            in_head: true,
            ..Self::within(Vec::new())
        }
    }

    /// Within these blocks.
    pub(super) fn within(open: Vec<Block>) -> Self {
        Self {
            open,
            at_statement: false,
            in_head: false,
            declares: false,
            parentheses: 0,
            before: Before::Other,
            written: Vec::new(),
        }
    }

    /// Skips to behind the end.
    pub(super) fn skip(&mut self, cursor: &mut Cursor<'_>) -> Result<(), DumpProblem> {
        loop {
            let token = cursor.next()?;
            match token {
                Token::Delimiter | Token::End if self.open.is_empty() => return Ok(()),
                // The client knows nothing of blocks.
                Token::Delimiter if cursor.has_own_delimiter() && cursor.sends() => return Ok(()),
                Token::Delimiter => self.next_statement(),
                Token::End => {
                    return Err(DumpProblem::Truncated("the body of a trigger or routine"));
                }
                Token::Word(span) if self.before != Before::Dot && self.parentheses == 0 => {
                    let word = cursor.text(span)?.to_ascii_uppercase();
                    self.word(cursor, &word)?;
                }
                Token::Symbol(byte) => self.symbol(byte),
                _ => {
                    self.at_statement = false;
                    self.before = Before::Other;
                }
            }
            cursor.forget();
        }
    }

    fn next_statement(&mut self) {
        self.at_statement = true;
        self.declares = false;
        self.parentheses = 0;
        self.before = Before::Other;
    }

    fn symbol(&mut self, byte: u8) {
        match byte {
            b'(' => self.parentheses += 1,
            b')' => self.parentheses = self.parentheses.saturating_sub(1),
            _ => {}
        }
        self.before = if byte == b'.' {
            Before::Dot
        } else {
            Before::Other
        };
        // Behind a label.
        self.at_statement = byte == b':';
    }

    fn word(&mut self, cursor: &mut Cursor<'_>, word: &str) -> Result<(), DumpProblem> {
        let begins = std::mem::take(&mut self.at_statement) || self.in_head;
        let before = std::mem::replace(&mut self.before, Before::Other);
        let value = self.open.last() == Some(&Block::Value);
        match word {
            "CHARACTER" | "CHAR" | "RETURNS" => self.before = Before::CharacterSet,
            "CASE" if !begins => self.open.push(Block::Value),
            // FOR EACH ROW, behind which the body of a trigger begins.
            "FOR" if cursor.skip_words("EACH", &["ROW"])? => self.in_head = true,
            "BEGIN" if begins => self.opens(Block::Begin),
            _ if begins && OPENERS.contains(&word) => {
                self.opens(Block::of(word));
                self.at_statement = matches!(word, "LOOP" | "REPEAT");
            }
            "THEN" | "ELSE" => self.at_statement = !value,
            "DO" => self.at_statement = true,
            "DECLARE" if begins => self.declares = true,
            "HANDLER" if self.declares => {
                cursor.skip_word("FOR")?;
                self.in_head = true;
            }
            "END" => self.end(cursor, begins || value)?,
            "SET" if before != Before::CharacterSet => self.in_head = false,
            // Not of `BEFORE INSERT ON`.
            _ if VERBS.contains(&word) && !cursor.at_word(&["ON", "OF", "OR"])? => {
                self.in_head = false;
                if begins && WRITERS.contains(&word) {
                    self.see_written(cursor)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Behind a word that changes rows: whose.
    fn see_written(&mut self, cursor: &mut Cursor<'_>) -> Result<(), DumpProblem> {
        for modifier in [
            "LOW_PRIORITY",
            "HIGH_PRIORITY",
            "DELAYED",
            "QUICK",
            "IGNORE",
        ] {
            cursor.skip_word(modifier)?;
        }
        if !cursor.skip_word("INTO")? {
            cursor.skip_word("FROM")?;
        }
        if let Token::Word(_) | Token::Name { .. } = cursor.peek()? {
            let (_, table) = cursor.qualified_name()?;
            if !self.written.contains(&table) {
                self.written.push(table);
            }
        }
        Ok(())
    }

    fn opens(&mut self, block: Block) {
        self.open.push(block);
        self.in_head = false;
        self.at_statement = block == Block::Begin;
    }

    /// At the word `END`; it `closes` something where a statement or the rest of a value may stand.
    fn end(&mut self, cursor: &mut Cursor<'_>, closes: bool) -> Result<(), DumpProblem> {
        match self.open.last() {
            Some(Block::Repeat) if cursor.skip_word("REPEAT")? => {
                self.open.pop();
            }
            Some(Block::Repeated) if closes => {
                cursor.next()?;
                self.open.pop();
            }
            Some(Block::Begin | Block::Value) if closes => {
                self.open.pop();
            }
            _ => {}
        }
        Ok(())
    }
}
